"""The statements about mails: queued and withdrawn by changes, tried by workers, told about later.

What an attempt comes to is the core's to say (`MailState`); here it is kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen

from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.columns import (
    MANY,
    id_of,
    in_portions,
    instant_of,
    read_instant,
    stream_of,
)
from eservices_adapters.store.session import Session
from eservices_core.events import StreamId
from eservices_core.ports.ledger import Change
from eservices_core.ports.outbox import (
    Handover,
    MailKind,
    MailState,
    OutgoingMail,
    Reported,
    TakenMail,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId

_AT_ONCE: Final = -(2**63)  # before all instants
_ABOUT: Final = 11
"""Where in a row the columns of a mail's state end, and those that say whose it is begin."""

# `is_first`: no earlier mail of its stream is open. It is kept, and not asked for, so that however
# many mails wait behind others, taking one looks at none of them (faults: 149).
_QUEUE: Final = (
    "INSERT INTO mails (mail, kind, about, stream_kind, stream_key, recipient, content,"
    " expires_at, is_first, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN EXISTS ("
    "SELECT 1 FROM mails WHERE stream_kind = ? AND stream_key = ? AND settled_at IS NULL"
    ") THEN 0 ELSE ? END, ?)"
)
_STATE: Final = (
    "SELECT mail, kind, at, state, settled_at, attempts, may_have_arrived, next_try, reported,"
    " token, in_hand_until, about, stream_kind, stream_key FROM mails JOIN changes USING (change)"
)
_WHOLE: Final = _STATE.replace(" FROM", ", recipient, content, expires_at FROM")
_MAIL: Final = f"{_STATE} WHERE mail = ?"
_MAIL_STATES: Final = f"{_STATE} WHERE mail IN ({MANY})"
_MAILS_ABOUT: Final = f"{_STATE} WHERE about = ? ORDER BY place"
_MAILS_OF: Final = f"{_STATE} WHERE stream_kind = ? AND stream_key = ? ORDER BY place"
_IN_STATE: Final = f"{_STATE} WHERE state = ? ORDER BY place LIMIT ?"
_DUE: Final = (
    f"{_WHOLE} WHERE settled_at IS NULL AND is_first = 1 AND next_try <= ?"
    " ORDER BY next_try, place LIMIT 1"
)
_IS_DUE: Final = (
    "SELECT 1 FROM mails WHERE settled_at IS NULL AND is_first = 1 AND next_try <= ? LIMIT 1"
)
_NOTE: Final = (
    "UPDATE mails SET state = ?, attempts = ?, may_have_arrived = ?, next_try = ?, token = ?,"
    " in_hand_until = ? WHERE mail = ?"
)
_REPORT: Final = "UPDATE mails SET reported = ? WHERE mail = ?"
_END: Final = "UPDATE mails SET settled_at = ?, recipient = NULL, content = NULL WHERE mail = ?"
_NEXT_OF: Final = (
    "UPDATE mails SET is_first = 1 WHERE place IN (SELECT min(place) FROM mails"
    " WHERE stream_kind = ? AND stream_key = ? AND settled_at IS NULL)"
)
_FORGET: Final = (
    "DELETE FROM mails WHERE place IN (SELECT place FROM mails WHERE settled_at < ?"
    " ORDER BY settled_at, place LIMIT ?)"
)

# --- writing -----------------------------------------------------------------------------------


def locks(change: Change) -> Iterator[str]:
    """Name what must not change while a change's mails are queued: which of a stream is open."""
    for mail in change.mails:
        if mail.stream is not None:
            yield _lock_of(mail.stream)


def _lock_of(stream: StreamId) -> str:
    return f"mails/{stream.kind}/{stream.key}"


def queue(session: Session, at_rest: AtRest, change: Change, place: int) -> None:
    """Leave the mails of a change to be sent."""
    before: set[StreamId] = set()
    for mail in change.mails:
        may_be_first = mail.stream is None or mail.stream not in before
        row = _row(at_rest, mail, place, may_be_first=may_be_first)
        session.put(f"mail/{mail.mail}", _QUEUE, row)
        if mail.stream is not None:
            before.add(mail.stream)


def _row(
    at_rest: AtRest, mail: OutgoingMail, place: int, *, may_be_first: bool
) -> tuple[object, ...]:
    expires_at = None if mail.expires_at is None else instant_of(mail.expires_at)
    stream = stream_of(mail.stream)
    whose = (mail.mail.value, mail.kind.value, id_of(mail.about), *stream)
    recipient = at_rest.seal(_recipient_of(mail.mail), mail.to.reveal().encode())
    content = at_rest.seal(_content_of(mail.mail), mail.content)
    return (*whose, recipient, content, expires_at, *stream, int(may_be_first), place)


def _recipient_of(mail: MailId) -> str:
    return f"mails/recipient/{mail}"


def _content_of(mail: MailId) -> str:
    return f"mails/content/{mail}"


def withdraw(session: Session, change: Change) -> bool:
    """Stop the mails that a change withdraws; True if any bytes were erased."""
    erased = False
    for act in change.withdrawals:
        asked = (
            (_MAILS_OF, stream_of(act.stream))
            if act.stream is not None
            else (_MAILS_ABOUT, (id_of(act.about),))
        )
        for row in _to_change(session, *asked):
            state, (whose, stream) = _state(row), _whose(row)
            if state.settled_at is None and act.fits(whose, stream, state.kind):
                erased |= _note(session, stream, state, state.withdrawn(change.at))
    return erased


@frozen
class Taken:
    """A mail that was taken, as it lies there: still encrypted.

    It is opened when the taking is stored: a row that nobody can open holds up no other.
    """

    before: MailState
    after: MailState
    row: tuple[Any, ...] = field(repr=False)


