"""Password hashes of the system that was there before: which of them can be taken over.

A hash that is taken over is stored as it is, and the hasher that stands behind
`PasswordHasher` verifies it, at the cost of any other, until the first right password replaces it
by one of its own (`is_outdated`). Here: the question that an import asks. Not here: verifying.
"""

from typing import Protocol


class ForeignHashes(Protocol):
    """Says which hashes of others this installation can verify."""

    def takes(self, stored: str, /) -> bool:
        """True if a password can be compared with this hash, at a cost that was agreed to."""
        ...
