"""The statements about a change, its events, names and content, and what they read back.

Here: functions of a connection, each inside a transaction that somebody else begins and ends. Not
here: claims, lists and mails (their own modules), transactions and connections (`sqlite`,
`connections`), the tables (`schema`), and how a value lies in a column (`columns`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from eservices_adapters.store import claims, lists, mails
from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.columns import (
    MANY,
    bytes_of,
    id_of,
    in_portions,
    instant_of,
    json_of,
    log_of,
    read_instant,
    read_log,
    stream_of,
    text_of,
)
from eservices_adapters.store.session import Rows, Session
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Actor,
    Append,
    Audited,
    AuditEntry,
    Change,
    CommitRefusal,
    EraseContent,
    KeyWasUsed,
    Name,
    NameIsTaken,
    NameKind,
    PutContent,
    PutFile,
    Recorded,
    ReleaseName,
    StaleStream,
    Stored,
    TakeName,
)
from eservices_core.wire import dump_actor, dump_event, load_actor, load_event
from eservices_core.words.identifiers import ClinicId, ContentId, Pseudonym, UserId

_ANSWER: Final = "SELECT fingerprint, answer FROM changes WHERE key = ?"
_FORGET: Final = (
    "UPDATE changes SET answer = NULL WHERE at < ? AND change IN (SELECT change FROM changes"
    " WHERE answer IS NOT NULL AND change > 0 ORDER BY change LIMIT ?)"
)
_VERSION: Final = "SELECT {}, coalesce(max(version), 0) FROM events WHERE kind = ? AND key = ?"
_HOLDER: Final = "SELECT holder FROM names WHERE kind = ? AND key = ?"
_NAMES: Final = "SELECT kind, key FROM names WHERE holder = ?"
_TAKE: Final = "INSERT INTO names (kind, key, holder) VALUES (?, ?, ?)"
_RELEASE: Final = "DELETE FROM names WHERE kind = ? AND key = ?"
_CHANGE: Final = (
    "INSERT INTO changes (change, key, fingerprint, at, actor, answer) VALUES (?, ?, ?, ?, ?, ?)"
)
_EVENT: Final = (
    "INSERT INTO events (kind, key, version, event, about, change) VALUES (?, ?, ?, ?, ?, ?)"
)
_CONTENT: Final = "SELECT text FROM contents WHERE record = ? AND is_file = ?"
_TEXTS: Final = "SELECT record, text FROM contents"
_CONTENTS: Final = f"{_TEXTS} WHERE is_file = ? AND record IN ({MANY})"
_PUT: Final = (
    "INSERT INTO contents (record, about, text, is_file) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (record) DO UPDATE SET about = excluded.about, text = excluded.text,"
    " is_file = excluded.is_file"
)
_THERE: Final = "SELECT 1 FROM contents WHERE record = ?"
_ERASE: Final = "DELETE FROM contents WHERE record = ?"
_AUDIT: Final = (
    "INSERT INTO audit (act, about, rule, refused_because, stream_kind, stream_key, clinic,"
    " purpose, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECORDED: Final = (
    "SELECT position, kind, events.key, version, event, about, at, actor"
    " FROM events JOIN changes USING (change)"
)
_HISTORY: Final = f"{_RECORDED} WHERE kind = ? AND events.key = ? ORDER BY version"
_HISTORIES: Final = f"{_RECORDED} WHERE kind = ? AND events.key IN ({MANY})"
_STREAMS: Final = (
    "SELECT key FROM events WHERE kind = ? AND key > ? AND version = 1 ORDER BY key LIMIT ?"
)
_EVENTS_ABOUT: Final = f"{_RECORDED} WHERE about = ? ORDER BY position"
_AUDITED: Final = (
    "SELECT position, act, about, rule, refused_because, stream_kind, stream_key, clinic, purpose,"
    " at, actor"
    " FROM audit JOIN changes USING (change)"
)
_AUDIT_ABOUT: Final = f"{_AUDITED} WHERE about = ? ORDER BY position"
_AUDIT_OF: Final = f"{_AUDITED} WHERE stream_kind = ? AND stream_key = ? ORDER BY position"
_AUDIT_AT: Final = f"{_AUDITED} WHERE clinic = ? AND position > ? ORDER BY position LIMIT ?"

_MOST_STREAMS: Final = 100

# --- before a change is stored -----------------------------------------------------------------


def answer_under(
    session: Session, at_rest: AtRest, key: str, fingerprint: str
) -> Outcome[Stored | None, KeyWasUsed]:
    """Give the answer that stands under a key; None if the key is new."""
    return _read_answer(at_rest, key, fingerprint, session.execute(_ANSWER, (key,)))


def _read_answer(
    at_rest: AtRest, key: str, fingerprint: str, rows: Rows
) -> Outcome[Stored | None, KeyWasUsed]:
    row = rows.fetchone()
    if row is None:
        return Success(None)
    if row[0] != fingerprint or row[1] is None:  # once erased, an answer is nobody's
        return Failure(KeyWasUsed())
    return Success(Stored(text_of(at_rest.open(_answer_to(key), row[1])), repeated=True))


def forget_answers(session: Session, stored_before: datetime, limit: int) -> int:
    """Erase answers of changes from before an instant, of the first `limit`; say how many."""
    return session.execute(_FORGET, (instant_of(stored_before), limit)).rowcount


def before(
    session: Session, at_rest: AtRest, change: Change
) -> Outcome[Stored | None, CommitRefusal]:
    """Say what a change comes to without being stored; None where it is to be stored.

    Where it is, its acts on names and claims have been made. What is asked about the key and the
    streams is asked in one go: over a network, waiting is most of it.
    """
    answer = session.execute(_ANSWER, (change.key,))
    versions = _ask_versions(session, change)
    before = _read_answer(at_rest, change.key, change.fingerprint, answer)
    if isinstance(before, Failure):
        return Failure(before.failure())
    if before.unwrap() is not None:
        return Success(before.unwrap())
    found: dict[int, int] = {place: version for rows in versions for place, version in rows}
    refusal = _refusal_of(session, change, found)
    return Success(None) if refusal is None else Failure(refusal)


def _refusal_of(
    session: Session, change: Change, versions: Mapping[int, int]
) -> CommitRefusal | None:
    """Say why versions, names or claims do not hold; where they do, the last two are made."""
    for place, append in enumerate(change.appends):
        if versions[place] != append.expected:
            return StaleStream(append.stream)
    for act in change.names:
        name = (act.name.kind.value, act.name.key.value)
        holder = holder_of(session, act.name)
        if holder not in {None, act.holder}:
            return NameIsTaken(act.name.kind)
        match act:
            case TakeName() if holder is None:
                _ = session.execute(_TAKE, (*name, act.holder.value))
            case ReleaseName() if holder is not None:
                _ = session.execute(_RELEASE, name)
            case _:
                pass
    return claims.refusal_of(session, change)


def _ask_versions(session: Session, change: Change) -> list[Rows]:
    asked: list[Rows] = []
    for first in range(0, len(change.appends), _MOST_STREAMS):
        appends = change.appends[first : first + _MOST_STREAMS]
        sql = " UNION ALL ".join(_VERSION.format(first + number) for number in range(len(appends)))
        values = [part for one in appends for part in stream_of(one.stream)]
        asked.append(session.execute(sql, values))
    return asked


# --- storing it --------------------------------------------------------------------------------


def _answer_to(key: str) -> str:
    return f"changes/answer/{key}"


def store(session: Session, at_rest: AtRest, change: Change) -> bool:
    """Store the rest of a change; True if something was overwritten or erased."""
    answer = at_rest.seal(_answer_to(change.key), bytes_of(change.answer))
    place = session.next_change()
    asked = change.key, change.fingerprint, instant_of(change.at), _written(change.by)
    erased = mails.withdraw(session, change)
    # The last lock of all, so that nobody who has it waits for somebody who wants it; kept until
    # the commit, as an entry that can be read never gets one before it.
    session.lock(*sorted({f"log/{log_of(entry.clinic)}" for entry in change.audit}))
    session.put("change", _CHANGE, (place, *asked, answer))
    for append in change.appends:
        for row in _event_rows(append, place):
            session.put(f"event/{row[0]}/{row[1]}/{row[2]}", _EVENT, row)
    for content in change.contents:
        named = f"content/{content.record}"
        if session.keeps_log and not erased:
            erased = session.execute(_THERE, (content.record.value,)).fetchone() is not None
        match content:
            case PutContent(record, about, text):
                cell = at_rest.seal(_text_of(record), bytes_of(text))
                session.put(named, _PUT, (record.value, id_of(about), cell, 0))
            case PutFile(record, about, data):
                cell = at_rest.seal(_file_of(record), data)
                session.put(named, _PUT, (record.value, id_of(about), cell, 1))
            case EraseContent(record):
                session.put(named, _ERASE, (record.value,))
    mails.queue(session, at_rest, change, place)
    lists.store(session, change)
    for number, entry in enumerate(change.audit):
        values = (
            entry.act,
            id_of(entry.about),
            entry.rule,
            entry.refused_because,
            *stream_of(entry.stream),
            log_of(entry.clinic),
            entry.purpose,
            place,
        )
        session.put(f"audit/{number}", _AUDIT, values)
    return erased


@lru_cache(maxsize=1024)
def _written(by: Actor) -> str:
    """Write who did it; the same few do most."""
    return json_of(dump_actor(by))


def _event_rows(append: Append, place: int) -> list[tuple[object, ...]]:
    stream, about = append.stream, id_of(append.about)
    return [
        (stream.kind, stream.key, version, json_of(dump_event(event)), about, place)
        for version, event in enumerate(append.events, start=append.expected + 1)
    ]


# --- reading -----------------------------------------------------------------------------------


def history(session: Session, stream: StreamId) -> tuple[Recorded, ...]:
    """Give a stream's events in order."""
    return tuple(map(_recorded, session.execute(_HISTORY, (stream.kind, stream.key))))


