import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.target import all_targets

_ROOT = Path(__file__).resolve().parents[2]
if not Path("/proc/self/statm").exists():
    pytest.skip("memory is limited in the way of Linux", allow_module_level=True)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python beside the tests: a fork has no place in a process with threads."""
    return subprocess.run(  # noqa: S603  our own interpreter and our own words
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=_ROOT
    )


@pytest.mark.parametrize("name", all_targets())
def test_a_parser_stands_a_share_of_the_fuzzing(name: str, tmp_path: Path) -> None:
    """faults: 168. No input of the first 1,000 crashes a parser, or takes 1 s or 64 MB."""
    done = python("-m", "tests.fuzz", name, "--executions", "1000", "--keep", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{name}: 1,000 executions" in done.stdout


@pytest.mark.parametrize(
    ("name", "finding"),
    [
        ("crashes", "UnicodeDecodeError"),
        ("is_slow", "takes more than 1 s"),
        ("dies", "the process died"),
        ("is_greedy", "MemoryError"),
        ("leaks", "MemoryError"),
        ("is_sound", "None"),
    ],
)
def test_the_engine_finds_what_it_looks_for(name: str, finding: str) -> None:
    """A planted crash, endless loop, death, greed and leak is each found; a sound one is not."""
    script = (
        "from tests.fuzz.engine import run; from tests.fuzz.planted import PLANTED; "
        f"report = run(PLANTED[{name!r}], 2000); "
        "print(report.finding and report.finding.what, report.finding and report.finding.content)"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
    assert finding in done.stdout
    if name in {"is_slow", "dies", "is_greedy"}:
        assert "!" in done.stdout.rpartition("b")[2]  # the input that did it


def test_a_run_can_be_repeated() -> None:
    """The same seed gives the same answers in the same number, and another seed others."""
    script = (
        "import sys; from tests.fuzz.engine import run; from tests.fuzz.planted import PLANTED; "
        "print(run(PLANTED['is_sound'], 2000, int(sys.argv[1])).kinds)"
    )
    once, again, other = (python("-c", script, seed).stdout for seed in ("1", "1", "2"))
    assert once.startswith("{0: ")
    assert once == again
    assert once != other
