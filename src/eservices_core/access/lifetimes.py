"""How long what was begun can be gone on with: the shared rule, under the name it has in access."""

from eservices_core.words.lifetimes import ATTEMPT_LIVES, CLOCKS_DIFFER, attempt_lives, is_within

__all__ = ["ATTEMPT_LIVES", "CLOCKS_DIFFER", "attempt_lives", "is_within"]
