"""Choose a password of one's own (S-ACC-8, D-ACC-12): after a temporary one, or because one wants.

What is asked first: a session that stands, and the old password where there is one.
"""

from attrs import frozen

from eservices_core import events
from eservices_core.access import user
from eservices_core.access.session import Method
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.refusals import WRONG_PASSWORD, Refusal, refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import open_session
from eservices_core.usecases.unit import Unit, perform
from eservices_core.words.identifiers import BrowserId, SessionId
from eservices_core.words.secret import Password, PasswordAttempt


@frozen(kw_only=True)
class ChangePassword(Command):
    """A logged-in user chooses a password.

    Attributes:
        old: the password until now; None in a session that must change it, or one by MitID.
        new: the new one.
    """

    session: SessionId
    browser: BrowserId
    old: PasswordAttempt | None
    new: Password


@frozen
class PasswordChanged:
    """The new one counts, and no other."""


def change_password(
    services: Services, command: ChangePassword
) -> Outcome[PasswordChanged, Refusal]:
    """Check the old one where it is owed, and set the new one."""
    hashed = services.hasher.hash(command.new)  # slow, so outside any unit of work

    def work(unit: Unit) -> Outcome[PasswordChanged, Refusal]:
        opened = open_session(unit, command.session, command.browser)
        if isinstance(opened, Failure):
            return opened
        session = opened.unwrap()
        state = unit.state(events.USER, session.user)
        owes_old = session.method is Method.TWO_FACTOR and not user.must_change_password(state)
        if owes_old and not _is_right(unit, state, command.old):
            return Failure(WRONG_PASSWORD)
        decided = user.decide(state, user.ChoosePassword(unit.put(hashed)))
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        unit.add(events.USER, session.user, decided.unwrap())
        unit.rule = "D-ACC-12"
        return Success(PasswordChanged())

    return perform(services, command, PasswordChanged, work)


def _is_right(unit: Unit, state: user.User, typed: PasswordAttempt | None) -> bool:
    record = user.password_record_of(state, unit.at)
    stored = None if record is None else unit.content(record)
    return typed is not None and unit.services.hasher.verify(stored, typed)
