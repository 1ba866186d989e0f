"""What PostForespoerg answers: JSON with `result`."""

from collections.abc import Hashable

from eservices_adapters.mitdk.kombi_xml import read_reach
from eservices_core.outcome import Failure
from tests.fuzz.target import Target


def _attempt(content: bytes) -> Hashable:
    outcome = read_reach(content)
    return outcome.failure() if isinstance(outcome, Failure) else outcome.unwrap()


TARGET = Target(
    "post-reach",
    _attempt,
    lambda: [b'{"result": true}', b'{"result": false}', b'{"result": null, "a": [1.5, "b"]}'],
    words=(
        *(b"{", b"}", b"[", b"]", b'"result"', b"true", b"false", b"null", b":", b",", b'"'),
        *(b"\\u0000", b"\\ud800", b"1e999999", b"NaN", b"-Infinity", b"[" * 100, b"9" * 5_000),
        *(b'{"a":' * 100, b"\xef\xbb\xbf", b"\xff"),
    ),
)
