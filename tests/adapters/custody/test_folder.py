import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from eservices_adapters.custody.answer_xml import MAX_BYTES
from eservices_adapters.custody.dgcpr import VERSION, read_answer
from eservices_adapters.custody.folder import FolderRegister
from eservices_core.access.custody import (
    CivilStatus,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relation,
)
from eservices_core.words.civil_number import CivilNumber

Xml: TypeAlias = Any  # lxml's class of elements has no public name
Build: TypeAlias = Callable[..., Xml]
Put: TypeAlias = Callable[..., None]

CHILD, MOTHER, FATHER = "2906980013", "0709614606", "0709614231"
RENAMED, AGAIN = "3112970079", "1303814074"
OLD_VERSION = b"urn:oio:medcom:cprservice:1.0.3"


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


@pytest.fixture
def put(build: Build, tmp_path: Path) -> Put:
    """Puts an answer, built from what is given, or any bytes, into the folder."""

    def put(name: str, content: bytes | None = None, **given_answer: Any) -> None:
        document = etree.tostring(build(**given_answer)) if content is None else content
        _ = (tmp_path / name).write_bytes(document)

    return put


def ask(folder: Path, text: str) -> RegisterSaid:
    """What the folder says about a number."""
    return FolderRegister(folder).ask(number(text))


def answer(folder: Path, text: str) -> RegisterAnswer:
    """The answer about a number, as there must be one; it is about that number."""
    said = ask(folder, text)
    assert isinstance(said, RegisterAnswer)
    assert said.is_about(number(text))
    return said


# --- finding --------------------------------------------------------------------------------------


def test_finds_each_shared_answer(answers: Path) -> None:
    """D-ACC-7: Each person in the folder is answered about with what their file says."""
    said = [read_answer(path.read_bytes()).unwrap() for path in answers.glob("*.xml")]
    assert len(said) >= 4
    for expected in said:
        assert isinstance(expected, RegisterAnswer)
        assert FolderRegister(answers).ask(expected.number) == expected


def test_a_relative_is_not_found_by_the_list(answers: Path) -> None:
    """D-ACC-7: A file is about the child, not about those in its list of relatives."""
    assert ask(answers, MOTHER) is RegisterFailure.NOT_IN_REGISTER


def test_an_empty_folder_knows_nobody(tmp_path: Path) -> None:
    """D-ACC-8: A number that no file is about is not in the register."""
    assert ask(tmp_path, CHILD) is RegisterFailure.NOT_IN_REGISTER


def test_a_folder_that_is_not_there_is_silent(tmp_path: Path) -> None:
    """D-ACC-8, faults: 104. A folder that is missing, or is a file, is an outage."""
    file = tmp_path / "file"
    _ = file.write_bytes(b"")
    assert ask(tmp_path / CHILD, CHILD) is RegisterFailure.SILENT
    assert ask(file, CHILD) is RegisterFailure.SILENT


def test_nothing_is_remembered(tmp_path: Path, put: Put) -> None:
    """D-ACC-7: Every question is answered with what lies in the folder now."""
    register = FolderRegister(tmp_path)
    put("a.xml", relatives=[(MOTHER, "mor")])
    first = register.ask(number(CHILD))
    put("a.xml", relatives=[(MOTHER, "mor_uden")])
    second = register.ask(number(CHILD))
    (tmp_path / "a.xml").unlink()
    assert isinstance(first, RegisterAnswer)
    assert isinstance(second, RegisterAnswer)
    assert first.relatives[0].relation is Relation.MOTHER
    assert second.relatives[0].relation is Relation.MOTHER_WITHOUT_CUSTODY
    assert register.ask(number(CHILD)) is RegisterFailure.NOT_IN_REGISTER


def test_only_xml_files_are_read(tmp_path: Path, put: Put) -> None:
    """A file of another name, and a folder of such a name, are not looked at."""
    put("a.txt")
    put("a.xml~")
    (tmp_path / "b.xml").mkdir()
    assert ask(tmp_path, CHILD) is RegisterFailure.NOT_IN_REGISTER


