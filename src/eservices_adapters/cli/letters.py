"""A letter that somebody has written down: TOML and a PDF in, a message or one line of why not out.

Here: which members a letter has, and how what is wrong is said. Not here: what a message must be
(`post.memo`). A CPR number stands in such a file, so nothing of it is ever repeated (D-LOG-1).
"""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from eservices_adapters.cli.documents import open_file, read_document
from eservices_adapters.cli.says import BadInput, harmless
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.mitdk.memo_writer import FileChanged, MemoVersion, Writable, write_memo
from eservices_core.outcome import Failure
from eservices_core.post.content import PDF, is_pdf
from eservices_core.post.memo import (
    Action,
    ActionCode,
    Document,
    Draft,
    File,
    IdType,
    Memo,
    MemoDefect,
    Recipient,
    Reservation,
    Sender,
    checked,
)

_LETTER: Final = "LETTER.toml"
_FILE_NAME: Final = "brev.pdf"
_HEAD: Final = 5
_TAIL: Final = 1024

_SAYS: Final = {
    MemoDefect.EMPTY: "is empty",
    MemoDefect.TOO_LONG: "is too long",
    MemoDefect.NOT_TEXT: "holds a character that a message cannot",
    MemoDefect.NOT_UUID4: "must be a UUID of version 4",
    MemoDefect.NOT_INSTANT: "must be a time with its offset, from 1900 to 2199",
    MemoDefect.NOT_CPR: "must be a CPR number of ten digits, and no replacement number",
    MemoDefect.NOT_CVR: "must be a CVR number of eight digits",
    MemoDefect.FORBIDDEN_NAME: "holds a character that digital post refuses in a file name",
    MemoDefect.NOT_HTTPS: "must be an https address",
    MemoDefect.NOT_LANGUAGE: "must be a language of two letters",
    MemoDefect.NOT_MEDIA_TYPE: "must end in .pdf",
    MemoDefect.ENDS_FIRST: "must be later than starts",
    MemoDefect.NO_FILE: "is missing",
    MemoDefect.TOO_MANY: "are too many",
    MemoDefect.TOO_LARGE: "is larger than digital post takes",
    MemoDefect.NO_RESERVATION: "is missing",
    MemoDefect.NOT_AN_APPOINTMENT: "is no appointment",
}
_NAMES: Final = {
    "label": "title",
    "created_at": "created",
    "sender.label": "sender.name",
    "recipient.label": "recipient.name",
    "main.files[0].name": "file_name",
    "main.files[0].media_type": "file_name",
    "main.files[0].size": "--pdf",
    "files": "--pdf",
    "starts_at": "starts",
    "ends_at": "ends",
}


class _Members:
    """The members of one table, each of which is asked for once; what is left over is refused."""

    def __init__(self, table: Mapping[str, Any], inside: str = "") -> None:
        self._left = dict(table)
        self._inside = inside

    def text(self, name: str) -> str:
        found = self.text_or_none(name)
        if found is None:
            raise BadInput(f"{self._inside}{name}", "is missing")
        return found

    def text_or_none(self, name: str) -> str | None:
        return cast("str | None", self._take(name, str, "a text"))

    def time(self, name: str) -> datetime | None:
        return cast("datetime | None", self._take(name, datetime, "a date and time"))

    def day(self, name: str) -> date | None:
        found = cast("date | None", self._take(name, date, "a date"))
        if isinstance(found, datetime):
            raise BadInput(f"{self._inside}{name}", "must be a date, without quotes")
        return found

    def table(self, name: str) -> "_Members | None":
        found = cast("dict[str, Any] | None", self._take(name, dict, "a table"))
        return None if found is None else _Members(found, f"{name}.")

    def tables(self, name: str) -> "list[_Members]":
        found = cast("list[Any]", self._take(name, list, "tables in [[ ]]") or [])
        if not all(isinstance(each, dict) for each in found):
            raise BadInput(name, "must be tables in [[ ]]")
        return [_Members(each, f"{name}[{place}].") for place, each in enumerate(found)]

    def end(self) -> None:
        for name in self._left:
            known = harmless(name)
            where = f"{self._inside}{known}" if known else f"{self._inside or _LETTER}"
            raise BadInput(where.rstrip("."), "is not a member of a letter")

    def _take(self, name: str, kind: type[object], what: str) -> object:
        found = self._left.pop(name, None)
        if found is not None and not isinstance(found, kind):
            raise BadInput(
                f"{self._inside}{name}",
                f"must be {what}, without quotes"
                if kind in {datetime, date}
                else f"must be {what}",
            )
        return found


