"""What is fuzzed: a parser of foreign bytes, and what its inputs start from.

Here: the shape of a target, and finding those that there are. Not here: changing inputs (`mutate`),
running them (`engine`), and the targets themselves, one module each in `targets/`, of which each
has a constant `TARGET`. Nothing else names them: a new module there is a new target.
"""

import pkgutil
from collections.abc import Callable, Hashable, Sequence
from importlib import import_module
from pathlib import Path

from attrs import field, frozen

_HERE = Path(__file__).parent


@frozen
class Target:
    """One parser.

    Attributes:
        name: what it is called on the command line.
        attempt: parses the bytes and gives what came of it, in few kinds: for a refusal the typed
            refusal, for all that was read one word. It raises nothing: what it raises is a finding.
            An input that gives a kind not seen before is itself mutated later.
        seeds: gives well-formed inputs, and others worth starting from; never none.
        words: pieces of the format, put in here and there.
        most: the most bytes that an input grows to; more than the parser's own bound.
    """

    name: str
    attempt: Callable[[bytes], Hashable]
    seeds: Callable[[], Sequence[bytes]]
    words: tuple[bytes, ...] = field(default=())
    most: int = 64 * 1024

    def corpus(self) -> list[bytes]:
        """The seeds, and what lies in `corpus/NAME/`: inputs that once were findings."""
        kept = sorted((_HERE / "corpus" / self.name).glob("*"))
        return [*self.seeds(), *(path.read_bytes() for path in kept)]


def all_targets() -> dict[str, Target]:
    """Every target, by its name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(_HERE / "targets")]))
    targets = [import_module(f"tests.fuzz.targets.{name}").TARGET for name in names]
    assert all(isinstance(target, Target) for target in targets)
    return {target.name: target for target in targets}
