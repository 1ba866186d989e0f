"""The same days over real stores: what memory answers, every store answers (faults: 158)."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from eservices_adapters.store import SqliteLedger, SqlLedger
from eservices_core.testing.ledger_examples import KEY, take_all
from eservices_core.testing.world import CLINIC
from eservices_core.words.identifiers import UserId
from eservices_core.words.interval import Interval
from tests.postgres import PostgresServer, open_postgres
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES, Case

LIMIT: Final = 1000
ALWAYS: Final = Interval(0, 1 << 40)


@contextmanager
def over(ledger: SqlLedger, day: Day) -> Generator[Day, None, None]:
    """Give a day another ledger."""
    with ledger:
        real: Any = ledger
        day.ledger = real
        day.services = evolve(
            day.services,
            ledger=ledger,
            records=ledger,
            archive=ledger,
            claims=ledger,
            lists=ledger,
        )
        yield day


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_every_use_case_ends_alike_over_every_store(
    case: Case, store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """faults: 158. The same answer, the same mails to the byte, the same history of each user."""
    in_memory = case.day()
    do, command = case.prepare(in_memory)
    said = do(in_memory.services, command)
    with _opened(store, tmp_path, request) as ledger, over(ledger, case.day()) as stored:
        do, same = case.prepare(stored)
        assert same == command
        assert do(stored.services, same) == said
        assert do(stored.services, same) == said, "asked again under its key"
        at = in_memory.clock.now()
        waiting = take_all(in_memory.ledger, at)
        assert take_all(stored.ledger, at) == waiting
        assert stored.ledger.live_at(CLINIC, ALWAYS) == in_memory.ledger.live_at(CLINIC, ALWAYS)
        assert stored.ledger.every(LIMIT) == in_memory.ledger.every(LIMIT), "what lies on lists"
        users = {one.about for one in in_memory.ledger.events() if one.about is not None}
        for user in users:
            assert _told(stored, user) == _told(in_memory, user)


@contextmanager
def _opened(
    store: str, folder: Path, request: pytest.FixtureRequest
) -> Generator[SqlLedger, None, None]:
    if store == "sqlite":
        yield SqliteLedger(folder / "ledger.sqlite", KEY)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_ledger()
    yield open_postgres(url, KEY)
    server.drop(url)


def _told(day: Day, user: UserId) -> tuple[object, ...]:
    """Give what the archive has about a user, but for places, which may have gaps."""
    ledger = day.ledger
    return (
        [(one.stream, one.version, one.event, one.at, one.by) for one in ledger.events_about(user)],
        [(one.entry, one.at, one.by) for one in ledger.audit_about(user)],
        ledger.mails_about(user),
    )
