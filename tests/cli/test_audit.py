"""The audit log from the command line: sealed, verified, and broken where somebody touched it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from eservices_adapters.demo.box import set_up
from eservices_core.ports.ledger import AuditEntry, BySystem, Change
from eservices_core.words.identifiers import ClinicId
from tests.cli.running import run

CANARY = "canary-act"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with some entries in two logs, and of its staff's enrolment in a third."""
    folder = tmp_path_factory.mktemp("audit") / "clinic"
    with set_up(folder).unwrap().installation as installation:
        ledger = installation.ledger
        for number in range(6):
            clinic = ClinicId("clinic-1") if number % 2 else None
            entry = AuditEntry(f"{CANARY}-{number}", None, clinic=clinic)
            at = installation.services.clock.now()
            change = Change(f"key-{number}", "", at, BySystem(), "", audit=(entry,))
            _ = ledger.commit(change).unwrap()
    return folder


@pytest.fixture
def config(clinic: Path, tmp_path: Path) -> str:
    """A copy of it."""
    _ = copytree(clinic, tmp_path / "clinic")
    return str(tmp_path / "clinic" / "eservices.toml")


def _tamper(config: str, *statements: str) -> None:
    """Do what only the file's owner can: take the guards away, and write."""
    with closing(sqlite3.connect(Path(config).parent / "ledger.sqlite")) as connection, connection:
        guards = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'audit_%'"
        ).fetchall()
        for (guard,) in guards:
            _ = connection.execute(f"DROP TRIGGER {guard}")
        for statement in statements:
            _ = connection.execute(statement)


def test_a_sealed_log_is_intact(config: str) -> None:
    """D-LOG-1: what was sealed verifies, exit status 0; what was not is counted."""
    before = run("audit", "verify", "--config", config).answer
    assert before["audit"] == "intact"
    assert [(log["clinic"], log["sealed"], log["unsealed"]) for log in before["logs"]] == [
        (None, 0, 3),
        ("clinic-1", 0, 3),
        ("laegehuset", 0, 2),
    ]
    sealed = run("audit", "seal", "--config", config).answer["sealed"]
    assert [head[:2] for head in sealed] == [[None, 1], ["clinic-1", 1], ["laegehuset", 1]]
    after = run("audit", "verify", "--config", config)
    assert after.status == 0
    assert [log["head"] for log in after.answer["logs"]] == sealed
    assert [log["unsealed"] for log in after.answer["logs"]] == [0, 0, 0]
    assert run("audit", "seal", "--config", config).answer == {"sealed": []}


@pytest.mark.parametrize(
    ("statement", "damage", "entry"),
    [
        ("UPDATE audit SET purpose = 'x' WHERE position = 6", "changed", 2),
        ("UPDATE audit SET act = 'x' WHERE position = 6", "changed", 2),
        ("UPDATE audit SET clinic = '' WHERE position = 6", "missing", 2),
        ("UPDATE changes SET at = 1577836800000000", "changed", 1),
        ('UPDATE changes SET actor = \'{"actor":"nobody_known"}\'', "changed", 1),
        ("UPDATE audit SET about = '' WHERE position = 6", "changed", 2),
        ("UPDATE audit_seals SET at = 0", "seal_false", 3),
        ("DELETE FROM audit WHERE position = 4", "missing", 1),
        ("DELETE FROM audit WHERE position = 8", "missing", 3),
        ("DELETE FROM audit WHERE clinic = 'clinic-1'", "missing", 1),
        ("UPDATE audit SET position = 1 - position", "changed", 1),
        (
            "INSERT INTO audit (position, act, clinic, change) VALUES (-1, 'x', 'clinic-1', 1)",
            "inserted",
            1,
        ),
        ("UPDATE audit_seals SET head = lower(hex(randomblob(32)))", "seal_false", 3),
        ("UPDATE audit_seals SET signature = zeroblob(64)", "seal_false", 3),
        ("UPDATE audit_seals SET digests = zeroblob(96)", "seal_false", 3),
        ("UPDATE audit_seals SET number = 2", "seal_missing", 1),
        (
            (
                "INSERT INTO audit_checkpoints SELECT clinic, number, count, through, head, at,"
                " signature FROM audit_seals"
            ),
            "checkpoint_false",
            3,
        ),
    ],
)
def test_whoever_owns_the_file_is_found_out(
    config: str, statement: str, damage: str, entry: int
) -> None:
    """D-LOG-1: whatever is done to a sealed log is found at its place, exit status 1."""
    _ = run("audit", "seal", "--config", config)
    _tamper(config, statement)
    found = run("audit", "verify", "--config", config)
    assert found.status == 1
    assert found.answer["audit"] == "broken"
    of_clinic = found.answer["logs"][1]
    assert (of_clinic["clinic"], of_clinic["damage"], of_clinic["entry"]) == (
        "clinic-1",
        damage,
        entry,
    )
    assert CANARY not in found.out


def test_noted_heads_keep_the_end(config: str, tmp_path: Path) -> None:
    """D-LOG-1: against what was noted when it was sealed, nobody cuts a log's end off."""
    heads = str(tmp_path / "heads.jsonl")
    _ = run("audit", "seal", "--config", config, "--heads", heads)
    assert run("audit", "verify", "--config", config, "--heads", heads).status == 0
    _tamper(config, "DELETE FROM audit", "DELETE FROM audit_seals")
    assert run("audit", "verify", "--config", config).status == 0
    found = run("audit", "verify", "--config", config, "--heads", heads)
    assert found.status == 1
    assert {log["damage"] for log in found.answer["logs"]} == {"cut_off"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET act = 'x'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (position, act, change) VALUES (1, 'x', 1)",
        "UPDATE changes SET at = 0",
        "UPDATE changes SET actor = ''",
        "DELETE FROM changes",
        "UPDATE audit_seals SET head = ''",
        "DELETE FROM audit_seals",
    ],
)
def test_the_tables_are_append_only(config: str, statement: str) -> None:
    """D-LOG-1: whoever writes to the tables otherwise is refused, as long as the guards stand."""
    _ = run("audit", "seal", "--config", config)
    path = Path(config).parent / "ledger.sqlite"
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        _ = connection.execute(statement)


def test_another_key_opens_nothing(config: str) -> None:
    """With another installation's key there is one line and no answer."""
    key = Path(config).parent / "installation.key"
    key.write_text(bytes(range(64)).hex())
    said = run("audit", "verify", "--config", config).complaint
    assert said == "--config: the ledger cannot be opened: WrongKey"


def test_a_head_that_is_none_is_refused(config: str, tmp_path: Path) -> None:
    """A line that is no head is named by its number, and not repeated."""
    heads = tmp_path / "heads.jsonl"
    for line in ("0709614606", "[null, 1]", '["a b", 1, "' + "0" * 64 + '"]', "[" * 10_000):
        _ = heads.write_text(f'[null, 1, "{"0" * 64}"]\n{line}\n')
        said = run("audit", "verify", "--config", config, "--heads", str(heads)).complaint
        assert said == "--heads: line 2 is no head"
    said = run("audit", "verify", "--config", config, "--heads", str(tmp_path / "none")).complaint
    assert said == "--heads: cannot be read"


def test_an_installation_that_is_not_there(tmp_path: Path) -> None:
    """A configuration that cannot be read is one line."""
    complaint = run("audit", "seal", "--config", str(tmp_path / "none.toml")).complaint
    assert complaint.startswith("--config: ")
