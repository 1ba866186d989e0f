"""`eservices staff`: who works at a clinic, taken on and let go by its manager (D-STAFF-1).

Here: the commands. Whoever runs them reads the installation's key, and is trusted to act as the
manager that they name. Not here: what a manager may do, which the use cases ask.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from eservices_adapters.cli.says import BadInput, in_both, say
from eservices_adapters.compose import compose
from eservices_adapters.config.installation import read_config
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import ByStaff, BySystem
from eservices_core.staffing.member import Role
from eservices_core.usecases import staff as use
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Services
from eservices_core.words.clinic_time import COPENHAGEN, parse_instant
from eservices_core.words.identifiers import ClinicId, StaffId

I = TypeVar("I", ClinicId, StaffId)  # noqa: E741  an identifier

_ROLES: Final = click.Choice([role.value for role in Role])


@click.group()
def staff() -> None:
    """Who works at a clinic, and in which role?

    Each command acts as a manager of the clinic, named with --by; the clinic's first manager is
    enrolled with `enroll --first`.
    """


def _of_clinic(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all of them share."""
    for option in (
        click.option("--clinic", required=True, metavar="ID", help="As the configuration has it."),
        click.option(
            "--config",
            required=True,
            type=click.Path(path_type=Path, dir_okay=False),
            help="The installation's eservices.toml.",
        ),
    ):
        command = option(command)
    return command


_BY: Final = click.option("--by", required=True, metavar="ID", help="The manager who acts.")


@staff.command("list")
@_of_clinic
@_BY
def list_staff(config: Path, clinic: str, by: str) -> None:
    """List all who ever worked at the clinic."""
    services, manager = _open(config), _member(by, clinic, "--by")
    command = use.SeeStaff(key=_key(services), by=ByStaff(manager), staff=manager)
    seen = use.see_staff(services, command)
    if isinstance(seen, Failure):
        _refuse(seen.failure())
        return
    say(
        {
            "staff": [
                {
                    "id": str(each.member),
                    "name": each.name,
                    "role": each.record.role.value,
                    "standing": each.standing.value,
                    "begins_at": _local(each.record.begins_at),
                    "ends_at": each.record.ends_at and _local(each.record.ends_at),
                }
                for each in seen.unwrap()
            ]
        }
    )


@staff.command()
@_of_clinic
@click.argument("member", metavar="ID")
@click.option("--name", required=True, help="1 to 100 characters.")
@click.option("--role", type=_ROLES, default=Role.RECEPTION.value, show_default=True)
@click.option("--by", metavar="ID", help="The manager who acts.")
@click.option("--first", is_flag=True, help="The clinic's first manager; without --by.")
def enroll(  # noqa: PLR0913, PLR0917  one for each option
    config: Path, clinic: str, member: str, name: str, role: str, by: str | None, *, first: bool
) -> None:
    """Take somebody on, from now."""
    if first == (by is not None):
        raise BadInput("staff enroll", "takes --by or --first, one of them")
    services, whom = _open(config), _member(member, clinic, "ID")
    if by is None:
        command = use.EnrollFirstManager(
            key=_key(services), by=BySystem(), clinic=whom.clinic, member=whom.staff, name=name
        )
        _tell(use.enroll_first_manager(services, command))
        return
    manager = _member(by, clinic, "--by")
    _tell(
        use.enroll_staff(
            services,
            use.EnrollStaff(
                key=_key(services),
                by=ByStaff(manager),
                staff=manager,
                member=whom.staff,
                name=name,
                role=Role(role),
            ),
        )
    )


@staff.command("role")
@_of_clinic
@_BY
@click.argument("member", metavar="ID")
@click.argument("role", type=_ROLES, metavar="ROLE")
def change_role(config: Path, clinic: str, by: str, member: str, role: str) -> None:
    """Give somebody another role, from now."""
    services, manager = _open(config), _member(by, clinic, "--by")
    command = use.ChangeStaffRole(
        key=_key(services),
        by=ByStaff(manager),
        staff=manager,
        member=_member(member, clinic, "ID").staff,
        role=Role(role),
    )
    _tell(use.change_staff_role(services, command))


@staff.command()
@_of_clinic
@_BY
@click.argument("member", metavar="ID")
@click.option("--at", metavar="INSTANT", help="2026-12-31T16:00+01:00; else now.")
def leave(config: Path, clinic: str, by: str, member: str, at: str | None) -> None:
    """Say when somebody leaves."""
    services, manager = _open(config), _member(by, clinic, "--by")
    command = use.SetEndDate(
        key=_key(services),
        by=ByStaff(manager),
        staff=manager,
        member=_member(member, clinic, "ID").staff,
        ends_at=None if at is None else _instant(at),
    )
    _tell(use.set_end_date(services, command))


def _open(config: Path) -> Services:
    read = read_config(config)
    if isinstance(read, Failure):
        raise BadInput("--config", str(read.failure()[0]))
    composed = compose(read.unwrap())
    if isinstance(composed, Failure):
        raise BadInput("--config", composed.failure()[0])
    return composed.unwrap().services


def _key(services: Services) -> str:
    return f"cli-{services.chance.entropy(16).hex()}"


def _member(text: str, clinic: str, field: str) -> StaffMember:
    return StaffMember(_id(text, StaffId, field), _id(clinic, ClinicId, "--clinic"))


def _id(text: str, kind: type[I], field: str) -> I:
    try:
        return kind(text)
    except ValueError:
        raise BadInput(field, "must be 1 to 64 letters, digits or _.-") from None


def _instant(text: str) -> datetime:
    parsed = parse_instant(text)
    if isinstance(parsed, Failure):
        raise BadInput("--at", "must be an instant such as 2026-12-31T16:00+01:00")
    return parsed.unwrap()


def _tell(outcome: Outcome[use.StaffChanged, Refusal]) -> None:
    if isinstance(outcome, Failure):
        _refuse(outcome.failure())
        return
    changed = outcome.unwrap()
    say({"staff": str(changed.member.staff), "standing": changed.standing.value})


def _refuse(refusal: Refusal) -> None:
    answer: dict[str, Any] = {
        "refused": refusal.reason,
        "rule": refusal.rule,
        "next_step": refusal.next_step.value,
        "text": in_both(refusal.says.staff),
    }
    say(answer)


def _local(instant: datetime) -> str:
    return instant.astimezone(COPENHAGEN).isoformat()
