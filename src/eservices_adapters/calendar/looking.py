"""One look at a CalDAV collection: what has changed is asked for, and only that is read.

Here: which questions make a look. Not here: the questions themselves (`dav`), and what was found
(`collection`).

Three ways, the first that the server can: what has changed since the last look's token (RFC 6578);
everything's version, with a token for the next look; and the tag of the whole collection, with
everything's version where the tag is another. A server may lose its memory of changes, or be put
back to a backup, so once an hour everything's version is listed whatever it says (faults: 163).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Final

from attrs import evolve, frozen

from eservices_adapters.calendar.collection import (
    EVERY,
    MAX_EVENTS,
    Contents,
    Resource,
    Snapshot,
    read_resource,
)
from eservices_adapters.calendar.dav import (
    NotReadable,
    Place,
    ask_changes,
    ask_etags,
    ask_tag,
    ask_text,
    ask_texts,
    condition_of,
)
from eservices_adapters.calendar.lines import Refused
from eservices_adapters.calendar.multistatus import Found, Multistatus
from eservices_adapters.wire_http.exchange import Exchange
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarUnreachable,
    TooManyEvents,
    Unreadable,
)

BATCH: Final = 100
"""How many resources are asked for at once."""
_ROUNDS: Final = 1_000
"""How many parts a server may cut its changes into."""
_NO_MORE: Final = 507
_GONE: Final = frozenset({404, 410})


@frozen
class _Listed:
    """What lies in a collection, by path and version, and the server's words for that state."""

    etags: Mapping[str, str | None]
    token: str | None
    tag: str | None
    listed_at: datetime | None


def look(
    place: Place, domain: str, known: Snapshot, cache: dict[str, Resource], now: datetime
) -> Exchange[Outcome[Snapshot, CalendarRefused]]:
    """Look, from what the last look has found.

    Args:
        place: the collection.
        domain: whose UIDs are ours.
        known: what the last look has found; an empty one lists everything.
        cache: what was read of any version of it, also by a look that broke off; it is changed.
        now: when it is.

    Raises CalendarUnreachable where the server answers what it should not.
    """
    try:
        listed = yield from _listed(place, known, now)
        if len(listed.etags) > MAX_EVENTS:
            return Failure(TooManyEvents(MAX_EVENTS))
        resources = yield from _read(place, domain, listed.etags, cache)
    except NotReadable:
        return Failure(Unreadable("multistatus"))
    except Refused as refused:
        return Failure(refused.refusal)
    same = resources == known.contents.resources
    contents = known.contents if same else Contents(resources)
    return Success(Snapshot(contents, listed.token, listed.tag, listed.listed_at))


# --- what lies there -----------------------------------------------------------------------------


def _listed(place: Place, known: Snapshot, now: datetime) -> Exchange[_Listed]:
    before = {path: resource.etag for path, resource in known.contents.resources.items()}
    believed = known.listed_at is not None and now - EVERY < known.listed_at <= now
    if believed and known.token is not None:
        changed = yield from _changed(place, known.token, before)
        if changed is not None:
            return evolve(changed, listed_at=known.listed_at)
    if not believed or known.token is not None:
        everything = yield from _changed(place, "", {})
        if everything is not None and everything.token is not None:
            return evolve(everything, listed_at=now)
    tag = yield from ask_tag(place)
    if believed and tag is not None and tag == known.tag:
        return _Listed(before, None, tag, known.listed_at)
    said = yield from ask_etags(place)
    return _Listed(dict(_versions(place, said)), None, tag, now)


def _changed(
    place: Place, token: str, before: Mapping[str, str | None]
) -> Exchange[_Listed | None]:
    """Follow the changes since a token, in as many parts as the server cuts them into."""
    etags = dict(before)
    for _ in range(_ROUNDS):
        said = yield from ask_changes(place, token)
        if said is None:
            return None
        etags.update(_versions(place, said))
        for path in _removed(said):
            _ = etags.pop(path, None)
        more = any(one.status == _NO_MORE for one in said.found)
        if not more:
            return _Listed(etags, said.token, None, None)
        if said.token is None or said.token == token:
            break
        token = said.token
    raise CalendarUnreachable("the calendar's server never ends saying what has changed")


def _versions(place: Place, said: Multistatus) -> Iterator[tuple[str, str | None]]:
    for one in said.found:
        if one.status is None and place.holds(one.href):
            yield one.href, condition_of(one.etag)


def _removed(said: Multistatus) -> Iterator[str]:
    return (one.href for one in said.found if one.status in _GONE)


# --- reading what is new -------------------------------------------------------------------------


def _read(
    place: Place, domain: str, etags: Mapping[str, str | None], cache: dict[str, Resource]
) -> Exchange[dict[str, Resource]]:
    """Give every resource, of which only what is not known at its version is read."""
    for path in cache.keys() - etags.keys():
        del cache[path]
    new = [path for path, etag in etags.items() if not _is_known(cache.get(path), etag)]
    gone: set[str] = set()
    left = MAX_EVENTS - sum(cache[path].count for path in cache.keys() - set(new))
    for batch in _batches(new):
        texts = yield from ask_texts(place, batch)
        found = {} if texts is None else {one.href: one for one in texts.found}
        for path in batch:
            resource = yield from _resource(place, domain, path, found.get(path), etags[path])
            if resource is None:
                gone.add(path)
                _ = cache.pop(path, None)
            else:
                cache[path] = resource
                left -= resource.count
                if left < 0:  # before memory is full of them
                    raise Refused(TooManyEvents(MAX_EVENTS))
    return {path: cache[path] for path in etags if path not in gone}


def _is_known(resource: Resource | None, etag: str | None) -> bool:
    return resource is not None and etag is not None and resource.etag == etag


def _resource(
    place: Place, domain: str, path: str, found: Found | None, listed: str | None
) -> Exchange[Resource | None]:
    """Read one resource out of the answer about many, or by itself where it is not in there."""
    if found is not None and found.status in _GONE:
        return None
    if found is not None and found.data is not None:
        return read_resource(found.data, condition_of(found.etag) or listed, domain)
    got = yield from ask_text(place, path)
    return None if got is None else read_resource(got.content, got.etag or listed, domain)


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    left = iter(paths)
    while batch := list(islice(left, BATCH)):
        yield batch
