"""The outbox: the mails that changes leave to be sent, and what becomes of each.

A mail is queued by a change of the ledger, as frozen bytes, and withdrawn by one. In between, and
afterwards, its state follows from what workers note and what delivery reports say. Not here: what
mails say (`correspondence`), and how one is handed to a mail server (`ports.world`).
"""

from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.events import StreamId
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId

# --- mails -------------------------------------------------------------------------------------


@unique
class MailKind(Enum):
    """What a mail is for; one kind per event that is told."""

    ACTIVATION = "activation"
    CHILD_CREATED = "child_created"
    TEMPORARY_PASSWORD = "temporary_password"
    ONE_TIME_CODE = "one_time_code"
    ADDRESS_CHANGED = "address_changed"
    MITID_LINKED = "mitid_linked"
    TURNED_FIFTEEN = "turned_fifteen"
    BOOKING_REQUESTED = "booking_requested"
    BOOKING_REQUEST_MOVED = "booking_request_moved"
    BOOKING_CONFIRMATION = "booking_confirmation"
    BOOKING_MOVED = "booking_moved"
    BOOKING_DECLINED = "booking_declined"
    BOOKING_EXPIRED = "booking_expired"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_CANCELLED_BY_CLINIC = "booking_cancelled_by_clinic"
    BOOKING_WITHDRAWN = "booking_withdrawn"
    BOOKING_REMINDER = "booking_reminder"
    SOMETHING_TO_READ = "something_to_read"
    REGISTRATION_ANSWERED = "registration_answered"
    TRIAL = "trial"


@frozen
class OutgoingMail:
    """A mail as frozen bytes: what is sent is what was decided, however often it is tried.

    Attributes:
        mail: its id; also the local part of its Message-ID.
        kind: what it is for.
        about: the user whose mail it is; None where there is no user (D-BOOK-7).
        to: the one recipient.
        content: the whole message, RFC 5322, CRLF line ends.
        expires_at: not sent from this instant on (a dead code, a birthday); None if it keeps.
        stream: the machine whose history it tells of; the mails of one leave in their order, each
            when those before it have ended.
    """

    mail: MailId
    kind: MailKind
    about: UserId | None
    to: EmailAddress
    content: bytes = field(repr=False)
    expires_at: datetime | None
    stream: StreamId | None = None


@frozen
class WithdrawMails:
    """Stop the mails of earlier changes that have not ended, where all that is given fits.

    They end as WITHDRAWN, or as AMBIGUOUS if they may have arrived, and their bytes are erased. A
    worker that has such a mail in hand may still send it; what it notes then is kept (`Outbox`).

    Attributes:
        about: those about this user; None for anybody's.
        stream: those of this stream; None for any. `about` or `stream` is given, or both.
        kinds: those of these kinds; None for all.
    """

    about: UserId | None = None
    stream: StreamId | None = None
    kinds: frozenset[MailKind] | None = None

    def __attrs_post_init__(self) -> None:
        assert self.about is not None or self.stream is not None, "nobody stops everybody's mail"

    def fits(self, about: UserId | None, stream: StreamId | None, kind: MailKind) -> bool:
        """Whether a mail is one of those."""
        return (
            self.about in {None, about}
            and self.stream in {None, stream}
            and (self.kinds is None or kind in self.kinds)
        )


# --- what becomes of them ----------------------------------------------------------------------


@unique
class Handover(Enum):
    """How an attempt to hand a mail over ended, or why there will be none."""

    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    """No answer came: it may have arrived. Only identical bytes may follow."""
    EXPIRED = "expired"
    """Its time was over before it was sent."""
    GIVEN_UP = "given_up"
    """It never left, however often it was tried."""
    WITHDRAWN = "withdrawn"
    """It never left: a change has stopped it."""


_OPEN: Final = frozenset({Handover.WAITING, Handover.AMBIGUOUS})
_NO_ATTEMPT: Final = frozenset({Handover.EXPIRED, Handover.WITHDRAWN})


