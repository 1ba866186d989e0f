"""D-STAFF-1: who may act for a clinic, who has left, who was opened to whom and what for."""

from datetime import date, timedelta
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import Any

import attrs
import pytest
from attrs import evolve

from eservices_core import usecases
from eservices_core.clinic.desk_settings import DeskSettings
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Success
from eservices_core.ports.ledger import ByStaff, BySystem
from eservices_core.ports.lists import Listed
from eservices_core.staffing.desk_session import SESSION_LASTS, Factors
from eservices_core.staffing.member import Role, StaffRecord, Standing
from eservices_core.staffing.opening import Purpose
from eservices_core.staffing.watch import AlarmKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases import leavers, staff, staff_sessions, watch_lookups
from eservices_core.usecases.log_in_with_mitid import come_back_from_mitid
from eservices_core.usecases.open_patient import OpenPatient, open_patient
from eservices_core.usecases.perform import perform
from eservices_core.usecases.services import Command
from eservices_core.usecases.session_of import LoggedIn
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.who_may import ACTS
from eservices_core.views.names import Rank, worklist_of
from eservices_core.words.identifiers import BookingId, SessionId, StaffId
from eservices_core.worklist.items import ItemKind, ItemRef
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES
from tests.usecases.people import A_DAY, ANNA, BENT, CHILD, DORTE, HOUR, TICK, reason, went
from tests.usecases.staffing_cases import MIA, opening, taken_on

WHY = "Asks for a certificate at the desk."


@pytest.fixture
def day() -> Day:
    """A day on which the clinic system's own directory says who works there."""
    return Day()


def mia(day: Day, role: Role = Role.RECEPTION) -> StaffMember:
    """Take Mia on in the ledger."""
    taken_on(day, role)
    return StaffMember(MIA, CLINIC)


def end(day: Day, who: StaffId = MIA, after: timedelta | None = None) -> Any:
    """Have the manager set somebody's end date."""
    command = staff.SetEndDate(
        key=day.key(),
        by=day.by_staff,
        staff=day.staff,
        member=who,
        ends_at=None if after is None else day.clock.now() + after,
    )
    return staff.set_end_date(day.services, command)


def give(day: Day, who: StaffId, role: Role) -> Any:
    """Have the manager give somebody a role."""
    command = staff.ChangeStaffRole(
        key=day.key(), by=day.by_staff, staff=day.staff, member=who, role=role
    )
    return staff.change_staff_role(day.services, command)


# --- the one place -------------------------------------------------------------------------------


def _commands() -> set[type[Command]]:
    return {
        member
        for module in iter_modules(usecases.__path__)
        for _, member in getmembers(import_module(f"{usecases.__name__}.{module.name}"), isclass)
        if issubclass(member, Command)
    }


def test_every_command_of_staff_is_a_kind_of_act() -> None:
    """D-STAFF-1: each command with a member of staff in it stands in `usecases.who_may.ACTS`."""
    of_staff = [
        command.__name__
        for command in _commands()
        if any(field.name == "staff" for field in attrs.fields(command))
    ]
    assert len(of_staff) == len(set(of_staff)), "ACTS tells them apart by their names"
    missing = sorted(set(of_staff) - ACTS.keys())
    assert not missing, f"add to usecases.who_may.ACTS, with the kind of act: {missing}"
    assert sorted(ACTS.keys() - set(of_staff)) == [], "nothing stands there that is no command"


@pytest.mark.parametrize(
    ("role", "why"),
    [(Role.SUPPORT, "support_sees_no_patients"), (None, "not_staff_here")],
)
def test_who_may_not_is_refused_and_nothing_is_done(day: Day, role: Role | None, why: str) -> None:
    """D-STAFF-1: support and strangers touch no patient; the refusal alone is written down."""
    user = day.patient(ANNA, "anna")
    who = StaffMember(StaffId("sam"), CLINIC)
    if role is not None:
        assert day.enroll("sam", role) == who
    before = len(day.ledger.events())
    assert reason(day.tick(user, who)) == ("D-STAFF-1", why)
    assert len(day.ledger.events()) == before
    entry = day.ledger.audit()[-1].entry
    assert (entry.refused_because, entry.clinic) == (why, CLINIC)


def test_staff_of_another_clinic_are_nobody_here(day: Day) -> None:
    """D-LOG-2: the same id at another clinic is another person, who does not work here."""
    user = day.patient(ANNA, "anna")
    there = StaffMember(day.staff.staff, OTHER_CLINIC)
    assert reason(day.tick(user, there)) == ("D-STAFF-1", "not_staff_here")