def histories(
    session: Session, asked: Sequence[StreamId]
) -> Mapping[StreamId, tuple[Recorded, ...]]:
    """Give the events of many streams, with one statement for each kind and portion."""
    found: dict[StreamId, list[Recorded]] = {stream: [] for stream in asked}
    for kind in dict.fromkeys(stream.kind for stream in asked):
        for portion in in_portions([stream.key for stream in asked if stream.kind == kind]):
            for row in session.execute(_HISTORIES, (kind, *portion)):
                recorded = _recorded(row)
                found[recorded.stream].append(recorded)
    return {
        stream: tuple(sorted(recorded, key=attrgetter("version")))
        for stream, recorded in found.items()
    }


def streams(session: Session, kind: str, after: str, limit: int) -> tuple[StreamId, ...]:
    """Give the streams of a kind by their keys, from after a key on."""
    rows = session.execute(_STREAMS, (kind, after, limit))
    return tuple(StreamId(kind, key) for (key,) in rows)


def events_about(session: Session, user: UserId) -> tuple[Recorded, ...]:
    """Give all events about a user, oldest first."""
    return tuple(map(_recorded, session.execute(_EVENTS_ABOUT, (user.value,))))


def _recorded(row: tuple[Any, ...]) -> Recorded:
    position, kind, key, version, event, about, at, by = row
    return Recorded(
        position=position,
        stream=StreamId(kind, key),
        version=version,
        event=load_event(event),
        about=None if about is None else UserId(about),
        at=read_instant(at),
        by=load_actor(by),
    )


