"""The record that holds one version of a clinic's settings: JSON, written and read here alone.

Settings are content (names, numbers, addresses, texts), so they lie in a record and not in events.
A field that an older version did not have has its default. Not here: the file that people write
(an adapter's), and which version stands (`settings_now`).
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, Final, get_origin

from cattrs import Converter

from eservices_core.clinic.settings import ClinicSettings
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import PractitionerId, StaffId, TypeId

_VERSIONS_KEPT: Final = 64
"""How many versions are kept as values: reading one anew takes some milliseconds."""


def write_settings(settings: ClinicSettings) -> str:
    """Write settings as one line of JSON."""
    return json.dumps(_converter().unstructure(settings), ensure_ascii=False, sort_keys=True)


@lru_cache(_VERSIONS_KEPT)
def read_settings(text: str) -> ClinicSettings:
    """Read settings that `write_settings` wrote, by this version or an earlier one.

    Kept by what it reads, so it is never stale.
    """
    return _converter().structure(json.loads(text), ClinicSettings)


@cache
def _converter() -> Converter:
    converter = Converter()
    for identifier in (PractitionerId, StaffId, TypeId):
        converter.register_unstructure_hook(identifier, str)
        converter.register_structure_hook(identifier, lambda value, kind: kind(value))
    for moment in (date, datetime):
        converter.register_unstructure_hook(moment, moment.isoformat)
        converter.register_structure_hook(moment, lambda value, kind: kind.fromisoformat(value))
    converter.register_unstructure_hook(timedelta, lambda value: value // timedelta(minutes=1))
    converter.register_structure_hook(timedelta, _minutes)
    converter.register_unstructure_hook(EmailAddress, EmailAddress.reveal)
    converter.register_structure_hook(EmailAddress, _address)
    converter.register_unstructure_hook_func(_is_set, _sorted)
    return converter


def _is_set(kind: object) -> bool:
    return get_origin(kind) is frozenset


def _sorted(values: Iterable[object]) -> list[str]:
    return sorted(map(str, values))


def _minutes(value: Any, _: object) -> timedelta:  # noqa: ANN401  what JSON gives
    return timedelta(minutes=value)


def _address(value: object, _: object) -> EmailAddress:
    return EmailAddress.parse(value).unwrap()
