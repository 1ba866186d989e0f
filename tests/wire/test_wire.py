"""The wire: what was written is read back as it was, and what was not written is not read."""

import json
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core import wire
from eservices_core.access import session, user
from eservices_core.booking import life
from eservices_core.events import DomainEvent
from eservices_core.ports.ledger import Actor
from eservices_core.testing import strategies
from eservices_core.wire import UnreadableWire
from eservices_core.words.identifiers import SessionId, UserId
from eservices_core.words.interval import Interval

CANARY = "canary-0709614606"

# What lies in ledgers for years: a tag, its class, and its members. A line may be added here; one
# that is changed or taken away makes somebody's history unreadable.
EVENTS = {
    "user.created": ("user.UserCreated", "by password"),
    "user.activated": ("user.UserActivated", ""),
    "user.temporary_password_issued": ("user.TemporaryPasswordIssued", "record expires_at"),
    "user.temporary_password_used": ("user.TemporaryPasswordUsed", ""),
    "user.temporary_password_voided": ("user.TemporaryPasswordVoided", ""),
    "user.password_chosen": ("user.PasswordChosen", "record"),
    "user.username_chosen": ("user.UsernameChosen", "by"),
    "user.locked": ("user.UserLocked", ""),
    "user.unlocked": ("user.UserUnlocked", "by evidence"),
    "user.number_moved": ("user.NumberMoved", "by evidence"),
    "user.closed": ("user.UserClosed", "because"),
    "association.approval_asked": ("association.ApprovalAsked", ""),
    "association.begun": ("association.ClinicAssociated", "by"),
    "association.declined": ("association.ApprovalDeclined", "by"),
    "association.ended": ("association.ClinicDissociated", "by"),
    "association.tick_set": ("association.TickSet", "by evidence at"),
    "association.tick_removed": ("association.TickRemoved", "by evidence"),
    "clinics.listed": ("association.ClinicListed", "clinic"),
    "session.begun": ("session.SessionBegun", "user method browser begun_at ends_at"),
    "session.ended": ("session.SessionEnded", ""),
    "guesses.counted": ("guesses.GuessCounted", "purpose at"),
    "guesses.was_right": ("guesses.GuessWasRight", ""),
    "guesses.forgiven": ("guesses.GuessesForgiven", "by evidence"),
    "browsers.remembered": ("browsers.BrowserRemembered", "browser at"),
    "two_factor.code_sent": (
        "two_factor.CodeSent",
        "user browser code_digest expires_at ground tries at",
    ),
    "two_factor.code_tried": ("two_factor.CodeTried", ""),
    "two_factor.code_was_right": ("two_factor.CodeWasRight", ""),
    "two_factor.given_up": ("two_factor.AttemptGivenUp", ""),
    "mitid_attempt.sent": ("mitid_attempt.SentToMitid", "browser memo at"),
    "mitid_attempt.came_back": ("mitid_attempt.CameBackFromMitid", ""),
    "mitid_attempt.sign_up_offered": ("mitid_attempt.SignUpOffered", "identity"),
    "mitid_attempt.sign_up_taken": ("mitid_attempt.SignUpTaken", ""),
    "guardian.numbers_stated": ("guardian.NumbersStated", "child guardian numbers browser at"),
    "guardian.identified": ("guardian.GuardianIdentified", ""),
    "guardian.register_was_silent": ("guardian.RegisterWasSilent", ""),
    "guardian.custody_confirmed": ("guardian.CustodyConfirmed", "version relation"),
    "guardian.used": ("guardian.VerificationUsed", ""),
    "guardian.ended": ("guardian.VerificationEnded", "reason"),
    "children_asked.asked": ("guardian.ChildAsked", "child at"),
    "guardianship.verified": (
        "guardianship.GuardianVerified",
        "guardian numbers version at relation",
    ),
    "guardianship.verified_by_hand": (
        "guardianship.GuardianVerifiedByHand",
        "by basis evidence at until guardian relation",
    ),
    "guardianship.renewed": ("guardianship.CustodyRenewed", "at version relation"),
    "guardianship.ended": ("guardianship.GuardianshipEnded", "because"),
    "address.set": (
        "address.AddressSet",
        "record owner basis by set_at quarantined_until replaced",
    ),
    "address.proved": ("address.AddressProved", "record"),
    "address.stopped": ("address.AddressStopped", "record"),
    "booking.requested": ("life.TimeRequested", "terms at answer_by"),
    "booking.booked_by_staff": ("life.BookedByStaff", "terms by outside mail at"),
    "booking.approved": ("life.BookingApproved", "by mail at"),
    "booking.declined": ("life.BookingDeclined", "by mail"),
    "booking.moved": ("life.BookingMoved", "practitioner interval by answer_by mail"),
    "booking.confirmation_resent": ("life.ConfirmationResent", "mail by"),
    "booking.confirmation_handed_over": ("life.ConfirmationHandedOver", "mail at"),
    "booking.confirmation_ambiguous": ("life.ConfirmationAmbiguous", "mail"),
    "booking.confirmation_failed": ("life.ConfirmationFailed", "mail may_have_arrived"),
    "booking.confirmed": ("life.BookingConfirmed", "proof"),
    "booking.patient_told": ("life.PatientTold", "proof"),
    "booking.cancelled": ("life.BookingCancelled", "how by mail"),
    "booking.expired": ("life.BookingExpired", "mail"),
    "booking.staff_reminded": ("life.StaffReminded", ""),
    "booking.patient_reminded": ("life.PatientReminded", "mail"),
    "booking.attended": ("life.PatientAttended", "by"),
    "booking.missed": ("life.PatientMissed", "by"),
    "booking.conflict_found": ("life.ConflictFound", "kind reference at"),
    "booking.conflict_gone": ("life.ConflictGone", ""),
    "booking.conflict_settled": ("life.ConflictSettled", "by"),
    "booking.calendar_brought_up_to_date": ("life.CalendarBroughtUpToDate", "written"),
    "booking.guest_joined": ("life.GuestJoined", "user by"),
    "patient_bookings.listed": ("lists.BookingListed", "booking"),
    "patient_bookings.ended": ("lists.BookingEnded", "booking"),
    "desk.laid": ("lists.LaidOnDesk", "booking"),
    "desk.taken_off": ("lists.TakenOffDesk", "booking"),
    "guest.code_sent": (
        "guest.CodeSent",
        "clinic address network wish browser code_digest at expires_at tries",
    ),
    "guest.code_sent_again": ("guest.CodeSentAgain", "code_digest at expires_at"),
    "guest.code_tried": ("guest.CodeTried", ""),
    "guest.address_proved": ("guest.AddressProved", "booking"),
    "guest.ended": ("guest.AttemptEnded", ""),
    "guest_attempts.listed": ("guest.AttemptListed", "attempt"),
    "guest_attempts.unlisted": ("guest.AttemptUnlisted", "attempt"),
    "link.code_tried": ("link.CancelCodeTried", "at"),
    "link.code_was_right": ("link.CancelCodeWasRight", ""),
    "journal_entry.written": ("entry.EntryWritten", "terms"),
    "journal_entry.filed": ("entry.EntryFiled", "reference"),
    "journal_entry.refused": ("entry.EntryRefused", ""),
    "journal_entry.moved": ("entry.EntryMoved", "user by outside"),
    "worklist_item.taken": ("holding.ItemTaken", "by at"),
    "worklist_item.taken_over": ("holding.ItemTakenOver", "by before at"),
    "worklist_item.let_go": ("holding.ItemLetGo", "by"),
    "worklist_item.ended": ("holding.HoldingEnded", ""),
    "worklist_item.closed": ("holding.ItemClosed", "by reason at"),
    "watched_mail.watched": ("watched.MailWatched", "user"),
    "watched_mail.ended": ("watched.WatchEnded", "user told"),
    "alarm.raised": ("alarm.AlarmRaised", "at"),
    "alarm.closed": ("alarm.AlarmClosed", "by"),
    "staff.enrolled": ("member.StaffEnrolled", "role begins_at by"),
    "staff.role_changed": ("member.RoleChanged", "role by"),
    "staff.end_set": ("member.EndSet", "ends_at by"),
    "staff.end_lifted": ("member.EndLifted", "by"),
    "staff.left": ("member.StaffLeft", ""),
    "staff_session.begun": ("desk_session.StaffCameIn", "staff ends_at"),
    "staff_session.ended": ("desk_session.StaffLoggedOut", ""),
    "protected_openings.opened": ("opening.ProtectedOpened", "by purpose reason at"),
    "settings.changed": ("settings_life.SettingsChanged", "version record fields"),
    "letter.written": ("states.LetterWritten", "terms entry"),
    "letter.released": ("states.LetterReleased", "at"),
    "letter.not_taken": ("states.LetterNotTaken", "next_try"),
    "letter.ambiguous": ("states.LetterAmbiguous", "next_try"),
    "letter.tried_again": ("states.LetterTriedAgain", "by at"),
    "letter.accepted": ("states.LetterAccepted", "at"),
    "letter.received": ("states.LetterReceived", "at"),
    "letter.delivered": ("states.LetterDelivered", "at"),
    "letter.failed": ("states.LetterFailed", "code at"),
    "letter.withdrawn": ("states.LetterWithdrawn", "because by at"),
    "letter.sent_on_paper": ("states.LetterSentOnPaper", "by at"),
    "conversation.begun": ("life.ConversationBegun", "terms message"),
    "conversation.message_added": ("life.MessageAdded", "message"),
    "conversation.renewal_decided": ("life.RenewalDecided", "decision message"),
    "conversation.message_filed": ("life.MessageFiled", "message at"),
    "conversation.messages_read": ("life.MessagesRead", "messages at"),
    "conversation.message_kept_off": ("life.MessageKeptOff", "message by because"),
    "conversation.message_withdrawn": ("life.MessageWithdrawn", "message by at"),
    "conversation.closed": ("life.ConversationClosed", "by reason at"),
    "conversation.reopened": ("life.ConversationReopened", "by"),
    "conversation.patient_has_left": ("life.PatientHasLeft", ""),
    "conversation.kept": ("life.ConversationKept", "by"),
}
# What events are made of, below their own members; where a part is one of several, its tag.
PARTS = {
    "address.ByClinic": "by evidence",
    "address.ByGuardian": "",
    "address.ByImport": "by",
    "address.ByMitid": "",
    "delivery.Proof": "evidence at by",
    "entry.Source": "kind key part",
    "states.Terms": "clinic user to recipient content files by at",
    "entry.Terms": "clinic user kind source text files at",
    "interval.Interval": "start end",
    "message.Attachment": "data name kind",
    "message.ByClinic": "staff",
    "message.ByPatient": "route urgency",
    "message.Decision": "said message",
    "message.Message": "message author text files at entry filed_at read_at off withdrawn",
    "message.Renewal": "medicine doubt decision",
    "message.Terms": "user clinic topic renewal",
    "message.Withdrawn": "by at",
    "staff.StaffMember": "staff clinic",
    "terms.Conflict": "kind reference found_at",
    "terms.Guest": "address contact",
    "terms.OfUser": "user",
    "terms.OnCard": "person contact",
    "terms.Terms": (
        "patient clinic practitioner type interval comment sequence conflict kept written"
    ),
    "two_factor.Ground": "password address",
}
PART_TAGS = {
    "address.ByClinic": "clinic",
    "address.ByGuardian": "guardian",
    "address.ByImport": "import",
    "address.ByMitid": "mitid",
    "message.ByClinic": "clinic",
    "message.ByPatient": "patient",
    "terms.Guest": "guest",
    "terms.OfUser": "user",
    "terms.OnCard": "card",
}
# Members that were added to events after some were written: they may be missing, and are None then.
ADDED_LATER = {
    "user.number_moved": "by evidence",
    "guesses.forgiven": "by evidence",
    "two_factor.code_sent": "at",
    "guardian.custody_confirmed": "relation",
    "guardianship.verified": "relation",
    "guardianship.verified_by_hand": "guardian relation",
    "guardianship.renewed": "version relation",
}
ACTORS = {
    "user": ("ledger.ByUser", "user"),
    "guardian": ("ledger.ByGuardianPerson", "guardian"),
    "staff": ("ledger.ByStaff", "staff"),
    "nobody_known": ("ledger.ByNobodyKnown", ""),
    "system": ("ledger.BySystem", ""),
}
# The words that events and actors are told in; a word may be added, none changed or taken away.
WORDS = {
    "address.RelativeBasis": "appointed_guardian patient_asked power_of_attorney",
    "email_address.AddressOwner": "guardian own relative shared",
    "guardian.GuardianReason": (
        "answer_about_another dead_or_gone guardian_minor holder_without_number "
        "identity_not_acceptable identity_not_the_stated_one malformed_cpr no_custody "
        "not_in_register not_under_15 protected_person register_silent same_person "
        "too_many_children version_cannot_answer"
    ),
    "cancelling.Cancellation": "by_clinic cancelled late patient_died withdrawn",
    "custody.Relation": (
        "appointed_guardian father father_without_custody mother mother_without_custody "
        "other_holder unknown"
    ),
    "delivery.Evidence": "call handed_over letter no_bounce opened reported_delivered slip",
    "entry.EntryKind": "answer cancellation e_answer enquiry letter renewal",
    "guardianship.ByHandRelation": "appointed_guardian father foster_parent mother other_holder",
    "guardianship.ByHandBasis": (
        "foster_child holder_without_mitid holder_without_number parent_of_15_to_17 "
        "protected_family replacement_number"
    ),
    "guardianship.EndedBecause": (
        "cannot_be_confirmed custody_ended turned_fifteen withdrawn_by_clinic"
    ),
    "guesses.Purpose": "code password prove_address send_code",
    "holding.CloseReason": "handled nothing_to_do notified patient_called",
    "member.Role": "manager practitioner reception support",
    "opening.Purpose": "booking call complaint item result visit",
    "session.Method": "mitid two_factor",
    "staff.IdentityEvidence": (
        "called_back driving_licence known_in_person national_id_card passport residence_card"
    ),
    "states.Because": "death staff",
    "states.To": "chosen patient",
    "message.Doubt": "medicine none",
    "message.FileKind": "application/pdf image/gif image/jpeg image/png",
    "message.OffBecause": "about_others childs_wish risk",
    "message.RenewalDecision": "approved refused",
    "message.Topic": "consultation e_answer renewal",
    "message.Urgency": "usual word_found",
    "states.CloseReason": (
        "dealt_with duplicate no_answer_needed patient_died patient_left withdrawn"
    ),
    "terms.ConflictKind": "changed clash lost",
    "user.ClosedBecause": "by_clinic by_patient death",
    "user.CreatedBy": "clinic guardian patient",
}


