"""`eservices play`: reception on a clock that is wound, line by line."""

import json
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices_adapters.demo.box import set_up
from eservices_adapters.demo.people import ADULTS, CUSTODY
from eservices_adapters.demo.play import Play
from eservices_adapters.demo.play_lines import FORMS, LINE_MAX, NotUnderstood, Understood, parse
from eservices_adapters.demo.play_told import Answer
from eservices_core.outcome import Success
from eservices_core.rulebook import RULES
from tests.cli.running import Run, run

_MONDAY = date(2025, 5, 5)


@pytest.fixture
def game(tmp_path: Path) -> Play:
    """A clinic that is played."""
    return Play(set_up(tmp_path / "clinic").unwrap(), _MONDAY)


def _played(game: Play, *lines: str) -> list[Answer]:
    """Play lines that are understood; give the answers to the last."""
    told: tuple[Answer, ...] = ()
    for line in lines:
        answers = game.play(line)
        assert not isinstance(answers, NotUnderstood), (line, answers)
        told = answers
    return list(told)


def _state(answers: list[Answer]) -> str:
    return answers[-1].what.partition(":")[0]


def _subject(mail: Path) -> object:
    return message_from_bytes(mail.read_bytes(), policy=default)["Subject"]


class TestWhatIsPlayed:
    def test_a_confirmation_that_comes_back(self, game: Play) -> None:
        """D-BOOK-3: approved is not confirmed; what bounced lies on the desk until a call."""
        assert _state(_played(game, "times", "ask max 3")) == "asked for, not answered"
        assert _played(game, "desk")[0].what.startswith("the red number is 1;")
        assert _state(_played(game, "approve it")) == "approved, not confirmed"
        bounced = _played(game, "bounce it")
        assert _state(bounced) == "approved, undelivered"
        assert bounced[-1].rule == "D-BOOK-3"
        assert bounced[-1].says is not None
        assert "ikke sendes til dig" in bounced[-1].says.patient.da
        head, item = _played(game, "desk")
        assert head.what == "the red number is 0; undelivered: 1; conflicts: 0"
        assert item.number == 1
        called = _played(game, "call 1")
        assert (_state(called), called[-1].rule) == ("confirmed", "D-BOOK-2")

    def test_without_a_worker_nothing_is_confirmed(self, game: Play) -> None:
        """D-BOOK-2: what a dead worker left undone, the next one does at its first round."""
        _ = _played(game, "times", "ask max 3", "approve it", "+1 min", "kill the worker")
        assert _played(game, "+31 min")[-1].what.startswith("no worker")
        waits = _played(game, "desk")[-1]
        assert waits.what.startswith("not yet received: approved, not confirmed")
        assert _state(_played(game, "start the worker")) == "confirmed"

    def test_a_worker_killed_in_the_middle_of_a_mail(self, game: Play) -> None:
        """A mail that left without being noted goes again as the same bytes, and arrives once."""
        killed = _played(game, "times", "ask max 3", "approve it", "kill the worker")
        assert killed[-1].what.endswith("nobody noted it")
        _ = _played(game, "+31 min")
        started = _played(game, "start the worker")
        assert "mails handed over: 1" in {answer.what for answer in started}
        assert _state(started) == "approved, not confirmed"
        assert _state(_played(game, "+31 min")) == "confirmed"
        mails = list((game.box.folder / "mailbox" / "new").iterdir())
        assert sum("Confirmation of your" in str(_subject(mail)) for mail in mails) == 1

    def test_two_want_one_time(self, game: Play) -> None:
        """D-BOOK-1: whoever comes second is refused by the rule, in words for both sides."""
        refused = _played(game, "times", "ask max 3", "ask anders 3")[-1]
        assert (refused.rule, refused.reason) == ("D-BOOK-1", "taken_by_a_booking")
        assert refused.says is not None
        assert refused.next_step is not None

    def test_a_request_of_somebody_else(self, game: Play) -> None:
        """D-LOG-2: nobody cancels what is not theirs."""
        refused = _played(game, "times", "ask max 3", "anders cancels it")[-1]
        assert (refused.rule, refused.reason) == ("D-LOG-2", "no_such_booking")
        cancelled = _played(game, "max cancels it")
        assert _state(cancelled) == "cancelled"

    def test_other_hands_in_the_calendar(self, game: Play) -> None:
        """D-BOOK-6: an entry that somebody removed is a conflict, until staff let it stand."""
        _ = _played(game, "times", "ask max 5", "approve it", "+1 min")
        deleted = _played(game, "delete it")[-1]
        assert deleted.rule == "D-BOOK-6"
        assert _played(game, "desk")[0].what.endswith("conflicts: 1")
        _ = _played(game, "stands it")
        assert _played(game, "desk")[0].what.endswith("conflicts: 0")
        assert _played(game, "meeting 14:00 15:00", "why 14:00")[0].rule == "S-BOOK-2"

    def test_a_patient_without_mail(self, game: Play) -> None:
        """D-BOOK-16: who has no e-mail is handed a slip, and that is proof."""
        booked = _played(game, "times", "book kirsten 2")
        assert _state(booked) == "approved, not confirmed"
        assert _played(game, "desk")[1].rule == "D-BOOK-16"
        assert _state(_played(game, "slip it")) == "confirmed"

    def test_an_ill_doctor(self, game: Play) -> None:
        """D-BOOK-11: the afternoon is cancelled, and whoever may not know is on the call list."""
        _ = _played(game, "times", "ask max 5", "ask anders 6", "approve 1", "approve 2", "+31 min")
        assert [answer.number for answer in _played(game, "ill")[1:]] == [1, 2]
        assert [answer.rule for answer in _played(game, "desk")[1:]] == ["D-BOOK-11"] * 2
        _ = _played(game, "call 1")
        assert len(_played(game, "desk")) == 2

    def test_time_passes_as_on_the_wall(self, game: Play) -> None:
        """D-BOOK-9: a day later is the same time on the wall, also across a change of clocks."""
        for _ in range(6):
            told = _played(game, "+31 day")
        assert told[0].what.startswith("it is Friday 7 November 2025 at 8:01")

    @pytest.mark.parametrize(
        "line",
        [
            "ask max 3",
            "approve it",
            "approve 1",
            "times 2025-02-30",
            "times 2024-01-01",
            "why 25:00",
            "meeting 14:00 13:00",
            "+9999 day",
            "start the worker",
            "mail max",
            "approve",
            "drop table bookings",
            "+1 min" + " " * LINE_MAX,
        ],
    )
    def test_what_cannot_be_done_changes_nothing(self, game: Play, line: str) -> None:
        """A line that cannot be understood or done gives one line, and the clock stands still."""
        before = game.box.clock.now()
        told = game.play(line)
        assert isinstance(told, NotUnderstood)
        assert told.what.isprintable()
        assert game.box.clock.now() == before


