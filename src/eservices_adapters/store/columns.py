"""How values lie in the columns. Not here: which columns there are (`migrations`).

Texts that people wrote are kept as bytes, so that whatever a `str` can hold comes back: NUL, and
even half of a surrogate pair, which no UTF-8 has. JSON is kept as text, with such halves escaped.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from eservices_core.ports.ledger import StreamId
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
