"""The contract of outgoing mail: one attempt, an honest word about it, and the very same bytes."""

from collections.abc import Callable, Sequence
from typing import Final

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.ports.world import MailTransport
from eservices_core.testing.contracts.base import Contract
from eservices_core.testing.ledger_examples import ADDRESS, a_mail
from eservices_core.words.email_address import EmailAddress

_HEAD: Final = b"From: no-reply@example.dk\r\nTo: anna@example.dk\r\nSubject: A\r\n\r\n"

_BODIES: Final = {
    "a line": b"B\r\n",
    "nothing": b"",
    "lone dots": b".\r\n..\r\n.B\r\n.\r\n",
    "like an end": b"\r\n.\r\nQUIT\r\n",
    "like a mailbox": b"From B\r\n>From B\r\n",
    "blank lines around": b"\r\n\r\nB\r\n\r\n\r\n",
    "blanks at the end": b"B \r\nB\t\r\n \r\n",
    "a long line": b"B" * 998 + b"\r\n",
    "many lines": b"0123456789abcdef\r\n" * 10_000,
}


@frozen
class MailUnderTest:
    """A transport, what has arrived, and how an attempt can be made to end otherwise.

    Attributes:
        transport: the adapter.
        arrived: gives recipient and bytes of all that has arrived, in order.
        arrange: makes the next attempt end as REFUSED, AMBIGUOUS (all of it was sent, and no answer
            came) or WAITING (nothing could leave); a text where one of them cannot be arranged.
    """

    transport: MailTransport
    arrived: Callable[[], Sequence[tuple[str, bytes]]]
    arrange: Callable[[Handover], None] | str


class MailTransportContract(Contract):
    """What a MailTransport promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> MailUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a MailUnderTest: the adapter, and a receiver that keeps what arrives"
        )

    @staticmethod
    def _arranged(under_test: MailUnderTest, handover: Handover) -> None:
        if isinstance(under_test.arrange, str):
            pytest.skip(under_test.arrange)
        under_test.arrange(handover)

    @pytest.mark.parametrize("body", _BODIES.values(), ids=_BODIES.keys())
    def test_the_same_bytes_arrive(self, under_test: MailUnderTest, body: bytes) -> None:
        """A mail that is handed over arrives once, for its recipient, byte for byte."""
        mail = a_mail("mail", _HEAD + body)
        assert under_test.transport.hand_over(mail) is Handover.HANDED_OVER
        ((recipient, content),) = under_test.arrived()
        assert recipient == ADDRESS.reveal()
        # A receiver may have set lines of its own above it, and none below or between.
        assert content.endswith(mail.content)

    def test_an_odd_address_is_reached(self, under_test: MailUnderTest) -> None:
        """An address with every character that a local part may have is the one that is reached."""
        address = EmailAddress.parse("a!#$%&'*+/=?^_`{|}~-.b@rødgrød.example").unwrap()
        mail = with_changes(a_mail("mail", _HEAD), to=address)
        assert under_test.transport.hand_over(mail) is Handover.HANDED_OVER
        assert [recipient for recipient, _ in under_test.arrived()] == [address.reveal()]

    def test_mails_arrive_one_by_one(self, under_test: MailUnderTest) -> None:
        """Each mail reaches its own recipient, and nobody else's."""
        mails: list[OutgoingMail] = []
        for name in ("a", "b", "c"):
            address = EmailAddress.parse(f"{name}@example.dk").unwrap()
            mails.append(with_changes(a_mail(name, _HEAD + name.encode() + b"\r\n"), to=address))
        for mail in mails:
            assert under_test.transport.hand_over(mail) is Handover.HANDED_OVER
        arrived = under_test.arrived()
        assert [recipient for recipient, _ in arrived] == [mail.to.reveal() for mail in mails]
        for (_, content), mail in zip(arrived, mails, strict=True):
            assert content.endswith(mail.content)

    def test_a_refusal_is_a_value(self, under_test: MailUnderTest) -> None:
        """A mail that the receiver refuses is REFUSED after one attempt, and has not arrived."""
        self._arranged(under_test, Handover.REFUSED)
        assert under_test.transport.hand_over(a_mail("mail", _HEAD)) is Handover.REFUSED
        assert list(under_test.arrived()) == []

    def test_a_lost_answer_is_ambiguous(self, under_test: MailUnderTest) -> None:
        """A mail that was sent whole and never answered is AMBIGUOUS, and is not sent twice."""
        self._arranged(under_test, Handover.AMBIGUOUS)
        assert under_test.transport.hand_over(a_mail("mail", _HEAD)) is Handover.AMBIGUOUS
        assert len(under_test.arrived()) <= 1

    def test_nobody_there_is_waiting(self, under_test: MailUnderTest) -> None:
        """A mail that could not leave is WAITING, and has not arrived."""
        self._arranged(under_test, Handover.WAITING)
        assert under_test.transport.hand_over(a_mail("mail", _HEAD)) is Handover.WAITING
        assert list(under_test.arrived()) == []

    @pytest.mark.parametrize("handover", [Handover.REFUSED, Handover.AMBIGUOUS, Handover.WAITING])
    def test_the_next_mail_is_not_touched(
        self, under_test: MailUnderTest, handover: Handover
    ) -> None:
        """However an attempt ended, the next one is made as if nothing had been."""
        self._arranged(under_test, handover)
        _ = under_test.transport.hand_over(a_mail("first", _HEAD))
        before = len(under_test.arrived())
        assert under_test.transport.hand_over(a_mail("next", _HEAD)) is Handover.HANDED_OVER
        assert len(under_test.arrived()) == before + 1