# --- files that say nothing -----------------------------------------------------------------------

BROKEN = {
    "empty": b"",
    "no xml": b"0709614606",
    "half": b'<getPersonInformationOut xmlns="urn:oio:medcom:cprservice:1.0.4a">',
    "too big": b" " * (MAX_BYTES + 1),
    "dtd": b"<!DOCTYPE x><x/>",
    "another document": b"<x/>",
    "outage": b'<Fault xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>',
    "too old to tell whom": b'<getPersonInformationOut xmlns="' + OLD_VERSION + b'"/>',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_says_nothing_is_silence(tmp_path: Path, put: Put, name: str) -> None:
    """D-ACC-8, faults: 104. It may be about anybody: silence, unless another file answers."""
    put(f"{CHILD}.xml", BROKEN[name])
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT
    put("a.xml", number=RENAMED)
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT
    put("z.xml", number=CHILD)
    assert answer(tmp_path, CHILD).number == number(CHILD)


def test_the_bound_of_size_holds_for_files(tmp_path: Path, put: Put, build: Build) -> None:
    """faults: 168. A file is never cut down to a size at which it would be an answer."""
    document = etree.tostring(build())
    put("a.xml", document + b" " * (MAX_BYTES - len(document)))
    assert answer(tmp_path, CHILD).number == number(CHILD)
    put("a.xml", document + b" " * (MAX_BYTES + 1 - len(document)))
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT


def test_a_file_that_vanishes_is_silence(
    tmp_path: Path, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-ACC-8, faults: 104. A file that is gone between listing and reading is one that failed."""
    put("a.xml")
    (tmp_path / "b.xml").symlink_to(tmp_path / "nowhere")
    assert ask(tmp_path, CHILD) == answer(tmp_path, CHILD)
    assert ask(tmp_path, RENAMED) is RegisterFailure.SILENT

    def vanished(*_: object) -> None:
        raise FileNotFoundError(CHILD)

    (tmp_path / "b.xml").unlink()
    monkeypatch.setattr(Path, "open", vanished)
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT


def test_a_pipe_does_not_keep_us_waiting(tmp_path: Path) -> None:
    """D-ACC-8: What is no plain file is not opened."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "a.xml")
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT


def test_a_kept_no_is_about_nobody(tmp_path: Path, put: Put) -> None:
    """D-ACC-8: A kept 'no such person' is not silence: nobody is in it."""
    fault = b'<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/">%s</S:Fault>'
    put("a.xml", fault % b"<faultstring>Ingen data fundet</faultstring>")
    assert ask(tmp_path, CHILD) is RegisterFailure.NOT_IN_REGISTER


def test_an_old_version_cannot_answer(tmp_path: Path, put: Put, build: Build) -> None:
    """D-ACC-8: An answer of an older version cannot answer, and says nothing about others."""
    old = etree.tostring(build(prior=FATHER)).replace(VERSION.encode(), OLD_VERSION)
    put("a.xml", old)
    assert ask(tmp_path, CHILD) is RegisterFailure.VERSION_CANNOT_ANSWER
    assert ask(tmp_path, MOTHER) is RegisterFailure.NOT_IN_REGISTER
    put("b.xml")
    assert answer(tmp_path, CHILD).version == VERSION


def test_two_answers_that_differ_are_silence(tmp_path: Path, put: Put) -> None:
    """D-ACC-8: Which of two different answers is the one of now, nobody can tell."""
    put("a.xml", relatives=[(MOTHER, "mor")])
    put("b.xml", relatives=[(MOTHER, "mor")])
    assert answer(tmp_path, CHILD).relatives[0].relation is Relation.MOTHER
    put("b.xml", relatives=[(MOTHER, "mor_uden")])
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT


# --- changed numbers ------------------------------------------------------------------------------


def test_a_changed_number_is_followed(tmp_path: Path, put: Put) -> None:
    """D-ACC-16, faults: 110. Asked by the old number, the facts are those under the current one."""
    put("a.xml", number=CHILD, code="60", current=RENAMED, prior=AGAIN, relatives=[(MOTHER, "mor")])
    put("b.xml", number=RENAMED, relatives=[(MOTHER, "mor_uden")], birth="1997-12-31")
    current = answer(tmp_path, RENAMED)
    assert current.successor is None
    for asked in (CHILD, AGAIN):
        said = answer(tmp_path, asked)
        assert said.successor == said.number == number(RENAMED)
        assert said.other_numbers == {number(CHILD), number(AGAIN)}
        assert said.relatives == current.relatives
        assert said.birth_date == current.birth_date
        assert said.status is CivilStatus.LIVING


def test_the_current_record_answers_for_the_earlier_number(tmp_path: Path, put: Put) -> None:
    """D-ACC-16: Where only the current record is there, its earlier number finds it."""
    put("b.xml", number=RENAMED, prior=CHILD)
    said = answer(tmp_path, CHILD)
    assert said.successor == said.number == number(RENAMED)
    assert answer(tmp_path, RENAMED).successor is None


def test_an_old_record_alone_is_no_answer(tmp_path: Path, put: Put, build: Build) -> None:
    """D-ACC-16: Without the successor's answer there is none, and the reason is the successor's."""
    put("a.xml", number=CHILD, code="60", current=RENAMED)
    assert ask(tmp_path, CHILD) is RegisterFailure.NOT_IN_REGISTER
    assert ask(tmp_path, RENAMED) is RegisterFailure.NOT_IN_REGISTER
    put("b.xml", etree.tostring(build(number=RENAMED)).replace(VERSION.encode(), OLD_VERSION))
    assert ask(tmp_path, CHILD) is RegisterFailure.VERSION_CANNOT_ANSWER
    put("b.xml", b"")
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT


@pytest.mark.parametrize("onward", [CHILD, AGAIN])
def test_a_second_change_is_not_followed(tmp_path: Path, put: Put, onward: str) -> None:
    """D-ACC-16: A number that has been changed twice, or back, is silence and never a loop."""
    put("a.xml", number=CHILD, code="60", current=RENAMED)
    put("b.xml", number=RENAMED, code="60", current=onward)
    put("c.xml", number=AGAIN)
    assert ask(tmp_path, CHILD) is RegisterFailure.SILENT


def test_a_number_that_is_its_own_successor_is_not_changed(tmp_path: Path, put: Put) -> None:
    """D-ACC-16: A current number that is the very same one is no change."""
    put("a.xml", number=CHILD, current=CHILD)
    assert answer(tmp_path, CHILD).successor is None


NUMBERS = st.sampled_from([CHILD, RENAMED, AGAIN, FATHER])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"number": NUMBERS, "current": st.none() | NUMBERS, "prior": st.none() | NUMBERS}
    ),
    max_size=4,
    unique_by=lambda record: record["number"],
)


@given(RECORDS, NUMBERS)
def test_any_web_of_changes_ends_with_current_facts(
    tmp_path_factory: pytest.TempPathFactory, build: Build, records: list[Any], asked: str
) -> None:
    """D-ACC-16: However records name each other, an answer holds an unchanged record's facts."""
    folder = tmp_path_factory.mktemp("records")
    words = ["mor", "far", "anden", "vaerge"]
    by_number: dict[CivilNumber, RegisterSaid] = {}
    for word, record in zip(words, records, strict=False):
        answer_built = build(**record, relatives=[(MOTHER, word)], dressed=False)
        _ = (folder / f"{word}.xml").write_bytes(etree.tostring(answer_built))
        by_number[number(record["number"])] = read_answer(etree.tostring(answer_built)).unwrap()
    said = ask(folder, asked)
    if isinstance(said, RegisterAnswer):
        source = by_number[said.number]
        assert isinstance(source, RegisterAnswer)
        assert source.successor is None
        assert said.relatives == source.relatives
        assert said.is_about(number(asked))
        assert said.successor == (None if said.number == number(asked) else said.number)
    else:
        unchanged = by_number.get(number(asked))
        assert not isinstance(unchanged, RegisterAnswer) or unchanged.successor is not None
