import json
import unicodedata
from calendar import isleap
from datetime import date, timedelta
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.outcome import Failure, Success
from eservices_core.words.civil_number import (
    CivilNumber,
    CivilNumberKind,
    CivilNumberRefusal,
    Sex,
)

PUBLISHED = [
    ("0709614606", date(1961, 9, 7), Sex.FEMALE),
    ("0709614231", date(1961, 9, 7), Sex.MALE),
    ("2906980013", date(1998, 6, 29), Sex.MALE),
    ("1303814074", date(1981, 3, 13), Sex.FEMALE),
    ("3112970079", date(1997, 12, 31), Sex.MALE),
]
ASCII_DIGITS = "0123456789"
OTHER_DIGITS = [chr(c) for c in range(0x80, 0x110000) if chr(c).isdigit() or chr(c).isdecimal()]


def century(digit7: int, year: int) -> int:
    """The published table, written down a second time, as comparisons."""
    if digit7 <= 3:
        return 1900
    if digit7 in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


def refusal_of(text: object) -> CivilNumberRefusal:
    """The reason for refusing a text that must be refused."""
    outcome = CivilNumber.parse(text)
    assert isinstance(outcome, Failure)
    return outcome.failure()


@st.composite
def ten_digits(draw: st.DrawFn, added_to_day: int = 0) -> tuple[str, date]:
    """Ten digits that are a CPR number (or day-60 number), and the birth date they carry."""
    digit7 = draw(st.integers(0, 9))
    year = draw(st.integers(0, 99))
    full_year = century(digit7, year) + year
    birth = draw(st.dates(date(full_year, 1, 1), date(full_year, 12, 31)))
    serial = draw(st.integers(0, 999))
    day = birth.day + added_to_day
    return f"{day:02}{birth.month:02}{year:02}{digit7}{serial:03}", birth


@st.composite
def lettered(draw: st.DrawFn) -> tuple[str, date, CivilNumberKind]:
    """An X-eCPR or D-eCPR, the birth date it carries, and its kind."""
    digit7, first_year, kind = draw(
        st.sampled_from(
            [
                ("1", 1900, CivilNumberKind.X_ECPR),
                ("7", 2000, CivilNumberKind.X_ECPR),
                ("0", 1900, CivilNumberKind.D_ECPR),
                ("5", 1800, CivilNumberKind.D_ECPR),
                ("6", 2000, CivilNumberKind.D_ECPR),
            ]
        )
    )
    birth = draw(st.dates(date(first_year, 1, 1), date(first_year + 99, 12, 31)))
    letters = draw(st.text(ascii_uppercase, min_size=2, max_size=2))
    tail = letters + draw(st.sampled_from(ASCII_DIGITS))
    return f"{birth:%d%m}{birth.year % 100:02}{digit7}{tail}", birth, kind


# ------------------------------------------------------------------------------- what is accepted


@pytest.mark.parametrize(("text", "birth_date", "sex"), PUBLISHED)
def test_a_published_number_tells_birth_date_and_sex(text: str, birth_date: date, sex: Sex) -> None:
    """D-ACC-16: a CPR number carries a birth date and a sex, and may log in with MitID."""
    number = CivilNumber.parse(text).unwrap()
    assert (number.birth_date, number.sex) == (birth_date, sex)
    assert number.kind is CivilNumberKind.CPR
    assert number.may_log_in_with_mitid
    assert number.unique_nationally


@given(ten_digits())
def test_every_cpr_number_comes_back_as_it_went_in(drawn: tuple[str, date]) -> None:
    """Ten digits with a real date parse, with a hyphen and without, and are revealed unchanged."""
    text, birth_date = drawn
    number = CivilNumber.parse(text).unwrap()
    hyphened = CivilNumber.parse(f"{text[:6]}-{text[6:]}").unwrap()
    assert number.reveal() == hyphened.reveal() == text
    assert number == hyphened
    assert hash(number) == hash(hyphened)
    assert number.birth_date == birth_date
    assert number.sex is (Sex.MALE if text[9] in "13579" else Sex.FEMALE)
    assert number.kind is CivilNumberKind.CPR


@given(ten_digits(added_to_day=60))
def test_sixty_on_the_day_makes_a_clinics_own_number(drawn: tuple[str, date]) -> None:
    """D-ACC-16: a day-60 number has the same date, no MitID, no meaning for modulus 11."""
    text, birth_date = drawn
    number = CivilNumber.parse(text).unwrap()
    assert number.kind is CivilNumberKind.DAY60
    assert number.birth_date == birth_date
    assert (number.may_log_in_with_mitid, number.unique_nationally) == (False, False)
    assert number.mod11 is None


@given(lettered())
def test_two_letters_make_a_replacement_number(drawn: tuple[str, date, CivilNumberKind]) -> None:
    """D-ACC-16: X-eCPR is unique nationally, D-eCPR is not, and neither logs in with MitID."""
    text, birth_date, kind = drawn
    number = CivilNumber.parse(f"{text[:6]}-{text[6:]}").unwrap()
    assert number == CivilNumber.parse(text).unwrap()
    assert number.reveal() == text
    assert number.kind is kind
    assert number.birth_date == birth_date
    assert number.unique_nationally is (kind is CivilNumberKind.X_ECPR)
    assert not number.may_log_in_with_mitid
    assert number.mod11 is None
    assert number.sex is (Sex.MALE if text[9] in "13579" else Sex.FEMALE)


