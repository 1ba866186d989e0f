"""Which bookings lie in a closed period that staff are about to enter (D-BOOK-10)."""

from datetime import date, datetime, timedelta
from typing import Final

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.booking.states import AwaitingDelivery, Requested
from eservices_core.clinic.booking_settings import ClosedPeriod
from eservices_core.clinic.staff import StaffMember
from eservices_core.testing.world import (
    EVERY_WORKING_DAY,
    OTHER_PRACTITIONER,
    PRACTITIONER,
)
from eservices_core.usecases.preview_closing import (
    InTheWay,
    PreviewClosing,
    preview_closing,
)
from eservices_core.usecases.whole_day import CancelDay, cancel_day
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId, PractitionerId
from tests.usecases.book_day import MONDAY, BookDay, wall

ANNA: Final = "0709614606"
BENT: Final = "0709614231"
DORTE: Final = "1303814074"
THURSDAY: Final = 3
AFTERNOON: Final = ClosedPeriod(wall(13, days=THURSDAY), wall(16, days=THURSDAY))


@pytest.fixture
def day() -> BookDay:
    """A Monday morning."""
    return BookDay()


def closing(
    day: BookDay,
    period: ClosedPeriod = AFTERNOON,
    practitioners: frozenset[PractitionerId] | None = None,
    staff: StaffMember | None = None,
) -> tuple[InTheWay, ...]:
    """What staff see before they close."""
    return preview_closing(
        day.services,
        PreviewClosing(
            key=day.key(),
            by=day.by_staff,
            staff=staff or day.staff,
            period=period,
            practitioners=practitioners,
        ),
    )


def seen(found: tuple[InTheWay, ...]) -> list[BookingId]:
    """Which bookings were listed."""
    return [one.booking for one in found]


def afternoon(day: BookDay) -> list[BookingId]:
    """Thursday afternoon: a request, an approved booking, and one with the other practitioner."""
    requested = day.requested(day.comes(ANNA, "anna"), wall(13, days=THURSDAY))
    approved = day.requested(day.comes(BENT, "bent"), wall(14, days=THURSDAY))
    _ = day.approves(approved).unwrap()
    dorte = day.comes(DORTE, "dorte")
    with_other = day.asks(dorte, wall(14, days=THURSDAY), OTHER_PRACTITIONER).unwrap().booking
    return [requested, approved, with_other]


def test_requests_and_approved_bookings_of_all_practitioners_are_listed(day: BookDay) -> None:
    """D-BOOK-10: before the clinic closes, staff read what lies in the period, by time and then by
    practitioner: with whom, when, and the sentence that says how it stands.
    """  # noqa: D205  one sentence
    bookings = afternoon(day)

    found = closing(day)

    assert seen(found) == bookings
    assert [one.practitioner for one in found] == [PRACTITIONER, PRACTITIONER, OTHER_PRACTITIONER]
    for one in found:
        assert one.interval == day.now(one.booking).terms.interval
        assert one.sentence.da
    assert isinstance(day.now(bookings[0]), Requested)
    assert "13:00" in found[0].sentence.en
    assert found[0].sentence != found[1].sentence


def test_some_practitioners_may_close_by_themselves(day: BookDay) -> None:
    """D-BOOK-10: where some practitioners close, only what is with them is listed."""
    first, second, with_other = afternoon(day)

    assert seen(closing(day, practitioners=frozenset({PRACTITIONER}))) == [first, second]
    assert seen(closing(day, practitioners=frozenset({OTHER_PRACTITIONER}))) == [with_other]
    assert closing(day, practitioners=frozenset({PractitionerId("nobody")})) == ()
    assert closing(day, practitioners=frozenset()) == ()


@pytest.mark.parametrize(
    ("start", "until", "listed"),
    [
        ((12, 0), (13, 0), False),
        ((12, 0), (13, 1), True),
        ((13, 5), (13, 10), True),
        ((13, 19), (15, 0), True),
        ((13, 20), (15, 0), False),
    ],
    ids=str,
)
def test_one_shared_minute_is_enough(
    day: BookDay, start: tuple[int, int], until: tuple[int, int], *, listed: bool
) -> None:
    """D-BOOK-10: a booking from 13:00 to 13:20 is listed if the period has a minute of it, and not
    if they only touch.
    """  # noqa: D205  one sentence
    booking = day.requested(day.comes(ANNA, "anna"), wall(13, days=THURSDAY))
    period = ClosedPeriod(wall(*start, days=THURSDAY), wall(*until, days=THURSDAY))

    assert seen(closing(day, period)) == ([booking] if listed else [])


