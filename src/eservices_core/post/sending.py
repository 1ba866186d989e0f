"""May this letter be sent by digital post (S-POST-2, D-POST-2)? Asked before it is written.

Who cannot get digital post is reported with paper as the way on. Here: the facts, the one table,
and how a recipient is folded. Not here: asking who can be reached (`ports.digital_post`).
"""

from enum import unique
from functools import partial
from typing import Final

from attrs import frozen

from eservices_core.access.facts import Age
from eservices_core.clinic.booking_settings import Switch
from eservices_core.tables import Fact, Row, Table, any_of, when
from eservices_core.texts import NextStep, Text, staff_only
from eservices_core.words.civil_number import CivilNumber, CivilNumberKind


@unique
class Transport(Fact):
    """Whether the installation has a way to digital post."""

    READY = "ready"
    NONE = "none"


@unique
class Life(Fact):
    """Whether the patient lives, as far as the service knows (D-ACC-20)."""

    ALIVE = "alive"
    DECEASED = "deceased"


@unique
class Addressee(Fact):
    """Whose mailbox it would go to (D-POST-2)."""

    PATIENT = "patient"
    CHOSEN = "chosen"
    """About someone under 15; staff chose the recipient."""
    NOBODY_CHOSEN = "nobody_chosen"
    """About someone under 15, and nobody chose."""
    SOMEBODY_ELSE = "somebody_else"
    """About someone of 15 or more, to another person."""


@unique
class Numbered(Fact):
    """What the recipient is known by."""

    CPR = "cpr"
    REPLACEMENT = "replacement"


@unique
class Reach(Fact):
    """What digital post says of a recipient."""

    CAN_RECEIVE = "can_receive"
    EXEMPT = "exempt"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """It has no such recipient."""
    CANNOT_RECEIVE = "cannot_receive"
    """It says no, and not why; some solutions never do."""
    SILENT = "silent"
    """No answer came."""


@unique
class Sending(Fact):
    """Whether it may leave."""

    SEND = "send"
    ON_PAPER = "on_paper"
    NO = "no"


@frozen
class SendFacts:
    """What the answer rests on; `bought` is the clinic's add-on."""

    bought: Switch
    transport: Transport
    life: Life
    addressee: Addressee
    numbered: Numbered
    reach: Reach


def addressee_of(age: Age, patient: CivilNumber, chosen: CivilNumber | None) -> Addressee:
    """Fold whom staff chose; None stands for the patient, from 15 years on."""
    if age is Age.UNDER_15:
        return Addressee.NOBODY_CHOSEN if chosen is None else Addressee.CHOSEN
    return Addressee.PATIENT if chosen in {None, patient} else Addressee.SOMEBODY_ELSE


def numbered_by(number: CivilNumber) -> Numbered:
    """Fold a number: only one that the CPR office issued has a digital mailbox."""
    return Numbered.CPR if number.kind is CivilNumberKind.CPR else Numbered.REPLACEMENT


_CALL: Final = Text("Ring til klinikken.", "Call the clinic.")
_GOOD: Final = any_of(Addressee.PATIENT, Addressee.CHOSEN)


_says: Final = partial(staff_only, _CALL)
"""The patient reads no more than whom to call."""

