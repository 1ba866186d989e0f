"""What a letter can be: its states, its events, and how one follows from the other (D-POST-1).

One letter is one message, and its id is the message's UUID: however often it is tried, whoever asks
for it and whatever comes back, it is that one. 'Accepted' is the solution's word when it took the
message, 'received' a receipt of its own; neither is 'delivered'. Which command leads where is
`letter`'s to say.
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.words.identifiers import ClinicId, ContentId, EntryId, UserId


@unique
class To(Enum):
    """Whose digital mailbox a letter goes to (D-POST-2)."""

    PATIENT = "patient"
    CHOSEN = "chosen"
    """Somebody whom staff chose, for a letter about someone under 15."""


@frozen
class Terms:
    """What a letter is.

    Attributes:
        user: the patient whom it is about.
        to: whose mailbox it goes to.
        recipient: the record of that person's number.
        content: the record of title, text, sender and the names of files.
        files: the records of its PDF files, in their order.
        by: who wrote it.
        at: when; the message carries this time, however late it leaves.
    """

    clinic: ClinicId
    user: UserId
    to: To
    recipient: ContentId
    content: ContentId
    files: tuple[ContentId, ...]
    by: StaffMember
    at: datetime


@unique
class Because(Enum):
    """Why a letter was withdrawn."""

    STAFF = "staff"
    DEATH = "death"
    """The patient died (D-ACC-20)."""


@unique
class Believed(Enum):
    """What staff had been told before evidence said otherwise."""

    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    ON_PAPER = "on_paper"


# --- states --------------------------------------------------------------------------------------


@frozen
class NoLetter:
    """Nothing was written."""


@frozen
class AwaitingJournal:
    """Written; it leaves when its journal entry has been acknowledged (D-MAIL-3)."""

    terms: Terms
    entry: EntryId


@frozen
class Queued:
    """To be handed over; nothing has left.

    Attributes:
        attempts: how often it was tried.
        next_try: not tried before.
    """

    terms: Terms
    attempts: int
    next_try: datetime


@frozen
class Ambiguous:
    """An attempt ended without an answer: it may have arrived.

    Attributes:
        attempts: how often it was tried since.
        next_try: when it is tried again, as the same message; None where staff decide.
    """

    terms: Terms
    attempts: int
    next_try: datetime | None


@frozen
class Accepted:
    """The solution took the message; `corrects` is what staff had been told before."""

    terms: Terms
    at: datetime
    corrects: Believed | None = None


@frozen
class Received:
    """A receipt says that the solution has it; nobody says that the recipient has."""

    terms: Terms
    at: datetime
    corrects: Believed | None = None


@frozen
class Delivered:
    """It lies in the recipient's mailbox. Final."""

    terms: Terms
    at: datetime
    corrects: Believed | None = None


@frozen
class Failed:
    """It was refused, or given up.

    Attributes:
        code: the solution's own code, or one of ours; never a text.
        may_have_arrived: an attempt ended without an answer before.
    """

    terms: Terms
    code: str
    at: datetime
    may_have_arrived: bool


@frozen
class Withdrawn:
    """Stopped before anybody knew of its leaving.

    Attributes:
        may_have_arrived: an attempt ended without an answer, before or since.
    """

    terms: Terms
    because: Because
    by: StaffMember
    at: datetime
    may_have_arrived: bool


@frozen
class OnPaper:
    """Staff sent it on paper instead; `may_have_arrived` as of the digital one."""

    terms: Terms
    by: StaffMember
    at: datetime
    may_have_arrived: bool


Waiting: TypeAlias = AwaitingJournal | Queued | Ambiguous
Taken: TypeAlias = Accepted | Received | Delivered
Written: TypeAlias = Waiting | Taken | Failed | Withdrawn | OnPaper
Letter: TypeAlias = NoLetter | Written

# --- events --------------------------------------------------------------------------------------


@frozen
class LetterWritten:
    """It was written, with its entry in the journal."""

    terms: Terms
    entry: EntryId


@frozen
class LetterReleased:
    """Its entry is in the journal: it may leave."""

    at: datetime


@frozen
class LetterNotTaken:
    """The solution could not be reached, or asked us to come again; nothing left."""

    next_try: datetime | None


