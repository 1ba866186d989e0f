"""A custody register that is an extract of the CPR office's: one file, produced now and then.

Here: what custody a person's records come to. Not here: reading the file (`extract_file`), the
layout of its records (`extract_records`), and following a changed number (`following`).

An extract is what the register said on the day it was produced. It answers only while that day is
no further back than the installation allows; after that it is SILENT, as if the register were down
(docs/decisions/0042). Every question reads the file afresh, and holds no more of it than the
records of the persons asked about and of their parents. A file in which nobody at all has a
record of custody was ordered without it: SILENT, so that no holder is ever told 'no custody'.

**Types 3 and 4 name no number.** Record 016 says that the parent of female (0003) or male (0004)
sex holds custody; who that is stands in record 015. So a holder is resolved through the parents,
and where they cannot be, there is a holder without a number: 'cannot verify', never 'no' (D-ACC-7):

- the parent has no CPR number;
- two parents are of that sex, and only one of them holds;
- no parent is of that sex, or there is no record of parents;
- the parent's own records name children, but not this one: the file contradicts itself.

A parent who by all of this holds nothing is listed without custody, as the register's online answer
lists them. Whatever is odd about the file as a whole (a record too many or too few, a line that is
no record) is silence.

Source: the CPR office's record layout, and its notes on relations. Rules: D-ACC-7, -16, -19.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from attrs import frozen

from eservices_adapters.config.files import open_regular
from eservices_adapters.custody.extract_file import scan
from eservices_adapters.custody.extract_records import (
    Custody,
    Person,
    UnreadableExtract,
    read_person,
)
from eservices_adapters.custody.following import drive, followed
from eservices_core.access.custody import (
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relation,
    Relative,
)
from eservices_core.clinic.master_card import Protection
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import Clock
from eservices_core.words.civil_number import CivilNumber, Sex
from eservices_core.words.clinic_time import clinic_date

if TYPE_CHECKING:
    from eservices_core.ports.custody_register import CustodyRegister

VERSION: Final = "P12170"
"""Kept as evidence (D-ACC-8), with the day on which the file was produced."""

_OF_MOTHER: Final = "0003"
_OF_FATHER: Final = "0004"
_OF_OTHERS: Final = frozenset({"0005", "0006"})
_HOLDS: Final = {Sex.FEMALE: Relation.MOTHER, Sex.MALE: Relation.FATHER}


@frozen
class ExtractRegister:
    """The port `CustodyRegister` over an extract.

    Attributes:
        path: the file; it may be absent, and then the register is silent.
        clock: tells the day.
        stands_for: how long after the day it was produced an extract still answers.
    """

    path: Path
    clock: Clock
    stands_for: timedelta

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        """Ask about a person (D-ACC-7); a changed number is followed once (D-ACC-16)."""
        try:
            with open_regular(self.path) as file:
                return drive(followed(number), lambda asked: self._about(asked, file))
        except OSError:
            return RegisterFailure.SILENT

    def _about(self, number: CivilNumber, file: BinaryIO) -> RegisterSaid:
        today = clinic_date(self.clock.now())
        read = read_about(number, file, today)
        if isinstance(read, Failure):
            return RegisterFailure.SILENT
        found = read.unwrap()
        if not timedelta(0) <= today - found.produced <= self.stands_for:
            return RegisterFailure.SILENT
        return found.said


if TYPE_CHECKING:
    _: type[CustodyRegister] = ExtractRegister


@frozen
class Found:
    """What an extract says about a number.

    Attributes:
        produced: the day on which the file was produced.
        said: the answer under that very number, or NOT_IN_REGISTER.
    """

    produced: date
    said: RegisterAnswer | RegisterFailure


def read_about(number: CivilNumber, file: BinaryIO, day: date) -> Outcome[Found, UnreadableExtract]:
    """Read a whole extract for what it says about a number on a day; nothing is raised but OSError.

    The file is read once for the person, and once more for what their parents' records say.
    """
    scanned = scan(file, frozenset({number}))
    if isinstance(scanned, Failure):
        return scanned
    extract = scanned.unwrap()
    lines = extract.lines[number]
    if not lines:
        return Success(Found(extract.produced, RegisterFailure.NOT_IN_REGISTER))
    read = read_person(number, lines)
    if isinstance(read, Failure):
        return read
    person = read.unwrap()
    parents = frozenset(parent for parent in (person.mother, person.father) if parent is not None)
    of_parents = _children_of(parents, file)
    if isinstance(of_parents, Failure):
        return of_parents
    answer = RegisterAnswer(
        version=f"{VERSION}:{extract.produced.isoformat()}",
        number=number,
        birth_date=person.birth_date,
        status=person.status,
        protection=(
            Protection.PROTECTED
            if any(span.stands_on(day) for span in person.protections)
            else Protection.NONE
        ),
        relatives=_relatives(person, of_parents.unwrap(), day),
        other_numbers=frozenset() if person.successor is None else frozenset({person.successor}),
        successor=person.successor,
    )
    return Success(Found(extract.produced, answer))


def _children_of(
    parents: frozenset[CivilNumber], file: BinaryIO
) -> Outcome[Mapping[CivilNumber, frozenset[CivilNumber]], UnreadableExtract]:
    """Whom the parents' own records name as their children; none for one who is not in the file."""
    if not parents:
        return Success({})
    scanned = scan(file, parents)
    if isinstance(scanned, Failure):
        return scanned
    children: dict[CivilNumber, frozenset[CivilNumber]] = {}
    for parent, lines in scanned.unwrap().lines.items():
        if lines:
            read = read_person(parent, lines)
            if isinstance(read, Failure):
                return read
            children[parent] = read.unwrap().children
    return Success(children)