def test_a_pause_alone_is_not_in_the_way() -> None:
    """D-BOOK-10: a period that begins when the appointment ends, in its pause, lists nothing."""
    (visit,) = EVERY_WORKING_DAY.types
    with_pause = with_changes(EVERY_WORKING_DAY, types=(with_changes(visit, pause=10),))
    day = BookDay(booking=with_pause)
    booking = day.requested(day.comes(ANNA, "anna"), wall(13, days=THURSDAY))
    in_the_pause = ClosedPeriod(wall(13, 20, days=THURSDAY), wall(15, days=THURSDAY))
    a_minute_more = ClosedPeriod(wall(13, 19, days=THURSDAY), wall(15, days=THURSDAY))

    assert closing(day, in_the_pause) == ()
    assert seen(closing(day, a_minute_more)) == [booking]


def test_what_has_ended_or_begun_is_not_listed(day: BookDay) -> None:
    """D-BOOK-10: a cancelled booking, an expired request and a time that has begun are not listed:
    nothing can be done about them any more.
    """  # noqa: D205  one sentence
    requested, approved, with_other = afternoon(day)
    _ = day.cancels_for_clinic(with_other).unwrap()
    assert seen(closing(day)) == [requested, approved]

    expires = day.now(requested)
    assert isinstance(expires, Requested)
    day.clock.set(expires.answer_by)
    assert seen(closing(day)) == [approved], "whether or not a worker has noted it"

    day.clock.set(wall(14, days=THURSDAY).replace(tzinfo=COPENHAGEN))
    assert closing(day) == ()


def test_what_was_listed_is_cancelled_practitioner_by_practitioner(day: BookDay) -> None:
    """D-BOOK-10, D-BOOK-11: what was listed can be handed on as seen, and then none is left."""
    bookings = afternoon(day)
    found = closing(day)

    for who in (PRACTITIONER, OTHER_PRACTITIONER):
        mine = [one for one in found if one.practitioner == who]
        done = cancel_day(
            day.services,
            CancelDay(
                key=f"closed-{who}",
                by=day.by_staff,
                staff=day.staff,
                practitioner=who,
                within=mine[0].interval,
                seen=tuple(one.booking for one in mine),
            ),
        )
        assert done.done == tuple(one.booking for one in mine)

    assert closing(day) == ()
    assert seen(found) == bookings


def test_looking_changes_nothing(day: BookDay) -> None:
    """D-BOOK-10: closing stops new requests only, and a look at what lies there not even that."""
    _, approved, _ = afternoon(day)
    before = day.ledger.events(), day.ledger.audit()

    _ = closing(day)

    assert (day.ledger.events(), day.ledger.audit()) == before
    assert isinstance(day.now(approved), AwaitingDelivery)


def test_another_clinic_sees_nothing(day: BookDay) -> None:
    """D-LOG-2: staff of another clinic are listed nothing of this one's."""
    _ = afternoon(day)

    assert closing(day, staff=day.other_staff) == ()


def test_a_period_that_no_clock_shows_has_nothing_in_it(day: BookDay) -> None:
    """D-BOOK-9, D-BOOK-10: half an hour inside the night's lost hour closes nothing."""
    spring = date(2027, 3, 28)
    lost = ClosedPeriod(
        datetime.combine(spring, datetime.min.time()) + timedelta(hours=2, minutes=15),
        datetime.combine(spring, datetime.min.time()) + timedelta(hours=2, minutes=45),
    )

    assert closing(day, lost) == ()


class TestAgreement:
    """One morning with a booking in every place, looked at through many periods."""

    day = BookDay()
    booked: Final[dict[datetime, BookingId]] = {}

    @classmethod
    def setup_class(cls) -> None:
        """Book 8:00, 8:20 … 11:40 on Thursday."""
        for place in range(12):
            at = wall(8, days=THURSDAY) + timedelta(minutes=20 * place)
            number = cls.day.civil_number(ANNA)
            cls.day.card(number)
            cls.booked[at] = cls.day.books(number, at, outside=True).unwrap().booking

    @given(st.integers(0, 300), st.integers(1, 300))
    def test_what_is_listed_is_what_shares_a_minute(self, start: int, length: int) -> None:
        """D-BOOK-10: for any period exactly the bookings that share a minute with it are listed."""
        first = MONDAY.replace(hour=7, tzinfo=None) + timedelta(days=THURSDAY, minutes=start)
        until = first + timedelta(minutes=length)

        expected = [
            booking
            for at, booking in self.booked.items()
            if any(first <= at + timedelta(minutes=one) < until for one in range(20))
        ]
        assert seen(closing(self.day, ClosedPeriod(first, until))) == expected