def test_nobody_acts_in_another_s_name(day: Day) -> None:
    """D-STAFF-1: staff are named persons: who asks is who acts."""
    _ = day.patient(ANNA, "anna")
    other = day.enroll("sam")
    said = open_patient(day.services, evolve(opening(day), by=ByStaff(other)))
    assert reason(said) == ("D-STAFF-1", "acts_as_another")
    said = open_patient(day.services, evolve(opening(day), by=day.anybody))
    assert reason(said) == ("D-STAFF-1", "acts_as_another")


def test_nobody_can_view_as_a_patient(day: Day) -> None:
    """D-STAFF-1: staff log in as nobody, and no command of staff gives a patient's session."""
    command, _ = day.go_and_come_back(ANNA)
    from_staff = evolve(command, by=day.by_staff)
    assert reason(come_back_from_mitid(day.services, from_staff)) == (
        "D-STAFF-1",
        "staff_are_no_patients",
    )
    answers = []
    for case in CASES:
        its_day, do, its_command = case.begin()
        if hasattr(its_command, "staff"):
            answers.append(do(its_day.services, its_command))
            kinds = {one.stream.kind for one in its_day.ledger.events() if one.by == its_command.by}
            assert "session" not in kinds
    assert len(answers) > 20
    assert not any(isinstance(answer.value_or(None), LoggedIn) for answer in answers)


# --- taken on and let go -------------------------------------------------------------------------


def test_a_role_counts_from_the_moment_it_is_given(day: Day) -> None:
    """D-STAFF-1: who is made support may do nothing to patients from then on."""
    who = mia(day)
    user = day.patient(ANNA, "anna")
    assert went(day.tick(user, who))
    assert went(give(day, MIA, Role.SUPPORT))
    assert reason(day.untick(user, who)) == ("D-STAFF-1", "support_sees_no_patients")


def test_only_a_manager_takes_people_on(day: Day) -> None:
    """D-STAFF-1: reception enrolls nobody, and sees no list of staff."""
    who = mia(day)
    command = staff.EnrollStaff(
        key="k", by=ByStaff(who), staff=who, member=StaffId("bo"), name="Bo", role=Role.MANAGER
    )
    assert reason(staff.enroll_staff(day.services, command)) == ("D-STAFF-1", "managers_only")
    look = staff.SeeStaff(key="l", by=ByStaff(who), staff=who)
    assert reason(staff.see_staff(day.services, look)) == ("D-STAFF-1", "managers_only")


def test_an_end_date_ends_acts_and_sessions_at_its_instant(day: Day) -> None:
    """D-STAFF-1: up to the end date a leaver works; from then on neither act nor session goes."""
    who = mia(day)
    user = day.patient(ANNA, "anna")
    session = day.session()
    come = staff_sessions.LetStaffIn(
        key="c", by=day.anybody, clinic=CLINIC, member=MIA, factors=Factors.TWO, session=session
    )
    assert staff_sessions.let_staff_in(day.services, come).unwrap().staff == who
    use = staff_sessions.UseStaffSession(key="u", by=day.anybody, session=session)
    assert end(day, after=HOUR).unwrap().standing is Standing.ACTIVE
    day.clock.wind(HOUR - TICK)
    assert staff_sessions.use_staff_session(day.services, use).unwrap().staff == who
    assert went(day.tick(user, who))
    day.clock.wind(TICK)
    assert reason(staff_sessions.use_staff_session(day.services, use))[1] == "staff_not_logged_in"
    assert reason(day.untick(user, who)) == ("D-STAFF-1", "has_left")


