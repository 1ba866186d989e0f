"""The clinic in a box: set up in a folder, and driven by hand where the world would act by itself.

Here: what a browser, a mailbox and a clinic's screen do. The script (`morning`) says who does what.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from shutil import copyfile
from typing import Final

from attrs import evolve, frozen

from eservices_adapters.calendar.ics_file import make_calendar
from eservices_adapters.clock import SystemChance
from eservices_adapters.compose import Installation, compose
from eservices_adapters.config.installation import read_config
from eservices_adapters.config.settings import read_settings
from eservices_adapters.config.setup import write_config
from eservices_adapters.demo.clock import WoundClock
from eservices_adapters.demo.overheard import OverheardLedger
from eservices_adapters.demo.people import ADULTS, CUSTODY, Patient
from eservices_adapters.demo.register import write_register
from eservices_adapters.email.bounced import bounce_of, lay_in
from eservices_adapters.master_cards.toml_file import write_cards
from eservices_adapters.mitid.persons import TestPerson, write_persons
from eservices_core.clinic.master_card import MasterCard
from eservices_core.clinic.service import Service
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Actor, ByNobodyKnown, ByStaff, BySystem
from eservices_core.staffing.member import Role
from eservices_core.usecases.deliver_mail import deliver_mail
from eservices_core.usecases.staff import (
    EnrollFirstManager,
    EnrollStaff,
    enroll_first_manager,
    enroll_staff,
)
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BrowserId,
    ClinicId,
    PractitionerId,
    SessionId,
    StaffId,
    TypeId,
)
from eservices_core.words.secret import TOKEN_ENTROPY_BYTES, PasswordAttempt, Token

CLINIC: Final = ClinicId("laegehuset")
DOCTOR: Final = PractitionerId("sofie")
VISIT: Final = TypeId("konsultation")
BEGINS_AT: Final = datetime(2023, 5, 15, 9, tzinfo=COPENHAGEN)

_SERVICE: Final = Service(
    public_url="https://e-services.example",
    mail_domain="post.e-services.example",
    sender=EmailAddress.parse("no-reply@post.e-services.example").unwrap(),
)
_SETTINGS: Final = """\
[clinic]
name = "Lægehuset ved Åen"
phone = "+45 00 00 00 00"
self_sign_up = "open"

[consultation]
consultations = "on"
renewals = "on"
out_of_hours = "+45 00 00 00 18"
urgent_words = ["brystsmerter"]
addresses = ["klinik@laegehuset.example"]

[[consultation.blocked]]
name = "Tramadol"

[post]
bought = "on"
cvr = "12345678"
label = "Lægehuset ved Åen"

[booking]
place = "Ågade 1, 9999 Ådal"
without_user = "on"
earliest_notice = "2 hours"
open_bookings = 3

[[booking.opening]]
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:00"
to = "16:00"

[[booking.type]]
id = "konsultation"
name = { da = "Konsultation", en = "Consultation" }
length = 15
pause = 5
without_user = "on"

[[booking.practitioner]]
id = "sofie"
name = "Sofie"
staff = "sofie"
types = ["konsultation"]

[[booking.practitioner.template]]
first_week = 2023-01-02

[[booking.practitioner.template.period]]
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:00"
to = "11:40"

