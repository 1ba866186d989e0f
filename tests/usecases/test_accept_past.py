"""Going on from an older state of the store: who is in goes out, and every log says so."""

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.staffing import desk_session
from eservices_core.staffing.desk_session import Factors
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.accept_past import NobodyThere, PastAccepted, accept_past
from eservices_core.usecases.staff_sessions import LetStaffIn, let_staff_in
from eservices_core.words.identifiers import SessionId, StaffId
from tests.usecases.day import Day
from tests.usecases.people import ANNA

AT_DESK = SessionId("at-desk")


def test_sessions_of_before_end_and_every_log_says_so() -> None:
    """D-KEEP-101: who was in is out; the service's log and each clinic's say who answers for it."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    session = day.log_in("anna").session
    come_in = LetStaffIn(
        key=day.key(),
        by=BySystem(),
        clinic=OTHER_CLINIC,
        member=day.other_staff.staff,
        factors=Factors.TWO,
        session=AT_DESK,
    )
    _ = let_staff_in(day.services, come_in).unwrap()
    assert day.stands(session)
    open_ones = (
        StreamId("session", str(session)),
        StreamId("staff_session", str(AT_DESK)),
        StreamId("session", "never-begun"),
    )

    accepted = accept_past(day.services, day.staff, open_ones)

    assert accepted == Success(PastAccepted(sessions=2, logs=3))
    assert not day.stands(session)
    assert day.state(events.STAFF_SESSION, AT_DESK) == desk_session.Ended()
    for log, by in ((None, day.by_staff), (CLINIC, day.by_staff), (OTHER_CLINIC, BySystem())):
        (*_, last) = day.ledger.audit_at(log, 0, 10_000)
        assert (last.entry.act, last.entry.rule, last.by) == ("accept_past", "D-KEEP-101", by)
    assert user == day.ledger.audit_about(user)[-1].entry.about
    assert accept_past(day.services, day.staff, open_ones) == Success(PastAccepted(0, 3))


def test_somebody_who_works_there_answers_for_it() -> None:
    """D-KEEP-101: it is not accepted by nobody, and then nothing is recorded."""
    day = Day()
    nobody = StaffMember(StaffId("nobody"), CLINIC)
    assert accept_past(day.services, nobody, ()) == Failure(NobodyThere())
    assert all(one.entry.act != "accept_past" for one in day.ledger.audit_at(None, 0, 10_000))
