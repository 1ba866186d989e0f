"""Groups of commands that load a command when it is called for.

Here: the group. Not here: which commands there are (`root`, `trying_all`), and how a run ends
(`root`).
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import click


class LazyGroup(click.Group):
    """A group whose commands are named, and each imported when it is called for or explained."""

    def __init__(self, *args: Any, lazily: Mapping[str, str], **more: Any) -> None:  # noqa: ANN401  click's own signature
        """Take what a group takes, and by its name where each command is: `module:attribute`."""
        super().__init__(*args, **more)
        self._lazily = lazily

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names, in the order of the alphabet."""
        return sorted({*super().list_commands(ctx), *self._lazily})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None if there is none of that name."""
        if cmd_name not in self._lazily:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._lazily[cmd_name].partition(":")
        return cast("click.Command", getattr(import_module(module), name))
