from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices_core.booking.book import Asked, Asker, Book, Enquiry
from eservices_core.booking.bookable import OPEN, Offer
from eservices_core.booking.free_times import FreeTime, free_times
from eservices_core.booking.offered import OFFERED, why_not
from eservices_core.booking.wall_clock import day_start
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    ClosedPeriod,
    Period,
    Switch,
    clock,
)
from eservices_core.tables import Row
from eservices_core.words.identifiers import PractitionerId, TypeId
from eservices_core.words.interval import Interval, instant_of
from tests.booking import oracle
from tests.booking.clinics import (
    ANNA,
    CHANGES,
    LONG,
    NAME,
    SHORT,
    Drawn,
    anna,
    drawn,
    simple,
    wall,
)

NOW = datetime(2026, 9, 1, 7, tzinfo=UTC)
"""A Tuesday, 9 o'clock in Copenhagen."""
THURSDAY = date(2026, 9, 3)
AT_NINE = datetime(2026, 9, 3, 7, tzinfo=UTC)


class TestAgreement:
    @settings(max_examples=100)
    @given(drawn(), st.lists(st.integers(0, 5000), max_size=10))
    def test_why_not_and_free_times_say_the_same(self, given: Drawn, more: list[int]) -> None:
        """D-BOOK-14: a time is among the free times exactly when the answer to 'why not' is that
        it is offered.
        """  # noqa: D205  one sentence
        times = free_times(given.enquiry, given.books, given.first, given.until)
        begin, end = day_start(given.first), day_start(given.until)
        for who, kind, own in _pairs(given.enquiry.settings):
            book = given.books.get(who, Book())
            practitioner = given.enquiry.settings.practitioner(who)
            assert practitioner is not None
            starts = oracle.starts(practitioner, kind, own[0], own[1], given.first, given.until)
            some = sorted(starts)[:: 1 + len(more)]
            for start in {*some, *(begin + each for each in more if begin + each < end)}:
                row = why_not(given.enquiry, book, Asked(who, kind, instant_of(start)))
                time = FreeTime(Interval(start, start + own[0]), who, kind, own[1])
                assert (row.then is Offer.OFFERED) == (time in times), row.name


def _pairs(
    chosen: BookingSettings,
) -> Iterator[tuple[PractitionerId, TypeId, tuple[int, int]]]:
    for who, kind in product(chosen.practitioners, chosen.types):
        own = chosen.length_with(who, kind)
        yield who.practitioner, kind.type, (own.length, own.pause)


class TestTheTables:
    def test_the_texts_are_for_people(self) -> None:
        """Every row says something in both languages, and staff are told more than patients where
        the reason is the clinic's own affair.
        """  # noqa: D205  one sentence
        rows = (*OPEN.rows, *OFFERED.rows)
        assert len({row.name for row in rows}) == len(rows)
        told = {row.name: row.says.patient for row in rows}
        for hidden in ("outside_periods", "between_starts", "taken_by_a_booking"):
            assert told[hidden] == told["taken_in_the_calendar"]
        assert told["clinic_shut"] == told["no_such_practitioner"]

    @pytest.mark.parametrize("table", [OPEN, OFFERED], ids=lambda table: table.name)
    def test_answers_come_in_a_fixed_order(self, table: object) -> None:
        """D-BOOK-14: a row is reached only where no row above it answers: all but the last of the
        facts it reads are what let the rows above it pass.
        """  # noqa: D205  one sentence
        assert table in (OPEN, OFFERED)
        rows: tuple[Row[Offer], ...] = tuple(table.rows)
        for above, below in pairwise(rows):
            *passed, decides = above.when
            assert list(below.when)[: len(passed)] == passed
            for fact in passed:
                assert below.when[fact] == above.when[fact]
            assert not above.when[decides] & below.when[decides]


BASE = simple(earliest_notice=timedelta(hours=2), horizon=timedelta(days=60))


def _named(
    chosen: BookingSettings,
    book: Book | None = None,
    asker: Asker = Asker.WITH_USER,
    asked: Asked | None = None,
) -> str:
    enquiry = Enquiry(chosen, asker, NOW)
    asked = asked or Asked(ANNA, SHORT, AT_NINE)
    return why_not(enquiry, book or Book(NOW), asked).name


