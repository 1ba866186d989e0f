"""Which of a clinic's settings patients read, and whether one gives away an e-mail address.

S-MAIL-2: a patient never gets the clinic's address; D-MAIL-2: a text of staff's that holds it is
refused, and the field named. Here: the texts of settings, and looking into a text. Not here: what
is done about one (`usecases.change_settings`, and whoever reads a file of settings).
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

from eservices_core.clinic.booking_settings import BookingSettings
from eservices_core.clinic.consultation_settings import ConsultationSettings
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.texts import Text
from eservices_core.words.address_in_text import holds_address, visible

Path: TypeAlias = tuple[str | int, ...]
"""Where a setting stands: keys as in a file of settings, and places in lists, from 0."""

_AT: Final = r"[\W_]*(?:@|snabel[\W_]?a|alfa|at|krølle[\W_]?a)[\W_]*"
_DOT: Final = r"[\W_]*(?:\.|punktum|prik|dot)[\W_]*"


def patient_texts(settings: ClinicSettings) -> Iterator[tuple[Path, str]]:
    """Give every text of the settings that patients read, and where it stands."""
    yield ("clinic", "name"), settings.name
    yield ("clinic", "phone"), settings.phone
    yield from _of_booking(settings.booking)
    yield from _of_consultation(settings.consultation)
    yield ("post", "label"), settings.post.label


def _of_booking(settings: BookingSettings) -> Iterator[tuple[Path, str]]:
    yield ("booking", "place"), settings.place
    yield from _both(("booking", "text"), settings.text)
    for place, kind in enumerate(settings.types):
        yield from _both(("booking", "type", place, "name"), kind.name)
    for place, who in enumerate(settings.practitioners):
        yield ("booking", "practitioner", place, "name"), who.name
    for place, closed in enumerate(settings.closed):
        yield from _both(("booking", "closed", place, "text"), closed.text)


def _of_consultation(settings: ConsultationSettings) -> Iterator[tuple[Path, str]]:
    yield ("consultation", "out_of_hours"), settings.out_of_hours
    for place, holiday in enumerate(settings.holidays):
        yield from _both(("consultation", "holiday", place, "text"), holiday.text)
    for place, blocked in enumerate(settings.blocked):
        yield ("consultation", "blocked", place, "name"), blocked.name
        yield from _both(("consultation", "blocked", place, "why"), blocked.why)


def _both(path: Path, text: Text | None) -> Iterator[tuple[Path, str]]:
    if text is not None:
        yield (*path, "da"), text.da
        yield (*path, "en"), text.en


def fields_with_address(settings: ClinicSettings) -> tuple[Path, ...]:
    """Say where a text that patients read has an at sign, or an address of the clinic spelt out.

    Any at sign: nothing that patients read here needs one, and an address that the clinic has not
    listed is its address all the same.
    """
    addresses = settings.consultation.addresses
    return tuple(
        path
        for path, text in patient_texts(settings)
        if "@" in visible(text) or holds_address(text, addresses)
    )


def spelt(path: Path) -> str:
    """Write a path for people: places in lists are counted from 1."""
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
