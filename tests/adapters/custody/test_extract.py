from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from eservices_adapters.custody.extract import ExtractRegister, read_about
from eservices_adapters.custody.extract_file import MAX_LINE, MAX_RECORDS
from eservices_adapters.custody.extract_records import ExtractDefect, UnreadableExtract
from eservices_core.access.custody import (
    CUSTODY,
    CivilStatus,
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relation,
    Relative,
    facts_of,
)
from eservices_core.clinic.master_card import Protection
from eservices_core.outcome import Failure
from eservices_core.testing.contracts import CustodyRegisterContract, RegisterUnderTest
from eservices_core.testing.memory import FakeClock
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN
from tests.adapters.custody import extracts as x

CHILD, MOTHER, FATHER = "2906980013", "0709614606", "0709614231"
CO_MOTHER, CO_FATHER, OTHER = "0709614568", "0702614155", "1303814074"
NEW = "3112970079"
THEN = datetime(2010, 1, 4, 12, tzinfo=COPENHAGEN)
TODAY = THEN.date()
A_WEEK = timedelta(days=7)
SINCE = date(2015, 1, 1)
BORN = "1998-06-29"
VERIFIED = CustodyVerdict(CustodyOutcome.VERIFIED)
NO_CUSTODY = CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY)
UNNUMBERED = CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.HOLDER_WITHOUT_NUMBER)


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


def custody(kind: str, holder: str = "", *, begins: str = "2008-01-01", **more: str) -> str:
    """A record 016 of the child's."""
    return x.custody(CHILD, kind, holder, begins=begins, **more)


def file_of(*records: str, produced: str = "20100104") -> bytes:
    """An extract of the child and somebody else, who has a record of custody."""
    return x.extract(
        [
            x.person(OTHER, born="1981-03-13"),
            x.custody(OTHER, "0003", begins="1981-03-13", ends="1999-03-13"),
            x.person(CHILD, born=BORN),
            *records,
        ],
        produced=produced,
    )


def said(content: bytes, who: str = CHILD) -> RegisterSaid:
    """What an extract says, by itself."""
    return read_about(number(who), BytesIO(content), TODAY).unwrap().said


def answer(*records: str) -> RegisterAnswer:
    """What an extract says about the child."""
    found = said(file_of(*records))
    assert isinstance(found, RegisterAnswer)
    return found


def relatives(*records: str) -> set[tuple[str | None, Relation]]:
    """Who is listed, and how, of those who stand today."""
    return {
        (None if entry.number is None else entry.number.reveal(), entry.relation)
        for entry in answer(*records).relatives
        if entry.stands_on(TODAY)
    }


def verdict(guardian: str, *records: str) -> CustodyVerdict:
    """What the register's half comes to for a guardian."""
    facts = facts_of(number(CHILD), number(guardian), answer(*records), None, THEN)
    return CUSTODY.decide(facts).then


def defect(content: bytes) -> UnreadableExtract:
    """What is wrong with an extract that cannot be read."""
    read = read_about(number(CHILD), BytesIO(content), TODAY)
    assert isinstance(read, Failure)
    return read.failure()


# --- the contract ---------------------------------------------------------------------------------


class TestExtractRegister(CustodyRegisterContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path) -> RegisterUnderTest:
        """An extract with a child, and a person whose number has been changed."""
        path = tmp_path / "extract.txt"
        parents = x.parents(CHILD, MOTHER, FATHER)

        def put(holder: str) -> RegisterAnswer:
            records = [
                parents,
                custody(holder),
                x.person(CO_MOTHER, status="60", successor=NEW, born="1961-09-07"),
                x.person(NEW, born="1997-12-31"),
            ]
            _ = path.write_bytes(file_of(*records))
            found = said(path.read_bytes())
            assert isinstance(found, RegisterAnswer)
            return found

        known = put("0003")
        return RegisterUnderTest(
            register=ExtractRegister(path, FakeClock(THEN), A_WEEK),
            known=known,
            unknown=number("0712614455"),
            changed=(
                number(CO_MOTHER),
                RegisterAnswer(
                    version=known.version,
                    number=number(NEW),
                    birth_date=date(1997, 12, 31),
                    status=CivilStatus.LIVING,
                    protection=Protection.NONE,
                    other_numbers=frozenset({number(CO_MOTHER)}),
                    successor=number(NEW),
                ),
            ),
            silence=path.unlink,
            garble=lambda: _cut(path),
            news=lambda: put("0004"),
        )


def _cut(path: Path) -> None:
    _ = path.write_bytes(path.read_bytes()[:-30])


