"""The command line, `eservices`: the rules and their words, for a person at a terminal.

Here: only the way in, so that starting costs next to nothing. The commands are listed in `root`.
"""

import sys

__all__ = ["main"]


def main() -> None:
    """Run `eservices` with the arguments of this process, and end the process."""
    try:
        from eservices_adapters.cli.root import eservices  # noqa: PLC0415  it needs the extra `cli`
    except ModuleNotFoundError as missing:
        if missing.name not in {"click", "rich"}:
            raise
        sys.exit("eservices: the command line needs: pip install 'eservices-core[cli]'")
    eservices.main(prog_name="eservices")
