"""The items of a worklist: what they are, and how their keys are written.

One list for everything that waits for a clinic (S-MAIL-4). Here: the closed list of kinds. Not
here: who holds an item (`holding`), and what an item's own machine says of it.
"""

from enum import Enum, unique
from typing import Final

from attrs import frozen


@unique
class ItemKind(Enum):
    """What waits for the clinic."""

    REGISTRATION = "registration"
    """A patient has signed up, and waits for approval (E-mailtilmelding)."""
    CONSULTATION = "consultation"
    RENEWAL = "renewal"
    BOOKING = "booking"
    LETTER = "letter"
    """A letter that failed, or of which nobody knows whether it arrived."""
    MAIL = "mail"
    """A mail that nobody could deliver."""
    JOURNAL = "journal"
    """An entry that the clinic's journal would not take."""
    BREACH = "breach"
    """Something was sent to the wrong patient: a clock of 72 hours runs (D-MAIL-8)."""
    CUSTODY = "custody"
    """A guardian's custody has ended, or nobody could look for too long (D-ACC-9)."""


ANSWERED_ELSEWHERE: Final = frozenset(
    {
        ItemKind.REGISTRATION,
        ItemKind.CONSULTATION,
        ItemKind.RENEWAL,
        ItemKind.BOOKING,
        ItemKind.LETTER,
        ItemKind.JOURNAL,
    }
)
"""What is taken off by the act that answers it; nobody closes it as a mere item."""


@frozen
class ItemRef:
    """One item: its kind, and the key of its own machine at this clinic."""

    kind: ItemKind
    key: str

    def __str__(self) -> str:
        return f"{self.kind.value}/{self.key}"

    @classmethod
    def parse(cls, text: str) -> "ItemRef":
        """Read what `str` has written; anything else is a bug."""
        kind, _, key = text.partition("/")
        return cls(ItemKind(kind), key)
