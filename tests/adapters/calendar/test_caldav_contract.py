from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import settings

from eservices_adapters.calendar.caldav import CalDavCalendar
from eservices_adapters.calendar.dav import Place
from eservices_adapters.clock import SystemChance
from eservices_adapters.stand_ins.caldav import CalDavStandIn, Manners
from eservices_core.testing.contracts import (
    AppointmentCalendarContract,
    CalendarMachine,
    CalendarUnderTest,
)
from eservices_core.testing.memory import FakeClock
from tests.adapters.calendar.caldav_program import DavProgram
from tests.adapters.calendar.faulty_line import Line
from tests.adapters.calendar.making import BOOK, DOMAIN, NOBODY, NOW, OTHER
from tests.adapters.calendar.radicale_server import radicale

LOGIN = ("eservices", "a word of the server's")
PATHS = {BOOK: "/clinic-1/dr-a/", OTHER: "/clinic-1/dr-b/"}
MANNERS = {
    "as most": Manners(),
    "without sync": Manners(syncs=False),
    "without sync or tags": Manners(syncs=False, tags=False),
    "without multiget": Manners(fetches_many=False),
    "in small parts": Manners(part=3),
    "forgetful": Manners(remembers=2),
    "behind a packing proxy": Manners(weak=True),
    "as Xandikos refuses": Manners(refuses_with=412),
}


class Handles:
    """Handles on both collections of a server."""

    def __init__(self, url: Callable[[str], str], login: tuple[str, str] | None = LOGIN) -> None:
        user, password = login or (None, None)
        self.places = {book: Place(url(path), user, password) for book, path in PATHS.items()}

    def one(self) -> CalDavCalendar:
        """Open one more."""
        return CalDavCalendar(self.places, DOMAIN, FakeClock(NOW), SystemChance())


def under_test_at(
    handles: Handles, program: DavProgram, cut_off: Callable[[], None]
) -> CalendarUnderTest:
    """The adapter, and another program beside it."""
    return CalendarUnderTest(
        handles.one(),
        BOOK,
        OTHER,
        NOBODY,
        add_foreign=program.add,
        remove_ours=program.delete,
        move_ours=program.move,
        cut_off=cut_off,
        reopen=handles.one,
    )


class TestAtAStandIn(AppointmentCalendarContract):
    """Every promise of the port, whatever a server's manners."""

    @pytest.fixture(params=MANNERS.values(), ids=MANNERS.keys())
    def under_test(self, request: pytest.FixtureRequest) -> Iterator[CalendarUnderTest]:
        """The adapter over a stand-in."""
        with CalDavStandIn(PATHS.values(), request.param, LOGIN) as server:
            handles = Handles(server.url)
            program = DavProgram(server.url(PATHS[BOOK]), LOGIN)
            yield under_test_at(handles, program, server.collections.clear)


class Machine(CalendarMachine):
    """Histories at a stand-in."""

    def open_calendar(self) -> CalendarUnderTest:
        """A new one for each history."""
        self.server = CalDavStandIn(PATHS.values(), Manners(part=2, remembers=5), LOGIN).__enter__()
        handles = Handles(self.server.url)
        program = DavProgram(self.server.url(PATHS[BOOK]), LOGIN)
        return under_test_at(handles, program, self.server.collections.clear)

    def teardown(self) -> None:
        """Stop it."""
        self.server.__exit__()


TestHistories = Machine.TestCase
TestHistories.settings = settings(max_examples=20, stateful_step_count=30)


@pytest.fixture(scope="module", params=["pip", "debian"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A real server for all tests of this module."""
    with radicale(request.param, tmp_path_factory.mktemp("radicale"), LOGIN) as url:
        yield url


_rooms = count(1)


class TestAtRadicale(AppointmentCalendarContract):
    """Every promise of the port, at a server that others have written."""

    @pytest.fixture
    def under_test(self, server: str) -> CalendarUnderTest:
        """The adapter over two new collections, and a line that can be cut."""
        return at_radicale(server)


def at_radicale(server: str) -> CalendarUnderTest:
    """The adapter over two new collections of a server."""
    room = f"/{LOGIN[0]}/room-{next(_rooms)}"
    line = Line(server)
    for path in PATHS.values():
        DavProgram(f"{server}{_flat(room, path)}", LOGIN).make()
    handles = Handles(lambda path: line.url(_flat(room, path)))
    program = DavProgram(f"{server}{_flat(room, PATHS[BOOK])}", LOGIN)
    return under_test_at(handles, program, line.cut)


def _flat(room: str, path: str) -> str:
    """The path of a collection on a server that has them in one folder of each user."""
    return f"{room}-{path.strip('/').replace('/', '-')}/"
