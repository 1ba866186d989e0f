"""One sentence for every state and reader: what it is, who must act, and by when (D-BOOK-13).

Nothing here calls a booking confirmed before it is (D-BOOK-3). Patients read the same sentence
whether they have a user or a link; it holds the time, and neither type, comment nor practitioner.
"""

from datetime import datetime
from enum import Enum, unique
from typing import assert_never

from attrs import frozen

from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import Ambiguous, Evidence, HandedOver, NobodyToMail, Queued
from eservices_core.booking.spoken import spoken, spoken_start
from eservices_core.booking.standing import why_not_live
from eservices_core.booking.states import (
    Attended,
    AwaitingDelivery,
    Booking,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Live,
    Missed,
    NoBooking,
    Requested,
    Told,
    Undelivered,
    Unhappy,
)
from eservices_core.booking.terms import ConflictKind, Terms
from eservices_core.texts import Text
from eservices_core.words.interval import Interval


@unique
class Reader(Enum):
    """Who reads it."""

    PATIENT = "patient"
    STAFF = "staff"


@unique
class Acts(Enum):
    """Who must do something now."""

    NOBODY = "nobody"
    PATIENT = "patient"
    CLINIC = "clinic"
    SERVICE = "service"
    """The service itself: it sends, or waits for an answer from a mail server."""


@frozen
class Sentence:
    """What a reader is told.

    Attributes:
        by: when it must have been done; None where no clock runs.
    """

    text: Text
    acts: Acts
    by: datetime | None = None


def sentence(state: Booking, reader: Reader, at: datetime) -> Sentence:
    """Say what a booking is to a reader, at an aware instant."""
    said = _without_conflict(state, reader, at)
    if reader is Reader.PATIENT or not isinstance(state, Live) or why_not_live(state, at):
        return said
    # The clinic decides; the patient is told what they decided (D-BOOK-6).
    return _in_conflict(said, state.terms) if state.terms.conflict else said


def _in_conflict(said: Sentence, terms: Terms) -> Sentence:
    assert terms.conflict is not None
    what = _CONFLICTS[terms.conflict.kind]
    text = Text(
        f"{said.text.da} {what.da}: lad den stå, flyt den, eller frigiv den.",
        f"{said.text.en} {what.en}: let it stand, move it, or release it.",
    )
    return Sentence(text, Acts.CLINIC, said.by or terms.interval.starts_at)


_CONFLICTS = {
    ConflictKind.CLASH: Text(
        "En anden aftale ligger på tiden i kalenderen",
        "Another appointment lies on the time in the calendar",
    ),
    ConflictKind.LOST: Text(
        "Tiden er fjernet fra kalenderen", "The time was removed from the calendar"
    ),
    ConflictKind.CHANGED: Text(
        "Tiden er flyttet i kalenderen", "The time was moved in the calendar"
    ),
}


def _without_conflict(state: Booking, reader: Reader, at: datetime) -> Sentence:
    for_patient = reader is Reader.PATIENT
    match state:
        case NoBooking():
            return Sentence(Text("Der er ingen tid.", "There is no appointment."), Acts.NOBODY)
        case Requested():
            return _requested(state, at, for_patient=for_patient)
        case AwaitingDelivery() | Undelivered() if at >= state.terms.interval.starts_at:
            return _begun(state.terms.interval, for_patient=for_patient)
        case AwaitingDelivery():
            return _awaiting(state, for_patient=for_patient)
        case Undelivered():
            return _undelivered(state, for_patient=for_patient)
        case Confirmed():
            return _confirmed(state, at, for_patient=for_patient)
        case Declined() | Cancelled() | Expired():
            return _unhappy(state, for_patient=for_patient)
        case Attended():
            return _over(state.terms.interval, "Mødt", "Attended")
        case Missed():
            return _over(state.terms.interval, "Udeblevet", "Missed")
        case _:
            assert_never(state)


def _requested(state: Requested, at: datetime, *, for_patient: bool) -> Sentence:
    when, by = spoken_start(state.terms.interval), spoken(state.answer_by)
    if at >= state.answer_by:
        return _expired(state.terms.interval, None, for_patient=for_patient)
    if for_patient:
        text = Text(
            f"Du har bedt om tiden {when.da}. Den er ikke bekræftet; klinikken svarer senest "
            f"{by.da}.",
            f"You have asked for {when.en}. It is not confirmed; the clinic answers by {by.en}.",
        )
    else:
        days = (at - state.requested_at).days
        age_da = f"{days} dage" if days != 1 else "1 dag"
        age_en = f"{days} days" if days != 1 else "1 day"
        text = Text(
            f"Anmodning om {when.da}, {age_da} gammel: godkend eller afvis senest {by.da}.",
            f"Request for {when.en}, {age_en} old: approve or decline by {by.en}.",
        )
    return Sentence(text, Acts.CLINIC, state.answer_by)


