"""What each table of booking must answer, written a second time from the rulebook's text.

As `tests.access.oracles`: chains of ifs in the order of the rules, the whole answer, and for each
row a telling phrase of each text.
"""

from typing import Final

from eservices_core.booking.approving import APPROVAL, Approval, ApprovalFacts, Approver
from eservices_core.booking.asking import ASKING, Answer, AskFacts, Comment, OpenBookings, Reach
from eservices_core.booking.bookable import (
    OPEN,
    Bookable,
    Kind,
    Offer,
    OpenFacts,
    Reading,
    Way,
)
from eservices_core.booking.cancelling import (
    CANCELLING,
    CancelFacts,
    Cancellation,
    Notice,
    Stage,
    Who,
)
from eservices_core.booking.delivery import RECEIVED, Evidence, ReceivedFacts, Verdict
from eservices_core.booking.offered import (
    OFFERED,
    Ahead,
    Clinic,
    Clock,
    Place,
    Taken,
    TimeFacts,
)
from eservices_core.clinic.booking_settings import CommentRule, Grade, Switch
from eservices_core.texts import NextStep, Text
from tests.tools.oracles import Expected, Oracles, Said, Script

# ----------------------------------------------------------------------------------- delivery

ORDER: Final = (Grade.HANDED_OVER, Grade.NO_BOUNCE, Grade.REPORTED_DELIVERED, Grade.OPENED)
"""D-BOOK-2: the grades, from least to most."""


def received(facts: ReceivedFacts) -> Expected:
    """D-BOOK-2: call, letter, slip end it; else the grade must be the clinic's least, or more."""
    go_on, rule = NextStep.GO_ON, "D-BOOK-2"
    if facts.evidence in (Evidence.CALL, Evidence.LETTER, Evidence.SLIP):
        return Expected("told_by_staff", Verdict.RECEIVED, rule, go_on)
    if facts.evidence is Evidence.OPENED:
        return Expected("opened_after_login", Verdict.RECEIVED, rule, go_on)
    grade = Grade[facts.evidence.name]
    if ORDER.index(grade) >= ORDER.index(facts.wanted):
        if grade is Grade.REPORTED_DELIVERED:
            return Expected("reported_delivered", Verdict.RECEIVED, rule, go_on)
        if grade is Grade.NO_BOUNCE:
            return Expected("no_bounce_in_time", Verdict.RECEIVED, rule, go_on)
        # 'through a relay of one's own the least that counts' is no bounce
        if facts.own_relay is Switch.ON:
            return Expected("only_our_own_relay_took_it", Verdict.NOT_YET, rule, go_on)
        return Expected("handed_over", Verdict.RECEIVED, rule, go_on)
    if grade is Grade.HANDED_OVER:
        return Expected("handed_over_is_too_little", Verdict.NOT_YET, "D-BOOK-3", go_on)
    if grade is Grade.NO_BOUNCE:
        clinic = NextStep.CONTACT_CLINIC
        return Expected("silence_is_too_little", Verdict.NOT_YET, "D-BOOK-3", clinic)
    return Expected("a_report_is_too_little", Verdict.NOT_YET, "D-BOOK-3", go_on)


# --------------------------------------------------------------------------------- cancelling


def cancelling(facts: CancelFacts) -> Expected:
    """S-BOOK-5, D-BOOK-10, D-BOOK-11: the notice binds confirmed bookings only."""
    go_on = NextStep.GO_ON
    if facts.who is Who.CLINIC:
        return Expected("by_the_clinic", Cancellation.BY_CLINIC, "D-BOOK-11", go_on)
    if facts.who is Who.DEATH:
        return Expected("the_patient_died", Cancellation.PATIENT_DIED, "D-ACC-20", go_on)
    if facts.stage is Stage.REQUESTED:
        return Expected("request_withdrawn", Cancellation.WITHDRAWN, "D-BOOK-10", go_on)
    if facts.stage is Stage.APPROVED:
        return Expected("before_it_was_confirmed", Cancellation.CANCELLED, "D-BOOK-10", go_on)
    if facts.notice is Notice.IN_TIME:
        return Expected("in_time", Cancellation.CANCELLED, "S-BOOK-5", go_on)
    return Expected("too_late", Cancellation.LATE, "D-BOOK-10", go_on)


