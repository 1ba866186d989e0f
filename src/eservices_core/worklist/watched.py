"""The watch over one mail whose loss nobody else would notice (D-MAIL-4, faults: 100).

It begins when the mail is queued, and ends once: with nothing to tell, or with the clinics that
were told that it did not arrive. Not here: what became of the mail, which the outbox knows, and for
how long is looked (`usecases.follow_mails`).
"""

from typing import Never, TypeAlias, assert_never

from attrs import frozen

from eservices_core.outcome import Outcome, Success
from eservices_core.words.identifiers import ClinicId, UserId


@frozen
class NotWatched:
    """Nobody watches it."""


@frozen
class Watched:
    """Nobody knows yet whether it arrived."""

    user: UserId


@frozen
class Over:
    """It needs no more watching."""


Watch: TypeAlias = NotWatched | Watched | Over


@frozen
class Begin:
    """Watch a mail to a user."""

    user: UserId


@frozen
class End:
    """Its end is known; `told` are the clinics that hear of it, none where it arrived."""

    told: tuple[ClinicId, ...] = ()


Command: TypeAlias = Begin | End


@frozen
class MailWatched:
    """A mail is watched."""

    user: UserId


@frozen
class WatchEnded:
    """The watch is over; `told` are the clinics whose worklists it lies on since."""

    user: UserId
    told: tuple[ClinicId, ...]


Event: TypeAlias = MailWatched | WatchEnded


def decide(state: Watch, command: Command) -> Outcome[tuple[Event, ...], Never]:
    """Answer a command with the events that follow, () where nothing changes; none is refused."""
    match command:
        case Begin(user):
            return Success((MailWatched(user),) if isinstance(state, NotWatched) else ())
        case End(told):
            return Success((WatchEnded(state.user, told),) if isinstance(state, Watched) else ())
        case _:
            assert_never(command)


def evolve(state: Watch, event: Event) -> Watch:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case MailWatched(user):
            assert isinstance(state, NotWatched)
            return Watched(user)
        case WatchEnded():
            assert isinstance(state, Watched)
            return Over()
        case _:
            assert_never(event)
