"""One e-mail address, and whose it is.

Only the address as text belongs here. Whether it is proved by a code, and what may be sent to it,
is decided elsewhere (D-ACC-14). An address is never a key to a person.
"""

import re
import unicodedata
from enum import Enum
from typing import Final, Never, Self, final

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.plain_text import plain_text
from eservices_core.words.sealed import Sealed

__all__ = ["AddressOwner", "EmailAddress", "EmailAddressRefusal"]


class AddressOwner(Enum):
    """Whose the address is; from the 15th birthday all but `OWN` stop (D-ACC-14)."""

    OWN = "own"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    SHARED = "shared"


class EmailAddressRefusal(Enum):
    """Why a text is no address that mail is sent to. It never holds the text."""

    NOT_TEXT = "not_text"
    TOO_LONG = "too_long"
    """More than 254 characters, counted with the domain in its ASCII form."""
    CONTROL_CHARACTER = "control_character"
    NOT_ONE_AT_SIGN = "not_one_at_sign"
    LOCAL_PART_TOO_LONG = "local_part_too_long"
    """More than 64 characters before the at sign."""
    LOCAL_PART_MALFORMED = "local_part_malformed"
    """Not an ASCII dot-atom: empty, quoted, commented, spaced, dots misplaced, or not ASCII."""
    DOMAIN_WITHOUT_DOT = "domain_without_dot"
    DOMAIN_MALFORMED = "domain_malformed"
    """A label is empty, too long, holds what no domain holds, or changes when written in ASCII."""


_LONGEST: Final = 254
_LONGEST_LOCAL: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@final
class EmailAddress(Sealed):
    """One address that mail can be sent to, shown as `a***@example.dk` (personal data).

    Equal, and hashed, by the local part as it was given and the domain in lower-case ASCII form:
    RFC 5321 leaves the local part's case to the receiver. `folded` is for keeping addresses apart
    that no known receiver keeps apart. Made by `parse` alone.

    >>> address = EmailAddress.parse("Anna.Bk@RØDGRØD.example").unwrap()
    >>> address
    EmailAddress(A***@xn--rdgrd-vuad.example)
    >>> address.reveal()
    'Anna.Bk@xn--rdgrd-vuad.example'
    """

    __slots__ = ("_domain", "_local")
    _domain: str
    _local: str

    def __new__(cls, *refused: Never) -> Self:
        """Refuse: what `parse` has not read is no address."""
        del refused  # a traceback that shows local names must not show it
        raise AssertionError("an EmailAddress is made by EmailAddress.parse alone")

    @staticmethod
    def parse(text: object) -> Outcome["EmailAddress", EmailAddressRefusal]:
        """Read one bare address, with nothing around it; the domain may be international.

        Anything may come in; nothing is raised.
        """
        address = plain_text(text)
        if address is None:
            return Failure(EmailAddressRefusal.NOT_TEXT)
        if len(address) > _LONGEST:
            return Failure(EmailAddressRefusal.TOO_LONG)
        if any(unicodedata.category(character) == "Cc" for character in address):
            return Failure(EmailAddressRefusal.CONTROL_CHARACTER)
        local, at_sign, written_domain = address.partition("@")
        if not at_sign or "@" in written_domain:
            return Failure(EmailAddressRefusal.NOT_ONE_AT_SIGN)
        if len(local) > _LONGEST_LOCAL:
            return Failure(EmailAddressRefusal.LOCAL_PART_TOO_LONG)
        if _DOT_ATOM.fullmatch(local) is None:
            return Failure(EmailAddressRefusal.LOCAL_PART_MALFORMED)
        domain = _canonical_domain(written_domain)
        if isinstance(domain, EmailAddressRefusal):
            return Failure(domain)
        if len(local) + 1 + len(domain) > _LONGEST:
            return Failure(EmailAddressRefusal.TOO_LONG)
        made = object.__new__(EmailAddress)
        object.__setattr__(made, "_local", local)
        object.__setattr__(made, "_domain", domain)
        return Success(made)

    def reveal(self) -> str:
        """The whole address, its domain in lower-case ASCII form."""
        return f"{self._local}@{self._domain}"

    @property
    def folded(self) -> str:
        """The whole address in lower case: a key for uniqueness, never a key to a person."""
        return self.reveal().lower()

    @property
    def domain(self) -> str:
        """The domain in lower-case ASCII form."""
        return self._domain

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EmailAddress):
            return NotImplemented
        return self._local == other._local and self._domain == other._domain

    def __hash__(self) -> int:
        return hash((self._local, self._domain))

    def __str__(self) -> str:
        return f"{self._local[0]}***@{self._domain}"

    def __repr__(self) -> str:
        return f"EmailAddress({self})"


def _canonical_domain(domain: str) -> str | EmailAddressRefusal:
    """The domain in lower-case ASCII form, or why it is none."""
    if "." not in domain:
        return EmailAddressRefusal.DOMAIN_WITHOUT_DOT
    labels: list[str] = []
    for written in domain.split("."):
        label = written.lower() if written.isascii() else _ascii_label(written)
        if label is None or _LABEL.fullmatch(label) is None:
            return EmailAddressRefusal.DOMAIN_MALFORMED
        labels.append(label)
    if labels[-1].isdigit():  # an IPv4 address, or something that resolvers read as one
        return EmailAddressRefusal.DOMAIN_MALFORMED
    return ".".join(labels)


def _ascii_label(written: str) -> str | None:
    """The A-label of an international label, or `None` where writing it in ASCII changes it.

    The codec folds look-alikes (full-width letters, `ß`, ideographic full stops, joiners) into
    other names. Only a label that comes back as it went in is taken, so that two domains which
    differ by more than case never become one; homoglyphs stay separate names.
    """
    folded = written.lower()
    if len(folded) != len(written) or unicodedata.normalize("NFKC", written) != written:
        return None
    if not all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in folded):
        return None
    try:
        label = folded.encode("idna")
        returned = label.decode("idna")
    except UnicodeError:
        return None
    return label.decode("ascii") if returned == folded else None
