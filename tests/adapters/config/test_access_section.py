from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.config.access import read_access
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.table import parse_table
from eservices_core.clinic.settings import AccessSettings, CodeLimits, Guardianship

UNITS = {"s": 1, "min": 60, "hour": 3600, "hours": 3600, "day": 86_400, "days": 86_400}


def _read(text: str) -> tuple[AccessSettings, list[str]]:
    refusals: list[ConfigRefusal] = []
    root = parse_table(text.encode(), refusals).unwrap()
    settings = read_access(root.table("access", required=False))
    return settings, [str(refusal) for refusal in refusals]


def _refused(text: str) -> list[str]:
    return _read(text)[1]


def test_nothing_said_is_the_default() -> None:
    """Without the section, or with an empty one, all is as `AccessSettings` has it."""
    for text in ("", "[access]", "[access.codes]", "[access]\n[access.codes]"):
        assert _read(text) == (AccessSettings(), [])


def test_every_setting_can_be_chosen() -> None:
    """Each field of `AccessSettings` and `CodeLimits` has a key of its own name."""
    settings, refused = _read("""
        [access]
        mitid_required_from = 2023-06-15
        temporary_password_lifetime = "3 days"
        custody_is_fresh_for = "12 hours"
        custody_stands_for = "60 days"
        children_per_guardian = 3
        address_quarantine = "72 hours"
        mitid_session = "45 min"
        two_factor_session = "900 s"
        guardianship = "does_not_count"
        [access.codes]
        lifetime = "5min"
        tries_per_code = 2
        guesses_per_hour = 6
        failures_in_all = 20
        codes_per_hour = 4
        """)
    assert refused == []
    assert settings == AccessSettings(
        mitid_required_from=date(2023, 6, 15),
        codes=CodeLimits(timedelta(minutes=5), 2, 6, 20, 4),
        temporary_password_lifetime=timedelta(days=3),
        custody_is_fresh_for=timedelta(hours=12),
        custody_stands_for=timedelta(days=60),
        children_per_guardian=3,
        address_quarantine=timedelta(hours=72),
        mitid_session=timedelta(minutes=45),
        two_factor_session=timedelta(minutes=15),
        guardianship=Guardianship.DOES_NOT_COUNT,
    )
    for chosen, default in ((settings, AccessSettings()), (settings.codes, CodeLimits())):
        for name, value in attrs.asdict(chosen, recurse=False).items():
            assert value != getattr(default, name), f"{name} is not left at its default here"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mitid_required_from = 2023-07-01", "a date as in 2023-06-01, 2023-06-30 at the latest"),
        ('mitid_required_from = "2023-06-01"', "a date as in 2023-06-01, 2023-06-30 at the latest"),
        ("mitid_required_from = 2023-06-01T00:00:00Z", "a date as in 2023-06-01, 2023-06-30 at"),
        ("mitid_required_from = 0001-01-01", "a date as in 2023-06-01, 2023-06-30 at the latest"),
        ('temporary_password_lifetime = "31 days"', 'a duration from "1 hour" to "30 days"'),
        ('temporary_password_lifetime = "0 days"', 'a duration from "1 hour" to "30 days"'),
        ('custody_stands_for = "91 days"', 'a duration from "1 hour" to "90 days"'),
        ("children_per_guardian = 0", "a whole number from 1 to 20"),
        ("children_per_guardian = 21", "a whole number from 1 to 20"),
        ("children_per_guardian = true", "a whole number from 1 to 20"),
        ("children_per_guardian = 5.0", "a whole number from 1 to 20"),
        ('children_per_guardian = "5"', "a whole number from 1 to 20"),
        ('address_quarantine = "47 hours"', 'a duration from "48 hours" to "30 days"'),
        ('mitid_session = "13 hours"', 'a duration from "1 min" to "12 hours"'),
        ('two_factor_session = "59 s"', 'a duration from "1 min" to "12 hours"'),
        ('guardianship = "maybe"', '"counts" or "does_not_count"'),
    ],
)
def test_what_a_rule_closes_cannot_be_opened(line: str, expected: str) -> None:
    """D-ACC-1, D-ACC-8, D-ACC-9, D-ACC-14: outside its bounds, a setting is refused by its key."""
    (said,) = _refused(f"[access]\n{line}")
    assert said.startswith(f"[access] {line.partition(' ')[0]}: expected {expected}")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('lifetime = "11 min"', 'a duration from "1 min" to "10 min"'),
        ('lifetime = "601 s"', 'a duration from "1 min" to "10 min"'),
        ("tries_per_code = 0", "a whole number from 1 to 100"),
        ("failures_in_all = 101", "a whole number from 1 to 100"),
        ("codes_per_hour = 0", "a whole number from 1 to 60"),
        ("codes_per_hour = -1", "a whole number from 1 to 60"),
    ],
)
def test_the_limits_on_codes_stay_limits(line: str, expected: str) -> None:
    """D-ACC-13: ten minutes, and a hundred failures in all, are the most that can be chosen."""
    (said,) = _refused(f"[access.codes]\n{line}")
    assert said.startswith(f"[access.codes] {line.partition(' ')[0]}: expected {expected}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            '[access]\ntwo_factor_session = "61 min"',
            "[access] two_factor_session: is longer than mitid_session (D-SES-1)",
        ),
        (
            '[access]\nmitid_session = "29 min"',
            "[access] two_factor_session: is longer than mitid_session (D-SES-1)",
        ),
        (
            '[access]\ncustody_stands_for = "29 days"',
            "[access] custody_is_fresh_for: is longer than custody_stands_for",
        ),
        (
            "[access.codes]\ntries_per_code = 11",
            "[access.codes] tries_per_code: is more than guesses_per_hour",
        ),
        (
            "[access.codes]\nfailures_in_all = 9",
            "[access.codes] guesses_per_hour: is more than failures_in_all",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(text: str, line: str) -> None:
    """D-SES-1, D-ACC-9, D-ACC-13: two settings that contradict each other, or a default, are."""
    assert _refused(text) == [line]


def test_one_mistake_is_not_told_as_two() -> None:
    """A setting that is refused is not compared: its default is not what was meant."""
    assert len(_refused('[access]\nmitid_session = "x"\ntwo_factor_session = "90 min"')) == 1


@pytest.mark.parametrize(
    "written",
    ["", "10", "min", "10 minutes", "-1 min", "1.5 hours", "1 hour 30 min", " 10 min", "10  min",
     "10 min ", "\u0661\u0660 min", "PT10M", "1000000 s", "10 MIN"],
)  # fmt: skip
def test_a_duration_has_one_number_and_one_unit(written: str) -> None:
    """What is not a whole number and one of the units is refused."""
    assert len(_refused(f'[access.codes]\nlifetime = "{written}"')) == 1


# ------------------------------------------------------------------------------------- any settings

durations = st.builds(
    "{}{}{}".format, st.integers(0, 200), st.sampled_from(["", " "]), st.sampled_from([*UNITS])
)
DURATIONS = (
    "temporary_password_lifetime", "custody_is_fresh_for", "custody_stands_for",
    "address_quarantine", "mitid_session", "two_factor_session",
)  # fmt: skip
NUMBERS = ("tries_per_code", "guesses_per_hour", "failures_in_all", "codes_per_hour")
sections = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(DURATIONS, durations.map("{!r}".format)),
        "children_per_guardian": st.integers(-1, 25).map(str),
        "mitid_required_from": st.dates(date(1700, 1, 1)).map(str),
    },
)
codes = st.fixed_dictionaries(
    {},
    optional={
        "lifetime": durations.map("{!r}".format),
        **dict.fromkeys(NUMBERS, st.integers(-1, 110).map(str)),
    },
)


