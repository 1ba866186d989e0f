"""Keys are changed: what lay under an earlier one is brought under the newest."""

from collections.abc import Callable, Generator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest
from attrs import evolve as with_changes

from eservices_adapters.store import SqliteLedger, SqlLedger, WrongKey
from eservices_core.ports.ledger import PutContent, PutFile
from eservices_core.testing.ledger_examples import (
    ANNA,
    AT,
    KEY,
    a_change,
    a_whole_change,
    parts_there,
    take_all,
)
from eservices_core.words.identifiers import ContentId
from tests.postgres import PostgresServer, open_postgres

NEWER = bytes(range(1, 33))
NEWEST = bytes(range(2, 34))
_MANY = 450
_DAYS = count(1)
Opens: TypeAlias = Callable[..., SqlLedger]


@pytest.fixture(params=["sqlite", "postgresql"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Opens, None, None]:
    """Opens one ledger, under the keys that are given."""
    if request.param == "sqlite":
        yield partial(SqliteLedger, tmp_path / "ledger.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_ledger()
    yield partial(open_postgres, url)
    server.drop(url)


def _fill(opens: Opens, tag: str, *keys: bytes) -> None:
    """Leave more records than a page holds, a file, and a whole change."""
    many = tuple(PutContent(ContentId(f"{tag}-{n}"), ANNA, f"text {n}") for n in range(_MANY))
    file = PutFile(ContentId(f"{tag}-file"), ANNA, b"bytes")
    with closing(opens(*keys)) as ledger:
        _ = ledger.commit(a_whole_change(tag)).unwrap()
        _ = ledger.commit(with_changes(a_change(tag), contents=(*many, file))).unwrap()


def _assert_whole(ledger: SqlLedger, tag: str) -> None:
    assert all(parts_there(ledger, tag).values())
    assert [ledger.content(ContentId(f"{tag}-{n}")) for n in (0, _MANY - 1)] == [
        "text 0",
        f"text {_MANY - 1}",
    ]
    assert ledger.file(ContentId(f"{tag}-file")) == b"bytes"
    assert ledger.answered(tag, f"asks {tag}").unwrap() is not None
    taken = take_all(ledger, AT + timedelta(days=next(_DAYS)))  # whoever took them before is late
    assert taken
    assert all(one.mail.content for one in taken)


def test_a_newer_key_is_written_under_and_an_earlier_one_still_read(opens: Opens) -> None:
    """From the moment that a newer key is named, both what was and what is written are read."""
    _fill(opens, "before", KEY)
    _fill(opens, "after", NEWER, KEY)
    with closing(opens(NEWER, KEY)) as ledger:
        _assert_whole(ledger, "before")
        _assert_whole(ledger, "after")
    for left in ((KEY,), (NEWER,), (NEWEST,)):
        with pytest.raises(WrongKey):
            _ = opens(*left)


def test_after_rekeying_the_earlier_key_opens_nothing(opens: Opens) -> None:
    """Every cell comes under the newest key, and the store is then opened without the others."""
    _fill(opens, "before", KEY)
    _fill(opens, "after", NEWER, KEY)
    with closing(opens(NEWEST, NEWER, KEY)) as ledger:
        rekeyed = ledger.rekey()
        assert rekeyed > 2 * _MANY
        assert ledger.rekey() == 0
    with closing(opens(NEWEST)) as ledger:
        _assert_whole(ledger, "before")
        _assert_whole(ledger, "after")
    for earlier in (KEY, NEWER):
        with pytest.raises(WrongKey):
            _ = opens(earlier)


def test_a_stopped_rekeying_is_begun_again(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped half-way, everything can be read, and the next run brings the rest along."""
    _fill(opens, "before", KEY)
    with closing(opens(NEWER, KEY)) as ledger:
        engine = ledger._engine
        write, left = engine.write, 2

        def stops(*work: object, **more: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return write(*work, **more)

        monkeypatch.setattr(engine, "write", stops)
        with pytest.raises(KeyboardInterrupt):
            _ = ledger.rekey()
        monkeypatch.undo()
        _assert_whole(ledger, "before")
        assert 0 < ledger.rekey() < _MANY + 10
    with closing(opens(NEWER)) as ledger:
        _assert_whole(ledger, "before")
