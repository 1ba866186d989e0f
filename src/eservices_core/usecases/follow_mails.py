"""Follow mails that nobody else follows: what did not arrive lies on the worklist (faults: 100).

Once round, as often as one likes. A mail that was handed over is watched a little longer, as
bounces come late; a later one is looked at by whoever reads the reports.
"""

from datetime import timedelta
from typing import Final

from attrs import frozen

from eservices_core import events
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import BySystem
from eservices_core.ports.outbox import Handover, MailState, Reported
from eservices_core.usecases.people import associated_clinics
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import MAILS_WATCHED
from eservices_core.words.identifiers import MailId
from eservices_core.worklist import watched

WATCHED_FOR: Final = timedelta(days=5)
"""So long after it was handed over a bounce is still looked for."""


@frozen(kw_only=True)
class FollowMail(Command):
    """The service looks at one mail."""

    mail: MailId


@frozen
class MailFollowed:
    """It needs no more watching; `lost` if it did not arrive, and the clinic was told so."""

    lost: bool


def follow_mails(services: Services, limit: int = 1_000) -> int:
    """Look at every mail that is watched; gives how many did not arrive."""
    lost = 0
    for listed in services.lists.listed(MAILS_WATCHED, limit):
        mail = MailId(listed.item)
        state = services.archive.mail(mail)
        if state is not None and not _is_over(state, services):
            continue
        key = f"mail-{services.chance.entropy(16).hex()}"
        followed = follow_mail(services, FollowMail(key=key, by=BySystem(), mail=mail))
        lost += isinstance(followed, Success) and followed.unwrap().lost
    return lost


def follow_mail(services: Services, command: FollowMail) -> Outcome[MailFollowed, Refusal]:
    """End the watch over one mail, and tell the patient's clinics if it did not arrive."""

    def work(unit: Unit) -> Outcome[MailFollowed, Refusal]:
        unit.rule = "D-MAIL-4"
        watch = unit.state(events.WATCHED_MAIL, command.mail)
        state = services.archive.mail(command.mail)
        lost = state is not None and is_lost(state)
        if isinstance(watch, watched.Watched):
            unit.about = watch.user
            told = tuple(associated_clinics(unit, watch.user)) if lost else ()
            ended = watched.decide(watch, watched.End(told)).unwrap()
            unit.add(events.WATCHED_MAIL, command.mail, ended)
        return Success(MailFollowed(lost))

    return perform(services, command, MailFollowed, work)


def is_lost(state: MailState) -> bool:
    """Whether a mail did not arrive, or nobody knows any more whether it did."""
    if state.reported in {Reported.FAILED, Reported.BROKE_OFF}:
        return True
    ended = state.settled_at is not None
    return ended and state.state in {Handover.REFUSED, Handover.GIVEN_UP, Handover.AMBIGUOUS}


def _is_over(state: MailState, services: Services) -> bool:
    if is_lost(state) or state.state in {Handover.EXPIRED, Handover.WITHDRAWN}:
        return True
    if state.settled_at is None:
        return False
    return state.reported is Reported.DELIVERED or (
        services.clock.now() >= state.settled_at + WATCHED_FOR
    )
