"""Small XML documents from outside: parsed with nothing trusted, or not at all (faults: 168).

Here: bytes in, elements and their plain text out. Nothing outside the document is looked at: no
DTD, no entity, no network; a document is small and in UTF-8. Not here: what a document says
(`receipt_xml`, `kombi_xml`).
"""

from typing import Final

from lxml import etree
from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]  lxml's only name for it

__all__ = ["MAX_BYTES", "Element", "only", "parse", "text_of"]

MAX_BYTES: Final = 64 * 1024


def parse(document: bytes) -> Element | None:
    """Parse a document of at most `MAX_BYTES`; None where it is no XML or asks for more than that.

    Raises nothing, and repeats nothing of it.
    """
    if len(document) > MAX_BYTES or b"<!" in document.replace(b"<!--", b""):
        return None
    try:
        _ = document.decode("utf-8")
        # A parser of its own for each document: nothing of one is left for the next.
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            load_dtd=False,
            dtd_validation=False,
            no_network=True,
            huge_tree=False,
            recover=False,
        )
        return etree.fromstring(document, parser)
    except (UnicodeDecodeError, ValueError, etree.XMLSyntaxError):
        return None  # the parser's message may quote the document, so it ends here


def only(root: Element, *path: str) -> Element | None:
    """Follow a path on which every step is there exactly once; readers do not agree on two."""
    element = root
    for tag in path:
        found = element.findall(tag)
        if len(found) != 1:
            return None
        element = found[0]
    return element


def text_of(element: Element | None) -> str | None:
    """Give a leaf's text; None where it holds anything else, a comment too."""
    if element is None or len(element):
        return None
    return (element.text or "").strip()
