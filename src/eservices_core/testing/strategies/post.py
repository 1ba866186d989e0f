"""Strategies for the events of letters, and for messages that keep the rules of MeMo."""

from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.post import states
from eservices_core.post.memo import (
    NOTIFICATION_MAX,
    TEXT_MAX,
    Action,
    ActionCode,
    Document,
    Draft,
    File,
    IdType,
    Memo,
    Recipient,
    Reservation,
    Sender,
    checked,
)
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.words import civil_numbers, dates, identifiers, instants
from eservices_core.words.identifiers import ClinicId, ContentId, EntryId, UserId

_CODES: Final = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
_IN_LINE: Final = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Cs", "Zl", "Zp"],
    exclude_characters="\ufffe\uffff\u2028\u2029",
    max_codepoint=0xFFFD,
) | st.sampled_from("æøåÆØÅ&<>\"'\U0001f4c5")
_IN_NAME: Final = st.characters(
    categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F
) | st.sampled_from("_-(), æøå")


def letter_events() -> dict[type[Any], SearchStrategy[states.Event]]:
    """Give a strategy for every event of a letter."""
    staff, codes = staff_members(), _CODES
    because = st.sampled_from(states.Because)
    return {
        states.LetterWritten: built(
            states.LetterWritten, terms=letter_terms(), entry=identifiers(EntryId)
        ),
        states.LetterReleased: built(states.LetterReleased, at=instants()),
        states.LetterNotTaken: built(states.LetterNotTaken, next_try=st.none() | instants()),
        states.LetterAmbiguous: built(states.LetterAmbiguous, next_try=st.none() | instants()),
        states.LetterTriedAgain: built(states.LetterTriedAgain, by=staff, at=instants()),
        states.LetterAccepted: built(states.LetterAccepted, at=instants()),
        states.LetterReceived: built(states.LetterReceived, at=instants()),
        states.LetterDelivered: built(states.LetterDelivered, at=instants()),
        states.LetterFailed: built(states.LetterFailed, code=codes, at=instants()),
        states.LetterWithdrawn: built(
            states.LetterWithdrawn, because=because, by=staff, at=instants()
        ),
        states.LetterSentOnPaper: built(states.LetterSentOnPaper, by=staff, at=instants()),
    }


def letter_terms() -> SearchStrategy[states.Terms]:
    """Draw what a letter is."""
    records = identifiers(ContentId)
    return built(
        states.Terms,
        clinic=identifiers(ClinicId),
        user=identifiers(UserId),
        to=st.sampled_from(states.To),
        recipient=records,
        content=records,
        files=st.lists(records, max_size=3).map(tuple),
        by=staff_members(),
        at=instants(),
    )


# --- messages ------------------------------------------------------------------------------------


def lines(longest: int = TEXT_MAX) -> SearchStrategy[str]:
    """Draw one line of text that a message can hold."""
    return st.text(_IN_LINE, min_size=1, max_size=longest).filter(lambda text: bool(text.strip()))


def uuids4() -> SearchStrategy[str]:
    """Draw a UUID of version 4, in either case of letters."""
    made = st.binary(min_size=16, max_size=16).map(lambda drawn: str(UUID(bytes=drawn, version=4)))
    return made | made.map(str.upper)


def memo_files() -> SearchStrategy[File]:
    """Draw a file of a few bytes."""
    kinds = st.sampled_from([("application/pdf", ".pdf"), ("text/plain", ".txt")])
    stems = st.text(_IN_NAME, min_size=1, max_size=40).map(str.strip).filter(bool)
    return st.builds(
        _file, kinds, stems, st.binary(min_size=1, max_size=300), st.sampled_from(["da", "en"])
    )


def _file(kind: tuple[str, str], stem: str, data: bytes, language: str) -> File:
    media_type, ending = kind
    return File(f"{stem}{ending}", media_type, len(data), partial(BytesIO, data), language)


def memo_drafts() -> SearchStrategy[Draft]:
    """Draw a message that keeps the rules."""
    documents = st.builds(
        Document,
        files=st.lists(memo_files(), min_size=1, max_size=2).map(tuple),
        label=st.none() | lines(),
        actions=st.lists(_actions(), max_size=2).map(tuple),
    )
    recipients = st.one_of(
        civil_numbers().map(lambda number: Recipient(IdType.CPR, number.reveal())),
        st.builds(Recipient, st.just(IdType.CVR), _cvrs(), st.none() | lines()),
    )
    return st.builds(
        Draft,
        uuid=uuids4(),
        created_at=instants(),
        label=lines(),
        sender=st.builds(Sender, _cvrs(), lines()),
        recipient=recipients,
        main=documents,
        more=st.lists(documents, max_size=2).map(tuple),
        notification=st.none() | lines(NOTIFICATION_MAX),
        not_before=st.none() | dates(),
    )


def memos() -> SearchStrategy[Memo]:
    """Draw a message that was looked at."""
    return memo_drafts().map(lambda draft: checked(draft).unwrap())


def _cvrs() -> SearchStrategy[str]:
    return st.text("0123456789", min_size=8, max_size=8)


def _actions() -> SearchStrategy[Action]:
    times = st.tuples(instants(), instants()).filter(
        lambda pair: pair[0].astimezone(UTC) < pair[1].astimezone(UTC)
    )
    appointments = st.builds(
        _appointment,
        lines(),
        uuids4(),
        st.tuples(lines(), lines(), lines()),
        times,
        st.none() | lines(),
    )
    links = st.builds(
        _link,
        lines(),
        st.sampled_from([ActionCode.INFORMATION, ActionCode.SELF_SERVICE]),
        st.text("abcdefghijklmnopqrstuvwxyz0123456789/-", max_size=40),
    )
    return appointments | links


def _appointment(
    label: str,
    uuid: str,
    words: tuple[str, str, str],
    times: tuple[datetime, datetime],
    organizer: str | None,
) -> Action:
    reservation = Reservation(uuid, *words, *times, organizer)
    return Action(label, ActionCode.APPOINTMENT, reservation)


def _link(label: str, code: ActionCode, path: str) -> Action:
    return Action(label, code, None, f"https://example.dk/{path}")