def _name(kind: type[Any]) -> str:
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"


def _written(tags: dict[type[Any], str]) -> dict[str, tuple[str, str]]:
    return {
        tag: (_name(kind), " ".join(field.name for field in attrs.fields(kind)))
        for kind, tag in tags.items()
    }


def _words_in(annotation: Any) -> Iterator[type[Enum]]:
    """Give every enumeration that a type speaks with, however deep."""
    for part in get_args(annotation):
        yield from _words_in(part)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield annotation
    elif isinstance(annotation, type) and attrs.has(annotation):
        for field in attrs.fields(annotation):
            yield from _words_in(field.type)


def _parts_in(annotation: Any) -> Iterator[type[Any]]:
    """Give every class that a type is made of, however deep; identifiers are written as texts."""
    for part in get_args(annotation):
        yield from _parts_in(part)
    named = getattr(annotation, "__module__", "").endswith(".identifiers")
    if isinstance(annotation, type) and attrs.has(annotation) and not named:
        yield annotation
        for field in attrs.fields(annotation):
            yield from _parts_in(field.type)


# --- what is written ---------------------------------------------------------------------------


def test_every_tag_is_stable() -> None:
    """Every event and actor has the tag, class and members that it has always had."""
    assert _written(wire.EVENT_TAGS) == EVENTS
    assert _written(wire.ACTOR_TAGS) == ACTORS