# ----------------------------------------------------------------------------------- approving


def approval(facts: ApprovalFacts) -> Expected:
    """S-BOOK-4, D-BOOK-11: the practitioner, or reception where the settings let it."""
    go_on = NextStep.GO_ON
    if facts.approver is Approver.PRACTITIONER:
        return Expected("the_practitioner", Approval.COUNTS, "S-BOOK-4", go_on)
    if facts.reception_approves is Switch.ON:
        return Expected("for_the_practitioner", Approval.COUNTS, "D-BOOK-11", go_on)
    step = NextStep.PRACTITIONER_APPROVES
    return Expected("only_the_practitioner", Approval.PRACTITIONER_ONLY, "D-BOOK-11", step)


# -------------------------------------------------------------------------------------- asking


def asking(facts: AskFacts) -> Expected:
    """D-BOOK-16, D-BOOK-10: an address, then the limit, then the comment."""
    clinic = NextStep.CONTACT_CLINIC
    if facts.reach is Reach.NONE:
        return Expected("nowhere_to_confirm", Answer.NO_ADDRESS, "D-BOOK-16", clinic)
    if facts.open_bookings is OpenBookings.AT_LIMIT:
        return Expected("too_many_open", Answer.TOO_MANY_OPEN, "D-BOOK-10", clinic)
    if facts.comment is Comment.WRITTEN:
        return Expected("with_a_comment", Answer.MAY_ASK, "D-BOOK-10", NextStep.GO_ON)
    if facts.comment_rule is CommentRule.REQUIRED:
        again = NextStep.TRY_AGAIN
        return Expected("comment_missing", Answer.COMMENT_REQUIRED, "D-BOOK-10", again)
    return Expected("without_a_comment", Answer.MAY_ASK, "D-BOOK-10", NextStep.GO_ON)


# ------------------------------------------------------------------------------------- offered


def opened(facts: OpenFacts) -> Expected:
    """D-BOOK-10, D-BOOK-7, D-BOOK-6: the clinic's switches, then the age of the reading."""
    clinic, no = NextStep.CONTACT_CLINIC, Offer.NOT_OFFERED
    if facts.booking is Switch.OFF:
        return Expected("clinic_shut", no, "D-BOOK-10", clinic)
    if facts.practitioner is Bookable.UNKNOWN:
        return Expected("no_such_practitioner", no, "D-BOOK-10", clinic)
    if facts.practitioner is Bookable.SHUT:
        return Expected("practitioner_shut", no, "D-BOOK-10", clinic)
    if facts.kind is Kind.NOT_OFFERED:
        return Expected("type_not_offered", no, "D-BOOK-10", clinic)
    if facts.way is Way.SHUT_BY_CLINIC:
        return Expected("without_user_shut_by_clinic", no, "D-BOOK-7", NextStep.LOG_IN)
    if facts.way is Way.SHUT_BY_PRACTITIONER:
        return Expected("without_user_shut_by_practitioner", no, "D-BOOK-7", NextStep.LOG_IN)
    if facts.way is Way.SHUT_BY_TYPE:
        return Expected("without_user_shut_by_type", no, "D-BOOK-7", NextStep.LOG_IN)
    if facts.calendar is Reading.TOO_OLD:
        return Expected("calendar_too_old", no, "D-BOOK-6", NextStep.TRY_AGAIN)
    return Expected("open", Offer.OFFERED, "S-BOOK-1", NextStep.GO_ON)


