"""A process that delivers mails and dies of it, run by test_maildir_killed.py.

`victim.py lines FOLDER` delivers one mail many times over, each time dying at the next line of the
adapter; it leaves the Maildirs `0`, `1`, ... and prints how many deliveries died.
`victim.py mails FOLDER` delivers mail after mail, prints each outcome, and waits to be killed.
"""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from eservices_adapters.config import files
from eservices_adapters.email import maildir
from eservices_adapters.email.maildir import MaildirTransport
from eservices_core.ports.outbox import MailKind, OutgoingMail
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId, UserId

WATCHED = {maildir.__file__, files.__file__}
DIED = 9
MAILS = 60
SIZE = 30_000  # a third of a megabyte: long enough to be killed in the middle of


def mail(number: int, size: int) -> OutgoingMail:
    """Mail number `number`: a line with the number, again and again."""
    return OutgoingMail(
        MailId(f"mail-{number}"),
        MailKind.ACTIVATION,
        UserId("user-1"),
        EmailAddress.parse("anna@example.dk").unwrap(),
        f"Mail {number}\r\n".encode() * size,
        None,
    )


def die_at(line: int, folder: Path) -> None:
    """Deliver, and die before the adapter's line `line` is carried out, counted as they come."""
    come = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal come
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line":
            come += 1
            if come == line:
                os._exit(DIED)  # nothing is flushed, closed or cleaned up, as after a kill
        return trace

    sys.settrace(trace)
    _ = MaildirTransport(folder).hand_over(mail(1, 1000))
    os._exit(0)


def die_at_every_line(folder: Path) -> None:
    """Die at the first line, then at the second, until nothing is left to die at."""
    line = 0
    while True:
        child = os.fork()
        if child == 0:
            die_at(line + 1, folder / str(line))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != DIED:
            assert status == 0
            break
        line += 1
    print(line)  # noqa: T201  the answer to whoever ran it


def deliver_all(folder: Path) -> None:
    """Deliver one after the other, saying how each ended."""
    transport = MaildirTransport(folder)
    for number in range(MAILS):
        print(number, transport.hand_over(mail(number, SIZE)).value, flush=True)  # noqa: T201  its test reads it


if __name__ == "__main__":
    {"lines": die_at_every_line, "mails": deliver_all}[sys.argv[1]](Path(sys.argv[2]))
