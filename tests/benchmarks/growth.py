"""`python -m tests.benchmarks.growth [--stored N]`: what a booking costs over a long history.

A file is filled with bookings of ten practitioners, each with its event, claim, ended mail, audit
entry and answer, as a clinic leaves them; then new ones are committed beside them. It takes some
minutes and 1.5 GB for a million, so it is no part of the races.
"""

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from eservices_adapters.store import SqliteLedger
from eservices_core.testing.ledger_examples import KEY
from tests.benchmarks.ledger import a_booking, written

FEW: Final = 1_000
AT_MOST: Final = 1.5
_COMMITS: Final = 1_000
_BOOKS: Final = 10


def fill(path: Path, stored: int) -> None:
    """Store bookings as raw rows, in the form that the ledger gives them."""
    with closing(SqliteLedger(path, KEY)) as ledger:
        (rows,) = written(ledger, [a_booking(0, 0)])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        _ = connection.execute("PRAGMA synchronous = OFF")
        _ = connection.execute("BEGIN")
        _ = connection.executemany(
            "INSERT OR IGNORE INTO books VALUES (?, 'clinic-1', ?)",
            [(book, f"practitioner-{book - 1}") for book in range(2, _BOOKS + 1)],
        )
        for sql, values in rows:
            if "INTO books" not in sql and "INTO lists" not in sql:
                _ = connection.executemany(sql, _copies(sql, values, stored))
        _ = connection.execute(
            "UPDATE mails SET state = 'handed_over', settled_at = 1, recipient = NULL,"
            " content = NULL, is_first = 0 WHERE change > 1"
        )
        _ = connection.execute("COMMIT")


def _copies(sql: str, values: tuple[Any, ...], stored: int) -> Iterator[tuple[Any, ...]]:
    """Give the rows of others like this one: other keys, other times, other changes."""
    columns = sql.partition("(")[2].partition(")")[0].split(", ")
    for number in range(2, stored + 1):
        row = dict(zip(columns, values, strict=True))
        for name, value in row.items():
            if name == "change":
                row[name] = number
            elif isinstance(value, str) and "0-0" in value:
                row[name] = value.replace("0-0", f"s-{number}")
        if "starts" in row:
            place = number // _BOOKS * 15 + 1_000_000
            row |= {"book": number % _BOOKS + 1, "starts": place, "ends": place + 15}
        if "content" in row:  # it is erased at once
            row |= {"content": b"", "recipient": b""}
        yield tuple(row.values())


def cost(path: Path) -> float:
    """Give the median microseconds of a commit beside what is stored."""
    with closing(SqliteLedger(path, KEY)) as ledger:
        spent: list[float] = []
        for number in range(1, _COMMITS + 1):
            change = a_booking(0, number)
            begun = perf_counter()
            _ = ledger.commit(change).unwrap()
            spent.append(perf_counter() - begun)
    return median(spent) * 1e6


def main(arguments: list[str] | None = None) -> int:
    """Measure few and many in turn; the exit status is 1 where the goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth")
    _ = parser.add_argument("--stored", type=int, default=1_000_000)
    stored = parser.parse_args(arguments).stored
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.db", Path(folder) / "many.db"
        fill(few, FEW)
        fill(many, stored)
        costs = {FEW: cost(few), stored: cost(many)}
    ratio = costs[stored] / costs[FEW]
    for number, each in costs.items():
        _ = sys.stdout.write(f"{number:>9,} stored: {each:.0f} us a commit\n")
    _ = sys.stdout.write(f"ratio {ratio:.2f}, at most {AT_MOST}\n")
    return int(ratio > AT_MOST)


if __name__ == "__main__":
    sys.exit(main())
