from eservices_core.outcome import Outcome
from eservices_core.usecases.log_out import LoggedOut, LogOut, log_out
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import SessionId
from tests.usecases.day import Day
from tests.usecases.people import ANNA, WORK, reason, went


def _log_out(day: Day, session: SessionId) -> Outcome[LoggedOut, Refusal]:
    return log_out(day.services, LogOut(key=day.key(), by=day.anybody, session=session))


def test_it_ends_the_session_on_the_server() -> None:
    """D-SES-1, faults: 119. What was logged out in one tab is over in every other."""
    day = Day()
    session = day.sign_up(ANNA, "anna@example.dk").session
    assert _log_out(day, session).unwrap() == LoggedOut()
    assert reason(day.use(session)) == ("D-ACC-15", "not_logged_in")
    assert reason(_log_out(day, session)) == ("D-ACC-15", "not_open")


def test_it_ends_no_other_session() -> None:
    """D-SES-1: the same person's session in another browser goes on."""
    day = Day()
    here = day.sign_up(ANNA, "anna@example.dk").session
    there = day.with_mitid(ANNA, WORK)
    assert went(_log_out(day, here))
    assert day.stands(there, WORK)


def test_what_nobody_began_is_not_ended() -> None:
    """D-ACC-15: a made-up session is no session."""
    assert reason(_log_out(Day(), SessionId("made-up"))) == ("D-ACC-15", "not_open")
