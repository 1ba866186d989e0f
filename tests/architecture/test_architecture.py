"""The import contracts in pyproject.toml hold, and each breaks when it should.

Every contract is named by a sentence. For each, one violation is planted in a copy of the tree, and
exactly that contract breaks; a contract without a plant fails here, so that none can be decoration.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from attrs import frozen

_ROOT = Path(__file__).resolve().parents[2]
_CONTRACTS: tuple[str, ...] = tuple(
    contract["name"]
    for contract in tomllib.loads((_ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
)


@frozen
class Plant:
    """A module that breaks the contract `breaks`, with the path under src and its one line."""

    breaks: str
    module: str
    line: str

    def __str__(self) -> str:
        return f"{self.line} in {self.module}"


_INSIDE_THE_CORE = (
    "inside the core, the kit sees use cases, they see ports, those see rules, and rules see words"
)
_PURE = "the core is pure: no clock, no chance, no threads, no input or output"
_NO_FRAMEWORK = "the core knows no network, no database and no framework, not even in its kit"
_INSIDE_THE_ADAPTERS = (
    "inside the adapters, entry points see the composition root, it sees adapters, "
    "and siblings are strangers"
)
_NO_USE_CASES = (
    "adapters see ports and words; use cases are for the composition root and the entry points"
)

_PLANTS = (
    Plant(
        "adapters depend on the core, never the reverse",
        "eservices_core/usecases/planted.py",
        "import eservices_adapters.config",
    ),
    Plant(_INSIDE_THE_CORE, "eservices_core/words/planted.py", "import eservices_core.clinic"),
    Plant(_INSIDE_THE_CORE, "eservices_core/access/planted.py", "import eservices_core.ports"),
    Plant(_INSIDE_THE_CORE, "eservices_core/ports/planted.py", "import eservices_core.usecases"),
    Plant(_INSIDE_THE_CORE, "eservices_core/usecases/planted.py", "import eservices_core.testing"),
    Plant(_INSIDE_THE_CORE, "eservices_core/planted.py", "# a module that no layer names"),
    Plant(_PURE, "eservices_core/words/planted.py", "import time"),
    Plant(_PURE, "eservices_core/usecases/planted.py", "from secrets import token_bytes"),
    Plant(_PURE, "eservices_core/access/planted.py", "import hypothesis"),
    Plant(_NO_FRAMEWORK, "eservices_core/usecases/planted.py", "import socket"),
    Plant(_NO_FRAMEWORK, "eservices_core/testing/planted.py", "import asyncio"),
    Plant(
        "only outcome imports returns",
        "eservices_core/access/planted.py",
        "from returns.result import safe",
    ),
    Plant(
        "only outcome imports returns",
        "eservices_adapters/store/planted.py",
        "from returns.pipeline import flow",
    ),
    Plant(
        _INSIDE_THE_ADAPTERS,
        "eservices_adapters/mitid/planted.py",
        "import eservices_adapters.store",
    ),
    Plant(
        _INSIDE_THE_ADAPTERS,
        "eservices_adapters/store/planted.py",
        "import eservices_adapters.compose",
    ),
    Plant(
        _INSIDE_THE_ADAPTERS,
        "eservices_adapters/worker/planted.py",
        "import eservices_adapters.demo",
    ),
    Plant(
        _INSIDE_THE_ADAPTERS,
        "eservices_adapters/email/planted.py",
        "import eservices_adapters.worker",
    ),
    Plant(_INSIDE_THE_ADAPTERS, "eservices_adapters/planted.py", "# a module that no layer names"),
    Plant(
        _NO_USE_CASES,
        "eservices_adapters/store/planted.py",
        "import eservices_core.usecases",
    ),
    Plant(
        "only custody and mitdk import lxml",
        "eservices_adapters/mitid/planted.py",
        "from lxml import etree",
    ),
    Plant(
        "only calendar imports icalendar",
        "eservices_adapters/email/planted.py",
        "from icalendar import Calendar",
    ),
    Plant(
        "only password imports argon2",
        "eservices_adapters/demo/planted.py",
        "from argon2 import PasswordHasher",
    ),
    Plant(
        "only metrics imports opentelemetry",
        "eservices_adapters/store/planted.py",
        "from opentelemetry import metrics",
    ),
    Plant(
        _INSIDE_THE_ADAPTERS,
        "eservices_adapters/operation/planted.py",
        "import eservices_adapters.demo",
    ),
    Plant(
        "only store imports a database's driver, SQLAlchemy or Alembic",
        "eservices_adapters/cli/planted.py",
        "import sqlite3",
    ),
    Plant(
        "only signing and store import cryptography",
        "eservices_adapters/password/planted.py",
        "from cryptography.fernet import Fernet",
    ),
    Plant(
        "only mitid and its stand-in import joserfc",
        "eservices_adapters/custody/planted.py",
        "from joserfc import jwt",
    ),
    Plant(
        "only wire_http speaks HTTP",
        "eservices_adapters/mitid/planted.py",
        "import httpcore2",
    ),
    Plant(
        "only cli and demo import click and rich",
        "eservices_adapters/store/planted.py",
        "from rich.table import Table",
    ),
)


def _lint(tree: Path) -> dict[str, bool]:
    """Whether each contract is kept in `tree`, by name; fails where the linter could not run."""
    executable = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(  # noqa: S603  our own arguments, and a program from our own environment
        [executable, "--no-cache", "--no-logo"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src"), "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = {
        name: verdict == "KEPT"
        for name, verdict in re.findall(r"^(.+?) (KEPT|BROKEN)\b", run.stdout, re.MULTILINE)
    }
    assert set(verdicts) == set(_CONTRACTS), run.stdout + run.stderr
    assert (run.returncode == 0) == all(verdicts.values()), run.stdout + run.stderr
    return verdicts


def test_the_tree_keeps_its_contracts() -> None:
    """The source tree as it stands keeps every import contract."""
    broken = [name for name, kept in _lint(_ROOT).items() if not kept]

    assert broken == []


def test_every_contract_has_a_plant() -> None:
    """Each contract is broken by at least one planted violation, so none is decoration."""
    assert {plant.breaks for plant in _PLANTS} == set(_CONTRACTS)


@pytest.mark.parametrize("plant", _PLANTS, ids=str)
def test_a_planted_violation_breaks_its_contract(plant: Plant, tmp_path: Path) -> None:
    """A planted violation breaks the contract that forbids it, and no other."""
    _ = shutil.copy(_ROOT / "pyproject.toml", tmp_path)
    _ = shutil.copytree(
        _ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    planted = tmp_path / "src" / plant.module
    assert planted.parent.is_dir(), f"{plant.module} has no home in the tree"
    _ = planted.write_text(plant.line + "\n")

    broken = [name for name, kept in _lint(tmp_path).items() if not kept]

    assert broken == [plant.breaks]
