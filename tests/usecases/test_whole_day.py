"""A practitioner's whole day: previewed, cancelled or moved, and who is called (D-BOOK-11)."""

from datetime import date, datetime, timedelta
from typing import Final

import pytest

from eservices_core.booking.delivery import Evidence
from eservices_core.booking.states import AwaitingDelivery, Cancelled
from eservices_core.ports.ledger import ByStaff
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.world import OTHER_PRACTITIONER, PRACTITIONER
from eservices_core.usecases.desk import Why
from eservices_core.usecases.whole_day import (
    CancelDay,
    DayDone,
    Lies,
    MoveDay,
    PreviewDay,
    cancel_day,
    move_day,
    preview_day,
)
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId
from eservices_core.words.interval import Interval, minute_of
from tests.usecases.book_day import BookDay, Patient, wall

ANNA: Final = "0709614606"
BENT: Final = "0709614231"
DORTE: Final = "1303814074"
THURSDAY: Final = 3


def of(first: datetime, last: datetime) -> Interval:
    """The time between two moments on the clinic's clock."""
    start, end = (minute_of(each.replace(tzinfo=COPENHAGEN)) for each in (first, last))
    return Interval(start, end)


AFTERNOON: Final = of(wall(12, days=THURSDAY), wall(16, days=THURSDAY))


@pytest.fixture
def day() -> BookDay:
    """A Monday morning."""
    return BookDay()


def afternoon(day: BookDay) -> tuple[list[Patient], list[BookingId]]:
    """Three patients with a time on Thursday afternoon."""
    people = [day.comes(number, f"p{place}") for place, number in enumerate((ANNA, BENT, DORTE))]
    bookings = [
        day.requested(who, wall(13, 20 * place, days=THURSDAY)) for place, who in enumerate(people)
    ]
    for booking in bookings:
        _ = day.approves(booking).unwrap()
    day.mailed()
    day.waits(timedelta(minutes=30))
    return people, bookings


def preview(day: BookDay, within: Interval = AFTERNOON) -> tuple[Lies, ...]:
    """What staff see before they act."""
    return preview_day(
        day.services,
        PreviewDay(
            key=day.key(),
            by=day.by_staff,
            staff=day.staff,
            practitioner=PRACTITIONER,
            within=within,
        ),
    ).unwrap()


def cancel(day: BookDay, seen: tuple[BookingId, ...], key: str = "ill") -> DayDone:
    """Cancel what was seen."""
    return cancel_day(
        day.services,
        CancelDay(
            key=key,
            by=day.by_staff,
            staff=day.staff,
            practitioner=PRACTITIONER,
            within=AFTERNOON,
            seen=seen,
        ),
    )


def test_previewed_and_cancelled(day: BookDay) -> None:
    """D-BOOK-11: what was previewed is cancelled, one mail each, and all are on the call list."""
    _, bookings = afternoon(day)
    seen = preview(day)
    assert [lies.booking for lies in seen] == bookings
    assert all("Confirmed for" in lies.sentence.en for lies in seen)
    done = cancel(day, tuple(bookings))
    assert done == DayDone(tuple(bookings))
    for booking in bookings:
        assert isinstance(day.now(booking), Cancelled)
        assert day.mail_kinds(booking).count(MailKind.BOOKING_CANCELLED_BY_CLINIC) == 1
    assert [item.booking for item in day.desk().call_list] == bookings
    assert preview(day) == ()


def test_only_proof_of_reading_takes_one_off_the_call_list(day: BookDay) -> None:
    """D-BOOK-11: neither handing over nor silence proves that a cancellation was read."""
    people, bookings = afternoon(day)
    _ = cancel(day, tuple(bookings))
    day.mailed()
    day.waits(timedelta(hours=5))
    assert len(day.desk().call_list) == len(bookings)
    _ = day.opens(day.comes_back(people[0], ANNA), bookings[0]).unwrap()
    _ = day.tells(bookings[1], Evidence.CALL).unwrap()
    assert [item.booking for item in day.desk().call_list] == bookings[2:]


