"""An older state of the store is accepted: what it can no longer know is ended, not done again.

Here: the statements, and their order. Mails that wait may have left after the backup was made, so
none is sent again: each has ended, as one that may have arrived, and staff are told by the rounds
that follow mails. The new generation comes last, so whoever is killed on the way begins again. Not
here: the record of it and the end of sessions, which are a change like any other (`usecases`).
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from attrs import frozen

from eservices_adapters.store import mails
from eservices_adapters.store.columns import instant_of
from eservices_adapters.store.mark import MarkFile, Standing, standing_of
from eservices_adapters.store.session import Done, Engine, Session
from eservices_core.events import StreamId
from eservices_core.ports.outbox import Handover, MailKind, MailState
from eservices_core.words.identifiers import MailId

_OPEN: Final = "SELECT mail, kind FROM mails WHERE settled_at IS NULL ORDER BY place"
_BEGUN: Final = (
    "SELECT kind, events.key FROM events JOIN changes USING (change)"
    " WHERE kind = ? AND version = 1 AND at > ? AND NOT EXISTS (SELECT 1 FROM events AS later"
    " WHERE later.kind = events.kind AND later.key = events.key AND later.version = 2)"
    " ORDER BY position"
)
_ACCEPT: Final = "UPDATE store SET generation = ?"
_OVERLAPS: Final = (
    "SELECT count(*) FROM claims AS one JOIN claims AS other ON one.book = other.book"
    " AND one.booking < other.booking AND one.starts < other.ends AND other.starts < one.ends"
)
_SESSIONS: Final = ("session", "staff_session")
_A_MOMENT: Final = timedelta(seconds=1)
_SESSION_MAX: Final = timedelta(days=2)


@frozen
class Doubted:
    """A mail that waited in an older state of the store, and is not sent."""

    mail: MailId
    kind: MailKind


def open_sessions(engine: Engine, at: datetime) -> tuple[StreamId, ...]:
    """Name the sessions of patients and staff that nobody has ended, of the last two days."""

    def work(session: Session) -> tuple[StreamId, ...]:
        since = instant_of(at - _SESSION_MAX)
        return tuple(
            StreamId(kind, key)
            for which in _SESSIONS
            for kind, key in session.execute(_BEGUN, (which, since)).fetchall()
        )

    return engine.read(work)


def doubt_mails(engine: Engine, at: datetime) -> tuple[Doubted, ...]:
    """End every mail that waits, as one that may have arrived; its bytes are erased."""
    return engine.write(partial(_doubt, at))


def _doubt(at: datetime, session: Session) -> Done[tuple[Doubted, ...]]:
    rows = session.execute(_OPEN + session.row_lock).fetchall()
    doubted = tuple(Doubted(MailId(mail), MailKind(kind)) for mail, kind in rows)
    for one in doubted:
        _ = mails.become(session, one.mail, partial(_may_have_left, at))
    return Done(doubted, erased=bool(doubted))


def _may_have_left(at: datetime, state: MailState) -> MailState:
    """Give the state after an attempt of which nobody knows, and after which there is none."""
    taken = state.taken(at + _A_MOMENT)
    return taken.settled(taken.token, Handover.AMBIGUOUS, at)


def overlapping_claims(engine: Engine) -> int:
    """Count the pairs of claims that share a minute: none, whatever was restored (D-BOOK-1)."""
    return engine.read(lambda session: int(session.execute(_OVERLAPS).fetchone()[0]))


def begin_generation(engine: Engine, mark: MarkFile, noted: Standing | None) -> Standing:
    """Let the store begin anew from the state that it is in; its mark says so from now on."""
    found = engine.read(standing_of)
    same = noted is not None and noted.store == found.store
    newest = max(found.generation, noted.generation if same and noted else 0)

    def work(session: Session) -> Done[Standing]:
        _ = session.execute(_ACCEPT, (newest + 1,))
        return Done(standing_of(session))

    begun = engine.write(work)
    mark.write(begun)
    return begun
