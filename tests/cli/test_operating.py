"""What an operator runs: doctor, health, migrate, backup, restored, purge."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile, copytree
from threading import Event

import pytest

from eservices_adapters.compose import compose
from eservices_adapters.config.findings import Level
from eservices_adapters.config.installation import read_config
from eservices_adapters.demo.box import open_box, set_up
from eservices_adapters.operation import examine
from eservices_adapters.operation.health import live, ready
from eservices_adapters.store import SqliteLedger, StoreFailed
from eservices_core.ports.ledger import AuditEntry, BySystem, Change
from eservices_core.testing.memory import FakeClock
from tests.cli.running import run

MANAGER = "sofie"
_AT = datetime(2027, 1, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose clinic has staff."""
    folder = tmp_path_factory.mktemp("operating") / "clinic"
    set_up(folder).unwrap().installation.ledger.close()
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copytree(made, tmp_path / "clinic")


@pytest.fixture
def config(folder: Path) -> str:
    """Its configuration."""
    return str(folder / "eservices.toml")


def _change(folder: Path, key: str) -> None:
    with open_box(folder).unwrap().installation as installation:
        at = installation.services.clock.now()
        entry = AuditEntry("something", None)
        _ = installation.ledger.commit(Change(key, "", at, BySystem(), "", audit=(entry,))).unwrap()


def _restore(folder: Path, copy: Path) -> None:
    for beside in ("-wal", "-shm"):
        (folder / f"ledger.sqlite{beside}").unlink(missing_ok=True)
    _ = copyfile(copy, folder / "ledger.sqlite")


def _levels(config: str) -> dict[str, str]:
    findings = run("doctor", "--json", "--config", config).answer["findings"]
    return {one["what"]: one["level"] for one in findings}


# --- doctor --------------------------------------------------------------------------------------


def test_a_clinic_that_is_well_is_told_so_line_by_line(config: str) -> None:
    """Doctor says one line for each thing, and exits 0 where nothing is wrong."""
    assert run("audit", "seal", "--config", config).status == 0
    told = run("doctor", "--config", config)
    assert told.status == 0, told.out
    lines = told.out.splitlines()
    assert all(line.startswith(("ok ", "warning ")) for line in lines)
    as_json = run("doctor", "--json", "--config", config).answer["findings"]
    assert len(as_json) == len(lines)
    what = {one["what"] for one in as_json}
    assert {"configuration", "schema", "key", "mark", "clock", "mails", "disk"} <= what
    assert {"MitID", "custody register"} <= what


def test_a_peer_that_is_not_there_is_told(folder: Path, config: str) -> None:
    """Doctor says which peer does not answer, and where to read on; no address stands there."""
    secret = folder / "mitid.secret"
    _ = secret.write_text("canary-secret\n")
    secret.chmod(0o600)
    broker = """kind = "oidc"
broker = "nets"
issuer = "http://127.0.0.1:9"
client_id = "clinic"
client_secret_file = "mitid.secret"
demo = true
"""
    lines = (folder / "eservices.toml").read_text().split("[mitid]\n")
    rest = lines[1].partition("\n[")
    written = f"{lines[0]}[mitid]\n{broker}\n[{rest[2]}"
    _ = (folder / "eservices.toml").write_text(written)
    told = run("doctor", "--config", config)
    assert told.status == 1, told.out
    (line,) = [line for line in told.out.splitlines() if line.startswith("wrong   MitID: ")]
    assert "docs/connect/mitid.md" in line
    assert "canary" not in told.out


def test_a_wrong_configuration_is_all_that_is_told(folder: Path, config: str) -> None:
    """Doctor names each wrong setting, never its value, and looks no further."""
    text = (folder / "eservices.toml").read_text().replace("[custody]", "[kustody]")
    _ = (folder / "eservices.toml").write_text(text)
    told = run("doctor", "--config", config)
    assert told.status == 1
    assert all(line.startswith("wrong   configuration: ") for line in told.out.splitlines())


def test_another_key_is_told(folder: Path, config: str) -> None:
    """Doctor says that a key is not the store's, and shows neither."""
    other = "".join(f"{byte:02x}" for byte in range(32, 64))
    key = folder / "installation.key"
    key.chmod(0o600)
    _ = key.write_text(other)
    told = run("doctor", "--config", config)
    assert told.status == 1
    assert "wrong   key: " in told.out
    assert other not in told.out


def test_a_file_that_others_may_open_is_told(folder: Path, config: str) -> None:
    """Doctor says whose mode is too wide, and what to do."""
    (folder / "ledger.sqlite").chmod(0o644)
    told = run("doctor", "--config", config)
    assert told.status == 1
    assert "chmod 600 ledger.sqlite" in told.out


def test_what_waits_too_long_is_told(folder: Path, config: str) -> None:
    """Doctor warns of a queue that nobody works off, and of what nobody has sealed."""
    _change(folder, "unsealed")
    assert _levels(config)["audit log"] == Level.WRONG.value
    assert run("audit", "seal", "--config", config).status == 0
    assert _levels(config)["audit log"] == Level.OK.value


def test_a_clock_that_was_set_back_is_told(folder: Path) -> None:
    """faults: 174. A clock behind the store's newest change is wrong."""
    _change(folder, "now")
    with open_box(folder).unwrap().installation as installation:
        early = FakeClock(installation.services.clock.now().replace(year=2020))
    found = {one.what: one for one in examine(folder / "eservices.toml", early)}
    assert found["clock"].level is Level.WRONG


