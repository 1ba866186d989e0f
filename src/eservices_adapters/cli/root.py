"""The command `eservices`: its commands, and how every run ends.

Here: the list of commands, each loaded when it is called for; and the one place where an error
becomes a line on standard error and an exit status. 0: answered, a refusal too. 1: a check found
something, or the answer could not be written. 2: bad input.
"""

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any, Final, cast

import click

from eservices_adapters.cli.lazily import LazyGroup
from eservices_adapters.cli.says import BadInput, harmless, one_of

_DISTRIBUTION: Final = "eservices-core"
_BAD_INPUT: Final = 2
_INTERRUPTED: Final = 130

_COMMANDS: Final[Mapping[str, str]] = {
    "backup": "eservices_adapters.cli.operating:backup",
    "bounce": "eservices_adapters.cli.bounce:bounce",
    "audit": "eservices_adapters.cli.audit:audit",
    "cpr": "eservices_adapters.cli.cpr:cpr",
    "demo": "eservices_adapters.cli.demo:demo",
    "doctor": "eservices_adapters.cli.operating:doctor",
    "explain": "eservices_adapters.cli.explain:explain",
    "free-times": "eservices_adapters.cli.free_times:free_times",
    "health": "eservices_adapters.cli.operating:health",
    "import": "eservices_adapters.cli.importing:import_",
    "keys": "eservices_adapters.cli.keys:keys",
    "mail": "eservices_adapters.cli.mail:mail",
    "migrate": "eservices_adapters.cli.operating:migrate",
    "play": "eservices_adapters.cli.play:play",
    "post": "eservices_adapters.cli.post:post",
    "purge": "eservices_adapters.cli.operating:purge",
    "restored": "eservices_adapters.cli.operating:restored",
    "rules": "eservices_adapters.cli.rules:rules",
    "settings": "eservices_adapters.cli.settings:settings",
    "staff": "eservices_adapters.cli.staff:staff",
    "stand-ins": "eservices_adapters.cli.stand_ins:stand_ins",
    "story": "eservices_adapters.cli.story:story",
    "try": "eservices_adapters.cli.trying_all:try_",
    "views": "eservices_adapters.cli.views:views",
    "whatif": "eservices_adapters.cli.whatif:whatif",
    "worker": "eservices_adapters.cli.worker:worker",
    "why-not": "eservices_adapters.cli.why_not:why_not",
}


class _Root(LazyGroup):
    """A group that ends every run in its own way."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002  click's own signature
        **extra: Any,  # noqa: ANN401  click's own signature
    ) -> Any:  # noqa: ANN401  click's own signature
        """Run, as click does; but say what is wrong in one line, and nothing of what was typed."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        sys.exit(self._ended(args, prog_name or "eservices", complete_var, extra))

    def _ended(
        self,
        args: Sequence[str] | None,
        prog_name: str,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        """Run, and give the exit status."""
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            _flush()
        except BadInput as bad:
            return _complain(str(bad))
        except click.ClickException as error:
            return _complain(_in_one_line(error))
        except (click.Abort, EOFError, KeyboardInterrupt):
            return _INTERRUPTED
        except OSError as error:
            _silence()
            if error.errno != errno.EPIPE:  # whoever closed the pipe has read enough
                _ = _complain(f"the system refused ({(error.strerror or 'no reason').lower()})")
            return 1
        return status if isinstance(status, int) else 0


def _flush() -> None:
    stdout: Any = sys.stdout  # None, where somebody has closed it
    if stdout is not None:
        stdout.flush()


def _silence() -> None:
    """Let nothing more be written: the interpreter flushes once again when it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        _ = os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file at all, as in a test
        pass


def _complain(line: str) -> int:
    try:
        click.echo(f"eservices: {line}", err=True)
    except OSError:
        _silence()
    return _BAD_INPUT


def _in_one_line(error: click.ClickException) -> str:
    """Say what click says, without the values that it repeats."""
    match error:
        case click.MissingParameter(param=click.Parameter() as parameter):
            return f"{_name_of(parameter)}: is missing{_see_help(error)}"
        case click.BadParameter(param=click.Parameter() as parameter):
            if isinstance(parameter.type, click.Choice):
                choices = cast("Sequence[str]", parameter.type.choices)
                return f"{_name_of(parameter)}: {one_of(choices)}"
            return f"{_name_of(parameter)}: cannot be read"
        case click.NoSuchOption(option_name=name, possibilities=near):
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"{harmless(name) or 'option'}: there is no such option{hint}"
        case click.BadOptionUsage(option_name=name):
            # click tells a flag with a value from an option without one only in its message.
            what = "needs a value" if "requires" in error.message else "takes no value"
            return f"{harmless(name) or 'option'}: {what}"
        case click.UsageError(ctx=click.Context(command=click.Group() as group) as context):
            return f"command: {one_of(group.list_commands(context))}"
        case click.UsageError():
            return f"arguments: there are too many{_see_help(error)}"
        case _:
            return "the command line: cannot be understood"


def _name_of(parameter: click.Parameter) -> str:
    """Give the name of an option, or of an argument as the help shows it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name


def _see_help(error: click.UsageError) -> str:
    return f" (see {error.ctx.command_path} --help)" if error.ctx else ""


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  a switch by nature
    if not wanted or ctx.resilient_parsing:
        return
    try:
        version = metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        version = "(not installed)"
    click.echo(f"eservices {version}")
    ctx.exit()


@click.group(
    cls=_Root,
    lazily=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and stop.",
)
@click.pass_context
def eservices(ctx: click.Context) -> None:
    """Who may log in to a Danish GP clinic's e-services, and how.

    Answers are JSON on standard output, one object. A refusal is an answer: the exit status is 0.
    Bad input is one line on standard error that names the field, and exit status 2. CPR numbers
    are never printed.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
