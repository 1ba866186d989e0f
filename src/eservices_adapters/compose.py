"""The composition root: a configuration in, ready services out. Nothing else builds an adapter.

Clock and chance can be given, for a demonstration on a clock that somebody winds.
"""

from functools import partial

from attrs import frozen

from eservices_adapters.calendar.ics_file import IcsFileCalendar
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.installation import Config
from eservices_adapters.custody.folder import FolderRegister
from eservices_adapters.email.maildir import MaildirTransport
from eservices_adapters.email.reports import MaildirReports
from eservices_adapters.master_cards.toml_file import TomlMasterCards
from eservices_adapters.mitdk.folder import FolderPost
from eservices_adapters.mitdk.memo_writer import MemoVersion
from eservices_adapters.mitid.persons import read_persons
from eservices_adapters.mitid.simulated import SimulatedMitid
from eservices_adapters.password.argon2 import Argon2Hasher
from eservices_adapters.store.sqlite import SqliteLedger
from eservices_core.correspondence.bounces import mail_of, return_path
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import AppointmentCalendar
from eservices_core.ports.delivery_reports import DeliveryReports
from eservices_core.ports.digital_post import DigitalPost
from eservices_core.ports.ledger import Archive, Outbox
from eservices_core.ports.world import Chance, Clock, MailTransport
from eservices_core.usecases.calendar_readings import CalendarReadings
from eservices_core.usecases.services import Services


@frozen(kw_only=True)
class Installation:
    """All that entry points are given.

    Attributes:
        services: for the use cases.
        archive: for looking back.
        outbox: the mails that wait, and `transport`, which hands them over.
        reports: the delivery reports that come back; None where nobody collects them.
        simulated_mitid: where persons are chosen, as long as MitID is simulated.
    """

    services: Services
    archive: Archive
    outbox: Outbox
    transport: MailTransport
    reports: DeliveryReports | None
    simulated_mitid: SimulatedMitid


def compose(
    config: Config, *, clock: Clock | None = None, chance: Chance | None = None
) -> Outcome[Installation, tuple[str, ...]]:
    """Build every adapter that a configuration names, or say line by line what is wrong.

    Raises what an adapter raises when it is opened: a ledger of a newer program, spoilt cards.
    """
    clock = clock or SystemClock()
    persons = read_persons(config.mitid.persons)
    if isinstance(persons, Failure):
        return Failure(tuple(str(refusal) for refusal in persons.failure()))
    mitid = SimulatedMitid(persons.unwrap(), clock, config.key.derived("simulated-mitid"))
    keys = config.key.keys()
    ledger = SqliteLedger(config.store.path)
    services = Services(
        ledger=ledger,
        records=ledger,
        archive=ledger,
        claims=ledger,
        lists=ledger,
        post=_post(config),
        calendar=CalendarReadings(_calendar(config, clock)),
        register=FolderRegister(config.custody.path),
        mitid=mitid,
        master_cards=TomlMasterCards(config.master_cards.path),
        hasher=Argon2Hasher(),
        clock=clock,
        chance=chance or SystemChance(),
        keys=keys,
        service=config.service,
        access=config.access,
        clinics=config.clinics,
    )
    return Success(
        Installation(
            services=services,
            archive=ledger,
            outbox=ledger,
            transport=MaildirTransport(
                config.mail.path, partial(return_path, keys, config.service)
            ),
            reports=_reports(config),
            simulated_mitid=mitid,
        )
    )


def _calendar(config: Config, clock: Clock) -> AppointmentCalendar:
    folder = config.calendar
    books = (
        {}
        if folder is None
        else {
            (clinic, who.practitioner): folder.path / str(clinic) / f"{who.practitioner}.ics"
            for clinic, settings in config.clinics.items()
            for who in settings.booking.practitioners
        }
    )
    return IcsFileCalendar(books, config.service.mail_domain, clock)


def _post(config: Config) -> DigitalPost | None:
    post = config.post
    if post is None:
        return None
    return FolderPost(post.out, post.receipts, post.reach, MemoVersion(post.version))


def _reports(config: Config) -> DeliveryReports | None:
    if config.mail.reports is None:
        return None
    return MaildirReports(config.mail.reports, partial(mail_of, config.key.keys(), config.service))
