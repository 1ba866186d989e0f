"""What servers and lines do to a CalDAV calendar (faults: 159 to 167)."""

import asyncio
import re
import resource
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Self

import pytest
from attrs import evolve

from eservices_adapters.calendar import caldav, edit, looking, trying
from eservices_adapters.calendar.caldav import MAX_ANSWER, CalDavCalendar
from eservices_adapters.calendar.collection import Snapshot
from eservices_adapters.calendar.dav import Place
from eservices_adapters.clock import SystemChance
from eservices_adapters.stand_ins.caldav import CalDavStandIn, Manners
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Exchange
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.calendar import (
    CalendarRefused,
    CalendarTooLarge,
    CalendarUnreachable,
    Entry,
    EntryDiffers,
    Lying,
    Reading,
    TooManyEvents,
    Unreadable,
    Withdrawn,
    Written,
)
from eservices_core.testing.contracts.calendar import at
from eservices_core.testing.memory import FakeClock
from eservices_core.words.identifiers import BookingId
from tests.adapters.calendar.caldav_handles import LOGIN, PATHS, Handles
from tests.adapters.calendar.caldav_program import DavProgram
from tests.adapters.calendar.faulty_line import Fault, Line
from tests.adapters.calendar.making import (
    BOOK,
    DOMAIN,
    NOBODY,
    NOW,
    OTHER,
    YEAR,
    a_calendar,
    utc,
)

ANNA, BO = BookingId("booking-1"), BookingId("booking-2")
PATH = PATHS[BOOK]
FIRST, SECOND = Entry(ANNA, 0, at(0)), Entry(ANNA, 1, at(60))

Faults = Callable[[str, int], Fault | None]


