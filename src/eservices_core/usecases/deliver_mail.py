"""Deliver the mails that changes have left: once round, by whoever runs it.

A mail is taken before it is tried, and nobody else has it meanwhile; a worker that dies lets go of
it when its time is over. What is handed over is always the same bytes, so an attempt that ended
without an answer, or that was cut off by a crash, can be made again. It is, after a pause that
grows, until there have been too many. Expired mails are not sent. A transport that breaks at one
mail holds up no other.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.ports.outbox import Handover, MailKind, Outbox, TakenMail
from eservices_core.ports.world import Chance, Clock, MailTransport
from eservices_core.words.identifiers import MailId

_PAUSE_MIN: Final = timedelta(minutes=1)
_PAUSE_MAX: Final = timedelta(hours=1)
_DOUBLINGS_MAX: Final = 6  # 64 minutes, which is past the longest pause
_JITTER_BYTES: Final = 2
_JITTER: Final = 4

_SAID_AGAIN: Final = 2

HELD_FOR: Final = timedelta(minutes=5)
"""So long a worker has a mail to itself: several times what an attempt may take."""

AMBIGUOUS_MAX: Final = 12
"""From this attempt on (after six hours), one without an answer is the last: staff decide."""

WAITING_MAX: Final = 142
"""At this attempt (after five days) what never left is given up."""


@frozen
class Delivered:
    """How one attempt ended.

    Attributes:
        next_try: not tried again before; None if not at all.
        raised: what the transport raised instead of an answer, to be logged by whoever runs this.
    """

    mail: MailId
    kind: MailKind
    handover: Handover
    next_try: datetime | None = None
    raised: Exception | None = field(default=None, repr=False)


@frozen(kw_only=True)
class MailRound:
    """All that delivering mail needs.

    Attributes:
        outbox: where mails wait.
        transport: who hands them over; one attempt must be over well within `held_for`.
        clock: what pauses and expiry are measured by.
        chance: what pauses are shortened by, so that what failed together is not tried together.
        held_for: how long a mail is taken for.
    """

    outbox: Outbox
    transport: MailTransport
    clock: Clock
    chance: Chance
    held_for: timedelta = HELD_FOR


def pause_after(attempts: int) -> timedelta:
    """Say how long a mail rests after this many attempts in vain: 1 minute, doubling, to 1 hour."""
    assert attempts >= 1, "a mail rests when it was tried"
    return min(_PAUSE_MIN * (1 << min(attempts - 1, _DOUBLINGS_MAX)), _PAUSE_MAX)


def shortened(pause: timedelta, chance: Chance) -> timedelta:
    """Take up to a quarter off a pause, evenly spread (faults: 133)."""
    drawn = int.from_bytes(chance.entropy(_JITTER_BYTES))
    return pause - pause * drawn / (_JITTER << (8 * _JITTER_BYTES))


def deliver_mail(mails: MailRound, limit: int = 100) -> tuple[Delivered, ...]:
    """Try mails that are due now, at most `limit` of them, in the outbox's order.

    A mail whose turn comes when an earlier one of its stream has ended is due too.
    """
    begun = mails.clock.now()
    done: list[Delivered] = []
    while len(done) < limit and (one := deliver_next(mails, begun)) is not None:
        done.append(one)
    return tuple(done)


def deliver_next(mails: MailRound, due_at: datetime | None = None) -> Delivered | None:
    """Try the mail whose turn it was at an instant (None: is now); None if none was due."""
    now = mails.clock.now()
    taken = mails.outbox.take(due_at or now, now + mails.held_for)
    if taken is None:
        return None
    delivered = _try(mails, taken)
    _settle(mails, taken, delivered)
    return delivered


def _settle(mails: MailRound, taken: TakenMail, delivered: Delivered) -> None:
    """Note how it ended; said again where nobody heard, as a word counts once (faults: 151)."""
    ended = delivered.handover, mails.clock.now(), delivered.next_try
    for _ in range(_SAID_AGAIN):
        try:
            mails.outbox.settle(taken.mail.mail, taken.token, *ended)
        except Exception:  # noqa: BLE001, S112  whatever a store can raise; the last time it is let out
            continue
        return
    mails.outbox.settle(taken.mail.mail, taken.token, *ended)


def _try(mails: MailRound, taken: TakenMail) -> Delivered:
    mail, attempt = taken.mail, taken.attempts + 1
    ended = Delivered(mail.mail, mail.kind, Handover.EXPIRED)
    if mail.expires_at is not None and mails.clock.now() >= mail.expires_at:
        return ended
    if taken.after_lost and taken.attempts >= AMBIGUOUS_MAX:
        # Whoever tries it dies of it, or cannot note the end: it may have arrived that often.
        return with_changes(ended, handover=Handover.GIVEN_UP)
    try:
        ended = with_changes(ended, handover=mails.transport.hand_over(mail))
    except Exception as error:  # noqa: BLE001  whatever a transport can raise
        # It may have left before that.
        ended = with_changes(ended, handover=Handover.AMBIGUOUS, raised=error)
    next_try = mails.clock.now() + shortened(pause_after(attempt), mails.chance)
    if mail.expires_at is not None:
        next_try = min(next_try, mail.expires_at)
    match ended.handover:
        case Handover.WAITING if attempt >= WAITING_MAX:
            return with_changes(ended, handover=Handover.GIVEN_UP)
        case Handover.WAITING:
            return with_changes(ended, next_try=next_try)
        case Handover.AMBIGUOUS if attempt < AMBIGUOUS_MAX:
            return with_changes(ended, next_try=next_try)
        case _:
            return ended
