"""Small files, read with a bound and written whole or not at all.

Here: bytes on disk, for the configuration and for the adapters that are one file. Not here: what
the bytes say (`toml_text`, `key_file`).
"""

import errno
import os
import stat
import tempfile
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from eservices_adapters.config.refusal import ConfigRefusal
from eservices_core.outcome import Failure, Outcome, Success

OWNER_ONLY_FOLDER: Final = 0o700


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file; a pipe or a device is refused, not waited for.

    Raises:
        OSError: when it cannot be opened, or is another kind of file.
    """
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:  # a NUL in the path
        raise OSError(errno.EINVAL, "No such name") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file")
    return os.fdopen(handle, "rb")


def read_bounded(path: Path, limit: int) -> Outcome[bytes, ConfigRefusal]:
    """Read a regular file of at most `limit` bytes; nothing is raised."""
    try:
        with open_regular(path) as file:
            content = file.read(limit + 1)
    except OSError as error:
        return Failure(ConfigRefusal("the file", "", f"cannot be read ({error.strerror})"))
    if len(content) > limit:
        return Failure(ConfigRefusal("the file", "", f"is larger than {limit // 1024} KiB"))
    return Success(content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file over an earlier one, readable by its owner only; a reader sees old or new.

    Raises:
        OSError: when it cannot be written; the earlier file is then untouched.
    """
    written = write_temporary(path.parent, f".{path.name}.", content)
    try:
        _ = written.replace(path)
    except OSError:
        _discard(written)
        raise
    sync_folder(path.parent)


def write_new(path: Path, content: bytes) -> bool:
    """Write a file as `write_whole` does, but leave one that is already there; True if written.

    Raises:
        OSError: when it cannot be written.
    """
    written = write_temporary(path.parent, f".{path.name}.", content)
    try:
        os.link(written, path)  # unlike a rename, a link never goes over a file
    except FileExistsError:
        return False
    finally:
        _discard(written)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable; raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_temporary(folder: Path, prefix: str, content: bytes) -> Path:
    """Write and sync a file of a new name, readable by its owner only; raises OSError."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _ = file.write(content)
            file.flush()
            os.fsync(handle)
    except OSError:
        _discard(written)
        raise
    return written


def _discard(written: Path) -> None:
    with suppress(OSError):
        written.unlink()
