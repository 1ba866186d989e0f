from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, get_args

import pytest
from attrs import evolve as with_changes
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from eservices_core.access.login import MitidLogin, TwoFactorLogin
from eservices_core.clinic.staff import StaffMember
from eservices_core.events import DomainEvent
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import Actor, Change
from eservices_core.testing import strategies
from eservices_core.testing.memory import MemoryLedger, copenhagen
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.events import _every
from eservices_core.words.civil_number import CivilNumber, CivilNumberKind
from eservices_core.words.clinic_time import is_under_fifteen
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ClinicId, StaffId

T = TypeVar("T")


def _draws(strategy: SearchStrategy[T], condition: Callable[[T], bool]) -> bool:
    """Say whether something of this kind is drawn, without asking for the least of them."""
    try:
        _ = find(
            strategy, condition, settings=settings(max_examples=2_000, phases=[Phase.generate])
        )
    except NoSuchExample:
        return False
    return True


MOMENTS = [
    copenhagen(2027, 3, 28),
    copenhagen(2027, 2, 28, 23, 59),
    copenhagen(2028, 2, 29),
    copenhagen(2028, 3, 1),
    copenhagen(2023, 6, 1),
]


@given(number=strategies.civil_numbers(date(1899, 12, 31), date(1901, 1, 1)))
def test_numbers_are_of_their_time(number: CivilNumber) -> None:
    """A drawn CPR number is one, and its owner was born when it was asked for."""
    assert number.kind is CivilNumberKind.CPR
    assert date(1899, 12, 31) <= number.birth_date <= date(1901, 1, 1)


@pytest.mark.parametrize("fits", [True, False])
def test_modulus_11_is_left_to_chance(fits: bool) -> None:
    """CPR numbers with and without a fitting check digit are drawn (D-ACC-16)."""
    assert _draws(strategies.civil_numbers(), lambda number: number.mod11 is fits)


@pytest.mark.parametrize("at", MOMENTS, ids=str)
def test_children_are_children(at: datetime) -> None:
    """Children are born and under 15; both ends of childhood are drawn (D-ACC-5)."""
    children = strategies.civil_numbers_of_children(at)

    @given(number=children)
    def check(number: CivilNumber) -> None:
        assert is_under_fifteen(number.birth_date, at)
        assert number.birth_date <= at.astimezone(UTC).date() + timedelta(days=1)

    check()
    grown = at + timedelta(days=1)
    assert _draws(children, lambda number: not is_under_fifteen(number.birth_date, grown))


@pytest.mark.parametrize("kind", list(CivilNumberKind)[1:], ids=str)
def test_every_kind_of_replacement_is_drawn(kind: CivilNumberKind) -> None:
    """Replacement numbers of each of the three kinds are drawn (D-ACC-16)."""
    assert _draws(strategies.replacement_numbers(), lambda number: number.kind is kind)


@given(number=strategies.replacement_numbers())
def test_a_replacement_is_no_cpr_number(number: CivilNumber) -> None:
    """A replacement number never logs in with MitID (D-ACC-16)."""
    assert not number.may_log_in_with_mitid


@given(address=strategies.email_addresses())
def test_addresses_are_nobody_s(address: EmailAddress) -> None:
    """An address is at a domain that is kept for examples."""
    assert address.domain in {
        "example.dk",
        "example.com",
        "klinik.example",
        "xn--rdgrd-vuad.example",
    }


@given(instant=strategies.instants(MOMENTS[1], MOMENTS[0]))
def test_instants_stay_within_bounds(instant: datetime) -> None:
    """An instant is in UTC, and neither before nor after what was asked for."""
    assert instant.tzinfo is UTC
    assert MOMENTS[1] <= instant <= MOMENTS[0]


@given(day=strategies.dates(date(2012, 2, 29), date(2012, 2, 29)))
def test_dates_stay_within_bounds(day: date) -> None:
    """A day is neither before nor after what was asked for."""
    assert day == date(2012, 2, 29)


@pytest.mark.parametrize(
    "kind", get_args(DomainEvent), ids=lambda kind: f"{kind.__module__}.{kind.__name__}"
)
def test_every_event_is_drawn(kind: type[Any]) -> None:
    """Every class of event can be drawn."""
    assert _draws(strategies.events_of(kind), lambda event: isinstance(event, kind))


def test_all_events_are_drawn_from() -> None:
    """What draws any event chooses among every class, as often as the next."""
    assert set(_every()) == set(get_args(DomainEvent))
    seen: set[type] = set()

    def is_new(event: object) -> bool:
        seen.add(type(event))
        return False

    assert not _draws(strategies.domain_events(), is_new)
    assert len(seen) > len(_every()) / 2


@pytest.mark.parametrize("kind", get_args(Actor))
def test_every_actor_is_drawn(kind: type[Any]) -> None:
    """Every class of actor can be drawn."""
    assert _draws(strategies.actors(), lambda actor: isinstance(actor, kind))


@pytest.mark.parametrize("kind", [MitidLogin, TwoFactorLogin])
def test_both_ways_in_are_drawn(kind: type[Any]) -> None:
    """The facts of both methods can be drawn (S-ACC-1)."""
    assert _draws(strategies.login_facts(), lambda facts: isinstance(facts, kind))


@pytest.mark.made_up("drawn, not decided")
@given(change=strategies.changes())
def test_a_change_can_be_committed(change: Change) -> None:
    """A drawn change is stored, or refused for what it asks, and never a bug."""
    aimed = with_changes(
        change, appends=tuple(with_changes(append, expected=0) for append in change.appends)
    )
    ledger = MemoryLedger()
    outcome = ledger.commit(aimed)
    assert isinstance(outcome, Failure) or ledger.commit(aimed).unwrap().repeated


def test_a_field_is_never_drawn_by_accident() -> None:
    """A field that a strategy does not name is an assertion, though its type could be drawn."""
    staff, clinic = strategies.identifiers(StaffId), strategies.identifiers(ClinicId)
    assert _draws(built(StaffMember, staff=staff, clinic=clinic), lambda _: True)
    with pytest.raises(AssertionError, match="StaffMember has the fields"):
        _ = built(StaffMember, staff=st.just(StaffId("a")))
