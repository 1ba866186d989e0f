import json
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eservices_adapters.config.booking import read_booking, read_booking_file, schema
from eservices_adapters.config.table import toml_string
from eservices_core.clinic.booking_settings import (
    BookingSettings,
    CommentRule,
    DayPeriod,
    OwnLength,
    Period,
    Switch,
    clock,
)
from eservices_core.outcome import Failure
from eservices_core.texts import Text
from eservices_core.words.identifiers import PractitionerId, StaffId, TypeId
from tests.adapters.config.booking_example import EXAMPLE

DOCUMENT: dict[str, Any] = tomllib.loads(EXAMPLE)
_VALIDATOR = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)

# What no schema can say: what several keys are together, and how long a duration is.
_BEYOND_SCHEMA = (
    "a duration from",
    "is not later than from",
    "overlaps",
    "names a type",
    "is no Monday",
    "is more than",
    "stands twice",
    "begins twice",
    "says twice",
)


def _problems(content: str) -> list[str]:
    read = read_booking(content.encode())
    return [str(refusal) for refusal in read.failure()] if isinstance(read, Failure) else []


def _toml(value: object) -> str:
    """Write a value inline; lines end inside of arrays, so that none is too long."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"\n{_toml(each)}," for each in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return toml_string(value) if isinstance(value, str) else json.dumps(value)


def _written(document: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in document.items())


_DATED = {"from", "until", "first_week", "day"}


def _as_json(value: object, key: str = "") -> object:
    """As a JSON Schema sees a TOML file: a date is a text, but only where a date belongs."""
    if isinstance(value, dict):
        return {inner: _as_json(each, inner) for inner, each in value.items()}
    if isinstance(value, list):
        return [_as_json(each) for each in value]
    if isinstance(value, date):
        return value.isoformat() if key in _DATED else None
    return value


class TestTheFile:
    def test_says_what_a_clinic_chooses(self) -> None:
        """D-BOOK-10: periods, types, lengths, pauses, closed periods and switches are read."""
        read = read_booking(EXAMPLE.encode()).unwrap()

        anna = read.practitioner(PractitionerId("anna"))
        assert anna is not None
        assert (read.place, read.earliest_notice) == (DOCUMENT["place"], timedelta(hours=4))
        assert read.remind_patient_before is None
        assert read.opening == tuple(Period(day, clock(8), clock(16)) for day in range(5))
        assert [kind.without_user for kind in read.types] == [Switch.OFF, Switch.ON]
        assert anna.staff == StaffId("anna.holm")
        assert anna.lengths == (OwnLength(TypeId("consultation"), 20),)
        one, two = anna.templates[0].weeks
        assert one == tuple(Period(day, clock(8), clock(11, 30)) for day in (0, 3))
        assert two == (Period(1, clock(13), clock(24), frozenset({TypeId("vaccination")})),)
        assert [each.periods for each in anna.exceptions] == [
            (),
            (DayPeriod(clock(10), clock(12)),),
        ]
        jul, afternoon = read.closed
        assert jul.text == Text("Jul", "Christmas")
        assert jul.start.isoformat() == "2026-12-24T00:00:00"
        assert afternoon.start.isoformat() == "2027-06-04T12:00:00"
        assert read.comment_on(anna, read.types[0]) is CommentRule.REQUIRED

    def test_that_says_little_has_the_defaults(self) -> None:
        """D-BOOK-10: only the place must be there; all else is as `BookingSettings` has it."""
        read = read_booking(b'place = "Storegade 1"').unwrap()

        assert read == BookingSettings(place="Storegade 1")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('place = "Storegade 1, 8000 Aarhus C"', "", "the file place: missing"),
            ("Storegade 1", "post@example.dk", "the file place: expected one line"),
            ('"4 hours"', '"90 s"', "the file earliest_notice: expected a duration"),
            ('"never"', '"soon"', "the file remind_patient_before: expected a duration"),
            ('"friday"]', '"monday"]', "[[opening]] 1 days: expected an array"),
            ('to = "16:00"', 'to = "16:60"', "[[opening]] 1 to: expected a time of day"),
            ('to = "16:00"', 'to = "08:00"', "[[opening]] 1 to: is not later than from"),
            ("until = 2027-01-02", "until = 2026-12-24", "[[closed]] 1 until: is not later"),
            ("until = 2027-01-02", "until = 2027-02-29", "the file is not TOML"),
            ('"2027-06-04"', '"2027-02-29"', "[[closed]] 2 from: expected a date"),
            (', en = "Christmas"', "", "[[closed]] 1, [text] en: missing"),
            ("length = 15", "length = 0", "[[type]] 1 length: expected a whole number"),
            ('id = "vaccination"', 'id = "consultation"', "[[type]] 2 id: stands twice"),
            ('["consultation", "v', '["v', "[[practitioner]] 1, [[length]] 1 type: names a type"),
            ('id = "vaccination"', 'id = "other"', "[[practitioner]] 1 types: names a type"),
            ("2026-08-31", "2026-09-01", "[[practitioner]] 1, [[template]] 1 first_week: is no M"),
            ("\nweek = 2", "\nweek = 3", "[[template]] 1, [[period]] 2 week: is more than"),
            ("\nweek = 2", "\nwek = 2", "[[template]] 1, [[period]] 2 wek: unknown"),
            ('"13:00"', '"24:00"', "[[period]] 2 to: is not later than from"),
            ("day = 2026-09-15", "day = 2026-09-14", "exception: stands twice"),
        ],
    )
    def test_that_is_wrong_is_refused_by_table_and_key(self, old: str, new: str, said: str) -> None:
        """What is wrong is one line that names the table and the key, and repeats no value."""
        assert EXAMPLE.count(old) >= 1
        problems = _problems(EXAMPLE.replace(old, new, 1))

        assert any(said in problem for problem in problems), problems
        assert all("\n" not in problem for problem in problems)

    def test_periods_may_not_overlap(self) -> None:
        """Two periods of one type in one minute are refused; side by side, or of others, not."""
        twice = EXAMPLE + '\n[[practitioner.exception.period]]\nfrom = "11:00"\nto = "13:00"\n'
        further_up = "a period of the same type further up"
        assert _problems(twice) == [
            f"[[practitioner]] 1, [[exception]] 2, [[period]] 2 from: overlaps {further_up}"
        ]
        assert _problems(twice.replace('"11:00"', '"12:00"')) == []

        third = 'week = 2\ndays = ["tuesday"]\nfrom = "12:00"\nto = "13:01"\n'
        template = EXAMPLE.replace(
            "[[practitioner.exception]]",
            f"[[practitioner.template.period]]\n{third}\n[[practitioner.exception]]",
            1,
        )
        assert _problems(template) == [
            f"[[practitioner]] 1, [[template]] 1, [[period]] 3 from: overlaps {further_up}"
        ]
        assert _problems(template.replace('"13:01"', '"13:00"')) == []
        assert _problems(template.replace(third, third.replace("2", "1", 1))) == []

        opening = '\n[[opening]]\ndays = ["friday"]\nfrom = "15:59"\nto = "18:00"\n'
        assert _problems(EXAMPLE + opening) == [
            "[[opening]] 2 from: overlaps opening hours further up"
        ]
        assert _problems(EXAMPLE + opening.replace("15:59", "16:00")) == []

    def test_is_bounded(self, tmp_path: Path) -> None:
        """A file that is not there, or larger than 256 KiB, is refused in one line."""
        gone, large = tmp_path / "gone.toml", tmp_path / "large.toml"
        _ = large.write_text(EXAMPLE + "# \n" * 100_000)

        for path in (gone, large):
            refused = read_booking_file(path)
            assert isinstance(refused, Failure)
            assert len(refused.failure()) == 1
        many = "[[closed]]\nfrom = 2026-01-01\nuntil = 2026-01-02\n" * 201
        assert _problems('place = "x"\n' + many) == [
            "the file closed: expected an array of at most 200 tables"
        ]


def _places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if type(value) is list else ())
    )
    for key, child in children:
        yield from _places(child, (*path, key))


_PLACES = [path for path in _places(DOCUMENT) if path]
_JUNK = st.one_of(
    st.booleans(),
    st.integers(-5, 2000),
    st.sampled_from((0.5, [], {}, [[]], [{}], ["monday"], ["monday", "monday"], ["x y"])),
    st.sampled_from(("on", "off", "monday", "08:00", "24:00", "24:01", "8:00", "08:00\n", "never")),
    st.sampled_from(
        ("10 min", "1000000 s", "2 days", "٣ days", "anna", "consultation", "required")
    ),
    st.sampled_from(("2026-08-31", "2026-02-30", "1899-12-31", "2200-01-01", "20260831")),
    st.sampled_from((date(2026, 8, 31), date(2200, 1, 1), datetime(2026, 8, 31, 12))),  # noqa: DTZ001
    st.sampled_from(
        ("", " ", "a@b", "x" * 64, "x" * 65, "x" * 101, "x" * 501, "\u200b", "\U000e0041")
    ),
    st.text(max_size=3).filter(lambda text: text.isprintable() or "\n" not in text),
)


@st.composite
def _spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """The example with one or two things in it changed, left out or added."""
    document = deepcopy(DOCUMENT)
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(_PLACES))
        inside: Any = document
        try:
            for key in way:
                inside = inside[key]
            match draw(st.sampled_from(("change", "change", "change", "remove", "add"))):
                case "change":
                    inside[last] = draw(_JUNK)
                case "remove":
                    del inside[last]
                case _ if isinstance(inside, dict):
                    inside[draw(st.sampled_from(("types", "week", "unknown", "pause")))] = draw(
                        _JUNK
                    )
                case _:
                    inside.append(draw(_JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # the first change took away what the second meant
    return document


class TestTheSchema:
    def test_is_a_schema(self) -> None:
        """It is valid JSON Schema, 2020-12, names every key of the example and no other."""
        Draft202012Validator.check_schema(schema())
        assert json.loads(json.dumps(schema())) == schema()
        assert schema()["properties"].keys() >= DOCUMENT.keys()
        assert schema()["required"] == ["place"]

    @settings(max_examples=1000)
    @given(_spoilt())
    @example(DOCUMENT)
    def test_takes_what_the_reader_takes_and_refuses_what_it_refuses(
        self, document: dict[str, Any]
    ) -> None:
        """The schema and the reader agree on every document, but for what no schema can say."""
        problems = _problems(_written(document))
        valid = _VALIDATOR.is_valid(_as_json(document))

        beyond = [each for each in problems if any(word in each for word in _BEYOND_SCHEMA)]
        if not problems:
            assert valid, list(_VALIDATOR.iter_errors(_as_json(document)))
        if valid:
            assert problems == beyond
        if problems and not beyond:
            assert not valid