class Desk:
    """A stand-in, a line to it, our adapter at its end, and another program at the server."""

    def __init__(self, manners: Manners, patience: float = 20.0) -> None:
        self.server = CalDavStandIn(PATHS.values(), manners, LOGIN)
        self.line = Line(self.server.url(""))
        self.handles = Handles(self.line.url, patience=patience)
        self.program = DavProgram(self.server.url(PATH), LOGIN)
        self.calendar = self.handles.one()

    def __enter__(self) -> Self:
        _ = self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.line.cut()
        self.server.__exit__()

    def write(self, entry: Entry, believed: Lying | None = None) -> object:
        """Write."""
        return self.calendar.write(*BOOK, entry, believed)

    def lying(self, booking: BookingId = ANNA) -> tuple[Lying, ...]:
        """What another handle, over a good line, sees lying there."""
        fresh = Handles(self.server.url).one()
        return fresh.read(*BOOK, YEAR).unwrap().lying(booking)

    def kept(self) -> dict[str, tuple[int, bytes]]:
        """What the server holds."""
        return self.server.collections[PATH].resources


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk at a server as most are."""
    with Desk(Manners()) as one:
        yield one


def once(fault: Fault, method: str, which: int = 0) -> Faults:
    """Let one request of a method go wrong: the `which`th of them."""
    seen = [0]

    def decide(asked: str, _: int) -> Fault | None:
        if asked != method:
            return None
        seen[0] += 1
        return fault if seen[0] == which + 1 else None

    return decide


def always(fault: Fault, *methods: str) -> Faults:
    """Let every request of some methods go wrong."""
    return lambda asked, _: fault if asked in methods else None


# ---------------------------------------------------------------------------- one thing goes wrong

PASSING = (
    Fault.CUT_BEFORE,
    Fault.CUT_AFTER,
    Fault.CUT_IN_ANSWER,
    Fault.ILL_BEFORE,
    Fault.ILL_AFTER,
    Fault.LATE,
    Fault.TWICE,
)


@pytest.mark.parametrize("at_request", range(4))
@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.name.lower())
def test_a_request_that_goes_wrong_changes_no_end(fault: Fault, at_request: int) -> None:
    """faults: 160. Whichever request is lost, cut, late or heard twice, the entry lies there once.

    It is entered, moved and withdrawn, with one fault in each call at the same place.
    """
    with Desk(Manners()) as desk:

        def one_wrong() -> None:
            begun = desk.line.count
            desk.line.faults = lambda _, number: fault if number == begun + at_request else None

        def what_is_late_comes() -> None:
            """It finds another version, and is refused: but not where all is gone again by then."""
            if fault is Fault.LATE:
                time.sleep(0.5)

        _ = desk.calendar.read(*BOOK, YEAR)
        one_wrong()
        assert desk.write(FIRST) == Success(Written.WRITTEN)
        what_is_late_comes()
        assert desk.lying() == (FIRST.lying,)
        one_wrong()
        assert desk.write(SECOND, FIRST.lying) == Success(Written.WRITTEN)
        what_is_late_comes()
        assert desk.lying() == (SECOND.lying,)
        one_wrong()
        answer = desk.calendar.withdraw(*BOOK, ANNA, 1)
        assert answer == Success(Withdrawn.WITHDRAWN)
        what_is_late_comes()
        assert desk.lying() == ()
        assert len(desk.kept()) == 0


def test_a_lost_answer_is_told_from_anothers_entry(desk: Desk) -> None:
    """faults: 160. Ours is known by the token of the call; the same of another call was there."""
    desk.line.faults = once(Fault.CUT_AFTER, "PUT")
    assert desk.write(FIRST) == Success(Written.WRITTEN)
    assert b"X-ESERVICES-TOKEN:" in next(iter(desk.kept().values()))[1]
    other = desk.handles.one()
    entry = Entry(BO, 0, at(0))
    desk.line.faults = once(Fault.CUT_BEFORE, "PUT")

    def somebody_is_faster(asked: str, _: int) -> Fault | None:
        if asked == "PUT":
            desk.line.faults = lambda *_: None
            assert other.write(*BOOK, entry) == Success(Written.WRITTEN)
            return Fault.CUT_BEFORE
        return None

    desk.line.faults = somebody_is_faster
    assert desk.write(entry) == Success(Written.ALREADY_THERE)
    assert desk.lying(BO) == (entry.lying,)


def test_a_line_that_stays_down_is_unreachable_soon(desk: Desk) -> None:
    """Where every request is cut, each call ends with CalendarUnreachable, within seconds."""
    desk.line.faults = always(Fault.CUT_BEFORE, "REPORT", "PUT", "GET", "PROPFIND", "DELETE")
    began = time.monotonic()
    with pytest.raises(CalendarUnreachable):
        _ = desk.calendar.read(*BOOK, YEAR)
    with pytest.raises(CalendarUnreachable):
        _ = desk.write(FIRST)
    assert time.monotonic() - began < 15


def test_a_write_of_which_nobody_knows_can_be_repeated(desk: Desk) -> None:
    """faults: 160. Done, but every answer was lost: it raises, and repeated it is there already."""

    def nothing_comes_back(asked: str, _: int) -> Fault | None:
        if asked == "PUT":
            return Fault.CUT_AFTER
        return Fault.CUT_BEFORE if desk.kept() else None

    desk.line.faults = nothing_comes_back
    with pytest.raises(CalendarUnreachable):
        _ = desk.write(FIRST)
    desk.line.faults = lambda *_: None
    assert desk.write(FIRST) == Success(Written.ALREADY_THERE)
    assert desk.lying() == (FIRST.lying,)


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("status", [400, 403, 405, 409, 412, 415, 423, 507])
def test_a_server_that_takes_nothing_is_not_taken_for_a_conflict(status: int) -> None:
    """faults: 159. A refusal that nothing explains is CalendarUnreachable, not somebody's entry."""
    with Desk(Manners(takes=False, refuses_with=status)) as desk:
        with pytest.raises(CalendarUnreachable, match=str(status)):
            _ = desk.write(FIRST)
        assert len(desk.line.asked("PUT")) == 2
        assert desk.lying() == ()


def test_a_name_that_is_taken_by_somebody_elses_is_unreachable(desk: Desk) -> None:
    """faults: 159. 412, and nothing of ours lies there: nothing is overwritten to find out why."""
    assert desk.write(FIRST) == Success(Written.WRITTEN)
    (name,) = desk.kept()
    theirs = a_calendar(f"UID:x@example.com\nDTSTART:{utc(at(0).start)}\nDURATION:PT5M")
    desk.program.put(name, theirs)
    with pytest.raises(CalendarUnreachable, match="412"):
        _ = desk.write(FIRST)
    assert desk.kept()[name][1] == theirs