def is_due(session: Session, at: datetime) -> bool:
    """Whether there is anything to take: who only asks need not wait for those who write."""
    return session.execute(_IS_DUE, (instant_of(at),)).fetchone() is not None


def take(session: Session, at: datetime, until: datetime) -> Taken | None:
    """Take the mail whose turn it is at an instant; None if none is due."""
    row = session.execute(_DUE + session.skip_locked, (instant_of(at),)).fetchone()
    if row is None:
        return None
    before = _state(row)
    after = before.taken(until)
    _ = _note(session, _whose(row)[1], before, after)
    return Taken(before, after, row)


def opened(at_rest: AtRest, taken: Taken) -> TakenMail:
    """Read what was taken."""
    recipient, content, expires_at = taken.row[-3:]
    mail = taken.after.mail
    about, stream = _whose(taken.row)
    outgoing = OutgoingMail(
        mail=mail,
        kind=taken.after.kind,
        about=about,
        to=EmailAddress.parse(at_rest.open(_recipient_of(mail), recipient).decode()).unwrap(),
        content=at_rest.open(_content_of(mail), content),
        expires_at=None if expires_at is None else read_instant(expires_at),
        stream=stream,
    )
    after_lost = taken.before.in_hand_until is not None
    return TakenMail(outgoing, taken.after.attempts, taken.after.token, after_lost=after_lost)


@frozen
class Became:
    """What a word about a mail came to: whether anything changed, and whether bytes were erased."""

    changed: bool
    erased: bool


def become(session: Session, mail: MailId, told: Callable[[MailState], MailState | None]) -> Became:
    """Note a word about a mail; nothing if it is unknown, or the word is None."""
    rows = _to_change(session, _MAIL, (mail.value,))
    if not rows:
        return Became(changed=False, erased=False)
    row = rows[0]
    before = _state(row)
    after = told(before)
    if after is None:
        return Became(changed=False, erased=False)
    erased = _note(session, _whose(row)[1], before, after)
    return Became(changed=True, erased=erased)


def _to_change(session: Session, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    """Read mails that are about to be changed: their streams' locks first, then their rows."""
    rows = session.execute(sql, values).fetchall()
    if not session.row_lock:
        return rows
    streams = {stream for _, stream in map(_whose, rows) if stream is not None}
    session.lock(*map(_lock_of, streams))
    return session.execute(sql + session.row_lock, values).fetchall()


def forget(session: Session, settled_before: datetime, limit: int) -> int:
    """Forget mails that ended before an instant, oldest first; say how many."""
    return session.execute(_FORGET, (instant_of(settled_before), limit)).rowcount


def report(session: Session, mail: MailId, reported: Reported) -> None:
    """Note what a delivery report said of a mail."""
    _ = session.execute(_REPORT, (reported.value, mail.value))


def _note(session: Session, stream: StreamId | None, before: MailState, after: MailState) -> bool:
    next_try = _AT_ONCE if after.next_try is None else instant_of(after.next_try)
    in_hand = None if after.in_hand_until is None else instant_of(after.in_hand_until)
    became = (after.state.value, after.attempts, int(after.may_have_arrived), next_try)
    _ = session.execute(_NOTE, (*became, after.token, in_hand, after.mail.value))
    if after.settled_at is None:
        return False
    _ = session.execute(_END, (instant_of(after.settled_at), after.mail.value))
    if before.settled_at is None and stream is not None:
        _ = session.execute(_NEXT_OF, stream_of(stream))
    return before.settled_at is None


# --- reading -----------------------------------------------------------------------------------


def state_of(session: Session, mail: MailId) -> MailState | None:
    """Say what became of one mail."""
    row = session.execute(_MAIL, (mail.value,)).fetchone()
    return None if row is None else _state(row)


def states_of(session: Session, mails: Sequence[MailId]) -> Mapping[MailId, MailState]:
    """Say what became of many mails, with one statement for each portion."""
    states = (
        _state(row)
        for portion in in_portions([mail.value for mail in mails])
        for row in session.execute(_MAIL_STATES, portion)
    )
    return {state.mail: state for state in states}


def mails_about(session: Session, user: UserId) -> tuple[MailState, ...]:
    """Say what became of every mail about a user, oldest first."""
    return tuple(map(_state, session.execute(_MAILS_ABOUT, (user.value,))))


def mails_of(session: Session, stream: StreamId) -> tuple[MailState, ...]:
    """Say what became of every mail of a stream, oldest first."""
    return tuple(map(_state, session.execute(_MAILS_OF, stream_of(stream))))


def in_state(session: Session, state: Handover, limit: int) -> tuple[MailState, ...]:
    """Give mails of a state, ended or not, oldest first."""
    return tuple(map(_state, session.execute(_IN_STATE, (state.value, limit))))


def _whose(row: tuple[Any, ...]) -> tuple[UserId | None, StreamId | None]:
    about, kind, key = row[_ABOUT : _ABOUT + 3]
    stream = None if kind is None else StreamId(kind, key)
    return None if about is None else UserId(about), stream


def _state(row: tuple[Any, ...]) -> MailState:
    mail, kind, at, state, settled_at, attempts, may_have_arrived, next_try, reported = row[:9]
    token, in_hand_until = row[9:_ABOUT]
    return MailState(
        mail=MailId(mail),
        kind=MailKind(kind),
        queued_at=read_instant(at),
        state=Handover(state),
        settled_at=_instant(settled_at),
        attempts=attempts,
        may_have_arrived=bool(may_have_arrived),
        next_try=None if next_try == _AT_ONCE else read_instant(next_try),
        reported=None if reported is None else Reported(reported),
        token=token,
        in_hand_until=_instant(in_hand_until),
    )


def _instant(written: int | None) -> datetime | None:
    return None if written is None else read_instant(written)
