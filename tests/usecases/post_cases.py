"""Every use case of digital post once, ready to be carried out (see `every_use_case`)."""

from collections.abc import Callable
from typing import Any, Final

from eservices_core.outcome import Outcome
from eservices_core.ports.digital_post import Accepted, NoAnswer, Receipt
from eservices_core.ports.ledger import BySystem
from eservices_core.post.letter import AMBIGUOUS_MAX, Says
from eservices_core.usecases import hand_over_letters as handing
from eservices_core.usecases import letters as acts
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_letter import send_letter
from eservices_core.usecases.services import Command, Services
from eservices_core.words.identifiers import LetterId
from tests.usecases.booking_cases import KEY
from tests.usecases.letter_day import LetterDay
from tests.usecases.people import HOUR

Doing = Callable[[Services, Any], Outcome[Any, Refusal]]
Prepared = tuple[Doing, Command]


def _unanswered(day: LetterDay) -> LetterId:
    letter = day.sent()
    for _ in range(AMBIGUOUS_MAX):
        day.post.answer(NoAnswer.AMBIGUOUS)
        _ = day.hand_over()
        day.clock.wind(HOUR)
    return letter


def _send_a_letter(day: LetterDay) -> Prepared:
    return send_letter, day.writes(day.anna(), key=KEY)


def _withdraw_a_letter(day: LetterDay) -> Prepared:
    return acts.withdraw_letter, acts.WithdrawLetter(
        key=KEY, by=day.by_staff, staff=day.staff, letter=day.sent()
    )


def _try_a_letter_again(day: LetterDay) -> Prepared:
    return acts.try_letter_again, acts.TryLetterAgain(
        key=KEY, by=day.by_staff, staff=day.staff, letter=_unanswered(day)
    )


def _send_a_letter_on_paper(day: LetterDay) -> Prepared:
    return acts.send_letter_on_paper, acts.SendLetterOnPaper(
        key=KEY, by=day.by_staff, staff=day.staff, letter=_unanswered(day)
    )


def _settle_a_letter(day: LetterDay) -> Prepared:
    return acts.settle_letter, acts.SettleLetter(
        key=KEY, by=day.by_staff, staff=day.staff, letter=_unanswered(day)
    )


def _record_an_attempt(day: LetterDay) -> Prepared:
    return handing.record_attempt, handing.RecordAttempt(
        key=KEY, by=BySystem(), letter=day.sent(), sent=Accepted()
    )


def _record_a_receipt(day: LetterDay) -> Prepared:
    receipt = Receipt("receipt", day.sent(), Says.DELIVERED, day.clock.now())
    return handing.record_receipt, handing.RecordReceipt(key=KEY, by=BySystem(), receipt=receipt)


POST: Final[tuple[Callable[[Any], Prepared], ...]] = (
    _send_a_letter,
    _withdraw_a_letter,
    _try_a_letter_again,
    _send_a_letter_on_paper,
    _settle_a_letter,
    _record_an_attempt,
    _record_a_receipt,
)
