"""A time as it is said to people: one wording for page, mail and staff (D-BOOK-12).

An hour that exists twice is said with its summer or winter time, so that nobody comes an hour off
(D-BOOK-9).
"""

from datetime import datetime, timedelta
from typing import Final

from eservices_core.texts import Text
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.interval import Interval

_DAYS_DA: Final = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_DAYS_EN: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS_DA: Final = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
_MONTHS_EN: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def spoken(instant: datetime) -> Text:
    """Say an aware instant as the clinic's day and wall clock.

    >>> from datetime import UTC, datetime
    >>> spoken(datetime(2026, 11, 30, 8, 20, tzinfo=UTC)).da
    'mandag den 30. november 2026 kl. 9.20'
    """
    local = instant.astimezone(COPENHAGEN)
    twin = local.replace(fold=1 - local.fold)
    twice = twin.utcoffset() != local.utcoffset()
    season = ("", "")
    if twice:
        summer = local.dst() != timedelta(0)
        season = (
            (" (sommertid)", " (summer time)") if summer else (" (vintertid)", " (winter time)")
        )
    day_da, day_en = _DAYS_DA[local.weekday()], _DAYS_EN[local.weekday()]
    month_da, month_en = _MONTHS_DA[local.month - 1], _MONTHS_EN[local.month - 1]
    return Text(
        f"{day_da} den {local.day}. {month_da} {local.year} "
        f"kl. {local.hour}.{local.minute:02}{season[0]}",
        f"{day_en} {local.day} {month_en} {local.year} "
        f"at {local.hour}:{local.minute:02}{season[1]}",
    )


def spoken_start(interval: Interval) -> Text:
    """Say when an interval begins."""
    return spoken(interval.starts_at)
