"""What a change may not hold, and what a mail comes to: the ledger's values by themselves."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.ports.ledger import (
    BySystem,
    Change,
    Handover,
    MailKind,
    MailState,
    WithdrawMails,
)
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


@pytest.mark.parametrize("handover", Handover)
def test_a_word_and_its_next_try_belong_together(handover: Handover) -> None:
    """What waits is tried again, what has ended is not, and an ambiguous mail may be either."""
    if handover is Handover.WAITING:
        with pytest.raises(AssertionError):
            _ = QUEUED.after(handover, AT)
    else:
        assert QUEUED.after(handover, AT).settled_at == AT
    if handover in TRIED_AGAIN:
        assert QUEUED.after(handover, AT, LATER).next_try == LATER
    else:
        with pytest.raises(AssertionError):
            _ = QUEUED.after(handover, AT, LATER)
    naive = AT.replace(tzinfo=None)
    for at, next_try in ((naive, LATER), (AT, naive)):
        with pytest.raises(AssertionError):
            _ = QUEUED.after(Handover.WAITING, at, next_try)


_WORDS = [(word, again) for word, again in product(Handover, (True, False))]
_words = st.lists(
    st.sampled_from(
        [
            (word, again)
            for word, again in _WORDS
            if (again and word in TRIED_AGAIN) or (not again and word is not Handover.WAITING)
        ]
    ),
    max_size=8,
)


@given(words=_words)
def test_what_is_told_of_a_mail_is_true(words: list[tuple[Handover, bool]]) -> None:
    """Whatever is noted, in whatever order: what may have arrived is not said not to have left."""
    state = QUEUED
    for number, (word, again) in enumerate(words):
        at = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        before, state = state, state.after(word, at, LATER if again else None)
        if before.state is Handover.HANDED_OVER:
            assert state == before, "what was handed over stays so"
        elif before.settled_at is not None:
            assert state.settled_at in {before.settled_at, at}
            assert state.next_try is None, "what has ended is not tried again"
        assert state.attempts in {before.attempts, before.attempts + 1}
    told = [word for word, _ in words]
    assert (state.state is Handover.HANDED_OVER) is (Handover.HANDED_OVER in told)
    until = told.index(Handover.HANDED_OVER) if Handover.HANDED_OVER in told else len(told)
    assert state.may_have_arrived is (Handover.AMBIGUOUS in told[:until])
    never_left = {Handover.WAITING, Handover.GIVEN_UP, Handover.WITHDRAWN}
    if state.may_have_arrived:
        assert state.state not in never_left
    assert (state.next_try is None) or (state.settled_at is None)
