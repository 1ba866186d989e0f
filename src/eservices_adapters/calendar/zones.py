"""Which time zone a TZID means, in a Danish clinic's calendar (faults: 164).

The rule: a name that the time zone database knows is that zone, whatever the file's own VTIMEZONE
says of it; a Windows name is the zone that Unicode's table gives for it; a path is the zone that it
ends in (Mozilla, Evolution). Every other name is the clinic's zone, and so is no name. A VTIMEZONE
is never read: it says nothing new of a known zone, and of an unknown one nothing that anybody has
checked. X-WR-TIMEZONE says how a calendar wishes to be shown, not when anything is; nor is it read.
"""

from datetime import UTC, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from eservices_core.words.clinic_time import COPENHAGEN

_WINDOWS: Final = {windows.casefold(): name for windows, name in WINDOWS_TO_OLSON.items()}
_UTC_NAMES: Final = frozenset({"utc", "etc/utc", "gmt", "z", "tzone://microsoft/utc"})
_LONGEST: Final = 200


@cache
def _known() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def zone_of(name: str) -> tzinfo:
    """Give the zone that a TZID means; anything may come in."""
    return COPENHAGEN if len(name) > _LONGEST else _zone_of(name.strip().casefold())


def _zone_of(name: str) -> tzinfo:
    if name in _UTC_NAMES:
        return UTC
    parts = name.split("/")
    candidates = [_WINDOWS.get(name, name).casefold()]
    candidates += ["/".join(parts[-length:]) for length in (3, 2) if len(parts) > length]
    found = (_known().get(candidate) for candidate in candidates)
    zone = next((known for known in found if known is not None), None)
    return COPENHAGEN if zone is None else ZoneInfo(zone)
