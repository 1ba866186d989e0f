import time
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.mitdk.receipt_xml import PostStatus, Unreadable, read_receipt
from eservices_adapters.mitdk.small_xml import MAX_BYTES
from eservices_core.outcome import Failure, Success
from eservices_core.ports.digital_post import NO_CODE
from eservices_core.post.letter import Says
from eservices_core.words.identifiers import LetterId
from tests.adapters.mitdk.receipts import UUID, WORDS, enveloped, status

AT = datetime(2026, 11, 23, 8, 0, 0, 154_000, tzinfo=UTC)


def read(text: str | bytes) -> PostStatus:
    """Read a receipt that is one."""
    return read_receipt(text.encode() if isinstance(text, str) else text).unwrap()


def is_unreadable(document: bytes) -> bool:
    """Whether nothing is believed of a document."""
    return read_receipt(document) == Failure(Unreadable())


@pytest.mark.parametrize("says", Says)
def test_a_receipt_says_one_of_three_things(says: Says) -> None:
    """D-POST-1: 'Modtaget' is received and not delivered; 'Afleveret' is delivered."""
    assert read(status(word=WORDS[says])) == PostStatus(LetterId(UUID), says, AT, NO_CODE)


@pytest.mark.parametrize(
    "name", ["PKO_PostStatus.success.decoded.xml", "PostStatusBeskedModtag.success.xml"]
)
def test_the_published_samples_are_read(shared_data: Path, name: str) -> None:
    """D-POST-1: alone, and in the envelope with its payload in a namespace of its own."""
    content = (shared_data / "digital_post" / "sf1461-receipts" / name).read_bytes()
    said = read(content)
    assert said.letter == LetterId("8853363b-43ec-4d0a-a54d-65447f9447ed")
    assert said.says is Says.DELIVERED
    assert said.at == datetime(2023, 2, 13, 11, 22, 5, 154_000, tzinfo=UTC)


def test_an_envelope_holds_a_receipt() -> None:
    """D-POST-1: what is pushed is the same receipt; in the envelope's own namespace it is none."""
    assert read(enveloped(status().encode())) == read(status())
    assert is_unreadable(enveloped(status().encode(), "urn:oio:besked:kuvert:1.0"))
    assert is_unreadable(enveloped(b"<a/>"))
    assert is_unreadable(enveloped(enveloped(status().encode())))
    broken = enveloped(b"abc").replace(b"YWJj", b"Y*Jj")
    assert is_unreadable(broken)
    twice = enveloped(status().encode()).replace(
        b"</k:Beskeddata>", b"</k:Beskeddata><k:Beskeddata/>"
    )
    assert is_unreadable(twice)


def test_a_failure_has_its_code() -> None:
    """D-POST-1, D-LOG-1: a code that is one is kept, a sentence is not."""
    failed = WORDS[Says.FAILED]
    assert read(status(word=failed, code="memo.invalid")).code == "memo.invalid"
    assert read(status(word=failed, code="Tag name mandatory is not allowed")).code == "other"
    assert read(status(word=failed)).code == NO_CODE


def test_another_stage_is_named_as_such() -> None:
    """D-POST-1: a stage of paper post is a receipt that says nothing of our letter."""
    assert read(status(word="Afleveret Fjernprint")).says is None


def test_a_uuid_is_one_whatever_its_case() -> None:
    """D-POST-1: receivers write UUIDs in capitals, too."""
    assert read(status(UUID.upper())).letter == LetterId(UUID)


@pytest.mark.parametrize(
    "text",
    [
        status(uuid="not a uuid"),
        status(uuid=f"{UUID}0"),
        status(uuid=""),
        status(word=""),
        status(at="2026-11-23T08:00:00"),
        status(at="yesterday"),
        status(more=f"<MessageUUID>{UUID}</MessageUUID>"),
        status(uuid=f"8853363b<!-- -->{UUID[8:]}"),
        status(uuid=f"<b>{UUID}</b>"),
        status().replace("PKO_PostStatus/1", "PKO_PostStatus/2"),
        status().replace("MessageUUID>", "MessageId>"),
        status()[:-5],
        "",
        "<a/>",
    ],
)
def test_what_is_not_whole_is_not_believed(text: str) -> None:
    """faults: 169. Missing, doubled, interrupted, of another kind: unreadable, and no more."""
    assert is_unreadable(text.encode())


HOSTILE = {
    "laughs": b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + status("&b;").encode(),
    "file": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + status("&a;").encode(),
    "dtd": b'<!DOCTYPE PKO_PostStatus SYSTEM "http://127.0.0.1:9/a.dtd">' + status().encode(),
    "cdata": status(f"<![CDATA[{UUID}]]>").encode(),
    "utf-16": status().encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="utf-7"?>' + status("+ADw-").encode(),
    "latin-1": status(word="Afl\xe6veret").encode("latin-1"),
    "depth": b"<a>" * 20_000,
    "attributes": b"<a " + b" ".join(b"b%d='c'" % number for number in range(5_000)) + b"/>",
    "large": status(more=" " * MAX_BYTES).encode(),
    "include": status(
        more='<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/hostname"/>'
    )
    .replace(UUID, "")
    .encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_at_once(name: str) -> None:
    """faults: 168. In under a second, within 64 MB, and with nothing outside it looked at."""
    tracemalloc.start()
    begun = time.perf_counter()
    try:
        assert is_unreadable(HOSTILE[name])
        assert time.perf_counter() - begun < 1
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()
    assert is_unreadable(enveloped(HOSTILE[name]))


@given(st.binary(max_size=300))
def test_noise_raises_nothing(document: bytes) -> None:
    """faults: 168. Whatever bytes come, the answer is a value."""
    assert is_unreadable(document)


@given(st.integers(0, 600), st.binary(max_size=3))
def test_a_damaged_receipt_raises_nothing(place: int, noise: bytes) -> None:
    """faults: 169. Whatever is overwritten in a receipt, it is read or it is not."""
    whole = status().encode()
    read_back = read_receipt(whole[:place] + noise + whole[place + len(noise) :])
    assert isinstance(read_back, Success | Failure)


def test_a_status_that_is_wrapped_is_not_read() -> None:
    """faults: 173. Beside a true receipt, inside it, or in an envelope's other parts: one place."""
    true, forged = status(), status(word=WORDS[Says.FAILED])
    expected = read(true)
    # Moved into an element that a signature would still cover, and a forged one in its place.
    assert read(status(more=f"<Signature>{forged}</Signature>")) == expected
    assert is_unreadable(f"<Wrapper>{forged}{true}</Wrapper>".encode())
    assert is_unreadable((true + forged).encode())
    whole = enveloped(true.encode()).decode()
    inner = enveloped(forged.encode()).decode().partition("<k:Haendelsesbesked>")[2]
    event = inner.partition("</k:Haendelsesbesked>")[0]
    beside = whole.replace("</s:Mod", f"<k:Haendelsesbesked>{event}</k:Haendelsesbesked></s:Mod")
    assert is_unreadable(beside.encode())
    elsewhere = whole.replace(
        "<k:Haendelsesbesked>", f"<k:Andet>{event}</k:Andet><k:Haendelsesbesked>"
    )
    assert read(elsewhere) == expected
