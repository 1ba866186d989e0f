"""Services of which one call of one port goes wrong, counted over all ports (faults: 12).

Here: the ways in which a call can go wrong, and how to arrange for one of them. Not here: what must
hold afterwards (`test_every_port_call`).
"""

from collections.abc import Callable, Iterator
from enum import Enum, unique
from typing import Any, Final

from attrs import evolve, fields

from eservices_core.access.custody import RegisterFailure
from eservices_core.access.mitid import MitidFailure
from eservices_core.outcome import Failure
from eservices_core.ports.calendar import CalendarUnreachable
from eservices_core.ports.ledger import Change, StaleStream
from eservices_core.usecases.calendar_readings import CalendarReadings
from eservices_core.usecases.services import Services

PLAIN: Final = {"keys", "service", "access", "clinics"}
"""What services hold that is no port: values."""


class PortBroke(Exception):  # noqa: N818  said in the words of this house
    """Any exception that any port may raise."""


class Killed(BaseException):
    """The process ends here and now; no handler of exceptions has a say."""


@unique
class How(Enum):
    """How a call goes wrong."""

    RAISES = "raises"
    """The port does nothing, and raises."""
    ANSWER_LOST = "answer_lost"
    """The port does what it was asked, and raises."""
    KILLED_BEFORE = "killed_before"
    KILLED_AFTER = "killed_after"
    REFUSES = "refuses"
    """The port says no, as its contract lets it; a port that may not say no is not asked to."""


def _stale(change: Change) -> object:
    """Somebody else was first at whatever was read first."""
    return Failure(StaleStream(change.appends[0].stream)) if change.appends else None


def _unreachable(*_: object) -> object:
    raise CalendarUnreachable


REFUSALS: Final[dict[tuple[str, str], Callable[..., object]]] = {
    ("ledger", "commit"): _stale,
    ("register", "ask"): lambda *_: RegisterFailure.SILENT,
    ("mitid", "begin"): lambda *_: MitidFailure.UNAVAILABLE,
    ("mitid", "identity"): lambda *_: MitidFailure.UNAVAILABLE,
    ("calendar", "read"): _unreachable,
    ("hasher", "verify"): lambda *_: False,
}
"""What a port may say instead, by port and method; None where it has nothing to refuse."""


class Breaking:
    """A port whose calls are counted, and one of which goes wrong."""

    def __init__(
        self, name: str, port: Any, how: How, calls: Iterator[int], breaks_at: int
    ) -> None:
        self._name, self._port, self._how = name, port, how
        self._calls, self._breaks_at = calls, breaks_at

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        refusal = REFUSALS.get((self._name, name))

        def call(*given: Any) -> Any:
            if self._how is How.REFUSES and not _can_refuse(refusal, given):
                return method(*given)
            if next(self._calls) != self._breaks_at:
                return method(*given)
            match self._how:
                case How.RAISES:
                    raise PortBroke
                case How.ANSWER_LOST:
                    _ = method(*given)
                    raise PortBroke
                case How.KILLED_BEFORE:
                    raise Killed
                case How.KILLED_AFTER:
                    _ = method(*given)
                    raise Killed
                case How.REFUSES:
                    assert refusal is not None
                    return refusal(*given)

        return call


def _can_refuse(refusal: Callable[..., object] | None, given: tuple[Any, ...]) -> bool:
    return refusal is not None and (refusal is not _stale or _stale(*given) is not None)


def breaking(services: Services, how: How, calls: Iterator[int], breaks_at: int) -> Services:
    """Give services of which the call with that number, over all ports, goes wrong."""

    def broken(name: str) -> Any:
        port = getattr(services, name)
        if isinstance(port, CalendarReadings):
            return CalendarReadings(Breaking(name, port.calendar, how, calls, breaks_at))
        return None if port is None else Breaking(name, port, how, calls, breaks_at)

    ports = {field.name for field in fields(Services)} - PLAIN
    return evolve(services, **{name: broken(name) for name in ports})
