from datetime import datetime, timedelta
from itertools import product

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import address
from eservices_core.access.address import (
    Address,
    Addresses,
    AddressProved,
    AddressRefusal,
    AddressSet,
    AddressStopped,
    ByClinic,
    ByGuardian,
    ByMitid,
    NoAddress,
    ProveAddress,
    Reachable,
    RelativeBasis,
    SetAddress,
    SetBy,
    StopAtFifteen,
    decide,
    evolve,
    in_use,
    takes_temporary_password,
)
from eservices_core.access.facts import Age
from eservices_core.clinic.settings import AccessSettings
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure, Success
from eservices_core.words.email_address import AddressOwner
from tests.access.play import Machine
from tests.access.strategies import (
    ANNA,
    CALLED_BACK,
    DAY,
    FIRST,
    HOUR,
    MINUTE,
    NOON,
    PASSPORT,
    SECOND_RECORD,
    TICK,
    records,
)

ADDRESSES: Machine[Addresses, address.Command, address.Event, AddressRefusal] = Machine(
    decide, evolve, NoAddress(), AddressRefusal, address.Event
)

TWO_DAYS = timedelta(hours=48)
OWN, PARENTS = AddressOwner.OWN, AddressOwner.GUARDIAN
SEEN, CALLED = ByClinic(ANNA, PASSPORT), ByClinic(ANNA, CALLED_BACK)
NONE = NoAddress()
SET = SetAddress(FIRST, OWN, ByMitid(), NOON, TWO_DAYS, Age.FROM_15)
CHANGE = SetAddress(SECOND_RECORD, OWN, ByMitid(), NOON + HOUR, TWO_DAYS, Age.FROM_15)
MINE = Reachable(Address(FIRST, OWN, None, NOON, None, proved=False))
THEIRS = Reachable(Address(FIRST, PARENTS, None, NOON, None, proved=False))
FIFTEEN = NOON + 10 * DAY


# -------------------------------------------------------------------------------------- setting


def test_the_first_address_is_used_at_once() -> None:
    """D-ACC-14: it has an owner, replaces nothing, is not proved yet, and there is no wait."""
    event = AddressSet(FIRST, OWN, None, ByMitid(), NOON, None, None)
    assert decide(NONE, SET) == Success((event,))
    assert ADDRESSES.after(SET) == MINE
    assert takes_temporary_password(MINE.address, NOON)


def test_a_change_tells_the_old_address_and_waits_48_hours() -> None:
    """D-ACC-14: no temporary password goes to a new address before the wait is over."""
    assert AccessSettings().address_quarantine == TWO_DAYS
    until = NOON + HOUR + TWO_DAYS
    event = AddressSet(SECOND_RECORD, OWN, None, ByMitid(), NOON + HOUR, until, FIRST)
    assert decide(MINE, CHANGE) == Success((event,))
    changed = ADDRESSES.play(MINE, CHANGE)
    assert isinstance(changed, Reachable)
    assert changed == Reachable(Address(SECOND_RECORD, OWN, None, NOON + HOUR, until, proved=False))
    assert not takes_temporary_password(changed.address, NOON + HOUR)
    assert not takes_temporary_password(changed.address, until - TICK)
    assert takes_temporary_password(changed.address, until)
    assert takes_temporary_password(changed.address, until + TICK)


def test_there_is_no_wait_if_identity_was_seen_in_person() -> None:
    """D-ACC-14: staff who saw a passport may use the new address at once; a call back waits."""
    ways: list[tuple[SetBy, bool]] = [
        (ByMitid(), True),
        (ByGuardian(), True),
        *((ByClinic(ANNA, how), not how.seen_in_person) for how in IdentityEvidence),
    ]
    assert (SEEN, False) in ways
    assert (CALLED, True) in ways
    for by, waits in ways:
        outcome = decide(MINE, with_changes(CHANGE, by=by))
        until = CHANGE.at + TWO_DAYS if waits else None
        event = AddressSet(SECOND_RECORD, OWN, None, by, CHANGE.at, until, FIRST)
        assert outcome == Success((event,))
        first = decide(NONE, with_changes(CHANGE, by=by))
        assert first == Success((with_changes(event, quarantined_until=None, replaced=None),))


