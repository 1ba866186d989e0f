"""Which settings of a clinic stand now: the newest version in the ledger, or the configuration's.

Here: reading, for whoever has no unit of work in hand (a page, a worker's round, a command). A unit
of work asks `Unit.settings`, so that what it decides is refused as stale where they have changed
meanwhile (S-SET-1). Not here: changing them (`change_settings`).
"""

from collections.abc import Iterator

from attrs import frozen

from eservices_core import events
from eservices_core.clinic import settings_life
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.clinic.settings_life import Chosen, version_of
from eservices_core.ports.ledger import Ledger, Records
from eservices_core.usecases.services import Services
from eservices_core.usecases.settings_record import read_settings
from eservices_core.words.identifiers import ClinicId


@frozen
class Standing:
    """Settings, and the number of their version; 0 for what the configuration names."""

    version: int
    settings: ClinicSettings


def settings_now(services: Services, clinic: ClinicId) -> Standing | None:
    """Give what stands; None for a clinic that is not here."""
    start = services.clinics.get(clinic)
    return None if start is None else standing(services.ledger, services.records, clinic, start)


def standing(ledger: Ledger, records: Records, clinic: ClinicId, start: ClinicSettings) -> Standing:
    """Give what stands, where `start` is what the configuration names."""
    state: settings_life.Settings = events.SETTINGS.initial
    for recorded in ledger.history(events.SETTINGS.stream(clinic)):
        assert isinstance(recorded.event, settings_life.SettingsChanged)
        state = settings_life.evolve(state, recorded.event)
    if not isinstance(state, Chosen):
        return Standing(0, start)
    text = records.content(state.record)
    assert text is not None, "the settings of a clinic are never erased"
    return Standing(version_of(state), read_settings(text))


def every_clinic(services: Services) -> Iterator[ClinicSettings]:
    """Give what stands at each clinic."""
    for clinic, start in services.clinics.items():
        yield standing(services.ledger, services.records, clinic, start).settings
