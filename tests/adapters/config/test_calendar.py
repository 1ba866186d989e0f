"""[calendar] and [[calendar.book]]: where calendars are, and what is refused, by its key."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.config.calendar import (
    CalDavCalendars,
    CalDavPlace,
    IcsFileCalendars,
    read_calendar_section,
)
from eservices_adapters.config.places import Places
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.table import parse_text, toml_string
from eservices_adapters.wire_http.addresses import may_be_spoken_to
from eservices_core.words.identifiers import ClinicId, PractitionerId

SECRET = "correct horse battery staple"
CLINIC = ClinicId("clinic-1")
ANNE, BENT = PractitionerId("anne"), PractitionerId("bent")
LOGIN = 'user = "eservices"\npassword_file = "calendar.password"\n'
PATTERN = (
    f'[calendar]\nkind = "caldav"\nurl = "https://cal.example.dk/{{clinic}}/{{practitioner}}/"\n'
    f"{LOGIN}"
)
BOOK = (
    '[[calendar.book]]\nclinic = "clinic-1"\npractitioner = "bent"\n'
    'url = "https://elsewhere.example.dk/b/"\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation's folder, with a password in it that only its owner can read."""
    file = tmp_path / "calendar.password"
    _ = file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return tmp_path


def _read(folder: Path, text: str) -> tuple[IcsFileCalendars | CalDavCalendars | None, list[str]]:
    refusals: list[ConfigRefusal] = []
    root = parse_text(text, refusals).unwrap()
    found = read_calendar_section(root, Places(folder))
    return found, [str(refusal) for refusal in refusals]


def _place(url: str) -> CalDavPlace:
    return CalDavPlace(url=url, user="eservices", password=SECRET)


def test_a_pattern_names_everybodys_collection(folder: Path) -> None:
    """One address with the clinic's and the practitioner's name in it is enough for all."""
    found, refusals = _read(folder, PATTERN)
    assert refusals == []
    assert isinstance(found, CalDavCalendars)
    assert found.place(CLINIC, ANNE) == _place("https://cal.example.dk/clinic-1/anne/")
    assert SECRET not in repr(found)


def test_one_book_can_be_named_by_itself(folder: Path) -> None:
    """A book of its own goes before the pattern, with the section's login or its own."""
    found, refusals = _read(folder, PATTERN + BOOK)
    assert refusals == []
    assert isinstance(found, CalDavCalendars)
    assert found.place(CLINIC, BENT) == _place("https://elsewhere.example.dk/b/")
    own = folder / "own.password"
    _ = own.write_text("another")
    own.chmod(0o600)
    login = 'user = "bent"\npassword_file = "own.password"\n'
    found, refusals = _read(folder, PATTERN + BOOK + login)
    assert refusals == []
    assert isinstance(found, CalDavCalendars)
    url = "https://elsewhere.example.dk/b/"
    assert found.place(CLINIC, BENT) == CalDavPlace(url=url, user="bent", password="another")


def test_without_a_pattern_only_named_books_are_there(folder: Path) -> None:
    """Where there is no pattern, a practitioner who is not named has no calendar."""
    found, refusals = _read(folder, f'[calendar]\nkind = "caldav"\n{LOGIN}{BOOK}')
    assert refusals == []
    assert isinstance(found, CalDavCalendars)
    assert found.place(CLINIC, BENT) == _place("https://elsewhere.example.dk/b/")
    assert found.place(CLINIC, ANNE) is None


def test_folders_stay_what_they_were(folder: Path) -> None:
    """Files in a folder need no server; without a section nobody has a calendar."""
    text = f'[calendar]\nkind = "ics_files"\npath = {toml_string(str(folder))}\n'
    assert _read(folder, text) == (IcsFileCalendars(folder), [])
    assert _read(folder, "") == (None, [])


REFUSED = {
    "no kind": ("[calendar]\n", "kind"),
    "another kind": ('[calendar]\nkind = "graph"\n', "kind"),
    "no url": ('[calendar]\nkind = "caldav"\n', "url"),
    "an open line": (PATTERN.replace("https", "http"), "url"),
    "no slash at its end": (PATTERN.replace('r}/"', 'r}"'), "url"),
    "a login in the address": (PATTERN.replace("//cal", "//a:b@cal"), "url"),
    "a query": (PATTERN.replace('r}/"', 'r}/?a=b/"'), "url"),
    "a way up": (PATTERN.replace("{clinic}", ".."), "url"),
    "nobody's name in it": (PATTERN.replace("{practitioner}", "x"), "url"),
    "another name in it": (PATTERN.replace("{clinic}", "{patient}"), "url"),
    "a user alone": (PATTERN.replace('password_file = "calendar.password"\n', ""), "password_file"),
    "no such file": (PATTERN.replace("calendar.password", "other.password"), "password_file"),
    "a colon in the user": (PATTERN.replace('"eservices"', '"a:b"'), "user"),
    "a stranger's key": (PATTERN + "calendars = 3\n", "calendars"),
    "a book twice": (PATTERN + BOOK + BOOK, "practitioner"),
    "a book with a pattern": (PATTERN + BOOK.replace("/b/", "/{practitioner}/"), "url"),
    "a book of no clinic": (PATTERN + BOOK.replace("clinic-1", ""), "clinic"),
}


@pytest.mark.parametrize(("text", "key"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_refused_by_its_key(folder: Path, text: str, key: str) -> None:
    """A refusal names the section and the key, and repeats nothing that stood there."""
    _, refusals = _read(folder, text)
    assert any(re.match(rf"\[+calendar(\.book)?\]+( [12])? {key}:", said) for said in refusals)
    assert not any(SECRET in said or "cal.example.dk" in said for said in refusals)


def test_a_password_that_others_can_read_is_refused(folder: Path) -> None:
    """A password file is its owner's alone, mode 0600."""
    (folder / "calendar.password").chmod(0o640)
    found, refusals = _read(folder, PATTERN)
    assert found is None
    assert len(refusals) == 1
    assert "password_file" in refusals[0]


@given(st.text(st.sampled_from("/.{}clinicpractitioner%20:@?#[]\\ \té"), max_size=40))
def test_whatever_is_taken_may_be_spoken_to(text: str) -> None:
    """Every pattern that is taken becomes an https address that a request may be sent to."""
    url = f"https://cal.example.dk/{text}/"
    refusals: list[ConfigRefusal] = []
    written = f'[calendar]\nkind = "caldav"\nurl = {toml_string(url)}\n'
    found = read_calendar_section(parse_text(written, refusals).unwrap(), Places(Path()))
    assert (found is None) == bool(refusals)
    if isinstance(found, CalDavCalendars):
        place = found.place(CLINIC, ANNE)
        assert place is not None
        assert may_be_spoken_to(place.url)
        assert place.url.endswith("/")
