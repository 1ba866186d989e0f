"""`eservices doctor`: one line for each thing that can be wrong, and what to do about it.

Here: which checks there are, in one list, and that one which breaks leaves the others alone. An
adapter's own check lies with the adapter: a function of the configuration and the time that gives
findings; name it in `CHECKS`. Not here: what is refused at the start, which is the same code.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from eservices_adapters.calendar import trying as calendars
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.compose import mark_of, open_calendar, open_ledger
from eservices_adapters.config import mail
from eservices_adapters.config.findings import Finding, Looked, of_peer, ok, warning, wrong
from eservices_adapters.config.installation import Config, read_config
from eservices_adapters.config.mitid import OidcBroker
from eservices_adapters.config.post import Sf1601DigitalPost
from eservices_adapters.config.store import PostgresStore, SqliteStore
from eservices_adapters.custody import opening as custody
from eservices_adapters.email.checking import check_imap, check_smtp
from eservices_adapters.store import (
    NewerSchema,
    NotALedger,
    OlderSchema,
    SpoiltMark,
    SqlLedger,
    StoreFailed,
    WrongKey,
)
from eservices_adapters.store.checking import check_mode, check_postgres, check_sqlite
from eservices_adapters.store.looking_after import Queue, Queues, queues
from eservices_adapters.store.mark import Lapse, lapse_of, standing_of
from eservices_core.outcome import Failure
from eservices_core.ports.world import Clock
from eservices_core.words.interval import Interval, minute_of

LATE: Final = timedelta(minutes=15)
"""A round that works leaves nothing waiting for so long."""

FAR_TOO_LATE: Final = timedelta(hours=4)
_LOOKS_BACK: Final = timedelta(days=7)
_A_MOMENT: Final = timedelta(seconds=5)
_WORKER: Final = "see that eservices worker runs, and what it says"

Check: TypeAlias = Callable[[Config, datetime], Iterable[Finding]]
"""Looks at what a configuration names, at an instant; sends nothing, and changes nothing."""


def examine(path: Path, clock: Clock) -> tuple[Finding, ...]:
    """Look at everything there is; gives a line for each thing."""
    config = read_config(path)
    if isinstance(config, Failure):
        return tuple(
            wrong("configuration", str(refusal), "mend it; nothing else was looked at")
            for refusal in config.failure()
        )
    found = [ok("configuration", f"{path.name} can be read, and says all that is needed")]
    for check in CHECKS:
        found += _carefully(check, config.unwrap(), clock.now())
    return tuple(found)


def _carefully(check: Check, config: Config, now: datetime) -> Iterator[Finding]:
    try:
        yield from check(config, now)
    except Exception as error:  # noqa: BLE001  whatever is broken, the rest is still looked at
        what = check.__name__.removeprefix("check_").replace("_", " ")
        yield wrong(what, f"could not be looked at ({type(error).__name__})", "tell who built it")


# --- the store -----------------------------------------------------------------------------------


def check_store(config: Config, now: datetime) -> Iterator[Finding]:
    """Look at schema, key, mark, clock, queues and the database's own settings."""
    try:
        store = open_ledger(config)
    except OlderSchema as error:
        yield wrong("schema", str(error), "run eservices migrate --config FILE")
    except NewerSchema as error:
        yield wrong("schema", str(error), "install the newer program again")
    except NotALedger as error:
        yield wrong("store", str(error), "see [store]")
    except WrongKey as error:
        yield wrong("key", str(error), "bring back the key that the store was written under")
    except StoreFailed as error:
        yield wrong("store", f"does not answer: {error}", "see [store], and that it runs")
    else:
        with store:
            yield ok("schema", "is this program's")
            yield ok("key", "is the one that the store was written under")
            yield _of_mark(store, config)
            yield from _of_queues(queues(store.engine, now - _LOOKS_BACK), now)
            match config.store.where:
                case SqliteStore(path):
                    yield from check_sqlite(store.engine, path)
                case PostgresStore():
                    yield from check_postgres(store.engine)


def _of_mark(store: SqlLedger, config: Config) -> Finding:
    what, accept = "mark", "see eservices restored --help"
    try:
        noted = mark_of(config).read()
    except SpoiltMark as error:
        return wrong(what, f"{config.operation.mark.name}: {error}", accept)
    if noted is None:
        return warning(
            what,
            f"there is no {config.operation.mark.name}: an older state would not be noticed",
            "start the service once; if it was there before, ask who took it away",
        )
    lapse = lapse_of(noted, store.engine.read(standing_of))
    match lapse:
        case None:
            return ok(what, "the store has not gone back")
        case Lapse():
            return wrong(what, f"this is {lapse.value}", accept)


