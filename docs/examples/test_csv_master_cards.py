"""The example adapter keeps every promise of its port."""

import csv
from datetime import date
from pathlib import Path

import pytest
from docs.examples.csv_master_cards import CsvMasterCards

from eservices_core import CivilNumber
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.testing.contracts import CardsUnderTest, MasterCardsContract
from eservices_core.words.identifiers import ClinicId

ANNA, BO, CLEO, STRANGER = (
    CivilNumber.parse(number).unwrap()
    for number in ("0709614606", "1303814074", "0203291WQ3", "0709614231")
)


class TestCsvMasterCards(MasterCardsContract):
    """Every promise of the port, over a file of three cards."""

    @pytest.fixture
    def under_test(self, tmp_path: Path) -> CardsUnderTest:
        """The one thing to write: the adapter, and what is known of what lies behind it."""
        clinic, other_clinic = ClinicId("clinic-1"), ClinicId("clinic-2")
        known = (
            MasterCard(ANNA, "Anna Æ. Ørsted-Å"),
            MasterCard(BO, "Bo", date(2014, 2, 28), Protection.PROTECTED),
            MasterCard(CLEO, "Cleo"),
        )
        file = tmp_path / "cards.csv"
        with file.open("w", encoding="utf-8", newline="") as lines:
            rows = csv.writer(lines)
            rows.writerow(["clinic", "number", "name", "born", "protected"])
            for card in known:
                protected = "yes" if card.protection is Protection.PROTECTED else ""
                born = card.registered_birth_date or ""
                rows.writerow([clinic, card.number.reveal(), card.name, born, protected])
        return CardsUnderTest(CsvMasterCards(file), clinic, known, other_clinic, STRANGER)
