"""What a look costs, in questions, bytes and texts that are read."""

from collections.abc import Iterator
from typing import Any

import pytest

from eservices_adapters.calendar import looking
from eservices_adapters.calendar.collection import read_resource
from eservices_adapters.stand_ins.caldav import CalDavStandIn, Manners
from eservices_core.outcome import Success
from eservices_core.ports.calendar import Entry, Written
from eservices_core.testing.contracts.calendar import at
from eservices_core.words.identifiers import BookingId
from tests.adapters.calendar.caldav_handles import LOGIN, PATHS, Handles
from tests.adapters.calendar.faulty_line import Line
from tests.adapters.calendar.making import BOOK, YEAR
from tests.adapters.calendar.many_events import MANY, event, fill


class Costs:
    """A server, a handle, and what each call on it costs."""

    def __init__(self, server: CalDavStandIn, line: Line) -> None:
        self.collection = server.collections[PATHS[BOOK]]
        self.line = line
        self.calendar = Handles(line.url, patience=120).one()
        self.read = 0

    def of_a_look(self) -> tuple[int, int, int]:
        """Look: the questions, the bytes of their answers, and the texts that were read."""
        with self.line.lock:
            self.line.seen.clear()
        self.read = 0
        assert self.calendar.read(*BOOK, YEAR).unwrap().busy
        return len(self.line.seen), sum(one.sent for one in self.line.seen), self.read


@pytest.fixture(params=[Manners(), Manners(syncs=False)], ids=["sync", "tags"])
def costs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Costs]:
    """Over a calendar of five thousand events."""
    with (
        CalDavStandIn(PATHS.values(), request.param, LOGIN) as server,
        Line(server.url("")) as line,
    ):
        costs = Costs(server, line)
        fill(costs.collection)

        def counted(*args: Any) -> Any:
            costs.read += 1
            return read_resource(*args)

        monkeypatch.setattr(looking, "read_resource", counted)
        yield costs


def test_a_second_look_costs_next_to_nothing(costs: Costs) -> None:
    """S-BOOK-2: of 5,000 events a second look reads none, a third the one that has changed.

    In questions, bytes and texts each is under 5 % of the first. Where a server knows no sync, a
    change costs the list of versions, and still one text.
    """
    first = costs.of_a_look()
    assert first[2] == MANY
    asked, sent, read = costs.of_a_look()
    assert (asked <= 2, read) == (True, 0)
    assert sent < first[1] / 1000
    costs.collection.put("02500.ics", event(2_500, minute=15))
    asked, sent, read = costs.of_a_look()
    assert (asked <= 4, read) == (True, 1)
    assert asked < first[0] * 0.08
    listed = asked > 2
    assert sent < first[1] * (0.4 if listed else 0.05)


def test_a_write_costs_two_questions(costs: Costs) -> None:
    """An entry is made with a look and one PUT, however many events there are."""
    _ = costs.of_a_look()
    with costs.line.lock:
        costs.line.seen.clear()
    written = costs.calendar.write(*BOOK, Entry(BookingId("booking-1"), 0, at(0)))
    assert written == Success(Written.WRITTEN)
    methods = [one.method for one in costs.line.seen]
    assert methods in (["REPORT", "PUT"], ["PROPFIND", "PUT"])
