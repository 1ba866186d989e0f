"""A password in a file of its own, which only its owner can read.

Here: the shape of such a file, for every section that logs in somewhere. Not here: the
installation's key (`key_file`).
"""

import os
import stat
from pathlib import Path
from typing import Final

from eservices_adapters.config.files import open_regular
from eservices_adapters.config.places import Places
from eservices_adapters.config.table import Shape
from eservices_core.words.plain_text import plain_text

_PASSWORD_MAX: Final = 1024
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO


def password_file(places: Places) -> Shape[str]:
    """A file of one line that only its owner can read; what it says is never repeated."""

    def parse(value: object) -> str | None:
        written = plain_text(value)
        path = None if written is None else places.file().parse(written)
        return None if path is None else _one_line(path)

    return Shape("the path of a file of one line in ASCII, which only its owner can read", parse)


def _one_line(path: Path) -> str | None:
    try:
        with open_regular(path) as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _ANYBODY_ELSE:
                return None
            line = file.read(_PASSWORD_MAX + 1).removesuffix(b"\n").removesuffix(b"\r")
    except OSError:
        return None
    fits = 0 < len(line) <= _PASSWORD_MAX and line.isascii()
    written = line.decode("ascii") if fits else ""
    return written if fits and written.isprintable() else None
