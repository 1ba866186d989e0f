"""The outbox's contract: whose turn it is, with which bytes, and how mails end.

Not here: what having one in hand means (`holding`).
"""

from datetime import datetime, timedelta, timezone
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import Change, StaleStream
from eservices_core.ports.outbox import (
    Handover,
    MailKind,
    MailState,
    OutgoingMail,
    Reported,
    TakenMail,
    WithdrawMails,
)
from eservices_core.testing.contracts.holding import HoldingContract
from eservices_core.testing.ledger_examples import (
    ADDRESS,
    ANNA,
    AT,
    BO,
    HELD,
    LATER,
    OTHER_STREAM,
    STREAM,
    TICK,
    OpensLedger,
    WholeLedger,
    a_change,
    a_mail,
    a_name,
    an_append,
    settle_next,
    take_all,
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
)
NEVER_LEFT: Final = (Handover.GIVEN_UP,)

SAID: Final = tuple(one for one in Handover if one is not Handover.WITHDRAWN)
"""What a worker can say of an attempt."""

_ENDED_AMBIGUOUS: Final = MailState(
    mail=MAIL,
    kind=MailKind.ACTIVATION,
    queued_at=AT,
    state=Handover.AMBIGUOUS,
    settled_at=LATER,
    attempts=1,
    may_have_arrived=True,
    token=1,
)

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


def _names(taken: list[TakenMail]) -> list[str]:
    return [one.mail.mail.value for one in taken]


def _in_hand(ledger: WholeLedger) -> dict[str, TakenMail]:
    return {one.mail.mail.value: one for one in take_all(ledger)}


def _settle(
    ledger: WholeLedger,
    taken: TakenMail,
    handover: Handover,
    at: datetime = AT,
    next_try: datetime | None = None,
) -> None:
    ledger.settle(taken.mail.mail, taken.token, handover, at, next_try)


def _sending(key: str, *mails: OutgoingMail) -> Change:
    return with_changes(a_change(key), mails=mails)


def _withdrawing(key: str, *acts: WithdrawMails) -> Change:
    return with_changes(a_change(key), withdrawals=acts, at=LATER)


