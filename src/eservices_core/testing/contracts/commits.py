"""The ledger's promises about changes: all or nothing, versions, order, and the caller's key."""

from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Success
from eservices_core.ports.claims import TimeIsTaken
from eservices_core.ports.ledger import (
    Actor,
    Append,
    Change,
    KeyWasUsed,
    NameIsTaken,
    NameKind,
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    ACTIVATED,
    ACTORS,
    ANNA,
    AT,
    BO,
    COUNTED,
    CREATED,
    OTHER_STREAM,
    STREAM,
    WholeLedger,
    a_change,
    a_claim,
    a_move,
    a_name,
    a_whole_change,
    an_append,
    claiming,
    parts_there,
)
from eservices_core.words.identifiers import PractitionerId

_STALE: Final = StreamId("user", "first")
_SPOILT: Final = (
    "a version that is too low",
    "a version that is too high",
    "a name that another user has",
    "a time that another booking has",
    "a claim that the booking has not",
    "a key that was used",
)


def _spoilt(how: str) -> Change:
    """Give a change with one of everything, and one thing in it that cannot be."""
    whole = a_whole_change("second")
    match how:
        case "a version that is too low":
            return with_changes(whole, appends=(*whole.appends, an_append(0, 1, _STALE)))
        case "a version that is too high":
            return with_changes(whole, appends=(*whole.appends, an_append(3, 1, _STALE)))
        case "a name that another user has":
            taking = TakeName(a_name("name-first"), BO)
            return with_changes(whole, names=(*whole.names, taking))
        case "a time that another booking has":
            taken = a_claim("booking-bo", 14, 16, PractitionerId("practitioner-first"))
            return with_changes(whole, claims=(*whole.claims, taken))
        case "a claim that the booking has not":
            return with_changes(whole, claims=(*whole.claims, a_move("booking-bo", 0, 15)))
        case _:
            return with_changes(whole, key="whole-first", fingerprint="asks whole-second")