def test_a_check_that_breaks_leaves_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one check raises is one line, by its type alone."""

    def check_nothing(*_: object) -> object:
        raise LookupError("2906980013")

    monkeypatch.setattr("eservices_adapters.operation.doctor.CHECKS", (check_nothing,))
    (_, broken) = examine(folder / "eservices.toml", FakeClock(_AT))
    assert str(broken).startswith("wrong   nothing: could not be looked at (LookupError)")


# --- health --------------------------------------------------------------------------------------


@pytest.fixture
def ledger(folder: Path) -> Generator[SqliteLedger, None, None]:
    """The clinic's ledger, held against its mark."""
    with compose(read_config(folder / "eservices.toml").unwrap()).unwrap() as one:
        yield one.ledger


def test_who_is_alive_may_not_be_ready(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live says nothing of the store; ready says by a code why not, within its bound."""
    assert live().http_status == 200
    assert ready(ledger).http_status == 200

    def hangs() -> None:
        _ = Event().wait(0.5)

    monkeypatch.setattr(ledger, "look", hangs)
    assert ready(ledger, bound=0.05).code == "store_does_not_answer"

    def fails() -> None:
        raise StoreFailed("gone")

    monkeypatch.setattr(ledger, "look", fails)
    assert ready(ledger).http_status == 503


def test_health_is_an_exit_status(folder: Path, config: str) -> None:
    """Health exits 0 where the service can work, and 1 where its store is not there to be had."""
    assert run("health", "--config", config).answer == {"ready": True, "because": "ready"}
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        _ = connection.execute("UPDATE schema_version SET version_num = '9999'")
        connection.commit()
    answer = run("health", "--config", config).answer
    assert answer == {"ready": False, "because": "store_not_opened_NewerSchema"}


# --- migrate -------------------------------------------------------------------------------------


def test_migrate_says_what_it_did(folder: Path, config: str) -> None:
    """Migrate has nothing to do with a store of today, and refuses a newer one."""
    for extra in ((), ("--check",)):
        answer = run("migrate", "--config", config, *extra).answer
        assert answer["migration"] == "up_to_date"
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as connection:
        _ = connection.execute("UPDATE schema_version SET version_num = '9999'")
        connection.commit()
    assert "9999" in run("migrate", "--config", config).complaint


# --- backup, and what comes of it ----------------------------------------------------------------


def test_a_backup_is_whole_and_its_owners(folder: Path, config: str, tmp_path: Path) -> None:
    """A backup is made while the service runs, verified, mode 0600, and never goes over a file."""
    with open_box(folder).unwrap().installation as installation:
        at = installation.services.clock.now()
        change = Change("in-the-log", "", at, BySystem(), "", audit=(AuditEntry("a", None),))
        _ = installation.ledger.commit(change).unwrap()
        answer = run("backup", "--config", config, str(tmp_path / "copy.sqlite")).answer
    assert answer["backup"] == "verified"
    assert (tmp_path / "copy.sqlite").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clinic", "copy.sqlite"]
    complaint = run("backup", "--config", config, str(tmp_path / "copy.sqlite")).complaint
    assert complaint == "DESTINATION: is there already, and is not written over"
    _restore(folder, tmp_path / "copy.sqlite")
    with open_box(folder).unwrap().installation as installation:
        entries = installation.audit_log.audit_at(None, 0, 1000)
        assert entries[-1].entry.act == "a"


def test_a_torn_copy_is_no_backup(folder: Path, config: str, tmp_path: Path) -> None:
    """What is damaged is not called a backup, and nothing is left behind."""
    path = folder / "ledger.sqlite"
    content = bytearray(path.read_bytes())
    for start in range(4096 * 3, len(content), 4096):
        content[start + 8 : start + 64] = b"\xff" * 56
    _ = path.write_bytes(content)
    told = run("backup", "--config", config, str(tmp_path / "copy.sqlite"))
    assert told.status == 2
    assert [one.name for one in tmp_path.iterdir()] == ["clinic"]


def test_a_restored_backup_is_refused_until_somebody_answers_for_it(
    folder: Path, config: str, tmp_path: Path
) -> None:
    """D-KEEP-101, faults: 157. Nothing opens a store that has gone back, until staff accept it."""
    _ = run("backup", "--config", config, str(tmp_path / "copy.sqlite")).answer
    assert run("restored", "--config", config).answer == {"store": "not_gone_back"}
    _change(folder, "lost")
    _restore(folder, tmp_path / "copy.sqlite")

    assert "eservices restored" in run("audit", "seal", "--config", config).complaint
    assert run("health", "--config", config).answer["because"] == "store_went_back"
    assert _levels(config)["mark"] == Level.WRONG.value
    told = run("restored", "--config", config)
    assert (told.status, told.answer["store"]) == (1, "gone_back")
    assert "--staff" in run("restored", "--accept", "--config", config).complaint
    nobody = run("restored", "--accept", "--staff", "nobody", "--config", config).complaint
    assert nobody == "--staff: is nobody who works there now"

    accepted = run("restored", "--accept", "--staff", MANAGER, "--config", config).answer
    assert accepted["store"] == "accepted"
    assert accepted["overlapping_claims"] == 0
    assert run("restored", "--config", config).answer == {"store": "not_gone_back"}
    with open_box(folder).unwrap().installation as installation:
        logs = (None, *installation.services.clinics)
        assert accepted["logs"] == len(logs)
        for log in logs:
            (*_, last) = installation.audit_log.audit_at(log, 0, 1000)
            assert (last.entry.act, last.entry.rule) == ("accept_past", "D-KEEP-101")
    assert run("health", "--config", config).status == 0


def test_purge_says_what_went(config: str) -> None:
    """Purge goes one round, and says of what how much was erased."""
    answer = run("purge", "--config", config).answer
    assert all(count >= 0 for count in answer.values())
