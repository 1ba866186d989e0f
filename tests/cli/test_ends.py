import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eservices_adapters.cli.root import eservices
from tests.cli.running import (
    BUFFERED,
    CHILD,
    GROWN,
    MOTHER,
    command,
    holds_number,
    run,
    run_process,
)

_COMMANDS = [
    (),
    ("cpr",),
    ("explain",),
    ("explain", "login"),
    ("explain", "guardian"),
    ("rules",),
    ("whatif",),
    ("whatif", "login"),
]


class TestHelp:
    @pytest.mark.parametrize("words", _COMMANDS, ids=" ".join)
    def test_every_command_has_help(self, words: tuple[str, ...]) -> None:
        """Every command explains itself, and each of its options."""
        result = run(*words, "--help")
        listed: click.Command = eservices
        for word in words:
            assert isinstance(listed, click.Group)
            found = listed.get_command(click.Context(listed), word)
            assert found is not None
            listed = found

        assert (result.status, result.err) == (0, "")
        assert "\b" not in result.out
        assert listed.help
        assert all(one.help for one in listed.params if isinstance(one, click.Option))

    def test_alone_it_says_what_there_is(self) -> None:
        """`eservices` alone shows what it can do."""
        result = run()

        assert result.status == 0
        assert all(f"\n  {name}" in result.out for name in ("cpr", "explain", "rules", "whatif"))

    def test_the_version(self) -> None:
        """--version is one line."""
        result = run("--version")

        assert result.status == 0
        assert re.fullmatch(r"eservices \S.*\n", result.out)


class TestUsage:
    @pytest.mark.parametrize(
        ("args", "complaint"),
        [
            (("0709614606",), "command: must be audit, backup, bounce, "),
            (("explain", "0709614606"), "command: must be guardian or login"),
            (("--0709614606",), "option: there is no such option"),
            (("--frobnicate",), "--frobnicate: there is no such option"),
            (("rules", "--tabel"), "--tabel: there is no such option; did you mean --table?"),
            (("rules", "--check=0709614606"), "--check: takes no value"),
            (("rules", "--tests"), "--tests: needs a value"),
            (("rules", "S-ACC-1", "0709614606"), "arguments: there are too many (see eservices r"),
            (("cpr",), "FILE: is missing (see eservices cpr --help)"),
            (("explain", "login"), "FACTS.json: is missing (see eservices explain login --help)"),
            (("explain", "guardian"), "--child: is missing"),
            (("explain", "guardian", "--child"), "--child: needs a value"),
            (("whatif", "login", "-"), "--set: is missing"),
            (
                (
                    *("explain", "guardian", "--child", CHILD, "--guardian", MOTHER),
                    *("--at", "x", "--answer", "x", "--guardianship", "0709614606"),
                ),
                "--guardianship: must be yes or no",
            ),
        ],
    )
    def test_wrong_usage_is_one_line(self, args: tuple[str, ...], complaint: str) -> None:
        """D-LOG-1: wrong usage is one line that names what is wrong, and repeats no value."""
        line = run(*args).complaint

        assert line.startswith(complaint)
        assert not holds_number(line)

    @given(
        st.lists(
            st.sampled_from(
                [
                    *("cpr", "explain", "login", "guardian", "rules", "whatif", "-", "--"),
                    *(
                        "--child",
                        "--set",
                        "--check",
                        "--try",
                        "--json",
                        "0709614606",
                        "-0709614606",
                    ),
                    *("--0709614606", "--tests", "--drop", "--version"),
                ]
            )
            | st.text(max_size=8),
            max_size=5,
        )
    )
    @example(["--child=0709614606"])
    @example(["explain", "login", "-", "0709614606"])
    def test_any_arguments(self, args: list[str]) -> None:
        """D-LOG-1: whatever the arguments are, no number of theirs is repeated."""
        result = run(*args)

        assert result.status in {0, 1, 2}
        if result.status == 2:
            _ = result.complaint
        assert not holds_number(result.err)


