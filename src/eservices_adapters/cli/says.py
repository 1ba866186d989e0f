"""What the command line says: answers as JSON, and bad input as one line.

Here: the two shapes that all commands share. A CPR number may stand in anything that a person
types, a file's name too, so what was typed is never repeated: a line names the field, and says what
should stand there (D-LOG-1).
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

import click

from eservices_core.tables import Row
from eservices_core.texts import Text

_HARMLESS: Final = re.compile(r"[A-Za-z_-][A-Za-z_.-]{0,39}")


class BadInput(Exception):  # noqa: N818  said in the words of this house
    """Input that is not what was asked for: one line for standard error, exit status 2."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")


def harmless(name: str) -> str | None:
    """Give a name that somebody typed, if it can be nobody's number; else None."""
    return name if _HARMLESS.fullmatch(name) else None


def one_of(words: Iterable[str]) -> str:
    """Spell the words that may stand in a field."""
    *most, last = words
    return f"must be {', '.join(most)} or {last}" if most else f"must be {last}"


def not_known(kind: str, name: str, known: Iterable[str], inside: str = "") -> BadInput:
    """Refuse a name that is not known, and offer the one that was probably meant."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return BadInput(f"{inside}{harmless(name) or kind}", f"there is no such {kind}{hint}")


def is_terminal() -> bool:
    """True if a person reads what is written to standard output."""
    stdout: Any = sys.stdout  # None, where somebody has closed it
    return stdout is not None and bool(stdout.isatty())


def say(answer: Mapping[str, object]) -> None:
    """Write one JSON object to standard output, in UTF-8 whatever the terminal's encoding."""
    text = json.dumps(answer, ensure_ascii=False, indent=2 if is_terminal() else None)
    click.echo(text.encode())


def in_both(text: Text) -> dict[str, str]:
    """Give a text as it stands in an answer."""
    return {"da": text.da, "en": text.en}


def texts_of(row: Row[Any]) -> dict[str, dict[str, str]]:
    """Give what a row says to the patient's side and to staff."""
    return {"patient": in_both(row.says.patient), "staff": in_both(row.says.staff)}
