"""The custody register: who holds custody of a child, now (D-ACC-7)."""

from typing import Protocol

from eservices_core.access.custody import RegisterSaid
from eservices_core.words.civil_number import CivilNumber


class CustodyRegister(Protocol):
    """Asks one register about one person."""

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        """Ask about a person; a number that has been changed is followed once.

        Returns the answer, or why there is none: `SILENT` for a timeout or an outage or an answer
        that cannot be read, `VERSION_CANNOT_ANSWER`, `NOT_IN_REGISTER`. Nothing is remembered
        between calls: what is answered is what the register says now.
        """
        ...
