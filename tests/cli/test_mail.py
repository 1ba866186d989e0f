"""The operator's look at mail: what waits, what went wrong, and what can be hurried."""

from datetime import timedelta
from pathlib import Path

import pytest

from eservices_adapters.clock import SystemClock
from eservices_adapters.demo.box import set_up
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover
from eservices_core.testing.ledger_examples import a_mail
from tests.cli.running import run

pytestmark = pytest.mark.made_up("mails that say which they are")

HOUR = timedelta(hours=1)


@pytest.fixture
def config(tmp_path: Path) -> str:
    """An installation with a mail of every kind of fate, queued two hours ago."""
    folder = tmp_path / "clinic"
    with set_up(folder).unwrap().installation as installation:
        ledger, now = installation.ledger, SystemClock().now()
        before = now - 2 * HOUR
        names = ("refused", "lost", "resting", "in-hand", "waiting")
        mails = tuple(a_mail(name, b"canary-content") for name in names)
        _ = ledger.commit(Change("key", "", before, BySystem(), "", mails=mails)).unwrap()
        ends = (Handover.REFUSED, None), (Handover.AMBIGUOUS, None), (Handover.WAITING, now + HOUR)
        for handover, next_try in ends:
            taken = ledger.take(before, before + HOUR)
            assert taken is not None
            ledger.settle(taken.mail.mail, taken.token, handover, before, next_try)
        assert ledger.take(before, now + HOUR) is not None
    return str(folder / "eservices.toml")


def test_what_waits_or_went_wrong_is_listed(config: str) -> None:
    """faults: 146. Ids, kinds, states and ages: never an address, never a word of a mail."""
    result = run("mail", "list", "--config", config)
    told = {one["mail"]: one for one in result.answer["mails"]}
    assert list(told) == ["resting", "in-hand", "waiting", "lost", "refused"]
    assert [told[name]["state"] for name in ("refused", "lost", "resting", "waiting")] == [
        "refused",
        "ambiguous",
        "waiting",
        "waiting",
    ]
    assert [one["over"] for one in told.values()] == [False, False, False, True, True]
    assert all(7_190 < one["age"] < 7_800 for one in told.values())
    assert "canary" not in result.out
    assert "example" not in result.out


def test_states_can_be_chosen(config: str) -> None:
    """Only the states that are asked for, and no more of each than asked for."""
    result = run("mail", "list", "--config", config, "--state", "waiting", "--limit", "2")
    assert [one["mail"] for one in result.answer["mails"]] == ["resting", "in-hand"]
    assert run("mail", "list", "--config", config, "--state", "handed_over").answer == {"mails": []}


def test_only_what_rests_is_retried(config: str) -> None:
    """A resting mail is due at once; what is over, in hand or due already is left alone."""
    said = {
        name: run("mail", "retry", "--config", config, name).answer
        for name in ("resting", "refused", "lost", "in-hand", "waiting")
    }
    assert said == {
        "resting": {"retried": True, "because": None},
        "refused": {"retried": False, "because": "over"},
        "lost": {"retried": False, "because": "over"},
        "in-hand": {"retried": False, "because": "in_hand"},
        "waiting": {"retried": False, "because": "due"},
    }
    rounds = run("worker", "--config", config, "--once").answer["rounds"]
    assert next(one["done"] for one in rounds if one["round"] == "deliver_mail") == 2


def test_an_unknown_mail_is_bad_input(config: str) -> None:
    """An id that no mail has, or that is none, is named as such and not repeated."""
    assert run("mail", "retry", "--config", config, "unknown").complaint == (
        "ID: there is no such mail"
    )
    assert run("mail", "retry", "--config", config, "0709614606 ø").complaint == (
        "ID: is no mail's id"
    )
