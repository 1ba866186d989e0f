"""Rebuild the views: say what differs from what the events say should lie there, and mend it.

For whoever doubts a list: after a restore, a repair by hand, or a version that kept one wrongly.
The same functions say what lies where (`views`) as when it happened. Each stream's items are a unit
of their own, which holds the streams that it rests on to what was read: so it runs beside writers,
a difference is never a mere race, and one that was killed is simply begun again. The lists that
people are found by are held against the record of what was read of a card (`name_index`).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.access import association
from eservices_core.events import StreamId
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import Append, AuditEntry, BySystem, Change
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList, TakeOffList
from eservices_core.usecases.name_index import NameIsRead, ReadName, at_place, kept_of, lay
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.what_is_erased import records_of
from eservices_core.views.every import VIEWS
from eservices_core.views.happened import ListAct
from eservices_core.views.names import EndedKind, owner_of, patients_of
from eservices_core.views.replay import Place, association_stream, clinics_stream, followed
from eservices_core.words.identifiers import ClinicId, UserId

PAGE: Final = 200
_ATTEMPTS_MAX: Final = 20


@frozen
class Difference:
    """One item that lies otherwise than the events say.

    Attributes:
        lies: as it lay there; None where it was missing.
        should: as it should lie there; None where it should not.
    """

    name: ListName
    item: str
    lies: Listed | None
    should: Listed | None


class ViewsBusy(Exception):  # noqa: N818  said in the words of this house
    """Others wrote to one stream again and again; what was mended so far stays."""


def rebuild_views(services: Services, *, mend: bool, page: int = PAGE) -> Iterator[Difference]:
    """Give every difference, and mend it (`mend`) before the next one is looked for.

    Raises:
        ViewsBusy: a stream was written to each time that it was looked at.
    """
    for kind in VIEWS:
        for stream in _streams(services, kind, page):
            yield from _settle(services, stream, mend=mend)
    for clinic in services.clinics:
        yield from _names(services, clinic, page, mend=mend)
    yield from _strays(services, page, mend=mend)


def _streams(services: Services, kind: str, page: int) -> Iterator[StreamId]:
    after = ""
    while found := services.archive.streams(kind, after, page):
        yield from found
        after = found[-1].key


def _strays(services: Services, page: int, *, mend: bool) -> Iterator[Difference]:
    """Whatever lies on a list although no event has laid it there."""
    after: Place | None = None
    while rows := services.lists.every(page, after):
        for name, listed in rows:
            if name.kind is ListKind.PEOPLE:
                yield from _settle_name(services, name, listed, mend=mend)
            else:
                yield from _settle_stray(services, name, listed, mend=mend)
        after = (rows[-1][0], rows[-1][1].item)


# --- names ---------------------------------------------------------------------------------------


def _names(services: Services, clinic: ClinicId, page: int, *, mend: bool) -> Iterator[Difference]:
    """Whoever should be found by their name, and is not."""
    after: Listed | None = None
    while patients := services.lists.listed(patients_of(clinic), page, after):
        for user in (UserId(each.item) for each in patients):
            unit = Unit(services, _by_us())
            missing = [
                Difference(name, str(user), None, at_place(user))
                for key in sorted(kept_of(unit, clinic, user))
                if services.lists.find(name := ListName(ListKind.PEOPLE, key), str(user)) is None
            ]
            if missing and mend:
                _restore(services, clinic, user)
            yield from missing
        after = patients[-1]


def _settle_name(
    services: Services, name: ListName, listed: Listed, *, mend: bool
) -> Iterator[Difference]:
    clinic, user = ClinicId(name.key.partition("/")[0]), UserId(listed.item)
    if name.key not in kept_of(Unit(services, _by_us()), clinic, user):
        if mend:
            _restore(services, clinic, user, frozenset({name.key}))
        yield Difference(name, listed.item, listed, None)


def _restore(
    services: Services, clinic: ClinicId, user: UserId, strays: frozenset[str] = frozenset()
) -> None:
    def work(unit: Unit) -> Outcome[NameIsRead, Refusal]:
        unit.rule, unit.about = "D-STAFF-104", user
        lay(unit, user, put=kept_of(unit, clinic, user), off=strays)
        return Success(NameIsRead())

    key = f"rebuild-{services.chance.entropy(16).hex()}"
    command = ReadName(key=key, by=BySystem(), clinic=clinic, user=user)
    _ = perform(services, command, NameIsRead, work)


def _by_us() -> Command:
    return Command(key="rebuild", by=BySystem())


# --- one stream, one stray -----------------------------------------------------------------------


def _settle_stray(
    services: Services, name: ListName, listed: Listed, *, mend: bool
) -> Iterator[Difference]:
    owner = owner_of(name, listed)
    for _ in range(_ATTEMPTS_MAX):
        shown = None if owner is None or owner.kind not in VIEWS else _replay(services, owner)
        should = None if shown is None else shown.places.get((name, listed.item))
        lies = services.lists.find(name, listed.item)
        if should is not None or lies is None:
            return  # it was looked at with its stream
        stray = Difference(name, listed.item, lies, None)
        read = {} if shown is None else shown.versions
        if _stands(services, read, (stray,), mend=mend):
            yield stray
            return
    raise ViewsBusy


def _settle(services: Services, stream: StreamId, *, mend: bool) -> Iterator[Difference]:
    for _ in range(_ATTEMPTS_MAX):
        shown = _replay(services, stream)
        found = tuple(_differences(services, shown))
        if not found:
            return
        if _stands(services, shown.versions, found, mend=mend):
            yield from found
            return
    raise ViewsBusy


def _stands(
    services: Services,
    versions: dict[StreamId, int],
    found: Sequence[Difference],
    *,
    mend: bool,
) -> bool:
    """Whether nobody wrote to the streams meanwhile; then it is mended, if that is wanted."""
    if not mend:
        now = services.ledger.histories(tuple(versions))
        return versions == {stream: len(found) for stream, found in now.items()}
    acts: list[ListAct] = [
        TakeOffList(each.name, each.item)
        if each.should is None
        else PutOnList(each.name, each.should)
        for each in found
    ]
    change = Change(
        key=f"rebuild-{services.chance.entropy(16).hex()}",
        fingerprint="rebuild views",
        at=services.clock.now(),
        by=BySystem(),
        answer="",
        appends=tuple(Append(stream, at, (), None) for stream, at in versions.items()),
        audit=(AuditEntry("rebuild_views", None, "D-LOG-1"),),
        lists=tuple(acts),
    )
    return isinstance(services.ledger.commit(change), Success)


# --- what should lie -----------------------------------------------------------------------------


@frozen(eq=False)
class _Shown:
    """What a stream's events say should lie, and the streams that were read, at their versions."""

    stream: StreamId
    places: dict[Place, Listed]
    versions: dict[StreamId, int]


