"""What machines say to people, written down as a script that a person can read and correct.

A test compares a machine's script with the one that lies beside it, so that no word that somebody
reads is changed unseen.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

Says = Callable[[Any, Any], Any]
"""Gives a sentence, with `text` and `acts`, for a state and a reader."""


def script(states: Mapping[str, Any], readers: Iterable[Enum], says: Says) -> str:
    """Write what each reader is told of each state, and who must act: Danish, then English."""
    scenes: list[str] = []
    for name, state in states.items():
        lines = [f"# {name}"]
        for reader in readers:
            said = says(state, reader)
            acts = f"{said.acts.value} acts"
            lines += [f"{reader.value} ({acts}):", f"  {said.text.da}", f"  {said.text.en}"]
        scenes.append("\n".join(lines))
    return "\n\n".join(scenes) + "\n"
