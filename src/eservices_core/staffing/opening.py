"""Opening a patient: what for, and the reason that a protected person needs (D-STAFF-1, D-ACC-19).

Here: the closed list of purposes, the table, and the list of who has opened a protected person. The
reason itself is content, in a record of its own. Not here: what is then shown (use cases).
"""

from datetime import datetime
from enum import Enum, unique
from typing import Final, TypeAlias

from attrs import frozen

from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.staff import StaffMember
from eservices_core.tables import Fact, Row, Table, any_of, when
from eservices_core.texts import NextStep, Says
from eservices_core.words.identifiers import ContentId

REASON_MIN: Final = 10
REASON_MAX: Final = 1_000


@unique
class Purpose(Enum):
    """What a patient is opened for; closed."""

    ITEM = "item"
    """Something on the worklist; it is named, and must lie there for this patient (D-STAFF-103)."""
    BOOKING = "booking"
    """An appointment; it is named, and must be this patient's at this clinic."""
    CALL = "call"
    """The patient, or somebody for the patient, is on the phone."""
    VISIT = "visit"
    """The patient stands before staff."""
    RESULT = "result"
    """Something about the patient came from elsewhere: a result, a letter from a hospital."""
    COMPLAINT = "complaint"
    """A mistake or a complaint is looked into."""


IN_HAND: Final = frozenset({Purpose.ITEM, Purpose.BOOKING, Purpose.CALL})
"""Purposes with something in hand; look-ups for others are counted (see `watch`)."""


@unique
class Basis(Fact):
    """What the purpose rests on."""

    SHOWN = "shown"
    """It names an item or a booking, and that is there, and this patient's."""
    STATED = "stated"
    """It is staff's word."""
    NOT_FOUND = "not_found"
    """It names nothing, or what is not there, or what is somebody else's."""


@unique
class Reason(Fact):
    """Whether a reason was written, of `REASON_MIN` to `REASON_MAX` characters."""

    GIVEN = "given"
    MISSING = "missing"


def reason_of(text: str | None) -> Reason:
    """Fold a text."""
    length = 0 if text is None else len(text.strip())
    return Reason.GIVEN if REASON_MIN <= length <= REASON_MAX else Reason.MISSING


@frozen
class OpeningFacts:
    """What it rests on."""

    basis: Basis
    protection: Protection
    reason: Reason


@unique
class Opening(Fact):
    """Whether the patient is opened."""

    OPENED = "opened"
    OPENED_WITH_WARNING = "opened_with_warning"
    NOT_OPENED = "not_opened"


OPENING: Final = Table(
    "staff.opening",
    "Is this patient opened to this member of staff?",
    OpeningFacts,
    (
        Row(
            "opened",
            "D-STAFF-1",
            when(basis=any_of(Basis.SHOWN, Basis.STATED), protection=Protection.NONE),
            Opening.OPENED,
            Says.to_staff(
                "Åbnet; formålet er noteret i loggen.",
                "Opened; what for is noted in the log.",
            ),
            NextStep.GO_ON,
        ),
        Row(
            "opened_though_protected",
            "D-ACC-19",
            when(
                basis=any_of(Basis.SHOWN, Basis.STATED),
                protection=Protection.PROTECTED,
                reason=Reason.GIVEN,
            ),
            Opening.OPENED_WITH_WARNING,
            Says.to_staff(
                "Navn og adresse er beskyttet: sig dem ikke højt, og giv dem ikke videre. Lederen "
                "ser, at patienten er åbnet, og hvorfor.",
                "Name and address are protected: do not say them aloud, nor pass them on. The "
                "manager sees that the patient was opened, and why.",
            ),
            NextStep.GO_ON,
        ),
        Row(
            "reason_missing",
            "D-ACC-19",
            when(
                basis=any_of(Basis.SHOWN, Basis.STATED),
                protection=Protection.PROTECTED,
                reason=Reason.MISSING,
            ),
            Opening.NOT_OPENED,
            Says.to_staff(
                "Patienten har navne- og adressebeskyttelse. Skriv med 10 til 1000 tegn, hvorfor "
                "du åbner.",
                "The patient's name and address are protected. Write why you open them, in 10 to "
                "1000 characters.",
            ),
            NextStep.STATE_REASON,
        ),
        Row(
            "purpose_not_found",
            "D-STAFF-1",
            when(basis=Basis.NOT_FOUND),
            Opening.NOT_OPENED,
            Says.to_staff(
                "Opgaven eller tiden findes ikke for denne patient. Vælg et andet formål.",
                "There is no such item or appointment of this patient. Choose another purpose.",
            ),
            NextStep.STATE_PURPOSE,
        ),
    ),
)

# --- who has opened a protected person -----------------------------------------------------------


@frozen
class ProtectedOpened:
    """A member of staff has opened a protected person; `reason` is the record of why."""

    by: StaffMember
    purpose: Purpose
    reason: ContentId
    at: datetime


Openings: TypeAlias = tuple[ProtectedOpened, ...]


def note_opening(state: Openings, event: ProtectedOpened) -> Openings:
    """Add one, at the end."""
    return (*state, event)
