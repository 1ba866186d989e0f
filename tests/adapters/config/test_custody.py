from datetime import datetime, timedelta
from pathlib import Path

import pytest
import trustme

from eservices_adapters.clock import SystemChance
from eservices_adapters.config.custody import (
    Custody,
    DgcprCustody,
    ExtractCustody,
    FolderCustody,
    read_custody,
)
from eservices_adapters.config.places import Places
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.table import parse_text
from eservices_adapters.custody.extract import ExtractRegister
from eservices_adapters.custody.folder import FolderRegister
from eservices_adapters.custody.opening import check, open_register
from eservices_adapters.custody.soap import SoapRegister
from eservices_adapters.stand_ins.custody_register import CustodyRegisterStandIn
from eservices_core.outcome import Failure
from eservices_core.testing.memory import FakeClock
from eservices_core.words.clinic_time import COPENHAGEN
from tests.adapters.custody import extracts as x

URL = "https://cpr.example.dk/service/DetGodeCPROpslag-1.0.4a"
EVERYTHING_ELSE = """\
id_card_file = "card.xml"
level = 4
trusted_file = "ca.pem"
deadline = "30 s"
"""
CLOCK = FakeClock(datetime(2026, 11, 29, 12, tzinfo=COPENHAGEN))


def read(folder: Path, section: str) -> tuple[Custody | None, list[str]]:
    """What a section says, and the lines with which it is refused."""
    refusals: list[ConfigRefusal] = []
    root = parse_text(f"[custody]\n{section}", refusals).unwrap()
    found = read_custody(root, Places(folder))
    return found, [str(refusal) for refusal in refusals]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a register, an extract and a certificate."""
    (tmp_path / "register").mkdir()
    _ = (tmp_path / "extract.txt").write_bytes(x.extract([x.custody("2906980013", "0003")]))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ('kind = "folder"\npath = "register"', FolderCustody(Path("register"))),
        (
            'kind = "extract"\npath = "extract.txt"',
            ExtractCustody(Path("extract.txt"), timedelta(days=8)),
        ),
        (
            'kind = "extract"\npath = "not-yet.txt"\nstands_for = "35 days"',
            ExtractCustody(Path("not-yet.txt"), timedelta(days=35)),
        ),
        (
            f'kind = "dgcpr"\nurl = "{URL}"',
            DgcprCustody(
                url=URL, id_card=None, level=3, trusted=None, deadline=timedelta(seconds=10)
            ),
        ),
        (
            f'kind = "dgcpr"\nurl = "{URL}"\n{EVERYTHING_ELSE}',
            DgcprCustody(
                url=URL,
                id_card=Path("card.xml"),
                level=4,
                trusted=Path("ca.pem"),
                deadline=timedelta(seconds=30),
            ),
        ),
        (
            'kind = "dgcpr"\nurl = "http://127.0.0.1:8620"',
            DgcprCustody(
                url="http://127.0.0.1:8620/",
                id_card=None,
                level=3,
                trusted=None,
                deadline=timedelta(seconds=10),
            ),
        ),
    ],
    ids=["folder", "extract", "extract later", "service", "service, all", "service, loopback"],
)
def test_a_section_is_read(folder: Path, section: str, expected: Custody) -> None:
    """Each kind has its keys; relative paths begin at the file's folder."""
    found, lines = read(folder, section)
    assert lines == []
    assert _relative(found, folder) == expected
    assert found is not None
    opened = open_register(found, CLOCK, SystemChance()).unwrap()
    kinds = (FolderRegister, ExtractRegister, SoapRegister)
    assert isinstance(opened, kinds)


