"""The composition root: a configuration in, ready services out. Nothing else builds an adapter.

Clock and chance can be given, for a demonstration on a clock that somebody winds.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final, Self, assert_never

from attrs import frozen

from eservices_adapters.calendar.ics_file import IcsFileCalendar
from eservices_adapters.clock import SystemChance, SystemClock, SystemPatience
from eservices_adapters.config import mail
from eservices_adapters.config.calendar import CalDavCalendars, IcsFileCalendars
from eservices_adapters.config.installation import Config
from eservices_adapters.config.mitid import OidcBroker
from eservices_adapters.config.post import FolderDigitalPost, Sf1601DigitalPost
from eservices_adapters.config.store import PostgresStore, SqliteStore
from eservices_adapters.custody.opening import open_register
from eservices_adapters.email.imap import ImapMailbox, ImapReports
from eservices_adapters.email.maildir import MaildirTransport
from eservices_adapters.email.reports import MaildirReports
from eservices_adapters.email.smtp import SmtpServer, SmtpTransport
from eservices_adapters.journal.folder import FolderJournal
from eservices_adapters.master_cards.toml_file import TomlMasterCards
from eservices_adapters.metrics.transport import MeasuredTransport
from eservices_adapters.min_log.folder import FolderMinLog
from eservices_adapters.mitdk.folder import FolderPost
from eservices_adapters.mitdk.memo_writer import MemoVersion
from eservices_adapters.mitid.persons import read_persons
from eservices_adapters.mitid.simulated import SimulatedMitid
from eservices_adapters.password.argon2 import Argon2Hasher
from eservices_adapters.password.foreign import read_cost
from eservices_adapters.password.taken_over import TakenOverHashes
from eservices_adapters.signing.ed25519 import Ed25519Signer
from eservices_adapters.store import MarkFile, RestoredPast, SpoiltMark, SqliteLedger, SqlLedger
from eservices_adapters.store.looking_after import queues
from eservices_core.correspondence.bounces import mail_of, return_path
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.audit_log import AuditLog
from eservices_core.ports.calendar import AppointmentCalendar
from eservices_core.ports.delivery_reports import DeliveryReports
from eservices_core.ports.digital_post import DigitalPost
from eservices_core.ports.foreign_hashes import ForeignHashes
from eservices_core.ports.ledger import Archive
from eservices_core.ports.min_log import MinLog
from eservices_core.ports.outbox import Outbox
from eservices_core.ports.world import Chance, Clock, MailTransport, Mitid
from eservices_core.usecases.calendar_readings import CalendarReadings
from eservices_core.usecases.deliver_mail import MailRound
from eservices_core.usecases.services import Services
from eservices_core.usecases.settings_now import standing
from eservices_core.words.identifiers import ClinicId, MailId, PractitionerId

if TYPE_CHECKING:
    from eservices_adapters.metrics.otel import Otel

_NO_SUCH_COST: Final = (
    "[passwords] takes_over: names a cost that nobody can do here (bcrypt needs the extra bcrypt)"
)
_NO_METRICS: Final = "[operation] metrics: needs the extra metrics"
_NO_HTTP: Final = '[post] kind: "sf1601" needs: pip install "eservices-core[post]"'
_NO_CERTIFICATE: Final = (
    "[post] certificate_file: cannot be used (it is no certificate, or the key is not its own)"
)


@frozen(kw_only=True)
class Installation:
    """All that entry points are given.

    Attributes:
        services: for the use cases.
        foreign: which password hashes of the system before are taken over.
        archive: for looking back.
        audit_log: for sealing and verifying, with `signer`.
        min_log: what registrations are handed to; None where nobody takes them.
        outbox: the mails that wait, and `transport`, which hands them over.
        reports: the delivery reports that come back; None where nobody collects them.
        metrics: who is told how it goes; None where nobody is.
        mail_of: finds the mail of ours whose return path an address is.
        simulated_mitid: where persons are chosen; None where a broker does it.
        ledger: the store behind them; leaving a `with` closes it.
    """

    services: Services
    foreign: ForeignHashes
    archive: Archive
    audit_log: AuditLog
    signer: Ed25519Signer
    min_log: MinLog | None
    outbox: Outbox
    transport: MailTransport
    reports: DeliveryReports | None
    metrics: "Otel | None"
    mail_of: Callable[[str], MailId | None]
    simulated_mitid: SimulatedMitid | None
    ledger: SqlLedger

    def __enter__(self) -> Self:
        return self

    @property
    def mails(self) -> MailRound:
        """What delivering mail needs."""
        return MailRound(
            outbox=self.outbox,
            transport=self.transport,
            clock=self.services.clock,
            chance=self.services.chance,
        )

    def __exit__(self, *_: object) -> None:
        self.ledger.close()


def compose(
    config: Config,
    *,
    clock: Clock | None = None,
    chance: Chance | None = None,
    accept_past: bool = False,
) -> Outcome[Installation, tuple[str, ...]]:
    """Build every adapter that a configuration names, or say line by line what is wrong.

    A store in an older state than was seen here is refused, but for whoever is about to accept it.
    Raises what an adapter raises when it is opened: a ledger of a newer program, spoilt cards.
    """
    clock, chance = clock or SystemClock(), chance or SystemChance()
    mitid = _mitid(config, clock, chance)
    if isinstance(mitid, Failure):
        return mitid
    costs = [read_cost(text) for text in config.takes_over]
    if None in costs:
        return Failure((_NO_SUCH_COST,))
    hasher = TakenOverHashes(Argon2Hasher(), (cost for cost in costs if cost is not None))
    keys = config.key.keys()
    post = None if config.post is None else open_post(config.post, clock, chance)
    if isinstance(post, Failure):
        return Failure((post.failure(),))
    register = open_register(config.custody, clock, chance)
    if isinstance(register, Failure):
        return Failure((register.failure(),))
    ledger = open_ledger(config)
    otel: Otel | None = None
    transport: MailTransport = open_transport(config)
    if config.operation.metrics:
        if (otel := _otel(ledger, clock)) is None:
            ledger.close()
            return Failure((_NO_METRICS,))
        transport = MeasuredTransport(transport, otel)
    if not accept_past and (gone_back := hold_against_mark(ledger, config)):
        ledger.close()
        return Failure((gone_back,))
    services = Services(
        ledger=ledger,
        records=ledger,
        archive=ledger,
        claims=ledger,
        lists=ledger,
        post=None if post is None else post.unwrap(),
        journal=None if config.journal is None else FolderJournal(config.journal.path),
        calendar=CalendarReadings(_calendar(config, clock, chance, ledger)),
        register=register.unwrap(),
        mitid=mitid.unwrap(),
        master_cards=TomlMasterCards(config.master_cards.path),
        hasher=hasher,
        clock=clock,
        chance=chance,
        patience=SystemPatience(),
        keys=keys,
        service=config.service,
        access=config.access,
        clinics=config.clinics,
    )
    return Success(
        Installation(
            services=services,
            foreign=hasher,
            archive=ledger,
            audit_log=ledger,
            signer=Ed25519Signer(config.key.derived("audit-seals")),
            min_log=None if config.min_log is None else FolderMinLog(config.min_log.path),
            outbox=ledger,
            transport=transport,
            metrics=otel,
            reports=open_reports(config),
            mail_of=partial(mail_of, keys, config.service),
            simulated_mitid=_simulated(mitid.unwrap()),
            ledger=ledger,
        )
    )


def mark_of(config: Config) -> MarkFile:
    """Give the file that notes how far the store has come."""
    return MarkFile(config.operation.mark, config.key.derived("store-mark"))


def hold_against_mark(ledger: SqlLedger, config: Config) -> str | None:
    """Hold the store against its mark from now on; a line if it has gone back, and is not."""
    try:
        ledger.keep_mark(mark_of(config))
    except (RestoredPast, SpoiltMark) as error:
        return f"[store]: {error}; see eservices restored --help"
    except OSError as error:
        return f"[operation] mark: cannot be written ({error.strerror})"
    return None


def _otel(ledger: SqlLedger, clock: Clock) -> "Otel | None":
    """Have OpenTelemetry told; None where its API is not installed."""
    try:
        from eservices_adapters.metrics.otel import Otel, QueueSeen  # noqa: PLC0415  an extra
    except ImportError:
        return None
    otel = Otel()
    ledger.tell(otel)

    def look() -> list[QueueSeen]:
        now = clock.now()
        found = queues(ledger.engine, now)
        named = (
            ("mails", found.mails),
            ("journal", found.journal),
            ("letters", found.letters),
            ("unsealed", found.unsealed),
        )
        return [QueueSeen(name, one.length, one.age(now)) for name, one in named]

    otel.watch_queues(look)
    return otel


def _mitid(config: Config, clock: Clock, chance: Chance) -> Outcome[Mitid, tuple[str, ...]]:
    """Give the MitID that is configured; the broker is not asked for anything yet."""
    if isinstance(config.mitid, OidcBroker):
        # Only who has a broker needs the extra `mitid`.
        from eservices_adapters.mitid.oidc.opening import open_oidc  # noqa: PLC0415  an extra

        opened = open_oidc(config.mitid, clock, chance)
        if isinstance(opened, Failure):
            return Failure((opened.failure(),))
        return Success(opened.unwrap())
    persons = read_persons(config.mitid.persons)
    if isinstance(persons, Failure):
        return Failure(tuple(str(refusal) for refusal in persons.failure()))
    key = config.key.derived("simulated-mitid")
    return Success(SimulatedMitid(persons.unwrap(), clock, key))


def _simulated(mitid: Mitid) -> SimulatedMitid | None:
    return mitid if isinstance(mitid, SimulatedMitid) else None


def open_ledger(config: Config) -> SqlLedger:
    """Open the store that a configuration names; it is not held against its mark.

    Raises what a store raises when it is not ours to work with.
    """
    keys = config.store.content_keys(config.key)
    match config.store.where:
        case SqliteStore(path):
            return SqliteLedger(path, *keys)
        case PostgresStore(url, password):
            # Its driver is an extra of its own.
            from eservices_adapters.store.postgres import PostgresLedger  # noqa: PLC0415  as said

            return PostgresLedger(url, *keys, password=password)


def open_calendar(
    chosen: IcsFileCalendars | CalDavCalendars,
    whose: Iterable[tuple[ClinicId, PractitionerId]],
    domain: str,
    clock: Clock,
    chance: Chance,
) -> AppointmentCalendar:
    """Open the calendars of practitioners, as [calendar] says; `domain` is that of our UIDs."""
    match chosen:
        case IcsFileCalendars(path):
            files = {(clinic, who): path / str(clinic) / f"{who}.ics" for clinic, who in whose}
            return IcsFileCalendar(files, domain, clock)
        case CalDavCalendars():
            # Only who has a calendar server needs the extra `caldav`.
            from eservices_adapters.calendar.caldav import CalDavCalendar  # noqa: PLC0415  an extra
            from eservices_adapters.calendar.dav import Place  # noqa: PLC0415  an extra

            found = {who: chosen.place(*who) for who in whose}
            places = {
                who: Place(place.url, place.user, place.password)
                for who, place in found.items()
                if place is not None
            }
            return CalDavCalendar(places, domain, clock, chance)


def _calendar(
    config: Config, clock: Clock, chance: Chance, ledger: SqlLedger
) -> AppointmentCalendar:
    """Give the calendar of every practitioner that the settings name now."""
    chosen = config.calendar
    domain = config.service.mail_domain
    if chosen is None:
        return IcsFileCalendar({}, domain, clock)
    who = [
        (clinic, each.practitioner)
        for clinic, start in config.clinics.items()
        for each in standing(ledger, ledger, clinic, start).settings.booking.practitioners
    ]
    return open_calendar(chosen, who, domain, clock, chance)


def open_transport(config: Config) -> MailTransport:
    """Open the way that mail leaves by, as [mail] says."""
    back_to = partial(return_path, config.key.keys(), config.service)
    match config.mail.out:
        case mail.MaildirMail(path):
            return MaildirTransport(path, back_to)
        case mail.SmtpMail(server):
            return SmtpTransport(
                SmtpServer(
                    host=server.host,
                    port=server.port,
                    security=server.security,
                    name=config.service.mail_domain,
                    user=server.user,
                    password=server.password,
                ),
                back_to,
            )


def open_post(
    chosen: FolderDigitalPost | Sf1601DigitalPost, clock: Clock, chance: Chance
) -> Outcome[DigitalPost, str]:
    """Open the way to digital post that [post] says, or say what is wrong with it."""
    match chosen:
        case FolderDigitalPost(out, receipts, reach, version):
            return Success(FolderPost(out, receipts, reach, MemoVersion(version)))
        case Sf1601DigitalPost():
            try:
                # Only whoever has chosen it needs what speaks HTTP.
                from eservices_adapters.mitdk.opening import open_sf1601  # noqa: PLC0415  an extra
            except ModuleNotFoundError:
                return Failure(_NO_HTTP)
            post = open_sf1601(chosen, clock, chance)
            return Failure(_NO_CERTIFICATE) if post is None else Success(post)
        case _:
            assert_never(chosen)


def open_reports(config: Config) -> DeliveryReports | None:
    """Open where reports come back to, as [mail.reports] says; None where nobody collects them."""
    whose = partial(mail_of, config.key.keys(), config.service)
    match config.mail.reports:
        case None:
            return None
        case mail.MaildirReports(path):
            return MaildirReports(path, whose)
        case mail.ImapReports(server, folder):
            assert server.user is not None, "a mailbox is read with its login"
            assert server.password is not None, "a mailbox is read with its login"
            return ImapReports(
                ImapMailbox(
                    host=server.host,
                    port=server.port,
                    security=server.security,
                    user=server.user,
                    password=server.password,
                    folder=folder,
                ),
                whose,
            )
