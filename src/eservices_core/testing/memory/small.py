"""The small ports in memory: outgoing mail, password hashing, clock and chance.

Here: what a test can look into, script and repeat. None of it is fit for production, and the hasher
and the chance would be dangerous there.
"""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Final

from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.ports.world import Chance, Clock, MailTransport, PasswordHasher
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.secret import Password, PasswordAttempt

# --- mail --------------------------------------------------------------------------------------


class MemoryMailTransport:
    """Takes every mail, and hands it over unless it was told otherwise.

    Attributes:
        tried: every mail that somebody has tried to hand over, in order, also in vain.
        arrived: those that reached somebody: handed over, or left without an answer.
    """

    def __init__(self) -> None:
        self._script: list[Handover] = []
        self.tried: list[OutgoingMail] = []
        self.arrived: list[OutgoingMail] = []

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """End as the next scripted outcome says; hand over where the script has ended."""
        self.tried.append(mail)
        handover = self._script.pop(0) if self._script else Handover.HANDED_OVER
        if handover in {Handover.HANDED_OVER, Handover.AMBIGUOUS}:
            self.arrived.append(mail)
        return handover

    def script(self, *outcomes: Handover) -> None:
        """Have the next attempts end like this, in this order."""
        assert Handover.EXPIRED not in outcomes, "what has expired is not tried"
        self._script.extend(outcomes)

    def to(self, address: EmailAddress) -> tuple[OutgoingMail, ...]:
        """Give what arrived at one address, in order."""
        return tuple(mail for mail in self.arrived if mail.to == address)


# --- passwords ---------------------------------------------------------------------------------

_FAST: Final = "fast"


class FastHasher:
    """NOT FOR PRODUCTION: salted SHA-256, which anybody can guess at millions a second.

    Attributes:
        verified: how often anything was compared, with None too: a refusal that should cost as much
            as any other has counted here (D-ACC-2).
        cost: what a hash is marked with; raise it, and older hashes are outdated.
    """

    def __init__(self, cost: int = 1) -> None:
        self.cost = cost
        self.verified = 0
        self._salts = SeededChance("salts")
        self._lock = Lock()

    def hash(self, password: Password, /) -> str:
        """Make a salted hash; two of the same password differ."""
        return self._hashed(self.cost, self._salts.entropy(16).hex(), password.reveal())

    def verify(self, stored: str | None, typed: PasswordAttempt, /) -> bool:
        """Compare; with None, count as for a real one and say no."""
        with self._lock:
            self.verified += 1
        parts = (stored or "").split("$")
        if len(parts) != 4 or parts[0] != _FAST or not parts[1].isdecimal():  # noqa: PLR2004  said by the line itself
            return False
        again = self._hashed(int(parts[1]), parts[2], typed.reveal())
        return hmac.compare_digest(again.encode(), "$".join(parts).encode())

    def is_outdated(self, stored: str, /) -> bool:
        """True if the hash was made at a lower cost than today's."""
        return int(stored.split("$")[1]) < self.cost

    @staticmethod
    def _hashed(cost: int, salt: str, text: str) -> str:
        return f"{_FAST}${cost}${salt}${sha256(f'{salt}{text}'.encode()).hexdigest()}"


# --- clock and chance --------------------------------------------------------------------------


def copenhagen(  # noqa: PLR0913  a moment as people write it
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0
) -> datetime:
    """Give the instant at which clocks in Copenhagen show this, in UTC.

    Of a time that comes twice in autumn, `fold=1` is the second; one that is skipped in spring is a
    mistake of the caller's.

    >>> copenhagen(2027, 3, 28, 3, 30).isoformat()
    '2027-03-28T01:30:00+00:00'
    """
    local = datetime(year, month, day, hour, minute, tzinfo=COPENHAGEN, fold=fold)
    instant = local.astimezone(UTC)
    shown = instant.astimezone(COPENHAGEN).replace(tzinfo=None, fold=0)
    assert shown == local.replace(tzinfo=None, fold=0), "no clock in Copenhagen ever shows that"
    return instant


class FakeClock:
    """A clock that stands still until it is set or wound.

    >>> clock = FakeClock(copenhagen(2027, 3, 28, 1, 59))
    >>> clock.wind(timedelta(minutes=1))
    >>> clock.wall.isoformat()
    '2027-03-28T03:00:00+02:00'
    """

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    def now(self) -> datetime:
        """Give the aware instant that it stands at."""
        return self._at

    @property
    def wall(self) -> datetime:
        """What a clock on a wall in Copenhagen shows."""
        return self._at.astimezone(COPENHAGEN)

    def set(self, at: datetime) -> None:
        """Jump to an instant, forwards or backwards."""
        self._at = _aware(at)

    def wind(self, by: timedelta) -> None:
        """Let this much time pass; a negative one turns the clock back (faults: 174)."""
        self._at += by


def _aware(at: datetime) -> datetime:
    assert at.utcoffset() is not None, "an instant carries its offset"
    return at.astimezone(UTC)


class SeededChance:
    """NOT FOR PRODUCTION: the same bytes for the same seed, and never the same ones twice."""

    def __init__(self, seed: str = "") -> None:
        self._seed = seed
        self._calls = 0
        self._lock = Lock()

    def entropy(self, count: int, /) -> bytes:
        """Give `count` bytes; each call gives others."""
        assert count >= 0, "nobody asks for fewer than no bytes"
        with self._lock:
            self._calls += 1
            call = self._calls
        blocks = (count + 31) // 32
        stream = (sha256(f"{self._seed}/{call}/{block}".encode()) for block in range(blocks))
        return b"".join(block.digest() for block in stream)[:count]


if TYPE_CHECKING:
    _transport: type[MailTransport] = MemoryMailTransport
    _hasher: type[PasswordHasher] = FastHasher
    _clock: type[Clock] = FakeClock
    _chance: type[Chance] = SeededChance
