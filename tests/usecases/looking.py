"""Looking at all that a day has left behind, so that two days can be compared.

Here: what is looked at. Not here: any claim.
"""

from collections import Counter
from typing import Any, Final

from attrs import AttrsInstance, asdict, frozen

from eservices_core.access.guardian import ChildAsked, GuardianIdentified
from eservices_core.access.guardianship import CustodyRenewed, GuardianshipEnded
from eservices_core.access.guesses import GuessCounted
from eservices_core.access.two_factor import CodeTried
from eservices_core.access.user import UserLocked
from eservices_core.booking import guest, link
from eservices_core.outcome import Failure, Outcome
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import BrowserId, SessionId
from tests.usecases.day import Day

Ended = Outcome[Any, Refusal]

HARMLESS: Final = (
    GuessCounted,
    CodeTried,
    UserLocked,
    GuardianIdentified,
    ChildAsked,
    CustodyRenewed,
    GuardianshipEnded,
    guest.CodeTried,
    link.CancelCodeTried,
)
"""What a command may have stored before its last step: nothing that opens anything."""


@frozen
class Everything:
    """All that a ledger holds, as far as two runs of one story must agree: no ids, no bytes."""

    events: dict[tuple[str, str], int]
    audit: dict[object, int]
    mails: dict[object, int]
    names: dict[object, int]
    contents: int
    answers: int


def everything(day: Day) -> Everything:
    """Count what a ledger holds."""
    ledger = day.ledger
    return Everything(
        Counter((one.stream.kind, type(one.event).__name__) for one in ledger.events()),
        Counter(
            (one.entry.act, one.entry.rule, one.entry.refused_because) for one in ledger.audit()
        ),
        Counter(state.kind for _, state in day.queue),
        Counter(name.kind for name in day.names),
        len(day.contents),
        len(day.answers),
    )


def exactly(day: Day) -> tuple[object, ...]:
    """Give all that a ledger holds, to the last byte."""
    ledger = day.ledger
    return (
        ledger.events(),
        ledger.audit(),
        day.queue,
        day.names,
        day.contents,
        day.answers,
    )


def rights(day: Day) -> set[tuple[str, str, str]]:
    """Say which sessions reach which clinics, in whatever browser."""
    open_ones: set[tuple[str, str, str]] = set()
    for one in day.ledger.events():
        if one.stream.kind == "session":
            session = SessionId(one.stream.key)
            for browser in ("browser-home", "browser-work", "browser-cafe"):
                for clinic in (CLINIC, OTHER_CLINIC):
                    if day.stands(session, BrowserId(browser), clinic):
                        open_ones.add((str(session), browser, str(clinic)))
    return open_ones


def kind_of(said: Ended) -> object:
    """Tell two answers apart that differ in more than the ids that were drawn for them."""
    if isinstance(said, Failure):
        return said.failure()
    answer: AttrsInstance = said.unwrap()
    return type(answer).__name__, [one for one in asdict(answer).values() if isinstance(one, bool)]
