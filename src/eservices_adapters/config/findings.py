"""What a check of the installation comes to: a line for whoever runs it.

Here: the one shape that every adapter's own check gives (`eservices doctor`). A finding names
settings, files and numbers; never a password, an address of a patient, or what a server has said.
"""

from collections.abc import Iterable, Iterator
from enum import Enum, unique

from attrs import frozen


@unique
class Level(Enum):
    """How bad it is; the value stands at the line's beginning."""

    OK = "ok"
    WARNING = "warning"
    """It works; somebody should look before it does not."""
    WRONG = "wrong"
    """Something does not work, or is not safe."""


@frozen
class Finding:
    """One line.

    Attributes:
        what: what was looked at, in a word or two.
        level: how it is.
        says: what is so.
        do: what to do about it; empty where nothing is to be done.
    """

    what: str
    level: Level
    says: str
    do: str = ""

    def __attrs_post_init__(self) -> None:
        assert (self.level is Level.OK) == (not self.do), "what is not well says what to do"

    def __str__(self) -> str:
        """Give the line."""
        act = f" -> {self.do}" if self.do else ""
        return f"{self.level.value:<8}{self.what}: {self.says}{act}"


@frozen
class Looked:
    """One thing that a peer's own check has looked at, in one line without a secret or a number.

    The doctor makes a finding of it, with the peer's name and what to do.
    """

    is_well: bool
    says: str


def ok(what: str, says: str) -> Finding:
    """Say that something is well."""
    return Finding(what, Level.OK, says)


def warning(what: str, says: str, do: str) -> Finding:
    """Say that something should be looked at."""
    return Finding(what, Level.WARNING, says, do)


def wrong(what: str, says: str, do: str) -> Finding:
    """Say that something does not work."""
    return Finding(what, Level.WRONG, says, do)


def of_peer(what: str, looked: Iterable[Looked], do: str) -> Iterator[Finding]:
    """Make findings of what a peer's own check has looked at."""
    for one in looked:
        yield ok(what, one.says) if one.is_well else wrong(what, one.says, do)
