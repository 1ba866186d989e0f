"""Texts that prove something: passwords, one-time codes, tokens.

What makes such a text well formed, how it is made from randomness that is handed in, and how two
are compared belong here. Hashing passwords, storing, counting guesses and expiry do not.
"""

import re
from base64 import urlsafe_b64encode
from enum import Enum
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Self, final

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.plain_text import plain_text
from eservices_core.words.sealed import Sealed

__all__ = [
    "CODE_ALPHABET",
    "CODE_ENTROPY_BYTES",
    "TEMPORARY_PASSWORD_ENTROPY_BYTES",
    "TOKEN_ENTROPY_BYTES",
    "OneTimeCode",
    "OneTimeCodeRefusal",
    "Password",
    "PasswordAttempt",
    "PasswordRefusal",
    "Secret",
    "Token",
    "TokenRefusal",
]

CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters that are told apart when read aloud or in print: no 0 and O, no 1 and I."""
CODE_ENTROPY_BYTES: Final = 8
"""Bytes that `OneTimeCode.from_entropy` takes; each gives one character, so 40 bits are used."""
TEMPORARY_PASSWORD_ENTROPY_BYTES: Final = 12
"""Bytes that `Password.temporary_from_entropy` takes; 60 bits are used."""
TOKEN_ENTROPY_BYTES: Final = 16
"""The fewest bytes that `Token.from_entropy` takes; all of their bits are used."""


class Secret(Sealed):  # noqa: PLW1641 - a hash look-up would compare in a time that tells
    """A text that is compared and revealed on purpose, and otherwise shown as `Secret(***)`.

    `==` holds between two of one class, in constant time; there is no hash. A subclass narrows
    which texts it admits; the constructor raises `AssertionError`, without the text, for others.
    """

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> Self:
        """Seal the text; raise `AssertionError` where the class does not admit it."""
        characters = plain_text(text)
        made = super().__new__(cls)
        admitted = characters is not None and cls._admits(characters)
        if admitted:
            object.__setattr__(made, "_text", characters)
        del text, characters  # a traceback that shows local names must not show them
        if not admitted:
            raise AssertionError(f"not the text of a {cls.__name__}")
        return made

    @classmethod
    def _admits(cls, text: str, /) -> bool:
        """Whether a value of this class may hold the text; a subclass narrows it."""
        del text
        return True

    @final
    def reveal(self) -> str:
        """The text itself: for hashing, sending and nothing else."""
        return self._text

    @final
    def matches(self, other: "Secret | str") -> bool:
        """Whether the other is exactly this text; time depends on the lengths alone."""
        text = other.reveal() if isinstance(other, Secret) else other
        return compare_digest(_bytes_of(self._text), _bytes_of(text))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret) or type(other) is not type(self):
            return NotImplemented
        return self.matches(other)


def _bytes_of(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class PasswordRefusal(Enum):
    """Why a text is no password. It never holds the text."""

    NOT_TEXT = "not_text"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    HOLDS_NUL = "holds_nul"
    NOT_UNICODE = "not_unicode"
    """It holds half of a surrogate pair, which has no UTF-8 form to be hashed."""


_SHORTEST_PASSWORD: Final = 8
_LONGEST_PASSWORD: Final = 256
_LONGEST_ATTEMPT: Final = 1024
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@final
class Password(Secret):
    """A chosen password: 8 to 256 characters, compared exactly as typed (D-ACC-12).

    Nothing is trimmed, folded, normalised or cut, and no composition is asked for.

    >>> Password.parse("korrekt hest batteri").unwrap()
    Password(***)
    """

    __slots__ = ()

    @staticmethod
    def parse(text: object) -> Outcome["Password", PasswordRefusal]:
        """Read a password that somebody chooses; nothing is raised."""
        password = plain_text(text)
        if password is None:
            return Failure(PasswordRefusal.NOT_TEXT)
        refusal = _password_refusal(password)
        return Success(Password(password)) if refusal is None else Failure(refusal)

    @staticmethod
    def temporary_from_entropy(entropy: bytes) -> "Password":
        """A readable temporary password, `XXXX-XXXX-XXXX`, from 12 random bytes (D-ACC-12)."""
        return Password(_grouped(_code_characters(entropy, TEMPORARY_PASSWORD_ENTROPY_BYTES)))

    @classmethod
    def _admits(cls, text: str, /) -> bool:
        return _password_refusal(text) is None


@final
class PasswordAttempt(Secret):
    """What somebody typed as their password at login: at most 1,024 characters, maybe none.

    An attempt may be wrong but must not be costly or break the hasher, so beyond the length only
    what has no UTF-8 form is refused.
    """

    __slots__ = ()

    @staticmethod
    def parse(text: object) -> Outcome["PasswordAttempt", PasswordRefusal]:
        """Bound a typed password before it is hashed; nothing is raised."""
        attempt = plain_text(text)
        if attempt is None:
            return Failure(PasswordRefusal.NOT_TEXT)
        refusal = _attempt_refusal(attempt)
        return Success(PasswordAttempt(attempt)) if refusal is None else Failure(refusal)

    @classmethod
    def _admits(cls, text: str, /) -> bool:
        return _attempt_refusal(text) is None


def _password_refusal(text: str) -> PasswordRefusal | None:
    if len(text) < _SHORTEST_PASSWORD:
        return PasswordRefusal.TOO_SHORT
    if len(text) > _LONGEST_PASSWORD:
        return PasswordRefusal.TOO_LONG
    if "\0" in text:
        return PasswordRefusal.HOLDS_NUL
    return _attempt_refusal(text)


def _attempt_refusal(text: str) -> PasswordRefusal | None:
    if len(text) > _LONGEST_ATTEMPT:
        return PasswordRefusal.TOO_LONG
    if _LONE_SURROGATE.search(text) is not None:
        return PasswordRefusal.NOT_UNICODE
    return None


class OneTimeCodeRefusal(Enum):
    """Why a text cannot be a one-time code, right or wrong. It never holds the text."""

    NOT_TEXT = "not_text"
    WRONG_LENGTH = "wrong_length"
    WRONG_CHARACTER = "wrong_character"


_CODE: Final = re.compile(f"[{CODE_ALPHABET}]{{8}}")
_CODE_LENGTH: Final = 8
_LONGEST_TYPED_CODE: Final = 64
# Blanks, and the hyphens that mail programs and telephones put in place of the plain one.
_CODE_SEPARATORS: Final = re.compile("[\\s\u00ad\u2010\u2011\u2012\u2013\u2212-]")


@final
class OneTimeCode(Secret):
    """A code sent by e-mail: 8 characters of `CODE_ALPHABET`, written `XXXX-XXXX` (D-ACC-13).

    >>> code = OneTimeCode.parse(" k7pm-x3qd ").unwrap()
    >>> code.reveal(), code.reveal_grouped()
    ('K7PMX3QD', 'K7PM-X3QD')
    """

    __slots__ = ()

    @staticmethod
    def parse(text: object) -> Outcome["OneTimeCode", OneTimeCodeRefusal]:
        """Read a typed code in any case of letters, blanks and hyphens ignored."""
        typed = plain_text(text)
        if typed is None:
            return Failure(OneTimeCodeRefusal.NOT_TEXT)
        if len(typed) > _LONGEST_TYPED_CODE:
            return Failure(OneTimeCodeRefusal.WRONG_LENGTH)
        characters = _CODE_SEPARATORS.sub("", typed)
        if len(characters) != _CODE_LENGTH:
            return Failure(OneTimeCodeRefusal.WRONG_LENGTH)
        # Upper-casing turns some letters that are not ASCII into letters that are.
        if not characters.isascii() or not OneTimeCode._admits(characters.upper()):
            return Failure(OneTimeCodeRefusal.WRONG_CHARACTER)
        return Success(OneTimeCode(characters.upper()))

    @staticmethod
    def from_entropy(entropy: bytes) -> "OneTimeCode":
        """The code that 8 random bytes stand for; every code is equally likely."""
        return OneTimeCode(_code_characters(entropy, CODE_ENTROPY_BYTES))

    def reveal_grouped(self) -> str:
        """The code as it is written in a mail: `XXXX-XXXX`."""
        return _grouped(self._text)

    @classmethod
    def _admits(cls, text: str, /) -> bool:
        return _CODE.fullmatch(text) is not None


def _code_characters(entropy: bytes, length: int) -> str:
    """One character for each byte; 256 is a multiple of 32, so none is likelier than another."""
    assert len(entropy) == length, f"exactly {length} bytes of entropy are needed"
    return "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in entropy)


def _grouped(characters: str) -> str:
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


class TokenRefusal(Enum):
    """Why a text cannot be a token. It never holds the text."""

    NOT_TEXT = "not_text"
    WRONG_LENGTH = "wrong_length"
    WRONG_CHARACTER = "wrong_character"


_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]*")
_SHORTEST_TOKEN: Final = 22
_LONGEST_TOKEN: Final = 128


@final
class Token(Secret):
    """The secret of a session or of a link: 22 to 128 URL-safe characters, 128 bits or more.

    It is stored, and looked up, by its digest alone (D-LOG-1).
    """

    __slots__ = ()

    @staticmethod
    def parse(text: object) -> Outcome["Token", TokenRefusal]:
        """Read a token from a cookie or a link; nothing is raised."""
        token = plain_text(text)
        if token is None:
            return Failure(TokenRefusal.NOT_TEXT)
        if not _SHORTEST_TOKEN <= len(token) <= _LONGEST_TOKEN:
            return Failure(TokenRefusal.WRONG_LENGTH)
        if not Token._admits(token):
            return Failure(TokenRefusal.WRONG_CHARACTER)
        return Success(Token(token))

    @staticmethod
    def from_entropy(entropy: bytes) -> "Token":
        """The token that 16 to 96 random bytes stand for."""
        return Token(urlsafe_b64encode(entropy).rstrip(b"=").decode("ascii"))

    def digest(self) -> str:
        """The SHA-256 of the token as 64 hexadecimal digits: what is stored in its place."""
        return sha256(self._text.encode("ascii")).hexdigest()

    @classmethod
    def _admits(cls, text: str, /) -> bool:
        fits = _SHORTEST_TOKEN <= len(text) <= _LONGEST_TOKEN
        return fits and _TOKEN.fullmatch(text) is not None
