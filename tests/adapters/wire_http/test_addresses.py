"""Which addresses may be spoken to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.wire_http.addresses import may_be_spoken_to, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://broker.example", "https://broker.example:443"),
        ("https://Broker.Example/op/connect/token?a=b", "https://broker.example:443"),
        ("https://broker.example:8443/", "https://broker.example:8443"),
        ("http://localhost:8080/x", "http://localhost:8080"),
        ("http://127.0.0.1/x", "http://127.0.0.1:80"),
        ("http://[::1]:9/x", "http://[::1]:9"),
    ],
)
def test_tls_or_this_machine(url: str, origin: str) -> None:
    """An https address, or an http one of this machine, has an origin with its port named."""
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/op",
        "broker.example",
        "ftp://broker.example/",
        "file:///etc/passwd",
        "http://broker.example/",
        "http://localhost.broker.example/",
        "http://127.0.0.2/",
        "http://localhost@broker.example/",
        "https://user:password@broker.example/",
        "https://broker.example\\@localhost/",
        "https://broker.example/#fragment",
        "https://broker.example/a b",
        "https://broker.example/\r\nHost: other.example",
        "https://broker.example:0/",
        "https://broker.example:65536/",
        "https://broker.example:/",
        "https://bröker.example/",
        "https://broker.example/" + "a" * 2048,
        " https://broker.example/",
        "https://broker.example/\n",
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    """faults: 167: no plain http to a stranger, no login in an address, nothing unprintable."""
    assert not may_be_spoken_to(url)


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    """Any text is judged without an error, and what may be spoken to is printable ASCII."""
    assert not may_be_spoken_to(f"https://{text}") or (text.isascii() and text.isprintable())