def _awaiting(state: AwaitingDelivery, *, for_patient: bool) -> Sentence:
    when = spoken_start(state.terms.interval)
    nobody_to_mail = isinstance(state.way, NobodyToMail)
    acts = Acts.CLINIC if nobody_to_mail else Acts.SERVICE
    if for_patient:
        how_da = "giver dig besked" if nobody_to_mail else "sender dig en bekræftelse på e-mail"
        how_en = "will tell you" if nobody_to_mail else "is sending you a confirmation by e-mail"
        text = Text(
            f"Klinikken har godkendt tiden {when.da} og {how_da}.",
            f"The clinic has approved {when.en} and {how_en}.",
        )
        return Sentence(text, acts)
    match state.way:
        case NobodyToMail():
            rest = Text(
                "patienten har ingen e-mail: ring, eller giv et brev eller en seddel, og notér det",
                "the patient has no e-mail: call, or give a letter or a slip, and record it",
            )
        case Queued():
            rest = Text("bekræftelsen er på vej", "the confirmation is on its way")
        case HandedOver(_, at):
            taken = spoken(at)
            rest = Text(
                f"mailen blev afleveret {taken.da}; vi venter på, om den kommer retur",
                f"the mail was handed over on {taken.en}; waiting for a bounce",
            )
        case Ambiguous():
            rest = Text(
                "mailserveren svarede ikke; der prøves igen",
                "the mail server did not answer; it is tried again",
            )
        case _:
            assert_never(state.way)
    text = Text(
        f"Godkendt til {when.da}, men ikke bekræftet: {rest.da}.",
        f"Approved for {when.en}, but not confirmed: {rest.en}.",
    )
    return Sentence(text, acts)


def _undelivered(state: Undelivered, *, for_patient: bool) -> Sentence:
    when = spoken_start(state.terms.interval)
    starts_at = state.terms.interval.starts_at
    if for_patient:
        text = Text(
            f"Klinikken har godkendt tiden {when.da}, men bekræftelsen kunne ikke sendes til dig. "
            "Tjek din e-mailadresse, eller ring til klinikken.",
            f"The clinic has approved {when.en}, but the confirmation could not be sent to you. "
            "Check your e-mail address, or call the clinic.",
        )
        return Sentence(text, Acts.CLINIC, starts_at)
    maybe = state.may_have_arrived
    what_da = "er måske ikke nået frem" if maybe else "er ikke nået frem"
    what_en = "may not have arrived" if maybe else "did not arrive"
    text = Text(
        f"Godkendt til {when.da}, men bekræftelsen {what_da}: send igen, ret adressen, ring, eller "
        "frigiv tiden.",
        f"Approved for {when.en}, but the confirmation {what_en}: resend, correct the address, "
        "call, or release the time.",
    )
    return Sentence(text, Acts.CLINIC, starts_at)


def _begun(interval: Interval, *, for_patient: bool) -> Sentence:
    """What was approved and never confirmed, once its time has begun (D-BOOK-4)."""
    when = spoken_start(interval)
    if for_patient:
        text = Text(
            f"Klinikken har godkendt tiden {when.da}.", f"The clinic has approved {when.en}."
        )
        return Sentence(text, Acts.NOBODY)
    return _did_they_come(when)


def _did_they_come(when: Text) -> Sentence:
    text = Text(f"Tiden {when.da}: kom patienten?", f"{when.en}: did the patient come?")
    return Sentence(text, Acts.CLINIC)


def _confirmed(state: Confirmed, at: datetime, *, for_patient: bool) -> Sentence:
    interval = state.terms.interval
    when = spoken_start(interval)
    if at >= interval.ends_at and not for_patient:
        return _did_they_come(when)
    ahead = at < interval.starts_at
    acts, by = (Acts.PATIENT, interval.starts_at) if ahead else (Acts.NOBODY, None)
    if for_patient:
        text = Text(f"Din tid {when.da} er bekræftet.", f"Your time on {when.en} is confirmed.")
        return Sentence(text, acts, by)
    proof = _PROOFS[state.proof.evidence]
    since = spoken(state.proof.at)
    text = Text(
        f"Bekræftet til {when.da}: {proof.da} {since.da}.",
        f"Confirmed for {when.en}: {proof.en} on {since.en}.",
    )
    return Sentence(text, acts, by)


