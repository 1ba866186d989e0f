"""The lists that views keep: what each is called, and whose stream lays what on it.

Here: names alone, written and read back. Not here: what lies there (the other modules).
"""

from enum import Enum, IntEnum, unique
from typing import Final

from eservices_core import events
from eservices_core.booking.lists import patient_key
from eservices_core.booking.terms import Patient
from eservices_core.consultation.message import Topic
from eservices_core.events import StreamId
from eservices_core.ports.lists import Listed, ListKind, ListName
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ConversationId,
    LetterId,
    MailId,
    MessageId,
    StaffId,
    UserId,
)
from eservices_core.worklist.items import ItemKind, ItemRef


@unique
class Rank(IntEnum):
    """How high an item of a worklist lies."""

    URGENT = 0
    """A word of the clinic's own list stood in it (D-MAIL-5), or a clock of the law runs."""
    TROUBLE = 1
    """Something went wrong, and somebody may wait in vain."""
    USUAL = 2


@unique
class EndedKind(Enum):
    """What ends and has content; the value is the kind of its stream (`events`)."""

    BOOKING = "booking"
    CONVERSATION = "conversation"
    LETTER = "letter"
    JOURNAL_ENTRY = "journal_entry"
    """Ended when it is written: nothing comes after it."""
    MITID_ATTEMPT = "mitid_attempt"
    """Noted when it begins, as nothing happens where it is abandoned."""
    GUARDIAN = "guardian"
    """Likewise: a guardian's attempt."""
    USER = "user"
    """Closed, and not created again."""


# --- lists ---------------------------------------------------------------------------------------


def worklist_of(clinic: ClinicId) -> ListName:
    """Name a clinic's worklist."""
    return ListName(ListKind.WORKLIST, str(clinic))


def patients_of(clinic: ClinicId) -> ListName:
    """Name the list of a clinic's patients who have a user; `since` is when they came."""
    return ListName(ListKind.PATIENTS, str(clinic))


def held_by(clinic: ClinicId, staff: StaffId) -> ListName:
    """Name the list of what a member of staff holds at a clinic."""
    return ListName(ListKind.HELD, f"{clinic}/{staff}")


def conversations_of(clinic: ClinicId, user: UserId) -> ListName:
    """Name the list of a patient's conversations at a clinic."""
    return ListName(ListKind.CONVERSATIONS, f"{clinic}/{user}")


def unread_at(clinic: ClinicId) -> ListName:
    """Name the list of the conversations in which a clinic's patients have not read all."""
    return ListName(ListKind.UNREAD, str(clinic))


def letters_of(clinic: ClinicId, user: UserId) -> ListName:
    """Name the list of a patient's letters at a clinic."""
    return ListName(ListKind.LETTERS, f"{clinic}/{user}")


def queue_of(clinic: ClinicId) -> ListName:
    """Name the list of a clinic's letters that are to be handed over; `since` is the next try."""
    return ListName(ListKind.POST_QUEUED, str(clinic))


def journal_of(clinic: ClinicId, user: UserId) -> ListName:
    """Name the list of the entries of a patient's journal at a clinic."""
    return ListName(ListKind.JOURNAL, f"{clinic}/{user}")


def pending_of(clinic: ClinicId) -> ListName:
    """Name the list of a clinic's entries that nobody has acknowledged; `since` is the next try."""
    return ListName(ListKind.JOURNAL_PENDING, str(clinic))


def desk_of(clinic: ClinicId) -> ListName:
    """Name the list of bookings that were laid on a clinic's desk; `since` is their week's start.

    An item is the week and the booking, as the same one may be laid for several weeks.
    """
    return ListName(ListKind.DESK, str(clinic))


def coming_of(clinic: ClinicId, patient: Patient) -> ListName:
    """Name the list of a patient's bookings that have not ended; `since` is their start."""
    return ListName(ListKind.BOOKINGS_COMING, patient_key(clinic, patient))


def past_of(clinic: ClinicId, patient: Patient) -> ListName:
    """Name the list of a patient's bookings that have ended; `since` is their start."""
    return ListName(ListKind.BOOKINGS_PAST, patient_key(clinic, patient))


def staff_list(clinic: ClinicId) -> ListName:
    """Name the list of all who ever worked at a clinic."""
    return ListName(ListKind.STAFF, str(clinic))


def alarms_of(clinic: ClinicId) -> ListName:
    """Name the list of a clinic's open alarms."""
    return ListName(ListKind.ALARMS, str(clinic))


