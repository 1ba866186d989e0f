"""Every mail that may leave, rendered and frozen (D-MAIL-1); those of access are said here.

A mail says that something happened, what to do, and where: Danish first, then English; as a text,
and in a modest HTML part that says the same. It holds no health data, no CPR number, no name of a
patient and no clinic's e-mail address in any byte, and no link that logs in. What it says follows
from what happened; no caller writes or picks a text.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, TypeAlias, assert_never

from attrs import field, frozen

from eservices_core.clinic.service import Service
from eservices_core.correspondence import booking_mails, consultation_mails, icalendar
from eservices_core.correspondence.booking_mails import BookingMail
from eservices_core.correspondence.consultation_mails import ConsultationMail
from eservices_core.correspondence.html_part import html_of
from eservices_core.correspondence.said import Said
from eservices_core.events import StreamId
from eservices_core.ports.outbox import MailKind, OutgoingMail
from eservices_core.texts import Text
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId
from eservices_core.words.secret import OneTimeCode, Password


@frozen
class Activation:
    """The clinic created the user and set the tick (S-ACC-8).

    D-ACC-102: the username is not in it. The clinic said it, and a mailbox alone shall not be a
    way in.
    """

    password: Password = field(repr=False)
    expires_at: datetime


@frozen
class ChildCreated:
    """A guardian created the user (S-ACC-10)."""

    clinic_chosen: bool


@frozen
class TemporaryPasswordSent:
    """The clinic had a new password sent (S-ACC-5). The username is not in it (D-ACC-102)."""

    password: Password = field(repr=False)
    expires_at: datetime


@frozen
class CodeToType:
    """The password was right, or an address is to be proved (S-ACC-1, D-ACC-14)."""

    code: OneTimeCode = field(repr=False)
    expires_at: datetime


@frozen
class AddressReplaced:
    """Told to the old address (D-ACC-14)."""


@frozen
class MitidLinked:
    """A new MitID with the account's own number was linked (D-ACC-16)."""


@frozen
class TurnedFifteen:
    """The patient is 15; told to their own address only (D-ACC-5)."""


@frozen
class Trial:
    """Whoever runs the installation tries whether mail leaves; it is about nobody."""


AccessMail: TypeAlias = (
    Activation
    | ChildCreated
    | TemporaryPasswordSent
    | CodeToType
    | AddressReplaced
    | MitidLinked
    | TurnedFifteen
    | Trial
)

Message: TypeAlias = AccessMail | BookingMail | ConsultationMail

_NO_REPLY: Final = Text(
    "Denne mail kan ikke besvares. Kontakt klinikken, hvis du ikke kender til dette.",
    "This mail cannot be answered. Contact the clinic if you do not know about this.",
)


def render(  # noqa: PLR0913  all that a mail is frozen from
    message: Message,
    service: Service,
    *,
    mail: MailId,
    about: UserId | None,
    stream: StreamId | None,
    to: EmailAddress,
    at: datetime,
) -> OutgoingMail:
    """Freeze a message into the bytes that every attempt sends.

    `at` is an aware instant: the Date of the mail, whenever it is sent.
    """
    if isinstance(message, BookingMail):
        said = booking_mails.say(message, service)
    elif isinstance(message, ConsultationMail):
        said = consultation_mails.say(message, service)
    else:
        said = Said(*_say(message, service))
    mime = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mime["From"] = service.sender.reveal()
    mime["To"] = to.reveal()
    mime["Subject"] = f"{said.subject.da} / {said.subject.en}"
    mime["Date"] = format_datetime(at)
    mime["Message-ID"] = f"<{mail}@{service.mail_domain}>"
    mime["Auto-Submitted"] = "auto-generated"
    danish, english = (
        f"{said.body.da}\n\n{_NO_REPLY.da}",
        f"{said.body.en}\n\n{_NO_REPLY.en}",
    )
    mime.set_content(f"{danish}\n\n-- English --\n\n{english}\n")
    mime.add_alternative(html_of(said, _NO_REPLY, service), subtype="html")
    # Not ones of chance: the same mail is the same bytes. Neither begins like the other.
    mime.set_boundary(f"=_text_{mail}")
    if said.calendar is not None:
        appointment, method = said.calendar
        mime.add_attachment(
            icalendar.write(appointment, method, service, to, at).encode(),
            maintype="text",
            subtype="calendar",
            filename="aftale.ics",
            params={"method": method.value, "charset": "utf-8"},
        )
        mime.set_boundary(f"=_{mail}")
    return OutgoingMail(mail, said.kind, about, to, mime.as_bytes(), said.expires_at, stream=stream)


