"""The ledger's promises about unique names and about content that can be erased."""

from typing import Final

import pytest

from eservices_core.access import guardian
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import (
    Append,
    BySystem,
    Change,
    EraseContent,
    NameIsTaken,
    NameKind,
    PutContent,
    ReleaseName,
    TakeName,
)
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    ANNA,
    AT,
    BO,
    RECORD,
    STREAM,
    WholeLedger,
    a_change,
    a_name,
    an_append,
)
from eservices_core.words.identifiers import ContentId

TAKEN: Final = Failure(NameIsTaken(NameKind.USERNAME))

HOSTILE_TEXTS: Final = {
    "nothing": "",
    "emoji": "👩‍⚕️🇩🇰",
    "beyond the basic plane": "\U0001d504\U0010ffff",
    "NUL": "\0 before and after \0",
    "line ends": "\r\n\n\r\u2028\x85",
    "half of a surrogate pair": "a\ud800b\udfff",
    "a decomposed letter": "Å A\u030a",
    "right to left": "\u202eabc\u202c",
    "no characters": "\ufffe\uffff\ufeff",
    "quotes": "'; DROP TABLE contents; -- \" ` \\ %s ?1 :a $a",
    "blanks around": "  \t a \t  ",
    "a number": "0709614606",
    "JSON": '{"is": null, "\\u0000": [1e999, true]}',
}


def _naming(key: str, *acts: TakeName | ReleaseName) -> Change:
    return Change(key, "names", AT, BySystem(), "", (), acts)


def _writing(key: str, *acts: PutContent | EraseContent) -> Change:
    return Change(key, "writes", AT, BySystem(), "", contents=acts)


