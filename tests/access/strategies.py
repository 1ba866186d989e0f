"""Values for the tests of access: a few fixed ones to write examples with, and strategies.

CPR numbers are drawn, or are among the ones that the CPR office publishes for tests.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import BrowserId, ClinicId, ContentId, Pseudonym, StaffId

NOON: Final = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
"""The smallest step between two instants: what lies on either side of a boundary."""
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

ANNA: Final = StaffMember(StaffId("anna"), ClinicId("clinic-a"))
BENT: Final = StaffMember(StaffId("bent"), ClinicId("clinic-b"))
PASSPORT: Final = IdentityEvidence.PASSPORT
CALLED_BACK: Final = IdentityEvidence.CALLED_BACK

LAPTOP: Final = BrowserId("laptop")
PHONE: Final = BrowserId("phone")

FIRST, SECOND_RECORD, THIRD = ContentId("record-1"), ContentId("record-2"), ContentId("record-3")
CHILD, MOTHER, FATHER = Pseudonym("child"), Pseudonym("mother"), Pseudonym("father")

FIRST_BIRTH: Final = date(1900, 1, 1)
LAST_BIRTH: Final = date(2036, 12, 31)


def instants() -> st.SearchStrategy[datetime]:
    """Instants around the years in which the measure began and the system is used."""
    return st.datetimes(
        datetime(2020, 1, 1),  # noqa: DTZ001  Hypothesis adds the zone
        datetime(2035, 12, 31),  # noqa: DTZ001  as above
        timezones=st.just(UTC),
    )


def records() -> st.SearchStrategy[ContentId]:
    """A few records, so that two that are drawn are sometimes the same."""
    return st.sampled_from([FIRST, SECOND_RECORD, THIRD])


def browsers() -> st.SearchStrategy[BrowserId]:
    """Two browsers."""
    return st.sampled_from([LAPTOP, PHONE])


def staff() -> st.SearchStrategy[StaffMember]:
    """Members of staff of two clinics."""
    return st.sampled_from([ANNA, BENT])


def evidence() -> st.SearchStrategy[IdentityEvidence]:
    """Any way in which identity was verified."""
    return st.sampled_from(IdentityEvidence)


def birth_dates(first: date = FIRST_BIRTH, last: date = LAST_BIRTH) -> st.SearchStrategy[date]:
    """Birth dates; leap days come up far more often than they do among people."""
    leap = [date(year, 2, 29) for year in range(first.year, last.year + 1) if _is_leap(year)]
    leap = [day for day in leap if first <= day <= last]
    dates = st.dates(first, last)
    return dates | st.sampled_from(leap) if leap else dates


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def number_of(born: date, serial: int = 0) -> CivilNumber:
    """Make the CPR number of that birth date and serial, 0 to 2999 (1900s) or 0 to 3999 (2000s)."""
    first = 0 if born.year < 2000 else 5
    return CivilNumber.parse(f"{born:%d%m%y}{first * 1000 + serial:04}").unwrap()


def civil_numbers(
    born: st.SearchStrategy[date] | None = None,
) -> st.SearchStrategy[CivilNumber]:
    """CPR numbers; few serials, so that the same person is drawn twice now and then."""
    return st.builds(number_of, birth_dates() if born is None else born, st.integers(0, 20))
