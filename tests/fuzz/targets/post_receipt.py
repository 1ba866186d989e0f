"""A receipt of digital post: PKO_PostStatus, alone or in the envelope it is pushed in."""

from collections.abc import Hashable

from eservices_adapters.mitdk.receipt_xml import read_receipt
from eservices_core.outcome import Failure
from eservices_core.post.letter import Says
from tests.adapters.mitdk.receipts import WORDS, enveloped, status
from tests.fuzz.target import Target


def _seeds() -> list[bytes]:
    plain = [status(word=word).encode() for word in WORDS.values()]
    failed = status(word=WORDS[Says.FAILED], code="memo.invalid").encode()
    return [*plain, failed, status(word="Afsendt Fjernprint").encode(), enveloped(failed)]


def _attempt(content: bytes) -> Hashable:
    outcome = read_receipt(content)
    if isinstance(outcome, Failure):
        return outcome.failure()
    said = outcome.unwrap()
    return (said.says, said.code == "none", said.code == "other")


TARGET = Target(
    "post-receipt",
    _attempt,
    _seeds,
    words=(
        *(b"<!DOCTYPE a>", b"<!ENTITY x 'y'>", b"&x;", b"&#48;", b"<!--", b"-->", b"<![CDATA["),
        *(b"]]>", b"<?x?>", b'<?xml version="1.0" encoding="utf-16"?>', b" xmlns='x'", b"<a>"),
        *(b"</a>", b"Fejlet", b"Modtaget Digital Post", b"2026-02-30", b"+14:00", b" a='b'"),
        *(b"urn:besked:kuvert:1.0", b"urn:oio:besked:kuvert:1.0", b"PEE+", b"=", b"9999-12-31"),
    ),
)
