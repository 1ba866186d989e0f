"""Whether booking is open to somebody, for a type of appointment with a practitioner (D-BOOK-14).

Here: the first of the two questions behind every free time, its closed facts, and folding settings
and a book into them. Not here: whether a single time is offered, once booking is open (`offered`).
"""

from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.booking.book import Asker, Book, Enquiry
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    Practitioner,
    Switch,
)
from eservices_core.tables import Fact, Row, Table, any_of, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.identifiers import PractitionerId, TypeId


@unique
class Offer(Fact):
    """What this question and that of `offered` are answered with."""

    OFFERED = "offered"
    NOT_OFFERED = "not_offered"


@unique
class Bookable(Fact):
    """How the practitioner stands."""

    OPEN = "open"
    SHUT = "shut"
    UNKNOWN = "unknown"
    """The clinic has no such practitioner."""


@unique
class Kind(Fact):
    """Whether the practitioner offers the type of appointment."""

    OFFERED = "offered"
    NOT_OFFERED = "not_offered"


@unique
class Way(Fact):
    """How the asker comes, and if without a user, which switch stands against it first."""

    WITH_USER = "with_user"
    WITHOUT_USER = "without_user"
    """All three switches allow it."""
    SHUT_BY_CLINIC = "shut_by_clinic"
    SHUT_BY_PRACTITIONER = "shut_by_practitioner"
    SHUT_BY_TYPE = "shut_by_type"


@unique
class Reading(Fact):
    """How old the last reading of the calendar is."""

    FRESH = "fresh"
    TOO_OLD = "too_old"
    """Or there never was one."""


@frozen
class OpenFacts:
    """What it rests on whether booking is open."""

    booking: Switch
    practitioner: Bookable
    kind: Kind
    way: Way
    calendar: Reading


_OPEN_WAYS: Final = any_of(Way.WITH_USER, Way.WITHOUT_USER)

_SHUT: Final = Text(
    "Der kan ikke bestilles tid her lige nu. Ring til klinikken.",
    "Appointments cannot be booked here at present. Call the clinic.",
)
_LOG_IN_FIRST: Final = Text(
    "Log ind for at bestille denne tid, eller ring til klinikken.",
    "Log in to book this appointment, or call the clinic.",
)

