"""Strategies for the appointment book: intervals, what is booked, proofs, and every event of it.

Here: values as a ledger can hold them, each field named. Not here: histories that a booking can
have (drive `booking.decide` for those).
"""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.booking import life, lists
from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import BY_STAFF, Evidence, Proof
from eservices_core.booking.terms import (
    Conflict,
    ConflictKind,
    Guest,
    OfUser,
    OnCard,
    Patient,
    Terms,
)
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.words import identifiers, instants
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    Pseudonym,
    TypeId,
    UserId,
)
from eservices_core.words.interval import Interval, minute_of

_LONGEST: Final = 24 * 60


def booking_intervals() -> SearchStrategy[Interval]:
    """Draw an interval of at most a day; often one near midnight in Copenhagen."""
    lengths = st.sampled_from((1, 5, 10, 15, 60)) | st.integers(1, _LONGEST)
    starts = instants().map(minute_of)
    return st.builds(_of_length, start=starts, length=lengths)


def _of_length(start: int, length: int) -> Interval:
    return Interval(start, start + length)


def patients() -> SearchStrategy[Patient]:
    """Draw whose booking it is: of a user, on a card, or of somebody without either."""
    records = identifiers(ContentId)
    return st.one_of(
        built(OfUser, user=identifiers(UserId)),
        built(OnCard, person=identifiers(Pseudonym), contact=records),
        built(Guest, address=identifiers(Pseudonym), contact=records),
    )


def booking_terms() -> SearchStrategy[Terms]:
    """Draw what is booked; in what a ledger holds, everything but the first six is at rest."""
    conflicts = built(
        Conflict,
        kind=st.sampled_from(ConflictKind),
        reference=st.text(max_size=20),
        found_at=instants(),
    )
    return built(
        Terms,
        patient=patients(),
        clinic=identifiers(ClinicId),
        practitioner=identifiers(PractitionerId),
        type=identifiers(TypeId),
        interval=booking_intervals(),
        comment=st.none() | identifiers(ContentId),
        sequence=st.integers(min_value=0, max_value=1000),
        conflict=st.none() | conflicts,
        kept=st.none() | st.text(max_size=20),
        written=st.none() | booking_intervals(),
    )


def proofs() -> SearchStrategy[Proof]:
    """Draw why a patient counts as told."""
    by_staff = built(
        Proof,
        evidence=st.sampled_from(sorted(BY_STAFF, key=lambda each: each.name)),
        at=instants(),
        by=staff_members(),
    )
    others = [evidence for evidence in Evidence if evidence not in BY_STAFF]
    return by_staff | built(Proof, evidence=st.sampled_from(others), at=instants(), by=st.none())


def booking_events() -> dict[
    type[Any], SearchStrategy[life.Event | lists.PatientEvent | lists.DeskEvent]
]:
    """Give a strategy for every class of event of the appointment book."""
    bookings = identifiers(BookingId)
    return {
        **_of_answers(),
        **_of_confirmations(),
        **_of_ends(),
        **_of_calendars(),
        lists.BookingListed: built(lists.BookingListed, booking=bookings),
        lists.BookingEnded: built(lists.BookingEnded, booking=bookings),
        lists.LaidOnDesk: built(lists.LaidOnDesk, booking=bookings),
        lists.TakenOffDesk: built(lists.TakenOffDesk, booking=bookings),
    }


def _of_answers() -> dict[type[Any], SearchStrategy[life.Event]]:
    staff, no_mail = staff_members(), st.none() | identifiers(MailId)
    return {
        life.TimeRequested: built(
            life.TimeRequested, terms=booking_terms(), at=instants(), answer_by=instants()
        ),
        life.BookedByStaff: built(
            life.BookedByStaff,
            terms=booking_terms(),
            by=staff,
            outside=st.lists(st.text(max_size=20), max_size=3).map(tuple),
            mail=no_mail,
            at=instants(),
        ),
        life.BookingApproved: built(life.BookingApproved, by=staff, mail=no_mail, at=instants()),
        life.BookingDeclined: built(life.BookingDeclined, by=staff, mail=no_mail),
        life.BookingMoved: built(
            life.BookingMoved,
            practitioner=identifiers(PractitionerId),
            interval=booking_intervals(),
            by=st.none() | staff,
            answer_by=st.none() | instants(),
            mail=no_mail,
        ),
        life.StaffReminded: built(life.StaffReminded),
        life.PatientReminded: built(life.PatientReminded, mail=identifiers(MailId)),
    }


def _of_confirmations() -> dict[type[Any], SearchStrategy[life.Event]]:
    mails = identifiers(MailId)
    return {
        life.ConfirmationResent: built(life.ConfirmationResent, mail=mails, by=staff_members()),
        life.ConfirmationHandedOver: built(life.ConfirmationHandedOver, mail=mails, at=instants()),
        life.ConfirmationAmbiguous: built(life.ConfirmationAmbiguous, mail=mails),
        life.ConfirmationFailed: built(
            life.ConfirmationFailed, mail=mails, may_have_arrived=st.booleans()
        ),
        life.BookingConfirmed: built(life.BookingConfirmed, proof=proofs()),
        life.PatientTold: built(life.PatientTold, proof=proofs()),
    }


def _of_ends() -> dict[type[Any], SearchStrategy[life.Event]]:
    staff, no_mail = staff_members(), st.none() | identifiers(MailId)
    return {
        life.BookingCancelled: built(
            life.BookingCancelled,
            how=st.sampled_from(Cancellation),
            by=st.none() | staff,
            mail=no_mail,
        ),
        life.BookingExpired: built(life.BookingExpired, mail=no_mail),
        life.PatientAttended: built(life.PatientAttended, by=staff),
        life.PatientMissed: built(life.PatientMissed, by=staff),
    }


def _of_calendars() -> dict[type[Any], SearchStrategy[life.Event]]:
    return {
        life.ConflictFound: built(
            life.ConflictFound,
            kind=st.sampled_from(ConflictKind),
            reference=st.text(max_size=20),
            at=instants(),
        ),
        life.ConflictGone: built(life.ConflictGone),
        life.ConflictSettled: built(life.ConflictSettled, by=staff_members()),
        life.CalendarBroughtUpToDate: built(
            life.CalendarBroughtUpToDate, written=st.none() | booking_intervals()
        ),
        life.GuestJoined: built(life.GuestJoined, user=identifiers(UserId), by=staff_members()),
    }
