"""By when the clinic is to answer: each kind its own working days, a breach its hours."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.clinic.desk_settings import DeskSettings
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.words.clinic_time import clinic_date
from eservices_core.worklist.deadlines import BREACH_CLOCK, deadline_of
from eservices_core.worklist.items import ItemKind
from tests.booking.clinics import simple

DAYS: Final = DeskSettings(registration_days=1, consultation_days=2, renewal_days=3, trouble_days=4)
SETTINGS: Final = with_changes(
    ClinicSettings("Clinic One", "+45 00 00 00 01"), desk=DAYS, booking=simple()
)
MONDAY: Final = datetime(2026, 8, 31, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        (ItemKind.REGISTRATION, 1),
        (ItemKind.CONSULTATION, 2),
        (ItemKind.RENEWAL, 3),
        *((kind, 4) for kind in (ItemKind.BOOKING, ItemKind.LETTER, ItemKind.MAIL)),
        *((kind, 4) for kind in (ItemKind.JOURNAL, ItemKind.CUSTODY)),
    ],
)
def test_each_kind_has_its_working_days(kind: ItemKind, day: int) -> None:
    """D-MAIL-4: registrations, consultations and renewals have their own; the rest one."""
    by = deadline_of(SETTINGS, kind, MONDAY)
    assert clinic_date(by) == date(2026, 8, 31) + timedelta(days=day)


def test_a_breach_has_72_hours() -> None:
    """D-MAIL-8: by the clock, and not by the clinic's days."""
    friday = datetime(2026, 9, 4, 20, tzinfo=UTC)
    assert deadline_of(SETTINGS, ItemKind.BREACH, friday) == friday + timedelta(hours=72)
    assert timedelta(hours=72) == BREACH_CLOCK