# --- how old it may be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("produced", "answers"),
    [
        ("20100104", True),
        ("20091228", True),
        ("20091227", False),
        ("20100105", False),
        ("20011119", False),
    ],
)
def test_an_old_extract_is_silent(tmp_path: Path, produced: str, answers: bool) -> None:
    """docs/decisions/0042: An extract older than it may be, or of tomorrow, is no answer."""
    path = tmp_path / "extract.txt"
    _ = path.write_bytes(file_of(x.parents(CHILD, MOTHER, FATHER), produced=produced))
    register = ExtractRegister(path, FakeClock(THEN), A_WEEK)
    assert isinstance(register.ask(number(CHILD)), RegisterAnswer) == answers
    assert answers or register.ask(number(NEW)) is RegisterFailure.SILENT


def test_the_day_of_the_file_is_evidence() -> None:
    """D-ACC-8: The version that is kept names the layout and the day of the file."""
    assert answer().version == "P12170:2010-01-04"


# --- who holds custody ----------------------------------------------------------------------------

PARENTS = x.parents(CHILD, MOTHER, FATHER)


def test_joint_custody_is_resolved_through_the_parents() -> None:
    """D-ACC-7: Types 3 and 4 are the mother and the father of record 015."""
    assert relatives(PARENTS, custody("0003"), custody("0004")) == {
        (MOTHER, Relation.MOTHER),
        (FATHER, Relation.FATHER),
    }


def test_a_parent_without_custody_is_listed_without() -> None:
    """D-ACC-7: A parent who holds nothing is listed without custody, and refused."""
    assert relatives(PARENTS, custody("0003")) == {
        (MOTHER, Relation.MOTHER),
        (FATHER, Relation.FATHER_WITHOUT_CUSTODY),
    }
    assert verdict(FATHER, PARENTS, custody("0003")) == NO_CUSTODY


def test_other_holders_have_numbers() -> None:
    """D-ACC-7: Types 5 and 6 name the holder; being no parent they hold like one."""
    records = (PARENTS, custody("0005", OTHER), custody("0006", CO_FATHER))
    assert relatives(*records) == {
        (OTHER, Relation.OTHER_HOLDER),
        (CO_FATHER, Relation.OTHER_HOLDER),
        (MOTHER, Relation.MOTHER_WITHOUT_CUSTODY),
        (FATHER, Relation.FATHER_WITHOUT_CUSTODY),
    }
    assert verdict(OTHER, *records) == VERIFIED


def test_a_parent_who_is_an_other_holder_holds() -> None:
    """D-ACC-7: A parent whom types 5 and 6 name is not also listed without."""
    assert verdict(MOTHER, PARENTS, custody("0005", MOTHER)) == VERIFIED


def test_an_unknown_type_is_no() -> None:
    """D-ACC-7: A type of holder that we do not know is not custody."""
    assert verdict(OTHER, PARENTS, custody("0007", OTHER)) == NO_CUSTODY


