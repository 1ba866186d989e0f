"""Digital post in memory keeps the contract; whoever breaks a promise of it is noticed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.ports.digital_post import Accepted, NoAnswer, Receipt, Sent
from eservices_core.post.letter import Says
from eservices_core.post.memo import Memo
from eservices_core.post.sending import Reach
from eservices_core.testing.contracts import DigitalPostContract, PostUnderTest
from eservices_core.testing.contracts.digital_post import a_message
from eservices_core.testing.ledger_examples import AT
from eservices_core.testing.memory import MemoryDigitalPost
from eservices_core.testing.memory.post import spelled
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId

LETTER = LetterId.from_entropy(b"\x07" * 16)


def _under_test(kind: Callable[[], MemoryDigitalPost]) -> PostUnderTest:
    post = kind()

    def arrive(letter: LetterId, says: Says, at: Any) -> None:
        _ = post.arrive(letter, says, at)

    return PostUnderTest(
        post,
        post.know,
        lambda: tuple(post.taken.items()),
        arrive,
        again="nothing outlives memory",
        lay="no bytes come into memory",
    )


class TestMemoryDigitalPost(DigitalPostContract):
    @pytest.fixture
    def under_test(self) -> PostUnderTest:
        """Digital post that a test tells of."""
        return _under_test(MemoryDigitalPost)


# ------------------------------------------------------------------------------------- saboteurs


class _EverybodyCan(MemoryDigitalPost):
    def reach(self, recipient: CivilNumber, /) -> Reach:
        del recipient
        return Reach.CAN_RECEIVE


class _RemembersReach(MemoryDigitalPost):
    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Reach] = {}

    def reach(self, recipient: CivilNumber, /) -> Reach:
        return self._known.setdefault(recipient.reveal(), super().reach(recipient))


class _LosesIt(MemoryDigitalPost):
    def send(self, message: Memo, /) -> Sent:
        del message
        return Accepted()


class _TakesItTwice(MemoryDigitalPost):
    def send(self, message: Memo, /) -> Sent:
        self.taken[f"{message.draft.uuid}/{len(self.taken)}"] = spelled(message)
        return Accepted()


class _WritesOver(MemoryDigitalPost):
    def send(self, message: Memo, /) -> Sent:
        self.taken[message.draft.uuid] = spelled(message)
        return Accepted()


class _TellsByWords(MemoryDigitalPost):
    def send(self, message: Memo, /) -> Sent:
        self.taken[message.draft.label] = spelled(message)
        return Accepted()


class _ForgetsReceipts(MemoryDigitalPost):
    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        given = super().receipts(limit)
        for receipt in given:
            self.done(receipt)
        return given


class _Newest(MemoryDigitalPost):
    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        return tuple(reversed(super().receipts(1_000)))[:limit]


class _Generous(MemoryDigitalPost):
    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        return super().receipts(limit + 1)


class _TooEarly(MemoryDigitalPost):
    """Takes 'received' for 'delivered'."""

    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        return tuple(with_changes(one, says=Says.DELIVERED) for one in super().receipts(limit))


class _DoesTheOldest(MemoryDigitalPost):
    def done(self, receipt: Receipt, /) -> None:
        del receipt
        super().done(*self.receipts(1))


class _NeverDone(MemoryDigitalPost):
    def done(self, receipt: Receipt, /) -> None:
        del receipt


class _Invents(MemoryDigitalPost):
    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        return super().receipts(limit) or (Receipt("made-up", LETTER, Says.DELIVERED, AT),)[:limit]


@frozen
class Case:
    saboteur: type[MemoryDigitalPost]
    promise: Callable[..., object]
    more: tuple[object, ...] = ()

    def __str__(self) -> str:
        return f"{self.saboteur.__name__[1:]}-{self.promise.__name__}"


_CONTRACT = TestMemoryDigitalPost()
CASES = (
    Case(_EverybodyCan, _CONTRACT.test_a_person_s_reach_is_theirs, (Reach.EXEMPT,)),
    Case(_RemembersReach, _CONTRACT.test_reach_is_asked_anew),
    Case(_LosesIt, _CONTRACT.test_a_message_is_taken),
    Case(_TakesItTwice, _CONTRACT.test_the_same_message_again_is_one),
    Case(_TakesItTwice, _CONTRACT.test_workers_send_it_once),
    Case(_WritesOver, _CONTRACT.test_another_message_under_its_uuid_is_refused),
    Case(_TellsByWords, _CONTRACT.test_two_messages_are_two),
    Case(_Invents, _CONTRACT.test_nothing_comes_of_nothing),
    Case(_TooEarly, _CONTRACT.test_what_is_said_is_given, (Says.RECEIVED,)),
    Case(_Newest, _CONTRACT.test_the_first_comes_first),
    Case(_Generous, _CONTRACT.test_no_more_than_asked_for, (1,)),
    Case(_ForgetsReceipts, _CONTRACT.test_given_until_done),
    Case(_NeverDone, _CONTRACT.test_done_is_done),
    Case(_DoesTheOldest, _CONTRACT.test_done_twice_is_done),
    Case(_NeverDone, _CONTRACT.test_workers_do_each_once),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_saboteur_is_noticed(case: Case) -> None:
    """Whoever breaks a promise of digital post fails its test, which names the promise."""
    _ = case.promise(_under_test(MemoryDigitalPost), *case.more)
    with pytest.raises(BaseException) as broken:  # noqa: PT011  however it breaks
        _ = case.promise(_under_test(case.saboteur), *case.more)
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]


def test_it_answers_as_it_was_told() -> None:
    """A lost answer leaves the message there; one that was never taken does not."""
    post = MemoryDigitalPost()
    post.answer(NoAnswer.NOT_NOW, OSError(), NoAnswer.AMBIGUOUS)
    assert post.send(a_message()) is NoAnswer.NOT_NOW
    with pytest.raises(OSError):  # noqa: PT011  it has no message
        _ = post.send(a_message())
    assert not post.taken
    assert post.send(a_message()) is NoAnswer.AMBIGUOUS
    assert post.send(a_message()) == Accepted()
    assert (len(post.taken), post.asked) == (1, 4)


def test_a_receipt_holds_together() -> None:
    """A receipt about nothing says nothing, and a doubt says what is missing."""
    post = MemoryDigitalPost()
    unreadable = post.arrive(None, None, AT)
    assert (unreadable.letter, unreadable.says) == (None, None)
    for wrong in (
        {"says": Says.FAILED},
        {"name": "a name"},
        {"code": "a sentence about Anna"},
        {"at": AT.replace(tzinfo=None)},
        {"doubt": None},
    ):
        with pytest.raises(AssertionError):
            _ = with_changes(unreadable, **wrong)
    assert post.arrive(LETTER, Says.FAILED, AT + timedelta(1), "memo.invalid").doubt is None
