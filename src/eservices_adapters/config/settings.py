"""One clinic's settings of all its e-services, as one TOML file (S-SET-1).

    [clinic]
    name = "Lægerne Storegade"
    phone = "+45 00 00 00 01"
    self_sign_up = "with_approval"

    [booking]        # the appointment book: see `booking`
    [consultation]   # mail consultation
    [post]           # digital post
    [keeping]        # for how long what has ended is kept
    [desk]           # deadlines, and the eye on look-ups

Only the clinic's name and phone must be there; every other key has the default of the code. Here:
the reader and the JSON Schema, which ask the same forms, and that no text that patients read holds
an e-mail address (D-MAIL-2). Not here: the sections (`booking`, `sections`), and writing a file
(`settings_writing`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from eservices_adapters.config.booking import read_booking
from eservices_adapters.config.files import read_bounded
from eservices_adapters.config.form import Form, Kind
from eservices_adapters.config.kinds import PHONE, one_of, text
from eservices_adapters.config.lines import lines_of
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.sections import (
    read_consultation,
    read_desk,
    read_keeping,
    read_post,
)
from eservices_adapters.config.table import TOML_LIMIT, Table, parse_table
from eservices_core.clinic.booking_settings import BookingSettings
from eservices_core.clinic.consultation_settings import ConsultationSettings
from eservices_core.clinic.desk_settings import DeskSettings
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.patient_texts import Path as SettingPath
from eservices_core.clinic.patient_texts import fields_with_address
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.outcome import Failure, Outcome, Success

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NAME: Final[Kind[str]] = text(100)
_HOLDS_ADDRESS: Final = "holds an e-mail address, and patients read it"


def read_settings_file(path: Path) -> Outcome[ClinicSettings, tuple[ConfigRefusal, ...]]:
    """Read a clinic's file, or say all that is wrong with it; nothing is raised."""
    content = read_bounded(path, TOML_LIMIT)
    if isinstance(content, Failure):
        return Failure((content.failure(),))
    return read_settings(content.unwrap())


def read_settings(content: bytes) -> Outcome[ClinicSettings, tuple[ConfigRefusal, ...]]:
    """Read the bytes of a clinic's file, or say all that is wrong with them, by key and line."""
    refusals: list[ConfigRefusal] = []
    root = parse_table(content, refusals)
    if isinstance(root, Failure):
        return Failure((root.failure(),))
    settings = _settings(Form("the file", root.unwrap(), refusals))
    if settings is not None:
        refusals += [_holding(path) for path in fields_with_address(settings)]
    if settings is None or refusals:
        assert refusals, "what is missing was said"
        return Failure(tuple(_with_lines(content, refusals)))
    return Success(settings)


def schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the file; it refuses nothing that the reader takes.

    What several keys must be together, and how long a duration is, only the reader knows.
    """
    written: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": "The settings of a clinic's e-services (eservices)",
    }
    _ = _settings(Form("the file", Table("the file", None, []), [], written))
    return written


def _settings(form: Form) -> ClinicSettings | None:
    clinic = form.table("clinic", required=True)
    name: str | None = None
    phone: str | None = None
    sign_up = SelfSignUp.WITH_APPROVAL
    if clinic is not None:
        name, phone = clinic.required("name", _NAME), clinic.required("phone", PHONE)
        sign_up = clinic.optional("self_sign_up", one_of(SelfSignUp), sign_up)
        clinic.end()
    booking = form.table("booking", required=False)
    consultation = form.table("consultation", required=False)
    post = form.table("post", required=False)
    keeping = form.table("keeping", required=False)
    desk = form.table("desk", required=False)
    form.end()
    book = BookingSettings() if booking is None else read_booking(booking)
    consulting = ConsultationSettings() if consultation is None else read_consultation(consultation)
    posting = PostSettings() if post is None else read_post(post)
    kept = KeepingSettings() if keeping is None else read_keeping(keeping)
    working = DeskSettings() if desk is None else read_desk(desk)
    if name is None or phone is None or book is None or consulting is None:
        return None
    if posting is None or kept is None or working is None or not form.well:
        return None
    return ClinicSettings(name, phone, sign_up, book, consulting, posting, kept, working)


# --- where it stands -----------------------------------------------------------------------------


def _holding(path: SettingPath) -> ConfigRefusal:
    *way, key = path
    named: list[str] = []
    for part in way:
        if isinstance(part, int):
            named[-1] = f"[{named[-1]}] {part + 1}"
        else:
            named.append(f"[{part}]")
    return ConfigRefusal(", ".join(named), str(key), _HOLDS_ADDRESS)


def _with_lines(content: bytes, refusals: Iterable[ConfigRefusal]) -> list[ConfigRefusal]:
    """Note on which line each of them stands; of a key that is missing, its table's."""
    lines = lines_of(content)
    found: list[ConfigRefusal] = []
    for refusal in refusals:
        path = (*_path(refusal.where), refusal.key)
        at = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)
        found.append(evolve(refusal, line=at))
    return found


def _path(where: str) -> tuple[str | int, ...]:
    """Read back what `Form` calls a table: `[booking], [[type]] 2`."""
    if not where.startswith("["):
        return ()
    path: list[str | int] = []
    for named in where.split(", "):
        name, _, place = named.partition(" ")
        path.append(name.strip("[]"))
        path += [int(place) - 1] if place else []
    return tuple(path)
