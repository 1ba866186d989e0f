"""A process that forks while it has the ledger open: parent and child go on, each for itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

# In a process of its own: pytest's may have threads, and whoever has them should not fork.
_BEGIN = """
import os, sys, threading, time
from contextlib import closing
from pathlib import Path
from eservices_adapters.store import SqliteLedger
from eservices_core.testing.ledger_examples import KEY
from eservices_core.testing.ledger_examples import a_change, a_whole_change, an_append, parts_there
path = Path(sys.argv[1]) / "ledger.db"
ledger = SqliteLedger(path, KEY)
def there(name):
    parts = set(parts_there(ledger, name).values())
    assert len(parts) == 1, parts
    return parts.pop()
def fork(act):
    child = os.fork()
    if child == 0:
        try:
            act()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
    return child
def wait(child):
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


def _run(program: str, folder: Path) -> None:
    run = subprocess.run(  # noqa: S603  our own interpreter, running a program from this file
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", _BEGIN + program, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.returncode == 0, run.stderr


def test_parent_and_child_both_work(tmp_path: Path) -> None:
    """After a fork, both commit through the ledger that they have, and see each other's changes."""
    _run(
        """
ledger.commit(a_whole_change("before")).unwrap()
def act():
    assert there("before")
    for number in range(20):
        ledger.commit(a_whole_change(f"child-{number}")).unwrap()
children = [fork(act)]
for number in range(20):
    ledger.commit(a_whole_change(f"parent-{number}")).unwrap()
wait(children[0])
assert all(there(f"{who}-{number}") for who in ("child", "parent") for number in range(20))
""",
        tmp_path,
    )


def test_a_child_outlives_its_parent_s_ledger(tmp_path: Path) -> None:
    """When the parent closes the file, with its log, the child's later changes are not lost."""
    _run(
        """
for number in range(10):
    ledger.commit(a_whole_change(f"before-{number}")).unwrap()
said, says = os.pipe()
def act():
    assert there("before-9")
    os.read(said, 1)
    ledger.commit(a_whole_change("after")).unwrap()
child = fork(act)
ledger.close()
others = SqliteLedger(path, KEY)
others.commit(a_whole_change("others")).unwrap()
others.close()
os.write(says, b".")
wait(child)
ledger = SqliteLedger(path, KEY)
assert there("before-9") and there("others") and there("after")
""",
        tmp_path,
    )


def test_a_fork_waits_for_threads_at_work(tmp_path: Path) -> None:
    """A fork amid other threads' commits breaks neither them nor the child."""
    _run(
        """
def count(thread):
    for number in range(60):
        ledger.commit(a_whole_change(f"{thread}-{number}")).unwrap()
threads = [threading.Thread(target=count, args=(thread,)) for thread in range(3)]
for thread in threads: thread.start()
children = []
for number in range(8):
    children.append(fork(lambda: ledger.commit(a_whole_change(f"child-{number}")).unwrap()))
    time.sleep(0.002)
for thread in threads: thread.join()
for child in children: wait(child)
assert all(there(f"{thread}-{number}") for thread in range(3) for number in range(60))
assert all(there(f"child-{number}") for number in range(8))
""",
        tmp_path,
    )


def test_a_closed_ledger_stays_closed(tmp_path: Path) -> None:
    """A child does not have open what its parent had closed."""
    _run(
        """
ledger.close()
def act():
    try:
        ledger.history(a_whole_change("a").appends[0].stream)
    except AssertionError:
        return
    raise SystemError
wait(fork(act))
""",
        tmp_path,
    )
