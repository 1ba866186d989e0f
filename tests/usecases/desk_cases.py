"""The use cases of the worklist and the journal, ready to be carried out; see `every_use_case`."""

from collections.abc import Callable
from typing import Any, Final

from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.lists import ListKind, ListName
from eservices_core.ports.outbox import Handover
from eservices_core.testing.world import CLINIC
from eservices_core.usecases import follow_mails, journal, worklist
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.views.names import MAILS_WATCHED, journal_of
from eservices_core.words.identifiers import EntryId, MailId
from eservices_core.worklist.holding import CloseReason
from eservices_core.worklist.items import ItemKind, ItemRef
from tests.usecases.booking_cases import KEY

Prepared = tuple[Callable[[Services, Any], Outcome[Any, Refusal]], Command]


def an_item(day: Any) -> ItemRef:
    """Have a patient write; gives the item that lies on the worklist."""
    anna = day.writer()
    conversation = day.begins(anna).unwrap().conversation
    return ItemRef(ItemKind.CONSULTATION, str(conversation))


def a_lost_mail(day: Any) -> MailId:
    """Have the clinic create a patient whose activation mail is refused; gives that mail."""
    day.mailbox.script(Handover.REFUSED)
    _ = day.tick(day.patient(day.civil_number("0709614231"), "bent"))
    day.deliver()
    watched = day.ledger.listed(MAILS_WATCHED, 10)
    return MailId(watched[-1].item)


def an_entry(day: Any) -> EntryId:
    """Have a patient write; gives the entry of it."""
    anna = day.writer()
    _ = day.begins(anna).unwrap()
    return EntryId(day.ledger.listed(journal_of(CLINIC, anna.user), 1)[0].item)


def _take_an_item(day: Any) -> Prepared:
    item = an_item(day)
    return worklist.take_item, worklist.TakeItem(
        key=KEY, by=day.by_staff, staff=day.staff, item=item
    )


def _let_an_item_go(day: Any) -> Prepared:
    item = an_item(day)
    take = worklist.TakeItem(key=day.key(), by=day.by_staff, staff=day.staff, item=item)
    _ = worklist.take_item(day.services, take).unwrap()
    return worklist.let_item_go, worklist.LetItemGo(
        key=KEY, by=day.by_staff, staff=day.staff, item=item
    )


def _follow_a_lost_mail(day: Any) -> Prepared:
    return follow_mails.follow_mail, follow_mails.FollowMail(
        key=KEY, by=BySystem(), mail=a_lost_mail(day)
    )


def _close_an_item(day: Any) -> Prepared:
    mail = a_lost_mail(day)
    _ = follow_mails.follow_mails(day.services)
    item = ItemRef(ItemKind.MAIL, str(mail))
    assert day.ledger.find(ListName(ListKind.WORKLIST, str(CLINIC)), str(item)) is not None
    return worklist.close_item, worklist.CloseItem(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        item=item,
        reason=CloseReason.PATIENT_CALLED,
    )


def _move_an_entry(day: Any) -> Prepared:
    entry = an_entry(day)
    other = day.patient(day.civil_number("0709614231"), "bent")
    return journal.move_entry, journal.MoveEntry(
        key=KEY, by=day.by_staff, staff=day.staff, entry=entry, user=other
    )


def _set_an_entry_aside(day: Any) -> Prepared:
    return journal.move_entry, journal.MoveEntry(
        key=KEY, by=day.by_staff, staff=day.staff, entry=an_entry(day), user=None
    )


def _record_that_an_entry_is_filed(day: Any) -> Prepared:
    return journal.record_answer, journal.RecordAnswer(
        key=KEY, by=BySystem(), entry=an_entry(day), filed=True, reference="reference-1"
    )


DESK: Final = (
    _take_an_item,
    _let_an_item_go,
    _follow_a_lost_mail,
    _close_an_item,
    _move_an_entry,
    _set_an_entry_aside,
    _record_that_an_entry_is_filed,
)
