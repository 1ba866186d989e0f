"""The lines of an iCalendar text that say when something is, out of bytes from anywhere.

Here: unfolding, nesting, which event a line belongs to, the line numbers of refusals, and the
bounds that hold before a value is looked at. Not here: what a value means (`values`).
"""

import re
from itertools import accumulate
from typing import Final

from attrs import Factory, define

from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarTooLarge,
    TooManyEvents,
    Unreadable,
)

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_EVENTS: Final = 20_000
MAX_DEPTH: Final = 16

_BOM: Final = b"\xef\xbb\xbf"
_FOLD: Final = re.compile(rb"\r?\n[ \t]")
_LINE: Final = re.compile(
    rb"^(BEGIN|END|METHOD|UID|SEQUENCE|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE"
    rb"|RECURRENCE-ID|TRANSP|STATUS|FREEBUSY)([;:][^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_TIMED: Final = frozenset({"VEVENT", "VFREEBUSY"})
_LISTS: Final = frozenset({"RRULE", "RDATE", "EXDATE", "FREEBUSY"})
_ONCE: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"})


class Refused(Exception):  # noqa: N818  said in the words of this house
    """Why a text is not taken, on its way up to the one place that makes a value of it.

    Expansion is several generators deep; this never leaves the folder.
    """

    def __init__(self, refusal: CalendarRefused) -> None:
        """Take the refusal."""
        super().__init__(type(refusal).__name__)
        self.refusal = refusal


@define
class Property:
    """One line: what stands after its name, from the `;` or `:` on."""

    name: str
    text: str
    offset: int


@define
class Component:
    """A VEVENT, or a VFREEBUSY: the lines that say when it is."""

    kind: str
    calendar: int
    offset: int
    once: dict[str, Property] = Factory(dict[str, Property])
    lists: list[Property] = Factory(list[Property])


@define
class Text:
    """A whole iCalendar text, unfolded; `offset`s are places in it."""

    content: bytes
    unfolded: bytes
    components: list[Component] = Factory(list[Component])
    methods: list[str] = Factory(list[str])

    def unreadable(self, name: str, offset: int) -> Refused:
        """Say that something at a place cannot be understood."""
        return Refused(Unreadable(name, self.line_at(offset)))

    def line_at(self, offset: int) -> int:
        """The line of the file, from 1, on which the unfolded line at a place begins."""
        wanted = self.unfolded.count(b"\n", 0, offset)
        lines = self.content.split(b"\n")
        begins = accumulate(0 if line[:1] in {b" ", b"\t"} else 1 for line in lines[1:])
        later = (at for at, count in enumerate(begins, 2) if count == wanted)
        return next(later, 1) if wanted else 1


def scan(content: bytes) -> Text:
    """Find the lines that matter; raises Refused.

    A line of a property that says nothing of time may be anything at all. What is cut off in the
    middle is refused: it may be the half of a file that some program is just writing.
    """
    if len(content) > MAX_BYTES:
        raise Refused(CalendarTooLarge(MAX_BYTES))
    text = Text(content, _FOLD.sub(b"", content.removeprefix(_BOM)))
    nesting = _Nesting(text)
    for found in _LINE.finditer(text.unfolded):
        rest = found[2].decode(errors="replace").rstrip()
        nesting.take(Property(found[1].decode().upper(), rest, found.start()))
    if not text.methods:
        raise text.unreadable("BEGIN", 0)
    if nesting.stack:
        raise text.unreadable("END", len(text.unfolded.rstrip()))
    return text


@define
class _Nesting:
    """Where in the text one is, line after line."""

    text: Text
    stack: list[str] = Factory(list[str])
    component: Component | None = None

    def take(self, line: Property) -> None:
        """Go one line further; raises Refused."""
        if line.name == "BEGIN":
            self._begin(line.text[1:].strip().upper(), line.offset)
        elif line.name == "END":
            if not self.stack or self.stack.pop() != line.text[1:].strip().upper():
                raise self.text.unreadable("END", line.offset)
        elif len(self.stack) == 2 and self.stack[1] in _TIMED and self.component is not None:  # noqa: PLR2004  said by the line itself
            _keep(self.text, self.component, line)
        elif line.name == "METHOD" and self.stack == ["VCALENDAR"]:
            self.text.methods[-1] = line.text.rpartition(":")[2].strip().upper()

    def _begin(self, kind: str, offset: int) -> None:
        """A calendar stands outermost, and an event in it, or nobody knows what is meant."""
        outermost = kind == "VCALENDAR"
        misplaced = kind in _TIMED and self.stack != ["VCALENDAR"]
        if misplaced or outermost == bool(self.stack) or len(self.stack) >= MAX_DEPTH:
            raise self.text.unreadable("BEGIN", offset)
        self.stack.append(kind)
        if outermost:
            self.text.methods.append("")
        elif kind in _TIMED:
            if len(self.text.components) == MAX_EVENTS:
                raise Refused(TooManyEvents(MAX_EVENTS))
            self.component = Component(kind, len(self.text.methods) - 1, offset)
            self.text.components.append(self.component)


def _keep(text: Text, component: Component, line: Property) -> None:
    if line.name in _LISTS:
        component.lists.append(line)
    elif line.name in _ONCE and line.name in component.once:
        raise text.unreadable(line.name, line.offset)
    else:
        component.once[line.name] = line
