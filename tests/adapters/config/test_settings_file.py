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

from eservices_adapters.config.lines import lines_of
from eservices_adapters.config.settings import read_settings, read_settings_file, schema
from eservices_adapters.config.settings_writing import document_of, write_settings
from eservices_adapters.config.table import toml_string
from eservices_core.clinic.booking_settings import (
    CommentRule,
    DayPeriod,
    OwnLength,
    Period,
    Switch,
    clock,
)
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.outcome import Failure
from eservices_core.testing.strategies import clinic_settings
from eservices_core.texts import Text
from eservices_core.words.identifiers import PractitionerId, StaffId, TypeId
from tests.adapters.config.settings_example import EXAMPLE

DOCUMENT: dict[str, Any] = tomllib.loads(EXAMPLE)
BOOKING = DOCUMENT["booking"]
LEAST = '[clinic]\nname = "Lægerne"\nphone = "00000001"\n'
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
    "holds a word twice",
    "names a medicine twice",
    "holds an address twice",
    "needs cvr and label",
    "holds an e-mail address",
    "one bare e-mail address",
    "begins twice",
    "says twice",
)


def _problems(content: str) -> list[str]:
    read = read_settings(content.encode())
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
        read = read_settings(EXAMPLE.encode()).unwrap().booking

        anna = read.practitioner(PractitionerId("anna"))
        assert anna is not None
        assert (read.place, read.earliest_notice) == (BOOKING["place"], timedelta(hours=4))
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

    def test_says_what_a_clinic_chooses_of_the_other_services(self) -> None:
        """D-MAIL-7, S-POST-2, D-KEEP-1: consultation, post, keeping and desk are read."""
        read = read_settings(EXAMPLE.encode()).unwrap()

        assert (read.name, read.phone) == ("Lægerne Storegade", "+45 00 00 00 01")
        assert read.self_sign_up is SelfSignUp.OPEN
        consultation = read.consultation
        assert (consultation.length, consultation.patient_files) == (600, 2)
        assert [address.reveal() for address in consultation.addresses] == ["post@klinik.example"]
        assert [each.name for each in consultation.blocked] == ["Morfin", "Zopiclon"]
        assert consultation.holidays[0].takes_messages is Switch.OFF
        assert (read.post.bought, read.post.cvr) == (Switch.ON, "00000000")
        assert read.keeping.users == timedelta(days=3652)
        assert read.keeping.attempts == timedelta(hours=36)
        assert (read.desk.renewal_days, read.desk.sample) == (4, 0)

    def test_that_says_little_has_the_defaults(self) -> None:
        """S-SET-1: only name and phone must be there; all else is as `ClinicSettings` has it."""
        assert read_settings(LEAST.encode()).unwrap() == ClinicSettings("Lægerne", "00000001")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('name = "Lægerne Storegade"', "", "[clinic] name (line 1): missing"),
            ('"+45 00 00 00 01"', '"112"', "[clinic] phone (line 3): expected 8 to 15 digits"),
            ("Storegade 1", "post@example.dk", "[booking] place (line 7): expected one line"),
            ('"4 hours"', '"90 s"', "[booking] earliest_notice (line 8): expected a duration"),
            ('"never"', '"soon"', "[booking] remind_patient_before (line 9): expected a duration"),
            ('"friday"]', '"monday"]', "[[opening]] 1 days (line 16): expected an array"),
            ('to = "16:00"', 'to = "16:60"', "[[opening]] 1 to (line 18): expected a time of day"),
            ('to = "16:00"', 'to = "08:00"', "[[opening]] 1 to (line 18): is not later than from"),
            ("until = 2027-01-02", "until = 2026-12-24", "[[closed]] 1 until (line 22): is not la"),
            ("until = 2027-01-02", "until = 2027-02-29", "the file is not TOML"),
            ('"2027-06-04"', '"2027-02-29"', "[[closed]] 2 from (line 26): expected a date"),
            (', en = "Christmas"', "", "[[closed]] 1, [text] en (line 23): missing"),
            ("length = 15", "length = 0", "[[type]] 1 length (line 33): expected a whole number"),
            ('id = "vaccination"', 'id = "consultation"', "[[type]] 2 id (line 36): stands twice"),
            ('["consultation", "v', '["v', "[[length]] 1 type (line 50): names a type"),
            ('id = "vaccination"', 'id = "other"', "[[practitioner]] 1 types (line 46): names a t"),
            ("2026-08-31", "2026-09-01", "[[practitioner]] 1, [[template]] 1 first_week (line 54)"),
            ("\nweek = 2", "\nweek = 3", "[[template]] 1, [[period]] 2 week (line 63): is more th"),
            ("\nweek = 2", "\nwek = 2", "[[template]] 1, [[period]] 2 wek (line 63): unknown"),
            ('"13:00"', '"24:00"', "[[period]] 2 to (line 66): is not later than from"),
            ("day = 2026-09-15", "day = 2026-09-14", "exception (line 42): stands twice"),
            ("length = 600", "length = 0", "[consultation] length (line 82): expected a whole nu"),
            ('"1813"', '"a@b.dk"', "[consultation] out_of_hours (line 86): expected one line"),
            ('"blod"', '"BRYSTSMERTER"', "[consultation] urgent_words (line 87): holds a word tw"),
            (
                "post@klinik.example",
                "post",
                "[consultation] addresses (line 88): expected an array",
            ),
            ('"Zopiclon"', '"MORFIN"', "[consultation] blocked (line 79): names a medicine twice"),
            ('cvr = "00000000"', "", "[post] bought (line 104): needs cvr and label"),
            ('"00000000"', '"0000"', "[post] cvr (line 105): expected eight digits"),
            ('"36 hours"', '"30 min"', "[keeping] attempts (line 117): expected a duration from"),
            ("sample = 0", "sample = -1", "[desk] sample (line 125): expected a whole number"),
            ("[desk]", "[desks]", "the file desks (line 120): unknown"),
        ],
    )
    def test_that_is_wrong_is_refused_by_table_key_and_line(
        self, old: str, new: str, said: str
    ) -> None:
        """What is wrong is one line that names table, key and line, and repeats no value."""
        assert EXAMPLE.count(old) >= 1
        problems = _problems(EXAMPLE.replace(old, new, 1))

        assert any(said in problem for problem in problems), problems
        assert all("\n" not in problem for problem in problems)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("Storegade 1", "post(at)klinik.example", "[booking] place (line 7)"),
            ("Ring ved akut", "Skriv: POST snabel-a Klinik punktum example", "[text] da (line 12)"),
            ("Anna Holm", "post @ klinik.example".replace("@", "[at]"), "[[practitioner]] 1 name"),
            ("Vi holder jul.", "post at klinik dot example", "[[holiday]] 1, [text] da (line 94)"),
            ("Call us.", "Write to post AT klinik.example", "[[blocked]] 1, [why] en (line 98)"),
        ],
    )
    def test_holds_no_address_of_the_clinic(self, old: str, new: str, said: str) -> None:
        """D-MAIL-2: a text that gives the clinic's address away is refused, and the field named."""
        (problem,) = _problems(EXAMPLE.replace(old, new, 1))

        assert said in problem
        assert problem.endswith(": holds an e-mail address, and patients read it")
        assert "klinik" not in problem.casefold()

    def test_periods_may_not_overlap(self) -> None:
        """Two periods of one type in one minute are refused; side by side, or of others, not."""
        exception = "[[booking.practitioner.exception.period]]"
        twice = EXAMPLE.replace(
            "\n[consultation]", f'\n{exception}\nfrom = "11:00"\nto = "13:00"\n\n[consultation]'
        )
        here = "[booking], [[practitioner]] 1"
        further_up = "a period of the same type further up"
        assert _problems(twice) == [
            f"{here}, [[exception]] 2, [[period]] 2 from (line 80): overlaps {further_up}"
        ]
        assert _problems(twice.replace('"11:00"', '"12:00"')) == []

        third = 'week = 2\ndays = ["tuesday"]\nfrom = "12:00"\nto = "13:01"\n'
        template = EXAMPLE.replace(
            "[[booking.practitioner.exception]]",
            f"[[booking.practitioner.template.period]]\n{third}\n[[booking.practitioner.exception]]",
            1,
        )
        assert _problems(template) == [
            f"{here}, [[template]] 1, [[period]] 3 from (line 72): overlaps {further_up}"
        ]
        assert _problems(template.replace('"13:01"', '"13:00"')) == []
        assert _problems(template.replace(third, third.replace("2", "1", 1))) == []

        opening = '\n[[booking.opening]]\ndays = ["friday"]\nfrom = "15:59"\nto = "18:00"\n'
        later = EXAMPLE.replace("\n[[booking.closed]]", f"{opening}\n[[booking.closed]]", 1)
        assert _problems(later) == [
            "[booking], [[opening]] 2 from (line 22): overlaps opening hours further up"
        ]
        assert _problems(later.replace("15:59", "16:00")) == []

    def test_is_bounded(self, tmp_path: Path) -> None:
        """A file that is not there, or larger than 256 KiB, is refused in one line."""
        gone, large = tmp_path / "gone.toml", tmp_path / "large.toml"
        _ = large.write_text(EXAMPLE + "# \n" * 100_000)

        for path in (gone, large):
            refused = read_settings_file(path)
            assert isinstance(refused, Failure)
            assert len(refused.failure()) == 1
        many = "[[booking.closed]]\nfrom = 2026-01-01\nuntil = 2026-01-02\n" * 201
        assert _problems(LEAST + many) == [
            "[booking] closed (line 1): expected an array of at most 200 tables"
        ]

    @settings(max_examples=40)
    @given(clinic_settings())
    def test_that_is_written_says_what_was_chosen(self, chosen: ClinicSettings) -> None:
        """S-SET-1: read(write(settings)) is those settings; the schema takes the file too."""
        written = write_settings(chosen)

        assert read_settings(written.encode()).unwrap() == chosen
        assert tomllib.loads(written) == document_of(chosen)
        assert _VALIDATOR.is_valid(_as_json(document_of(chosen)))

    def test_says_lines_of_any_statement(self) -> None:
        """Statements over several lines, dotted keys and comments are told apart."""
        text = """\
# a comment
a.b = [
  1, # [x]
]
c = \"\"\"
[no header]
\"\"\"

[[d]]
[d.e]
f = { g = 1 }
[[d]]
f = 2
"""
        assert lines_of(text.encode()) == {
            ("a",): 2,
            ("a", "b"): 2,
            ("c",): 5,
            ("d", 0): 9,
            ("d", 0, "e"): 10,
            ("d", 0, "e", "f"): 11,
            ("d", 0, "e", "f", "g"): 11,
            ("d", 1): 12,
            ("d", 1, "f"): 13,
        }


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
    st.sampled_from((date(2026, 8, 31), date(2200, 1, 1), datetime(2026, 8, 31, 12))),  # noqa: DTZ001  TOML's
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
                    inside[
                        draw(
                            st.sampled_from(("types", "week", "unknown", "pause", "desk", "bought"))
                        )
                    ] = draw(_JUNK)
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
        assert schema()["required"] == ["clinic"]

    @settings(max_examples=300)
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
