"""What a view is given: one event as it happened, and what it may ask about the rest.

A view is a pure function of that. A unit of work asks it while it adds the event; a rebuild asks it
again of the history, long afterwards, and comes to the same. Here: those words. Not here: views.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol, TypeAlias

from attrs import frozen

from eservices_core.events import DomainEvent, StreamId
from eservices_core.ports.lists import Listed, ListName, PutOnList, TakeOffList
from eservices_core.words.identifiers import ClinicId, UserId

ListAct: TypeAlias = PutOnList | TakeOffList


@frozen
class Happened:
    """One event.

    Attributes:
        at: when the change was made that it came with.
        before, after: the state of its machine.
    """

    stream: StreamId
    event: DomainEvent
    at: datetime
    before: object
    after: object


class Around(Protocol):
    """What was so when it happened, with all that had happened before."""

    def lying(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list; None if it does not lie there."""
        ...

    def clinics_of(self, user: UserId, /) -> tuple[ClinicId, ...]:
        """Give the clinics that a user has ever had to do with."""
        ...

    def is_with(self, clinic: ClinicId, user: UserId, /) -> bool:
        """Whether a user is associated with a clinic."""
        ...


View: TypeAlias = Callable[[Happened, Around], Iterator[ListAct]]
