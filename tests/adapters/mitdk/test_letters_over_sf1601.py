"""Letters from the desk to the stand-in and back: what each trick of the world comes to."""

from collections.abc import Generator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve

from eservices_adapters.stand_ins.kombi_server import Answer
from eservices_adapters.stand_ins.post_receipts import Stage, Told, Trick
from eservices_core.ports.digital_post import NoAnswer
from eservices_core.post.letter import AMBIGUOUS_MAX
from eservices_core.post.states import (
    Accepted,
    Ambiguous,
    Believed,
    Delivered,
    Failed,
    Letter,
    Queued,
    Received,
)
from eservices_core.usecases.hand_over_letters import hand_over_letters, read_receipts
from eservices_core.usecases.send_letter import CanReceive, can_receive
from eservices_core.words.identifiers import LetterId
from tests.adapters.mitdk.solution import NOW, Solution, solution
from tests.usecases.letter_day import LetterDay
from tests.usecases.people import ANNA

HOURS = timedelta(hours=2)


class SolutionDay:
    """A day at a clinic whose letters go over HTTP."""

    def __init__(self, there: Solution) -> None:
        self.there, self.stand_in = there, there.stand_in
        self.day = LetterDay()
        self.user = self.day.anna()
        self.day.services = evolve(self.day.services, post=there.post)

    def sent(self) -> LetterId:
        """Write a letter."""
        return self.day.sent(self.user)

    def round(self) -> None:
        """Let the two workers go round once."""
        _ = hand_over_letters(self.day.services, self.there.post)
        self.stand_in.settle()
        _ = read_receipts(self.day.services, self.there.post)

    def letter(self, letter: LetterId) -> Letter:
        """Give a letter as it is now."""
        return self.day.letter(letter)


@pytest.fixture
def day(tmp_path: Path) -> Generator[SolutionDay, None, None]:
    """A day over a stand-in."""
    with solution(tmp_path) as there:
        yield SolutionDay(there)


@pytest.mark.parametrize(
    ("tricks", "end", "corrects"),
    [
        (set(), Delivered, None),
        ({Trick.DUPLICATED}, Delivered, None),
        ({Trick.REORDERED}, Delivered, None),
        ({Trick.UNKNOWN}, Delivered, None),
        ({Trick.FAILING}, Failed, None),
        ({Trick.FAILING, Trick.REORDERED}, Failed, None),
        ({Trick.CORRECTED}, Delivered, Believed.FAILED),
        ({Trick.CORRECTED, Trick.REORDERED}, Delivered, None),
        ({Trick.CORRECTED, Trick.DUPLICATED, Trick.UNKNOWN}, Delivered, Believed.FAILED),
        ({Trick.LOST}, Accepted, None),
    ],
)
def test_every_trick_ends_where_the_rulebook_wants_it(
    day: SolutionDay, tricks: set[Trick], end: type[Letter], corrects: Believed | None
) -> None:
    """D-POST-1, faults: 172. Lost, twice, late, out of order, about somebody else's message."""
    day.stand_in.tricks = frozenset(tricks)
    letter = day.sent()
    day.round()
    day.round()
    state = day.letter(letter)
    assert type(state) is end
    assert getattr(state, "corrects", None) is corrects
    assert day.there.post.receipts(100) == ()
    assert day.day.lies_on_worklist(letter) == (end is Failed or corrects is not None)


def test_late_receipts_come_to_the_same(day: SolutionDay) -> None:
    """D-POST-1: a day later the letter is delivered, and until then it is accepted and no more."""
    day.stand_in.tricks = frozenset({Trick.LATE})
    letter = day.sent()
    day.round()
    assert isinstance(day.letter(letter), Accepted)
    day.day.clock.wind(timedelta(days=1))
    assert day.stand_in.let_go() == 2
    day.round()
    assert isinstance(day.letter(letter), Delivered)


ORDERS = [
    order
    for count in range(5)
    for order in product((Stage.RECEIVED, Stage.DELIVERED, Stage.FAILED), repeat=count)
]


def test_every_order_of_four_receipts_over_the_wire(day: SolutionDay) -> None:
    """D-POST-1, faults: 172. All 121 orders of up to four receipts, pushed, read and recorded."""
    day.stand_in.tricks = frozenset({Trick.LOST})
    assert len(ORDERS) == 121
    for number, order in enumerate(ORDERS):
        letter = day.sent()
        day.round()
        for place, stage in enumerate(order):
            at = NOW + timedelta(minutes=number, seconds=place)
            day.stand_in.tell(Told(str(letter), stage, at))
        day.round()
        expected: type[Letter] = Accepted
        for stage, kind in (
            (Stage.DELIVERED, Delivered),
            (Stage.FAILED, Failed),
            (Stage.RECEIVED, Received),
        ):
            if stage in order:
                expected = kind
                break
        assert type(day.letter(letter)) is expected, order
    assert len(day.stand_in.kept) == len(ORDERS)


def test_a_receipt_that_overtakes_its_answer_counts(day: SolutionDay) -> None:
    """D-POST-1: the answer was lost, and 'delivered' says all that there is to say."""
    day.stand_in.answers.append(Answer.LOSE)
    letter = day.sent()
    _ = hand_over_letters(day.day.services, day.there.post)
    assert isinstance(day.letter(letter), Ambiguous)
    day.round()
    assert isinstance(day.letter(letter), Delivered)
    day.day.clock.wind(HOURS)
    day.round()
    assert day.stand_in.asked == 1


def test_lost_answers_end_with_one_letter(day: SolutionDay) -> None:
    """D-POST-1: as long as staff would wait, the same message is handed over, and is one."""
    day.stand_in.tricks = frozenset({Trick.LOST})
    day.stand_in.answers.extend([Answer.LOSE] * (AMBIGUOUS_MAX - 1))
    letter = day.sent()
    for _ in range(AMBIGUOUS_MAX):
        day.round()
        day.day.clock.wind(HOURS)
    assert isinstance(day.letter(letter), Accepted)
    (kept,) = day.stand_in.kept
    assert (kept.uuid, kept.times) == (str(letter), AMBIGUOUS_MAX)


def test_a_service_that_is_busy_is_asked_again(day: SolutionDay) -> None:
    """D-POST-1: nothing left, so the letter is queued as it was."""
    day.stand_in.answers.append(Answer.BUSY)
    letter = day.sent()
    (attempt,) = hand_over_letters(day.day.services, day.there.post)
    assert attempt.sent is NoAnswer.NOT_NOW
    assert isinstance(day.letter(letter), Queued)
    day.day.clock.wind(HOURS)
    day.round()
    assert isinstance(day.letter(letter), Delivered)


def test_a_refusal_is_final_and_told(day: SolutionDay) -> None:
    """D-POST-1: the service's code, and a place on the worklist."""
    day.stand_in.answers.append(Answer.REFUSE)
    letter = day.sent()
    day.round()
    state = day.letter(letter)
    assert isinstance(state, Failed)
    assert state.code == "memo.refused"
    assert day.day.lies_on_worklist(letter)


def test_who_cannot_receive_is_told_before(day: SolutionDay) -> None:
    """D-POST-2, faults: 171. The service says no, and the way on is paper."""
    day.stand_in.know(ANNA.reveal(), can_receive=False)
    command = CanReceive(
        key=day.day.key(), by=day.day.by_staff, staff=day.day.staff, user=day.user, recipient=None
    )
    said = can_receive(day.day.services, command).unwrap()
    assert (said.reason, said.paper) == ("cannot_receive", True)
    assert day.stand_in.kept == ()