@pytest.mark.parametrize("status", [401, 403])
def test_a_login_that_is_refused_is_not_tried_again(status: int) -> None:
    """A server that does not let us in is asked once: it may lock an account after a few times."""
    with Desk(Manners()) as desk:
        wrong = ("eservices", "another") if status == 401 else LOGIN
        if status == 403:
            desk.server.manners = Manners(lets_in=False)
        calendar = Handles(desk.line.url, wrong).one()
        with pytest.raises(CalendarUnreachable, match=str(status)):
            _ = calendar.read(*BOOK, YEAR)
        with pytest.raises(CalendarUnreachable, match=str(status)):
            _ = calendar.write(*BOOK, FIRST)
        assert len(desk.line.seen) <= 6
        assert not desk.line.asked("PUT")


def test_every_change_is_made_on_a_condition(desk: Desk) -> None:
    """D-BOOK-6: no PUT and no DELETE of ours goes over what nobody has looked at."""
    conditions: list[tuple[str, bool]] = []
    desk.line.heard = lambda method, headers: conditions.append(
        (method, "if-match" in headers or headers.get("if-none-match") == "*")
    )
    assert desk.write(FIRST) == Success(Written.WRITTEN)
    assert desk.write(SECOND, FIRST.lying) == Success(Written.WRITTEN)
    assert desk.calendar.withdraw(*BOOK, ANNA, 1) == Success(Withdrawn.WITHDRAWN)
    changes = [held for method, held in conditions if method in {"PUT", "DELETE"}]
    assert changes == [True, True, True]


# -------------------------------------------------------------------------------------- versions


def test_without_versions_nothing_is_overwritten() -> None:
    """faults: 161. Where a server says no ETags, entries are read and made, and never changed."""
    with Desk(Manners(says_versions=False)) as desk:
        remove = desk.program.add(at(30))
        assert desk.write(FIRST) == Success(Written.WRITTEN)
        assert desk.lying() == (FIRST.lying,)
        with pytest.raises(CalendarUnreachable, match="no versions"):
            _ = desk.write(SECOND, FIRST.lying)
        with pytest.raises(CalendarUnreachable, match="no versions"):
            _ = desk.calendar.withdraw(*BOOK, ANNA, 1)
        assert len(desk.calendar.read(*BOOK, YEAR).unwrap().busy) == 2
        remove()
        assert desk.calendar.read(*BOOK, YEAR).unwrap().lying(ANNA) == (FIRST.lying,)


def test_a_server_that_rewrites_what_it_takes_is_read_again(desk: Desk) -> None:
    """faults: 161. PUT's answer says no ETag and the text is another's by then: it is looked at."""
    desk.line.faults = always(Fault.NO_VERSION, "PUT", "GET")
    assert desk.write(FIRST) == Success(Written.WRITTEN)
    ((name, (_, content)),) = desk.kept().items()
    desk.program.put(name, content.replace(b"SUMMARY:Aftale", b"SUMMARY:Aftale\r\nCOLOR:red"))
    assert desk.write(SECOND, FIRST.lying) == Success(Written.WRITTEN)
    assert b"COLOR:red" in desk.kept()[name][1]
    assert desk.lying() == (SECOND.lying,)


# ------------------------------------------------------------------------------- too much, too slow


def test_a_slow_answer_is_not_waited_for(desk: Desk) -> None:
    """faults: 162. Twenty bytes a tenth of a second: the call ends within its patience."""
    calendar = Handles(desk.line.url, patience=1.5).one()
    for minute in range(0, 200, 20):
        _ = desk.program.add(at(minute))
    desk.line.faults = always(Fault.DRIP, "REPORT")
    began = time.monotonic()
    with pytest.raises(CalendarUnreachable):
        _ = calendar.read(*BOOK, YEAR)
    assert time.monotonic() - began < 6


