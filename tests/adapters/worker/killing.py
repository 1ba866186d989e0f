"""Mail workers that are killed, one after another, run by test_killed.py.

`killing.py URL PORT KILLS` forks a worker over the ledger at URL, which delivers to the SMTP server
at PORT, and kills it after a moment, KILLS times; then it lets a last one finish what is left.
"""

import os
import signal
import sys
import time
from contextlib import closing
from datetime import timedelta
from hashlib import sha256

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.line import Security
from eservices_adapters.email.smtp import SmtpServer, SmtpTransport
from eservices_core.ports.outbox import Handover, Outbox
from eservices_core.usecases.deliver_mail import MailRound, deliver_next
from tests.adapters.worker.ledgers import open_ledger

HELD_FOR = timedelta(seconds=0.3)
LONGEST = 0.05
"""Seconds that a worker lives at most: several mails."""


def work(url: str, port: int, ready: int | None) -> None:
    """Deliver what is due: for ever, saying so first, or until nothing is left."""
    server = SmtpServer(host="127.0.0.1", port=port, security=Security.NONE, name="we.example")
    with closing(open_ledger(url)) as ledger:
        mails = MailRound(
            outbox=ledger,
            transport=SmtpTransport(server, lambda mail: f"bounce+{mail}@we.example"),
            clock=SystemClock(),
            chance=SystemChance(),
            held_for=HELD_FOR,
        )
        if ready is not None:
            _ = os.write(ready, b".")
        while True:
            if deliver_next(mails) is None:
                if ready is None and not left(ledger):
                    return
                time.sleep(0.002)


def left(ledger: Outbox) -> bool:
    """Whether any mail has not ended."""
    open_ones = (*ledger.in_state(Handover.WAITING, 1), *ledger.in_state(Handover.AMBIGUOUS, 1000))
    return any(one.settled_at is None for one in open_ones)


def kill_one(url: str, port: int, number: int) -> None:
    """Let a worker live for a moment, a different one each time."""
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(url, port, says)
        finally:
            os._exit(1)
    if number % 10:
        _ = os.read(hears, 1)
    drawn = int.from_bytes(sha256(f"{number}".encode()).digest()[:2]) / 65_536
    time.sleep(LONGEST * drawn)
    os.kill(child, signal.SIGKILL)
    _ = os.waitpid(child, 0)
    os.close(hears)
    os.close(says)


if __name__ == "__main__":
    for number in range(int(sys.argv[3])):
        kill_one(sys.argv[1], int(sys.argv[2]), number)
    work(sys.argv[1], int(sys.argv[2]), None)
