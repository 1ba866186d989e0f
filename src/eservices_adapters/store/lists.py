"""The statements about lists: what is open now, in its order.

Not here: the transaction that stores a change as one (`sqlite`), and the tables (`schema`).
"""

from collections.abc import Sequence
from typing import Any, Final

from eservices_adapters.store.columns import id_of, instant_of, read_instant
from eservices_adapters.store.session import Session
from eservices_core.ports.ledger import Change
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList, TakeOffList
from eservices_core.words.identifiers import UserId

_LISTED: Final = "SELECT item, since, rank, about FROM lists WHERE kind = ? AND key = ?"
_PAGE: Final = f"{_LISTED} ORDER BY rank, since, item LIMIT ?"
_NEXT_PAGE: Final = (
    f"{_LISTED} AND (rank, since, item) > (?, ?, ?) ORDER BY rank, since, item LIMIT ?"
)
_NEWEST: Final = f"{_LISTED} ORDER BY rank DESC, since DESC, item DESC LIMIT ?"
_OLDER: Final = (
    f"{_LISTED} AND (rank, since, item) < (?, ?, ?)"
    " ORDER BY rank DESC, since DESC, item DESC LIMIT ?"
)
_EVERY: Final = (
    "SELECT item, since, rank, about, kind, key FROM lists WHERE (kind, key, item) > (?, ?, ?)"
    " ORDER BY kind, key, item LIMIT ?"
)
_FIND: Final = f"{_LISTED} AND item = ?"
_LENGTH: Final = "SELECT count(*) FROM lists WHERE kind = ? AND key = ?"
_PUT: Final = (
    "INSERT INTO lists (kind, key, item, since, rank, about) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (kind, key, item) DO UPDATE SET since = excluded.since, rank = excluded.rank,"
    " about = excluded.about"
)
_TAKE_OFF: Final = "DELETE FROM lists WHERE kind = ? AND key = ? AND item = ?"


def store(session: Session, change: Change) -> None:
    """Carry out the acts on lists in their order."""
    for act in change.lists:
        match act:
            case PutOnList(name, listed):
                place = instant_of(listed.since), listed.rank, id_of(listed.about)
                session.put(_row(name, listed.item), _PUT, (*_columns(name), listed.item, *place))
            case TakeOffList(name, item):
                session.put(_row(name, item), _TAKE_OFF, (*_columns(name), item))


def listed(
    session: Session, name: ListName, limit: int, after: Listed | None
) -> tuple[Listed, ...]:
    """Give a page of a list in its order."""
    if after is None:
        rows = session.execute(_PAGE, (*_columns(name), limit))
    else:
        place = after.rank, instant_of(after.since), after.item
        rows = session.execute(_NEXT_PAGE, (*_columns(name), *place, limit))
    return tuple(map(_read, rows))


def newest(
    session: Session, name: ListName, limit: int, before: Listed | None
) -> tuple[Listed, ...]:
    """Give a page from a list's end, last first."""
    if before is None:
        rows = session.execute(_NEWEST, (*_columns(name), limit))
    else:
        place = before.rank, instant_of(before.since), before.item
        rows = session.execute(_OLDER, (*_columns(name), *place, limit))
    return tuple(map(_read, rows))


def every(
    session: Session, limit: int, after: tuple[ListName, str] | None
) -> tuple[tuple[ListName, Listed], ...]:
    """Give a page of all that lies anywhere."""
    place = ("", "", "") if after is None else (*_columns(after[0]), after[1])
    rows = session.execute(_EVERY, (*place, limit))
    return tuple((ListName(ListKind(kind), key), _read(row)) for *row, kind, key in rows)


def length(session: Session, name: ListName) -> int:
    """Count what lies on a list."""
    found: int = session.execute(_LENGTH, _columns(name)).fetchone()[0]
    return found


def find(session: Session, name: ListName, item: str) -> Listed | None:
    """Give an item of a list."""
    row = session.execute(_FIND, (*_columns(name), item)).fetchone()
    return None if row is None else _read(row)


def _row(name: ListName, item: str) -> str:
    return f"list/{name.kind.value}/{name.key}/{item}"


def _columns(name: ListName) -> tuple[str, str]:
    return name.kind.value, name.key


def _read(row: Sequence[Any]) -> Listed:
    item, since, rank, about = row
    return Listed(item, read_instant(since), rank, None if about is None else UserId(about))
