"""End what was wished for without a user, and never proved (D-BOOK-7; faults: 180).

Once round, by whoever runs it, as often as one likes. Such an attempt holds no time; what is left
of it is the record of the wish, which is erased. A worker that is killed loses nothing.
"""

from datetime import timedelta
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.booking import guest
from eservices_core.booking.guest import AttemptUnlisted, AwaitingCode
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.usecases.guests import day_key, end_attempt
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import AttemptId, ClinicId

LOOK_BACK: Final = timedelta(days=31)
"""How long a service may have stood still without leaving anything behind."""


@frozen(kw_only=True)
class EndAttempts(Command):
    """The service looks at the attempts of one day at one clinic.

    Attributes:
        day: the key of the day's list.
    """

    day: str


@frozen
class AttemptsEnded:
    """How many led to nothing."""

    ended: int


def end_attempts(services: Services, clinic: ClinicId) -> int:
    """End the lapsed attempts of a clinic; give how many."""
    now = services.clock.now()
    days = range(-1, LOOK_BACK.days + 1)  # a clock set back has listed tomorrow's
    return sum(
        _end_those_of(services, day_key(clinic, now - day * timedelta(days=1))) for day in days
    )


def _end_those_of(services: Services, day: str) -> int:
    key = f"end-attempts-{services.chance.entropy(16).hex()}"
    command = EndAttempts(key=key, by=BySystem(), day=day)
    # A look that finds nothing is not stored, and leaves no trace in the audit log.
    if not _done(Unit(services, command), day):
        return 0

    def work(unit: Unit) -> Outcome[AttemptsEnded, Refusal]:
        unit.rule = "D-BOOK-7"
        done = _done(unit, day)
        waiting = [
            each for each in done if isinstance(unit.state(events.GUEST, each), AwaitingCode)
        ]
        for attempt in waiting:
            end_attempt(unit, attempt)
        unit.add(events.GUEST_ATTEMPTS, day, [AttemptUnlisted(each) for each in done])
        return Success(AttemptsEnded(len(waiting)))

    return perform(services, command, AttemptsEnded, work).unwrap().ended


def _done(unit: Unit, day: str) -> list[AttemptId]:
    """Those that have lapsed, and those that have ended and are still listed."""
    states = {
        each: unit.state(events.GUEST, each) for each in unit.state(events.GUEST_ATTEMPTS, day)
    }
    return [
        attempt
        for attempt, state in states.items()
        if not isinstance(state, AwaitingCode) or guest.has_lapsed(state, unit.at)
    ]
