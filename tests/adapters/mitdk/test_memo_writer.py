import tracemalloc
from datetime import datetime, timedelta, timezone
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from lxml import etree

from eservices_adapters.mitdk.memo_writer import FileChanged, MemoVersion, write_memo
from eservices_core.post.memo import Document, File, Memo
from eservices_core.testing.strategies.post import memos
from tests.post.test_memo import DRAFT, FILE, PDF

MEMO = "{https://DigitalPost.dk/MeMo-1}"
FOLDERS = {MemoVersion.V1_1: "memo-1.1-xsd", MemoVersion.V1_2: "memo-1.2-derived-xsd"}


def written(memo: Memo, version: MemoVersion = MemoVersion.V1_1) -> bytes:
    """Write a message to bytes."""
    sink = BytesIO()
    write_memo(memo, version, sink)
    return sink.getvalue()


def read(content: bytes) -> etree._Element:
    """Read it back, as a receiver that knows nothing of us."""
    return etree.fromstring(content)


@pytest.fixture(scope="module")
def schemas(shared_data: Path) -> dict[MemoVersion, etree.XMLSchema]:
    """The official schema of 1.1, and the one derived for 1.2."""
    folder = shared_data / "digital_post"
    return {
        version: etree.XMLSchema(etree.parse(str(folder / name / "MeMo_core.xsd")))
        for version, name in FOLDERS.items()
    }


@settings(max_examples=1_000)
@given(memo=memos())
def test_every_message_is_valid(schemas: dict[MemoVersion, etree.XMLSchema], memo: Memo) -> None:
    """D-POST-3: a thousand drawn letters are valid MeMo, 1.1 and 1.2."""
    for version, schema in schemas.items():
        schema.assertValid(read(written(memo, version)))


def test_the_schema_can_say_no(schemas: dict[MemoVersion, etree.XMLSchema]) -> None:
    """D-POST-3: a message of 1.2 is none of 1.1, so the schemas look."""
    content = written(Memo(DRAFT), MemoVersion.V1_2)
    assert not schemas[MemoVersion.V1_1].validate(read(content))
    broken = content.replace(b"<memo:mandatory>false</memo:mandatory>", b"")
    late = b"</memo:Sender><memo:mandatory>false</memo:mandatory>"
    moved = broken.replace(b"</memo:Sender>", late)
    assert not schemas[MemoVersion.V1_2].validate(read(moved))


@given(memos())
def test_a_reader_gets_what_was_written(memo: Memo) -> None:
    """D-POST-3: every text comes back as it was, whatever XML thinks of its characters."""
    draft = memo.draft
    root = read(written(memo))
    header, body = root
    assert header.findtext(f"{MEMO}messageUUID") == draft.uuid
    assert header.findtext(f"{MEMO}label") == draft.label
    assert header.findtext(f"{MEMO}notification") == draft.notification
    assert header.findtext(f"{MEMO}Recipient/{MEMO}recipientID") == draft.recipient.id
    assert header.findtext(f"{MEMO}Recipient/{MEMO}idType") == draft.recipient.id_type.value
    assert header.findtext(f"{MEMO}Sender/{MEMO}senderID") == draft.sender.cvr
    assert header.findtext(f"{MEMO}Sender/{MEMO}label") == draft.sender.label
    documents = body.findall(f"{MEMO}MainDocument") + body.findall(f"{MEMO}AdditionalDocument")
    assert len(documents) == 1 + len(draft.more)
    names = [file.text for file in body.iter(f"{MEMO}filename")]
    assert names == [file.name for file in draft.files]
    actions = [action for document in (draft.main, *draft.more) for action in document.actions]
    assert [one.findtext(f"{MEMO}label") for one in body.iter(f"{MEMO}Action")] == [
        action.label for action in actions
    ]


@given(memos())
def test_a_reader_gets_the_files(memo: Memo) -> None:
    """D-POST-3: the base64 of pieces is the base64 of the whole."""
    from base64 import b64decode  # noqa: PLC0415  here alone

    root = read(written(memo))
    contents = [b64decode(each.text or "", validate=True) for each in root.iter(f"{MEMO}content")]
    assert contents == [file.open().read(file.size + 1) for file in memo.draft.files]


@given(memos())
def test_the_same_message_is_the_same_bytes(memo: Memo) -> None:
    """D-POST-1: what is written depends on the message and the version alone."""
    assert written(memo) == written(memo)


def test_the_header_is_in_its_order() -> None:
    """D-POST-3: receivers refuse another order; a private sender's two words are 'false'."""
    header = read(written(Memo(evolve(DRAFT, not_before=DRAFT.created_at.date()))))[0]
    assert [etree.QName(child).localname for child in header] == [
        "messageType",
        "messageUUID",
        "label",
        "notification",
        "doNotDeliverUntilDate",
        "mandatory",
        "legalNotification",
        "Sender",
        "Recipient",
    ]
    assert header.findtext(f"{MEMO}messageType") == "DIGITALPOST"
    assert header.findtext(f"{MEMO}mandatory") == "false"
    assert header.findtext(f"{MEMO}legalNotification") == "false"
    assert header.findtext(f"{MEMO}doNotDeliverUntilDate") == "2026-11-23"