def _replay(services: Services, stream: StreamId) -> _Shown:
    """Let a stream happen again, with what its views asked, and what took its items off."""
    histories = dict(services.ledger.histories((stream, *_asked(services, stream))))
    alone = followed(histories)
    worklist = [place for place in alone.ever if place[0].kind is ListKind.WORKLIST]
    closing = [events.WORKLIST_ITEM.stream(f"{at.key}/{item}") for at, item in worklist]
    whole = alone
    if closing:
        histories |= services.ledger.histories(closing)
        whole = followed(histories)
    places = {
        (name, item): listed
        for (name, item), listed in whole.places.items()
        if owner_of(name, listed) == stream
    }
    return _Shown(stream, places, {one: len(found) for one, found in histories.items()})


def _asked(services: Services, stream: StreamId) -> tuple[StreamId, ...]:
    """Give the streams that a stream's views ask about besides."""
    if stream.kind != events.GUARDIANSHIP.name:
        return ()
    user = UserId(stream.key)
    listed = services.ledger.history(clinics_stream(user))
    clinics = [
        one.event.clinic for one in listed if isinstance(one.event, association.ClinicListed)
    ]
    return (clinics_stream(user), *(association_stream(clinic, user) for clinic in clinics))


# --- what differs --------------------------------------------------------------------------------


def _differences(services: Services, shown: _Shown) -> Iterator[Difference]:
    for (name, item), should in shown.places.items():
        lies = services.lists.find(name, item)
        if lies is None and name.kind is ListKind.ENDED and _is_purged(services, shown.stream):
            continue
        if lies is None or not _same(name, lies, should):
            yield Difference(name, item, lies, should)


def _same(name: ListName, lies: Listed, should: Listed) -> bool:
    """When an entry is handed to the journal next is no event: there, `since` may be any."""
    if name.kind is ListKind.JOURNAL_PENDING:
        return (lies.rank, lies.about) == (should.rank, should.about)
    return lies == should


def _is_purged(services: Services, stream: StreamId) -> bool:
    """No event says 'purged': what was has no record any more (D-KEEP-1, decision 33)."""
    records = tuple(records_of(services, EndedKind(stream.kind), stream.key))
    if services.records.contents(records):
        return False
    return all(services.records.file(record) is None for record in records)