_PROOFS = {
    Evidence.HANDED_OVER: Text("modtagerens server tog mailen", "the recipient's server took it"),
    Evidence.NO_BOUNCE: Text("mailen kom ikke retur inden", "no bounce had come"),
    Evidence.REPORTED_DELIVERED: Text("mailen er meldt leveret", "reported delivered"),
    Evidence.OPENED: Text("patienten åbnede den efter login", "opened after login"),
    Evidence.CALL: Text("patienten er ringet op", "told on the phone"),
    Evidence.LETTER: Text("der er givet et brev", "a letter was given"),
    Evidence.SLIP: Text("der er givet en seddel", "a slip was given"),
}


def _unhappy(state: Unhappy, *, for_patient: bool) -> Sentence:
    when = spoken_start(state.terms.interval)
    match state:
        case Expired():
            return _expired(state.terms.interval, state.told, for_patient=for_patient)
        case Declined():
            text = (
                Text(
                    f"Klinikken kan ikke give dig tiden {when.da}. Vælg en anden tid, eller ring.",
                    f"The clinic cannot give you {when.en}. Choose another time, or call.",
                )
                if for_patient
                else Text(f"Afvist: {when.da}.", f"Declined: {when.en}.")
            )
            return _ended(text, state.told, for_patient=for_patient)
        case Cancelled(how=how, told=told):
            return _cancelled(when, how, told, for_patient=for_patient)
        case _:
            assert_never(state)


def _expired(interval: Interval, told: Told | None, *, for_patient: bool) -> Sentence:
    when = spoken_start(interval)
    text = (
        Text(
            f"Din anmodning om {when.da} blev ikke besvaret i tide og gælder ikke længere. Vælg en "
            "anden tid, eller ring til klinikken.",
            f"Your request for {when.en} was not answered in time and no longer stands. Choose "
            "another time, or call the clinic.",
        )
        if for_patient
        else Text(
            f"Udløbet uden svar: anmodning om {when.da}; tiden er fri.",
            f"Expired unanswered: request for {when.en}; the time is free.",
        )
    )
    return _ended(text, told, for_patient=for_patient)


def _cancelled(when: Text, how: Cancellation, told: Told, *, for_patient: bool) -> Sentence:
    match how:
        case Cancellation.WITHDRAWN:
            text = Text(
                f"Anmodningen om {when.da} er trukket tilbage.",
                f"The request for {when.en} is withdrawn.",
            )
        case Cancellation.CANCELLED:
            text = Text(f"Tiden {when.da} er afbestilt.", f"{when.en} is cancelled.")
        case Cancellation.LATE:
            text = Text(
                f"Tiden {when.da} er afbestilt efter fristen.",
                f"{when.en} is cancelled, after the time limit.",
            )
        case Cancellation.PATIENT_DIED:
            text = (
                Text(f"Tiden {when.da} er aflyst.", f"{when.en} is cancelled.")
                if for_patient  # or whoever reads what was theirs
                else Text(
                    f"Tiden {when.da} er aflyst; patienten er død.",
                    f"{when.en} is cancelled; the patient has died.",
                )
            )
        case Cancellation.BY_CLINIC:
            text = Text(
                f"Klinikken har aflyst tiden {when.da}.",
                f"The clinic has cancelled {when.en}.",
            )
            return _ended(text, told, for_patient=for_patient)
        case _:
            assert_never(how)
    return Sentence(text, Acts.NOBODY)


def _ended(text: Text, told: Told | None, *, for_patient: bool) -> Sentence:
    """What ended against the patient's wish: choose anew; staff see who has not read of it."""
    if for_patient:
        return Sentence(text, Acts.PATIENT)
    if told is not None and told.proof is not None:
        return Sentence(text, Acts.NOBODY)
    more = Text(
        f"{text.da} Det er ikke sikkert, at patienten ved det.",
        f"{text.en} It is not certain that the patient knows.",
    )
    return Sentence(more, Acts.CLINIC)


def _over(interval: Interval, da: str, en: str) -> Sentence:
    when = spoken_start(interval)
    return Sentence(Text(f"{da}: {when.da}.", f"{en}: {when.en}."), Acts.NOBODY)
