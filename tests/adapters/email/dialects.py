"""A corpus of delivery reports: what mail servers say happened, in the shapes in which they say it.

Here: ends that a mail can come to, and a function for each dialect that writes a report of one.
They are written for these tests from what the servers' documentation and RFC 3464 say, and from
nobody's mail. Not here: any claim.
"""

import base64
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen

from eservices_core.ports.delivery_reports import Action
from tests.adapters.email.samples import BACK, OURS

TO: Final = "anna@example.com"


@frozen
class End:
    """What became of a mail, as a server knows it.

    Attributes:
        name: in a word or two.
        action: what the server says that it did.
        status: the enhanced status (RFC 3463).
        reply: the last SMTP reply of the other server, with its text; None if there was none.
    """

    name: str
    action: Action
    status: str
    reply: str | None = None


ENDS: Final = (
    End("unknown user", Action.FAILED, "5.1.1", "550 5.1.1 <anna@example.com>: user unknown"),
    End("mailbox full", Action.FAILED, "5.2.2", "552 5.2.2 the mailbox is over its quota"),
    End("mailbox off", Action.FAILED, "5.2.1", "550 5.2.1 this account is disabled"),
    End("no such host", Action.FAILED, "5.1.2"),
    End("policy", Action.FAILED, "5.7.1", "554 5.7.1 refused by local policy"),
    End("dmarc", Action.FAILED, "5.7.26", "550-5.7.26 not authenticated\n    550 5.7.26 by policy"),
    End("too big", Action.FAILED, "5.3.4", "552 5.3.4 message size exceeds the limit"),
    End("gave up", Action.FAILED, "4.4.7"),
    End("broke off", Action.FAILED, "4.4.2"),
    End("greylisted too long", Action.FAILED, "4.2.0", "451 4.2.0 come back later"),
    End("delayed", Action.DELAYED, "4.4.1"),
    End("delivered", Action.DELIVERED, "2.0.0", "250 2.0.0 ok: queued"),
    End("relayed", Action.RELAYED, "2.0.0", "250 2.0.0 ok"),
)


@frozen
class Specimen:
    """A report, and what a person reads in it.

    Attributes:
        dialect: whose shape it has.
        end: what it tells.
        content: the mail.
        action: what it says, to whoever reads only what cannot be misread.
    """

    dialect: str
    end: End
    content: bytes
    action: Action


def specimens() -> Iterator[Specimen]:
    """Give the whole corpus."""
    for dialect, write in DIALECTS.items():
        for end in ENDS:
            yield Specimen(dialect, end, write(end), end.action)
    for dialect, write in WITHOUT_STATUS.items():
        for end in ENDS:
            if end.action is Action.FAILED:
                action = Action.UNKNOWN if dialect in PROSE else Action.FAILED
                yield Specimen(dialect, end, write(end), action)


# --- parts that they share -----------------------------------------------------------------------


def _group(end: End, *, lines: str = "\n", diagnostic: bool = True, status: str = "") -> str:
    fields = [
        f"Final-Recipient: rfc822; {TO}",
        f"Action: {end.action.value}",
        f"Status: {status or end.status}",
    ]
    if diagnostic and end.reply:
        fields.append(f"Diagnostic-Code: smtp; {end.reply}")
    return lines.join(fields)


def _multipart(
    head: str,
    group: str,
    *,
    boundary: str,
    words: str = "It could not be delivered.",
    per_message: str = "Reporting-MTA: dns; mx.example.com",
    quoted: str = "message/rfc822",
    encoding: str = "",
) -> bytes:
    status = f"{per_message}\n\n{group}\n"
    transfer = ""
    if encoding == "base64":
        status = base64.encodebytes(status.encode()).decode()
        transfer = "Content-Transfer-Encoding: base64\n"
    return (
        f"Return-Path: <>\n{head}MIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\n\n'
        f"--{boundary}\nContent-Type: text/plain; charset=utf-8\n\n{words}\n\n"
        f"--{boundary}\nContent-Type: message/delivery-status\n{transfer}\n{status}\n"
        f"--{boundary}\nContent-Type: {quoted}\n\n{OURS}\n--{boundary}--\n"
    ).encode()


# --- dialects with a part for machines -----------------------------------------------------------


def _postfix(end: End) -> bytes:
    head = f"X-Original-To: {BACK}\nDelivered-To: {BACK}\nFrom: MAILER-DAEMON@mx.example.com\n"
    return _multipart(head, _group(end), boundary="77AB.1806228000/mx.example.com")


def _exim(end: End) -> bytes:
    head = f"Envelope-to: {BACK}\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.com>\n"
    head += f"X-Failed-Recipients: {TO}\n" if end.action is Action.FAILED else ""
    group = _group(end).replace("rfc822; ", "rfc822;")
    return _multipart(head, group, boundary="1806228000-eximdsn-77")