_WORDS = [
    *{word for form in FORMS for word in form.usage.replace("[ DAY]", "").split()},
    *("it", "1", "2", "3", "99", "0", "max", "anders", "nancy", "kirsten", "today", "friday"),
    *("13:00", "14:00", "25:61", "2025-05-08", "+5", "min", "+1", "day", "h", "møde", "😀", "\x00"),
]
_LINES = st.one_of(
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join),
    st.sampled_from(
        [
            "times",
            "ask max 1",
            "ask anders 2",
            "approve it",
            "+31 min",
            "bounce it",
            "desk",
            "ill",
            "kill the worker",
            "start the worker",
            "cancel it",
            "move it 4",
            "resend it",
            "+1 day",
            "delete it",
            "meeting 13:00 14:00",
            "story it",
            "max opens it",
            "came it",
            "missed 1",
        ]
    ),
    st.text(max_size=20),
)


@settings(max_examples=20)
@given(lines=st.lists(_LINES, min_size=5, max_size=25))
def test_whatever_is_typed_is_answered(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    """Whatever is typed, every answer names a rule of the rulebook, and nothing is raised."""
    game = Play(set_up(tmp_path_factory.mktemp("play") / "clinic").unwrap(), _MONDAY)
    for line in ["times", *lines]:
        told = game.play(line)
        if isinstance(told, NotUnderstood):
            assert told.what
            continue
        for answer in told:
            assert answer.rule in RULES or (answer.rule == "" and "WHICH" in answer.what)
            assert (answer.reason is None) == (answer.next_step is None) or "act " in answer.what


@given(st.one_of(st.text(), _LINES))
def test_a_line_is_understood_or_not(line: str) -> None:
    """The parser answers anything; capitals and spaces do not matter; too long is refused."""
    parsed = parse(line)
    assert isinstance(parsed.unwrap() if isinstance(parsed, Success) else None, Understood | None)
    if len(line) < LINE_MAX:
        assert parse(f" {line.upper()}") == parse(f"{line.upper()} ")
    assert not isinstance(parse(line + "x" * LINE_MAX), Success)


@pytest.mark.parametrize(
    ("line", "form", "words"),
    [
        ("+10 min", "wind", ("10", "min")),
        ("+2 H", "wind", ("2", "h")),
        ("+1 day", "wind", ("1", "day")),
        ("times", "times", ("",)),
        ("times Thursday", "times", ("thursday",)),
        ("Ask  Max 3", "ask", ("max", "3")),
        ("max cancels it", "cancels", ("max", "it")),
        ("kill the worker", "kill", ()),
        ("meeting 13:00 14:00", "meeting", ("13:00", "14:00")),
        ("exit", "quit", ()),
    ],
)
def test_what_is_understood(line: str, form: str, words: tuple[str, ...]) -> None:
    """The forms are read as the help writes them."""
    assert parse(line) == Success(Understood(form, words))


def test_every_form_is_understood_as_it_is_written() -> None:
    """What `help` shows, filled in, is a line of that form and of no other."""
    filled = {"WHO": "max", "WHICH": "it", "NUMBER": "3", "HH:MM": "13:00", "[ DAY]": " today"}
    for form in FORMS[1:]:
        line = form.usage
        for word, instead in filled.items():
            line = line.replace(word, instead)
        assert parse(line).unwrap().form == form.name
        assert sum(each.pattern.fullmatch(line) is not None for each in FORMS) == 1


class TestTheCommand:
    def _run(self, tmp_path: Path, stdin: str | bytes, *more: str) -> Run:
        return run("play", "--folder", str(tmp_path / "clinic"), *more, stdin=stdin)

    def test_json_is_one_object_a_line(self, tmp_path: Path) -> None:
        """Each answer is an object with its rule and both texts; the end of input is exit 0."""
        done = self._run(tmp_path, "times\nask max 3\nwhat?\ndesk", "--json")
        assert (done.status, done.err) == (0, "")
        lines: list[dict[str, Any]] = [json.loads(line) for line in done.out.splitlines()]
        assert len(lines) == 5
        assert lines[1]["rule"] == "S-BOOK-1"
        assert lines[1]["text"]["patient"]["da"].startswith("Du har bedt om tiden")
        assert lines[2].keys() == {"not_understood"}

    def test_plain_lines_show_the_rule_and_both_sentences(self, tmp_path: Path) -> None:
        """Without a terminal there is no prompt and no colour; `quit` ends it."""
        done = self._run(tmp_path, "times\nask max 3\nquit\ndesk\n")
        assert done.status == 0
        assert "S-BOOK-1  [1] asked for, not answered: Max" in done.out
        assert "patient: Du har bedt om tiden" in done.out
        assert "staff:   Request for" in done.out
        assert "\x1b" not in done.out
        assert " > " not in done.out
        assert "red number" not in done.out

    def test_hostile_bytes(self, tmp_path: Path) -> None:
        """Bytes that are no text, and a line without an end, give one line each."""
        done = self._run(tmp_path, b"\xff\xfe\x00\n" + b"a" * 1_000_000 + b"\ndesk\n")
        assert done.status == 0
        first, second, third = done.out.splitlines()
        assert first.startswith("?  not understood")
        assert second.startswith("?  a line has at most")
        assert "red number" in third

    def test_no_number_is_told(self, tmp_path: Path) -> None:
        """D-LOG-1: no CPR number stands in what is told."""
        script = "times\nask max 3\nbook kirsten 4\napprove 1\n+31 min\nstory 1\nmail max\ndesk\n"
        done = self._run(tmp_path, script, "--json")
        for person in (*ADULTS, *CUSTODY):
            assert person.number.reveal() not in done.out

    def test_a_folder_that_is_taken(self, tmp_path: Path) -> None:
        """A folder with a clinic in it is refused in one line, and left alone."""
        _ = self._run(tmp_path, "")
        assert self._run(tmp_path, "").complaint.startswith("--folder: ")

    def test_a_calendar_of_ones_own(self, tmp_path: Path) -> None:
        """What is no calendar is refused in one line that names the option."""
        file = tmp_path / "bad.ics"
        _ = file.write_text("nothing")
        assert self._run(tmp_path, "", "--calendar", str(file)).complaint.startswith("--calendar: ")
