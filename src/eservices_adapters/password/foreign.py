"""Password hashes of other systems: read, and compared, each at a known cost.

Here: Django's PBKDF2 and scrypt, Werkzeug's PBKDF2 and scrypt, ASP.NET Core Identity's versions 2
and 3, bcrypt (where the library is there), and salted SHA as LDAP servers write it. A hash is read
into its kind, cost, salt and digest; what cannot be read exactly is no hash. Not here: what a login
does with one (`taken_over`).
"""

import base64
import binascii
import hashlib
import hmac
import re
from importlib.util import find_spec
from typing import Final

from attrs import field, frozen

_ITERATIONS_MAX: Final = 5_000_000
_SCRYPT_MAX: Final = 2**18
_BCRYPT_MAX: Final = 16
_MEMORY_MAX: Final = 512 * 1024 * 1024
_DIGEST_MAX: Final = 64
_BCRYPT_BYTES: Final = 72
"""bcrypt has never looked at more of a password."""

_DJANGO_PBKDF2: Final = re.compile(r"pbkdf2_(sha1|sha256)\$([1-9][0-9]{0,6})\$([^$]{1,128})\$(\S+)")
_WERKZEUG_PBKDF2: Final = re.compile(
    r"pbkdf2:(sha1|sha256|sha512):([1-9][0-9]{0,6})\$([^$]{1,128})\$([0-9a-f]{40,128})"
)
_DJANGO_SCRYPT: Final = re.compile(
    r"scrypt\$([0-9]{1,6})\$([^$]{1,128})\$([0-9]{1,2})\$([0-9]{1,2})\$(\S+)"
)
_WERKZEUG_SCRYPT: Final = re.compile(
    r"scrypt:([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2})\$([^$]{1,128})\$([0-9a-f]{128})"
)
_BCRYPT: Final = re.compile(r"\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}")
_LDAP: Final = re.compile(r"\{SSHA(|256|512)\}([A-Za-z0-9+/=]{28,300})")
_LDAP_DIGESTS: Final = {"": "sha1", "256": "sha256", "512": "sha512"}
_ASPNET: Final = re.compile(r"[A-Za-z0-9+/]{40,300}={0,2}")
_ASPNET_PRFS: Final = {0: "sha1", 1: "sha256", 2: "sha512"}
_ASPNET_2_BYTES: Final = 1 + 16 + 32
_ASPNET_HEAD: Final = 13
_SALT_MIN: Final = 8
_NOBODYS_SALT: Final = "abcdefghijklmnopqrstuu"
_WORK: Final = re.compile(r"(?:[1-9][0-9]{0,6}|[0-9]{2})?(?::[1-9][0-9]?){0,2}")
_KINDS: Final = frozenset(
    {
        "pbkdf2_sha1",
        "pbkdf2_sha256",
        "pbkdf2_sha512",
        "scrypt",
        "bcrypt",
        "sha1",
        "sha256",
        "sha512",
    }
)


@frozen
class Cost:
    """What a comparison takes: two hashes of one cost take the same time.

    Attributes:
        kind: `pbkdf2_sha256`, `scrypt`, `bcrypt`, `sha256` and the like.
        work: iterations, or bcrypt's exponent, or scrypt's N:r:p; empty where it is nothing.
        digest: bytes that are derived; PBKDF2 takes longer for more.
    """

    kind: str
    work: str
    digest: int

    def __str__(self) -> str:
        return ":".join(filter(None, (self.kind, self.work, str(self.digest))))


@frozen
class ForeignHash:
    """A hash that was read."""

    cost: Cost
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)

    def matches(self, typed: str) -> bool:
        """Compare, in a time that hangs on the cost alone."""
        derived = derive(self.cost, self.salt, typed)
        return derived is not None and hmac.compare_digest(derived, self.digest)


def derive(cost: Cost, salt: bytes, typed: str) -> bytes | None:
    """Do the work of a cost; None where the library for it is not there, or refuses."""
    secret = typed.encode("utf-8", "surrogatepass")
    family, _, name = cost.kind.partition("_")
    match family:
        case "pbkdf2":
            return hashlib.pbkdf2_hmac(name, secret, salt, int(cost.work), cost.digest)
        case "scrypt":
            n, r, p = map(int, cost.work.split(":"))
            return hashlib.scrypt(
                secret, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY_MAX, dklen=cost.digest
            )
        case "bcrypt":
            return _bcrypt(salt, secret)
        case _:
            return hashlib.new(family, secret + salt).digest()


def _bcrypt(salt: bytes, secret: bytes) -> bytes | None:
    import bcrypt  # noqa: PLC0415  an extra; `read_foreign` has seen that it is there

    try:
        return bcrypt.hashpw(secret[:_BCRYPT_BYTES], salt)
    except ValueError:  # a NUL in what was typed
        return None


def read_foreign(stored: str) -> ForeignHash | None:
    """Read a hash of another system; None for what is none, or costs more than anybody can bear."""
    for reader in (_django, _werkzeug, _bcrypt_hash, _ldap, _aspnet):
        try:
            found = reader(stored)
        except (ValueError, binascii.Error):
            return None
        if found is not None:
            return found if _is_bearable(found) else None
    return None


