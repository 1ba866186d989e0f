"""A server's answers about many resources: what is taken, and what is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.calendar import multistatus
from eservices_adapters.calendar.dav import Place, condition_of
from eservices_adapters.calendar.multistatus import (
    Found,
    Multistatus,
    NotUnderstood,
    path_of,
    read_multistatus,
)
from eservices_core.outcome import Failure, Success

PLACE = Place("https://calendar.example.dk/clinic%201/dr-a/")
OPEN = (
    '<?xml version="1.0" encoding="utf-8"?><multistatus xmlns="DAV:" '
    'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/">'
)
CLOSE = "</multistatus>"


def response(said: str, href: str = "/a/x.ics", status: str = "HTTP/1.1 200 OK") -> str:
    """One response with its properties."""
    return (
        f"<response><href>{href}</href><propstat><prop>{said}</prop><status>{status}</status>"
        "</propstat></response>"
    )


def read(*parts: str) -> object:
    """Read an answer of these parts."""
    return read_multistatus("".join([OPEN, *parts, CLOSE]).encode())


def test_what_was_asked_for_is_taken() -> None:
    """Versions, texts, tokens and tags come out, whatever else a server says."""
    answer = read(
        response("<getetag>&quot;1&quot;</getetag><displayname>Anders And</displayname>"),
        response("<C:calendar-data>BEGIN&amp;æ\nEND</C:calendar-data>", "/a/%C3%A6%20y.ics"),
        response("<S:getctag> 42 </S:getctag><sync-token>t</sync-token>", "/a/"),
        "<response><href>/a/z.ics</href><status>HTTP/1.1 404 Not Found</status></response>",
        "<sync-token>http://example.dk/ns/7</sync-token>",
    )
    assert answer == Success(
        Multistatus(
            (
                Found("/a/x.ics", etag='"1"'),
                Found("/a/æ y.ics", data="BEGIN&æ\nEND".encode()),
                Found("/a/", token="t", ctag="42"),
                Found("/a/z.ics", 404),
            ),
            "http://example.dk/ns/7",
        )
    )
    assert "Anders" not in repr(answer)


def test_a_property_that_is_not_there_says_nothing() -> None:
    """What stands under another status than 200 is no value; nor is an empty one."""
    missing = response("<getetag>1</getetag>", status="HTTP/1.1 404 Not Found")
    assert read(missing) == Success(Multistatus((Found("/a/x.ics"),)))
    assert read(response("<getetag/>")) == Success(Multistatus((Found("/a/x.ics"),)))
    empty = response("<C:calendar-data/>")
    assert read(empty) == Success(Multistatus((Found("/a/x.ics", data=b""),)))


REFUSED = {
    "nothing": "",
    "no XML": "BEGIN:VCALENDAR",
    "half": OPEN + response("<getetag>1</getetag>"),
    "another root": '<error xmlns="DAV:"/>',
    "no namespace": "<multistatus/>",
    "a document type": f"<!DOCTYPE multistatus>{OPEN[38:]}{CLOSE}",
    "an entity": f'<!DOCTYPE m [<!ENTITY e "x">]>{OPEN[38:]}<sync-token>&e;</sync-token>{CLOSE}',
    "a file": f'<!DOCTYPE m SYSTEM "file:///etc/passwd">{OPEN[38:]}{CLOSE}',
    "no href": f"{OPEN}<response><status>HTTP/1.1 404 No</status></response>{CLOSE}",
    "an odd status": f"{OPEN}<response><href>/a</href><status>fine</status></response>{CLOSE}",
    "an element in a version": OPEN + response("<getetag>1<b/></getetag>") + CLOSE,
    "a version twice": OPEN + response("<getetag>1</getetag><getetag>2</getetag>") + CLOSE,
    "a version of two": (
        f"{OPEN}<response><href>/a</href><href>/b</href><propstat><prop><getetag>1</getetag></prop>"
        f"<status>HTTP/1.1 200 OK</status></propstat></response>{CLOSE}"
    ),
    "a long version": f"{OPEN}{response('<getetag>' + 'x' * 1_001 + '</getetag>')}{CLOSE}",
    "a line break in a version": f"{OPEN}{response('<getetag>a&#10;b</getetag>')}{CLOSE}",
    "too deep": OPEN + "<a>" * 40 + "</a>" * 40 + CLOSE,
    "a NUL in a path": f"{OPEN}{response('', '/a/%00')}{CLOSE}",
    "half a letter in a path": f"{OPEN}{response('', '/a/%C3')}{CLOSE}",
    "a path of no server": f"{OPEN}{response('', 'a/b.ics')}{CLOSE}",
    "another encoding": OPEN.replace("utf-8", "utf-16") + CLOSE.replace("m", "\x00m"),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_answer_is_refused(content: str) -> None:
    """faults: 162. What is not a multistatus from end to end says nothing; no file is opened."""
    assert read_multistatus(content.encode()) == Failure(NotUnderstood())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_only_utf_8_is_read(encoding: str) -> None:
    """faults: 168. Bytes in another encoding are refused, whatever they say of themselves."""
    text = f"{OPEN}{response('<getetag>æ</getetag>')}{CLOSE}".replace("utf-8", encoding)
    assert read_multistatus(text.encode(encoding)) == Failure(NotUnderstood())


def test_a_flood_of_elements_is_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """faults: 162. Elements are counted as they come, so a flood costs no more than its bound."""
    monkeypatch.setattr(multistatus, "MAX_ELEMENTS", 10_000)
    began = time.process_time()
    assert read(*["<a/>"] * 1_000_000) == Failure(NotUnderstood())
    assert time.process_time() - began < 3


@given(st.text(max_size=60))
def test_a_path_never_leads_elsewhere(href: str) -> None:
    """faults: 167. Of any href a path comes that is asked for on our own server, or none."""
    path = path_of(href)
    if path is not None and PLACE.holds(path):
        url = PLACE.at(path)
        assert url.startswith(PLACE.url)
        assert path_of(url) == path
        assert "/" not in url.removeprefix(PLACE.url)


def test_paths_are_told_apart() -> None:
    """A collection holds what lies directly in it; not itself, and nothing under another."""
    held = ["/clinic 1/dr-a/x.ics", "/clinic 1/dr-a/æ"]
    others = ["/clinic 1/dr-a/", "/clinic 1/dr-a/b/c", "/clinic 1/dr-ax", "/clinic 1/dr-a/.."]
    assert [PLACE.holds(path) for path in held + others] == [True] * 2 + [False] * 4


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ('"abc"', '"abc"'),
        ('W/"abc"', '"abc"'),
        (" abc ", '"abc"'),
        ('"a"b"', '"a"b"'),
        (None, None),
        ("", None),
        ('""', None),
        ("æ", None),
        ("a\nb", None),
    ],
)
def test_a_version_becomes_a_condition(said: str | None, condition: str | None) -> None:
    """faults: 161. A weak, bare or blank-padded ETag is said as a strong one; no other letters."""
    assert condition_of(said) == condition
