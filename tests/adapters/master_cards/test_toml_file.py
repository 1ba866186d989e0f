import os
import stat
import threading
import traceback
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.master_cards.toml_file import (
    CARDS_LIMIT,
    MasterCardsUnreadable,
    TomlMasterCards,
    write_cards,
)
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId

NUMBERS = [
    CivilNumber.parse(text).unwrap()
    for text in ("0709614606", "0709614231", "2906980013", "1303814074", "0712614455")
]
ANNA = NUMBERS[0]
FORMER = [CivilNumber.parse(text).unwrap() for text in ("3112970079", "6709614606", "0706830VJ9")]
HERE = ClinicId("clinic-1")
THERE = ClinicId("clinic-2")
CARD = """
[[card]]
clinic = "clinic-1"
number = "070961-4606"
name = "Anna Åkær"
"""

names = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1, max_size=200
).filter(str.strip)
cards = st.lists(
    st.tuples(
        st.sampled_from([HERE, THERE]),
        st.builds(
            MasterCard,
            st.sampled_from(NUMBERS),
            names,
            st.none() | st.dates(date(1800, 1, 1), date(2199, 12, 31)),
            st.sampled_from(Protection),
            st.lists(st.sampled_from(FORMER), unique=True).map(tuple),
        ),
    ),
    unique_by=lambda entry: (entry[0], entry[1].number),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one card."""
    path = tmp_path / "cards.toml"
    _ = path.write_text(CARD, "utf-8")
    return path


def _refused(path: Path, text: str) -> list[str]:
    _ = path.write_text(text, "utf-8")
    with pytest.raises(MasterCardsUnreadable) as raised:
        _ = TomlMasterCards(path)
    shown = "".join(traceback.format_exception(raised.value))
    assert "0709614606" not in shown.replace("-", "")
    assert raised.value.__context__ is None
    return str(raised.value).split("\n")


@given(cards)
def test_what_is_written_is_found(drawn: list[tuple[ClinicId, MasterCard]]) -> None:
    """Each card is found at its clinic, as it was written, and nobody else's is."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "cards.toml")
        write_cards(path, drawn)
        found = TomlMasterCards(path)
        written = {(clinic, card.number): card for clinic, card in drawn}
        for clinic in (HERE, THERE):
            for number in NUMBERS:
                assert found.card(clinic, number) == written.get((clinic, number))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_former_numbers_come_with_the_card(path: Path) -> None:
    """D-ACC-16: replacement numbers too; the card is found under none of them."""
    _ = path.write_text(CARD + 'former_numbers = ["670961-4606", "0706830VJ9"]\n', "utf-8")
    found = TomlMasterCards(path)
    card = found.card(HERE, ANNA)
    assert card == MasterCard(ANNA, "Anna Åkær", former_numbers=tuple(FORMER[1:]))
    assert [found.card(HERE, number) for number in FORMER] == [None] * 3


@pytest.mark.parametrize(
    "written", ['"6709614606"', "[1]", '["1"]', '["6709614606", "670961-4606"]', "[[]]"]
)
def test_former_numbers_that_are_none_are_refused(path: Path, written: str) -> None:
    """faults: 188. One line that names the key, and no number in it."""
    (line,) = _refused(path, CARD + f"former_numbers = {written}\n")
    assert line.endswith(
        "former_numbers: expected a list of different civil registration numbers of ten characters"
    )


def test_nobody_has_succeeded_themselves(path: Path) -> None:
    """D-ACC-16: a number is no former one of its own card."""
    (line,) = _refused(path, CARD + 'former_numbers = ["0709614606"]\n')
    assert line.endswith("former_numbers: holds the number itself")


def test_all_that_a_card_says_is_read(path: Path) -> None:
    """D-ACC-5, D-ACC-19: the register's birth date and the protection come with the card."""
    assert TomlMasterCards(path).card(HERE, ANNA) == MasterCard(ANNA, "Anna Åkær")
    _ = path.write_text(CARD + "registered_birth_date = 1961-09-08\nprotected = true\n", "utf-8")
    card = TomlMasterCards(path).card(HERE, ANNA)
    assert card == MasterCard(ANNA, "Anna Åkær", date(1961, 9, 8), Protection.PROTECTED)
    assert card is not None
    assert card.birth_date == date(1961, 9, 8)


def test_a_card_is_its_own_clinics(path: Path) -> None:
    """D-LOG-2: what another clinic has is not there, and neither is who has no card."""
    assert TomlMasterCards(path).card(THERE, ANNA) is None
    assert TomlMasterCards(path).card(HERE, NUMBERS[1]) is None


@pytest.mark.parametrize("number", ["6109614606", "0709611AB5", "0709610AB5"])
def test_replacement_numbers_stand_on_cards(path: Path, number: str) -> None:
    """D-ACC-16: day + 60, X-eCPR and D-eCPR are good on a master card."""
    parsed = CivilNumber.parse(number).unwrap()
    write_cards(path, [(HERE, MasterCard(parsed, "A"))])
    assert TomlMasterCards(path).card(HERE, parsed) == MasterCard(parsed, "A")


# ------------------------------------------------------------------------------------------- afresh


def test_a_change_is_seen_at_once(path: Path) -> None:
    """A card that is written, changed or removed is so for the next question."""
    found = TomlMasterCards(path)
    write_cards(path, [(HERE, MasterCard(NUMBERS[1], "Bo"))])
    assert found.card(HERE, ANNA) is None
    assert found.card(HERE, NUMBERS[1]) == MasterCard(NUMBERS[1], "Bo")
    write_cards(path, [])
    assert found.card(HERE, NUMBERS[1]) is None


def test_a_change_that_no_time_or_size_tells_is_seen(path: Path) -> None:
    """An edit in place, of the same length, at the same instant by the file's times, is seen."""
    found = TomlMasterCards(path)
    before = path.stat()
    with path.open("r+b") as file:
        _ = file.write(CARD.replace("Anna", "Asta").encode())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_ino) == (before.st_size, before.st_ino)
    card = found.card(HERE, ANNA)
    assert card is not None
    assert card.name == "Asta Åkær"


