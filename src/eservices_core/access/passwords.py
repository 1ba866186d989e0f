"""Which password a user has: their own, a temporary one, or none (S-ACC-5, D-ACC-12).

Here: the four states of a password, and what is asked of them. Not here: what leads from one to
another (`user`), and the hashes, which are content kept apart: a state holds only a record's id.
"""

from datetime import datetime
from typing import TypeAlias, assert_never

from attrs import frozen

from eservices_core.access.facts import PasswordKind
from eservices_core.words.identifiers import ContentId


@frozen
class NoPassword:
    """The user can only come by MitID."""


@frozen
class OwnPassword:
    """A password that the user (or the guardian who created them) chose."""

    record: ContentId


@frozen
class TemporaryPassword:
    """A password that the clinic had sent; works once, until `expires_at` (D-ACC-12)."""

    record: ContentId
    expires_at: datetime


@frozen
class PasswordToChange:
    """The temporary password was used; until a new one is chosen there is none."""


PasswordState: TypeAlias = NoPassword | OwnPassword | TemporaryPassword | PasswordToChange


def record_in(password: PasswordState) -> ContentId | None:
    """Name the record that a password lies in, whether or not it still counts."""
    match password:
        case OwnPassword(record) | TemporaryPassword(record):
            return record
        case NoPassword() | PasswordToChange():
            return None
        case _:
            assert_never(password)


def counts_at(password: PasswordState, at: datetime) -> bool:
    """True if there is a password that a typed one may be compared with at `at`."""
    match password:
        case OwnPassword():
            return True
        case TemporaryPassword(expires_at=expires_at):
            return at < expires_at
        case NoPassword() | PasswordToChange():
            return False
        case _:
            assert_never(password)


def kind_of(password: PasswordState) -> PasswordKind:
    """Say which kind of password stands; where there is none it counts as one's own."""
    temporary = isinstance(password, TemporaryPassword | PasswordToChange)
    return PasswordKind.TEMPORARY if temporary else PasswordKind.OWN
