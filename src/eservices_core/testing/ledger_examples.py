"""Changes to try a ledger with, and what of a change can be found in it again.

Here: values of the core, made up. Not here: promises, and anything of pytest: other processes and
tests that kill them use this too.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol, TypeAlias

from eservices_core.access import guesses, user
from eservices_core.clinic.staff import StaffMember
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
    MailKind,
    Name,
    NameKind,
    Outbox,
    OutgoingMail,
    PutContent,
    Records,
    StreamId,
    TakeName,
)
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    ClinicId,
    ContentId,
    MailId,
    Pseudonym,
    StaffId,
    UserId,
)


class WholeLedger(Ledger, Records, Archive, Outbox, Protocol):
    """The four ports of one store, which keep their promises together."""


OpensLedger: TypeAlias = Callable[[], WholeLedger]
"""Opens one store: each call gives a handle on the same one, which is empty at first."""

AT: Final = datetime(2027, 3, 28, 0, 59, 59, 123456, tzinfo=UTC)
ANNA: Final = UserId("anna")
BO: Final = UserId("bo")
STREAM: Final = StreamId("user", "anna")
OTHER_STREAM: Final = StreamId("user", "bo")
RECORD: Final = ContentId("record-1")
ADDRESS: Final = EmailAddress.parse("anna@example.dk").unwrap()
ACTORS: Final[tuple[Actor, ...]] = (
    ByUser(ANNA),
    ByGuardianPerson(Pseudonym("guardian")),
    ByStaff(StaffMember(StaffId("staff-1"), ClinicId("clinic-1"))),
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


def a_mail(name: str, content: bytes = b"Subject: A\r\n\r\nB\r\n") -> OutgoingMail:
    """Make a mail that keeps."""
    return OutgoingMail(MailId(name), MailKind.ACTIVATION, ANNA, ADDRESS, content, None)


def a_whole_change(name: str) -> Change:
    """Make a change with one of everything, all of it named after `name` and new."""
    about = UserId(f"user-{name}")
    return Change(
        key=f"whole-{name}",
        fingerprint=f"asks whole-{name}",
        at=AT,
        by=ByUser(about),
        answer=f'"{name}"',
        appends=(
            Append(StreamId("user", name), 0, (CREATED, ACTIVATED), about),
            Append(StreamId("guesses", name), 0, (COUNTED,), about),
        ),
        names=(TakeName(a_name(f"name-{name}"), about),),
        contents=(PutContent(ContentId(f"content-{name}"), about, f"text of {name}"),),
        mails=(
            OutgoingMail(
                MailId(f"mail-{name}"), MailKind.ACTIVATION, about, ADDRESS, name.encode(), AT
            ),
        ),
        audit=(AuditEntry("create", about, "S-ACC-8", None),),
    )


def parts_there(ledger: WholeLedger, name: str) -> dict[str, bool]:
    """Say for each part of `a_whole_change(name)` whether it lies in the ledger as it was given."""
    change = a_whole_change(name)
    about = UserId(f"user-{name}")
    first, second = change.appends
    answer = ledger.answered(change.key, change.fingerprint).unwrap()
    events = tuple(recorded.event for recorded in ledger.events_about(about))
    states = tuple(state.mail for state in ledger.mails_about(about))
    return {
        "answer": answer is not None and answer.answer == change.answer,
        "events": events == (*first.events, *second.events),
        "first stream": len(ledger.history(first.stream)) == len(first.events),
        "second stream": len(ledger.history(second.stream)) == len(second.events),
        "name": ledger.holder(change.names[0].name) == about,
        "content": ledger.content(ContentId(f"content-{name}")) == f"text of {name}",
        "mail": states == (change.mails[0].mail,),
        "due": change.mails[0] in ledger.due(1_000_000),
        "audit": tuple(audited.entry for audited in ledger.audit_about(about)) == change.audit,
    }
