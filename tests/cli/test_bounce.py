"""`eservices bounce`: one mail that came back, what it says, and who looks at it."""

from pathlib import Path

import pytest

from eservices_adapters.clock import SystemChance
from eservices_adapters.config.installation import read_config
from eservices_adapters.config.setup import write_config
from eservices_adapters.demo.box import set_up
from eservices_adapters.store import StoreFailed
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.correspondence.bounces import return_path
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover
from eservices_core.testing.ledger_examples import a_mail, settle_next
from eservices_core.words.identifiers import ClinicId, MailId
from tests.adapters.email.samples import ANSWER, BACK, DELIVERED, PROSE, SERVICE, UNKNOWN_USER
from tests.cli.running import run

MAIL = MailId("0123456789abcdef" * 2)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of an installation."""
    folder = tmp_path_factory.mktemp("clinic")
    clinics = {ClinicId("clinic-1"): ClinicSettings("Clinic One", "+45 00 00 00 01")}
    return write_config(folder, SystemChance(), service=SERVICE, clinics=clinics).unwrap()


def test_a_report_is_told_in_codes_alone() -> None:
    """faults: 140. Without an installation the action and its codes are told, and nobody's mail."""
    assert run("bounce", "classify", "-", stdin=UNKNOWN_USER).answer == {
        "report": True,
        "action": "failed",
        "diagnostic": "550 5.1.1",
        "mail": None,
        "doubt": "not_ours",
    }


def test_the_installation_whose_mail_it_is_knows_it(installation: Path, tmp_path: Path) -> None:
    """faults: 141. With the installation's key, the return path names the mail."""
    config = read_config(installation).unwrap()
    back = return_path(config.key.keys(), config.service, MAIL)
    file = tmp_path / "bounce.eml"
    _ = file.write_bytes(DELIVERED.replace(BACK.encode(), back.encode()))
    answer = run("bounce", "classify", str(file), "--config", str(installation)).answer
    assert (answer["action"], answer["mail"], answer["doubt"]) == ("delivered", str(MAIL), None)


def test_a_guessed_return_path_is_nobodys(installation: Path) -> None:
    """faults: 141. Another installation's return path names no mail of this one."""
    answer = run(
        "bounce", "classify", "-", "--config", str(installation), stdin=UNKNOWN_USER
    ).answer
    assert (answer["mail"], answer["doubt"]) == (None, "not_ours")


def test_what_is_no_report_is_said_to_be_none() -> None:
    """faults: 130. A person's answer, and nothing at all, are no delivery reports."""
    for mail in (ANSWER, b""):
        answer = run("bounce", "classify", "-", stdin=mail).answer
        assert answer == dict.fromkeys(answer, None) | {"report": False}


def test_prose_is_for_somebody_to_look_at() -> None:
    """faults: 140. A report in prose alone is unknown, with the reason."""
    answer = run("bounce", "classify", "-", stdin=PROSE).answer
    assert (answer["report"], answer["action"]) == (True, "unknown")


def test_nothing_of_a_mail_is_printed() -> None:
    """D-LOG-1: addresses, names and texts of a mail that came back are not repeated."""
    shown = run("bounce", "classify", "-", stdin=UNKNOWN_USER).out
    assert "anna" not in shown
    assert "rejected" not in shown


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """Bad input is one line that names the field."""
    missing = str(tmp_path / "nothing.eml")
    assert run("bounce", "classify", missing).complaint.startswith("FILE: cannot be read")
    refused = run("bounce", "classify", "-", "--config", missing, stdin=b"")
    assert refused.complaint.startswith("--config: ")


# --- from a mail server's pipe -------------------------------------------------------------------


@pytest.fixture
def clinic(tmp_path: Path) -> tuple[str, bytes]:
    """A clinic one of whose mails was handed over, and a report of its failure."""
    folder = tmp_path / "clinic"
    with set_up(folder).unwrap().installation as installation:
        ledger, now = installation.ledger, installation.services.clock.now()
        change = Change("key", "", now, BySystem(), "", mails=(a_mail(str(MAIL)),))
        _ = ledger.commit(change).unwrap()
        _ = settle_next(ledger, Handover.HANDED_OVER, now)
    file = folder / "eservices.toml"
    config = read_config(file).unwrap()
    back = return_path(config.key.keys(), config.service, MAIL)
    return str(file), UNKNOWN_USER.replace(BACK.encode(), back.encode())


def _reported(config: str) -> str | None:
    mails = run("mail", "list", "--config", config, "--state", "handed_over").answer["mails"]
    reported: str | None = mails[0]["reported"]
    return reported


@pytest.mark.made_up("mails that say which they are")
def test_a_report_is_taken_from_a_pipe(clinic: tuple[str, bytes]) -> None:
    """faults: 138. What a mail server pipes in is noted of its mail, however often it comes."""
    config, report = clinic
    for _ in range(2):
        answer = run("bounce", "read", "--config", config, stdin=report).answer
        assert (answer["report"], answer["action"], answer["mail"]) == (True, "failed", str(MAIL))
        assert _reported(config) == "failed"
    assert run("bounce", "list", "--config", config).answer == {"reports": []}


@pytest.mark.made_up("mails that say which they are")
@pytest.mark.parametrize("mail", [ANSWER, b""], ids=["an answer", "nothing"])
def test_what_is_no_report_is_taken_and_not_answered(
    clinic: tuple[str, bytes], mail: bytes
) -> None:
    """faults: 129, 130. A person's or a program's answer is taken, noted nowhere, not answered."""
    config, _ = clinic
    waiting = run("mail", "list", "--config", config).answer
    answer = run("bounce", "read", "--config", config, stdin=mail).answer
    assert answer["report"] is False
    assert _reported(config) is None
    assert run("mail", "list", "--config", config).answer == waiting
    assert run("bounce", "list", "--config", config).answer == {"reports": []}


@pytest.mark.made_up("mails that say which they are")
def test_what_nobody_can_read_is_for_somebody_to_look_at(clinic: tuple[str, bytes]) -> None:
    """faults: 140, 141. What came to no return path of ours, or in prose alone, is listed."""
    config, _ = clinic
    for mail in (PROSE, UNKNOWN_USER):
        _ = run("bounce", "read", "--config", config, stdin=mail).answer
    listed = run("bounce", "list", "--config", config).answer["reports"]
    assert {one["doubt"] for one in listed} == {"not_ours"}
    assert len(listed) == 2
    name = listed[0]["name"]
    assert run("bounce", "seen", "--config", config, name).answer == {"seen": True}
    assert len(run("bounce", "list", "--config", config).answer["reports"]) == 1
    assert run("bounce", "seen", "--config", config, name).complaint == (
        "NAME: there is no such report on the list"
    )


@pytest.mark.made_up("mails that say which they are")
def test_a_report_that_cannot_be_noted_is_sent_again(
    clinic: tuple[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """faults: 151, 152. Where the ledger fails, the mail server is asked to keep the report."""
    config, report = clinic

    def fails(*_: object) -> None:
        raise StoreFailed("canary: locked")

    monkeypatch.setattr("eservices_adapters.store.ledger.SqlLedger.report", fails)
    result = run("bounce", "read", "--config", config, stdin=report)
    assert (result.status, result.out) == (75, "")
    assert result.err == "eservices: the report could not be noted: StoreFailed\n"
