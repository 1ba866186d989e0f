"""A store that has gone back is noticed, refused, and goes on only when somebody has said so."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from eservices_adapters.config.findings import Level
from eservices_adapters.store import (
    AnotherStore,
    MarkFile,
    RestoredPast,
    SpoiltMark,
    SqliteLedger,
    SqlLedger,
)
from eservices_adapters.store.checking import check_postgres
from eservices_adapters.store.looking_after import queues
from eservices_adapters.store.mark import Lapse, MarkedEngine, Standing, lapse_of, standing_of
from eservices_adapters.store.past import (
    begin_generation,
    doubt_mails,
    open_sessions,
    overlapping_claims,
)
from eservices_core.ports.outbox import Handover
from eservices_core.testing.ledger_examples import AT, KEY, a_change, a_whole_change
from eservices_core.words.identifiers import MailId
from tests.postgres import PostgresServer, open_postgres

_KEY = bytes(range(32, 64))
_STANDINGS = st.builds(
    Standing, st.sampled_from("ab"), st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)
)


class _Store:
    """A ledger's file with its mark elsewhere, and copies of it that were made earlier."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.db"
        self.mark = MarkFile(folder / "elsewhere.mark", _KEY)
        self._copy = folder / "copy.db"

    def open(self) -> SqliteLedger:
        """Open it, held against its mark."""
        ledger = SqliteLedger(self.path, KEY)
        try:
            ledger.keep_mark(self.mark)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def do(self, *acts: Callable[[SqliteLedger], object]) -> None:
        """Open it, do something, and close it."""
        with self.open() as ledger:
            for act in acts:
                _ = act(ledger)

    def keep_copy(self) -> None:
        """Keep a copy of its file while nobody has it open."""
        _ = copyfile(self.path, self._copy)

    def restore(self) -> None:
        """Put the copy in its place."""
        for beside in ("-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{beside}").unlink(missing_ok=True)
        _ = copyfile(self._copy, self.path)


@pytest.fixture
def store(tmp_path: Path) -> _Store:
    """A store in which one change was stored, of which a copy was kept."""
    made = _Store(tmp_path)
    made.do(lambda ledger: ledger.commit(a_whole_change("first")).unwrap())
    made.keep_copy()
    return made


def _second(ledger: SqliteLedger) -> None:
    _ = ledger.commit(a_change("second")).unwrap()


def _hand_over(ledger: SqlLedger) -> MailId:
    taken = ledger.take(AT, AT + timedelta(minutes=5))
    assert taken is not None
    ledger.settle(taken.mail.mail, taken.token, Handover.HANDED_OVER, AT)
    return taken.mail.mail


def _take(ledger: SqlLedger) -> None:
    assert ledger.take(AT, AT + timedelta(minutes=5)) is not None


def test_a_store_that_goes_on_is_held_for_what_it_is(store: _Store) -> None:
    """Opened again and again, by one program or two at once, a store that goes on is no past."""
    for number in range(3):
        with store.open() as one, store.open() as other:
            _ = one.commit(a_change(f"one-{number}")).unwrap()
            _ = other.commit(a_change(f"other-{number}")).unwrap()
            one.look()
    noted = store.mark.read()
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        assert noted == ledger.engine.read(standing_of)


@pytest.mark.parametrize("later", [_second, _hand_over, _take])
def test_a_backup_that_was_restored_is_refused(
    store: _Store, later: Callable[[SqliteLedger], object]
) -> None:
    """D-KEEP-101, faults: 157. What lacks one change, or one mail's attempt, is not opened."""
    store.do(later)
    store.restore()
    with pytest.raises(RestoredPast):
        _ = store.open()


def test_another_store_is_refused(store: _Store) -> None:
    """faults: 157. Another installation's file, or a new one, is not the one that was here."""
    store.path.unlink()
    with pytest.raises(AnotherStore):
        _ = store.open()


def test_a_tail_that_is_lost_under_an_open_store_is_noticed(store: _Store) -> None:
    """faults: 154. A standby without the last commits refuses every write from then on."""
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        seconds = 0.0
        marked = MarkedEngine(ledger.engine, store.mark, now=lambda: seconds)
        _ = ledger.commit(a_change("lost")).unwrap()
        marked.look()
        with closing(sqlite3.connect(store.path)) as connection:
            _ = connection.execute("DELETE FROM changes WHERE key = 'lost'")
            connection.commit()
        seconds = 2.0
        for _ in range(2):
            with pytest.raises(RestoredPast):
                marked.write(_nothing)


def _nothing(_session: object) -> object:
    raise AssertionError("nobody writes to a store that has gone back")