SENDING: Final = Table(
    "post.sending",
    "May this letter be sent by digital post?",
    SendFacts,
    (
        Row(
            "not_bought",
            "S-POST-2",
            when(bought=Switch.OFF),
            Sending.NO,
            _says(
                "Digital post er et tilvalg, som klinikken ikke har købt.",
                "Digital post is an add-on that the clinic has not bought.",
            ),
            NextStep.SEND_ON_PAPER,
        ),
        Row(
            "no_transport",
            "S-POST-1",
            when(bought=Switch.ON, transport=Transport.NONE),
            Sending.NO,
            _says(
                "Klinikken har digital post, men løsningen er ikke sat op her.",
                "The clinic has digital post, but the installation has not set it up.",
            ),
            NextStep.SEND_ON_PAPER,
        ),
        Row(
            "deceased",
            "D-ACC-20",
            when(bought=Switch.ON, transport=Transport.READY, life=Life.DECEASED),
            Sending.NO,
            _says("Patienten er død; der sendes intet.", "The patient has died; nothing is sent."),
            NextStep.GO_ON,
        ),
        Row(
            "nobody_chosen",
            "D-POST-2",
            when(
                bought=Switch.ON,
                transport=Transport.READY,
                life=Life.ALIVE,
                addressee=Addressee.NOBODY_CHOSEN,
            ),
            Sending.NO,
            _says(
                "Patienten er under 15: vælg, hvem brevet skal sendes til.",
                "The patient is under 15: choose whom the letter goes to.",
            ),
            NextStep.CHOOSE_RECIPIENT,
        ),
        Row(
            "somebody_else",
            "D-POST-2",
            when(
                bought=Switch.ON,
                transport=Transport.READY,
                life=Life.ALIVE,
                addressee=Addressee.SOMEBODY_ELSE,
            ),
            Sending.NO,
            _says(
                "Patienten er fyldt 15: brevet sendes kun til patienten selv.",
                "The patient has turned 15: the letter goes to nobody else.",
            ),
            NextStep.CHOOSE_RECIPIENT,
        ),
        Row(
            "replacement_number",
            "D-POST-2",
            when(
                bought=Switch.ON,
                transport=Transport.READY,
                life=Life.ALIVE,
                addressee=_GOOD,
                numbered=Numbered.REPLACEMENT,
            ),
            Sending.ON_PAPER,
            _says(
                "Modtageren har et erstatningsnummer og ingen digital postkasse.",
                "The recipient has a replacement number, and no digital mailbox.",
            ),
            NextStep.SEND_ON_PAPER,
        ),
        *(
            Row(
                name,
                "D-POST-2",
                when(
                    bought=Switch.ON,
                    transport=Transport.READY,
                    life=Life.ALIVE,
                    addressee=_GOOD,
                    numbered=Numbered.CPR,
                    reach=reach,
                ),
                verdict,
                says,
                step,
            )
            for name, reach, verdict, step, says in (
                (
                    "exempt",
                    Reach.EXEMPT,
                    Sending.ON_PAPER,
                    NextStep.SEND_ON_PAPER,
                    _says(
                        "Modtageren er fritaget for digital post.",
                        "The recipient is exempt from digital post.",
                    ),
                ),
                (
                    "mailbox_closed",
                    Reach.CLOSED,
                    Sending.ON_PAPER,
                    NextStep.SEND_ON_PAPER,
                    _says(
                        "Modtagerens digitale postkasse er lukket.",
                        "The recipient's digital mailbox is closed.",
                    ),
                ),
                (
                    "no_mailbox",
                    Reach.UNKNOWN,
                    Sending.ON_PAPER,
                    NextStep.SEND_ON_PAPER,
                    _says(
                        "Digital post kender ikke modtageren.",
                        "Digital post does not know the recipient.",
                    ),
                ),
                (
                    "cannot_receive",
                    Reach.CANNOT_RECEIVE,
                    Sending.ON_PAPER,
                    NextStep.SEND_ON_PAPER,
                    _says(
                        "Modtageren kan ikke få digital post; løsningen siger ikke hvorfor.",
                        "The recipient cannot get digital post; the solution does not say why.",
                    ),
                ),
                (
                    "silent",
                    Reach.SILENT,
                    Sending.NO,
                    NextStep.TRY_AGAIN,
                    _says(
                        "Digital post svarer ikke, så ingen ved, om modtageren kan få brevet.",
                        "Digital post gives no answer: whether the recipient can get the letter "
                        "is not known.",
                    ),
                ),
                (
                    "can_receive",
                    Reach.CAN_RECEIVE,
                    Sending.SEND,
                    NextStep.GO_ON,
                    _says(
                        "Modtageren kan få brevet i sin digitale postkasse.",
                        "The recipient can get the letter in their digital mailbox.",
                    ),
                ),
            )
        ),
    ),
)