def offered(facts: TimeFacts) -> Expected:
    """D-BOOK-9, D-BOOK-10, D-BOOK-5, S-BOOK-1, D-BOOK-1, S-BOOK-2: whether a time is offered."""
    no, another = Offer.NOT_OFFERED, NextStep.CHOOSE_ANOTHER_TIME
    if facts.clock is Clock.SKIPS:
        return Expected("no_such_time", no, "D-BOOK-9", another)
    if facts.ahead is Ahead.PAST:
        return Expected("past", no, "D-BOOK-10", another)
    if facts.ahead is Ahead.INSIDE_NOTICE:
        return Expected("inside_notice", no, "D-BOOK-5", another)
    if facts.ahead is Ahead.BEYOND_HORIZON:
        return Expected("beyond_horizon", no, "D-BOOK-10", another)
    if facts.clinic is Clinic.CLOSED:
        return Expected("closed", no, "D-BOOK-10", another)
    if facts.place is Place.OUTSIDE:
        return Expected("outside_periods", no, "S-BOOK-1", another)
    if facts.place is Place.BETWEEN_STARTS:
        return Expected("between_starts", no, "S-BOOK-1", another)
    if facts.taken is Taken.BY_A_BOOKING:
        return Expected("taken_by_a_booking", no, "D-BOOK-1", another)
    if facts.taken is Taken.IN_THE_CALENDAR:
        return Expected("taken_in_the_calendar", no, "S-BOOK-2", another)
    return Expected("offered", Offer.OFFERED, "S-BOOK-1", NextStep.GO_ON)


ORACLES: Final[Oracles] = (
    (OPEN, opened),
    (OFFERED, offered),
    (ASKING, asking),
    (APPROVAL, approval),
    (RECEIVED, received),
    (CANCELLING, cancelling),
)
"""Every table of booking with its oracle."""


# ------------------------------------------------------------------------------------ the texts

_CONFIRMED: Final = ("er bekræftet", "is confirmed")
_WAITING: Final = ("sender dig en bekræftelse", "is sending you a confirmation")
_ENOUGH: Final = ("det er nok efter klinikkens indstilling", "setting asks for no more")
_NO_PROOF: Final = ("endnu ikke bevis", "nothing proves yet")
_IS_CANCELLED: Final = Text("Din tid er afbestilt.", "Your appointment is cancelled.")
_SHUT: Final = ("ikke bestilles tid her lige nu", "cannot be booked here at present")
_LOG_IN: Final = ("Log ind for at bestille", "Log in to book")
_NOT_FREE: Final = ("Tiden er ikke ledig", "This time is not free")
_MAY: Final = Said(
    ("Patienten kan bede om tiden", "The patient can ask for"),
    ("Du kan bede om tiden", "You can ask for"),
)
_APPROVED: Final = ("Klinikken har godkendt tiden.", "The clinic has approved the appointment.")

