"""How things are shown to the oracle: changes, mails, log records, exceptions.

Here: which part of a thing ends in which sink. Not here: the search, and where things are watched
(that is the test run's: `learning` knows our words, the rest is a few lines of its plugin).
"""

from collections.abc import Collection, Iterator
from logging import LogRecord
from traceback import format_exception_only, walk_tb
from typing import Final, cast

from eservices_core.ports.calendar import Entry
from eservices_core.ports.ledger import Change, PutContent
from eservices_core.ports.outbox import OutgoingMail
from eservices_core.testing.leaks.oracle import LeakOracle
from eservices_core.testing.leaks.sinks import Sink, sink_of
from eservices_core.wire import dump_event

OURS: Final = ("eservices_core", "eservices_adapters")
_STANDARD: Final = frozenset(vars(LogRecord("", 0, "", 0, "", None, None)))


def look_at_change(oracle: LeakOracle, change: Change) -> None:
    """Look at one unit of work: at all that is stored by it, and at how it shows itself."""
    oracle.look_at(Sink.SHOWN, repr(change), where="a change")
    oracle.look_at(Sink.NAME, f"{change.key} {change.fingerprint}", where="an idempotency key")
    oracle.look_at(Sink.ANSWER, change.answer)
    for append in change.appends:
        oracle.look_at(Sink.NAME, append.stream.key, where="a stream's key")
        for event in append.events:
            oracle.look_at(Sink.EVENT, dump_event(event), where=type(event).__name__)
    for name in change.names:
        oracle.look_at(Sink.NAME, name.name.key.value, where="a unique name")
    for content in change.contents:
        oracle.look_at(Sink.NAME, content.record.value, where="a record's id")
        if isinstance(content, PutContent):
            oracle.look_at(Sink.CONTENT, content.text)
    for entry in change.audit:
        oracle.look_at(Sink.AUDIT, repr(entry))
    for mail in change.mails:
        look_at_mail(oracle, mail)


def look_at_mail(oracle: LeakOracle, mail: OutgoingMail) -> None:
    """Look at a mail: its bytes, encoded parts and attachments too, and its id."""
    oracle.look_at(sink_of(mail), mail.content, (mail.to.reveal(),), where=mail.kind.value)
    oracle.look_at(Sink.NAME, mail.mail.value, where="a mail's id")


def look_at_entry(oracle: LeakOracle, entry: Entry) -> None:
    """Look at what a clinic's calendar is to say of a booking."""
    oracle.look_at(Sink.CALENDAR, f"{entry!r} {entry.title} {entry.place}")


def look_at_record(oracle: LeakOracle, record: LogRecord) -> None:
    """Look at a log record: message, arguments, what was added to it, and its exception."""
    added = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    said = f"{record.name} {_said(record)} {record.args!r} {added!r} {record.stack_info or ''}"
    oracle.look_at(Sink.LOG, said)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        for text in texts_of(error):
            oracle.look_at(Sink.LOG, text, where="a logged exception")


def _said(record: LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # its arguments do not fit, which is not our matter
        return str(record.msg)


def look_at_exception(
    oracle: LeakOracle, error: BaseException, packages: Collection[str] = OURS
) -> None:
    """Look at an exception as the most talkative traceback would show it (faults: 185)."""
    for text in texts_of(error, packages):
        oracle.look_at(Sink.EXCEPTION, text, where=type(error).__name__)


def texts_of(error: BaseException, packages: Collection[str] = OURS) -> Iterator[str]:
    """Give all that an exception says: itself, its notes, causes, contexts and groups.

    Also the local names of every frame that is a module's of `packages`, as rich shows them; those
    of other frames (a test's, a library's) are theirs.
    """
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield "".join(format_exception_only(one))
        yield f"{one!r} {one.args!r} {vars(one)!r}"
        for frame, _ in walk_tb(one.__traceback__):
            if str(frame.f_globals.get("__name__", "")).partition(".")[0] in packages:
                for name, value in frame.f_locals.items():
                    yield f"{name} = {_shown(value)}"
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", one).exceptions


def _shown(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001  a repr that breaks shows nothing
        return ""