def _say(message: AccessMail, service: Service) -> tuple[MailKind, Text, Text, datetime | None]:
    where = service.public_url
    match message:
        case Activation(password, expires_at):
            return (
                MailKind.ACTIVATION,
                Text("Din bruger er oprettet", "Your user has been created"),
                Text(
                    f"Klinikken har oprettet dig. Log ind på {where} med det brugernavn, du har "
                    f"aftalt med klinikken, og den midlertidige adgangskode {password.reveal()} "
                    f"inden {_clock_da(expires_at)}. Vælg derefter din egen adgangskode.",
                    f"The clinic has created your user. Log in at {where} with the username that "
                    f"you agreed with the clinic and the temporary password {password.reveal()} "
                    f"before {_clock_en(expires_at)}. Then choose a password of your own.",
                ),
                expires_at,
            )
        case ChildCreated(clinic_chosen):
            return (MailKind.CHILD_CREATED, *_child_created(where, clinic_chosen), None)
        case TemporaryPasswordSent(password, expires_at):
            return (
                MailKind.TEMPORARY_PASSWORD,
                Text("Ny midlertidig adgangskode", "New temporary password"),
                Text(
                    f"Din midlertidige adgangskode er {password.reveal()}. Brug den på {where} "
                    f"med dit brugernavn inden {_clock_da(expires_at)}. Den virker én gang og skal "
                    "skiftes.",
                    f"Your temporary password is {password.reveal()}. Use it at {where} with "
                    f"your username before {_clock_en(expires_at)}. It works once and must be "
                    "changed.",
                ),
                expires_at,
            )
        case CodeToType(code, expires_at):
            return (
                MailKind.ONE_TIME_CODE,
                Text("Din engangskode", "Your one-time code"),
                Text(
                    f"Koden er {code.reveal_grouped()}. Skriv den på siden, hvor du er i gang. Den "
                    f"gælder til {_clock_da(expires_at)}. Giv den ikke til nogen.",
                    f"The code is {code.reveal_grouped()}. Type it on the page where you began. It "
                    f"is good until {_clock_en(expires_at)}. Give it to nobody.",
                ),
                expires_at,
            )
        case AddressReplaced():
            return (
                MailKind.ADDRESS_CHANGED,
                Text("Din e-mailadresse er ændret", "Your e-mail address was changed"),
                Text(
                    "Der sendes ikke mere til denne adresse. Var det ikke dig, så ring til "
                    "klinikken nu.",
                    "No more mail will be sent to this address. If it was not you, call the "
                    "clinic now.",
                ),
                None,
            )
        case MitidLinked():
            return (
                MailKind.MITID_LINKED,
                Text("Nyt MitID på din bruger", "New MitID on your user"),
                Text(
                    "Der er logget ind med et MitID, vi ikke har set før. Var det ikke dig, så "
                    "ring til klinikken nu.",
                    "Somebody logged in with a MitID that we had not seen before. If it was not "
                    "you, call the clinic now.",
                ),
                None,
            )
        case TurnedFifteen():
            return (
                MailKind.TURNED_FIFTEEN,
                Text("Du er fyldt 15", "You have turned 15"),
                Text(
                    f"Fra i dag er brugeren kun din. Log ind på {where} med dit eget MitID. Kan "
                    "du ikke bruge MitID, så ring til klinikken.",
                    f"From today the user is yours alone. Log in at {where} with your own MitID. "
                    "If you cannot use MitID, call the clinic.",
                ),
                None,
            )
        case Trial():
            return (
                MailKind.TRIAL,
                Text("En prøve", "A trial"),
                Text(
                    "Denne mail er en prøve af, om mail når frem. Der er intet sket, og du skal "
                    "ikke gøre noget.",
                    "This mail is a trial of whether mail arrives. Nothing has happened, and there "
                    "is nothing to do.",
                ),
                None,
            )
        case _:
            assert_never(message)


def _child_created(where: str, clinic_chosen: bool) -> tuple[Text, Text]:  # noqa: FBT001  a switch by nature
    choose_da = "" if clinic_chosen else " Vælg derefter en klinik under Min profil."
    choose_en = "" if clinic_chosen else " Then choose a clinic under My profile."
    return (
        Text("Brugeren er oprettet", "The user has been created"),
        Text(
            f"En forælder eller værge har oprettet brugeren, bekræftet med MitID. Log ind på "
            f"{where} med det valgte brugernavn og den valgte adgangskode.{choose_da}",
            f"A parent or guardian has created the user, verified by MitID. Log in at {where} "
            f"with the username and password that were chosen.{choose_en}",
        ),
    )


def _clock_da(instant: datetime) -> str:
    return instant.astimezone(COPENHAGEN).strftime("%d.%m.%Y kl. %H.%M")


def _clock_en(instant: datetime) -> str:
    return instant.astimezone(COPENHAGEN).strftime("%Y-%m-%d %H:%M")
