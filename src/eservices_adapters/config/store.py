"""[store]: where the ledger is, and the keys that its content lies encrypted under.

Here: the section. Not here: opening any database (`store`), and what a key file is (`key_file`).

Content lies under a key that is derived from the installation's, until `content_keys` names files
of newer ones, the newest first: what is written lies under that one, and all others are still read.
"""

from pathlib import Path
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen

from eservices_adapters.config.key_file import InstallationKey, read_key
from eservices_adapters.config.password_file import password_file
from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import one_of_words, text
from eservices_adapters.config.table import Shape, Table
from eservices_core.outcome import Failure
from eservices_core.words.plain_text import plain_text

_KEYS_MAX: Final = 10
_URL: Final = text(500)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_USE: Final = "content-at-rest"


@frozen
class SqliteStore:
    """[store] kind = "sqlite": the ledger is this file, which need not exist yet."""

    path: Path


@frozen
class PostgresStore:
    """[store] kind = "postgresql": the ledger is this database, which nothing else uses.

    `url` holds no password; that was read from a file of its own.
    """

    url: str
    password: str | None = field(repr=False)


@frozen
class Store:
    """Where the ledger is, and the newer keys of its content, the newest first."""

    where: SqliteStore | PostgresStore
    newer_keys: tuple[InstallationKey, ...] = ()

    def content_keys(self, key: InstallationKey) -> tuple[bytes, ...]:
        """What content is written under, and then all that it is read under."""
        return tuple(one.derived(_USE) for one in (*self.newer_keys, key))


def read_store(root: Table, places: Places) -> Store | None:
    """Read [store]; None if anything needed was refused."""
    section = root.table("store", required=True)
    kind = section.required("kind", one_of_words("sqlite", "postgresql"))
    where: SqliteStore | PostgresStore | None = None
    if kind == "sqlite":
        path = section.required("path", places.new_file())
        where = None if path is None else SqliteStore(path)
    elif kind == "postgresql":
        url = section.required("url", _database_url())
        password = section.optional("password_file", password_file(places), None)
        where = None if url is None else PostgresStore(url, password)
    keys = section.optional("content_keys", _key_files(places), ())
    section.refuse_unknown()
    return None if where is None else Store(where, keys)


def _database_url() -> Shape[str]:
    """A URL without a password; over a network only with a certificate that is verified."""

    def parse(value: object) -> str | None:
        written = _URL.parse(value)
        try:
            parts = urlsplit(written or "")
        except ValueError:
            return None
        if written is None or parts.scheme != "postgresql" or parts.password is not None:
            return None
        asked = parse_qs(parts.query)
        host = parts.hostname or asked.get("host", [""])[0]
        near = host.startswith("/") or host in _LOOPBACK
        sure = asked.get("sslmode") == ["verify-full"]
        return written if host and (near or sure) and len(parts.path) > 1 else None

    return Shape(
        "postgresql://USER@HOST/DATABASE without a password, with ?sslmode=verify-full unless the"
        " host is this machine",
        parse,
    )


def _key_files(places: Places) -> Shape[tuple[InstallationKey, ...]]:
    def parse(value: object) -> tuple[InstallationKey, ...] | None:
        if not isinstance(value, list):
            return None
        named = cast("list[object]", value)
        keys: list[InstallationKey] = []
        for one in named[: _KEYS_MAX + 1]:
            written = plain_text(one)
            path = None if written is None else places.any().parse(written)
            key = None if path is None else read_key(path)
            if key is None or isinstance(key, Failure):
                return None
            keys.append(key.unwrap())
        return tuple(keys) if len(named) <= _KEYS_MAX else None

    return Shape(
        f"a list of at most {_KEYS_MAX} key files (eservices keys new), the newest first", parse
    )