@pytest.mark.parametrize("fault", [Fault.FLOOD, Fault.ENDLESS], ids=lambda one: one.name.lower())
def test_an_answer_without_end_is_refused(desk: Desk, fault: Fault) -> None:
    """faults: 162. 64 MB, or a multistatus that never ends: refused by name, in bounded memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    desk.line.faults = always(fault, "REPORT")
    assert desk.calendar.read(*BOOK, YEAR) == Failure(CalendarTooLarge(MAX_ANSWER))
    assert desk.write(FIRST) == Failure(CalendarTooLarge(MAX_ANSWER))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 150 * 1024, "kilobytes"


def test_what_is_packed_is_not_unpacked(desk: Desk) -> None:
    """faults: 162. An answer that is packed though nobody asked for that is no answer."""
    desk.line.faults = always(Fault.PACKED, "REPORT")
    with pytest.raises(CalendarUnreachable):
        _ = desk.calendar.read(*BOOK, YEAR)


XXE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b'<D:multistatus xmlns:D="DAV:"><D:sync-token>&e;</D:sync-token></D:multistatus>'
)


@pytest.mark.parametrize(
    "answer", [XXE, b"", b"<html/>", b"<D:multistatus", b"\xff\xfe<", b"BEGIN:VCALENDAR"]
)
def test_an_answer_that_is_no_multistatus_offers_nothing(desk: Desk, answer: bytes) -> None:
    """faults: 162. Entities, HTML, half an answer: Unreadable, so nothing is taken to be free."""
    desk.line.answers = lambda method: (207, answer) if method == "REPORT" else None
    assert desk.calendar.read(*BOOK, YEAR) == Failure(Unreadable("multistatus"))
    assert desk.write(FIRST) == Failure(Unreadable("multistatus"))


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404, 405, 418, 429, 500, 501, 503, 507])
def test_a_status_that_says_nothing_offers_nothing(desk: Desk, status: int) -> None:
    """faults: 160. A server that answers what it should not is unreachable, whatever it says."""
    desk.line.answers = lambda _: (status, b"" if status == 204 else b"<html>all free</html>")
    with pytest.raises(CalendarUnreachable):
        _ = desk.calendar.read(*BOOK, YEAR)
    with pytest.raises(CalendarUnreachable):
        _ = desk.write(FIRST)


def test_too_many_events_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection of more resources than anybody's calendar is refused before any is read."""
    monkeypatch.setattr(looking, "MAX_EVENTS", 2)
    for minute in (0, 20, 40):
        _ = desk.program.add(at(minute))
    assert desk.calendar.read(*BOOK, YEAR) == Failure(TooManyEvents(2))
    assert len(desk.line.seen) == 1


def test_too_many_events_in_few_resources_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events are counted as they are read, so what is refused is not all in memory by then."""
    monkeypatch.setattr(looking, "MAX_EVENTS", 5)
    monkeypatch.setattr(looking, "BATCH", 1)
    several = [f"UID:{n}@x\nDTSTART:20270301T100000Z\nDURATION:PT5M" for n in range(3)]
    for name in range(4):
        desk.server.collections[PATH].put(f"{name}.ics", a_calendar(*several))
    assert desk.calendar.read(*BOOK, YEAR) == Failure(TooManyEvents(5))
    assert len(desk.line.seen) == 3, "the list, and two of the four"


def test_large_events_are_read_one_by_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large in one answer about many is asked for by itself."""
    monkeypatch.setattr(caldav, "MAX_ANSWER", 6_000)
    for number in range(3):
        text = a_calendar(f"UID:{number}@x\nDTSTART:20270301T100000Z\nX-LARGE:{'x' * 3_000}")
        desk.server.collections[PATH].put(f"{number}.ics", text)
    assert desk.calendar.read(*BOOK, YEAR) == Success(Reading(()))
    assert len(desk.line.asked("GET")) == 3


# -------------------------------------------------------------------------------- a server's memory


def test_a_token_that_is_no_longer_known_is_no_trouble(desk: Desk) -> None:
    """faults: 163. A server put back to a backup refuses the token; then all is listed anew."""
    _ = desk.program.add(at(0))
    assert len(desk.calendar.read(*BOOK, YEAR).unwrap().busy) == 1
    collection = desk.server.collections[PATH]
    collection.changes.clear()
    collection.resources.clear()
    assert desk.calendar.read(*BOOK, YEAR).unwrap().busy == ()


def test_a_server_that_forgets_a_change_is_found_out_within_the_hour(desk: Desk) -> None:
    """faults: 163. What sync does not tell is seen when all is listed again, once an hour."""
    remove = desk.program.add(at(0))
    assert len(desk.calendar.read(*BOOK, YEAR).unwrap().busy) == 1
    remove()
    _ = desk.program.add(at(60))
    collection = desk.server.collections[PATH]
    forgotten = collection.changes[-2:]
    collection.changes[-2:] = ["nobody.ics", "nobody.ics"]
    (busy,) = desk.calendar.read(*BOOK, YEAR).unwrap().busy
    assert busy.interval == at(0), "as long as the server is believed"
    desk.handles.clock.wind(timedelta(minutes=61))
    collection.changes += forgotten
    (busy,) = desk.calendar.read(*BOOK, YEAR).unwrap().busy
    assert busy.interval == at(60)


