"""[calendar]: where practitioners' calendars are.

Here: the section, and which calendar is whose. Not here: speaking with any server (`calendar`).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from attrs import evolve, field, frozen

from eservices_adapters.config.password_file import password_file
from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import CLINIC_ID, ORIGIN, exactly, text
from eservices_adapters.config.table import Shape, Table
from eservices_core.words.identifiers import ClinicId, PractitionerId
from eservices_core.words.plain_text import plain_text

_KINDS: Final = ("ics_files", "caldav")
_USER: Final = text(320)
_LONGEST: Final = 900
# A path of segments that no server and no proxy reads as anything else, ending in a slash.
_PATH: Final = re.compile(r"/(?:(?!\.{1,2}/)(?:[A-Za-z0-9._~!$&'()*+,;=:@{}-]|%[0-9A-F]{2})+/)*")
_BRACES: Final = re.compile(r"\{(clinic|practitioner)\}")


@frozen
class IcsFileCalendars:
    """[calendar] kind = "ics_files": iCalendar files, `CLINIC/PRACTITIONER.ics` in this folder."""

    path: Path


@frozen(kw_only=True)
class CalDavPlace:
    """One collection, or the pattern of many; the password was read from a file."""

    url: str
    user: str | None
    password: str | None = field(repr=False)

    def of(self, clinic: ClinicId, practitioner: PractitionerId) -> "CalDavPlace":
        """Fill in whose it is."""
        names = {"clinic": quote(str(clinic)), "practitioner": quote(str(practitioner))}
        return evolve(self, url=_BRACES.sub(lambda found: names[found[1]], self.url))


@frozen
class CalDavCalendars:
    """[calendar] kind = "caldav": collections on a server.

    Attributes:
        pattern: where those are that are not named; None where there are none.
        named: the others, by whose they are.
    """

    pattern: CalDavPlace | None
    named: Mapping[tuple[ClinicId, PractitionerId], CalDavPlace] = field(hash=False)

    def place(self, clinic: ClinicId, practitioner: PractitionerId) -> CalDavPlace | None:
        """Where a practitioner's collection is; None where nobody has said."""
        named = self.named.get((clinic, practitioner))
        if named is not None or self.pattern is None:
            return named
        return self.pattern.of(clinic, practitioner)


def read_calendar_section(root: Table, places: Places) -> IcsFileCalendars | CalDavCalendars | None:
    """Read [calendar]; None where it is missing, or anything needed was refused."""
    if "calendar" not in root:
        return None
    section = root.table("calendar", required=True)
    kind = section.required("kind", _KIND)
    found: IcsFileCalendars | CalDavCalendars | None = None
    if kind == "ics_files":
        path = section.required("path", places.folder())
        found = None if path is None else IcsFileCalendars(path)
    elif kind == "caldav":
        found = _read_caldav(section, places)
    if kind is not None:
        section.refuse_unknown()
    return found


def _read_caldav(section: Table, places: Places) -> CalDavCalendars | None:
    before = section.refused_so_far
    entries = section.tables("book")
    pattern = None
    if "url" in section or not entries:
        pattern = _read_place(section, places, _PATTERN, None)
    login = None if pattern is None else pattern
    if pattern is None and entries:
        login = _login(section, places, None)
    named: dict[tuple[ClinicId, PractitionerId], CalDavPlace] = {}
    for entry in entries:
        clinic = entry.required("clinic", CLINIC_ID)
        practitioner = entry.required("practitioner", _PRACTITIONER)
        place = _read_place(entry, places, _URL, login)
        entry.refuse_unknown()
        if clinic is None or practitioner is None or place is None:
            continue
        if (clinic, practitioner) in named:
            entry.refuse("practitioner", "stands twice")
        named[clinic, practitioner] = place
    return (
        None
        if section.refused_so_far > before
        else CalDavCalendars(pattern, MappingProxyType(named))
    )


def _read_place(
    table: Table, places: Places, url: Shape[str], default: CalDavPlace | None
) -> CalDavPlace | None:
    address = table.required("url", url)
    login = _login(table, places, default)
    return None if address is None or login is None else evolve(login, url=address)


def _login(table: Table, places: Places, default: CalDavPlace | None) -> CalDavPlace | None:
    """Read a user and a password_file, or neither; then the section's own stand in."""
    user = table.optional("user", _USER, None)
    password = table.optional("password_file", password_file(places), None)
    if ("user" in table) != ("password_file" in table):
        table.refuse("password_file", "a login is a user and a password_file, or neither")
        return None
    if (user is None) != (password is None):
        return None  # one of them was refused
    if user is not None and ":" in user:
        table.refuse("user", "expected a name without a colon")
        return None
    if user is None and default is not None:
        return default
    return CalDavPlace(url="", user=user, password=password)


# --- shapes --------------------------------------------------------------------------------------


def _collection(value: object) -> str | None:
    """An origin, and a path that ends in a slash, as they are sent; without a query or a login."""
    written = plain_text(value) or ""
    if len(written) > _LONGEST:
        return None
    scheme, _, rest = written.partition("://")
    host, slash, path = rest.partition("/")
    origin = ORIGIN.parse(f"{scheme}://{host}")
    return None if origin is None or not _PATH.fullmatch(slash + path) else f"{origin}/{path}"


def _plain_url(value: object) -> str | None:
    url = _collection(value)
    return None if url is None or "{" in url or "}" in url else url


def _pattern(value: object) -> str | None:
    url = _collection(value)
    names = _BRACES.findall(url or "")
    bare = _BRACES.sub("", url or "{")
    return url if "practitioner" in names and "{" not in bare and "}" not in bare else None


def _practitioner(value: object) -> PractitionerId | None:
    try:
        return PractitionerId(plain_text(value) or "")
    except ValueError:
        return None


def _kind(value: object) -> str | None:
    return next((kind for kind in _KINDS if exactly(kind).parse(value) is not None), None)


_KIND: Final = Shape(" or ".join(f'"{kind}"' for kind in _KINDS), _kind)
_PRACTITIONER: Final = Shape("1 to 64 of the characters A-Z a-z 0-9 _ . -", _practitioner)
_URL: Final = Shape(
    "the https address of a collection, ending in a slash, as in "
    "https://calendar.example.dk/clinic/dr-a/",
    _plain_url,
)
_PATTERN: Final = Shape(
    "the https address of collections, ending in a slash, as in "
    "https://calendar.example.dk/{clinic}/{practitioner}/",
    _pattern,
)
