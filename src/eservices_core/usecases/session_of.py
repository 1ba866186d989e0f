"""What use cases share about sessions: begin one after a full login, and read one that stands."""

from datetime import datetime

from attrs import frozen

from eservices_core import events
from eservices_core.access import session
from eservices_core.access.address import Reachable
from eservices_core.access.browsers import BrowserRemembered
from eservices_core.access.session import Method, Open
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.refusals import NOT_LOGGED_IN, Refusal, refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BrowserId, SessionId, UserId


@frozen
class LoggedIn:
    """A session has begun; the caller's browser holds its token, we only the digest.

    Attributes:
        user: whose session it is.
        session: its id.
        ends_at: when it is over at the latest.
        change_password: whether a new password must be chosen before anything else (D-ACC-12).
    """

    user: UserId
    session: SessionId
    ends_at: datetime
    change_password: bool = False


def begin_session(
    unit: Unit, user: UserId, identifier: SessionId, browser: BrowserId, method: Method
) -> Outcome[datetime, Refusal]:
    """Begin a session, and remember the browser (D-ACC-13, D-SES-1); gives when it ends."""
    settings = unit.services.access
    longest = settings.mitid_session if method is Method.MITID else settings.two_factor_session
    begin = session.Begin(user, method, browser, unit.at, unit.at + longest)
    decided = session.decide(unit.state(events.SESSION, identifier), begin)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.SESSION, identifier, decided.unwrap())
    unit.add(events.BROWSERS, user, (BrowserRemembered(browser, unit.at),))
    return Success(begin.ends_at)


def open_session(unit: Unit, identifier: SessionId, browser: BrowserId) -> Outcome[Open, Refusal]:
    """Read a session that stands in this browser now, or refuse (D-ACC-15)."""
    state = unit.state(events.SESSION, identifier)
    if not isinstance(state, Open) or state.browser != browser:
        return Failure(NOT_LOGGED_IN)
    if session.is_over(state, unit.at, credentials_changed_at(unit, state.user)):
        return Failure(NOT_LOGGED_IN)
    unit.about = state.user
    return Success(state)


def credentials_changed_at(unit: Unit, user: UserId) -> datetime | None:
    """Say when the address was last replaced; two-factor sessions from before are over."""
    addresses = unit.state(events.ADDRESS, user)
    return addresses.address.set_at if isinstance(addresses, Reachable) else None
