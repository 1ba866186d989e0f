"""The mails of the ledger in memory: a dictionary in the order in which they were committed.

Not here: the lock under which a change is stored as one (`ledger`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.events import StreamId
from eservices_core.ports.ledger import Change
from eservices_core.ports.outbox import (
    Handover,
    MailState,
    Outbox,
    OutgoingMail,
    Reported,
    TakenMail,
)
from eservices_core.words.identifiers import MailId, UserId


@frozen
class _Mail:
    """A mail and what became of it; `mail` is None once its bytes are erased."""

    mail: OutgoingMail | None
    about: UserId | None
    stream: StreamId | None
    state: MailState


class MemoryOutbox:
    """Implements Outbox, and tells the Archive's part of mails; a part of `MemoryLedger`."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._mails: dict[MailId, _Mail] = {}

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        """Take the mail whose turn it is at an instant; None if none is due."""
        assert until > at, "a mail is taken for some time"
        with self._lock:
            due = self._due(at)
            if due is None:
                return None
            mail, before = due
            kept = self._mails[mail.mail]
            after = before.taken(until)
            self._mails[mail.mail] = with_changes(kept, state=after)
        after_lost = before.in_hand_until is not None
        return TakenMail(mail, after.attempts, after.token, after_lost=after_lost)

    def _due(self, at: datetime) -> tuple[OutgoingMail, MailState] | None:
        streams: set[StreamId] = set()
        again: list[tuple[datetime, OutgoingMail, MailState]] = []
        for kept in self._mails.values():
            if kept.mail is None or kept.stream in streams:
                continue
            if kept.stream is not None:
                streams.add(kept.stream)
            if kept.state.next_try is None:
                return kept.mail, kept.state
            if kept.state.next_try <= at:
                again.append((kept.state.next_try, kept.mail, kept.state))
        first = min(again, key=lambda one: one[0], default=None)
        return None if first is None else first[1:]

    def settle(
        self,
        mail: MailId,
        token: int,
        handover: Handover,
        at: datetime,
        next_try: datetime | None = None,
        /,
    ) -> None:
        """Note how an attempt ended, as `MailState.settled` says; nothing for an unknown mail."""
        with self._lock:
            kept = self._mails.get(mail)
            if kept is not None:
                state = kept.state.settled(token, handover, at, next_try)
                self._mails[mail] = _became(kept, state)

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        """Have a mail that rests be due from an instant on; False for any other mail."""
        with self._lock:
            kept = self._mails.get(mail)
            state = None if kept is None else kept.state.hurried(at)
            if kept is None or state is None:
                return False
            self._mails[mail] = _became(kept, state)
            return True

    def in_state(self, state: Handover, limit: int, /) -> tuple[MailState, ...]:
        """Give mails of a state, ended or not, oldest first, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no mails"
        with self._lock:
            found = [kept.state for kept in self._mails.values() if kept.state.state is state]
        return tuple(found[:limit])

    def report(self, mail: MailId, reported: Reported, /) -> None:
        """Note what a delivery report said of a mail; nothing for an unknown mail."""
        with self._lock:
            kept = self._mails.get(mail)
            if kept is not None:
                state = with_changes(kept.state, reported=reported)
                self._mails[mail] = with_changes(kept, state=state)

    def forget(self, settled_before: datetime, limit: int, /) -> int:
        """Forget mails that ended before an instant, oldest first, at most `limit`."""
        assert limit >= 0, "nobody forgets fewer than no mails"
        with self._lock:
            ended = [
                (kept.state.settled_at, place, mail)
                for place, (mail, kept) in enumerate(self._mails.items())
                if kept.state.settled_at is not None and kept.state.settled_at < settled_before
            ]
            going = [mail for _, _, mail in sorted(ended)[:limit]]
            for mail in going:
                del self._mails[mail]
        return len(going)

    def mails_about(self, user: UserId, /) -> tuple[MailState, ...]:
        """Say what became of every mail about a user, oldest first."""
        with self._lock:
            return tuple(kept.state for kept in self._mails.values() if kept.about == user)

    def mails_of(self, stream: StreamId, /) -> tuple[MailState, ...]:
        """Say what became of every mail of a stream, oldest first."""
        with self._lock:
            return tuple(kept.state for kept in self._mails.values() if kept.stream == stream)

    def mail(self, mail: MailId, /) -> MailState | None:
        """Say what became of one mail; None if there is none."""
        with self._lock:
            kept = self._mails.get(mail)
        return None if kept is None else kept.state

    def mail_states(self, mails: Sequence[MailId], /) -> Mapping[MailId, MailState]:
        """Say what became of many mails; those that there are not are not in it."""
        with self._lock:
            return {mail: self._mails[mail].state for mail in mails if mail in self._mails}

    def _withdraw(self, change: Change) -> None:
        for act in change.withdrawals:
            for mail, kept in self._mails.items():
                if kept.mail is not None and act.fits(kept.about, kept.stream, kept.state.kind):
                    self._mails[mail] = _became(kept, kept.state.withdrawn(change.at))

    def _queue(self, change: Change) -> None:
        for mail in change.mails:
            state = MailState(mail.mail, mail.kind, change.at)
            self._mails[mail.mail] = _Mail(mail, mail.about, mail.stream, state)


def _became(kept: _Mail, state: MailState) -> _Mail:
    return _Mail(kept.mail if state.settled_at is None else None, kept.about, kept.stream, state)


if TYPE_CHECKING:
    _outbox: type[Outbox] = MemoryOutbox