def read_letter(path: str, pdf: str) -> Memo:
    """Read a letter, or say in one line what is wrong with it; raises BadInput."""
    members = _Members(_parse(read_document(path, _LETTER)))
    links = members.tables("link")
    appointment = members.table("appointment")
    file = _file(pdf, members.text_or_none("file_name") or _FILE_NAME)
    uuid = members.text_or_none("uuid") or _new_uuid()
    actions = [] if appointment is None else [_appointment(appointment, uuid)]
    actions += [_link(each) for each in links]
    draft = Draft(
        uuid=uuid,
        created_at=members.time("created") or SystemClock().now(),
        label=members.text("title"),
        notification=members.text_or_none("notification"),
        not_before=members.day("not_before"),
        sender=_sender(members),
        recipient=_recipient(members),
        main=Document((file,), actions=tuple(actions)),
    )
    members.end()
    looked = checked(draft)
    if isinstance(looked, Failure):
        fault = looked.failure()[0]
        shift = 0 if appointment is None else 1
        where = _where(fault.field, draft.recipient.id_type, shift)
        raise BadInput(where, _SAYS[fault.why])
    return looked.unwrap()


def _parse(document: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(document.decode("utf-8"))
    except (ValueError, RecursionError):
        # The parser's message quotes the file, so it ends here.
        raise BadInput(_LETTER, "is not TOML") from None


def _new_uuid() -> str:
    return str(UUID(bytes=SystemChance().entropy(16), version=4))


def _sender(members: _Members) -> Sender:
    table = members.table("sender")
    if table is None:
        raise BadInput("sender", "is missing")
    sender = Sender(table.text("cvr"), table.text("name"))
    table.end()
    return sender


def _recipient(members: _Members) -> Recipient:
    table = members.table("recipient")
    if table is None:
        raise BadInput("recipient", "is missing")
    cpr, cvr = table.text_or_none("cpr"), table.text_or_none("cvr")
    if (cpr is None) == (cvr is None):
        raise BadInput("recipient", "must have cpr or cvr")
    name = table.text_or_none("name")
    table.end()
    if cpr is not None:
        return Recipient(IdType.CPR, cpr, name)
    assert cvr is not None, "one of them is there"
    return Recipient(IdType.CVR, cvr, name)


def _appointment(table: _Members, message: str) -> Action:
    """Read the appointment; without a UUID of its own it has the message's, however often."""
    starts, ends = table.time("starts"), table.time("ends")
    if starts is None or ends is None:
        raise BadInput("appointment.starts" if starts is None else "appointment.ends", "is missing")
    label = table.text("label")
    reservation = Reservation(
        table.text_or_none("uuid") or message,
        table.text("description"),
        table.text("abstract"),
        table.text("location"),
        starts,
        ends,
        table.text_or_none("organizer"),
    )
    table.end()
    return Action(label, ActionCode.APPOINTMENT, reservation)


def _link(table: _Members) -> Action:
    link = Action(table.text("label"), ActionCode.INFORMATION, None, table.text("url"))
    table.end()
    return link


def _file(path: str, name: str) -> File:
    """Look at a file's two ends; what lies between is read when it is written."""
    with open_file(path, "--pdf") as source:
        try:
            size = source.seek(0, os.SEEK_END)
            _ = source.seek(0)
            head = source.read(_HEAD)
            _ = source.seek(max(0, size - _TAIL))
            tail = source.read(_TAIL)
        except OSError:
            raise BadInput("--pdf", "cannot be read") from None
    if not is_pdf(head + tail):
        raise BadInput("--pdf", "is not a PDF")
    return File(name, PDF, size, partial(open_file, path, "--pdf"))


def _where(field: str, id_type: IdType, shift: int) -> str:
    """Name a field of the message as the letter names it."""
    if field == "recipient.id":
        return f"recipient.{id_type.value.lower()}"
    action, dot, name = field.removeprefix("main.actions[").partition("].")
    if dot and field.startswith("main.actions["):
        inside = name.removeprefix("reservation.")
        own = _NAMES.get(inside, inside) if inside != "label" else inside
        is_appointment = shift == 1 and action == "0"
        return f"appointment.{own}" if is_appointment else f"link[{int(action) - shift}].{own}"
    return _NAMES.get(field, field)


def write_to(message: Memo, version: MemoVersion, sink: Writable) -> None:
    """Write a message; raises BadInput where the PDF has changed meanwhile."""
    try:
        write_memo(message, version, sink)
    except FileChanged:
        raise BadInput("--pdf", "has changed while it was read") from None


def write_to_file(message: Memo, version: MemoVersion, path: str) -> None:
    """Write a message whole or not at all; a reader sees the old file or the new one."""
    try:
        place = Path(path)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".letter.")
    except (OSError, ValueError):
        raise BadInput("--out", "cannot be written") from None
    written = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            write_to(message, version, file)
        _ = written.replace(place)
    except OSError:
        raise BadInput("--out", "cannot be written") from None
    finally:
        with suppress(OSError):
            written.unlink()
