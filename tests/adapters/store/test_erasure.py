"""What was erased is gone from the disk, and nothing that was written ever stands in an error."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve as with_changes

from eservices_adapters.store import SqliteLedger, StoreFailed
from eservices_core.ports.ledger import Change, EraseContent, PutContent
from eservices_core.ports.outbox import Handover, OutgoingMail, WithdrawMails
from eservices_core.testing.ledger_examples import (
    ANNA,
    AT,
    KEY,
    RECORD,
    a_change,
    a_mail,
    a_whole_change,
    take_all,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ContentId

pytestmark = pytest.mark.made_up("texts stand in any part of a change, to be erased from there")

CANARY = "canary 0709614606 sårpleje"
SIZES = [1, 40, 400, 4_000]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    """A ledger in which other things lie too."""
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as opened:
        for number in range(20):
            _ = opened.commit(a_whole_change(f"{number}")).unwrap()
        yield opened


def _on_disk(folder: Path, *cells: bytes) -> bool:
    """Look for the canary, or for what it lay there as, in every file that there is."""
    sought = [CANARY.encode(), *(cell[:40] for cell in cells)]
    files = [file.read_bytes() for file in folder.iterdir()]
    return any(one in file for one in sought for file in files)


def _cells(folder: Path, query: str) -> list[bytes]:
    """Read what lies in the file, encrypted."""
    with closing(sqlite3.connect(folder / "ledger.db")) as connection:
        return [cell for row in connection.execute(query) for cell in row]


_CONTENT = "SELECT text FROM contents WHERE record = 'record-1'"


def _writing(key: str, *acts: PutContent | EraseContent) -> Change:
    return with_changes(a_change(key), contents=acts)


@pytest.mark.parametrize("size", SIZES)
def test_erased_content_leaves_the_disk(ledger: SqliteLedger, tmp_path: Path, size: int) -> None:
    """A record that was erased stands in no file any more, its log neither (faults: 189)."""
    _ = ledger.commit(_writing("first", PutContent(RECORD, ANNA, CANARY * size))).unwrap()
    cells = _cells(tmp_path, _CONTENT)
    assert _on_disk(tmp_path, *cells)
    _ = ledger.commit(_writing("second", EraseContent(RECORD))).unwrap()
    assert not _on_disk(tmp_path, *cells)


@pytest.mark.parametrize("size", SIZES)
def test_overwritten_content_leaves_the_disk(
    ledger: SqliteLedger, tmp_path: Path, size: int
) -> None:
    """A text that was overwritten, be it by a shorter one, stands in no file any more."""
    _ = ledger.commit(_writing("first", PutContent(RECORD, ANNA, CANARY * size))).unwrap()
    cells = _cells(tmp_path, _CONTENT)
    assert _on_disk(tmp_path, *cells)
    _ = ledger.commit(_writing("second", PutContent(RECORD, ANNA, "x"))).unwrap()
    assert ledger.content(RECORD) == "x"
    assert not _on_disk(tmp_path, *cells)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("handover", [one for one in Handover if one is not Handover.WAITING])
def test_an_ended_mail_leaves_the_disk(
    ledger: SqliteLedger, tmp_path: Path, handover: Handover, size: int
) -> None:
    """The bytes and the recipient of a mail that has ended stand in no file any more."""
    address = EmailAddress.parse("canary-recipient@example.dk").unwrap()
    mail = with_changes(a_mail("mail", (CANARY * size).encode()), to=address)
    _ = ledger.commit(with_changes(a_change("key"), mails=(mail,))).unwrap()
    cells = _cells(tmp_path, "SELECT recipient, content FROM mails WHERE mail = 'mail'")
    assert all(_on_disk(tmp_path, cell) for cell in cells)
    if handover is Handover.WITHDRAWN:
        change = with_changes(a_change("second"), withdrawals=(WithdrawMails(mail.about),))
        _ = ledger.commit(change).unwrap()
    else:
        taken = take_all(ledger)[-1]
        ledger.settle(taken.mail.mail, taken.token, handover, AT)
    assert not _on_disk(tmp_path, *cells)


def test_a_reader_holds_it_up_for_a_while(ledger: SqliteLedger, tmp_path: Path) -> None:
    """While somebody reads an earlier state, it stays; the next erasure takes it along."""
    first = PutContent(RECORD, ANNA, CANARY), PutContent(ContentId("other"), ANNA, "other")
    _ = ledger.commit(_writing("first", *first)).unwrap()
    cells = _cells(tmp_path, _CONTENT)
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as reader:
        _ = reader.execute("BEGIN")
        _ = reader.execute("SELECT count(*) FROM contents").fetchall()
        _ = ledger.commit(_writing("second", EraseContent(RECORD))).unwrap()
        assert ledger.content(RECORD) is None
        _ = reader.execute("COMMIT")
    _ = ledger.commit(_writing("third", EraseContent(ContentId("other")))).unwrap()
    assert not _on_disk(tmp_path, *cells)


def test_closing_leaves_one_file(ledger: SqliteLedger, tmp_path: Path) -> None:
    """When the last one closes it, all lies in one file, which can be copied."""
    ledger.close()
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]


def _break(ledger: SqliteLedger, statement: str) -> None:
    """Spoil the tables under a ledger's feet, so that its next statement fails."""
    with ledger._engine._connections.lend() as connection:
        _ = connection.execute("PRAGMA foreign_keys = OFF")
        _ = connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE contents",
        "DROP TABLE mails",
        "ALTER TABLE contents RENAME TO contents_before",
        "CREATE TRIGGER no BEFORE INSERT ON mails BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER no BEFORE INSERT ON changes BEGIN SELECT RAISE(FAIL, 'no'); END",
        "CREATE TRIGGER no BEFORE INSERT ON contents BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
    ],
)
def test_no_error_holds_what_was_written(ledger: SqliteLedger, statement: str) -> None:
    """However the database fails, its error holds no text, address or number (faults: 185)."""
    _break(ledger, statement)
    address = EmailAddress.parse("canary@example.dk").unwrap()
    mail: OutgoingMail = with_changes(a_mail("mail", CANARY.encode()), to=address)
    whole = a_whole_change("whole")
    change = with_changes(
        whole, contents=(PutContent(RECORD, ANNA, CANARY),), mails=(mail,), answer=CANARY
    )
    with pytest.raises(StoreFailed) as failed:
        _ = ledger.commit(change)
    error: BaseException | None = failed.value
    while error is not None:
        assert "canary" not in f"{error!r} {error.args} {vars(error)}"
        error = error.__context__
