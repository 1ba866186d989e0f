"""Every statement of the SQLite ledger, and how its rows become values of the core and back.

Here: functions of a connection, each inside a transaction that somebody else begins and ends. Not
here: transactions and connections (`sqlite`, `connections`), and the tables (`schema`).

Texts that people wrote are kept as bytes, so that whatever a `str` can hold comes back: NUL, and
even half of a surrogate pair, which no UTF-8 has. JSON is kept as text, with such halves escaped.
"""

import sqlite3
from datetime import UTC, datetime
from typing import Any, Final

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Append,
    Audited,
    AuditEntry,
    Change,
    CommitRefusal,
    EraseContent,
    Handover,
    KeyWasUsed,
    MailKind,
    MailState,
    Name,
    NameIsTaken,
    OutgoingMail,
    PutContent,
    Recorded,
    ReleaseName,
    StaleStream,
    Stored,
    StreamId,
    TakeName,
)
from eservices_core.wire import dump_actor, dump_event, load_actor, load_event
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ContentId, MailId, UserId

_ANSWER: Final = "SELECT fingerprint, answer FROM changes WHERE key = ?"
_VERSION: Final = "SELECT coalesce(max(version), 0) FROM events WHERE kind = ? AND key = ?"
_HOLDER: Final = "SELECT holder FROM names WHERE kind = ? AND key = ?"
_TAKE: Final = "INSERT INTO names (kind, key, holder) VALUES (?, ?, ?)"
_RELEASE: Final = "DELETE FROM names WHERE kind = ? AND key = ?"
_CHANGE: Final = "INSERT INTO changes (key, fingerprint, at, by, answer) VALUES (?, ?, ?, ?, ?)"
_EVENT: Final = (
    "INSERT INTO events (kind, key, version, event, about, change) VALUES (?, ?, ?, ?, ?, ?)"
)
_CONTENT: Final = "SELECT text FROM contents WHERE record = ?"
_PUT: Final = "INSERT INTO contents (record, about, text) VALUES (?, ?, ?)"
_ERASE: Final = "DELETE FROM contents WHERE record = ?"
_MAIL: Final = (
    "INSERT INTO mails (mail, kind, about, recipient, content, expires_at, state, change)"
    " VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?) ON CONFLICT DO NOTHING"
)
_AUDIT: Final = (
    "INSERT INTO audit (act, about, rule, refused_because, change) VALUES (?, ?, ?, ?, ?)"
)
_RECORDED: Final = (
    "SELECT position, kind, events.key, version, event, about, at, by"
    " FROM events JOIN changes USING (change)"
)
_HISTORY: Final = f"{_RECORDED} WHERE kind = ? AND events.key = ? ORDER BY version"
_EVENTS_ABOUT: Final = f"{_RECORDED} WHERE about = ? ORDER BY position"
_AUDIT_ABOUT: Final = (
    "SELECT position, act, about, rule, refused_because, at, by"
    " FROM audit JOIN changes USING (change) WHERE about = ? ORDER BY position"
)
_MAILS_ABOUT: Final = (
    "SELECT mail, kind, at, state, settled_at"
    " FROM mails JOIN changes USING (change) WHERE about = ? ORDER BY place"
)
_DUE: Final = (
    "SELECT mail, kind, about, recipient, content, expires_at"
    " FROM mails WHERE settled_at IS NULL ORDER BY place LIMIT ?"
)
_AMBIGUOUS: Final = "UPDATE mails SET state = ? WHERE mail = ? AND settled_at IS NULL"
_SETTLE: Final = (
    "UPDATE mails SET state = ?, settled_at = ?, recipient = NULL, content = NULL"
    " WHERE mail = ? AND settled_at IS NULL"
)

# --- before a change is stored -----------------------------------------------------------------


def answer_under(
    connection: sqlite3.Connection, key: str, fingerprint: str
) -> Outcome[Stored | None, KeyWasUsed]:
    """Give the answer that stands under a key; None if the key is new."""
    row = connection.execute(_ANSWER, (key,)).fetchone()
    if row is None:
        return Success(None)
    if row[0] != fingerprint:
        return Failure(KeyWasUsed())
    return Success(Stored(_text(row[1]), repeated=True))


def refusal_of(connection: sqlite3.Connection, change: Change) -> CommitRefusal | None:
    """Say why the versions or the names of a change do not hold; the names are moved if they do."""
    for append in change.appends:
        stream = append.stream
        row = connection.execute(_VERSION, (stream.kind, stream.key)).fetchone()
        if row[0] != append.expected:
            return StaleStream(stream)
    for act in change.names:
        name = (act.name.kind.value, act.name.key.value)
        holder = holder_of(connection, act.name)
        if holder not in {None, act.holder}:
            return NameIsTaken(act.name.kind)
        match act:
            case TakeName() if holder is None:
                _ = connection.execute(_TAKE, (*name, act.holder.value))
            case ReleaseName() if holder is not None:
                _ = connection.execute(_RELEASE, name)
            case _:
                pass
    return None


# --- storing it --------------------------------------------------------------------------------


