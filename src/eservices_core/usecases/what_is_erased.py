"""Which records are erased with a thing whose period is over, and what else then goes (D-KEEP-1).

A stream's events name its records, so that is where they are read from. Not here: when a period is
over, and the erasing (`purge`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, cast

import attrs

from eservices_core import events
from eservices_core.access import association, guardian, mitid_attempt
from eservices_core.events import StreamId
from eservices_core.ports.ledger import BySystem, Recorded
from eservices_core.usecases import people
from eservices_core.usecases.change_address import proof_record
from eservices_core.usecases.creating import associate
from eservices_core.usecases.leaving import list_conversations_for_staff, list_for_staff
from eservices_core.usecases.name_index import forget_name, name_record
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import EndedKind
from eservices_core.words.identifiers import ContentId, UserId


def records_of(services: Services, kind: EndedKind, key: str) -> tuple[ContentId, ...]:
    """Give the records that are erased when a thing's time is over, be they there or not."""
    return records_with(Unit(services, Command(key="records", by=BySystem())), kind, key)


def records_with(unit: Unit, kind: EndedKind, key: str) -> tuple[ContentId, ...]:
    """Give the same within a unit of work, which holds the streams that name them."""
    chosen = _RECORDS.get(kind)
    named = chosen(unit, key) if chosen else _in_stream(unit, kind.value, key)
    return tuple(dict.fromkeys(named))


def _in_stream(unit: Unit, kind: str, key: str) -> Iterator[ContentId]:
    """Every record that a stream's events name: whatever was said in it, also what was replaced."""
    return _in_all(unit.recorded(StreamId(kind, key)))


def _in_all(recorded: Iterable[Recorded]) -> Iterator[ContentId]:
    for one in recorded:
        yield from records_in(one.event)


def records_in(value: object) -> Iterator[ContentId]:
    """Find every record that a value names, however deep."""
    if isinstance(value, ContentId):
        yield value
    elif isinstance(value, tuple | frozenset):
        for each in cast("Iterable[object]", value):
            yield from records_in(each)
    elif attrs.has(kind := cast("type[Any]", type(value))):
        for field in attrs.fields(kind):
            yield from records_in(getattr(value, field.name))


def _of_mitid_attempt(unit: Unit, key: str) -> Iterable[ContentId]:
    match unit.state(events.MITID_ATTEMPT, key):
        case mitid_attempt.AtMitid(memo=record) | mitid_attempt.MaySignUp(identity=record):
            return (record,)
        case _:
            return ()


def _of_guardian(unit: Unit, key: str) -> Iterable[ContentId]:
    """What was abandoned; once it is used, the numbers are the guardianship's."""
    match unit.state(events.GUARDIAN, key):
        case (
            guardian.Stated(numbers=record)
            | guardian.Identified(numbers=record)
            | guardian.Verified(numbers=record)
        ):
            return (record,)
        case _:
            return ()


def _of_user(unit: Unit, key: str) -> Iterator[ContentId]:
    """All that says who a user was, and what was needed for it."""
    account = UserId(key)
    yield people.person_record(account)
    yield people.username_record(account)
    yield proof_record(account)
    for clinic in unit.state(events.CLINICS, account):
        yield name_record(unit, clinic, account)
    for kind in (events.USER, events.ADDRESS, events.GUARDIANSHIP):
        yield from _in_stream(unit, kind.name, key)


_RECORDS: Final[Mapping[EndedKind, Callable[[Unit, str], Iterable[ContentId]]]] = {
    EndedKind.MITID_ATTEMPT: _of_mitid_attempt,
    EndedKind.GUARDIAN: _of_guardian,
    EndedKind.USER: _of_user,
}
"""Which records are erased, where it is not every one that the stream's own events name."""


# --- what else goes ------------------------------------------------------------------------------


def let_go(unit: Unit, kind: EndedKind, key: str) -> None:
    """Let go of what has no record: a user's unique names, and their clinics.

    From then on nobody finds the user, by a number, MitID, a name or a clinic's list: who comes
    back is somebody new.
    """
    if kind is not EndedKind.USER:
        return
    account = UserId(key)
    for name in sorted(unit.services.records.names_of(account), key=repr):
        unit.release(name, account)
    stream = unit.stream
    for clinic in unit.state(events.CLINICS, account):
        forget_name(unit, clinic, account)
        if people.is_patient_of(unit, clinic, account):
            list_for_staff(unit, clinic, account)
            list_conversations_for_staff(unit, clinic, account)
        associate(unit, account, clinic, association.Forget()).unwrap()
    unit.stream = stream
