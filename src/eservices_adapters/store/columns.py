"""How values lie in the columns. Not here: which columns there are (`migrations`).

Texts that people wrote are kept as bytes, so that whatever a `str` can hold comes back: NUL, and
even half of a surrogate pair, which no UTF-8 has. JSON is kept as text, with such halves escaped.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from eservices_core.events import StreamId
from eservices_core.words.identifiers import ClinicId, UserId

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def id_of(whose: UserId | ClinicId | None) -> str | None:
    """Write a user's or a clinic's id."""
    return None if whose is None else whose.value


def stream_of(stream: StreamId | None) -> tuple[str | None, str | None]:
    """Write a stream's two columns."""
    return (None, None) if stream is None else (stream.kind, stream.key)


def log_of(clinic: ClinicId | None) -> str:
    """Write whose audit log; the service's own is ''."""
    return "" if clinic is None else clinic.value


def read_log(text: str) -> ClinicId | None:
    """Read whose audit log."""
    return ClinicId(text) if text else None


def bytes_of(text: str) -> bytes:
    """Write a text that people wrote."""
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """Read a text that people wrote."""
    return data.decode("utf-8", "surrogatepass")


def json_of(text: str) -> str:
    """Escape what UTF-8 cannot write, in the way that JSON has for it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def instant_of(at: datetime) -> int:
    """Write an aware instant: whole microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def read_instant(microseconds: int) -> datetime:
    """Read an instant, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


_AT_ONCE: Final = 250
MANY: Final = ", ".join("?" * _AT_ONCE)
"""The placeholders of a statement that is asked about many at once."""


def in_portions(values: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Deal values out in portions that fill `MANY`; the last one is filled up with its last value.

    So there is one statement, whatever the count, which the driver prepares once.
    """
    each = tuple(dict.fromkeys(values))
    for start in range(0, len(each), _AT_ONCE):
        portion = each[start : start + _AT_ONCE]
        yield portion + portion[-1:] * (_AT_ONCE - len(portion))