# --- who holds custody ----------------------------------------------------------------------------


@frozen
class _Parent:
    """A parent; `trusted` is whether their own records do not contradict it."""

    number: CivilNumber | None
    sex: Sex
    without: Relation
    trusted: bool


def _relatives(
    person: Person, of_parents: Mapping[CivilNumber, frozenset[CivilNumber]], day: date
) -> tuple[Relative, ...]:
    """Everybody who holds or held custody or guardianship, and the parents who do not."""
    parents = _parents_of(person, of_parents)
    listed: list[Relative] = []
    doubted: set[Sex] = set()
    for sex, kind in ((Sex.FEMALE, _OF_MOTHER), (Sex.MALE, _OF_FATHER)):
        entries = [entry for entry in person.custody if entry.kind == kind]
        standing = [entry for entry in entries if entry.span.stands_on(day)]
        of_that_sex = [parent for parent in parents if parent.sex is sex]
        resolved = _resolved(standing, of_that_sex, _HOLDS[sex])
        if any(relative.number is None for relative in resolved):
            doubted |= {sex} if of_that_sex else {*Sex}
        listed += resolved
        listed += [
            _relative(None, _HOLDS[sex], entry) for entry in entries if entry not in standing
        ]
    for entry in person.custody:
        if entry.kind not in (_OF_MOTHER, _OF_FATHER):
            relation = Relation.OTHER_HOLDER if entry.kind in _OF_OTHERS else Relation.UNKNOWN
            listed.append(_relative(entry.number, relation, entry))
    listed += [
        _relative(entry.number, Relation.APPOINTED_GUARDIAN, entry) for entry in person.guardianship
    ]
    holders = {relative.number for relative in listed if relative.stands_on(day)}
    listed += [
        Relative(parent.number, parent.without)
        for parent in parents
        if parent.number not in {*holders, None} and parent.trusted and parent.sex not in doubted
    ]
    return tuple(listed)


def _parents_of(
    person: Person, of_parents: Mapping[CivilNumber, frozenset[CivilNumber]]
) -> list[_Parent]:
    if not person.has_parents:
        return []
    columns = (
        (person.mother, Sex.FEMALE, Relation.MOTHER_WITHOUT_CUSTODY),
        (person.father, Sex.MALE, Relation.FATHER_WITHOUT_CUSTODY),
    )
    own = {person.number, person.successor}
    return [
        _Parent(
            number,
            sex if number is None else number.sex,
            without,
            trusted=number is not None
            and (not (named := of_parents.get(number, frozenset())) or bool(named & own)),
        )
        for number, sex, without in columns
    ]


def _resolved(
    standing: list[Custody], parents: list[_Parent], relation: Relation
) -> list[Relative]:
    """The holders of one sex: the parents of that sex, if as many hold as there are of them."""
    if not standing:
        return []
    if not parents or len(standing) < len(parents):
        return [_relative(None, relation, standing[0])]
    return [
        _relative(parent.number if parent.trusted else None, relation, entry)
        for parent, entry in zip(parents, standing, strict=False)
    ]


def _relative(number: CivilNumber | None, relation: Relation, entry: Custody) -> Relative:
    return Relative(number, relation, entry.span.begins, entry.span.ends)
