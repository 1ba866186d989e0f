"""Lists: what is open now, in the order in which people look at it.

A stream tells one story, and grows; a list names the stories that somebody must still look at, or
that something must still be done about, and shrinks again. Acts on lists are part of the ledger's
one `Change`, so a list never disagrees with the streams. Here: those acts, and reading. Not here:
what lies on which list, and what it means (use cases).

A list is a set of items, each a key of 1 to 200 printable ASCII characters: an id, never content.
"""

from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol

from attrs import field, frozen

from eservices_core.words.identifiers import UserId


@unique
class ListKind(Enum):
    """What the lists are for; each has one list per `key` (a clinic, a patient at a clinic)."""

    WORKLIST = "worklist"
    """What waits for a clinic (S-MAIL-4)."""
    UNREAD = "unread"
    """What a clinic's patients have not read (D-MAIL-4)."""
    CONVERSATIONS = "conversations"
    """The conversations of one patient at one clinic."""
    LETTERS = "letters"
    """The letters of one patient at one clinic."""
    JOURNAL = "journal"
    """The entries of one patient's journal at one clinic."""
    JOURNAL_PENDING = "journal_pending"
    """Entries that the clinic's journal has not acknowledged (D-MAIL-3)."""
    POST_QUEUED = "post_queued"
    """Letters that are to be handed to digital post."""
    MAIL_WATCHED = "mail_watched"
    """Mails of which nobody knows yet whether they arrived, and whom a clinic must be told of."""
    BOOKINGS_COMING = "bookings_coming"
    """The bookings of one patient at one clinic that have not ended (S-BOOK-5)."""
    BOOKINGS_PAST = "bookings_past"
    """Those that have."""
    DESK = "desk"
    """What was laid on one clinic's desk (D-BOOK-15)."""
    PATIENTS = "patients"
    """The patients of one clinic who have a user."""
    PEOPLE = "people"
    """Those at one clinic whose name begins like this, as keyed hashes (D-LOG-2)."""
    HELD = "held"
    """What one member of staff holds (D-MAIL-4, D-STAFF-1)."""
    STAFF = "staff"
    """The staff of one clinic (D-STAFF-1)."""
    ALARMS = "alarms"
    """Look-ups that one clinic's manager is told of (D-STAFF-1)."""
    REPORTS = "reports"
    """Delivery reports that somebody has to look at (faults: 140)."""
    ENDED = "ended"
    """What has ended and is kept for a time (D-KEEP-1); `since` is when the time began."""


ITEM_MAX: Final = 200


@frozen(order=True)
class ListName:
    """One list: what it is for, and whose."""

    kind: ListKind = field(order=lambda kind: kind.value)
    key: str


def _check_item(_act: object, _attribute: object, item: str) -> None:
    assert 1 <= len(item) <= ITEM_MAX, "an item has 1 to 200 characters"
    assert item.isascii(), "an item is printable ASCII"
    assert item.isprintable(), "an item is printable ASCII"


@frozen
class Listed:
    """An item as it lies on a list.

    Attributes:
        item: what lies there, unique in its list.
        rank: smaller ranks lie above.
        since: within a rank, earlier ones lie above; then the item itself decides.
        about: the user it is about, where there is one.
    """

    item: str = field(validator=_check_item)
    since: datetime
    rank: int = 0
    about: UserId | None = None

    def __attrs_post_init__(self) -> None:
        assert self.since.utcoffset() is not None, "an instant carries its offset"

    @property
    def place(self) -> tuple[int, datetime, str]:
        """What lists are ordered by."""
        return self.rank, self.since, self.item


@frozen
class PutOnList:
    """Lay an item on a list; one that lies there already gets the new place."""

    name: ListName
    listed: Listed


@frozen
class TakeOffList:
    """Take an item off a list; changes nothing where it does not lie there."""

    name: ListName
    item: str = field(validator=_check_item)


class Lists(Protocol):
    """Reads the lists that changes have left. Never stale."""

    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page of a list in its order: at most `limit` of what lies after `after`."""
        ...

    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page from a list's end: at most `limit` of what lies before `before`, last first.

        `before` need not lie there any more.
        """
        ...

    def length(self, name: ListName, /) -> int:
        """Count what lies on a list."""
        ...

    def find(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list; None if it does not lie there."""
        ...

    def every(
        self, limit: int, after: tuple[ListName, str] | None = None, /
    ) -> tuple[tuple[ListName, Listed], ...]:
        """Give a page of all that lies anywhere: by the list's kind and key, then by item."""
        ...