def test_every_word_is_stable() -> None:
    """Every enumeration that is written has the words that it has always had."""
    found = {
        _name(words): " ".join(sorted(word.value for word in words))
        for kind in (*wire.EVENT_TAGS, *wire.ACTOR_TAGS)
        for words in _words_in(kind)
    }
    assert found == WORDS


def test_every_part_is_stable() -> None:
    """What events are made of has the members that it has always had, and the tags."""
    found = {
        part
        for kind in wire.EVENT_TAGS
        for field in attrs.fields(kind)
        for part in _parts_in(field.type)
    }
    members = {_name(kind): " ".join(field.name for field in attrs.fields(kind)) for kind in found}
    assert members == PARTS
    unions = {**wire._SET_BY_TAGS, **wire._PATIENT_TAGS, **wire._AUTHOR_TAGS}
    tags = {_name(kind): tag for kind, tag in unions.items()}
    assert tags == PART_TAGS


def test_everything_has_a_tag() -> None:
    """Every class of event and of actor has a tag, and no other class has."""
    assert wire.EVENT_TAGS.keys() == set(get_args(DomainEvent))
    assert wire.ACTOR_TAGS.keys() == set(get_args(Actor))


@pytest.mark.parametrize("kind", get_args(DomainEvent), ids=_name)
def test_every_event_has_its_own_tag(kind: type[Any]) -> None:
    """Whatever an event holds, it lies under its own class's tag and no other's."""

    @given(event=strategies.events_of(kind))
    def check(event: DomainEvent) -> None:
        written = json.loads(wire.dump_event(event))
        tag = written.pop("is")
        assert EVENTS[tag] == (_name(kind), " ".join(written))

    check()


