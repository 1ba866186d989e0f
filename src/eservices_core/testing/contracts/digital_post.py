"""The contract of digital post: one message is one there, and receipts are given until done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Final

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.ports.digital_post import Accepted, DigitalPost, Receipt, Rejected
from eservices_core.post.letter import Says
from eservices_core.post.memo import Document, Draft, File, IdType, Memo, Recipient, Sender
from eservices_core.post.sending import Reach
from eservices_core.testing.contracts.base import Contract
from eservices_core.testing.ledger_examples import AT
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId

_ALL: Final = 1_000
_WORKERS: Final = 8
_LETTERS: Final = tuple(LetterId.from_entropy(bytes([number]) * 16) for number in range(1, 6))
_ANNA: Final = CivilNumber.parse("0709614606").unwrap()
_BENT: Final = CivilNumber.parse("0709614231").unwrap()

_HOSTILE: Final = {
    "nothing": b"",
    "noise": bytes(range(256)) * 64,
    "no receipt": b"<a/>",
    "a document type": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "depth": b"<a>" * 10_000,
    "another encoding": "<a/>".encode("utf-16"),
    "large": b"<a>" + b"b" * 1_000_000 + b"</a>",
}


def a_message(letter: LetterId = _LETTERS[0], label: str = "Indkaldelse") -> Memo:
    """Make a message with a file of a few bytes."""
    data = b"%PDF-1.4\n" + bytes(range(256)) + b"\n%%EOF\n"
    file = File("brev.pdf", "application/pdf", len(data), partial(BytesIO, data))
    draft = Draft(
        uuid=str(letter),
        created_at=AT,
        label=label,
        sender=Sender("12345678", "Clinic One"),
        recipient=Recipient(IdType.CPR, _ANNA.reveal()),
        main=Document((file,)),
    )
    return Memo(draft)


@frozen
class PostUnderTest:
    """Digital post, and what surrounds it.

    Attributes:
        post: the adapter; it can be reached, nothing was sent, and nothing waits.
        know: makes it know this of a person.
        sent: gives each message that it has, in any form that differs where messages do.
        arrive: makes a receipt about a letter come, later than those before.
        again: opens the adapter anew over the same place; a text where nothing outlives it.
        lay: makes bytes of somebody's choice come as a receipt; a text where no bytes come in.
        says_why: whether the solution says why a person cannot receive; one that does not says
            CANNOT_RECEIVE of all of them.
    """

    post: DigitalPost
    know: Callable[[CivilNumber, Reach], None]
    sent: Callable[[], tuple[object, ...]]
    arrive: Callable[[LetterId, Says, datetime], None]
    again: Callable[[], DigitalPost] | str
    lay: Callable[[bytes], None] | str
    says_why: bool = True

    def said(self, reach: Reach) -> Reach:
        """Give what the solution can say of a person's reach."""
        return reach if self.says_why or reach is Reach.CAN_RECEIVE else Reach.CANNOT_RECEIVE


