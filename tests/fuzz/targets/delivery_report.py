"""Mails that come back to the return paths: delivery reports, and whatever else anybody sends."""

from collections.abc import Hashable

from eservices_adapters.email.dsn import read_report
from tests.adapters.email.dialects import specimens
from tests.adapters.email.samples import BACK, MAIL, NO_REPORTS, OTHER_BACK, REPORTS, whose
from tests.fuzz.target import Target


def _seeds() -> list[bytes]:
    written = [specimen.content for specimen in specimens()]
    return [*REPORTS.values(), *NO_REPORTS.values(), *written]


def _attempt(content: bytes) -> Hashable:
    """Read it whole, and as one that was cut; digits are all that is kept of what it says."""
    said = read_report(content, whose)
    cut = read_report(content, whose, cut=True)
    assert (said is None) == (cut is None), "what was cut off decides nothing"
    if said is None or cut is None:
        return "no report"
    assert (said.mail, said.action, said.diagnostic) == (cut.mail, cut.action, cut.diagnostic)
    assert set(said.diagnostic) <= set("0123456789. ")
    assert len(said.diagnostic) <= len("550 5.000.000")
    doubts = (said.doubt and said.doubt.value, cut.doubt and cut.doubt.value)
    return (said.action.value, said.mail and said.mail == MAIL, *doubts)


TARGET = Target(
    "delivery-report",
    _attempt,
    _seeds,
    words=(
        *(b"\n", b"\r\n", b"\n\n", b"\n\t", b"\r", b"--", b"\n--4F1A.1806228000/mx.example.com"),
        *(b"Content-Type: ", b"multipart/report; ", b"multipart/mixed; boundary=a\n\n--a\n"),
        *(b"message/delivery-status", b"message/global-delivery-status", b"message/rfc822"),
        *(
            b"report-type=delivery-status",
            b'boundary="',
            b";boundary=",
            b"boundary*0=",
            b"=?utf-8?",
        ),
        *(b"Content-Transfer-Encoding: base64\n", b"quoted-printable", b"=3D", b"=\n", b"QUN0"),
        *(b"Action: failed", b"Action: delayed", b"Action: delivered", b"Action: ", b"Status: "),
        *(b"5.1.1", b"4.4.7", b"2.0.0", b"Diagnostic-Code: smtp; 550 5.1.1 ", b"X-Postfix; "),
        *(
            b"X-Failed-Recipients: x\n",
            b"Hi. This is the ",
            b"From: MAILER-DAEMON@",
            b"postmaster@",
        ),
        *(b"Return-Path: <>\n", b"Auto-Submitted: auto-replied\n", b"Original-Envelope-Id: "),
        *(b"Delivered-To: ", b"To: ", BACK.encode(), OTHER_BACK.encode(), b"+40", b"\x00", b"\xff"),
    ),
    most=32 * 1024,
)
