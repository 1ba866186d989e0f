"""Use a session at a clinic: asked at every page and every act (D-ACC-11, D-ACC-15).

Reads only, and stores nothing: what it finds is true now, and is asked again next time.
"""

from attrs import frozen

from eservices_core.access.session import REACH, Method, Reach
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.refusals import Refusal, refusal_of_row
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import open_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BrowserId, ClinicId, SessionId, UserId


@frozen(kw_only=True)
class UseSession(Command):
    """A browser that holds a session asks for something at a clinic."""

    session: SessionId
    browser: BrowserId
    clinic: ClinicId


@frozen
class SessionInUse:
    """It reaches the clinic: for whom, and how it began."""

    user: UserId
    method: Method
    rule: str


def use_session(services: Services, command: UseSession) -> Outcome[SessionInUse, Refusal]:
    """Decide whether the session reaches the clinic now."""
    unit = Unit(services, command)
    opened = open_session(unit, command.session, command.browser)
    if isinstance(opened, Failure):
        return opened
    session = opened.unwrap()
    facts = people.reach_facts(unit, session.user, command.clinic, session.method)
    row = REACH.decide(facts)
    if row.then is not Reach.OPEN:
        return Failure(refusal_of_row(row, row.then))
    return Success(SessionInUse(session.user, session.method, row.rule))