def _nine(length: int = 15) -> tuple[Interval, ...]:
    start = day_start(THURSDAY) + clock(9)
    return (Interval(start, start + length),)


class TestWhy:
    def test_offered(self) -> None:
        """S-BOOK-1: a free time in a period is offered."""
        assert _named(BASE) == "offered"

    def test_clinic_and_practitioner_can_be_shut(self) -> None:
        """D-BOOK-10: a clinic, then a practitioner, closed for new requests is the reason."""
        shut = simple(practitioners=(anna(booking=Switch.OFF),))

        assert _named(simple(booking=Switch.OFF)) == "clinic_shut"
        assert _named(shut) == "practitioner_shut"
        assert _named(simple(practitioners=())) == "no_such_practitioner"

    def test_a_type_must_be_offered_by_the_practitioner(self) -> None:
        """D-BOOK-10: a type that the practitioner, or the clinic, does not have is not offered."""
        two = simple(types=(AppointmentType(SHORT, NAME, 15), AppointmentType(LONG, NAME, 30)))
        unknown = Asked(ANNA, TypeId("unknown"), AT_NINE)

        assert _named(two, asked=Asked(ANNA, LONG, AT_NINE)) == "type_not_offered"
        assert _named(two, asked=unknown) == "type_not_offered"

    @pytest.mark.parametrize("switches", list(product(Switch, repeat=3)))
    def test_without_a_user_three_switches_must_agree(
        self, switches: tuple[Switch, Switch, Switch]
    ) -> None:
        """D-BOOK-7: without a user, the clinic's, the practitioner's and the type's switch must all
        be on; the first that is off is the reason. With a user none of them is asked.
        """  # noqa: D205  one sentence
        clinics, practitioners, types = switches
        chosen = simple(
            without_user=clinics,
            practitioners=(anna(without_user=practitioners),),
            types=(AppointmentType(SHORT, NAME, 15, without_user=types),),
        )
        names = ("clinic", "practitioner", "type")
        off = [name for name, switch in zip(names, switches, strict=True) if switch is Switch.OFF]

        named = _named(chosen, asker=Asker.WITHOUT_USER)
        assert named == (f"without_user_shut_by_{off[0]}" if off else "offered")
        assert _named(chosen) == "offered"

    def test_an_old_calendar(self) -> None:
        """D-BOOK-6: a calendar read more than 15 minutes ago, or never, is the reason."""
        assert _named(BASE, Book(NOW - timedelta(minutes=15))) == "offered"
        assert _named(BASE, Book(NOW - timedelta(minutes=15, seconds=1))) == "calendar_too_old"
        assert _named(BASE, Book()) == "calendar_too_old"
        patient = simple(calendar_stale_after=timedelta(hours=1))
        assert _named(patient, Book(NOW - timedelta(minutes=59))) == "offered"

    def test_a_time_that_the_clock_never_shows(self) -> None:
        """D-BOOK-9: half past two does not exist on the night when clocks go forward; asked as an
        instant it is another time, which the clock shows.
        """  # noqa: D205  one sentence
        chosen = simple(practitioners=(anna(Period(6, 0, clock(6))),))
        skipped = wall(date(2027, 3, 28), 2, 30)
        instant = skipped.replace(tzinfo=timezone(timedelta(hours=1)))

        assert _named(chosen, asked=Asked(ANNA, SHORT, skipped)) == "no_such_time"
        assert _named(chosen, asked=Asked(ANNA, SHORT, instant)) == "offered"

    def test_a_time_that_the_clock_shows_twice(self) -> None:
        """D-BOOK-9: of half past two on the night when clocks go back, one can be taken and the
        other free.
        """  # noqa: D205  one sentence
        chosen = simple(practitioners=(anna(Period(6, 0, clock(6))),))
        twice = wall(CHANGES[1], 2, 30)
        first = day_start(CHANGES[1]) + clock(2, 30)
        book = Book(NOW, busy=(Interval(first, first + 15),))

        asked = Asked(ANNA, SHORT, twice)
        later = Asked(ANNA, SHORT, twice.replace(fold=1))
        assert _named(chosen, book, asked=asked) == "taken_in_the_calendar"
        assert _named(chosen, book, asked=later) == "offered"

    def test_past_and_notice_and_horizon(self) -> None:
        """D-BOOK-5, D-BOOK-10: what has begun is past; two opening hours are the notice here; and
        sixty days the horizon.
        """  # noqa: D205  one sentence
        at = {
            NOW - timedelta(hours=1): "past",
            NOW: "past",
            NOW + timedelta(minutes=15): "inside_notice",
            NOW + timedelta(hours=2): "inside_notice",
            NOW + timedelta(hours=2, minutes=15): "offered",
            NOW + timedelta(days=60, minutes=-15) + timedelta(hours=1): "beyond_horizon",
            NOW + timedelta(days=59): "offered",
        }
        assert {when: _named(BASE, asked=Asked(ANNA, SHORT, when)) for when in at} == at

    def test_to_the_minute(self) -> None:
        """D-BOOK-5, D-BOOK-10: the first time after the notice is offered, and the last before the
        horizon.
        """  # noqa: D205  one sentence
        near = simple(earliest_notice=timedelta(hours=2), horizon=timedelta(days=2))
        two_hours_on = Asked(ANNA, SHORT, NOW + timedelta(hours=2))
        enquiry = Enquiry(near, Asker.WITH_USER, NOW - timedelta(minutes=1))
        assert why_not(enquiry, Book(NOW), two_hours_on).name == "offered"
        assert _named(near, asked=two_hours_on) == "inside_notice"
        assert _named(near) == "beyond_horizon"
        before = Asked(ANNA, SHORT, AT_NINE - timedelta(minutes=15))
        assert _named(near, asked=before) == "offered"

    def test_closed_beside_it(self) -> None:
        """D-BOOK-10: what closes when the time is over, or opens when it begins, is no reason."""
        for first, end in (((8, 0), (9, 0)), ((9, 15), (12, 0))):
            shut = (ClosedPeriod(wall(THURSDAY, *first), wall(THURSDAY, *end)),)
            assert _named(simple(closed=shut)) == "offered"

    def test_closed(self) -> None:
        """D-BOOK-10: a time of which a part lies in a closed period is refused for that."""
        shut = (ClosedPeriod(wall(THURSDAY, 9, 10), wall(THURSDAY, 12)),)

        assert _named(simple(closed=shut)) == "closed"
        ten = Asked(ANNA, SHORT, AT_NINE - timedelta(minutes=15))
        assert _named(simple(closed=shut), asked=ten) == "offered"

    def test_outside_and_between(self) -> None:
        """S-BOOK-1: a time outside the periods, partly too, or beside their starts is refused."""
        late = Asked(ANNA, SHORT, AT_NINE + timedelta(hours=6, minutes=50))
        beside = Asked(ANNA, SHORT, AT_NINE + timedelta(minutes=5))
        seconds = Asked(ANNA, SHORT, AT_NINE + timedelta(seconds=1))

        assert _named(BASE, asked=late) == "outside_periods"
        assert _named(BASE, asked=beside) == "between_starts"
        assert _named(BASE, asked=seconds) == "between_starts"

    def test_taken(self) -> None:
        """D-BOOK-1, S-BOOK-2: a booking of ours is the reason before the calendar, where it also
        stands; a pause that meets something is taken too.
        """  # noqa: D205  one sentence
        pausing = simple(types=(AppointmentType(SHORT, NAME, 15, pause=15),))
        after = Book(NOW, busy=(Interval(_nine()[0].end, _nine()[0].end + 5),))

        assert _named(BASE, Book(NOW, _nine(), _nine())) == "taken_by_a_booking"
        assert _named(BASE, Book(NOW, busy=_nine())) == "taken_in_the_calendar"
        assert _named(BASE, after) == "offered"
        assert _named(pausing, after) == "taken_in_the_calendar"
