"""Play reception: a clinic in a box whose people do what somebody types.

Here: what a line does, through the real use cases, and what is told of it. A booking has a number
from when it is first told of, and keeps it. Not here: how lines are read (`play_lines`), what the
world does (`world`), and how it looks (`cli.play`).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, cast

from attrs import evolve, frozen

from eservices_adapters.demo import world
from eservices_adapters.demo.box import CLINIC, DOCTOR, VISIT, Box
from eservices_adapters.demo.people import ADULTS, Patient
from eservices_adapters.demo.play_acts import Acts
from eservices_adapters.demo.play_lines import (
    FORMS,
    NotUnderstood,
    Understood,
    day_named,
    parse,
    wall_time,
)
from eservices_adapters.demo.telling import WentWrong
from eservices_core import events, wire
from eservices_core.booking import life
from eservices_core.booking.book import Asker
from eservices_core.booking.free_times import FreeTime
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.spoken import spoken, spoken_start
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
from eservices_core.outcome import Failure, Outcome
from eservices_core.texts import NextStep, Says
from eservices_core.usecases.bookings import stream_of
from eservices_core.usecases.desk import SeeDesk, Why, see_desk
from eservices_core.usecases.refusals import Refusal
from eservices_core.usecases.times import AskWhyNot, SeeTimes, ask_why_not, see_times
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import COPENHAGEN, clinic_date, start_of
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval, minute_of

_AT_ONCE_MAX: Final = timedelta(days=31)
_AHEAD_MAX: Final = timedelta(days=366)
_A_MOMENT: Final = timedelta(seconds=20)
_DAYS_LOOKED_AT: Final = 31
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


class _NotNow(Exception):  # noqa: N818  said in the words of this house
    """What was asked for is not there; one line says what is."""


class Play:
    """A clinic that is played, line by line.

    Attributes:
        box: the clinic.
        ended: whether somebody has said `quit`.
    """

    def __init__(self, box: Box, monday: date) -> None:
        """Take a clinic, and begin on a day at 8 o'clock."""
        self.box = box
        self.ended = False
        self._acts = Acts(box)
        self._worker = True
        self._bookings: list[BookingId] = []
        self._names: dict[BookingId, str] = {}
        self._it: BookingId | None = None
        self._shown: tuple[FreeTime, ...] = ()
        box.clock.at(monday, 8)
        self._began = box.clock.now()
        self._day = monday
        _ = world.go_round(box)

    def play(self, line: str) -> tuple[Answer, ...] | NotUnderstood:
        """Do what a line says, and tell what came of it; an empty line is nothing at all."""
        if not line.strip():
            return ()
        understood = parse(line)
        if isinstance(understood, Failure):
            return understood.failure()
        try:
            answers = tuple(self._do(understood.unwrap()))
        except _NotNow as not_now:
            return NotUnderstood(str(not_now))
        except WentWrong as wrong:
            return NotUnderstood(f"it went wrong: {wrong}")
        self.box.clock.to(self.box.clock.now().astimezone(UTC) + _A_MOMENT)
        return answers

    def _do(self, line: Understood) -> Iterable[Answer]:  # noqa: C901  one case for each form
        acts = self._acts
        match line.form, line.words:
            case "wind", (number, unit):
                return self._wind(int(number), unit)
            case "times", (word,):
                return self._times(word)
            case "ask", (who, number):
                return self._new(who, acts.ask(_person(who), self._time(number)))
            case "book", (who, number):
                return self._new(who, acts.book(_person(who), self._time(number)))
            case "move", (which, number):
                return self._act(which, lambda it: acts.move(it, self._time(number)))
            case "cancels" | "opens" as form, (who, which):
                own = acts.cancels if form == "cancels" else acts.opens
                return self._act(which, lambda it: own(_person(who), it))
            case "bounce", (which,):
                return self._bounce(self._booking(which))
            case "delete", (which,):
                return self._delete(self._booking(which))
            case "meeting", (first, last):
                return self._meeting(first, last)
            case "why", (word,):
                return [self._why(self._clock(word))]
            case "story", (which,):
                return self._story(self._booking(which))
            case "mail", (who,):
                return [self._mail(_person(who))]
            case form, (which,):
                return self._act(which, acts.by_staff[form])
            case form, _:
                return self._plain[form](self)

    # --- time and the worker ---------------------------------------------------------------------

    def _wind(self, number: int, unit: str) -> Iterator[Answer]:
        clock = self.box.clock
        size = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "day": timedelta(days=1)}
        by = number * size[unit]
        now = clock.now()
        # A day later is the same time on the wall, an hour later is an hour.
        later = (now + by if unit == "day" else now.astimezone(UTC) + by).astimezone(UTC)
        if by > _AT_ONCE_MAX or later - self._began > _AHEAD_MAX:
            msg = f"time passes {_AT_ONCE_MAX.days} days at once at most, and a year in all"
            raise _NotNow(msg)
        rounds = [self._round()]
        pause = max(timedelta(minutes=15), (later - now) / 48)
        while clock.now() < later:
            clock.to(min(clock.now().astimezone(UTC) + pause, later))
            rounds.append(self._round())
        yield Answer(clock.now(), "D-BOOK-9", f"it is {spoken(clock.now()).en}")
        yield from self._told(rounds)

    def _round(self) -> world.Round | None:
        return world.go_round(self.box) if self._worker else None

    def _told(self, rounds: Iterable[world.Round | None]) -> Iterator[Answer]:
        now, gone = self.box.clock.now(), [each for each in rounds if each is not None]
        if not gone:
            yield Answer(now, "D-BOOK-2", "no worker: nothing is sent, read or followed")
            return
        if mails := sum(each.mails for each in gone):
            yield Answer(now, "D-BOOK-3", f"mails handed over: {mails}")
        if reports := sum(each.reports for each in gone):
            yield Answer(now, "D-BOOK-2", f"mails that came back: {reports}")
        if not gone[-1].calendar:
            yield Answer(now, "S-BOOK-2", "the doctor's calendar cannot be read")
        entries = dict.fromkeys(booking for each in gone for booking in each.entries)
        if entries:
            yield Answer(
                now, "S-BOOK-2", f"entries of the doctor's calendar seen to: {len(entries)}"
            )
        news = dict.fromkeys(booking for each in gone for booking in each.news)
        for booking in news:
            yield self._tell(booking, self._last_rule(booking, "follow_booking"))
        for booking in entries.keys() - news.keys():
            if self._state(booking).terms.conflict is not None:
                yield self._tell(booking, self._last_rule(booking, "sync_booking"))

    def _kill(self) -> Iterator[Answer]:
        if not self._worker:
            raise _NotNow("there is no worker; 'start the worker'")
        cut = world.kill_in_the_middle(self.box)
        self._worker = False
        how = (
            "a mail had left, and nobody noted it" if cut else "no mail about a booking was waiting"
        )
        yield Answer(self.box.clock.now(), "D-BOOK-2", f"the worker is killed: {how}")

    def _start(self) -> Iterator[Answer]:
        if self._worker:
            raise _NotNow("the worker runs; 'kill the worker'")
        self._worker = True
        what = "a new worker looks at what is so, and does what was left undone"
        yield Answer(self.box.clock.now(), "D-BOOK-2", what)
        yield from self._told([self._round()])

    # --- what people do --------------------------------------------------------------------------

    def _new(self, who: str, outcome: Outcome[BookingId, Refusal]) -> Iterator[Answer]:
        if isinstance(outcome, Failure):
            yield self._refused(outcome.failure())
            return
        self._names[outcome.unwrap()] = who.capitalize()
        yield self._tell(outcome.unwrap(), self.box.overheard.rule)

    def _act(
        self, which: str, does: Callable[[BookingId], Outcome[object, Refusal]]
    ) -> Iterator[Answer]:
        booking = self._booking(which)
        done = does(booking)
        if isinstance(done, Failure):
            yield evolve(self._refused(done.failure()), number=self._number(booking))
            return
        yield self._tell(booking, self.box.overheard.rule)

    def _ill(self) -> Iterator[Answer]:
        noon = minute_of(start_of(self._day)) + 12 * 60
        done = self._acts.cancel_all(Interval(noon, noon + 12 * 60))
        what = f"the afternoon of {self._day} is cancelled: {len(done.done)} patients"
        yield Answer(self.box.clock.now(), "D-BOOK-11", what)
        for booking in done.done:
            yield self._tell(booking, "D-BOOK-11")
        for booking, refusal in done.refused:
            yield evolve(self._refused(refusal), number=self._number(booking))

    def _bounce(self, booking: BookingId) -> Iterator[Answer]:
        if self._worker:
            _ = self.box.deliver()
        if not world.bounce(self.box, booking):
            raise _NotNow("no mail about it has left")
        what = "the newest mail about it came back"
        yield Answer(self.box.clock.now(), "D-BOOK-2", what, self._number(booking))
        yield from self._told([self._round()])

    def _delete(self, booking: BookingId) -> Iterator[Answer]:
        if not world.delete_entry(self.box, booking):
            raise _NotNow("it does not stand in the doctor's calendar; let time pass, as '+1 min'")
        what = "somebody removed it from the doctor's calendar"
        yield Answer(self.box.clock.now(), "D-BOOK-6", what, self._number(booking))
        yield from self._told([self._round()])

    def _meeting(self, first: str, last: str) -> Iterator[Answer]:
        begins, ends = (self._clock(each).replace(tzinfo=COPENHAGEN) for each in (first, last))
        when = Interval.between(begins, ends)
        if isinstance(when, Failure):
            raise _NotNow("a meeting ends after it has begun")
        if not world.write_meeting(self.box, when.unwrap()):
            raise _NotNow("the doctor's calendar cannot be read")
        what = f"a meeting stands in the doctor's calendar, {spoken_start(when.unwrap()).en}"
        yield Answer(self.box.clock.now(), "S-BOOK-2", what)
        yield from self._told([self._round()])

    # --- looking ---------------------------------------------------------------------------------

    def _desk(self) -> Iterator[Answer]:
        asked = self.box.asked_by_staff()
        desk = see_desk(
            self.box.installation.services,
            SeeDesk(key=asked.key, by=asked.by, staff=self.box.staff),
        )
        counts = (
            f"the red number is {desk.requests}; undelivered: {desk.undelivered}; "
            f"conflicts: {desk.conflicts}"
        )
        yield Answer(self.box.clock.now(), "S-BOOK-3", counts)
        for item in desk.items:
            told = self._tell(item.booking, _WHY_RULE[item.why], touch=False)
            why = item.why.name.lower().replace("_", " ")
            yield evolve(told, what=f"{why}: {told.what}")

    def _times(self, word: str) -> Iterator[Answer]:
        today = clinic_date(self.box.clock.now())
        day = day_named(word, today) if word else max(self._day, today)
        if day is None or not today <= day <= today + _AHEAD_MAX:
            raise _NotNow(
                "DAY is today, tomorrow, a weekday or a date like 2025-05-08, from today on"
            )
        for later in range(_DAYS_LOOKED_AT if not word else 1):
            self._day = day + timedelta(days=later)
            self._shown = self._free(self._day)
            if self._shown:
                break
        now = self.box.clock.now()
        if not self._shown:
            yield Answer(now, "S-BOOK-1", f"no free times on {self._day:%A} {self._day}")
            return
        times = tuple(
            f"{number:>2}  {time.interval.starts_at.astimezone(COPENHAGEN):%H:%M}"
            for number, time in enumerate(self._shown, 1)
        )
        yield Answer(now, "S-BOOK-1", f"free on {self._day:%A} {self._day}", more=times)

    def _free(self, day: date) -> tuple[FreeTime, ...]:
        asked = self.box.asked_by()
        command = SeeTimes(
            key=asked.key,
            by=asked.by,
            clinic=CLINIC,
            asker=Asker.WITH_USER,
            first=day,
            until=day + timedelta(days=1),
        )
        return tuple(see_times(self.box.installation.services, command))

    def _why(self, at: datetime) -> Answer:
        asked = self.box.asked_by_staff()
        command = AskWhyNot(
            key=asked.key,
            by=asked.by,
            staff=self.box.staff,
            practitioner=DOCTOR,
            type=VISIT,
            at=at,
        )
        row = ask_why_not(self.box.installation.services, command)
        what = f"{at:%A %Y-%m-%d %H:%M}: {row.name.replace('_', ' ')}"
        return Answer(self.box.clock.now(), row.rule, what, says=row.says)

    def _story(self, booking: BookingId) -> Iterator[Answer]:
        installation, stream = self.box.installation, stream_of(booking)
        self._it, number = booking, self._number(booking)
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

    def _mail(self, person: Patient) -> Answer:
        mail = world.newest_mail(self.box, person)
        if mail is None:
            raise _NotNow("no mail has reached that person")
        subject, lines = mail
        return Answer(self.box.clock.now(), "D-BOOK-12", f"mail: {subject}", more=lines)

    def _help(self) -> Iterator[Answer]:
        width = max(len(form.usage) for form in FORMS)
        lines = tuple(f"{form.usage:<{width}}  {form.does}" for form in FORMS)
        what = "WHICH is a booking's number, or 'it': the last one touched"
        yield Answer(self.box.clock.now(), "", what, more=lines)

    def _quit(self) -> Iterator[Answer]:
        self.ended = True
        yield from ()

    _plain: Final = {
        "desk": _desk,
        "ill": _ill,
        "kill": _kill,
        "start": _start,
        "help": _help,
        "quit": _quit,
    }

    # --- what several do -------------------------------------------------------------------------

    def _booking(self, which: str) -> BookingId:
        if which == "it":
            if self._it is None:
                raise _NotNow("there is no 'it' yet; 'times', and then 'ask max 1'")
            return self._it
        if not 0 < int(which) <= len(self._bookings):
            raise _NotNow("no booking has that number; 'desk' shows what waits")
        return self._bookings[int(which) - 1]

    def _number(self, booking: BookingId) -> int:
        if booking not in self._bookings:
            self._bookings.append(booking)
        return self._bookings.index(booking) + 1

    def _time(self, number: str) -> FreeTime:
        if not self._shown:
            raise _NotNow("no free times are shown; 'times'")
        if not 0 < int(number) <= len(self._shown):
            raise _NotNow(f"the free times that are shown are 1 to {len(self._shown)}; 'times'")
        return self._shown[int(number) - 1]

    def _clock(self, word: str) -> datetime:
        at = wall_time(self._day, word)
        if at is None:
            raise _NotNow("HH:MM is a time of day, as 13:10")
        return at

    def _state(self, booking: BookingId) -> Begun:
        asked = self.box.asked_by_staff()
        look = SeeDesk(key=asked.key, by=asked.by, staff=self.box.staff)
        state = Unit(self.box.installation.services, look).state(events.BOOKING, booking)
        assert not isinstance(state, NoBooking), "only what was begun is told of"
        return state

    def _last_rule(self, booking: BookingId, act: str) -> str | None:
        audited = self.box.installation.archive.audit_of(stream_of(booking))
        return next((each.entry.rule for each in reversed(audited) if each.entry.act == act), None)

    def _tell(self, booking: BookingId, rule: str | None, *, touch: bool = True) -> Answer:
        """Tell what a booking is now, and what each side reads of it."""
        state, now = self._state(booking), self.box.clock.now()
        if touch:
            self._it = booking
        name = self._names.get(booking, "A patient")
        when = spoken_start(state.terms.interval).en
        what = f"{_STATES[type(state)]}: {name}, {when}"
        number = self._number(booking)
        return Answer(now, rule or "D-BOOK-4", what, number, says=_says(state, now))

    def _refused(self, refusal: Refusal) -> Answer:
        return Answer(
            self.box.clock.now(),
            refusal.rule,
            "refused",
            reason=refusal.reason,
            next_step=refusal.next_step,
            says=refusal.says,
        )


def _person(who: str) -> Patient:
    return next(person for person in ADULTS if person.name.casefold() == who)


def _says(state: Booking, at: datetime) -> Says:
    return Says(sentence(state, Reader.PATIENT, at).text, sentence(state, Reader.STAFF, at).text)
