"""Taking apart what is searched: folded, escaped, encoded and compressed text, wherever it stands.

Here: one decoder per encoding, each applied to whatever looks like it, in any order, four deep.
Nothing is parsed: a mail's parts need no MIME parser to be read, and a malformed mail hides
nothing. Not here: what is looked for.
"""

import re
import zlib
from binascii import Error, a2b_base64, a2b_qp
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from html import unescape
from typing import Final, TypeAlias
from urllib.parse import unquote_to_bytes

from eservices_core.testing.leaks.spellings import Encoding

Chain: TypeAlias = tuple[Encoding, ...]
"""The encodings that were undone, the outermost first."""

_DEPTH: Final = 4
_MOST_VIEWS: Final = 64
_LARGEST: Final = 1 << 22  # bytes that one compressed stream may come to
_STEP: Final = 512

_FOLDED: Final = re.compile(rb"\r?\n[ \t]?")
_WHITE: Final = b" \t\r\n"
_BLANKS: Final = re.compile(rb"\s+")
_QUOTED: Final = re.compile(rb"=(?:[0-9A-Fa-f]{2}|\r?\n)")
# RFC 2047: a header in pieces, each encoded by itself.
_Q_WORD: Final = re.compile(rb"=\?[^?\s]{1,40}\?[qQ]\?([^?\s]*)\?=(?:\s+(?==\?))?")
_B_WORD: Final = re.compile(rb"=\?[^?\s]{1,40}\?[bB]\?([^?\s]*)\?=(?:\s+(?==\?))?")
_PERCENT: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_ESCAPED: Final = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"'/\\]|[nrt]))")
_ENTITY: Final = re.compile(rb"&(?:#[0-9xX]|[A-Za-z]{2,8};)")
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[ \t]?[A-Za-z0-9+/_-]{4,})*={0,2}")
_DIGEST: Final = re.compile(rb"(?:[0-9a-f]{16})+|[a-z_]+|[A-Za-z][a-z]+|[0-9]+")  # or a plain word
_FROM_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_CONTROLS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ZLIB_HEADERS: Final = [
    bytes((method, flags))
    for method in range(0x08, 0x79, 0x10)
    for flags in range(256)
    if (method * 256 + flags) % 31 == 0 and not flags & 0x20
]
_COMPRESSED: Final = re.compile(b"\x1f\x8b\x08|" + b"|".join(map(re.escape, _ZLIB_HEADERS)))
# Where gzip or zlib begins in base64: the window of zlib is nearly always the largest.
_COMPRESSED_IN_BASE64: Final = re.compile(rb"(?:H4sI|eA[EF]|eF[4-7]|eJ[w-z]|eN[o-r])[A-Za-z0-9+/]")
_GZIP_OR_ZLIB: Final = 47
_RUN: Final = re.compile(rb"[A-Za-z0-9+/_-]+(?:\r?\n[ \t]?[A-Za-z0-9+/_-]+)*")


def unpacked(data: bytes) -> Iterator[tuple[bytes, Chain]]:
    """Give what is searched, and all that can be decoded out of it, with how it was encoded."""
    seen = {data}
    waiting: deque[tuple[bytes, Chain, int]] = deque([(data, (), 0)])
    while waiting:
        view, chain, depth = waiting.popleft()
        yield view, chain
        if depth == _DEPTH:
            continue
        for decode, undone in _DECODERS:
            inner = decode(view)
            if inner and inner not in seen and len(seen) < _MOST_VIEWS:
                seen.add(inner)
                waiting.append((inner, chain + undone, depth + 1))


def at_once(data: bytes) -> Iterator[tuple[bytes, Chain]]:
    """Give the same in a few pieces: all that can be undone at once, and no blanks.

    Several times as fast, and good enough to see that there is nothing. Where there may be
    something, `unpacked` says whether, and how it was encoded.
    """
    waiting: deque[tuple[bytes, Chain, int]] = deque([(data, (), 0)])
    while waiting:
        view, chain, depth = waiting.popleft()
        yield view, chain
        plain, undone = _plain(view)
        compact = plain.translate(None, _WHITE)
        if compact != view:
            yield compact, chain + undone
        if depth == _DEPTH:
            continue
        for decode, how in _UNWRAPPING:
            for wrapped in (view,) if plain is view else (view, plain):
                inner = decode(wrapped)
                if inner:
                    waiting.append((inner, chain + how, depth + 1))


def _plain(view: bytes) -> tuple[bytes, Chain]:
    undone: Chain = ()
    for decode, how in _PLAINER * 2:  # whichever of two was the outer one
        inner = decode(view)
        if inner is not None:
            view, undone = inner, undone + how
    return view, undone


