"""Purge: when a period is over, what it was set for is erased for good (D-KEEP-1).

Once round, by whoever runs it, as often as one likes, in bounded batches; each thing is a unit of
work of its own, so a worker that is killed loses nothing. Streams and what they say stay: a purged
one replays to the state that it had, and readers find its records erased. Of the audit log the
beginning goes, under a signed checkpoint; of mails that ended long ago, what was known of them.
"""

from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.events import StreamId
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.audit_log import AuditLog, Seal, Signer
from eservices_core.ports.ledger import Answers, BySystem
from eservices_core.ports.lists import Listed
from eservices_core.ports.outbox import Outbox
from eservices_core.usecases.audit_chain import make_checkpoint
from eservices_core.usecases.bookings import LIVE_AHEAD
from eservices_core.usecases.keeping_acts import period_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.settings_now import every_clinic, settings_now
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.what_is_erased import let_go, records_with
from eservices_core.views.names import EndedKind, ended_of
from eservices_core.words.identifiers import ClinicId

_SEAL_PAGE: Final = 20


@frozen(kw_only=True)
class PurgeEnded(Command):
    """The service erases the content of one thing that ended longer ago than it is kept."""

    clinic: ClinicId | None
    kind: EndedKind
    item: str


@frozen
class ContentIsErased:
    """How many records were named; those that were erased before are counted too."""

    records: int


@frozen
class Purged:
    """What a round has done.

    Attributes:
        ended: how many things have no content any more.
        mails: of how many mails nothing is known any more.
        audit: how many entries of audit logs went.
        answers: how many answers under callers' keys can be asked for no more.
    """

    ended: int
    mails: int
    audit: int
    answers: int = 0


def purge(  # noqa: PLR0913  all that is erased from, one after the other
    services: Services,
    outbox: Outbox,
    audit_log: AuditLog,
    signer: Signer,
    limit: int = 100,
    *,
    answers: Answers | None = None,
) -> Purged:
    """Erase what is due, at most `limit` things of each kind; call again for more.

    Kept answers stay where no `answers` are given.
    """
    return Purged(
        ended=sum(
            _purge_kind(services, clinic, kind, limit)
            for kind in EndedKind
            for clinic in (None, *services.clinics)
        ),
        mails=_forget_mails(services, outbox, limit),
        audit=sum(_purge_log(services, audit_log, log, signer) for log in audit_log.logs()),
        answers=0 if answers is None else _forget_answers(services, answers, limit),
    )


# --- content -----------------------------------------------------------------------------------


def _purge_kind(services: Services, clinic: ClinicId | None, kind: EndedKind, limit: int) -> int:
    oldest = services.lists.listed(ended_of(clinic, kind), limit)
    kept_since = services.clock.now() - period_of(services, clinic, kind)
    due = [listed for listed in oldest if listed.since <= kept_since]
    for listed in due:
        _erase(services, clinic, kind, listed)
    return len(due)


def _erase(services: Services, clinic: ClinicId | None, kind: EndedKind, listed: Listed) -> None:
    key = f"purge-{services.chance.entropy(16).hex()}"
    command = PurgeEnded(key=key, by=BySystem(), clinic=clinic, kind=kind, item=listed.item)

    def work(unit: Unit) -> Outcome[ContentIsErased, Refusal]:
        unit.rule, unit.about = "D-KEEP-1", listed.about
        unit.stream = StreamId(kind.value, listed.item)
        # Reading the stream holds it: what is listed anew comes with an event, and is noticed.
        _ = unit.recorded(unit.stream)
        if services.lists.find(ended_of(clinic, kind), listed.item) != listed:
            return Success(ContentIsErased(0))  # it went on, or another round was first
        unit.take_off(ended_of(clinic, kind), listed.item)
        records = records_with(unit, kind, listed.item)
        let_go(unit, kind, listed.item)
        for record in records:
            unit.erase(record)
        return Success(ContentIsErased(len(records)))

    _ = perform(services, command, ContentIsErased, work)


# --- what is known of mails ----------------------------------------------------------------------


def _forget_mails(services: Services, outbox: Outbox, limit: int) -> int:
    """Forget mails of long ago; never one that a booking ahead still rests on (D-BOOK-2)."""
    periods = [keeping.mails for keeping in _every(services)]
    return outbox.forget(services.clock.now() - max(LIVE_AHEAD, *periods), limit)


def _forget_answers(services: Services, answers: Answers, limit: int) -> int:
    """Forget what was answered long ago: whoever still asks is refused, and does nothing twice."""
    kept_since = services.clock.now() - max(keeping.answers for keeping in _every(services))
    return answers.forget_answers(kept_since, limit)


def _every(services: Services) -> list[KeepingSettings]:
    return [each.keeping for each in every_clinic(services)] or [KeepingSettings()]


# --- the audit log -------------------------------------------------------------------------------


def _purge_log(
    services: Services, audit_log: AuditLog, log: ClinicId | None, signer: Signer
) -> int:
    """Purge a log's beginning: whole seals, all of whose entries are older than the period."""
    now = services.clock.now()
    last = _last_to_go(audit_log, log, now - _audit_period(services, log))
    return 0 if last is None else audit_log.purge_audit(make_checkpoint(last, now, signer))


def _audit_period(services: Services, log: ClinicId | None) -> timedelta:
    standing = None if log is None else settings_now(services, log)
    if standing is not None:
        return standing.settings.keeping.audit
    return max(keeping.audit for keeping in _every(services))


def _last_to_go(audit_log: AuditLog, log: ClinicId | None, kept_since: datetime) -> Seal | None:
    last: Seal | None = None
    while seals := audit_log.seals(log, 0 if last is None else last.number, _SEAL_PAGE):
        for seal in seals:
            if seal.newest > kept_since:
                return last
            last = seal
    return last
