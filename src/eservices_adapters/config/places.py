"""Paths in the configuration, and what must be there before the service starts.

Here: where a relative path begins, and the shapes that look at the disk. Not here: opening or
making anything; that is the adapters' work.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.config.shapes import text
from eservices_adapters.config.table import Shape

_PATH: Final = text(900)  # a line of the file has room for it


@frozen
class Places:
    """Shapes of paths; a relative path begins at `start`, the configuration's own folder."""

    start: Path

    def any(self) -> Shape[Path]:
        """Any path, whatever is there."""
        return self._where("a path", lambda _: True)

    def file(self) -> Shape[Path]:
        """A file that is there."""
        return self._where("the path of a file that is there", Path.is_file)

    def folder(self) -> Shape[Path]:
        """A folder that is there."""
        return self._where("the path of a folder that is there", Path.is_dir)

    def new_folder(self) -> Shape[Path]:
        """A folder that is there, or that can be made in one that is."""
        return self._where(
            "the path of a folder, in a folder that is there",
            lambda path: path.is_dir() or (path.parent.is_dir() and not path.exists()),
        )

    def new_file(self) -> Shape[Path]:
        """A file that is there, or that can be made in a folder that is."""
        return self._where(
            "the path of a file, in a folder that is there",
            lambda path: path.is_file() or (path.parent.is_dir() and not path.exists()),
        )

    def _where(self, expected: str, holds: Callable[[Path], bool]) -> Shape[Path]:
        def parse(value: object) -> Path | None:
            written = _PATH.parse(value)
            if written is None:
                return None
            path = self.start / written
            try:
                return path if holds(path) else None
            except OSError:  # a folder on the way that we may not look into
                return None

        return Shape(expected, parse)
