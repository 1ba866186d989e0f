"""A file of users of the system before, row by row: CSV with a header, or one JSON object a line.

Here: each row as the values that the use case asks for, or what is wrong with it, by field and
without the value (D-LOG-1). Not here: whether it can be taken (`usecases.import_user`).
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from io import StringIO
from typing import Final, TypeVar, cast

from attrs import field, frozen

from eservices_core.access.address import RelativeBasis
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import ClinicId
from eservices_core.words.username import Username

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

FIELDS: Final = (
    "number",
    "email",
    "owner",
    "basis",
    "username",
    "password_hash",
    "no_mitid",
    "evidence",
    "name",
    "clinic",
)
_REQUIRED: Final = ("number", "email")
_YES: Final = frozenset({"yes", "true", "1", "ja"})
_NO: Final = frozenset({"", "no", "false", "0", "nej"})
_LONGEST: Final = 1000


@frozen
class UserRow:
    """One row that can be read; `name` is compared with the master card's and kept nowhere."""

    number: CivilNumber
    email: EmailAddress
    owner: AddressOwner
    basis: RelativeBasis | None
    username: Username | None = field(repr=False)
    password_hash: str | None = field(repr=False)
    tick: IdentityEvidence | None
    name: str = field(repr=False)
    clinic: ClinicId | None


@frozen
class Wrong:
    """What is wrong with a row: the field, and what should stand there."""

    field: str
    what: str


def rows_of(text: str) -> Iterator[tuple[int, Outcome[UserRow, tuple[Wrong, ...]]]]:
    """Give each row with its line, counted from 1; nothing is raised."""
    beginning = text.lstrip()
    rows = _of_json(text) if beginning.startswith("{") else _of_csv(text)
    for line, row in rows:
        yield line, row if isinstance(row, Failure) else _read(row.unwrap())


_Raw = Outcome[Mapping[str, str], tuple[Wrong, ...]]


def _of_json(text: str) -> Iterator[tuple[int, _Raw]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            value: object = json.loads(written)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            yield line, Failure((Wrong("row", "must be one JSON object"),))
            continue
        yield line, _known(cast("dict[str, object]", value))


def _of_csv(text: str) -> Iterator[tuple[int, _Raw]]:
    lines = StringIO(text, newline="")
    separator = ";" if ";" in text.split("\n", 1)[0] else ","
    reader = csv.DictReader(lines, delimiter=separator, strict=True)
    try:
        for row in reader:
            given = cast("dict[str | None, object]", row)
            if None in given or None in given.values():
                yield reader.line_num, Failure((Wrong("row", "must have as many as the header"),))
                continue
            yield reader.line_num, _known(cast("dict[str, object]", given))
    except csv.Error:
        yield reader.line_num, Failure((Wrong("row", "is not CSV"),))


def _known(row: Mapping[str, object]) -> _Raw:
    wrong: list[Wrong] = []
    found: dict[str, str] = {}
    for key, value in row.items():
        if key not in FIELDS:
            wrong.append(
                Wrong("row", f"has a field that is unknown; known are {', '.join(FIELDS)}")
            )
        elif value is None:
            found[key] = ""
        elif isinstance(value, bool):
            found[key] = "yes" if value else "no"
        elif isinstance(value, str) and len(value) <= _LONGEST:
            found[key] = value.strip()
        else:
            wrong.append(Wrong(key, f"must be a text of at most {_LONGEST} characters"))
    wrong += [Wrong(key, "is missing") for key in _REQUIRED if not row.get(key)]
    return Failure(tuple(wrong)) if wrong else Success(found)


def _read(raw: Mapping[str, str]) -> Outcome[UserRow, tuple[Wrong, ...]]:
    wrong: list[Wrong] = []

    def parsed(key: str, parse: Callable[[object], Outcome[T, object]], what: str) -> T | None:
        written = raw.get(key, "")
        if not written:
            return None
        read = parse(written)
        if isinstance(read, Failure):
            wrong.append(Wrong(key, what))
            return None
        return read.unwrap()

    number = parsed("number", _number, "must be a CPR number of ten characters")
    email = parsed("email", EmailAddress.parse, "must be one bare e-mail address")
    username = parsed("username", Username.parse, _USERNAME)
    owner = _one_of(raw, "owner", AddressOwner, wrong) or AddressOwner.OWN
    basis = _one_of(raw, "basis", RelativeBasis, wrong)
    evidence = _one_of(raw, "evidence", IdentityEvidence, wrong)
    clinic = parsed("clinic", _clinic, "must be a clinic's id")
    ticked = raw.get("no_mitid", "").casefold()
    if ticked not in _YES | _NO:
        wrong.append(Wrong("no_mitid", "must be yes or no"))
    elif ticked in _YES and evidence is None and not raw.get("evidence"):
        wrong.append(
            Wrong("evidence", f"is missing, and no_mitid is set; {_spelt(IdentityEvidence)}")
        )
    if number is None or email is None or wrong:
        return Failure(tuple(wrong))
    return Success(
        UserRow(
            number=number,
            email=email,
            owner=owner,
            basis=basis,
            username=username,
            password_hash=raw.get("password_hash") or None,
            tick=evidence if ticked in _YES else None,
            name=raw.get("name", ""),
            clinic=clinic,
        )
    )


_USERNAME: Final = "must be 3 to 64 of the characters a-z 0-9 . _ - @ +, and hold no CPR number"


def _number(written: object) -> Outcome[CivilNumber, object]:
    text = str(written)
    plain = text.replace("-", "", 1) if text[6:7] == "-" else text
    return CivilNumber.parse(plain)


def _clinic(written: object) -> Outcome[ClinicId, object]:
    try:
        return Success(ClinicId(str(written)))
    except ValueError:
        return Failure(None)


def _one_of(raw: Mapping[str, str], key: str, kind: type[E], wrong: list[Wrong]) -> E | None:
    written = raw.get(key, "").casefold()
    if not written:
        return None
    found = next((member for member in kind if member.value == written), None)
    if found is None:
        wrong.append(Wrong(key, _spelt(kind)))
    return found


def _spelt(kind: type[Enum]) -> str:
    *most, last = (str(member.value) for member in kind)
    return f"must be {', '.join(most)} or {last}"
