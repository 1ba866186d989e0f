"""Registrations as files: one of JSON lines for each clinic, only added to, readable by its owner.

What was cut off in the middle of a line by a crash is cut away before the next is written; until
then it is not read. A line is one registration; its names are those of the port.
"""

import json
import os
from collections.abc import Iterable
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from eservices_core.ports.min_log import MinLog, Registration
from eservices_core.words.identifiers import ClinicId

_TAIL: Final = 65536  # far more than any line has


class FolderMinLog:
    """Implements MinLog in a folder that is there. Raises OSError.

    One process writes; another may read at any time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def register(self, registrations: tuple[Registration, ...], /) -> None:
        """Take registrations; they lie on the disk when this returns."""
        for clinic, those in groupby(registrations, key=lambda one: one.clinic):
            self._add(clinic, those)

    def _add(self, clinic: ClinicId, those: Iterable[Registration]) -> None:
        descriptor = os.open(self._path(clinic), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            end, through = _whole(file)
            news = b"".join(_line(one) for one in those if one.position > through)
            _ = file.seek(end)
            _ = file.truncate()
            _ = file.write(news)
            file.flush()
            os.fsync(file.fileno())

    def taken_through(self, clinic: ClinicId, /) -> int:
        """Give the position of a clinic's newest registration; 0 if there is none."""
        try:
            with self._path(clinic).open("rb") as file:
                return _whole(file)[1]
        except FileNotFoundError:
            return 0

    def _path(self, clinic: ClinicId) -> Path:
        return self._folder / f"{clinic}.jsonl"


def _whole(file: Any) -> tuple[int, int]:  # noqa: ANN401  any file of bytes
    """Say where the last whole line ends, and the position that it holds."""
    size: int = file.seek(0, os.SEEK_END)
    begins = max(0, size - _TAIL)
    _ = file.seek(begins)
    tail: bytes = file.read()
    end = tail.rfind(b"\n") + 1
    if end == 0:
        assert begins == 0, "no line is as long as that"
        return 0, 0
    last = tail[:end].splitlines()[-1]
    position: int = json.loads(last)["position"]
    return begins + end, position


def _line(one: Registration) -> bytes:
    written = {
        "position": one.position,
        "at": one.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "role": one.role,
        "organisation": one.organisation,
        "what": one.what,
        "about": one.about.reveal(),
        "purpose": one.purpose,
    }
    return json.dumps(written).encode("ascii") + b"\n"


if TYPE_CHECKING:
    _min_log: type[MinLog] = FolderMinLog
