"""The CPR office's extract: the file, its records, and the custody they come to."""

from collections.abc import Hashable
from datetime import date
from io import BytesIO

from eservices_adapters.custody.extract import read_about
from eservices_core.access.custody import RegisterAnswer
from eservices_core.outcome import Failure
from eservices_core.words.civil_number import CivilNumber
from tests.adapters.custody import extracts as x
from tests.fuzz.target import Target

_CHILD, _MOTHER, _FATHER, _OTHER = "2906980013", "0709614606", "0709614231", "1303814074"
_NUMBER = CivilNumber.parse(_CHILD).unwrap()
_DAY = date(2016, 1, 1)


def _seeds() -> list[bytes]:
    child = x.person(_CHILD, born="1998-06-29")
    parents = x.parents(_CHILD, _MOTHER, _FATHER)
    mother = [x.person(_MOTHER, born="1961-09-07"), x.child(_MOTHER, _CHILD)]
    return [
        x.extract([child, parents, x.custody(_CHILD, "0003"), x.custody(_CHILD, "0004"), *mother]),
        x.extract(
            [
                x.person(_CHILD, status="60", successor=_OTHER, born="1998-00-00", uncertain="*"),
                x.protection(_CHILD, "0001", "2009-01-01", "2020-01-01"),
                x.parents(_CHILD, _MOTHER, "0000000000"),
                x.custody(_CHILD, "0005", _OTHER, begins="2010-00-00", uncertain="*"),
                x.custody(_CHILD, "0003", ends="2017-01-01"),
                x.guardianship(_CHILD, _OTHER),
            ]
        ),
        x.extract([x.person(_OTHER, born="1981-03-13"), x.custody(_OTHER, "0004")]),
    ]


def _attempt(content: bytes) -> Hashable:
    outcome = read_about(_NUMBER, BytesIO(content), _DAY)
    if isinstance(outcome, Failure):
        return outcome.failure()
    said = outcome.unwrap().said
    if not isinstance(said, RegisterAnswer):
        return said
    relations = tuple(
        sorted({(relative.relation.value, relative.number is None) for relative in said.relatives})
    )
    return (said.status.value, said.protection.value, relations)


TARGET = Target(
    "custody-extract",
    _attempt,
    _seeds,
    words=(
        *(b"000", b"001", b"004", b"014", b"015", b"016", b"017", b"999", b"0003", b"0004"),
        *(b"0005", b"0000000000", b"          ", b"*", b"0000-00-00", b"2026-02-30", b"\r\n"),
        *(_CHILD.encode(), _MOTHER.encode(), b"00000003", b"\xc5", b"\x85", b"60", b"90"),
    ),
)
