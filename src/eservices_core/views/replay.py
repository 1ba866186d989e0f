"""The past, happening again: what the views come to, asked of recorded events in their order.

Pure. Here: what lies after a history, and what views may ask about it meanwhile. Not here: which
streams are to happen together, and what is done about a difference (`usecases.rebuild_views`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from eservices_core import events
from eservices_core.access import association
from eservices_core.events import StreamId
from eservices_core.ports.ledger import Recorded
from eservices_core.ports.lists import Listed, ListName, PutOnList, TakeOffList
from eservices_core.views.every import what_lies
from eservices_core.views.happened import Happened
from eservices_core.words.identifiers import ClinicId, UserId

Place: TypeAlias = tuple[ListName, str]
"""A list, and an item of it."""

_KINDS: Final[dict[str, events.Kind[Any, Any]]] = {
    kind.name: kind for kind in vars(events).values() if isinstance(kind, events.Kind)
}


def clinics_stream(user: UserId) -> StreamId:
    """Name the stream of the clinics that a user has had to do with."""
    return events.CLINICS.stream(user)


def association_stream(clinic: ClinicId, user: UserId) -> StreamId:
    """Name the stream of a clinic and a user."""
    return events.ASSOCIATION.stream(f"{clinic}/{user}")


class Replay:
    """Implements `views.happened.Around` over the past.

    Attributes:
        places: what lies where.
        ever: every place at which anything ever lay.
    """

    def __init__(self) -> None:
        self.places: dict[Place, Listed] = {}
        self.ever: set[Place] = set()
        self._states: dict[StreamId, Any] = {}

    def follow(self, recorded: Recorded) -> None:
        """Let one more event happen."""
        stream = recorded.stream
        kind = _KINDS[stream.kind]
        before = self._states.get(stream, kind.initial)
        after = self._states[stream] = kind.evolve(before, recorded.event)
        happened = Happened(stream, recorded.event, recorded.at, before, after)
        for act in what_lies(happened, self):
            match act:
                case PutOnList(name, listed):
                    self.places[name, listed.item] = listed
                    self.ever.add((name, listed.item))
                case TakeOffList(name, item):
                    _ = self.places.pop((name, item), None)

    def lying(self, name: ListName, item: str, /) -> Listed | None:
        """Give an item of a list."""
        return self.places.get((name, item))

    def clinics_of(self, user: UserId, /) -> tuple[ClinicId, ...]:
        """Give the clinics that a user had had to do with."""
        clinics: tuple[ClinicId, ...] = self._states.get(
            clinics_stream(user), events.CLINICS.initial
        )
        return clinics

    def is_with(self, clinic: ClinicId, user: UserId, /) -> bool:
        """Whether a user was associated with a clinic."""
        stream = association_stream(clinic, user)
        return association.is_associated(self._states.get(stream, events.ASSOCIATION.initial))


def followed(histories: Mapping[StreamId, Iterable[Recorded]]) -> Replay:
    """Let all of these streams happen, in the order in which they did."""
    replay = Replay()
    happened = (one for found in histories.values() for one in found)
    for recorded in sorted(happened, key=lambda one: one.position):
        replay.follow(recorded)
    return replay
