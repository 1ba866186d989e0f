"""The master cards of an embedded clinic: one TOML file, which somebody edits by hand.

Here: reading it afresh whenever it has changed, and writing one. A file holds one [[card]] for
each person at each clinic: `clinic`, `number`, `name`, and where known `registered_birth_date` (a
date), `protected` (true or false; false if left out) and `former_numbers` (a list of the numbers
that this one has succeeded, D-ACC-16). Not here: a clinic system's own interface.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import field, frozen

from eservices_adapters.config.files import read_bounded, write_whole
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.shapes import (
    BOOLEAN,
    CIVIL_NUMBER,
    CIVIL_NUMBERS,
    CLINIC_ID,
    day,
    text,
)
from eservices_adapters.config.table import Table, parse_table, toml_string
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import MasterCards
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId

CARDS_LIMIT: Final = 4 * 1024 * 1024
"""The most bytes that the file may have: room for about 30,000 cards."""

_NAME: Final = text(200)
_BIRTH_DATE: Final = day(date.max)

_Cards: TypeAlias = Mapping[tuple[ClinicId, CivilNumber], MasterCard]


class MasterCardsUnreadable(Exception):  # noqa: N818  said in the words of this house
    """The file cannot be used; one line for each thing that is wrong, and no number in any.

    Attributes:
        refusals: what is wrong, by entry and key.
    """

    def __init__(self, refusals: tuple[ConfigRefusal, ...]) -> None:
        """Take what is wrong with the file."""
        super().__init__("\n".join(map(str, refusals)))
        self.refusals = refusals


@frozen
class _Read:
    content: bytes = field(repr=False)
    cards: _Cards = field(repr=False)


class TomlMasterCards:
    """The cards of one file, as they stand in it now.

    Each question reads the file, and parses it only if a byte of it is another: times and sizes of
    files do not tell every change, and a card that was removed must be gone at once.
    """

    def __init__(self, path: Path) -> None:
        """Read the file for the first time; raises MasterCardsUnreadable."""
        self._path = path
        self._read = _Read(b"", {})
        _ = self._now()

    def card(self, clinic: ClinicId, number: CivilNumber, /) -> MasterCard | None:
        """Find a person at one clinic; raises MasterCardsUnreadable if the file was spoilt."""
        return self._now().get((clinic, number))

    def _now(self) -> _Cards:
        cards = self._looked_up()
        if isinstance(cards, Failure):
            raise MasterCardsUnreadable(cards.failure())
        return cards.unwrap()

    def _looked_up(self) -> Outcome[_Cards, tuple[ConfigRefusal, ...]]:
        """Look what stands there; nothing is raised where a local name holds the file's bytes."""
        content = read_bounded(self._path, CARDS_LIMIT)
        if isinstance(content, Failure):
            return Failure((content.failure(),))
        read = self._read  # one value, so that threads never see cards of another file's bytes
        if content.unwrap() != read.content:
            cards = _parse(content.unwrap())
            if isinstance(cards, Failure):
                return cards
            read = _Read(content.unwrap(), cards.unwrap())
            self._read = read
        return Success(read.cards)


def _parse(content: bytes) -> Outcome[_Cards, tuple[ConfigRefusal, ...]]:
    refusals: list[ConfigRefusal] = []
    root = parse_table(content, refusals)
    if isinstance(root, Failure):
        return Failure((root.failure(),))
    cards: dict[tuple[ClinicId, CivilNumber], MasterCard] = {}
    for entry in root.unwrap().tables("card"):
        read = _read_card(entry)
        if read is not None and (read[0], read[1].number) in cards:
            entry.refuse("number", "stands twice at its clinic")
        elif read is not None:
            cards[read[0], read[1].number] = read[1]
    root.unwrap().refuse_unknown()
    return Failure(tuple(refusals)) if refusals else Success(cards)


def _read_card(entry: Table) -> tuple[ClinicId, MasterCard] | None:
    clinic = entry.required("clinic", CLINIC_ID)
    number = entry.required("number", CIVIL_NUMBER)
    name = entry.required("name", _NAME)
    born = entry.optional("registered_birth_date", _BIRTH_DATE, None)
    protected = entry.optional("protected", BOOLEAN, default=False)
    former = entry.optional("former_numbers", CIVIL_NUMBERS, ())
    entry.refuse_unknown()
    if clinic is None or number is None or name is None:
        return None
    if number in former:
        entry.refuse("former_numbers", "holds the number itself")
        return None
    protection = Protection.PROTECTED if protected else Protection.NONE
    return clinic, MasterCard(number, name, born, protection, former)


def write_cards(path: Path, cards: Iterable[tuple[ClinicId, MasterCard]]) -> None:
    """Write a file that `TomlMasterCards` reads, readable by its owner only; raises OSError."""
    write_whole(path, "\n".join(_card_text(clinic, card) for clinic, card in cards).encode())


def _card_text(clinic: ClinicId, card: MasterCard) -> str:
    lines = [
        "[[card]]",
        f"clinic = {toml_string(str(clinic))}",
        f"number = {toml_string(card.number.reveal())}",
        f"name = {toml_string(card.name)}",
    ]
    if card.registered_birth_date is not None:
        lines.append(f"registered_birth_date = {card.registered_birth_date.isoformat()}")
    if card.protection is Protection.PROTECTED:
        lines.append("protected = true")
    if card.former_numbers:
        former = ", ".join(toml_string(number.reveal()) for number in card.former_numbers)
        lines.append(f"former_numbers = [{former}]")
    return "\n".join((*lines, ""))


if TYPE_CHECKING:
    _master_cards: type[MasterCards] = TomlMasterCards
