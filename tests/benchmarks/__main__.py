"""`python -m tests.benchmarks [--json] [--rounds N] [--imports N]`, from the project's folder.

The exit status is 0 when every goal is met, 1 when one is missed, and 2 when nothing could be
measured. What is measured and why stands in docs/speed.md. pytest never collects this folder.
"""

import argparse
import json
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run all races and show them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Race the library against its peers; takes a minute.",
    )
    _ = parser.add_argument("--json", action="store_true", help="write JSON in place of a table")
    _ = parser.add_argument("--rounds", type=rounds, default=60, help="rounds of a race")
    _ = parser.add_argument("--imports", type=rounds, default=30, help="rounds of the imports")
    asked = parser.parse_args(arguments)
    try:
        from tests.benchmarks import (  # noqa: PLC0415  see below
            appointments,
            calendars,
            cpr,
            free_times,
            imports,
            ledger,
            letters,
            login,
            report,
        )
    except ModuleNotFoundError as missing:
        # Whoever lacks a peer gets one line; the peers are no dependency of the tests.
        _ = sys.stderr.write(
            f"{missing.name} is missing: pip install -e . --group bench (pip 25.1 or newer), and "
            "run from the project's folder\n"
        )
        return 2
    report.announce("login decisions ...")
    decisions = login.race(asked.rounds)
    report.announce("CPR numbers ...")
    numbers = cpr.race(asked.rounds)
    report.announce("free times ...")
    times = free_times.race(max(2, asked.rounds // 4))  # a round of these takes half a second
    report.announce("letters ...")
    posted = letters.race(max(2, asked.rounds // 2))
    report.announce("calendars ...")
    looked = calendars.race(max(2, asked.rounds // 12))  # a round of these takes seconds
    report.announce("ledgers ...")
    stored = ledger.race(max(2, asked.rounds // 12))  # each waits for the disk, hundreds of times
    report.announce("imports ...")
    loading, loaded = imports.race(asked.imports)
    report.announce(f"the same scenario as {appointments.PEER} ...")
    scenario = appointments.play()
    run = report.Run(
        (decisions, numbers, times, posted, looked, *stored, loading), loaded, scenario
    )
    shown = json.dumps(report.as_data(run), indent=2) if asked.json else report.as_text(run)
    _ = sys.stdout.write(f"{shown}\n")
    return 1 if run.missed else 0


def rounds(text: str) -> int:
    """Read what a median and quartiles can be taken of."""
    rounds = int(text)
    if rounds < 2:
        raise argparse.ArgumentTypeError("at least 2 rounds")
    return rounds


if __name__ == "__main__":
    sys.exit(main())
