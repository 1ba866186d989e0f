"""Who has seen what is told to the patient, without naming anybody who works at the clinic."""

import pytest
from attrs import evolve as with_changes

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import ByStaff
from eservices_core.testing.memory.ledger import StoreUnreachable
from eservices_core.testing.world import CLINIC, OTHER_CLINIC, PRACTITIONER
from eservices_core.usecases.desk import SeeDesk, see_desk
from eservices_core.usecases.own_log import OwnLogLine, SeeOwnLog, Who, see_own_log
from eservices_core.usecases.whole_day import PreviewDay, preview_day
from eservices_core.usecases.why_not_login import WhyNotLogin, why_not_login
from eservices_core.words.identifiers import BrowserId
from eservices_core.words.interval import Interval
from tests.usecases.book_day import BookDay, Patient, wall


@pytest.fixture
def day() -> BookDay:
    """A day at the appointment book."""
    return BookDay()


@pytest.fixture
def anna(day: BookDay) -> Patient:
    """A patient with a user."""
    return day.comes("0709614606", "anna")


def _looks_at_desk(day: BookDay) -> None:
    _ = see_desk(day.services, SeeDesk(key=day.key(), by=day.by_staff, staff=day.staff))


def _own(day: BookDay, who: Patient) -> tuple[OwnLogLine, ...]:
    command = SeeOwnLog(key=day.key(), by=day.anybody, session=who.session, browser=who.browser)
    return see_own_log(day.services, command).unwrap()


def test_who_saw_the_desk_is_told(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: each look at the desk notes, for each booking shown, who saw it and what for."""
    booking = day.requested(anna, wall(10))
    for _ in range(2):
        _looks_at_desk(day)
    stream = StreamId("booking", str(booking))
    looks = [one for one in day.ledger.audit_of(stream) if one.entry.act == "see_desk"]
    assert [(one.by, one.entry.about, one.entry.clinic, one.entry.purpose) for one in looks] == [
        (ByStaff(day.staff), anna.user, CLINIC, "desk")
    ] * 2


def test_a_look_at_nothing_is_noted_too(day: BookDay) -> None:
    """D-LOG-1: that somebody looked where nothing lies is in the log, about nobody."""
    _looks_at_desk(day)
    (audited,) = day.ledger.audit_at(CLINIC, 0, 9)
    assert (audited.entry.act, audited.entry.about) == ("see_desk", None)


def test_a_previewed_day_and_a_question_are_noted(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: previewing a day and asking why a login is refused are looks as well."""
    booking = day.requested(anna, wall(10))
    held = day.services.claims.held_by(booking)
    assert held is not None
    within = Interval(held.interval.start, held.interval.end)
    preview = PreviewDay(
        key=day.key(),
        by=day.by_staff,
        staff=day.staff,
        practitioner=PRACTITIONER,
        within=within,
    )
    assert [lies.booking for lies in preview_day(day.services, preview).unwrap()] == [booking]
    asked = WhyNotLogin(key=day.key(), by=day.by_staff, staff=day.staff, user=anna.user)
    assert isinstance(why_not_login(day.services, asked), Success)
    acts = [one.entry.act for one in day.ledger.audit_about(anna.user)]
    assert acts[-2:] == ["preview_day", "why_not_login"]


def test_a_refused_look_is_noted(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: who asks about another clinic's patient is refused, and that is in the log."""
    elsewhere = WhyNotLogin(
        key=day.key(), by=ByStaff(day.other_staff), staff=day.other_staff, user=anna.user
    )
    assert isinstance(why_not_login(day.services, elsewhere), Failure)
    (audited,) = day.ledger.audit_at(OTHER_CLINIC, 0, 9)
    assert audited.entry.act == "why_not_login"
    assert audited.entry.refused_because is not None
    assert audited.entry.about is None


def test_nothing_is_shown_that_was_not_noted(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: where the entry cannot be stored nothing is shown."""
    _ = day.requested(anna, wall(10))
    day.ledger.break_next_commit(stored=False)
    with pytest.raises(StoreUnreachable):
        _looks_at_desk(day)


def test_a_patient_gets_their_own_log(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: when, by whom, at which clinic and what for; looking is a line of the next time."""
    _ = day.requested(anna, wall(10))
    _looks_at_desk(day)
    lines = _own(day, anna)
    seen = next(line for line in lines if line.act == "see_desk")
    assert (seen.who, seen.clinic, seen.clinic_name) == (Who.CLINIC, CLINIC, "Clinic One")
    assert (seen.at, seen.purpose, seen.refused) == (day.clock.now(), "desk", False)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert [line.act for line in _own(day, anna)][-1] == "see_own_log"


def test_staff_are_not_named(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: nothing in a patient's own log names a member of staff."""
    _ = day.requested(anna, wall(10))
    _looks_at_desk(day)
    assert day.staff.staff.value not in repr(_own(day, anna))


def test_patients_are_kept_apart(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: a patient's own log holds nothing about anybody else."""
    before = len(_own(day, anna))
    bent = day.comes("0709614231", "bent")
    _ = day.requested(bent, wall(11))
    _looks_at_desk(day)
    assert [line.act for line in _own(day, anna)[before:]] == ["see_own_log"]


def test_a_stranger_s_browser_gets_nothing(day: BookDay, anna: Patient) -> None:
    """D-SES-1: in another browser the session is none, and the refusal is noted."""
    command = SeeOwnLog(
        key=day.key(), by=day.anybody, session=anna.session, browser=BrowserId("browser-cafe")
    )
    assert isinstance(see_own_log(day.services, command), Failure)
    last = day.ledger.audit()[-1].entry
    assert (last.act, last.about) == ("see_own_log", None)
    assert last.refused_because is not None


def test_a_clinic_that_the_session_does_not_reach_is_left_out(day: BookDay, anna: Patient) -> None:
    """D-ACC-11: what lies in the log of a clinic that the session does not reach is not told."""
    asked = WhyNotLogin(key=day.key(), by=day.by_staff, staff=day.staff, user=anna.user)
    assert isinstance(why_not_login(day.services, asked), Success)
    (entry,) = [one for one in day.ledger.audit_about(anna.user) if one.entry.purpose]
    elsewhere = with_changes(entry.entry, clinic=OTHER_CLINIC)
    place = day.ledger._audit.index(entry)
    day.ledger._audit[place] = with_changes(entry, entry=elsewhere)
    assert "why_not_login" not in [line.act for line in _own(day, anna)]
