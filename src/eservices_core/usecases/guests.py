"""What use cases share about booking without a user: the wish, the limits, and ending an attempt.

D-BOOK-7: limits are counted by keyed hashes of the address and of the network, in streams of their
own. No key here can be that of a user, and nothing is asked of any user, name or master card.
"""

import json
from datetime import date, datetime
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import guesses
from eservices_core.access.guesses import Purpose
from eservices_core.booking import guest
from eservices_core.booking.book import Asked
from eservices_core.booking.contact import Contact
from eservices_core.booking.lists import BookingEnded, BookingListed
from eservices_core.clinic.settings import CodeLimits
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_refusals import TOO_MANY_CODES, TOO_MANY_OPEN_HERE
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import clinic_date
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    ClinicId,
    ContentId,
    PractitionerId,
    Pseudonym,
    TypeId,
)
from eservices_core.words.interval import instant_of

CODE_PURPOSE: Final = "book"
"""A code of another purpose has another digest (faults: 91)."""

CODES_PER_ADDRESS: Final = 5
"""Codes sent to one address within any hour: more would be a flood in somebody's mailbox."""

CODES_PER_NETWORK: Final = 30
"""Codes sent for one network within any hour: a waiting room, a home, or a carrier's many."""

OPEN_PER_NETWORK: Final = 10
"""Bookings at one clinic that lie ahead and were made from one network."""


def stream_of(attempt: AttemptId) -> StreamId:
    """Name an attempt's stream."""
    return events.GUEST.stream(attempt)


# --- the wish ------------------------------------------------------------------------------------


@frozen
class Wish:
    """What somebody without a user asks for, and who they say they are.

    Attributes:
        start: the minute in which it would begin: which of two that look alike is settled.
    """

    practitioner: PractitionerId
    type: TypeId
    start: int
    contact: Contact
    comment: str | None = field(repr=False)

    @property
    def asked(self) -> Asked:
        """The time, as it is asked for."""
        return Asked(self.practitioner, self.type, instant_of(self.start))


def write_wish(wish: Wish) -> str:
    """Write the record of a wish."""
    return json.dumps(
        {
            "practitioner": str(wish.practitioner),
            "type": str(wish.type),
            "start": wish.start,
            "name": wish.contact.name,
            "birth_date": wish.contact.birth_date.isoformat(),
            "phone": wish.contact.phone,
            "email": wish.contact.email.reveal(),
            "comment": wish.comment,
        }
    )


def read_wish(unit: Unit, record: ContentId) -> Wish | None:
    """Read it back; None where it is erased."""
    text = unit.content(record)
    if text is None:
        return None
    said = json.loads(text)
    contact = Contact(
        said["name"],
        date.fromisoformat(said["birth_date"]),
        said["phone"],
        EmailAddress.parse(said["email"]).unwrap(),
    )
    who, kind = PractitionerId(said["practitioner"]), TypeId(said["type"])
    return Wish(who, kind, said["start"], contact, said["comment"])


# --- limits --------------------------------------------------------------------------------------


def count_code(unit: Unit, address: Pseudonym, network: Pseudonym) -> Outcome[None, Refusal]:
    """Count a code to an address, for a network, before it is sent; or refuse to send it."""
    # The slashes keep them apart from every budget of a user: no identifier has one, and the budget
    # of a user's browser has one only.
    for budget, limit in (
        (f"guest/network/{network}", CODES_PER_NETWORK),
        (f"guest/address/{address}", CODES_PER_ADDRESS),
    ):
        count, limits = guesses.Count(Purpose.SEND_CODE, unit.at), CodeLimits(codes_per_hour=limit)
        decided = guesses.decide(unit.state(events.GUESSES, budget), count, limits)
        if isinstance(decided, Failure):
            return Failure(TOO_MANY_CODES)
        unit.add(events.GUESSES, budget, decided.unwrap())
    return Success(None)


def network_key(clinic: ClinicId, network: Pseudonym) -> str:
    """Key of the stream of the bookings made at a clinic from one network."""
    return f"{clinic}/network/{network}"


def room_for_network(unit: Unit, clinic: ClinicId, network: Pseudonym) -> Outcome[None, Refusal]:
    """Refuse where a network has as many bookings ahead as one may have."""
    key = network_key(clinic, network)
    ahead = [each for each in unit.state(events.PATIENT_BOOKINGS, key).open if _ahead(unit, each)]
    return Failure(TOO_MANY_OPEN_HERE) if len(ahead) >= OPEN_PER_NETWORK else Success(None)


def list_for_network(unit: Unit, clinic: ClinicId, network: Pseudonym, booking: BookingId) -> None:
    """Note a booking of a network, and let those go that do not lie ahead any more."""
    key = network_key(clinic, network)
    listed = unit.state(events.PATIENT_BOOKINGS, key).open
    news: list[BookingEnded | BookingListed] = [
        BookingEnded(each) for each in listed if not _ahead(unit, each)
    ]
    unit.add(events.PATIENT_BOOKINGS, key, [*news, BookingListed(booking)])


def _ahead(unit: Unit, booking: BookingId) -> bool:
    held = unit.services.claims.held_by(booking)
    return held is not None and instant_of(held.interval.start) > unit.at


# --- which there are, and their end ------------------------------------------------------------


def day_key(clinic: ClinicId, at: datetime) -> str:
    """Key of the stream of the attempts that began on a day at a clinic."""
    return f"{clinic}/{clinic_date(at).isoformat()}"


def end_attempt(unit: Unit, attempt: AttemptId) -> None:
    """End an attempt that waits for its code, and erase what was wished for (faults: 180)."""
    state = unit.state(events.GUEST, attempt)
    assert isinstance(state, guest.AwaitingCode), "only what waits is ended"
    unit.add(events.GUEST, attempt, guest.decide(state, guest.GiveUp()).unwrap())
    unit.erase(state.wish)
    unit.withdraw_mails(stream=stream_of(attempt))
