"""MinLog in memory: a list that a test can look into."""

from typing import TYPE_CHECKING

from eservices_core.ports.min_log import MinLog, Registration
from eservices_core.words.identifiers import ClinicId


class MemoryMinLog:
    """Implements MinLog.

    Attributes:
        taken: every registration, in the order in which they came.
    """

    def __init__(self) -> None:
        self.taken: list[Registration] = []

    def register(self, registrations: tuple[Registration, ...], /) -> None:
        """Take registrations; one that was taken before is left as it is."""
        for one in registrations:
            if one.position > self.taken_through(one.clinic):
                self.taken.append(one)

    def taken_through(self, clinic: ClinicId, /) -> int:
        """Give the position of a clinic's newest registration; 0 if there is none."""
        return max((one.position for one in self.taken if one.clinic == clinic), default=0)


if TYPE_CHECKING:
    _min_log: type[MinLog] = MemoryMinLog
