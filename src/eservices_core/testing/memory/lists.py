"""The lists of the ledger in memory: a dictionary of dictionaries.

Not here: the lock under which a change is stored as one (`ledger`).
"""

from threading import Lock
from typing import TYPE_CHECKING

from eservices_core.ports.ledger import Change
from eservices_core.ports.lists import Listed, ListName, Lists, PutOnList, TakeOffList


class MemoryLists:
    """Implements Lists; the part of `MemoryLedger` that keeps what is open."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self._lists: dict[ListName, dict[str, Listed]] = {}

    def listed(
        self, name: ListName, limit: int, after: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page of a list in its order: at most `limit` of what lies after `after`."""
        with self._lock:
            every = sorted(self._lists.get(name, {}).values(), key=lambda one: one.place)
        return tuple(one for one in every if after is None or one.place > after.place)[:limit]

    def newest(
        self, name: ListName, limit: int, before: Listed | None = None, /
    ) -> tuple[Listed, ...]:
        """Give a page from a list's end: at most `limit` of what lies before `before`."""
        with self._lock:
            every = sorted(
                self._lists.get(name, {}).values(), key=lambda one: one.place, reverse=True
            )
        return tuple(one for one in every if before is None or one.place < before.place)[:limit]

    def length(self, name: ListName, /) -> int:
        """Count what lies on a list."""
        with self._lock:
            return len(self._lists.get(name, {}))

    def find(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list; None if it does not lie there."""
        with self._lock:
            return self._lists.get(name, {}).get(item)

    def every(
        self, limit: int, after: tuple[ListName, str] | None = None, /
    ) -> tuple[tuple[ListName, Listed], ...]:
        """Give a page of all that lies anywhere."""
        with self._lock:
            rows = [
                (name, listed)
                for name, items in self._lists.items()
                for listed in items.values()
                if after is None or (name, listed.item) > after
            ]
        return tuple(sorted(rows, key=lambda row: (row[0], row[1].item))[:limit])

    def _list(self, change: Change) -> None:
        for act in change.lists:
            match act:
                case PutOnList(name, listed):
                    self._lists.setdefault(name, {})[listed.item] = listed
                case TakeOffList(name, item):
                    _ = self._lists.get(name, {}).pop(item, None)


if TYPE_CHECKING:
    _lists: type[Lists] = MemoryLists
