"""[post]: the way to digital post.

Here: the section, and which of its files are secrets. Not here: speaking with any service
(`mitdk`).
"""

import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.config.files import open_regular
from eservices_adapters.config.password_file import password_file
from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import ORIGIN, duration, one_of_words
from eservices_adapters.config.table import Shape, Table

MEMO_VERSIONS: Final = ("1.1", "1.2")
_KINDS: Final = ("folder", "sf1601")
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO
_DEADLINE: Final = timedelta(seconds=60)


@frozen
class FolderDigitalPost:
    """[post] kind = "folder": letters are put into `out`, and receipts are read from `receipts`.

    `reach` is the file of who can be reached; None where nobody knows. `version` is MeMo's.
    """

    out: Path
    receipts: Path
    reach: Path | None
    version: str


@frozen(kw_only=True)
class Sf1601DigitalPost:
    """[post] kind = "sf1601": letters are handed to KOMBIT's service.

    Attributes:
        url: the service's origin.
        certificate, key: PEM files of our own certificate and its key; None where it wants none.
        trusted: a PEM file of whom to trust; None for the system's certificates.
        send_token, ask_token: files of one line, written anew by whoever fetches tokens.
        receipts: the folder that pushed receipts are laid into.
        version: MeMo's.
        deadline: for one call, the sending of a whole letter included.
    """

    url: str
    certificate: Path | None
    key: Path | None
    trusted: Path | None
    send_token: Path
    ask_token: Path
    receipts: Path
    version: str
    deadline: timedelta


def read_post(root: Table, places: Places) -> FolderDigitalPost | Sf1601DigitalPost | None:
    """Read [post]; None where it is missing, or anything needed was refused."""
    if "post" not in root:
        return None
    section = root.table("post", required=True)
    kind = section.required("kind", one_of_words(*_KINDS))
    if kind is None:
        return None
    folder = kind == "folder"
    found = _read_folder(section, places) if folder else _read_sf1601(section, places)
    section.refuse_unknown()
    return found


def _read_folder(section: Table, places: Places) -> FolderDigitalPost | None:
    out = section.required("out", places.new_folder())
    receipts = section.required("receipts", places.new_folder())
    reach = section.optional("reach", places.file(), None)
    version = section.optional("version", _MEMO_VERSION, MEMO_VERSIONS[0])
    if out is None or receipts is None:
        return None
    return FolderDigitalPost(out, receipts, reach, version)


def _read_sf1601(section: Table, places: Places) -> Sf1601DigitalPost | None:
    url = section.required("url", ORIGIN)
    certificate = section.optional("certificate_file", places.file(), None)
    key = section.optional("key_file", _secret(places), None)
    trusted = section.optional("trusted_file", places.file(), None)
    send_token = section.required("send_token_file", _token(places))
    ask_token = section.required("ask_token_file", _token(places))
    receipts = section.required("receipts", places.new_folder())
    version = section.optional("version", _MEMO_VERSION, MEMO_VERSIONS[0])
    deadline = section.optional("deadline", duration("1 s", "10 min"), _DEADLINE)
    if ("certificate_file" in section) != ("key_file" in section):
        section.refuse("key_file", "a certificate is a certificate_file and a key_file, or neither")
        return None
    if url is None or send_token is None or ask_token is None or receipts is None:
        return None
    if url.startswith("https:") and certificate is None:
        section.refuse("certificate_file", "missing; the service lets in whom it knows by it")
        return None
    return Sf1601DigitalPost(
        url=url,
        certificate=certificate,
        key=key,
        trusted=trusted,
        send_token=send_token,
        ask_token=ask_token,
        receipts=receipts,
        version=version,
        deadline=deadline,
    )


# --- shapes --------------------------------------------------------------------------------------


def _token(places: Places) -> Shape[Path]:
    """A file that holds a token now; which one is read when it is needed."""
    shape = password_file(places)

    def parse(value: object) -> Path | None:
        return None if shape.parse(value) is None else places.file().parse(value)

    return Shape(shape.expected, parse)


def _secret(places: Places) -> Shape[Path]:
    def parse(value: object) -> Path | None:
        path = places.file().parse(value)
        return path if path is not None and _is_owner_s(path) else None

    return Shape("the path of a file that only its owner can read", parse)


def _is_owner_s(path: Path) -> bool:
    try:
        with open_regular(path) as file:
            return not stat.S_IMODE(os.fstat(file.fileno()).st_mode) & _ANYBODY_ELSE
    except OSError:
        return False


def _memo_version(value: object) -> str | None:
    return next((version for version in MEMO_VERSIONS if version == value), None)


_MEMO_VERSION: Final = Shape("1.1 or 1.2, as a text", _memo_version)
