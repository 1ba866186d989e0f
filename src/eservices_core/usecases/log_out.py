"""Log out: the session is over, on the server (D-SES-1)."""

from attrs import frozen

from eservices_core import events
from eservices_core.access import session
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import SessionId


@frozen(kw_only=True)
class LogOut(Command):
    """Whoever holds the session ends it."""

    session: SessionId


@frozen
class LoggedOut:
    """It is over."""


def log_out(services: Services, command: LogOut) -> Outcome[LoggedOut, Refusal]:
    """End the session."""

    def work(unit: Unit) -> Outcome[LoggedOut, Refusal]:
        state = unit.state(events.SESSION, command.session)
        decided = session.decide(state, session.End())
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        if isinstance(state, session.Open):
            unit.about = state.user
        unit.add(events.SESSION, command.session, decided.unwrap())
        return Success(LoggedOut())

    return perform(services, command, LoggedOut, work)