def audit_about(session: Session, user: UserId) -> tuple[Audited, ...]:
    """Give the audit entries about a user, oldest first."""
    return tuple(map(_audited, session.execute(_AUDIT_ABOUT, (user.value,))))


def audit_of(session: Session, stream: StreamId) -> tuple[Audited, ...]:
    """Give the audit entries of a stream, oldest first."""
    return tuple(map(_audited, session.execute(_AUDIT_OF, (stream.kind, stream.key))))


def audit_at(
    session: Session, clinic: ClinicId | None, after_position: int, limit: int
) -> tuple[Audited, ...]:
    """Give a log's entries after a position, oldest first, at most `limit`."""
    values = (log_of(clinic), after_position, limit)
    return tuple(map(_audited, session.execute(_AUDIT_AT, values)))


def _audited(row: tuple[Any, ...]) -> Audited:
    position, act, about, rule, refused_because, kind, key, clinic, purpose, at, by = row
    user = None if about is None else UserId(about)
    stream = None if kind is None else StreamId(kind, key)
    whose = read_log(clinic)
    entry = AuditEntry(act, user, rule, refused_because, stream, whose, purpose)
    return Audited(position, entry, read_instant(at), load_actor(by))


def holder_of(session: Session, name: Name) -> UserId | None:
    """Say who has a unique name now."""
    row = session.execute(_HOLDER, (name.kind.value, name.key.value)).fetchone()
    return None if row is None else UserId(row[0])


def names_of(session: Session, holder: UserId) -> frozenset[Name]:
    """Give all unique names that a user has now."""
    rows = session.execute(_NAMES, (holder.value,)).fetchall()
    return frozenset(Name(NameKind(kind), Pseudonym(key)) for kind, key in rows)


def content_of(session: Session, at_rest: AtRest, record: ContentId) -> str | None:
    """Read an erasable record of text."""
    row = session.execute(_CONTENT, (record.value, 0)).fetchone()
    return None if row is None else text_of(at_rest.open(_text_of(record), row[0]))


def contents_of(
    session: Session, at_rest: AtRest, records: Sequence[ContentId]
) -> Mapping[ContentId, str]:
    """Read many records of text, with one statement for each portion."""
    found: dict[ContentId, str] = {}
    for portion in in_portions([record.value for record in records]):
        for value, cell in session.execute(_CONTENTS, (0, *portion)):
            record = ContentId(value)
            found[record] = text_of(at_rest.open(_text_of(record), cell))
    return found


def file_of(session: Session, at_rest: AtRest, record: ContentId) -> bytes | None:
    """Read an erasable record of bytes."""
    row = session.execute(_CONTENT, (record.value, 1)).fetchone()
    return None if row is None else at_rest.open(_file_of(record), row[0])


def _text_of(record: ContentId) -> str:
    return f"contents/text/{record}"


def _file_of(record: ContentId) -> str:
    return f"contents/file/{record}"
