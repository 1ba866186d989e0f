"""Delivery reports: what the world's mail servers say became of our mails (RFC 3464, D-BOOK-2).

Here: the port, and one report as a value. Not here: how a report is told to be about a mail of ours
(`correspondence.bounces`), how one is read (adapters), and what it does to a booking.

A report is evidence, not truth: "delivered" is not "read", and "failed" does not prove that nothing
arrived. It holds an id, a code of digits and a time; no address and no text of anybody's.
"""

import re
from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol

from attrs import frozen

from eservices_core.words.identifiers import MailId


@unique
class Action(Enum):
    """What a server says it has done. It decides, never the class of a status (faults: 140)."""

    FAILED = "failed"
    """Given up."""
    DELAYED = "delayed"
    """Not yet; the server goes on trying."""
    DELIVERED = "delivered"
    """Put into the recipient's mailbox."""
    RELAYED = "relayed"
    """Passed on to a server that sends no reports."""
    EXPANDED = "expanded"
    """Passed on to several addresses."""
    UNKNOWN = "unknown"
    """Something came back, and nobody can tell what it says; somebody has to look."""


@unique
class Doubt(Enum):
    """Why a report says less than it should."""

    NOT_OURS = "not_ours"
    """It came to no return path of ours: foreign, forged, or its envelope is lost."""
    NO_STATUS = "no_status"
    """The part that machines read is missing."""
    NO_ACTION = "no_action"
    """That part names no action, or none that is known."""
    TOO_LARGE = "too_large"
    """What it says lies behind all that is read."""
    UNREADABLE = "unreadable"
    """It lies there and cannot be opened."""


_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIAGNOSTIC: Final = re.compile(r"(?:[245]\d\d)?(?:(?:^| )[245]\.\d{1,3}\.\d{1,3})?", re.ASCII)
_SAYS_NOTHING: Final = re.compile(r"[45]\.0\.0|[45]\.4\.2|")
"""No reply, and a status that says 'failed' and no more, or that the conversation broke off."""


@frozen
class Report:
    """What one report says about one mail.

    Attributes:
        name: opaque, the same whenever the report is given, another report never has it; safe to
            log, and fit for an idempotency key: 1 to 64 ASCII letters, digits, `_` and `-`.
        mail: the mail it came back for; None where that cannot be told. The mail may be of any
            kind, and unknown to the ledger.
        action: what is said; of several recipients that one address stands for, the worst.
        reported_at: when it reached us, by our clock, an aware instant.
        diagnostic: the SMTP reply and the enhanced status (RFC 3463), `550 5.1.1`, either or both
            or neither.
        doubt: why the mail is None or the action UNKNOWN; None if neither is.
    """

    name: str
    mail: MailId | None
    action: Action
    reported_at: datetime
    diagnostic: str = ""
    doubt: Doubt | None = None

    def __attrs_post_init__(self) -> None:
        assert _NAME.fullmatch(self.name), "a report's name is safe to log"
        assert self.reported_at.utcoffset() is not None, "an instant carries its offset"
        assert _DIAGNOSTIC.fullmatch(self.diagnostic), "a diagnostic is digits and dots"
        whole = self.mail is not None and self.action is not Action.UNKNOWN
        assert (self.doubt is None) == whole, "a doubt says what is missing"

    @property
    def may_have_arrived(self) -> bool:
        """Whether this failure leaves open that the mail was received all the same (D-BOOK-3).

        True where no server refused the mail in so many words, and the status says only that the
        conversation broke off (x.4.2) or nothing: mail servers report this after sending a mail
        whole, also several times (faults: 137, 142).
        """
        silent = _SAYS_NOTHING.fullmatch(self.diagnostic) is not None
        return self.action is Action.FAILED and silent


class DeliveryReports(Protocol):
    """Reports that have come and that nobody has dealt with yet.

    Raises what the adapter raises when its place cannot be reached; never for what a report says.
    """

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        """Give reports that are not done, in the order in which they came, at most `limit`.

        What is no delivery report (an answer, an out-of-office note, advertising) is put aside and
        never given. Two workers may be given the same one.
        """
        ...

    def done(self, report: Report, /) -> None:
        """Never give this one again; nothing happens if it was done before, or is not there."""
        ...