def store(connection: sqlite3.Connection, change: Change) -> bool:
    """Store all of a change but its names; True if something was overwritten or erased."""
    answer = _bytes(change.answer)
    values = (change.key, change.fingerprint, _instant(change.at), _json(dump_actor(change.by)))
    place = connection.execute(_CHANGE, (*values, answer)).lastrowid
    for append in change.appends:
        _ = connection.executemany(_EVENT, _event_rows(append, place))
    erased = False
    for content in change.contents:
        erased |= connection.execute(_ERASE, (content.record.value,)).rowcount > 0
        match content:
            case PutContent(record, about, text):
                row = (record.value, _id(about), _bytes(text))
                _ = connection.execute(_PUT, row)
            case EraseContent():
                pass
    for mail in change.mails:
        stored = connection.execute(_MAIL, _mail_row(mail, place)).rowcount
        assert stored == 1, "a mail id is used once"
    _ = connection.executemany(
        _AUDIT,
        (
            (entry.act, _id(entry.about), entry.rule, entry.refused_because, place)
            for entry in change.audit
        ),
    )
    return erased


def _event_rows(append: Append, place: int | None) -> list[tuple[object, ...]]:
    stream, about = append.stream, _id(append.about)
    return [
        (stream.kind, stream.key, version, _json(dump_event(event)), about, place)
        for version, event in enumerate(append.events, start=append.expected + 1)
    ]


def _mail_row(mail: OutgoingMail, place: int | None) -> tuple[object, ...]:
    expires_at = None if mail.expires_at is None else _instant(mail.expires_at)
    to, content = mail.to.reveal(), mail.content
    return (mail.mail.value, mail.kind.value, mail.about.value, to, content, expires_at, place)


def settle(connection: sqlite3.Connection, mail: MailId, handover: Handover, at: datetime) -> bool:
    """Note how an attempt ended; True if the mail's bytes were erased."""
    match handover:
        case Handover.WAITING:
            # What may have arrived still may have, though a later attempt never left.
            return False
        case Handover.AMBIGUOUS:
            _ = connection.execute(_AMBIGUOUS, (handover.value, mail.value))
            return False
        case Handover.HANDED_OVER | Handover.REFUSED | Handover.EXPIRED:
            values = (handover.value, _instant(at), mail.value)
            return connection.execute(_SETTLE, values).rowcount > 0


# --- reading -----------------------------------------------------------------------------------


def history(connection: sqlite3.Connection, stream: StreamId) -> tuple[Recorded, ...]:
    """Give a stream's events in order."""
    return tuple(map(_recorded, connection.execute(_HISTORY, (stream.kind, stream.key))))


def events_about(connection: sqlite3.Connection, user: UserId) -> tuple[Recorded, ...]:
    """Give all events about a user, oldest first."""
    return tuple(map(_recorded, connection.execute(_EVENTS_ABOUT, (user.value,))))


def _recorded(row: tuple[Any, ...]) -> Recorded:
    position, kind, key, version, event, about, at, by = row
    return Recorded(
        position=position,
        stream=StreamId(kind, key),
        version=version,
        event=load_event(event),
        about=None if about is None else UserId(about),
        at=datetime.fromisoformat(at),
        by=load_actor(by),
    )


def audit_about(connection: sqlite3.Connection, user: UserId) -> tuple[Audited, ...]:
    """Give the audit entries about a user, oldest first."""
    return tuple(
        Audited(
            position,
            AuditEntry(act, UserId(about), rule, refused_because),
            datetime.fromisoformat(at),
            load_actor(by),
        )
        for position, act, about, rule, refused_because, at, by in connection.execute(
            _AUDIT_ABOUT, (user.value,)
        )
    )


def mails_about(connection: sqlite3.Connection, user: UserId) -> tuple[MailState, ...]:
    """Say what became of every mail about a user, oldest first."""
    return tuple(
        MailState(
            MailId(mail),
            MailKind(kind),
            datetime.fromisoformat(at),
            Handover(state),
            None if settled_at is None else datetime.fromisoformat(settled_at),
        )
        for mail, kind, at, state, settled_at in connection.execute(_MAILS_ABOUT, (user.value,))
    )


def due(connection: sqlite3.Connection, limit: int) -> tuple[OutgoingMail, ...]:
    """Give mails that have not ended, oldest first."""
    return tuple(
        OutgoingMail(
            mail=MailId(mail),
            kind=MailKind(kind),
            about=UserId(about),
            to=EmailAddress.parse(recipient).unwrap(),
            content=content,
            expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
        )
        for mail, kind, about, recipient, content, expires_at in connection.execute(_DUE, (limit,))
    )


def holder_of(connection: sqlite3.Connection, name: Name) -> UserId | None:
    """Say who has a unique name now."""
    row = connection.execute(_HOLDER, (name.kind.value, name.key.value)).fetchone()
    return None if row is None else UserId(row[0])


def content_of(connection: sqlite3.Connection, record: ContentId) -> str | None:
    """Read an erasable record."""
    row = connection.execute(_CONTENT, (record.value,)).fetchone()
    return None if row is None else _text(row[0])


# --- texts and instants ------------------------------------------------------------------------


def _id(user: UserId | None) -> str | None:
    return None if user is None else user.value


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _json(text: str) -> str:
    """Escape what UTF-8 cannot write, in the way that JSON has for it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
