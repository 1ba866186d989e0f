"""The use cases of settings and of taking users over, once each, for what holds of all alike."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from attrs import evolve as with_changes

from eservices_core.clinic.settings import ClinicSettings
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import BySystem
from eservices_core.testing.world import CLINIC, World
from eservices_core.usecases.change_settings import (
    ChangeSettings,
    ImportSettings,
    change_settings,
    import_settings,
)
from eservices_core.usecases.import_user import ImportUser, import_user
from eservices_core.usecases.services import Command, Services
from tests.usecases.day import Day
from tests.usecases.people import ANNA, PASSPORT

KEY: Final = "settings-key"
HASH: Final = "a hash of the system before"

Doing = Callable[[Services, Any], Outcome[Any, Any]]
Prepared = tuple[Doing, Command]


class TakesOne:
    """`ForeignHashes` that takes one hash."""

    def takes(self, stored: str, /) -> bool:
        """True for that one."""
        return stored == HASH


def renamed(world: World, name: str) -> ClinicSettings:
    """Give a clinic's settings with another name."""
    return with_changes(world.services.clinics[CLINIC], name=name)


def _change_the_settings(day: Day) -> Prepared:
    return change_settings, ChangeSettings(
        key=KEY, by=day.by_staff, staff=day.staff, seen=0, settings=renamed(day, "New Name")
    )


def _change_settings_that_were_changed(day: Day) -> Prepared:
    command = _change_the_settings(day)[1]
    _ = change_settings(day.services, with_changes(command, key="earlier")).unwrap()
    settings = renamed(day, "Newer Name")
    return change_settings, with_changes(command, seen=1, settings=settings)


def _import_the_settings(day: Day) -> Prepared:
    return import_settings, ImportSettings(
        key=KEY, by=BySystem(), clinic=CLINIC, seen=0, settings=renamed(day, "Old Name")
    )


def _import_a_user(day: Day) -> Prepared:
    day.card(ANNA)
    return partial(import_user, foreign=TakesOne()), ImportUser(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        number=ANNA,
        address=day.address("anna@example.dk"),
        username=day.username("anna.andersen"),
        password=HASH,
        tick=PASSPORT,
    )


SETTINGS: Final = (
    _change_the_settings,
    _change_settings_that_were_changed,
    _import_the_settings,
    _import_a_user,
)
