"""MinLog as files: whole lines, each registration once, and only its owner reads them."""

import json
import stat
from pathlib import Path

import pytest

from eservices_adapters.min_log.folder import FolderMinLog
from eservices_core.ports.ledger import ByStaff
from eservices_core.ports.min_log import MinLog
from eservices_core.testing.contracts.min_log import MinLogContract, a_registration
from eservices_core.testing.ledger_examples import CLINIC as EXAMPLE
from eservices_core.testing.memory.min_log import MemoryMinLog
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.desk import SeeDesk, see_desk
from eservices_core.usecases.export_min_log import export_min_log
from eservices_core.usecases.why_not_login import WhyNotLogin, why_not_login
from tests.usecases.book_day import BookDay, wall


class TestMemoryMinLog(MinLogContract):
    @pytest.fixture
    def min_log(self) -> MinLog:
        """One in memory."""
        return MemoryMinLog()


class TestFolderMinLog(MinLogContract):
    @pytest.fixture
    def min_log(self, tmp_path: Path) -> MinLog:
        """One in a folder."""
        return FolderMinLog(tmp_path)


def _lines(folder: Path) -> list[int]:
    text = (folder / f"{EXAMPLE}.jsonl").read_text("ascii")
    return [json.loads(line)["position"] for line in text.splitlines()]


def test_what_a_crash_cut_off_is_written_again(tmp_path: Path) -> None:
    """A line that was cut off anywhere is not read, and is whole after the next round."""
    FolderMinLog(tmp_path).register((a_registration(1), a_registration(2)))
    path = tmp_path / f"{EXAMPLE}.jsonl"
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(len(whole)):
        _ = path.write_bytes(whole[:cut])
        log = FolderMinLog(tmp_path)
        assert log.taken_through(EXAMPLE) == (1 if cut >= first else 0)
        log.register((a_registration(1), a_registration(2)))
        assert path.read_bytes() == whole
    assert _lines(tmp_path) == [1, 2]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    """D-LOG-1: CPR numbers lie in these files, so nobody else can open them."""
    FolderMinLog(tmp_path).register((a_registration(1),))
    assert stat.S_IMODE((tmp_path / f"{EXAMPLE}.jsonl").stat().st_mode) == 0o600
    assert "0709614606" not in repr(a_registration(1))


def test_what_staff_saw_is_registered_once() -> None:
    """D-LOG-1: each look of staff at a patient is registered once, with role and purpose."""
    day, min_log = BookDay(), MemoryMinLog()
    anna = day.comes("0709614606", "anna")
    _ = day.requested(anna, wall(10))
    for _ in range(2):
        _ = see_desk(day.services, SeeDesk(key=day.key(), by=day.by_staff, staff=day.staff))
        _ = export_min_log(day.services, day.ledger, min_log, CLINIC)
    assert [(one.what, one.purpose, one.role) for one in min_log.taken] == [
        ("see_desk", "desk", "clinic_staff")
    ] * 2
    assert {one.about.reveal() for one in min_log.taken} == {"0709614606"}
    assert {one.organisation for one in min_log.taken} == {"Clinic One"}
    assert day.staff.staff.value not in repr(min_log.taken)
    assert export_min_log(day.services, day.ledger, min_log, CLINIC) == 0


def test_a_refused_look_is_nobody_s_registration() -> None:
    """D-LOG-2: who was refused saw nothing, so nothing is registered for the other clinic."""
    day, min_log = BookDay(), MemoryMinLog()
    anna = day.comes("0709614606", "anna")
    asked = WhyNotLogin(
        key=day.key(), by=ByStaff(day.other_staff), staff=day.other_staff, user=anna.user
    )
    _ = why_not_login(day.services, asked)
    assert export_min_log(day.services, day.ledger, min_log, OTHER_CLINIC) == 0
