"""Leaks to plant on purpose: canaries of one run, and acts that let one of them out.

Here: what a plant is, and the helpers that its act needs. Not here: the plants (`test_planted`),
and what notices them.
"""

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from eservices_core.ports.ledger import Change
from eservices_core.ports.outbox import MailKind, OutgoingMail
from eservices_core.testing.leaks import Encoding, Kind, Sink, canaries
from eservices_core.testing.ledger_examples import a_change, a_mail
from eservices_core.testing.memory import MemoryLedger, MemoryMailTransport
from eservices_core.words.identifiers import UserId
from tests.usecases.people import ANNA, BENT

CANARIES: Final = {**canaries("leaks that were planted"), Kind.CIVIL_NUMBER: ANNA.reveal()}
NUMBER: Final = CANARIES[Kind.CIVIL_NUMBER]
PASSWORD: Final = CANARIES[Kind.PASSWORD]
TEMPORARY: Final = CANARIES[Kind.TEMPORARY_PASSWORD]
CODE: Final = CANARIES[Kind.ONE_TIME_CODE]
TOKEN: Final = CANARIES[Kind.TOKEN]
PATIENT: Final = CANARIES[Kind.ADDRESS]
CLINIC: Final = CANARIES[Kind.CLINIC_ADDRESS]
TEXT: Final = CANARIES[Kind.TEXT]
ANOTHERS: Final = BENT.reveal()
"""A number of somebody else, planted too."""

Act = Callable[[Path], object]
Found = tuple[Sink, Kind, tuple[Encoding, ...]]


@frozen
class Plant:
    """A leak that is about to happen, and what has to be said of it: no less, and no more."""

    name: str
    act: Act
    told: frozenset[Found]


def commit(key: str = "planted", **changes: Any) -> Change:
    """Hand a change to a ledger."""
    change = evolve(a_change(key), **changes)
    _ = MemoryLedger().commit(change)
    return change


def send(content: bytes, kind: MailKind = MailKind.MITID_LINKED) -> None:
    """Hand a mail over, as one of a user's."""
    mail: OutgoingMail = evolve(a_mail("planted", content), kind=kind, about=UserId("anna"))
    _ = MemoryMailTransport().hand_over(mail)


def mail_with(body: str = "Hej", *, cte: str = "7bit", **headers: str) -> EmailMessage:
    """Write a mail as an honest one is written, but for what is given."""
    mime = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mime["From"] = "no-reply@mail.e-services.example"
    mime["To"] = "anna@example.dk"
    for name, value in headers.items():
        mime[name.replace("_", "-")] = value
    mime.set_content(body, cte=cte)
    return mime
