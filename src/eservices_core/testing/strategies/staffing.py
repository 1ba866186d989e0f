"""Strategies for the staff of a clinic: records, and the events of staff."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.staffing import alarm, desk_session, member, opening
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.words import identifiers, instants
from eservices_core.words.identifiers import ContentId


def staff_records() -> SearchStrategy[member.StaffRecord]:
    """Draw what a directory can say of a member of staff."""
    return st.tuples(
        st.sampled_from(member.Role), st.lists(instants(), min_size=1, max_size=2)
    ).map(lambda drawn: member.StaffRecord(drawn[0], *sorted(drawn[1])))


def staffing_events() -> dict[type[Any], SearchStrategy[Any]]:
    """Give a strategy for every event of staff."""
    roles, staff = st.sampled_from(member.Role), staff_members()
    return {
        member.StaffEnrolled: built(
            member.StaffEnrolled, role=roles, begins_at=instants(), by=st.none() | staff
        ),
        member.RoleChanged: built(member.RoleChanged, role=roles, by=staff),
        member.EndSet: built(member.EndSet, ends_at=instants(), by=staff),
        member.EndLifted: built(member.EndLifted, by=staff),
        member.StaffLeft: built(member.StaffLeft),
        desk_session.StaffCameIn: built(desk_session.StaffCameIn, staff=staff, ends_at=instants()),
        desk_session.StaffLoggedOut: built(desk_session.StaffLoggedOut),
        alarm.AlarmRaised: built(alarm.AlarmRaised, at=instants()),
        alarm.AlarmClosed: built(alarm.AlarmClosed, by=staff),
        opening.ProtectedOpened: built(
            opening.ProtectedOpened,
            by=staff,
            purpose=st.sampled_from(opening.Purpose),
            reason=identifiers(ContentId),
            at=instants(),
        ),
    }
