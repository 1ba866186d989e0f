"""What citizens are shown of who has looked at their data, in the shape of MinLog (D-LOG-1).

Here: one registration, and handing registrations over. MinLog replaces no audit log of ours; it
gets what staff have seen or changed, with roles and organisations for names. Not here: which
entries become registrations (`usecases.export_min_log`), and the national service's own protocol.
"""

from datetime import datetime
from typing import Protocol

from attrs import field, frozen

from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId


@frozen
class Registration:
    """One use of a person's data.

    Attributes:
        clinic: in whose audit log it lies, and `position` where: the two are its identity.
        role: who did it, as a role and never as a person.
        organisation: the clinic's name.
        what: the act, as a code.
        about: whose data it was.
        purpose: what for, as a code; None where nobody gave one.
    """

    clinic: ClinicId
    position: int
    at: datetime
    role: str
    organisation: str
    what: str
    about: CivilNumber = field(repr=False)
    purpose: str | None


class MinLog(Protocol):
    """Takes registrations, each at least once, a clinic's in the order of their positions."""

    def register(self, registrations: tuple[Registration, ...], /) -> None:
        """Take registrations; one that was taken before is left as it is.

        An exception means that nobody knows which were taken: ask `taken_through`, and go on there.
        """
        ...

    def taken_through(self, clinic: ClinicId, /) -> int:
        """Give the position of a clinic's newest registration; 0 if there is none. Never stale."""
        ...
