"""What use cases share about sessions: begin one after a full login, and read one that stands."""

from datetime import datetime

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core import events
from eservices_core.access import session
from eservices_core.access.address import AddressSet
from eservices_core.access.browsers import BrowserRemembered
from eservices_core.access.session import (
    REACH,
    Method,
    Open,
    PasswordDuty,
    Reach,
    SessionBegun,
)
from eservices_core.access.user import Closed, UserClosed
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Row
from eservices_core.usecases import people
from eservices_core.usecases.refusal import NOT_LOGGED_IN, Refusal
from eservices_core.usecases.refusals import refusal_of, refusal_of_row
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BrowserId, ClinicId, ContentId, SessionId, UserId


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
    begin = session.Begin(user, method, browser, unit.at, _ends_at(unit, user, method))
    decided = session.decide(unit.state(events.SESSION, identifier), begin)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    _end_the_one_before(unit, browser)
    unit.add(events.SESSION, identifier, decided.unwrap())
    _ = unit.put(str(identifier), _session_in(unit, browser))
    unit.add(events.BROWSERS, user, (BrowserRemembered(browser, unit.at),))
    return Success(begin.ends_at)


def _ends_at(unit: Unit, user: UserId, method: Method) -> datetime:
    settings = unit.services.access
    if method is Method.MITID:
        return unit.at + settings.mitid_session
    ends_at = unit.at + settings.two_factor_session
    # D-ACC-5: what rested on a guardian ends at the birthday, whatever would open it anew.
    birthday = people.person_of(unit, user).turns_fifteen_at
    return min(ends_at, birthday) if unit.at < birthday else ends_at


def _session_in(unit: Unit, browser: BrowserId) -> ContentId:
    """Name the record of the session that a browser has begun last."""
    return ContentId(unit.services.keys.fingerprint(f"session in {browser}"))


def _end_the_one_before(unit: Unit, browser: BrowserId) -> None:
    """End the session that this browser still holds, whoever's it is (D-SES-1)."""
    before = unit.content(_session_in(unit, browser))
    if before is not None:
        ended = session.decide(unit.state(events.SESSION, before), session.End())
        if isinstance(ended, Success):
            unit.add(events.SESSION, before, ended.unwrap())


def open_session(unit: Unit, identifier: SessionId, browser: BrowserId) -> Outcome[Open, Refusal]:
    """Read a session that stands in this browser now, or refuse (D-ACC-15)."""
    state = unit.state(events.SESSION, identifier)
    if not isinstance(state, Open) or state.browser != browser:
        return Failure(NOT_LOGGED_IN)
    if session.is_over(state, unit.at, None) or _was_cut_off(unit, identifier, state):
        return Failure(NOT_LOGGED_IN)
    unit.about = state.user
    return Success(state)


def _was_cut_off(unit: Unit, identifier: SessionId, state: Open) -> bool:
    """True if something that ends sessions came after this one had begun.

    A change of address ends those by two-factor (D-ACC-14). A closing ends all, and they do not
    come back with a user who is created again (D-ACC-20). One of a closed user goes on to the table
    that says why it ended, as long as it is known who they were (D-KEEP-1).
    """
    begun = unit.position(events.SESSION, identifier, SessionBegun)
    if state.method is Method.TWO_FACTOR and begun < unit.position(
        events.ADDRESS, state.user, AddressSet
    ):
        return True
    if isinstance(unit.state(events.USER, state.user), Closed):
        return not people.is_known(unit, state.user)
    return begun < unit.position(events.USER, state.user, UserClosed)


def standing_session(
    unit: Unit, identifier: SessionId, browser: BrowserId, *, changes_password: bool = False
) -> Outcome[Open, Refusal]:
    """Read a session in which its user may act for themselves now, or refuse (D-ACC-15).

    A password that must be changed comes first, and only `changes_password` goes before it.
    """
    reached = reach(unit, identifier, browser, None, changes_password=changes_password)
    return reached if isinstance(reached, Failure) else Success(reached.unwrap()[0])


def reaching_session(
    unit: Unit, identifier: SessionId, browser: BrowserId, clinic: ClinicId
) -> Outcome[Open, Refusal]:
    """Read a session that reaches a clinic now, or refuse (D-ACC-11, D-ACC-15)."""
    reached = reach(unit, identifier, browser, clinic)
    return reached if isinstance(reached, Failure) else Success(reached.unwrap()[0])


def reach(
    unit: Unit,
    identifier: SessionId,
    browser: BrowserId,
    clinic: ClinicId | None,
    *,
    changes_password: bool = False,
) -> Outcome[tuple[Open, Row[Reach]], Refusal]:
    """Read a session with the row that lets it reach a clinic, or (None) its user's own affairs."""
    opened = open_session(unit, identifier, browser)
    if isinstance(opened, Failure):
        return opened
    found = opened.unwrap()
    facts = people.reach_facts(unit, found.user, clinic, found.method)
    if changes_password:
        facts = with_changes(facts, duty=PasswordDuty.NONE)
    row = REACH.decide(facts)
    if row.then is not Reach.OPEN:
        return Failure(refusal_of_row(row, row.then))
    return Success((found, row))