def _meant(value: str) -> Any:
    """What a drawn value means, found by another way than the adapter's."""
    if not value.startswith("'"):
        return int(value) if value.lstrip("-").isdigit() else date.fromisoformat(value)
    number = value.strip("'").rstrip("minhoursday ")
    return timedelta(seconds=int(number) * UNITS[value.strip("'")[len(number) :].strip()])


def _table(values: Mapping[str, str]) -> str:
    return "\n".join(f"{name} = {value}" for name, value in values.items())


@given(sections, codes)
def test_no_section_reaches_an_assertion(
    drawn: Mapping[str, str], drawn_codes: Mapping[str, str]
) -> None:
    """Any settings are refused by name, or are exactly what `AccessSettings` makes of them."""
    settings, refused = _read(f"[access]\n{_table(drawn)}\n[access.codes]\n{_table(drawn_codes)}")
    meant = {name: _meant(value) for name, value in drawn.items()}
    limits = {name: _meant(value) for name, value in drawn_codes.items()}
    if not refused:
        made = attrs.evolve(AccessSettings(), **meant, codes=attrs.evolve(CodeLimits(), **limits))
        assert settings == made
    for line in refused:
        name = line.split()[1].rstrip(":")
        assert name in AccessSettings.__annotations__ or name in CodeLimits.__annotations__


@given(st.data())
def test_what_the_core_refuses_is_refused_here_by_name(data: st.DataObject) -> None:
    """Within the bounds of each, settings are taken exactly if `AccessSettings` asserts nothing."""
    minutes = {
        name: data.draw(st.integers(60, 720), label=name)
        for name in ("custody_is_fresh_for", "custody_stands_for", "mitid_session",
                     "two_factor_session")
    }  # fmt: skip
    numbers: dict[str, Any] = {name: data.draw(st.integers(1, 60), label=name) for name in NUMBERS}
    text = "\n".join(
        ("[access]", *(f'{name} = "{value} min"' for name, value in minutes.items()),
         "[access.codes]", *(f"{name} = {value}" for name, value in numbers.items()))
    )  # fmt: skip
    try:
        made = AccessSettings(
            custody_is_fresh_for=timedelta(minutes=minutes["custody_is_fresh_for"]),
            custody_stands_for=timedelta(minutes=minutes["custody_stands_for"]),
            mitid_session=timedelta(minutes=minutes["mitid_session"]),
            two_factor_session=timedelta(minutes=minutes["two_factor_session"]),
            codes=attrs.evolve(CodeLimits(), **numbers),
        )
    except AssertionError:
        made = None
    settings, refused = _read(text)
    assert (refused == []) is (made is not None)
    if made is not None:
        assert settings == made
