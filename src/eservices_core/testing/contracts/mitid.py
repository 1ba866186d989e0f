"""The contract of MitID: an attempt is prepared, and what comes back is read or refused."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import pytest
from attrs import frozen

from eservices_core.access.mitid import (
    Assurance,
    IdentityKind,
    MitidFailure,
    MitidIdentity,
    Subject,
)
from eservices_core.ports.world import Mitid, MitidStart
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId


@frozen
class MitidUnderTest:
    """A broker's adapter, one person, and what that person can do.

    Attributes:
        mitid: the adapter.
        identify: has the person identify for a start; gives what their browser brings back.
        cancel: has the person cancel; gives what their browser brings back, or why nobody can.
        subject, number, kind, assurance: what the adapter must say of the person.
    """

    mitid: Mitid
    identify: Callable[[MitidStart], Mapping[str, str]]
    cancel: Callable[[MitidStart], Mapping[str, str]] | str
    subject: Subject
    number: CivilNumber | None
    kind: IdentityKind = IdentityKind.PRIVATE
    assurance: Assurance = Assurance.SUBSTANTIAL


def begun(under_test: MitidUnderTest, attempt: AttemptId) -> MitidStart:
    """Begin an attempt at a broker that is there."""
    start = under_test.mitid.begin(attempt)
    assert isinstance(start, MitidStart), "the broker under test is there"
    return start


_HOSTILE: Final[dict[str, Mapping[str, str]]] = {
    "nothing": {},
    "empty values": {"code": "", "state": "", "error": "", "iss": ""},
    "an empty name": {"": ""},
    "made-up values": {"code": "made-up", "state": "made-up"},
    "an unknown error": {"error": "made_up", "error_description": "0709614606"},
    "code and error": {"code": "made-up", "error": "access_denied", "state": "made-up"},
    "NUL": {"code": "\0", "state": "\0"},
    "line ends": {"code": "a\r\nHost: b", "state": "a\r\nSet-Cookie: b"},
    "half of a surrogate pair": {"code": "\ud800", "state": "\ud800", "error": "\udfff"},
    "not ASCII": {"code": "æøå👩‍⚕️", "state": "æøå👩‍⚕️"},
    "markup": {"code": "<script>", "state": "'\"><script>", "error": "<script>"},
    "long values": {"code": "a" * 1_000_000, "state": "b" * 1_000_000},
    "many names": {f"name-{place}": "value" for place in range(10_000)},
}


class MitidContract(Contract):
    """What a Mitid promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> MitidUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a MitidUnderTest: the adapter, and a person who can identify with it"
        )

    def test_an_attempt_goes_to_an_address(self, under_test: MitidUnderTest) -> None:
        """A browser is sent to an absolute address, encrypted unless it is on this machine."""
        start = begun(under_test, AttemptId("attempt-1"))
        address = urlsplit(start.address)
        assert address.hostname
        assert address.scheme == "https" or address.hostname in {"localhost", "127.0.0.1"}
        assert start.address.isascii()
        assert not start.memo or start.memo not in start.address

    def test_attempts_differ(self, under_test: MitidUnderTest) -> None:
        """No two attempts share an address, so that no answer can serve two."""
        starts = [begun(under_test, AttemptId(f"attempt-{place}")) for place in range(10)]
        assert len({start.address for start in starts}) == len(starts)

    def test_a_person_is_identified(self, under_test: MitidUnderTest) -> None:
        """Whoever identifies is given with subject, number, kind, assurance and instant."""
        attempt = AttemptId("attempt-1")
        start = begun(under_test, attempt)
        identity = under_test.mitid.identity(attempt, start.memo, under_test.identify(start))
        assert isinstance(identity, MitidIdentity)
        assert identity.attempt == attempt
        assert identity.subject == under_test.subject
        assert identity.number == under_test.number
        assert identity.kind is under_test.kind
        assert identity.assurance is under_test.assurance
        assert identity.identified_at.utcoffset() is not None

    def test_cancelling_is_a_value(self, under_test: MitidUnderTest) -> None:
        """Whoever cancels is CANCELLED, not an error."""
        if isinstance(under_test.cancel, str):
            pytest.skip(under_test.cancel)
        attempt = AttemptId("attempt-1")
        start = begun(under_test, attempt)
        said = under_test.mitid.identity(attempt, start.memo, under_test.cancel(start))
        assert said is MitidFailure.CANCELLED

    def test_an_answer_belongs_to_its_attempt(self, under_test: MitidUnderTest) -> None:
        """An answer brought back to another attempt never passes as that one's (D-ACC-3)."""
        mine, other = AttemptId("attempt-1"), AttemptId("attempt-2")
        start, other_start = begun(under_test, mine), begun(under_test, other)
        callback = under_test.identify(start)
        said = under_test.mitid.identity(other, other_start.memo, callback)
        assert isinstance(said, MitidFailure) or said.attempt == mine

    def test_an_answer_belongs_to_its_memo(self, under_test: MitidUnderTest) -> None:
        """With the memo of another attempt, an answer never passes as that one's (D-ACC-3)."""
        mine, other = AttemptId("attempt-1"), AttemptId("attempt-2")
        start, other_start = begun(under_test, mine), begun(under_test, other)
        callback = under_test.identify(other_start)
        said = under_test.mitid.identity(mine, other_start.memo, callback)
        assert isinstance(said, MitidFailure) or said.attempt == other
        said = under_test.mitid.identity(mine, start.memo, callback)
        assert isinstance(said, MitidFailure) or said.attempt == other

    @pytest.mark.parametrize("callback", _HOSTILE.values(), ids=_HOSTILE.keys())
    def test_nothing_a_browser_sends_raises(
        self, under_test: MitidUnderTest, callback: Mapping[str, str]
    ) -> None:
        """Whatever a browser makes up is a failure, never an identity and never an exception."""
        attempt = AttemptId("attempt-1")
        start = begun(under_test, attempt)
        said = under_test.mitid.identity(attempt, start.memo, callback)
        assert isinstance(said, MitidFailure)

    def test_a_changed_answer_is_nobody_else_s(self, under_test: MitidUnderTest) -> None:
        """An answer that was changed on its way is refused, or is still the same person's."""
        for place, name in enumerate(self._names(under_test)):
            for changed in ("", "x", "\0", "æ"):
                attempt = AttemptId(f"attempt-{place}-{len(changed)}")
                start = begun(under_test, attempt)
                callback = dict(under_test.identify(start))
                callback[name] = changed and callback[name] + changed
                said = under_test.mitid.identity(attempt, start.memo, callback)
                assert isinstance(said, MitidFailure) or self._is_the_person(under_test, said)

    def test_a_maimed_answer_is_nobody_else_s(self, under_test: MitidUnderTest) -> None:
        """An answer that lost a part on its way is refused, or is still the same person's."""
        for place, name in enumerate(self._names(under_test)):
            attempt = AttemptId(f"attempt-{place}")
            start = begun(under_test, attempt)
            callback = {
                other: value for other, value in under_test.identify(start).items() if other != name
            }
            said = under_test.mitid.identity(attempt, start.memo, callback)
            assert isinstance(said, MitidFailure) or self._is_the_person(under_test, said)

    def test_a_repeated_answer_is_nobody_else_s(self, under_test: MitidUnderTest) -> None:
        """An answer that is brought back twice is refused, or is still the same person's."""
        attempt = AttemptId("attempt-1")
        start = begun(under_test, attempt)
        callback = under_test.identify(start)
        first = under_test.mitid.identity(attempt, start.memo, callback)
        said = under_test.mitid.identity(attempt, start.memo, callback)
        assert isinstance(said, MitidFailure) or said == first

    @staticmethod
    def _names(under_test: MitidUnderTest) -> list[str]:
        start = begun(under_test, AttemptId("attempt-for-names"))
        return list(under_test.identify(start))

    @staticmethod
    def _is_the_person(under_test: MitidUnderTest, said: MitidIdentity) -> bool:
        return (said.subject, said.number) == (under_test.subject, under_test.number)