def test_an_unchanged_file_is_parsed_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking again costs reading the file, not parsing it."""
    found = TomlMasterCards(path)

    def parse(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr("eservices_adapters.master_cards.toml_file.parse_table", parse)
    assert found.card(HERE, ANNA) is not None


def test_a_file_that_is_spoilt_answers_nothing_until_it_is_mended(path: Path) -> None:
    """Cards are never answered from a file that is no longer so; mended, it answers again."""
    found = TomlMasterCards(path)
    _ = path.write_text(f"{CARD}protected = 1\n", "utf-8")
    for _again in range(2):
        with pytest.raises(MasterCardsUnreadable, match=r"^\[\[card\]\] 1 protected: expected"):
            _ = found.card(HERE, ANNA)
    path.unlink()
    with pytest.raises(MasterCardsUnreadable, match="cannot be read"):
        _ = found.card(HERE, ANNA)
    _ = path.write_text(CARD, "utf-8")
    assert found.card(HERE, ANNA) is not None


def test_readers_never_see_half_a_change(path: Path) -> None:
    """While one writes, three that read find the old cards or the new ones, whole."""
    found = TomlMasterCards(path)
    versions = [
        [(HERE, MasterCard(number, version)) for number in NUMBERS] for version in ("old", "new")
    ]
    write_cards(path, versions[0])
    stop = threading.Event()
    seen: set[str | None] = set()
    errors: list[Exception] = []

    def read() -> None:
        try:
            while not stop.is_set():
                card = found.card(HERE, ANNA)
                seen.add(None if card is None else card.name)
        except MasterCardsUnreadable as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(60):
        write_cards(path, versions[turn % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert seen == {"old", "new"}


# ------------------------------------------------------------------------------------------ refused


def test_all_that_is_wrong_is_said_by_entry_and_key_and_no_number(tmp_path: Path) -> None:
    """D-LOG-1: a bad file stops the start with one line for each thing; no number is in any."""
    lines = _refused(
        tmp_path / "cards.toml",
        """
        [[card]]
        clinic = "a clinic"
        number = "070961-46066"
        name = ""
        [[card]]
        number = 709614606
        registered_birth_date = "1961-09-07"
        protected = "no"
        nmae = "Anna"
        "0709614606" = true
        [[card]]
        clinic = "clinic-1"
        number = "0709614606"
        name = "Anna\\u202e"
        registered_birth_date = 1961-09-07T00:00:00
        """
        + CARD
        + CARD.replace("-4606", "4606"),
    )
    assert lines == [
        "[[card]] 1 clinic: expected 1 to 64 of the characters A-Z a-z 0-9 _ . -",
        "[[card]] 1 number: expected a civil registration number of ten characters",
        "[[card]] 1 name: expected one line of 1 to 200 characters",
        "[[card]] 2 clinic: missing; expected 1 to 64 of the characters A-Z a-z 0-9 _ . -",
        "[[card]] 2 number: expected a civil registration number of ten characters",
        "[[card]] 2 name: missing; expected one line of 1 to 200 characters",
        "[[card]] 2 registered_birth_date: expected a date as in 2023-06-01",
        "[[card]] 2 protected: expected true or false",
        (
            "[[card]] 2 nmae: unknown; known are clinic, former_numbers, name, number, "
            "protected, registered_birth_date"
        ),
        (
            "[[card]] 2 (a key): unknown; known are clinic, former_numbers, name, number, "
            "protected, registered_birth_date"
        ),
        "[[card]] 3 name: expected one line of 1 to 200 characters",
        "[[card]] 3 registered_birth_date: expected a date as in 2023-06-01",
        "[[card]] 5 number: stands twice at its clinic",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[card]]\n[[card]\n", "the file is not TOML (at line 2)"),
        ("0709614606", "the file is not TOML (at end of document)"),
        ('"0709614606" = 1\n"0709614606" = 2\n', "the file is not TOML (at line 2)"),
        ("card = [\n" + "[" * 1000, "the file is nested too deeply"),
        ("[card]", "[[card]] expected an array of tables"),
        ("#" * (CARDS_LIMIT + 1), "the file is larger than 4096 KiB"),
    ],
    ids=range(6),
)
def test_what_is_no_file_of_cards_is_refused(tmp_path: Path, text: str, line: str) -> None:
    """A file that cannot be read as cards is refused in one line that repeats nothing of it."""
    assert _refused(tmp_path / "cards.toml", text) == [line]


def test_no_file_at_all_stops_the_start(tmp_path: Path) -> None:
    """A missing file, a folder and a pipe are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    for name, problem in (
        ("missing", "No such file or directory"),
        (".", "Not a regular file"),
        ("pipe", "Not a regular file"),
    ):
        with pytest.raises(MasterCardsUnreadable, match=rf"^the file cannot be read \({problem}\)"):
            _ = TomlMasterCards(tmp_path / name)
