"""What may be held where: every place that something secret can end up in, as one table.

Here: the kinds of what is looked for, the sinks, and for each sink what it may hold and why. Not
here: how a secret is spelt (`spellings`), how a sink's content is taken apart (`unpacking`), and
the search (`oracle`).
"""

from collections.abc import Iterable
from enum import Enum, unique
from typing import Final

from attrs import frozen

from eservices_core.ports.outbox import MailKind, OutgoingMail


@unique
class Kind(Enum):
    """What a canary is one of."""

    CIVIL_NUMBER = "CPR number"
    PASSWORD = "password"
    """One that somebody has chosen or typed."""
    TEMPORARY_PASSWORD = "temporary password"
    ONE_TIME_CODE = "one-time code"
    TOKEN = "token"
    """Of a session or of a link."""
    ADDRESS = "e-mail address"
    """A patient's, a guardian's, or anybody's but a clinic's."""
    CLINIC_ADDRESS = "clinic's e-mail address"
    """Never leaves, not even in a mail's headers (S-MAIL-2)."""
    TEXT = "text"
    """What somebody has written, or is called: names, comments, health words."""


@unique
class Sink(Enum):
    """Where something can end up."""

    LOG = "log"
    WARNING = "warning"
    OUTPUT = "standard output or error"
    SHOWN = "repr or str"
    EXCEPTION = "exception"
    URL = "URL"
    NAME = "name, key or identifier"
    EVENT = "event"
    AUDIT = "audit entry"
    ANSWER = "kept answer"
    MAIL = "mail"
    MAIL_WITH_CODE = "mail with a code"
    MAIL_WITH_PASSWORD = "mail with a temporary password"
    CALENDAR = "calendar entry"
    LETTER = "letter"
    JOURNAL = "journal"
    CONTENT = "content record"
    STORE_FILE = "database file"


_NOTHING: Final[frozenset[Kind]] = frozenset()
_OWN_ADDRESS: Final = frozenset({Kind.ADDRESS})


@frozen
class Row:
    """What one sink may hold.

    Attributes:
        may_hold: kinds that anything may be of, whoever it concerns.
        own: kinds that may stand there of the person alone whom it is to.
        because: why, with the rule.
    """

    sink: Sink
    may_hold: frozenset[Kind]
    own: frozenset[Kind]
    because: str


TABLE: Final[tuple[Row, ...]] = (
    Row(Sink.LOG, _NOTHING, _NOTHING, "logs hold codes and ids (D-LOG-1)"),
    Row(Sink.WARNING, _NOTHING, _NOTHING, "a warning ends in a log"),
    Row(Sink.OUTPUT, _NOTHING, _NOTHING, "a terminal is read by whoever walks past (D-LOG-1)"),
    Row(Sink.SHOWN, _NOTHING, _NOTHING, "what is shown for debugging ends in a log"),
    Row(Sink.EXCEPTION, _NOTHING, _NOTHING, "tracebacks, local names too, end in a log"),
    Row(Sink.URL, _NOTHING, _NOTHING, "addresses of pages lie in histories and server logs"),
    Row(Sink.NAME, _NOTHING, _NOTHING, "ids, keys and file names are logged"),
    Row(Sink.EVENT, _NOTHING, _NOTHING, "events are kept for good, content is apart (D-KEEP-1)"),
    Row(Sink.AUDIT, _NOTHING, _NOTHING, "who did what about whom, and no content (D-LOG-1)"),
    Row(Sink.ANSWER, _NOTHING, _NOTHING, "answers are kept for whoever asks again (D-KEEP-1)"),
    Row(Sink.MAIL, _NOTHING, _OWN_ADDRESS, "that something happened, and where (D-MAIL-1)"),
    Row(
        Sink.MAIL_WITH_CODE,
        frozenset({Kind.ONE_TIME_CODE}),
        _OWN_ADDRESS,
        "the code to type (S-ACC-1, D-ACC-14, D-BOOK-8)",
    ),
    Row(
        Sink.MAIL_WITH_PASSWORD,
        frozenset({Kind.TEMPORARY_PASSWORD}),
        _OWN_ADDRESS,
        "the temporary password (S-ACC-5, S-ACC-8)",
    ),
    Row(Sink.CALENDAR, _NOTHING, _NOTHING, "others read the clinic's calendar (D-BOOK-12)"),
    Row(
        Sink.LETTER,
        frozenset({Kind.TEXT}),
        frozenset({Kind.CIVIL_NUMBER}),
        "digital post finds its recipient by the CPR number, and is where texts belong",
    ),
    Row(
        Sink.JOURNAL,
        frozenset({Kind.TEXT, Kind.CIVIL_NUMBER}),
        _NOTHING,
        "the record of the patient",
    ),
    Row(
        Sink.CONTENT,
        frozenset(Kind) - {Kind.PASSWORD, Kind.TOKEN},
        _NOTHING,
        "erasable; of passwords and tokens only hashes are kept (D-ACC-12, D-KEEP-1)",
    ),
    Row(Sink.STORE_FILE, _NOTHING, _NOTHING, "content and mails are encrypted there (D-KEEP-1)"),
)

_WITH_PASSWORD: Final = frozenset({MailKind.ACTIVATION, MailKind.TEMPORARY_PASSWORD})


def rows_of(table: Iterable[Row]) -> dict[Sink, Row]:
    """Give each sink's row; raise `AssertionError` unless each sink has exactly one."""
    rows = {row.sink: row for row in table}
    assert len(rows) == len(tuple(table)) == len(Sink), "each sink has one row"
    return rows


def sink_of(mail: OutgoingMail) -> Sink:
    """Say which sink a mail is: what it may hold follows from what it is for.

    A mail about a booking without a user holds the code that cancels it (D-BOOK-8).
    """
    if mail.kind in _WITH_PASSWORD:
        return Sink.MAIL_WITH_PASSWORD
    booked_by_guest = mail.about is None and mail.kind.value.startswith("booking_")
    if mail.kind is MailKind.ONE_TIME_CODE or booked_by_guest:
        return Sink.MAIL_WITH_CODE
    return Sink.MAIL
