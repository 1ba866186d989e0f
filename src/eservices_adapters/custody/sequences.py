"""Children against a sequence: which elements stand in an element, how often, in which order.

Here: the one construct of XML Schema that the answers use. Not here: the sequences themselves
(`dgcpr_vocabulary`) and the values in the leaves (`dgcpr`).
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from eservices_adapters.custody.answer_xml import Defect, Element, UnreadableAnswer, local_name


class Part(NamedTuple):
    """One element of a sequence, and how often it stands there; `most` None is without end."""

    tag: str
    least: int = 1
    most: int | None = 1

    @property
    def name(self) -> str:
        """The local name."""
        return local_name(self.tag)


Sequences: TypeAlias = Mapping[str, tuple[Part, ...]]
"""By the tag of a parent: its children, all of them, in their order."""


def fault_in(element: Element, sequences: Sequences) -> UnreadableAnswer | None:
    """The first place where an element or its descendants do not keep to the sequences, if any.

    An element without a sequence is a leaf, or nobody's business. No sequence allows attributes.
    """
    if not element.attributes_are_harmless:
        return UnreadableAnswer(Defect.UNEXPECTED, element.name)
    parts = sequences.get(element.tag)
    if parts is None:
        return None
    fault = fault_in_children(element, parts)
    if fault is not None:
        return fault
    faults = (fault_in(child, sequences) for child in element.children)
    return next((fault for fault in faults if fault is not None), None)


def fault_in_children(element: Element, parts: tuple[Part, ...]) -> UnreadableAnswer | None:
    """The first fault in which children an element has, how often, and in which order."""
    places = {part.tag: place for place, part in enumerate(parts)}
    if any(child.tag not in places for child in element.children):
        return UnreadableAnswer(Defect.UNEXPECTED, element.name)
    for part in parts:
        count = len(element.all(part.tag))
        if count < part.least:
            return UnreadableAnswer(Defect.MISSING, part.name)
        if part.most is not None and count > part.most:
            return UnreadableAnswer(Defect.DOUBLED, part.name)
    order = [places[child.tag] for child in element.children]
    return None if order == sorted(order) else UnreadableAnswer(Defect.OUT_OF_ORDER, element.name)
