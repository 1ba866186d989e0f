"""What each refusal of the booking machine means to people (D-BOOK-4, D-ACC-21)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from eservices_core.booking.commands import BookingRefusal
from eservices_core.texts import NextStep, Text

MEANINGS: Final[Mapping[Enum, tuple[str, NextStep, Text | None, Text]]] = {
    BookingRefusal.NO_BOOKING: (
        "D-BOOK-4",
        NextStep.CONTACT_CLINIC,
        None,
        Text("Der er ingen tid.", "There is no appointment."),
    ),
    BookingRefusal.EXISTS: (
        "D-BOOK-4",
        NextStep.TRY_AGAIN,
        None,
        Text("Tiden er allerede bestilt.", "The booking exists already."),
    ),
    BookingRefusal.DECLINED: (
        "D-BOOK-4",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text("Klinikken har afvist tiden.", "The clinic has declined it."),
    ),
    BookingRefusal.CANCELLED: (
        "D-BOOK-4",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text("Tiden er aflyst.", "It is cancelled."),
    ),
    BookingRefusal.EXPIRED: (
        "D-BOOK-5",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text(
            "Anmodningen blev ikke besvaret i tide; tiden er fri igen.",
            "The request was not answered in time; the time is free again.",
        ),
    ),
    BookingRefusal.OVER: (
        "D-BOOK-4",
        NextStep.GO_ON,
        None,
        Text("Det er noteret, om patienten kom.", "It is noted whether the patient came."),
    ),
    BookingRefusal.HAS_BEGUN: (
        "D-BOOK-4",
        NextStep.CONTACT_CLINIC,
        Text("Tiden er begyndt. Ring til klinikken.", "It has begun. Call the clinic."),
        Text(
            "Tiden er begyndt; nu kan der kun noteres mødt eller udeblevet.",
            "It has begun; now only attended or no-show can be recorded.",
        ),
    ),
    BookingRefusal.NOT_BEGUN: (
        "D-BOOK-4",
        NextStep.TRY_AGAIN,
        None,
        Text("Tiden er ikke begyndt endnu.", "It has not begun yet."),
    ),
    BookingRefusal.ALREADY_APPROVED: (
        "D-BOOK-4",
        NextStep.GO_ON,
        None,
        Text(
            "Tiden er allerede godkendt; den kan aflyses eller flyttes.",
            "It is approved already; it can be cancelled or moved.",
        ),
    ),
    BookingRefusal.NOT_APPROVED: (
        "D-BOOK-4",
        NextStep.PRACTITIONER_APPROVES,
        Text("Klinikken har ikke svaret endnu.", "The clinic has not answered yet."),
        Text("Anmodningen skal godkendes først.", "The request must be approved first."),
    ),
    BookingRefusal.ALREADY_CONFIRMED: (
        "D-BOOK-4",
        NextStep.GO_ON,
        None,
        Text("Tiden er allerede bekræftet.", "It is confirmed already."),
    ),
    BookingRefusal.IN_CONFLICT: (
        "D-BOOK-6",
        NextStep.SETTLE_CONFLICT,
        Text("Klinikken ser på tiden.", "The clinic is looking at it."),
        Text(
            "Kalenderen siger noget andet: flyt den, aflys den, eller lad den stå.",
            "The calendar disagrees: move it, cancel it, or let it stand.",
        ),
    ),
    BookingRefusal.NO_CONFLICT: (
        "D-BOOK-6",
        NextStep.GO_ON,
        None,
        Text("Kalenderen er enig.", "The calendar agrees."),
    ),
    BookingRefusal.NOT_THE_NEWEST_MAIL: (
        "D-BOOK-3",
        NextStep.GO_ON,
        None,
        Text("En nyere mail gælder.", "A newer mail counts."),
    ),
    BookingRefusal.STAFF_MOVE_WHAT_IS_APPROVED: (
        "D-BOOK-4",
        NextStep.CONTACT_CLINIC,
        Text(
            "En godkendt tid flyttes af klinikken. Ring, eller afbestil og vælg en ny.",
            "The clinic moves what is approved. Call, or cancel and choose another.",
        ),
        Text("Kun klinikken flytter en godkendt tid.", "Only the clinic moves what is approved."),
    ),
    BookingRefusal.SAME_TIME: (
        "D-BOOK-4",
        NextStep.CHOOSE_ANOTHER_TIME,
        None,
        Text("Det er den tid, der allerede er bestilt.", "It is booked at that time already."),
    ),
    BookingRefusal.KNOWS_ALREADY: (
        "D-BOOK-11",
        NextStep.GO_ON,
        None,
        Text("Patienten ved det allerede.", "The patient knows already."),
    ),
    BookingRefusal.NOT_A_GUEST: (
        "D-BOOK-7",
        NextStep.GO_ON,
        None,
        Text("Tiden hører allerede til en patient.", "The booking belongs to a patient already."),
    ),
}