def _relative(found: Custody | None, folder: Path) -> Custody | None:
    def inside(path: Path | None) -> Path | None:
        return None if path is None else path.relative_to(folder)

    match found:
        case FolderCustody(path):
            return FolderCustody(path.relative_to(folder))
        case ExtractCustody(path, stands_for):
            return ExtractCustody(path.relative_to(folder), stands_for)
        case DgcprCustody(url=url, level=level, deadline=deadline):
            return DgcprCustody(
                url=url,
                id_card=inside(found.id_card),
                level=level,
                trusted=inside(found.trusted),
                deadline=deadline,
            )
        case None:
            return None


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ("", "kind"),
        ('kind = "cpr"', "kind"),
        ('kind = "folder"\npath = "nowhere"', "path"),
        ('kind = "folder"\npath = "register"\nurl = "x"', "url"),
        ('kind = "extract"\npath = "nowhere/extract.txt"', "path"),
        ('kind = "extract"\npath = "extract.txt"\nstands_for = "36 days"', "stands_for"),
        ('kind = "dgcpr"', "url"),
        ('kind = "dgcpr"\nurl = "http://cpr.example.dk/service"', "url"),
        ('kind = "dgcpr"\nurl = "https://user:word@cpr.example.dk/"', "url"),
        ('kind = "dgcpr"\nurl = "https://cpr.example.dk/a?b=c"', "url"),
        ('kind = "dgcpr"\nurl = "https://cpr.example.dk/a#b"', "url"),
        ('kind = "dgcpr"\nurl = "https://cpr.example.dk/a b"', "url"),
        (f'kind = "dgcpr"\nurl = "{URL}"\nlevel = 4', "level"),
        (f'kind = "dgcpr"\nurl = "{URL}"\nid_card_file = "c"\nlevel = 2', "level"),
        (f'kind = "dgcpr"\nurl = "{URL}"\ntrusted_file = "nowhere.pem"', "trusted_file"),
        (f'kind = "dgcpr"\nurl = "{URL}"\ndeadline = "61 s"', "deadline"),
    ],
    ids=range(16),
)
def test_a_section_is_refused(folder: Path, section: str, named: str) -> None:
    """What is missing, unknown or unsafe is refused by its setting's name."""
    _, lines = read(folder, section)
    assert len(lines) == 1
    assert f"[custody] {named}:" in lines[0]
    assert "word" not in lines[0]


def test_an_id_card_that_others_can_read_is_refused(folder: Path) -> None:
    """A secret that is there is its owner's alone; one that is not there yet is no fault."""
    section = f'kind = "dgcpr"\nurl = "{URL}"\nid_card_file = "card.xml"'
    assert read(folder, section)[1] == []
    _ = (folder / "card.xml").write_text("<a/>")
    (folder / "card.xml").chmod(0o640)
    _, lines = read(folder, section)
    assert len(lines) == 1
    assert "[custody] id_card_file: expected the path of a file that only its owner" in lines[0]
    (folder / "card.xml").chmod(0o600)
    assert read(folder, section)[1] == []


def test_a_file_without_certificates_is_refused(folder: Path) -> None:
    """Whom to trust must be said in PEM; a file of something else opens nothing."""
    _ = (folder / "ca.pem").write_text("trust me")
    found, _ = read(folder, f'kind = "dgcpr"\nurl = "{URL}"\ntrusted_file = "ca.pem"')
    assert found is not None
    opened = open_register(found, CLOCK, SystemChance())
    assert isinstance(opened, Failure)
    assert "trusted_file" in opened.failure()
    assert not list(check(found, CLOCK))[-1].is_well


# --- the check ------------------------------------------------------------------------------------


def checked(folder: Path, section: str) -> list[tuple[bool, str]]:
    """What the check of a section says."""
    found, _ = read(folder, section)
    assert found is not None
    return [(each.is_well, each.says) for each in check(found, CLOCK)]


def test_a_folder_is_checked(folder: Path) -> None:
    """A folder without answers is found."""
    section = 'kind = "folder"\npath = "register"'
    assert checked(folder, section) == [(False, "the folder of answers has 0 files")]
    _ = (folder / "register" / "1.xml").write_text("<a/>")
    assert checked(folder, section) == [(True, "the folder of answers has 1 files")]


def test_an_extract_is_checked(folder: Path) -> None:
    """An extract that is too old, cut off or not there is found, by its day."""
    section = 'kind = "extract"\npath = "extract.txt"\nstands_for = "3 days"'
    line = "the extract is whole, and 3 days old of 3 at most"
    assert checked(folder, section) == [(True, line)]
    old = x.extract([x.custody("2906980013", "0003")], produced="20261125")
    _ = (folder / "extract.txt").write_bytes(old)
    assert checked(folder, section) == [(False, line.replace("3 days old", "4 days old"))]
    _ = (folder / "extract.txt").write_bytes(old[:-8])
    assert checked(folder, section) == [(False, "the extract cannot be read (wrong_count)")]
    (folder / "extract.txt").unlink()
    assert checked(folder, section) == [(False, "the extract cannot be opened")]


def test_a_service_is_checked(folder: Path) -> None:
    """Whether the ID card can be used and anybody answers is found, and nobody is asked about."""
    with CustodyRegisterStandIn() as stand_in:
        section = f'kind = "dgcpr"\nurl = "{stand_in.url}"'
        assert checked(folder, section) == [(True, "the register answers")]
        with_card = f'{section}\nid_card_file = "card.xml"'
        (is_well, line), answers = checked(folder, with_card)
        assert not is_well
        assert line.startswith("the ID card cannot be used: expected a regular file")
        assert answers == (True, "the register answers")
        assert stand_in.questions == []
    assert checked(folder, section) == [(False, "the register answers (unreachable)")]
