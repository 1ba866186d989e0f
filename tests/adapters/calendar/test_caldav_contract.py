from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import settings

from eservices_adapters.stand_ins.caldav import CalDavStandIn, Manners
from eservices_core.outcome import Failure, Success
from eservices_core.ports.calendar import Entry, EntryDiffers, Written
from eservices_core.testing.contracts import (
    AppointmentCalendarContract,
    CalendarMachine,
    CalendarUnderTest,
)
from eservices_core.testing.contracts.calendar import at
from eservices_core.words.identifiers import BookingId
from tests.adapters.calendar.caldav_handles import (
    LOGIN,
    PATHS,
    Handles,
    at_real_server,
    under_test_at,
)
from tests.adapters.calendar.caldav_program import DavProgram
from tests.adapters.calendar.making import BOOK
from tests.adapters.calendar.real_servers import SERVERS, real_server

MANNERS = {
    "as most": Manners(),
    "without sync or multiget": Manners(syncs=False, fetches_many=False),
    "without sync or tags": Manners(syncs=False, tags=False),
    "in parts, forgetful, weak": Manners(part=3, remembers=2, weak=True, refuses_with=412),
}
WRITERS = 40


class TestAtAStandIn(AppointmentCalendarContract):
    """Every promise of the port, whatever a server's manners."""

    @pytest.fixture(params=MANNERS.values(), ids=MANNERS.keys())
    def under_test(self, request: pytest.FixtureRequest) -> Iterator[CalendarUnderTest]:
        """The adapter over a stand-in."""
        with CalDavStandIn(PATHS.values(), request.param, LOGIN) as server:
            program = DavProgram(server.url(PATHS[BOOK]), LOGIN)
            yield under_test_at(Handles(server.url), program, server.collections.clear)


class Machine(CalendarMachine):
    """Histories at a stand-in."""

    def open_calendar(self) -> CalendarUnderTest:
        """A new one for each history."""
        self.server = CalDavStandIn(PATHS.values(), Manners(part=2, remembers=5), LOGIN).__enter__()
        program = DavProgram(self.server.url(PATHS[BOOK]), LOGIN)
        return under_test_at(Handles(self.server.url), program, self.server.collections.clear)

    def teardown(self) -> None:
        """Stop it."""
        self.server.__exit__()


TestHistories = Machine.TestCase
TestHistories.settings = settings(max_examples=20, stateful_step_count=20)


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A real server for all tests of this module."""
    with real_server(request.param, tmp_path_factory.mktemp("server"), LOGIN) as url:
        yield url


class TestAtARealServer(AppointmentCalendarContract):
    """Every promise of the port, at servers that others have written."""

    @pytest.fixture
    def under_test(self, server: str) -> CalendarUnderTest:
        """The adapter over two new collections, and a line that can be cut."""
        return at_real_server(server)

    def test_forty_writers_of_one_entry(self, under_test: CalendarUnderTest) -> None:
        """faults: 159. Of forty that write one booking at forty times, one does; the rest are told.

        Radicale takes eight lines at once, and breaks the others.
        """
        handles = [under_test.reopen() for _ in range(WRITERS)]

        def write(writer: int) -> object:
            entry = Entry(BookingId("booking-1"), 0, at(writer * 20))
            return handles[writer].write(*under_test.book, entry)

        with ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(write, range(WRITERS)))
        (busy,) = under_test.read()
        assert busy.lying is not None
        assert answers.count(Success(Written.WRITTEN)) == 1
        assert answers.count(Failure(EntryDiffers(busy.lying))) == WRITERS - 1
        assert answers.index(Success(Written.WRITTEN)) * 20 == busy.interval.start - at(0).start

    def test_forty_writers_of_forty_entries(self, under_test: CalendarUnderTest) -> None:
        """D-BOOK-1: forty bookings of one time are all written; the ledger minds overlaps."""
        handles = [under_test.reopen() for _ in range(WRITERS)]

        def write(writer: int) -> object:
            entry = Entry(BookingId(f"booking-{writer}"), 0, at(0))
            return handles[writer].write(*under_test.book, entry)

        with ThreadPoolExecutor(WRITERS) as pool:
            answers = list(pool.map(write, range(WRITERS)))
        assert answers == [Success(Written.WRITTEN)] * WRITERS
        assert len(under_test.read()) == WRITERS
