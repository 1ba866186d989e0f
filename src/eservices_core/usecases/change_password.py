"""Choose a password of one's own (S-ACC-8, D-ACC-12): after a temporary one, or because one wants.

What is asked first: a session that stands, and the old password where there is one, counted like
any guess (D-ACC-13): an open session is no way to try passwords.
"""

from attrs import frozen

from eservices_core import events
from eservices_core.access import user
from eservices_core.access.guesses import Purpose
from eservices_core.access.session import Method
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.access_refusals import WRONG_PASSWORD
from eservices_core.usecases.budgets import budget_in, count, settle
from eservices_core.usecases.carry_out import change_user
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import standing_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BrowserId, ContentId, SessionId
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


@frozen
class _Counted:
    """The old password may be compared, with this record; or it is not owed."""

    owed: bool
    password: ContentId | None = None


def change_password(
    services: Services, command: ChangePassword
) -> Outcome[PasswordChanged, Refusal]:
    """Check the old one where it is owed, and set the new one."""
    counted = _count(services, command)
    if isinstance(counted, Failure):
        return counted
    owed, record = counted.unwrap().owed, counted.unwrap().password
    stored = None if record is None else services.records.content(record)
    typed = command.old
    right = owed and typed is not None and services.hasher.verify(stored, typed)
    hashed = services.hasher.hash(command.new)  # slow, so outside any unit of work

    def work(unit: Unit) -> Outcome[PasswordChanged, Refusal]:
        opened = standing_session(unit, command.session, command.browser, changes_password=True)
        if isinstance(opened, Failure):
            return opened
        session = opened.unwrap()
        state = unit.state(events.USER, session.user)
        still_right = right and record == user.password_record_of(state, unit.at)
        if _owes_old(session.method, state) and not still_right:
            return Failure(WRONG_PASSWORD)
        if still_right:
            budget = budget_in(session.user, command.browser)
            settle(unit, budget)
        chosen = change_user(unit, session.user, user.ChoosePassword(unit.put(hashed)))
        if isinstance(chosen, Failure):
            return chosen
        unit.rule = "D-ACC-12"
        return Success(PasswordChanged())

    return perform(services, command, PasswordChanged, work)


def _count(services: Services, command: ChangePassword) -> Outcome[_Counted, Refusal]:
    def work(unit: Unit) -> Outcome[_Counted, Refusal]:
        opened = standing_session(unit, command.session, command.browser, changes_password=True)
        if isinstance(opened, Failure):
            return opened
        session = opened.unwrap()
        state = unit.state(events.USER, session.user)
        if not _owes_old(session.method, state):
            return Success(_Counted(owed=False))
        if command.old is None:
            return Failure(WRONG_PASSWORD)
        unit.rule = "D-ACC-13"
        budget = budget_in(session.user, command.browser)
        counted = count(unit, budget, Purpose.PASSWORD)
        if isinstance(counted, Failure):
            return counted
        return Success(_Counted(owed=True, password=user.password_record_of(state, unit.at)))

    return perform(services, command, _Counted, work, "count_password", step="#1")


def _owes_old(method: Method, state: user.User) -> bool:
    return method is Method.TWO_FACTOR and not user.must_change_password(state)
