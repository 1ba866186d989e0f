import pytest

from eservices_core.ports.ledger import Handover, MailKind, OutgoingMail
from eservices_core.usecases.deliver_mail import deliver_mail
from tests.usecases.day import Day
from tests.usecases.people import ANNA, BENT, MINUTE, TICK

ANNAS = "anna@example.dk"


def _deliver(day: Day, limit: int = 100) -> list[tuple[MailKind, Handover]]:
    done = deliver_mail(day.ledger, day.mailbox, day.clock, limit)
    return [(one.kind, one.handover) for one in done]


def test_what_has_died_is_not_sent() -> None:
    """faults: 149. A code whose ten minutes are over does not leave any more."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    _ = day.attempt("anna")
    day.clock.wind(10 * MINUTE)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.EXPIRED)]
    assert _deliver(day) == []


def test_what_is_alive_to_its_last_instant_is_sent() -> None:
    """D-ACC-13: a code is worth typing until it expires."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    _ = day.attempt("anna")
    day.clock.wind(10 * MINUTE - TICK)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.HANDED_OVER)]


@pytest.mark.parametrize("first", [Handover.AMBIGUOUS, Handover.WAITING])
def test_what_may_not_have_arrived_is_sent_again_as_the_same_bytes(first: Handover) -> None:
    """faults: 137, 144. Every attempt at one mail hands over the same bytes."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)
    day.mailbox.script(first)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, first)]
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.HANDED_OVER)]
    assert _deliver(day) == []
    assert len({one.content for one in day.mailbox.tried}) == 1


def test_what_was_refused_is_over() -> None:
    """faults: 135. A refused mail is not tried again."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)
    day.mailbox.script(Handover.REFUSED)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.REFUSED)]
    assert _deliver(day) == []


def test_the_oldest_goes_first_and_no_more_than_asked_for() -> None:
    """faults: 147. Mails leave in the order in which they were decided."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)
    _ = day.sign_up(BENT, "bent@example.dk")
    assert len(_deliver(day, 1)) == 1
    assert [mail.to.reveal() for mail in day.mailbox.arrived] == [ANNAS]
    assert len(_deliver(day, 1)) == 1
    assert [mail.to.reveal() for mail in day.mailbox.arrived] == [ANNAS, "bent@example.dk"]


def test_a_transport_that_breaks_leaves_the_mail_to_be_tried_again() -> None:
    """faults: 12. What raised is not settled: the mail is still due."""
    day = Day()
    _ = day.sign_up(ANNA, ANNAS)

    class Broken:
        def hand_over(self, mail: OutgoingMail, /) -> Handover:
            raise OSError(f"no way to send {mail.mail}")

    with pytest.raises(OSError, match="no way"):
        _ = deliver_mail(day.ledger, Broken(), day.clock)
    assert _deliver(day) == [(MailKind.ONE_TIME_CODE, Handover.HANDED_OVER)]
