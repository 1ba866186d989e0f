"""Change a clinic's settings (S-SET-1): the whole value, from the version that was seen.

Whoever changes them gives all of it, so that what stands is one value that somebody has seen. A
change stops new requests at most: nothing that is under way ends by it (D-BOOK-10, D-MAIL-7).
A text that patients read and that holds an e-mail address is refused, and the field named
(D-MAIL-2). Not here: who may (the staff's roles), and files (an adapter's).
"""

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core import events
from eservices_core.clinic import settings_life
from eservices_core.clinic.patient_texts import fields_with_address, spelt
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.clinic.settings_life import differences, version_of
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.texts import Says, Text
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import UNKNOWN_CLINIC, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.settings_record import write_settings
from eservices_core.usecases.settings_refusals import SETTING_HOLDS_ADDRESS
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import ClinicId


@frozen(kw_only=True)
class ChangeSettings(Command):
    """A manager gives the whole new value.

    Attributes:
        staff: who acts, and for which clinic.
        seen: the version that was changed; 0 for what the configuration names.
        settings: all of it.
    """

    staff: StaffMember
    seen: int
    settings: ClinicSettings = field(repr=False)


@frozen(kw_only=True)
class ImportSettings(Command):
    """Whoever runs the installation gives the whole new value, from the system before.

    Attributes:
        clinic: whose.
        seen: as in `ChangeSettings`.
        settings: all of it.
    """

    clinic: ClinicId
    seen: int
    settings: ClinicSettings = field(repr=False)


@frozen
class SettingsStand:
    """What stands now.

    Attributes:
        version: its number.
        fields: the codes of what this change has changed; () where nothing differed.
    """

    version: int
    fields: tuple[str, ...]


def change_settings(services: Services, command: ChangeSettings) -> Outcome[SettingsStand, Refusal]:
    """Have another value stand; refused where it was changed since it was seen."""

    def work(unit: Unit) -> Outcome[SettingsStand, Refusal]:
        return _change(unit, command.staff.clinic, command.seen, command.settings)

    return perform(services, command, SettingsStand, work)


def import_settings(services: Services, command: ImportSettings) -> Outcome[SettingsStand, Refusal]:
    """Have another value stand, under the same rules."""

    def work(unit: Unit) -> Outcome[SettingsStand, Refusal]:
        return _change(unit, command.clinic, command.seen, command.settings)

    return perform(services, command, SettingsStand, work)


def _change(
    unit: Unit, clinic: ClinicId, seen: int, settings: ClinicSettings
) -> Outcome[SettingsStand, Refusal]:
    unit.stream = events.SETTINGS.stream(clinic)
    standing = unit.find_clinic(clinic)
    if standing is None:
        return Failure(UNKNOWN_CLINIC)
    holding = fields_with_address(settings)
    if holding:
        return Failure(_naming(spelt(holding[0])))
    fields = differences(standing, settings)
    record = unit.services.new_content()
    state = unit.state(events.SETTINGS, clinic)
    decided = settings_life.decide(state, settings_life.Change(seen, record, fields))
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.rule = "S-SET-1"
    if decided.unwrap():
        _ = unit.put(write_settings(settings), record)
        unit.add(events.SETTINGS, clinic, decided.unwrap())
    return Success(SettingsStand(version_of(unit.state(events.SETTINGS, clinic)), fields))


def _naming(name: str) -> Refusal:
    """Refuse a text that holds an address, and say which one it is."""
    said = SETTING_HOLDS_ADDRESS.says.staff
    named = Text(f"{said.da.removesuffix('.')}: {name}.", f"{said.en.removesuffix('.')}: {name}.")
    return with_changes(SETTING_HOLDS_ADDRESS, says=Says(named, named))
