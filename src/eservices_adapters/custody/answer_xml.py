"""The XML of a register's answer: read within bounds, and no more of it than may be kept.

Here: everything that makes XML from outside safe to open. Not here: which elements may stand where
(`sequences`), and any name of any register's vocabulary (`dgcpr_vocabulary`).

The bounds bite before memory does (faults: 168). What can be seen in the bytes is refused before
the parser starts: size, encoding, DOCTYPE, the number of attributes. The rest, depth and number of
elements, is counted while the parser runs, and nothing is built but a skeleton: the elements that
the caller names, with the text of those it calls leaves. All else, an address or a name, is dropped
as the parser reports it.

A leaf holds text and nothing else. A comment or an element inside one is refused, not skipped:
readers do not agree on what `mor<!-- -->_uden` says.
"""

import re
from collections.abc import Mapping
from enum import Enum, unique
from typing import TYPE_CHECKING, Final, cast

from attrs import Factory, define, field, frozen
from lxml import etree

from eservices_core.outcome import Failure, Outcome, Success

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

MAX_BYTES: Final = 1024 * 1024
"""An answer has a few kilobytes; one with many relatives and a signed header, some tens."""
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 20_000
MAX_ATTRIBUTES: Final = 500
"""In one tag, namespace declarations counted in."""

