"""The adapter over a stand-in or a real server, for several test files."""

from collections.abc import Callable
from itertools import count
from typing import Final
from urllib.parse import urlsplit

from eservices_adapters.calendar.caldav import CalDavCalendar
from eservices_adapters.calendar.dav import Place
from eservices_adapters.clock import SystemChance
from eservices_core.testing.contracts import CalendarUnderTest
from eservices_core.testing.memory import FakeClock
from tests.adapters.calendar.caldav_program import DavProgram
from tests.adapters.calendar.faulty_line import Line
from tests.adapters.calendar.making import BOOK, DOMAIN, NOBODY, NOW, OTHER

LOGIN: Final = ("eservices", "a word of the server's")
PATHS: Final = {BOOK: "/clinic-1/dr-a/", OTHER: "/clinic-1/dr-b/"}

_rooms = count(1)


class Handles:
    """Handles on both collections of a server."""

    def __init__(
        self,
        url: Callable[[str], str],
        login: tuple[str, str] | None = LOGIN,
        patience: float = 30.0,
    ) -> None:
        user, password = login or (None, None)
        self.places = {book: Place(url(path), user, password) for book, path in PATHS.items()}
        self.patience = patience
        self.clock = FakeClock(NOW)

    def one(self) -> CalDavCalendar:
        """Open one more."""
        return CalDavCalendar(
            self.places, DOMAIN, self.clock, SystemChance(), patience=self.patience
        )


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


def at_real_server(home: str) -> CalendarUnderTest:
    """The adapter over two new collections of a real server, with a line that can be cut."""
    room = f"{urlsplit(home).path}/room-{next(_rooms)}"
    paths = {path: f"{room}-{path.strip('/').replace('/', '-')}/" for path in PATHS.values()}
    origin = home.removesuffix(urlsplit(home).path)
    line = Line(origin)
    for path in paths.values():
        DavProgram(f"{origin}{path}", LOGIN).make()
    handles = Handles(lambda path: line.url(paths[path]))
    program = DavProgram(f"{origin}{paths[PATHS[BOOK]]}", LOGIN)
    return under_test_at(handles, program, line.cut)
