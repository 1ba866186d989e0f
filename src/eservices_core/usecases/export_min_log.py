"""Hand over to MinLog what staff have seen or changed of whom: a worker (D-LOG-1).

Once round, by whoever runs it. It goes on after what MinLog has taken, so a round that was killed
loses nothing, and nothing is registered twice. Refused acts showed nothing, and stay in our log.
"""

import json
from typing import Final

from eservices_core.outcome import Failure
from eservices_core.ports.audit_log import AuditLog
from eservices_core.ports.ledger import Audited, ByStaff
from eservices_core.ports.min_log import MinLog, Registration
from eservices_core.usecases.people import person_record
from eservices_core.usecases.services import Services
from eservices_core.usecases.settings_now import settings_now
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, UserId

ROLE: Final = "clinic_staff"
_PAGE: Final = 500


def export_min_log(
    services: Services, audit_log: AuditLog, min_log: MinLog, clinic: ClinicId
) -> int:
    """Register a clinic's entries that were not; gives how many. A person who is erased is none."""
    registered, after = 0, min_log.taken_through(clinic)
    while page := audit_log.audit_at(clinic, after, _PAGE):
        found = [_registration(services, clinic, audited) for audited in page]
        news = tuple(one for one in found if one is not None)
        if news:
            min_log.register(news)
        registered += len(news)
        after = page[-1].position
    return registered


def _registration(services: Services, clinic: ClinicId, audited: Audited) -> Registration | None:
    entry = audited.entry
    if not isinstance(audited.by, ByStaff) or entry.about is None or entry.refused_because:
        return None
    number, standing = _number_of(services, entry.about), settings_now(services, clinic)
    if number is None or standing is None:
        return None
    return Registration(
        clinic,
        audited.position,
        audited.at,
        ROLE,
        standing.settings.name,
        entry.act,
        number,
        entry.purpose,
    )


def _number_of(services: Services, user: UserId) -> CivilNumber | None:
    text = services.records.content(person_record(user))
    if text is None:
        return None
    read = CivilNumber.parse(json.loads(text)["number"])
    return None if isinstance(read, Failure) else read.unwrap()
