"""A simulated MitID, for a demonstration on one machine: whoever asks is whom they choose to be.

Here: the two ends of an attempt, and the person's part in between (`answer_as`,
`answer_cancelled`), which a demonstration offers in place of the broker's pages. Not here: any
protection against somebody who may call that part; never put it before real patients.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from eservices_adapters.mitid.persons import TestPerson
from eservices_core.access.mitid import MitidFailure, MitidIdentity, Subject
from eservices_core.outcome import Failure
from eservices_core.ports.world import Clock, Mitid, MitidStart
from eservices_core.words.clinic_time import parse_instant
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.plain_text import plain_text

ISSUER: Final = "https://mitid.simulated.example"
"""The issuer of every subject of the simulated MitID."""
PAGE: Final = f"{ISSUER}/attempt/"
"""What stands before the attempt in the address that a browser is sent to; nobody can go there."""

_KEY_BYTES_MIN: Final = 32
_CANCELLED: Final = "cancelled"
_PERSON: Final = "person:"
_FIELDS: Final = ("attempt", "answer", "at", "seal")


class SimulatedMitid:
    """A `Mitid` whose persons are given, and whose answers nobody else can make.

    Nothing is kept between calls: an answer names its attempt, the person's key and the instant,
    sealed with an HMAC under the key, so that several processes can share a key and persons.
    """

    def __init__(self, persons: Iterable[TestPerson], clock: Clock, key: bytes) -> None:
        """Take the persons, a clock, and a key of 32 bytes or more that nobody else has."""
        listed = tuple(persons)
        self._persons: Final = {person.key: person for person in listed}
        assert len(self._persons) == len(listed), "no two persons share a key"
        enough = len(key) >= _KEY_BYTES_MIN
        self._key: Final = key
        self._clock: Final = clock
        del key  # a traceback that shows local names must not show it
        assert enough, "a key has 32 bytes or more"

    @property
    def persons(self) -> tuple[TestPerson, ...]:
        """Who can identify, as a demonstration's page lists them."""
        return tuple(self._persons.values())

    def begin(self, attempt: AttemptId, /) -> MitidStart:
        """Prepare an attempt; the same one always begins alike."""
        return MitidStart(f"{PAGE}{attempt}", self._seal("memo", str(attempt)))

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        """Read the answer that a browser brought back.

        ANSWER_REFUSED for whatever `answer_as` or `answer_cancelled` did not make, for this attempt
        and with these persons; nothing is raised.
        """
        if not _same(memo, self._seal("memo", str(attempt))):
            return MitidFailure.ANSWER_REFUSED
        answered = self._sealed_answer(attempt, callback)
        if answered is None:
            return MitidFailure.ANSWER_REFUSED
        answer, at = answered
        if answer == _CANCELLED:
            return MitidFailure.CANCELLED
        person = self._persons.get(answer.removeprefix(_PERSON))
        if person is None:
            return MitidFailure.ANSWER_REFUSED
        return MitidIdentity(
            attempt=attempt,
            subject=Subject(ISSUER, person.subject),
            kind=person.kind,
            assurance=person.assurance,
            number=person.number,
            identified_at=at,
        )

    def answer_as(self, begun: AttemptId | MitidStart, key: str) -> dict[str, str]:
        """Identify as one of the persons, now; gives what the browser brings back."""
        assert key in self._persons, "one of the persons is chosen, by key"
        return self._answer(begun, f"{_PERSON}{key}")

    def answer_cancelled(self, begun: AttemptId | MitidStart) -> dict[str, str]:
        """Press 'cancel'; gives what the browser brings back."""
        return self._answer(begun, _CANCELLED)

    def _answer(self, begun: AttemptId | MitidStart, answer: str) -> dict[str, str]:
        attempt = str(begun)
        if isinstance(begun, MitidStart):
            attempt = begun.address.removeprefix(PAGE)
        at = self._clock.now().isoformat()
        seal = self._seal("answer", attempt, answer, at)
        return {"attempt": attempt, "answer": answer, "at": at, "seal": seal}

    def _sealed_answer(
        self, attempt: AttemptId, callback: Mapping[str, object]
    ) -> tuple[str, datetime] | None:
        """The answer and when it was given, if it has our seal for this attempt."""
        if len(callback) != len(_FIELDS):
            return None
        named, answer, at, seal = (plain_text(callback.get(name)) for name in _FIELDS)
        if named != str(attempt) or answer is None or at is None or seal is None:
            return None
        if not _same(seal, self._seal("answer", str(attempt), answer, at)):
            return None
        instant = parse_instant(at)
        return None if isinstance(instant, Failure) else (answer, instant.unwrap())

    def _seal(self, *parts: str) -> str:
        """An HMAC over the parts; as JSON, so that no two lists of parts read alike."""
        return hmac.new(self._key, json.dumps(parts).encode("ascii"), sha256).hexdigest()


def _same(one: str, other: str) -> bool:
    """Compare in constant time; as bytes, for `compare_digest` takes ASCII strings only."""
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )


if TYPE_CHECKING:
    _mitid: type[Mitid] = SimulatedMitid
