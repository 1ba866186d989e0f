"""Keyed hashes: how numbers, names and codes are recognised without being kept.

Pure: the key comes in. A copy of the database without the key tells nobody which person a
pseudonym stands for, nor which code a digest stands for (D-ACC-13, D-KEEP-1).
"""

import hashlib
import hmac
from typing import Final

from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import AttemptId, BookingId, MailId, Pseudonym
from eservices_core.words.secret import CODE_ENTROPY_BYTES, OneTimeCode
from eservices_core.words.username import Username

KEY_BYTES_MIN: Final = 32


class Keys:
    """The installation's key; each use has its own prefix, so no two uses can be compared.

    Raises:
        ValueError: when built from fewer than 32 bytes.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES_MIN:
            msg = f"the installation's key must have at least {KEY_BYTES_MIN} bytes"
            raise ValueError(msg)
        self._key = key

    def __repr__(self) -> str:
        return "Keys(***)"

    def __reduce__(self) -> str:
        msg = "keys are not pickled"
        raise TypeError(msg)

    def number(self, number: CivilNumber) -> Pseudonym:
        """Stand in for a CPR number; the same number always gives the same pseudonym."""
        return Pseudonym(self._digest("number", number.reveal()))

    def number_at(self, clinic: str, number: CivilNumber) -> Pseudonym:
        """Stand in for a number that is unique at one clinic only (D-ACC-16)."""
        return Pseudonym(self._digest(f"number@{clinic}", number.reveal()))

    def subject(self, issuer: str, subject: str) -> Pseudonym:
        """Stand in for a broker's (issuer, subject)."""
        return Pseudonym(self._digest("subject", f"{len(issuer)}:{issuer}{subject}"))

    def username(self, username: Username) -> Pseudonym:
        """Stand in for a username."""
        return Pseudonym(self._digest("username", str(username)))

    def name_at(self, clinic: str, prefix: str) -> Pseudonym:
        """Stand in for how a word of a name begins, at one clinic (D-STAFF-104)."""
        return Pseudonym(self._digest(f"name@{clinic}", prefix))

    def mailbox(self, address: EmailAddress) -> Pseudonym:
        """Stand in for an address, in any case of letters: limits are counted by it (D-BOOK-7)."""
        return Pseudonym(self._digest("mailbox", address.folded))

    def network(self, name: str) -> Pseudonym:
        """Stand in for a caller's network, as the portal names it; the name itself is not kept."""
        return Pseudonym(self._digest("network", name))

    def code(self, attempt: AttemptId, purpose: str, code: OneTimeCode) -> str:
        """Digest a code for one attempt and purpose; of no use in another."""
        return self._digest(f"code/{purpose}/{attempt}", code.reveal())

    def cancel_code(self, booking: BookingId) -> OneTimeCode:
        """Give the code that cancels a booking made without a user; the same in every mail."""
        digest = bytes.fromhex(self._digest("cancel", str(booking)))
        return OneTimeCode.from_entropy(digest[:CODE_ENTROPY_BYTES])

    def bounce(self, mail: MailId) -> str:
        """Digest a mail's id: what only we can put beside it in an address (faults: 141)."""
        return self._digest("bounce", str(mail))

    def fingerprint(self, command: str) -> str:
        """Digest what was asked, so that a repeated key can be told from a reused one."""
        return self._digest("command", command)

    def same(self, digest: str, other: str) -> bool:
        """Compare two digests in constant time."""
        return hmac.compare_digest(digest, other)

    def _digest(self, use: str, text: str) -> str:
        message = f"{use}\x00{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
