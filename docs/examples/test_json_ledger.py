"""The example store keeps every promise of its seven ports."""

import errno
import stat
from base64 import b64encode
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve as with_changes
from docs.examples.json_ledger import JsonLedger, NotALedger
from hypothesis import HealthCheck, settings

from eservices_core.ports.ledger import EraseContent
from eservices_core.ports.outbox import Handover
from eservices_core.testing.contracts import (
    ArchiveContract,
    AuditLogContract,
    ClaimsContract,
    ClaimsMachine,
    LedgerContract,
    LedgerMachine,
    ListsContract,
    OutboxContract,
    WholeLedger,
)
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    OpensLedger,
    a_change,
    a_whole_change,
    parts_there,
    settle_next,
)
from eservices_core.words.identifiers import ContentId


class InAFile(LedgerFixtures):
    """How the store is opened; other processes do the same."""

    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> OpensLedger:
        """The one thing to write."""
        return partial(JsonLedger, tmp_path / "ledger.json")


class TestLedger(InAFile, LedgerContract):
    """All of a change or nothing; versions, names and keys; nothing stale; one winner."""


class TestClaims(InAFile, ClaimsContract):
    """No two claims in one book share a minute, whatever is tried at once."""


class TestLists(InAFile, ListsContract):
    """What is open lies in its order, laid and taken with the change that it belongs to."""


class TestAuditLog(InAFile, AuditLogContract):
    """Whole logs with their seals; what was purged is gone, and its place is known."""


class TestArchive(InAFile, ArchiveContract):
    """Everything about a user or of a stream, and nobody else's."""


class TestOutbox(InAFile, OutboxContract):
    """Due mails in order, their ends told truly, their bytes gone."""


class _FreshFile:
    """A new file for each history; the folder goes with the machine."""

    def open_ledger(self) -> WholeLedger:
        """The one thing to write."""
        self.folder = TemporaryDirectory()
        return JsonLedger(Path(self.folder.name) / "ledger.json")

    def teardown(self) -> None:
        """Throw the file away."""
        self.folder.cleanup()


class Machine(_FreshFile, LedgerMachine):
    """Random histories beside a model."""


class Claims(_FreshFile, ClaimsMachine):
    """Random claims beside a model."""


SLOW = settings(
    max_examples=8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""A file is written anew at every step, so a few histories have to do."""

TestMachine = Machine.TestCase
TestMachine.settings = SLOW
TestClaimsMachine = Claims.TestCase
TestClaimsMachine.settings = SLOW


# --- what is this store's own, and so in no contract ---------------------------------------------


def test_what_is_erased_is_not_in_the_file(tmp_path: Path) -> None:
    """D-KEEP-1: an erased record and the bytes of a mail that has ended leave nothing behind."""
    file = tmp_path / "ledger.json"
    ledger = JsonLedger(file)
    (put,), (mail,) = (whole := a_whole_change("a")).contents, whole.mails
    kept = b64encode(mail.content)
    _ = ledger.commit(whole).unwrap()
    assert b"text of a" in file.read_bytes()
    assert kept in file.read_bytes()

    erase = with_changes(a_change("second"), contents=(EraseContent(put.record),))
    _ = ledger.commit(erase).unwrap()
    _ = settle_next(ledger, Handover.HANDED_OVER)

    assert b"text of a" not in file.read_bytes()
    assert kept not in file.read_bytes()
    assert [each.name for each in tmp_path.iterdir() if each != file] == ["ledger.lock"]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """The file holds names and mails, so nobody else on the machine may open it."""
    file = tmp_path / "ledger.json"
    _ = JsonLedger(file).commit(a_whole_change("a")).unwrap()

    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_a_disk_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that breaks before its one step has stored nothing, and can be asked for again."""
    ledger = JsonLedger(tmp_path / "ledger.json")
    _ = ledger.commit(a_whole_change("a")).unwrap()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(OSError, match="no space left"):
            _ = ledger.commit(a_whole_change("b"))

    assert not any(parts_there(ledger, "b").values())
    assert all(parts_there(ledger, "a").values())
    assert not ledger.commit(a_whole_change("b")).unwrap().repeated


@pytest.mark.parametrize(
    "held", ["", "{}", "[]", '{"contents": {"a": ', '{"events": ["0709614606"]}']
)
def test_a_damaged_file_is_refused_without_a_word_of_it(tmp_path: Path, held: str) -> None:
    """Nobody reads a damaged file as an empty store, and no error tells what lies in it."""
    file = tmp_path / "ledger.json"
    _ = file.write_text(held)

    with pytest.raises(NotALedger) as refused:
        _ = JsonLedger(file).content(ContentId("a"))

    assert str(refused.value) == ""
    assert refused.value.__cause__ is refused.value.__context__ is None


# --- what the page shows of a broken one ---------------------------------------------------------


class Remembers(JsonLedger):
    """Reads the file once, as a cache would."""

    seen = None

    def _load(self):  # noqa: ANN202  as the page shows it
        if self.seen is None:
            self.seen = super()._load()
        return self.seen


def test_the_contract_says_what_the_page_shows(tmp_path: Path) -> None:
    """A store that remembers what it read breaks the promise that the page quotes."""
    one, other = (Remembers(tmp_path / "ledger.json") for _ in range(2))

    with pytest.raises(AssertionError) as broken:
        TestLedger().test_others_writes_are_seen(one, other)

    (note,) = broken.value.__notes__
    assert note.startswith("broken promise: ")
    assert note in (Path(__file__).parent.parent / "write-an-adapter.md").read_text()
