"""Strategies for the words: numbers, addresses, names, secrets, days and instants, identifiers.

Here: values that are valid, with the awkward ones drawn often. Not here: texts that a word refuses.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.outcome import Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import birthday, clinic_date, is_under_fifteen, start_of
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    BrowserId,
    ClinicId,
    ContentId,
    ConversationId,
    EntryId,
    LetterId,
    MailId,
    MessageId,
    PractitionerId,
    Pseudonym,
    SessionId,
    StaffId,
    TypeId,
    UserId,
)
from eservices_core.words.secret import CODE_ALPHABET, OneTimeCode, Password
from eservices_core.words.username import Username

_FIRST_BIRTH: Final = date(1858, 1, 1)
_LAST_BIRTH: Final = date(2057, 12, 31)
_FIRST_INSTANT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LAST_INSTANT: Final = datetime(2099, 12, 31, tzinfo=UTC)

# First and last birth year, and the seventh digits that the CPR office gives to them.
_SEVENTH_DIGITS: Final = (
    (1858, 1899, "5678"),
    (1900, 1936, "0123"),
    (1937, 1999, "012349"),
    (2000, 2036, "456789"),
    (2037, 2057, "5678"),
)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS: Final = "0123456789"
# Seventh digits of X-eCPR and D-eCPR, and the first year of each one's century.
_LETTERED: Final = (("1", 1900), ("7", 2000), ("0", 1900), ("6", 2000), ("5", 1800))

Identifier = TypeVar(
    "Identifier",
    AttemptId,
    BookingId,
    BrowserId,
    ClinicId,
    ContentId,
    EntryId,
    ConversationId,
    LetterId,
    MailId,
    MessageId,
    PractitionerId,
    Pseudonym,
    SessionId,
    StaffId,
    TypeId,
    UserId,
)


# --- days and instants -------------------------------------------------------------------------


def dates(first: date = date(1900, 1, 1), last: date = date(2099, 12, 31)) -> SearchStrategy[date]:
    """Draw a day; the first and the last, 28 and 29 February and 1 March often."""
    springs = [
        day
        for year in (first.year, 2000, 2011, 2012, 2027, 2028, last.year)
        for day in (date(year, 2, 28), date(year, 3, 1), *_leap_day(year))
        if first <= day <= last
    ]
    plain = st.dates(min_value=first, max_value=last)
    return st.one_of(plain, st.sampled_from([first, last, *springs]))


def _leap_day(year: int) -> tuple[date, ...]:
    day = birthday(date(2000, 2, 29), year - 2000)
    return (day,) if day.month == 2 else ()  # noqa: PLR2004  February


def instants(
    first: datetime = _FIRST_INSTANT, last: datetime = _LAST_INSTANT
) -> SearchStrategy[datetime]:
    """Draw an instant in UTC; often one near midnight in Copenhagen, where days change."""
    plain = st.datetimes(
        min_value=first.astimezone(UTC).replace(tzinfo=None),
        max_value=last.astimezone(UTC).replace(tzinfo=None),
        timezones=st.just(UTC),
    )
    midnights = st.builds(
        _near_midnight,
        day=dates(clinic_date(first), clinic_date(last)),
        by=st.sampled_from([timedelta(0), timedelta(microseconds=-1), timedelta(microseconds=1)]),
    ).filter(lambda instant: first <= instant <= last)
    return st.one_of(plain, midnights)


def _near_midnight(day: date, by: timedelta) -> datetime:
    return start_of(day) + by


# --- numbers -----------------------------------------------------------------------------------


def civil_numbers(
    born_from: date = _FIRST_BIRTH, born_to: date = _LAST_BIRTH
) -> SearchStrategy[CivilNumber]:
    """Draw a CPR number of somebody born in this time; modulus 11 may or may not fit."""
    assert _FIRST_BIRTH <= born_from <= born_to <= _LAST_BIRTH, "numbers are for 1858 to 2057"
    return dates(born_from, born_to).flatmap(_civil_numbers_of)


def _civil_numbers_of(born: date, added: int = 0) -> SearchStrategy[CivilNumber]:
    digits = next(digits for first, last, digits in _SEVENTH_DIGITS if first <= born.year <= last)
    return st.builds(
        _number,
        born=st.just(born),
        added=st.just(added),
        rest=st.builds(
            str.__add__, st.sampled_from(digits), st.text(_DIGITS, min_size=3, max_size=3)
        ),
    )


def _number(born: date, added: int, rest: str) -> CivilNumber:
    text = f"{born.day + added:02}{born.month:02}{born.year % 100:02}{rest}"
    return CivilNumber.parse(text).unwrap()


def civil_numbers_of_children(at: datetime) -> SearchStrategy[CivilNumber]:
    """Draw a CPR number of somebody who is born and under 15 at `at` (D-ACC-5)."""
    today = clinic_date(at)
    fifteen_years_ago = birthday(today, -15)
    # Who was born that day is 15 by now; only on a 29 February are they 15 tomorrow.
    turned = not is_under_fifteen(fifteen_years_ago, at)
    return civil_numbers(fifteen_years_ago + timedelta(days=turned), today)


def replacement_numbers() -> SearchStrategy[CivilNumber]:
    """Draw a replacement number of any kind: day + 60, X-eCPR or D-eCPR (D-ACC-16)."""
    day60 = dates(_FIRST_BIRTH, _LAST_BIRTH).flatmap(lambda born: _civil_numbers_of(born, 60))
    return st.one_of(day60, st.sampled_from(_LETTERED).flatmap(_lettered_numbers))


def _lettered_numbers(seventh: tuple[str, int]) -> SearchStrategy[CivilNumber]:
    digit, century = seventh
    return st.builds(
        _number,
        born=dates(date(century, 1, 1), date(century + 99, 12, 31)),
        added=st.just(0),
        rest=st.builds(
            "{}{}{}".format,
            st.just(digit),
            st.text(_LETTERS, min_size=2, max_size=2),
            st.sampled_from(_DIGITS),
        ),
    )


# --- addresses, names and secrets --------------------------------------------------------------


def email_addresses() -> SearchStrategy[EmailAddress]:
    """Draw an address at a domain that is nobody's."""
    atoms = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
    locals_ = st.lists(atoms, min_size=1, max_size=3).map(".".join)
    domains = st.sampled_from(["example.dk", "EXAMPLE.com", "klinik.example", "rødgrød.example"])
    return st.builds(_address, local=locals_, domain=domains)


def _address(local: str, domain: str) -> EmailAddress:
    return EmailAddress.parse(f"{local}@{domain}").unwrap()


def usernames() -> SearchStrategy[Username]:
    """Draw a username."""
    texts = st.text("abcdefghijklmnopqrstuvwxyz0123456789._@+-", min_size=3, max_size=64)
    parsed = texts.map(Username.parse).filter(lambda outcome: isinstance(outcome, Success))
    return parsed.map(lambda outcome: outcome.unwrap())


def passwords() -> SearchStrategy[Password]:
    """Draw a password: any 8 to 256 characters but NUL and halves of a surrogate pair."""
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.text(characters, min_size=8, max_size=256).map(Password)


def one_time_codes() -> SearchStrategy[OneTimeCode]:
    """Draw a one-time code."""
    return st.text(CODE_ALPHABET, min_size=8, max_size=8).map(OneTimeCode)


def identifiers(kind: type[Identifier]) -> SearchStrategy[Identifier]:
    """Draw an identifier of one kind."""
    return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", fullmatch=True).map(kind)
