"""The promises about answers that stand under callers' keys, and are kept for a time (D-KEEP-1)."""

from datetime import timedelta
from typing import Protocol, cast

from attrs import evolve

from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import Answers, KeyWasUsed, Stored
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import AT, STREAM, WholeLedger, a_change, an_append

_LATER = AT + timedelta(days=1)


class _WithAnswers(WholeLedger, Answers, Protocol):
    """A ledger whose answers can be forgotten."""


class AnswersContract(LedgerFixtures):
    """What a ledger's Answers promise."""

    def test_a_forgotten_answer_is_given_to_nobody(self, ledger: WholeLedger) -> None:
        """Whoever asks again under a key whose answer was erased is told that it was used."""
        one, change = cast("_WithAnswers", ledger), a_change("key", answer='"secret"')
        _ = one.commit(change).unwrap()
        assert one.forget_answers(_LATER, 10) == 1
        assert one.answered("key", change.fingerprint) == Failure(KeyWasUsed())
        assert one.commit(change) == Failure(KeyWasUsed())

    def test_what_was_done_stays_done(self, ledger: WholeLedger) -> None:
        """An erased answer takes nothing along of what its change has stored, and is not undone."""
        one, change = cast("_WithAnswers", ledger), a_change("key", an_append(0))
        _ = one.commit(change).unwrap()
        before = one.history(STREAM)
        assert before
        assert one.forget_answers(_LATER, 10) == 1
        assert one.commit(change) == Failure(KeyWasUsed())
        assert one.history(STREAM) == before

    def test_answers_within_their_time_stay(self, ledger: WholeLedger) -> None:
        """An answer of the instant itself, or after, is kept, and given again."""
        one, change = cast("_WithAnswers", ledger), a_change("key")
        _ = one.commit(change).unwrap()
        assert one.forget_answers(AT, 10) == 0
        stored = Stored(change.answer, repeated=True)
        assert one.answered("key", change.fingerprint) == Success(stored)

    def test_only_so_many_are_looked_at_in_their_order(self, ledger: WholeLedger) -> None:
        """The oldest that are left go first, at most the limit; a round goes on where one ended."""
        one = cast("_WithAnswers", ledger)
        changes = [a_change(f"key-{number}") for number in range(5)]
        changes.append(evolve(a_change("late"), at=_LATER))
        for change in changes:
            _ = one.commit(change).unwrap()
        gone = [one.forget_answers(_LATER, 2) for _ in range(4)]
        assert gone == [2, 2, 1, 0]
        left = [one.answered(each.key, each.fingerprint) for each in changes]
        assert left == [Failure(KeyWasUsed())] * 5 + [Success(Stored('"done"', repeated=True))]
