"""The patient's own log: who has seen or changed what about them, when and what for (D-LOG-1).

Given to the patient who asks, in a session of theirs, as values. Staff are not named (Datatilsynet
2024-32-0283): of them it says at which clinic. A session sees the clinics that it reaches, and what
belongs to none (D-ACC-11). Not here: staff's own looking into the log.
"""

from datetime import datetime
from enum import Enum, unique

from attrs import frozen

from eservices_core.clinic.settings import ClinicSettings
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import (
    Actor,
    Audited,
    ByGuardianPerson,
    ByNobodyKnown,
    ByStaff,
    BySystem,
    ByUser,
)
from eservices_core.usecases.looking import look_or_refuse
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.session_of import reach, standing_session
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import BrowserId, ClinicId, SessionId


@unique
class Who(Enum):
    """Who it was, as the patient is told."""

    PATIENT = "patient"
    """Whoever lawfully uses the account (D-ACC-18)."""
    GUARDIAN = "guardian"
    CLINIC = "clinic"
    """A member of the clinic's staff."""
    SERVICE = "service"
    """The service itself, at an appointed time."""
    SOMEBODY = "somebody"
    """Somebody at a browser, before any login."""


@frozen(kw_only=True)
class SeeOwnLog(Command):
    """A patient asks for their own log."""

    session: SessionId
    browser: BrowserId


@frozen
class OwnLogLine:
    """One thing that was done.

    Attributes:
        act: what, as a code.
        clinic: in whose log it lies, and `clinic_name` what the patient knows it as; None for
            what belongs to the service.
        purpose: what for, as a code; None where nobody gave one.
        refused: it was refused, and nothing came of it.
    """

    at: datetime
    who: Who
    act: str
    clinic: ClinicId | None
    clinic_name: str | None
    purpose: str | None
    refused: bool


def see_own_log(services: Services, command: SeeOwnLog) -> Outcome[tuple[OwnLogLine, ...], Refusal]:
    """Give the lines about the session's user, oldest first; looking is itself a line, later on."""

    def read(unit: Unit) -> Outcome[tuple[OwnLogLine, ...], Refusal]:
        opened = standing_session(unit, command.session, command.browser)
        if isinstance(opened, Failure):
            return opened
        about = services.archive.audit_about(opened.unwrap().user)
        reached = {
            clinic
            for clinic in {audited.entry.clinic for audited in about}
            if clinic is None
            or isinstance(reach(unit, command.session, command.browser, clinic), Success)
        }
        known = {None: None} | {each: unit.find_clinic(each) for each in reached if each}
        return Success(
            tuple(
                _line(one, known[one.entry.clinic]) for one in about if one.entry.clinic in reached
            )
        )

    return look_or_refuse(services, command, "see_own_log", read, rule="D-LOG-1")


def _line(audited: Audited, known: ClinicSettings | None) -> OwnLogLine:
    entry = audited.entry
    return OwnLogLine(
        audited.at,
        _who(audited.by),
        entry.act,
        entry.clinic,
        None if known is None else known.name,
        entry.purpose,
        refused=entry.refused_because is not None,
    )


def _who(by: Actor) -> Who:
    match by:
        case ByUser():
            return Who.PATIENT
        case ByGuardianPerson():
            return Who.GUARDIAN
        case ByStaff():
            return Who.CLINIC
        case BySystem():
            return Who.SERVICE
        case ByNobodyKnown():
            return Who.SOMEBODY
