"""What evidence does to a booking: mails, reports, logins, and what staff have told (D-BOOK-3).

Here: the half of the machine that hears from the world. The other half is `booking`.
"""

from datetime import datetime
from typing import assert_never

from eservices_core.booking.commands import (
    BookingRefusal,
    Counts,
    Decided,
    NoteAmbiguous,
    NoteFailed,
    NoteHandedOver,
    NoteReported,
    RecordTold,
)
from eservices_core.booking.delivery import (
    READ,
    RECEIVED,
    Ambiguous,
    Evidence,
    HandedOver,
    Proof,
    Queued,
    ReceivedFacts,
    Verdict,
    mail_of,
)
from eservices_core.booking.life import (
    BookingConfirmed,
    ConfirmationAmbiguous,
    ConfirmationFailed,
    ConfirmationHandedOver,
    PatientTold,
)
from eservices_core.booking.standing import living, why_not_live
from eservices_core.booking.states import (
    AwaitingDelivery,
    Booking,
    Confirmed,
    Requested,
    Undelivered,
    Unhappy,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import MailId


def note_mail(
    state: Booking, command: NoteHandedOver | NoteAmbiguous | NoteFailed | NoteReported
) -> Decided:
    """Answer what became of a mail; only the newest one speaks for the booking as it is."""
    live = living(state, command.at)
    if isinstance(live, Failure):
        return live
    match live.unwrap():
        case Requested():
            return Failure(BookingRefusal.NOT_APPROVED)
        case Undelivered(mail=mail):
            # It failed for good: only a report that says otherwise is news.
            if mail == command.mail and isinstance(command, NoteReported):
                return enough(Evidence.REPORTED_DELIVERED, command.at, command.counts)
            return _nothing_new(mail, command.mail)
        case Confirmed(proof=proof, mail=mail):
            if isinstance(command, NoteFailed) and mail == command.mail:
                known = proof.evidence in READ
                failed = ConfirmationFailed(command.mail, command.may_have_arrived)
                return Success(() if known else (failed,))
            return _nothing_new(mail, command.mail)
        case AwaitingDelivery() as awaiting:
            if mail_of(awaiting.way) != command.mail:
                return Failure(BookingRefusal.NOT_THE_NEWEST_MAIL)
            return _note_newest(awaiting, command)


def _nothing_new(mail: MailId | None, noted: MailId) -> Decided:
    return Success(()) if mail == noted else Failure(BookingRefusal.NOT_THE_NEWEST_MAIL)


def _note_newest(
    state: AwaitingDelivery, command: NoteHandedOver | NoteAmbiguous | NoteFailed | NoteReported
) -> Decided:
    match command:
        case NoteHandedOver(mail, handed_over_at, _, counts):
            if isinstance(state.way, HandedOver):
                return Success(())
            confirmed = enough(Evidence.HANDED_OVER, handed_over_at, counts).unwrap()
            return Success((ConfirmationHandedOver(mail, handed_over_at), *confirmed))
        case NoteAmbiguous(mail):
            told = isinstance(state.way, Queued)
            return Success((ConfirmationAmbiguous(mail),) if told else ())
        case NoteFailed(mail, may_have_arrived):
            ambiguous = isinstance(state.way, Ambiguous)
            return Success((ConfirmationFailed(mail, may_have_arrived or ambiguous),))
        case NoteReported(_, at, counts):
            return enough(Evidence.REPORTED_DELIVERED, at, counts)
        case _:
            assert_never(command)


def enough(evidence: Evidence, at: datetime, counts: Counts) -> Decided:
    """Confirm, if this is evidence enough for the clinic (see `RECEIVED`)."""
    facts = ReceivedFacts(counts.wanted, counts.own_relay, evidence)
    received = RECEIVED.decide(facts).then is Verdict.RECEIVED
    return Success((BookingConfirmed(Proof(evidence, at)),) if received else ())


def note_read(state: Booking, proof: Proof) -> Decided:
    """The patient has read it or has been told: that is always enough (see `RECEIVED`)."""
    if isinstance(state, Unhappy):
        knows = state.told.proof is not None
        return Success(() if knows else (PatientTold(proof),))
    live = living(state, proof.at)
    if isinstance(live, Failure):
        return live
    match live.unwrap():
        case Requested() | Confirmed():
            return Success(())
        case AwaitingDelivery() | Undelivered():
            return Success((BookingConfirmed(proof),))


def record_told(state: Booking, command: RecordTold) -> Decided:
    """Answer what staff say: they have told the patient, and stand by it."""
    proof = Proof(command.evidence, command.at, command.by)
    if isinstance(state, Unhappy) and state.told.proof is not None:
        return Failure(BookingRefusal.KNOWS_ALREADY)
    if why_not_live(state, command.at) is None:
        if isinstance(state, Requested):
            return Failure(BookingRefusal.NOT_APPROVED)
        if isinstance(state, Confirmed):
            return Failure(BookingRefusal.ALREADY_CONFIRMED)
    return note_read(state, proof)
