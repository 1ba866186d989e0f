"""`eservices cpr`: what CPR numbers say about themselves, line by line and never repeated.

Here: reading lines of any length and bytes in bounded memory, and one answer for each. Not here:
what a number is (`words.civil_number`).
"""

import json
from collections.abc import Iterator
from typing import BinaryIO, Final

import click

from eservices_adapters.cli.documents import STDIN, open_file, open_stdin
from eservices_adapters.cli.says import BadInput
from eservices_core.outcome import Failure
from eservices_core.words.civil_number import CivilNumber, CivilNumberRefusal

_LINE_BYTES_MAX: Final = 64
"""More than any number can have, in any spelling: eleven characters of four bytes each."""
_CHUNK_BYTES: Final = 1 << 16
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

_NOTHING: Final = {"kind": None, "birth_date": None, "sex": None, "mod11": None}


@click.command()
@click.argument("numbers", metavar="FILE")
def cpr(numbers: str) -> None:
    """Say what CPR numbers say about themselves.

    FILE (or - for standard input) holds one number per line, DDMMYYNNNN or DDMMYY-NNNN, with
    nothing around it. For each line, in order, one JSON object: valid; kind (cpr, or a replacement
    number: day60, x_ecpr, d_ecpr); birth_date; sex; mod11 (a hint only: false does not make a
    number invalid, and null means that the kind has no check digit); reason, where it is invalid.
    The number itself is never printed.
    """
    source = open_stdin() if numbers == STDIN else open_file(numbers, "FILE")
    with source:
        for lines in _lines(source):
            answers = [json.dumps(_answer_to(line), ensure_ascii=False) for line in lines]
            click.echo("\n".join(answers))


def _lines(source: BinaryIO) -> Iterator[list[bytes | None]]:
    """Give lines as they come, in batches; None stands for one that is too long to be a number."""
    kept = b""
    too_long = False
    at_start = True
    while chunk := _read(source):
        *ended, rest = chunk.split(b"\n")
        batch: list[bytes | None] = []
        for piece in ended:
            batch.append(None if too_long else _bounded(kept + piece))
            kept, too_long = b"", False
        too_long = too_long or len(kept) + len(rest) > _LINE_BYTES_MAX
        kept = b"" if too_long else kept + rest
        if at_start and batch and batch[0] is not None:
            batch[0] = batch[0].removeprefix(_BYTE_ORDER_MARK)
        at_start = at_start and not batch
        if batch:
            yield batch
    if too_long:
        yield [None]
    elif kept:
        yield [kept.removeprefix(_BYTE_ORDER_MARK) if at_start else kept]


def _read(source: BinaryIO) -> bytes:
    """Read what is there now, so that whoever types a line gets its answer at once."""
    try:
        read_once = getattr(source, "read1", source.read)
        chunk: bytes = read_once(_CHUNK_BYTES)
    except OSError as error:
        raise BadInput("FILE", f"cannot be read ({(error.strerror or '').lower()})") from None
    return chunk


def _bounded(line: bytes) -> bytes | None:
    return line if len(line) <= _LINE_BYTES_MAX else None


def _answer_to(line: bytes | None) -> dict[str, object]:
    if line is None:
        return _invalid(CivilNumberRefusal.WRONG_LENGTH)
    try:
        text = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        return _invalid(CivilNumberRefusal.NOT_TEXT)
    outcome = CivilNumber.parse(text)
    if isinstance(outcome, Failure):
        return _invalid(outcome.failure())
    number = outcome.unwrap()
    return {
        "valid": True,
        "kind": number.kind.value,
        "birth_date": number.birth_date.isoformat(),
        "sex": number.sex.value,
        "mod11": number.mod11,
        "reason": None,
    }


def _invalid(reason: CivilNumberRefusal) -> dict[str, object]:
    return {"valid": False, **_NOTHING, "reason": reason.value}
