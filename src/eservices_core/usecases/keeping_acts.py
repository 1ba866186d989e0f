"""For how long what has ended is kept, until its content is erased (D-KEEP-1).

Not here: what has ended, and when, which are views of each thing's events (`views`); and erasing
(`purge`).
"""

from datetime import timedelta
from typing import assert_never

from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.usecases.services import Services
from eservices_core.usecases.settings_now import every_clinic, settings_now
from eservices_core.views.names import EndedKind
from eservices_core.words.identifiers import ClinicId


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
        case EndedKind.USER:
            return keeping.users
        case EndedKind.MITID_ATTEMPT | EndedKind.GUARDIAN:
            return keeping.attempts
        case _:
            assert_never(kind)