@unique
class Reported(Enum):
    """What a delivery report has said of a mail that was handed over (D-BOOK-2)."""

    FAILED = "failed"
    BROKE_OFF = "broke_off"
    """Failed, by servers that lost contact: it may have arrived all the same (faults: 142)."""
    DELIVERED = "delivered"


@frozen
class MailState:
    """What became of a mail.

    Attributes:
        state: how the last attempt ended, or why there is none any more.
        settled_at: when it ended for good; None as long as there may be another attempt.
        attempts: how often it was tried; an attempt that is under way does not count yet.
        may_have_arrived: an attempt had no answer, whatever came of the others: of a mail that was
            refused afterwards it cannot be said either that nobody has it (D-BOOK-3).
        next_try: not tried before; None if at once, or not any more.
        reported: the newest delivery report's word; None before the first.
        token: the number of the newest taking; 0 if nobody has ever taken it.
        in_hand_until: an attempt has begun and nobody has said how it ended; from this instant on
            nobody will. Also after a mail was withdrawn: it may then have left all the same.
    """

    mail: MailId
    kind: MailKind
    queued_at: datetime
    state: Handover = Handover.WAITING
    settled_at: datetime | None = None
    attempts: int = 0
    may_have_arrived: bool = False
    next_try: datetime | None = None
    reported: Reported | None = None
    token: int = 0
    in_hand_until: datetime | None = None

    def taken(self, until: datetime) -> "MailState":
        """Give the state after somebody took it, to try it before `until`.

        If it was in somebody's hand, nobody knows how that attempt ended: it counts, and the mail
        may have arrived (faults: 144, 145).
        """
        assert self.settled_at is None, "what has ended is not taken"
        assert until.utcoffset() is not None, "an instant carries its offset"
        lost = self.in_hand_until is not None
        may_have_arrived = self.may_have_arrived or lost
        return with_changes(
            self,
            state=_truly(self.state, may_have_arrived=may_have_arrived),
            attempts=self.attempts + lost,
            may_have_arrived=may_have_arrived,
            next_try=until,
            token=self.token + 1,
            in_hand_until=until,
        )

    def settled(
        self, token: int, handover: Handover, at: datetime, next_try: datetime | None = None
    ) -> "MailState":
        """Give the state after whoever took it has said how the attempt ended.

        What may have arrived never becomes what never left: as long as it may be tried again, after
        it was given up, and when it is withdrawn, it is AMBIGUOUS. After an end, only an attempt
        that somebody had in hand still counts, if it can have reached anybody: that it was handed
        over wins over every other end, and one without an answer is remembered. Whoever holds it no
        more (it was taken anew, or settled before) neither ends nor schedules anything, but for
        what cannot be undone: it was handed over, or may have been (faults: 145).
        """
        assert at.utcoffset() is not None, "an instant carries its offset"
        assert next_try is None or next_try.utcoffset() is not None, "an instant carries its offset"
        assert next_try is None or handover in _OPEN, "what has ended is not tried again"
        assert next_try is not None or handover is not Handover.WAITING, "what waits is tried again"
        assert handover is not Handover.WITHDRAWN, "a change withdraws, nobody else"
        held = self.in_hand_until is not None and token == self.token
        if not held:
            return self._late(handover, at, attempts=self.attempts)
        if self.settled_at is not None:
            counts = handover in {Handover.HANDED_OVER, Handover.AMBIGUOUS}
            told = self._late(handover, at, attempts=self.attempts + counts)
            return with_changes(told, in_hand_until=None)
        may_have_arrived = self.may_have_arrived or handover is Handover.AMBIGUOUS
        return with_changes(
            self,
            state=_truly(handover, may_have_arrived=may_have_arrived),
            settled_at=at if next_try is None else None,
            attempts=self.attempts + (handover not in _NO_ATTEMPT),
            may_have_arrived=may_have_arrived,
            next_try=next_try,
            in_hand_until=None,
        )

    def withdrawn(self, at: datetime) -> "MailState":
        """Give the state after a change has stopped it; whoever has it in hand may still tell."""
        assert self.settled_at is None, "what has ended is not withdrawn"
        state = _truly(Handover.WITHDRAWN, may_have_arrived=self.may_have_arrived)
        return with_changes(self, state=state, settled_at=at, next_try=None)

    def hurried(self, at: datetime) -> "MailState | None":
        """Give the state if it is to be tried from an instant on; None if it does not rest."""
        rests = self.settled_at is None and self.in_hand_until is None
        if not rests or self.next_try is None or self.next_try <= at:
            return None
        return with_changes(self, next_try=at)

    def _late(self, handover: Handover, at: datetime, attempts: int) -> "MailState":
        """What an attempt proves, and no more: it is over, or somebody else's turn."""
        if self.state is Handover.HANDED_OVER:
            return with_changes(self, attempts=attempts)
        match handover:
            case Handover.HANDED_OVER:
                return with_changes(
                    self, state=handover, settled_at=at, attempts=attempts, next_try=None
                )
            case Handover.AMBIGUOUS:
                state = _truly(self.state, may_have_arrived=True)
                return with_changes(self, state=state, attempts=attempts, may_have_arrived=True)
            case _:
                return self


