"""The life of a member of staff: a machine, against a model that only knows dates (D-STAFF-1)."""

from datetime import UTC, datetime, timedelta
from typing import assert_never

from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
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


@given(staff_records(), st.integers(-1, 1), st.booleans())
def test_standing_changes_at_its_instants(record: StaffRecord, ticks: int, at_end: bool) -> None:  # noqa: FBT001  drawn
    """D-STAFF-1: one works from the first instant on, and from the end on one has left."""
    edge = record.ends_at if at_end and record.ends_at else record.begins_at
    at = edge + ticks * timedelta(microseconds=1)
    left = record.ends_at is not None and at >= record.ends_at
    expected = (
        Standing.LEFT if left else Standing.ACTIVE if at >= record.begins_at else Standing.NOT_BEGUN
    )
    assert standing_of(record, at) is expected
    assert standing_of(None, at) is Standing.UNKNOWN
