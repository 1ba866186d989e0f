"""Identifiers: opaque names for things, told apart by type, safe to log.

An identifier never holds a CPR number, an address or a name. Those are content, kept apart under
an identifier, so that they can be erased (D-KEEP-1).
"""

import re
from typing import Any, Final, Self
from uuid import UUID

from attrs import field, frozen

_ENTROPY_BYTES: Final = 16
_SHAPE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


def _check(identifier: object, _attribute: object, value: Any) -> None:  # noqa: ANN401  unchecked
    if not (isinstance(value, str) and _SHAPE.fullmatch(value)):
        msg = f"{type(identifier).__name__} takes 1 to 64 of the characters A-Z a-z 0-9 _ . -"
        raise ValueError(msg)


@frozen(order=True)
class _Identifier:
    """1 to 64 ASCII letters, digits and `_.-`, beginning with a letter or digit.

    Raises:
        ValueError: when built from anything else; the message does not repeat the value.
    """

    value: str = field(validator=_check)

    def __str__(self) -> str:
        return self.value

    @classmethod
    def from_entropy(cls, entropy: bytes) -> Self:
        """Make one from 16 bytes of chance."""
        assert len(entropy) == _ENTROPY_BYTES
        return cls(entropy.hex())


class ClinicId(_Identifier):
    """A clinic (a tenant, D-LOG-2)."""


class StaffId(_Identifier):
    """A member of staff."""


class UserId(_Identifier):
    """A user of the service: one per person, whatever the number of clinics (D-ACC-11)."""


class AttemptId(_Identifier):
    """One attempt: at a login, or at a guardian verification."""


class SessionId(_Identifier):
    """One session: the digest of the token that only the browser holds."""


class BrowserId(_Identifier):
    """One browser: the digest of the token that only the browser holds."""


class ContentId(_Identifier):
    """A record that can be erased, named by the event that speaks of it."""


class Pseudonym(_Identifier):
    """A keyed hash that stands for a CPR number, a username or a broker's subject (see `keyed`)."""


class MailId(_Identifier):
    """One outgoing mail."""


class PractitionerId(_Identifier):
    """A practitioner who has an appointment book at one clinic; told apart within that clinic."""


class TypeId(_Identifier):
    """A type of appointment, as one clinic has named it."""


class BookingId(_Identifier):
    """One booking, from request to end; also the left half of its UID in any calendar."""


class ConversationId(_Identifier):
    """One conversation between a patient and a clinic, with all its messages."""


class MessageId(_Identifier):
    """One message of a conversation."""


class LetterId(_Identifier):
    """One letter by digital post, which is one message: its UUID, version 4 (D-POST-1)."""

    @classmethod
    def from_entropy(cls, entropy: bytes) -> Self:
        """Make one from 16 bytes of chance."""
        assert len(entropy) == _ENTROPY_BYTES
        return cls(str(UUID(bytes=entropy, version=4)))


class EntryId(_Identifier):
    """One entry of a patient's journal at a clinic, as we know it."""
