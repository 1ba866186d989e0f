"""Strategies for what a ledger is given: actors, mails and whole changes.

Everything that could collide (streams, names, records, keys) comes from a few values, so that races
and repetitions happen; what cannot collide by chance in life (a mail's id) is left to the caller.
"""

from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.events import StreamId
from eservices_core.ports.claims import ClaimTime, MoveClaim, ReleaseClaim
from eservices_core.ports.ledger import (
    Actor,
    Append,
    AuditEntry,
    ByGuardianPerson,
    ByNobodyKnown,
    ByStaff,
    BySystem,
    ByUser,
    Change,
    EraseContent,
    Name,
    NameKind,
    PutContent,
    PutFile,
    ReleaseName,
    TakeName,
)
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList, TakeOffList
from eservices_core.ports.outbox import MailKind, OutgoingMail, WithdrawMails
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.events import domain_events
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.words import email_addresses, identifiers, instants
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    Pseudonym,
    UserId,
)
from eservices_core.words.interval import Interval

STREAMS: Final = tuple(StreamId(kind, key) for kind in ("user", "guesses") for key in ("1", "2"))
"""The streams that changes append to."""
USERS: Final = tuple(UserId(f"user-{number}") for number in (1, 2, 3))
"""The users that changes are about."""
CLINICS: Final = (ClinicId("clinic-1"), ClinicId("clinic-2"))
"""The clinics whose audit entries changes make."""
NAMES: Final = tuple(
    Name(kind, Pseudonym(key)) for kind in (NameKind.NUMBER, NameKind.USERNAME) for key in "ab"
)
"""The unique names that changes take and release."""
RECORDS: Final = tuple(ContentId(f"record-{number}") for number in (1, 2, 3))
"""The erasable records that changes write."""
BOOKS: Final = tuple(
    (ClinicId(clinic), PractitionerId(practitioner))
    for clinic, practitioner in (("clinic-1", "a"), ("clinic-1", "b"), ("clinic-2", "a"))
)
"""The practitioners whose time changes claim: two at one clinic, one of the same name elsewhere."""
BOOKINGS: Final = tuple(BookingId(f"booking-{number}") for number in range(6))
"""The bookings that changes claim time for."""
MINUTES: Final = Interval(-10, 10)
"""The minutes that changes claim: so few that claims meet, before and after 1970."""
LISTS: Final = tuple(
    ListName(kind, clinic)
    for kind in (ListKind.WORKLIST, ListKind.UNREAD)
    for clinic in ("clinic-1", "clinic-2")
)
"""The lists that changes lay things on."""
ITEMS: Final = tuple(f"item/{number}" for number in range(6))
"""What lies on them."""
KEYS: Final = tuple(f"key-{number}" for number in range(20))
"""The keys that changes come under."""

_TEXTS: Final = st.one_of(
    st.text(st.characters(), max_size=50),
    st.sampled_from(["", "\0", "\ud800", "\U0010ffff", "A\u030a", "\r\n", " a "]),
)


def actors() -> SearchStrategy[Actor]:
    """Draw anybody who can ask for a change."""
    return st.one_of(
        built(ByUser, user=identifiers(UserId)),
        built(ByGuardianPerson, guardian=identifiers(Pseudonym)),
        built(ByStaff, staff=staff_members()),
        built(ByNobodyKnown),
        built(BySystem),
    )


