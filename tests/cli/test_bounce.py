"""`eservices bounce classify`: one mail that came back, and what it says."""

from pathlib import Path

import pytest

from eservices_adapters.clock import SystemChance
from eservices_adapters.config.installation import read_config
from eservices_adapters.config.setup import write_config
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.correspondence.bounces import return_path
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
