"""The installation's configuration: one TOML file, read into one frozen value.

Here: the sections, and what a file must say to be taken. Not here: what a value looks like
(`shapes`), the limits of [access] (`access`), the settings of a clinic (`settings`), and building
anything from it (`compose`).
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from attrs import evolve, field, frozen

from eservices_adapters.config.access import read_access
from eservices_adapters.config.calendar import (
    CalDavCalendars,
    IcsFileCalendars,
    read_calendar_section,
)
from eservices_adapters.config.custody import Custody, read_custody
from eservices_adapters.config.key_file import InstallationKey, KeyRefusal, read_key
from eservices_adapters.config.mail import Mail, read_mail
from eservices_adapters.config.mitid import OidcBroker, SimulatedMitidPersons, read_mitid
from eservices_adapters.config.places import Places
from eservices_adapters.config.post import FolderDigitalPost, Sf1601DigitalPost, read_post
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.settings import read_settings_file
from eservices_adapters.config.shapes import (
    ADDRESS,
    BOOLEAN,
    CLINIC_ID,
    COSTS,
    DOMAIN,
    ORIGIN,
    exactly,
    text,
)
from eservices_adapters.config.store import Store, read_store
from eservices_adapters.config.table import Shape, Table, read_table
from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import AccessSettings, ClinicSettings
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import ClinicId

KEY_FILE_VARIABLE: Final = "ESERVICES_KEY_FILE"
"""Names the key file, absolutely, in place of `key_file`; the only variable that is read."""

_NO_REPLY: Final = re.compile(
    r"(?:no-?reply|do-?not-?reply|svar-?ikke|ikke-?svar)(?:[.+-].*)?", re.IGNORECASE
)
MARK_FILE: Final = "store.mark"
"""Beside the configuration, unless [operation] says otherwise."""


@frozen
class FolderJournal:
    """[journal] kind = "folder": another system takes entries from this folder (D-MAIL-3)."""

    path: Path


@frozen
class FolderMinLog:
    """[min_log] kind = "folder": registrations are written here, one file for each clinic."""

    path: Path


@frozen
class TomlCards:
    """[master_cards] kind = "toml": the master cards are this file."""

    path: Path


@frozen
class Operation:
    """[operation]: what whoever looks after the installation has chosen.

    Attributes:
        mark: the file that notes how far the store has come; need not be there yet.
        metrics: whether OpenTelemetry is told how it goes; where to is said to its SDK.
    """

    mark: Path
    metrics: bool = False


@frozen(kw_only=True)
class Config:
    """What an installation has chosen; all paths are absolute.

    Attributes:
        service: the origin, and who mail comes from.
        key: the installation's key; shows nothing of itself.
        access: what the service as a whole chooses about access.
        clinics: what each clinic starts from, until its settings are changed; one or more.
        takes_over: the costs of password hashes of the system before that are verified here.
        calendar: where practitioners' calendars are; None where nobody has one.
        post: the way to digital post; None where no clinic has it.
        journal: where another system keeps the journal; None for the embedded one.
        operation: what whoever looks after it has chosen.
        min_log: where registrations for MinLog go; None where nobody takes them.
        store, mail, custody, mitid, master_cards: where each adapter finds its world.
    """

    service: Service
    key: InstallationKey
    access: AccessSettings
    clinics: Mapping[ClinicId, ClinicSettings] = field(hash=False)
    takes_over: tuple[str, ...]
    calendar: IcsFileCalendars | CalDavCalendars | None
    post: FolderDigitalPost | Sf1601DigitalPost | None
    journal: FolderJournal | None
    min_log: FolderMinLog | None
    operation: Operation
    store: Store
    mail: Mail
    custody: Custody
    mitid: SimulatedMitidPersons | OidcBroker
    master_cards: TomlCards


def read_config(
    path: Path, environment: Mapping[str, str] | None = None
) -> Outcome[Config, tuple[ConfigRefusal, ...]]:
    """Read the configuration, or say all that is wrong with it, one line for each thing.

    Relative paths start at the file's own folder. `environment` stands in for the process's, of
    which `ESERVICES_KEY_FILE` alone is read. Nothing is raised, whatever the file holds.
    """
    refusals: list[ConfigRefusal] = []
    root = read_table(path, refusals)
    if isinstance(root, Failure):
        return Failure((root.failure(),))
    variables = os.environ if environment is None else environment
    named_key = variables.get(KEY_FILE_VARIABLE)
    config = _read_sections(root.unwrap(), Places(path.absolute().parent), named_key, refusals)
    if config is None or refusals:
        assert refusals, "what is missing was said"
        return Failure(tuple(refusals))
    return Success(config)


def _read_sections(
    root: Table, places: Places, named_key: str | None, refusals: list[ConfigRefusal]
) -> Config | None:
    section = root.table("service", required=True)
    service = read_service(section)
    key = _read_key_section(section, places, named_key, refusals)
    section.refuse_unknown()
    access = read_access(root.table("access", required=False))
    clinics = _with_settings(read_clinics(root), places, refusals)
    takes_over = _read_passwords(root)
    calendar = read_calendar_section(root, places)
    post = read_post(root, places)
    journal = _read_optional(root, "journal", places.new_folder())
    min_log = _read_optional(root, "min_log", places.folder())
    operation = _read_operation(root, places)
    store = read_store(root, places)
    mail = read_mail(root, places)
    custody = read_custody(root, places)
    mitid = read_mitid(root, places, service)
    cards = _read_kind(root, "master_cards", "toml", "path", places.file())
    root.refuse_unknown()
    if service is None or key is None or store is None or mail is None:
        return None
    if custody is None or mitid is None or cards is None:
        return None
    return Config(
        service=service,
        key=key,
        access=access,
        clinics=MappingProxyType(clinics),
        takes_over=takes_over,
        calendar=calendar,
        post=post,
        journal=None if journal is None else FolderJournal(journal),
        min_log=None if min_log is None else FolderMinLog(min_log),
        operation=operation,
        store=store,
        mail=mail,
        custody=custody,
        mitid=mitid,
        master_cards=TomlCards(cards),
    )


def read_service(section: Table) -> Service | None:
    """Read what mails and links are made of; None if any of it was refused."""
    public_url = section.required("public_url", ORIGIN)
    mail_domain = section.required("mail_domain", DOMAIN)
    sender = section.required("sender", ADDRESS)
    if sender is not None and mail_domain is not None and sender.domain != mail_domain:
        section.refuse("sender", "expected an address on mail_domain")
        sender = None
    if sender is not None and not _NO_REPLY.fullmatch(sender.reveal().partition("@")[0]):
        # S-MAIL-2: an address that is answered would be the clinic's.
        section.refuse("sender", "expected a no-reply address, as in no-reply@example.dk")
        sender = None
    if public_url is None or mail_domain is None or sender is None:
        return None
    return Service(public_url, mail_domain, sender)


def read_clinics(root: Table) -> dict[ClinicId, str]:
    """Read [[clinic]]: each clinic, and the file of its settings; what was refused is left out."""
    clinics: dict[ClinicId, str] = {}
    for entry in root.tables("clinic", at_least=1):
        clinic = entry.required("id", CLINIC_ID)
        settings = entry.required("settings", text(900))
        entry.refuse_unknown()
        if clinic in clinics:
            entry.refuse("id", "stands twice")
        elif clinic is not None and settings is not None:
            clinics[clinic] = settings
    return clinics


def _with_settings(
    clinics: Mapping[ClinicId, str], places: Places, refusals: list[ConfigRefusal]
) -> dict[ClinicId, ClinicSettings]:
    """Read the files that clinics name; what is wrong in one is said with its name."""
    found: dict[ClinicId, ClinicSettings] = {}
    for clinic, named in clinics.items():
        settings = read_settings_file(places.start / named)
        if isinstance(settings, Failure):
            refusals += in_file(named, settings.failure())
        else:
            found[clinic] = settings.unwrap()
    return found


def in_file(name: str, refusals: Iterable[ConfigRefusal]) -> list[ConfigRefusal]:
    """Say of which file refusals are."""
    return [evolve(each, where=f"{name}, {each.where}") for each in refusals]


def _read_passwords(root: Table) -> tuple[str, ...]:
    section = root.table("passwords", required=False)
    costs = section.optional("takes_over", COSTS, ())
    section.refuse_unknown()
    return costs


def _read_operation(root: Table, places: Places) -> Operation:
    section = root.table("operation", required=False)
    mark = section.optional("mark", places.new_file(), places.start / MARK_FILE)
    metrics = section.optional("metrics", BOOLEAN, default=False)
    section.refuse_unknown()
    return Operation(mark, metrics=metrics)


def _read_optional(root: Table, name: str, place: Shape[Path]) -> Path | None:
    return _read_kind(root, name, "folder", "path", place) if name in root else None


def _read_kind(root: Table, name: str, kind: str, key: str, place: Shape[Path]) -> Path | None:
    """Read a section that names one adapter, by its kind, and the one place that it needs."""
    section = root.table(name, required=True)
    _ = section.required("kind", exactly(kind))
    path = section.required(key, place)
    section.refuse_unknown()
    return path


def _read_key_section(
    section: Table, places: Places, named: str | None, refusals: list[ConfigRefusal]
) -> InstallationKey | None:
    if named is None:
        path = section.required("key_file", places.any())
        key = None if path is None else _key_in(path)
        if isinstance(key, KeyRefusal):
            section.refuse("key_file", f"expected {key.value}")
    else:
        _ = section.optional("key_file", places.any(), None)
        absolute = Path(named).is_absolute()
        key = _key_in(Path(named)) if absolute else KeyRefusal.UNREADABLE
        if isinstance(key, KeyRefusal):
            expected = key.value if absolute else "an absolute path"
            problem = f"expected {expected}"
            refusals.append(ConfigRefusal("the environment", KEY_FILE_VARIABLE, problem))
    return key if isinstance(key, InstallationKey) else None


def _key_in(path: Path) -> InstallationKey | KeyRefusal:
    key = read_key(path)
    return key.failure() if isinstance(key, Failure) else key.unwrap()
