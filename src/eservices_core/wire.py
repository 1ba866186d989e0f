"""The wire: events, actors and answers to JSON and back.

Here: one converter, built when it is first used, and the tags, written out one by one: a tag is
what lies in ledgers for years, so renaming a class must not rename it. Not here: numbers,
addresses and secrets, which never lie in an event; an answer holds ids and codes only.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Final, TypeVar, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

from eservices_core.access import (
    address,
    association,
    browsers,
    guardian,
    guardianship,
    guesses,
    mitid_attempt,
    session,
    two_factor,
    user,
)
from eservices_core.booking import guest, life, link, lists, terms
from eservices_core.clinic import settings_life
from eservices_core.consultation import life as conversation
from eservices_core.consultation import message as conversation_message
from eservices_core.events import DomainEvent
from eservices_core.journal import entry
from eservices_core.outcome import Failure
from eservices_core.ports import ledger
from eservices_core.post import states as letters
from eservices_core.staffing import alarm, desk_session, member, opening
from eservices_core.words import identifiers
from eservices_core.words.clinic_time import parse_date, parse_instant
from eservices_core.worklist import holding, watched

T = TypeVar("T")

EVENT_TAGS: Final[dict[type[Any], str]] = {
    user.UserCreated: "user.created",
    user.UserActivated: "user.activated",
    user.TemporaryPasswordIssued: "user.temporary_password_issued",
    user.TemporaryPasswordUsed: "user.temporary_password_used",
    user.TemporaryPasswordVoided: "user.temporary_password_voided",
    user.PasswordChosen: "user.password_chosen",
    user.UsernameChosen: "user.username_chosen",
    user.UserLocked: "user.locked",
    user.UserUnlocked: "user.unlocked",
    user.NumberMoved: "user.number_moved",
    user.UserClosed: "user.closed",
    association.ApprovalAsked: "association.approval_asked",
    association.ClinicAssociated: "association.begun",
    association.ApprovalDeclined: "association.declined",
    association.ClinicDissociated: "association.ended",
    association.TickSet: "association.tick_set",
    association.TickRemoved: "association.tick_removed",
    association.ClinicListed: "clinics.listed",
    session.SessionBegun: "session.begun",
    session.SessionEnded: "session.ended",
    guesses.GuessCounted: "guesses.counted",
    guesses.GuessWasRight: "guesses.was_right",
    guesses.GuessesForgiven: "guesses.forgiven",
    browsers.BrowserRemembered: "browsers.remembered",
    two_factor.CodeSent: "two_factor.code_sent",
    two_factor.CodeTried: "two_factor.code_tried",
    two_factor.CodeWasRight: "two_factor.code_was_right",
    two_factor.AttemptGivenUp: "two_factor.given_up",
    mitid_attempt.SentToMitid: "mitid_attempt.sent",
    mitid_attempt.CameBackFromMitid: "mitid_attempt.came_back",
    mitid_attempt.SignUpOffered: "mitid_attempt.sign_up_offered",
    mitid_attempt.SignUpTaken: "mitid_attempt.sign_up_taken",
    guardian.NumbersStated: "guardian.numbers_stated",
    guardian.GuardianIdentified: "guardian.identified",
    guardian.RegisterWasSilent: "guardian.register_was_silent",
    guardian.CustodyConfirmed: "guardian.custody_confirmed",
    guardian.VerificationUsed: "guardian.used",
    guardian.VerificationEnded: "guardian.ended",
    guardian.ChildAsked: "children_asked.asked",
    guardianship.GuardianVerified: "guardianship.verified",
    guardianship.GuardianVerifiedByHand: "guardianship.verified_by_hand",
    guardianship.CustodyRenewed: "guardianship.renewed",
    guardianship.GuardianshipEnded: "guardianship.ended",
    address.AddressSet: "address.set",
    address.AddressProved: "address.proved",
    address.AddressStopped: "address.stopped",
    life.TimeRequested: "booking.requested",
    life.BookedByStaff: "booking.booked_by_staff",
    life.BookingApproved: "booking.approved",
    life.BookingDeclined: "booking.declined",
    life.BookingMoved: "booking.moved",
    life.ConfirmationResent: "booking.confirmation_resent",
    life.ConfirmationHandedOver: "booking.confirmation_handed_over",
    life.ConfirmationAmbiguous: "booking.confirmation_ambiguous",
    life.ConfirmationFailed: "booking.confirmation_failed",
    life.BookingConfirmed: "booking.confirmed",
    life.PatientTold: "booking.patient_told",
    life.BookingCancelled: "booking.cancelled",
    life.BookingExpired: "booking.expired",
    life.StaffReminded: "booking.staff_reminded",
    life.PatientReminded: "booking.patient_reminded",
    life.PatientAttended: "booking.attended",
    life.PatientMissed: "booking.missed",
    life.ConflictFound: "booking.conflict_found",
    life.ConflictGone: "booking.conflict_gone",
    life.ConflictSettled: "booking.conflict_settled",
    life.CalendarBroughtUpToDate: "booking.calendar_brought_up_to_date",
    life.GuestJoined: "booking.guest_joined",
    lists.BookingListed: "patient_bookings.listed",
    lists.BookingEnded: "patient_bookings.ended",
    lists.LaidOnDesk: "desk.laid",
    lists.TakenOffDesk: "desk.taken_off",
    guest.CodeSent: "guest.code_sent",
    guest.CodeSentAgain: "guest.code_sent_again",
    guest.CodeTried: "guest.code_tried",
    guest.AddressProved: "guest.address_proved",
    guest.AttemptEnded: "guest.ended",
    guest.AttemptListed: "guest_attempts.listed",
    guest.AttemptUnlisted: "guest_attempts.unlisted",
    link.CancelCodeTried: "link.code_tried",
    link.CancelCodeWasRight: "link.code_was_right",
    entry.EntryWritten: "journal_entry.written",
    entry.EntryFiled: "journal_entry.filed",
    entry.EntryRefused: "journal_entry.refused",
    entry.EntryMoved: "journal_entry.moved",
    holding.ItemTaken: "worklist_item.taken",
    holding.ItemTakenOver: "worklist_item.taken_over",
    holding.ItemLetGo: "worklist_item.let_go",
    holding.HoldingEnded: "worklist_item.ended",
    holding.ItemClosed: "worklist_item.closed",
    watched.MailWatched: "watched_mail.watched",
    watched.WatchEnded: "watched_mail.ended",
    member.StaffEnrolled: "staff.enrolled",
    member.RoleChanged: "staff.role_changed",
    member.EndSet: "staff.end_set",
    member.EndLifted: "staff.end_lifted",
    member.StaffLeft: "staff.left",
    alarm.AlarmRaised: "alarm.raised",
    alarm.AlarmClosed: "alarm.closed",
    desk_session.StaffCameIn: "staff_session.begun",
    desk_session.StaffLoggedOut: "staff_session.ended",
    opening.ProtectedOpened: "protected_openings.opened",
    settings_life.SettingsChanged: "settings.changed",
    letters.LetterWritten: "letter.written",
    letters.LetterReleased: "letter.released",
    letters.LetterNotTaken: "letter.not_taken",
    letters.LetterAmbiguous: "letter.ambiguous",
    letters.LetterTriedAgain: "letter.tried_again",
    letters.LetterAccepted: "letter.accepted",
    letters.LetterReceived: "letter.received",
    letters.LetterDelivered: "letter.delivered",
    letters.LetterFailed: "letter.failed",
    letters.LetterWithdrawn: "letter.withdrawn",
    letters.LetterSentOnPaper: "letter.sent_on_paper",
    conversation.ConversationBegun: "conversation.begun",
    conversation.MessageAdded: "conversation.message_added",
    conversation.RenewalDecided: "conversation.renewal_decided",
    conversation.MessageFiled: "conversation.message_filed",
    conversation.MessagesRead: "conversation.messages_read",
    conversation.MessageKeptOff: "conversation.message_kept_off",
    conversation.MessageWithdrawn: "conversation.message_withdrawn",
    conversation.ConversationClosed: "conversation.closed",
    conversation.ConversationReopened: "conversation.reopened",
    conversation.PatientHasLeft: "conversation.patient_has_left",
    conversation.ConversationKept: "conversation.kept",
}

ACTOR_TAGS: Final[dict[type[Any], str]] = {
    ledger.ByUser: "user",
    ledger.ByGuardianPerson: "guardian",
    ledger.ByStaff: "staff",
    ledger.ByNobodyKnown: "nobody_known",
    ledger.BySystem: "system",
}

_SET_BY_TAGS: Final[dict[type[Any], str]] = {
    address.ByMitid: "mitid",
    address.ByGuardian: "guardian",
    address.ByClinic: "clinic",
    address.ByImport: "import",
}

_PATIENT_TAGS: Final[dict[type[Any], str]] = {
    terms.OfUser: "user",
    terms.OnCard: "card",
    terms.Guest: "guest",
}

_AUTHOR_TAGS: Final[dict[type[Any], str]] = {
    conversation_message.ByPatient: "patient",
    conversation_message.ByClinic: "clinic",
}

_IDENTIFIERS: Final = (
    identifiers.ClinicId,
    identifiers.StaffId,
    identifiers.UserId,
    identifiers.AttemptId,
    identifiers.SessionId,
    identifiers.BrowserId,
    identifiers.ContentId,
    identifiers.MailId,
    identifiers.Pseudonym,
    identifiers.PractitionerId,
    identifiers.TypeId,
    identifiers.BookingId,
    identifiers.ConversationId,
    identifiers.MessageId,
    identifiers.LetterId,
    identifiers.EntryId,
)


class UnreadableWire(Exception):  # noqa: N818  said in the words of this house
    """What was to be read is not what was written; the message holds none of it."""


@attrs.frozen
class _Event:
    event: DomainEvent


@attrs.frozen
class _Actor:
    actor: ledger.Actor


def dump_event(event: DomainEvent) -> str:
    """Write an event as one line of JSON, with its tag."""
    return _write(_converter().unstructure(_Event(event))["event"])


def load_event(text: str) -> DomainEvent:
    """Read an event back; raises UnreadableWire."""
    try:
        return _read({"event": _parse(text)}, _Event).event
    finally:
        del text  # a traceback may show local names


def dump_actor(actor: ledger.Actor) -> str:
    """Write an actor as one line of JSON."""
    return _write(_converter().unstructure(_Actor(actor))["actor"])


def load_actor(text: str) -> ledger.Actor:
    """Read an actor back; raises UnreadableWire."""
    try:
        return _read({"actor": _parse(text)}, _Actor).actor
    finally:
        del text  # a traceback may show local names


def dump(value: attrs.AttrsInstance) -> str:
    """Write an answer (a frozen class of ids, enums and instants) as one line of JSON."""
    return _write(_converter().unstructure(value))


def load(text: str, kind: type[T]) -> T:
    """Read an answer back; raises UnreadableWire."""
    try:
        return _read(_parse(text), kind)
    finally:
        del text  # a traceback may show local names


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# The errors of parser and converter hold the text. So ours are raised outside their handlers:
# they must not stand behind ours either, where a logger could find them, and neither must the text
# be among the local names that a traceback shows.


def _parse(text: str) -> Any:  # noqa: ANN401  what JSON gives is checked by the converter
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    del text
    msg = "not JSON"
    raise UnreadableWire(msg)


def _read(value: object, kind: type[T]) -> T:
    try:
        return _converter().structure(value, kind)
    except (
        AssertionError,  # a value that no class of ours can have
        AttributeError,
        BaseValidationError,
        ForbiddenExtraKeysError,
        LookupError,
        TypeError,
        UnreadableWire,
        ValueError,
    ):
        pass
    del value
    msg = f"not a {kind.__name__.lstrip('_').lower()} as this version writes them"
    raise UnreadableWire(msg)


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=False)
    for identifier in _IDENTIFIERS:
        converter.register_unstructure_hook(identifier, str)
        converter.register_structure_hook(identifier, lambda value, kind: kind(value))
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_structure_hook(date, _read_day)
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, _read_instant)
    for plain in (bool, int, str):
        converter.register_structure_hook(plain, _read_plain)
    _ = converter.register_structure_hook_factory(_is_list, partial(_list_reader, converter))
    _tag(converter, DomainEvent, EVENT_TAGS)
    _tag(converter, ledger.Actor, ACTOR_TAGS)
    _tag(converter, address.SetBy, _SET_BY_TAGS)
    _tag(converter, terms.Patient, _PATIENT_TAGS)
    _tag(converter, conversation_message.Author, _AUTHOR_TAGS)
    return converter


def _read_plain(value: object, kind: type[T]) -> T:
    """Read a number as a number and a text as a text; nothing is made to fit."""
    if type(value) is not kind:
        raise UnreadableWire
    return value


def _is_list(kind: object) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[-1] is Ellipsis


def _list_reader(converter: Converter, kind: object) -> Callable[[object, object], object]:
    """Read a list as a list: a text is no list of letters, an object none of names."""
    element = get_args(kind)[0]

    def structure(value: object, _: object) -> object:
        if not isinstance(value, list):
            raise UnreadableWire
        each_of = cast("list[object]", value)
        return tuple(converter.structure(each, element) for each in each_of)

    return structure


def _read_day(value: object, _: object) -> date:
    day = parse_date(value)
    if isinstance(day, Failure):
        raise UnreadableWire
    return day.unwrap()


def _read_instant(value: object, _: object) -> datetime:
    instant = parse_instant(value)
    if isinstance(instant, Failure):
        raise UnreadableWire
    return instant.unwrap()


def _tag(converter: Converter, union: Any, tags: dict[type[Any], str]) -> None:  # noqa: ANN401  any union
    """Write members of a union with their tag, under `is`; read them by it."""
    kinds = {tag: kind for kind, tag in tags.items()}
    assert len(kinds) == len(tags), "no two members share a tag"

    def unstructure(value: object) -> dict[str, object]:
        return {"is": tags[type(value)], **converter.unstructure(value)}

    def structure(value: object, _: object) -> object:
        if not isinstance(value, dict):
            raise UnreadableWire
        members = dict(cast("dict[str, object]", value))
        return converter.structure(members, kinds[str(members.pop("is"))])

    converter.register_unstructure_hook(union, unstructure)
    converter.register_structure_hook(union, structure)