@given(ten_digits(), ten_digits())
def test_numbers_are_equal_by_their_characters(
    one: tuple[str, date], other: tuple[str, date]
) -> None:
    """Two numbers are equal, as keys too, exactly when their ten characters are."""
    first, second = (CivilNumber.parse(text).unwrap() for text, _ in (one, other))
    assert (first == second) is (one[0] == other[0])
    assert len({first, second}) == len({one[0], other[0]})
    assert first != one[0]


@given(ten_digits())
def test_modulus_11_is_a_hint_that_never_refuses(drawn: tuple[str, date]) -> None:
    """D-ACC-16: of the ten last digits a number can have, all parse, and at most one fits."""
    text, _ = drawn
    hints = [CivilNumber.parse(text[:9] + digit).unwrap().mod11 for digit in ASCII_DIGITS]
    assert hints.count(True) <= 1
    assert None not in hints


def test_every_29_february_follows_the_century() -> None:
    """29 February parses exactly when the year that the seventh digit gives is a leap year."""
    for year in range(100):
        for digit7 in range(10):
            for day in ("29", "89"):
                outcome = CivilNumber.parse(f"{day}02{year:02}{digit7}000")
                assert isinstance(outcome, Success) is isleap(century(digit7, year) + year)
        for letter7, first_year in (("1", 1900), ("7", 2000), ("5", 1800)):
            outcome = CivilNumber.parse(f"2902{year:02}{letter7}AA0")
            assert isinstance(outcome, Success) is isleap(first_year + year)


def test_every_day_of_the_year_and_no_other_is_a_day() -> None:
    """Of all day and month digits, only the 366 days parse, with 60 on the day or without."""
    first = date(2000, 1, 1)
    days = {(first + timedelta(days=n)).strftime("%d%m") for n in range(366)}
    moved = {f"{int(day[:2]) + 60}{day[2:]}" for day in days}
    for digits in range(10_000):
        text = f"{digits:04}"
        outcome = CivilNumber.parse(f"{text}004000")
        assert isinstance(outcome, Success) is (text in days | moved)


def test_a_birth_date_in_the_future_is_fine() -> None:
    """There is no clock: 31 December 2057 is a birth date."""
    assert CivilNumber.parse("3112575000").unwrap().birth_date == date(2057, 12, 31)


