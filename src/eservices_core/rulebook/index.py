"""The index of the rulebook: every rule, what it is about, and where in the code it lives.

Here: one line per rule, in short words of our own, its one home, and what of it is still to be
built and where. Not here: what a rule says in full (its home does), and whether a home really is
there and a test names the rule (`eservices rules --check` looks).
"""

from collections.abc import Mapping
from enum import Enum, unique
from importlib import import_module
from typing import Final

from attrs import frozen

from eservices_core.outcome import Failure, Outcome, Success


@unique
class Section(Enum):
    """The sections of the rulebook; the word in the middle of an ID belongs to one of them."""

    ACC = "who may log in, and how"
    BOOK = "the appointment book"
    MAIL = "mail consultation"
    POST = "digital post"
    REST = "what all of it shares: settings, staff, sessions, logs"


@unique
class Part(Enum):
    """The parts of the project that are still to be built, or to be built out."""

    PORTAL = "portal"
    """Everything with a face: the two sites, the clinic's desk, the API."""


@frozen
class Later:
    """What of a rule is not built yet, and the part that will hold it."""

    part: Part
    what: str


@frozen
class Rule:
    """One rule.

    Attributes:
        id: such as `D-ACC-16`; S from the source text, D a decision where that is silent.
        title: what it is about, in one line.
        home: `module:object`, where the rule is carried out; None where nothing of it is built.
        later: what is still open, and where it will live; empty when all of it is built.
    """

    id: str
    title: str
    home: str | None
    later: tuple[Later, ...] = ()

    def __attrs_post_init__(self) -> None:
        assert self.home is not None or self.later, "a rule is built, or it is planned"

    @property
    def section(self) -> Section:
        """The section that its ID belongs to."""
        return Section.__members__.get(self.id.split("-")[1], Section.REST)


@frozen
class NoSuchHome:
    """A home that cannot be imported; `home` is as it stands in the index."""

    home: str


def find_home(home: str) -> Outcome[object, NoSuchHome]:
    """Import the object that a home names."""
    module, _, name = home.partition(":")
    try:
        found: object = getattr(import_module(module), name)
    except (ImportError, AttributeError):
        return Failure(NoSuchHome(home))
    return Success(found)


_ACCESS: Final = "eservices_core.access"
_BOOK: Final = "eservices_core.booking"
_POST: Final = "eservices_core.post"
_MAIL: Final = "eservices_core.consultation"
_ACTS: Final = "eservices_core.usecases"


def _built(rule: str, title: str, home: str, *later: Later) -> Rule:
    return Rule(rule, title, home, later)


def _planned(rule: str, title: str, part: Part) -> Rule:
    return Rule(rule, title, None, (Later(part, "all of it"),))


