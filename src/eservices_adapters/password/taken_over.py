"""A hasher that also verifies hashes of the system before, at one cost for everybody (D-ACC-2).

An installation says which costs it takes (`[passwords] takes_over`). As long as it takes any, each
comparison does the work of every one of them once, and the hasher's own, whoever types and whatever
is stored: so time tells nobody whose password has not been replaced yet, nor who is here at all. A
right password is hashed anew by the hasher's own (`is_outdated`). When all have been replaced, the
installation takes the line out again.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eservices_adapters.password.foreign import Cost, read_foreign, work
from eservices_core.ports.foreign_hashes import ForeignHashes
from eservices_core.ports.world import PasswordHasher
from eservices_core.words.secret import Password, PasswordAttempt


class TakenOverHashes:
    """A `PasswordHasher`, and the `ForeignHashes` that it takes."""

    def __init__(self, own: PasswordHasher, costs: Iterable[Cost]) -> None:
        """Take the hasher that makes all hashes from now on, and the costs that are taken over."""
        self._own = own
        self._costs = tuple(dict.fromkeys(costs))

    def takes(self, stored: str, /) -> bool:
        """True for a hash of a cost that the installation takes."""
        foreign = read_foreign(stored)
        return foreign is not None and foreign.cost in self._costs

    def hash(self, password: Password, /) -> str:
        """Make a hash of our own."""
        return self._own.hash(password)

    def verify(self, stored: str | None, typed: PasswordAttempt, /) -> bool:
        """Compare; the work is the same for a hash of our own, a foreign one, and none."""
        foreign = None if stored is None else read_foreign(stored)
        if foreign is not None and foreign.cost not in self._costs:
            foreign = None
        right = False
        for cost in self._costs:
            if foreign is not None and foreign.cost == cost:
                right = foreign.matches(typed.reveal())
            else:
                work(cost, typed.reveal())
        own = self._own.verify(None if foreign else stored, typed)
        return right if foreign else own

    def is_outdated(self, stored: str, /) -> bool:
        """True of every hash that is not our own."""
        return read_foreign(stored) is not None or self._own.is_outdated(stored)


if TYPE_CHECKING:
    _hasher: type[PasswordHasher] = TakenOverHashes
    _foreign: type[ForeignHashes] = TakenOverHashes