def test_a_copy_under_another_path_is_shown_and_cleared_away(desk: Desk) -> None:
    """faults: 163. A copy of ours that a server let somebody make is seen, and moved as one."""
    assert desk.write(FIRST) == Success(Written.WRITTEN)
    ((_, (_, content)),) = desk.kept().items()
    copied = re.sub(rb"T00(\d\d)00Z", rb"T05\g<1>00Z", content)
    desk.server.collections[PATH].put("copy.ics", copied)
    elsewhere = Lying(0, at(300))
    assert desk.lying() == (FIRST.lying, elsewhere)
    assert desk.write(SECOND, FIRST.lying) == Failure(EntryDiffers(elsewhere))
    assert desk.write(SECOND, elsewhere) == Success(Written.WRITTEN)
    assert desk.lying() == (SECOND.lying,)
    assert len(desk.kept()) == 1


def test_a_copy_is_withdrawn_too(desk: Desk) -> None:
    """faults: 165. A booking that has ended leaves nothing behind, copies and all."""
    assert desk.write(FIRST) == Success(Written.WRITTEN)
    ((_, (_, content)),) = desk.kept().items()
    desk.server.collections[PATH].put("copy.ics", content)
    assert desk.calendar.withdraw(*BOOK, ANNA, 1) == Success(Withdrawn.WITHDRAWN)
    assert len(desk.kept()) == 0


def test_ours_is_taken_out_of_what_it_shares_with_others(desk: Desk) -> None:
    """A resource that holds somebody else's event too loses ours, and nothing else."""
    theirs = f"UID:x@example.com\nDTSTART:{utc(at(0).start)}\nDURATION:PT5M"
    ours = f"UID:{ANNA}@{DOMAIN}\nDTSTART:{utc(at(0).start)}\nDURATION:PT5M"
    desk.server.collections[PATH].put("both.ics", a_calendar(theirs, ours))
    assert desk.calendar.withdraw(*BOOK, ANNA, 0) == Success(Withdrawn.WITHDRAWN)
    assert desk.kept()["both.ics"][1] == a_calendar(theirs)


def test_an_event_that_no_xml_can_hold_is_read_by_itself(desk: Desk) -> None:
    """One event with a control character in it does not shut the whole calendar."""
    for minute in (0, 20):
        _ = desk.program.add(at(minute))
    raw = a_calendar(f"UID:c@x\nSUMMARY:a\x01b\nDTSTART:{utc(at(40).start)}\nDURATION:PT5M")
    desk.server.collections[PATH].put("raw.ics", raw)
    assert len(desk.calendar.read(*BOOK, YEAR).unwrap().busy) == 3
    assert len(desk.line.asked("GET")) == 3


def test_one_event_that_cannot_be_understood_offers_nothing(desk: Desk) -> None:
    """What is taken is not known then, so nothing is offered; when it is gone, all is well."""
    desk.server.collections[PATH].put("bad.ics", a_calendar("UID:b\nDTSTART:tomorrow"))
    refusal = Failure(Unreadable("DTSTART"))
    assert desk.calendar.read(*BOOK, YEAR) == refusal
    assert desk.write(FIRST) == refusal
    assert desk.calendar.withdraw(*BOOK, ANNA, 0) == refusal
    desk.server.collections[PATH].delete("bad.ics")
    assert desk.write(FIRST) == Success(Written.WRITTEN)


# ------------------------------------------------------------------------------------------ privacy


def test_our_event_says_no_more_than_it_must(desk: Desk) -> None:
    """D-BOOK-12, faults: 166. Times, a neutral title, a place, a token; and a path by chance."""
    entry = evolve(FIRST, place="Lægerne, Østergade 1; 2. th.")
    assert desk.write(entry) == Success(Written.WRITTEN)
    ((name, (_, content)),) = desk.kept().items()
    assert re.fullmatch(r"[0-9a-f]{40}\.ics", name)
    lines = re.sub(rb"\r?\n ", b"", content).decode().split("\r\n")
    inside = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    names = [re.split("[;:]", line)[0] for line in inside]
    assert sorted(names) == sorted(
        ["UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION", edit.TOKEN]
    )


def test_a_redirect_is_not_followed(desk: Desk) -> None:
    """faults: 167. A server that sends us elsewhere is unreachable, and gets no login there."""
    desk.line.faults = always(Fault.ELSEWHERE, "REPORT", "PUT", "PROPFIND", "GET")
    with pytest.raises(CalendarUnreachable):
        _ = desk.calendar.read(*BOOK, YEAR)
    assert {one.path for one in desk.line.seen} == {PATH}


