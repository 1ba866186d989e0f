"""`eservices doctor`, `health`, `migrate`, `backup`, `restored`, `purge`: what an operator runs.

Here: the commands, and how their answers are spelled. Whoever runs them can read the installation's
key. Not here: what they do (`operation`, `store`).
"""

from pathlib import Path
from typing import Final

import click

from eservices_adapters.cli.says import BadInput, say
from eservices_adapters.clock import SystemClock
from eservices_adapters.compose import Installation, compose, hold_against_mark, open_ledger
from eservices_adapters.config.findings import Level
from eservices_adapters.config.installation import Config, read_config
from eservices_adapters.config.store import PostgresStore, SqliteStore
from eservices_adapters.operation import back_up, examine, ready
from eservices_adapters.operation.accepting import accept, what_is_wrong
from eservices_adapters.operation.health import Health
from eservices_adapters.store import NewerSchema, NotALedger, OlderSchema, StoreFailed, WrongKey
from eservices_adapters.store.migrating import Migrated, migrate_postgres, migrate_sqlite
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.usecases.purge import purge as purge_once
from eservices_core.words.identifiers import ClinicId, StaffId

_NOT_OURS: Final = (NotALedger, NewerSchema, OlderSchema, WrongKey, StoreFailed)
_PURGED_AT_ONCE: Final = 1000

_config = click.option(
    "--config",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The installation's eservices.toml.",
)


@click.command()
@_config
@click.option("--json", "as_json", is_flag=True, help="One JSON object in place of lines.")
@click.pass_context
def doctor(ctx: click.Context, config: Path, *, as_json: bool) -> None:
    """Is everything well: one line for each thing, and what to do about it.

    Sends nothing, and changes nothing but that an empty store is begun. Exit status 1 if something
    is wrong; a warning alone is 0.
    """
    found = examine(config, SystemClock())
    if as_json:
        say(
            {
                "findings": [
                    {"what": one.what, "level": one.level.value, "says": one.says, "do": one.do}
                    for one in found
                ]
            }
        )
    else:
        for one in found:
            click.echo(str(one))
    ctx.exit(int(any(one.level is Level.WRONG for one in found)))


@click.command()
@_config
@click.pass_context
def health(ctx: click.Context, config: Path) -> None:
    """Can the service do its work now: exit status 0 or 1, for who supervises a container."""
    found = _health(_read(config))
    say({"ready": found.well, "because": found.code})
    ctx.exit(int(not found.well))


def _health(config: Config) -> Health:
    try:
        store = open_ledger(config)
    except _NOT_OURS as error:
        return Health(well=False, code=f"store_not_opened_{type(error).__name__}")
    with store:
        if hold_against_mark(store, config) is not None:
            return Health(well=False, code="store_went_back")
        return ready(store)


@click.command()
@_config
@click.option("--check", is_flag=True, help="Only say; exit status 1 if there is something to do.")
@click.pass_context
def migrate(ctx: click.Context, config: Path, *, check: bool) -> None:
    """Bring an older store up to date, in one transaction.

    Killed on the way it has changed nothing: run it again. The service must not run meanwhile, or
    is refused. A newer program's store is never touched. Make a backup before.
    """
    try:
        migrated = _migrate(_read(config), apply=not check)
    except _NOT_OURS as error:
        raise BadInput("--config", str(error)) from None
    behind = migrated.before != migrated.after
    does = "to_do" if check else "done"
    say(
        {
            "migration": does if behind else "up_to_date",
            "schema": migrated.before if check else migrated.after,
            "before": migrated.before,
            "newest": migrated.after,
        }
    )
    ctx.exit(int(check and behind))


def _migrate(config: Config, *, apply: bool) -> Migrated:
    match config.store.where:
        case SqliteStore(path):
            return migrate_sqlite(path, apply=apply)
        case PostgresStore(url, password):
            return migrate_postgres(url, password=password, apply=apply)


@click.command()
@_config
@click.argument("destination", type=click.Path(path_type=Path))
def backup(config: Path, destination: Path) -> None:
    """Copy the store into a new file, verified, while the service runs.

    The key is not in it: keep that by another way. What was restored is noticed (`restored`).
    """
    read = _read(config)
    try:
        made = back_up(read, destination)
    except _NOT_OURS as error:
        raise BadInput("--config", str(error)) from None
    if isinstance(made, Failure):
        raise BadInput("DESTINATION", made.failure().because)
    done = made.unwrap()
    say({"backup": "verified", "bytes": done.size, "store": done.store, "change": done.change})


@click.command()
@_config
@click.option("--accept", "accepts", is_flag=True, help="Go on from the state that is there.")
@click.option("--staff", metavar="ID", help="Who answers for it; it is recorded in every log.")
@click.option("--clinic", metavar="ID", help="Their clinic, where there are several.")
@click.pass_context
def restored(
    ctx: click.Context, config: Path, *, accepts: bool, staff: str | None, clinic: str | None
) -> None:
    """Has the store gone back, to a backup or a standby that lacked the last changes?

    Then nothing opens it, until --accept says to go on from there: all sessions end; mails that
    waited are not sent, as they may have left before, and are listed for staff; every audit log
    says so. Exit status 1 as long as it has gone back.
    """
    composed = compose(_read(config), accept_past=True)
    if isinstance(composed, Failure):
        raise BadInput("--config", composed.failure()[0])
    with composed.unwrap() as installation:
        lapse = what_is_wrong(_read(config), installation)
        if lapse is None:
            say({"store": "not_gone_back"})
            return
        if not accepts:
            say({"store": "gone_back", "because": lapse})
            ctx.exit(1)
        if staff is None:
            raise BadInput("--staff", "is missing: somebody answers for it")
        member = _member(installation, staff, clinic)
        done = accept(_read(config), installation, member)
        if done is None:
            raise BadInput("--staff", "is nobody who works there now")
        say(
            {
                "store": "accepted",
                "sessions_ended": done.recorded.sessions,
                "logs": done.recorded.logs,
                "overlapping_claims": done.overlapping_claims,
                "mails_not_sent": [
                    {"mail": str(one.mail), "kind": one.kind.value} for one in done.mails
                ],
            }
        )


@click.command()
@_config
def purge(config: Path) -> None:
    """Erase what has been kept for its period: one round, as the worker does every hour."""
    composed = compose(_read(config))
    if isinstance(composed, Failure):
        raise BadInput("--config", composed.failure()[0])
    with composed.unwrap() as one:
        done = purge_once(
            one.services,
            one.outbox,
            one.audit_log,
            one.signer,
            _PURGED_AT_ONCE,
            answers=one.ledger,
        )
    say(
        {
            "ended": done.ended,
            "mails": done.mails,
            "audit": done.audit,
            "answers": done.answers,
        }
    )


def _read(config: Path) -> Config:
    read = read_config(config)
    if isinstance(read, Failure):
        raise BadInput("--config", str(read.failure()[0]))
    return read.unwrap()


def _member(installation: Installation, staff: str, clinic: str | None) -> StaffMember:
    clinics = installation.services.clinics
    if clinic is None and len(clinics) > 1:
        raise BadInput("--clinic", "is missing, and there are several clinics")
    try:
        whose = next(iter(clinics)) if clinic is None else ClinicId(clinic)
        member = StaffMember(StaffId(staff), whose)
    except ValueError:
        raise BadInput("--staff", "must be 1 to 64 letters, digits or _.-") from None
    if member.clinic not in clinics:
        raise BadInput("--clinic", "there is no such clinic here")
    return member
