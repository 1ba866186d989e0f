"""A mail transport that tells how its attempts end."""

from typing import TYPE_CHECKING, Protocol

from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.ports.world import MailTransport


class ToldOfMail(Protocol):
    """Is told of every attempt."""

    def handed(self, kind: MailKind, outcome: Handover, /) -> None:
        """An attempt at a mail of a kind has ended so."""
        ...


class MeasuredTransport:
    """Implements MailTransport over another one. What that raises may have left all the same."""

    def __init__(self, transport: MailTransport, told: ToldOfMail) -> None:
        self._transport = transport
        self._told = told

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Try once, and tell how it ended."""
        outcome = Handover.AMBIGUOUS
        try:
            outcome = self._transport.hand_over(mail)
        finally:
            self._told.handed(mail.kind, outcome)
        return outcome


if TYPE_CHECKING:
    _transport: type[MailTransport] = MeasuredTransport
