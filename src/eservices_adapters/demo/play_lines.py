"""The lines that a player types, and what is understood of them.

Here: words in, a form and its words out; nothing is done. Not here: what a line does (`play`).
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from attrs import field, frozen

from eservices_adapters.demo.people import ADULTS
from eservices_core.outcome import Failure, Outcome, Success

LINE_MAX: Final = 120
"""The longest line that is read, in characters."""

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS: Final = {
    "WHO": f"({'|'.join(person.name.casefold() for person in ADULTS)})",
    "DAY": f"(today|tomorrow|{'|'.join(_DAYS)}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})",
    "HH:MM": "([0-9]{1,2}:[0-9]{2})",
    "NUMBER": "([0-9]{1,4})",
    "WHICH": "(it|[0-9]{1,4})",
}


def _pattern(usage: str) -> re.Pattern[str]:
    """Make the pattern of a form: its words, with a group for each word in capitals."""
    pattern = re.escape(usage).replace(r"\ ", " ").replace(r"\[ DAY\]", "(?: DAY)?")
    for word, group in _GROUPS.items():
        pattern = group.join(re.split(rf"\b{word}\b", pattern))
    return re.compile(pattern)


@frozen
class Form:
    """One form of a line.

    Attributes:
        name: its name, as what is understood carries it.
        usage: how it is typed; what stands in capitals is filled in.
        does: what it does, in a few words.
    """

    name: str
    usage: str
    does: str
    pattern: re.Pattern[str] = field(repr=False)


def _form(name: str, usage: str, does: str, pattern: str | None = None) -> Form:
    return Form(name, usage, does, re.compile(pattern) if pattern else _pattern(usage))


FORMS: Final = (
    _form(
        "wind",
        "+10 min, +2 h, +1 day",
        "time passes, and the worker goes its rounds",
        r"\+ ?([0-9]{1,4}) ?(min|h|day)(?:ute)?s?",
    ),
    _form("desk", "desk", "what waits for the clinic; a booking keeps its number"),
    _form("times", "times[ DAY]", "the free times of a day; that is then 'the day'"),
    _form("ask", "ask WHO NUMBER", "a patient asks for that time of those shown"),
    _form("book", "book WHO NUMBER", "reception books it for a patient at the counter"),
    _form("approve", "approve WHICH", "the doctor says yes"),
    _form("decline", "decline WHICH", "the doctor says no"),
    _form("call", "call WHICH", "reception tells the patient on the phone"),
    _form("slip", "slip WHICH", "reception hands over a slip"),
    _form("letter", "letter WHICH", "reception sends a letter"),
    _form("resend", "resend WHICH", "the confirmation is sent again"),
    _form("move", "move WHICH NUMBER", "reception moves it to that time of those shown"),
    _form("cancel", "cancel WHICH", "the clinic cancels"),
    _form("cancels", "WHO cancels WHICH", "a patient logs in and cancels"),
    _form("opens", "WHO opens WHICH", "a patient logs in and opens it"),
    _form("stands", "stands WHICH", "it stands, whatever the calendar says"),
    _form("came", "came WHICH", "the patient came"),
    _form("missed", "missed WHICH", "the patient did not come"),
    _form("ill", "ill", "the doctor is ill: the afternoon of the day is cancelled"),
    _form("bounce", "bounce WHICH", "the newest mail about it comes back"),
    _form("meeting", "meeting HH:MM HH:MM", "somebody else writes into the doctor's calendar"),
    _form("delete", "delete WHICH", "somebody removes our entry from the calendar"),
    _form("kill", "kill the worker", "in the middle of a mail, if one waits"),
    _form("start", "start the worker", "a new one, which goes round at once"),
    _form("why", "why HH:MM", "why that time of the day is offered, or not"),
    _form("story", "story WHICH", "all that happened, in order"),
    _form("mail", "mail WHO", "the newest mail that a person has"),
    _form("help", "help", "this list"),
    _form("quit", "quit", "stop", "quit|exit"),
)
"""Every form that is understood. WHICH is a booking's number, or `it`: the last one touched."""


@frozen
class Understood:
    """A line that is understood: its form's name, and the words that were filled in.

    Attributes:
        words: as they were typed, in small letters; "" for one that may be left out and was.
    """

    form: str
    words: tuple[str, ...]


@frozen
class NotUnderstood:
    """Nothing was done; `what` says what could be, and repeats nothing that was typed."""

    what: str


def parse(line: str) -> Outcome[Understood, NotUnderstood]:
    """Read a line; capitals and spaces do not matter."""
    if len(line) > LINE_MAX:
        return Failure(NotUnderstood(f"a line has at most {LINE_MAX} characters"))
    text = " ".join(line.casefold().split())
    for form in FORMS:
        found = form.pattern.fullmatch(text)
        if found is not None:
            return Success(Understood(form.name, tuple(word or "" for word in found.groups())))
    first = text.partition(" ")[0]
    meant = next((form for form in FORMS if form.usage.split("[")[0].split()[0] == first), None)
    if meant is not None:
        return Failure(NotUnderstood(f"did you mean: {meant.usage} ({meant.does})? see 'help'"))
    known = ", ".join(form.usage.replace("[ DAY]", "") for form in FORMS[:6])
    return Failure(NotUnderstood(f"not understood; there is {known} ..., see 'help'"))


def day_named(word: str, today: date) -> date | None:
    """The day that a word names, from today on; None for a date that there is not."""
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=int(word == "tomorrow"))
    if word in _DAYS:
        return today + timedelta(days=(_DAYS.index(word) - today.weekday()) % 7)
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def wall_time(day: date, word: str) -> datetime | None:
    """What the wall clock shows then, without an offset; None for a time that there is not."""
    hour, _, minute = word.partition(":")
    try:
        return datetime.combine(day, time(int(hour), int(minute)))
    except ValueError:
        return None
