"""The life of a member of staff: a machine, against a model that only knows dates (D-STAFF-1)."""

from datetime import UTC, datetime, timedelta
from typing import assert_never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Success
from eservices_core.staffing import member
from eservices_core.staffing.member import Role, StaffRecord, Standing, standing_of
from eservices_core.testing.strategies.staffing import staff_records
from eservices_core.words.identifiers import ClinicId, StaffId

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
BY = StaffMember(StaffId("manager"), ClinicId("clinic"))
HOURS = st.integers(0, 12).map(lambda hours: BEGIN + hours * HOUR)


def _commands(at: datetime) -> st.SearchStrategy[member.Command]:
    roles = st.sampled_from(Role)
    return st.one_of(
        st.builds(member.Enroll, roles, HOURS, st.none() | st.just(BY), st.just(at)),
        st.builds(member.ChangeRole, roles, st.just(BY), st.just(at)),
        st.builds(member.SetEnd, HOURS, st.just(BY), st.just(at)),
        st.builds(member.LiftEnd, st.just(BY), st.just(at)),
        st.builds(member.NoteLeft, st.just(at)),
    )


def _expected(
    record: StaffRecord | None, command: member.Command, at: datetime
) -> tuple[StaffRecord | None, bool]:
    """What is on record afterwards, and whether the command is allowed."""
    gone = standing_of(record, at) is Standing.LEFT
    match command:
        case member.Enroll(role, begins_at):
            return (
                (StaffRecord(role, begins_at), True) if record is None or gone else (record, False)
            )
        case member.NoteLeft():
            return record, gone
        case _ if record is None or gone:
            return record, False
        case member.ChangeRole(role):
            return StaffRecord(role, record.begins_at, record.ends_at), role is not record.role
        case member.SetEnd(ends_at):
            if ends_at < at or ends_at < record.begins_at:
                return record, False
            return StaffRecord(record.role, record.begins_at, ends_at), True
        case member.LiftEnd():
            return StaffRecord(record.role, record.begins_at), record.ends_at is not None
        case _:
            assert_never(command)


@given(st.data())
def test_any_history_is_the_model_s(data: st.DataObject) -> None:
    """D-STAFF-1: after any commands at rising times, role, dates and answers are the model's."""
    state: member.Member = member.NotEnrolled()
    record: StaffRecord | None = None
    for at in sorted(data.draw(st.lists(HOURS, max_size=12))):
        command = data.draw(_commands(at))
        record, allowed = _expected(record, command, at)
        decided = member.decide(state, command)
        assert isinstance(decided, Failure) is not allowed
        for event in () if isinstance(decided, Failure) else decided.unwrap():
            state = member.evolve(state, event)
        assert member.record_of(state) == record


ON = member.Enrolled(Role.RECEPTION, BEGIN)
NOON, EVENING = BEGIN + 12 * HOUR, BEGIN + 18 * HOUR
GOING = member.Leaving(Role.RECEPTION, BEGIN, NOON)
GONE = member.Left(Role.RECEPTION, BEGIN, NOON)
MANAGER = Role.MANAGER
BACK = member.Enroll(MANAGER, EVENING, BY, EVENING)
IS_BACK = member.StaffEnrolled(MANAGER, EVENING, BY)
R = member.MemberRefusal


