"""Mails that come back, written here in the shapes that mail servers and people give them.

Nothing is copied from anybody's mail; every domain is an example. `BACK` is where the mail of ours
came from: tests put a return path there.
"""

from functools import partial

from eservices_core.clinic.service import Service
from eservices_core.correspondence.bounces import mail_of, return_path
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId
from eservices_core.words.keyed import Keys

KEYS = Keys(b"k" * 32)
SERVICE = Service(
    "https://e-services.example",
    "post.example.dk",
    EmailAddress.parse("no-reply@post.example.dk").unwrap(),
)
MAIL = MailId("0123456789abcdef" * 2)
OTHER_MAIL = MailId("fedcba9876543210" * 2)
BACK = return_path(KEYS, SERVICE, MAIL)
OTHER_BACK = return_path(KEYS, SERVICE, OTHER_MAIL)
FORGED = f"{BACK.partition('.')[0]}.{'a' * 26}@post.example.dk"
whose = partial(mail_of, KEYS, SERVICE)

OURS = f"""\
Return-Path: <{BACK}>
From: no-reply@post.example.dk
To: anna@example.com
Subject: Din tid
Message-ID: <{MAIL}@post.example.dk>
Auto-Submitted: auto-generated

Log ind for at se den.
"""

_HEAD = f"""\
Return-Path: <>
X-Original-To: {BACK}
Delivered-To: {BACK}
Received: by mx.example.com (Postfix) id 4F1A; Sun, 28 Mar 2027 12:00:00 +0200 (CEST)
Date: Sun, 28 Mar 2027 12:00:00 +0200 (CEST)
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {BACK}
Auto-Submitted: auto-replied
MIME-Version: 1.0
"""


def postfix(fields: str, *, head: str = _HEAD, envelope: str = "") -> bytes:
    """A report as Postfix shapes it, with these fields about its one recipient."""
    return f"""\
{head}Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1A.1806228000/mx.example.com"
Content-Transfer-Encoding: 8bit
Message-Id: <20270328100000.4F1A@mx.example.com>

This is a MIME-encapsulated message.

--4F1A.1806228000/mx.example.com
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.com. Æblegrød.

--4F1A.1806228000/mx.example.com
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
X-Postfix-Queue-ID: 4F1A
X-Postfix-Sender: rfc822; {BACK}
{envelope}Arrival-Date: Sun, 28 Mar 2027 11:59:58 +0200 (CEST)

Final-Recipient: rfc822; anna@example.com
Original-Recipient: rfc822;anna@example.com
{fields}

--4F1A.1806228000/mx.example.com
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

{OURS}
--4F1A.1806228000/mx.example.com--
""".encode()


UNKNOWN_USER = postfix(
    "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; mail.example.com\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <anna@example.com>: Recipient address rejected:\n"
    "    User unknown"
)
BROKE_OFF = postfix(
    "Action: failed\nStatus: 4.4.2\n"
    "Diagnostic-Code: X-Postfix; lost connection with mail.example.com[192.0.2.1] while\n"
    "    sending end of data -- message may be sent more than once"
)
DELAYED = postfix(
    "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mail.example.com:\n"
    "    Connection timed out\nWill-Retry-Until: Fri, 02 Apr 2027 11:59:58 +0200 (CEST)"
)
DELIVERED = postfix(
    "Action: delivered\nStatus: 2.0.0\nRemote-MTA: dns; mail.example.com\n"
    "Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as 77AB"
)
RELAYED = postfix("Action: relayed\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 Ok")
EXPANDED = postfix("Action: expanded\nStatus: 2.0.0")

EXIM = f"""\
Return-path: <>
Envelope-to: {BACK}
Delivery-date: Sun, 28 Mar 2027 12:00:00 +0200
Received: from exim by mx.example.com with local (Exim)
X-Failed-Recipients: anna@example.com
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.com>
To: {BACK}
Content-Type: multipart/report; report-type=delivery-status; boundary=1806228000-eximdsn-123
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--1806228000-eximdsn-123
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--1806228000-eximdsn-123
Content-type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Action: failed
Final-Recipient: rfc822;anna@example.com
Status: 5.0.0

--1806228000-eximdsn-123
Content-type: message/rfc822

{OURS}
--1806228000-eximdsn-123--
""".encode()

EXIM_PROSE = f"""\
Return-path: <>
Envelope-to: {BACK}
X-Failed-Recipients: anna@example.com
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example.com>
To: {BACK}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

------ This is a copy of the message, including all the headers. ------

{OURS}""".encode()

QMAIL = f"""\
Return-Path: <>
Delivered-To: {BACK}
Date: 28 Mar 2027 10:00:00 -0000
From: MAILER-DAEMON@mx.example.com
To: {BACK}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.com.
I was not able to deliver your message to the following addresses.

<anna@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{OURS}""".encode()

PROSE = f"""\
Return-Path: <>
Delivered-To: {BACK}
From: "Postmaster" <postmaster@mail.example.com>
To: {BACK}
Subject: Nondeliverable mail

Your message could not be delivered to anna at example.com.
""".encode()

VACATION = f"""\
Return-Path: <>
Delivered-To: {BACK}
From: Anna <anna@example.com>
To: {BACK}
Subject: Automatic reply: Din tid
Auto-Submitted: auto-replied (vacation)
Precedence: bulk
In-Reply-To: <{MAIL}@post.example.dk>
X-Auto-Response-Suppress: All

I am away until Monday. The mail that was not delivered failed: Action: failed
""".encode()

POSTMASTER_AWAY = PROSE.replace(b"Subject", b"Auto-Submitted: auto-replied\nSubject")

POSTMASTER_ANSWERS = PROSE.replace(b"Path: <>", b"Path: <postmaster@mail.example.com>")

ANSWER = f"""\
Return-Path: <anna@example.com>
Delivered-To: {BACK}
From: Anna <anna@example.com>
To: {BACK}
Subject: Re: Din tid
In-Reply-To: <{MAIL}@post.example.dk>

Jeg kan ikke komme.

> Action: failed
> Status: 5.1.1
""".encode()

FORWARDED = (
    ANSWER.replace(
        b"Subject", b'Content-Type: multipart/mixed; boundary="fwd"\nMIME-Version: 1.0\nSubject'
    )
    + b"\n--fwd\nContent-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822; bo@example.com\nAction: failed\nStatus: 5.1.1\n\n--fwd--\n"
)

READ_RECEIPT = f"""\
Return-Path: <>
Delivered-To: {BACK}
From: Postmaster <postmaster@example.com>
To: {BACK}
Subject: Read: Din tid
Content-Type: multipart/report; report-type=disposition-notification; boundary="mdn"

--mdn
Content-Type: text/plain

It was displayed.

--mdn
Content-Type: message/disposition-notification

Final-Recipient: rfc822; anna@example.com
Disposition: manual-action/MDN-sent-manually; displayed

--mdn--
""".encode()

REPORTS = {
    "unknown user": UNKNOWN_USER,
    "broke off": BROKE_OFF,
    "delayed": DELAYED,
    "delivered": DELIVERED,
    "relayed": RELAYED,
    "expanded": EXPANDED,
    "exim": EXIM,
    "exim in prose": EXIM_PROSE,
    "qmail": QMAIL,
    "prose": PROSE,
}

NO_REPORTS = {
    "vacation": VACATION,
    "the postmaster is away": POSTMASTER_AWAY,
    "the postmaster answers": POSTMASTER_ANSWERS,
    "answer": ANSWER,
    "forwarded": FORWARDED,
    "read receipt": READ_RECEIPT,
    "our own mail": OURS.encode(),
    "nothing": b"",
}
