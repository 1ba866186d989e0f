"""One attempt at changing our entry in a CalDAV collection, on what a look has just found.

Here: what an attempt asks a server, always on the condition that what was looked at still lies
there (D-BOOK-6). Not here: looking, and trying again (`caldav`), and the text (`edit`).

A refused condition is never believed to mean what it should: a server may say 412 because somebody
was faster, or because it does not like the text, or because the UID lies elsewhere (faults: 159).
So an attempt that is not done says `Again`, and what lies there by then decides.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from eservices_adapters.calendar.collection import MAX_EVENTS, Contents, read_resource
from eservices_adapters.calendar.dav import (
    Got,
    Place,
    ask_text,
    delete,
    put_text,
    unexpected,
)
from eservices_adapters.calendar.edit import EMPTY, has_token, with_entry, without_entry
from eservices_adapters.wire_http.exchange import Exchange
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    Superseded,
    TooManyEvents,
    Withdrawn,
    WriteRefused,
    Written,
)
from eservices_core.words.identifiers import BookingId

_DONE: Final = range(200, 300)
_GONE: Final = frozenset({404, 410})
_NOT_LET_IN: Final = 401
_REDIRECTS: Final = range(300, 400)
_SERVER_ERROR: Final = 500
_LATER: Final = frozenset({408, 425, 429})
_NEVER: Final = frozenset({501, 505, 507})
_FAILED: Final = 412


@frozen
class Again:
    """The attempt is not done, or nobody knows: what lies there now decides.

    Attributes:
        status: what the server said; 412 also where we saw ourselves that something else lay there.
        may_be_done: whether the server may have done it all the same (faults: 160).
        asked: whether any change was asked for.
    """

    status: int = _FAILED
    may_be_done: bool = False
    asked: bool = True


@frozen
class Book:
    """The collection of one practitioner, and what our events in it are made of.

    Attributes:
        place: where it is.
        domain: the right half of our UIDs.
        name: gives the path of a new resource for a UID.
    """

    place: Place
    domain: str
    name: Callable[[str], str] = field(repr=False)

    def uid(self, booking: BookingId) -> str:
        """Give the UID of a booking's event."""
        return f"{booking}@{self.domain}"


@frozen
class Attempt:
    """Which attempt this is.

    Attributes:
        now: when.
        token: an opaque name for all attempts of one call, which lies in what they write.
        again: whether an earlier one has asked for the change. A line may carry a request twice, so
            a refusal does not say that nothing was done.
    """

    now: datetime
    token: str
    again: bool = False


WriteTried: TypeAlias = Outcome[Written, WriteRefused] | Again
WithdrawTried: TypeAlias = Outcome[Withdrawn, CalendarRefused | Superseded] | Again


def try_to_write(
    book: Book, contents: Contents, entry: Entry, believed: Lying | None, attempt: Attempt
) -> Exchange[WriteTried]:
    """Try once to make an entry lie there, in the port's order."""
    refused = contents.refused()
    if refused is not None:
        return Failure(refused)
    uid = book.uid(entry.booking)
    lies = contents.lying(entry.booking, uid)
    if lies == entry.lying:
        return (yield from _whose(book, contents, entry, attempt))
    if lies is not None and lies.sequence > entry.sequence:
        return Failure(Superseded(lies))
    if lies != believed:
        return Failure(EntryDiffers(lies))
    paths = _latest_first(contents, entry.booking, uid)
    if not paths and contents.count >= MAX_EVENTS:
        return Failure(TooManyEvents(MAX_EVENTS))
    for copy in paths[1:]:
        again = yield from _remove(book, contents, copy, entry.booking)
        if again is not None:
            return again
    path = paths[0] if paths else book.name(uid)
    got = None
    if paths:
        got = yield from _fresh(book, contents, path, entry.booking)
        if got is None:
            return Again(asked=False)
    before = EMPTY if got is None else got.content
    content = with_entry(before, entry, book.domain, attempt.now, attempt.token)
    status = yield from put_text(book.place, path, content, None if got is None else got.etag)
    again = _again("PUT", status)
    return Success(Written.WRITTEN) if again is None else again


