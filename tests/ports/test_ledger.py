"""What a change may not hold, and what a mail comes to: the ledger's values by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, MailKind, MailState, WithdrawMails
from eservices_core.testing.ledger_examples import (
    ANNA,
    AT,
    LATER,
    OTHER_STREAM,
    STREAM,
    a_change,
    a_mail,
    an_append,
)
from eservices_core.words.identifiers import MailId

QUEUED = MailState(MailId("mail"), MailKind.ACTIVATION, AT)
IN_HAND = QUEUED.taken(LATER)
SAID = [one for one in Handover if one is not Handover.WITHDRAWN]
TRIED_AGAIN = (Handover.WAITING, Handover.AMBIGUOUS)


@pytest.mark.parametrize("key", ["", "k" * 201, "k\n", "k\0", "kø", "\ud800"], ids=ascii)
def test_another_key_is_a_bug(key: str) -> None:
    """A key that is not 1 to 200 printable ASCII characters is the caller's bug."""
    with pytest.raises(AssertionError):
        _ = a_change(key)


@pytest.mark.parametrize("key", ["k", "k" * 200, " ~!"])
def test_a_key_is_printable(key: str) -> None:
    """A key has 1 to 200 printable ASCII characters, blanks too."""
    assert a_change(key).key == key


def test_an_instant_without_offset_is_a_bug() -> None:
    """A change at an instant that nobody can place is the caller's bug."""
    naive: datetime = AT.replace(tzinfo=None)
    with pytest.raises(AssertionError):
        _ = Change("key", "asks", naive, BySystem(), "")


def test_one_change_appends_to_a_stream_once() -> None:
    """Two appends to one stream in a change are the caller's bug; to two streams they are not."""
    assert a_change("key", an_append(0), an_append(0, 1, OTHER_STREAM)).appends
    with pytest.raises(AssertionError):
        _ = a_change("key", an_append(0), an_append(1))


def test_a_version_is_never_negative() -> None:
    """An append at a version before the first is the caller's bug."""
    with pytest.raises(AssertionError):
        _ = a_change("key", an_append(-1))


def test_a_mail_id_is_used_once_in_a_change() -> None:
    """Two mails of one id in a change are the caller's bug."""
    with pytest.raises(AssertionError):
        _ = Change("k", "asks", AT, BySystem(), "", mails=(a_mail("a"), a_mail("b"), a_mail("a")))


def test_nobody_stops_everybody_s_mail() -> None:
    """A withdrawal that names neither a user nor a stream is the caller's bug."""
    with pytest.raises(AssertionError):
        _ = WithdrawMails(kinds=frozenset({MailKind.ACTIVATION}))
    assert WithdrawMails(ANNA).fits(ANNA, STREAM, MailKind.ACTIVATION)


# --- what a mail comes to ----------------------------------------------------------------------


@pytest.mark.parametrize("handover", SAID)
def test_a_word_and_its_next_try_belong_together(handover: Handover) -> None:
    """What waits is tried again, what has ended is not, and an ambiguous mail may be either."""
    if handover is Handover.WAITING:
        with pytest.raises(AssertionError):
            _ = IN_HAND.settled(1, handover, AT)
    else:
        assert IN_HAND.settled(1, handover, AT).settled_at == AT
    if handover in TRIED_AGAIN:
        assert IN_HAND.settled(1, handover, AT, LATER).next_try == LATER
    else:
        with pytest.raises(AssertionError):
            _ = IN_HAND.settled(1, handover, AT, LATER)
    naive = AT.replace(tzinfo=None)
    for at, next_try in ((naive, LATER), (AT, naive)):
        with pytest.raises(AssertionError):
            _ = IN_HAND.settled(1, Handover.WAITING, at, next_try)
    with pytest.raises(AssertionError):
        _ = QUEUED.taken(naive)


def test_what_has_ended_is_neither_taken_nor_withdrawn() -> None:
    """To take or withdraw a mail that has ended, or to settle one as withdrawn, is a bug."""
    ended = IN_HAND.settled(1, Handover.REFUSED, AT)
    for act in (
        lambda: ended.taken(LATER),
        lambda: ended.withdrawn(LATER),
        lambda: IN_HAND.settled(1, Handover.WITHDRAWN, AT),
    ):
        with pytest.raises(AssertionError):
            _ = act()


@frozen
class _Take:
    """Somebody takes the mail, if it is open."""


@frozen
class _Say:
    """Whoever had the n-th taking before the newest says how it ended."""

    behind: int
    handover: Handover
    again: bool


@frozen
class _Withdraw:
    """A change stops the mail, if it is open."""


_acts = st.lists(
    st.one_of(
        st.just(_Take()),
        st.just(_Withdraw()),
        st.builds(
            _Say,
            behind=st.sampled_from([0, 0, 0, 1, 2]),
            handover=st.sampled_from(SAID),
            again=st.booleans(),
        ),
    ),
    max_size=10,
)


def _assert_nothing_undone(before: MailState, state: MailState) -> None:
    if before.state is Handover.HANDED_OVER:
        assert state.state is Handover.HANDED_OVER, "what was handed over stays so"
        assert state.settled_at == before.settled_at
    if before.settled_at is not None:
        assert state.settled_at is not None, "what has ended is not revived"
        assert state.next_try is None, "what has ended is not tried again"


@given(acts=_acts)
def test_what_is_told_of_a_mail_is_true(acts: list[_Take | _Say | _Withdraw]) -> None:
    """faults: 144, 145. In whatever order: what may have left is never said not to have left."""
    state, proved, began = QUEUED, set[Handover](), 0
    for number, act in enumerate(acts):
        at = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        before = state
        match act:
            case _Take() if state.settled_at is None:
                if state.in_hand_until is not None:
                    proved.add(Handover.AMBIGUOUS)
                state = state.taken(at)
                began += 1
                assert state.token == before.token + 1
            case _Withdraw() if state.settled_at is None:
                state = state.withdrawn(at)
            case _Say(behind, handover, again) if state.token > behind:
                again = handover is Handover.WAITING or (again and handover in TRIED_AGAIN)
                held = behind == 0 and state.in_hand_until is not None
                token = state.token - behind
                state = state.settled(token, handover, at, LATER if again else None)
                if handover in {Handover.HANDED_OVER, Handover.AMBIGUOUS}:
                    proved.add(handover)
                if not held and handover is not Handover.HANDED_OVER:
                    assert state.settled_at == before.settled_at, "a stale word ends nothing"
                    assert state.next_try == before.next_try, "a stale word schedules nothing"
            case _:
                continue
        _assert_nothing_undone(before, state)
        assert before.attempts <= state.attempts <= began, "no attempt counts twice"
    _assert_true(state, proved)


def _assert_true(state: MailState, proved: set[Handover]) -> None:
    assert (state.state is Handover.HANDED_OVER) is (Handover.HANDED_OVER in proved)
    if Handover.AMBIGUOUS in proved and state.state is not Handover.HANDED_OVER:
        assert state.may_have_arrived
    if state.may_have_arrived:
        assert Handover.AMBIGUOUS in proved
        assert state.state not in {Handover.WAITING, Handover.GIVEN_UP, Handover.WITHDRAWN}
    assert (state.next_try is None) or (state.settled_at is None)
