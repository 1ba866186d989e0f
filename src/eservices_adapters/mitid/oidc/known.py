"""What is known of a broker between two exchanges: its document, its keys, and whether it answers.

Here: how long each is believed, and how often newer keys may be asked for. Not here: fetching.
"""

from typing import Final

from attrs import define, field

from eservices_adapters.mitid.oidc.discovery import Metadata
from eservices_adapters.mitid.oidc.keys import Keys

LIFETIME_SECONDS: Final = 3600
"""How long a document and keys are used without asking again (faults: 66-69)."""
REFETCH_SECONDS: Final = 60
"""How often keys are asked for anew because of a token that names an unknown one (faults: 37)."""
SILENCES_MAX: Final = 3
"""After so many silences on end, the broker is left alone for a while (faults: 81)."""
REST_SECONDS: Final = 20


@define
class Known:
    """Each field is replaced whole, so that exchanges in several threads can share one.

    Two that fetch at the same time fetch the same.
    """

    _metadata: tuple[float, Metadata] | None = None
    _keys: tuple[float, Keys] | None = field(default=None, repr=False)
    _refetched_at: float | None = None
    _silences: int = 0
    _rests_until: float | None = None

    def metadata(self, now: float) -> Metadata | None:
        """Give the document, while it is believed."""
        return self._metadata[1] if self._metadata and _lives(self._metadata[0], now) else None

    def keys(self, now: float) -> Keys | None:
        """Give the keys, while they are believed."""
        return self._keys[1] if self._keys and _lives(self._keys[0], now) else None

    def keep_metadata(self, metadata: Metadata, now: float) -> None:
        """Keep a document that was just read."""
        self._metadata = (now, metadata)

    def keep_keys(self, keys: Keys, now: float) -> None:
        """Keep keys that were just read."""
        self._keys = (now, keys)

    def may_refetch(self, now: float) -> bool:
        """Whether newer keys may be asked for; whoever asks this then does so."""
        at = self._refetched_at
        if at is not None and 0 <= now - at < REFETCH_SECONDS:
            return False
        self._refetched_at = now
        return True

    def heard(self) -> None:
        """Note that the broker answered."""
        self._silences, self._rests_until = 0, None

    def not_heard(self, now: float) -> None:
        """Note that it did not."""
        self._silences += 1
        if self._silences >= SILENCES_MAX:
            self._rests_until = now + REST_SECONDS

    def rests(self, now: float) -> bool:
        """Whether it is left alone; after a rest one exchange tries again."""
        until = self._rests_until
        return until is not None and until - REST_SECONDS <= now < until


def _lives(since: float, now: float) -> bool:
    return 0 <= now - since < LIFETIME_SECONDS