def _truly(word: Handover, *, may_have_arrived: bool) -> Handover:
    never_left = word in {Handover.WAITING, Handover.GIVEN_UP, Handover.WITHDRAWN}
    return Handover.AMBIGUOUS if never_left and may_have_arrived else word


@frozen
class TakenMail:
    """A mail in a worker's hand, to be tried now.

    Attributes:
        mail: what is sent.
        attempts: how often it was tried before, those among them whose end nobody knows.
        token: what to settle it with; at each taking of the same mail it is higher.
        after_lost: the attempt before this one had no end: whoever made it is gone, or very slow.
    """

    mail: OutgoingMail
    attempts: int
    token: int
    after_lost: bool = False


class Outbox(Protocol):
    """The mails that changes have left to be sent.

    A worker takes a mail, tries it, and settles it. To take one is to begin: it is noted before
    anything is sent, so a worker that dies leaves a mail that may have arrived, never one that is
    lost. A mail that is withdrawn may be in somebody's hand. All attempts have the same bytes.
    """

    def take(self, at: datetime, until: datetime, /) -> TakenMail | None:
        """Take the mail whose turn it is at an instant; None if none is due.

        Nobody else gets it before `until`, which is later than `at`, unless it is settled; then it
        is due again. Those that were never tried come first, oldest first; then those whose next
        try was due first, and of these the oldest. A mail of a stream waits until the earlier mails
        of that stream have ended. The taking is stored before this returns (`MailState.taken`).
        """
        ...

    def settle(
        self,
        mail: MailId,
        token: int,
        handover: Handover,
        at: datetime,
        next_try: datetime | None = None,
        /,
    ) -> None:
        """Note how an attempt ended, as `MailState.settled` says; nothing for an unknown mail.

        With `next_try` it is tried again, not before then: always after WAITING, and after
        AMBIGUOUS unless that was the last try. Without, it has ended, and its bytes are erased.
        """
        ...

    def hurry(self, mail: MailId, at: datetime, /) -> bool:
        """Have a mail that rests be due from an instant on; False for any other mail."""
        ...

    def in_state(self, state: Handover, limit: int, /) -> tuple[MailState, ...]:
        """Give mails of a state, ended or not, oldest first, at most `limit`."""
        ...

    def report(self, mail: MailId, reported: Reported, /) -> None:
        """Note what a delivery report said of a mail; nothing for an unknown mail.

        The newest word stands; reports come late, twice and in any order.
        """
        ...

    def forget(self, settled_before: datetime, limit: int, /) -> int:
        """Forget mails that ended before an instant, oldest first, at most `limit`; say how many.

        Nothing is known of them afterwards, as of a mail that never was (D-KEEP-1).
        """
        ...
