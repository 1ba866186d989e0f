"""By when an item of the worklist is to be answered (D-MAIL-4).

Working days are the clinic's: days with opening hours, counted as for a booking's deadline. Here:
the day that each kind of item has. Not here: what is done about one that is overdue.
"""

from datetime import datetime, timedelta
from typing import Final

from eservices_core.booking.opening import OpeningHours
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.words.interval import instant_of, minute_from
from eservices_core.worklist.items import ItemKind

BREACH_CLOCK: Final = timedelta(hours=72)
"""GDPR, article 33: a breach is notified within 72 hours after the clinic has become aware of it.

It counts hours, whatever the clinic's opening hours are (D-MAIL-8).
"""


def deadline_of(settings: ClinicSettings, kind: ItemKind, since: datetime) -> datetime:
    """Say by when an item that has waited since an instant is to be answered, in UTC."""
    if kind is ItemKind.BREACH:
        return since + BREACH_CLOCK
    desk = settings.desk
    match kind:
        case ItemKind.REGISTRATION:
            days = desk.registration_days
        case ItemKind.CONSULTATION:
            days = desk.consultation_days
        case ItemKind.RENEWAL:
            days = desk.renewal_days
        case _:
            days = desk.trouble_days
    hours = OpeningHours.of(settings.booking)
    return instant_of(hours.working_days_after(minute_from(since), days))
