"""Why a time is offered, or is not (D-BOOK-14).

Here: the second of two questions, whether a time is somebody's to ask for, in a fixed order of
answers; folding a clock, settings and a book into its closed facts; and `why_not`, which asks both.
`free_times` lists all that the two tables offer, and neither ever says otherwise. Not here: whether
booking is open at all (`bookable`), what is asked of the person (`asking`), and what becomes of a
request (`booking`).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.booking.book import Asked, Book, Enquiry
from eservices_core.booking.bookable import OPEN, Offer, open_facts
from eservices_core.booking.opening import first_start
from eservices_core.booking.periods import closed_stretches, lies_in_period, periods_on
from eservices_core.booking.wall_clock import showing, shown_at
from eservices_core.clinic.booking_settings import BookingSettings, OwnLength, Practitioner
from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.interval import Interval, minute_from, minute_of


@unique
class Clock(Fact):
    """Whether the wall clock ever shows the time that is asked for (D-BOOK-9)."""

    SHOWS = "shows"
    SKIPS = "skips"


@unique
class Ahead(Fact):
    """How far ahead the time lies."""

    PAST = "past"
    INSIDE_NOTICE = "inside_notice"
    """Too near: a request for it would have expired when it was made (D-BOOK-5)."""
    BOOKABLE = "bookable"
    BEYOND_HORIZON = "beyond_horizon"


@unique
class Clinic(Fact):
    """Whether any of the time lies in a closed period."""

    OPEN = "open"
    CLOSED = "closed"


@unique
class Place(Fact):
    """Where the time lies in the practitioner's periods."""

    OUTSIDE = "outside"
    """No period for the type holds all of it."""
    BETWEEN_STARTS = "between_starts"
    AT_A_START = "at_a_start"


@unique
class Taken(Fact):
    """Whether the time, or the pause after it, meets what is taken."""

    FREE = "free"
    BY_A_BOOKING = "by_a_booking"
    IN_THE_CALENDAR = "in_the_calendar"
    """And by no booking of ours."""


@frozen
class TimeFacts:
    """What it rests on whether a time is offered, once booking is open."""

    clock: Clock
    ahead: Ahead
    clinic: Clinic
    place: Place
    taken: Taken


_SKIPPED: Final = TimeFacts(Clock.SKIPS, Ahead.BOOKABLE, Clinic.OPEN, Place.OUTSIDE, Taken.FREE)
"""A time that never comes; nothing but the first fact is read."""

_NOT_FREE: Final = Text(
    "Tiden er ikke ledig. Vælg en anden tid.", "This time is not free. Choose another time."
)

