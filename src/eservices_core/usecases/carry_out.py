"""Carry a command out on a user or a guardianship, and erase what it has replaced (D-KEEP-1).

Here: deciding, adding, and erasing the record that the state no longer names: the hash of a
password that counts no more, the CPR numbers behind a verification that no longer stands. Not here:
what the commands mean (`access`), and the sweeping of what was never ended.
"""

from eservices_core import events
from eservices_core.access import guardianship, user
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ContentId, UserId


def change_user(unit: Unit, account: UserId, command: user.Command) -> Outcome[None, Refusal]:
    """Carry out a command on a user; the password that it replaced is erased."""
    state = unit.state(events.USER, account)
    decided = user.decide(state, command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.USER, account, decided.unwrap())
    after = unit.state(events.USER, account)
    _erase_replaced(unit, user.password_in(state), user.password_in(after))
    return Success(None)


def change_guardianship(
    unit: Unit, account: UserId, command: guardianship.Command
) -> Outcome[None, Refusal]:
    """Carry out a command on a guardianship; numbers that nobody will ask with are erased."""
    state = unit.state(events.GUARDIANSHIP, account)
    decided = guardianship.decide(state, command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.GUARDIANSHIP, account, decided.unwrap())
    after = unit.state(events.GUARDIANSHIP, account)
    _erase_replaced(unit, guardianship.numbers_in(state), guardianship.numbers_in(after))
    return Success(None)


def _erase_replaced(unit: Unit, before: ContentId | None, after: ContentId | None) -> None:
    if before is not None and before != after:
        unit.erase(before)
