"""A queue after an outage: taken in order, at a cost that does not grow, the dead left out.

`ESERVICES_QUEUE=100000` takes as many; without it, a few hundred.
"""

import os
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve as with_changes

from eservices_adapters.store import mails as statements
from eservices_core.events import StreamId
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.testing.ledger_examples import AT, a_mail
from eservices_core.testing.memory import FakeClock, SeededChance
from eservices_core.usecases.deliver_mail import MailRound, deliver_mail
from tests.adapters.worker.ledgers import open_ledger

pytestmark = pytest.mark.made_up("mails that say which they are")

QUEUE = int(os.environ.get("ESERVICES_QUEUE", "300"))
DAYS = timedelta(days=3)


class _Counts:
    """A transport that counts what it is handed."""

    def __init__(self) -> None:
        self.kinds: dict[MailKind, int] = {}

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Take it."""
        self.kinds[mail.kind] = self.kinds.get(mail.kind, 0) + 1
        return Handover.HANDED_OVER


def _queued(number: int) -> OutgoingMail:
    """Of ten mails one is a code of ten minutes; the others keep, two by two of a booking."""
    if number % 10 == 0:
        code = with_changes(a_mail(f"{number}"), kind=MailKind.ONE_TIME_CODE)
        return with_changes(code, expires_at=AT + timedelta(minutes=10))
    return a_mail(f"{number}", stream=StreamId("booking", f"{number // 2}"))


def test_a_queue_after_three_days_drains_and_the_dead_stay(tmp_path: Path) -> None:
    """faults: 149. All that keeps is sent once, no expired code is, and it does not slow down."""
    with closing(open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as ledger:
        for first in range(0, QUEUE, 1000):
            mails = tuple(map(_queued, range(first, min(first + 1000, QUEUE))))
            change = Change(f"key-{first}", "", AT, BySystem(), "", mails=mails)
            _ = ledger.commit(change).unwrap()
        counts, clock = _Counts(), FakeClock(AT + DAYS)
        mails = MailRound(
            outbox=ledger, transport=counts, clock=clock, chance=SeededChance("drain")
        )
        tenth, seconds = QUEUE // 10, list[float]()
        for _ in range(10):
            begun = time.perf_counter()
            assert len(deliver_mail(mails, tenth)) == tenth
            seconds.append(time.perf_counter() - begun)
        assert deliver_mail(mails) == ()
        assert counts.kinds == {MailKind.ACTIVATION: QUEUE - tenth}
        assert len(ledger.in_state(Handover.EXPIRED, QUEUE)) == tenth
        assert len(ledger.in_state(Handover.HANDED_OVER, QUEUE)) == QUEUE - tenth
    print(f"{QUEUE} mails: {sum(seconds):.1f} s, by tenths {[round(one, 2) for one in seconds]}")  # noqa: T201  figures


def test_taking_a_mail_looks_at_no_other(tmp_path: Path) -> None:
    """faults: 149. The store finds whose turn it is by an index, without sorting or scanning."""
    path = tmp_path / "ledger.sqlite"
    with closing(open_ledger(f"sqlite:///{path}")) as ledger:
        _ = ledger.take(AT, AT + DAYS)
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statements._DUE}", (0,)).fetchall()
    steps = [step[-1] for step in plan]
    assert steps[0].startswith("SEARCH mails USING INDEX mails_due (next_try<?)")
    assert not [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step]


def test_those_that_wait_behind_others_cost_nothing(tmp_path: Path) -> None:
    """faults: 149. However many mails wait behind one that rests, taking another is as quick."""
    with closing(open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as ledger:
        stream = StreamId("booking", "one")
        behind = tuple(a_mail(f"{number}", stream=stream) for number in range(QUEUE))
        _ = ledger.commit(Change("key", "", AT, BySystem(), "", mails=behind)).unwrap()
        assert ledger.take(AT, AT + DAYS) is not None
        _ = ledger.commit(Change("next", "", AT, BySystem(), "", mails=(a_mail("x"),))).unwrap()
        looked = 0

        def look() -> int:
            nonlocal looked
            looked += 1
            return 0

        with ledger._engine._connections.lend() as connection:
            connection.set_progress_handler(look, 1)
            row = connection.execute(statements._DUE, (2**63 - 1,)).fetchone()
            connection.set_progress_handler(None, 1)
        assert row[0] == "x"
        assert looked < 500, "instructions of SQLite's machine, whatever the queue"