@pytest.mark.parametrize(
    ("records", "guardian", "expected"),
    [
        pytest.param(
            (x.parents(CHILD, MOTHER, "0000000000"), custody("0004")),
            OTHER,
            UNNUMBERED,
            id="the father has no number",
        ),
        pytest.param(
            (x.parents(CHILD, MOTHER, ""), custody("0004")),
            OTHER,
            UNNUMBERED,
            id="the father's number is blank",
        ),
        pytest.param(
            (x.parents(CHILD, MOTHER, "0000000000"), custody("0004")),
            MOTHER,
            NO_CUSTODY,
            id="the mother is not the holder without a number",
        ),
        pytest.param((custody("0003"),), MOTHER, UNNUMBERED, id="no record of parents"),
        pytest.param(
            (x.parents(CHILD, MOTHER, CO_MOTHER), custody("0003"), custody("0003")),
            CO_MOTHER,
            VERIFIED,
            id="mother and co-mother",
        ),
        pytest.param(
            (x.parents(CHILD, MOTHER, CO_MOTHER), custody("0003")),
            MOTHER,
            UNNUMBERED,
            id="one of two mothers, the mother asks",
        ),
        pytest.param(
            (x.parents(CHILD, MOTHER, CO_MOTHER), custody("0003")),
            CO_MOTHER,
            UNNUMBERED,
            id="one of two mothers, the co-mother asks",
        ),
        pytest.param(
            (
                x.parents(CHILD, MOTHER, CO_MOTHER),
                custody("0003"),
                custody("0003", ends="2009-01-01"),
            ),
            CO_MOTHER,
            UNNUMBERED,
            id="one of two mothers, the other's has ended",
        ),
        pytest.param(
            (x.parents(CHILD, FATHER, CO_FATHER), custody("0004"), custody("0004")),
            FATHER,
            VERIFIED,
            id="two fathers",
        ),
        pytest.param(
            (x.parents(CHILD, MOTHER, CO_MOTHER), custody("0004")),
            CO_MOTHER,
            UNNUMBERED,
            id="no parent of that sex",
        ),
        pytest.param(
            (PARENTS, custody("0003"), x.person(MOTHER, born="1961-09-07"), x.child(MOTHER, NEW)),
            MOTHER,
            UNNUMBERED,
            id="the mother's records name another child only",
        ),
        pytest.param(
            (
                *(PARENTS, custody("0003"), x.person(MOTHER, born="1961-09-07")),
                *(x.child(MOTHER, NEW), x.child(MOTHER, CHILD)),
            ),
            MOTHER,
            VERIFIED,
            id="the mother's records name this child too",
        ),
        pytest.param(
            (PARENTS, custody("0003", ends="2010-01-04")), MOTHER, NO_CUSTODY, id="ended today"
        ),
        pytest.param(
            (PARENTS, custody("0003", ends="2010-01-05")), MOTHER, VERIFIED, id="ends tomorrow"
        ),
        pytest.param(
            (PARENTS, custody("0003", begins="2010-01-05")), MOTHER, NO_CUSTODY, id="not begun"
        ),
        pytest.param(
            (PARENTS, custody("0003", begins="")), MOTHER, VERIFIED, id="begun, who knows when"
        ),
        pytest.param(
            (PARENTS, custody("0003", begins="2010-00-00", uncertain="*")),
            MOTHER,
            NO_CUSTODY,
            id="begins some day this year",
        ),
        pytest.param(
            (PARENTS, custody("0005", OTHER, holder_since="2010-01-05")),
            OTHER,
            NO_CUSTODY,
            id="the holder's own time has not begun",
        ),
        pytest.param((PARENTS, custody("0005")), OTHER, UNNUMBERED, id="an other holder, who?"),
        pytest.param(
            (PARENTS, x.guardianship(CHILD, OTHER, begins="2009-01-01")),
            OTHER,
            VERIFIED,
            id="an appointed guardian counts",
        ),
        pytest.param((PARENTS,), MOTHER, NO_CUSTODY, id="nobody holds custody"),
    ],
)
def test_holders_are_resolved_or_doubted(
    records: tuple[str, ...], guardian: str, expected: CustodyVerdict
) -> None:
    """D-ACC-7, faults: 104. A holder is found by number or through the parents, or is doubt."""
    assert verdict(guardian, *records) == expected


# --- the person -----------------------------------------------------------------------------------


def test_a_person_is_read() -> None:
    """D-ACC-7: Birth date, status, protection and custody are those of the person's records."""
    found = answer(PARENTS, custody("0003", ends="2016-06-29"))
    assert found == RegisterAnswer(
        version="P12170:2010-01-04",
        number=number(CHILD),
        birth_date=date(1998, 6, 29),
        status=CivilStatus.LIVING,
        protection=Protection.NONE,
        relatives=(
            Relative(number(MOTHER), Relation.MOTHER, date(2008, 1, 1), date(2016, 6, 29)),
            Relative(number(FATHER), Relation.FATHER_WITHOUT_CUSTODY),
        ),
    )


@pytest.mark.parametrize(
    ("begins", "ends", "kind", "protection"),
    [
        ("2009-01-01", "", "0001", Protection.PROTECTED),
        ("2009-01-01", "2010-01-05", "0001", Protection.PROTECTED),
        ("2009-01-01", "2010-01-04", "0001", Protection.NONE),
        ("2010-01-05", "", "0001", Protection.NONE),
        ("2009-01-01", "", "0002", Protection.NONE),
    ],
)
def test_protection_is_of_today(begins: str, ends: str, kind: str, protection: Protection) -> None:
    """D-ACC-19: Only protection of name and address counts, and only while it stands."""
    assert answer(x.protection(CHILD, kind, begins, ends)).protection is protection


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((code, CivilStatus.LIVING) for code in ("01", "03", "05", "07", "20")),
        *((code, CivilStatus.GONE) for code in ("30", "50", "60", "70", "80", "90")),
    ],
)
def test_every_status_is_known(status: str, expected: CivilStatus) -> None:
    """D-ACC-8, faults: 110. Who is dead, missing, gone abroad or annulled is GONE."""
    records = [x.person(CHILD, status=status, born=BORN), x.custody(OTHER, "0003")]
    found = said(x.extract(records, produced="20100104"))
    assert isinstance(found, RegisterAnswer)
    assert found.status is expected


