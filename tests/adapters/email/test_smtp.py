"""SMTP: what every way in which an attempt can end is taken for (faults: 133-137, 143)."""

import socket
import ssl
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices_adapters.config.line import Security
from eservices_adapters.email.smtp import SmtpServer, SmtpTransport
from eservices_core.correspondence.bounces import mail_of, return_path
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.testing.contracts import MailTransportContract, MailUnderTest
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId
from tests.adapters.email.samples import KEYS, SERVICE
from tests.adapters.email.smtp_sink import STAGES, Fault, Line, Sink, serve

ADDRESS = "anna@example.dk"
CONTENT = b"From: no-reply@post.example.dk\r\nTo: anna@example.dk\r\n\r\nLog ind.\r\n"
MAIL = "0123456789abcdef" * 2


def _mail(content: bytes = CONTENT) -> OutgoingMail:
    to = EmailAddress.parse(ADDRESS).unwrap()
    return OutgoingMail(MailId(MAIL), MailKind.ACTIVATION, None, to, content, None)


def _transport(sink: Sink, security: Security = Security.NONE, **more: Any) -> SmtpTransport:
    server = SmtpServer(
        host=more.pop("host", "localhost"),
        port=sink.port,
        security=security,
        name=SERVICE.mail_domain,
        deadline_seconds=more.pop("deadline_seconds", 2.0),
        **more,
    )
    return SmtpTransport(server, lambda mail: return_path(KEYS, SERVICE, _drawn(mail)))