def _unfolded(view: bytes) -> bytes | None:
    """Join what was folded: a mail's headers, lines of base64, iCalendar."""
    return _FOLDED.sub(b"", view) if b"\n" in view else None


def _one_line(view: bytes) -> bytes | None:
    """Put one blank where text was wrapped."""
    return _BLANKS.sub(b" ", view) if b"\n" in view else None


def _unquoted_printable(view: bytes) -> bytes | None:
    return a2b_qp(view) if b"=" in view and _QUOTED.search(view) else None


def _q_words(view: bytes) -> bytes | None:
    if b"=?" not in view or _Q_WORD.search(view) is None:
        return None
    return _Q_WORD.sub(lambda word: a2b_qp(word[1].replace(b"_", b" ")), view)


def _b_words(view: bytes) -> bytes | None:
    if b"=?" not in view or _B_WORD.search(view) is None:
        return None
    return _B_WORD.sub(lambda word: _decoded(word[1]), view)


def _unquoted(view: bytes) -> bytes | None:
    if b"%" not in view or _PERCENT.search(view) is None:
        return None
    return unquote_to_bytes(view.replace(b"+", b" "))


def _unescaped(view: bytes) -> bytes | None:
    r"""Undo the escapes of JSON, and those of a repr: `\u00e6`, `\xe6`, `\"`."""
    return _ESCAPED.sub(_character, view) if b"\\" in view else None


def _character(found: re.Match[bytes]) -> bytes:
    code, byte, other = found.groups()
    if code is not None:
        return chr(int(code, 16)).encode("utf-8", "surrogatepass")
    if byte is not None:
        return bytes((int(byte, 16),))
    return _CONTROLS.get(other, other)


def _without_entities(view: bytes) -> bytes | None:
    if b"&" not in view or _ENTITY.search(view) is None:
        return None
    return unescape(view.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _from_base64(view: bytes) -> bytes | None:
    """Decode every run of letters that could be base64, at its own beginning."""
    runs = (run for run in _BASE64.findall(view) if _DIGEST.fullmatch(run) is None)
    return b"\n".join(map(_decoded, runs)) or None


def _decoded(run: bytes) -> bytes:
    letters = run.rstrip(b"=").translate(_FROM_URL_SAFE, b"\r\n\t ")
    try:
        return a2b_base64(letters[: len(letters) & ~3] + _rest(letters))
    except Error:  # pragma: no cover  the letters are of base64, and padded
        return b""


def _rest(letters: bytes) -> bytes:
    rest = letters[len(letters) & ~3 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _decompressed(view: bytes) -> bytes | None:
    """Decompress every gzip and zlib stream that begins anywhere, broken off or not."""
    seen = memoryview(view)
    streams = (_stream(seen[found.start() :]) for found in _COMPRESSED.finditer(view))
    return b"\n".join(filter(None, streams)) or None


def _decompressed_base64(view: bytes) -> bytes | None:
    """Decode from where a compressed stream would begin, whatever stands before it."""
    runs = (_RUN.match(view, found.start()) for found in _COMPRESSED_IN_BASE64.finditer(view))
    streams = (_stream(memoryview(_decoded(run.group()))) for run in runs if run is not None)
    return b"\n".join(filter(None, streams)) or None


def _stream(data: memoryview) -> bytes:
    """Decompress as far as it goes: what follows may be damaged, or something else."""
    stream = zlib.decompressobj(_GZIP_OR_ZLIB)
    out = bytearray()
    with suppress(zlib.error):
        for start in range(0, len(data), _STEP):
            if stream.eof or len(out) > _LARGEST:
                break
            out += stream.decompress(data[start : start + _STEP], _LARGEST)
    return bytes(out)


_Decoders: TypeAlias = tuple[tuple[Callable[[bytes], bytes | None], Chain], ...]

_PLAINER: Final[_Decoders] = (
    (_q_words, (Encoding.QUOTED_PRINTABLE,)),
    (_b_words, (Encoding.BASE64,)),
    (_unquoted_printable, (Encoding.QUOTED_PRINTABLE,)),
    (_unquoted, (Encoding.URL_QUOTED,)),
    (_unescaped, (Encoding.JSON_ESCAPED,)),
    (_without_entities, (Encoding.HTML_ESCAPED,)),
)
_UNWRAPPING: Final[_Decoders] = (
    (_decompressed, (Encoding.COMPRESSED,)),
    (_decompressed_base64, (Encoding.BASE64, Encoding.COMPRESSED)),
    (_from_base64, (Encoding.BASE64,)),
)
_DECODERS: Final[_Decoders] = ((_unfolded, ()), (_one_line, ()), *_PLAINER, *_UNWRAPPING)
