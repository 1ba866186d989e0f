"""A copy of the ledger's files alone tells nobody's number, address, text or code (D-KEEP-1)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.store import DamagedContent, SqliteLedger, WrongKey
from eservices_adapters.store.at_rest import AtRest
from eservices_core.ports.ledger import PutContent, PutFile
from eservices_core.testing.ledger_examples import (
    ANNA,
    KEY,
    RECORD,
    a_change,
    a_mail,
    a_whole_change,
    take_all,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ContentId

OTHER_KEY = bytes(range(1, 33))
FILE = ContentId("file-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger lies."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    """A ledger in which canaries lie, in every place that takes content."""
    mail = with_changes(
        a_mail("mail", b"Subject: canary-subject\r\n\r\ncanary-code ABCD-2345\r\n"),
        to=EmailAddress.parse("canary-address@example.dk").unwrap(),
    )
    change = with_changes(
        a_change("key", answer='"canary-answer"'),
        contents=(
            PutContent(RECORD, ANNA, "canary-text 0709614606"),
            PutFile(FILE, ANNA, b"canary-file"),
        ),
        mails=(mail,),
    )
    with closing(SqliteLedger(path, KEY)) as opened:
        _ = opened.commit(a_whole_change("others")).unwrap()
        _ = opened.commit(change).unwrap()
        yield opened


def test_no_file_tells_anything(ledger: SqliteLedger, path: Path) -> None:
    """D-KEEP-1: file, log and index of the log hold no canary, open or closed (faults: 187)."""

    def everything() -> bytes:
        return b"".join(file.read_bytes() for file in path.parent.iterdir())

    for found in (everything(), ledger.close() or everything()):
        assert b"eSvc" in found or b"SQLite" in found
        for canary in (b"canary", b"0709614606", b"ABCD-2345", b"0709614606"[::-1]):
            assert canary not in found


def test_who_has_the_key_reads_it(ledger: SqliteLedger) -> None:
    """What was encrypted comes back as it was."""
    assert ledger.content(RECORD) == "canary-text 0709614606"
    assert ledger.file(FILE) == b"canary-file"
    answer = ledger.answered("key", "asks key").unwrap()
    assert answer is not None
    assert answer.answer == '"canary-answer"'
    mail = take_all(ledger)[-1].mail
    assert mail.to.reveal() == "canary-address@example.dk"
    assert b"canary-code" in mail.content


def test_another_key_is_refused_at_once(ledger: SqliteLedger, path: Path) -> None:
    """A file that was written under another key is refused when it is opened, and left alone."""
    ledger.close()
    before = path.read_bytes()
    with pytest.raises(WrongKey, match="under another key"):
        _ = SqliteLedger(path, OTHER_KEY)
    assert path.read_bytes() == before


def _run(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        _ = connection.execute(statement)


def test_a_cell_is_read_only_where_it_was_written(ledger: SqliteLedger, path: Path) -> None:
    """Whoever writes to the file can neither exchange two records nor change a byte of one."""
    _ = ledger.commit(
        with_changes(a_change("more"), contents=(PutContent(ContentId("b"), ANNA, "b"),))
    ).unwrap()
    copied = "(SELECT text FROM contents WHERE record = 'b')"
    _run(path, f"UPDATE contents SET text = {copied} WHERE record = 'record-1'")  # noqa: S608  ours
    with pytest.raises(DamagedContent) as failed:
        _ = ledger.content(RECORD)
    assert "canary" not in repr(failed.value)
    assert ledger.content(ContentId("b")) == "b"
    _run(path, "UPDATE contents SET text = substr(text, 1, 20) WHERE record = 'b'")
    with pytest.raises(DamagedContent):
        _ = ledger.content(ContentId("b"))


@given(data=st.binary(max_size=200), place=st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_cell_comes_back(data: bytes, place: str) -> None:
    """Whatever was encrypted comes back, and never looks the same twice."""
    at_rest = AtRest(KEY)
    cell = at_rest.seal(place, data)
    assert at_rest.open(place, cell) == data
    assert at_rest.seal(place, data) != cell


@given(data=st.data(), text=st.binary(max_size=60))
def test_a_cell_that_was_changed_is_noticed(data: st.DataObject, text: bytes) -> None:
    """No change of any one byte, no cut and no other place goes unnoticed."""
    at_rest = AtRest(KEY)
    cell = at_rest.seal("here", text)
    place = data.draw(st.integers(0, len(cell) - 1))
    other = data.draw(st.integers(1, 255))
    changed = cell[:place] + bytes([cell[place] ^ other]) + cell[place + 1 :]
    for wrong, where in ((changed, "here"), (cell[:place], "here"), (cell, "there")):
        with pytest.raises((DamagedContent, WrongKey)):
            _ = at_rest.open(where, wrong)
    with pytest.raises(WrongKey):
        _ = AtRest(OTHER_KEY).open("here", cell)


def test_a_key_has_32_bytes() -> None:
    """A key of another length is the caller's bug, and is shown nowhere."""
    with pytest.raises(AssertionError):
        _ = AtRest(KEY[:31])
    assert repr(AtRest(KEY)) == "AtRest(***)"
