"""What staff write in a letter, and the message that becomes of it (S-POST-1, D-MAIL-2, D-POST-3).

Here: text and files looked at before they are kept, the erasable record of a letter, and the draft
that is made of the record: the same one at every attempt, whatever the clinic has changed since.
Not here: what a message must be (`memo`), and where records lie (use cases).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import Enum, unique
from functools import partial
from io import BytesIO
from typing import Any, Final

from attrs import field, frozen

from eservices_core.clinic.post_settings import PostSettings
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.outcome import Failure
from eservices_core.post.memo import (
    Document,
    Draft,
    File,
    IdType,
    Limits,
    MemoDefect,
    Recipient,
    Sender,
    checked,
    is_text,
)
from eservices_core.words.address_in_text import holds_address
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId

PDF: Final = "application/pdf"
_PLAIN: Final = "text/plain"
_TEXT_NAME: Final = "brev.txt"
_HEAD: Final = b"%PDF-"
_TAIL: Final = b"%%EOF"
_TAIL_WITHIN: Final = 1024


@unique
class ContentRefusal(Enum):
    """Why a letter cannot be written like this; each names its field."""

    EMPTY = "empty_letter"
    TITLE_UNFIT = "title_unfit"
    TEXT_UNFIT = "text_unfit"
    FILE_NAME_UNFIT = "file_name_unfit"
    NOT_A_PDF = "not_a_pdf"
    TOO_LARGE = "letter_too_large"
    TOO_MANY_FILES = "too_many_files"
    ADDRESS_IN_TITLE = "address_in_title"
    ADDRESS_IN_TEXT = "address_in_text"
    ADDRESS_IN_FILE_NAME = "address_in_file_name"


@frozen
class Attachment:
    """A PDF, by the name that the recipient sees."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@frozen
class Content:
    """What staff wrote: a title, and a text, PDF files or both; the text is then the letter."""

    title: str = field(repr=False)
    text: str | None = field(default=None, repr=False)
    files: tuple[Attachment, ...] = ()

    @property
    def has_text(self) -> bool:
        """Whether there is more than blanks."""
        return self.text is not None and bool(self.text.strip())


def is_pdf(data: bytes) -> bool:
    """Whether bytes are a PDF by what they hold, not by what they are called (faults: 170)."""
    return data.startswith(_HEAD) and _TAIL in data[-_TAIL_WITHIN:]


@frozen
class Stamp:
    """What a letter has beside its content: which message it is, from when, and to whom."""

    letter: LetterId
    at: datetime
    recipient: CivilNumber


def why_unfit(content: Content, settings: ClinicSettings, stamp: Stamp) -> ContentRefusal | None:
    """Say what is wrong with a letter; the first thing, in the order in which staff fill it in.

    Whether the recipient can get digital post is another question (`sending`).
    """
    addresses = settings.consultation.addresses
    if holds_address(content.title, addresses):
        return ContentRefusal.ADDRESS_IN_TITLE
    if content.text is not None and holds_address(content.text, addresses):
        return ContentRefusal.ADDRESS_IN_TEXT
    if any(holds_address(file.name, addresses) for file in content.files):
        return ContentRefusal.ADDRESS_IN_FILE_NAME
    if not content.has_text and not content.files:
        return ContentRefusal.EMPTY
    if content.text is not None and not is_text(content.text):
        return ContentRefusal.TEXT_UNFIT
    if not all(is_pdf(file.data) for file in content.files):
        return ContentRefusal.NOT_A_PDF
    return _why_no_message(content, settings.post, stamp)


def warns(content: Content, settings: ClinicSettings) -> tuple[int, ...]:
    """Give the places of files in whose plain text the clinic's address stands (D-MAIL-2).

    What a PDF has compressed or drawn is not read.
    """
    addresses = settings.consultation.addresses
    return tuple(
        place
        for place, file in enumerate(content.files)
        if holds_address(file.data.decode("latin-1"), addresses)
    )


def _why_no_message(
    content: Content, settings: PostSettings, stamp: Stamp
) -> ContentRefusal | None:
    """Look at the message that would become of it."""
    draft = draft_of(stamp, write_record(content, settings), [file.data for file in content.files])
    looked = checked(draft, Limits(settings.letter_bytes, settings.files))
    if not isinstance(looked, Failure):
        return None
    for fault in looked.failure():
        if fault.field == "label":
            return ContentRefusal.TITLE_UNFIT
        if fault.field.endswith((".name", ".media_type")):
            return ContentRefusal.FILE_NAME_UNFIT
        if fault.why is MemoDefect.TOO_MANY:
            return ContentRefusal.TOO_MANY_FILES
        if fault.why is MemoDefect.TOO_LARGE:
            return ContentRefusal.TOO_LARGE
    return None


# --- the record, and the message -----------------------------------------------------------------


def write_record(content: Content, settings: PostSettings) -> str:
    """Write the erasable record of a letter; the sender is kept as it was when it was written."""
    return json.dumps(
        {
            "title": content.title,
            "text": content.text if content.has_text else None,
            "files": [file.name for file in content.files],
            "cvr": settings.cvr,
            "sender": settings.label,
        },
        ensure_ascii=False,
    )


def draft_of(stamp: Stamp, record: str, files: Sequence[bytes]) -> Draft:
    """Make the message of a letter; its text is the letter, else its first file is."""
    kept: dict[str, Any] = json.loads(record)
    names: list[str] = kept["files"]
    documents = [
        Document((_file(name, PDF, data),)) for name, data in zip(names, files, strict=True)
    ]
    text: str | None = kept["text"]
    if text is not None:
        documents.insert(0, Document((_file(_TEXT_NAME, _PLAIN, text.encode("utf-8")),)))
    return Draft(
        uuid=str(stamp.letter),
        created_at=stamp.at,
        label=kept["title"],
        sender=Sender(kept["cvr"], kept["sender"]),
        recipient=Recipient(IdType.CPR, stamp.recipient.reveal()),
        main=documents[0],
        more=tuple(documents[1:]),
    )


def _file(name: str, media_type: str, data: bytes) -> File:
    return File(name, media_type, len(data), partial(BytesIO, data))


def journal_text(content: Content) -> str:
    """What the journal keeps in words: the title, and the text where there is one."""
    return f"{content.title}\n\n{content.text}" if content.has_text else content.title


def title_in(record: str) -> str:
    """Read the title of a letter from its record."""
    title: str = json.loads(record)["title"]
    return title