@given(event=strategies.domain_events())
def test_an_event_comes_back(event: DomainEvent) -> None:
    """An event that was written is read as the same event, and is one line."""
    text = wire.dump_event(event)
    again = wire.load_event(text)
    assert again == event
    assert type(again) is type(event)
    assert len(text.splitlines()) == 1
    assert wire.dump_event(again) == text


@given(actor=strategies.actors())
def test_an_actor_comes_back(actor: Actor) -> None:
    """An actor that was written is read as the same actor."""
    again = wire.load_actor(wire.dump_actor(actor))
    assert again == actor
    assert type(again) is type(actor)


@attrs.frozen
class _Answer:
    """An answer as use cases give them: ids, instants, words and parts."""

    user: UserId
    opened: SessionId | None
    method: session.Method
    ends_at: datetime
    parts: tuple[UserId, ...] = ()


@given(
    answer=st.builds(
        _Answer,
        user=strategies.identifiers(UserId),
        opened=st.none() | strategies.identifiers(SessionId),
        method=st.sampled_from(session.Method),
        ends_at=strategies.instants(),
        parts=st.lists(strategies.identifiers(UserId)).map(tuple),
    )
)
def test_an_answer_comes_back(answer: _Answer) -> None:
    """An answer that was written is read as the same answer."""
    assert wire.load(wire.dump(answer), _Answer) == answer


