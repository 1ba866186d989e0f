"""Answers that are kept or forgotten wrongly in one way each, and the promise that each breaks."""

from datetime import datetime, timedelta

import pytest

from eservices_core.testing.contracts import AnswersContract
from eservices_core.testing.memory import MemoryLedger
from tests.contracts.sabotage import Case, assert_noticed

CONTRACT = AnswersContract()

pytestmark = pytest.mark.made_up("the contract's own changes and mails")


class _ForgetsNothing(MemoryLedger):
    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        del stored_before
        return min(limit, len(self._answers))


class _ForgetsTheKeyToo(MemoryLedger):
    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        gone = super().forget_answers(stored_before, limit)
        self._answers = {key: each for key, each in self._answers.items() if each[1] is not None}
        return gone


class _ForgetsTooEarly(MemoryLedger):
    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        return super().forget_answers(stored_before + timedelta(microseconds=1), limit)


class _KnowsNoLimit(MemoryLedger):
    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        return super().forget_answers(stored_before, limit + 100)


class _TakesTheEventsAlong(MemoryLedger):
    def forget_answers(self, stored_before: datetime, limit: int, /) -> int:
        self._streams.clear()
        return super().forget_answers(stored_before, limit)


CASES = [
    Case(_ForgetsNothing, CONTRACT.test_a_forgotten_answer_is_given_to_nobody),
    Case(_ForgetsTheKeyToo, CONTRACT.test_what_was_done_stays_done),
    Case(_ForgetsTooEarly, CONTRACT.test_answers_within_their_time_stay),
    Case(_KnowsNoLimit, CONTRACT.test_only_so_many_are_looked_at_in_their_order),
    Case(_TakesTheEventsAlong, CONTRACT.test_what_was_done_stays_done),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_saboteur_is_noticed(case: Case) -> None:
    """The right ledger keeps the promise, and each saboteur fails it by name."""
    assert_noticed(case)
