"""The contract of staff directories: memory and ledger keep it, and saboteurs are noticed."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from eservices_core import events
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.staffing import member
from eservices_core.staffing.member import StaffRecord
from eservices_core.testing.contracts import DirectoryUnderTest, StaffDirectoryContract
from eservices_core.testing.memory import MemoryStaffDirectory, copenhagen
from eservices_core.testing.world import World
from eservices_core.usecases.leavers import LeaverNoted, NoteLeaver
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.who_may import staff_key
from eservices_core.words.identifiers import ClinicId


class _InTheLedger:
    """The embedded directory, as every unit of work asks it."""

    def __init__(self) -> None:
        self.world = World(copenhagen(2026, 11, 23, 8))
        self.services = evolve(self.world.services, staff_directory=None)

    def member(self, staff: StaffMember, /) -> StaffRecord | None:
        return Unit(self.services, self._command(staff)).staff_record(staff)

    def enter(self, staff: StaffMember, record: StaffRecord) -> None:
        """Bring the stream of a member of staff to a record."""

        def work(unit: Unit) -> Outcome[LeaverNoted, Refusal]:
            key = staff_key(staff)
            added: list[member.Event] = []
            if isinstance(unit.state(events.STAFF, key), member.NotEnrolled):
                added.append(member.StaffEnrolled(record.role, record.begins_at, None))
            else:
                added.append(member.RoleChanged(record.role, staff))
            if record.ends_at is not None:
                added.append(member.EndSet(record.ends_at, staff))
            unit.add(events.STAFF, key, added)
            return Success(LeaverNoted(staff))

        _ = perform(self.services, self._command(staff), LeaverNoted, work).unwrap()

    def _command(self, staff: StaffMember) -> NoteLeaver:
        return NoteLeaver(
            key=self.world.key(), by=BySystem(), clinic=staff.clinic, member=staff.staff
        )


class TestMemoryStaffDirectory(StaffDirectoryContract):
    @pytest.fixture
    def under_test(self) -> DirectoryUnderTest:
        """A directory with nobody in it."""
        directory = MemoryStaffDirectory()
        return DirectoryUnderTest(directory, directory.put)


class TestStaffInTheLedger(StaffDirectoryContract):
    @pytest.fixture
    def under_test(self) -> DirectoryUnderTest:
        """A ledger with nobody in it."""
        directory = _InTheLedger()
        return DirectoryUnderTest(directory, directory.enter)


class _MixesClinics(MemoryStaffDirectory):
    """Looks at the id alone."""

    def member(self, staff: StaffMember, /) -> StaffRecord | None:
        return super().member(staff) or super().member(evolve(staff, clinic=ClinicId("clinic-1")))


class _ForgetsLeavers(MemoryStaffDirectory):
    """Knows nobody who has an end date."""

    def member(self, staff: StaffMember, /) -> StaffRecord | None:
        found = super().member(staff)
        return None if found is None or found.ends_at else found


class _Remembers(MemoryStaffDirectory):
    """Asks once for each person."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[StaffMember, StaffRecord] = {}

    def member(self, staff: StaffMember, /) -> StaffRecord | None:
        found = self._told.get(staff) or super().member(staff)
        if found is not None:
            self._told[staff] = found
        return found


_KIT = StaffDirectoryContract()


@pytest.mark.parametrize(
    ("saboteur", "promise"),
    [
        (_MixesClinics, _KIT.test_another_clinic_s_staff_is_nobody),
        (_ForgetsLeavers, _KIT.test_a_leaver_is_still_found),
        (_Remembers, _KIT.test_a_change_is_seen_at_once),
    ],
)
def test_a_saboteur_is_noticed(
    saboteur: type[MemoryStaffDirectory], promise: Callable[[DirectoryUnderTest], Any]
) -> None:
    """A directory that breaks a promise fails that promise's test, and the right one passes."""
    right = MemoryStaffDirectory()
    promise(DirectoryUnderTest(right, right.put))
    wrong = saboteur()
    with pytest.raises(AssertionError) as broken:
        promise(DirectoryUnderTest(wrong, wrong.put))
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]
