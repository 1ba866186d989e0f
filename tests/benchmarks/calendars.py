"""A second look at a calendar of 5,000 events on a CalDAV server, against the first.

The server's answers are kept from a stand-in and played back, so what is timed is ours alone: the
questions, the XML, the texts, and what is taken in a year. Between the looks one event has changed.
"""

from datetime import UTC, datetime
from typing import Final

from attrs import define

from eservices_adapters.calendar.collection import Resource, Snapshot
from eservices_adapters.calendar.dav import Place
from eservices_adapters.calendar.looking import look
from eservices_adapters.stand_ins.caldav import CalDavStandIn
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Answer, Exchange, Request, run
from eservices_core.words.interval import Interval, minute_of
from tests.adapters.calendar.many_events import MANY, event, fill
from tests.benchmarks.racing import Contestant, Goal, Race
from tests.benchmarks.racing import run as race_them

FIRST: Final = "the first look"
SECOND: Final = "the second look, one changed"
GOALS: Final = (Goal("a second look beside the first", SECOND, FIRST, at_most=0.05),)

_PATH: Final = "/clinic-1/dr-a/"
_NOW: Final = datetime(2027, 3, 1, tzinfo=UTC)
_YEAR: Final = Interval(minute_of(_NOW), minute_of(datetime(2028, 3, 1, tzinfo=UTC)))
_DOMAIN: Final = "eservices.example.dk"


@define
class _Kept:
    """A server's answers, by request."""

    answers: dict[Request, Answer]

    def keep(self, place: Place, known: Snapshot, cache: dict[str, Resource]) -> Snapshot:
        """Look at a real line, and keep what comes."""
        return (
            HttpDriver(Bounds(120, 64 * 1024 * 1024))
            .run(self._kept(look(place, _DOMAIN, known, cache, _NOW)))
            .unwrap()
        )

    def _kept(self, exchange: Exchange[Snapshot]) -> Exchange[Snapshot]:
        request = next(exchange)
        while True:
            answer = yield request
            self.answers[request] = answer
            try:
                request = exchange.send(answer)
            except StopIteration as end:
                return end.value

    def look(self, place: Place, known: Snapshot, cache: dict[str, Resource]) -> int:
        """Look at what was kept; gives how much is taken in a year."""
        exchange = look(place, _DOMAIN, known, cache, _NOW)
        found = run(exchange, self.answers.__getitem__).unwrap()
        return len(found.contents.read(_YEAR).unwrap().busy)


def race(rounds: int) -> Race:
    """Keep the answers of both looks, see that both say what they should, and race."""
    kept = _Kept({})
    cache: dict[str, Resource] = {}
    with CalDavStandIn([_PATH]) as server:
        place = Place(server.url(_PATH))
        fill(server.collections[_PATH])
        known = kept.keep(place, Snapshot(), cache)
        server.collections[_PATH].put("04000.ics", event(4_000, minute=15))
        _ = kept.keep(place, known, dict(cache))

    def first(_: None) -> None:
        assert kept.look(place, Snapshot(), {}) > 1000

    def second(_: None) -> None:
        assert kept.look(place, known, dict(cache)) > 1000

    title = f"A look at {MANY:,} events over CalDAV, the server's part left out; nanoseconds a call"
    contestants = (Contestant(FIRST, ((first, [None]),)), Contestant(SECOND, ((second, [None]),)))
    return race_them(title, contestants, GOALS, rounds)
