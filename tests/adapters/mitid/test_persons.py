import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.config import ConfigRefusal
from eservices_adapters.mitid.persons import TestPerson, read_persons, write_persons
from eservices_core.access.mitid import Assurance, IdentityKind
from eservices_core.outcome import Failure
from eservices_core.words.civil_number import CivilNumber

NUMBERS = [
    CivilNumber.parse(text).unwrap()
    for text in ("0709614606", "0709614231", "2906980013", "1303814074")
]
subjects = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1, max_size=255
).filter(str.strip)
keys = st.from_regex(r"[a-z][a-z.-]{2,20}", fullmatch=True)
persons = st.lists(
    st.builds(
        TestPerson,
        keys,
        st.none() | st.sampled_from(NUMBERS),
        st.sampled_from(IdentityKind),
        st.sampled_from(Assurance),
        subjects,
    ),
    unique_by=lambda person: person.key,
    max_size=5,
)


def _lines(path: Path, text: str) -> list[str]:
    _ = path.write_text(text, "utf-8")
    read = read_persons(path)
    return [str(refusal) for refusal in read.failure()] if isinstance(read, Failure) else []


@given(persons)
def test_what_is_written_is_read(drawn: list[TestPerson]) -> None:
    """Persons come back from their file as they were, in their order."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "persons.toml")
        write_persons(path, drawn)
        assert read_persons(path).unwrap() == tuple(drawn)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_all_but_the_key_may_be_left_out(tmp_path: Path) -> None:
    """A person is private, substantial and named after their key, and has no number, by default."""
    path = tmp_path / "persons.toml"
    _ = path.write_text('[[person]]\nkey = "anna"\n')
    assert read_persons(path).unwrap() == (
        TestPerson(
            "anna", None, IdentityKind.PRIVATE, Assurance.SUBSTANTIAL, subject="simulated-anna"
        ),
    )


def test_all_that_is_wrong_is_said_at_once_and_no_number(tmp_path: Path) -> None:
    """One line for each thing, naming the entry and the key; no value stands in any."""
    lines = _lines(
        tmp_path / "persons.toml",
        """
        [[person]]
        key = "anna-0709614606"
        number = "0709614607x"
        [[person]]
        key = "bo"
        kind = "private and business"
        assurance = "Substantial"
        subject = ""
        0709614606 = 1
        [[person]]
        key = "eva"
        number = 709614606
        [[person]]
        key = "eva"
        [persons]
        """,
    )
    assert lines == [
        (
            "[[person]] 1 key: expected 3 to 64 of the characters a-z 0-9 . _ - @ +, and no civil "
            "registration number in them"
        ),
        "[[person]] 1 number: expected a civil registration number of ten characters",
        (
            "[[person]] 2 key: expected 3 to 64 of the characters a-z 0-9 . _ - @ +, and no civil "
            "registration number in them"
        ),
        '[[person]] 2 kind: expected "private" or "business"',
        '[[person]] 2 assurance: expected "unknown" or "low" or "substantial" or "high"',
        "[[person]] 2 subject: expected one line of 1 to 255 characters",
        "[[person]] 2 (a key): unknown; known are assurance, key, kind, number, subject",
        "[[person]] 3 number: expected a civil registration number of ten characters",
        "[[person]] 4 key: stands twice",
        "the file persons: unknown; known are person",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("person = 1", "[[person]] expected an array of tables"),
        ("person = [1]", "[[person]] expected an array of tables"),
        ("[person]", "[[person]] expected an array of tables"),
        ('[[person]]\nkey = "0709614606" 0709614606', "the file is not TOML (at line 2)"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, line: str) -> None:
    """What is not an array of persons is refused in one line."""
    assert _lines(tmp_path / "persons.toml", text) == [line]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file is a refusal too, not an exception."""
    read = read_persons(tmp_path / "missing.toml")
    assert read == Failure(
        (ConfigRefusal("the file", "", "cannot be read (No such file or directory)"),)
    )
