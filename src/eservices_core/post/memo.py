"""A MeMo message as a value, with the rules that no schema holds (D-POST-3).

MeMo is the format of Danish digital post, versions 1.1 and 1.2. A clinic is a private sender, so
what it may never say cannot be said here: a message is neither mandatory nor a legal notification,
never a NemSMS, and has no place for anybody's e-mail address (S-MAIL-2: no organizerMail, no EMail,
no ContactPoint). Here: values, and all that is wrong with one, named by its field and never by what
stood there (faults: 169). Not here: XML (`eservices_adapters.mitdk.memo_writer`).

Sources: MeMo 1.1 schema, the examples of 1.2, and the validation of September 2025.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import Enum, unique
from typing import Final, Protocol, TypeAlias

from attrs import field, frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber, CivilNumberKind

TEXT_MAX: Final = 256
NOTIFICATION_MAX: Final = 150
URL_MAX: Final = 256
BYTES_MAX: Final = 99_500_000
"""All files together; the largest that a contact point was seen to take."""
FILES_MAX: Final = 99


class Readable(Protocol):
    """Bytes to be read once."""

    def read(self, size: int, /) -> bytes:
        """Give at most `size` bytes; none at the end."""
        ...


@unique
class IdType(Enum):
    """What a party is known by; there is no third since MeMo 1.1."""

    CPR = "CPR"
    CVR = "CVR"


@frozen
class Sender:
    """The clinic: its CVR number, and the name that the recipient reads."""

    cvr: str
    label: str


@frozen
class Recipient:
    """A person by CPR number, or a company by CVR number."""

    id_type: IdType
    id: str = field(repr=False)
    label: str | None = field(default=None, repr=False)


@frozen
class File:
    """One file of a document.

    Attributes:
        media_type: `application/pdf` or `text/plain`.
        size: in bytes; `open` gives as many, anew each time.
        language: two letters.
    """

    name: str = field(repr=False)
    media_type: str
    size: int
    open: Callable[[], Readable] = field(repr=False, eq=False)
    language: str = "da"


@frozen
class Reservation:
    """The appointment that a letter tells of; who calls has no address here."""

    uuid: str
    description: str = field(repr=False)
    abstract: str = field(repr=False)
    location: str = field(repr=False)
    starts_at: datetime
    ends_at: datetime
    organizer: str | None = None


@unique
class ActionCode(Enum):
    """What a button in the mailbox is for, as far as a clinic has one."""

    APPOINTMENT = "AFTALE"
    INFORMATION = "INFORMATION"
    SELF_SERVICE = "SELVBETJENING"


@frozen
class Action:
    """A button: an appointment has a reservation, all others a link."""

    label: str = field(repr=False)
    code: ActionCode
    reservation: Reservation | None = None
    url: str | None = field(default=None, repr=False)


@frozen
class Document:
    """The letter itself, or something that goes with it."""

    files: tuple[File, ...]
    label: str | None = field(default=None, repr=False)
    actions: tuple[Action, ...] = ()


@frozen(kw_only=True)
class Draft:
    """A message that nobody has looked at.

    Attributes:
        uuid: the message's own, version 4; the same at every attempt.
        created_at: an aware instant.
        label: the title in the mailbox.
        notification: what the recipient is told by mail or SMS; None for the solution's own words.
        not_before: the first day on which it may be delivered.
    """

    uuid: str
    created_at: datetime
    label: str = field(repr=False)
    sender: Sender
    recipient: Recipient
    main: Document
    more: tuple[Document, ...] = ()
    notification: str | None = field(default=None, repr=False)
    not_before: date | None = None

    @property
    def files(self) -> tuple[File, ...]:
        """Every file of it."""
        return tuple(file for document in (self.main, *self.more) for file in document.files)


@unique
class MemoDefect(Enum):
    """What is wrong with a field; it never holds what stood there."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    """A character that XML cannot hold, or one that breaks or ends the line."""
    NOT_UUID4 = "not_uuid4"
    NOT_INSTANT = "not_instant"
    """A time without its offset, or of a year in which nobody writes letters."""
    NOT_CPR = "not_cpr"
    """No CPR number that the CPR office issued."""
    NOT_CVR = "not_cvr"
    """Not eight digits."""
    FORBIDDEN_NAME = "forbidden_name"
    """A file name with a character that digital post refuses, or that leads elsewhere."""
    NOT_HTTPS = "not_https"
    NOT_LANGUAGE = "not_language"
    NOT_MEDIA_TYPE = "not_media_type"
    """Neither PDF nor plain text, or a name that ends otherwise."""
    ENDS_FIRST = "ends_first"
    NO_FILE = "no_file"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    NO_RESERVATION = "no_reservation"
    """An appointment without its time."""
    NOT_AN_APPOINTMENT = "not_an_appointment"
    """A reservation under another code, or beside a link."""


@frozen
class MemoFault:
    """One thing that is wrong: where, as `main.files[0].name`, and what."""

    field: str
    why: MemoDefect


@frozen
class Limits:
    """The most that one message holds: bytes of all files together, and files."""

    size: int = BYTES_MAX
    files: int = FILES_MAX


Faults: TypeAlias = Iterator[MemoFault]


@frozen
class Memo:
    """A message that keeps the rules; made by `checked`, and an assertion otherwise."""

    draft: Draft

    def __attrs_post_init__(self) -> None:
        assert next(_faults(self.draft, Limits()), None) is None, "a message keeps the rules"


def checked(draft: Draft, limits: Limits | None = None) -> Outcome[Memo, tuple[MemoFault, ...]]:
    """Look at every field, and name all that is wrong, in the order of the message."""
    faults = tuple(_faults(draft, limits or Limits()))
    return Failure(faults) if faults else Success(Memo(draft))


_UUID4: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
_CVR: Final = re.compile(r"[0-9]{8}", re.ASCII)
_CPR: Final = re.compile(r"[0-9]{10}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[a-z]{2}", re.ASCII)
_URL: Final = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
    r"(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?",
    re.ASCII,
)
# XML 1.0 holds no other characters; U+2028, U+2029 and U+0085 end a line for some readers.
_NOT_IN_LINE: Final = re.compile(
    "[^\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NOT_IN_TEXT: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_NAME: Final = re.compile(
    '[<>:"/\\\\|?*\u0000-\u001f\u007f-\u00a0\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]'
)
_YEARS: Final = (1900, 2199)
_ENDINGS: Final = {"application/pdf": ".pdf", "text/plain": ".txt"}


def is_text(text: str) -> bool:
    """Whether XML can hold every character of a text of several lines."""
    return _NOT_IN_TEXT.search(text) is None


def _faults(draft: Draft, limits: Limits) -> Faults:
    if not _UUID4.fullmatch(draft.uuid):
        yield MemoFault("uuid", MemoDefect.NOT_UUID4)
    yield from _line("label", draft.label)
    if draft.notification is not None:
        yield from _line("notification", draft.notification, NOTIFICATION_MAX)
    yield from _parties(draft)
    yield from _instant("created_at", draft.created_at)
    for place, document in _documents(draft):
        yield from _document(place, document)
    if len(draft.files) > limits.files:
        yield MemoFault("files", MemoDefect.TOO_MANY)
    if sum(file.size for file in draft.files) > limits.size:
        yield MemoFault("files", MemoDefect.TOO_LARGE)


def _documents(draft: Draft) -> Iterator[tuple[str, Document]]:
    yield "main", draft.main
    for place, document in enumerate(draft.more):
        yield f"more[{place}]", document


def _parties(draft: Draft) -> Faults:
    if not _CVR.fullmatch(draft.sender.cvr):
        yield MemoFault("sender.cvr", MemoDefect.NOT_CVR)
    yield from _line("sender.label", draft.sender.label)
    recipient = draft.recipient
    if recipient.id_type is IdType.CPR and not _is_cpr(recipient.id):
        yield MemoFault("recipient.id", MemoDefect.NOT_CPR)
    if recipient.id_type is IdType.CVR and not _CVR.fullmatch(recipient.id):
        yield MemoFault("recipient.id", MemoDefect.NOT_CVR)
    if recipient.label is not None:
        yield from _line("recipient.label", recipient.label)


def _is_cpr(text: str) -> bool:
    parsed = CivilNumber.parse(text)
    if not _CPR.fullmatch(text) or isinstance(parsed, Failure):
        return False
    return parsed.unwrap().kind is CivilNumberKind.CPR


def _document(place: str, document: Document) -> Faults:
    if document.label is not None:
        yield from _line(f"{place}.label", document.label)
    if not document.files:
        yield MemoFault(f"{place}.files", MemoDefect.NO_FILE)
    for number, file in enumerate(document.files):
        yield from _file(f"{place}.files[{number}]", file)
    for number, action in enumerate(document.actions):
        yield from _action(f"{place}.actions[{number}]", action)


def _file(place: str, file: File) -> Faults:
    yield from _name(f"{place}.name", file.name)
    ending = _ENDINGS.get(file.media_type)
    if ending is None or not file.name.lower().endswith(ending):
        yield MemoFault(f"{place}.media_type", MemoDefect.NOT_MEDIA_TYPE)
    if not _LANGUAGE.fullmatch(file.language):
        yield MemoFault(f"{place}.language", MemoDefect.NOT_LANGUAGE)
    if file.size < 1:
        yield MemoFault(f"{place}.size", MemoDefect.EMPTY)


def _name(place: str, name: str) -> Faults:
    yield from _line(place, name)
    hidden = name.startswith(".") or name != name.strip() or name.endswith(".")
    if _NOT_IN_NAME.search(name) or hidden:
        yield MemoFault(place, MemoDefect.FORBIDDEN_NAME)


def _action(place: str, action: Action) -> Faults:
    yield from _line(f"{place}.label", action.label)
    is_appointment = action.code is ActionCode.APPOINTMENT
    if is_appointment and action.reservation is None:
        yield MemoFault(f"{place}.reservation", MemoDefect.NO_RESERVATION)
    if action.reservation is not None:
        if not is_appointment or action.url is not None:
            yield MemoFault(f"{place}.reservation", MemoDefect.NOT_AN_APPOINTMENT)
        yield from _reservation(f"{place}.reservation", action.reservation)
    if action.url is None and not is_appointment:
        yield MemoFault(f"{place}.url", MemoDefect.EMPTY)
    if action.url is not None and len(action.url) > URL_MAX:
        yield MemoFault(f"{place}.url", MemoDefect.TOO_LONG)
    elif action.url is not None and not _URL.fullmatch(action.url):
        yield MemoFault(f"{place}.url", MemoDefect.NOT_HTTPS)


def _reservation(place: str, reservation: Reservation) -> Faults:
    if not _UUID4.fullmatch(reservation.uuid):
        yield MemoFault(f"{place}.uuid", MemoDefect.NOT_UUID4)
    yield from _line(f"{place}.description", reservation.description)
    yield from _line(f"{place}.abstract", reservation.abstract)
    yield from _line(f"{place}.location", reservation.location)
    if reservation.organizer is not None:
        yield from _line(f"{place}.organizer", reservation.organizer)
    naive = [
        *_instant(f"{place}.starts_at", reservation.starts_at),
        *_instant(f"{place}.ends_at", reservation.ends_at),
    ]
    yield from naive
    # Two times of one zone are subtracted by their faces, which one night in October shows twice.
    if not naive and _utc(reservation.ends_at) <= _utc(reservation.starts_at):
        yield MemoFault(f"{place}.ends_at", MemoDefect.ENDS_FIRST)


def _instant(place: str, at: datetime) -> Faults:
    if at.utcoffset() is None or not _YEARS[0] <= at.year <= _YEARS[1]:
        yield MemoFault(place, MemoDefect.NOT_INSTANT)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _line(place: str, text: str, longest: int = TEXT_MAX) -> Faults:
    if not text.strip():
        yield MemoFault(place, MemoDefect.EMPTY)
    if len(text) > longest:
        yield MemoFault(place, MemoDefect.TOO_LONG)
    if _NOT_IN_LINE.search(text):
        yield MemoFault(place, MemoDefect.NOT_TEXT)
