"""What the distribution declares: its extras, its command, and pins that tell nobody's address."""

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_DECLARED: dict[str, Any] = tomllib.loads((_ROOT / "pyproject.toml").read_text())
_EXTRAS: dict[str, list[str]] = _DECLARED["project"]["optional-dependencies"]


def test_all_names_every_extra_for_users() -> None:
    """The extra `all` is every other extra but `dev`."""
    (everything,) = _EXTRAS["all"]
    named = everything.removeprefix("eservices-core[").removesuffix("]").split(",")

    assert sorted(named) == sorted(_EXTRAS.keys() - {"all", "dev"})


def test_development_tools_are_pinned() -> None:
    """Every tool that judges the project is pinned to one version, on any machine."""
    groups = [_EXTRAS["dev"], *_DECLARED["dependency-groups"].values()]

    assert [tool for group in groups for tool in group if "==" not in tool] == []


def test_the_core_is_not_capped() -> None:
    """What the core needs has a lower bound and no upper one."""
    assert all(">=" in need and "<" not in need for need in _DECLARED["project"]["dependencies"])


def test_the_command_can_be_loaded() -> None:
    """What the command `eservices` starts is there."""
    module, _, function = _DECLARED["project"]["scripts"]["eservices"].partition(":")

    assert callable(getattr(import_module(module), function))