@pytest.mark.parametrize("born", ["1996-01-01", "0000-00-00", "1998-00-00", ""])
def test_an_uncertain_birth_date_is_the_numbers(born: str) -> None:
    """D-ACC-5: A birth date that is marked uncertain is not known; the number's stands."""
    records = [x.person(CHILD, born=born.ljust(10), uncertain="*"), x.custody(OTHER, "0003")]
    found = said(x.extract(records, produced="20100104"))
    assert isinstance(found, RegisterAnswer)
    assert found.birth_date == date(1998, 6, 29)


def test_a_number_changed_twice_is_doubt(tmp_path: Path) -> None:
    """D-ACC-16: A changed number is followed once, not twice."""
    path = tmp_path / "extract.txt"
    _ = path.write_bytes(
        x.extract(
            [
                x.person(CHILD, status="60", successor=NEW, born=BORN),
                x.person(NEW, status="60", successor=OTHER, born=BORN),
                x.person(OTHER, born=BORN),
                custody("0003"),
            ],
            produced="20100104",
        )
    )
    register = ExtractRegister(path, FakeClock(THEN), A_WEEK)
    assert register.ask(number(CHILD)) is RegisterFailure.SILENT
    assert isinstance(register.ask(number(NEW)), RegisterAnswer)


# --- files that cannot be read --------------------------------------------------------------------

GOOD = file_of(PARENTS, custody("0003"))


