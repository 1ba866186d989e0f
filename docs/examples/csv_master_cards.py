"""A complete adapter: master cards out of a CSV file that the clinic's own system exports.

Columns: clinic, number, name, born (ISO date, may be empty), protected ("yes" or empty).
"""

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from eservices_core import CivilNumber, Success
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.words.identifiers import ClinicId

if TYPE_CHECKING:
    from eservices_core.ports.world import MasterCards


class CsvMasterCards:
    """Implements MasterCards; reads the file at every question, so it is never stale."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def card(self, clinic: ClinicId, number: CivilNumber, /) -> MasterCard | None:
        """Find a person at one clinic; None if the clinic has no such card."""
        with self._file.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                parsed = CivilNumber.parse(line["number"])
                if line["clinic"] == str(clinic) and parsed == Success(number):
                    return MasterCard(
                        number=number,
                        name=line["name"],
                        registered_birth_date=(
                            date.fromisoformat(line["born"]) if line["born"] else None
                        ),
                        protection=Protection.PROTECTED if line["protected"] else Protection.NONE,
                    )
        return None


if TYPE_CHECKING:
    _: type[MasterCards] = CsvMasterCards
