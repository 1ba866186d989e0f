"""Deliver the mails that changes have left: once round, by whoever runs it.

What is handed over is always the same bytes, so an attempt that ended without an answer, or that
was cut off by a crash, can be made again. It is, after a pause that grows, until there have been
too many. Expired mails are not sent. A transport that breaks at one mail holds up no other.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.ports.ledger import DueMail, Handover, MailKind, Outbox
from eservices_core.ports.world import Clock, MailTransport
from eservices_core.words.identifiers import MailId

_PAUSE_MIN: Final = timedelta(minutes=1)
_PAUSE_MAX: Final = timedelta(hours=1)
_DOUBLINGS_MAX: Final = 6  # 64 minutes, which is past the longest pause

AMBIGUOUS_MAX: Final = 12
"""From this attempt on (after six hours), one without an answer is the last: staff decide."""

WAITING_MAX: Final = 125
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


def pause_after(attempts: int) -> timedelta:
    """Say how long a mail rests after this many attempts in vain: 1 minute, doubling, to 1 hour."""
    assert attempts >= 1, "a mail rests when it was tried"
    return min(_PAUSE_MIN * (1 << min(attempts - 1, _DOUBLINGS_MAX)), _PAUSE_MAX)


def deliver_mail(
    outbox: Outbox, transport: MailTransport, clock: Clock, limit: int = 100
) -> tuple[Delivered, ...]:
    """Try every mail that is due now once, at most `limit` of them, in the outbox's order.

    A mail whose turn comes when an earlier one of its stream has ended is due too.
    """
    begun = clock.now()
    done: list[Delivered] = []
    while due := outbox.due(limit - len(done), begun):
        for one in due:
            now = clock.now()
            delivered = _try(one, transport, now)
            outbox.settle(one.mail.mail, delivered.handover, now, delivered.next_try)
            done.append(delivered)
    return tuple(done)


def _try(due: DueMail, transport: MailTransport, now: datetime) -> Delivered:
    mail, attempt = due.mail, due.attempts + 1
    ended = Delivered(mail.mail, mail.kind, Handover.EXPIRED)
    if mail.expires_at is not None and now >= mail.expires_at:
        return ended
    try:
        ended = with_changes(ended, handover=transport.hand_over(mail))
    except Exception as error:  # noqa: BLE001  whatever a transport can raise
        # It may have left before that.
        ended = with_changes(ended, handover=Handover.AMBIGUOUS, raised=error)
    next_try = now + pause_after(attempt)
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