@pytest.mark.parametrize(
    ("state", "command", "answer", "after"),
    [
        (member.NotEnrolled(), BACK, (IS_BACK,), member.Enrolled(MANAGER, EVENING)),
        (GONE, BACK, (IS_BACK,), member.Enrolled(MANAGER, EVENING)),
        (GOING, BACK, (member.StaffLeft(), IS_BACK), member.Enrolled(MANAGER, EVENING)),
        (GOING, member.Enroll(MANAGER, BEGIN, BY, BEGIN), R.ALREADY_ENROLLED, GOING),
        (ON, BACK, R.ALREADY_ENROLLED, ON),
        (member.NotEnrolled(), member.NoteLeft(NOON), R.NOT_ENROLLED, member.NotEnrolled()),
        (ON, member.NoteLeft(NOON), R.NOT_YET, ON),
        (GOING, member.NoteLeft(NOON - HOUR), R.NOT_YET, GOING),
        (GOING, member.NoteLeft(NOON), (member.StaffLeft(),), GONE),
        (GONE, member.NoteLeft(NOON), (), GONE),
        (member.NotEnrolled(), member.LiftEnd(BY, NOON), R.NOT_ENROLLED, member.NotEnrolled()),
        (GONE, member.LiftEnd(BY, NOON), R.HAS_LEFT, GONE),
        (GOING, member.LiftEnd(BY, NOON), R.HAS_LEFT, GOING),
        (GOING, member.LiftEnd(BY, NOON - HOUR), (member.EndLifted(BY),), ON),
        (ON, member.LiftEnd(BY, NOON), R.NO_END, ON),
        (ON, member.ChangeRole(Role.RECEPTION, BY, NOON), R.SAME_ROLE, ON),
        (
            ON,
            member.ChangeRole(MANAGER, BY, NOON),
            (member.RoleChanged(MANAGER, BY),),
            member.Enrolled(MANAGER, BEGIN),
        ),
        (
            GOING,
            member.ChangeRole(MANAGER, BY, BEGIN),
            (member.RoleChanged(MANAGER, BY),),
            member.Leaving(MANAGER, BEGIN, NOON),
        ),
        (GOING, member.ChangeRole(MANAGER, BY, NOON), R.HAS_LEFT, GOING),
        (ON, member.SetEnd(NOON, BY, NOON), (member.EndSet(NOON, BY),), GOING),
        (ON, member.SetEnd(NOON - HOUR, BY, NOON), R.END_IS_PAST, ON),
        (ON, member.SetEnd(BEGIN - HOUR, BY, BEGIN - 2 * HOUR), R.END_BEFORE_BEGIN, ON),
        (
            ON,
            member.SetEnd(BEGIN, BY, BEGIN - HOUR),
            (member.EndSet(BEGIN, BY),),
            member.Leaving(Role.RECEPTION, BEGIN, BEGIN),
        ),
        (GOING, member.SetEnd(EVENING, BY, NOON), R.HAS_LEFT, GOING),
    ],
)
def test_each_command_by_example(
    state: member.Member,
    command: member.Command,
    answer: tuple[member.Event, ...] | member.MemberRefusal,
    after: member.Member,
) -> None:
    """D-STAFF-1: who is taken on, leaves, stays or comes back, and what is refused for what."""
    refused = isinstance(answer, member.MemberRefusal)
    assert member.decide(state, command) == (Failure(answer) if refused else Success(answer))
    now = state
    for event in () if refused else answer:
        now = member.evolve(now, event)
    assert now == after


def test_a_record_says_who_works_here_and_until_when() -> None:
    """D-STAFF-1: the same for whoever is here, goes or has gone; none of whoever never was."""
    assert member.record_of(member.NotEnrolled()) is None
    assert member.record_of(ON) == StaffRecord(Role.RECEPTION, BEGIN)
    assert member.record_of(GOING) == StaffRecord(Role.RECEPTION, BEGIN, NOON)
    assert member.record_of(GONE) == StaffRecord(Role.RECEPTION, BEGIN, NOON)


@given(staff_records(), st.integers(-1, 1), st.booleans())
def test_standing_changes_at_its_instants(record: StaffRecord, ticks: int, at_end: bool) -> None:
    """D-STAFF-1: one works from the first instant on, and from the end on one has left."""
    edge = record.ends_at if at_end and record.ends_at else record.begins_at
    at = edge + ticks * timedelta(microseconds=1)
    left = record.ends_at is not None and at >= record.ends_at
    expected = (
        Standing.LEFT if left else Standing.ACTIVE if at >= record.begins_at else Standing.NOT_BEGUN
    )
    assert standing_of(record, at) is expected
    assert standing_of(None, at) is Standing.UNKNOWN
