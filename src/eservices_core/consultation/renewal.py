"""May this medicine be renewed so? One table, and how a medicine meets the block list (D-MAIL-6).

The list matches what was chosen, never what was written in a free text. Doubt goes to staff, who
decide; it refuses nobody. Here: the matching and the table. Not here: prescriptions: 'approved' is
the clinic's word, and nothing here knows of the server that holds them.
"""

import unicodedata
from enum import unique
from typing import Final

from attrs import field, frozen

from eservices_core.clinic.consultation_settings import BlockedMedicine
from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import NextStep, Says, Text


@unique
class Chosen(Fact):
    """How the medicine was named."""

    FROM_LIST = "from_list"
    """Chosen on the page, from what the patient gets."""
    TYPED = "typed"
    """The patient did not find it, and typed its name."""


@frozen
class Medicine:
    """The medicine that somebody asks for.

    Attributes:
        name: as it was chosen or typed.
        substance, group: what the list that it was chosen from says of it; empty where typed.
    """

    name: str = field(repr=False)
    chosen: Chosen
    substance: str = field(default="", repr=False)
    group: str = field(default="", repr=False)


@unique
class Blocked(Fact):
    """How it meets the clinic's list."""

    EXACTLY = "exactly"
    """Its name, its substance or its group stands there."""
    MAYBE = "maybe"
    """Something much like it stands there."""
    NOT = "not"


def blocked_by(
    medicine: Medicine, blocked: tuple[BlockedMedicine, ...]
) -> tuple[Blocked, BlockedMedicine | None]:
    """Match a medicine to the block list, without regard to case and spacing.

    >>> list_ = (BlockedMedicine("Tramadol"),)
    >>> blocked_by(Medicine("tramadol ", Chosen.FROM_LIST), list_)[0]
    <Blocked.EXACTLY: 'exactly'>
    >>> blocked_by(Medicine("Tramadol 50 mg", Chosen.FROM_LIST), list_)[0]
    <Blocked.MAYBE: 'maybe'>
    """
    named = {_folded(each) for each in (medicine.name, medicine.substance, medicine.group)} - {""}
    for each in blocked:
        if _folded(each.name) in named:
            return Blocked.EXACTLY, each
    words = {word for name in named for word in _words(name)}
    for each in blocked:
        if words & set(_words(_folded(each.name))):
            return Blocked.MAYBE, each
    return Blocked.NOT, None


def _folded(name: str) -> str:
    seen = "".join(each for each in name if unicodedata.category(each) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


_SHORTEST: Final = 4
"""Shorter words are strengths and forms (`mg`, `50`, `tab`): they make no doubt."""


def _words(folded: str) -> list[str]:
    letters = "".join(each if each.isalpha() else " " for each in folded)
    return [word for word in letters.split() if len(word) >= _SHORTEST]


@frozen
class RenewalFacts:
    """What it rests on."""

    chosen: Chosen
    blocked: Blocked


@unique
class Renewing(Fact):
    """What becomes of the request."""

    TO_STAFF = "to_staff"
    TO_STAFF_IN_DOUBT = "to_staff_in_doubt"
    NEEDS_CONSULTATION = "needs_consultation"


_ASKED: Final = Text(
    "Klinikken får din anmodning. Løber medicinen ud, før du har fået svar, så ring til klinikken.",
    "The clinic gets your request. If the medicine runs out before you are answered, call the "
    "clinic.",
)

RENEWAL: Final = Table(
    "consultation.renewal",
    "May a renewal of this medicine be asked for here?",
    RenewalFacts,
    (
        Row(
            "blocked",
            "D-MAIL-6",
            when(chosen=Chosen.FROM_LIST, blocked=Blocked.EXACTLY),
            Renewing.NEEDS_CONSULTATION,
            Says(
                Text(
                    "Denne medicin fornyes ikke uden en konsultation. Bestil en tid. Løber "
                    "medicinen ud forinden, så ring til klinikken.",
                    "This medicine is not renewed without a consultation. Book an appointment. If "
                    "it runs out before that, call the clinic.",
                ),
                Text(
                    "Medicinen står på klinikkens liste over det, der ikke fornyes uden en "
                    "konsultation.",
                    "The medicine is on the clinic's list of what is not renewed without a "
                    "consultation.",
                ),
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "maybe_blocked",
            "D-MAIL-6",
            when(chosen=Chosen.FROM_LIST, blocked=Blocked.MAYBE),
            Renewing.TO_STAFF_IN_DOUBT,
            Says(
                _ASKED,
                Text(
                    "Medicinen ligner en på klinikkens liste: se selv efter.",
                    "The medicine is much like one on the clinic's list: look for yourselves.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "typed",
            "D-MAIL-6",
            when(chosen=Chosen.TYPED),
            Renewing.TO_STAFF_IN_DOUBT,
            Says(
                _ASKED,
                Text(
                    "Patienten har skrevet medicinens navn selv; listen er ikke brugt på det.",
                    "The patient typed the medicine's name; the list was not used on it.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "not_blocked",
            "S-MAIL-1",
            when(chosen=Chosen.FROM_LIST, blocked=Blocked.NOT),
            Renewing.TO_STAFF,
            Says(
                _ASKED,
                Text(
                    "Medicinen står ikke på klinikkens liste.",
                    "The medicine is not on the clinic's list.",
                ),
            ),
            NextStep.GO_ON,
        ),
    ),
)

RUNS_OUT: Final = Text(
    "Løber medicinen ud, så ring til klinikken.", "If the medicine runs out, call the clinic."
)
"""D-MAIL-6: what a refusal says beside why."""

APPROVED: Final = Text(
    "Klinikken har sagt ja til fornyelsen. Her kan ikke ses, om recepten er klar på apoteket.",
    "The clinic has said yes to the renewal. Whether the prescription is ready at the pharmacy "
    "cannot be seen here.",
)
"""D-MAIL-6: what an approval says, and no more than that."""

REFUSED: Final = Text(
    f"Klinikken har sagt nej til fornyelsen; se hvorfor i svaret. {RUNS_OUT.da}",
    f"The clinic has said no to the renewal; the answer says why. {RUNS_OUT.en}",
)
