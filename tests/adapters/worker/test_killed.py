"""Mail workers that are killed at any moment, against a mail server that writes down what it gets.

`ESERVICES_KILLS=300` kills as many; without it, a tenth of that.
"""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from eservices_adapters.clock import SystemClock
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover
from eservices_core.testing.ledger_examples import a_mail
from tests.adapters.worker.ledgers import open_ledger
from tests.postgres import PostgresServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork and no SIGKILL here")

KILLS = int(os.environ.get("ESERVICES_KILLS", "30"))
MAILS_PER_KILL = 4
ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), *filter(None, sys.path)))}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the ledger is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made = server.new_ledger()
    yield made
    server.drop(made)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Where the mail server writes down what it got."""
    return tmp_path / "record"


@pytest.fixture
def port(record: Path) -> Iterator[int]:
    """A mail server in a process of its own."""
    with subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, Path(__file__).with_name("sinking.py"), record],
        stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.kill()


@pytest.mark.made_up("mails that say which they are")
def test_no_mail_is_lost_and_none_is_doubled_unnoted(url: str, record: Path, port: int) -> None:
    """faults: 144. However workers die, each mail arrives; a second copy is equal and noted."""
    count = KILLS * MAILS_PER_KILL
    mails = tuple(
        a_mail(f"{number:032x}", f"Message-ID: <{number:032x}@we.example>\r\n\r\nA.\r\n".encode())
        for number in range(count)
    )
    with closing(open_ledger(url)) as ledger:
        change = Change("key", "", SystemClock().now(), BySystem(), "", mails=mails)
        _ = ledger.commit(change).unwrap()
    killing = [sys.executable, Path(__file__).with_name("killing.py"), url, str(port), str(KILLS)]
    _ = subprocess.run(killing, check=True, env=ENVIRONMENT, timeout=60 + 3 * KILLS)  # noqa: S603  our own script

    arrived: dict[str, list[str]] = defaultdict(list)
    stages: Counter[str] = Counter()
    for line in record.read_text().splitlines():
        match json.loads(line):
            case ["kept", named, digest, recipient]:
                assert recipient == "anna@example.dk"
                arrived[named].append(digest)
            case ["broke", stage]:
                stages[stage] += 1
    copies, attempts = Counter[int](), Counter[int]()
    with closing(open_ledger(url)) as ledger:
        for mail in mails:
            digests = arrived.pop(f"Message-ID: <{mail.mail}@we.example>")
            state = ledger.mail(mail.mail)
            assert state is not None
            assert state.state is Handover.HANDED_OVER, "none is lost"
            assert len(set(digests)) == 1, "every copy has the same bytes"
            assert len(digests) <= state.attempts, "every copy is an attempt that was counted"
            if len(digests) > 1:
                assert state.may_have_arrived, "a second copy follows an end that nobody knows"
            copies[len(digests)] += 1
            attempts[state.attempts] += 1
    assert arrived == {}, "nothing arrives that was not sent"
    assert sum(attempts.values()) - attempts[1] > KILLS / 4, "many were killed with a mail in hand"
    assert len(stages) > 1, f"at several stages: {stages}"
    print(f"{KILLS} kills: copies {dict(copies)}, attempts {dict(attempts)}, {dict(stages)}")  # noqa: T201  figures