def test_what_a_leaver_holds_is_handed_back_once(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-STAFF-1: at the end date the hook is called, once, in the unit that notes the leaving."""
    who = mia(day)
    handed: list[StaffMember] = []
    monkeypatch.setattr(leavers, "hand_back", lambda _, gone: handed.append(gone))
    assert went(end(day, after=HOUR))
    assert leavers.note_leavers(day.services, CLINIC) == 0
    assert handed == []
    day.clock.wind(HOUR)
    assert leavers.note_leavers(day.services, CLINIC) == 1
    assert leavers.note_leavers(day.services, CLINIC) == 0
    assert handed == [who]


def test_an_end_of_now_is_noted_at_once(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-STAFF-1: whoever is let go on the spot hands back in the same unit of work."""
    who = mia(day)
    handed: list[StaffMember] = []
    monkeypatch.setattr(leavers, "hand_back", lambda _, gone: handed.append(gone))
    assert end(day).unwrap().standing is Standing.LEFT
    assert handed == [who]


def test_a_clinic_keeps_a_manager(day: Day) -> None:
    """D-STAFF-102: the last manager gets no end date and no other role; the last but one does."""
    _ = mia(day)
    me = day.staff.staff
    assert reason(end(day, me)) == ("D-STAFF-1", "last_manager")
    assert reason(give(day, me, Role.PRACTITIONER)) == ("D-STAFF-1", "last_manager")
    assert went(give(day, MIA, Role.MANAGER))
    assert went(end(day, MIA, after=A_DAY))
    assert reason(end(day, me)) == ("D-STAFF-1", "last_manager"), "who is leaving does not count"


def test_two_managers_who_leave_at_once_leave_one(day: Day) -> None:
    """D-STAFF-102: what the rule rests on is held to its version, so both cannot go."""
    _ = mia(day, Role.MANAGER)
    inner: list[Any] = []
    day.ledger.meanwhile(lambda: inner.append(end(day, MIA, after=A_DAY)))
    assert reason(end(day, day.staff.staff, after=A_DAY)) == ("D-STAFF-1", "last_manager")
    assert went(inner[0])


def test_the_first_manager_is_the_installation_s(day: Day) -> None:
    """D-STAFF-1: a clinic's first manager is enrolled without one, and no second in that way."""
    day.services = evolve(day.services, staff_directory=None)
    command = staff.EnrollFirstManager(
        key="1", by=BySystem(), clinic=CLINIC, member=MIA, name=" Mia Test "
    )
    assert went(staff.enroll_first_manager(day.services, command))
    again = evolve(command, key="2", member=StaffId("bo"))
    said = staff.enroll_first_manager(day.services, again)
    assert reason(said) == ("D-STAFF-1", "first_manager_stands")
    me = StaffMember(MIA, CLINIC)
    look = staff.SeeStaff(key="l", by=ByStaff(me), staff=me)
    (seen,) = staff.see_staff(day.services, look).unwrap()
    assert (seen.member, seen.name, seen.standing) == (MIA, "Mia Test", Standing.ACTIVE)
    assert "Mia Test" not in repr(seen)


def test_where_another_system_keeps_staff_nobody_is_enrolled_here(day: Day) -> None:
    """D-STAFF-1: the clinic's own directory is the one place that says who works there."""
    command = staff.EnrollStaff(
        key="k", by=day.by_staff, staff=day.staff, member=MIA, name="Mia", role=Role.RECEPTION
    )
    said = staff.enroll_staff(day.services, command)
    assert reason(said) == ("D-STAFF-1", "staff_kept_elsewhere")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
def test_what_is_no_name_is_refused(day: Day, name: str) -> None:
    """D-STAFF-1: staff are named persons."""
    day.keep_staff_in_ledger()
    command = staff.EnrollStaff(
        key="k", by=day.by_staff, staff=day.staff, member=MIA, name=name, role=Role.RECEPTION
    )
    assert reason(staff.enroll_staff(day.services, command)) == ("D-STAFF-1", "no_staff_name")


# --- coming in -----------------------------------------------------------------------------------


def test_one_factor_lets_nobody_in(day: Day) -> None:
    """D-STAFF-1: with one factor even the manager stays outside."""
    come = staff_sessions.LetStaffIn(
        key="c",
        by=day.anybody,
        clinic=CLINIC,
        member=day.staff.staff,
        factors=Factors.ONE,
        session=day.session(),
    )
    said = staff_sessions.let_staff_in(day.services, come)
    assert reason(said) == ("D-STAFF-1", "one_factor")
    use = staff_sessions.UseStaffSession(key="u", by=day.anybody, session=come.session)
    assert reason(staff_sessions.use_staff_session(day.services, use))[1] == "staff_not_logged_in"


def test_a_session_lasts_a_working_day(day: Day) -> None:
    """D-STAFF-101: ten hours, and not an instant longer; and it opens no page of a patient's."""
    session = day.session()
    come = staff_sessions.LetStaffIn(
        key="c",
        by=day.anybody,
        clinic=CLINIC,
        member=day.staff.staff,
        factors=Factors.TWO,
        session=session,
    )
    _ = staff_sessions.let_staff_in(day.services, come).unwrap()
    assert reason(day.use(session)) == ("D-ACC-15", "not_logged_in")
    use = staff_sessions.UseStaffSession(key="u", by=day.anybody, session=session)
    day.clock.wind(SESSION_LASTS - TICK)
    assert went(staff_sessions.use_staff_session(day.services, use))
    day.clock.wind(TICK)
    assert not went(staff_sessions.use_staff_session(day.services, use))
    unknown = evolve(use, session=SessionId("nobody-s"))
    assert not went(staff_sessions.use_staff_session(day.services, unknown))


# --- opening a patient ---------------------------------------------------------------------------


def test_opening_writes_down_what_for(day: Day) -> None:
    """D-LOG-1, D-STAFF-1: whom, by whom, and what for stands in the clinic's log."""
    user = day.patient(ANNA, "anna")
    seen = open_patient(day.services, opening(day)).unwrap()
    assert (seen.user, seen.name, seen.warning) == (user, "A Test Person", None)
    last = day.ledger.audit_at(CLINIC, 0, 1000)[-1]
    assert (last.entry.about, last.entry.purpose, last.by) == (user, "call", day.by_staff)
    assert day.ledger.audit_at(OTHER_CLINIC, 0, 1000) == ()


def test_a_patient_without_a_user_is_named_by_a_pseudonym(day: Day) -> None:
    """D-KEEP-1: who has a master card only is told apart in the log, and not by the number."""
    day.card(BENT)
    command = OpenPatient(
        key="k", by=day.by_staff, staff=day.staff, number=BENT, purpose=Purpose.VISIT
    )
    assert open_patient(day.services, command).unwrap().user is None
    entry = day.ledger.audit()[-1].entry
    assert entry.about is None
    assert entry.stream is not None
    assert BENT.reveal() not in entry.stream.key


def test_another_clinic_s_patient_is_nobody(day: Day) -> None:
    """D-LOG-2: a number that the clinic has no card of, and that is no patient's, opens nothing."""
    _ = day.patient(ANNA, "anna")
    theirs = evolve(opening(day), staff=day.other_staff, by=ByStaff(day.other_staff))
    assert reason(open_patient(day.services, theirs)) == ("D-LOG-2", "no_such_patient")


def test_an_item_must_lie_there_and_be_the_patient_s(day: Day) -> None:
    """D-STAFF-103: a worklist item opens the patient whom it is about, and nobody else."""
    anna, bent = day.patient(ANNA, "anna"), day.patient(BENT, "bent")
    for user, name in ((anna, "annas"), (bent, "bents")):
        lay(day, user, ItemRef(ItemKind.CONSULTATION, name))
    hers = ItemRef(ItemKind.CONSULTATION, "annas")
    his = ItemRef(ItemKind.CONSULTATION, "bents")
    assert went(open_patient(day.services, opening(day, Purpose.ITEM, item=hers)))
    for wrong in (
        opening(day, Purpose.ITEM),
        opening(day, Purpose.ITEM, item=his),
        opening(day, Purpose.ITEM, item=ItemRef(ItemKind.LETTER, "annas")),
        opening(day, Purpose.CALL, item=hers),
        opening(day, Purpose.BOOKING, item=hers),
        opening(day, Purpose.BOOKING, booking=BookingId("made-up")),
        opening(day, Purpose.VISIT, booking=BookingId("made-up")),
    ):
        said = open_patient(day.services, wrong)
        assert reason(said) == ("D-STAFF-1", "purpose_not_found"), wrong.purpose
        assert day.ledger.audit()[-1].entry.about == anna


def lay(day: Day, user: Any, item: ItemRef) -> None:
    """Lay an item about a user on the worklist."""

    def work(unit: Unit) -> Any:
        unit.about = user
        unit.put_on(worklist_of(CLINIC), Listed(str(item), unit.at, Rank.USUAL, user))
        return Success(watch_lookups.AlarmIsClosed())

    command = leavers.NoteLeaver(key=day.key(), by=BySystem(), clinic=CLINIC, member=MIA)
    _ = perform(day.services, command, watch_lookups.AlarmIsClosed, work).unwrap()


@pytest.mark.parametrize("why", [None, "", "too short", " " * 20, "x" * 1001])
def test_a_protected_patient_needs_a_reason(day: Day, why: str | None) -> None:
    """D-ACC-19: without a reason of 10 to 1000 characters a protected person stays closed."""
    _ = day.patient(ANNA, "anna")
    day.protect(ANNA)
    said = open_patient(day.services, opening(day, reason=why))
    assert reason(said) == ("D-ACC-19", "reason_missing")


def test_a_protected_patient_is_opened_with_a_warning(day: Day) -> None:
    """D-ACC-19: staff see a warning; the reason is content, and an event says who gave it."""
    _ = day.patient(ANNA, "anna")
    day.protect(ANNA)
    seen = open_patient(day.services, opening(day, reason=WHY)).unwrap()
    assert seen.warning is not None
    opened: Any = day.ledger.events()[-1].event
    assert opened.by == day.staff
    assert day.ledger.content(opened.reason) == WHY
    shown = (day.ledger.events(), day.ledger.audit(), opening(day, reason=WHY))
    assert WHY not in repr(shown)


def test_an_old_key_opens_nothing_to_a_leaver(day: Day) -> None:
    """D-STAFF-1: what was opened under a key is shown again only to who may still see it."""
    _ = day.patient(ANNA, "anna")
    command = opening(day)
    first = open_patient(day.services, command)
    assert open_patient(day.services, command) == first
    now = day.clock.now()
    day.directory.put(day.staff, StaffRecord(Role.MANAGER, now - A_DAY, now))
    assert reason(open_patient(day.services, command)) == ("D-STAFF-1", "has_left")


# --- the manager's eye ---------------------------------------------------------------------------


def limited(day: Day, **chosen: int) -> None:
    """Have the clinic choose its limits."""
    clinic = evolve(day.services.clinics[CLINIC], desk=DeskSettings(**chosen))
    day.services = evolve(day.services, clinics={**day.services.clinics, CLINIC: clinic})


def alarms(day: Day) -> list[AlarmKind]:
    """Give what the manager is told of."""
    look = watch_lookups.SeeAlarms(key="see", by=day.by_staff, staff=day.staff)
    return [alarm.kind for alarm in watch_lookups.see_alarms(day.services, look).unwrap()]


def test_many_patients_in_an_hour_raise_one_alarm(day: Day) -> None:
    """D-STAFF-1: one more patient than the limit, with nothing in hand, and the manager is told."""
    limited(day, alarm_lookups=2)
    numbers = (ANNA, BENT, CHILD, DORTE)
    for number in numbers:
        day.card(number)

    def look(number: Any, purpose: Purpose) -> None:
        command = evolve(opening(day, purpose), number=number)
        _ = open_patient(day.services, command).unwrap()

    for number in numbers:
        look(number, Purpose.CALL)
    look(ANNA, Purpose.VISIT)
    look(ANNA, Purpose.RESULT)
    look(BENT, Purpose.VISIT)
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 0
    look(CHILD, Purpose.VISIT)
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 1
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 0
    look(DORTE, Purpose.VISIT)
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 0, "it was raised"
    assert alarms(day) == [AlarmKind.MANY]
    day.clock.wind(HOUR)
    look(ANNA, Purpose.VISIT)
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 0


def test_a_look_that_finds_nothing_is_not_stored(day: Day) -> None:
    """D-STAFF-1: a worker that finds nothing new leaves no trace."""
    before = len(day.ledger.audit())
    assert watch_lookups.look_for_alarms(day.services, CLINIC) == 0
    assert len(day.ledger.audit()) == before


def test_the_sample_is_the_same_each_time_and_no_larger_than_chosen(day: Day) -> None:
    """D-STAFF-1: a month's sample is drawn from that month alone, and can be drawn again."""
    limited(day, sample=3)
    _ = day.patient(ANNA, "anna")
    for _ in range(10):
        assert went(open_patient(day.services, opening(day)))
        day.clock.wind(HOUR)
    refused = watch_lookups.draw_sample(day.services, _november(day, "0"))
    assert reason(refused) == ("D-STAFF-1", "month_not_over")
    day.clock.wind(10 * A_DAY)
    assert went(open_patient(day.services, opening(day)))
    first = watch_lookups.draw_sample(day.services, _november(day, "1")).unwrap()
    again = watch_lookups.draw_sample(day.services, _november(day, "2")).unwrap()
    assert first == again
    assert (first.of, len(first.drawn)) == (10, 3)
    who = day.enroll("reception")
    theirs = evolve(_november(day, "3"), staff=who, by=ByStaff(who))
    refused = watch_lookups.draw_sample(day.services, theirs)
    assert reason(refused) == ("D-STAFF-1", "managers_only")


def _november(day: Day, key: str) -> watch_lookups.DrawSample:
    return watch_lookups.DrawSample(
        key=key, by=day.by_staff, staff=day.staff, month=date(2026, 11, 30)
    )