def _changed(change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    return b"\n".join(change(GOOD.splitlines())) + b"\n"


@pytest.mark.parametrize(
    ("content", "expected", "record"),
    [
        pytest.param(b"", ExtractDefect.NO_START, None, id="nothing"),
        pytest.param(
            _changed(lambda lines: lines[1:]), ExtractDefect.NO_START, None, id="no start"
        ),
        pytest.param(_changed(lambda lines: lines[:-1]), ExtractDefect.NO_END, None, id="no end"),
        pytest.param(GOOD + b"\n", ExtractDefect.NO_END, None, id="something after the end"),
        pytest.param(GOOD + GOOD, ExtractDefect.NO_END, None, id="two files in one"),
        pytest.param(
            _changed(lambda lines: [*lines[:1], *lines[2:]]),
            ExtractDefect.WRONG_COUNT,
            None,
            id="a record is missing",
        ),
        pytest.param(
            _changed(lambda lines: [*lines[:2], *lines[1:]]),
            ExtractDefect.WRONG_COUNT,
            None,
            id="a record too many",
        ),
        pytest.param(
            GOOD.replace(b"99999999990000", b"9999999999 -00"),
            ExtractDefect.BAD_VALUE,
            "999",
            id="the count is none",
        ),
        pytest.param(
            GOOD.replace(b"20100104", b"20100231"),
            ExtractDefect.BAD_VALUE,
            "000",
            id="the day is none",
        ),
        pytest.param(
            _changed(lambda lines: [*lines[:2], b"", *lines[2:]]),
            ExtractDefect.NOT_A_RECORD,
            None,
            id="an empty line",
        ),
        pytest.param(
            _changed(lambda lines: [*lines[:2], b"x" + lines[2][1:], *lines[3:]]),
            ExtractDefect.NOT_A_RECORD,
            None,
            id="no type",
        ),
        pytest.param(
            _changed(lambda lines: [*lines[:2], lines[0], *lines[2:]]),
            ExtractDefect.NOT_A_RECORD,
            None,
            id="a second start",
        ),
        pytest.param(
            GOOD.replace("Åse".encode("latin-1"), b"\x00se"),
            ExtractDefect.NOT_A_RECORD,
            None,
            id="a control character",
        ),
        pytest.param(
            GOOD.replace(b"Vej", b"Vej") + b"0" * (MAX_LINE + 1),
            ExtractDefect.NO_END,
            None,
            id="tail",
        ),
        pytest.param(
            b"000" + b"0" * MAX_LINE, ExtractDefect.LINE_TOO_LONG, None, id="one endless line"
        ),
        pytest.param(
            file_of(x.person(CHILD, born=BORN)),
            ExtractDefect.DOUBLED,
            "001",
            id="the person, twice",
        ),
        pytest.param(
            file_of(PARENTS, PARENTS), ExtractDefect.DOUBLED, "015", id="the parents, twice"
        ),
        pytest.param(
            x.extract([PARENTS, custody("0003")]), ExtractDefect.MISSING, "001", id="no person"
        ),
        pytest.param(
            x.extract([x.person(CHILD, born=BORN)]),
            ExtractDefect.WITHOUT_CUSTODY,
            None,
            id="another product",
        ),
        pytest.param(
            file_of(*[custody("0003")] * MAX_RECORDS),
            ExtractDefect.TOO_MANY_RECORDS,
            None,
            id="a thousand holders",
        ),
        pytest.param(
            file_of(custody("0005", "12345")), ExtractDefect.BAD_VALUE, "016", id="half a number"
        ),
        pytest.param(
            file_of(custody("0005", "6906980013")), ExtractDefect.BAD_VALUE, "016", id="day + 60"
        ),
        pytest.param(
            file_of(custody("0003", ends="2010-02-30")),
            ExtractDefect.BAD_VALUE,
            "016",
            id="no such day",
        ),
        pytest.param(
            file_of(custody("0003", ends="2010-00-00")),
            ExtractDefect.BAD_VALUE,
            "016",
            id="an end that is no day",
        ),
        pytest.param(
            file_of(custody("0003", begins="2010-13-00", uncertain="*")),
            ExtractDefect.BAD_VALUE,
            "016",
            id="an uncertain day in no month",
        ),
        pytest.param(
            GOOD.replace(b"01000000000000 K1998", b"02000000000000 K1998"),
            ExtractDefect.BAD_VALUE,
            "001",
            id="no such status",
        ),
        pytest.param(
            GOOD.replace(b"K1998-06-29", b"K          "),
            ExtractDefect.BAD_VALUE,
            "001",
            id="no birth date, and it is certain",
        ),
    ],
)
def test_an_extract_that_is_odd_says_nothing(
    content: bytes, expected: ExtractDefect, record: str | None
) -> None:
    """faults: 104, 169. A file that is cut, doubled or wrong says nothing; no error quotes it."""
    assert defect(content) == UnreadableExtract(expected, record)


def test_windows_line_ends_are_read() -> None:
    """The file may come with either kind of line end."""
    assert said(GOOD.replace(b"\n", b"\r\n")) == said(GOOD)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """faults: 104. What is no regular file is silence."""
    register = ExtractRegister(tmp_path, FakeClock(THEN), A_WEEK)
    assert register.ask(number(CHILD)) is RegisterFailure.SILENT


# --- the CPR office's own demonstration -----------------------------------------------------------


@pytest.fixture(scope="module")
def demonstration(shared_data: Path) -> Path:
    """The extract of demonstration persons."""
    folder = shared_data / "custody" / "cpr_direkte"
    paths = sorted(folder.glob("U12170*"))
    if not paths:
        pytest.skip("the CPR office's demonstration extract is not here: custody/cpr_direkte")
    return paths[0]


@pytest.mark.parametrize(
    ("child", "guardian", "expected"),
    [
        ("2906980013", "0709614606", VERIFIED),
        ("2906980013", "0709614231", VERIFIED),
        ("2906980013", "1303814074", NO_CUSTODY),
        ("3112970079", "1303814074", VERIFIED),
        ("3112970079", "0712614455", NO_CUSTODY),
        (
            "0101980014",
            "0709614290",
            CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.DEAD_OR_GONE),
        ),
        (
            "0101980014",
            "0707614293",
            CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.DEAD_OR_GONE),
        ),
        ("3006980014", "0702614082", NO_CUSTODY),
        ("0101005038", "0712614455", NO_CUSTODY),
    ],
)
def test_the_demonstrations_families(
    demonstration: Path, child: str, guardian: str, expected: CustodyVerdict
) -> None:
    """D-ACC-7: The families of the CPR office's own extract come to what their records say."""
    register = ExtractRegister(demonstration, FakeClock(THEN), timedelta(days=3650))
    about = register.ask(number(child))
    assert (
        CUSTODY.decide(facts_of(number(child), number(guardian), about, None, THEN)).then
        == expected
    )


def test_the_demonstration_is_read_whole(demonstration: Path) -> None:
    """Every person of the CPR office's extract is read; four of them have changed number."""
    register = ExtractRegister(demonstration, FakeClock(THEN), timedelta(days=3650))
    lines = demonstration.read_text("iso-8859-1").splitlines()
    numbers = [number(line[3:13]) for line in lines if line.startswith("001")]
    told = [register.ask(each) for each in numbers]
    assert len(told) == 80
    answers = [each for each in told if isinstance(each, RegisterAnswer)]
    assert len(answers) == len(told)
    assert sum(each.successor is not None for each in answers) == 4
    guardian = number("0904414131")
    ward = register.ask(number("0709614126"))
    assert isinstance(ward, RegisterAnswer)
    assert ward.relatives == (
        Relative(guardian, Relation.APPOINTED_GUARDIAN, date(2000, 2, 28), None),
    )
