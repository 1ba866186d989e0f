"""`python -m tests.fuzz PARSER… --executions 1000000`: fuzz parsers, or try one file again.

Without a name it lists the parsers. The status is 1 if anything was found; the input is then kept
in `--keep`, and tried again with `--one`. A finding that is mended moves to `corpus/PARSER/`.
"""

import sys
from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from time import monotonic

from tests.fuzz.engine import Report, run
from tests.fuzz.target import Target, all_targets

_SHOWN_KINDS = 40


def main() -> int:
    """Do what the command line says."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description="Fuzz parsers.")
    _ = parser.add_argument("parsers", nargs="*", metavar="PARSER", help="a name, or 'all'")
    _ = parser.add_argument("--executions", type=int, default=10_000)
    _ = parser.add_argument("--seed", type=int, default=0)
    _ = parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    _ = parser.add_argument("--one", type=Path, help="only this file")
    said = parser.parse_args()
    targets = all_targets()
    if not said.parsers:
        print(*targets, sep="\n")
        return 0
    names = list(targets) if said.parsers == ["all"] else said.parsers
    unknown = [name for name in names if name not in targets]
    if unknown:
        parser.error(f"no such parser: {', '.join(unknown)}; there are {', '.join(targets)}")
    if said.one is not None:
        for name in names:
            print(name, targets[name].attempt(said.one.read_bytes()))
        return 0
    found = [_fuzz(targets[name], said.executions, said.seed, said.keep) for name in names]
    return 1 if any(found) else 0


def _fuzz(target: Target, executions: int, seed: int, keep: Path) -> bool:
    """Run one target and tell of it; True if something was found."""
    start = monotonic()
    report = run(target, executions, seed)
    _tell(target.name, report, monotonic() - start)
    if report.finding is None:
        return False
    keep.mkdir(parents=True, exist_ok=True)
    name = sha256(report.finding.content).hexdigest()[:16]
    kept = keep / f"{target.name}-{name}"
    _ = kept.write_bytes(report.finding.content)
    print(f"  FOUND after {report.executions:,}: {report.finding.what.strip()}\n  kept: {kept}")
    return True


def _tell(name: str, report: Report, took: float) -> None:
    print(
        f"{name}: {report.executions:,} executions in {took:.0f} s, {len(report.kinds)} kinds of "
        f"answer, the slowest {report.slowest * 1000:.1f} ms, grown by "
        f"{report.grown / 1024 / 1024:.1f} MB"
    )
    for kind, count in list(report.kinds.items())[:_SHOWN_KINDS]:
        print(f"  {count:>9,}  {kind}")


if __name__ == "__main__":
    sys.exit(main())
