"""Lists that are wrong in one way each, and the promise that each breaks."""

import pytest
from attrs import evolve

from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import Change, CommitRefusal, Stored
from eservices_core.ports.lists import Listed, ListName, PutOnList, TakeOffList
from eservices_core.testing.contracts import ListsContract
from eservices_core.testing.memory import MemoryLedger
from tests.contracts.sabotage import RUNNERS, Case, assert_noticed

CONTRACT = ListsContract()


class _NewestFirst(MemoryLedger):
    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        whole = super().listed(name, 1000)
        turned = sorted(whole, key=lambda one: (one.rank, -one.since.timestamp(), one.item))
        start = 0 if after is None else turned.index(after) + 1 if after in turned else 0
        return tuple(turned[start : start + limit])


class _NoRanks(MemoryLedger):
    def _list(self, change: Change) -> None:
        acts = tuple(
            evolve(act, listed=evolve(act.listed, rank=0)) if isinstance(act, PutOnList) else act
            for act in change.lists
        )
        super()._list(evolve(change, lists=acts))


class _LaysTwice(MemoryLedger):
    def length(self, name: ListName, /) -> int:
        del name
        acts = [change for change in self._answers if change in {"first", "second"}]
        return 2 + max(0, len(acts) - 1)


class _KeepsOldPlaces(MemoryLedger):
    def _list(self, change: Change) -> None:
        kept = tuple(
            act
            for act in change.lists
            if not isinstance(act, PutOnList) or self.__has(act.name, act.listed.item)
        )
        super()._list(evolve(change, lists=kept))

    def __has(self, name: ListName, item: str) -> bool:
        return item not in self._lists.get(name, {})


class _NeverTakesOff(MemoryLedger):
    def _list(self, change: Change) -> None:
        kept = tuple(act for act in change.lists if isinstance(act, PutOnList))
        super()._list(evolve(change, lists=kept))


class _TakesOffEverywhere(MemoryLedger):
    def _list(self, change: Change) -> None:
        for act in change.lists:
            if isinstance(act, TakeOffList):
                for items in self._lists.values():
                    _ = items.pop(act.item, None)
        super()._list(change)


class _LaysBeforeItTakesOff(MemoryLedger):
    def _list(self, change: Change) -> None:
        acts = sorted(change.lists, key=lambda act: isinstance(act, TakeOffList))
        super()._list(evolve(change, lists=tuple(acts)))


class _OneListForAll(MemoryLedger):
    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        del name
        every = sorted(
            (one for items in self._lists.values() for one in items.values()),
            key=lambda one: one.place,
        )
        return tuple(one for one in every if after is None or one.place > after.place)[:limit]


class _PagesByNumber(MemoryLedger):
    """Counts pages from the front, so that what was taken off makes it skip."""

    def __init__(self) -> None:
        super().__init__()
        self._given = 0

    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        whole = super().listed(name, 1000)
        self._given = 0 if after is None else self._given + limit
        return whole[self._given : self._given + limit]


class _NoLimit(MemoryLedger):
    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        del limit  # all of it, whatever was asked for
        return super().listed(name, 1000, after)


class _FoldsCases(MemoryLedger):
    def find(self, name: ListName, item: str, /) -> Listed | None:
        items = self._lists.get(name, {})
        return next((one for key, one in items.items() if key.lower() == item.lower()), None)


class _LaysWhatWasRefused(MemoryLedger):
    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        self._list(change)
        return super().commit(change)


class _LaysAgain(MemoryLedger):
    def commit(self, change: Change, /) -> Outcome[Stored, CommitRefusal]:
        committed = super().commit(change)
        if change.key in self._answers:
            self._list(change)
        return committed


class _ForgetsWho(MemoryLedger):
    def find(self, name: ListName, item: str, /) -> Listed | None:
        found = super().find(name, item)
        return None if found is None else evolve(found, about=None)


class _LosesInARace(MemoryLedger):
    def _list(self, change: Change) -> None:
        super()._list(change)
        if change.key.startswith("3-"):
            self._lists.clear()


class _TurnsPagesOnly(MemoryLedger):
    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        whole = super().newest(name, 1000, before)
        return whole[-limit:][::-1] if limit < len(whole) else whole


class _StaysAtTheEnd(MemoryLedger):
    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        return () if before else super().newest(name, limit)


class _GivesOneListOfEach(MemoryLedger):
    def every(
        self, limit: int, after: tuple[ListName, str] | None = None, /
    ) -> tuple[tuple[ListName, Listed], ...]:
        kinds = {name.kind: name for name, _ in super().every(1000)}
        return tuple(row for row in super().every(limit, after) if kinds[row[0].kind] == row[0])


CASES = [
    Case(_TurnsPagesOnly, CONTRACT.test_a_list_can_be_read_from_its_end, (3,)),
    Case(_StaysAtTheEnd, CONTRACT.test_a_list_can_be_read_from_its_end, (2,)),
    Case(_GivesOneListOfEach, CONTRACT.test_all_that_lies_anywhere_can_be_read, (100,)),
    Case(_NewestFirst, CONTRACT.test_items_lie_by_rank_then_by_age_then_by_name),
    Case(_NoRanks, CONTRACT.test_items_lie_by_rank_then_by_age_then_by_name),
    Case(_LaysTwice, CONTRACT.test_laid_again_it_has_its_new_place_alone),
    Case(_KeepsOldPlaces, CONTRACT.test_laid_again_it_has_its_new_place_alone),
    Case(_NeverTakesOff, CONTRACT.test_taken_off_it_is_gone),
    Case(_TakesOffEverywhere, CONTRACT.test_taken_off_it_is_gone),
    Case(_LaysBeforeItTakesOff, CONTRACT.test_acts_are_carried_out_in_their_order),
    Case(_OneListForAll, CONTRACT.test_each_list_is_its_own),
    Case(_PagesByNumber, CONTRACT.test_pages_follow_each_other, (3,)),
    Case(_NoLimit, CONTRACT.test_pages_follow_each_other, (2,)),
    Case(_FoldsCases, CONTRACT.test_any_printable_item_can_lie_there, ("A",)),
    Case(_LaysWhatWasRefused, CONTRACT.test_a_change_that_is_refused_leaves_lists_as_they_were),
    Case(_LaysAgain, CONTRACT.test_a_change_that_comes_again_is_not_carried_out_again),
    Case(_ForgetsWho, CONTRACT.test_what_is_laid_lies_there_whole),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed_by_name(case: Case) -> None:
    """A store whose lists are wrong in one way fails the test of that promise, in its words."""
    assert_noticed(case)


def test_what_is_lost_in_a_race_is_noticed() -> None:
    """A store that loses what others laid at the same time breaks the promise about races."""
    assert RUNNERS >= 4
    broken = _LosesInARace()
    with pytest.raises(AssertionError):
        CONTRACT.test_whoever_lays_at_once_nothing_is_lost(lambda: broken)
