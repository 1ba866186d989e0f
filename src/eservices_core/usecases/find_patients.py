"""Staff look for a patient of their clinic, by name or by CPR number (D-STAFF-1, D-LOG-2).

Here: who is found. Everybody who was shown stands in the audit log, with what for. Another clinic's
patient is nobody; one whose name is protected is found by number alone (D-STAFF-104). Not here:
opening whoever was found (`open_patient`), and by what names people are known (`name_index`).
"""

from datetime import date
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.staffing.opening import Purpose
from eservices_core.usecases import people
from eservices_core.usecases.desk_refusals import SEARCH_TOO_SHORT
from eservices_core.usecases.looking import Seen, look, look_or_refuse
from eservices_core.usecases.name_index import people_named
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, UserId
from eservices_core.words.person_name import PREFIX_MAX, PREFIX_MIN, is_found_by, typed_words

FOUND_MAX: Final = 20
"""So many are shown; whoever finds more types more."""
_LOOKED_AT_MAX: Final = 100
"""The cards of so many are read, at most."""
_LISTED_MAX: Final = 2_000


@frozen(kw_only=True)
class FindPatients(Command):
    """Staff look for somebody.

    Attributes:
        text: how their name begins, word by word in any order, or their CPR number.
        purpose: what for, as when they are opened.
    """

    staff: StaffMember
    text: str = field(repr=False)
    purpose: Purpose


@frozen
class FoundPatient:
    """Somebody who may be meant.

    Attributes:
        name: from the master card; None where the clinic has none.
        protected: name or address is protected: opening them needs a reason (D-ACC-19).
    """

    user: UserId
    name: str | None = field(repr=False)
    birth_date: date = field(repr=False)
    protected: bool


@frozen
class FoundPatients:
    """Those who were found, by name; `more`: there are others, and more must be typed."""

    patients: tuple[FoundPatient, ...]
    more: bool


def find_patients(services: Services, command: FindPatients) -> Outcome[FoundPatients, Refusal]:
    """Find a clinic's patients whose name begins so, or the one who has a number."""
    number = CivilNumber.parse(command.text)
    words = typed_words(command.text)
    purpose = command.purpose.value
    if isinstance(number, Failure) and not any(len(word) >= PREFIX_MIN for word in words):
        refused: Outcome[FoundPatients, Refusal] = Failure(SEARCH_TOO_SHORT)
        return look_or_refuse(
            services, command, "find_patients", lambda _: refused, purpose=purpose
        )

    def read(unit: Unit) -> FoundPatients:
        if isinstance(number, Success):
            return _by_number(unit, command.staff.clinic, number.unwrap())
        return _by_name(unit, command.staff.clinic, command.text, words)

    return look(
        services,
        command,
        "find_patients",
        read,
        lambda found: (Seen(each.user) for each in found.patients),
        rule="D-STAFF-1",
        purpose=purpose,
    )


def _by_number(unit: Unit, clinic: ClinicId, number: CivilNumber) -> FoundPatients:
    user = people.user_of_number(unit, number, clinic)
    if user is None or not people.is_patient_of(unit, clinic, user):
        return FoundPatients((), more=False)
    card = people.card_of(unit, clinic, number)
    return FoundPatients((_found(user, card, number.birth_date),), more=False)


def _by_name(unit: Unit, clinic: ClinicId, text: str, words: tuple[str, ...]) -> FoundPatients:
    candidates = _candidates(unit, clinic, words)
    looked_at = sorted(candidates)[:_LOOKED_AT_MAX]
    unit.read_ahead(events.ASSOCIATION, (people.association_key(clinic, one) for one in looked_at))
    unit.read_texts_ahead(map(people.person_record, looked_at))
    found: list[FoundPatient] = []
    for user in looked_at:
        card = _card_of(unit, clinic, user)
        if card is None or card.protection is Protection.PROTECTED:
            continue
        if is_found_by(card.name, text):  # as it stands there now
            found.append(_found(user, card, card.birth_date))
    found.sort(key=lambda each: (each.name or "", each.birth_date, each.user))
    more = len(candidates) > len(looked_at) or len(found) > FOUND_MAX
    return FoundPatients(tuple(found[:FOUND_MAX]), more)


def _candidates(unit: Unit, clinic: ClinicId, words: tuple[str, ...]) -> set[UserId]:
    """Give those who lie on the list of each word that was typed."""
    lists = unit.services.lists
    found: set[UserId] | None = None
    for word in words:
        if len(word) >= PREFIX_MIN:
            name = people_named(unit, clinic, word[:PREFIX_MAX])
            so_named = {UserId(each.item) for each in lists.listed(name, _LISTED_MAX)}
            found = so_named if found is None else found & so_named
    return found or set()


def _card_of(unit: Unit, clinic: ClinicId, user: UserId) -> MasterCard | None:
    """Give the card of a patient of this clinic; one who has left is nobody (D-LOG-2)."""
    is_here = people.is_patient_of(unit, clinic, user)
    if not is_here or not people.is_known(unit, user):
        return None
    return people.card_of(unit, clinic, people.person_of(unit, user).number)


def _found(user: UserId, card: MasterCard | None, born: date) -> FoundPatient:
    protected = card is not None and card.protection is Protection.PROTECTED
    return FoundPatient(
        user, card.name if card else None, card.birth_date if card else born, protected
    )
