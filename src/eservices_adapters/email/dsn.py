"""What a returned mail says: delivery status notifications, read from bytes that anybody may send.

Here: a mail's bytes in, what it says of one of ours out, or that it is no report. Nothing raises,
and time and memory grow with the bytes read and no faster: the standard library reads lines into
header fields, but not the parts and parameters of a mail, where it takes the square of their length
and a stack as deep as they are nested. Not here: where the bytes lie (`reports`), and what a
report does.

RFC 3464's Action decides. Without that part only what cannot be misread is taken for a failure:
Exim's `X-Failed-Recipients`, and the opening words of qmail's bounces. All else that a mail server
says in prose is UNKNOWN, for somebody to look at; what people and their programs answer is no
report (faults: 129, 130). The mail is found by the address that the report came back to, never by
what it quotes (faults: 141).
"""

import binascii
import quopri
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from email.parser import HeaderParser
from email.policy import compat32
from itertools import islice
from typing import Final, TypeAlias
from urllib.parse import unquote

from attrs import frozen

from eservices_core.ports.delivery_reports import Action, Doubt
from eservices_core.words.identifiers import MailId

_HEADERS_MAX: Final = 64 * 1024
_PART_HEADERS_MAX: Final = 4 * 1024
_STATUS_MAX: Final = 64 * 1024
_FIELDS_OF_A_NAME_MAX: Final = 10
_PARTS_MAX: Final = 50
_DEPTH_MAX: Final = 8
_GROUPS_MAX: Final = 50

_ENVELOPE: Final = ("delivered-to", "x-original-to", "envelope-to", "to")
"""Where delivery agents write the envelope's recipient, the surest first."""

_STATUS_TYPES: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RECIPIENT: Final = ("action", "final-recipient", "original-recipient", "status")
_BADNESS: Final = (
    Action.DELIVERED,
    Action.RELAYED,
    Action.EXPANDED,
    Action.DELAYED,
    Action.UNKNOWN,
    Action.FAILED,
)
_ACTIONS: Final = {action.value: action for action in Action}

