"""`eservices rules --check`: does every rule have a home, and a test that names it?

Here: looking at homes (they can be imported, and their module cites the rule) and at the
docstrings of a folder of tests. Not here: which rules there are (`eservices_core.rulebook`).
"""

import ast
import inspect
import re
import warnings
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from importlib import import_module
from pathlib import Path
from typing import Final

from eservices_adapters.cli.says import BadInput
from eservices_core.outcome import Failure
from eservices_core.rulebook.index import RULES, Rule, find_home

_ID: Final = re.compile(r"\b[SD]-[A-Z]+-[0-9]+\b")
_TESTS: Final = Path("tests")


def folder_of_tests(named: str | None) -> Path | None:
    """Give the folder that was named, else ./tests where there is one, else None."""
    if named is None:
        return _TESTS if _TESTS.is_dir() else None
    try:
        there = Path(named).is_dir()
    except ValueError:
        there = False
    if not there:
        raise BadInput("--tests", "must be a folder")
    return Path(named)


def check_rules(tests: Path | None) -> dict[str, object]:
    """Look at every rule; `ok` is true when nothing is missing beyond what is planned."""
    homeless = [
        {"id": rule.id, "home": rule.home, "why": why}
        for rule in RULES.values()
        if (why := why_homeless(rule)) is not None
    ]
    named = None if tests is None else rules_named_in(tests)
    untested = [
        rule.id
        for rule in RULES.values()
        if named is not None and rule.home is not None and rule.id not in named
    ]
    return {
        "ok": not homeless and not untested,
        "rules": len(RULES),
        "built": sum(rule.home is not None for rule in RULES.values()),
        "without_home": homeless,
        "tests_looked_at": named is not None,
        "without_test": untested,
        "open": [
            {"id": rule.id, "part": later.part.value, "what": later.what}
            for rule in RULES.values()
            for later in rule.later
        ],
    }


def why_homeless(rule: Rule) -> str | None:
    """Say what is wrong with a rule's home; None where all is well, or the rule is planned."""
    if rule.home is None:
        return None
    if isinstance(find_home(rule.home), Failure):
        return "there is nothing of that name"
    module = import_module(rule.home.partition(":")[0])
    if rule.id not in _ID.findall(inspect.getsource(module)):
        return "its module does not cite the rule"
    return None


def rules_named_in(tests: Path) -> AbstractSet[str]:
    """Give the IDs that stand in the docstrings of a folder's Python files."""
    named: set[str] = set()
    for path in sorted(tests.rglob("*.py")):
        try:
            source = path.read_bytes()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what a test file warns of is not asked here
                tree = ast.parse(source)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            raise BadInput("--tests", "holds a file that cannot be read as Python") from None
        for docstring in _docstrings(tree):
            named.update(_ID.findall(docstring))
    return named


def _docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            if docstring is not None:
                yield docstring
