"""What a conversation can be: one class for each state, each with the data that it has.

Here: values. How one becomes another is `life`'s to say, what is allowed `conversation`'s.
"""

from datetime import datetime
from enum import unique
from typing import TypeAlias

from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.message import Message, Terms
from eservices_core.tables import Fact


@unique
class CloseReason(Fact):
    """Why a conversation was closed (D-MAIL-4)."""

    DEALT_WITH = "dealt_with"
    """By telephone, at a visit, or elsewhere."""
    NO_ANSWER_NEEDED = "no_answer_needed"
    DUPLICATE = "duplicate"
    PATIENT_LEFT = "patient_left"
    PATIENT_DIED = "patient_died"
    WITHDRAWN = "withdrawn"
    """All that was in it had gone to the wrong patient."""


@frozen
class NoConversation:
    """Nobody has written."""


@frozen
class AwaitingClinic:
    """The patient has written, or staff took it up again: it waits for the clinic."""

    terms: Terms
    messages: tuple[Message, ...]


@frozen
class AnswerPending:
    """The clinic has answered, and its journal has not acknowledged it (D-MAIL-3)."""

    terms: Terms
    messages: tuple[Message, ...]


@frozen
class Answered:
    """The clinic had the last word, and it stands in the journal."""

    terms: Terms
    messages: tuple[Message, ...]


@frozen
class LeftOpen:
    """The patient has left the clinic: staff keep the conversation, or end it (D-ACC-20)."""

    terms: Terms
    messages: tuple[Message, ...]


@frozen
class Closed:
    """Closed with a reason; a reply, or staff, open it again.

    Attributes:
        by: the member of staff.
    """

    terms: Terms
    messages: tuple[Message, ...]
    by: StaffMember
    reason: CloseReason
    at: datetime


Open: TypeAlias = AwaitingClinic | AnswerPending | Answered | LeftOpen
Begun: TypeAlias = Open | Closed
Conversation: TypeAlias = NoConversation | Begun


def waits_for_clinic(state: Conversation) -> bool:
    """True if it belongs on the clinic's worklist (S-MAIL-4)."""
    return isinstance(state, AwaitingClinic | AnswerPending | LeftOpen)


def find(state: Begun, message: object) -> Message | None:
    """Find a message of a conversation by its id."""
    return next((each for each in state.messages if each.message == message), None)