_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n")
_BOUNDARY: Final = re.compile(
    r';\s?boundary\s?=\s?(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE
)
_REPORT_TYPE: Final = re.compile(r';\s?report-type\s?=\s?"?([a-z-]{1,40})', re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[\s<>()\",:;]")
_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_WORD: Final = re.compile(r"[a-z]+")
_STATUS: Final = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_REPLY: Final = re.compile(
    r"smtp ?; ?([245][0-9]{2})(?![0-9])(?:[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.]))?",
    re.IGNORECASE,
)
_MACHINE: Final = re.compile(
    r"(?:^|[\s<\"])(mailer-daemon|postmaster)(?:$|[@\s>\"(])", re.IGNORECASE
)
_QMAIL: Final = re.compile(rb"\s{0,10}Hi\. This is the ")

Fields: TypeAlias = Sequence[tuple[str, str]]
"""Header fields in their order: the name in lower case, the value in one line."""


@frozen
class Said:
    """What a report says; the attributes are those of `Report`."""

    mail: MailId | None
    action: Action
    diagnostic: str
    doubt: Doubt | None


@frozen
class _Status:
    action: Action
    diagnostic: str = ""
    envelope_ids: tuple[str, ...] = ()


def read_report(
    content: bytes, mail_of: Callable[[str], MailId | None], *, cut: bool = False
) -> Said | None:
    """Read a mail that came back; None if it is no delivery report.

    Args:
        content: the mail, or as much of it as is read.
        mail_of: finds the mail of ours whose return path an address is.
        cut: there is more of it.
    """
    fields, body = _opened(content.replace(b"\r\n", b"\n"), _HEADERS_MAX)
    part = _status_part(fields, body)
    if part is None:
        status = _without_status(fields, body)
        doubt = Doubt.TOO_LARGE if cut else Doubt.NO_STATUS
    else:
        status = _status(part) if _kind(fields) == "multipart/report" or _daemon(fields) else None
        doubt = Doubt.NO_ACTION
    if status is None:
        return None
    mail = _first_of_ours(fields, status, mail_of)
    if mail is None:
        return Said(None, status.action, status.diagnostic, Doubt.NOT_OURS)
    unknown = status.action is Action.UNKNOWN
    return Said(mail, status.action, status.diagnostic, doubt if unknown else None)


# --- a mail's fields and parts -------------------------------------------------------------------


def _fields(text: str) -> Fields:
    parsed = HeaderParser(policy=compat32).parsestr(text, headersonly=True)
    return [(name.lower(), " ".join(value.split())) for name, value in parsed.items()]


def _opened(content: bytes, headers_max: int) -> tuple[Fields, bytes]:
    """Split a mail, or a part of one, at its first empty line."""
    if content.startswith(b"\n"):
        return (), content[1:]
    head, _, body = content.partition(b"\n\n")
    return _fields(head[:headers_max].decode("ascii", "replace")), body


def _all(fields: Fields, name: str) -> Iterator[str]:
    found = (value for field, value in fields if field == name)
    return islice(found, _FIELDS_OF_A_NAME_MAX)


def _one(fields: Fields, name: str) -> str:
    return next(_all(fields, name), "")


def _kind(fields: Fields) -> str:
    return _one(fields, "content-type").partition(";")[0].strip().lower()


def _parts(body: bytes, boundary: str) -> Iterator[bytes]:
    """Give the parts of a multipart body; the last one may be cut off."""
    marker = re.escape(boundary.encode("ascii", "replace"))
    start: int | None = None
    for line in re.finditer(rb"^--" + marker + rb"(--)?[ \t]*$", body, re.MULTILINE):
        if start is not None:
            yield body[start : line.start()]
        if line[1] is not None:
            return
        start = line.end() + 1
    if start is not None:
        yield body[start:]


def _status_part(fields: Fields, body: bytes) -> bytes | None:
    """Find the outermost part for machines; what a report quotes (message/rfc822) is not opened."""
    unopened: deque[tuple[int, bytes]] = deque()
    depth = 0
    for _ in range(_PARTS_MAX):
        kind = _kind(fields)
        if kind in _STATUS_TYPES:
            return _decoded(_one(fields, "content-transfer-encoding").lower(), body[:_STATUS_MAX])
        boundary = _BOUNDARY.search(_one(fields, "content-type"))
        if kind.startswith("multipart/") and boundary is not None and depth < _DEPTH_MAX:
            parts = islice(_parts(body, boundary[1] or boundary[2]), _PARTS_MAX)
            unopened.extend((depth + 1, part) for part in parts)
        if not unopened:
            return None
        depth, part = unopened.popleft()
        fields, body = _opened(part, _PART_HEADERS_MAX)
    return None


def _decoded(encoding: str, body: bytes) -> bytes:
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding != "base64":
        return body
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        return b""


# --- what they say -------------------------------------------------------------------------------


def _status(part: bytes) -> _Status:
    """Read the groups of fields of a part for machines; the worst of them counts."""
    text = part.decode("ascii", "replace").replace("\r\n", "\n").strip()
    groups = [_fields(group) for group in _BLANK_LINES.split(text, _GROUPS_MAX)]
    ids = tuple(found for group in groups for found in _all(group, "original-envelope-id"))
    told = [_recipient(group) for group in groups if any(_one(group, name) for name in _RECIPIENT)]
    worst = max(told, key=lambda status: _BADNESS.index(status.action), default=None)
    if worst is None:
        return _Status(Action.UNKNOWN, envelope_ids=ids[:_FIELDS_OF_A_NAME_MAX])
    return _Status(worst.action, worst.diagnostic, ids[:_FIELDS_OF_A_NAME_MAX])


def _recipient(group: Fields) -> _Status:
    said = [_action(value) for value in _all(group, "action")] or [Action.UNKNOWN]
    given = _STATUS.match(_one(group, "status"))
    reply = _REPLY.match(_one(group, "diagnostic-code"))
    status = given[0] if given else ""
    if reply and reply[2] and (not status or status.endswith(".0.0")):
        status = reply[2]
    diagnostic = f"{reply[1] if reply else ''} {status}".strip()
    return _Status(max(said, key=_BADNESS.index), diagnostic)


def _action(value: str) -> Action:
    word = _WORD.match(value.lower())
    return _ACTIONS.get(word[0], Action.UNKNOWN) if word else Action.UNKNOWN


def _without_status(fields: Fields, body: bytes) -> _Status | None:
    """Read what has no part for machines; None if it is no report at all."""
    content_type = _one(fields, "content-type")
    report_type = _REPORT_TYPE.search(content_type)
    if _kind(fields) == "multipart/report" and report_type is not None:
        is_one = report_type[1].lower() in {"delivery-status", "global-delivery-status"}
        return _Status(Action.UNKNOWN) if is_one else None
    daemon = _daemon(fields)
    if daemon is None:
        return None
    if _one(fields, "x-failed-recipients") or _QMAIL.match(body):
        return _Status(Action.FAILED)
    answers = _one(fields, "auto-submitted").lower().startswith("auto-replied")
    return None if daemon == "postmaster" and answers else _Status(Action.UNKNOWN)


def _daemon(fields: Fields) -> str | None:
    """Say which mail server's name it was sent in, with no sender to answer to; None if none."""
    sender = _MACHINE.search(_one(fields, "from"))
    if sender is None or _one(fields, "return-path").replace(" ", "") not in {"", "<>"}:
        return None
    return sender[1].lower()


# --- which mail it is about ----------------------------------------------------------------------


def _first_of_ours(
    fields: Fields, status: _Status, mail_of: Callable[[str], MailId | None]
) -> MailId | None:
    written = [value for name in _ENVELOPE for value in _all(fields, name)]
    for envelope_id in status.envelope_ids:  # also as SMTP carries it (RFC 3461, xtext)
        written += [envelope_id, unquote(_XTEXT.sub(r"%\1", envelope_id), "latin-1")]
    for value in written:
        for address in _SEPARATORS.split(value):
            mail = mail_of(address) if "@" in address else None
            if mail is not None:
                return mail
    return None
