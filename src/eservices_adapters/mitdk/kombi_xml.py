"""What stands around a message at KOMBIT's service: `kombi_request` out, `kombi_response` in.

Here: bytes, and what they say (SF1601, KombiPostAfsend version 1). Not here: the message itself
(`memo_writer`), and the calls (`sf1601`). The answer's texts are for people and may repeat what was
sent; codes alone are kept of them.
"""

import json
from collections.abc import Generator
from typing import Final, TypeAlias

from attrs import frozen

from eservices_adapters.mitdk.memo_writer import MemoVersion, memo_pieces
from eservices_adapters.mitdk.small_xml import MAX_BYTES, only, parse, text_of
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.post.letter import is_code
from eservices_core.post.memo import Memo

_BEFORE: Final = b"<kombi_request><KombiValgKode>Digital Post</KombiValgKode>"
"""Digital post or nothing: never the service's own choice, which may be paper or an SMS."""
_AFTER: Final = b"</kombi_request>"
_ADVICE: Final = ("HovedoplysningerSvarREST", "SvarReaktion", "Advis", "AdvisTekst")
_RECEIVED: Final = "received"
_OTHER: Final = "other"


@frozen
class Taken:
    """The service has taken the message; `transmission` is its own number of it, if that is one."""

    transmission: str | None


@frozen
class NotTaken:
    """The service says no; `code` is its own, `other` where it gives none that is one."""

    code: str


@frozen
class Unclear:
    """It is no answer, or one that says neither yes nor no."""


Answer: TypeAlias = Taken | NotTaken


def request_pieces(message: Memo, version: MemoVersion) -> Generator[bytes, None, None]:
    """Give the request piece by piece; the same message is always the same bytes.

    Raises:
        FileChanged: a file is not what it was said to be.
    """
    yield _BEFORE
    yield from memo_pieces(message, version, declared=False)
    yield _AFTER


def read_answer(document: bytes) -> Outcome[Answer, Unclear]:
    """Read a `kombi_response`.

    It is a yes where `Result` is true and the one piece of advice says `received`, and a no where
    `Result` is false. A yes with other words is unclear: it may be there.
    """
    root = parse(document)
    if root is None or root.tag != "kombi_response":
        return Failure(Unclear())
    match (text_of(only(root, "Result")) or "").lower():
        case "true":
            advice = text_of(only(root, *_ADVICE))
            if advice is None or advice.lower() != _RECEIVED:
                return Failure(Unclear())
            transmission = text_of(only(root, "TransmissionID")) or ""
            return Success(Taken(transmission if is_code(transmission) else None))
        case "false":
            codes = [text_of(element) or "" for element in root.iter("FejlId")]
            code = codes[0] if len(codes) == 1 else ""
            return Success(NotTaken(code if is_code(code) else _OTHER))
        case _:
            return Failure(Unclear())


def read_reach(document: bytes) -> Outcome[bool, Unclear]:
    """Read what PostForespoerg says: `{"result": true}` where a person can get digital post."""
    if len(document) > MAX_BYTES:
        return Failure(Unclear())
    try:
        said: object = json.loads(document.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return Failure(Unclear())
    match said:
        case {"result": bool() as result}:
            return Success(result)
        case _:
            return Failure(Unclear())


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError  # readers do not agree on which of two counts
    return members
