"""The outbox's contract: which mails are due, in which order, with which bytes, and their ends."""

from datetime import timedelta, timezone
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import (
    Change,
    DueMail,
    Handover,
    MailKind,
    MailState,
    OutgoingMail,
    Reported,
    StaleStream,
    WithdrawMails,
)
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    ADDRESS,
    ANNA,
    AT,
    BO,
    LATER,
    OTHER_STREAM,
    STREAM,
    OpensLedger,
    WholeLedger,
    a_change,
    a_mail,
    a_name,
    an_append,
    due_of,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId

MUCH_LATER: Final = AT + timedelta(hours=1)
MAIL: Final = MailId("mail")
FOR_GOOD: Final = (
    Handover.HANDED_OVER,
    Handover.REFUSED,
    Handover.EXPIRED,
    Handover.GIVEN_UP,
    Handover.WITHDRAWN,
)
NEVER_LEFT: Final = (Handover.GIVEN_UP, Handover.WITHDRAWN)

_CODE, _OTHER = MailKind.ONE_TIME_CODE, MailKind.ACTIVATION
_WITHDRAWALS: Final = (
    (WithdrawMails(ANNA), "abcd"),
    (WithdrawMails(BO, kinds=frozenset({_CODE})), "e"),
    (WithdrawMails(stream=STREAM), "abeg"),
    (WithdrawMails(ANNA, OTHER_STREAM), "c"),
    (WithdrawMails(ANNA, STREAM, frozenset({_OTHER})), "b"),
    (WithdrawMails(stream=STREAM, kinds=frozenset({_CODE})), "ae"),
    (WithdrawMails(ANNA, kinds=frozenset()), ""),
)

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


def _withdrawing(key: str, *acts: WithdrawMails) -> Change:
    return with_changes(a_change(key), withdrawals=acts, at=LATER)