class DigitalPostContract(Contract):
    """What DigitalPost promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> PostUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a PostUnderTest: the adapter over an empty place, and how its world is told"
        )

    @staticmethod
    def _arrived(under_test: PostUnderTest) -> tuple[Receipt, ...]:
        for number, letter in enumerate(_LETTERS):
            under_test.arrive(letter, Says.RECEIVED, AT + timedelta(minutes=number))
        return under_test.post.receipts(_ALL)

    # -- reach --

    @pytest.mark.parametrize("reach", [Reach.CAN_RECEIVE, Reach.EXEMPT, Reach.CLOSED])
    def test_a_person_s_reach_is_theirs(self, under_test: PostUnderTest, reach: Reach) -> None:
        """D-POST-2: what is known of a person is said of that person, whatever others are."""
        other = Reach.EXEMPT if reach is Reach.CAN_RECEIVE else Reach.CAN_RECEIVE
        under_test.know(_ANNA, reach)
        under_test.know(_BENT, other)
        assert under_test.post.reach(_ANNA) is under_test.said(reach)
        assert under_test.post.reach(_BENT) is under_test.said(other)

    def test_reach_is_asked_anew(self, under_test: PostUnderTest) -> None:
        """D-POST-2: who is exempted today cannot receive today."""
        under_test.know(_ANNA, Reach.CAN_RECEIVE)
        _ = under_test.post.reach(_ANNA)
        under_test.know(_ANNA, Reach.EXEMPT)
        assert under_test.post.reach(_ANNA) is under_test.said(Reach.EXEMPT)

    # -- sending --

    def test_a_message_is_taken(self, under_test: PostUnderTest) -> None:
        """S-POST-1: a message that is handed over is accepted, and is there."""
        assert under_test.post.send(a_message()) == Accepted()
        assert len(under_test.sent()) == 1

    def test_the_same_message_again_is_one(self, under_test: PostUnderTest) -> None:
        """D-POST-1: handed over again, a message is accepted again and is there once."""
        assert under_test.post.send(a_message()) == Accepted()
        before = under_test.sent()
        assert under_test.post.send(a_message()) == Accepted()
        assert under_test.sent() == before

    def test_another_message_under_its_uuid_is_refused(self, under_test: PostUnderTest) -> None:
        """D-POST-1: a UUID belongs to the message that had it first, which stays as it was."""
        assert under_test.post.send(a_message()) == Accepted()
        before = under_test.sent()
        assert isinstance(under_test.post.send(a_message(label="Another")), Rejected)
        assert under_test.sent() == before

    def test_two_messages_are_two(self, under_test: PostUnderTest) -> None:
        """D-POST-1: two letters of the same words are two messages."""
        for letter in _LETTERS[:2]:
            assert under_test.post.send(a_message(letter)) == Accepted()
        assert len(under_test.sent()) == 2  # noqa: PLR2004  said by the line above

    def test_workers_send_it_once(self, under_test: PostUnderTest) -> None:
        """D-POST-1: several workers may hand over the same message at once; it is there once."""
        with ThreadPoolExecutor(_WORKERS) as pool:
            said = list(pool.map(under_test.post.send, [a_message()] * _WORKERS))
        assert said == [Accepted()] * _WORKERS
        assert len(under_test.sent()) == 1

    def test_what_was_sent_outlives_us(self, under_test: PostUnderTest) -> None:
        """D-POST-1: after a restart the same message is still one."""
        _ = under_test.post.send(a_message())
        assert self._again(under_test).send(a_message()) == Accepted()
        assert len(under_test.sent()) == 1

    @staticmethod
    def _again(under_test: PostUnderTest) -> DigitalPost:
        if isinstance(under_test.again, str):
            pytest.skip(under_test.again)
        return under_test.again()

    # -- receipts --

    def test_nothing_comes_of_nothing(self, under_test: PostUnderTest) -> None:
        """Where no receipt has come, none waits."""
        assert under_test.post.receipts(_ALL) == ()

    @pytest.mark.parametrize("says", Says)
    def test_what_is_said_is_given(self, under_test: PostUnderTest, says: Says) -> None:
        """D-POST-1: a receipt gives its letter, what it says, and the instant it carries."""
        under_test.arrive(_LETTERS[0], says, AT)
        (receipt,) = under_test.post.receipts(_ALL)
        assert (receipt.letter, receipt.says, receipt.at) == (_LETTERS[0], says, AT)
        assert receipt.doubt is None

    def test_the_first_comes_first(self, under_test: PostUnderTest) -> None:
        """Receipts are given in the order in which they came."""
        given = self._arrived(under_test)
        assert [receipt.letter for receipt in given] == list(_LETTERS)
        assert len({receipt.name for receipt in given}) == len(given)

    @pytest.mark.parametrize("limit", [0, 1, len(_LETTERS) - 1])
    def test_no_more_than_asked_for(self, under_test: PostUnderTest, limit: int) -> None:
        """No more are given than were asked for: the first ones."""
        given = self._arrived(under_test)
        assert under_test.post.receipts(limit) == given[:limit]

    def test_given_until_done(self, under_test: PostUnderTest) -> None:
        """A receipt is given again, the same in every part, until it is done."""
        given = self._arrived(under_test)
        assert under_test.post.receipts(_ALL) == given

    def test_done_is_done(self, under_test: PostUnderTest) -> None:
        """A receipt that is done is never given again, and all others are."""
        first, second, *rest = self._arrived(under_test)
        under_test.post.done(second)
        assert under_test.post.receipts(_ALL) == (first, *rest)

    def test_done_twice_is_done(self, under_test: PostUnderTest) -> None:
        """Doing a receipt again, or one that is not there, does nothing."""
        first, *rest = self._arrived(under_test)
        for receipt in (first, first, with_changes(first, name="never-came")):
            under_test.post.done(receipt)
        assert under_test.post.receipts(_ALL) == tuple(rest)

    def test_workers_do_each_once(self, under_test: PostUnderTest) -> None:
        """Several workers may do the same receipts at once."""
        given = self._arrived(under_test)
        with ThreadPoolExecutor(_WORKERS) as pool:
            _ = list(pool.map(under_test.post.done, given * _WORKERS))
        assert under_test.post.receipts(_ALL) == ()

    def test_what_waits_outlives_us(self, under_test: PostUnderTest) -> None:
        """After a restart, what was not done is given as before, and what was done is not."""
        first, *rest = self._arrived(under_test)
        under_test.post.done(first)
        assert self._again(under_test).receipts(_ALL) == tuple(rest)

    @pytest.mark.parametrize("content", _HOSTILE.values(), ids=_HOSTILE.keys())
    def test_nothing_that_lies_there_raises(
        self, under_test: PostUnderTest, content: bytes
    ) -> None:
        """Whatever bytes come, nothing is raised or believed, and receipts come (faults: 168)."""
        if isinstance(under_test.lay, str):
            pytest.skip(under_test.lay)
        under_test.lay(content)
        under_test.arrive(_LETTERS[0], Says.RECEIVED, AT)
        given = under_test.post.receipts(_ALL)
        assert [receipt.letter for receipt in given if receipt.says] == [_LETTERS[0]]
        for receipt in given:
            under_test.post.done(receipt)
        assert under_test.post.receipts(_ALL) == ()
