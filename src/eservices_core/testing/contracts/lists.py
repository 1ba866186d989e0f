"""The ledger's promises about lists: what is open, in its order, and nothing else."""

from datetime import timedelta
from typing import Final

import pytest

from eservices_core.access import guardian
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import Append, BySystem, Change
from eservices_core.ports.lists import (
    ITEM_MAX,
    Listed,
    ListKind,
    ListName,
    PutOnList,
    TakeOffList,
)
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import ANNA, AT, BO, STREAM, OpensLedger, WholeLedger
from eservices_core.testing.racing import in_threads

_LIST: Final = ListName(ListKind.WORKLIST, "clinic-1")
_OTHER: Final = ListName(ListKind.WORKLIST, "clinic-2")
_UNREAD: Final = ListName(ListKind.UNREAD, "clinic-1")
_ITEMS: Final = ["a", "A", "a/b", "a b", "%", "_", "'", '"', "\\", "0", "~" * ITEM_MAX]


def _listing(key: str, *acts: PutOnList | TakeOffList) -> Change:
    return Change(key, "lists", AT, BySystem(), "", lists=acts)


def _put(item: str, minutes: int = 0, rank: int = 0, name: ListName = _LIST) -> PutOnList:
    return PutOnList(name, Listed(item, AT + timedelta(minutes=minutes), rank, ANNA))


def _items(ledger: WholeLedger, name: ListName = _LIST) -> list[str]:
    return [one.item for one in ledger.listed(name, 100)]