class OutboxContract(HoldingContract):
    """What an Outbox promises; `open_ledger` says what to return."""

    def test_nothing_is_due_at_first(self, ledger: WholeLedger) -> None:
        """An empty store has no mail to send."""
        assert ledger.take(AT, LATER) is None

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
        assert take_all(ledger) == [TakenMail(mail, 0, 1) for mail in mails]

    @pytest.mark.parametrize("content", _HOSTILE_BYTES.values(), ids=_HOSTILE_BYTES.keys())
    def test_bytes_come_back_exactly(self, ledger: WholeLedger, content: bytes) -> None:
        """Whatever bytes a mail has, every attempt gets them exactly."""
        _ = ledger.commit(_sending("key", a_mail("mail", content))).unwrap()
        assert settle_next(ledger, Handover.AMBIGUOUS, AT, LATER).mail.content == content
        assert settle_next(ledger, Handover.HANDED_OVER, LATER).mail.content == content

    def test_the_oldest_is_first(self, ledger: WholeLedger) -> None:
        """Mails that were never tried have their turn in the order of commits."""
        _ = ledger.commit(_sending("first", a_mail("d"), a_mail("b"))).unwrap()
        _ = ledger.commit(_sending("second", a_mail("a"))).unwrap()
        _ = ledger.commit(_sending("third", a_mail("c"))).unwrap()
        assert _names(take_all(ledger)) == ["d", "b", "a", "c"]

    def test_no_mail_is_passed_over(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A mail is due by its state alone, whatever was taken before it came (faults: 148)."""
        for name in ("c", "a", "b"):
            _ = other.commit(_sending(name, a_mail(name))).unwrap()
            assert _names(take_all(ledger)) == [name]
            assert take_all(other) == []

    # --- trying again --------------------------------------------------------------------------

    @pytest.mark.parametrize("handover", [Handover.WAITING, Handover.AMBIGUOUS])
    def test_a_mail_rests(self, ledger: WholeLedger, handover: Handover) -> None:
        """A mail that was tried in vain is due from its next try on, and says how often it was."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        for attempts in range(3):
            at, again = AT + attempts * HELD, AT + (attempts + 1) * HELD
            assert ledger.take(at - TICK, at) == (
                None if attempts else TakenMail(a_mail("mail"), 0, 1)
            )
            if attempts:
                taken = ledger.take(at, again)
                assert taken == TakenMail(a_mail("mail"), attempts, attempts + 1)
            ledger.settle(MAIL, attempts + 1, handover, at, again)
            tried = ledger.mail(MAIL)
            assert tried is not None
            assert (tried.attempts, tried.next_try) == (attempts + 1, again)
            assert (tried.state, tried.settled_at) == (handover, None)

    def test_nobody_starves(self, ledger: WholeLedger) -> None:
        """What was tried comes after what never was, and of that what was due first comes first."""
        names = ["a", "b", "c", "d", "e", "f"]
        _ = ledger.commit(_sending("key", *map(a_mail, names[:4]))).unwrap()
        taken = _in_hand(ledger)
        for name, pause in (("a", 3), ("b", 1), ("c", 2), ("d", 1)):
            next_try = AT + timedelta(milliseconds=pause)
            _settle(ledger, taken[name], Handover.AMBIGUOUS, AT, next_try)
        _ = ledger.commit(_sending("new", *map(a_mail, names[4:]))).unwrap()
        assert _names(take_all(ledger, LATER)) == ["e", "f", "b", "d", "c", "a"]

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
        for name, taken in _in_hand(ledger).items():
            _settle(ledger, taken, Handover.WAITING, AT, tries[name])
        for microseconds, name in enumerate("cba"):
            due = take_all(ledger, base + timedelta(microseconds=microseconds))
            assert _names(due) == [name]
        assert _names(take_all(ledger, base + timedelta(seconds=1))) == ["d"]

    def test_what_may_have_arrived_says_so(self, ledger: WholeLedger) -> None:
        """An ambiguous mail keeps its bytes, and an attempt in vain leaves it ambiguous."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        ends = (Handover.WAITING, Handover.AMBIGUOUS, Handover.WAITING)
        for attempts, handover in enumerate(ends):
            at = AT + attempts * HELD
            taken = settle_next(ledger, handover, at, at + HELD)
            assert taken == TakenMail(a_mail("mail"), attempts, attempts + 1)
            state = ledger.mail(MAIL)
            assert state is not None
            arrived = attempts > 0
            told = Handover.AMBIGUOUS if arrived else Handover.WAITING
            assert (state.state, state.may_have_arrived) == (told, arrived)

    # --- one stream's mails --------------------------------------------------------------------

    def test_a_stream_s_mails_keep_their_order(self, ledger: WholeLedger) -> None:
        """A mail is not due before the earlier mails of its stream have ended (faults: 147)."""
        first, second, third = (a_mail(name, stream=STREAM) for name in ("a", "b", "c"))
        others = a_mail("d", stream=OTHER_STREAM), a_mail("e")
        _ = ledger.commit(_sending("first", first, second, *others)).unwrap()
        _ = ledger.commit(_sending("second", third, a_mail("f"))).unwrap()
        taken = _in_hand(ledger)
        assert list(taken) == ["a", "d", "e", "f"]
        _settle(ledger, taken["a"], Handover.AMBIGUOUS, AT, LATER)
        assert take_all(ledger) == []
        again = settle_next(ledger, Handover.HANDED_OVER, LATER)
        assert again.mail == first
        assert settle_next(ledger, Handover.EXPIRED, LATER).mail == second
        assert settle_next(ledger, Handover.REFUSED, LATER).mail == third
        _ = ledger.commit(_sending("third", a_mail("g", stream=STREAM))).unwrap()
        assert _names(take_all(ledger, LATER)) == ["g"]

    def test_a_withdrawn_mail_holds_up_nobody(self, ledger: WholeLedger) -> None:
        """A mail that is withdrawn gives way to the next of its stream, wherever it stood."""
        mails = [a_mail(name, stream=STREAM) for name in ("a", "b", "c")]
        codes = [with_changes(mails[1], kind=_CODE), mails[0], mails[2]]
        _ = ledger.commit(_sending("key", *codes)).unwrap()
        act = WithdrawMails(stream=STREAM, kinds=frozenset({_CODE}))
        _ = ledger.commit(_withdrawing("second", act)).unwrap()
        assert settle_next(ledger, Handover.HANDED_OVER).mail == mails[0]
        act = WithdrawMails(stream=STREAM)
        change = with_changes(_withdrawing("third", act), mails=(a_mail("d", stream=STREAM),))
        _ = ledger.commit(change).unwrap()
        assert _names(take_all(ledger)) == ["d"]

    # --- ends ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("handover", FOR_GOOD)
    def test_an_end_is_an_end(self, ledger: WholeLedger, handover: Handover) -> None:
        """A mail that has ended, however, is never due again, and it shows since when."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("next"))).unwrap()
        taken = ledger.take(AT, LATER)
        assert taken is not None
        _settle(ledger, taken, handover, LATER)
        assert _names(take_all(ledger, MUCH_LATER)) == ["next"]
        attempts = 0 if handover is Handover.EXPIRED else 1
        ended = MailState(MAIL, MailKind.ACTIVATION, AT, handover, LATER, attempts, token=1)
        assert ledger.mails_about(ANNA)[0] == ended

    @pytest.mark.parametrize("handover", [one for one in SAID if one.value != "handed_over"])
    @pytest.mark.parametrize("ended", FOR_GOOD)
    def test_the_first_end_stands(
        self, ledger: WholeLedger, ended: Handover, handover: Handover
    ) -> None:
        """A mail that has ended stays as it is, but that it may have arrived is noted late too."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        taken = settle_next(ledger, ended)
        before = ledger.mail(MAIL)
        assert before is not None
        again = LATER if handover in {Handover.WAITING, Handover.AMBIGUOUS} else None
        _settle(ledger, taken, handover, LATER, again)
        expected = before
        if handover is Handover.AMBIGUOUS and ended is not Handover.HANDED_OVER:
            state = handover if ended in NEVER_LEFT else ended
            expected = with_changes(before, state=state, may_have_arrived=True)
        assert ledger.mail(MAIL) == expected
        assert take_all(ledger, MUCH_LATER) == []

    @pytest.mark.parametrize("ended", [*FOR_GOOD, Handover.AMBIGUOUS])
    def test_handed_over_wins(self, ledger: WholeLedger, ended: Handover) -> None:
        """That a mail was handed over is true whatever ended it meanwhile, and stays so."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        taken = settle_next(ledger, ended)
        _settle(ledger, taken, Handover.HANDED_OVER, LATER)
        _settle(ledger, taken, Handover.HANDED_OVER, MUCH_LATER)
        state = ledger.mail(MAIL)
        assert state is not None
        assert state.state is Handover.HANDED_OVER
        assert state.settled_at == (AT if ended is Handover.HANDED_OVER else LATER)
        assert take_all(ledger, MUCH_LATER) == []

    @pytest.mark.parametrize("handover", FOR_GOOD)
    def test_an_ambiguous_mail_can_end(self, ledger: WholeLedger, handover: Handover) -> None:
        """What was ambiguous ends as any other, and is told apart from what never left."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, Handover.AMBIGUOUS, AT, LATER)
        _ = settle_next(ledger, handover, LATER)
        assert take_all(ledger, MUCH_LATER) == []
        state = ledger.mail(MAIL)
        assert state is not None
        assert state.state is (Handover.AMBIGUOUS if handover in NEVER_LEFT else handover)
        assert state.may_have_arrived
        assert state.settled_at == LATER

    def test_ambiguous_can_be_an_end(self, ledger: WholeLedger) -> None:
        """A mail that is not tried again after an attempt without an answer has ended with that."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, Handover.AMBIGUOUS, LATER)
        assert ledger.mail(MAIL) == _ENDED_AMBIGUOUS
        assert take_all(ledger, MUCH_LATER) == []

    # --- withdrawing ---------------------------------------------------------------------------

    def test_a_withdrawn_mail_has_ended(self, ledger: WholeLedger) -> None:
        """A mail that a change withdraws is not due any more, and shows that it never left."""
        _ = ledger.commit(_sending("key", a_mail("tried"))).unwrap()
        _ = settle_next(ledger, Handover.WAITING, AT, LATER)
        _ = ledger.commit(_sending("other", a_mail("mail"))).unwrap()
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        assert take_all(ledger, MUCH_LATER) == []
        kind = MailKind.ACTIVATION
        assert ledger.mails_about(ANNA) == (
            MailState(MailId("tried"), kind, AT, Handover.WITHDRAWN, LATER, 1, token=1),
            MailState(MAIL, kind, AT, Handover.WITHDRAWN, LATER),
        )

    def test_a_withdrawn_mail_may_have_arrived(self, ledger: WholeLedger) -> None:
        """An ambiguous mail that is withdrawn is not tried again, and stays ambiguous."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, Handover.AMBIGUOUS, AT, LATER)
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        assert take_all(ledger, MUCH_LATER) == []
        assert ledger.mail(MAIL) == _ENDED_AMBIGUOUS

    @pytest.mark.parametrize("ended", FOR_GOOD)
    def test_what_has_ended_is_not_withdrawn(self, ledger: WholeLedger, ended: Handover) -> None:
        """A mail that had ended before is left as it was."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, ended)
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
        assert [one.mail for one in take_all(ledger)] == [instead]

    def test_a_refused_change_withdraws_nothing(self, ledger: WholeLedger) -> None:
        """A change that is refused has withdrawn nothing, and can be made again."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        withdrawing = _withdrawing("second", WithdrawMails(ANNA))
        stale = with_changes(withdrawing, appends=(an_append(7),))
        assert ledger.commit(stale) == Failure(StaleStream(STREAM))
        assert _names(take_all(ledger)) == ["mail"]
        _ = ledger.commit(withdrawing).unwrap()
        assert take_all(ledger, MUCH_LATER) == []

    def test_what_was_in_hand_tells_the_truth(
        self, ledger: WholeLedger, other: WholeLedger
    ) -> None:
        """A mail that was withdrawn while a worker had it in hand is what the worker made of it."""
        names = {"a": Handover.HANDED_OVER, "b": Handover.AMBIGUOUS, "c": Handover.REFUSED}
        _ = ledger.commit(_sending("key", *map(a_mail, (*names, "d")))).unwrap()
        taken = _in_hand(other)
        _ = ledger.commit(_withdrawing("second", WithdrawMails(ANNA))).unwrap()
        for name, handover in names.items():
            _settle(other, taken[name], handover, MUCH_LATER)
        told = {one.mail.value: one for one in ledger.mails_about(ANNA)}
        ends = [Handover.HANDED_OVER, Handover.AMBIGUOUS, *2 * [Handover.WITHDRAWN]]
        assert [one.state for one in told.values()] == ends
        assert [one.attempts for one in told.values()] == [1, 1, 0, 0]
        in_hand = {name for name, one in told.items() if one.in_hand_until is not None}
        assert in_hand == {"d"}, "of that one nobody has told"
        assert take_all(ledger, MUCH_LATER + HELD) == []

    # --- delivery reports ----------------------------------------------------------------------

    @pytest.mark.parametrize("handover", SAID)
    def test_a_report_is_noted(self, ledger: WholeLedger, handover: Handover) -> None:
        """What a report says of a mail is kept beside its state; the newest word stands."""
        _ = ledger.commit(_sending("key", a_mail("mail"), a_mail("next"))).unwrap()
        _ = settle_next(ledger, handover, AT, LATER if handover is Handover.WAITING else None)
        before = ledger.mail(MAIL)
        assert before is not None
        assert before.reported is None
        for reported in (*Reported, Reported.FAILED, Reported.FAILED):
            ledger.report(MAIL, reported)
            assert ledger.mail(MAIL) == with_changes(before, reported=reported)
        assert ledger.mails_about(ANNA)[1] == MailState(MailId("next"), MailKind.ACTIVATION, AT)
        due = ["next", *(["mail"] if handover is Handover.WAITING else [])]
        assert _names(take_all(ledger, LATER)) == due

    def test_a_report_is_seen_and_kept(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A report that was noted is seen through every handle, and stays when the mail ends."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, Handover.AMBIGUOUS, AT, LATER)
        other.report(MAIL, Reported.DELIVERED)
        _ = settle_next(ledger, Handover.HANDED_OVER, LATER)
        state = ledger.mail(MAIL)
        assert state == other.mail(MAIL)
        assert state is not None
        assert (state.state, state.reported) == (Handover.HANDED_OVER, Reported.DELIVERED)

    # --- and else ------------------------------------------------------------------------------

    def test_an_unknown_mail_is_nothing(self, ledger: WholeLedger) -> None:
        """Whatever is said of a mail that the store does not know changes nothing."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        unknown = MailId("unknown")
        for handover in SAID:
            again = LATER if handover is Handover.WAITING else None
            ledger.settle(unknown, 1, handover, AT, again)
        ledger.report(unknown, Reported.FAILED)
        assert ledger.hurry(unknown, AT) is False
        assert ledger.mails_about(ANNA) == (MailState(MAIL, MailKind.ACTIVATION, AT),)
        assert ledger.mail(unknown) is None
        assert _names(take_all(ledger)) == ["mail"]

    def test_a_mail_id_is_used_once(self, ledger: WholeLedger) -> None:
        """A second mail of the same id is the caller's bug: nothing of its change is stored."""
        _ = ledger.commit(_sending("first", a_mail("mail", b"first"))).unwrap()
        change = with_changes(a_change("second", an_append(0)), mails=(a_mail("mail", b"second"),))
        with pytest.raises(AssertionError):
            _ = ledger.commit(change)
        assert ledger.answered("second", "asks second") == Success(None)
        assert [one.mail for one in take_all(ledger)] == [a_mail("mail", b"first")]
        assert ledger.events_about(ANNA) == ()
        assert ledger.holder(a_name()) is None

    def test_a_repetition_sends_nothing(self, ledger: WholeLedger) -> None:
        """A change that is repeated under its key leaves one mail, in hand or ended."""
        change = _sending("key", a_mail("mail"))
        _ = ledger.commit(change).unwrap()
        assert ledger.commit(change).unwrap().repeated
        (taken,) = take_all(ledger)
        assert ledger.commit(change).unwrap().repeated
        _settle(ledger, taken, Handover.HANDED_OVER)
        assert ledger.commit(change).unwrap().repeated
        assert take_all(ledger, MUCH_LATER) == []

    def test_another_worker_sees_the_end(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """A mail that was settled through one handle is not due through another."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, Handover.HANDED_OVER)
        assert take_all(other, MUCH_LATER) == []

    def test_an_end_is_kept(self, handles: OpensLedger, ledger: WholeLedger) -> None:
        """An attempt that was settled stays settled for whoever opens the store next."""
        _ = ledger.commit(_sending("key", a_mail("mail"))).unwrap()
        _ = settle_next(ledger, Handover.REFUSED)
        assert take_all(handles(), MUCH_LATER) == []

    def test_mails_are_found_by_their_state(self, ledger: WholeLedger) -> None:
        """Mails of a state are given oldest first, ended or not, and no more than asked for."""
        _ = ledger.commit(_sending("key", *map(a_mail, "abcdef"))).unwrap()
        taken = _in_hand(ledger)
        _settle(ledger, taken["e"], Handover.AMBIGUOUS, AT, LATER)
        _settle(ledger, taken["b"], Handover.AMBIGUOUS, AT)
        _settle(ledger, taken["d"], Handover.REFUSED, AT)
        found = {state: [one.mail.value for one in ledger.in_state(state, 9)] for state in Handover}
        assert found.pop(Handover.AMBIGUOUS) == ["b", "e"]
        assert found.pop(Handover.REFUSED) == ["d"]
        assert found.pop(Handover.WAITING) == ["a", "c", "f"]
        assert not any(found.values())
        assert ledger.in_state(Handover.AMBIGUOUS, 1) == (ledger.mail(MailId("b")),)
        assert ledger.in_state(Handover.AMBIGUOUS, 0) == ()
