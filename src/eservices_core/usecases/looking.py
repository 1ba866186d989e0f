"""Look: a use case that only reads, and whose audit entries say who has seen what (D-LOG-1).

`look` reads, and stores nothing but those entries, in one small commit; where that fails nothing is
shown. A look is no command that could be repeated: each time somebody looks, it is told. Not here:
units of work that change something (`unit`), whose entry comes with the change.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from attrs import frozen

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import AuditEntry, Change
from eservices_core.ports.lists import Listed, ListName
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId

R = TypeVar("R")

_NOTHING_TO_REPEAT: Final = "a look"


@frozen
class Seen:
    """Of whom something was shown, and which machine it told of."""

    about: UserId | None
    stream: StreamId | None = None


def look(  # noqa: PLR0913  what is read, of whom, and what for
    services: Services,
    command: Command,
    act: str,
    read: Callable[[Unit], R],
    seen: Callable[[R], Iterable[Seen]],
    *,
    rule: str | None = None,
    purpose: str | None = None,
) -> Outcome[R, Refusal]:
    """Read, and note of everybody of whom something was shown that it was seen, and what for.

    Where nobody's was shown there is one entry about nobody: that somebody looked. Staff who may
    not (D-STAFF-1) are refused, and that is noted.
    """
    unit = Unit(services, command)
    unit.purpose = purpose
    barred = unit.barred()
    if barred is not None:
        return _refused(unit, command, act, barred)
    found = read(unit)
    whose = tuple(dict.fromkeys(seen(found))) or (Seen(unit.about, unit.stream),)
    _note(
        unit,
        command,
        tuple(
            AuditEntry(act, one.about, rule, None, one.stream, unit.clinic, unit.purpose)
            for one in whose
        ),
    )
    return Success(found)


def look_or_refuse(  # noqa: PLR0913  as `look`
    services: Services,
    command: Command,
    act: str,
    read: Callable[[Unit], Outcome[R, Refusal]],
    *,
    rule: str | None = None,
    purpose: str | None = None,
) -> Outcome[R, Refusal]:
    """Read about whom the unit is about, and note it; a refusal is noted too, with its rule."""
    unit = Unit(services, command)
    unit.purpose = purpose
    barred = unit.barred()
    outcome = read(unit) if barred is None else Failure(barred)
    if isinstance(outcome, Failure):
        return _refused(unit, command, act, outcome.failure())
    entry = AuditEntry(act, unit.about, rule, None, unit.stream, unit.clinic, unit.purpose)
    _note(unit, command, (entry,))
    return outcome


def page_before(
    unit: Unit, name: ListName, before: object | None, limit: int
) -> tuple[Listed, ...] | None:
    """Give the newest items of a list, or those before one of them, oldest first.

    None where the item that is named does not lie there.
    """
    lists = unit.services.lists
    place = None if before is None else lists.find(name, str(before))
    if before is not None and place is None:
        return None
    return lists.newest(name, limit, place)[::-1]


def _refused(unit: Unit, command: Command, act: str, refusal: Refusal) -> Failure[Refusal]:
    rule, because = refusal.rule, refusal.reason
    entry = AuditEntry(act, unit.about, rule, because, unit.stream, unit.clinic, unit.purpose)
    _note(unit, command, (entry,))
    return Failure(refusal)


def _note(unit: Unit, command: Command, entries: tuple[AuditEntry, ...]) -> None:
    key = f"look-{unit.services.chance.entropy(16).hex()}"
    change = Change(key, _NOTHING_TO_REPEAT, unit.at, command.by, "", audit=entries)
    stored = unit.services.ledger.commit(change)
    assert isinstance(stored, Success), "a new key, and nothing that could be stale"