class ListsContract(LedgerFixtures):
    """What a ledger's Lists promise."""

    def test_a_list_that_nobody_has_begun_is_empty(self, ledger: WholeLedger) -> None:
        """Where nothing was laid, nothing lies."""
        assert ledger.listed(_LIST, 100) == ()
        assert ledger.length(_LIST) == 0
        assert ledger.find(_LIST, "item") is None

    def test_what_is_laid_lies_there_whole(self, ledger: WholeLedger) -> None:
        """An item is given as it was laid: its place, and the user it is about, if any."""
        laid = (Listed("a", AT, 1, ANNA), Listed("b", AT + timedelta(microseconds=1), 1, None))
        acts = [PutOnList(_LIST, one) for one in laid]
        assert not ledger.commit(_listing("key", *acts)).unwrap().repeated
        assert ledger.listed(_LIST, 100) == laid
        assert [ledger.find(_LIST, one.item) for one in laid] == list(laid)

    def test_items_lie_by_rank_then_by_age_then_by_name(self, ledger: WholeLedger) -> None:
        """The order is rank, then since, then the item itself, in the order of ASCII."""
        acts = (_put("c", 1, 1), _put("b", 2, 0), _put("a", 1, 1), _put("B", 1, 1), _put("d", 1))
        _ = ledger.commit(_listing("key", *acts)).unwrap()
        assert _items(ledger) == ["d", "b", "B", "a", "c"]

    def test_laid_again_it_has_its_new_place_alone(self, ledger: WholeLedger) -> None:
        """An item laid again moves: it never lies twice."""
        _ = ledger.commit(_listing("first", _put("a", 5), _put("b", 3))).unwrap()
        _ = ledger.commit(_listing("second", PutOnList(_LIST, Listed("a", AT, 0, BO)))).unwrap()
        assert _items(ledger) == ["a", "b"]
        assert ledger.length(_LIST) == 2  # noqa: PLR2004  said by the line above
        assert ledger.find(_LIST, "a") == Listed("a", AT, 0, BO)

    def test_taken_off_it_is_gone(self, ledger: WholeLedger) -> None:
        """An item that is taken off is gone; taking off what does not lie there does nothing."""
        _ = ledger.commit(_listing("first", _put("a"), _put("b"))).unwrap()
        off = (TakeOffList(_LIST, "a"), TakeOffList(_LIST, "never"), TakeOffList(_OTHER, "b"))
        _ = ledger.commit(_listing("second", *off)).unwrap()
        assert _items(ledger) == ["b"]

    def test_acts_are_carried_out_in_their_order(self, ledger: WholeLedger) -> None:
        """Within a change, each act sees what those before it have done."""
        acts = (_put("a"), TakeOffList(_LIST, "a"), _put("b"), TakeOffList(_LIST, "b"), _put("b"))
        _ = ledger.commit(_listing("key", *acts)).unwrap()
        assert _items(ledger) == ["b"]

    def test_each_list_is_its_own(self, ledger: WholeLedger) -> None:
        """D-LOG-2: an item lies where it was laid, and on no other clinic's or kind of list."""
        acts = (_put("a"), _put("b", name=_OTHER), _put("c", name=_UNREAD))
        _ = ledger.commit(_listing("key", *acts)).unwrap()
        assert [_items(ledger, name) for name in (_LIST, _OTHER, _UNREAD)] == [["a"], ["b"], ["c"]]
        assert [ledger.length(name) for name in (_LIST, _OTHER, _UNREAD)] == [1, 1, 1]

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_pages_follow_each_other(self, ledger: WholeLedger, limit: int) -> None:
        """Page by page, each item is given once, also after the last one given was taken off."""
        acts = [_put(f"item-{place}", place % 3, place % 2) for place in range(10)]
        _ = ledger.commit(_listing("key", *acts)).unwrap()
        whole = ledger.listed(_LIST, 100)
        given: list[Listed] = []
        while page := ledger.listed(_LIST, limit, given[-1] if given else None):
            assert len(page) <= limit
            given += page
            _ = ledger.commit(_listing(f"off-{len(given)}", TakeOffList(_LIST, page[-1].item)))
        assert tuple(given) == whole

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_a_list_can_be_read_from_its_end(self, ledger: WholeLedger, limit: int) -> None:
        """Read from its end, page by page, a list is what it is from its beginning, turned."""
        acts = [_put(f"item-{place}", place % 3, place % 2) for place in range(10)]
        _ = ledger.commit(_listing("key", *acts, _put("x", name=_OTHER))).unwrap()
        whole = ledger.listed(_LIST, 100)
        given: list[Listed] = []
        while page := ledger.newest(_LIST, limit, given[-1] if given else None):
            assert len(page) <= limit
            given += page
            _ = ledger.commit(_listing(f"off-{len(given)}", TakeOffList(_LIST, page[-1].item)))
        assert tuple(given) == whole[::-1]

    @pytest.mark.parametrize("limit", [1, 3, 100])
    def test_all_that_lies_anywhere_can_be_read(self, ledger: WholeLedger, limit: int) -> None:
        """Page by page, every item of every list is given once, by kind, key and item."""
        names = (_OTHER, _UNREAD, _LIST)
        acts = [
            _put(item, rank=rank, name=name) for name in names for rank, item in enumerate("bA")
        ]
        _ = ledger.commit(_listing("key", *acts)).unwrap()
        given: list[tuple[ListName, Listed]] = []
        place = None
        while page := ledger.every(limit, place):
            assert len(page) <= limit
            given += page
            place = (page[-1][0], page[-1][1].item)
        expected = [(name, item) for name in (_UNREAD, _LIST, _OTHER) for item in "Ab"]
        assert [(name, listed.item) for name, listed in given] == expected
        assert all(ledger.find(name, listed.item) == listed for name, listed in given)

    @pytest.mark.parametrize("item", _ITEMS)
    def test_any_printable_item_can_lie_there(self, ledger: WholeLedger, item: str) -> None:
        """Every printable ASCII item is itself, and no pattern, quote or case of another."""
        acts = [_put(one) for one in _ITEMS]
        _ = ledger.commit(_listing("first", *acts)).unwrap()
        found = ledger.find(_LIST, item)
        assert found is not None
        assert found.item == item
        _ = ledger.commit(_listing("second", TakeOffList(_LIST, item))).unwrap()
        assert sorted(_items(ledger)) == sorted(one for one in _ITEMS if one != item)

    def test_a_change_that_is_refused_leaves_lists_as_they_were(self, ledger: WholeLedger) -> None:
        """A list never disagrees with the streams: refused with them, nothing was laid."""
        _ = ledger.commit(_listing("first", _put("a"))).unwrap()
        stale = Append(STREAM, 7, (guardian.GuardianIdentified(),), None)
        acts = (TakeOffList(_LIST, "a"), _put("b"))
        refused = Change("second", "lists", AT, BySystem(), "", (stale,), lists=acts)
        assert isinstance(ledger.commit(refused), Failure)
        assert _items(ledger) == ["a"]

    def test_a_change_that_comes_again_is_not_carried_out_again(self, ledger: WholeLedger) -> None:
        """Under a key that was used, nothing is laid a second time."""
        change = _listing("key", _put("a"))
        _ = ledger.commit(change).unwrap()
        _ = ledger.commit(_listing("off", TakeOffList(_LIST, "a"))).unwrap()
        assert ledger.commit(change).unwrap().repeated
        assert _items(ledger) == []

    def test_another_handle_sees_it_at_once(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A list is never stale: what one handle has stored, another reads."""
        _ = ledger.commit(_listing("key", _put("a"))).unwrap()
        assert _items(other) == ["a"]
        _ = other.commit(_listing("off", TakeOffList(_LIST, "a"))).unwrap()
        assert _items(ledger) == []

    def test_whoever_lays_at_once_nothing_is_lost(self, handles: OpensLedger) -> None:
        """Several who lay and take off at the same time leave what all of them have done."""

        def lap(ledger: WholeLedger, runner: int) -> None:
            for place in range(10):
                _ = ledger.commit(_listing(f"{runner}-{place}", _put(f"{runner}-{place}"))).unwrap()
            _ = ledger.commit(_listing(f"{runner}", TakeOffList(_LIST, f"{runner}-0"))).unwrap()

        _ = in_threads([handles() for _ in range(4)], lap)
        expected = {f"{runner}-{place}" for runner in range(4) for place in range(1, 10)}
        assert set(_items(handles())) == expected
