"""Going round: what is due is done, what raises rests a while, and whoever says stop is heard.

Here: when a part of a round is due, and what is told about it. Not here: which rounds there are
(`rounds`). Everything runs in the thread that calls; several workers may run at once, in threads,
processes and machines, as every round looks at what is so and takes mails for itself.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from time import monotonic
from typing import Final, Protocol

from attrs import frozen

from eservices_adapters.compose import Installation
from eservices_adapters.worker.rounds import DEFAULT_PACE, LOG, Pace, Part, Round, rounds_of
from eservices_core.usecases.audit_chain import Head

REST_MAX: Final = timedelta(minutes=15)
"""The longest that a part which raises again and again is left alone."""

_DOUBLINGS_MAX: Final = 10
_REST_MIN: Final = timedelta(seconds=5)


class Stop(Protocol):
    """Whether somebody has said stop; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether it was said."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait so many seconds at most, and give whether it was said."""
        ...


@frozen
class Ran:
    """What came of one part of a round.

    Attributes:
        round: its name.
        whose: the clinic's, or the practitioner's; empty for the whole service.
        done: how many things had news.
        raised: the type of what it raised; None if it did not.
    """

    round: str
    whose: str
    done: int
    raised: str | None = None


@frozen
class _Rest:
    until: float
    times: int


class Worker:
    """Goes round over an installation.

    >>> from threading import Event, Thread  # in a server's process
    >>> from eservices_adapters.compose import Installation
    >>> from eservices_adapters.worker import Worker
    >>> def start(installation: Installation, stop: Event) -> Thread:
    ...     thread = Thread(target=lambda: Worker(installation).run(stop))
    ...     thread.start()
    ...     return thread

    `run` returns when `stop` is set and what is in hand has ended: one attempt at a mail (a minute
    at most, over SMTP), or one part of another round. It raises nothing that a round raises.
    """

    def __init__(
        self,
        installation: Installation,
        *,
        pace: Pace = DEFAULT_PACE,
        on_sealed: Callable[[tuple[Head, ...]], object] = lambda _heads: None,
        rounds: Iterable[Round] | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Take an installation.

        Args:
            installation: what the rounds are carried out over.
            pace: how many mails are handed over in a minute.
            on_sealed: told what heads of audit logs were sealed.
            rounds: other rounds than the installation's own.
            now: seconds of a clock that nobody sets.
        """
        self._stop: Stop | None = None
        own = rounds_of(installation, self._stops, pace=pace, on_sealed=on_sealed)
        self._rounds = own if rounds is None else tuple(rounds)
        self._now = now
        self._metrics = installation.metrics
        self._due = dict.fromkeys((one.name for one in self._rounds), 0.0)
        self._rests: dict[tuple[str, str], _Rest] = {}

    def run_once(self, stop: Stop | None = None) -> tuple[Ran, ...]:
        """Do every round once, whether due or not, but for what rests after it raised."""
        self._stop = stop
        return tuple(ran for one in self._rounds for ran in self._go(one))

    def run(self, stop: Stop) -> None:
        """Go round until somebody says stop."""
        self._stop = stop
        while not stop.is_set():
            for one in self._rounds:
                if self._due[one.name] <= self._now() and not stop.is_set():
                    self._due[one.name] = self._now() + one.every.total_seconds()
                    _ = self._go(one)
            pause = min(self._due.values()) - self._now()
            if pause > 0:
                _ = stop.wait(pause)

    def _go(self, one: Round) -> list[Ran]:
        ran: list[Ran] = []
        try:
            for part in one.parts():
                if self._stops():
                    break
                rest = self._rests.get((one.name, part.whose))
                if rest is None or rest.until <= self._now():
                    ran.append(self._try(one, part))
        except Exception as error:  # noqa: BLE001  what its parts are could not be told
            ran.append(self._failed(one, "", error))
        return ran

    def _try(self, one: Round, part: Part) -> Ran:
        try:
            done = part.act()
        except Exception as error:  # noqa: BLE001  whatever a round raises, the others go on
            return self._failed(one, part.whose, error)
        if self._metrics is not None:
            self._metrics.went_round(one.name, raised=False)
        if self._rests.pop((one.name, part.whose), None) is not None:
            LOG.info("%s %s: well again", one.name, part.whose)
        if done:
            LOG.info("%s %s: %d", one.name, part.whose, done)
        return Ran(one.name, part.whose, done)

    def _failed(self, one: Round, whose: str, error: Exception) -> Ran:
        """Leave it alone for a while; what an error says may hold anything, so only its type is."""
        if self._metrics is not None:
            self._metrics.went_round(one.name, raised=True)
        before = self._rests.get((one.name, whose))
        times = 1 if before is None else before.times + 1
        pause = max(one.every, _REST_MIN) * (1 << min(times - 1, _DOUBLINGS_MAX))
        pause = max(min(pause, REST_MAX), one.every)
        self._rests[one.name, whose] = _Rest(self._now() + pause.total_seconds(), times)
        name = type(error).__name__
        LOG.warning("%s %s: %s; rests %d s", one.name, whose, name, pause.total_seconds())
        return Ran(one.name, whose, 0, name)

    def _stops(self) -> bool:
        return self._stop is not None and self._stop.is_set()