def test_members_may_come_in_any_order() -> None:
    """What was written by another hand, with blanks and in another order, is read."""
    text = ' {"expires_at" : "2027-03-28T01:00:00+01:00",\n"record": "r", "is":'
    event = wire.load_event(f'{text} "user.temporary_password_issued"}} ')
    assert isinstance(event, user.TemporaryPasswordIssued)
    assert event.expires_at == datetime(2027, 3, 28, tzinfo=UTC)


# --- what is not read --------------------------------------------------------------------------


def _assert_unreadable(text: str) -> None:
    """The text is refused, and nothing that is shown of the refusal holds any of it."""
    for load in (wire.load_event, wire.load_actor):
        with pytest.raises(UnreadableWire) as refused:
            _ = load(text)
        error = refused.value
        shown = "".join(traceback.format_exception(error))
        for said in (str(error), repr(error), repr(error.args), repr(vars(error)), shown):
            assert "canary" not in said


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just(CANARY)
    | st.sampled_from([*EVENTS, *ACTORS, "is"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["is", "by", "at", "user"]), inner, max_size=4)
    ),
    max_leaves=10,
)

UNREADABLE = {
    "nothing": "",
    "blanks": "  ",
    "no JSON": f"{{{CANARY}",
    "half a text": '{"is":"user.activated"',
    "two texts": '{"is":"user.activated"}{"is":"user.activated"}',
    "half of a surrogate pair": "\ud800" + CANARY,
    "a long integer": "1" * 100_000,
    "deep lists": "[" * 100_000,
    "deep objects": '{"a":' * 100_000,
    "deep members": '{"is":"user.created","by":' + "[" * 100_000,
    "null": "null",
    "a text": f'"{CANARY}"',
    "a list": f'["{CANARY}"]',
    "an empty object": "{}",
    "no tag": f'{{"by":"{CANARY}"}}',
    "a null tag": '{"is":null}',
    "a tag that is a list": f'{{"is":["{CANARY}"]}}',
    "an unknown tag": f'{{"is":"{CANARY}"}}',
    "a class instead of a tag": '{"is":"UserActivated"}',
    "a tag in another case": '{"is":"User.Activated"}',
    "a member too many": f'{{"is":"user.activated","{CANARY}":"{CANARY}"}}',
    "a member too few": '{"is":"user.created","by":"clinic"}',
    "an unknown word": f'{{"is":"user.closed","because":"{CANARY}"}}',
    "an identifier that is none": f'{{"is":"user.password_chosen","record":"{CANARY} "}}',
    "an instant that is none": f'{{"is":"guardianship.renewed","at":"{CANARY}"}}',
    "an instant without offset": '{"is":"guardianship.renewed","at":"2027-03-28T00:00:00"}',
    "an instant as a number": '{"is":"guardianship.renewed","at":1805328000}',
    "another part": f'{{"is":"association.ended","by":{{"staff":"s","{CANARY}":"c"}}}}',
    "a part too many": (
        f'{{"is":"association.ended","by":{{"staff":"s","clinic":"c","{CANARY}":1}}}}'
    ),
    "an actor's part too many": f'{{"is":"user","user":"u","{CANARY}":"{CANARY}"}}',
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_was_never_written_is_unreadable(text: str) -> None:
    """What this version does not write is refused as a whole, and never repeated (D-LOG-1)."""
    _assert_unreadable(text)


@given(text=st.text())
def test_no_text_is_read_by_chance(text: str) -> None:
    """Any text is refused, and nothing else is ever raised."""
    _assert_unreadable(text)


@given(value=JSON)
def test_no_json_is_read_by_chance(value: object) -> None:
    """Any JSON is refused or read as what it is, and nothing else is ever raised."""
    text = json.dumps(value)
    with suppress(UnreadableWire):
        assert json.loads(wire.dump_event(wire.load_event(text))) == value
    with suppress(UnreadableWire):
        assert json.loads(wire.dump_actor(wire.load_actor(text))) == value


@given(event=strategies.domain_events(), name=st.text(), value=JSON)
def test_an_extra_member_is_unreadable(event: DomainEvent, name: str, value: object) -> None:
    """An event with a member more than this version knows is refused."""
    members = json.loads(wire.dump_event(event))
    if name in members:
        name += "_more"
    with pytest.raises(UnreadableWire):
        _ = wire.load_event(json.dumps({**members, name: value}))


@given(event=strategies.domain_events(), data=st.data())
def test_a_missing_member_is_unreadable(event: DomainEvent, data: st.DataObject) -> None:
    """An event without a member that it has always had is refused."""
    members = json.loads(wire.dump_event(event))
    later = ADDED_LATER.get(members["is"], "").split()
    del members[data.draw(st.sampled_from(sorted(members.keys() - set(later))))]
    with pytest.raises(UnreadableWire):
        _ = wire.load_event(json.dumps(members))


@pytest.mark.parametrize("tag", ADDED_LATER)
def test_what_was_written_before_a_member_was_added_is_read(tag: str) -> None:
    """D-KEEP-1: an event from before a member was thought of has None there, and all the rest."""
    (kind,) = (kind for kind, its in wire.EVENT_TAGS.items() if its == tag)

    @given(event=strategies.events_of(kind))
    def check(event: DomainEvent) -> None:
        members = json.loads(wire.dump_event(event))
        for name in ADDED_LATER[tag].split():
            del members[name]
        read = json.loads(wire.dump_event(wire.load_event(json.dumps(members))))
        assert read == {**members, **dict.fromkeys(ADDED_LATER[tag].split())}

    check()


@given(event=strategies.domain_events(), value=JSON, data=st.data())
def test_a_member_of_another_type_is_unreadable(
    event: DomainEvent, value: object, data: st.DataObject
) -> None:
    """An event in which a member is another kind of JSON is refused, not made to fit."""
    members = json.loads(wire.dump_event(event))
    name = data.draw(st.sampled_from(sorted(members)))
    replaced = json.dumps({**members, name: value})
    try:
        read = wire.load_event(replaced)
    except UnreadableWire:
        return
    assert json.loads(wire.dump_event(read)) == json.loads(replaced)


CODE_SENT = {
    "is": "two_factor.code_sent",
    "user": "u",
    "browser": "b",
    "code_digest": "d",
    "expires_at": "2027-03-28T00:00:00+00:00",
    "ground": {"password": "p", "address": "a"},
    "tries": 3,
}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("tries", "1e999"),
        ("tries", "Infinity"),
        ("tries", "NaN"),
        ("tries", "3.5"),
        ("tries", '"3"'),
        ("tries", "true"),
        ("tries", "null"),
        ("tries", "[3]"),
        ("code_digest", "3"),
        ("code_digest", "null"),
        ("code_digest", "true"),
        ("code_digest", '["d"]'),
        ("user", "3"),
        ("expires_at", "true"),
    ],
)
def test_nothing_is_made_to_fit(name: str, written: str) -> None:
    """A number is a number and a text a text: what was not written so is refused."""
    text = json.dumps({**CODE_SENT, name: "here"}).replace('"here"', written)
    _assert_unreadable(text)