def test_nothing_is_sent_again_from_a_past_that_was_accepted(store: _Store) -> None:
    """faults: 154, 157. Mails that waited have ended as ambiguous, without their bytes; listed."""
    with store.open() as ledger:
        waiting = _hand_over(ledger)
    store.restore()
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        doubted = doubt_mails(ledger.engine, AT)
        assert [one.mail for one in doubted] == [waiting]
        assert ledger.take(AT + timedelta(days=9), AT + timedelta(days=10)) is None
        state = ledger.mail(waiting)
        assert state is not None
        assert (state.state, state.may_have_arrived) == (Handover.AMBIGUOUS, True)
        assert doubt_mails(ledger.engine, AT) == ()
        assert overlapping_claims(ledger.engine) == 0
        assert open_sessions(ledger.engine, AT) == ()
        begun = begin_generation(ledger.engine, store.mark, store.mark.read())
        assert begun.generation == 1
    store.do(_second)


def test_a_past_that_was_accepted_is_not_the_way_back(store: _Store) -> None:
    """A copy of before a past was accepted is refused as any other older state."""
    store.do(_second)
    store.restore()
    with closing(SqliteLedger(store.path, KEY)) as ledger:
        _ = begin_generation(ledger.engine, store.mark, store.mark.read())
    store.do(_second)
    store.restore()
    with pytest.raises(RestoredPast):
        _ = store.open()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(b'"change": 1', b'"change": 0'),
        lambda text: text[:-5],
        lambda _: b"[]",
        lambda _: b"\xff",
        lambda _: b"{" * 5000,
        lambda text: text.replace(b'"signature": "', b'"signature": "00'),
    ],
    ids=["number", "cut", "list", "bytes", "deep", "signature"],
)
def test_a_mark_that_was_touched_is_not_believed(
    store: _Store, spoil: Callable[[bytes], bytes]
) -> None:
    """A mark that this installation has not written as it stands is refused, whatever it holds."""
    spoilt = spoil(store.mark.path.read_bytes())
    assert spoilt != store.mark.path.read_bytes()
    _ = store.mark.path.write_bytes(spoilt)
    with pytest.raises(SpoiltMark):
        _ = store.open()


def test_the_mark_is_its_owners_and_holds_numbers(store: _Store) -> None:
    """Only its owner may read the mark, and it holds a name that was drawn, and counts."""
    assert store.mark.path.stat().st_mode & 0o777 == 0o600
    other = MarkFile(store.mark.path, bytes(32))
    with pytest.raises(SpoiltMark):
        _ = other.read()


def test_a_mark_that_cannot_be_written_stops_nobody(
    store: _Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk under the mark lets it grow old, and is logged; what is stored stays stored."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with store.open() as ledger:
        monkeypatch.setattr(MarkFile, "write", full)
        _second(ledger)
        ledger.look()
    assert "OSError" in caplog.text


@given(_STANDINGS, _STANDINGS)
def test_only_what_has_gone_back_is_a_lapse(noted: Standing, found: Standing) -> None:
    """A store that is at least as far in all that is counted is none; any other one is."""
    lapse = lapse_of(noted, found)
    if noted.store != found.store:
        assert lapse is Lapse.ANOTHER
        return
    at_least = found.change >= noted.change and found.handed >= noted.handed
    goes_on = found.generation > noted.generation or (
        found.generation == noted.generation and at_least
    )
    assert lapse is (None if goes_on else Lapse.OLDER)


# --- PostgreSQL, and what it says of itself ------------------------------------------------------


@pytest.fixture
def url(postgres: PostgresServer) -> Generator[str, None, None]:
    """A database with a new ledger."""
    made = postgres.new_ledger()
    yield made
    postgres.drop(made)


def test_a_postgres_that_lacks_the_last_commits_is_refused(url: str, tmp_path: Path) -> None:
    """faults: 154. A database whose tail is lost is refused, and goes on when it was accepted."""
    mark = MarkFile(tmp_path / "store.mark", _KEY)
    with closing(open_postgres(url, KEY)) as ledger:
        ledger.keep_mark(mark)
        _ = ledger.commit(a_whole_change("first")).unwrap()
        _take(ledger)
    lost = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with lost.begin() as connection:
        _ = connection.execute(text("UPDATE store SET handed = 0"))
    lost.dispose()
    with closing(open_postgres(url, KEY)) as ledger:
        with pytest.raises(RestoredPast):
            ledger.keep_mark(mark)
        _ = doubt_mails(ledger.engine, AT)
        assert overlapping_claims(ledger.engine) == 0
        assert open_sessions(ledger.engine, AT) == ()
        _ = begin_generation(ledger.engine, mark, mark.read())
        ledger.keep_mark(mark)
        _ = ledger.commit(a_change("second")).unwrap()


def test_a_postgres_says_how_it_writes(url: str) -> None:
    """Doctor asks the server for its settings, its clock and the line; ours waits for no disk."""
    with closing(open_postgres(url, KEY)) as ledger:
        _ = ledger.commit(a_whole_change("first")).unwrap()
        found = {one.what: one for one in check_postgres(ledger.engine)}
        assert "fsync" in found["how the database writes"].says
        assert found["the database's clock"].level is Level.OK
        assert found["line to the database"].level is Level.OK
        waiting = queues(ledger.engine, AT)
        assert (waiting.mails.length, waiting.unsealed.length) == (1, 1)
        assert waiting.mails.age(AT + timedelta(hours=1)) == 3600
