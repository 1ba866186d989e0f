"""The persons that a simulated MitID knows, and the TOML file that they are kept in.

Here: who there is. Not here: identifying as one of them (`simulated`). A file holds one [[person]]
for each: `key` (how the person is chosen; shown, so it holds no number), `number` (may be left
out), `kind` (private or business; private if left out), `assurance` (unknown, low, substantial or
high; substantial if left out) and `subject` (made from the key if left out).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from attrs import Factory, field, frozen

from eservices_adapters.config.files import write_whole
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.shapes import CIVIL_NUMBER, one_of, text
from eservices_adapters.config.table import Shape, Table, read_table, toml_string
from eservices_core.access.mitid import Assurance, IdentityKind
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.username import Username

_LONGEST_SUBJECT: Final = 255


def _key(value: object) -> str | None:
    """A key as it is, if it is a username as it is: that one is shown, and holds no number."""
    username = Username.parse(value)
    if isinstance(username, Failure):
        return None
    return str(username.unwrap()) if value == str(username.unwrap()) else None


_KEY: Final = Shape(
    "3 to 64 of the characters a-z 0-9 . _ - @ +, and no civil registration number in them", _key
)


def _subject_from_key(person: "TestPerson") -> str:
    return f"simulated-{person.key}"


@frozen
class TestPerson:
    """Somebody who can identify with the simulated MitID.

    Attributes:
        key: how the person is chosen; written like a username, so it holds no number.
        number: the CPR number that MitID gives, if it gives one.
        kind: private or business.
        assurance: the level of assurance that the broker claims.
        subject: the broker's name for the person; made from the key if it is left out.
    """

    __test__: ClassVar = False  # pytest takes a class of this name for a class of tests

    key: str = field()
    number: CivilNumber | None
    kind: IdentityKind = IdentityKind.PRIVATE
    assurance: Assurance = Assurance.SUBSTANTIAL
    subject: str = field(repr=False, default=Factory(_subject_from_key, takes_self=True))

    def __attrs_post_init__(self) -> None:
        assert _KEY.parse(self.key) is not None, "a key is lower case and holds no number"


def read_persons(path: Path) -> Outcome[tuple[TestPerson, ...], tuple[ConfigRefusal, ...]]:
    """Read the persons of a file, or say all that is wrong with it; no number is repeated."""
    refusals: list[ConfigRefusal] = []
    root = read_table(path, refusals)
    if isinstance(root, Failure):
        return Failure((root.failure(),))
    persons: dict[str, TestPerson] = {}
    for entry in root.unwrap().tables("person"):
        person = _read_person(entry)
        if person is not None and person.key in persons:
            entry.refuse("key", "stands twice")
        elif person is not None:
            persons[person.key] = person
    root.unwrap().refuse_unknown()
    return Failure(tuple(refusals)) if refusals else Success(tuple(persons.values()))


def _read_person(entry: Table) -> TestPerson | None:
    key = entry.required("key", _KEY)
    number = entry.optional("number", CIVIL_NUMBER, None)
    kind = entry.optional("kind", one_of(IdentityKind), IdentityKind.PRIVATE)
    assurance = entry.optional("assurance", one_of(Assurance), Assurance.SUBSTANTIAL)
    subject = entry.optional("subject", text(_LONGEST_SUBJECT), None)
    entry.refuse_unknown()
    if key is None:
        return None
    if subject is None:
        return TestPerson(key, number, kind, assurance)
    return TestPerson(key, number, kind, assurance, subject)


def write_persons(path: Path, persons: Iterable[TestPerson]) -> None:
    """Write a file that `read_persons` reads, readable by its owner only; raises OSError."""
    write_whole(path, "\n".join(map(_person_text, persons)).encode())


def _person_text(person: TestPerson) -> str:
    lines = [f"key = {toml_string(person.key)}"]
    if person.number is not None:
        lines.append(f"number = {toml_string(person.number.reveal())}")
    lines.append(f"kind = {toml_string(person.kind.value)}")
    lines.append(f"assurance = {toml_string(person.assurance.value)}")
    lines.append(f"subject = {toml_string(person.subject)}")
    return "\n".join(("[[person]]", *lines, ""))
