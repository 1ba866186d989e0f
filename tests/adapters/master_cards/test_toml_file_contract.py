from datetime import date
from pathlib import Path

import pytest

from eservices_adapters.master_cards.toml_file import TomlMasterCards, write_cards
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.testing.contracts import CardsUnderTest, MasterCardsContract
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId

HERE, THERE = ClinicId("clinic-1"), ClinicId("clinic-2")


def _number(text: str) -> CivilNumber:
    return CivilNumber.parse(text).unwrap()


KNOWN = (
    MasterCard(_number("0709614606"), "Anna Åkær"),
    MasterCard(_number("6109614606"), 'A "replacement" \\ number', date(1961, 9, 7)),
    MasterCard(_number("0709611AB5"), "Ben", protection=Protection.PROTECTED),
)
ELSEWHERE = MasterCard(_number("1303814074"), "Carl")


class TestTomlMasterCards(MasterCardsContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path) -> CardsUnderTest:
        """A file with the cards of two clinics."""
        path = tmp_path / "cards.toml"
        write_cards(path, [*((HERE, card) for card in KNOWN), (THERE, ELSEWHERE)])
        return CardsUnderTest(TomlMasterCards(path), HERE, KNOWN, THERE, _number("2906980013"))
