"""Two workers at one mail, the first of them very slow, over a real server and a real store."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from attrs import evolve as with_changes

from eservices_adapters.config.line import Security
from eservices_adapters.email.smtp import SmtpServer, SmtpTransport
from eservices_adapters.store import SqliteLedger
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, MailState, OutgoingMail
from eservices_core.ports.world import MailTransport
from eservices_core.testing.ledger_examples import AT, STREAM, a_mail
from eservices_core.testing.memory import FakeClock, SeededChance
from eservices_core.usecases.deliver_mail import MailRound, deliver_mail
from tests.adapters.email.smtp_sink import Fault, Line, Sink, serve
from tests.adapters.worker.ledgers import open_ledger

pytestmark = pytest.mark.made_up("mails that say which they are")

HELD_FOR = timedelta(seconds=10)
SLOW = timedelta(seconds=20)
CONTENT = b"Message-ID: <first@we.example>\r\n\r\nA.\r\n"


class _Slow:
    """Hands over, and comes back with the answer when it is let."""

    def __init__(self, transport: MailTransport) -> None:
        self._transport = transport
        self.sent, self.go_on = Event(), Event()

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        """Hand over, and dawdle."""
        ended = self._transport.hand_over(mail)
        self.sent.set()
        assert self.go_on.wait(30)
        return ended


class _Two:
    """Two workers, a server and a clock."""

    def __init__(self, ledger: SqliteLedger, sink: Sink) -> None:
        self.ledger, self.sink, self.clock = ledger, sink, FakeClock(AT)
        server = SmtpServer(
            host="localhost", port=sink.port, security=Security.NONE, name="we.example"
        )
        self.quick = MailRound(
            outbox=ledger,
            transport=SmtpTransport(server, lambda mail: f"bounce+{mail}@we.example"),
            clock=self.clock,
            chance=SeededChance("two"),
            held_for=HELD_FOR,
        )
        self.slow = _Slow(self.quick.transport)

    def race(self) -> list[Handover]:
        """Let the slow one send, the quick one take over and send, and the slow one come back."""
        slow = with_changes(self.quick, transport=self.slow)
        thread = Thread(target=lambda: deliver_mail(slow, 1))
        thread.start()
        assert self.slow.sent.wait(30)
        assert deliver_mail(self.quick) == (), "as long as it is held, it is nobody else's"
        self.clock.wind(SLOW)
        done = deliver_mail(self.quick)
        self.slow.go_on.set()
        thread.join(30)
        return [one.handover for one in done]

    def state(self, name: str = "first") -> MailState:
        """What became of a mail."""
        return next(one for one in self.ledger.mails_of(STREAM) if one.mail.value == name)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[_Two]:
    """A mail and one that must not overtake it."""
    sink = Sink()
    end = serve(sink)
    with closing(open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")) as ledger:
        mails = (a_mail("first", CONTENT, STREAM), a_mail("second", b"Second.\r\n", STREAM))
        _ = ledger.commit(Change("key", "", AT, BySystem(), "", mails=mails)).unwrap()
        yield _Two(ledger, sink)
    end()


def test_of_two_workers_one_marks(two: _Two) -> None:
    """faults: 145. A worker that is slow by 20 s makes a copy that is counted and equal."""
    assert two.race() == [Handover.HANDED_OVER, Handover.HANDED_OVER]
    assert [content for _, content in two.sink.arrived] == [CONTENT, CONTENT, b"Second.\r\n"]
    state = two.state()
    assert (state.state, state.attempts, state.may_have_arrived) == (Handover.HANDED_OVER, 2, True)
    assert state.settled_at == AT + SLOW
    assert two.state("second").attempts == 1


def test_a_slow_worker_that_failed_undoes_nothing(two: _Two) -> None:
    """faults: 145. What the slow one did not achieve is no news: the mail stays handed over."""
    two.sink.faults.append(Fault("rcpt", "451 4.7.1 later"))
    assert two.race() == [Handover.HANDED_OVER, Handover.HANDED_OVER]
    assert [content for _, content in two.sink.arrived] == [CONTENT, b"Second.\r\n"]
    assert two.state().state is Handover.HANDED_OVER
    assert deliver_mail(two.quick) == ()


def test_what_the_slow_one_achieved_counts(two: _Two) -> None:
    """faults: 145. That it was handed over wins, however late: it is not sent a third time."""
    two.sink.faults += [Fault("none", "250 ok"), Fault("dot", Line.CUT)]
    assert two.race() == [Handover.AMBIGUOUS]
    assert two.state().state is Handover.HANDED_OVER
    two.clock.wind(timedelta(hours=2))
    assert [one.mail.value for one in deliver_mail(two.quick)] == ["second"]
