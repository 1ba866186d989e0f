"""How many statements a look takes: as many over a long history as over a short one."""

from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import frozen

from eservices_adapters.store.sqlite import SqliteLedger
from eservices_core import events
from eservices_core.booking.book import Asker
from eservices_core.clinic.booking_settings import ClosedPeriod
from eservices_core.clinic.master_card import MasterCard
from eservices_core.consultation.states import CloseReason
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.staffing.opening import Purpose
from eservices_core.testing.ledger_examples import KEY
from eservices_core.testing.world import CLINIC, PRACTITIONER
from eservices_core.usecases.desk import SeeDesk, see_desk
from eservices_core.usecases.find_patients import FindPatients, find_patients
from eservices_core.usecases.journal import ReadJournal, read_journal
from eservices_core.usecases.letters import SeeLetters, see_letters
from eservices_core.usecases.name_index import read_names
from eservices_core.usecases.own_log import SeeOwnLog, see_own_log
from eservices_core.usecases.perform import perform
from eservices_core.usecases.preview_closing import PreviewClosing, preview_closing
from eservices_core.usecases.rebuild_views import rebuild_views
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.see_conversations import SeeConversations, see_conversations
from eservices_core.usecases.services import Command
from eservices_core.usecases.times import SeeOwnBookings, SeeTimes, see_own_bookings, see_times
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.whole_day import PreviewDay, preview_day
from eservices_core.usecases.worklist import SeeUnread, SeeWorklist, see_unread, see_worklist
from eservices_core.words.interval import Interval, minute_of
from tests.tools.statements import statements_of
from tests.usecases.book_day import MONDAY, NEXT_MONDAY, BookDay, Patient, wall
from tests.usecases.letter_day import LetterDay
from tests.usecases.mail_day import MailDay
from tests.usecases.test_over_stores import over

BENT: Final = "0709614231"
COPIES: Final = 400
"""Of each thing that is over; with what each has brought, ten thousand events and more."""
OPEN: Final = 60


class _Clinic(LetterDay, MailDay, BookDay):
    """A clinic in which all of it is done."""


@frozen
class _Nothing:
    """Nothing to say."""


def _copied(day: Any, kind: events.Kind[Any, Any], key: object, times: int, first: int = 0) -> None:
    """Have a stream happen again under other keys, with all that it leaves on lists."""
    happened = [one.event for one in day.ledger.history(kind.stream(key))]
    assert happened, "there is something to copy"

    def work(unit: Unit) -> Outcome[_Nothing, Refusal]:
        for number in range(first, first + times):
            unit.add(kind, f"{key}-{number}", happened)
        return Success(_Nothing())

    command = Command(key=day.key(), by=BySystem())
    _ = perform(day.services, command, _Nothing, work).unwrap()


@pytest.fixture
def day(tmp_path: Path) -> Generator[Any, None, None]:
    """A clinic where one of everything is over, one is open, and one was laid on the desk."""
    with over(SqliteLedger(tmp_path / "ledger.sqlite", KEY), _Clinic(MONDAY)) as day:
        clinic: Any = day
        writer = clinic.writer(BENT, "bent")
        who = Patient(writer.user, writer.session, writer.browser, writer.address)
        clinic.over = {
            events.CONVERSATION: clinic.begins(writer).unwrap().conversation,
            events.BOOKING: clinic.requested(who, wall(9, days=4)),
            events.LETTER: clinic.sends(writer.user).unwrap().letter,
        }
        _ = clinic.staff_answer(clinic.over[events.CONVERSATION]).unwrap()
        _ = clinic.reads(writer, clinic.over[events.CONVERSATION]).unwrap()
        _ = clinic.closes(clinic.over[events.CONVERSATION], CloseReason.DEALT_WITH)
        _ = clinic.declines(clinic.over[events.BOOKING]).unwrap()
        _ = clinic.hand_over()
        clinic.open = {
            events.CONVERSATION: clinic.begins(writer).unwrap().conversation,
        }
        clinic.live = clinic.requested(who, wall(10, days=4))
        (entry, *_) = clinic.ledger.streams(events.JOURNAL_ENTRY.name, "", 1)
        clinic.over[events.JOURNAL_ENTRY] = entry.key
        clinic.who = who
        clinic.cards.put(CLINIC, MasterCard(clinic.civil_number(BENT), "Bent Testesen"))
        assert read_names(clinic.services, CLINIC) == 1
        yield clinic


