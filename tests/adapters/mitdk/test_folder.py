import os
import stat
from datetime import datetime
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve
from lxml import etree

from eservices_adapters.mitdk import folder as module
from eservices_adapters.mitdk.folder import FolderPost
from eservices_adapters.mitdk.memo_writer import MemoVersion
from eservices_core.ports.digital_post import Accepted, Doubt, NoAnswer, Rejected
from eservices_core.post.letter import Says
from eservices_core.post.memo import Document, Memo
from eservices_core.post.sending import Reach
from eservices_core.testing.contracts import DigitalPostContract, PostUnderTest
from eservices_core.testing.contracts.digital_post import a_message
from eservices_core.testing.ledger_examples import AT
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId
from tests.adapters.mitdk.receipts import WORDS, stamp, status

ANNA = CivilNumber.parse("0709614606").unwrap()
LETTER = LetterId.from_entropy(b"\x07" * 16)


@pytest.fixture
def post(tmp_path: Path) -> FolderPost:
    """Digital post over folders that are not there yet."""
    return FolderPost(tmp_path / "out", tmp_path / "in", tmp_path / "reach.toml")


def lay(post: FolderPost, content: bytes, name: str = "a.xml", at: int = 1_000) -> Path:
    """Lay a receipt into the folder."""
    post.receipts_folder.mkdir(exist_ok=True)
    path = post.receipts_folder / name
    _ = path.write_bytes(content)
    os.utime(path, ns=(at, at))
    return path


class TestFolderPost(DigitalPostContract):
    @pytest.fixture
    def under_test(self, post: FolderPost) -> PostUnderTest:
        """Digital post over a folder."""
        known: dict[str, str] = {}
        numbers = count(1)

        def know(person: CivilNumber, reach: Reach) -> None:
            known[person.reveal()] = reach.value
            lines = "".join(f'"{number}" = "{word}"\n' for number, word in known.items())
            assert post.reach_file is not None
            _ = post.reach_file.write_text(f"[reach]\n{lines}")

        def arrive(letter: LetterId, says: Says, at: datetime) -> None:
            number = next(numbers)
            content = status(str(letter), WORDS[says], stamp(at)).encode()
            _ = lay(post, content, f"{number:04}.xml", number * 1_000)

        def lay_bytes(content: bytes) -> None:
            number = next(numbers)
            _ = lay(post, content, f"{number:04}.xml", number * 1_000)

        return PostUnderTest(
            post,
            know,
            lambda: tuple((each.name, each.read_bytes()) for each in sorted(post.out.iterdir())),
            arrive,
            again=lambda: evolve(post),
            lay=lay_bytes,
        )


def test_a_message_is_a_file_of_its_owner_s(post: FolderPost) -> None:
    """S-POST-1, D-LOG-1: named by its UUID, readable by nobody else, and nothing else is left."""
    assert post.send(a_message(LETTER)) == Accepted()
    (path,) = post.out.iterdir()
    assert path.name == f"{LETTER}.xml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(post.out.stat().st_mode) == 0o700
    assert etree.parse(str(path)).getroot().get("memoVersion") == "1.1"


def test_the_version_is_chosen(post: FolderPost) -> None:
    """D-POST-3: the installation says which MeMo is written."""
    newer = evolve(post, version=MemoVersion.V1_2)
    assert newer.send(a_message(LETTER)) == Accepted()
    root = etree.parse(str(post.out / f"{LETTER}.xml")).getroot()
    assert dict(root.attrib) == {"memoVersion": "1.2"}


def test_a_folder_that_cannot_be_written_is_not_now(post: FolderPost, tmp_path: Path) -> None:
    """D-POST-1: nothing is in place, so it is tried again."""
    _ = (tmp_path / "out").write_text("in the way")
    assert post.send(a_message()) is NoAnswer.NOT_NOW
    nowhere = evolve(post, out=tmp_path / "no" / "out")
    assert nowhere.send(a_message()) is NoAnswer.NOT_NOW


def test_a_disk_that_is_full_leaves_nothing(
    post: FolderPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-POST-1: a message that could not be written whole is not there in part."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_memo", full)
        assert post.send(a_message()) is NoAnswer.NOT_NOW
    with monkeypatch.context() as patch:
        patch.setattr(module.os, "link", full)
        assert post.send(a_message()) is NoAnswer.NOT_NOW
    assert list(post.out.iterdir()) == []


