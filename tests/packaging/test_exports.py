"""The public names of the core: sorted, resolved on first use, and free of what adapters need."""

import subprocess
import sys
from importlib.resources import files

import eservices_core

# Needed by an adapter, a framework or a test; none of it may come along with the core.
_NOT_WITH_THE_CORE = frozenset(
    {
        "argon2",
        "asyncio",
        "click",
        "eservices_adapters",
        "hypothesis",
        "icalendar",
        "lxml",
        "pytest",
        "rich",
        "smtplib",
        "socket",
        "sqlite3",
    }
)


def _loaded_by(program: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running `program`."""
    run = subprocess.run(  # noqa: S603  our own interpreter, running a program from this file
        [sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_public_names_are_sorted() -> None:
    """The public names stand in the order of a reader's index, capitals and all."""
    names = list(eservices_core.__all__)

    assert names == sorted(names, key=str.casefold)
    assert len(names) == len(set(names))
    assert names != []


def test_every_public_name_resolves() -> None:
    """Every public name is there when asked for, and `dir` lists it."""
    for name in eservices_core.__all__:
        assert getattr(eservices_core, name) is not None
        assert name in dir(eservices_core)


def test_a_name_that_is_not_there_says_so() -> None:
    """A misspelt name is an AttributeError, as for any module."""
    assert not hasattr(eservices_core, "no_such_name")


def test_importing_the_core_is_lazy() -> None:
    """Importing the package loads none of its rules; the first use of a name does."""
    loaded = _loaded_by("import eservices_core")

    assert not {name for name in loaded if name.startswith("eservices_core.")}


def test_the_core_brings_no_adapter_library_along() -> None:
    """Using every public name of the core loads no database, network, framework or test tool."""
    loaded = _loaded_by(
        "import eservices_core\nfor name in eservices_core.__all__: getattr(eservices_core, name)"
    )

    assert {name for name in loaded if name.startswith("eservices_core.")}
    assert not loaded & _NOT_WITH_THE_CORE


def test_both_packages_are_typed() -> None:
    """Both packages ship the marker that tells type checkers to read their annotations."""
    for package in ("eservices_core", "eservices_adapters"):
        assert files(package).joinpath("py.typed").is_file()