def _sendmail(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>\n"
    words = f"   ----- The following addresses had problems -----\n<{TO}>"
    group = _group(end).replace("Diagnostic-Code: smtp", "Diagnostic-Code: SMTP")
    group += "\nLast-Attempt-Date: Sun, 28 Mar 2027 12:00:00 +0200"
    return _multipart(head, group, boundary="q9SA.1806228000/mx.example.com", words=words)


def _exchange(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: Postmaster <postmaster@example.com>\n"
    head += "X-MS-Exchange-Message-Is-Ndr:\nContent-Language: da-DK\n"
    group = _group(end, diagnostic=False)
    if end.reply:
        group += f"\nDiagnostic-Code: smtp;{end.reply}"
    group += f"\nX-Display-Name: {TO}"
    per_message = "Reporting-MTA: dns;EX01.example.com\nReceived-From-MTA: dns;mx.example.com"
    return _multipart(head, group, boundary="_77ab_", per_message=per_message, encoding="base64")


def _gmail(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: Mail Delivery Subsystem <mailer-daemon@example.com>\n"
    head += f"X-Failed-Recipients: {TO}\nAuto-Submitted: auto-replied\n"
    group = _group(end) + "\nRemote-MTA: dns; mail.example.com. (192.0.2.1, the server)"
    per_message = "Reporting-MTA: dns; example.com\nArrival-Date: Sun, 28 Mar 2027 03:00:00 -0700"
    return _multipart(head, group, boundary="000000000000a1b2", per_message=per_message)


def _courier(end: End) -> bytes:
    head = f'Delivered-To: {BACK}\nFrom: "Courier mail server" <MAILER-DAEMON@mx.example.com>\n'
    group = _group(end).lower().replace(TO, TO)
    return _multipart(head, group, boundary="=_courier-0", quoted="text/rfc822-headers")


def _domino(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: Postmaster@example.com (MAILER-DAEMON)\n"
    group = _group(end).replace("; ", ";")
    return _multipart(head, group, boundary="==IFJRGLKFGIR", quoted="message/rfc822")


def _opensmtpd(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: Mailer Daemon <MAILER-DAEMON@mx.example.com>\n"
    return _multipart(head, _group(end), boundary="77ab/mx", quoted="text/rfc822-headers")


def _ses(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: MAILER-DAEMON@mailer.example.com\n"
    group = _group(end).replace("Final-Recipient: rfc822; ", "Final-Recipient: rfc822;")
    per_message = "Reporting-MTA: dsn; a8-1.mailer.example.com"
    return _multipart(head, group, boundary="----=_Part_1_77", per_message=per_message)


def _mdaemon(end: End) -> bytes:
    head = f"Delivered-To: {BACK}\nFrom: MDaemon at mx.example.com <MAILER-DAEMON@mx.example.com>\n"
    group = f"Original-Recipient: rfc822;{TO}\n" + _group(end)
    return _multipart(head, group.replace("\n", "\r\n"), boundary="md-77")


def _international(end: End) -> bytes:
    """As RFC 6533 has it for addresses beyond ASCII."""
    content = _postfix(end).replace(b"message/delivery-status", b"message/global-delivery-status")
    return content.replace(b"rfc822; anna@", "utf-8; änna@".encode())


DIALECTS: Final[dict[str, Callable[[End], bytes]]] = {
    "postfix": _postfix,
    "exim": _exim,
    "sendmail": _sendmail,
    "exchange": _exchange,
    "gmail": _gmail,
    "courier": _courier,
    "domino": _domino,
    "opensmtpd": _opensmtpd,
    "ses": _ses,
    "mdaemon": _mdaemon,
    "rfc 6533": _international,
}

# --- dialects without one ------------------------------------------------------------------------


def _qmail(end: End) -> bytes:
    reason = end.reply or "I could not find it."
    return (
        f"Return-Path: <>\nDelivered-To: {BACK}\nFrom: MAILER-DAEMON@mx.example.com\n"
        "Subject: failure notice\n\nHi. This is the qmail-send program at mx.example.com.\n"
        f"I'm afraid I wasn't able to deliver your message.\n\n<{TO}>:\n{reason} (#{end.status})\n"
        f"\n--- Below this line is a copy of the message.\n\n{OURS}"
    ).encode()


def _exim_of_old(end: End) -> bytes:
    return (
        f"Return-path: <>\nEnvelope-to: {BACK}\nX-Failed-Recipients: {TO}\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.com>\n"
        "Subject: Mail delivery failed: returning message to sender\n\n"
        f"  {TO}\n    {end.reply or 'no reply'}\n\n------ a copy of the message ------\n\n{OURS}"
    ).encode()


def _webmail(end: End) -> bytes:
    return (
        f"Return-Path: <>\nDelivered-To: {BACK}\nFrom: MAILER-DAEMON@mail.example.com\n"
        "Subject: Failure Notice\nContent-Type: text/plain; charset=utf-8\n\n"
        f"Sorry, your message was not delivered.\n\n<{TO}>:\n{end.reply or 'nobody there'}\n"
    ).encode()


def _danish(end: End) -> bytes:
    return (
        f"Return-Path: <>\nDelivered-To: {BACK}\nFrom: Postmaster <postmaster@example.com>\n"
        "Subject: Din mail kunne ikke leveres\nContent-Type: text/plain; charset=utf-8\n\n"
        f"Modtageren {TO} findes ikke hos os ({end.status}).\n"
    ).encode()


WITHOUT_STATUS: Final[dict[str, Callable[[End], bytes]]] = {
    "qmail": _qmail,
    "exim of old": _exim_of_old,
    "webmail": _webmail,
    "danish": _danish,
}
PROSE: Final = frozenset({"webmail", "danish"})
"""What only people can read: for somebody to look at, never a verdict."""
