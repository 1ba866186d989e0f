"""The outbox's contract: which mails are due, with which bytes, and when they are gone."""

from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.outcome import Success
from eservices_core.ports.ledger import Change, Handover, MailKind, MailState, OutgoingMail
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    ANNA,
    AT,
    BO,
    OpensLedger,
    WholeLedger,
    a_change,
    a_mail,
    a_name,
    an_append,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId

LATER: Final = AT + timedelta(minutes=1)
FOR_GOOD: Final = (Handover.HANDED_OVER, Handover.REFUSED, Handover.EXPIRED)

_HOSTILE_BYTES: Final = {
    "nothing": b"",
    "every byte": bytes(range(256)),
    "NUL": b"\0\0\0",
    "no UTF-8": b"\xff\xfe\xed\xa0\x80",
    "dots": b".\r\n..\r\n",
    "a million": b"0123456789abcdef" * 62_500,
}


def _sending(key: str, *mails: OutgoingMail) -> Change:
    return with_changes(a_change(key), mails=mails)


class OutboxContract(LedgerFixtures):
    """What an Outbox promises; `open_ledger` says what to return."""

    def test_nothing_is_due_at_first(self, ledger: WholeLedger) -> None:
        """An empty store has no mail to send."""
        assert ledger.due(10) == ()

    def test_a_mail_is_due_as_it_was_decided(self, ledger: WholeLedger) -> None:
        """A mail waits with its id, kind, recipient, bytes and expiry, as it was committed."""
        mails = [
            OutgoingMail(
                mail=MailId(f"mail-{kind.value}"),
                kind=kind,
                about=BO,
                to=EmailAddress.parse("A.b+c'd@rødgrød.example").unwrap(),
                content=b"Subject: A\r\n\r\nB\r\n",
                expires_at=LATER,
            )
            for kind in MailKind
        ]
        mails.append(a_mail("keeps"))
        _ = ledger.commit(_sending("key", *mails)).unwrap()
        assert ledger.due(100) == tuple(mails)

    @pytest.mark.parametrize("content", _HOSTILE_BYTES.values(), ids=_HOSTILE_BYTES.keys())
    def test_bytes_come_back_exactly(self, ledger: WholeLedger, content: bytes) -> None:
        """Whatever bytes a mail has, every attempt gets them exactly."""
        _ = ledger.commit(_sending("key", a_mail("mail", content))).unwrap()
        assert ledger.due(1)[0].content == content
        ledger.settle(MailId("mail"), Handover.AMBIGUOUS, AT)
        assert ledger.due(1)[0].content == content

    def test_the_oldest_is_first(self, ledger: WholeLedger) -> None:
        """Mails are due in the order in which they were committed, at most `limit` of them."""
        names = ["d", "b", "a", "c"]
        _ = ledger.commit(_sending("first", a_mail("d"), a_mail("b"))).unwrap()
        _ = ledger.commit(_sending("second", a_mail("a"))).unwrap()
        _ = ledger.commit(_sending("third", a_mail("c"))).unwrap()
        for limit in range(6):
            due = [mail.mail.value for mail in ledger.due(limit)]
            assert due == names[:limit]

    def test_asking_does_not_take(self, ledger: WholeLedger) -> None:
        """A mail stays due until an attempt has ended it, however often it is asked for."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        assert ledger.due(10) == ledger.due(10) == (a_mail("mail"),)

    @pytest.mark.parametrize("handover", FOR_GOOD)
    def test_an_end_is_an_end(self, ledger: WholeLedger, handover: Handover) -> None:
        """Handed over, refused or expired, a mail is never due again, and it shows since when."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("next"))).unwrap()
        ledger.settle(MailId("mail"), handover, LATER)
        assert ledger.due(10) == (a_mail("next"),)
        ended = MailState(MailId("mail"), MailKind.ACTIVATION, AT, handover, LATER)
        assert ledger.mails_about(ANNA)[0] == ended

    @pytest.mark.parametrize("handover", Handover)
    @pytest.mark.parametrize("ended", FOR_GOOD)
    def test_the_first_end_stands(
        self, ledger: WholeLedger, ended: Handover, handover: Handover
    ) -> None:
        """A mail that has ended is left as it is, whatever a late attempt says."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MailId("mail"), ended, AT)
        before = ledger.mails_about(ANNA)
        ledger.settle(MailId("mail"), handover, LATER)
        assert ledger.mails_about(ANNA) == before
        assert ledger.due(10) == ()

    def test_what_never_left_waits(self, ledger: WholeLedger) -> None:
        """A mail whose attempt could not begin waits as before."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        before = ledger.mails_about(ANNA)
        ledger.settle(MailId("mail"), Handover.WAITING, LATER)
        assert ledger.mails_about(ANNA) == before
        assert before[0].state is Handover.WAITING
        assert before[0].settled_at is None
        assert ledger.due(10) == (a_mail("mail"),)

    def test_what_may_have_arrived_says_so(self, ledger: WholeLedger) -> None:
        """An ambiguous mail keeps its place and its bytes, and an attempt in vain leaves it so."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("next"))).unwrap()
        for handover in (Handover.AMBIGUOUS, Handover.AMBIGUOUS, Handover.WAITING):
            ledger.settle(MailId("mail"), handover, LATER)
            ambiguous = MailState(MailId("mail"), MailKind.ACTIVATION, AT, Handover.AMBIGUOUS, None)
            assert ledger.mails_about(ANNA)[0] == ambiguous
            assert ledger.due(10) == (a_mail("mail"), a_mail("next"))

    def test_an_ambiguous_mail_can_end(self, ledger: WholeLedger) -> None:
        """A mail that was ambiguous ends as any other."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MailId("mail"), Handover.AMBIGUOUS, AT)
        ledger.settle(MailId("mail"), Handover.HANDED_OVER, LATER)
        assert ledger.due(10) == ()
        assert ledger.mails_about(ANNA)[0].state is Handover.HANDED_OVER
        assert ledger.mails_about(ANNA)[0].settled_at == LATER

    def test_an_unknown_mail_is_nothing(self, ledger: WholeLedger) -> None:
        """Settling a mail that the store does not know changes nothing."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        for handover in Handover:
            ledger.settle(MailId("unknown"), handover, AT)
        assert ledger.due(10) == (a_mail("mail"),)

    def test_a_mail_id_is_used_once(self, ledger: WholeLedger) -> None:
        """A second mail of the same id is the caller's bug: nothing of its change is stored."""
        _ = ledger.commit(_sending("first", a_mail("mail", b"first"))).unwrap()
        twice = a_mail("twice"), a_mail("twice")
        for key, mails in (("second", (a_mail("mail", b"second"),)), ("third", twice)):
            change = with_changes(a_change(key, an_append(0)), mails=mails)
            with pytest.raises(AssertionError):
                _ = ledger.commit(change)
            assert ledger.answered(key, f"asks {key}") == Success(None)
        assert ledger.due(10) == (a_mail("mail", b"first"),)
        assert ledger.events_about(ANNA) == ()
        assert ledger.holder(a_name()) is None

    def test_a_repetition_sends_nothing(self, ledger: WholeLedger) -> None:
        """A change that is repeated under its key leaves one mail, due or ended."""
        change = _sending("key", a_mail("mail"))
        _ = ledger.commit(change).unwrap()
        assert ledger.commit(change).unwrap().repeated
        assert ledger.due(10) == (a_mail("mail"),)
        ledger.settle(MailId("mail"), Handover.HANDED_OVER, AT)
        assert ledger.commit(change).unwrap().repeated
        assert ledger.due(10) == ()

    def test_another_worker_sees_the_end(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A mail that was settled through one handle is not due through another."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        assert other.due(10) == (a_mail("mail"),)
        ledger.settle(MailId("mail"), Handover.HANDED_OVER, AT)
        assert other.due(10) == ()

    def test_an_end_is_kept(self, handles: OpensLedger, ledger: WholeLedger) -> None:
        """An attempt that was settled stays settled for whoever opens the store next."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MailId("mail"), Handover.REFUSED, AT)
        assert handles().due(10) == ()
