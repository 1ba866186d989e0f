"""`eservices try post` against the stand-in, over the configuration that an installation has."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from eservices_adapters.cli import root
from eservices_adapters.stand_ins.digital_post import into_folder
from eservices_adapters.stand_ins.kombi_server import TOKEN, Answer, DigitalPostStandIn
from eservices_adapters.stand_ins.post_receipts import Stage, Told, Trick
from tests.adapters.config.test_read_config import KEY, ONE, TOML, TWO
from tests.adapters.mitdk.solution import NOW
from tests.cli.running import Run, holds_number, run

ANNA = "0709614606"


@frozen
class Here:
    """An installation, and the stand-in that it names."""

    folder: Path
    post: DigitalPostStandIn

    def tries(self, *more: str, number: str = ANNA) -> Run:
        """Run the command."""
        config = str(self.folder / "eservices.toml")
        arguments = ("try-post", "--config", config, "--clinic", "clinic-1", "--wait", "3", *more)
        return run(*arguments, stdin=f"{number}\n")

    def verdict(self, *more: str) -> Any:
        """Run it for its verdict."""
        return self.tries("--json", *more).answer


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Here, None, None]:
    """An installation over a stand-in."""
    where = "eservices_adapters.cli.try_post:try_post"
    monkeypatch.setattr(root, "_COMMANDS", {"try-post": where})
    (tmp_path / "register").mkdir()
    for name in ("persons.toml", "cards.toml"):
        _ = (tmp_path / name).write_text("")
    bought = '[post]\nbought = "on"\ncvr = "12345678"\nlabel = "Lægerne Åbo"\n'
    for name, text in (("one.toml", ONE + bought), ("two.toml", TWO)):
        _ = (tmp_path / name).write_text(text, "utf-8")
    for name, text in (("installation.key", KEY), ("token", TOKEN)):
        path = tmp_path / name
        _ = path.write_text(f"{text}\n")
        path.chmod(0o600)
    with DigitalPostStandIn(into_folder(tmp_path / "receipts"), lambda: NOW) as post:
        section = (
            f'[post]\nkind = "sf1601"\nurl = "{post.url}"\nreceipts = "receipts"\n'
            'send_token_file = "token"\nask_token_file = "token"\ndeadline = "5 s"\n'
        )
        _ = (tmp_path / "eservices.toml").write_text(TOML + section)
        yield Here(tmp_path, post)


def test_it_works_from_end_to_end(here: Here) -> None:
    """S-POST-1, D-POST-1: asked, handed over twice, one letter, delivered; and told as it is."""
    done = here.tries()
    assert done.status == 0, done
    assert [line[:3].strip() for line in done.out.splitlines() if line[:3].strip()][-1] == "it"
    assert "receipt: received" in done.out
    assert "receipt: delivered" in done.out
    assert done.out.endswith("it works\n")
    (kept,) = here.post.kept
    assert kept.times == 2


def test_the_verdict_is_one_object(here: Here) -> None:
    """S-POST-1: every step in order, for programs."""
    verdict = here.verdict()
    assert (verdict["peer"], verdict["ok"]) == ("post", True)
    assert verdict["letter"] == here.post.kept[0].uuid
    assert [(step["step"], step["says"]) for step in verdict["steps"]] == [
        ("ask", "can_receive"),
        ("hand_over", "accepted"),
        ("hand_over_again", "accepted"),
        ("receipt", "received"),
        ("receipt", "delivered"),
    ]


def test_no_number_is_shown(here: Here) -> None:
    """D-LOG-1: neither in what a person reads, nor in what a program does."""
    for more in ((), ("--json",)):
        done = here.tries(*more)
        assert "******-****" in done.out
        assert ANNA not in done.out + done.err
    assert not holds_number(here.tries("--ask-only").out)


def test_who_cannot_receive_gets_no_letter(here: Here) -> None:
    """D-POST-2: the trial ends there, and nothing is handed over."""
    here.post.know(ANNA, can_receive=False)
    done = here.tries("--json")
    assert done.status == 1
    assert done.answer["steps"] == [{"step": "ask", "ok": False, "says": "cannot_receive"}]
    assert here.post.asked == 0


def test_asking_alone_sends_nothing(here: Here) -> None:
    """S-POST-1: with --ask-only nobody gets a letter."""
    assert here.verdict("--ask-only")["steps"] == [
        {"step": "ask", "ok": True, "says": "can_receive"}
    ]
    assert here.post.asked == 0


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer.LOSE, "ambiguous"),
        (Answer.BUSY, "not_now"),
        (Answer.REFUSE, "rejected (memo.refused)"),
    ],
)
def test_what_went_wrong_is_named(here: Here, answer: Answer, says: str) -> None:
    """D-POST-1: with a code at most, and status 1."""
    here.post.answers.append(answer)
    done = here.tries("--json")
    assert (done.status, done.answer["ok"]) == (1, False)
    assert done.answer["steps"][-1] == {"step": "hand_over", "ok": False, "says": says}


def test_a_failure_that_is_received_is_told(here: Here) -> None:
    """D-POST-1: a receipt of a failure ends the trial with its code."""
    here.post.tricks = frozenset({Trick.FAILING})
    assert here.verdict()["steps"][-1]["says"] == "failed (memo.failed)"


def test_receipts_that_do_not_come_are_missed(here: Here) -> None:
    """D-POST-1: a letter without a receipt is not delivered."""
    here.post.tricks = frozenset({Trick.LOST})
    done = here.tries("--json", "--wait", "0")
    assert done.status == 1
    assert done.answer["steps"][-1]["says"] == "no word of its delivery in time"


def test_receipts_of_others_are_left_alone(here: Here) -> None:
    """D-POST-1: what is about a real letter waits for the worker."""
    other = "8853363b-43ec-4d0a-a54d-65447f9447ed"
    here.post.tell(Told(other, Stage.DELIVERED, NOW))
    assert here.verdict()["ok"]
    assert len(list((here.folder / "receipts").glob("*.xml"))) == 1


@pytest.mark.parametrize(
    ("number", "more", "complaint"),
    [
        ("not a number", (), "standard input: must be one line, a CPR number"),
        ("", (), "standard input: must be one line, a CPR number"),
        ("0709614606" * 50, (), "standard input: must be one line, a CPR number"),
        ("6709614606", (), "standard input: must be a CPR number that the CPR office issued"),
        (ANNA, ("--clinic", "nobody"), "--clinic: there is no such clinic here"),
        (ANNA, ("--clinic", "clinic-2"), "--clinic: has no cvr and label in [post] of its"),
    ],
)
def test_bad_input_is_one_line(
    here: Here, number: str, more: tuple[str, ...], complaint: str
) -> None:
    """D-LOG-1: the field is named, and nothing of what was typed is repeated."""
    done = here.tries("--json", *more, number=number)
    assert done.complaint.startswith(complaint)


def test_without_the_section_there_is_nothing_to_try(here: Here) -> None:
    """S-POST-1: an installation without [post] is told so."""
    _ = (here.folder / "eservices.toml").write_text(TOML)
    assert here.tries().complaint == "--config: [post] is missing"


def test_a_token_that_is_readable_by_others_is_refused(here: Here) -> None:
    """D-LOG-1: the configuration names the setting, and not what is in the file."""
    (here.folder / "token").chmod(0o644)
    said = here.tries().complaint
    assert said.startswith("--config: [post] send_token_file: expected the path of a file")
    assert TOKEN not in said
