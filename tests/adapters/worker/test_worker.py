"""Going round: who is due, what rests, who is heard; over rounds made up for it."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.compose import Installation
from eservices_adapters.demo.box import set_up
from eservices_adapters.worker import Pace, Part, Round, Worker, rounds_of
from eservices_adapters.worker.worker import REST_MAX
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.testing.ledger_examples import a_mail
from eservices_core.words.identifiers import MailId

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Installation]:
    """A clinic in a folder, at whose mailbox nobody has been."""
    with set_up(tmp_path_factory.mktemp("worker") / "clinic").unwrap().installation as opened:
        yield opened


class _Time:
    """A stop that is its own clock: waiting winds it, and at `until` somebody says stop."""

    def __init__(self, until: float) -> None:
        self.at = 0.0
        self.until = until

    def now(self) -> float:
        """Give seconds."""
        return self.at

    def is_set(self) -> bool:
        """Whether it was said."""
        return self.at >= self.until

    def wait(self, timeout: float) -> bool:
        """Wind."""
        self.at += timeout
        return self.is_set()


def _round(name: str, seconds: float, act: Callable[[], int], whose: str = "") -> Round:
    return Round(name, seconds * SECOND, lambda: (Part(whose, act),))


def _raises() -> int:
    raise LookupError("canary")


def test_each_round_has_its_rhythm(installation: Installation) -> None:
    """What is due every second runs sixty times in a minute, and what is every minute, once."""
    time, done = _Time(60), list[str]()
    rounds = [
        _round(name, every, lambda name=name: done.append(name) or 0)
        for name, every in (("often", 1), ("seldom", 60))
    ]
    Worker(installation, rounds=rounds, now=time.now).run(time)
    assert (done.count("often"), done.count("seldom")) == (60, 1)


def test_what_raises_starves_nobody(
    installation: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    """faults: 12, 146. What raises holds up no other round or part; only its type is told."""
    caplog.set_level(logging.INFO)
    done: list[str] = []

    def parts() -> Iterable[Part]:
        yield Part("bad", _raises)
        yield Part("good", lambda: done.append("part") or 1)
        raise OSError("canary")

    rounds = [
        _round("raises", 60, _raises),
        Round("in parts", 60 * SECOND, parts),
        _round("well", 60, lambda: done.append("well") or 2),
    ]
    ran = Worker(installation, rounds=rounds).run_once()
    assert done == ["part", "well"]
    assert [(one.round, one.whose, one.done, one.raised) for one in ran] == [
        ("raises", "", 0, "LookupError"),
        ("in parts", "bad", 0, "LookupError"),
        ("in parts", "good", 1, None),
        ("in parts", "", 0, "OSError"),
        ("well", "", 2, None),
    ]
    assert "LookupError" in caplog.text
    assert "canary" not in caplog.text


def test_what_raises_rests(installation: Installation) -> None:
    """What raises is tried after a pause that doubles, up to a quarter of an hour, and not less."""
    day = 24 * 3600
    time, tries = _Time(day), list[float]()

    def act() -> int:
        tries.append(time.now())
        raise LookupError

    Worker(installation, rounds=[_round("raises", 10, act)], now=time.now).run(time)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses[:7] == [10, 20, 40, 80, 160, 320, 640]
    assert set(pauses[7:]) == {REST_MAX.total_seconds()}


def test_what_is_well_again_has_its_rhythm_back(installation: Installation) -> None:
    """One success ends the pauses."""
    time, tries = _Time(400), list[float]()

    def act() -> int:
        tries.append(time.now())
        if len(tries) < 4:
            raise LookupError
        return 0

    Worker(installation, rounds=[_round("well again", 10, act)], now=time.now).run(time)
    assert tries[:4] == [0, 10, 30, 70]
    assert tries[4:7] == [80, 90, 100]


def test_one_part_s_rest_is_its_own(installation: Installation) -> None:
    """A clinic whose part raises rests, and the other clinics' parts do not."""
    time, done = _Time(100), list[str]()
    parts = (Part("bad", _raises), Part("good", lambda: done.append("good") or 1))
    rounds = [Round("each", 10 * SECOND, lambda: parts)]
    Worker(installation, rounds=rounds, now=time.now).run(time)
    assert len(done) == 10