class CommitPromises(LedgerFixtures):
    """Changes, versions, order and keys."""

    # --- what is stored ------------------------------------------------------------------------

    def test_a_stream_is_empty_until_something_is_appended(self, ledger: WholeLedger) -> None:
        """A stream that nobody has begun has an empty history."""
        assert ledger.history(STREAM) == ()

    def test_a_change_is_stored_whole(self, ledger: WholeLedger) -> None:
        """Everything in a change is found again, as it was given."""
        assert not any(parts_there(ledger, "first").values())
        outcome = ledger.commit(a_whole_change("first"))
        assert outcome == Success(Stored('"first"', repeated=False))
        assert all(parts_there(ledger, "first").values()), parts_there(ledger, "first")

    @pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: type(actor).__name__)
    def test_an_event_keeps_what_surrounds_it(self, ledger: WholeLedger, actor: Actor) -> None:
        """An event comes back with its stream, version, user, instant and actor."""
        change = with_changes(a_change("key", an_append(0, 2)), by=actor)
        _ = ledger.commit(change).unwrap()
        for version, recorded in enumerate(ledger.history(STREAM), start=1):
            assert recorded.stream == STREAM
            assert recorded.version == version
            assert recorded.event == COUNTED
            assert recorded.about == ANNA
            assert recorded.at == AT
            assert recorded.by == actor

    def test_versions_go_on(self, ledger: WholeLedger) -> None:
        """Versions count from 1 and go on over changes, without gaps."""
        _ = ledger.commit(a_change("first", an_append(0, 2))).unwrap()
        _ = ledger.commit(a_change("second", an_append(2, 1))).unwrap()
        assert [recorded.version for recorded in ledger.history(STREAM)] == [1, 2, 3]

    def test_events_keep_their_order(self, ledger: WholeLedger) -> None:
        """The events of an append lie in the stream in the order that they were given in."""
        append = Append(STREAM, 0, (CREATED, ACTIVATED, COUNTED), ANNA)
        _ = ledger.commit(a_change("key", append)).unwrap()
        assert [recorded.event for recorded in ledger.history(STREAM)] == list(append.events)

    def test_positions_rise(self, ledger: WholeLedger) -> None:
        """Positions rise from event to event and from change to change, over all streams."""
        positions: list[int] = []
        for version in range(3):
            first, second = an_append(version), an_append(version, 1, OTHER_STREAM)
            _ = ledger.commit(a_change(f"change-{version}", first, second)).unwrap()
            positions += [ledger.history(STREAM)[-1].position]
            positions += [ledger.history(OTHER_STREAM)[-1].position]
        assert positions == sorted(set(positions))

    def test_streams_are_kept_apart(self, ledger: WholeLedger) -> None:
        """Kind and key together name a stream, however they look when written side by side."""
        streams = [
            StreamId("user", "a"),
            StreamId("user", "A"),
            StreamId("user", "a "),
            StreamId("user", "a%"),
            StreamId("user", "a:b"),
            StreamId("user:a", "b"),
            StreamId("usera", "b"),
            StreamId("a", "user"),
        ]
        for place, stream in enumerate(streams):
            _ = ledger.commit(a_change(f"key-{place}", an_append(0, place + 1, stream))).unwrap()
        assert [len(ledger.history(stream)) for stream in streams] == list(range(1, 9))

    def test_a_change_may_hold_nothing_but_its_answer(self, ledger: WholeLedger) -> None:
        """A change without events stores its answer all the same."""
        assert ledger.commit(a_change("key")) == Success(Stored('"done"', repeated=False))
        assert ledger.answered("key", "asks key") == Success(Stored('"done"', repeated=True))

    # --- versions ------------------------------------------------------------------------------

    @pytest.mark.parametrize("expected", [0, 1, 3, 4, 1_000_000])
    def test_another_version_is_refused(self, ledger: WholeLedger, expected: int) -> None:
        """An append at a version that the stream is not at, higher or lower, is a StaleStream."""
        _ = ledger.commit(a_change("first", an_append(0, 2))).unwrap()
        outcome = ledger.commit(a_change("second", an_append(expected)))
        assert outcome == Failure(StaleStream(STREAM))
        assert len(ledger.history(STREAM)) == 2  # noqa: PLR2004  as before

    def test_the_stale_stream_is_named(self, ledger: WholeLedger) -> None:
        """Of several streams, the refusal names the one that somebody else has changed."""
        _ = ledger.commit(a_change("first", an_append(0, 1, OTHER_STREAM))).unwrap()
        change = a_change("second", an_append(0), an_append(0, 1, OTHER_STREAM))
        assert ledger.commit(change) == Failure(StaleStream(OTHER_STREAM))
        assert ledger.history(STREAM) == ()

    def test_an_append_without_events_checks_its_version(self, ledger: WholeLedger) -> None:
        """An append without events adds nothing, and is refused if its stream has changed."""
        _ = ledger.commit(a_change("first", an_append(0))).unwrap()
        assert ledger.commit(a_change("second", an_append(0, 0))) == Failure(StaleStream(STREAM))
        _ = ledger.commit(a_change("third", an_append(1, 0))).unwrap()
        assert len(ledger.history(STREAM)) == 1

    # --- all or nothing ------------------------------------------------------------------------

    @pytest.mark.parametrize("how", _SPOILT)
    def test_a_refused_change_leaves_nothing(self, ledger: WholeLedger, how: str) -> None:
        """What is refused leaves nothing: no event, name, claim, content, mail, entry or answer."""
        _ = ledger.commit(a_whole_change("first")).unwrap()
        assert isinstance(ledger.commit(_spoilt(how)), Failure)
        assert not any(parts_there(ledger, "second").values()), parts_there(ledger, "second")
        assert all(parts_there(ledger, "first").values()), parts_there(ledger, "first")

    @pytest.mark.parametrize("how", _SPOILT)
    def test_a_refused_change_can_be_made_good(self, ledger: WholeLedger, how: str) -> None:
        """A refused commit does not use up its key, nor anything else."""
        _ = ledger.commit(a_whole_change("first")).unwrap()
        assert isinstance(ledger.commit(_spoilt(how)), Failure)
        assert ledger.commit(a_whole_change("second")).unwrap().repeated is False
        assert all(parts_there(ledger, "second").values()), parts_there(ledger, "second")

    # --- the order of refusals -----------------------------------------------------------------

    def test_the_key_is_looked_at_before_the_versions(self, ledger: WholeLedger) -> None:
        """A used key is noticed before a stale stream and a taken name."""
        _ = ledger.commit(a_whole_change("first")).unwrap()
        taking = (TakeName(a_name("name-first"), BO),)
        change = with_changes(
            a_change("whole-first", an_append(7)), fingerprint="asks for another", names=taking
        )
        assert ledger.commit(change) == Failure(KeyWasUsed())

    def test_versions_are_looked_at_before_the_names(self, ledger: WholeLedger) -> None:
        """A stale stream is noticed before a taken name."""
        _ = ledger.commit(a_whole_change("first")).unwrap()
        taking = (TakeName(a_name("name-first"), BO),)
        stale = with_changes(a_change("second", an_append(7)), names=taking)
        assert ledger.commit(stale) == Failure(StaleStream(STREAM))
        fresh = with_changes(a_change("second", an_append(0)), names=taking)
        assert ledger.commit(fresh) == Failure(NameIsTaken(NameKind.USERNAME))

    def test_names_are_looked_at_before_the_claims(self, ledger: WholeLedger) -> None:
        """A taken name is noticed before a taken time."""
        _ = ledger.commit(a_whole_change("first")).unwrap()
        taken = a_claim("booking-bo", 14, 16, PractitionerId("practitioner-first"))
        change = claiming("second", taken)
        naming = with_changes(change, names=(TakeName(a_name("name-first"), BO),))
        assert ledger.commit(naming) == Failure(NameIsTaken(NameKind.USERNAME))
        refused = TimeIsTaken(taken.clinic, taken.practitioner, taken.interval)
        assert ledger.commit(change) == Failure(refused)

    # --- the caller's key ----------------------------------------------------------------------

    def test_a_repetition_gets_the_first_answer(self, ledger: WholeLedger) -> None:
        """The same command under the same key gets the first answer, and has no further effect."""
        first = a_change("key", an_append(0), answer="first")
        _ = ledger.commit(first).unwrap()
        assert ledger.commit(first) == Success(Stored("first", repeated=True))
        again = with_changes(a_whole_change("again"), key="key", fingerprint="asks key")
        assert ledger.commit(again) == Success(Stored("first", repeated=True))
        assert not any(parts_there(ledger, "again").values()), parts_there(ledger, "again")
        assert len(ledger.history(STREAM)) == 1

    def test_another_command_under_the_key_is_refused(self, ledger: WholeLedger) -> None:
        """Another command under a used key is refused, and the first answer still stands."""
        _ = ledger.commit(a_change("key", an_append(0))).unwrap()
        other = with_changes(a_change("key", an_append(1)), fingerprint="asks for another thing")
        assert ledger.commit(other) == Failure(KeyWasUsed())
        assert ledger.answered("key", "asks key") == Success(Stored('"done"', repeated=True))

    def test_an_answer_can_be_asked_for(self, ledger: WholeLedger) -> None:
        """A key is new, or has an answer, or belongs to another command."""
        assert ledger.answered("key", "asks key") == Success(None)
        _ = ledger.commit(a_change("key")).unwrap()
        assert ledger.answered("key", "asks key") == Success(Stored('"done"', repeated=True))
        assert ledger.answered("key", "asks for another thing") == Failure(KeyWasUsed())

    def test_keys_are_compared_exactly(self, ledger: WholeLedger) -> None:
        """Keys of 1 to 200 characters are told apart by every one of them, blanks and case too."""
        keys = ["k", "K", "k ", " k", "k%", "k_", "'", '"; --', "k" * 199, "k" * 200]
        for key in keys:
            assert ledger.commit(a_change(key, answer=key)).unwrap().repeated is False
        for key in keys:
            assert ledger.answered(key, f"asks {key}") == Success(Stored(key, repeated=True))
