"""The statements about mails: queued and withdrawn by changes, tried by workers, told about later.

What an attempt comes to is the core's to say (`MailState.after`); here it is kept.
"""

from datetime import datetime
from typing import Any, Final

from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.columns import id_of, instant_of, read_instant, stream_of
from eservices_adapters.store.session import Session
from eservices_core.ports.ledger import (
    Change,
    DueMail,
    Handover,
    MailKind,
    MailState,
    OutgoingMail,
    Reported,
    StreamId,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId

_AT_ONCE: Final = -(2**63)
_QUEUE: Final = (
    "INSERT INTO mails (mail, kind, about, stream_kind, stream_key, recipient, content,"
    " expires_at, change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_STATE: Final = (
    "SELECT mail, kind, at, state, settled_at, attempts, may_have_arrived, next_try, reported,"
    " about, stream_kind, stream_key FROM mails JOIN changes USING (change)"
)
_MAIL: Final = f"{_STATE} WHERE mail = ?"
_MAILS_ABOUT: Final = f"{_STATE} WHERE about = ? ORDER BY place"
_MAILS_OF: Final = f"{_STATE} WHERE stream_kind = ? AND stream_key = ? ORDER BY place"
_DUE: Final = (
    "SELECT mail, kind, about, stream_kind, stream_key, recipient, content, expires_at, attempts"
    " FROM mails WHERE settled_at IS NULL AND next_try <= ? AND NOT EXISTS ("
    "SELECT 1 FROM mails AS earlier WHERE earlier.stream_kind = mails.stream_kind"
    " AND earlier.stream_key = mails.stream_key AND earlier.place < mails.place"
    " AND earlier.settled_at IS NULL) ORDER BY next_try, place LIMIT ?"
)
_NOTE: Final = (
    "UPDATE mails SET state = ?, attempts = ?, may_have_arrived = ?, next_try = ? WHERE mail = ?"
)
_REPORT: Final = "UPDATE mails SET reported = ? WHERE mail = ?"
_END: Final = "UPDATE mails SET settled_at = ?, recipient = NULL, content = NULL WHERE mail = ?"

_FORGET: Final = (
    "DELETE FROM mails WHERE place IN (SELECT place FROM mails WHERE settled_at < ?"
    " ORDER BY settled_at, place LIMIT ?)"
)

# --- writing -----------------------------------------------------------------------------------


def queue(session: Session, at_rest: AtRest, change: Change, place: int) -> None:
    """Leave the mails of a change to be sent."""
    for mail in change.mails:
        stored = session.execute(_QUEUE, _row(at_rest, mail, place)).rowcount
        assert stored == 1, "a mail id is used once"


def _row(at_rest: AtRest, mail: OutgoingMail, place: int) -> tuple[object, ...]:
    expires_at = None if mail.expires_at is None else instant_of(mail.expires_at)
    whose = (mail.mail.value, mail.kind.value, id_of(mail.about), *stream_of(mail.stream))
    recipient = at_rest.seal(_recipient_of(mail.mail), mail.to.reveal().encode())
    content = at_rest.seal(_content_of(mail.mail), mail.content)
    return (*whose, recipient, content, expires_at, place)


def _recipient_of(mail: MailId) -> str:
    return f"mails/recipient/{mail}"


def _content_of(mail: MailId) -> str:
    return f"mails/content/{mail}"


def withdraw(session: Session, change: Change) -> bool:
    """Stop the mails that a change withdraws; True if any bytes were erased."""
    erased = False
    for act in change.withdrawals:
        found = (
            session.execute(_MAILS_OF + session.row_lock, stream_of(act.stream))
            if act.stream is not None
            else session.execute(_MAILS_ABOUT + session.row_lock, (id_of(act.about),))
        )
        for row in found.fetchall():
            state = _state(row)
            about, kind, key = row[-3:]
            whose = None if about is None else UserId(about)
            stream = None if kind is None else StreamId(kind, key)
            if state.settled_at is None and act.fits(whose, stream, state.kind):
                after = state.after(Handover.WITHDRAWN, change.at)
                erased |= _note(session, state, after)
    return erased


def settle(
    session: Session,
    mail: MailId,
    handover: Handover,
    at: datetime,
    next_try: datetime | None,
) -> bool:
    """Note how an attempt ended; True if the mail's bytes were erased."""
    row = session.execute(_MAIL + session.row_lock, (mail.value,)).fetchone()
    before = None if row is None else _state(row)
    return before is not None and _note(session, before, before.after(handover, at, next_try))


def forget(session: Session, settled_before: datetime, limit: int) -> int:
    """Forget mails that ended before an instant, oldest first; say how many."""
    return session.execute(_FORGET, (instant_of(settled_before), limit)).rowcount


def report(session: Session, mail: MailId, reported: Reported) -> None:
    """Note what a delivery report said of a mail."""
    _ = session.execute(_REPORT, (reported.value, mail.value))


def _note(session: Session, before: MailState, after: MailState) -> bool:
    next_try = _AT_ONCE if after.next_try is None else instant_of(after.next_try)
    values = (after.state.value, after.attempts, int(after.may_have_arrived), next_try)
    _ = session.execute(_NOTE, (*values, after.mail.value))
    if after.settled_at is None:
        return False
    _ = session.execute(_END, (instant_of(after.settled_at), after.mail.value))
    return before.settled_at is None


# --- reading -----------------------------------------------------------------------------------


def due(session: Session, at_rest: AtRest, limit: int, at: datetime) -> tuple[DueMail, ...]:
    """Give the mails to be tried at an instant, as the port orders them."""
    rows = session.execute(_DUE, (instant_of(at), limit))
    return tuple(_due(at_rest, row) for row in rows)


def _due(at_rest: AtRest, row: tuple[Any, ...]) -> DueMail:
    mail, kind, about, stream, key, recipient, content, expires_at, attempts = row
    named = MailId(mail)
    to = at_rest.open(_recipient_of(named), recipient).decode()
    outgoing = OutgoingMail(
        mail=named,
        kind=MailKind(kind),
        about=None if about is None else UserId(about),
        to=EmailAddress.parse(to).unwrap(),
        content=at_rest.open(_content_of(named), content),
        expires_at=None if expires_at is None else read_instant(expires_at),
        stream=None if stream is None else StreamId(stream, key),
    )
    return DueMail(outgoing, attempts)


def state_of(session: Session, mail: MailId) -> MailState | None:
    """Say what became of one mail."""
    row = session.execute(_MAIL, (mail.value,)).fetchone()
    return None if row is None else _state(row)


def mails_about(session: Session, user: UserId) -> tuple[MailState, ...]:
    """Say what became of every mail about a user, oldest first."""
    return tuple(map(_state, session.execute(_MAILS_ABOUT, (user.value,))))


def mails_of(session: Session, stream: StreamId) -> tuple[MailState, ...]:
    """Say what became of every mail of a stream, oldest first."""
    return tuple(map(_state, session.execute(_MAILS_OF, stream_of(stream))))


def _state(row: tuple[Any, ...]) -> MailState:
    mail, kind, at, state, settled_at, attempts, may_have_arrived, next_try, reported, *_ = row
    return MailState(
        MailId(mail),
        MailKind(kind),
        read_instant(at),
        Handover(state),
        None if settled_at is None else read_instant(settled_at),
        attempts,
        bool(may_have_arrived),
        None if next_try == _AT_ONCE else read_instant(next_try),
        None if reported is None else Reported(reported),
    )
