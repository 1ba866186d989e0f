"""The clinic in a box: set up in a folder, and driven by hand where the world would act by itself.

Here: what a browser, a mailbox and a clinic's screen do. The script (`morning`) says who does what.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from eservices_adapters.clock import SystemChance
from eservices_adapters.compose import Installation, compose
from eservices_adapters.config.installation import read_config
from eservices_adapters.config.setup import write_config
from eservices_adapters.demo.clock import WoundClock
from eservices_adapters.demo.overheard import OverheardLedger
from eservices_adapters.demo.people import ADULTS, CUSTODY, Patient
from eservices_adapters.demo.register import write_register
from eservices_adapters.master_cards.toml_file import write_cards
from eservices_adapters.mitid.persons import TestPerson, write_persons
from eservices_core.clinic.master_card import MasterCard
from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Actor, ByNobodyKnown, ByStaff
from eservices_core.usecases.deliver_mail import deliver_mail
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BrowserId,
    ClinicId,
    SessionId,
    StaffId,
)
from eservices_core.words.secret import TOKEN_ENTROPY_BYTES, PasswordAttempt, Token

CLINIC: Final = ClinicId("laegehuset")
BEGINS_AT: Final = datetime(2023, 5, 15, 9, tzinfo=COPENHAGEN)

_SERVICE: Final = Service(
    public_url="https://e-services.example",
    mail_domain="post.e-services.example",
    sender=EmailAddress.parse("no-reply@post.e-services.example").unwrap(),
)
_SETTINGS: Final = ClinicSettings("Lægehuset ved Åen", "+45 00 00 00 00", SelfSignUp.OPEN)
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
    def staff(self) -> StaffMember:
        """The one who sits in reception this morning."""
        return StaffMember(StaffId("reception"), CLINIC)

    def asked_by(self, actor: Actor | None = None) -> "Asked":
        """Draw what every command carries: a key, and who asks."""
        entropy = self.installation.services.chance.entropy(TOKEN_ENTROPY_BYTES)
        return Asked(Token.from_entropy(entropy).reveal(), actor or ByNobodyKnown())

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
        return self.installation.simulated_mitid.answer_as(attempt, person.name.lower())

    def deliver(self) -> int:
        """Hand over the mail that waits, as a worker would; gives how many."""
        installation = self.installation
        done = deliver_mail(installation.outbox, installation.transport, self.clock)
        return len(done)

    def code_for(self, person: Patient) -> str:
        """Read the newest code in a person's mailbox, as they would."""
        return self._newest(person, _CODE)

    def password_for(self, person: Patient) -> PasswordAttempt:
        """Read the newest temporary password in a person's mailbox, as they would."""
        return PasswordAttempt.parse(self._newest(person, _PASSWORD)).unwrap()

    def _newest(self, person: Patient, what: re.Pattern[str]) -> str:
        _ = self.deliver()
        newest = self.folder / "mailbox" / "new"
        mails = sorted(newest.iterdir(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for file in mails:
            mail = message_from_bytes(file.read_bytes(), policy=default)
            body = mail.get_body()
            found = what.search(" ".join(body.get_content().split())) if body else None
            if mail["To"] == person.address and found:
                return found.group(1)
        raise LookupError


@frozen
class Asked:
    """What every command carries."""

    key: str
    by: Actor


def set_up(folder: Path) -> Outcome[Box, tuple[str, ...]]:
    """Set up a clinic in a folder: configuration, key, people, cards and register."""
    written = write_config(folder, SystemChance(), service=_SERVICE, clinics={CLINIC: _SETTINGS})
    if isinstance(written, Failure):
        return Failure(tuple(str(refusal) for refusal in written.failure()))
    everybody = (*ADULTS, *CUSTODY)
    cards = [(CLINIC, MasterCard(one.number, one.name)) for one in everybody]
    write_cards(folder / "cards.toml", cards)
    persons = [TestPerson(one.name.lower(), one.number) for one in ADULTS]
    write_persons(folder / "persons.toml", persons)
    write_register(folder / "register")
    return open_box(folder)


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
