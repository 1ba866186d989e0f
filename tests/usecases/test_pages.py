"""Pages: what has gone by is shown a page at a time, and nothing is left out or shown twice."""

from collections.abc import Callable
from typing import Any

import pytest

from eservices_core.outcome import Failure
from eservices_core.testing.world import CLINIC
from eservices_core.usecases import journal, letters, see_conversations, times
from tests.usecases.book_day import MONDAY, BookDay, Patient, wall
from tests.usecases.letter_day import LetterDay
from tests.usecases.mail_day import MailDay
from tests.usecases.people import MINUTE, reason

BENT = "0709614231"
SEVERAL = 5


class _Clinic(LetterDay, MailDay, BookDay):
    """A clinic in which all of it is done."""


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A day on which pages have two rows, and a patient has several of everything."""
    monkeypatch.setattr(see_conversations, "PAGE", 2)
    monkeypatch.setattr(times, "PAST_PAGE", 2)
    monkeypatch.setattr(letters, "_PAGE", 2)
    monkeypatch.setattr(journal, "ENTRIES_MAX", 2)
    day: Any = _Clinic(MONDAY)
    day.writer_of = day.writer(BENT, "bent")
    writer = day.writer_of
    day.who = Patient(writer.user, writer.session, writer.browser, writer.address)
    return day


def own(day: Any, **more: Any) -> Any:
    """Have the patient look at 'Dine tider'."""
    command = times.SeeOwnBookings(
        key=day.key(),
        by=day.anybody,
        session=day.who.session,
        browser=day.who.browser,
        clinic=CLINIC,
        **more,
    )
    return times.see_own_bookings(day.services, command)


def letters_of(day: Any, **more: Any) -> Any:
    """Have staff look at the patient's letters."""
    command = letters.SeeLetters(
        key=day.key(), by=day.by_staff, staff=day.staff, user=day.who.user, **more
    )
    return letters.see_letters(day.services, command)


def journal_of(day: Any, **more: Any) -> Any:
    """Have staff read the patient's journal."""
    command = journal.ReadJournal(
        key=day.key(), by=day.by_staff, staff=day.staff, user=day.who.user, **more
    )
    return journal.read_journal(day.services, command)


def test_what_is_coming_stands_before_what_is_past(day: Any) -> None:
    """S-BOOK-5: first what is coming, by time, all of it; then what is past, the latest first."""
    made: list[Any] = []
    for number in range(SEVERAL):
        made.append(day.requested(day.who, wall(9 + number // 3, number % 3 * 20, days=4)))
        if number < 3:
            _ = day.declines(made[-1]).unwrap()
    first = [one.booking for one in own(day).unwrap()]
    assert first == [made[3], made[4], made[2], made[1]]
    assert [one.booking for one in own(day, before=made[1]).unwrap()] == [made[0]]
    assert own(day, before=made[0]).unwrap() == ()


def test_a_booking_that_was_moved_stands_at_its_new_time(day: Any) -> None:
    """S-BOOK-5: what is coming is in the order of its times, also after one was moved."""
    early, late = (day.requested(day.who, wall(hour, days=4)) for hour in (9, 10))
    _ = day.moves_own(day.who, early, wall(11, days=4)).unwrap()
    assert [one.booking for one in own(day).unwrap()] == [late, early]


def test_conversations_come_newest_first(day: Any) -> None:
    """Page after page, each conversation is shown once, the newest first."""
    begun: list[Any] = []
    for _ in range(SEVERAL):
        begun.append(day.begins(day.writer_of).unwrap().conversation)
        day.clock.wind(MINUTE)
    shown: list[Any] = []
    page = day.sees(day.writer_of).unwrap()
    while page.conversations:
        assert len(page.conversations) <= 2
        shown += [one.conversation for one in page.conversations]
        if page.more is None:
            break
        page = day.sees(day.writer_of, before=page.more).unwrap()
    assert shown == begun[::-1]


@pytest.mark.parametrize("look", [letters_of, journal_of])
def test_pages_of_staff_go_back_in_time(day: Any, look: Callable[..., Any]) -> None:
    """Each page is oldest first, and the next one is what lay before it; none is left out."""
    for _ in range(SEVERAL):
        _ = day.sends(day.who.user).unwrap()
        day.clock.wind(MINUTE)
    pages: list[list[Any]] = []
    found = look(day).unwrap()
    while found:
        pages.insert(0, [_id_of(one) for one in found])
        found = look(day, before=pages[0][0]).unwrap()
    assert [len(page) for page in pages] == [1, 2, 2]
    every = [each for page in pages for each in page]
    assert len(set(every)) == SEVERAL
    assert [_id_of(one) for one in look(day).unwrap()] == every[-2:]


def _id_of(shown: Any) -> Any:
    return shown.letter if hasattr(shown, "letter") else shown.entry


def test_a_page_before_what_is_not_there_is_refused(day: Any) -> None:
    """D-LOG-2: what is not theirs, nobody pages on from; it answers as what does not exist."""
    anna = day.comes("0709614606", "anna")
    booking = day.requested(anna, wall(9, days=4))
    _ = day.declines(booking).unwrap()
    letter = day.sends(day.who.user).unwrap().letter
    assert reason(own(day, before=booking)) == ("D-LOG-2", "no_such_booking")
    assert isinstance(letters_of(day, before=booking), Failure)
    assert isinstance(journal_of(day, before=booking), Failure)
    assert isinstance(day.sees(day.writer_of, before=booking), Failure)
    assert len(letters_of(day, before=letter).unwrap()) == 0
