"""What conversations, letters, journal entries and mails leave on lists (S-MAIL-4, D-MAIL-4)."""

from collections.abc import Iterator

from attrs import frozen

from eservices_core.consultation import life
from eservices_core.consultation.conversation import is_unread
from eservices_core.consultation.sentences import is_urgent
from eservices_core.consultation.states import Begun, Closed, waits_for_clinic
from eservices_core.journal import entry
from eservices_core.ports.lists import Listed, PutOnList, TakeOffList
from eservices_core.post.states import (
    Accepted,
    Ambiguous,
    Believed,
    Delivered,
    Failed,
    NoLetter,
    Queued,
    Received,
    Written,
)
from eservices_core.views.happened import Around, Happened, ListAct
from eservices_core.views.names import (
    MAILS_WATCHED,
    EndedKind,
    Rank,
    breach_of,
    conversations_of,
    ended_of,
    item_of_conversation,
    item_of_letter,
    item_of_mail,
    journal_of,
    letters_of,
    pending_of,
    queue_of,
    unread_at,
)
from eservices_core.views.worklist import laid, taken_off
from eservices_core.words.identifiers import (
    ConversationId,
    LetterId,
    MailId,
    MessageId,
)
from eservices_core.worklist import watched
from eservices_core.worklist.items import ItemKind, ItemRef

# --- conversations -------------------------------------------------------------------------------


def conversations(happened: Happened, around: Around) -> Iterator[ListAct]:
    """A conversation is its patient's; it may wait for the clinic, be unread, or be over."""
    before, after = happened.before, happened.after
    assert isinstance(after, Begun), "nothing ends what was begun"
    clinic, user = after.terms.clinic, after.terms.user
    listed = Listed(happened.stream.key, happened.at, about=user)
    if isinstance(happened.event, life.ConversationBegun):
        yield PutOnList(conversations_of(clinic, user), listed)
    was, now = unread_in(before), unread_in(after)
    if now and not was:
        yield PutOnList(unread_at(clinic), listed)
    if was and not now:
        yield TakeOffList(unread_at(clinic), listed.item)
    kept = ended_of(clinic, EndedKind.CONVERSATION)
    if isinstance(after, Closed) and not isinstance(before, Closed):
        yield PutOnList(kept, listed)
    if isinstance(before, Closed) and not isinstance(after, Closed):
        yield TakeOffList(kept, listed.item)
    yield from _waiting(happened, around, before, after)


def _waiting(happened: Happened, around: Around, before: object, after: Begun) -> Iterator[ListAct]:
    clinic, user = after.terms.clinic, after.terms.user
    identifier = ConversationId(happened.stream.key)
    item = item_of_conversation(identifier, after.terms.topic)
    if waits_for_clinic(after):
        rank = Rank.URGENT if is_urgent(after) else Rank.USUAL
        yield from laid(happened, around, clinic, item, user, rank)
    elif isinstance(before, Begun) and waits_for_clinic(before):
        yield from taken_off(clinic, item)
    if isinstance(happened.event, life.MessageWithdrawn):
        breach = breach_of(identifier, happened.event.message)
        yield from laid(happened, around, clinic, breach, user, Rank.URGENT)


def unread_in(state: object) -> frozenset[MessageId]:
    """Give what the patient's side has not read."""
    if not isinstance(state, Begun):
        return frozenset()
    return frozenset(each.message for each in state.messages if is_unread(each))


# --- letters -------------------------------------------------------------------------------------


