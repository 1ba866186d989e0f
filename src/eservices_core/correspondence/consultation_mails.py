"""The mails of mail consultation: there is something to read, and a registration was answered.

One mail for every kind of answer: a consultation, a renewal and an E-answer are told alike, so that
a mailbox never says what the patient wrote about, nor that medicine is in it (D-MAIL-1).
"""

from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.clinic.service import Service
from eservices_core.correspondence.said import Said
from eservices_core.ports.outbox import MailKind
from eservices_core.texts import Text


@frozen
class SomethingToRead:
    """The clinic has written, and its journal has it (D-MAIL-3)."""


@frozen
class RegistrationAnswered:
    """The clinic has answered a patient who signed up (S-MAIL-4)."""

    clinic: str
    phone: str
    approved: bool


ConsultationMail: TypeAlias = SomethingToRead | RegistrationAnswered


def say(message: ConsultationMail, service: Service) -> Said:
    """Say a mail in Danish and English."""
    where = service.public_url
    match message:
        case SomethingToRead():
            return Said(
                MailKind.SOMETHING_TO_READ,
                Text("Der er noget at læse", "There is something to read"),
                Text(
                    f"Klinikken har skrevet til dig. Log ind på {where} for at læse det.",
                    f"The clinic has written to you. Log in at {where} to read it.",
                ),
            )
        case RegistrationAnswered(clinic, phone, approved=True):
            return Said(
                MailKind.REGISTRATION_ANSWERED,
                Text("Din tilmelding er godkendt", "Your registration is approved"),
                Text(
                    f"{clinic} har godkendt din tilmelding. Log ind på {where}. Telefon: {phone}.",
                    f"{clinic} has approved your registration. Log in at {where}. Phone: {phone}.",
                ),
            )
        case RegistrationAnswered(clinic, phone):
            return Said(
                MailKind.REGISTRATION_ANSWERED,
                Text("Svar på din tilmelding", "Answer to your registration"),
                Text(
                    f"{clinic} kunne ikke godkende din tilmelding. Ring til klinikken: {phone}.",
                    f"{clinic} could not approve your registration. Call the clinic: {phone}.",
                ),
            )
        case _:
            assert_never(message)
