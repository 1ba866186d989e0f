"""Who works at a clinic: the clinic system's own directory, where it has one.

A clinic that has none keeps its staff in the ledger, as `staffing.member` says; then
`Services.staff_directory` is None. With a directory of its own nobody is enrolled here.
"""

from typing import Protocol

from eservices_core.clinic.staff import StaffMember
from eservices_core.staffing.member import StaffRecord


class StaffDirectory(Protocol):
    """Looks up members of staff. Asked at every act of staff, so it must answer at once."""

    def member(self, staff: StaffMember, /) -> StaffRecord | None:
        """Find a person at one clinic; None if nobody of that id was ever there. Never stale.

        Who has left is still found, with the end date. Another clinic's staff is nobody here.
        """
        ...
