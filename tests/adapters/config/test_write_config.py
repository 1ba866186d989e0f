import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices_adapters.clock import SystemChance
from eservices_adapters.config import CONFIG_FILE, read_config, write_config
from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.outcome import Failure
from eservices_core.testing.memory import SeededChance
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ClinicId

SERVICE = Service(
    "http://localhost:8000",
    "mail.example.dk",
    EmailAddress.parse("no-reply@mail.example.dk").unwrap(),
)
CLINIC = ClinicId("clinic-1")
CLINICS = {CLINIC: ClinicSettings("Lægerne", "+45 00 00 00 01", SelfSignUp.OPEN)}

names = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="@"),
    min_size=1,
    max_size=100,
).filter(str.strip)
clinics = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", fullmatch=True).map(ClinicId),
    st.builds(
        ClinicSettings,
        names,
        st.from_regex(r"\+?[0-9]( ?[0-9]){7,14}", fullmatch=True),
        st.sampled_from(SelfSignUp),
    ),
    min_size=1,
    max_size=4,
)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@settings(max_examples=25)  # each example syncs five files
@given(clinics)
def test_what_is_written_is_read(drawn: dict[ClinicId, ClinicSettings]) -> None:
    """A folder that was set up is an installation: nothing is missing, all is as it was said."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary, "clinic")
        path = write_config(folder, SystemChance(), service=SERVICE, clinics=drawn).unwrap()
        config = read_config(path, {}).unwrap()
        assert path == folder / CONFIG_FILE
        assert config.service == SERVICE
        assert config.clinics == drawn


def test_only_the_owner_can_look(tmp_path: Path) -> None:
    """Folders have mode 0700 and files 0600, with any umask; no two keys are the same."""
    before = os.umask(0)
    try:
        for name in ("one", "two"):
            made = write_config(tmp_path / name, SystemChance(), service=SERVICE, clinics=CLINICS)
            assert made.unwrap().is_file()
    finally:
        _ = os.umask(before)
    one = tmp_path / "one"
    modes = {path.name: _mode(path) for path in (one, *one.iterdir())}
    assert modes == {
        "one": 0o700,
        "mailbox": 0o700,
        "register": 0o700,
        "calendars": 0o700,
        "clinics": 0o700,
        "eservices.toml": 0o600,
        "installation.key": 0o600,
        "persons.toml": 0o600,
        "cards.toml": 0o600,
        "reach.toml": 0o600,
    }
    keys = {(tmp_path / name / "installation.key").read_bytes() for name in ("one", "two")}
    assert len(keys) == 2


def test_an_installation_is_never_written_over(tmp_path: Path) -> None:
    """A folder with a configuration is refused: no file in it changes, and none is added."""
    _ = write_config(tmp_path, SystemChance(), service=SERVICE, clinics=CLINICS).unwrap()
    (tmp_path / "persons.toml").unlink()
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    again = write_config(tmp_path, SystemChance(), service=SERVICE, clinics=CLINICS)
    assert isinstance(again, Failure)
    assert [str(line) for line in again.failure()] == ["the folder has an eservices.toml already"]
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_set_up_that_was_cut_off_is_finished(tmp_path: Path) -> None:
    """The key, cards and persons that a first try left are kept: the key is never drawn anew."""
    _ = write_config(tmp_path, SystemChance(), service=SERVICE, clinics=CLINICS).unwrap()
    (tmp_path / CONFIG_FILE).unlink()
    (tmp_path / "persons.toml").unlink()
    key = (tmp_path / "installation.key").read_bytes()
    path = write_config(tmp_path, SystemChance(), service=SERVICE, clinics=CLINICS).unwrap()
    assert (tmp_path / "installation.key").read_bytes() == key
    assert read_config(path, {}).unwrap().clinics == CLINICS


@pytest.mark.parametrize(
    ("service", "clinics", "line"),
    [
        (
            Service("http://eservices.example.dk", "mail.example.dk", SERVICE.sender),
            CLINICS,
            "[service] public_url: expected https and a domain, or http and a loopback host",
        ),
        (
            Service("https://eservices.example.dk", "example.dk", SERVICE.sender),
            CLINICS,
            "[service] sender: expected an address on mail_domain",
        ),
        (SERVICE, {}, "[[clinic]] expected 1 or more"),
        (
            SERVICE,
            {CLINIC: ClinicSettings('"\n[store]\n', "00000001")},
            "clinics/clinic-1.toml, [clinic] name (line 2): expected one line of 1 to 100 char",
        ),
        (
            SERVICE,
            {CLINIC: ClinicSettings("A", "a@b.example")},
            "clinics/clinic-1.toml, [clinic] phone (line 3): expected 8 to 15 digits",
        ),
        (
            SERVICE,
            {CLINIC: ClinicSettings("\ud800", "00000001")},
            "clinics/clinic-1.toml, the file is not UTF-8",
        ),
    ],
    ids=range(6),
)
def test_what_would_not_be_read_is_not_written(
    tmp_path: Path, service: Service, clinics: dict[ClinicId, ClinicSettings], line: str
) -> None:
    """What `read_config` would refuse is refused before anything is made, in the same words."""
    folder = tmp_path / "clinic"
    made = write_config(folder, SeededChance(), service=service, clinics=clinics)
    assert isinstance(made, Failure)
    (refusal,) = made.failure()
    assert str(refusal).startswith(line)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A file in the way, or a full disk, is one line and no traceback."""
    _ = (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "clinic"):
        made = write_config(folder, SeededChance(), service=SERVICE, clinics=CLINICS)
        assert isinstance(made, Failure)
        assert str(made.failure()[0]) == "the folder cannot be written (Not a directory)"


def test_the_comments_say_what_is_so(tmp_path: Path) -> None:
    """The settings that the file shows as comments are read when they are uncommented."""
    path = write_config(tmp_path, SeededChance(), service=SERVICE, clinics=CLINICS).unwrap()
    default = read_config(path, {}).unwrap().access
    lines = path.read_text("utf-8").split("\n")
    shown = [line for line in lines if line.startswith(("# [", "# temporary", "# lifetime"))]
    assert len(shown) == 4
    _ = path.write_text(
        "\n".join(line.removeprefix("# ") if line in shown else line for line in lines), "utf-8"
    )
    assert read_config(path, {}).unwrap().access == default


def test_a_public_origin_is_set_up_as_a_demonstration_only(tmp_path: Path) -> None:
    """D-ACC-3: what is written would be refused when it is read, so nothing is written."""
    public = Service("https://eservices.dk", "mail.example.dk", SERVICE.sender)
    folder = tmp_path / "clinic"
    refused = write_config(folder, SystemChance(), service=public, clinics=CLINICS)
    (line,) = [str(one) for one in refused.failure()]
    assert line.startswith("[mitid] kind: is simulated, and public_url is public")
    assert not folder.exists()
    path = write_config(folder, SystemChance(), service=public, clinics=CLINICS, demo=True).unwrap()
    assert read_config(path, {}).unwrap().service == public
