"""The master card: what the clinic's own system knows about a person (stamkort).

Here: the part that access rules read. Not here: the tick 'No MitID', which is an act of staff
with a history of its own (`access.association`).
"""

from datetime import date
from enum import unique

from attrs import frozen

from eservices_core.tables import Fact
from eservices_core.words.civil_number import CivilNumber


@unique
class Protection(Fact):
    """Whether name or address is protected (D-ACC-19)."""

    NONE = "none"
    PROTECTED = "protected"


@frozen
class MasterCard:
    """One person at one clinic.

    Attributes:
        number: the CPR number, or a replacement number (D-ACC-16).
        name: as the clinic writes it; content, never in an event.
        registered_birth_date: the register's birth date, where it is known (D-ACC-5).
        former_numbers: what the clinic's system knows of the person's earlier numbers, which this
            one has succeeded (D-ACC-16).
        protection: whether name or address is protected.
    """

    number: CivilNumber
    name: str
    registered_birth_date: date | None = None
    protection: Protection = Protection.NONE
    former_numbers: tuple[CivilNumber, ...] = ()

    @property
    def birth_date(self) -> date:
        """The register's birth date where known, else the number's (D-ACC-5)."""
        return self.registered_birth_date or self.number.birth_date
