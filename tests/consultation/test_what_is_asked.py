"""What is looked at before a message is taken: the medicine, urgent words, and holidays."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.consultation_settings import (
    BlockedMedicine,
    ConsultationSettings,
    Holiday,
)
from eservices_core.consultation.message import Urgency
from eservices_core.consultation.renewal import Blocked, Chosen, Medicine, blocked_by
from eservices_core.consultation.urgency import urgency_of
from eservices_core.consultation.writing import Away, away_at
from eservices_core.texts import Text
from eservices_core.words.clinic_time import clinic_date

NOW: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
AWAY: Final = Text("Vi holder ferie.", "We are on holiday.")


@pytest.mark.parametrize(
    ("name", "listed", "blocked"),
    [
        ("Tramadol-50", "Tramadol", Blocked.MAYBE),
        ("Tramadol/paracetamol", "Tramadol", Blocked.MAYBE),
        ("Abcd 5 mg", "Abcd retard", Blocked.MAYBE),
        ("Abc 5 mg", "Abc retard", Blocked.NOT),
        ("Ipren 50 mg tab", "Dolol 50 mg tab", Blocked.NOT),
        ("Ipren", "\u200b", Blocked.NOT),
    ],
)
def test_a_word_of_four_letters_makes_a_doubt(name: str, listed: str, blocked: Blocked) -> None:
    """D-MAIL-6: words end at whatever is no letter, and shorter ones are strengths and forms."""
    found = blocked_by(Medicine(name, Chosen.FROM_LIST), (BlockedMedicine(listed),))
    assert found[0] is blocked


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("ondt i bry\u00adstet", Urgency.WORD_FOUND),
        ("ondt  i \n brystet", Urgency.WORD_FOUND),
        ("ONDT I BRYSTET", Urgency.WORD_FOUND),
        ("ondt i brystetasken", Urgency.WORD_FOUND),
        ("Sonde: pondt i brystet", Urgency.USUAL),
    ],
)
def test_an_urgent_word_is_found_however_it_is_written(text: str, urgency: Urgency) -> None:
    """D-MAIL-5: marks that nobody sees, spacing and case hide nothing; it begins at a word."""
    assert urgency_of(text, ["ondt i brystet"]) is urgency


def test_a_holiday_ends_before_its_last_day() -> None:
    """D-MAIL-7: from the first day on, and on the day after it the clinic is back."""
    day = clinic_date(NOW)
    one = timedelta(days=1)
    for first, until, away in (
        (day, day + one, True),
        (day - one, day + one, True),
        (day - one, day, False),
        (day + one, day + 2 * one, False),
    ):
        holiday = Holiday(first, until, AWAY)
        found = away_at(ConsultationSettings(holidays=(holiday,)), NOW)
        assert found == ((Away.ANSWERS_LATER, holiday) if away else (Away.NO, None))


def test_the_holiday_that_takes_nothing_counts() -> None:
    """D-MAIL-7: of two holidays on one day, the one during which nothing is taken."""
    day = clinic_date(NOW)
    until = day + timedelta(days=1)
    later, shut = Holiday(day, until, AWAY), Holiday(day, until, AWAY, Switch.OFF)
    settings = ConsultationSettings(holidays=(later, shut))
    assert away_at(settings, NOW) == (Away.TAKES_NOTHING, shut)