def test_what_was_not_seen_is_left_alone(day: BookDay) -> None:
    """D-BOOK-11: a booking that came after the preview is named, and nothing is done to it."""
    _, bookings = afternoon(day)
    day.card(day.civil_number("2906980013"))
    late = day.books(day.civil_number("2906980013"), wall(15, days=THURSDAY))
    done = cancel(day, tuple(bookings))
    assert done.not_seen == (late.unwrap().booking,)
    assert isinstance(day.now(done.not_seen[0]), AwaitingDelivery)


def test_asking_again_sends_no_second_mail(day: BookDay) -> None:
    """D-BOOK-11: a day that was cut off half-way is asked for again under its key."""
    _, bookings = afternoon(day)
    first = cancel(day, tuple(bookings[:2]))
    again = cancel(day, tuple(bookings))
    assert first.done == tuple(bookings[:2])
    assert again.done == tuple(bookings)
    kinds = [kind for booking in bookings for kind in day.mail_kinds(booking)]
    assert kinds.count(MailKind.BOOKING_CANCELLED_BY_CLINIC) == len(bookings)


def test_moved_to_another_day(day: BookDay) -> None:
    """D-BOOK-11: a whole day moves to the same times, and one without room stays and is named."""
    _, bookings = afternoon(day)
    day.card(day.civil_number("2906980013"))
    in_the_way = wall(13, 20, days=THURSDAY + 1)
    _ = day.books(day.civil_number("2906980013"), in_the_way, outside=True).unwrap()
    done = move_day(
        day.services,
        MoveDay(
            key="friday",
            by=day.by_staff,
            staff=day.staff,
            practitioner=PRACTITIONER,
            within=AFTERNOON,
            seen=tuple(bookings),
            to=PRACTITIONER,
            days=1,
        ),
    )
    assert done.done == (bookings[0], bookings[2])
    assert [(booking, refusal.reason) for booking, refusal in done.refused] == [
        (bookings[1], "taken")
    ]
    assert day.now(bookings[0]).terms.interval == of(
        wall(13, days=THURSDAY + 1), wall(13, 20, days=THURSDAY + 1)
    )
    assert day.now(bookings[1]).terms.interval.start == AFTERNOON.start + 80


def test_moved_to_a_colleague(day: BookDay) -> None:
    """D-BOOK-11: a whole day moves to another practitioner, and each patient is told once."""
    _, bookings = afternoon(day)
    done = move_day(
        day.services,
        MoveDay(
            key="colleague",
            by=day.by_staff,
            staff=day.staff,
            practitioner=PRACTITIONER,
            within=AFTERNOON,
            seen=tuple(bookings),
            to=OTHER_PRACTITIONER,
            days=0,
        ),
    )
    assert done == DayDone(tuple(bookings))
    assert {day.now(booking).terms.practitioner for booking in bookings} == {OTHER_PRACTITIONER}
    assert all(day.mail_kinds(booking).count(MailKind.BOOKING_MOVED) == 1 for booking in bookings)


def test_another_clinic_sees_nothing(day: BookDay) -> None:
    """D-LOG-2: staff of another clinic preview nothing, and can cancel nothing, of this one."""
    _, bookings = afternoon(day)
    command = CancelDay(
        key="theirs",
        by=ByStaff(day.other_staff),
        staff=day.other_staff,
        practitioner=PRACTITIONER,
        within=AFTERNOON,
        seen=tuple(bookings),
    )
    done = cancel_day(day.services, command)
    assert done.done == ()
    assert {refusal.reason for _, refusal in done.refused} == {"no_such_booking"}
    assert day.desk().items == ()


def test_late_cancellations_leave_the_desk(day: BookDay) -> None:
    """D-BOOK-15: the desk shows what waits, and what was called for stays until it is seen to."""
    people, bookings = afternoon(day)
    day.clock.set(datetime(2026, 11, 25, 8, tzinfo=COPENHAGEN))
    _ = day.cancels(day.comes_back(people[0], ANNA), bookings[0]).unwrap()
    assert [item.why for item in day.desk().items] == [Why.CANCELLED_LATE]
    day.clock.set(datetime.combine(date(2026, 11, 26), datetime.min.time(), COPENHAGEN))
    assert [item.why for item in day.desk().items] == [Why.CANCELLED_LATE]