def test_whoever_says_stop_is_heard_between_two_parts(installation: Installation) -> None:
    """What is in hand is finished; nothing else is begun."""
    stop, done = Event(), list[str]()

    def last() -> int:
        stop.set()
        done.append("in hand")
        return 1

    parts = (Part("a", last), Part("b", lambda: done.append("b") or 1))
    rounds = [Round("first", SECOND, lambda: parts), _round("second", 1, _raises)]
    Worker(installation, rounds=rounds).run(stop)
    assert done == ["in hand"]


def test_an_interruption_gets_out(installation: Installation) -> None:
    """What asks the process to end is no error of a round's."""

    def act() -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _ = Worker(installation, rounds=[_round("interrupted", 1, act)]).run_once()


# --- over an installation ------------------------------------------------------------------------


def test_every_round_of_the_manual_is_there(installation: Installation) -> None:
    """docs/operate.md names every round that an installation's worker goes."""
    names = [one.name for one in rounds_of(installation, lambda: False)]
    manual = (Path(__file__).parents[3] / "docs" / "operate.md").read_text()
    assert [name for name in names if f"`{name}`" not in manual] == []
    always = {
        "deliver_mail", "follow_bookings", "follow_mails", "end_attempts", "sync_calendar",
        "note_leavers", "look_for_alarms", "read_names", "seal_audit", "purge",
    }  # fmt: skip
    assert always <= set(names)
    assert names.index("seal_audit") < names.index("purge"), "what is purged was sealed before"


def test_an_installation_is_gone_round_whole(installation: Installation) -> None:
    """Every round of a real installation runs, and none raises; sealed heads are told."""
    heads: list[object] = []
    ran = Worker(installation, on_sealed=heads.extend).run_once()
    assert [one for one in ran if one.raised] == []
    assert {one.round for one in ran} == {
        one.name for one in rounds_of(installation, lambda: False)
    }
    assert heads


def _queue(installation: Installation, key: str, count: int) -> list[MailId]:
    mails = tuple(
        a_mail(f"{key}{number:030x}", f"To: anna@example.dk\r\n\r\n{key} {number}\r\n".encode())
        for number in range(count)
    )
    now = installation.services.clock.now()
    change = Change(key, key, now, BySystem(), "", mails=mails)
    _ = installation.ledger.commit(change).unwrap()
    return [mail.mail for mail in mails]


@pytest.mark.made_up("mails that say which they are")
def test_no_more_mail_leaves_than_the_pace_allows(installation: Installation) -> None:
    """faults: 149. A full queue drains at so many mails a minute, and every round has its turn."""
    queued = _queue(installation, "aa", 30)
    time, turns = _Time(10), list[float]()
    own = rounds_of(installation, time.is_set, pace=Pace(60))
    others = _round("other", 1, lambda: turns.append(time.now()) or 0)
    Worker(installation, rounds=[own[0], others], now=time.now).run(time)
    waiting = [state.mail for state in installation.outbox.in_state(Handover.WAITING, 1000)]
    assert waiting == queued[10:]
    assert len(turns) == 10
    _ = Worker(installation, pace=Pace(60, at_once=True)).run_once()
    assert installation.outbox.in_state(Handover.WAITING, 1000) == ()


@given(per_minute=st.integers(1, 60_000))
def test_a_pace_adds_up(per_minute: int) -> None:
    """faults: 149. In whatever steps it is cut, a minute has as many mails as were allowed."""
    pace = Pace(per_minute)
    assert pace.mails / pace.every.total_seconds() * 60 == pytest.approx(per_minute, rel=1e-3)
    assert Pace(per_minute, at_once=True).mails == per_minute


@pytest.mark.made_up("mails that say which they are")
def test_a_mail_in_hand_is_finished(installation: Installation) -> None:
    """Told to stop in the middle of a mail, a worker ends that one and begins no other."""
    first, second = _queue(installation, "bb", 2)
    in_hand, go_on, stop = Event(), Event(), Event()

    class Slow:
        def hand_over(self, mail: OutgoingMail, /) -> Handover:
            assert mail.mail == first, "no other is begun"
            in_hand.set()
            assert go_on.wait(20)
            return Handover.HANDED_OVER

    slow = Installation(**{**_members(installation), "transport": Slow()})
    thread = Thread(target=lambda: Worker(slow).run(stop))
    thread.start()
    assert in_hand.wait(20)
    stop.set()
    go_on.set()
    thread.join(20)
    assert not thread.is_alive()
    states = [installation.archive.mail(mail) for mail in (first, second)]
    assert [one and one.state for one in states] == [Handover.HANDED_OVER, Handover.WAITING]


def _members(installation: Installation) -> dict[str, object]:
    return {name: getattr(installation, name) for name in Installation.__annotations__}