class NamePromises(LedgerFixtures):
    """Unique names."""

    def test_a_name_has_one_holder(self, ledger: WholeLedger) -> None:
        """A name has no holder until somebody takes it; to anybody else it is taken then."""
        assert ledger.holder(a_name()) is None
        _ = ledger.commit(_naming("first", TakeName(a_name(), ANNA))).unwrap()
        assert ledger.holder(a_name()) == ANNA
        assert ledger.commit(_naming("second", TakeName(a_name(), BO))) == TAKEN
        assert ledger.holder(a_name()) == ANNA

    def test_one_can_take_what_one_has(self, ledger: WholeLedger) -> None:
        """Taking a name that one has already changes nothing, and is no refusal."""
        _ = ledger.commit(_naming("first", TakeName(a_name(), ANNA))).unwrap()
        _ = ledger.commit(_naming("second", TakeName(a_name(), ANNA))).unwrap()
        assert ledger.holder(a_name()) == ANNA

    def test_a_user_can_have_several_names(self, ledger: WholeLedger) -> None:
        """A user keeps the names that they have when they take another of the same kind."""
        taking = TakeName(a_name("a"), ANNA), TakeName(a_name("b"), ANNA)
        _ = ledger.commit(_naming("first", *taking)).unwrap()
        assert ledger.holder(a_name("a")) == ANNA
        assert ledger.holder(a_name("b")) == ANNA

    def test_all_of_a_user_s_names_are_found(self, ledger: WholeLedger) -> None:
        """All names that a user has now are found, of every kind, and nobody else's."""
        number, username = a_name("a", NameKind.NUMBER), a_name("a", NameKind.USERNAME)
        taking = (TakeName(number, ANNA), TakeName(username, ANNA), TakeName(a_name("b"), BO))
        assert ledger.names_of(ANNA) == frozenset()
        _ = ledger.commit(_naming("first", *taking)).unwrap()
        assert ledger.names_of(ANNA) == {number, username}
        _ = ledger.commit(_naming("second", ReleaseName(number, ANNA))).unwrap()
        assert ledger.names_of(ANNA) == {username}
        assert ledger.names_of(BO) == {a_name("b")}

    def test_names_are_kept_apart(self, ledger: WholeLedger) -> None:
        """Kind and pseudonym together are the name, and both are compared exactly."""
        number, username = a_name("a", NameKind.NUMBER), a_name("a", NameKind.USERNAME)
        _ = ledger.commit(_naming("first", TakeName(number, ANNA))).unwrap()
        _ = ledger.commit(_naming("second", TakeName(username, BO))).unwrap()
        assert ledger.holder(number) == ANNA
        assert ledger.holder(username) == BO
        assert ledger.holder(a_name("a", NameKind.SUBJECT)) is None
        assert ledger.holder(a_name("A", NameKind.NUMBER)) is None

    def test_a_released_name_is_free(self, ledger: WholeLedger) -> None:
        """A name that its holder released has none, and anybody can take it."""
        _ = ledger.commit(_naming("first", TakeName(a_name(), ANNA))).unwrap()
        _ = ledger.commit(_naming("second", ReleaseName(a_name(), ANNA))).unwrap()
        assert ledger.holder(a_name()) is None
        _ = ledger.commit(_naming("third", TakeName(a_name(), BO))).unwrap()
        assert ledger.holder(a_name()) == BO

    def test_a_name_can_move_in_one_change(self, ledger: WholeLedger) -> None:
        """Acts on names happen in their order: released first, a name can be taken."""
        _ = ledger.commit(_naming("first", TakeName(a_name(), ANNA))).unwrap()
        release, take = ReleaseName(a_name(), ANNA), TakeName(a_name(), BO)
        assert ledger.commit(_naming("second", take, release)) == TAKEN
        assert ledger.holder(a_name()) == ANNA
        _ = ledger.commit(_naming("third", release, take)).unwrap()
        assert ledger.holder(a_name()) == BO

    def test_a_name_can_be_taken_and_released_in_one_change(self, ledger: WholeLedger) -> None:
        """A name that is taken and released in one change has no holder after it."""
        acts = TakeName(a_name(), ANNA), ReleaseName(a_name(), ANNA)
        _ = ledger.commit(_naming("first", *acts)).unwrap()
        assert ledger.holder(a_name()) is None

    def test_two_cannot_take_a_name_in_one_change(self, ledger: WholeLedger) -> None:
        """Of two users in one change the second finds the name taken, and neither has it."""
        acts = TakeName(a_name(), ANNA), TakeName(a_name(), BO)
        assert ledger.commit(_naming("first", *acts)) == TAKEN
        assert ledger.holder(a_name()) is None

    def test_nobody_releases_another_s_name(self, ledger: WholeLedger) -> None:
        """Releasing a name that somebody else has is refused, as the caller has read a past."""
        _ = ledger.commit(_naming("first", TakeName(a_name(), ANNA))).unwrap()
        assert ledger.commit(_naming("second", ReleaseName(a_name(), BO))) == TAKEN
        assert ledger.holder(a_name()) == ANNA

    def test_what_nobody_has_can_be_released(self, ledger: WholeLedger) -> None:
        """Releasing a name that nobody has changes nothing, and is no refusal."""
        _ = ledger.commit(_naming("first", ReleaseName(a_name(), ANNA))).unwrap()
        assert ledger.holder(a_name()) is None

    def test_a_taken_name_takes_all_with_it(self, ledger: WholeLedger) -> None:
        """Names that came before the taken one in a refused change are not taken either."""
        _ = ledger.commit(_naming("first", TakeName(a_name("b"), ANNA))).unwrap()
        acts = TakeName(a_name("a"), BO), TakeName(a_name("b"), BO)
        assert ledger.commit(_naming("second", *acts)) == TAKEN
        assert ledger.holder(a_name("a")) is None


