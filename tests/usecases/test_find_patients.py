"""Staff find their clinic's patients by name and number; nobody else does, nor reads a name."""

from datetime import date
from typing import Any

import pytest

from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.clinic.staff import StaffMember
from eservices_core.ports.ledger import ByStaff, BySystem, Change
from eservices_core.ports.lists import ListKind, ListName, PutOnList, TakeOffList
from eservices_core.staffing.member import Role
from eservices_core.staffing.opening import Purpose
from eservices_core.testing.memory import MemorySigner
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.find_patients import FOUND_MAX, FindPatients, find_patients
from eservices_core.usecases.name_index import ReadName, kept_of, read_name, read_names
from eservices_core.usecases.purge import purge
from eservices_core.usecases.rebuild_views import rebuild_views
from eservices_core.usecases.services import Command
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import UserId
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, DORTE, reason

NAMES = {ANNA: "Anne-Marie Ågård Sørensen", BENT: "Bent Æbeltoft", DORTE: "Dorte O'Connor-Holm"}


@pytest.fixture
def day() -> Day:
    """Three patients of one clinic, whose names have been read."""
    day = Day()
    for number, name in NAMES.items():
        _ = day.patient(number, name[0].lower() * 5)
        named(day, number, name)
    assert read_names(day.services, CLINIC) == len(NAMES)
    return day


def named(
    day: Day, number: CivilNumber, name: str, protection: Protection = Protection.NONE
) -> None:
    """Have the clinic's system know a person by a name."""
    day.cards.put(CLINIC, MasterCard(number, name, protection=protection))


def finds(day: Day, text: str, staff: StaffMember | None = None, **more: Any) -> Any:
    """Have staff look for somebody."""
    who = staff or day.staff
    command = FindPatients(
        key=day.key(), by=ByStaff(who), staff=who, text=text, purpose=Purpose.CALL, **more
    )
    return find_patients(day.services, command)


def names(day: Day, text: str, staff: StaffMember | None = None) -> list[str | None]:
    """Give the names of who is found."""
    return [one.name for one in finds(day, text, staff).unwrap().patients]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("anne", ANNA),
        ("ANNE-M", ANNA),
        ("annem", ANNA),
        ("marie", ANNA),
        ("aagaa", ANNA),
        ("ågård", ANNA),
        ("Sø", ANNA),
        ("soerensen anne", ANNA),
        ("sørensen m", ANNA),
        ("sorensen", None),
        ("annette", None),
        ("annemarie x", None),
        ("æb", BENT),
        ("aebeltoft", BENT),
        ("æbeltofts", None),
        ("oconnor", DORTE),
        ("O'Con", DORTE),
        ("holm dorte", DORTE),
        ("olm", None),
        ("dorte bent", None),
    ],
)
def test_a_patient_is_found_by_how_their_name_begins(
    day: Day, text: str, number: CivilNumber | None
) -> None:
    """D-STAFF-104: each word typed begins a word of the name; case, hyphens and accents are one."""
    assert names(day, text) == ([] if number is None else [NAMES[number]])


def test_a_patient_is_found_by_their_number(day: Day) -> None:
    """D-STAFF-104: a whole CPR number finds its holder, also before any name was read."""
    (found,) = finds(day, ANNA.reveal()).unwrap().patients
    assert (found.name, found.birth_date) == (NAMES[ANNA], ANNA.birth_date)
    assert found.user == day.user_of(ANNA)


@pytest.mark.parametrize("text", ["", " ", "a", "a b", "-", "07", "😀"])
def test_too_little_is_refused(day: Day, text: str) -> None:
    """D-STAFF-104: fewer than two letters begin everybody's name; the try is in the audit log."""
    assert reason(finds(day, text)) == ("D-STAFF-104", "search_too_short")
    (entry,) = (one.entry for one in day.ledger.audit()[-1:])
    assert (entry.act, entry.refused_because) == ("find_patients", "search_too_short")


@pytest.mark.parametrize("text", ["anne", ANNA.reveal()])
def test_another_clinic_s_patient_is_nobody(day: Day, text: str) -> None:
    """D-LOG-2: whoever is not yours is not found, by name or by number, and nobody is noted."""
    assert finds(day, text, day.other_staff).unwrap().patients == ()
    last = day.ledger.audit()[-1]
    assert (last.entry.about, last.entry.clinic) == (None, OTHER_CLINIC)


def test_whoever_has_left_is_nobody(day: Day) -> None:
    """D-LOG-2: a patient who has left the clinic is found no more, and is taken off the lists."""
    user = day.user_of(ANNA)
    _ = day.dissociate(user).unwrap()
    assert names(day, "anne") == []
    assert finds(day, ANNA.reveal()).unwrap().patients == ()
    lies = [one.item for name, one in day.ledger.every(1000) if name.kind is ListKind.PEOPLE]
    assert str(user) in lies
    assert day_reads(day, user)
    lies = [one.item for name, one in day.ledger.every(1000) if name.kind is ListKind.PEOPLE]
    assert str(user) not in lies