def try_to_withdraw(
    book: Book, contents: Contents, booking: BookingId, sequence: int, attempt: Attempt
) -> Exchange[WithdrawTried]:
    """Try once to remove a booking's entry, copies and all."""
    refused = contents.refused()
    if refused is not None:
        return Failure(refused)
    uid = book.uid(booking)
    lies = contents.lying(booking, uid)
    if lies is None:
        return Success(Withdrawn.WITHDRAWN if attempt.again else Withdrawn.NOT_THERE)
    if lies.sequence > sequence:
        return Failure(Superseded(lies))
    removed = False
    for path in _latest_first(contents, booking, uid):
        again = yield from _remove(book, contents, path, booking)
        if again is not None:
            return evolve(again, asked=again.asked or removed)
        removed = True
    return Success(Withdrawn.WITHDRAWN)


# --- parts of an attempt -------------------------------------------------------------------------


def _latest_first(contents: Contents, booking: BookingId, uid: str) -> list[str]:
    lying = [path for path in contents.paths(uid) if contents.lying_at(path, booking)]
    rest = [path for path in contents.paths(uid) if path not in lying]
    return [*sorted(lying, key=lambda path: _order(contents, path, booking), reverse=True), *rest]


def _order(contents: Contents, path: str, booking: BookingId) -> tuple[int, int, int]:
    lies = contents.lying_at(path, booking)
    assert lies is not None, "only what lies there is put in order"
    return lies.sequence, lies.interval.start, lies.interval.end


def _whose(book: Book, contents: Contents, entry: Entry, attempt: Attempt) -> Exchange[WriteTried]:
    """Whether what lies there was written by an attempt of this call, whose answer was lost."""
    if attempt.again:
        for path in contents.paths(book.uid(entry.booking)):
            got = yield from ask_text(book.place, path)
            if got is not None and has_token(
                got.content, entry.booking, book.domain, attempt.token
            ):
                return Success(Written.WRITTEN)
    return Success(Written.ALREADY_THERE)


def _fresh(book: Book, contents: Contents, path: str, booking: BookingId) -> Exchange[Got | None]:
    """Read what is to be changed as it is now; None where it is no longer what was looked at."""
    got = yield from ask_text(book.place, path)
    if got is None:
        return None
    read = read_resource(got.content, got.etag, book.domain).calendar
    if isinstance(read, Failure) or read.unwrap().lying(booking) != contents.lying_at(
        path, booking
    ):
        return None
    etag = got.etag or contents.resources[path].etag
    if etag is None:
        raise CalendarUnreachable("the calendar's server gives no versions to change ours by")
    return Got(got.content, etag)


def _remove(
    book: Book, contents: Contents, path: str, booking: BookingId
) -> Exchange[Again | None]:
    """Remove our event from one resource, and the resource where nothing else stands in it."""
    resource = contents.resources[path]
    etag = resource.etag
    alone = resource.alone and resource.ours == frozenset({book.uid(booking)})
    if etag is not None and alone:
        status = yield from delete(book.place, path, etag)
        return None if status in _GONE else _again("DELETE", status)
    got = yield from _fresh(book, contents, path, booking)
    if got is None or got.etag is None:
        return Again(asked=False)
    if alone:
        status = yield from delete(book.place, path, got.etag)
    else:
        rest = without_entry(got.content, booking, book.domain)
        status = yield from put_text(book.place, path, rest, got.etag)
    return _again("PUT", status)


def _again(method: str, status: int) -> Again | None:
    """What a status comes to; None where it is done."""
    if status in _DONE:
        return None
    if status == _NOT_LET_IN or status in _REDIRECTS:
        raise unexpected(method, status)
    ill = status >= _SERVER_ERROR and status not in _NEVER
    return Again(status, may_be_done=ill or status in _LATER)