def _drawn(mail: MailId) -> MailId:
    """The contract's mails have short names; a return path needs a drawn id."""
    text = str(mail)
    return mail if len(text) == 32 else MailId(text.encode().hex().ljust(32, "0")[:32])


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A server without TLS."""
    sink = Sink()
    end = serve(sink)
    yield sink
    end()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Whoever vouches for the server."""
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client that trusts that authority, and nobody else."""
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=authority.cert_pem.bytes().decode())
    return context


def _private(authority: trustme.CA, *, at_once: bool, name: str = "localhost") -> Sink:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return Sink(tls=context, at_once=at_once)


# --- the contract --------------------------------------------------------------------------------

_FAULTS = {
    Handover.REFUSED: Fault("rcpt", "550 5.1.1 no such mailbox"),
    Handover.AMBIGUOUS: Fault("dot", Line.CUT, stored=True),
    Handover.WAITING: Fault("connect", "421 later"),
}


class TestSmtp(MailTransportContract):
    @pytest.fixture
    def under_test(self, sink: Sink) -> MailUnderTest:
        """The adapter, and a server that does as it is told."""
        return MailUnderTest(
            _transport(sink),
            lambda: sink.arrived,
            lambda handover: sink.faults.append(_FAULTS[handover]),
        )


# --- every end -----------------------------------------------------------------------------------

_ABOUT_US = ("connect", "ehlo")
_ABOUT_THE_MAIL = ("mail", "rcpt", "data", "dot")


@pytest.mark.parametrize("at", [stage for stage in STAGES if stage != "auth"])
def test_a_server_that_is_busy_is_tried_again(sink: Sink, at: str) -> None:
    """faults: 134. A 4xx at any stage leaves the mail waiting; the next attempt has its bytes."""
    sink.faults.append(Fault(at, "451 4.7.1 come back later"))
    transport = _transport(sink)
    assert transport.hand_over(_mail()) is Handover.WAITING
    assert sink.arrived == []
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    assert sink.arrived == [(ADDRESS, CONTENT)]


@pytest.mark.parametrize("at", _ABOUT_THE_MAIL)
def test_a_no_to_the_mail_is_a_refusal(sink: Sink, at: str) -> None:
    """faults: 135. A 5xx about the mail ends it: nothing has arrived, and nothing will."""
    sink.faults.append(Fault(at, "550 5.7.1 not wanted"))
    assert _transport(sink).hand_over(_mail()) is Handover.REFUSED
    assert sink.arrived == []


@pytest.mark.parametrize("at", _ABOUT_US)
def test_a_no_to_us_says_nothing_of_the_mail(sink: Sink, at: str) -> None:
    """faults: 133. A relay that has locked us out at eight in the morning refuses no mail."""
    sink.faults.append(Fault(at, "554 5.7.1 go away"))
    assert _transport(sink).hand_over(_mail()) is Handover.WAITING


@pytest.mark.parametrize(
    "at", [*(stage for stage in STAGES if stage not in {"auth", "dot"}), "body"]
)
@pytest.mark.parametrize("line", [Line.CUT, Line.SILENT, Line.GARBAGE])
def test_what_breaks_off_before_the_dot_has_not_arrived(sink: Sink, at: str, line: Line) -> None:
    """faults: 133, 136. Until the dot is sent nobody can have the mail."""
    sink.faults.append(Fault(at, line))
    # Large enough that the whole of it does not fit into the buffers of a line that is cut.
    content = CONTENT + b"0123456789abcde\r\n" * (1_000_000 if at == "body" else 1)
    assert _transport(sink, deadline_seconds=0.5).hand_over(_mail(content)) is Handover.WAITING
    assert sink.arrived == []


@pytest.mark.parametrize("stored", [False, True], ids=["not stored", "stored"])
@pytest.mark.parametrize("line", [Line.CUT, Line.SILENT, Line.GARBAGE, Line.DRIP, Line.FLOOD])
def test_what_breaks_off_after_the_dot_may_have_arrived(
    sink: Sink,
    line: Line,
    stored: bool,
) -> None:
    """faults: 137. No answer to the dot: ambiguous, whether stored or not, and sent once."""
    sink.faults.append(Fault("dot", line, stored=stored))
    assert _transport(sink, deadline_seconds=0.5).hand_over(_mail()) is Handover.AMBIGUOUS
    assert len(sink.arrived) == int(stored)
    assert sink.conversations == 1


@pytest.mark.parametrize("line", [Line.SILENT, Line.DRIP, Line.FLOOD])
@pytest.mark.parametrize("at", ["connect", "ehlo", "rcpt"])
def test_a_slow_server_is_cut_off_in_time(sink: Sink, at: str, line: Line) -> None:
    """faults: 133. One that says nothing, or never stops, holds a worker no longer than set."""
    sink.faults.append(Fault(at, line))
    begun = time.monotonic()
    assert _transport(sink, deadline_seconds=0.5).hand_over(_mail()) is Handover.WAITING
    assert time.monotonic() - begun < 5, "ten times the deadline: the machine may be busy"


def test_nobody_there_is_waiting() -> None:
    """faults: 133. A port that nobody listens on, and a name that nobody has, are no refusal."""
    sink = Sink()
    serve(sink)()
    assert _transport(sink).hand_over(_mail()) is Handover.WAITING
    assert _transport(sink, host="nobody.invalid").hand_over(_mail()) is Handover.WAITING


# --- what is said --------------------------------------------------------------------------------


def test_the_conversation_has_exactly_the_intended_commands(sink: Sink) -> None:
    """faults: 125, D-MAIL-1. Our own name, a return path that only we can make, DSN if offered."""
    assert _transport(sink).hand_over(_mail()) is Handover.HANDED_OVER
    sender = return_path(KEYS, SERVICE, MailId(MAIL))
    assert sink.said == [
        "EHLO post.example.dk",
        f"MAIL FROM:<{sender}> RET=HDRS ENVID={MAIL}",
        "RCPT TO:<anna@example.dk> NOTIFY=SUCCESS,FAILURE",
        "DATA",
        "QUIT",
    ]
    assert mail_of(KEYS, SERVICE, sender) == MailId(MAIL)


def test_a_server_without_dsn_is_not_asked_for_it(sink: Sink) -> None:
    """A parameter that a server has not offered would be refused with the mail."""
    sink.offers = ()
    assert _transport(sink).hand_over(_mail()) is Handover.HANDED_OVER
    assert sink.said[1:3] == [
        f"MAIL FROM:<{return_path(KEYS, SERVICE, MailId(MAIL))}>",
        "RCPT TO:<anna@example.dk>",
    ]


@pytest.mark.parametrize("smuggled", [b"\n.\n", b"\r.\r\n", b"\n.\r\n", b"a\rb", b"a\nb"])
def test_bytes_that_could_end_a_mail_early_never_leave(sink: Sink, smuggled: bytes) -> None:
    """faults: 126. A line end that is not CRLF is refused before anybody is spoken to."""
    assert _transport(sink).hand_over(_mail(CONTENT + smuggled)) is Handover.REFUSED
    assert sink.conversations == 0


@settings(max_examples=30)  # each is a server of its own
@given(st.lists(st.sampled_from([b".", b"..", b"", b".a", b"a.", b"\x00", b"From "]), max_size=8))
def test_any_lines_arrive_as_one_mail(lines: list[bytes]) -> None:
    """faults: 126. Dots at the beginning of lines are stuffed, and one mail arrives."""
    sink = Sink()
    end = serve(sink)
    try:
        content = CONTENT + b"".join(line + b"\r\n" for line in lines)
        assert _transport(sink).hand_over(_mail(content)) is Handover.HANDED_OVER
        assert sink.arrived == [(ADDRESS, content)]
    finally:
        end()


# --- privacy of the line, and logging in ---------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False], ids=["TLS", "STARTTLS"])
def test_over_a_private_line_we_log_in_and_hand_over(
    authority: trustme.CA,
    trusting: ssl.SSLContext,
    at_once: bool,
) -> None:
    """The login is sent after the line is private, and the mail after that."""
    sink = _private(authority, at_once=at_once)
    end = serve(sink)
    security = Security.TLS if at_once else Security.STARTTLS
    login = {"user": "relay", "password": "correct horse"}
    transport = _transport(sink, security, tls=trusting, **login)
    assert transport.hand_over(_mail()) is Handover.HANDED_OVER
    verbs = [said.split(" ")[0] for said in sink.said]
    before = [] if at_once else ["EHLO", "STARTTLS"]
    assert verbs == [*before, "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    end()


@pytest.mark.parametrize("at_once", [True, False], ids=["TLS", "STARTTLS"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_server_that_cannot_prove_who_it_is_hears_nothing(
    authority: trustme.CA,
    trusting: ssl.SSLContext,
    at_once: bool,
    wrong: str,
) -> None:
    """faults: 133. A wrong certificate means no sending: no login, no address, no mail."""
    stranger = trustme.CA() if wrong == "authority" else authority
    name = "elsewhere.example" if wrong == "name" else "localhost"
    sink = _private(stranger, at_once=at_once, name=name)
    end = serve(sink)
    security = Security.TLS if at_once else Security.STARTTLS
    transport = _transport(sink, security, tls=trusting, user="relay", password="secret")
    assert transport.hand_over(_mail()) is Handover.WAITING
    assert [said.split(" ")[0] for said in sink.said] == ([] if at_once else ["EHLO", "STARTTLS"])
    end()


def test_a_line_that_cannot_be_made_private_carries_nothing(sink: Sink) -> None:
    """A server that does not offer STARTTLS (or from whose offer it was cut) gets no mail."""
    transport = _transport(sink, Security.STARTTLS, user="relay", password="secret")
    assert transport.hand_over(_mail()) is Handover.WAITING
    assert sink.said == ["EHLO post.example.dk"]


def test_a_login_that_fails_says_nothing_of_the_mail(
    authority: trustme.CA, trusting: ssl.SSLContext
) -> None:
    """A password that the clinic's provider has changed bounces nobody's mail."""
    sink = _private(authority, at_once=True)
    sink.faults.append(Fault("auth", "535 5.7.8 wrong"))
    end = serve(sink)
    transport = _transport(sink, Security.TLS, tls=trusting, user="relay", password="old")
    assert transport.hand_over(_mail()) is Handover.WAITING
    end()


def test_a_password_is_never_shown_and_never_sent_in_the_open() -> None:
    """D-LOG-1: no repr holds it, and a server without a private line cannot be given one."""
    make = partial(SmtpServer, host="localhost", port=25, name="a.example", user="relay")
    shown = repr(make(security=Security.TLS, password="correct horse"))
    assert "correct horse" not in shown
    with pytest.raises(AssertionError, match="private line"):
        _ = make(security=Security.NONE, password="correct horse")


# --- a server of somebody else's -----------------------------------------------------------------


class _Keeping:
    def __init__(self) -> None:
        self.kept: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  its name
        del server, session
        self.kept.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 kept"


@pytest.mark.leaks("the other side's server logs what it is told")
def test_a_server_of_somebody_elses_gets_the_same_bytes() -> None:
    """A mail handed to aiosmtpd arrives byte for byte, in an envelope of one recipient."""
    keeping = _Keeping()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(keeping, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        content = CONTENT + b".\r\n..dots\r\n" + b"x" * 900 + b"\r\n"
        assert _transport(Sink(port=port), host="127.0.0.1").hand_over(_mail(content)) is (
            Handover.HANDED_OVER
        )
        sender = return_path(KEYS, SERVICE, MailId(MAIL))
        assert keeping.kept == [(sender, [ADDRESS], content)]
    finally:
        controller.stop()
