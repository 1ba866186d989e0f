"""The leak oracle over the whole suite: any secret word of a test is a canary (faults: 183-192).

Here: what is watched while a test runs (log records, warnings, output, exceptions, every change,
mail, calendar entry and ledger file), and a plugin that searches it all when the test has ended.
Not here: what may be held where, and the search (`eservices_core.testing.leaks`).

A test that leaks on purpose, to see that it is noticed, is marked `leaks("why")`. One whose changes
and mails are made up, to see what a store or a transport does with any, is marked `made_up("why")`:
those are not looked at then, all else is.
"""

import logging
import subprocess
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from eservices_adapters.calendar.ics_file import IcsFileCalendar
from eservices_adapters.email.maildir import MaildirTransport
from eservices_adapters.mitid.simulated import SimulatedMitid
from eservices_adapters.store import SqlLedger
from eservices_adapters.store.sqlite import SqliteEngine
from eservices_core.testing import leaks
from eservices_core.testing.leaks import Kind, Leak, LeakOracle, Sink
from eservices_core.testing.memory import (
    MemoryCalendar,
    MemoryLedger,
    MemoryMailTransport,
    MemoryMitid,
)

_MOST_CANARIES: Final = 2_000
_MOST_BYTES: Final = 1 << 20
_LARGEST_OUTPUT: Final = 1 << 20
_FILES: Final = ("", "-wal", "-shm", "-journal")

_watching: "list[LeakWatch]" = []


@contextmanager
def canaries_kept() -> Generator[None]:
    """Let the words that are made meanwhile be canaries in every test: of days that are shared."""
    for watch in _watching:
        watch.keeping += 1
    try:
        yield
    finally:
        for watch in _watching:
            watch.keeping -= 1


