"""How values lie in the columns of the SQLite ledger. Not here: which columns there are (`schema`).

Texts that people wrote are kept as bytes, so that whatever a `str` can hold comes back: NUL, and
even half of a surrogate pair, which no UTF-8 has. JSON is kept as text, with such halves escaped.
"""

from datetime import UTC, datetime

from eservices_core.ports.ledger import StreamId
from eservices_core.words.identifiers import ClinicId, UserId


def id_of(whose: UserId | ClinicId | None) -> str | None:
    """Write a user's or a clinic's id."""
    return None if whose is None else whose.value


def stream_of(stream: StreamId | None) -> tuple[str | None, str | None]:
    """Write a stream's two columns."""
    return (None, None) if stream is None else (stream.kind, stream.key)


def bytes_of(text: str) -> bytes:
    """Write a text that people wrote."""
    return text.encode("utf-8", "surrogatepass")


def text_of(data: bytes) -> str:
    """Read a text that people wrote."""
    return data.decode("utf-8", "surrogatepass")


def json_of(text: str) -> str:
    """Escape what UTF-8 cannot write, in the way that JSON has for it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def instant_of(at: datetime) -> str:
    """Write an aware instant, in UTC; texts sort as their instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read_instant(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text)
