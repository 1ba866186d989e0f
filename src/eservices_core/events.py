"""Every event that a ledger can hold, as one closed union, and the kinds of stream they lie in.

Here: which machine folds which stream. Not here: what events mean (their own modules), and how they
are written down (`wire`).
"""

from collections.abc import Callable
from typing import Final, Generic, TypeAlias, TypeVar

from attrs import frozen

from eservices_core.access import (
    address,
    association,
    browsers,
    guardian,
    guardianship,
    guesses,
    mitid_attempt,
    session,
    two_factor,
    user,
)
from eservices_core.booking import guest, life, link, lists, states
from eservices_core.clinic import settings_life
from eservices_core.consultation import life as conversation_life
from eservices_core.consultation import states as conversation_states
from eservices_core.journal import entry
from eservices_core.post import states as letters
from eservices_core.staffing import alarm, desk_session, member, opening
from eservices_core.words.identifiers import AttemptId, BookingId
from eservices_core.worklist import holding, watched

DomainEvent: TypeAlias = (
    user.Event
    | association.Event
    | association.ClinicListed
    | session.Event
    | guesses.Event
    | browsers.Event
    | two_factor.Event
    | mitid_attempt.Event
    | guardian.Event
    | guardian.ChildAsked
    | guardianship.Event
    | address.Event
    | life.Event
    | lists.PatientEvent
    | lists.DeskEvent
    | guest.Event
    | guest.ListEvent
    | link.Event
    | entry.Event
    | holding.Event
    | watched.Event
    | member.Event
    | alarm.Event
    | desk_session.Event
    | opening.ProtectedOpened
    | settings_life.SettingsChanged
    | letters.Event
    | conversation_life.Event
)

S = TypeVar("S")
E = TypeVar("E")


@frozen
class StreamId:
    """One machine's history: its kind and its key; never a number or a name."""

    kind: str
    key: str


@frozen(eq=False)
class Kind(Generic[S, E]):
    """A kind of stream: its name, the state before any event, and how an event changes it."""

    name: str
    initial: S
    evolve: Callable[[S, E], S]

    def stream(self, key: object) -> StreamId:
        """Name one stream of this kind."""
        return StreamId(self.name, str(key))


USER: Final = Kind[user.User, user.Event]("user", user.NoUser(), user.evolve)
ASSOCIATION: Final = Kind[association.Association, association.Event](
    "association", association.NotAssociated(), association.evolve
)
CLINICS: Final = Kind[association.Clinics, association.ClinicListed](
    "clinics", (), association.list_clinic
)
SESSION: Final = Kind[session.Session, session.Event]("session", session.NotBegun(), session.evolve)
GUESSES: Final = Kind[guesses.Guesses, guesses.Event]("guesses", guesses.NO_GUESSES, guesses.evolve)
BROWSERS: Final = Kind[browsers.KnownBrowsers, browsers.Event](
    "browsers", browsers.NONE_KNOWN, browsers.evolve
)
TWO_FACTOR: Final = Kind[two_factor.Attempt, two_factor.Event](
    "two_factor", two_factor.NotBegun(), two_factor.evolve
)
MITID_ATTEMPT: Final = Kind[mitid_attempt.Attempt, mitid_attempt.Event](
    "mitid_attempt", mitid_attempt.NotBegun(), mitid_attempt.evolve
)
GUARDIAN: Final = Kind[guardian.Attempt, guardian.Event](
    "guardian", guardian.NotBegun(), guardian.evolve
)
CHILDREN_ASKED: Final = Kind[guardian.Asked, guardian.ChildAsked](
    "children_asked", (), guardian.note_child
)
GUARDIANSHIP: Final = Kind[guardianship.Guardianship, guardianship.Event](
    "guardianship", guardianship.Unverified(), guardianship.evolve
)
ADDRESS: Final = Kind[address.Addresses, address.Event](
    "address", address.NoAddress(), address.evolve
)
BOOKING: Final = Kind[states.Booking, life.Event]("booking", states.NoBooking(), life.evolve)
PATIENT_BOOKINGS: Final = Kind[lists.PatientBookings, lists.PatientEvent](
    "patient_bookings", lists.PatientBookings(), lists.list_booking
)
DESK: Final = Kind[tuple[BookingId, ...], lists.DeskEvent]("desk", (), lists.lay)
GUEST: Final = Kind[guest.Attempt, guest.Event]("guest", guest.NotBegun(), guest.evolve)
GUEST_ATTEMPTS: Final = Kind[tuple[AttemptId, ...], guest.ListEvent](
    "guest_attempts", (), guest.list_attempt
)
JOURNAL_ENTRY: Final = Kind[entry.Entry, entry.Event](
    "journal_entry", entry.NoEntry(), entry.evolve
)
WORKLIST_ITEM: Final = Kind[holding.Holding, holding.Event](
    "worklist_item", holding.Free(), holding.evolve
)
WATCHED_MAIL: Final = Kind[watched.Watch, watched.Event](
    "watched_mail", watched.NotWatched(), watched.evolve
)
ALARM: Final = Kind[alarm.Raised, alarm.Event]("alarm", alarm.NotRaised(), alarm.evolve)
STAFF: Final = Kind[member.Member, member.Event]("staff", member.NotEnrolled(), member.evolve)
STAFF_SESSION: Final = Kind[desk_session.StaffSession, desk_session.Event](
    "staff_session", desk_session.NotBegun(), desk_session.evolve
)
PROTECTED_OPENINGS: Final = Kind[opening.Openings, opening.ProtectedOpened](
    "protected_openings", (), opening.note_opening
)
SETTINGS: Final = Kind[settings_life.Settings, settings_life.SettingsChanged](
    "settings", settings_life.AsConfigured(), settings_life.evolve
)
LETTER: Final = Kind[letters.Letter, letters.Event]("letter", letters.NoLetter(), letters.evolve)
LINK: Final = Kind[link.Tries, link.Event]("link", link.NO_TRIES, link.evolve)
CONVERSATION: Final = Kind[conversation_states.Conversation, conversation_life.Event](
    "conversation", conversation_states.NoConversation(), conversation_life.evolve
)