@frozen
class LetterAmbiguous:
    """An attempt ended without an answer; None where it was the last."""

    next_try: datetime | None


@frozen
class LetterTriedAgain:
    """Staff had it tried again, as the same message."""

    by: StaffMember
    at: datetime


@frozen
class LetterAccepted:
    """The solution took it."""

    at: datetime


@frozen
class LetterReceived:
    """A receipt: the solution has it."""

    at: datetime


@frozen
class LetterDelivered:
    """A receipt: it lies in the recipient's mailbox."""

    at: datetime


@frozen
class LetterFailed:
    """The solution refused it, a receipt said so, or its attempts ended."""

    code: str
    at: datetime


@frozen
class LetterWithdrawn:
    """It is not to be sent."""

    because: Because
    by: StaffMember
    at: datetime


@frozen
class LetterSentOnPaper:
    """Staff sent it on paper."""

    by: StaffMember
    at: datetime


Event: TypeAlias = (
    LetterWritten
    | LetterReleased
    | LetterNotTaken
    | LetterAmbiguous
    | LetterTriedAgain
    | LetterAccepted
    | LetterReceived
    | LetterDelivered
    | LetterFailed
    | LetterWithdrawn
    | LetterSentOnPaper
)


def evolve(state: Letter, event: Event) -> Letter:  # noqa: C901  one branch for each event
    """Apply an event that `letter.decide` gave; a history that it cannot have given is a bug."""
    if isinstance(event, LetterWritten):
        assert isinstance(state, NoLetter)
        return AwaitingJournal(event.terms, event.entry)
    assert not isinstance(state, NoLetter), "a letter's story begins with its writing"
    terms = state.terms
    match event:
        case LetterReleased(at) | LetterTriedAgain(at=at):
            if isinstance(state, Ambiguous):
                return Ambiguous(terms, 0, at)
            return Queued(terms, 0, at)
        case LetterNotTaken() | LetterAmbiguous():
            return _tried(state, event)
        case LetterAccepted(at):
            return Accepted(terms, at, _corrected(state))
        case LetterReceived(at):
            return Received(terms, at, _corrected(state))
        case LetterDelivered(at):
            return Delivered(terms, at, _corrected(state))
        case LetterFailed(code, at):
            return Failed(terms, code, at, may_have_arrived(state))
        case LetterWithdrawn(because, by, at):
            return Withdrawn(terms, because, by, at, may_have_arrived(state))
        case LetterSentOnPaper(by, at):
            return OnPaper(terms, by, at, may_have_arrived(state))
        case _:
            assert_never(event)


def _tried(state: Written, event: LetterNotTaken | LetterAmbiguous) -> Letter:
    match state:
        case Queued(terms, attempts):
            if isinstance(event, LetterNotTaken):
                assert event.next_try is not None, "what never left is tried again, or has failed"
                return Queued(terms, attempts + 1, event.next_try)
            return Ambiguous(terms, 1, event.next_try)
        case Ambiguous(terms, attempts):
            return Ambiguous(terms, attempts + 1, event.next_try)
        case Withdrawn(terms, because, by, at):
            assert isinstance(event, LetterAmbiguous)
            return Withdrawn(terms, because, by, at, may_have_arrived=True)
        case OnPaper(terms, by, at):
            assert isinstance(event, LetterAmbiguous)
            return OnPaper(terms, by, at, may_have_arrived=True)
        case _:
            raise AssertionError("only what waits is tried")


def _corrected(state: Written) -> Believed | None:
    """What staff were told that this evidence says otherwise of."""
    match state:
        case Failed():
            return Believed.FAILED
        case Withdrawn():
            return Believed.WITHDRAWN
        case OnPaper():
            return Believed.ON_PAPER
        case Accepted(corrects=corrects) | Received(corrects=corrects):
            return corrects
        case Delivered() | AwaitingJournal() | Queued() | Ambiguous():
            return None
        case _:
            assert_never(state)


def may_have_arrived(state: Letter) -> bool:
    """Whether the message may lie in the recipient's mailbox, although nobody said so."""
    match state:
        case Failed() | Withdrawn() | OnPaper():
            return state.may_have_arrived
        case Ambiguous() | Accepted() | Received() | Delivered():
            return True
        case NoLetter() | AwaitingJournal() | Queued():
            return False
        case _:
            assert_never(state)