SAID: Final[Script] = {
    "booking.received": {
        "told_by_staff": Said(_ENOUGH, _CONFIRMED),
        "opened_after_login": Said(_ENOUGH, _CONFIRMED),
        "reported_delivered": Said(_ENOUGH, _CONFIRMED),
        "no_bounce_in_time": Said(_ENOUGH, _CONFIRMED),
        "handed_over": Said(_ENOUGH, _CONFIRMED),
        "only_our_own_relay_took_it": Said(_NO_PROOF, _WAITING),
        "handed_over_is_too_little": Said(_NO_PROOF, _WAITING),
        "silence_is_too_little": Said(_NO_PROOF, _WAITING),
        "a_report_is_too_little": Said(_NO_PROOF, _WAITING),
    },
    "booking.cancelling": {
        "request_withdrawn": Said(
            ("gælder ikke for anmodninger", "does not bind requests"),
            ("trukket tilbage", "is withdrawn"),
        ),
        "before_it_was_confirmed": Said(
            ("før den var bekræftet", "before it was confirmed"), _IS_CANCELLED
        ),
        "in_time": Said(("i god tid", "in good time"), _IS_CANCELLED),
        "too_late": Said(
            ("øverst på skrivebordet", "at the top of the desk"),
            ("efter klinikkens frist", "after the clinic's time limit"),
        ),
        "by_the_clinic": Said(
            ("står på ringelisten", "is on the call list"),
            ("Klinikken har aflyst din tid", "The clinic has cancelled"),
        ),
        "the_patient_died": Said(
            ("registreret som død; tiden er fri", "recorded as dead; the time is free"),
            ("Tiden er aflyst.", "The appointment is cancelled."),
        ),
    },
    "booking.approval": {
        "the_practitioner": Said(
            ("Godkendt af behandleren.", "Approved by the practitioner."), _APPROVED
        ),
        "for_the_practitioner": Said(("begge navne er gemt", "both names are kept"), _APPROVED),
        "only_the_practitioner": Said(
            ("kun behandleren selv", "only the practitioner"),
            ("venter på behandleren", "waiting for the practitioner"),
        ),
    },
    "booking.asking": {
        "nowhere_to_confirm": Said(
            ("selv bestille tiden for patienten", "book for the patient yourself"),
            ("mangler en e-mailadresse", "There is no e-mail address"),
        ),
        "too_many_open": Said(
            ("anmodninger tæller med", "requests count"), ("Afbestil en", "Cancel one")
        ),
        "comment_missing": Said(
            ("kræver en kommentar", "requires a comment"),
            ("Skriv kort", "Write briefly"),
        ),
        "with_a_comment": _MAY,
        "without_a_comment": _MAY,
    },
    "booking.open": {
        "clinic_shut": Said(
            ("Klinikken har lukket for nye", "The clinic has closed for new"), _SHUT
        ),
        "no_such_practitioner": Said(("ingen behandler af det navn", "no practitioner"), _SHUT),
        "practitioner_shut": Said(
            ("Behandleren er lukket for nye", "The practitioner is closed for new"),
            ("hos denne behandler", "This practitioner cannot be booked"),
        ),
        "type_not_offered": Said(
            ("Aftaletypen er ikke blandt dem", "The type is not among those"),
            ("Denne slags tid", "This type of appointment"),
        ),
        "without_user_shut_by_clinic": Said(
            ("Klinikken tager ikke imod", "The clinic takes no"), _LOG_IN
        ),
        "without_user_shut_by_practitioner": Said(
            ("Behandleren tager ikke imod", "The practitioner takes no"), _LOG_IN
        ),
        "without_user_shut_by_type": Said(
            ("Aftaletypen kan ikke", "cannot be booked without a user"), _LOG_IN
        ),
        "calendar_too_old": Said(
            ("kalender er ikke læst for nylig", "calendar has not been read lately"),
            ("Prøv igen om lidt", "Try again shortly"),
        ),
        "open": Said(("åbent for bestilling", "Booking is open"), ("Vælg en ledig tid", "Choose")),
    },
    "booking.offered": {
        "no_such_time": Said(
            ("Uret stilles frem", "Clocks go forward"),
            ("findes ikke den dag", "does not exist on that day"),
        ),
        "past": Said(
            ("begyndt eller forbi.", "begun or is over."),
            ("forbi. Vælg en anden", "over. Choose another"),
        ),
        "inside_notice": Said(
            ("korteste varsel", "earliest notice"),
            ("Vælg en senere tid", "Choose a later time"),
        ),
        "beyond_horizon": Said(
            ("længere fremme, end klinikken", "farther ahead than the clinic"),
            ("så langt frem", "so far ahead"),
        ),
        "closed": Said(
            ("En del af tiden", "Part of the time"),
            ("har lukket på det tidspunkt", "is closed at that time"),
        ),
        "outside_periods": Said(("perioder for aftaletypen", "periods for the type"), _NOT_FREE),
        "between_starts": Said(("følger hinanden", "follow each other"), _NOT_FREE),
        "taken_by_a_booking": Said(("optaget af en bestilling", "taken by a booking"), _NOT_FREE),
        "taken_in_the_calendar": Said(
            ("behandlerens kalender", "the practitioner's calendar"), _NOT_FREE
        ),
        "offered": Said(
            ("tilbydes patienter", "offered to patients"), ("Tiden er ledig", "time is free")
        ),
    },
}
"""For each table and row, what its texts say."""
