"""Looking at the lines to mail servers: whether they are private, and for how long."""

import ssl
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from attrs import frozen

from eservices_adapters.clock import SystemClock
from eservices_adapters.config.findings import Level
from eservices_adapters.config.line import Security
from eservices_adapters.email.checking import EXPIRES_SOON, check_imap, check_smtp
from tests.adapters.email.smtp_sink import Sink, serve

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)


@frozen
class _Server:
    host: str
    port: int
    security: Security


@contextmanager
def _serving(sink: Sink) -> Generator[Sink, None, None]:
    stop = serve(sink)
    try:
        yield sink
    finally:
        stop()


@contextmanager
def _smtp(
    authority: trustme.CA, until: datetime, *, at_once: bool, name: str = "localhost"
) -> Generator[tuple[_Server, ssl.SSLContext], None, None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, not_after=until).configure_cert(context)
    trusted = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    security = Security.TLS if at_once else Security.STARTTLS
    with _serving(Sink(tls=context, at_once=at_once)) as sink:
        yield _Server("localhost", sink.port, security), trusted


@pytest.mark.parametrize("at_once", [True, False], ids=["tls", "starttls"])
def test_a_private_line_is_well_until_its_certificate_ends(*, at_once: bool) -> None:
    """A certificate that holds is told with its last day; one that ends soon is a warning."""
    authority = trustme.CA()
    until = SystemClock().now().replace(microsecond=0) + timedelta(days=90)
    with _smtp(authority, until, at_once=at_once) as (server, trusted):
        found = check_smtp(server, until - EXPIRES_SOON, trusted)
        assert found.level is Level.OK
        assert f"{until:%Y-%m-%d}" in found.says
        soon = check_smtp(server, until - EXPIRES_SOON + timedelta(seconds=1), trusted)
        assert soon.level is Level.WARNING


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
def test_who_cannot_prove_a_name_is_wrong(name: str) -> None:
    """A certificate for another name, or of a stranger, is wrong; the setting is named."""
    authority = trustme.CA()
    until = SystemClock().now() + timedelta(days=90)
    with _smtp(authority, until, at_once=True, name=name) as (server, trusted):
        trusts = ssl.create_default_context() if name == "localhost" else trusted
        found = check_smtp(server, NOW, trusts)
    assert found.level is Level.WRONG
    assert "[mail] host" in found.do


@pytest.mark.parametrize("security", Security)
def test_where_nobody_answers_is_wrong(security: Security) -> None:
    """A server that is not there is wrong, by any kind of line, and nothing is raised."""
    nowhere = _Server("127.0.0.1", 1, security)
    assert check_smtp(nowhere, NOW).level is Level.WRONG
    assert check_imap(nowhere, NOW).level is Level.WRONG


def test_a_server_that_offers_no_private_line_is_wrong() -> None:
    """STARTTLS that is not offered is no private line."""
    with _serving(Sink()) as sink:
        found = check_smtp(_Server("localhost", sink.port, Security.STARTTLS), NOW)
        assert found.level is Level.WRONG
        plain = check_smtp(_Server("localhost", sink.port, Security.NONE), NOW)
        assert plain.level is Level.OK