@pytest.mark.parametrize("url", ["http://calendar.example.dk/a/", "ftp://127.0.0.1/a/"])
def test_a_login_never_goes_over_an_open_line(url: str) -> None:
    """faults: 167. A password is sent over TLS, or on this machine; else nothing is sent at all."""
    place = Place(url, *LOGIN)
    calendar = CalDavCalendar({BOOK: place}, DOMAIN, FakeClock(NOW), SystemChance())
    with pytest.raises(CalendarUnreachable, match="may be spoken to"):
        _ = calendar.read(*BOOK, YEAR)
    assert LOGIN[1] not in repr(place)


@pytest.mark.parametrize(
    "href",
    [
        "http://evil.example/clinic-1/dr-a/x.ics",
        "/clinic-1/dr-b/x.ics",
        "/clinic-1/dr-a/../dr-b/x.ics",
        "/clinic-1/dr-a/%2e%2e",
        "/clinic-1/dr-a/sub/x.ics",
        "/clinic-1/dr-a/sub/",
    ],
)
def test_a_path_elsewhere_is_never_asked_for(desk: Desk, href: str) -> None:
    """faults: 167. What a server names elsewhere is never asked for, nor another host for it."""
    found = (
        f'<D:multistatus xmlns:D="DAV:"><D:response><D:href>{href}</D:href><D:propstat><D:prop>'
        '<D:getetag>"1"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>'
        "</D:response><D:sync-token>t</D:sync-token></D:multistatus>"
    ).encode()
    desk.line.answers = lambda method: (207, found) if method == "REPORT" else None
    assert desk.calendar.read(*BOOK, YEAR).unwrap().busy == ()
    assert {one.path for one in desk.line.seen} <= {PATH, f"{PATH}x.ics"}
    assert len(desk.line.asked("GET")) == href.startswith("http"), "of our own server"


# --------------------------------------------------------------------------------- looking after it


def test_a_check_says_which_calendar_cannot_be_read(desk: Desk) -> None:
    """Whoever asks whether all is well gets a line for each practitioner, and changes nothing."""
    bad = a_calendar("UID:b\nDTSTART:tomorrow")
    desk.server.collections[PATHS[OTHER]].put("bad.ics", bad)
    findings = list(trying.check(desk.calendar, [BOOK, OTHER, NOBODY], YEAR))
    assert [each.name for each in findings] == [
        f"calendar of clinic-1/{who}" for who in ("dr-a", "dr-b", "dr-c")
    ]
    assert [(each.is_well, each.says) for each in findings] == [
        (True, "can be read"),
        (False, "what it says of DTSTART cannot be understood"),
        (False, "nobody has said where this practitioner's calendar is"),
    ]
    desk.line.faults = always(Fault.ILL_BEFORE, "REPORT")
    (finding,) = trying.check(desk.calendar, [BOOK], YEAR)
    assert (finding.is_well, "503" in finding.says) == (False, True)
    assert {one.method for one in desk.line.seen} == {"REPORT"}


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
def test_a_trial_that_fails_leaves_nothing(desk: Desk, method: str) -> None:
    """A trial stops at the step that does not go well, and takes its entry away."""
    desk.line.faults = lambda asked, _: (
        Fault.ILL_BEFORE if asked == method and len(desk.line.asked(method)) < 12 else None
    )
    findings = list(trying.try_out(desk.calendar, BOOK, YEAR, BookingId("try-1")))
    assert not findings[-1].is_well
    assert "503" in findings[-1].says or "ill" in findings[-1].says
    desk.line.faults = lambda *_: None
    assert desk.kept() == {}


def test_a_look_can_be_awaited(desk: Desk) -> None:
    """The same exchange is driven waiting or awaiting: what is asked is written once."""
    _ = desk.program.add(at(0))
    place = desk.handles.places[BOOK]
    driver = HttpDriver(Bounds())

    def exchange() -> Exchange[Outcome[Snapshot, CalendarRefused]]:
        return looking.look(place, DOMAIN, Snapshot(), {}, NOW)

    waited = driver.run(exchange()).unwrap()
    awaited = asyncio.run(driver.run_async(exchange())).unwrap()
    assert waited.contents.read(YEAR) == awaited.contents.read(YEAR)
    assert len(awaited.contents.read(YEAR).unwrap().busy) == 1
