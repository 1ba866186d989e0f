"""A clinic's settings over time: versions, each the whole value, in one place (S-SET-1).

What stands is the newest version; before the first it is what the installation's configuration
names. Here: one machine per clinic. Not here: the values (`settings`), which lie in records and not
in events, and who may change them (the staff's roles).
"""

from enum import Enum, unique
from typing import Any, TypeAlias

import attrs
from attrs import frozen

from eservices_core.clinic.settings import ClinicSettings
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import ContentId


@frozen
class AsConfigured:
    """Nobody has changed them: the clinic has what its configuration names."""


@frozen
class Chosen:
    """The clinic's own word stands.

    Attributes:
        version: how many there have been, from 1.
        record: the record that holds the whole value.
    """

    version: int
    record: ContentId


Settings: TypeAlias = AsConfigured | Chosen


@frozen
class Change:
    """Have another value stand.

    Attributes:
        seen: the version that was changed; 0 for what the configuration names.
        record: the record of the new value.
        fields: the codes of what differs, as `differences` gives them.
    """

    seen: int
    record: ContentId
    fields: tuple[str, ...]


@frozen
class SettingsChanged:
    """Another value stands; `fields` are codes, what they hold lies in the record."""

    version: int
    record: ContentId
    fields: tuple[str, ...]


@unique
class SettingsRefusal(Enum):
    """Why not."""

    STALE = "stale"
    """Somebody else has changed them since they were seen."""


def decide(
    state: Settings, command: Change
) -> Outcome[tuple[SettingsChanged, ...], SettingsRefusal]:
    """Answer with what follows; () where nothing differs, whatever was seen."""
    if not command.fields:
        return Success(())
    version = version_of(state)
    if command.seen != version:
        return Failure(SettingsRefusal.STALE)
    return Success((SettingsChanged(version + 1, command.record, command.fields),))


def evolve(state: Settings, event: SettingsChanged) -> Settings:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    assert event.version == version_of(state) + 1, "versions follow each other"
    return Chosen(event.version, event.record)


def version_of(state: Settings) -> int:
    """Give the number of the version that stands; 0 before the first."""
    return state.version if isinstance(state, Chosen) else 0


def differences(old: ClinicSettings, new: ClinicSettings) -> tuple[str, ...]:
    """Name the fields in which two values differ, as codes: `phone`, `booking.types`."""
    found: list[str] = []
    for name in _names(ClinicSettings):
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        kind: Any = before.__class__
        if attrs.has(kind):
            found += [
                f"{name}.{inner}"
                for inner in _names(kind)
                if getattr(before, inner) != getattr(after, inner)
            ]
        else:
            found.append(name)
    return tuple(found)


def _names(kind: type[Any]) -> list[str]:
    return [field.name for field in attrs.fields(kind)]