def test_a_relatives_address_has_a_basis_and_no_other_has() -> None:
    """D-ACC-14: an address of a relative is used on a recorded basis."""
    for owner, basis in product(AddressOwner, [None, *RelativeBasis]):
        outcome = decide(NONE, with_changes(SET, owner=owner, basis=basis, age=Age.UNDER_15))
        if owner is AddressOwner.RELATIVE and basis is None:
            assert outcome == Failure(AddressRefusal.BASIS_MISSING)
        elif owner is not AddressOwner.RELATIVE and basis is not None:
            assert outcome == Failure(AddressRefusal.BASIS_NOT_WANTED)
        else:
            event = AddressSet(FIRST, owner, basis, ByMitid(), NOON, None, None)
            assert outcome == Success((event,))


def test_from_fifteen_a_guardians_address_is_not_used() -> None:
    """D-ACC-14: at 15 what is the guardian's stops, and is not set anew; one's own is."""
    for state in (NONE, MINE):
        for age in Age:
            allowed = isinstance(decide(state, with_changes(SET, age=age)), Success)
            assert allowed
        refused = decide(state, with_changes(SET, owner=PARENTS))
        assert refused == Failure(AddressRefusal.ONLY_OWN_FROM_15)
        child = decide(state, with_changes(SET, owner=PARENTS, age=Age.UNDER_15))
        assert isinstance(child, Success)


# -------------------------------------------------------------------------------------- proving


def test_an_address_is_proved_by_a_code_that_was_sent_there() -> None:
    """D-ACC-14: a code from the address in use proves it, once; any other code proves nothing."""
    assert decide(MINE, ProveAddress(FIRST)) == Success((AddressProved(FIRST),))
    proved = ADDRESSES.play(MINE, ProveAddress(FIRST))
    assert proved == Reachable(Address(FIRST, OWN, None, NOON, None, proved=True))
    assert decide(proved, ProveAddress(FIRST)) == Success(())
    assert decide(proved, ProveAddress(SECOND_RECORD)) == Failure(AddressRefusal.NOT_IN_USE)
    assert decide(MINE, ProveAddress(SECOND_RECORD)) == Failure(AddressRefusal.NOT_IN_USE)
    assert decide(NONE, ProveAddress(FIRST)) == Failure(AddressRefusal.NOT_IN_USE)


def test_a_changed_address_is_to_be_proved_anew() -> None:
    """D-ACC-14: what proved the old address does not prove the new one, nor a late code for it."""
    changed = ADDRESSES.play(MINE, ProveAddress(FIRST), CHANGE)
    assert isinstance(changed, Reachable)
    assert not changed.address.proved
    assert decide(changed, ProveAddress(FIRST)) == Failure(AddressRefusal.NOT_IN_USE)


# --------------------------------------------------------------------------------------- at 15


def test_at_fifteen_all_but_ones_own_stop() -> None:
    """D-ACC-5, D-ACC-14: recording the birthday stops every address that is not the patient's."""
    for owner in AddressOwner:
        state = Reachable(Address(FIRST, owner, None, NOON, None, proved=True))
        if owner is OWN:
            assert decide(state, StopAtFifteen(FIFTEEN)) == Success(())
        else:
            assert decide(state, StopAtFifteen(FIFTEEN)) == Success((AddressStopped(FIRST),))
            assert ADDRESSES.play(state, StopAtFifteen(FIFTEEN)) == NONE
    assert decide(NONE, StopAtFifteen(FIFTEEN)) == Success(())


def test_an_adults_address_does_not_stop() -> None:
    """D-ACC-14: a relative's address that was set from the birthday on is not a child's."""
    for set_at, stops in ((FIFTEEN - MINUTE, True), (FIFTEEN, False)):
        address = Address(FIRST, AddressOwner.SHARED, None, set_at, None, proved=True)
        stopped = (AddressStopped(FIRST),) if stops else ()
        assert decide(Reachable(address), StopAtFifteen(FIFTEEN)) == Success(stopped)


