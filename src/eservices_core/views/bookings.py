"""What bookings leave on lists: a patient's own, the desk's, what is kept (S-BOOK-5, D-KEEP-1)."""

from collections.abc import Iterator
from datetime import date

from eservices_core.booking import life, lists
from eservices_core.booking.states import NoBooking
from eservices_core.booking.terms import OfUser, Terms
from eservices_core.ports.lists import Listed, ListName, PutOnList, TakeOffList
from eservices_core.views.happened import Around, Happened, ListAct
from eservices_core.views.names import (
    EndedKind,
    coming_of,
    desk_item,
    desk_of,
    ended_of,
    past_of,
)
from eservices_core.words.clinic_time import start_of
from eservices_core.words.identifiers import ClinicId, UserId


def bookings(happened: Happened, around: Around) -> Iterator[ListAct]:
    """A booking is its patient's, coming until it ends, and past from then on."""
    terms = _terms(happened.after)
    key = happened.stream.key
    coming, past = (of(terms.clinic, terms.patient) for of in (coming_of, past_of))
    kept = ended_of(terms.clinic, EndedKind.BOOKING)
    match happened.event:
        case life.TimeRequested() | life.BookedByStaff() | life.BookingMoved():
            yield PutOnList(coming, _at_its_start(key, terms))
            yield PutOnList(kept, Listed(key, terms.interval.ends_at, about=_user(terms)))
        case (
            life.BookingDeclined()
            | life.BookingCancelled()
            | life.BookingExpired()
            | life.PatientAttended()
            | life.PatientMissed()
        ):
            yield TakeOffList(coming, key)
            yield PutOnList(past, _at_its_start(key, terms))
            yield PutOnList(kept, Listed(key, happened.at, about=_user(terms)))
        case life.GuestJoined():
            was = _terms(happened.before)
            yield from _exchanged(around, key, coming_of(was.clinic, was.patient), coming, terms)
            yield from _exchanged(around, key, past_of(was.clinic, was.patient), past, terms)
        case _:
            pass


def _exchanged(
    around: Around, key: str, was: ListName, now: ListName, terms: Terms
) -> Iterator[ListAct]:
    if around.lying(was, key) is not None:
        yield TakeOffList(was, key)
        yield PutOnList(now, _at_its_start(key, terms))


def _at_its_start(key: str, terms: Terms) -> Listed:
    return Listed(key, terms.interval.starts_at, about=_user(terms))


def _terms(state: object) -> Terms:
    assert not isinstance(state, NoBooking), "an event of a booking leaves a booking"
    terms: object = getattr(state, "terms", None)
    assert isinstance(terms, Terms), "every booking has terms"
    return terms


def _user(terms: Terms) -> UserId | None:
    return terms.patient.user if isinstance(terms.patient, OfUser) else None


def desk(happened: Happened, _around: Around) -> Iterator[ListAct]:
    """What needs somebody's eyes lies on the desk until they have seen to it (D-BOOK-15)."""
    clinic, _, week = happened.stream.key.partition("/")
    name = desk_of(ClinicId(clinic))
    match happened.event:
        case lists.LaidOnDesk(booking):
            year, number = week.split("-")
            since = start_of(date.fromisocalendar(int(year), int(number), 1))
            yield PutOnList(name, Listed(desk_item(week, booking), since))
        case lists.TakenOffDesk(booking):
            yield TakeOffList(name, desk_item(week, booking))
        case _:
            pass
