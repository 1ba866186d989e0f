"""The ledger's promises about reading many things at once: the same as one after the other."""

from typing import Final

import pytest

from eservices_core.events import StreamId
from eservices_core.ports.ledger import Append, BySystem, Change, EraseContent, PutContent, PutFile
from eservices_core.ports.outbox import Handover
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    ACTIVATED,
    ANNA,
    AT,
    COUNTED,
    CREATED,
    WholeLedger,
    a_mail,
    settle_next,
)
from eservices_core.words.identifiers import ContentId, MailId

MANY: Final = 700
"""More than most stores ask for at once."""


def _user(name: object) -> StreamId:
    return StreamId("user", f"{name}")


def _guesses(name: object) -> StreamId:
    return StreamId("guesses", f"{name}")


def _record(name: object) -> ContentId:
    return ContentId(f"record-{name}")


def _begin(ledger: WholeLedger) -> None:
    """Store two kinds of streams, texts, a file and mails, named alike."""
    _ = ledger.commit(
        Change(
            "many",
            "asks many",
            AT,
            BySystem(),
            "",
            appends=(
                Append(_user("a"), 0, (CREATED, ACTIVATED), ANNA),
                Append(_guesses("a"), 0, (COUNTED,), ANNA),
                Append(_user("B"), 0, (CREATED,), None),
                Append(_user("b/c"), 0, (CREATED,), None),
                Append(_user("read"), 0, (), None),
            ),
            contents=(
                PutContent(_record("a"), ANNA, "text a"),
                PutContent(_record("b"), ANNA, ""),
                PutContent(_record("gone"), ANNA, "text"),
                EraseContent(_record("gone")),
                PutFile(_record("file"), ANNA, b"bytes"),
            ),
            mails=(a_mail("a"), a_mail("b")),
        )
    ).unwrap()


class BulkPromises(LedgerFixtures):
    """Many at once."""

    @pytest.mark.parametrize("stream", [_user("a"), _guesses("a"), _user("B")])
    def test_each_history_is_as_if_read_alone(self, ledger: WholeLedger, stream: StreamId) -> None:
        """Read with others, also of other kinds, a stream's events are those of `history`."""
        _begin(ledger)
        found = ledger.histories((_guesses("a"), _user("B"), _user("a"), _user("a")))
        assert found[stream] == ledger.history(stream) != ()
        assert len(found) == 3  # noqa: PLR2004  said by the line above

    def test_a_stream_without_events_is_there_and_empty(self, ledger: WholeLedger) -> None:
        """Every stream that was asked for is in the answer; one that nobody has begun is ()."""
        _begin(ledger)
        asked = (_user("nobody"), _guesses("B"), _user("read"))
        assert dict(ledger.histories(asked)) == dict.fromkeys(asked, ())
        assert dict(ledger.histories(())) == {}

    def test_any_number_can_be_asked_for(self, ledger: WholeLedger) -> None:
        """Hundreds at once are each answered."""
        _begin(ledger)
        names = [*range(MANY), "a"]
        histories = ledger.histories([_user(name) for name in names])
        assert [len(histories[_user(name)]) for name in names] == [0] * MANY + [2]
        assert dict(ledger.contents([_record(name) for name in names])) == {_record("a"): "text a"}
        states = ledger.mail_states([MailId(f"{name}") for name in names])
        assert list(states) == [MailId("a")]

    def test_histories_are_never_stale(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """What one handle has stored, another reads at once, many together too."""
        _begin(ledger)
        assert len(other.histories((_user("B"),))[_user("B")]) == 1
        append = Append(_user("B"), 1, (ACTIVATED,), None)
        _ = ledger.commit(Change("more", "", AT, BySystem(), "", (append,))).unwrap()
        assert other.histories((_user("B"),))[_user("B")] == ledger.history(_user("B"))

    def test_texts_are_read_together(self, ledger: WholeLedger) -> None:
        """Texts come as they were written; what was erased, never written or a file is missing."""
        _begin(ledger)
        asked = [_record(name) for name in ("a", "gone", "b", "file", "never")]
        assert dict(ledger.contents(asked)) == {_record("a"): "text a", _record("b"): ""}

    def test_mails_are_asked_for_together(self, ledger: WholeLedger) -> None:
        """What became of each mail is what is said of it alone; unknown ones are missing."""
        _begin(ledger)
        _ = settle_next(ledger, Handover.HANDED_OVER)
        states = ledger.mail_states((MailId("b"), MailId("never"), MailId("a")))
        assert dict(states) == {each: ledger.mail(each) for each in (MailId("a"), MailId("b"))}

    def test_streams_are_found_by_their_kind(self, ledger: WholeLedger) -> None:
        """A kind's streams come page by page in the order of their keys, once each."""
        _begin(ledger)
        assert ledger.streams("user", "", 10) == (_user("B"), _user("a"), _user("b/c"))
        assert ledger.streams("user", "", 1) == (_user("B"),)
        assert ledger.streams("user", "B", 1) == (_user("a"),)
        assert ledger.streams("user", "aa", 10) == (_user("b/c"),)
        assert ledger.streams("user", "b/c", 10) == ledger.streams("use", "", 10) == ()