TERMS = {
    "patient": {"is": "user", "user": "u"},
    "clinic": "c",
    "practitioner": "p",
    "type": "t",
    "interval": {"start": 10, "end": 20},
    "comment": None,
    "sequence": 0,
    "conflict": None,
    "kept": None,
    "written": None,
}
BOOKED = {
    "is": "booking.booked_by_staff",
    "terms": TERMS,
    "by": {"staff": "s", "clinic": "c"},
    "outside": ["too_many_open"],
    "mail": None,
    "at": "2027-03-28T00:00:00+00:00",
}


def test_a_booking_is_written_as_it_always_was() -> None:
    """D-BOOK-11: a booking by staff is read from the text that lies in ledgers."""
    event = wire.load_event(json.dumps(BOOKED))
    assert isinstance(event, life.BookedByStaff)
    assert event.terms.interval == Interval(10, 20)
    assert event.outside == ("too_many_open",)
    assert json.loads(wire.dump_event(event)) == BOOKED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outside", "too_many_open"),
        ("outside", {"too_many_open": 1}),
        ("outside", [1]),
        ("outside", None),
        ("mail", 1),
        ("terms", {**TERMS, "interval": {"start": 20, "end": 20}}),
        ("terms", {**TERMS, "interval": {"start": 10.5, "end": 20}}),
        ("terms", {**TERMS, "interval": [10, 20]}),
        ("terms", {**TERMS, "sequence": True}),
        ("terms", {**TERMS, "patient": {"user": "u"}}),
        ("terms", {**TERMS, "patient": {"is": "nobody", "user": "u"}}),
        ("terms", {**TERMS, "patient": {"is": "card", "user": "u"}}),
        ("terms", {**TERMS, "more": 1}),
        ("terms", "u"),
    ],
)
def test_no_booking_is_made_to_fit(name: str, value: object) -> None:
    """A booking that was never written so is refused, however near it comes."""
    _assert_unreadable(json.dumps({**BOOKED, name: value}))


@pytest.mark.parametrize("text", ['[["is","user.activated"]]', '[["is","system"]]'])
def test_pairs_are_no_object(text: str) -> None:
    """A list of pairs is not an object, though it could be made into one."""
    _assert_unreadable(text)


@pytest.mark.parametrize("text", [CANARY, f'{{"is":"user.closed","because":"{CANARY}"}}'])
def test_no_error_behind_the_error_holds_it(text: str) -> None:
    """The refusal brings no other error along, from which a logger could read the text."""
    with pytest.raises(UnreadableWire) as refused:
        _ = wire.load_event(text)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
