"""A directory of staff in memory: who works at which clinic."""

from typing import TYPE_CHECKING

from eservices_core.clinic.staff import StaffMember
from eservices_core.ports.staff import StaffDirectory
from eservices_core.staffing.member import StaffRecord


class MemoryStaffDirectory:
    """Implements StaffDirectory; `put` enters a person, or changes what stands there."""

    def __init__(self) -> None:
        self._records: dict[StaffMember, StaffRecord] = {}

    def member(self, staff: StaffMember, /) -> StaffRecord | None:
        """Find a person at one clinic."""
        return self._records.get(staff)

    def put(self, staff: StaffMember, record: StaffRecord) -> None:
        """Enter a person, or change what stands there."""
        self._records[staff] = record


if TYPE_CHECKING:
    _directory: type[StaffDirectory] = MemoryStaffDirectory