def _of_queues(found: Queues, now: datetime) -> Iterator[Finding]:
    newest = found.newest_change
    if newest is not None and newest > now + _A_MOMENT:
        yield wrong(
            "clock",
            f"behind: the store's newest change was made {_span(newest - now)} from now",
            "have the machine's clock set by NTP",
        )
    else:
        yield ok("clock", "not before the store's newest change")
    yield _of_queue("mails", found.mails, now, _WORKER)
    yield _of_queue("journal", found.journal, now, "see the system that keeps the journal")
    yield _of_queue("letters", found.letters, now, _WORKER)
    yield _of_queue("audit log", found.unsealed, now, "seal it: " + _WORKER)
    if found.ended_badly:
        counts = ", ".join(f"{count} {state.value}" for state, count in found.ended_badly.items())
        yield warning("mails that ended badly", f"{counts}, in seven days", "tell the clinic")
    else:
        yield ok("mails that ended badly", "none in seven days")
    purged = found.purged_at
    last = "nothing was due yet" if purged is None else f"last {_span(now - purged)} ago"
    yield ok("erasing", last)


def _of_queue(what: str, queue: Queue, now: datetime, do: str) -> Finding:
    if queue.oldest is None:
        return ok(what, "nothing waits")
    age = now - queue.oldest
    says = f"{queue.length} wait, the oldest for {_span(age)}"
    if age > FAR_TOO_LATE:
        return wrong(what, says, do)
    return warning(what, says, do) if age > LATE else ok(what, says)


def _span(span: timedelta) -> str:
    minutes = int(abs(span).total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d"
    return f"{hours} h" if hours else f"{minutes} min"


# --- files and lines -----------------------------------------------------------------------------


def check_files(config: Config, _now: datetime) -> Iterator[Finding]:
    """Look whose files they are; key and passwords were looked at when they were read."""
    yield ok("key file", "only its owner may open it")
    if config.operation.mark.exists():
        yield check_mode("the mark's file", config.operation.mark)


def check_mail(config: Config, now: datetime) -> Iterator[Finding]:
    """Look at the lines to the mail servers."""
    match config.mail.out:
        case mail.SmtpMail(server):
            yield check_smtp(server, now)
        case mail.MaildirMail(path):
            yield ok("mail", f"is put into the folder {path.name}; no server is spoken with")
    match config.mail.reports:
        case mail.ImapReports(server, _):
            yield check_imap(server, now)
        case mail.MaildirReports(path):
            yield ok("reports", f"come into the folder {path.name}")
        case None:
            yield warning("reports", "nobody collects what comes back", "add [mail.reports]")


# --- peers ---------------------------------------------------------------------------------------


def check_mitid(config: Config, _now: datetime) -> Iterator[Finding]:
    """Look at the broker, as far as that goes without anybody identifying."""
    if not isinstance(config.mitid, OidcBroker):
        yield warning("MitID", "is simulated: anybody is let in as anybody", "see [mitid]")
        return
    # Only who has a broker needs the extra `mitid`.
    from eservices_adapters.mitid.oidc.opening import check  # noqa: PLC0415  as said

    looked = check(config.mitid, SystemClock(), SystemChance())
    yield from of_peer("MitID", looked, "see docs/connect/mitid.md, and eservices try mitid")


def check_custody(config: Config, _now: datetime) -> Iterator[Finding]:
    """Look at the custody register: its file and age, its ID card, its line."""
    looked = custody.check(config.custody, SystemClock())
    yield from of_peer("custody register", looked, "see docs/connect/custody.md")


def check_post(config: Config, _now: datetime) -> Iterator[Finding]:
    """Look at digital post: certificate, tokens, receipts, and whether anybody answers."""
    if isinstance(config.post, Sf1601DigitalPost):
        from eservices_adapters.mitdk.opening import check  # noqa: PLC0415  the extra `post`

        yield from of_peer("digital post", check(config.post), "see docs/connect/post.md")


def check_calendars(config: Config, now: datetime) -> Iterator[Finding]:
    """Look whether each practitioner's calendar can be read."""
    if config.calendar is None:
        return
    whose = [
        (clinic, who.practitioner)
        for clinic, settings in config.clinics.items()
        for who in settings.booking.practitioners
    ]
    domain = config.service.mail_domain
    calendar = open_calendar(config.calendar, whose, domain, SystemClock(), SystemChance())
    today = Interval(minute_of(now), minute_of(now + timedelta(days=1)))
    for one in calendars.check(calendar, whose, today):
        yield from of_peer(
            one.name, [Looked(one.is_well, one.says)], "see docs/connect/calendar.md"
        )


CHECKS: Final[tuple[Check, ...]] = (
    check_files,
    check_store,
    check_mail,
    check_mitid,
    check_custody,
    check_post,
    check_calendars,
)
"""Every check, in the order of their lines; an adapter adds its own here."""
