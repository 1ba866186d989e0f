"""Opening a patient: staff say what for, and see a little (D-STAFF-1, D-ACC-19, D-LOG-1).

Here: what comes before anything that staff see of a patient whom no item or booking has brought
before them. The purpose stands in the audit log; the reason for a protected person is content, and
who gave it when is an event. Shown is what tells whether it is the right patient and which way in
they have; nothing of what they wrote.
"""

from datetime import date
from typing import Final, assert_never

from attrs import field, frozen

from eservices_core import events
from eservices_core.access.facts import Tick
from eservices_core.booking.terms import OfUser, OnCard
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.clinic.staff import StaffMember
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.staffing.opening import (
    OPENING,
    Basis,
    Opening,
    OpeningFacts,
    ProtectedOpened,
    Purpose,
    Reason,
    reason_of,
)
from eservices_core.texts import Text
from eservices_core.usecases import people
from eservices_core.usecases.bookings import booking_at
from eservices_core.usecases.name_index import keep_name
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_by_name
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import worklist_of
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import BookingId, ClinicId, Pseudonym, UserId
from eservices_core.worklist.items import ItemRef

PERSON: Final = "person"
"""The kind of stream that entries of the audit log name a person of a clinic by; nothing lies in
it. Its key is the clinic and the keyed hash of the number there."""


@frozen(kw_only=True)
class OpenPatient(Command):
    """Staff open a patient of their clinic.

    Attributes:
        staff: who.
        number: whom, by CPR number or replacement number.
        purpose: what for.
        item: what lies on the worklist, where that is the purpose.
        booking: the appointment, where that is.
        reason: why, for a protected person; content.
    """

    staff: StaffMember
    number: CivilNumber
    purpose: Purpose
    item: ItemRef | None = None
    booking: BookingId | None = None
    reason: str | None = field(default=None, repr=False)


@frozen
class PatientIsOpened:
    """What is kept of it under the key: ids and codes."""

    user: UserId | None
    warned: bool


@frozen
class OpenedPatient:
    """What staff see first.

    Attributes:
        user: the user of the service; None for who has a master card only.
        name: from the master card; None where the clinic has none.
        birth_date: the register's, or the number's.
        protection: whether name or address is protected; `warning` says what that means.
        tick: whether this clinic vouches that the patient cannot use MitID.
    """

    user: UserId | None
    name: str | None = field(repr=False)
    birth_date: date = field(repr=False)
    protection: Protection
    warning: Text | None
    tick: Tick


@frozen
class _Found:
    user: UserId | None
    person: Pseudonym
    card: MasterCard | None


def open_patient(services: Services, command: OpenPatient) -> Outcome[OpenedPatient, Refusal]:
    """Open a patient, or say why not; another clinic's patient is nobody (D-LOG-2)."""
    shown: list[OpenedPatient] = []

    def work(unit: Unit) -> Outcome[PatientIsOpened, Refusal]:
        unit.purpose = command.purpose.value
        found = _find(unit, command)
        if found is None:
            return Failure(NO_SUCH_PATIENT)
        basis = _basis(unit, command, found)
        unit.about = found.user  # and nobody whom a booking of somebody else's may have brought in
        unit.stream = person_stream(command.staff.clinic, found.person)
        row = OPENING.decide(OpeningFacts(basis, _protection(found), reason_of(command.reason)))
        unit.rule = row.rule
        shown[:] = [_shown(unit, command, found)]
        match row.then:
            case Opening.NOT_OPENED:
                return Failure(refusal_by_name(row))
            case Opening.OPENED:
                _keep_name(unit, command, found)
                return Success(PatientIsOpened(found.user, warned=False))
            case Opening.OPENED_WITH_WARNING:
                _note(unit, command, found)
                _keep_name(unit, command, found)
                return Success(PatientIsOpened(found.user, warned=True))
            case _:
                assert_never(row.then)

    opened = perform(services, command, PatientIsOpened, work)
    if isinstance(opened, Failure):
        return opened
    return Success(shown[0]) if shown else _show_again(services, command)


