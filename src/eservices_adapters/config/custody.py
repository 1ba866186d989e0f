"""[custody]: which custody register is asked, and how.

Here: the section, and which of its files is a secret. Not here: asking any register (`custody`).
"""

import re
import stat
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen

from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import ORIGIN, duration, exactly, integer
from eservices_adapters.config.table import Shape, Table
from eservices_core.words.plain_text import plain_text

_KINDS: Final = ("folder", "extract", "dgcpr")
_STANDS: Final = timedelta(days=8)
_DEADLINE: Final = timedelta(seconds=10)
_ANYBODY_ELSE: Final = stat.S_IRWXG | stat.S_IRWXO
_LEVELS: Final = (3, 4)
_ADDRESS: Final = re.compile(r"(https?://[^/?#]+)(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,500})?")


@frozen
class FolderCustody:
    """[custody] kind = "folder": the register is a folder of answers."""

    path: Path


@frozen
class ExtractCustody:
    """[custody] kind = "extract": the register is an extract of the CPR office's, a file.

    Attributes:
        path: the file, which need not be there yet.
        stands_for: how long after the day it was produced it still answers (docs/decisions/0042).
    """

    path: Path
    stands_for: timedelta


@frozen(kw_only=True)
class DgcprCustody:
    """[custody] kind = "dgcpr": MedCom's 'Det Gode CPR Opslag', asked over SOAP.

    Attributes:
        url: where it is.
        id_card: the file of the security header, written anew by whoever fetches ID cards; None
            where a gateway puts its own in.
        level: the level of security of that ID card, 3 or 4.
        trusted: a PEM file of whom to trust; None for the system's certificates.
        deadline: for one question, the following of a changed number included.
    """

    url: str
    id_card: Path | None
    level: int
    trusted: Path | None
    deadline: timedelta


Custody: TypeAlias = FolderCustody | ExtractCustody | DgcprCustody


def read_custody(root: Table, places: Places) -> Custody | None:
    """Read [custody]; None if anything needed was refused."""
    section = root.table("custody", required=True)
    kind = section.required("kind", _KIND)
    found: Custody | None = None
    match kind:
        case "folder":
            folder = section.required("path", places.folder())
            found = None if folder is None else FolderCustody(folder)
        case "extract":
            file = section.required("path", places.new_file())
            stands_for = section.optional("stands_for", duration("1 days", "35 days"), _STANDS)
            found = None if file is None else ExtractCustody(file, stands_for)
        case "dgcpr":
            found = _read_dgcpr(section, places)
        case _:
            pass  # it was refused
    section.refuse_unknown()
    return found


def _read_dgcpr(section: Table, places: Places) -> DgcprCustody | None:
    url = section.required("url", _URL)
    id_card = section.optional("id_card_file", _secret(places), None)
    level = section.optional("level", integer(*_LEVELS), _LEVELS[0])
    trusted = section.optional("trusted_file", places.file(), None)
    deadline = section.optional("deadline", duration("1 s", "60 s"), _DEADLINE)
    if "level" in section and "id_card_file" not in section:
        section.refuse("level", "is the level of an ID card, and there is no id_card_file")
        return None
    if url is None:
        return None
    return DgcprCustody(url=url, id_card=id_card, level=level, trusted=trusted, deadline=deadline)


# --- shapes ---------------------------------------------------------------------------------------


def _kind(value: object) -> str | None:
    return next((kind for kind in _KINDS if exactly(kind).parse(value) is not None), None)


def _url(value: object) -> str | None:
    found = _ADDRESS.fullmatch(plain_text(value) or "")
    origin = None if found is None else ORIGIN.parse(found[1])
    return None if found is None or origin is None else f"{origin}{found[2] or '/'}"


def _secret(places: Places) -> Shape[Path]:
    """A file that another program writes, perhaps later; one that is there is its owner's alone."""

    def parse(value: object) -> Path | None:
        path = places.new_file().parse(value)
        if path is None or not path.exists():
            return path
        return None if stat.S_IMODE(path.stat().st_mode) & _ANYBODY_ELSE else path

    return Shape("the path of a file that only its owner can read, or that is not there yet", parse)


_KIND: Final = Shape(" or ".join(f'"{kind}"' for kind in _KINDS), _kind)
_URL: Final = Shape(
    "https and a domain, or http and a loopback host, with a port and a path at most, as in "
    "https://cpr.example.dk/DetGodeCPROpslag-1.0.4a",
    _url,
)
