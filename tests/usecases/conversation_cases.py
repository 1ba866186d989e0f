"""Every use case of mail consultation once, ready to be carried out (see `every_use_case`)."""

from collections.abc import Callable
from typing import Any, Final

from eservices_core.consultation.attachments import Upload
from eservices_core.consultation.message import OffBecause, RenewalDecision
from eservices_core.consultation.renewal import Chosen, Medicine
from eservices_core.consultation.states import CloseReason
from eservices_core.outcome import Outcome
from eservices_core.usecases import answer_patient as answering
from eservices_core.usecases import close_conversation as closing
from eservices_core.usecases import write_to_clinic as writing
from eservices_core.usecases.ask_for_renewal import AskForRenewal, ask_for_renewal
from eservices_core.usecases.keep_off_site import KeepOffSite, keep_off_site
from eservices_core.usecases.read_conversation import ReadConversation, read_conversation
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.tell_again import TellAgain, tell_again
from eservices_core.usecases.withdraw_message import WithdrawMessage, withdraw_message
from eservices_core.words.identifiers import ConversationId
from tests.consultation.files import PDF
from tests.usecases.mail_day import BENT, MailDay, Writer

KEY: Final = "the-key"

Doing = Callable[[Services, Any], Outcome[Any, Refusal]]
Prepared = tuple[Doing, Command]


def _written(day: MailDay) -> tuple[Writer, ConversationId]:
    anna = day.writer()
    return anna, day.begins(anna).unwrap().conversation


def _answered(day: MailDay) -> tuple[Writer, ConversationId]:
    anna, conversation = _written(day)
    _ = day.staff_answer(conversation).unwrap()
    return anna, conversation


def _begin(day: MailDay) -> Prepared:
    form = day.form(
        day.writer(), text="ondt i halsen", not_urgent=True, files=(Upload("a.pdf", PDF),)
    )
    return writing.begin_conversation, writing.BeginConversation(**form | {"key": KEY})


def _reply(day: MailDay) -> Prepared:
    anna, conversation = _answered(day)
    form = day.form(anna, text="Tak.", not_urgent=True, conversation=conversation, key=KEY)
    return writing.reply_to_clinic, writing.ReplyToClinic(**form)


def _ask_for_renewal(day: MailDay) -> Prepared:
    medicine = Medicine("Amlodipin", Chosen.FROM_LIST)
    form = day.form(day.writer(), text="", not_urgent=True, medicine=medicine, key=KEY)
    return ask_for_renewal, AskForRenewal(**form)


def _read(day: MailDay) -> Prepared:
    anna, conversation = _answered(day)
    form = day.form(anna, conversation=conversation, key=KEY)
    return read_conversation, ReadConversation(**form)


def _answer(day: MailDay) -> Prepared:
    _, conversation = _written(day)
    seen = day.last(conversation)
    form = day.act(key=KEY, text="Fint.", conversation=conversation, seen=seen)
    return answering.answer_conversation, answering.AnswerConversation(**form)


def _answer_a_renewal(day: MailDay) -> Prepared:
    conversation = day.asks_for(day.writer()).unwrap().conversation
    form = day.act(
        key=KEY,
        text="Ja.",
        conversation=conversation,
        seen=day.last(conversation),
        decision=RenewalDecision.APPROVED,
    )
    return answering.answer_renewal, answering.AnswerRenewal(**form)


def _write_first(day: MailDay) -> Prepared:
    form = day.act(key=KEY, text="Kom i morgen.", user=day.writer().user)
    return answering.create_e_answer, answering.CreateEAnswer(**form)


def _close(day: MailDay) -> Prepared:
    _, conversation = _written(day)
    form = day.act(key=KEY, conversation=conversation, reason=CloseReason.DEALT_WITH)
    return closing.close_conversation, closing.CloseConversation(**form)


def _reopen(day: MailDay) -> Prepared:
    _, conversation = _written(day)
    _ = day.closes(conversation).unwrap()
    form = day.act(key=KEY, conversation=conversation)
    return closing.close_conversation, closing.ReopenConversation(**form)


def _keep(day: MailDay) -> Prepared:
    anna, conversation = _answered(day)
    day.lets_go(anna.user)
    form = day.act(key=KEY, conversation=conversation)
    return closing.close_conversation, closing.KeepConversation(**form)


def _keep_off(day: MailDay) -> Prepared:
    _, conversation = _answered(day)
    message = day.last(conversation)
    form = day.act(
        key=KEY, conversation=conversation, message=message, because=OffBecause.CHILDS_WISH
    )
    return keep_off_site, KeepOffSite(**form)


def _withdraw(day: MailDay) -> Prepared:
    _, conversation = _answered(day)
    bent = day.writer(BENT, "bent")
    form = day.act(
        key=KEY,
        conversation=conversation,
        message=day.last(conversation),
        belongs_to=bent.user,
    )
    return withdraw_message, WithdrawMessage(**form)


def _tell_again(day: MailDay) -> Prepared:
    _, conversation = _answered(day)
    return tell_again, TellAgain(**day.act(key=KEY, conversation=conversation))


CONVERSATIONS: Final[tuple[Callable[[Any], Prepared], ...]] = (
    _begin,
    _reply,
    _ask_for_renewal,
    _read,
    _answer,
    _answer_a_renewal,
    _write_first,
    _close,
    _reopen,
    _keep,
    _keep_off,
    _withdraw,
    _tell_again,
)
