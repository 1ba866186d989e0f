from enum import StrEnum

import pytest

from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.plain_text import plain_text


class _Lying(str):
    """A text that shows itself as another one."""

    __slots__ = ()

    def __str__(self) -> str:
        return "3112970079"

    def __len__(self) -> int:
        return 10

    def __getitem__(self, key: object) -> str:
        return "3112970079"


class _Word(StrEnum):
    ONE = "one"


@pytest.mark.parametrize("value", [None, 0, 1.5, b"text", bytearray(b"text"), ["t"], object()])
def test_what_is_no_text_is_none(value: object) -> None:
    """Anything but a `str` is no text, bytes included."""
    assert plain_text(value) is None


def test_a_subclass_of_str_is_read_by_its_characters() -> None:
    """A subclass gives its own characters as an exact `str`, whatever it overrides."""
    assert plain_text(_Lying("0709614606")) == "0709614606"
    assert type(plain_text(_Word.ONE)) is str
    assert CivilNumber.parse(_Lying("0709614606")).unwrap().reveal() == "0709614606"