def _look(day: Any, command: type[Command], **more: Any) -> Any:
    return command(key=day.key(), by=day.by_staff, staff=day.staff, **more)


def _own(day: Any, command: type[Command], **more: Any) -> Any:
    who = day.who
    return command(key=day.key(), by=day.anybody, session=who.session, browser=who.browser, **more)


_PERIOD: Final = ClosedPeriod(
    MONDAY.replace(tzinfo=None), MONDAY.replace(tzinfo=None) + timedelta(days=20)
)
_SPAN: Final = Interval(minute_of(MONDAY), minute_of(MONDAY + timedelta(days=30)))

LOOKS: Final[dict[str, Callable[[Any], Any]]] = {
    "worklist": lambda day: see_worklist(day.services, _look(day, SeeWorklist)),
    "unread": lambda day: see_unread(day.services, _look(day, SeeUnread)),
    "desk": lambda day: see_desk(day.services, _look(day, SeeDesk)),
    "journal": lambda day: read_journal(day.services, _look(day, ReadJournal, user=day.who.user)),
    "letters": lambda day: see_letters(day.services, _look(day, SeeLetters, user=day.who.user)),
    "day": lambda day: preview_day(
        day.services, _look(day, PreviewDay, practitioner=PRACTITIONER, within=_SPAN)
    ),
    "closing": lambda day: preview_closing(
        day.services, _look(day, PreviewClosing, period=_PERIOD)
    ),
    "own bookings": lambda day: see_own_bookings(
        day.services, _own(day, SeeOwnBookings, clinic=CLINIC)
    ),
    "conversations": lambda day: see_conversations(
        day.services, _own(day, SeeConversations, clinic=CLINIC, user=day.who.user)
    ),
    "find by name": lambda day: find_patients(
        day.services, _look(day, FindPatients, text="ben", purpose=Purpose.CALL)
    ),
    "find by number": lambda day: find_patients(
        day.services, _look(day, FindPatients, text=BENT, purpose=Purpose.CALL)
    ),
    "own log": lambda day: see_own_log(day.services, _own(day, SeeOwnLog)),
    "times": lambda day: see_times(
        day.services,
        SeeTimes(
            key=day.key(),
            by=day.anybody,
            clinic=CLINIC,
            asker=Asker.WITH_USER,
            first=NEXT_MONDAY,
            until=NEXT_MONDAY + timedelta(days=7),
        ),
    ),
}


def _count(day: Any) -> dict[str, int]:
    """Count each look's statements; who is looked at is noted, in one commit."""
    counts: dict[str, int] = {}
    ledger: SqliteLedger = day.ledger
    for name, look in LOOKS.items():
        with statements_of(ledger) as run:
            looked = look(day)
        assert not isinstance(looked, Failure)
        counts[name] = len([one for one in run if not one.startswith("INSERT INTO audit")])
    return counts


def test_no_look_takes_more_statements_over_a_long_history(day: Any) -> None:
    """faults: 160. With ten thousand events of what is over, each look is as many statements."""
    for kind, key in day.over.items():
        _copied(day, kind, key, 10)
    few = _count(day)
    for kind, key in day.over.items():
        for first in range(10, COPIES, 100):
            _copied(day, kind, key, 100 * 7, first * 7)
    assert _events_in(day) > 10_000
    many = _count(day)
    assert many == few


def test_no_look_takes_more_statements_for_more_rows(day: Any) -> None:
    """A page of sixty rows is read in as many statements as a page of two."""
    _copied(day, events.CONVERSATION, day.open[events.CONVERSATION], 1)
    few = _count(day)
    _copied(day, events.CONVERSATION, day.open[events.CONVERSATION], OPEN, 1)
    many = _count(day)
    assert len(LOOKS["worklist"](day).unwrap().rows) > OPEN
    assert many == few


def test_looks_are_few_statements(day: Any) -> None:
    """What each look takes; whoever makes one dearer says so here."""
    counts = _count(day)
    assert max(counts.values()) <= 25, counts


def test_a_history_that_was_copied_is_as_its_events_say(day: Any) -> None:
    """Over SQLite too, rebuilt lists are those that were kept, page after page."""
    for kind, key in day.over.items():
        _copied(day, kind, key, 30)
    assert list(rebuild_views(day.services, mend=False, page=7)) == []


def _events_in(day: Any) -> int:
    with day.ledger._engine._connections.lend() as connection:
        counted: int = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    return counted
