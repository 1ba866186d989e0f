"""Play reception: a clinic in a box whose people do what somebody types.

Here: what a line does, and what is answered. Not here: how lines are read (`play_lines`), what
people do through the use cases (`play_acts`), what the world does (`world`), what is told of a
booking (`play_told`), and how it looks (`cli.play`).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from attrs import evolve

from eservices_adapters.demo import world
from eservices_adapters.demo.box import CLINIC, Box
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
from eservices_adapters.demo.play_told import Answer, NotNow, Teller
from eservices_adapters.demo.telling import WentWrong
from eservices_core.booking.book import Asker
from eservices_core.booking.free_times import FreeTime
from eservices_core.booking.spoken import spoken, spoken_start
from eservices_core.outcome import Failure, Outcome
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.times import SeeTimes, see_times
from eservices_core.words.clinic_time import COPENHAGEN, clinic_date, start_of
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval, minute_of

_AT_ONCE_MAX: Final = timedelta(days=31)
_AHEAD_MAX: Final = timedelta(days=366)
_A_MOMENT: Final = timedelta(seconds=20)
_DAYS_LOOKED_AT: Final = 31


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
        self._teller = Teller(box)
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
        except NotNow as not_now:
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
                return self._bounce(self._teller.booking(which))
            case "delete", (which,):
                return self._delete(self._teller.booking(which))
            case "meeting", (first, last):
                return self._meeting(first, last)
            case "why", (word,):
                return [self._teller.why(self._clock(word))]
            case "desk", ():
                return self._teller.desk()
            case "story", (which,):
                return self._teller.story(self._teller.booking(which))
            case "mail", (who,):
                return [self._teller.mail(_person(who))]
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
            raise NotNow(msg)
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
            yield self._teller.tell(booking, self._teller.last_rule(booking, "follow_booking"))
        for booking in entries:
            conflict = self._teller.state(booking).terms.conflict
            if booking not in news and conflict is not None:
                yield self._teller.tell(booking, self._teller.last_rule(booking, "sync_booking"))

    def _kill(self) -> Iterator[Answer]:
        if not self._worker:
            raise NotNow("there is no worker; 'start the worker'")
        cut = world.kill_in_the_middle(self.box)
        self._worker = False
        how = (
            "a mail had left, and nobody noted it" if cut else "no mail about a booking was waiting"
        )
        yield Answer(self.box.clock.now(), "D-BOOK-2", f"the worker is killed: {how}")

    def _start(self) -> Iterator[Answer]:
        if self._worker:
            raise NotNow("the worker runs; 'kill the worker'")
        self._worker = True
        what = "a new worker looks at what is so, and does what was left undone"
        yield Answer(self.box.clock.now(), "D-BOOK-2", what)
        yield from self._told([self._round()])

    # --- what people do --------------------------------------------------------------------------

    def _new(self, who: str, outcome: Outcome[BookingId, Refusal]) -> Iterator[Answer]:
        if isinstance(outcome, Failure):
            yield self._teller.refused(outcome.failure())
            return
        self._teller.names[outcome.unwrap()] = who.capitalize()
        yield self._teller.tell(outcome.unwrap(), self.box.overheard.rule)

    def _act(
        self, which: str, does: Callable[[BookingId], Outcome[object, Refusal]]
    ) -> Iterator[Answer]:
        booking = self._teller.booking(which)
        done = does(booking)
        if isinstance(done, Failure):
            yield evolve(self._teller.refused(done.failure()), number=self._teller.number(booking))
            return
        yield self._teller.tell(booking, self.box.overheard.rule)

    def _ill(self) -> Iterator[Answer]:
        noon = minute_of(start_of(self._day)) + 12 * 60
        done = self._acts.cancel_all(Interval(noon, noon + 12 * 60))
        what = f"the afternoon of {self._day} is cancelled: {len(done.done)} patients"
        yield Answer(self.box.clock.now(), "D-BOOK-11", what)
        for booking in done.done:
            yield self._teller.tell(booking, "D-BOOK-11")
        for booking, refusal in done.refused:
            yield evolve(self._teller.refused(refusal), number=self._teller.number(booking))

    def _bounce(self, booking: BookingId) -> Iterator[Answer]:
        if self._worker:
            _ = self.box.deliver()
        if not world.bounce(self.box, booking):
            raise NotNow("no mail about it has left")
        what = "the newest mail about it came back"
        yield Answer(self.box.clock.now(), "D-BOOK-2", what, self._teller.number(booking))
        yield from self._told([self._round()])

    def _delete(self, booking: BookingId) -> Iterator[Answer]:
        if not world.delete_entry(self.box, booking):
            raise NotNow("it does not stand in the doctor's calendar; let time pass, as '+1 min'")
        what = "somebody removed it from the doctor's calendar"
        yield Answer(self.box.clock.now(), "D-BOOK-6", what, self._teller.number(booking))
        yield from self._told([self._round()])

    def _meeting(self, first: str, last: str) -> Iterator[Answer]:
        begins, ends = (self._clock(each).replace(tzinfo=COPENHAGEN) for each in (first, last))
        when = Interval.between(begins, ends)
        if isinstance(when, Failure):
            raise NotNow("a meeting ends after it has begun")
        if not world.write_meeting(self.box, when.unwrap()):
            raise NotNow("the doctor's calendar cannot be read")
        what = f"a meeting stands in the doctor's calendar, {spoken_start(when.unwrap()).en}"
        yield Answer(self.box.clock.now(), "S-BOOK-2", what)
        yield from self._told([self._round()])

    # --- looking ---------------------------------------------------------------------------------

    def _times(self, word: str) -> Iterator[Answer]:
        today = clinic_date(self.box.clock.now())
        day = day_named(word, today) if word else max(self._day, today)
        if day is None or not today <= day <= today + _AHEAD_MAX:
            raise NotNow(
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

    def _help(self) -> Iterator[Answer]:
        width = max(len(form.usage) for form in FORMS)
        lines = tuple(f"{form.usage:<{width}}  {form.does}" for form in FORMS)
        what = "WHICH is a booking's number, or 'it': the last one touched"
        yield Answer(self.box.clock.now(), "", what, more=lines)

    def _quit(self) -> Iterator[Answer]:
        self.ended = True
        yield from ()

    _plain: Final = {
        "ill": _ill,
        "kill": _kill,
        "start": _start,
        "help": _help,
        "quit": _quit,
    }

    # --- what several do -------------------------------------------------------------------------

    def _time(self, number: str) -> FreeTime:
        if not self._shown:
            raise NotNow("no free times are shown; 'times'")
        if not 0 < int(number) <= len(self._shown):
            raise NotNow(f"the free times that are shown are 1 to {len(self._shown)}; 'times'")
        return self._shown[int(number) - 1]

    def _clock(self, word: str) -> datetime:
        at = wall_time(self._day, word)
        if at is None:
            raise NotNow("HH:MM is a time of day, as 13:10")
        return at


def _person(who: str) -> Patient:
    return next(person for person in ADULTS if person.name.casefold() == who)
