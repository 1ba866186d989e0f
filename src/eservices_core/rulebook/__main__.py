"""`python -m eservices_core.rulebook --check docs | --write docs`.

Here: the one place of the core that reads and writes files, as a tool of the project's own. Not
here: what the blocks hold (`pages`).
"""

import argparse
import sys
from difflib import unified_diff
from pathlib import Path

from attrs import frozen

from eservices_core.outcome import Failure
from eservices_core.rulebook.pages import blocks, refresh


@frozen
class Pages:
    """What became of the pages of a folder.

    Attributes:
        stale: pages that are not as the code would have them: path, text as it is, text anew.
        faults: what is wrong in a way that nothing can write over, one line each.
    """

    stale: tuple[tuple[Path, str, str], ...]
    faults: tuple[str, ...]


def look_at(folder: Path) -> Pages:
    """Make every page under a folder anew, without writing any."""
    made = blocks()
    stale: list[tuple[Path, str, str]] = []
    faults: list[str] = []
    shown: set[str] = set()
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        outcome = refresh(text, made)
        if isinstance(outcome, Failure):
            fault = outcome.failure()
            faults.append(f"{path}:{fault.line}: {fault.what}")
            continue
        page = outcome.unwrap()
        shown |= page.shows
        if page.text != text:
            stale.append((path, text, page.text))
    missing = [name for name in made if name not in shown]
    faults += [f"{folder}: no page shows {name}" for name in missing]
    return Pages(tuple(stale), tuple(faults))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status is 1 when a page is stale or its markers are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m eservices_core.rulebook",
        description="Keep the generated blocks of the documentation in step with the code.",
    )
    which = parser.add_mutually_exclusive_group(required=True)
    _ = which.add_argument("--check", metavar="FOLDER", type=Path, help="show what is stale")
    _ = which.add_argument("--write", metavar="FOLDER", type=Path, help="bring it up to date")
    asked = parser.parse_args(arguments)
    folder: Path = asked.check or asked.write
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    pages = look_at(folder)
    for path, before, after in pages.stale:
        if asked.write:
            _ = path.write_text(after, encoding="utf-8")
            _ = sys.stdout.write(f"{path}: written\n")
            continue
        diff = unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"{path} as it is",
            f"{path} as the code has it",
        )
        _ = sys.stdout.write("".join(diff))
    for fault in pages.faults:
        _ = sys.stderr.write(f"{fault}\n")
    return 1 if pages.faults or (pages.stale and not asked.write) else 0


if __name__ == "__main__":
    sys.exit(main())