class TestAsAProcess:
    def test_an_answer(self) -> None:
        """As a process too, a refusal is an answer and the exit status is 0."""
        result = run_process("explain", "login", "-", stdin=json.dumps(GROWN).encode())

        assert result.answer["reason"] == "use_mitid"

    def test_bad_input(self) -> None:
        """As a process too, bad input is one line and exit status 2."""
        assert run_process("explain", "login", "-", stdin=b"{").complaint.startswith("FACTS.json: ")
        assert run_process("nothing").complaint.startswith("command: ")

    def test_the_name_of_the_command_is_its_own(self) -> None:
        """However it is started, help speaks of `eservices`."""
        assert run_process("--help").out.startswith("Usage: eservices [OPTIONS]")

    @pytest.mark.parametrize(
        "args", [("cpr", "-"), ("rules", "--json"), ("rules", "--table"), ("--help",)]
    )
    def test_a_broken_pipe_is_quiet(self, args: tuple[str, ...]) -> None:
        """Whoever stops reading is told nothing."""
        with subprocess.Popen(  # noqa: S603  our own interpreter and module
            command(*args),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=BUFFERED,
        ) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.stdin is not None
            try:
                _ = process.stdin.write(b"0709614606\n" * 100_000)
                process.stdin.close()
            except BrokenPipeError:
                pass
            assert process.stderr is not None

            assert process.stderr.read() == b""

    def test_a_pipe_that_breaks_at_the_end_is_quiet(self) -> None:
        """What a command has left unwritten is written before the end, and may find nobody."""
        program = (
            "import sys, click\n"
            "from eservices_adapters.cli.root import eservices\n"
            "def late(): sys.stdout.write('x')\n"
            "eservices.add_command(click.Command('late', callback=late))\n"
            "sys.stdin.read()\n"
            "eservices.main(['late'])"
        )
        with subprocess.Popen(  # noqa: S603  our own interpreter, and a program from this file
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=BUFFERED,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            process.stdin.close()

            assert process.stderr.read() == b""
            assert process.wait() == 1

    def test_a_full_disk_is_one_line(self) -> None:
        """Where the answer cannot be written, that is one line, and not an exit status of 0."""
        full = Path("/dev/full")
        if not full.exists():
            pytest.skip("this system has no /dev/full")
        with full.open("wb") as out:
            done = subprocess.run(  # noqa: S603  our own interpreter and module
                command("rules"),
                stdout=out,
                stderr=subprocess.PIPE,
                env=BUFFERED,
                check=False,
                text=True,
            )

        assert done.returncode == 1
        assert done.stderr == "eservices: the system refused (no space left on device)\n"

    def test_closed_streams(self) -> None:
        """With standard input closed there is one line, and no traceback."""
        program = (
            "import sys; sys.stdin = None; sys.argv = ['eservices', 'cpr', '-']\n"
            "from eservices_adapters.cli import main; main()"
        )
        done = subprocess.run(  # noqa: S603  our own interpreter, and a program from this file
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )

        assert (done.returncode, done.stderr) == (2, "eservices: standard input: is closed\n")

    def test_cpr_starts_without_the_rules(self) -> None:
        """`eservices cpr` loads neither the tables nor what draws them."""
        program = (
            "import sys; sys.argv = ['eservices', 'cpr', '/dev/null']\n"
            "from eservices_adapters.cli import main\n"
            "try: main()\n"
            "except SystemExit: pass\n"
            "print(*sys.modules, sep='\\n')"
        )
        done = subprocess.run(  # noqa: S603  our own interpreter, and a program from this file
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        loaded = set(done.stdout.split())

        assert "eservices_core.words.civil_number" in loaded
        assert not {name for name in loaded if name.startswith("eservices_core.access")}
        assert not loaded & {"rich", "lxml", "eservices_core.rulebook"}

    def test_without_its_libraries_it_says_what_to_install(self) -> None:
        """Where the extra `cli` is not installed, the command says so in one line."""
        program = (
            "import sys; sys.modules['click'] = None\n"
            "from eservices_adapters.cli import main; main()"
        )
        done = subprocess.run(  # noqa: S603  our own interpreter, and a program from this file
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )

        assert done.stderr == (
            "eservices: the command line needs: pip install 'eservices-core[cli]'\n"
        )
