"""How tests run the command line: in this process through click's runner, or as a process.

Here: running, and what holds for every run whatever was asked. Not here: what any command answers.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen
from click.testing import CliRunner

from eservices_adapters.cli.root import eservices

BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
"""The environment of processes: standard output is buffered, as it is wherever nobody says no."""

CHILD = "2906980013"
MOTHER = "0709614606"
FATHER = "0709614231"


@frozen
class Run:
    """What a run gave."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The one JSON object on standard output."""
        assert (self.status, self.err) in {(0, ""), (1, "")}, self.err
        assert self.out.endswith("}\n")
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on standard error."""
        assert self.status == 2, self.out
        assert self.out == ""
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        assert self.err.startswith("eservices: ")
        return self.err.removeprefix("eservices: ").removesuffix("\n")


def run(*args: str, stdin: str | bytes = b"") -> Run:
    """Run in this process; an exception that gets out is raised here."""
    result = CliRunner().invoke(eservices, args, input=stdin, prog_name="eservices")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Run(result.exit_code, result.stdout_bytes.decode(), result.stderr_bytes.decode())


def run_process(
    *args: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None
) -> Run:
    """Run as a process of its own."""
    done = subprocess.run(  # noqa: S603  our own interpreter and module
        command(*args),
        input=stdin,
        env={**BUFFERED, **(environment or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def command(*args: str) -> Sequence[str]:
    """Give the command line of a process."""
    return (sys.executable, "-m", "eservices_adapters.cli", *args)


def answered_or_complained(result: Run) -> None:
    """Hold what holds for any input: an answer, or one line; a traceback never."""
    assert result.status in {0, 2}
    _ = result.answer if result.status == 0 else result.complaint
    assert "Traceback" not in result.out + result.err


def holds_number(text: str) -> bool:
    """True if the text holds what could be a CPR number."""
    return re.search(r"[0-9]{6}-?[0-9A-Za-z]{4}", text) is not None


GROWN: dict[str, object] = {
    "at": "2026-01-31T12:00:00+01:00",
    "method": "two_factor",
    "user": "active",
    "birth_date": "1990-01-01",
    "no_mitid": False,
    "guardian_verified": False,
}
"""The facts of an adult without the tick who types a right password."""

BY_MITID: dict[str, object] = {
    **GROWN,
    "method": "mitid",
    "mitid": {"identity": "private", "assurance": "substantial", "cpr": "own"},
}
"""The facts of an adult who comes with their own MitID."""


def explain_login(facts: Mapping[str, object]) -> Run:
    """Ask `explain login` over standard input."""
    return run("explain", "login", "-", stdin=json.dumps(facts))
