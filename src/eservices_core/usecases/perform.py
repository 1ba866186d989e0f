"""Run a unit of work to its end, once for each key.

`perform` looks whether the key was answered before, does the work, commits it whole, and starts
again from fresh reads if somebody else was first: at a stream that it has written, or only read. A
refusal is committed too, but only as its audit entry and its answer.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar, cast

import attrs
from attrs import frozen

from eservices_core import wire
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.claims import StaleClaim, TimeIsTaken
from eservices_core.ports.ledger import CommitRefusal, KeyWasUsed, NameIsTaken, StaleStream, Stored
from eservices_core.usecases.refusal import KEY_REUSED, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit

A = TypeVar("A", bound=attrs.AttrsInstance)

ATTEMPTS_MAX: Final = 20
"""How often a unit of work starts again when others were first, before it gives up."""


class TooBusy(Exception):  # noqa: N818  broken infrastructure, said plainly
    """Others were first, again and again; nothing was stored. Ask again under the same key."""


@frozen
class _Refused:
    refused: Refusal


def perform(  # noqa: PLR0913  a unit of work, its kind and its place in one breath
    services: Services,
    command: Command,
    answer: type[A],
    work: Callable[[Unit], Outcome[A, Refusal]],
    act: str | None = None,
    *,
    step: str = "",
) -> Outcome[A, Refusal]:
    """Do a unit of work, once for each key.

    `step` tells the units of work of one command apart; each is stored under a key of its own.

    Raises:
        TooBusy: others were first, `ATTEMPTS_MAX` times; nothing was stored.
    """
    act = act or _snake(type(command).__name__)
    # The act is part of it: a step's key that a caller happens to use is a reused one.
    fingerprint = services.keys.fingerprint(f"{act}:{_spell(command)}")
    for attempt in range(1, ATTEMPTS_MAX + 1):
        earlier = services.ledger.answered(f"{command.key}{step}", fingerprint)
        if isinstance(earlier, Failure):
            return Failure(KEY_REUSED)
        stored = earlier.unwrap()
        if stored is not None:
            return _read(stored.answer, answer)
        unit = Unit(services, command, step)
        barred = unit.barred()
        outcome = work(unit) if barred is None else Failure(barred)
        committed = _commit(unit, act, fingerprint, outcome)
        if isinstance(committed, Failure) and isinstance(time := committed.failure(), TimeIsTaken):
            # All that was read still holds: a stale stream would have been noticed first.
            committed = _commit(unit, act, fingerprint, Failure(unit.taken(time)))
        if isinstance(committed, Success):
            return _read(committed.unwrap().answer, answer)
        match committed.failure():
            case StaleStream() | NameIsTaken() | StaleClaim() | TimeIsTaken():
                services.patience.rest(attempt)
            case KeyWasUsed():
                return Failure(KEY_REUSED)
    raise TooBusy


def _commit(
    unit: Unit, act: str, fingerprint: str, outcome: Outcome[A, Refusal]
) -> Outcome[Stored, CommitRefusal]:
    if isinstance(outcome, Failure):
        refusal = outcome.failure()
        text = wire.dump(_Refused(refusal))
        change = unit.refused(act, fingerprint, text, refusal)
    else:
        change = unit.change(act, fingerprint, wire.dump(outcome.unwrap()))
    return unit.services.ledger.commit(change)


def _read(text: str, answer: type[A]) -> Outcome[A, Refusal]:
    if text.startswith('{"refused":'):
        return Failure(wire.load(text, _Refused).refused)
    return Success(wire.load(text, answer))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def _spell(value: object) -> str:
    """Spell a command out for its fingerprint, what is masked elsewhere included."""
    kind = type(value)
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind)]
        parts = [f"{name}={_spell(getattr(value, name))}" for name in names]
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple):
        return f"({','.join(map(_spell, cast('tuple[object, ...]', value)))})"
    reveal = getattr(value, "reveal", None)
    return repr(reveal() if callable(reveal) else value)