def day_reads(day: Day, user: UserId) -> bool:
    """Have the service read one patient's name."""
    command = ReadName(key=day.key(), by=BySystem(), clinic=CLINIC, user=user)
    return read_name(day.services, command).unwrap() is not None


def test_everybody_who_was_shown_is_in_the_audit_log(day: Day) -> None:
    """D-LOG-1: each patient shown has an entry, with who looked and what for."""
    named(day, BENT, "Anne Bent")
    _ = read_names(day.services, CLINIC)
    assert names(day, "anne") == ["Anne Bent", NAMES[ANNA]]
    entries = [one.entry for one in day.ledger.audit()[-2:]]
    assert {one.about for one in entries} == {day.user_of(ANNA), day.user_of(BENT)}
    assert {(one.act, one.purpose, one.rule) for one in entries} == {
        ("find_patients", "call", "D-STAFF-1")
    }


def test_support_finds_nobody(day: Day) -> None:
    """D-STAFF-1: whoever works for the clinic without its patients looks for none of them."""
    support = day.enroll("sam", Role.SUPPORT)
    assert reason(finds(day, "anne", support)) == ("D-STAFF-1", "support_sees_no_patients")


def test_a_protected_name_is_found_by_number_alone(day: Day) -> None:
    """D-ACC-19: a protected person is found by no name; by number they are, with a mark."""
    named(day, ANNA, NAMES[ANNA], Protection.PROTECTED)
    assert names(day, "anne") == []
    (found,) = finds(day, ANNA.reveal()).unwrap().patients
    assert found.protected


def test_a_name_is_what_the_card_says_now(day: Day) -> None:
    """D-STAFF-104: a changed name is found once it was read, and the old one at once no more."""
    named(day, ANNA, "Anna Holm")
    assert names(day, "sørensen") == []
    assert names(day, "anna holm") == []
    assert read_names(day.services, CLINIC) == 1
    assert read_names(day.services, CLINIC, everybody=True) == 0
    assert names(day, "anna holm") == ["Anna Holm"]


def test_so_many_are_shown(day: Day) -> None:
    """D-STAFF-104: at most twenty are shown, and it is said that there are more."""
    for number in range(FOUND_MAX):
        born = _born(number)
        _ = day.patient(born, f"user{number}")
        named(day, born, f"Anne Nr{chr(ord('a') + number)}")
    _ = read_names(day.services, CLINIC)
    found = finds(day, "anne").unwrap()
    assert len(found.patients) == FOUND_MAX
    assert found.more
    assert not finds(day, "anne nra").unwrap().more


def _born(number: int) -> CivilNumber:
    return number_of(date(1960, 1, 1 + number))


def test_no_name_lies_in_the_store(day: Day) -> None:
    """D-STAFF-104: of a name nothing lies in lists, records, events or audit log."""
    kept = [
        *(f"{name.key} {one.item}" for name, one in day.ledger.every(100_000)),
        *map(str, day.contents.values()),
        *(repr(one.event) for one in day.ledger.events()),
        *(repr(one.entry) for one in day.ledger.audit()),
    ]
    for word in ("marie", "aagaard", "ågård", "sørensen", "soerensen", "beltoft", "connor"):
        assert not any(word in one.lower() for one in kept)


def test_two_clinics_lists_cannot_be_compared(day: Day) -> None:
    """D-LOG-2: the same name has other keys at another clinic."""
    keys = day.services.keys
    assert keys.name_at("clinic-1", "anne") != keys.name_at("clinic-2", "anne")


def test_a_lost_or_planted_place_is_mended(day: Day) -> None:
    """A place that is missing, or that nobody's name gives, is found by a rebuild and mended."""
    rows = [(name, one) for name, one in day.ledger.every(1000) if name.kind is ListKind.PEOPLE]
    lost, kept = rows[0]
    stray = ListName(ListKind.PEOPLE, f"{CLINIC}/no-such-key")
    acts = (TakeOffList(lost, kept.item), PutOnList(stray, kept))
    _ = day.ledger.commit(Change("behind", "", day.clock.now(), BySystem(), "", lists=acts))
    found = list(rebuild_views(day.services, mend=False))
    assert [(one.name, one.lies is None) for one in found] == [(lost, True), (stray, False)]
    assert len(list(rebuild_views(day.services, mend=True))) == 2
    assert list(rebuild_views(day.services, mend=False)) == []


def test_who_was_forgotten_lies_under_no_name(day: Day) -> None:
    """D-KEEP-1, D-STAFF-104: where a name leads to somebody is let go with who they were."""
    user = day.user_of(ANNA)
    lain = [ListName(ListKind.PEOPLE, key) for key in kept_of(_look(day), CLINIC, user)]
    assert lain
    assert all(day.ledger.find(name, str(user)) for name in lain)
    _ = day.close(user, ClosedBecause.BY_PATIENT).unwrap()
    day.clock.wind(KeepingSettings().users)
    _ = purge(day.services, day.ledger, day.ledger, MemorySigner())
    assert not any(day.ledger.find(name, str(user)) for name in lain)
    assert kept_of(_look(day), CLINIC, user) == frozenset()


def _look(day: Day) -> Unit:
    return Unit(day.services, Command(key="look", by=BySystem()))