OPEN: Final = Table(
    "booking.open",
    "Is booking open to this person, for this type with this practitioner?",
    OpenFacts,
    (
        Row(
            "clinic_shut",
            "D-BOOK-10",
            when(booking=Switch.OFF),
            Offer.NOT_OFFERED,
            Says(
                _SHUT,
                Text(
                    "Klinikken har lukket for nye bestillinger. Tider, der er bestilt, står ved "
                    "magt.",
                    "The clinic has closed for new requests. What is booked stands.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "no_such_practitioner",
            "D-BOOK-10",
            when(booking=Switch.ON, practitioner=Bookable.UNKNOWN),
            Offer.NOT_OFFERED,
            Says(
                _SHUT,
                Text(
                    "Klinikken har ingen behandler af det navn i sine indstillinger.",
                    "The clinic has no practitioner of that name in its settings.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "practitioner_shut",
            "D-BOOK-10",
            when(booking=Switch.ON, practitioner=Bookable.SHUT),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Der kan ikke bestilles tid hos denne behandler. Vælg en anden, eller ring til "
                    "klinikken.",
                    "This practitioner cannot be booked here. Choose another, or call the clinic.",
                ),
                Text(
                    "Behandleren er lukket for nye bestillinger.",
                    "The practitioner is closed for new requests.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "type_not_offered",
            "D-BOOK-10",
            when(booking=Switch.ON, practitioner=Bookable.OPEN, kind=Kind.NOT_OFFERED),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Denne slags tid kan ikke bestilles hos behandleren. Vælg en anden, eller ring "
                    "til klinikken.",
                    "This type of appointment cannot be booked with the practitioner. Choose "
                    "another, or call the clinic.",
                ),
                Text(
                    "Aftaletypen er ikke blandt dem, der kan bestilles hos behandleren.",
                    "The type is not among those that can be booked with the practitioner.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "without_user_shut_by_clinic",
            "D-BOOK-7",
            when(
                booking=Switch.ON,
                practitioner=Bookable.OPEN,
                kind=Kind.OFFERED,
                way=Way.SHUT_BY_CLINIC,
            ),
            Offer.NOT_OFFERED,
            Says(
                _LOG_IN_FIRST,
                Text(
                    "Klinikken tager ikke imod bestillinger uden bruger.",
                    "The clinic takes no requests without a user.",
                ),
            ),
            NextStep.LOG_IN,
        ),
        Row(
            "without_user_shut_by_practitioner",
            "D-BOOK-7",
            when(
                booking=Switch.ON,
                practitioner=Bookable.OPEN,
                kind=Kind.OFFERED,
                way=Way.SHUT_BY_PRACTITIONER,
            ),
            Offer.NOT_OFFERED,
            Says(
                _LOG_IN_FIRST,
                Text(
                    "Behandleren tager ikke imod bestillinger uden bruger.",
                    "The practitioner takes no requests without a user.",
                ),
            ),
            NextStep.LOG_IN,
        ),
        Row(
            "without_user_shut_by_type",
            "D-BOOK-7",
            when(
                booking=Switch.ON,
                practitioner=Bookable.OPEN,
                kind=Kind.OFFERED,
                way=Way.SHUT_BY_TYPE,
            ),
            Offer.NOT_OFFERED,
            Says(
                _LOG_IN_FIRST,
                Text(
                    "Aftaletypen kan ikke bestilles uden bruger.",
                    "The type of appointment cannot be booked without a user.",
                ),
            ),
            NextStep.LOG_IN,
        ),
        Row(
            "calendar_too_old",
            "D-BOOK-6",
            when(
                booking=Switch.ON,
                practitioner=Bookable.OPEN,
                kind=Kind.OFFERED,
                way=_OPEN_WAYS,
                calendar=Reading.TOO_OLD,
            ),
            Offer.NOT_OFFERED,
            Says(
                Text(
                    "Vi kan ikke vise ledige tider lige nu. Prøv igen om lidt, eller ring til "
                    "klinikken.",
                    "We cannot show free times right now. Try again shortly, or call the clinic.",
                ),
                Text(
                    "Behandlerens kalender er ikke læst for nylig, så ingen tider tilbydes, før "
                    "den er læst igen.",
                    "The practitioner's calendar has not been read lately, so no times are offered "
                    "until it is read again.",
                ),
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "open",
            "S-BOOK-1",
            when(
                booking=Switch.ON,
                practitioner=Bookable.OPEN,
                kind=Kind.OFFERED,
                way=_OPEN_WAYS,
                calendar=Reading.FRESH,
            ),
            Offer.OFFERED,
            Says(
                Text("Vælg en ledig tid.", "Choose a free time."),
                Text("Der er åbent for bestilling.", "Booking is open."),
            ),
            NextStep.GO_ON,
        ),
    ),
)
"""The first question; `offered.OFFERED` answers the second where this one says yes."""


def open_facts(
    enquiry: Enquiry, book: Book, practitioner: PractitionerId, kind: TypeId
) -> OpenFacts:
    """Fold settings and a practitioner's book into the facts of `OPEN`."""
    settings, now = enquiry.settings, enquiry.now
    who, what = settings.practitioner(practitioner), settings.type(kind)
    if who is None:
        stands = Bookable.UNKNOWN
    else:
        stands = Bookable.OPEN if who.booking is Switch.ON else Bookable.SHUT
    offered = who is not None and what is not None and kind in who.types
    fresh = book.read_at is not None and now - book.read_at <= settings.calendar_stale_after
    return OpenFacts(
        settings.booking,
        stands,
        Kind.OFFERED if offered else Kind.NOT_OFFERED,
        _way(settings, enquiry.asker, who, what),
        Reading.FRESH if fresh else Reading.TOO_OLD,
    )


def _way(
    settings: BookingSettings, asker: Asker, who: Practitioner | None, what: AppointmentType | None
) -> Way:
    if asker is Asker.WITH_USER:
        return Way.WITH_USER
    if settings.without_user is Switch.OFF:
        return Way.SHUT_BY_CLINIC
    if who is None or who.without_user is Switch.OFF:
        return Way.SHUT_BY_PRACTITIONER
    if what is None or what.without_user is Switch.OFF:
        return Way.SHUT_BY_TYPE
    return Way.WITHOUT_USER
