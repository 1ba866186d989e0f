"""Deliver the mails that changes have left: once round, by whoever runs it.

What is handed over is always the same bytes, so an attempt that ended without an answer, or that
was cut off by a crash, can be made again. Expired mails are not sent.
"""

from attrs import frozen

from eservices_core.ports.ledger import Handover, MailKind, Outbox
from eservices_core.ports.world import Clock, MailTransport
from eservices_core.words.identifiers import MailId


@frozen
class Delivered:
    """How one attempt ended."""

    mail: MailId
    kind: MailKind
    handover: Handover


def deliver_mail(
    outbox: Outbox, transport: MailTransport, clock: Clock, limit: int = 100
) -> tuple[Delivered, ...]:
    """Try every due mail once, oldest first, at most `limit` of them."""
    done: list[Delivered] = []
    for mail in outbox.due(limit):
        now = clock.now()
        expired = mail.expires_at is not None and now >= mail.expires_at
        handover = Handover.EXPIRED if expired else transport.hand_over(mail)
        outbox.settle(mail.mail, handover, now)
        done.append(Delivered(mail.mail, mail.kind, handover))
    return tuple(done)
