"""What is told of a clinic that is played, and under which number.

Here: answers, and what only looks: a booking, the desk, a story, a mail. A booking has a number
from when it is first told of, and keeps it. Not here: what anybody does (`play`).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final, cast

from attrs import evolve, frozen

from eservices_adapters.demo import world
from eservices_adapters.demo.box import DOCTOR, VISIT, Box
from eservices_adapters.demo.people import Patient
from eservices_core import events, wire
from eservices_core.booking import life
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.spoken import spoken_start
from eservices_core.booking.states import (
    Attended,
    AwaitingDelivery,
    Begun,
    Booking,
    Cancelled,
    Confirmed,
    Declined,
    Expired,
    Missed,
    NoBooking,
    Requested,
    Undelivered,
)
from eservices_core.texts import NextStep, Says
from eservices_core.usecases.bookings import stream_of
from eservices_core.usecases.desk import SeeDesk, Why, see_desk
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.times import AskWhyNot, ask_why_not
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId

_WHY_RULE: Final = {
    Why.CANCELLED_LATE: "D-BOOK-10",
    Why.CONFLICT: "D-BOOK-6",
    Why.UNDELIVERED: "D-BOOK-3",
    Why.NOBODY_TO_MAIL: "D-BOOK-16",
    Why.NOT_YET_RECEIVED: "D-BOOK-2",
    Why.REQUEST: "S-BOOK-3",
    Why.TO_BE_CALLED: "D-BOOK-11",
    Why.PRESENCE: "D-BOOK-4",
}
_STATES: Final[dict[type[Begun], str]] = {
    Requested: "asked for, not answered",
    AwaitingDelivery: "approved, not confirmed",
    Undelivered: "approved, undelivered",
    Confirmed: "confirmed",
    Declined: "declined",
    Cancelled: "cancelled",
    Expired: "expired",
    Attended: "attended",
    Missed: "missed",
}


@frozen
class Answer:
    """One line of an answer.

    Attributes:
        at: when, on the clock that is wound.
        rule: the rule that decided it; "" for `help`.
        what: what came of it.
        number: the booking's, if it is about one.
        reason: why it was refused; None if it was not.
        next_step: what can be done now, where it was refused.
        says: what is said to the patient's side and to staff.
        more: what belongs under it, line by line.
    """

    at: datetime
    rule: str
    what: str
    number: int | None = None
    reason: str | None = None
    next_step: NextStep | None = None
    says: Says | None = None
    more: tuple[str, ...] = ()


class NotNow(Exception):  # noqa: N818  said in the words of this house
    """What was asked for is not there; one line says what is."""


class Teller:
    """Tells of one clinic's bookings, and knows their numbers."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.names: dict[BookingId, str] = {}
        self._bookings: list[BookingId] = []
        self._it: BookingId | None = None

    def booking(self, which: str) -> BookingId:
        """Give the booking of a number, or of `it`; raises NotNow."""
        if which == "it":
            if self._it is None:
                raise NotNow("there is no 'it' yet; 'times', and then 'ask max 1'")
            return self._it
        if not 0 < int(which) <= len(self._bookings):
            raise NotNow("no booking has that number; 'desk' shows what waits")
        return self._bookings[int(which) - 1]

    def number(self, booking: BookingId) -> int:
        """Give a booking's number, a new one if it has none."""
        if booking not in self._bookings:
            self._bookings.append(booking)
        return self._bookings.index(booking) + 1

    def state(self, booking: BookingId) -> Begun:
        """Say what a booking is now."""
        asked = self.box.asked_by_staff()
        look = SeeDesk(key=asked.key, by=asked.by, staff=self.box.staff)
        state = Unit(self.box.installation.services, look).state(events.BOOKING, booking)
        assert not isinstance(state, NoBooking), "only what was begun is told of"
        return state

    def last_rule(self, booking: BookingId, act: str) -> str | None:
        """Give the rule of the last act of a kind on a booking."""
        audited = self.box.installation.archive.audit_of(stream_of(booking))
        return next((each.entry.rule for each in reversed(audited) if each.entry.act == act), None)

    def tell(self, booking: BookingId, rule: str | None, *, touch: bool = True) -> Answer:
        """Tell what a booking is now, and what each side reads of it."""
        state, now = self.state(booking), self.box.clock.now()
        if touch:
            self._it = booking
        name = self.names.get(booking, "A patient")
        when = spoken_start(state.terms.interval).en
        what = f"{_STATES[type(state)]}: {name}, {when}"
        number = self.number(booking)
        return Answer(now, rule or "D-BOOK-4", what, number, says=_says(state, now))

    def refused(self, refusal: Refusal) -> Answer:
        """Tell a refusal."""
        return Answer(
            self.box.clock.now(),
            refusal.rule,
            "refused",
            reason=refusal.reason,
            next_step=refusal.next_step,
            says=refusal.says,
        )

    def desk(self) -> Iterator[Answer]:
        """Tell what waits for the clinic, each by the rule that lays it there."""
        asked = self.box.asked_by_staff()
        desk = see_desk(
            self.box.installation.services,
            SeeDesk(key=asked.key, by=asked.by, staff=self.box.staff),
        ).unwrap()
        counts = (
            f"the red number is {desk.requests}; undelivered: {desk.undelivered}; "
            f"conflicts: {desk.conflicts}"
        )
        yield Answer(self.box.clock.now(), "S-BOOK-3", counts)
        for item in desk.items:
            told = self.tell(item.booking, _WHY_RULE[item.why], touch=False)
            why = item.why.name.lower().replace("_", " ")
            yield evolve(told, what=f"{why}: {told.what}")

    def why(self, at: datetime) -> Answer:
        """Tell why a time is offered, or is not (D-BOOK-14)."""
        asked = self.box.asked_by_staff()
        command = AskWhyNot(
            key=asked.key,
            by=asked.by,
            staff=self.box.staff,
            practitioner=DOCTOR,
            type=VISIT,
            at=at,
        )
        row = ask_why_not(self.box.installation.services, command).unwrap()
        what = f"{at:%A %Y-%m-%d %H:%M}: {row.name.replace('_', ' ')}"
        return Answer(self.box.clock.now(), row.rule, what, says=row.says)

    def story(self, booking: BookingId) -> Iterator[Answer]:
        """Tell all that happened to a booking: acts, events with what each reads, and mails."""
        installation, stream = self.box.installation, stream_of(booking)
        self._it, number = booking, self.number(booking)
        told: list[tuple[datetime, int, Answer]] = []
        for audited in installation.archive.audit_of(stream):
            entry = audited.entry
            rule, what = entry.rule or "D-BOOK-4", f"act {entry.act}"
            answer = Answer(audited.at, rule, what, number, entry.refused_because)
            told.append((audited.at, 0, answer))
        state: Booking = NoBooking()
        for recorded in installation.services.ledger.history(stream):
            state = life.evolve(state, cast("life.Event", recorded.event))
            what = f"event {json.loads(wire.dump_event(recorded.event))['is']}"
            says = _says(state, recorded.at)
            told.append((recorded.at, 1, Answer(recorded.at, "D-BOOK-13", what, number, says=says)))
        for mail in installation.archive.mails_of(stream):
            what = f"mail {mail.kind.value} ({mail.state.value})"
            told.append((mail.queued_at, 2, Answer(mail.queued_at, "D-BOOK-12", what, number)))
        for _, _, answer in sorted(told, key=lambda one: one[:2]):
            yield evolve(answer, at=answer.at.astimezone(COPENHAGEN))

    def mail(self, person: Patient) -> Answer:
        """Tell a person's newest mail; raises NotNow."""
        mail = world.newest_mail(self.box, person)
        if mail is None:
            raise NotNow("no mail has reached that person")
        subject, lines = mail
        return Answer(self.box.clock.now(), "D-BOOK-12", f"mail: {subject}", more=lines)


def _says(state: Booking, at: datetime) -> Says:
    return Says(sentence(state, Reader.PATIENT, at).text, sentence(state, Reader.STAFF, at).text)