# -------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, CivilNumberRefusal.NOT_TEXT),
        (709614606, CivilNumberRefusal.NOT_TEXT),
        (b"0709614606", CivilNumberRefusal.NOT_TEXT),
        (["0709614606"], CivilNumberRefusal.NOT_TEXT),
        ("", CivilNumberRefusal.WRONG_LENGTH),
        ("070961460", CivilNumberRefusal.WRONG_LENGTH),
        ("07096146060", CivilNumberRefusal.WRONG_LENGTH),
        ("0709614606\n", CivilNumberRefusal.WRONG_LENGTH),
        (" 0709614606", CivilNumberRefusal.WRONG_LENGTH),
        ("070961 4606", CivilNumberRefusal.WRONG_LENGTH),
        ("070961\u20134606", CivilNumberRefusal.WRONG_LENGTH),
        ("070961\u200b4606", CivilNumberRefusal.WRONG_LENGTH),
        ("07-09-61-4606", CivilNumberRefusal.WRONG_LENGTH),
        ("07096-14606", CivilNumberRefusal.WRONG_LENGTH),
        ("\x000709614606", CivilNumberRefusal.WRONG_LENGTH),
        ("070961-460\u0666", CivilNumberRefusal.NOT_ASCII),
        ("070961-460", CivilNumberRefusal.WRONG_CHARACTER),
        ("070961460\0", CivilNumberRefusal.WRONG_CHARACTER),
        ("+709614606", CivilNumberRefusal.WRONG_CHARACTER),
        ("0709614_06", CivilNumberRefusal.WRONG_CHARACTER),
        ("0203291wq3", CivilNumberRefusal.WRONG_CHARACTER),
        ("0203291W13", CivilNumberRefusal.WRONG_CHARACTER),
        ("0203291WQX", CivilNumberRefusal.WRONG_CHARACTER),
        ("0203292WQ3", CivilNumberRefusal.NO_SUCH_CENTURY),
        ("6203291WQ3", CivilNumberRefusal.NO_SUCH_DATE),
        ("3002291WQ3", CivilNumberRefusal.NO_SUCH_DATE),
        ("0000000000", CivilNumberRefusal.NO_SUCH_DATE),
        ("0009614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("0700614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("0713614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("3109614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("3209614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("6009614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("9109614606", CivilNumberRefusal.NO_SUCH_DATE),
        ("9209614606", CivilNumberRefusal.NO_SUCH_DATE),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(
    text: object, refusal: CivilNumberRefusal
) -> None:
    """Each malformed text has its reason, which does not hold the text (faults: 1)."""
    assert refusal_of(text) is refusal


def test_no_digit_but_ascii_is_a_digit() -> None:
    """Every digit of every other script is refused in every place (faults: 1)."""
    assert len(OTHER_DIGITS) > 700
    for digit in OTHER_DIGITS:
        value = str(unicodedata.digit(digit))
        for place, ascii_digit in enumerate("0709614606"):
            if ascii_digit == value:
                text = "0709614606"[:place] + digit + "0709614606"[place + 1 :]
                assert refusal_of(text) is CivilNumberRefusal.NOT_ASCII
        assert isinstance(CivilNumber.parse(digit * 10), Failure)


@given(st.text() | st.text(alphabet="0123456789-AWQ \n", min_size=9, max_size=12))
def test_any_text_is_accepted_as_it_stands_or_refused(text: str) -> None:
    """A text that parses is its ten characters, with or without the one hyphen."""
    match CivilNumber.parse(text):
        case Success(number):
            revealed = number.reveal()
            assert text in (revealed, f"{revealed[:6]}-{revealed[6:]}")
        case Failure(refusal):
            assert isinstance(refusal, CivilNumberRefusal)


@given(ten_digits(), st.integers(0, 10), st.characters())
def test_nothing_is_forgiven_inside_a_number(
    drawn: tuple[str, date], place: int, extra: str
) -> None:
    """One more character anywhere, but the hyphen in its place, is refused (faults: 1)."""
    text = drawn[0][:place] + extra + drawn[0][place:]
    accepted = isinstance(CivilNumber.parse(text), Success)
    assert accepted is (place == 6 and extra == "-")


# ------------------------------------------------------------------------------------ public data


def load(shared_data: Path, name: str) -> Any:
    """One file of the public CPR data."""
    return json.loads((shared_data / "cpr" / name).read_text(encoding="utf-8"))


def test_the_century_table_holds_at_every_boundary(shared_data: Path) -> None:
    """The birth year is the published one at every edge of the century table."""
    rows = load(shared_data, "century_table_boundaries.json")
    assert len(rows) == 60
    for row in rows:
        number = CivilNumber.parse(f"0101{row['yy']:02}{row['digit7']}000").unwrap()
        assert number.birth_date.year == row["year"]


def test_the_demo_persons_are_read_as_the_register_has_them(shared_data: Path) -> None:
    """All of the CPR office's demo persons have the birth date, sex and check that it gives."""
    persons = load(shared_data, "cpr_office_demo_persons.json")
    assert len(persons) == 80
    for person in persons:
        number = CivilNumber.parse(person["cpr"]).unwrap()
        assert number.birth_date.isoformat() == person["birth_date"]
        assert number.sex is {"K": Sex.FEMALE, "M": Sex.MALE}[person["sex"]]
        assert number.mod11 is person["mod11"]
        assert number.kind is CivilNumberKind.CPR


def test_the_published_replacement_numbers_are_known_by_kind(shared_data: Path) -> None:
    """D-ACC-16: each published replacement number is read as the kind it is published as."""
    numbers = load(shared_data, "replacement_numbers.json")
    for name, kind in (
        ("x_ecpr_valid", CivilNumberKind.X_ECPR),
        ("d_ecpr_valid", CivilNumberKind.D_ECPR),
        ("day_plus_60_example", CivilNumberKind.DAY60),
    ):
        assert numbers[name]
        for text in numbers[name]:
            assert CivilNumber.parse(text).unwrap().kind is kind


def test_birth_dates_without_check_digit_are_accepted(shared_data: Path) -> None:
    """D-ACC-16: on the dates known to have run out, every serial number parses."""
    listed = load(shared_data, "no_mod11_birth_dates.json")
    for year in listed["years"]:
        for serial in range(0, 10_000, 97):
            number = CivilNumber.parse(f"0101{year % 100:02}{serial:04}")
            assert isinstance(number, Success)


@given(ten_digits())
def test_birth_dates_agree_with_python_stdnum(drawn: tuple[str, date]) -> None:
    """An independent library reads the same birth date from the same ten digits."""
    stdnum = pytest.importorskip("stdnum.dk.cpr")
    text, _ = drawn
    assert CivilNumber.parse(text).unwrap().birth_date == stdnum.get_birth_date(text)
    assert CivilNumber.parse(text).unwrap().mod11 is (stdnum.checksum(text) == 0)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_ten_digits_are_a_date_here_and_in_python_stdnum_alike(text: str) -> None:
    """Ten digits without 60 on the day parse exactly when an independent library finds a date."""
    stdnum = pytest.importorskip("stdnum.dk.cpr")
    exceptions = pytest.importorskip("stdnum.exceptions")
    day = text if text[0] < "6" else f"{int(text[0]) - 6}{text[1:]}"
    try:
        expected = stdnum.get_birth_date(day)
    except exceptions.ValidationError:
        assert refusal_of(text) is CivilNumberRefusal.NO_SUCH_DATE
    else:
        assert CivilNumber.parse(text).unwrap().birth_date == expected