def person_stream(clinic: ClinicId, person: Pseudonym) -> StreamId:
    """Name a person of a clinic to the audit log."""
    return StreamId(PERSON, f"{clinic}/{person}")


def _find(unit: Unit, command: OpenPatient) -> _Found | None:
    """Find a person whom the clinic knows: by a master card, or as a patient with a user."""
    clinic, number = command.staff.clinic, command.number
    card = people.card_of(unit, clinic, number)
    holder = people.user_of_number(unit, number, clinic)
    user = holder if holder and people.is_patient_of(unit, clinic, holder) else None
    if card is None and user is None:
        return None
    return _Found(user, unit.services.keys.number_at(str(clinic), number), card)


def _basis(unit: Unit, command: OpenPatient, found: _Found) -> Basis:
    """Say what the purpose rests on; what names something must name what is this patient's."""
    match command.purpose:
        case Purpose.ITEM:
            shown = command.booking is None and _is_on_worklist(unit, command, found)
        case Purpose.BOOKING:
            shown = command.item is None and _is_their_booking(unit, command, found)
        case Purpose.CALL | Purpose.VISIT | Purpose.RESULT | Purpose.COMPLAINT:
            named = command.item is not None or command.booking is not None
            return Basis.NOT_FOUND if named else Basis.STATED
        case _:
            assert_never(command.purpose)
    return Basis.SHOWN if shown else Basis.NOT_FOUND


def _is_on_worklist(unit: Unit, command: OpenPatient, found: _Found) -> bool:
    if command.item is None or found.user is None:
        return False
    listed = unit.services.lists.find(worklist_of(command.staff.clinic), str(command.item))
    return listed is not None and listed.about == found.user


def _is_their_booking(unit: Unit, command: OpenPatient, found: _Found) -> bool:
    if command.booking is None:
        return False
    booking = booking_at(unit, command.staff.clinic, command.booking)
    if isinstance(booking, Failure):
        return False
    match booking.unwrap().terms.patient:
        case OfUser(user):
            return user == found.user
        case OnCard(person):
            return person == found.person
        case _:
            return False


def _note(unit: Unit, command: OpenPatient, found: _Found) -> None:
    assert command.reason is not None, "the table has seen a reason"
    assert reason_of(command.reason) is Reason.GIVEN, "the table has seen a reason"
    opened = ProtectedOpened(
        command.staff, command.purpose, unit.put(command.reason.strip()), unit.at
    )
    key = f"{command.staff.clinic}/{found.person}"
    unit.add(events.PROTECTED_OPENINGS, key, [opened])


def _keep_name(unit: Unit, command: OpenPatient, found: _Found) -> None:
    """The card was read: they are found by the name that it has now."""
    if found.user is not None:
        keep_name(unit, command.staff.clinic, found.user)


def _show_again(services: Services, command: OpenPatient) -> Outcome[OpenedPatient, Refusal]:
    """Read what is shown under a key that was answered before; nothing to who may not see now."""
    unit = Unit(services, command)
    barred = unit.barred()
    if barred is not None:
        return Failure(barred)
    found = _find(unit, command)
    return Failure(NO_SUCH_PATIENT) if found is None else Success(_shown(unit, command, found))


def _shown(unit: Unit, command: OpenPatient, found: _Found) -> OpenedPatient:
    clinic, user, card = command.staff.clinic, found.user, found.card
    protection = _protection(found)
    protected = protection is Protection.PROTECTED
    return OpenedPatient(
        user,
        card.name if card else None,
        card.birth_date if card else command.number.birth_date,
        protection,
        OPENING.row("opened_though_protected").says.staff if protected else None,
        people.tick_of_clinic(unit, clinic, user) if user else Tick.NOT_SET,
    )


def _protection(found: _Found) -> Protection:
    return found.card.protection if found.card else Protection.NONE
