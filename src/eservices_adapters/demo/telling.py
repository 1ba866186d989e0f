"""What the demonstration tells: scenes, and in them steps, each with the rule that decided it.

Here: the values. Not here: what happens (`morning`), and how it looks (`cli.demo`).
"""

from datetime import datetime
from typing import TypeAlias

from attrs import frozen

from eservices_core.texts import NextStep, Says


@frozen
class Scene:
    """Something begins."""

    at: datetime
    title: str


@frozen
class Step:
    """Somebody did something, and this is what came of it.

    Attributes:
        at: when, on the demonstration's clock.
        who: the person.
        does: what they did, as a sentence without its subject.
        outcome: what came of it, in a word or two.
        rule: the rule that decided it.
        reason: why it was refused; None if it was not.
        next_step: what they can do now, where it was refused.
        says: what is said to the patient's side and to staff, where it was refused.
    """

    at: datetime
    who: str
    does: str
    outcome: str
    rule: str
    reason: str | None = None
    next_step: NextStep | None = None
    says: Says | None = None


Told: TypeAlias = Scene | Step


class WentWrong(Exception):  # noqa: N818  said in the words of this house
    """A step did not come to what the script says it must; the demonstration has failed."""
