"""The small ports: MitID, master cards, mail, password hashing, clock and chance."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from eservices_core.access.mitid import MitidFailure, MitidIdentity
from eservices_core.clinic.master_card import MasterCard
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId, ClinicId
from eservices_core.words.secret import Password, PasswordAttempt


@frozen
class MitidStart:
    """Where to send the browser, and what the adapter wants back with the answer."""

    address: str
    memo: str = field(repr=False)


class Mitid(Protocol):
    """A MitID broker."""

    def begin(self, attempt: AttemptId, /) -> MitidStart | MitidFailure:
        """Prepare an attempt; UNAVAILABLE where the broker had to be asked and gave no answer."""
        ...

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        """Read the answer that a browser brought back, as its query parameters.

        Gives the identity, whether or not it is acceptable, or why there is none. Never raises on
        what a browser can send.
        """
        ...


class MasterCards(Protocol):
    """The clinic's own system, as far as access asks it."""

    def card(self, clinic: ClinicId, number: CivilNumber, /) -> MasterCard | None:
        """Find a person at one clinic; None if the clinic has no such card."""
        ...


class MailTransport(Protocol):
    """Hands mails over to the world."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Try once: HANDED_OVER, REFUSED or AMBIGUOUS; WAITING if nothing can have left yet."""
        ...


class PasswordHasher(Protocol):
    """Hashes passwords slowly, at no less than its library's default cost (D-ACC-12)."""

    def hash(self, password: Password, /) -> str:
        """Make a salted hash; two of the same password differ."""
        ...

    def verify(self, stored: str | None, typed: PasswordAttempt, /) -> bool:
        """Compare; with None, work as long as for a real one and say no (D-ACC-2)."""
        ...

    def is_outdated(self, stored: str, /) -> bool:
        """True if the hash was made at a lower cost than today's."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the aware instant."""
        ...


class Patience(Protocol):
    """Lets time pass between two attempts at the same thing."""

    def rest(self, attempt: int, /) -> None:
        """Wait a little after an attempt, the first being 1: longer each time, and by chance."""
        ...


class Chance(Protocol):
    """Gives what nobody can guess."""

    def entropy(self, count: int, /) -> bytes:
        """Give `count` bytes from a source fit for secrets."""
        ...
