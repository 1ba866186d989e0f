"""The eye on look-ups: whom the monthly sample draws, and what raises an alarm (D-STAFF-1).

Pure, over look-ups as they stand in the audit log. Not here: where they are read, and where alarms
lie (`usecases.watch_lookups`).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final

from attrs import frozen

from eservices_core.staffing.opening import IN_HAND, Purpose
from eservices_core.words.identifiers import StaffId

WINDOW: Final = timedelta(hours=1)
"""Within which different patients are counted."""


@frozen
class Lookup:
    """One opening of a patient.

    Attributes:
        position: of its entry in the audit log.
        patient: a pseudonym of the person, the same at every look-up.
        protected: whether name or address was protected.
    """

    position: int
    at: datetime
    staff: StaffId
    patient: str
    purpose: Purpose
    protected: bool


@unique
class AlarmKind(Enum):
    """What the manager is told of at once."""

    PROTECTED = "protected"
    """A protected person was opened."""
    MANY = "many"
    """More patients in an hour than the clinic's limit, with nothing in hand."""


@frozen
class Alarm:
    """What was seen, at the look-up that made it so."""

    kind: AlarmKind
    lookup: Lookup


def alarms(lookups: Sequence[Lookup], limit: int) -> Iterator[Alarm]:
    """Give the alarms of look-ups that come in the order of their time.

    MANY is raised by the look-up with which the different patients of the last hour come to one
    more than `limit`, and not again until the count has fallen and come there anew. So it depends
    on the hour before alone, however the log is cut into pieces.
    """
    for place, lookup in enumerate(lookups):
        if lookup.protected:
            yield Alarm(AlarmKind.PROTECTED, lookup)
        if lookup.purpose in IN_HAND:
            continue
        before = _patients_before(lookups, place)
        if len(before) == limit and lookup.patient not in before:
            yield Alarm(AlarmKind.MANY, lookup)


def _patients_before(lookups: Sequence[Lookup], place: int) -> set[str]:
    """Give whom the same person opened in the hour before, with nothing in hand."""
    this = lookups[place]
    patients: set[str] = set()
    for earlier in reversed(lookups[:place]):
        if earlier.at <= this.at - WINDOW:
            break
        if earlier.staff == this.staff and earlier.purpose not in IN_HAND:
            patients.add(earlier.patient)
    return patients


def sample(
    lookups: Sequence[Lookup], size: int, lot_of: Callable[[Lookup], str]
) -> tuple[Lookup, ...]:
    """Draw at most `size` of them, those with the lowest lots; in the order of the log.

    `lot_of` gives each a lot that nobody can foresee and that is the same each time.
    """
    drawn = sorted(lookups, key=lot_of)[:size]
    return tuple(sorted(drawn, key=_position_of))


def _position_of(lookup: Lookup) -> int:
    return lookup.position
