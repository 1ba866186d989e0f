"""By which names a clinic's patients are found: keyed hashes, kept as their master cards are read.

A name is the clinic system's, so it comes from the master card and is never written down here: what
is kept is which lists a patient lies on, each named by a keyed hash of how a word of their name
begins. Whoever has the database without the key reads no name in it. No event feeds these lists;
they are made anew from the cards, by this round. Not here: looking (`find_patients`).
"""

from datetime import UTC, datetime
from typing import Final

from attrs import frozen

from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.usecases import people
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import patients_of
from eservices_core.words.identifiers import ClinicId, ContentId, UserId
from eservices_core.words.person_name import prefixes_of

NEWEST: Final = 50
"""So many of those who came last are looked at each time; all of them once a day."""
_PAGE: Final = 200
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)


@frozen(kw_only=True)
class ReadName(Command):
    """The service reads a patient's master card, for their name."""

    clinic: ClinicId
    user: UserId


@frozen
class NameIsRead:
    """The patient is found by the name on the card."""


def read_names(services: Services, clinic: ClinicId, *, everybody: bool = False) -> int:
    """Read the cards of those who came last, or of everybody; give how many names were other.

    A look that finds nothing other is not stored.
    """
    name = patients_of(clinic)
    other = 0
    page = services.lists.newest(name, _PAGE if everybody else NEWEST)
    while page:
        unit = Unit(services, Command(key="read-names", by=BySystem()))
        users = [UserId(each.item) for each in page]
        unit.read_texts_ahead(
            (
                *map(people.person_record, users),
                *(name_record(unit, clinic, user) for user in users),
            )
        )
        other += sum(_read_name(unit, clinic, user) for user in users)
        page = services.lists.newest(name, _PAGE, page[-1]) if everybody else ()
    return other


def _read_name(unit: Unit, clinic: ClinicId, user: UserId) -> bool:
    if kept_of(unit, clinic, user) == _wanted(unit, clinic, user):
        return False
    key = f"name-{unit.services.chance.entropy(16).hex()}"
    command = ReadName(key=key, by=BySystem(), clinic=clinic, user=user)
    return isinstance(read_name(unit.services, command), Success)


def read_name(services: Services, command: ReadName) -> Outcome[NameIsRead, Refusal]:
    """Have a patient be found by the name that their card has now; by none if they have left."""

    def work(unit: Unit) -> Outcome[NameIsRead, Refusal]:
        unit.rule, unit.about = "D-STAFF-104", command.user
        keep_name(unit, command.clinic, command.user)
        return Success(NameIsRead())

    return perform(services, command, NameIsRead, work)


def keep_name(unit: Unit, clinic: ClinicId, user: UserId) -> None:
    """Bring a patient's places up to date, within a unit of work that is about them."""
    kept, wanted = kept_of(unit, clinic, user), _wanted(unit, clinic, user)
    if kept != wanted:
        lay(unit, user, put=wanted - kept, off=kept - wanted)
        _ = unit.put(" ".join(sorted(wanted)), name_record(unit, clinic, user))


def forget_name(unit: Unit, clinic: ClinicId, user: UserId) -> None:
    """Take a patient off, within a unit of work that erases who they were."""
    lay(unit, user, put=frozenset(), off=kept_of(unit, clinic, user))


def lay(unit: Unit, user: UserId, *, put: frozenset[str], off: frozenset[str]) -> None:
    """Put a patient on lists, by their keys, and take them off others."""
    for key in sorted(put):
        unit.put_on(ListName(ListKind.PEOPLE, key), at_place(user))
    for key in sorted(off):
        unit.take_off(ListName(ListKind.PEOPLE, key), str(user))


def at_place(user: UserId) -> Listed:
    """Say how a patient lies on such a list: by id, as nothing is told by when a card was read."""
    return Listed(str(user), _NO_TIME, about=user)


def people_named(unit: Unit, clinic: ClinicId, prefix: str) -> ListName:
    """Name the list of a clinic's patients with a word that begins like this."""
    return ListName(ListKind.PEOPLE, _key(unit, clinic, prefix))


def _key(unit: Unit, clinic: ClinicId, prefix: str) -> str:
    return f"{clinic}/{unit.services.keys.name_at(str(clinic), prefix)}"


def name_record(unit: Unit, clinic: ClinicId, user: UserId) -> ContentId:
    """Name the record that says on which lists a patient lies: a digest, as two ids do not fit."""
    return ContentId(unit.services.keys.fingerprint(f"names:{clinic}/{user}"))


def kept_of(unit: Unit, clinic: ClinicId, user: UserId) -> frozenset[str]:
    """Give the keys of the lists on which a patient was laid when their card was last read."""
    return frozenset((unit.content(name_record(unit, clinic, user)) or "").split())


def _wanted(unit: Unit, clinic: ClinicId, user: UserId) -> frozenset[str]:
    is_here = people.is_patient_of(unit, clinic, user)
    if not is_here or not people.is_known(unit, user):
        return frozenset()
    card = people.card_of(unit, clinic, people.person_of(unit, user).number)
    if card is None:
        return frozenset()
    return frozenset(_key(unit, clinic, prefix) for prefix in prefixes_of(card.name))