def read_cost(text: str) -> Cost | None:
    """Read a cost as `str` writes it; None for what nobody can do, or can bear."""
    kind, _, rest = text.partition(":")
    *between, digest = rest.split(":")
    if kind not in _KINDS or not digest.isdecimal() or not _WORK.fullmatch(":".join(between)):
        return None
    cost = Cost(kind, ":".join(between), int(digest))
    try:
        bearable = _is_bearable(ForeignHash(cost, b"", bytes(cost.digest)))
    except ValueError:  # too few numbers for its kind
        return None
    if cost.kind == "bcrypt" and find_spec("bcrypt") is None:
        return None
    return cost if bearable else None


def work(cost: Cost, typed: str) -> None:
    """Do what a comparison at this cost does, for nobody."""
    salt = f"$2b${cost.work:>02}${_NOBODYS_SALT}" if cost.kind == "bcrypt" else _NOBODYS_SALT
    _ = derive(cost, salt.encode(), typed)


def _is_bearable(found: ForeignHash) -> bool:
    if not 1 <= len(found.digest) <= _DIGEST_MAX:
        return False
    match found.cost.kind.partition("_")[0]:
        case "pbkdf2":
            return 1 <= int(found.cost.work) <= _ITERATIONS_MAX
        case "scrypt":
            n, r, p = map(int, found.cost.work.split(":"))
            power = n > 1 and n & (n - 1) == 0
            return (
                power
                and r >= 1
                and n <= _SCRYPT_MAX
                and 128 * n * r * max(p, 1) < _MEMORY_MAX
                and p >= 1
            )
        case "bcrypt":
            return 4 <= int(found.cost.work) <= _BCRYPT_MAX  # noqa: PLR2004  bcrypt's own least
        case _:
            return True


def _django(stored: str) -> ForeignHash | None:
    if (found := _DJANGO_PBKDF2.fullmatch(stored)) is not None:
        name, iterations, salt, written = found.groups()
        digest = base64.b64decode(written, validate=True)
        return ForeignHash(Cost(f"pbkdf2_{name}", iterations, len(digest)), salt.encode(), digest)
    if (found := _DJANGO_SCRYPT.fullmatch(stored)) is not None:
        n, salt, r, p, written = found.groups()
        digest = base64.b64decode(written, validate=True)
        return ForeignHash(Cost("scrypt", f"{n}:{r}:{p}", len(digest)), salt.encode(), digest)
    return None


def _werkzeug(stored: str) -> ForeignHash | None:
    if (found := _WERKZEUG_PBKDF2.fullmatch(stored)) is not None:
        name, iterations, salt, written = found.groups()
        digest = bytes.fromhex(written)
        return ForeignHash(Cost(f"pbkdf2_{name}", iterations, len(digest)), salt.encode(), digest)
    if (found := _WERKZEUG_SCRYPT.fullmatch(stored)) is not None:
        n, r, p, salt, written = found.groups()
        digest = bytes.fromhex(written)
        return ForeignHash(Cost("scrypt", f"{n}:{r}:{p}", len(digest)), salt.encode(), digest)
    return None


def _bcrypt_hash(stored: str) -> ForeignHash | None:
    found = _BCRYPT.fullmatch(stored)
    if found is None or find_spec("bcrypt") is None:
        return None
    # The library takes a whole hash for its salt, and gives the hash again.
    return ForeignHash(Cost("bcrypt", found[1], 60), stored[:29].encode(), stored.encode())


def _ldap(stored: str) -> ForeignHash | None:
    found = _LDAP.fullmatch(stored)
    if found is None:
        return None
    name = _LDAP_DIGESTS[found[1]]
    content = base64.b64decode(found[2], validate=True)
    size = hashlib.new(name).digest_size
    if len(content) < size + 4:
        return None
    return ForeignHash(Cost(name, "", size), content[size:], content[:size])


def _aspnet(stored: str) -> ForeignHash | None:
    if _ASPNET.fullmatch(stored) is None:
        return None
    content = base64.b64decode(stored, validate=True)
    if content[0] == 0 and len(content) == _ASPNET_2_BYTES:
        return ForeignHash(Cost("pbkdf2_sha1", "1000", 32), content[1:17], content[17:])
    if content[0] != 1 or len(content) <= _ASPNET_HEAD:
        return None
    prf, iterations, size = (int.from_bytes(content[at : at + 4]) for at in (1, 5, 9))
    salt, digest = content[_ASPNET_HEAD : _ASPNET_HEAD + size], content[_ASPNET_HEAD + size :]
    if prf not in _ASPNET_PRFS or len(salt) < _SALT_MIN or iterations < 1 or not digest:
        return None
    kind = f"pbkdf2_{_ASPNET_PRFS[prf]}"
    return ForeignHash(Cost(kind, str(iterations), len(digest)), salt, digest)
