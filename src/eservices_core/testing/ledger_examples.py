"""Changes to try a ledger with, and what of a change can be found in it again.

Here: values of the core, made up. Not here: promises, and anything of pytest: other processes and
tests that kill them use this too.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeAlias

from eservices_core.access import guesses, user
from eservices_core.clinic.staff import StaffMember
from eservices_core.events import StreamId
from eservices_core.ports.audit_log import AuditLog
from eservices_core.ports.claims import Claims, ClaimTime, Held, MoveClaim, ReleaseClaim
from eservices_core.ports.ledger import (
    Actor,
    Append,
    Archive,
    AuditEntry,
    ByGuardianPerson,
    ByNobodyKnown,
    ByStaff,
    BySystem,
    ByUser,
    Change,
    Ledger,
    Name,
    NameKind,
    PutContent,
    Records,
    TakeName,
)
from eservices_core.ports.lists import Lists
from eservices_core.ports.outbox import Handover, MailKind, Outbox, OutgoingMail, TakenMail
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    Pseudonym,
    StaffId,
    UserId,
)
from eservices_core.words.interval import Interval


class WholeLedger(Ledger, Records, Claims, Lists, Archive, AuditLog, Outbox, Protocol):
    """The seven ports of one store, which keep their promises together."""


OpensLedger: TypeAlias = Callable[[], WholeLedger]
"""Opens one store: each call gives a handle on the same one, which is empty at first."""

AT: Final = datetime(2027, 3, 28, 0, 59, 59, 123456, tzinfo=UTC)
LATER: Final = AT + timedelta(minutes=1)
HELD: Final = timedelta(minutes=5)
TICK: Final = timedelta(microseconds=1)
ANNA: Final = UserId("anna")
BO: Final = UserId("bo")
STREAM: Final = StreamId("user", "anna")
OTHER_STREAM: Final = StreamId("user", "bo")
RECORD: Final = ContentId("record-1")
KEY: Final = bytes(range(32))
"""A key for stores that encrypt; known to everybody, so for tests alone."""
CLINIC: Final = ClinicId("clinic-1")
DOCTOR: Final = PractitionerId("doctor-1")
ADDRESS: Final = EmailAddress.parse("anna@example.dk").unwrap()
ACTORS: Final[tuple[Actor, ...]] = (
    ByUser(ANNA),
    ByGuardianPerson(Pseudonym("guardian")),
    ByStaff(StaffMember(StaffId("staff-1"), CLINIC)),
    ByNobodyKnown(),
    BySystem(),
)

CREATED: Final = user.UserCreated(user.CreatedBy.CLINIC, None)
ACTIVATED: Final = user.UserActivated()
COUNTED: Final = guesses.GuessCounted(guesses.Purpose.CODE, AT)


def a_change(key: str, *appends: Append, answer: str = '"done"') -> Change:
    """Make a change of appends alone, under a key, asking what the key says."""
    return Change(key, f"asks {key}", AT, BySystem(), answer, appends)


def an_append(
    expected: int, count: int = 1, stream: StreamId = STREAM, about: UserId | None = ANNA
) -> Append:
    """Append `count` events to a stream."""
    return Append(stream, expected, (COUNTED,) * count, about)


def a_name(key: str = "a", kind: NameKind = NameKind.USERNAME) -> Name:
    """Make a unique name."""
    return Name(kind, Pseudonym(key))


def a_mail(
    name: str, content: bytes = b"Subject: A\r\n\r\nB\r\n", stream: StreamId | None = None
) -> OutgoingMail:
    """Make a mail that keeps."""
    return OutgoingMail(MailId(name), MailKind.ACTIVATION, ANNA, ADDRESS, content, None, stream)


def a_claim(name: str, start: int, end: int, practitioner: PractitionerId = DOCTOR) -> ClaimTime:
    """Claim some minutes of a practitioner's for a booking."""
    return ClaimTime(BookingId(name), CLINIC, practitioner, Interval(start, end))


