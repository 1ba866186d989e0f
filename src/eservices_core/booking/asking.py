"""Asking: whether this person may ask for a time at all (D-BOOK-7, D-BOOK-10).

Here: what is asked of the person. Whether the time itself is offered is `offered`'s question.
"""

from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.clinic.booking_settings import CommentRule
from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import NextStep, Says, Text


@unique
class Reach(Fact):
    """Whether a confirmation can reach the patient by mail."""

    ADDRESS = "address"
    NONE = "none"


@unique
class OpenBookings(Fact):
    """How many live bookings the patient has at the clinic; requests count too."""

    BELOW_LIMIT = "below_limit"
    AT_LIMIT = "at_limit"


@unique
class Comment(Fact):
    """Whether the patient wrote what it is about."""

    WRITTEN = "written"
    NONE = "none"


@frozen
class AskFacts:
    """What it rests on."""

    reach: Reach
    open_bookings: OpenBookings
    comment: Comment
    comment_rule: CommentRule


@unique
class Answer(Fact):
    """What the patient is told."""

    MAY_ASK = "may_ask"
    NO_ADDRESS = "no_address"
    TOO_MANY_OPEN = "too_many_open"
    COMMENT_REQUIRED = "comment_required"


_MAY_ASK: Final = Says(
    Text("Du kan bede om tiden.", "You can ask for the appointment."),
    Text("Patienten kan bede om tiden.", "The patient can ask for the appointment."),
)

ASKING: Final = Table(
    "booking.asking",
    "May this patient ask for a time?",
    AskFacts,
    (
        Row(
            "nowhere_to_confirm",
            "D-BOOK-16",
            when(reach=Reach.NONE),
            Answer.NO_ADDRESS,
            Says(
                Text(
                    "Der mangler en e-mailadresse, som bekræftelsen kan sendes til. Tilføj en, "
                    "eller ring til klinikken.",
                    "There is no e-mail address to send the confirmation to. Add one, or call the "
                    "clinic.",
                ),
                Text(
                    "Patienten har ingen e-mailadresse; du kan selv bestille tiden for patienten.",
                    "The patient has no e-mail address; you can book for the patient yourself.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "too_many_open",
            "D-BOOK-10",
            when(reach=Reach.ADDRESS, open_bookings=OpenBookings.AT_LIMIT),
            Answer.TOO_MANY_OPEN,
            Says(
                Text(
                    "Du har allerede så mange tider, som man kan bestille her. Afbestil en, eller "
                    "ring til klinikken.",
                    "You already have as many appointments as can be booked here. Cancel one, or "
                    "call the clinic.",
                ),
                Text(
                    "Patienten har nået klinikkens grænse for åbne bestillinger; anmodninger "
                    "tæller med.",
                    "The patient has reached the clinic's limit of open bookings; requests count.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "comment_missing",
            "D-BOOK-10",
            when(
                reach=Reach.ADDRESS,
                open_bookings=OpenBookings.BELOW_LIMIT,
                comment=Comment.NONE,
                comment_rule=CommentRule.REQUIRED,
            ),
            Answer.COMMENT_REQUIRED,
            Says(
                Text("Skriv kort, hvad det drejer sig om.", "Write briefly what it is about."),
                Text("Behandleren kræver en kommentar.", "The practitioner requires a comment."),
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "with_a_comment",
            "D-BOOK-10",
            when(
                reach=Reach.ADDRESS,
                open_bookings=OpenBookings.BELOW_LIMIT,
                comment=Comment.WRITTEN,
            ),
            Answer.MAY_ASK,
            _MAY_ASK,
            NextStep.GO_ON,
        ),
        Row(
            "without_a_comment",
            "D-BOOK-10",
            when(
                reach=Reach.ADDRESS,
                open_bookings=OpenBookings.BELOW_LIMIT,
                comment=Comment.NONE,
                comment_rule=CommentRule.OPTIONAL,
            ),
            Answer.MAY_ASK,
            _MAY_ASK,
            NextStep.GO_ON,
        ),
    ),
)