def letters(happened: Happened, around: Around) -> Iterator[ListAct]:
    """A letter is its patient's; it may be queued, be trouble, and is kept from its last word."""
    before, after = happened.before, happened.after
    assert isinstance(after, Written), "what was decided was written"
    key, terms = happened.stream.key, after.terms
    if isinstance(before, NoLetter):
        listed = Listed(key, terms.at, about=terms.user)
        yield PutOnList(letters_of(terms.clinic, terms.user), listed)
    # Noted again at each receipt: the last word stands, and receipts come late (D-POST-1).
    kept = Listed(key, happened.at, about=terms.user)
    yield PutOnList(ended_of(terms.clinic, EndedKind.LETTER), kept)
    match after:
        case Queued(next_try=at) | Ambiguous(next_try=at) if at is not None:
            yield PutOnList(queue_of(terms.clinic), Listed(key, at, about=terms.user))
        case _:
            yield TakeOffList(queue_of(terms.clinic), key)
    item = item_of_letter(LetterId(key))
    if (trouble := _trouble(after)) == _trouble(before):
        return  # staff know, or have taken it off
    if trouble == _Trouble():
        yield from taken_off(terms.clinic, item)
    else:
        yield from laid(happened, around, terms.clinic, item, terms.user, Rank.TROUBLE)


@frozen
class _Trouble:
    """Why staff have to look: it failed, nobody knows, or what they were told was wrong."""

    failed: bool = False
    unknown: bool = False
    corrects: Believed | None = None


def _trouble(state: object) -> _Trouble:
    match state:
        case Failed():
            return _Trouble(failed=True)
        case Ambiguous(next_try=None):
            return _Trouble(unknown=True)
        case Accepted(corrects=corrects) | Received(corrects=corrects):
            return _Trouble(corrects=corrects)
        case Delivered(corrects=corrects):
            return _Trouble(corrects=corrects)
        case _:
            return _Trouble()


# --- the journal ---------------------------------------------------------------------------------


def journal(happened: Happened, around: Around) -> Iterator[ListAct]:
    """An entry stands in a patient's journal, and waits until the journal has it (D-MAIL-3)."""
    before, after = happened.before, happened.after
    assert isinstance(after, entry.Pending | entry.Filed | entry.Moving), "nothing is unwritten"
    key, terms = happened.stream.key, after.terms
    pending = pending_of(terms.clinic)
    item = ItemRef(ItemKind.JOURNAL, key)
    match happened.event:
        case entry.EntryWritten():
            assert terms.user is not None, "an entry is written in somebody's journal"
            listed = Listed(key, terms.at, about=terms.user)
            yield PutOnList(journal_of(terms.clinic, terms.user), listed)
            yield PutOnList(ended_of(terms.clinic, EndedKind.JOURNAL_ENTRY), listed)
            yield PutOnList(pending, listed)
        case entry.EntryFiled():
            yield TakeOffList(pending, key)
            if isinstance(before, entry.Pending | entry.Moving) and before.refused:
                yield from taken_off(terms.clinic, item)
        case entry.EntryRefused():
            yield from laid(happened, around, terms.clinic, item, terms.user, Rank.TROUBLE)
        case entry.EntryMoved(user):
            assert isinstance(before, entry.Pending | entry.Filed | entry.Moving)
            if before.terms.user is not None:
                yield TakeOffList(journal_of(terms.clinic, before.terms.user), key)
            if user is not None:
                listed = Listed(key, terms.at, about=user)
                yield PutOnList(journal_of(terms.clinic, user), listed)
            if not isinstance(after, entry.Filed):
                # The other system has it in the old place until the worker has told it.
                yield PutOnList(pending, Listed(key, happened.at, about=user))
        case _:
            pass


# --- mails ---------------------------------------------------------------------------------------


def watched_mails(happened: Happened, around: Around) -> Iterator[ListAct]:
    """A mail is watched until its end is known; a lost one lies on worklists (faults: 100)."""
    mail = MailId(happened.stream.key)
    match happened.event:
        case watched.MailWatched(user):
            yield PutOnList(MAILS_WATCHED, Listed(str(mail), happened.at, about=user))
        case watched.WatchEnded(user, told):
            yield TakeOffList(MAILS_WATCHED, str(mail))
            for clinic in told:
                yield from laid(happened, around, clinic, item_of_mail(mail), user, Rank.TROUBLE)
        case _:
            pass