MAILS_WATCHED: Final = ListName(ListKind.MAIL_WATCHED, "all")

_NO_CLINIC_S: Final = "-"  # no clinic's id begins so


def ended_of(clinic: ClinicId | None, kind: EndedKind) -> ListName:
    """Name the list of what of a kind has ended at a clinic; None: in the service."""
    whose = _NO_CLINIC_S if clinic is None else str(clinic)
    return ListName(ListKind.ENDED, f"{whose}/{kind.value}")


# --- items ---------------------------------------------------------------------------------------


def item_of_conversation(identifier: ConversationId, topic: Topic) -> ItemRef:
    """Name a conversation as an item of the worklist."""
    kind = ItemKind.RENEWAL if topic is Topic.RENEWAL else ItemKind.CONSULTATION
    return ItemRef(kind, str(identifier))


def item_of_letter(identifier: LetterId) -> ItemRef:
    """Name a letter on the worklist."""
    return ItemRef(ItemKind.LETTER, str(identifier))


def item_of_mail(identifier: MailId) -> ItemRef:
    """Name a mail that did not arrive on the worklist."""
    return ItemRef(ItemKind.MAIL, str(identifier))


def breach_of(conversation: ConversationId, message: MessageId) -> ItemRef:
    """Name a breach as an item of the worklist."""
    return ItemRef(ItemKind.BREACH, f"{conversation}/{message}")


def holding_key(clinic: ClinicId, item: ItemRef) -> str:
    """Key of the stream that says who holds an item."""
    return f"{clinic}/{item}"


def desk_item(week: str, booking: BookingId) -> str:
    """Name a booking on the list of a desk; `week` is its stream's key without the clinic."""
    return f"{week}/{booking}"


# --- whose stream it is --------------------------------------------------------------------------

_BY_ITEM: Final = {
    ListKind.UNREAD: events.CONVERSATION.name,
    ListKind.CONVERSATIONS: events.CONVERSATION.name,
    ListKind.LETTERS: events.LETTER.name,
    ListKind.POST_QUEUED: events.LETTER.name,
    ListKind.JOURNAL: events.JOURNAL_ENTRY.name,
    ListKind.JOURNAL_PENDING: events.JOURNAL_ENTRY.name,
    ListKind.MAIL_WATCHED: events.WATCHED_MAIL.name,
    ListKind.BOOKINGS_COMING: events.BOOKING.name,
    ListKind.BOOKINGS_PAST: events.BOOKING.name,
}
_OF_ITEM_KIND: Final = {
    ItemKind.CONSULTATION: events.CONVERSATION.name,
    ItemKind.RENEWAL: events.CONVERSATION.name,
    ItemKind.LETTER: events.LETTER.name,
    ItemKind.MAIL: events.WATCHED_MAIL.name,
    ItemKind.JOURNAL: events.JOURNAL_ENTRY.name,
    ItemKind.BREACH: events.CONVERSATION.name,
    ItemKind.CUSTODY: events.GUARDIANSHIP.name,
}


def owner_of(name: ListName, listed: Listed) -> StreamId | None:
    """Say whose stream lays an item on a list; None if no stream can have."""
    clinic = name.key.partition("/")[0]
    match name.kind:
        case ListKind.WORKLIST:
            return _owner_of_item(clinic, listed.item)
        case ListKind.HELD:
            return events.WORKLIST_ITEM.stream(f"{clinic}/{listed.item}")
        case ListKind.PATIENTS:
            return events.ASSOCIATION.stream(f"{clinic}/{listed.item}")
        case ListKind.STAFF:
            return events.STAFF.stream(f"{clinic}/{listed.item}")
        case ListKind.ALARMS:
            return events.ALARM.stream(f"{clinic}/{listed.item}")
        case ListKind.DESK:
            return events.DESK.stream(f"{clinic}/{listed.item.partition('/')[0]}")
        case ListKind.ENDED:
            return StreamId(name.key.partition("/")[2], listed.item)
        case _:
            kind = _BY_ITEM.get(name.kind)
            return None if kind is None else StreamId(kind, listed.item)


def _owner_of_item(clinic: str, text: str) -> StreamId | None:
    try:
        item = ItemRef.parse(text)
    except ValueError:
        return None
    if item.kind is ItemKind.REGISTRATION:
        return events.ASSOCIATION.stream(f"{clinic}/{item.key}")
    kind = _OF_ITEM_KIND.get(item.kind)
    return None if kind is None else StreamId(kind, item.key.partition("/")[0])
