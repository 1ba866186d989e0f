"""Note what has ended, so that its content is erased when its time is over (D-KEEP-1).

Called within the unit of work in which something ends, once: `ends_now(unit, clinic,
Ended(EndedKind.BOOKING, str(identifier)))`. Here: the kinds of things, where they are noted, and
for how long each is kept. Not here: erasing (`purge`).
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final, assert_never

from attrs import frozen

from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.usecases.services import Services
from eservices_core.usecases.settings_now import every_clinic, settings_now
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId


@unique
class EndedKind(Enum):
    """What ends and has content; the value is the kind of its stream (`events`)."""

    BOOKING = "booking"
    CONVERSATION = "conversation"
    LETTER = "letter"
    JOURNAL_ENTRY = "journal_entry"
    """Ended when it is written: nothing comes after it."""
    MITID_ATTEMPT = "mitid_attempt"
    """Noted when it begins, as nothing happens where it is abandoned."""
    GUARDIAN = "guardian"
    """Likewise: a guardian's attempt."""


@frozen
class Ended:
    """One thing that has ended: its kind, and its stream's key."""

    kind: EndedKind
    key: str


_NO_CLINIC_S: Final = "-"  # no clinic's id begins so


def ended_of(clinic: ClinicId | None, kind: EndedKind) -> ListName:
    """Name the list of what of a kind has ended at a clinic; None: in the service."""
    whose = _NO_CLINIC_S if clinic is None else str(clinic)
    return ListName(ListKind.ENDED, f"{whose}/{kind.value}")


def ends_now(
    unit: Unit, clinic: ClinicId | None, what: Ended, *, at: datetime | None = None
) -> None:
    """Note that something ends now, or (`at`) then; noted again, the last word stands.

    What opens again is noted again when it ends again, or is taken off with `goes_on`.
    """
    unit.put_on(ended_of(clinic, what.kind), Listed(what.key, at or unit.at, about=unit.about))


def goes_on(unit: Unit, clinic: ClinicId | None, what: Ended) -> None:
    """Note that something has not ended after all."""
    unit.take_off(ended_of(clinic, what.kind), what.key)


def period_of(services: Services, clinic: ClinicId | None, kind: EndedKind) -> timedelta:
    """Say how long a kind is kept: as the clinic has set it, or the longest of all clinics'."""
    if clinic is not None:
        standing = settings_now(services, clinic)
        return _period(standing.settings.keeping if standing else KeepingSettings(), kind)
    every = [settings.keeping for settings in every_clinic(services)] or [KeepingSettings()]
    return max(_period(keeping, kind) for keeping in every)


def _period(keeping: KeepingSettings, kind: EndedKind) -> timedelta:
    match kind:
        case EndedKind.BOOKING:
            return keeping.bookings
        case EndedKind.CONVERSATION:
            return keeping.conversations
        case EndedKind.LETTER:
            return keeping.letters
        case EndedKind.JOURNAL_ENTRY:
            return keeping.journal
        case EndedKind.MITID_ATTEMPT | EndedKind.GUARDIAN:
            return keeping.attempts
        case _:
            assert_never(kind)