@pytest.mark.parametrize(
    ("version", "attributes"),
    [
        (MemoVersion.V1_1, {"memoVersion": "1.1", "memoSchVersion": "1.1.0"}),
        (MemoVersion.V1_2, {"memoVersion": "1.2"}),
    ],
)
def test_versions_differ_in_their_attributes(
    version: MemoVersion, attributes: dict[str, str]
) -> None:
    """D-POST-3: 1.1 names its schema's version, 1.2 does not."""
    assert dict(read(written(Memo(DRAFT), version)).attrib) == attributes


def test_the_prefix_is_memo_everywhere() -> None:
    """D-POST-3: receivers look for the prefix in so many letters; there is no default namespace."""
    content = written(Memo(DRAFT))
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<memo:Message xmlns:memo=')
    assert b"xmlns=" not in content
    assert content.count(b"xmlns") == 1
    root = read(content)
    assert {each.prefix for each in root.iter()} == {"memo"}


def test_times_are_utc() -> None:
    """D-POST-3: nine in Copenhagen in winter is eight, Z; a fraction is not written."""
    copenhagen = datetime(2026, 11, 23, 9, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    root = read(written(Memo(evolve(DRAFT, created_at=copenhagen))))
    assert root.findtext(f".//{MEMO}createdDateTime") == "2026-11-23T08:00:00Z"
    reservation = root.find(f".//{MEMO}Reservation")
    assert reservation is not None
    assert [(etree.QName(each).localname, each.text) for each in reservation] == [
        ("description", "Kontrol"),
        ("reservationUUID", DRAFT.uuid),
        ("abstract", "Årskontrol"),
        ("location", "Testvej 1"),
        ("startDateTime", "2026-11-23T08:00:00Z"),
        ("endDateTime", "2026-11-23T08:20:00Z"),
        ("organizerName", "Klinikken"),
    ]


def test_an_action_is_an_appointment_or_a_link() -> None:
    """D-POST-3: AFTALE with its reservation, and a link as an entry point."""
    first, second = read(written(Memo(DRAFT))).iter(f"{MEMO}Action")
    assert first.findtext(f"{MEMO}actionCode") == "AFTALE"
    assert first.find(f"{MEMO}EntryPoint") is None
    assert second.findtext(f"{MEMO}actionCode") == "INFORMATION"
    assert second.findtext(f"{MEMO}EntryPoint/{MEMO}url") == "https://example.dk/side?a=1#b"


def test_no_element_can_hold_an_e_mail_address() -> None:
    """S-MAIL-2: neither organizerMail nor EMail nor ContactPoint is ever written."""
    names = {etree.QName(each).localname for each in read(written(Memo(DRAFT))).iter()}
    assert not names & {"organizerMail", "EMail", "emailAddress", "ContactPoint", "ContactInfo"}


class _Drop:
    """A sink that keeps nothing."""

    def __init__(self) -> None:
        self.largest = 0

    def write(self, data: bytes, /) -> None:
        self.largest = max(self.largest, len(data))


class _Slow(BytesIO):
    """Gives a few bytes at a time, as a pipe does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 1_000))


def with_file(file: File) -> Memo:
    """Make a message of one file."""
    return Memo(evolve(DRAFT, main=Document((file,)), more=()))


def test_a_source_may_give_a_little_at_a_time() -> None:
    """D-POST-3: however the bytes come, what is written is the same."""
    data = bytes(range(256)) * 1_000
    whole = evolve(FILE, size=len(data), open=partial(BytesIO, data))
    slow = evolve(FILE, size=len(data), open=partial(_Slow, data))
    assert written(with_file(whole)) == written(with_file(slow))


@pytest.mark.parametrize("by", [-1, 1, -49_152, 100_000])
@pytest.mark.parametrize("kind", [BytesIO, _Slow])
def test_a_file_that_changed_is_no_message(kind: type[BytesIO], by: int) -> None:
    """faults: 169. A size that lies is noticed, whichever way."""
    data = PDF + bytes(100_000)
    file = evolve(FILE, size=len(data) + by, open=partial(kind, data))
    with pytest.raises(FileChanged):
        _ = written(with_file(file))


def test_a_large_file_is_never_in_memory() -> None:
    """speed: 9. Ten megabytes are written with less than half a megabyte of memory."""
    size = 10_000_000

    class Zeros:
        def __init__(self) -> None:
            self.left = size

        def read(self, wanted: int, /) -> bytes:
            given = min(wanted, self.left)
            self.left -= given
            return bytes(given)

    memo = with_file(evolve(FILE, size=size, open=Zeros))
    sink = _Drop()
    tracemalloc.start()
    try:
        write_memo(memo, MemoVersion.V1_1, sink)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 500_000
    assert sink.largest <= 65_536
