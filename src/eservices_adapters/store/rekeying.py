"""Bringing content that lies under an earlier key under the newest one.

Page by page, each in a transaction of its own, so it can be stopped at any time and begun again,
beside others at work. A cell keeps its place; only its key changes.
"""

from typing import Final

from attrs import frozen

from eservices_adapters.store.at_rest import AtRest
from eservices_adapters.store.session import Done, Engine, Session

_PAGE: Final = 200
_FORGET_EARLIER: Final = "DELETE FROM at_rest WHERE key_id <> ?"


@frozen
class _Column:
    """A column of cells: its table, what rows are told apart by, and what a cell is bound to."""

    table: str
    row: str
    named: str
    name: str
    first: object
    bound_to: str

    def rekey(self, session: Session, at_rest: AtRest, after: object) -> tuple[object | None, int]:
        """Rekey the page after a row; give its last row, None at the end, and how many were."""
        rows = session.execute(
            f"SELECT {self.row}, {self.named}, {self.name} FROM {self.table}"  # noqa: S608  ours
            f" WHERE {self.row} > ? AND {self.name} IS NOT NULL ORDER BY {self.row} LIMIT ?",
            (after, _PAGE),
        ).fetchall()
        changed = 0
        for row, named, cell in rows:
            if not at_rest.is_current(cell):
                place = self.bound_to.format(named)
                sealed = at_rest.seal(place, at_rest.open(place, cell))
                _ = session.execute(
                    f"UPDATE {self.table} SET {self.name} = ? WHERE {self.row} = ?",  # noqa: S608  ours
                    (sealed, row),
                )
                changed += 1
        return (rows[-1][0] if rows else None), changed


_KIND_OF_CONTENT: Final = "CASE is_file WHEN 1 THEN 'file/' ELSE 'text/' END || record"
_COLUMNS: Final = (
    _Column("changes", "change", "key", "answer", 0, "changes/answer/{}"),
    _Column("contents", "record", _KIND_OF_CONTENT, "text", "", "contents/{}"),
    _Column("mails", "place", "mail", "recipient", 0, "mails/recipient/{}"),
    _Column("mails", "place", "mail", "content", 0, "mails/content/{}"),
)


def rekey(engine: Engine, at_rest: AtRest) -> int:
    """Bring every cell under the newest key; says how many lay under another.

    Afterwards the store is opened without the earlier keys. What another process has written under
    one of them meanwhile is brought along by running it again.

    Raises:
        WrongKey: a cell lies under a key that is not here.
        StoreFailed: the database did not answer; what was done before it stays.
    """
    total = sum(_rekey_column(engine, at_rest, column) for column in _COLUMNS)

    def forget(session: Session) -> Done[None]:
        _ = session.execute(_FORGET_EARLIER, (at_rest.key_id,))
        return Done(None, erased=True)

    engine.write(forget)
    return total


def _rekey_column(engine: Engine, at_rest: AtRest, column: _Column) -> int:
    total, after = 0, column.first
    while True:

        def page(session: Session, after: object = after) -> Done[tuple[object | None, int]]:
            # What is rewritten must not change under us.
            session.lock(f"rekey/{column.table}")
            last, changed = column.rekey(session, at_rest, after)
            return Done((last, changed), erased=changed > 0)

        last, changed = engine.write(page)
        total += changed
        if last is None:
            return total
        after = last