OFFERED: Final = Table(
    "booking.offered",
    "Is this time offered?",
    TimeFacts,
    (
        Row(
            "no_such_time",
            "D-BOOK-9",
            when(clock=Clock.SKIPS),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Det klokkeslæt findes ikke den dag. Vælg en anden tid.",
                    "That time does not exist on that day. Choose another time.",
                ),
                Text(
                    "Uret stilles frem den nat, så klokkeslættet findes ikke.",
                    "Clocks go forward that night, so the time does not exist.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "past",
            "D-BOOK-10",
            when(clock=Clock.SHOWS, ahead=Ahead.PAST),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Tiden er begyndt eller forbi. Vælg en anden tid.",
                    "The time has begun or is over. Choose another time.",
                ),
                Text("Tiden er begyndt eller forbi.", "The time has begun or is over."),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "inside_notice",
            "D-BOOK-5",
            when(clock=Clock.SHOWS, ahead=Ahead.INSIDE_NOTICE),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Det er for sent at bestille tiden her. Vælg en senere tid, eller ring til "
                    "klinikken.",
                    "It is too late to book this time here. Choose a later time, or call the "
                    "clinic.",
                ),
                Text(
                    "Tiden ligger inden for klinikkens korteste varsel, talt i åbningstid; en "
                    "anmodning ville udløbe, før den kunne besvares.",
                    "The time is inside the clinic's earliest notice, counted in opening hours; a "
                    "request would expire before it could be answered.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "beyond_horizon",
            "D-BOOK-10",
            when(clock=Clock.SHOWS, ahead=Ahead.BEYOND_HORIZON),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Der kan ikke bestilles tid så langt frem. Vælg en tidligere tid.",
                    "Appointments cannot be booked so far ahead. Choose an earlier time.",
                ),
                Text(
                    "Tiden ligger længere fremme, end klinikken tilbyder tider.",
                    "The time lies farther ahead than the clinic offers times.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "closed",
            "D-BOOK-10",
            when(clock=Clock.SHOWS, ahead=Ahead.BOOKABLE, clinic=Clinic.CLOSED),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Klinikken har lukket på det tidspunkt. Vælg en anden tid.",
                    "The clinic is closed at that time. Choose another time.",
                ),
                Text(
                    "En del af tiden ligger i en periode, som klinikken har lukket.",
                    "Part of the time lies in a period that the clinic has closed.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "outside_periods",
            "S-BOOK-1",
            when(
                clock=Clock.SHOWS,
                ahead=Ahead.BOOKABLE,
                clinic=Clinic.OPEN,
                place=Place.OUTSIDE,
            ),
            Offer.NOT_OFFERED,
            Says(
                _NOT_FREE,
                Text(
                    "Ingen af behandlerens perioder for aftaletypen rummer hele tiden.",
                    "None of the practitioner's periods for the type holds all of the time.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "between_starts",
            "S-BOOK-1",
            when(
                clock=Clock.SHOWS,
                ahead=Ahead.BOOKABLE,
                clinic=Clinic.OPEN,
                place=Place.BETWEEN_STARTS,
            ),
            Offer.NOT_OFFERED,
            Says(
                _NOT_FREE,
                Text(
                    "Tider af denne type begynder ikke på det klokkeslæt: de følger hinanden fra "
                    "periodens begyndelse, med længde og pause.",
                    "Appointments of the type do not begin at that time: they follow each other "
                    "from the start of the period, with length and pause.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "taken_by_a_booking",
            "D-BOOK-1",
            when(
                clock=Clock.SHOWS,
                ahead=Ahead.BOOKABLE,
                clinic=Clinic.OPEN,
                place=Place.AT_A_START,
                taken=Taken.BY_A_BOOKING,
            ),
            Offer.NOT_OFFERED,
            Says(
                _NOT_FREE,
                Text(
                    "Tiden eller pausen efter den er optaget af en bestilling; en anmodning, der "
                    "ikke er besvaret, optager også sin tid.",
                    "The time, or the pause after it, is taken by a booking; a request that is not "
                    "answered takes its time too.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "taken_in_the_calendar",
            "S-BOOK-2",
            when(
                clock=Clock.SHOWS,
                ahead=Ahead.BOOKABLE,
                clinic=Clinic.OPEN,
                place=Place.AT_A_START,
                taken=Taken.IN_THE_CALENDAR,
            ),
            Offer.NOT_OFFERED,
            Says(
                _NOT_FREE,
                Text(
                    "Tiden eller pausen efter den er optaget i behandlerens kalender.",
                    "The time, or the pause after it, is taken in the practitioner's calendar.",
                ),
            ),
            NextStep.CHOOSE_ANOTHER_TIME,
        ),
        Row(
            "offered",
            "S-BOOK-1",
            when(
                clock=Clock.SHOWS,
                ahead=Ahead.BOOKABLE,
                clinic=Clinic.OPEN,
                place=Place.AT_A_START,
                taken=Taken.FREE,
            ),
            Offer.OFFERED,
            Says(
                Text("Tiden er ledig.", "This time is free."),
                Text("Tiden tilbydes patienter.", "The time is offered to patients."),
            ),
            NextStep.GO_ON,
        ),
    ),
)
"""The second question, asked where `bookable.OPEN` says that booking is open."""


def time_facts(
    enquiry: Enquiry, book: Book, practitioner: Practitioner, own: OwnLength, at: datetime
) -> TimeFacts:
    """Fold a time into the facts of `OFFERED`; `own` is the type's length with the practitioner."""
    settings, now = enquiry.settings, enquiry.now
    start = start_asked_for(at)
    if start is None:
        return _SKIPPED
    interval = Interval(start, start + own.length)
    closed = any(
        first < interval.end and interval.start < end
        for first, end in closed_stretches(settings.closed)
    )
    whole = at.second == at.microsecond == 0
    on_grid = lies_in_period(start, periods_on(practitioner, shown_at(start)[0]), own)
    if on_grid is None:
        place = Place.OUTSIDE
    else:
        place = Place.AT_A_START if on_grid and whole else Place.BETWEEN_STARTS
    return TimeFacts(
        Clock.SHOWS,
        _ahead(settings, start, now),
        Clinic.CLOSED if closed else Clinic.OPEN,
        place,
        _taken(book, Interval(start, start + own.length + own.pause)),
    )


def start_asked_for(at: datetime) -> int | None:
    """The minute in which a time begins that is asked for as `Asked.at` says; None if never."""
    if at.utcoffset() is not None:
        return minute_of(at)
    instants = showing(at.date(), at.hour * 60 + at.minute)
    if not instants:
        return None
    return instants[-1] if at.fold else instants[0]


def too_far_from(settings: BookingSettings, now: datetime) -> int:
    """The first instant that is too far ahead to be offered."""
    return minute_from(now + settings.horizon)


def _ahead(settings: BookingSettings, start: int, now: datetime) -> Ahead:
    if start <= minute_of(now):
        return Ahead.PAST
    if start < first_start(settings, now):
        return Ahead.INSIDE_NOTICE
    return Ahead.BOOKABLE if start < too_far_from(settings, now) else Ahead.BEYOND_HORIZON


def _taken(book: Book, with_pause: Interval) -> Taken:
    if _meets(book.claimed, with_pause):
        return Taken.BY_A_BOOKING
    return Taken.IN_THE_CALENDAR if _meets(book.busy, with_pause) else Taken.FREE


def _meets(taken: Iterable[Interval], interval: Interval) -> bool:
    return any(each.overlaps(interval) for each in taken)


def why_not(enquiry: Enquiry, book: Book, asked: Asked) -> Row[Offer]:
    """Say why a time is offered, or is not: the row says the rule, the texts and the next step.

    `book` is what is known of the practitioner's. Whatever is asked for has an answer, also a time
    that does not exist and a practitioner whom nobody knows.
    """
    settings = enquiry.settings
    opened = OPEN.decide(open_facts(enquiry, book, asked.practitioner, asked.type))
    who, what = settings.practitioner(asked.practitioner), settings.type(asked.type)
    if opened.then is Offer.NOT_OFFERED or who is None or what is None:
        return opened
    own = settings.length_with(who, what)
    return OFFERED.decide(time_facts(enquiry, book, who, own, asked.at))
