"""Cancelling: what it is called, and what follows (S-BOOK-5, D-BOOK-10).

Nothing here refuses: nobody is held to an appointment by a computer. The notice only decides
whether the clinic hears of it at the top of its desk.
"""

from datetime import datetime, timedelta
from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.tables import Fact, Row, Table, any_of, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.interval import Interval


@unique
class Who(Fact):
    """Who cancels."""

    PATIENT = "patient"
    LINK = "link"
    """Whoever has the link and the code of a booking without a user (D-BOOK-7)."""
    CLINIC = "clinic"
    DEATH = "death"
    """Nobody: the clinic has recorded that the patient is dead (D-ACC-20)."""


@unique
class Stage(Fact):
    """How far the booking had come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    """Approved, but not known to be received."""
    CONFIRMED = "confirmed"


@unique
class Notice(Fact):
    """How long before the start it happens."""

    IN_TIME = "in_time"
    INSIDE = "inside"
    """Less than the clinic's cancellation notice is left."""


@frozen
class CancelFacts:
    """What it rests on."""

    who: Who
    stage: Stage
    notice: Notice


@unique
class Cancellation(Fact):
    """What it is."""

    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    LATE = "late"
    BY_CLINIC = "by_clinic"
    PATIENT_DIED = "patient_died"


def notice_at(interval: Interval, at: datetime, wanted: timedelta) -> Notice:
    """Say whether the notice is kept: exactly `wanted` before the start is in time."""
    return Notice.IN_TIME if interval.starts_at - at >= wanted else Notice.INSIDE


CANCELLING: Final = Table(
    "booking.cancelling",
    "What does it mean that this booking is cancelled now?",
    CancelFacts,
    (
        Row(
            "request_withdrawn",
            "D-BOOK-10",
            when(who=any_of(Who.PATIENT, Who.LINK), stage=Stage.REQUESTED),
            Cancellation.WITHDRAWN,
            Says(
                Text("Din anmodning er trukket tilbage.", "Your request is withdrawn."),
                Text(
                    "Anmodningen er trukket tilbage; fristen gælder ikke for anmodninger.",
                    "The request is withdrawn; the notice does not bind requests.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "before_it_was_confirmed",
            "D-BOOK-10",
            when(who=any_of(Who.PATIENT, Who.LINK), stage=Stage.APPROVED),
            Cancellation.CANCELLED,
            Says(
                Text("Din tid er afbestilt.", "Your appointment is cancelled."),
                Text(
                    "Afbestilt, før den var bekræftet; fristen gælder kun bekræftede tider.",
                    "Cancelled before it was confirmed; the notice binds confirmed ones only.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "in_time",
            "S-BOOK-5",
            when(who=any_of(Who.PATIENT, Who.LINK), stage=Stage.CONFIRMED, notice=Notice.IN_TIME),
            Cancellation.CANCELLED,
            Says(
                Text("Din tid er afbestilt.", "Your appointment is cancelled."),
                Text("Afbestilt i god tid.", "Cancelled in good time."),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "too_late",
            "D-BOOK-10",
            when(who=any_of(Who.PATIENT, Who.LINK), stage=Stage.CONFIRMED, notice=Notice.INSIDE),
            Cancellation.LATE,
            Says(
                Text(
                    "Din tid er afbestilt. Det er efter klinikkens frist; klinikken får besked nu.",
                    "Your appointment is cancelled. It is after the clinic's time limit; the "
                    "clinic is told now.",
                ),
                Text(
                    "Afbestilt efter fristen; den ligger øverst på skrivebordet.",
                    "Cancelled after the time limit; it is at the top of the desk.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "by_the_clinic",
            "D-BOOK-11",
            when(who=Who.CLINIC),
            Cancellation.BY_CLINIC,
            Says(
                Text("Klinikken har aflyst din tid.", "The clinic has cancelled your appointment."),
                Text(
                    "Aflyst af klinikken; patienten får én mail, og står på ringelisten, til det "
                    "er sikkert, at den er læst.",
                    "Cancelled by the clinic; the patient gets one mail, and is on the call list "
                    "until it is certain that it was read.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "the_patient_died",
            "D-ACC-20",
            when(who=Who.DEATH),
            Cancellation.PATIENT_DIED,
            Says(
                Text("Tiden er aflyst.", "The appointment is cancelled."),
                Text(
                    "Patienten er registreret som død; tiden er fri, og ingen får mail.",
                    "The patient is recorded as dead; the time is free, and nobody is mailed.",
                ),
            ),
            NextStep.GO_ON,
        ),
    ),
)