def mails() -> SearchStrategy[OutgoingMail]:
    """Draw a mail of any bytes, with an id of its own."""
    return built(
        OutgoingMail,
        mail=st.uuids(version=4).map(lambda drawn: MailId(drawn.hex)),
        kind=st.sampled_from(MailKind),
        about=st.none() | st.sampled_from(USERS),
        to=email_addresses(),
        content=st.binary(max_size=50),
        expires_at=st.none() | instants(),
        stream=st.none() | st.sampled_from(STREAMS),
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Draw a change over the few streams, users, names, records and so on that stand above.

    Whether its versions, names and claims hold is the store's to say.
    """
    return draw(_changes())


@cache
def _changes() -> SearchStrategy[Change]:
    # Hypothesis writes a strategy out when it filters, and this one, with every event, is long.
    return built(
        Change,
        key=st.sampled_from(KEYS),
        fingerprint=st.sampled_from(["this command", "that command"]),
        at=instants(),
        by=actors(),
        answer=_TEXTS,
        appends=st.lists(_appends(), max_size=2, unique_by=_stream_of).map(tuple),
        names=st.lists(_name_acts(), max_size=2).map(tuple),
        contents=st.lists(_content_acts(), max_size=2).map(tuple),
        mails=st.lists(mails(), max_size=2, unique_by=_id_of).map(tuple),
        audit=st.lists(_audit_entries(), max_size=2).map(tuple),
        claims=st.lists(claim_acts(), max_size=2).map(tuple),
        withdrawals=st.lists(_withdrawals(), max_size=1).map(tuple),
        lists=st.lists(list_acts(), max_size=3).map(tuple),
    )


def claim_acts() -> SearchStrategy[ClaimTime | MoveClaim | ReleaseClaim]:
    """Draw an act on the claim of one of `BOOKINGS`, in one of `BOOKS`, within `MINUTES`."""
    bookings = st.sampled_from(BOOKINGS)
    placed = st.tuples(bookings, st.sampled_from(BOOKS), intervals())
    return st.one_of(
        placed.map(lambda drawn: ClaimTime(drawn[0], *drawn[1], drawn[2])),
        placed.map(lambda drawn: MoveClaim(drawn[0], *drawn[1], drawn[2])),
        built(ReleaseClaim, booking=bookings),
    )


def intervals() -> SearchStrategy[Interval]:
    """Draw an interval within `MINUTES`."""
    minutes = st.integers(min_value=MINUTES.start, max_value=MINUTES.end)
    ends = st.lists(minutes, min_size=2, max_size=2, unique=True)
    return ends.map(lambda drawn: Interval(min(drawn), max(drawn)))


def _withdrawals() -> SearchStrategy[WithdrawMails]:
    users, streams = st.sampled_from(USERS), st.sampled_from(STREAMS)
    kinds = st.none() | st.frozensets(st.sampled_from(MailKind))
    return st.one_of(
        built(WithdrawMails, about=users, stream=st.none() | streams, kinds=kinds),
        built(WithdrawMails, about=st.none(), stream=streams, kinds=kinds),
    )


def _stream_of(append: Append) -> StreamId:
    return append.stream


def _id_of(mail: OutgoingMail) -> MailId:
    return mail.mail


def _appends() -> SearchStrategy[Append]:
    return built(
        Append,
        stream=st.sampled_from(STREAMS),
        expected=st.integers(min_value=0, max_value=4),
        events=st.lists(domain_events(), max_size=3).map(tuple),
        about=st.none() | st.sampled_from(USERS),
    )


def _name_acts() -> SearchStrategy[TakeName | ReleaseName]:
    names, users = st.sampled_from(NAMES), st.sampled_from(USERS)
    return st.one_of(
        built(TakeName, name=names, holder=users),
        built(ReleaseName, name=names, holder=users),
    )


def _content_acts() -> SearchStrategy[PutContent | PutFile | EraseContent]:
    records = st.sampled_from(RECORDS)
    put = built(PutContent, record=records, about=st.none() | st.sampled_from(USERS), text=_TEXTS)
    file = built(
        PutFile,
        record=records,
        about=st.none() | st.sampled_from(USERS),
        data=st.binary(max_size=50),
    )
    return st.one_of(put, file, built(EraseContent, record=records))


def list_acts() -> SearchStrategy[PutOnList | TakeOffList]:
    """Draw an act on one of `LISTS`, about one of `ITEMS`."""
    lists, items = st.sampled_from(LISTS), st.sampled_from(ITEMS)
    listed = built(
        Listed,
        item=items,
        since=instants(),
        rank=st.integers(min_value=0, max_value=2),
        about=st.none() | st.sampled_from(USERS),
    )
    return st.one_of(
        built(PutOnList, name=lists, listed=listed), built(TakeOffList, name=lists, item=items)
    )


def _audit_entries() -> SearchStrategy[AuditEntry]:
    codes = st.sampled_from(["login", "set_tick", "send_code"])
    return built(
        AuditEntry,
        act=codes,
        about=st.none() | st.sampled_from(USERS),
        rule=st.none() | st.sampled_from(["D-ACC-2", "S-ACC-4"]),
        refused_because=st.none() | codes,
        stream=st.none() | st.sampled_from(STREAMS),
        clinic=st.none() | st.sampled_from(CLINICS),
        purpose=st.none() | st.sampled_from(["item", "call"]),
    )
