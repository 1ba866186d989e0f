"""Rebuilding the views: what was kept is what the events say; what is not is found and mended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve as with_changes

from eservices_core.clinic.settings import SelfSignUp
from eservices_core.outcome import Failure, Success
from eservices_core.ports.digital_post import Rejected
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList, TakeOffList
from eservices_core.testing.memory import MemorySigner
from eservices_core.testing.world import CLINIC
from eservices_core.usecases.letters import SettleLetter, settle_letter
from eservices_core.usecases.purge import purge
from eservices_core.usecases.rebuild_views import Difference, ViewsBusy, rebuild_views
from eservices_core.views.every import VIEWS
from eservices_core.views.names import owner_of
from tests.usecases.every_use_case import CASES, Case
from tests.usecases.letter_day import LetterDay
from tests.usecases.mail_day import MailDay
from tests.usecases.people import ANNA


class FullDay(LetterDay, MailDay):
    """Letters, and conversations."""


NO_STREAM_S = ListName(ListKind.WORKLIST, "clinic-1")


NOTHING_TO_ERASE = {"-/mitid_attempt"}
"""Whether these were purged, nothing tells: their records went when they were used."""


def look(day: Any, *, mend: bool = False) -> list[Difference]:
    """Compare, with pages so small that there are several."""
    return list(rebuild_views(day.services, mend=mend, page=2))


def rows(day: Any) -> dict[tuple[ListName, str], Listed]:
    """Give all that lies anywhere."""
    return {(name, listed.item): listed for name, listed in day.ledger.every(100_000)}


def act(day: Any, *acts: PutOnList | TakeOffList) -> None:
    """Change lists behind everybody's back."""
    change = Change(day.key(), "", day.clock.now(), BySystem(), "", lists=acts)
    _ = day.ledger.commit(change).unwrap()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def done(request: pytest.FixtureRequest) -> Any:
    """A day after a use case."""
    case: Case = request.param
    day, do, command = case.begin()
    _ = do(day.services, command)
    return day


def test_after_every_use_case_lists_are_what_the_events_say(done: Any) -> None:
    """D-LOG-1: rebuilt, every list is what it was, whatever was done last."""
    assert look(done) == []


def test_every_item_has_a_stream(done: Any) -> None:
    """Whatever lies on a list, it can be said whose stream has laid it there."""
    for (name, _), listed in rows(done).items():
        if name.kind is not ListKind.PEOPLE:
            owner = owner_of(name, listed)
            assert owner is not None
            assert owner.kind in VIEWS
            assert done.ledger.history(owner) != ()


@pytest.fixture
def day() -> FullDay:
    """A day on which many lists have items."""
    day = FullDay()
    writer = day.writer("0709614231", "bent")
    _ = day.begins(writer).unwrap()
    _ = day.sends(writer.user).unwrap()
    _ = day.tick(writer.user)
    return day


def test_every_row_that_is_missing_is_found_and_laid_again(day: FullDay) -> None:
    """Whichever item was lost, a check names it and changes nothing; a rebuild lays it again."""
    whole = rows(day)
    kinds = {name.kind for name, _ in whole}
    assert len(kinds) > 5
    for (name, item), listed in whole.items():
        if name.key in NOTHING_TO_ERASE:
            continue
        act(day, TakeOffList(name, item))
        assert look(day) == [Difference(name, item, None, listed)]
        assert rows(day) != whole
        assert look(day, mend=True) == [Difference(name, item, None, listed)]
        assert rows(day) == whole
        assert look(day, mend=True) == []


def test_every_row_that_is_misplaced_is_put_right(day: FullDay) -> None:
    """An item at a wrong place, or about somebody else, is found and put right."""
    whole = rows(day)
    for (name, item), listed in whole.items():
        wrong = with_changes(listed, rank=listed.rank + 1)
        act(day, PutOnList(name, wrong))
        assert look(day) == [Difference(name, item, wrong, listed)]
        assert look(day, mend=True) == [Difference(name, item, wrong, listed)]
        assert rows(day) == whole


@pytest.mark.parametrize(
    ("name", "item"),
    [
        (NO_STREAM_S, "consultation/nobody"),
        (NO_STREAM_S, "booking/nobody"),
        (NO_STREAM_S, "rubbish"),
        (ListName(ListKind.ENDED, "clinic-1/rubbish"), "a"),
        (ListName(ListKind.ENDED, "rubbish"), "a"),
        (ListName(ListKind.HELD, "clinic-1/mia"), "consultation/nobody"),
        *((ListName(kind, "a/b"), "c") for kind in ListKind if kind is not ListKind.PEOPLE),
    ],
)
def test_what_nobody_has_laid_is_taken_off(day: FullDay, name: ListName, item: str) -> None:
    """An item that no event has laid, of whatever kind, is found and taken off."""
    whole = rows(day)
    stray = Listed(item, day.clock.now())
    act(day, PutOnList(name, stray))
    assert look(day) == [Difference(name, item, stray, None)]
    assert look(day, mend=True) == [Difference(name, item, stray, None)]
    assert rows(day) == whole


