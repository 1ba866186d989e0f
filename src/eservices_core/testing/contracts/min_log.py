"""MinLog's contract: each registration is taken once, and it is known how far."""

from datetime import timedelta
from typing import Final

import pytest

from eservices_core.ports.min_log import MinLog, Registration
from eservices_core.testing.contracts.base import Contract
from eservices_core.testing.ledger_examples import AT, CLINIC
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId

_ANNA: Final = CivilNumber.parse("0709614606").unwrap()
_OTHER: Final = ClinicId("clinic-2")


def a_registration(position: int, clinic: ClinicId = CLINIC) -> Registration:
    """Make a registration."""
    at = AT + timedelta(minutes=position)
    return Registration(clinic, position, at, "clinic_staff", "Klinik Å", "see_desk", _ANNA, "desk")


class MinLogContract(Contract):
    """What a MinLog promises; `min_log` says what to return."""

    @pytest.fixture
    def min_log(self) -> MinLog:
        """Required: one that has taken nothing."""
        raise NotImplementedError("return a MinLog that has taken nothing")

    def test_it_begins_with_nothing(self, min_log: MinLog) -> None:
        """Of a clinic that nothing was registered for it has taken nothing."""
        assert min_log.taken_through(CLINIC) == 0

    def test_it_knows_how_far(self, min_log: MinLog) -> None:
        """How far it has taken a clinic's registrations is known, and each clinic's apart."""
        min_log.register((a_registration(3), a_registration(5)))
        min_log.register((a_registration(4, _OTHER),))
        positions = a_registration(5).position, a_registration(4).position
        assert (min_log.taken_through(CLINIC), min_log.taken_through(_OTHER)) == positions
        min_log.register(())
        assert min_log.taken_through(CLINIC) == a_registration(5).position

    def test_again_changes_nothing(self, min_log: MinLog) -> None:
        """What was taken before is left as it is, and what is new beside it is taken."""
        min_log.register((a_registration(3),))
        min_log.register((a_registration(3), a_registration(7)))
        min_log.register((a_registration(3),))
        assert min_log.taken_through(CLINIC) == a_registration(7).position
