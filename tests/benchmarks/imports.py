"""Importing, raced in fresh interpreters against the three libraries that the core is made with.

Each interpreter is isolated (`-I`), and measures inside itself, so that its start does not count.
Bytecode is written to a folder of this run in a first round that does not count either; whether
the environment lets Python write it elsewhere makes no difference.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import run as run_process
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

import eservices_core
from tests.benchmarks.racing import Goal, Race, judge

# Arguments: the statement, then folders to import from. What an isolated interpreter would not look
# into stands last, so that nothing is found sooner than a user finds it.
_INSIDE: Final = """
import sys
from time import process_time_ns
statement, *folders = sys.argv[1:]
sys.path += [folder for folder in folders if folder not in sys.path]
loaded = set(sys.modules)
begun = process_time_ns()
exec(statement)
spent = process_time_ns() - begun
print(spent, *sorted({name.partition(".")[0] for name in set(sys.modules) - loaded}))
"""
_FOLDERS: Final = (str(Path(eservices_core.__file__).resolve().parent.parent), *sys.path[1:])

THREE: Final = "import attrs, cattrs, returns.result"
CORE: Final = "import eservices_core"
LOGIN: Final = "import eservices_core.access.login"
EVERYTHING: Final = "from eservices_core import *"
STATEMENTS: Final = (THREE, CORE, LOGIN, EVERYTHING)

GOALS: Final = (
    Goal("eservices_core, to the three libraries", CORE, THREE, at_most=1.5),
    Goal("its login rules, to the three libraries", LOGIN, THREE, at_most=1.5),
    Goal("all its public names, to the three", EVERYTHING, THREE),
)

OF_ADAPTERS: Final = frozenset({"argon2", "click", "eservices_adapters", "lxml", "rich", "sqlite3"})


@frozen
class Loaded:
    """What a statement loads beside the standard library, and what of it the core must not."""

    statement: str
    libraries: Sequence[str]
    of_adapters: Sequence[str]


@frozen
class _Once:
    nanoseconds: int
    modules: frozenset[str]


def race(rounds: int) -> tuple[Race, list[Loaded]]:
    """Race, and say what was loaded."""
    figures: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    with TemporaryDirectory() as bytecode:
        modules = {statement: _import(statement, bytecode).modules for statement in STATEMENTS}
        for lap in range(rounds):
            first = lap % len(STATEMENTS)
            for statement in (*STATEMENTS[first:], *STATEMENTS[:first]):
                figures[statement].append(_import(statement, bytecode).nanoseconds / 1e6)
    return (
        Race("Import, in fresh interpreters", "ms", figures, judge(figures, GOALS)),
        [_loaded(statement, modules[statement]) for statement in (CORE, LOGIN, EVERYTHING)],
    )


def _import(statement: str, bytecode: str) -> _Once:
    command = [sys.executable, "-I", "-X", f"pycache_prefix={bytecode}", "-c", _INSIDE]
    done = run_process(  # noqa: S603  this interpreter, and the statements above
        [*command, statement, *_FOLDERS], check=True, capture_output=True, text=True
    )
    spent, *modules = done.stdout.split()
    return _Once(int(spent), frozenset(modules))


def _loaded(statement: str, modules: frozenset[str]) -> Loaded:
    # How the interpreter was built is a module of the standard library that its list leaves out.
    own = {name for name in modules if name.startswith("_sysconfigdata")} | {"eservices_core"}
    libraries = modules - sys.stdlib_module_names - own
    return Loaded(statement, sorted(libraries), sorted(modules & OF_ADAPTERS))