def test_a_letter_that_staff_have_settled_stays_settled(day: FullDay) -> None:
    """D-POST-1: taken off the worklist by staff, a letter does not come back by a rebuild."""
    _ = day.hand_over()
    letter = day.sent()
    day.post.answer(Rejected("recipient.closed"))
    _ = day.hand_over()
    assert day.lies_on_worklist(letter)
    command = SettleLetter(key=day.key(), by=day.by_staff, staff=day.staff, letter=letter)
    assert isinstance(settle_letter(day.services, command), Success)
    assert not day.lies_on_worklist(letter)
    assert look(day) == []


def test_what_was_purged_does_not_come_back(day: FullDay) -> None:
    """D-KEEP-1: what was erased is not noted again as ended; what was not erased is."""
    before = rows(day)
    day.clock.wind(timedelta(days=40 * 365))
    _ = purge(day.services, day.ledger, day.ledger, MemorySigner())
    assert len(rows(day)) < len(before)
    assert look(day) == []


def test_a_registration_keeps_its_time() -> None:
    """S-MAIL-4: rebuilt, a registration has waited since the patient asked."""
    day = FullDay()
    day.set_clinic(CLINIC, SelfSignUp.WITH_APPROVAL)
    _ = day.sign_up(ANNA, "anna@example.dk")
    asked = day.clock.now()
    day.clock.wind(timedelta(days=1))
    (row,) = [(key, one) for key, one in rows(day).items() if key[0].kind is ListKind.WORKLIST]
    act(day, TakeOffList(*row[0]))
    assert [each.should for each in look(day, mend=True)] == [row[1]]
    assert row[1].since == asked


class _Interrupted:
    """A ledger before whose next commits somebody else writes, each time to the same stream."""

    def __init__(self, ledger: Any, write: Callable[[], object], times: int) -> None:
        self._ledger, self._write, self._times = ledger, write, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def commit(self, change: Change, /) -> Any:
        """Let the other one be first."""
        if self._times and change.fingerprint == "rebuild views":
            self._times -= 1
            _ = self._write()
        return self._ledger.commit(change)


def test_whoever_writes_meanwhile_loses_nothing(day: FullDay) -> None:
    """Beside writers, a rebuild takes what is so now, and never what was so when it looked."""
    conversation = day.begins(day.writer("0709614606", "anna")).unwrap().conversation
    name = ListName(ListKind.WORKLIST, str(CLINIC))
    item = f"consultation/{conversation}"
    act(day, PutOnList(name, Listed(item, day.clock.now(), 2)))
    mine = day.services
    busy: Any = _Interrupted(day.ledger, lambda: day.staff_answer(conversation), 1)
    found = list(rebuild_views(with_changes(mine, ledger=busy), mend=True))
    assert found == []  # the answer has taken it off, as it was about to be put right
    assert look(day) == []


def test_a_stream_that_is_never_at_rest_is_said_so(day: FullDay) -> None:
    """Whoever is always overtaken gives up, and says so; nothing was damaged."""
    conversation = day.begins(day.writer("0709614606", "anna")).unwrap().conversation
    name = ListName(ListKind.CONVERSATIONS, f"{CLINIC}/{_user_of(day, conversation)}")

    def write() -> None:
        answered = day.staff_answer(conversation)
        assert not isinstance(answered, Failure)

    act(day, TakeOffList(name, str(conversation)))
    busy: Any = _Interrupted(day.ledger, write, 1000)
    with pytest.raises(ViewsBusy):
        _ = list(rebuild_views(with_changes(day.services, ledger=busy), mend=True))
    assert [each.item for each in look(day, mend=True)] == [str(conversation)]
    assert look(day) == []


def _user_of(day: FullDay, conversation: Any) -> str:
    (name,) = (
        name
        for name, listed in day.ledger.every(1000)
        if name.kind is ListKind.CONVERSATIONS and listed.item == str(conversation)
    )
    return name.key.partition("/")[2]


def test_one_that_was_killed_is_begun_again(day: FullDay) -> None:
    """Stopped after any of its steps, a rebuild that is begun again comes to the same end."""
    whole = rows(day)
    act(day, *(TakeOffList(name, item) for name, item in whole if name.key not in NOTHING_TO_ERASE))
    for _ in range(len(whole)):
        assert next(rebuild_views(day.services, mend=True, page=1), None) is not None
        if rows(day) == whole:
            break
    assert look(day, mend=True) == []
    assert rows(day) == whole
