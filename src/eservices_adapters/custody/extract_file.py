"""The CPR office's extract as a file: from its start record to its end record, or not at all.

Here: which lines of the file are somebody's, and whether it is whole. Not here: what a line says
(`extract_records`). The file is read line by line; nothing of anybody else is kept.
"""

from collections.abc import Mapping
from datetime import date
from typing import BinaryIO, Final

from attrs import field, frozen

from eservices_adapters.custody.extract_records import (
    CUSTODY,
    END,
    NUMBER,
    READ,
    START,
    ExtractDefect,
    UnreadableExtract,
    count_in,
    produced_on,
)
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber

MAX_BYTES: Final = 512 * 1024 * 1024
MAX_LINE: Final = 1024
"""The longest record has 306 characters."""
MAX_RECORDS: Final = 1_000
"""Of one person."""

_START: Final = START.encode("ascii")
_END: Final = END.encode("ascii")
_CUSTODY: Final = CUSTODY.encode("ascii")
_NUMBER: Final = slice(NUMBER.column - 1, NUMBER.column - 1 + NUMBER.length)


@frozen
class Extract:
    """Some persons' lines of the records that are read, and when the file was produced.

    Attributes:
        produced: the day.
        lines: for each person that was wanted; none for one who is not in the file.
    """

    produced: date
    lines: Mapping[CivilNumber, list[str]] = field(repr=False)


def scan(file: BinaryIO, wanted: frozenset[CivilNumber]) -> Outcome[Extract, UnreadableExtract]:
    """Read a whole file, keeping the lines of those wanted; raises OSError only."""
    _ = file.seek(0)
    produced = _produced(file)
    if isinstance(produced, Failure):
        return produced
    kept = _Kept(wanted)
    records = size = 0
    while True:
        read = _raw(file)
        if isinstance(read, Failure):
            return read
        raw = read.unwrap()
        if raw.startswith(_END):
            if not kept.custody_seen:
                return _unreadable(ExtractDefect.WITHOUT_CUSTODY)
            return _ended(file, raw, records, Extract(produced.unwrap(), kept.lines))
        records += 1
        size += len(raw)
        defect = ExtractDefect.TOO_BIG if size > MAX_BYTES else kept.take(raw)
        if defect is not None:
            return _unreadable(defect)


class _Kept:
    """The lines of those who are wanted."""

    def __init__(self, wanted: frozenset[CivilNumber]) -> None:
        self.lines: dict[CivilNumber, list[str]] = {number: [] for number in wanted}
        self.custody_seen = False
        self._by_text = {number.reveal().encode("ascii"): number for number in wanted}

    def take(self, raw: bytes) -> ExtractDefect | None:
        """Keep a line if it is one of theirs, or say what is wrong with it."""
        if not raw:
            return ExtractDefect.NO_END
        if not raw[:3].isdigit() or raw.startswith(_START):
            return ExtractDefect.NOT_A_RECORD
        self.custody_seen = self.custody_seen or raw.startswith(_CUSTODY)
        number = self._by_text.get(raw[_NUMBER])
        if number is None:
            return None
        line = _decoded(raw)
        if line is None:
            return ExtractDefect.NOT_A_RECORD
        if line[:3] in READ:
            self.lines[number].append(line)
        too_many = len(self.lines[number]) > MAX_RECORDS
        return ExtractDefect.TOO_MANY_RECORDS if too_many else None


def _produced(file: BinaryIO) -> Outcome[date, UnreadableExtract]:
    """The day in the start record, which is the first line."""
    raw = _raw(file)
    if isinstance(raw, Failure):
        return raw
    line = _decoded(raw.unwrap())
    if line is None or not line.startswith(START):
        return _unreadable(ExtractDefect.NO_START)
    return produced_on(line)


def _ended(
    file: BinaryIO, raw: bytes, records: int, extract: Extract
) -> Outcome[Extract, UnreadableExtract]:
    """Judge the end: nothing follows it, and it counts what was there."""
    line = _decoded(raw)
    if line is None or file.read(1):
        return _unreadable(ExtractDefect.NO_END)
    count = count_in(line)
    if isinstance(count, Failure):
        return count
    return Success(extract) if count.unwrap() == records else _unreadable(ExtractDefect.WRONG_COUNT)


def _raw(file: BinaryIO) -> Outcome[bytes, UnreadableExtract]:
    """The next line, without its end; empty only at the end of the file."""
    line = file.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        return _unreadable(ExtractDefect.LINE_TOO_LONG)
    stripped = line.rstrip(b"\r\n")
    if line and not stripped:
        return _unreadable(ExtractDefect.NOT_A_RECORD)
    return Success(stripped)


def _decoded(raw: bytes) -> str | None:
    """The text of a line. Any byte is a character in ISO-8859-1; no record has a control."""
    text = raw.decode("iso-8859-1")
    return text if text.replace("\xa0", " ").replace("\xad", "-").isprintable() else None


def _unreadable(defect: ExtractDefect) -> Failure[UnreadableExtract]:
    return Failure(UnreadableExtract(defect))