_RULES: Final = (
    # --- ACC: who may log in, and how -----------------------------------------------------------
    _built(
        "S-ACC-1", "Two ways in: MitID, or password and e-mailed code", f"{_ACCESS}.login:decide"
    ),
    _built("S-ACC-2", "Whoever has MitID logs in with their private one", f"{_ACCESS}.login:MITID"),
    _built(
        "S-ACC-3", "Two-factor is for those who cannot use MitID", f"{_ACCESS}.login:TWO_FACTOR"
    ),
    _built("S-ACC-4", "The clinic's tick keeps two-factor open", f"{_ACTS}.no_mitid:set_no_mitid"),
    _built(
        "S-ACC-5",
        "One click sends a ticked patient a temporary password",
        f"{_ACTS}.send_password:send_password",
    ),
    _built(
        "S-ACC-6",
        "A guardian's MitID opens two-factor for a known child",
        f"{_ACCESS}.login:TWO_FACTOR",
    ),
    _built("S-ACC-7", "A new patient with MitID signs up alone", f"{_ACTS}.sign_up:sign_up"),
    _built(
        "S-ACC-8",
        "A new patient without MitID is created and ticked by the clinic",
        f"{_ACTS}.create_patient:create_patient",
    ),
    _built(
        "S-ACC-9",
        "A guardian creates the user of a new child",
        f"{_ACTS}.create_child:create_child",
    ),
    _built(
        "S-ACC-10",
        "Once activated, the new child has two-factor",
        f"{_ACTS}.create_child:create_child",
    ),
    _built(
        "S-ACC-11",
        "Staff give a new password, and tie user and clinic together",
        f"{_ACTS}.manage_association:manage_association",
    ),
    _built("D-ACC-1", "The measure begins on a day that is data", f"{_ACCESS}.facts:measure_at"),
    _built(
        "D-ACC-2",
        "The clinic's word counts, and all refusals look alike",
        "eservices_core.texts:PUBLIC_REFUSAL",
    ),
    _built("D-ACC-3", "Which MitID identity is acceptable", f"{_ACCESS}.mitid:ACCEPTABLE"),
    _built("D-ACC-4", "The order of answers at a login", f"{_ACCESS}.login:decide"),
    _built(
        "D-ACC-5",
        "'Under 15' ends at midnight on the birthday",
        "eservices_core.words.clinic_time:turns_fifteen_at",
    ),
    _built("D-ACC-6", "A child's own MitID needs no guardian", f"{_ACCESS}.login:MITID"),
    _built("D-ACC-7", "What counts as custody", f"{_ACCESS}.custody:standing_of"),
    _built("D-ACC-8", "The way through a guardian verification", f"{_ACCESS}.guardian:decide"),
    _built(
        "D-ACC-9", "Custody is looked up again when it is old", f"{_ACCESS}.guardianship:stands"
    ),
    _built(
        "D-ACC-10",
        "Staff can verify a guardian by hand",
        f"{_ACTS}.verify_by_hand:verify_by_hand",
    ),
    _built("D-ACC-11", "Which clinics a session reaches", f"{_ACCESS}.session:REACH"),
    _built(
        "D-ACC-12",
        "A temporary password's short life",
        f"{_ACCESS}.passwords:TemporaryPassword",
    ),
    _built("D-ACC-13", "Guesses are counted before they are compared", f"{_ACCESS}.guesses:decide"),
    _built(
        "D-ACC-14", "Whose an address is, and what a change of it does", f"{_ACCESS}.address:decide"
    ),
    _built("D-ACC-15", "Eligibility is decided again at every use", f"{_ACCESS}.session:REACH"),
    _built(
        "D-ACC-16",
        "Replacement numbers, successors, and a new MitID",
        f"{_ACCESS}.linking:LINKING",
    ),
    _built("D-ACC-17", "How a clinic takes self sign-up", f"{_ACCESS}.association:SIGN_UP"),
    _built(
        "D-ACC-18",
        "A guardian has no login; the page says who sees",
        f"{_ACTS}.keep_off_site:keep_off_site",
        Later(Part.PORTAL, "the page says it before a booking and before a message"),
    ),
    _built("D-ACC-19", "A protected person goes through the clinic", f"{_ACCESS}.custody:CUSTODY"),
    _built(
        "D-ACC-20",
        "What leaving a clinic, and death, set off",
        f"{_ACTS}.close_user:close_user",
    ),
    _built("D-ACC-21", "Every answer names rule, step and texts", "eservices_core.texts:NextStep"),
    # Ours, from 101 on, where the rulebook is silent (docs/decisions 7, 8, 10 and 13 to 15).
    _built("D-ACC-101", "The order in which custody answers", f"{_ACCESS}.custody:CUSTODY"),
    _built(
        "D-ACC-102",
        "The activation mail does not hold the username",
        "eservices_core.correspondence.messages:Activation",
    ),
    _built(
        "D-ACC-103",
        "The default limits on guessing",
        "eservices_core.clinic.settings:CodeLimits",
    ),
    _built(
        "D-ACC-104",
        "Who came by MitID agrees a username with the clinic",
        f"{_ACTS}.send_password:agree_username",
    ),
    _built(
        "D-ACC-105",
        "A master card alone moves nobody to a new number",
        f"{_ACTS}.people:has_earlier_number",
    ),
    _built(
        "D-ACC-106",
        "What a clock that is set back or ahead does",
        "eservices_core.words.lifetimes:is_within",
    ),
    # --- BOOK: the appointment book ---------------------------------------------------------------
    _built("S-BOOK-1", "Patients book within the clinic's periods", f"{_BOOK}.offered:OFFERED"),
    _built(
        "S-BOOK-2",
        "A time taken in the calendar is not offered",
        f"{_ACTS}.calendar_readings:CalendarReadings",
    ),
    _built(
        "S-BOOK-3",
        "The calendar shows how many have booked",
        f"{_ACTS}.desk:Desk",
        Later(Part.PORTAL, "the red number by the blue 'a', on a page"),
    ),
    _built("S-BOOK-4", "Confirmed means approved and received", f"{_BOOK}.states:Confirmed"),
    _built("S-BOOK-5", "The patient can cancel", f"{_BOOK}.cancelling:CANCELLING"),
    _built(
        "S-BOOK-6",
        "A user is not needed for booking",
        f"{_ACTS}.book_without_user:ask_without_user",
    ),
    _built(
        "S-BOOK-7",
        "Staff see and answer bookings in the calendar",
        f"{_ACTS}.sync_calendar:sync_calendar",
        Later(Part.PORTAL, "the clinic's desk as a page"),
    ),
    _built(
        "D-BOOK-1",
        "A request claims its time, and claims never overlap",
        "eservices_core.ports.claims:ClaimTime",
    ),
    _built("D-BOOK-2", "What counts as received", f"{_BOOK}.delivery:RECEIVED"),
    _built("D-BOOK-3", "Approved, awaiting delivery, undelivered", f"{_BOOK}.evidence:note_mail"),
    _built("D-BOOK-4", "Every command has an answer in every state", f"{_BOOK}.booking:decide"),
    _built("D-BOOK-5", "An unanswered request has a deadline", f"{_BOOK}.opening:answer_deadline"),
    _built(
        "D-BOOK-6",
        "A conflict with the calendar is the staff's",
        f"{_ACTS}.sync_calendar:sync_calendar",
    ),
    _built("D-BOOK-7", "Booking without a user, and its limits", f"{_BOOK}.guest:decide"),
    _built(
        "D-BOOK-8",
        "Opening a link changes nothing",
        f"{_ACTS}.book_by_link:see_by_link",
        Later(Part.PORTAL, "pages that change something take POST only"),
    ),
    _built("D-BOOK-9", "Times are the clinic's wall clock", f"{_BOOK}.wall_clock:showing"),
    _built(
        "D-BOOK-10",
        "The settings of booking, and the notice to cancel",
        "eservices_core.clinic.booking_settings:BookingSettings",
        Later(Part.PORTAL, "they are changed on a page"),
    ),
    _built(
        "D-BOOK-11",
        "Staff act for a practitioner, or for a patient",
        f"{_BOOK}.approving:APPROVAL",
    ),
    _built(
        "D-BOOK-12",
        "The confirmation is also a calendar entry",
        "eservices_core.correspondence.icalendar:write",
    ),
    _built("D-BOOK-13", "One sentence for each state and reader", f"{_BOOK}.sentences:sentence"),
    _built("D-BOOK-14", "Staff can ask why not", f"{_ACTS}.times:ask_why_not"),
    _built("D-BOOK-15", "What the red number counts", f"{_ACTS}.desk:see_desk"),
    _built(
        "D-BOOK-16",
        "Booking for a patient without e-mail",
        f"{_ACTS}.book_for_patient:book_for_patient",
    ),
    # --- MAIL: mail consultation ------------------------------------------------------------------
    _built(
        "S-MAIL-1",
        "Patients write what can wait, and renew medicine",
        f"{_ACTS}.write_to_clinic:begin_conversation",
    ),
    _built(
        "S-MAIL-2",
        "No patient sees the clinic's mail address",
        "eservices_core.clinic.service:Service",
        Later(Part.PORTAL, "pages, the API, letters and calendar files hold to it too"),
    ),
    _built(
        "S-MAIL-3",
        "Correspondence is kept in the journal",
        f"{_ACTS}.journal_acts:write_in_journal",
    ),
    _built(
        "S-MAIL-4",
        "Enquiries come to the worklist",
        "eservices_core.views.worklist:laid",
    ),
    _built("S-MAIL-5", "Staff can write first", f"{_ACTS}.answer_patient:create_e_answer"),
    _built(
        "D-MAIL-1",
        "An e-mail says only that there is something to read",
        "eservices_core.correspondence.messages:render",
        Later(Part.PORTAL, "a reply to it is refused by the mail server, with a text"),
    ),
    _built(
        "D-MAIL-2",
        "A typed mail address of the clinic is caught",
        "eservices_core.words.address_in_text:holds_address",
    ),
    _built(
        "D-MAIL-3",
        "Nothing is sent before the journal has it",
        f"{_ACTS}.conversation_acts:entry_is_filed",
    ),
    _built(
        "D-MAIL-4",
        "A worklist item has one holder and a deadline",
        "eservices_core.worklist.holding:decide",
    ),
    _built("D-MAIL-5", "Urgent matters are turned to the phone", f"{_MAIL}.writing:WRITING"),
    _built("D-MAIL-6", "A renewal names a medicine", f"{_MAIL}.renewal:RENEWAL"),
    _built(
        "D-MAIL-7",
        "Lengths, attachments and switches",
        f"{_MAIL}.attachments:check_all",
    ),
    _built(
        "D-MAIL-8",
        "Sent to the wrong patient",
        f"{_ACTS}.withdraw_message:withdraw_message",
    ),
    # --- POST: digital post -----------------------------------------------------------------------
    _built("S-POST-1", "Staff send letters to mit.dk", f"{_ACTS}.send_letter:send_letter"),
    _built("S-POST-2", "Only clinics that bought it have it", f"{_POST}.sending:SENDING"),
    _built("D-POST-1", "A letter's states and its receipts", f"{_POST}.letter:decide"),
    _built("D-POST-2", "Paper for those who cannot get it", f"{_POST}.sending:SENDING"),
    _built("D-POST-3", "The message is valid MeMo", f"{_POST}.memo:checked"),
    # --- the rest ---------------------------------------------------------------------------------
    _built(
        "S-SET-1",
        "All settings lie in one module",
        f"{_ACTS}.change_settings:change_settings",
        Later(Part.PORTAL, "they are changed on a page"),
    ),
    _built(
        "S-MENU-1",
        "One menu for the staff's three functions",
        "eservices_core.staffing.menu:menu_of",
        Later(Part.PORTAL, "the menu as a page"),
    ),
    _planned("S-SITE-1", "After login: the site's pages, and help", Part.PORTAL),
    _planned("S-APP-1", "The app is one of the services", Part.PORTAL),
    _planned("D-APP-1", "The API can what the sites can", Part.PORTAL),
    _built(
        "D-STAFF-1",
        "Staff are named, have a role and a purpose",
        "eservices_core.staffing.permissions:PERMISSIONS",
        Later(Part.PORTAL, "the login with two factors, and the desk's pages"),
    ),
    _built(
        "D-STAFF-101",
        "A session of staff lasts a working day",
        "eservices_core.staffing.desk_session:SESSION_LASTS",
    ),
    _built(
        "D-STAFF-102",
        "A clinic keeps a manager",
        f"{_ACTS}.staff:set_end_date",
    ),
    _built(
        "D-STAFF-103",
        "A purpose that names something must name what is there",
        "eservices_core.staffing.opening:OPENING",
    ),
    _built(
        "D-STAFF-104",
        "Patients are found by name without the name being kept",
        f"{_ACTS}.find_patients:find_patients",
    ),
    _built(
        "D-SES-1",
        "One session in a browser, for one patient",
        f"{_ACCESS}.session:decide",
        Later(Part.PORTAL, "each page and form names its patient; logout ends both sites"),
    ),
    _built(
        "D-LOG-1",
        "Acts and looks are logged, chained and sealed; secrets never are",
        "eservices_core.usecases.audit_chain:verify",
    ),
    _built(
        "D-LOG-2",
        "Nothing of one clinic is seen by another",
        f"{_ACTS}.people:is_patient_of",
        Later(Part.PORTAL, "what is not yours answers as what is not there"),
    ),
    Rule(
        "D-KEEP-1",
        "Periods, erasing, checkpoints; content is encrypted at rest",
        "eservices_core.usecases.purge:purge",
    ),
    Rule(
        "D-KEEP-101",
        "A store that has gone back is refused until staff accept it, on record",
        "eservices_core.usecases.accept_past:accept_past",
    ),
)

RULES: Final[Mapping[str, Rule]] = {rule.id: rule for rule in _RULES}
"""Every rule by its ID, in the order of the rulebook."""

assert len(RULES) == len(_RULES), "an ID stands twice in the index"
