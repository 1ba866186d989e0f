"""Writing a letter with a 2 MiB PDF as MeMo, raced against a tree of lxml, and what each takes.

Both come to the same XML, compared in canonical form first. The sink takes bytes and drops them, so
the disk is no part of it; the tree of lxml is what a program builds that thinks of XML as a tree.
"""

import tracemalloc
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from io import BytesIO
from random import Random  # noqa: TID251  the same bytes on every run, which nobody has to guess
from typing import Final

from lxml import etree

from eservices_adapters.mitdk.memo_writer import MemoVersion, Writable, write_memo
from eservices_core.post.memo import Document, Draft, File, IdType, Memo, Recipient, Sender
from eservices_core.testing.memory import copenhagen
from tests.benchmarks.racing import Contestant, Goal, Race, run

SIZE: Final = 2 * 1024 * 1024
EXTRA_MAX: Final = 2.5
"""MiB beside the file itself, as tracemalloc and lxml's own output count them."""

_NAMESPACE: Final = "https://DigitalPost.dk/MeMo-1"


class Drop:
    """A sink that keeps nothing."""

    def write(self, data: bytes, /) -> None:
        """Take some bytes."""


def letter() -> Memo:
    """Make a letter with a file of 2 MiB."""
    data = Random(1).randbytes(SIZE)  # noqa: S311  as above
    file = File("brev.pdf", "application/pdf", SIZE, partial(BytesIO, data))
    return Memo(
        Draft(
            uuid="8853363b-43ec-4d0a-a54d-65447f9447ed",
            created_at=copenhagen(2026, 11, 23, 8),
            label="Indkaldelse & svar",
            sender=Sender("12345678", "Clinic One"),
            recipient=Recipient(IdType.CPR, "0709614606"),
            main=Document((file,)),
        )
    )


def ours(memo: Memo, sink: Writable) -> None:
    """Write it as it goes."""
    write_memo(memo, MemoVersion.V1_1, sink)


def by_tree(memo: Memo, sink: Writable) -> None:
    """Build a tree, and write that."""
    draft = memo.draft
    root = etree.Element(
        _tag("Message"),
        {"memoVersion": "1.1", "memoSchVersion": "1.1.0"},
        nsmap={"memo": _NAMESPACE},
    )
    header = etree.SubElement(root, _tag("MessageHeader"))
    _leaf(header, "messageType", "DIGITALPOST")
    _leaf(header, "messageUUID", draft.uuid)
    _leaf(header, "label", draft.label)
    _leaf(header, "mandatory", "false")
    _leaf(header, "legalNotification", "false")
    sender = etree.SubElement(header, _tag("Sender"))
    _leaf(sender, "senderID", draft.sender.cvr)
    _leaf(sender, "idType", "CVR")
    _leaf(sender, "label", draft.sender.label)
    recipient = etree.SubElement(header, _tag("Recipient"))
    _leaf(recipient, "recipientID", draft.recipient.id)
    _leaf(recipient, "idType", "CPR")
    body = etree.SubElement(root, _tag("MessageBody"))
    _leaf(body, "createdDateTime", "2026-11-23T07:00:00Z")
    file = draft.main.files[0]
    element = etree.SubElement(etree.SubElement(body, _tag("MainDocument")), _tag("File"))
    _leaf(element, "encodingFormat", file.media_type)
    _leaf(element, "filename", file.name)
    _leaf(element, "language", file.language)
    _leaf(element, "content", b64encode(file.open().read(file.size)).decode("ascii"))
    _ = sink.write(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _leaf(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, _tag(name)).text = text


def memory(write: Callable[[Memo, Writable], None], memo: Memo) -> float:
    """Give the most that Python holds while a letter is written, in MiB."""
    tracemalloc.start()
    try:
        write(memo, Drop())
        return tracemalloc.get_traced_memory()[1] / 1024 / 1024
    finally:
        tracemalloc.stop()


OURS: Final = "write_memo, streamed"
TREE: Final = "a tree of lxml"

GOALS: Final = (Goal("a letter of 2 MiB, faster than a tree of lxml", TREE, OURS, at_least=2),)


def race(rounds: int) -> Race:
    """Compare what both write and what both take, then race."""
    memo = letter()
    written = [BytesIO(), BytesIO()]
    ours(memo, written[0])
    by_tree(memo, written[1])
    one, other = (
        etree.tostring(etree.fromstring(each.getvalue(), _huge()), method="c14n")
        for each in written
    )
    assert one == other, "both come to the same XML"
    took, tree_took = memory(ours, memo), memory(by_tree, memo)
    assert took <= EXTRA_MAX, f"{took:.1f} MiB beside the file"
    title = (
        f"A letter with a PDF of 2 MiB as MeMo, in {took:.2f} MiB of Python's memory, the tree in "
        f"{tree_took:.1f} MiB and what C holds beside; nanoseconds a call"
    )
    sink = Drop()
    contestants = (
        Contestant(OURS, ((partial(_into, sink, ours), [memo]),)),
        Contestant(TREE, ((partial(_into, sink, by_tree), [memo]),)),
    )
    return run(title, contestants, GOALS, rounds)


def _into(sink: Writable, write: Callable[[Memo, Writable], None], memo: Memo) -> None:
    write(memo, sink)


def _huge() -> etree.XMLParser:
    return etree.XMLParser(huge_tree=True)