class ContentPromises(LedgerFixtures):
    """Erasable records."""

    def test_what_was_never_written_is_none(self, ledger: WholeLedger) -> None:
        """A record that nobody has written is None."""
        assert ledger.content(RECORD) is None

    @pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
    def test_a_text_comes_back_exactly(self, ledger: WholeLedger, text: str) -> None:
        """Whatever a text holds, it comes back exactly, from a record and as an answer."""
        put = PutContent(RECORD, ANNA, text)
        change = Change("key", "writes", AT, BySystem(), text, contents=(put,))
        assert ledger.commit(change).unwrap().answer == text
        assert ledger.content(RECORD) == text
        answer = ledger.answered("key", "writes").unwrap()
        assert answer is not None
        assert answer.answer == text

    @pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
    def test_an_event_s_text_comes_back_exactly(self, ledger: WholeLedger, text: str) -> None:
        """Whatever a text in an event holds, it comes back exactly."""
        event = guardian.CustodyConfirmed(version=text)
        append = Append(STREAM, 0, (event,), ANNA)
        _ = ledger.commit(a_change("key", append)).unwrap()
        assert [recorded.event for recorded in ledger.history(STREAM)] == [event]

    def test_a_long_text_comes_back(self, ledger: WholeLedger) -> None:
        """A text of a million characters comes back exactly."""
        text = "sår og bylder 🩹" * 66_667
        _ = ledger.commit(_writing("key", PutContent(RECORD, None, text))).unwrap()
        assert ledger.content(RECORD) == text

    def test_a_record_is_overwritten(self, ledger: WholeLedger) -> None:
        """What is written later stands, whoever it is about."""
        _ = ledger.commit(_writing("first", PutContent(RECORD, ANNA, "a long first text"))).unwrap()
        _ = ledger.commit(_writing("second", PutContent(RECORD, None, "second"))).unwrap()
        assert ledger.content(RECORD) == "second"

    def test_an_erased_record_is_none(self, ledger: WholeLedger) -> None:
        """A record that was erased is None, as one that was never written."""
        _ = ledger.commit(_writing("first", PutContent(RECORD, ANNA, "text"))).unwrap()
        _ = ledger.commit(_writing("second", EraseContent(RECORD))).unwrap()
        assert ledger.content(RECORD) is None

    def test_erasing_nothing_is_well(self, ledger: WholeLedger) -> None:
        """Erasing a record that is not there changes nothing, and is no refusal."""
        assert isinstance(ledger.commit(_writing("first", EraseContent(RECORD))), Success)
        assert ledger.content(RECORD) is None

    def test_writes_happen_in_their_order(self, ledger: WholeLedger) -> None:
        """In one change the last act on a record stands."""
        put, again = PutContent(RECORD, ANNA, "text"), PutContent(RECORD, ANNA, "again")
        erase = EraseContent(RECORD)
        _ = ledger.commit(_writing("first", put, erase)).unwrap()
        assert ledger.content(RECORD) is None
        _ = ledger.commit(_writing("second", put, erase, again)).unwrap()
        assert ledger.content(RECORD) == "again"

    def test_records_are_kept_apart(self, ledger: WholeLedger) -> None:
        """Each record has its own text; ids are compared exactly, case too."""
        records = [ContentId(value) for value in ("a", "A", "a.", "a_", "aa")]
        puts = [PutContent(record, ANNA, record.value) for record in records]
        _ = ledger.commit(_writing("first", *puts)).unwrap()
        _ = ledger.commit(_writing("second", EraseContent(records[0]))).unwrap()
        left = [ledger.content(record) for record in records]
        assert left == [None, "A", "a.", "a_", "aa"]

    def test_events_outlive_content(self, ledger: WholeLedger) -> None:
        """A stream still has its events when content that they speak of is erased (D-KEEP-1)."""
        put = (PutContent(RECORD, ANNA, "text"),)
        appends = (an_append(0, 2),)
        first = Change("first", "writes", AT, BySystem(), "", appends, contents=put)
        _ = ledger.commit(first).unwrap()
        before = ledger.history(STREAM)
        _ = ledger.commit(_writing("second", EraseContent(RECORD))).unwrap()
        assert ledger.history(STREAM) == before