class _Remembering(LeakOracle):
    """Looks at the same thing once in a test file: most tests of one begin alike.

    A word becomes a canary when it is made, and whatever shows it again was made in that test.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before: set[int] = set()

    def look_at(
        self, sink: Sink, seen: str | bytes, own: Iterable[str] = (), *, where: str = ""
    ) -> None:
        once = hash((sink, seen))
        if once not in self._before:
            self._before.add(once)
            super().look_at(sink, seen, own, where=where)

    def forget_canaries(self) -> None:
        super().forget_canaries()
        self._before.clear()


class LeakWatch:
    """A pytest plugin: watches, and fails a test that has leaked.

    Attributes:
        oracle: what it searches with.
        keeping: above 0 while canaries are made that outlive the test.
    """

    def __init__(self) -> None:
        self.oracle = _Remembering()
        self.keeping = 1  # what is made while tests are collected is there for all of them
        self._collecting = True
        self._kept: dict[tuple[Kind, str], None] = {}
        self._learnt: set[tuple[Kind, str]] = set()
        self._found: list[Leak] = []
        self._records: list[logging.LogRecord] = []
        self._on = False
        self._made_up = False
        self._patched = ExitStack()

    # --- pytest's hooks --------------------------------------------------------------------------

    def pytest_configure(self) -> None:
        """Begin to learn and to watch; nothing is looked at before a test runs."""
        _watching.append(self)
        _ = self._patched.enter_context(leaks.every_word_a_canary(self.learn))
        self._watch_ports()
        self._watch_the_interpreter()

    def pytest_unconfigure(self) -> None:
        """Leave everything as it was."""
        self._patched.close()
        _watching.remove(self)

    def pytest_collection_finish(self) -> None:
        """From here on, what is made belongs to a test."""
        self.keeping = 0
        self._collecting = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        """Forget a file's canaries with its last test."""
        done = yield
        if nextitem is None or nextitem.path != item.path:
            self._forget()
        return done

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail a test that has leaked, by sink, kind and encoding."""
        if item.get_closest_marker("leaks") is not None:
            return (yield)
        self._made_up = item.get_closest_marker("made_up") is not None
        with self.watching() as found:
            done = yield
        if found:
            told = sorted({str(leak) for leak in found})
            pytest.fail("\n".join(["this test leaked:", *told]), pytrace=False)
        return done

    @contextmanager
    def watching(self) -> Generator[list[Leak]]:
        """Watch what is done meanwhile; at the end the list holds what has leaked."""
        found: list[Leak] = []
        self._on = True
        try:
            yield found
            self._search()
            found += self._found
        finally:
            self._on = False
            self._found.clear()
            self._records.clear()
            _ = self.oracle.leaks()

    def _search(self) -> None:
        for record in self._records:
            leaks.look_at_record(self.oracle, record)
        self._records.clear()
        self._found += self.oracle.leaks()

    # --- canaries --------------------------------------------------------------------------------

    def learn(self, kind: Kind, text: str) -> None:
        """Make a canary of what somebody has made."""
        learnt = (kind, text)
        if self._collecting and kind in {Kind.PASSWORD, Kind.ONE_TIME_CODE}:
            return  # what one file writes as a password or a code may be another's id
        if self.keeping:
            self._kept[learnt] = None
        if learnt in self._learnt or (kind is Kind.TEXT and self._is_known(text)):
            return
        self._learnt.add(learnt)
        _ = self.oracle.plant(kind, text)
        if len(self._learnt) > _MOST_CANARIES + len(self._kept):
            self._search()
            self._forget()

    def _is_known(self, text: str) -> bool:
        """Whether a text that was written into a record is a canary of a kind of its own."""
        return any((kind, text) in self._learnt for kind in Kind)

    def _forget(self) -> None:
        """Keep what outlives a test: each file begins with that alone, and so does a long test."""
        self.oracle.forget_canaries()
        self._learnt = set(self._kept)
        for kind, text in self._kept:
            _ = self.oracle.plant(kind, text)

    # --- what is watched -------------------------------------------------------------------------

    def see(self, look: Callable[..., None], *seen: Any, **more: Any) -> None:
        """Look at something, if a test is running that must not leak."""
        if not self._on:
            return
        look(self.oracle, *seen, **more)
        if self.oracle.waiting > _MOST_BYTES:
            self._search()

    def _watch_ports(self) -> None:
        for ledger in (MemoryLedger, SqlLedger):
            self._before(ledger, "commit", self._change)
        self._before(SqliteEngine, "close", self._file)
        for transport in (MemoryMailTransport, MaildirTransport):
            self._before(transport, "hand_over", self._mail)
        for calendar in (MemoryCalendar, IcsFileCalendar):
            self._before(calendar, "write", lambda _, *a: leaks.look_at_entry(self.oracle, a[2]))
        for broker in (MemoryMitid, SimulatedMitid):
            self._after(broker, "begin", lambda start: self.oracle.look_at(Sink.URL, start.address))

    def _change(self, _ledger: object, change: Any) -> None:
        if self._made_up:
            return
        leaks.learn_content(self.learn, change)
        leaks.look_at_change(self.oracle, change)

    def _mail(self, _transport: object, mail: Any) -> None:
        if not self._made_up:
            leaks.look_at_mail(self.oracle, mail)

    def _file(self, engine: Any) -> None:
        path: Path = engine._path
        for file in (path.with_name(path.name + ending) for ending in _FILES):
            if file.is_file():
                self.oracle.look_at(Sink.STORE_FILE, file.read_bytes())

    def _watch_the_interpreter(self) -> None:
        make = logging.getLogRecordFactory()

        def recorded(*args: Any, **more: Any) -> logging.LogRecord:
            record = make(*args, **more)
            if self._on:  # what is added to it comes later
                self._records.append(record)
            return record

        logging.setLogRecordFactory(recorded)
        _ = self._patched.callback(logging.setLogRecordFactory, make)
        level = logging.root.level
        logging.root.setLevel(logging.DEBUG)
        _ = self._patched.callback(logging.root.setLevel, level)
        self._before(
            warnings.WarningMessage,
            "__init__",
            lambda _, message, *more, **_more: self.oracle.look_at(
                Sink.WARNING, f"{message} {more!r}"
            ),
        )
        self._before(
            subprocess.CompletedProcess,
            "__init__",
            lambda _, _args, _status, out=None, err=None: self._output(out, err),
        )
        self._after(CliRunner, "invoke", self._invoked)
        self._before(
            pytest.ExceptionInfo,
            "fill_unfilled",
            lambda _, info: leaks.look_at_exception(self.oracle, info[1]),
        )

    def _invoked(self, result: Any) -> None:
        self._output(result.stdout_bytes, result.stderr_bytes)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            leaks.look_at_exception(self.oracle, result.exception)

    def _output(self, *streams: bytes | str | None) -> None:
        for stream in streams:
            if stream:
                self.oracle.look_at(Sink.OUTPUT, stream[:_LARGEST_OUTPUT])

    # --- how -------------------------------------------------------------------------------------

    def _before(self, cls: type, name: str, look: Callable[..., None]) -> None:
        """Look at what a method is given, before it is done."""
        method = vars(cls)[name]

        def watched(*args: Any, **more: Any) -> Any:
            self.see(lambda _: look(*args, **more))
            return method(*args, **more)

        self._replace(cls, name, watched)

    def _after(self, cls: type, name: str, look: Callable[[Any], None]) -> None:
        """Look at what a method gives."""
        method = vars(cls)[name]

        def watched(*args: Any, **more: Any) -> Any:
            given = method(*args, **more)
            self.see(lambda _: look(given))
            return given

        self._replace(cls, name, watched)

    def _replace(self, cls: type, name: str, watched: object) -> None:
        before = vars(cls)[name]
        setattr(cls, name, watched)
        _ = self._patched.callback(setattr, cls, name, before)