def test_it_stops_at_the_birthday_whether_recorded_or_not() -> None:
    """D-ACC-5, D-ACC-14: from 00:00 on the 15th birthday nothing goes to a parent's address."""
    for owner in AddressOwner:
        state = Reachable(Address(FIRST, owner, None, NOON, None, proved=True))
        assert in_use(state, FIFTEEN, FIFTEEN - TICK) == state.address
        expected = state.address if owner is OWN else None
        assert in_use(state, FIFTEEN, FIFTEEN) == expected
        assert in_use(state, FIFTEEN, FIFTEEN + DAY) == expected
    assert in_use(NONE, FIFTEEN, NOON) is None


def test_what_an_adult_set_stays() -> None:
    """D-ACC-14: a relative's address that was set from the birthday on has nothing to end it."""
    for set_at, stays in ((FIFTEEN - TICK, False), (FIFTEEN, True), (FIFTEEN + TICK, True)):
        helped = Address(
            FIRST,
            AddressOwner.RELATIVE,
            RelativeBasis.PATIENT_ASKED,
            set_at,
            None,
            proved=False,
        )
        expected = helped if stays else None
        assert in_use(Reachable(helped), FIFTEEN, FIFTEEN + DAY) == expected


# -------------------------------------------------------------------------------- the machine


def test_every_reachable_state_answers_every_command() -> None:
    """D-ACC-15: each command is allowed or refused with a reason, in every state, never raised."""
    commands: list[address.Command] = [
        SET,
        CHANGE,
        with_changes(SET, owner=PARENTS),
        with_changes(SET, owner=PARENTS, age=Age.UNDER_15),
        with_changes(SET, owner=AddressOwner.RELATIVE),
        with_changes(SET, basis=RelativeBasis.PATIENT_ASKED),
        with_changes(CHANGE, by=SEEN),
        ProveAddress(FIRST),
        ProveAddress(SECOND_RECORD),
        StopAtFifteen(FIFTEEN),
    ]
    assert {NONE, MINE, THEIRS} <= ADDRESSES.reachable(commands)


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-14: proving or stopping where there is no address is an assertion."""
    for event in (AddressProved(FIRST), AddressStopped(FIRST)):
        with pytest.raises(AssertionError):
            _ = evolve(NONE, event)


def commands() -> st.SearchStrategy[address.Command]:
    """Any command; instants run on by hours."""
    return st.one_of(
        st.builds(
            SetAddress,
            records(),
            st.sampled_from(AddressOwner),
            st.sampled_from([ByMitid(), ByGuardian(), SEEN, CALLED]),
            st.integers(0, 200).map(lambda hours: NOON + hours * HOUR),
            st.just(TWO_DAYS),
            st.sampled_from(Age),
            st.none() | st.sampled_from(RelativeBasis),
        ),
        st.builds(ProveAddress, records()),
        st.just(StopAtFifteen(FIFTEEN)),
    )


@given(st.lists(commands(), max_size=20), st.integers(0, 400))
def test_in_any_history_mail_goes_only_where_it_may(
    history: list[address.Command], hours: int
) -> None:
    """D-ACC-14: the address is the last one set, and takes a password only after its wait."""
    state: Addresses = NONE
    last: SetAddress | None = None
    opens: datetime | None = None
    for command in history:
        before, allowed = state, isinstance(decide(state, command), Success)
        state = ADDRESSES.step(state, command)
        match command:
            case SetAddress() if allowed:
                waits = isinstance(before, Reachable) and command.by != SEEN
                last, opens = command, command.at + TWO_DAYS if waits else None
            case StopAtFifteen() if last and last.owner is not OWN and last.at < FIFTEEN:
                last = None
            case _:
                pass
    at = NOON + hours * HOUR
    found = in_use(state, FIFTEEN, at)
    if last is None:
        assert found is None
        return
    stopped = last.owner is not OWN and last.at < FIFTEEN <= at
    assert (found is None) == stopped
    if found is not None:
        assert (found.record, found.owner, found.basis) == (last.record, last.owner, last.basis)
        assert (found.basis is not None) == (found.owner is AddressOwner.RELATIVE)
        assert takes_temporary_password(found, at) == (opens is None or at >= opens)