_CHUNK: Final = 16 * 1024
_XML_SPACE: Final = " \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
# No '<' may stand inside a tag, so a tag's equals signs all come before the next '<'. Possessive,
# so that refusing costs one pass.
_TOO_MANY_ATTRIBUTES: Final = re.compile(rb"<(?:[^<=]*+=){%d}" % (MAX_ATTRIBUTES + 1))
_DECLARED_ENCODING: Final = re.compile(
    rb"""<\?xml[ \t\r\n][^>]*?\bencoding[ \t\r\n]*=[ \t\r\n]*["']([^"'>]*)["']"""
)
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_HARMLESS_ATTRIBUTES: Final = frozenset(
    {f"{_XSI}type", f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"}
)


@unique
class Defect(Enum):
    """What is wrong with an answer that cannot be read."""

    TOO_BIG = "too_big"
    NOT_UTF8 = "not_utf8"
    """Other bytes than UTF-8, or a declaration of another encoding."""
    DOCTYPE = "doctype"
    """Any DOCTYPE or entity declaration at all."""
    TOO_MANY_ATTRIBUTES = "too_many_attributes"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_DEEP = "too_deep"
    NOT_XML = "not_xml"
    NOT_AN_ANSWER = "not_an_answer"
    """Well-formed, but no document that this register sends."""
    MISSING = "missing"
    DOUBLED = "doubled"
    UNEXPECTED = "unexpected"
    """The element holds an element, a text, a comment or an attribute that it may not hold."""
    OUT_OF_ORDER = "out_of_order"
    """The element's children stand in another order than the schema's."""
    BAD_VALUE = "bad_value"


@frozen
class UnreadableAnswer:
    """An answer that says nothing: it is never an answer of 'no custody', and never one of 'yes'.

    Attributes:
        defect: what is wrong.
        element: the local name of the element where it is wrong; always a name of the register's
            schema or of SOAP, never anything else that the document says (D-LOG-1).
    """

    defect: Defect
    element: str | None = None


def local_name(tag: str) -> str:
    """The name in `{namespace}name`."""
    return tag.rpartition("}")[2]


@define(eq=False, repr=False)
class Element:
    """An element of the skeleton, with the children in their order; it has no `repr` on purpose."""

    tag: str
    attributes_are_harmless: bool
    children: list["Element"] = field(init=False, default=Factory(list["Element"]))
    pieces: list[str] = field(init=False, default=Factory(list[str]))

    @property
    def name(self) -> str:
        """The local name."""
        return local_name(self.tag)

    @property
    def namespace(self) -> str | None:
        """The namespace."""
        return self.tag[1:].rpartition("}")[0] or None

    @property
    def text(self) -> str:
        """A leaf's text without the white space around it; empty for all others."""
        return "".join(self.pieces).strip(_XML_SPACE)

    def all(self, tag: str) -> list["Element"]:
        """The children of that tag."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> "Element | None":
        """The first child of that tag."""
        return next(iter(self.all(tag)), None)

    def at(self, *path: str) -> "Element":
        """The element at the end of a path of required tags, where `sequences` found no fault."""
        element = self
        for tag in path:
            child = element.first(tag)
            assert child is not None, "the sequences require this element"
            element = child
        return element


# --- the skeleton of a document ------------------------------------------------------------------


def read_skeleton(
    document: bytes, containers: frozenset[str], leaves: frozenset[str]
) -> Outcome[Element, UnreadableAnswer]:
    """Parse a document, keeping containers, leaves and the text of leaves, by their local names.

    An element of another name is kept as a bare tag where its parent is a container; what stands
    inside it is counted and dropped.
    """
    defect = seen_in_the_bytes(document)
    if defect is not None:
        return Failure(UnreadableAnswer(defect))
    skeleton = _Skeleton(containers, leaves)
    is_xml = _parse(document, skeleton)
    if skeleton.unreadable is not None:
        return Failure(skeleton.unreadable)
    if not is_xml:
        return Failure(UnreadableAnswer(Defect.NOT_XML))
    assert skeleton.root is not None, "a well-formed document has a root"
    return Success(skeleton.root)


def seen_in_the_bytes(document: bytes) -> Defect | None:
    """What must be refused before a parser sees it."""
    if len(document) > MAX_BYTES:
        return Defect.TOO_BIG
    declared = _DECLARED_ENCODING.match(document.removeprefix(_BOM))
    if declared is not None and declared[1].lower() != b"utf-8":
        return Defect.NOT_UTF8
    try:
        _ = document.decode("utf-8")
    except UnicodeDecodeError:
        return Defect.NOT_UTF8
    # It is UTF-8, so the keywords stand there in these very bytes or not at all. In a comment they
    # would be harmless; no register writes such a comment.
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        return Defect.DOCTYPE
    if _TOO_MANY_ATTRIBUTES.search(document) is not None:
        return Defect.TOO_MANY_ATTRIBUTES
    return None


def _parse(document: bytes, skeleton: "_Skeleton") -> bool:
    """Feed the parser piece by piece, until the end or the first defect; false if it is no XML."""
    parser = etree.XMLParser(
        # The stubs want a method for every event; lxml calls those that are there.
        target=cast("ParserTarget[None]", skeleton),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
    )
    try:
        for start in range(0, len(document), _CHUNK):
            parser.feed(document[start : start + _CHUNK])
            if skeleton.unreadable is not None:
                return True
        _ = parser.close()
    except etree.XMLSyntaxError:
        # The parser's message may quote the document, so it ends here.
        return False
    return True


class _Skeleton:
    """What the parser tells its events to. After the first defect it listens no more."""

    def __init__(self, containers: frozenset[str], leaves: frozenset[str]) -> None:
        self.root: Element | None = None
        self.unreadable: UnreadableAnswer | None = None
        self._containers = containers
        self._leaves = leaves
        self._kept: list[Element] = []  # the open elements from the root down, as far as kept
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            self._note(Defect.TOO_DEEP)
        if self._elements > MAX_ELEMENTS:
            self._note(Defect.TOO_MANY_ELEMENTS)
        if self.unreadable is not None or self._depth > len(self._kept) + 1:
            return
        element = Element(tag, attributes.keys() <= _HARMLESS_ATTRIBUTES)
        if not self._kept:
            self.root = element
        elif self._is_leaf(self._kept[-1]):
            self._note(Defect.UNEXPECTED, self._kept[-1])
        else:
            self._kept[-1].children.append(element)
        if element.name in self._containers or element.name in self._leaves:
            self._kept.append(element)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        del self._kept[self._depth :]

    def data(self, text: str) -> None:
        element = self._current()
        if element is None:
            return
        if self._is_leaf(element):
            element.pieces.append(text)
        elif text.strip(_XML_SPACE):
            self._note(Defect.UNEXPECTED, element)

    def comment(self, _text: str) -> None:
        self._interrupted()

    def pi(self, _target: str, _text: str | None = None) -> None:
        self._interrupted()

    def close(self) -> None:
        """Nothing to do: the document has ended, and `root` is what it came to."""

    def _interrupted(self) -> None:
        element = self._current()
        if element is not None and self._is_leaf(element):
            self._note(Defect.UNEXPECTED, element)

    def _current(self) -> Element | None:
        """The innermost open element, if it is kept."""
        is_kept = self._kept and self._depth == len(self._kept) and self.unreadable is None
        return self._kept[-1] if is_kept else None

    def _is_leaf(self, element: Element) -> bool:
        return element.name in self._leaves

    def _note(self, defect: Defect, element: Element | None = None) -> None:
        if self.unreadable is None:
            self.unreadable = UnreadableAnswer(defect, element.name if element else None)