class OutboxContract(LedgerFixtures):
    """What an Outbox promises; `open_ledger` says what to return."""

    def test_nothing_is_due_at_first(self, ledger: WholeLedger) -> None:
        """An empty store has no mail to send."""
        assert ledger.due(10, AT) == ()

    def test_a_mail_is_due_as_it_was_decided(self, ledger: WholeLedger) -> None:
        """A mail waits with all that it has, as it was committed; about a user or about none."""
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
        mails += [
            a_mail("keeps"),
            a_mail("of-a-stream", stream=STREAM),
            with_changes(a_mail("about-nobody", stream=OTHER_STREAM), about=None),
        ]
        _ = ledger.commit(_sending("key", *mails)).unwrap()
        assert ledger.due(100, AT) == tuple(DueMail(mail, 0) for mail in mails)

    @pytest.mark.parametrize("content", _HOSTILE_BYTES.values(), ids=_HOSTILE_BYTES.keys())
    def test_bytes_come_back_exactly(self, ledger: WholeLedger, content: bytes) -> None:
        """Whatever bytes a mail has, every attempt gets them exactly."""
        _ = ledger.commit(_sending("key", a_mail("mail", content))).unwrap()
        assert due_of(ledger, 1)[0].content == content
        ledger.settle(MAIL, Handover.AMBIGUOUS, AT, LATER)
        assert due_of(ledger, 1, LATER)[0].content == content

    def test_the_oldest_is_first(self, ledger: WholeLedger) -> None:
        """Mails that were never tried are due in the order of commits, at most `limit` of them."""
        names = ["d", "b", "a", "c"]
        _ = ledger.commit(_sending("first", a_mail("d"), a_mail("b"))).unwrap()
        _ = ledger.commit(_sending("second", a_mail("a"))).unwrap()
        _ = ledger.commit(_sending("third", a_mail("c"))).unwrap()
        for limit in range(6):
            due = [mail.mail.value for mail in due_of(ledger, limit)]
            assert due == names[:limit]

    def test_asking_does_not_take(self, ledger: WholeLedger) -> None:
        """A mail stays due until an attempt has ended it, however often it is asked for."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        assert ledger.due(10, AT) == ledger.due(10, AT) == (DueMail(a_mail("mail"), 0),)

    # --- trying again --------------------------------------------------------------------------

    @pytest.mark.parametrize("handover", [Handover.WAITING, Handover.AMBIGUOUS])
    def test_a_mail_rests(self, ledger: WholeLedger, handover: Handover) -> None:
        """A mail that was tried in vain is due from its next try on, and says how often it was."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        nearly = LATER - timedelta(microseconds=1)
        for attempts in (1, 2, 3):
            ledger.settle(MAIL, handover, AT, LATER)
            assert ledger.due(10, nearly) == ()
            assert ledger.due(10, LATER) == (DueMail(a_mail("mail"), attempts),)
            tried = ledger.mail(MAIL)
            assert tried is not None
            assert (tried.attempts, tried.next_try) == (attempts, LATER)
            assert (tried.state, tried.settled_at) == (handover, None)

    def test_nobody_starves(self, ledger: WholeLedger) -> None:
        """What was tried comes after what never was, and of that what was due first comes first."""
        names = ["a", "b", "c", "d", "e", "f"]
        _ = ledger.commit(_sending("key", *map(a_mail, names))).unwrap()
        ambiguous = Handover.AMBIGUOUS
        for name, pause in (("a", 3), ("b", 1), ("c", 2), ("d", 1)):
            ledger.settle(MailId(name), ambiguous, AT, AT + timedelta(milliseconds=pause))
        _ = ledger.commit(_sending("new", a_mail("new"))).unwrap()
        due = [mail.mail.value for mail in due_of(ledger, 10, LATER)]
        assert due == ["e", "f", "new", "b", "d", "c", "a"]
        assert [mail.mail.value for mail in due_of(ledger, 4, LATER)] == due[:4]

    def test_the_pause_is_in_instants(self, ledger: WholeLedger) -> None:
        """A next try is an instant, whatever offset it is written with, and to the microsecond."""
        _ = ledger.commit(_sending("key", *map(a_mail, "abcd"))).unwrap()
        base = LATER.replace(microsecond=0)
        tries = {
            "a": base + timedelta(microseconds=2),
            "b": (base + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=9))),
            "c": base.astimezone(timezone(timedelta(hours=-9))),
            "d": base + timedelta(seconds=1),
        }
        for name, next_try in tries.items():
            ledger.settle(MailId(name), Handover.WAITING, AT, next_try)
        for microseconds, names in enumerate(("c", "cb", "cba")):
            due = due_of(ledger, at=base + timedelta(microseconds=microseconds))
            assert [mail.mail.value for mail in due] == list(names)
        assert due_of(ledger, at=base + timedelta(seconds=1))[-1] == a_mail("d")

    def test_what_may_have_arrived_says_so(self, ledger: WholeLedger) -> None:
        """An ambiguous mail keeps its bytes, and an attempt in vain leaves it ambiguous."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ends = (Handover.WAITING, Handover.AMBIGUOUS, Handover.WAITING)
        for attempts, handover in enumerate(ends, start=1):
            ledger.settle(MAIL, handover, AT, LATER)
            state = ledger.mail(MAIL)
            assert state is not None
            arrived = attempts > 1
            told = Handover.AMBIGUOUS if arrived else Handover.WAITING
            assert (state.state, state.may_have_arrived) == (told, arrived)
            assert ledger.due(10, LATER) == (DueMail(a_mail("mail"), attempts),)

    # --- one stream's mails --------------------------------------------------------------------

    def test_a_stream_s_mails_keep_their_order(self, ledger: WholeLedger) -> None:
        """A mail is not due before the earlier mails of its stream have ended (faults: 147)."""
        first, second, third = (a_mail(name, stream=STREAM) for name in ("a", "b", "c"))
        others = a_mail("d", stream=OTHER_STREAM), a_mail("e")
        _ = ledger.commit(_sending("first", first, second, *others)).unwrap()
        _ = ledger.commit(_sending("second", third, a_mail("f"))).unwrap()
        assert due_of(ledger) == (first, *others, a_mail("f"))
        ledger.settle(first.mail, Handover.AMBIGUOUS, AT, LATER)
        assert due_of(ledger) == (*others, a_mail("f"))
        assert due_of(ledger, at=LATER) == (*others, a_mail("f"), first)
        ledger.settle(first.mail, Handover.HANDED_OVER, AT)
        assert due_of(ledger) == (second, *others, a_mail("f"))
        ledger.settle(second.mail, Handover.EXPIRED, AT)
        assert due_of(ledger) == (*others, third, a_mail("f"))

    # --- ends ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("handover", FOR_GOOD)
    def test_an_end_is_an_end(self, ledger: WholeLedger, handover: Handover) -> None:
        """A mail that has ended, however, is never due again, and it shows since when."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("next"))).unwrap()
        ledger.settle(MAIL, handover, LATER)
        assert due_of(ledger, at=MUCH_LATER) == (a_mail("next"),)
        attempts = 0 if handover in {Handover.EXPIRED, Handover.WITHDRAWN} else 1
        ended = MailState(MAIL, MailKind.ACTIVATION, AT, handover, LATER, attempts)
        assert ledger.mails_about(ANNA)[0] == ended

    @pytest.mark.parametrize("handover", [one for one in Handover if one.value != "handed_over"])
    @pytest.mark.parametrize("ended", FOR_GOOD)
    def test_the_first_end_stands(
        self, ledger: WholeLedger, ended: Handover, handover: Handover
    ) -> None:
        """A mail that has ended stays as it is, but that it may have arrived is noted late too."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, ended, AT)
        before = ledger.mail(MAIL)
        assert before is not None
        again = LATER if handover in {Handover.WAITING, Handover.AMBIGUOUS} else None
        ledger.settle(MAIL, handover, LATER, again)
        expected = before
        if handover is Handover.AMBIGUOUS and ended is not Handover.HANDED_OVER:
            state = handover if ended in NEVER_LEFT else ended
            expected = with_changes(
                before, state=state, may_have_arrived=True, attempts=before.attempts + 1
            )
        assert ledger.mail(MAIL) == expected
        assert due_of(ledger, at=MUCH_LATER) == ()

    @pytest.mark.parametrize("ended", [*FOR_GOOD, Handover.AMBIGUOUS])
    def test_handed_over_wins(self, ledger: WholeLedger, ended: Handover) -> None:
        """That a mail was handed over is true whatever ended it meanwhile, and stays so."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, ended, AT)
        ledger.settle(MAIL, Handover.HANDED_OVER, LATER)
        ledger.settle(MAIL, Handover.HANDED_OVER, MUCH_LATER)
        state = ledger.mail(MAIL)
        assert state is not None
        assert state.state is Handover.HANDED_OVER
        assert state.settled_at == (AT if ended is Handover.HANDED_OVER else LATER)
        assert due_of(ledger, at=MUCH_LATER) == ()

    @pytest.mark.parametrize("handover", FOR_GOOD)
    def test_an_ambiguous_mail_can_end(self, ledger: WholeLedger, handover: Handover) -> None:
        """What was ambiguous ends as any other, and is told apart from what never left."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, Handover.AMBIGUOUS, AT, LATER)
        ledger.settle(MAIL, handover, LATER)
        assert due_of(ledger, at=MUCH_LATER) == ()
        state = ledger.mail(MAIL)
        assert state is not None
        assert state.state is (Handover.AMBIGUOUS if handover in NEVER_LEFT else handover)
        assert state.may_have_arrived
        assert state.settled_at == LATER

    def test_ambiguous_can_be_an_end(self, ledger: WholeLedger) -> None:
        """A mail that is not tried again after an attempt without an answer has ended with that."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, Handover.AMBIGUOUS, LATER)
        ended = MailState(
            MAIL, MailKind.ACTIVATION, AT, Handover.AMBIGUOUS, LATER, 1, may_have_arrived=True
        )
        assert ledger.mail(MAIL) == ended
        assert due_of(ledger, at=MUCH_LATER) == ()

    # --- withdrawing ---------------------------------------------------------------------------

    def test_a_withdrawn_mail_has_ended(self, ledger: WholeLedger) -> None:
        """A mail that a change withdraws is not due any more, and shows that it never left."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("tried"))).unwrap()
        ledger.settle(MailId("tried"), Handover.WAITING, AT, LATER)
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        assert due_of(ledger, at=MUCH_LATER) == ()
        kind = MailKind.ACTIVATION
        assert ledger.mails_about(ANNA) == (
            MailState(MAIL, kind, AT, Handover.WITHDRAWN, LATER),
            MailState(MailId("tried"), kind, AT, Handover.WITHDRAWN, LATER, 1),
        )

    def test_a_withdrawn_mail_may_have_arrived(self, ledger: WholeLedger) -> None:
        """An ambiguous mail that is withdrawn is not tried again, and stays ambiguous."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, Handover.AMBIGUOUS, AT, LATER)
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        assert due_of(ledger, at=MUCH_LATER) == ()
        ended = MailState(
            MAIL, MailKind.ACTIVATION, AT, Handover.AMBIGUOUS, LATER, 1, may_have_arrived=True
        )
        assert ledger.mail(MAIL) == ended

    @pytest.mark.parametrize("ended", FOR_GOOD)
    def test_what_has_ended_is_not_withdrawn(self, ledger: WholeLedger, ended: Handover) -> None:
        """A mail that had ended before is left as it was."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, ended, AT)
        before = ledger.mail(MAIL)
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        assert ledger.mail(MAIL) == before

    @pytest.mark.parametrize(("act", "names"), _WITHDRAWALS)
    def test_only_what_fits_is_withdrawn(
        self, ledger: WholeLedger, act: WithdrawMails, names: str
    ) -> None:
        """What is withdrawn fits user, stream and kinds, as far as they are given."""
        mails = [
            OutgoingMail(MailId(name), kind, about, ADDRESS, b"", None, stream)
            for name, about, stream, kind in (
                ("a", ANNA, STREAM, _CODE),
                ("b", ANNA, STREAM, _OTHER),
                ("c", ANNA, OTHER_STREAM, _CODE),
                ("d", ANNA, None, _OTHER),
                ("e", BO, STREAM, _CODE),
                ("f", BO, OTHER_STREAM, _OTHER),
                ("g", None, STREAM, _OTHER),
                ("h", None, None, _CODE),
            )
        ]
        _ = ledger.commit(_sending("key", *mails)).unwrap()
        _ = ledger.commit(_withdrawing("second", act)).unwrap()
        for name in "abcdefgh":
            state = ledger.mail(MailId(name))
            assert state is not None
            assert (state.state is Handover.WITHDRAWN) is (name in names), name

    def test_a_change_s_own_mails_stay(self, ledger: WholeLedger) -> None:
        """What a change withdraws is earlier mail; the mail that it brings itself is sent."""
        _ = ledger.commit(_sending("key", a_mail("mail", stream=STREAM))).unwrap()
        instead = a_mail("instead", stream=STREAM)
        change = with_changes(_sending("second", instead), withdrawals=(WithdrawMails(ANNA),))
        _ = ledger.commit(change).unwrap()
        assert due_of(ledger) == (instead,)

    def test_a_refused_change_withdraws_nothing(self, ledger: WholeLedger) -> None:
        """A change that is refused has withdrawn nothing, and can be made again."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        withdrawing = _withdrawing("second", WithdrawMails(ANNA))
        stale = with_changes(withdrawing, appends=(an_append(7),))
        assert ledger.commit(stale) == Failure(StaleStream(STREAM))
        assert due_of(ledger) == (a_mail("mail"),)
        _ = ledger.commit(withdrawing).unwrap()
        assert due_of(ledger) == ()

    def test_what_was_in_hand_tells_the_truth(
        self, ledger: WholeLedger, other: WholeLedger
    ) -> None:
        """A mail that was withdrawn while a worker had it in hand is what the worker made of it."""
        names = {"a": Handover.HANDED_OVER, "b": Handover.AMBIGUOUS, "c": Handover.REFUSED}
        _ = ledger.commit(_sending("key", *map(a_mail, names))).unwrap()
        in_hand = due_of(other)
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        for mail in in_hand:
            other.settle(mail.mail, names[mail.mail.value], MUCH_LATER)
        told = [state.state for state in ledger.mails_about(ANNA)]
        assert told == [Handover.HANDED_OVER, Handover.AMBIGUOUS, Handover.WITHDRAWN]
        assert due_of(ledger, at=MUCH_LATER) == ()

    # --- delivery reports ----------------------------------------------------------------------

    @pytest.mark.parametrize("handover", Handover)
    def test_a_report_is_noted(self, ledger: WholeLedger, handover: Handover) -> None:
        """What a report says of a mail is kept beside its state; the newest word stands."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("next"))).unwrap()
        ledger.settle(MAIL, handover, AT, LATER if handover is Handover.WAITING else None)
        before, due = ledger.mail(MAIL), ledger.due(10, LATER)
        assert before is not None
        assert before.reported is None
        for reported in (*Reported, Reported.FAILED, Reported.FAILED):
            ledger.report(MAIL, reported)
            assert ledger.mail(MAIL) == with_changes(before, reported=reported)
            assert ledger.due(10, LATER) == due
        assert ledger.mails_about(ANNA)[1] == MailState(MailId("next"), MailKind.ACTIVATION, AT)

    def test_a_report_is_seen_and_kept(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A report that was noted is seen through every handle, and stays when the mail ends."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, Handover.AMBIGUOUS, AT, LATER)
        other.report(MAIL, Reported.DELIVERED)
        ledger.settle(MAIL, Handover.HANDED_OVER, LATER)
        state = ledger.mail(MAIL)
        assert state == other.mail(MAIL)
        assert state is not None
        assert (state.state, state.reported) == (Handover.HANDED_OVER, Reported.DELIVERED)

    # --- and else ------------------------------------------------------------------------------

    def test_an_unknown_mail_is_nothing(self, ledger: WholeLedger) -> None:
        """Settling or reporting of a mail that the store does not know changes nothing."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        for handover in Handover:
            again = LATER if handover is Handover.WAITING else None
            ledger.settle(MailId("unknown"), handover, AT, again)
        ledger.report(MailId("unknown"), Reported.FAILED)
        assert due_of(ledger) == (a_mail("mail"),)
        assert ledger.mails_about(ANNA) == (MailState(MAIL, MailKind.ACTIVATION, AT),)
        assert ledger.mail(MailId("unknown")) is None

    def test_a_mail_id_is_used_once(self, ledger: WholeLedger) -> None:
        """A second mail of the same id is the caller's bug: nothing of its change is stored."""
        _ = ledger.commit(_sending("first", a_mail("mail", b"first"))).unwrap()
        change = with_changes(a_change("second", an_append(0)), mails=(a_mail("mail", b"second"),))
        with pytest.raises(AssertionError):
            _ = ledger.commit(change)
        assert ledger.answered("second", "asks second") == Success(None)
        assert due_of(ledger) == (a_mail("mail", b"first"),)
        assert ledger.events_about(ANNA) == ()
        assert ledger.holder(a_name()) is None

    def test_a_repetition_sends_nothing(self, ledger: WholeLedger) -> None:
        """A change that is repeated under its key leaves one mail, due or ended."""
        change = _sending("key", a_mail("mail"))
        _ = ledger.commit(change).unwrap()
        assert ledger.commit(change).unwrap().repeated
        assert due_of(ledger) == (a_mail("mail"),)
        ledger.settle(MAIL, Handover.HANDED_OVER, AT)
        assert ledger.commit(change).unwrap().repeated
        assert due_of(ledger) == ()

    def test_another_worker_sees_the_end(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A mail that was settled through one handle is not due through another."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        assert due_of(other) == (a_mail("mail"),)
        ledger.settle(MAIL, Handover.HANDED_OVER, AT)
        assert due_of(other) == ()

    def test_an_end_is_kept(self, handles: OpensLedger, ledger: WholeLedger) -> None:
        """An attempt that was settled stays settled for whoever opens the store next."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ledger.settle(MAIL, Handover.REFUSED, AT)
        assert due_of(handles()) == ()