[[booking.practitioner.template.period]]
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "13:00"
to = "15:40"
"""
_CODE: Final = re.compile(r"Koden er ([A-Z2-9]{4}-[A-Z2-9]{4})")
_PASSWORD: Final = re.compile(r"adgangskode(?: er)? ([A-Z2-9]{4}(?:-[A-Z2-9]{4})+)")


@frozen(eq=False)
class Box:
    """A clinic in a folder, on a clock that is wound."""

    folder: Path
    clock: WoundClock
    installation: Installation
    overheard: OverheardLedger

    @property
    def doctor(self) -> StaffMember:
        """The practitioner whose book it is."""
        return StaffMember(StaffId(str(DOCTOR)), CLINIC)

    def bounce(self, person: Patient) -> None:
        """Deliver what waits, and have the newest mail to a person come back."""
        _ = self.deliver()
        for file in self._newest_first():
            content = file.read_bytes()
            if message_from_bytes(content, policy=default)["To"] == person.address:
                report = bounce_of(content, at=self.clock.now())
                lay_in(self.folder / "bounces", report, self.clock.now())
                return
        raise LookupError

    @property
    def staff(self) -> StaffMember:
        """The one who sits in reception this morning."""
        return StaffMember(StaffId("reception"), CLINIC)

    def asked_by(self, actor: Actor | None = None) -> "Asked":
        """Draw what every command carries: a key, and who asks."""
        entropy = self.installation.services.chance.entropy(TOKEN_ENTROPY_BYTES)
        return Asked(entropy.hex(), actor or ByNobodyKnown())

    def asked_by_staff(self) -> "Asked":
        """The same, for reception."""
        return self.asked_by(ByStaff(self.staff))

    def new_session(self) -> SessionId:
        """Draw a session: the browser would keep a token, and we its digest."""
        return SessionId(self._digest())

    def new_browser(self) -> BrowserId:
        """Draw a browser, in the same way."""
        return BrowserId(self._digest())

    def _digest(self) -> str:
        entropy = self.installation.services.chance.entropy(TOKEN_ENTROPY_BYTES)
        return Token.from_entropy(entropy).digest()

    def at_mitid(self, person: Patient, attempt: AttemptId) -> Mapping[str, str]:
        """Have a person identify; gives what the browser brings back."""
        mitid = self.installation.simulated_mitid
        assert mitid is not None, "a clinic in a box is set up with a simulated MitID"
        return mitid.answer_as(attempt, person.name.lower())

    def deliver(self) -> int:
        """Hand over the mail that waits, as a worker would; gives how many."""
        return len(deliver_mail(self.installation.mails))

    def code_for(self, person: Patient) -> str:
        """Read the newest code in a person's mailbox, as they would."""
        return self._newest(person, _CODE)

    def password_for(self, person: Patient) -> PasswordAttempt:
        """Read the newest temporary password in a person's mailbox, as they would."""
        return PasswordAttempt.parse(self._newest(person, _PASSWORD)).unwrap()

    def _newest(self, person: Patient, what: re.Pattern[str]) -> str:
        _ = self.deliver()
        for file in self._newest_first():
            mail = message_from_bytes(file.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            found = what.search(" ".join(body.get_content().split())) if body else None
            if mail["To"] == person.address and found:
                return found.group(1)
        raise LookupError

    def _newest_first(self) -> list[Path]:
        mails = (self.folder / "mailbox" / "new").iterdir()
        return sorted(mails, key=lambda file: file.stat().st_mtime_ns, reverse=True)


@frozen
class Asked:
    """What every command carries."""

    key: str
    by: Actor


def set_up(folder: Path, calendar: Path | None = None) -> Outcome[Box, tuple[str, ...]]:
    """Set up a clinic in a folder: configuration, key, people, cards, register and calendar.

    `calendar` is an iCalendar file to begin the doctor's calendar with, a copy of it; else it is
    empty.
    """
    written = write_config(
        folder,
        SystemChance(),
        service=_SERVICE,
        clinics={CLINIC: read_settings(_SETTINGS.encode()).unwrap()},
    )
    if isinstance(written, Failure):
        return Failure(tuple(str(refusal) for refusal in written.failure()))
    everybody = (*ADULTS, *CUSTODY)
    cards = [(CLINIC, MasterCard(one.number, one.name)) for one in everybody]
    write_cards(folder / "cards.toml", cards)
    persons = [TestPerson(one.name.lower(), one.number) for one in ADULTS]
    write_persons(folder / "persons.toml", persons)
    write_register(folder / "register")
    reach = "".join(f'"{one.number.reveal()}" = "can_receive"\n' for one in ADULTS)
    _ = (folder / "reach.toml").write_text(f"[reach]\n{reach}", encoding="utf-8")
    calendars = folder / "calendars" / str(CLINIC)
    calendars.mkdir()
    doctors = calendars / f"{DOCTOR}.ics"
    _ = make_calendar(doctors) if calendar is None else copyfile(calendar, doctors)
    opened = open_box(folder)
    if not isinstance(opened, Failure):
        _enroll(opened.unwrap())
    return opened


def _enroll(box: Box) -> None:
    """Have the doctor be the clinic's manager, and take reception on."""
    services, doctor = box.installation.services, box.doctor
    first = EnrollFirstManager(
        key="the-doctor", by=BySystem(), clinic=CLINIC, member=doctor.staff, name="Sofie"
    )
    _ = enroll_first_manager(services, first).unwrap()
    reception = EnrollStaff(
        key="reception",
        by=ByStaff(doctor),
        staff=doctor,
        member=box.staff.staff,
        name="Reception",
        role=Role.RECEPTION,
    )
    _ = enroll_staff(services, reception).unwrap()


def open_box(folder: Path) -> Outcome[Box, tuple[str, ...]]:
    """Open a clinic that was set up in a folder."""
    config = read_config(folder / "eservices.toml")
    if isinstance(config, Failure):
        return Failure(tuple(str(refusal) for refusal in config.failure()))
    clock = WoundClock(BEGINS_AT)
    composed = compose(config.unwrap(), clock=clock)
    if isinstance(composed, Failure):
        return composed
    installation = composed.unwrap()
    overheard = OverheardLedger(installation.services.ledger)
    services = evolve(installation.services, ledger=overheard)
    return Success(Box(folder, clock, evolve(installation, services=services), overheard))
