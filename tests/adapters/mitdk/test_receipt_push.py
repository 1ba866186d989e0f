import stat
from pathlib import Path

import pytest
from lxml import etree

from eservices_adapters.mitdk import receipt_folder
from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.receipt_push import Acknowledgement, Status, take
from eservices_adapters.mitdk.small_xml import MAX_BYTES
from eservices_core.ports.digital_post import Doubt
from eservices_core.post.letter import Says
from tests.adapters.mitdk.receipts import WORDS, enveloped, status

PATH = "{urn:oio:sagdok:3.0.0}StandardRetur/{urn:oio:sagdok:3.0.0}"


@pytest.fixture
def inbox(tmp_path: Path) -> ReceiptFolder:
    """A folder that is not there yet."""
    return ReceiptFolder(tmp_path / "receipts")


def said(answer: Acknowledgement) -> str | None:
    """Give the code that the sender reads."""
    root = etree.fromstring(answer.body)
    assert root.tag == "{urn:oio:sts:1.0.0}ModtagBeskedOutput"
    return root.findtext(f"{PATH}StatusKode")


def test_what_is_acknowledged_is_kept(inbox: ReceiptFolder) -> None:
    """D-POST-1: 20 means that it lies there, its owner's alone, and that a worker is given it."""
    answer = take(enveloped(status().encode()), inbox)
    assert (answer.status, answer.http, said(answer)) == (Status.KEPT, 200, "20")
    (receipt,) = inbox.receipts(10)
    assert receipt.says is Says.DELIVERED
    (path,) = inbox.path.glob("*.xml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(inbox.path.stat().st_mode) == 0o700
    assert len(list(inbox.path.iterdir())) == 1


def test_what_comes_twice_is_kept_once(inbox: ReceiptFolder) -> None:
    """D-POST-1, faults: 172. A push whose acknowledgement was lost comes again, and is one."""
    document = enveloped(status().encode())
    assert [take(document, inbox).http for _ in range(3)] == [200, 200, 200]
    (receipt,) = inbox.receipts(10)
    inbox.done(receipt)
    assert take(document, inbox).http == 200
    (again,) = inbox.receipts(10)
    assert again == receipt  # the same name, so its command is known already


def test_they_lie_in_the_order_in_which_they_came(inbox: ReceiptFolder) -> None:
    """D-POST-1: however slowly the disk's clock ticks."""
    words = [WORDS[says] for says in Says] * 5
    for number, word in enumerate(words):
        document = status(word=word, at=f"2026-11-23T08:00:{number:02}Z").encode()
        assert take(document, inbox).status is Status.KEPT
    assert [WORDS[one.says] for one in inbox.receipts(100) if one.says] == words


def test_what_is_no_receipt_is_kept_for_people(inbox: ReceiptFolder) -> None:
    """D-POST-1: it is acknowledged, or it would come for ever, and somebody has to look."""
    assert take(b"<a/>", inbox).status is Status.KEPT
    (receipt,) = inbox.receipts(10)
    assert receipt.doubt is Doubt.UNREADABLE


def test_what_is_too_large_is_not_kept(inbox: ReceiptFolder) -> None:
    """faults: 168. A sender cannot fill the disk in one go."""
    answer = take(b" " * (MAX_BYTES + 1), inbox)
    assert (answer.status, answer.http, said(answer)) == (Status.NOT_KEPT, 413, "40")
    assert not inbox.path.exists()


def test_a_disk_that_refuses_is_told(inbox: ReceiptFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """D-POST-1: what is not on the disk is not acknowledged, so that it comes again."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left")

    document = status().encode()
    with monkeypatch.context() as patch:
        patch.setattr(receipt_folder, "sync_folder", full)
        answer = take(document, inbox)
        assert (answer.status, answer.http, said(answer)) == (Status.NOT_KEPT, 503, "40")
    with monkeypatch.context() as patch:
        patch.setattr(receipt_folder, "write_temporary", full)
        assert take(status(word="Fejlet").encode(), inbox).http == 503
    assert take(document, inbox).http == 200
