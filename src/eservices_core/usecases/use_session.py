"""Use a session at a clinic: asked at every page and every act (D-ACC-11, D-ACC-15).

Reads only, and stores nothing: what it finds is true now, and is asked again next time.
"""

from attrs import frozen

from eservices_core.access.session import CHILD_NOTICE, Method
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Text
from eservices_core.usecases import people
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import reach
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
    """It reaches the clinic.

    Attributes:
        user: for whom.
        method: how it began: the route that every act in it is recorded with (D-ACC-18).
        rule: why it reaches.
        notice: what a child's pages must say; None for everybody else (D-ACC-18).
    """

    user: UserId
    method: Method
    rule: str
    notice: Text | None


def use_session(services: Services, command: UseSession) -> Outcome[SessionInUse, Refusal]:
    """Decide whether the session reaches the clinic now."""
    unit = Unit(services, command)
    reached = reach(unit, command.session, command.browser, command.clinic)
    if isinstance(reached, Failure):
        return reached
    session, row = reached.unwrap()
    notice = CHILD_NOTICE if people.is_child(unit, session.user) else None
    return Success(SessionInUse(session.user, session.method, row.rule, notice))