def a_move(name: str, start: int, end: int, practitioner: PractitionerId = DOCTOR) -> MoveClaim:
    """Move a booking to some minutes of a practitioner's."""
    return MoveClaim(BookingId(name), CLINIC, practitioner, Interval(start, end))


def claiming(key: str, *acts: ClaimTime | MoveClaim | ReleaseClaim) -> Change:
    """Make a change of acts on claims alone."""
    return Change(key, f"asks {key}", AT, BySystem(), '"done"', claims=acts)


def held(act: ClaimTime | MoveClaim) -> Held:
    """Say what is held when an act was carried out."""
    return Held(act.booking, act.clinic, act.practitioner, act.interval)


def take_all(ledger: Outbox, at: datetime = AT, until: datetime | None = None) -> list[TakenMail]:
    """Take all mails that are due, in their order; none of them is put down."""
    taken: list[TakenMail] = []
    while (one := ledger.take(at, until or at + HELD)) is not None:
        taken.append(one)
    return taken


def settle_next(
    ledger: Outbox, handover: Handover, at: datetime = AT, next_try: datetime | None = None
) -> TakenMail:
    """Take the mail whose turn it is, and say how it ended."""
    taken = ledger.take(at, at + HELD)
    assert taken is not None, "a mail is due"
    ledger.settle(taken.mail.mail, taken.token, handover, at, next_try)
    return taken


def a_whole_change(name: str) -> Change:
    """Make a change with one of everything, all of it named after `name` and new."""
    about = UserId(f"user-{name}")
    stream = StreamId("user", name)
    return Change(
        key=f"whole-{name}",
        fingerprint=f"asks whole-{name}",
        at=AT,
        by=ByUser(about),
        answer=f'"{name}"',
        appends=(
            Append(stream, 0, (CREATED, ACTIVATED), about),
            Append(StreamId("guesses", name), 0, (COUNTED,), about),
        ),
        names=(TakeName(a_name(f"name-{name}"), about),),
        contents=(PutContent(ContentId(f"content-{name}"), about, f"text of {name}"),),
        mails=(
            OutgoingMail(
                MailId(f"mail-{name}"),
                MailKind.ACTIVATION,
                about,
                ADDRESS,
                name.encode(),
                AT,
                stream,
            ),
        ),
        audit=(AuditEntry("create", about, "S-ACC-8", None, stream),),
        claims=(a_claim(f"booking-{name}", 0, 15, PractitionerId(f"practitioner-{name}")),),
    )


def parts_there(ledger: WholeLedger, name: str) -> dict[str, bool]:
    """Say for each part of `a_whole_change(name)` whether it lies in the ledger as it was given."""
    change = a_whole_change(name)
    about = UserId(f"user-{name}")
    first, second = change.appends
    answer = ledger.answered(change.key, change.fingerprint).unwrap()
    events = tuple(recorded.event for recorded in ledger.events_about(about))
    state = ledger.mail(change.mails[0].mail)
    states = () if state is None else (state,)
    (claim,) = change.claims
    assert isinstance(claim, ClaimTime)
    return {
        "answer": answer is not None and answer.answer == change.answer,
        "events": events == (*first.events, *second.events),
        "first stream": len(ledger.history(first.stream)) == len(first.events),
        "second stream": len(ledger.history(second.stream)) == len(second.events),
        "name": ledger.holder(change.names[0].name) == about,
        "content": ledger.content(ContentId(f"content-{name}")) == f"text of {name}",
        "claim": ledger.held_by(claim.booking) == held(claim),
        "live": ledger.live(claim.clinic, claim.practitioner, claim.interval) == (held(claim),),
        "mail": states != () and ledger.mails_about(about) == states,
        "mail of its stream": states != () and ledger.mails_of(first.stream) == states,
        "open": state is not None and state.settled_at is None,
        "audit": tuple(audited.entry for audited in ledger.audit_about(about)) == change.audit,
        "audit of its stream": ledger.audit_of(first.stream) == ledger.audit_about(about) != (),
    }
