"""The contract of master cards: the right card, from the right clinic, or None."""

import pytest
from attrs import frozen

from eservices_core.clinic.master_card import MasterCard
from eservices_core.ports.world import MasterCards
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId


@frozen
class CardsUnderTest:
    """Master cards, and what is known of them.

    Attributes:
        cards: the adapter.
        clinic: a clinic that has `known`.
        known: the cards of `clinic` that the promises are tried with, one or more; best with a
            replacement number and a protected person among them.
        other_clinic: a clinic that has none of them.
        stranger: a number that neither clinic has a card of.
    """

    cards: MasterCards
    clinic: ClinicId
    known: tuple[MasterCard, ...]
    other_clinic: ClinicId
    stranger: CivilNumber

    def __attrs_post_init__(self) -> None:
        assert self.known, "at least one card is known"


class MasterCardsContract(Contract):
    """What MasterCards promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> CardsUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError("return a CardsUnderTest: the adapter, and a clinic's cards")

    def test_a_card_is_found(self, under_test: CardsUnderTest) -> None:
        """A card is found by its clinic and number, with all that stands on it."""
        for card in under_test.known:
            assert under_test.cards.card(under_test.clinic, card.number) == card

    def test_a_stranger_has_none(self, under_test: CardsUnderTest) -> None:
        """Somebody whom the clinic does not know has no card there: None, no error."""
        assert under_test.cards.card(under_test.clinic, under_test.stranger) is None

    def test_clinics_are_kept_apart(self, under_test: CardsUnderTest) -> None:
        """A clinic's card is None for another clinic, like a card that does not exist (D-LOG-2)."""
        for card in under_test.known:
            assert under_test.cards.card(under_test.other_clinic, card.number) is None

    def test_an_unknown_clinic_has_none(self, under_test: CardsUnderTest) -> None:
        """A clinic that nobody knows has no cards: None, no error."""
        nowhere = ClinicId("a-clinic-that-is-nowhere")
        assert under_test.cards.card(nowhere, under_test.known[0].number) is None

    def test_asking_changes_nothing(self, under_test: CardsUnderTest) -> None:
        """Asking twice gives the same answer twice."""
        for number in (under_test.known[0].number, under_test.stranger):
            first = under_test.cards.card(under_test.clinic, number)
            assert under_test.cards.card(under_test.clinic, number) == first
