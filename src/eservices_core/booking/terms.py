"""What a booking is about: whose it is, which time with whom, and what its calendar entry says.

Here: the values that every state of the machine (`booking`) carries. Names, birth dates, phone
numbers, addresses and comments are content: events and states hold only the ids of their records.
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias

from attrs import frozen

from eservices_core.words.identifiers import (
    ClinicId,
    ContentId,
    PractitionerId,
    Pseudonym,
    TypeId,
    UserId,
)
from eservices_core.words.interval import Interval


@frozen
class OfUser:
    """A patient with a user; mail goes to the address that the user has when it is sent."""

    user: UserId


@frozen
class OnCard:
    """A patient of the clinic without a user, booked by staff (D-BOOK-11, D-BOOK-16).

    Attributes:
        person: the keyed hash of the number on the master card.
        contact: the record of name, phone, and e-mail where there is one.
    """

    person: Pseudonym
    contact: ContentId


@frozen
class Guest:
    """Somebody who booked without a user, and proved an address with a code (D-BOOK-7).

    Attributes:
        address: the keyed hash of the proved address; what limits are counted by.
        contact: the record of name, birth date, phone and e-mail; never a CPR number.
    """

    address: Pseudonym
    contact: ContentId


Patient: TypeAlias = OfUser | OnCard | Guest


@unique
class ConflictKind(Enum):
    """How the clinic's calendar disagrees with a live booking (D-BOOK-6)."""

    CLASH = "clash"
    """Another appointment lies on the claimed time."""
    LOST = "lost"
    """Our entry was there, and is not any more."""
    CHANGED = "changed"
    """Our entry was moved to another time in the calendar."""


@frozen
class Conflict:
    """A disagreement that staff have to settle.

    Attributes:
        reference: an opaque digest of what was found, so that the same is not raised twice.
    """

    kind: ConflictKind
    reference: str
    found_at: datetime


@frozen
class Terms:
    """What is booked.

    Attributes:
        sequence: rises with every change that calendars must hear of (D-BOOK-12); from 0.
        comment: the record of what the patient wrote; None without.
        conflict: what the calendar disagrees on, until staff have settled it.
        kept: the reference of the newest clash that staff settled by letting the booking stand.
        written: the time that the clinic's calendar was last told of; None before that, and when
            the entry was withdrawn.
    """

    patient: Patient
    clinic: ClinicId
    practitioner: PractitionerId
    type: TypeId
    interval: Interval
    comment: ContentId | None = None
    sequence: int = 0
    conflict: Conflict | None = None
    kept: str | None = None
    written: Interval | None = None