def test_a_folder_that_does_not_sync_is_ambiguous(
    post: FolderPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-POST-1: it is in place, and may not outlive a loss of power; tried again it is one."""

    def broken(_: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(module, "sync_folder", broken)
        assert post.send(a_message()) is NoAnswer.AMBIGUOUS
    assert post.send(a_message()) == Accepted()
    assert len(list(post.out.iterdir())) == 1


def test_a_file_that_changed_meanwhile_is_rejected(post: FolderPost) -> None:
    """faults: 169. A size that lies leaves nothing behind."""
    draft = a_message().draft
    file = evolve(draft.main.files[0], open=partial(BytesIO, b"x"))
    message = Memo(evolve(draft, main=Document((file,))))
    assert post.send(message) == Rejected("file_changed")
    assert list(post.out.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reach"),
    [
        (None, Reach.SILENT),
        (b"", Reach.SILENT),
        (b"reach = 1", Reach.SILENT),
        (b"[reach]\n", Reach.UNKNOWN),
        (b'[reach]\n"0709614606" = "sometimes"', Reach.SILENT),
        (b'[reach]\n"0709614606" = 1', Reach.SILENT),
        (b"\xff", Reach.SILENT),
        (b"[reach\n", Reach.SILENT),
        (b"#" * 5_000_000, Reach.SILENT),
        (b'[reach]\n"0709614606" = "closed"', Reach.CLOSED),
    ],
)
def test_what_cannot_be_read_says_nothing_of_anybody(
    post: FolderPost, content: bytes | None, reach: Reach
) -> None:
    """D-POST-2: a file that is spoilt or missing is silence; who is not in it is unknown."""
    assert post.reach_file is not None
    if content is not None:
        _ = post.reach_file.write_bytes(content)
    assert post.reach(ANNA) is reach
    assert evolve(post, reach_file=None).reach(ANNA) is Reach.SILENT


def test_two_receipts_alike_are_two(post: FolderPost) -> None:
    """D-POST-1: receipts repeat; each file is one, and is done for itself."""
    content = status().encode()
    _, second = lay(post, content, "a.xml"), lay(post, content, "b.xml")
    one, other = post.receipts(10)
    assert one.name != other.name
    post.done(one)
    assert post.receipts(10) == (other,)
    assert second.exists()


def test_a_receipt_under_an_old_name_is_another_one(post: FolderPost) -> None:
    """D-POST-1: what was laid over a receipt meanwhile is not done with it."""
    _ = lay(post, status().encode())
    (old,) = post.receipts(10)
    _ = lay(post, status(word=WORDS[Says.FAILED]).encode())
    post.done(old)
    (new,) = post.receipts(10)
    assert new.says is Says.FAILED


def test_what_is_done_is_kept(post: FolderPost) -> None:
    """D-POST-1: it lies in `done`, under a name that nobody else has."""
    _ = lay(post, status().encode())
    (receipt,) = post.receipts(10)
    post.done(receipt)
    assert [each.name for each in (post.receipts_folder / "done").iterdir()] == [
        f"{receipt.name}.xml"
    ]


def test_only_receipts_are_looked_at(post: FolderPost) -> None:
    """faults: 168. Folders, pipes and other names are left alone; what is unreadable says so."""
    path = lay(post, b"<a/>")
    _ = lay(post, status().encode(), "note.txt")
    (post.receipts_folder / "folder.xml").mkdir()
    os.mkfifo(post.receipts_folder / "pipe.xml")
    (receipt,) = post.receipts(10)
    assert (receipt.doubt, receipt.letter) == (Doubt.UNREADABLE, None)
    assert receipt.at.timestamp() == pytest.approx(path.stat().st_mtime)


def test_a_stage_of_paper_is_a_doubt(post: FolderPost) -> None:
    """D-POST-1: it names its letter, and says nothing of it."""
    _ = lay(post, status(word="Afsendt Fjernprint", at=stamp(AT)).encode())
    (receipt,) = post.receipts(10)
    assert (receipt.says, receipt.doubt, receipt.at) == (None, Doubt.OTHER_STATUS, AT)
