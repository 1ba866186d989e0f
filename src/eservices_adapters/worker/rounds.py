"""Which rounds there are, how often each is due, and into which parts it falls.

A part is what can fail by itself: one clinic's bookings, one practitioner's calendar. Not here:
when one is due, and what happens when it raises (`worker`).
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Final, TypeAlias

from attrs import frozen

from eservices_adapters.compose import Installation
from eservices_core.outcome import Failure
from eservices_core.ports.delivery_reports import DeliveryReports
from eservices_core.ports.digital_post import DigitalPost
from eservices_core.ports.min_log import MinLog
from eservices_core.usecases.audit_chain import Head
from eservices_core.usecases.deliver_mail import deliver_next
from eservices_core.usecases.end_attempts import end_attempts
from eservices_core.usecases.export_min_log import export_min_log
from eservices_core.usecases.follow_bookings import follow_bookings
from eservices_core.usecases.follow_mails import follow_mails
from eservices_core.usecases.hand_over_letters import hand_over_letters, read_receipts
from eservices_core.usecases.journal import file_entries
from eservices_core.usecases.leavers import note_leavers
from eservices_core.usecases.name_index import read_names
from eservices_core.usecases.purge import purge
from eservices_core.usecases.read_reports import read_reports
from eservices_core.usecases.seal_audit import seal_audit
from eservices_core.usecases.settings_now import settings_now
from eservices_core.usecases.sync_calendar import sync_calendar
from eservices_core.usecases.watch_lookups import look_for_alarms
from eservices_core.words.identifiers import ClinicId, PractitionerId

LOG: Final = logging.getLogger("eservices_adapters.worker")
"""Where a worker tells what it does: names of rounds, ids, numbers and types, nothing else."""

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
_BATCH: Final = 100
_BATCHES_MAX: Final = 50
_MAIL_TURN: Final = 10.0
_MAIL_TURN_ALONE: Final = 60.0

Stops: TypeAlias = Callable[[], bool]
"""Whether somebody has said stop; asked between one thing and the next."""


@frozen
class Part:
    """What of a round can fail by itself.

    Attributes:
        whose: a clinic's id, a practitioner's behind it; empty for the whole service.
        act: does it once, and gives how many things had news.
    """

    whose: str
    act: Callable[[], int]


@frozen
class Round:
    """Something that is done again and again.

    Attributes:
        name: the use case's.
        every: how long after one is begun the next is due.
        parts: gives its parts as they are now.
    """

    name: str
    every: timedelta
    parts: Callable[[], Iterable[Part]]


@frozen
class Pace:
    """How much mail a worker hands over.

    Attributes:
        mails_per_minute: so much in a minute at most; several workers add up.
        at_once: in one round as much as in a minute, for whoever goes round once.
    """

    mails_per_minute: int = 600
    at_once: bool = False

    def __attrs_post_init__(self) -> None:
        assert self.mails_per_minute >= 1, "a worker hands over some mail"

    @property
    def mails(self) -> int:
        """How many are handed over in one round."""
        return self.mails_per_minute if self.at_once else max(1, self.mails_per_minute // 60)

    @property
    def turn(self) -> float:
        """Seconds after which other rounds have their turn, whatever mail is left."""
        return _MAIL_TURN_ALONE if self.at_once else _MAIL_TURN

    @property
    def every(self) -> timedelta:
        """How often that round comes."""
        return self.mails * MINUTE / self.mails_per_minute


DEFAULT_PACE: Final = Pace()


def rounds_of(
    installation: Installation,
    stops: Stops,
    *,
    pace: Pace = DEFAULT_PACE,
    on_sealed: Callable[[tuple[Head, ...]], object] = lambda _heads: None,
) -> tuple[Round, ...]:
    """Give an installation's rounds, those that others wait for first.

    Args:
        installation: what they are carried out over.
        stops: asked between one mail and the next, and between batches.
        pace: how many mails are handed over.
        on_sealed: told what heads of audit logs were sealed, to be noted elsewhere.
    """
    one, services = installation, installation.services
    clinics = tuple(services.clinics)
    each = partial(_each_clinic, clinics)
    found = [
        Round("deliver_mail", pace.every, _whole(lambda: _deliver(one, pace, stops))),
        *_of_reports(one, one.reports),
        Round("follow_bookings", MINUTE, each(lambda at: len(follow_bookings(services, at)))),
        Round("follow_mails", MINUTE, _whole(lambda: follow_mails(services))),
        Round("end_attempts", MINUTE, each(lambda at: end_attempts(services, at))),
        Round("sync_calendar", MINUTE, partial(_calendars, one, clinics)),
        *_of_post(one, services.post),
        Round("note_leavers", MINUTE, each(lambda at: note_leavers(services, at))),
        Round("look_for_alarms", MINUTE, each(lambda at: look_for_alarms(services, at))),
        Round("read_names", MINUTE, each(lambda at: read_names(services, at))),
        Round("read_all_names", DAY, each(lambda at: read_names(services, at, everybody=True))),
    ]
    if services.journal is not None:
        found.append(Round("file_entries", MINUTE, each(lambda at: file_entries(services, at))))
    found += [*_of_min_log(one, one.min_log, each), *_of_keeping(one, stops, on_sealed)]
    return tuple(found)


def _whole(act: Callable[[], int]) -> Callable[[], Iterable[Part]]:
    return lambda: (Part("", act),)


def _each_clinic(
    clinics: tuple[ClinicId, ...], act: Callable[[ClinicId], int]
) -> Callable[[], Iterable[Part]]:
    return lambda: [Part(str(clinic), partial(act, clinic)) for clinic in clinics]


# --- mail ----------------------------------------------------------------------------------------


def _deliver(installation: Installation, pace: Pace, stops: Stops) -> int:
    done, turn_ends = 0, monotonic() + pace.turn
    mails = installation.mails
    begun = mails.clock.now()
    while done < pace.mails and not stops() and monotonic() < turn_ends:
        delivered = deliver_next(mails, begun)
        if delivered is None:
            break
        done += 1
        if delivered.raised is not None:
            LOG.warning(
                "deliver_mail: %s at mail %s", type(delivered.raised).__name__, delivered.mail
            )
    return done


def _of_reports(installation: Installation, reports: DeliveryReports | None) -> Iterator[Round]:
    if reports is None:
        return

    def read() -> int:
        found = read_reports(installation.services, reports, installation.outbox)
        for report in found:
            if report.doubt is not None:
                LOG.warning(
                    "read_reports: report %s (%s, %s): somebody has to look",
                    report.name,
                    report.action.value,
                    report.doubt.value,
                )
        return len(found)

    yield Round("read_reports", MINUTE, _whole(read))


# --- calendars, letters, registrations -----------------------------------------------------------


def _calendars(installation: Installation, clinics: tuple[ClinicId, ...]) -> Iterator[Part]:
    for clinic in clinics:
        standing = settings_now(installation.services, clinic)
        practitioners = () if standing is None else standing.settings.booking.practitioners
        for who in practitioners:
            act = partial(_sync, installation, clinic, who.practitioner)
            yield Part(f"{clinic}/{who.practitioner}", act)


def _sync(installation: Installation, clinic: ClinicId, practitioner: PractitionerId) -> int:
    synced = sync_calendar(installation.services, clinic, practitioner)
    if isinstance(synced, Failure):
        LOG.info("sync_calendar %s/%s: %s", clinic, practitioner, type(synced.failure()).__name__)
        return 0
    return len(synced.unwrap())


def _of_post(installation: Installation, post: DigitalPost | None) -> Iterator[Round]:
    if post is None:
        return
    services = installation.services

    def hand_over() -> int:
        done = hand_over_letters(services, post)
        for one in done:
            if one.raised is not None:
                name = type(one.raised).__name__
                LOG.warning("hand_over_letters: %s at letter %s", name, one.letter)
        return len(done)

    yield Round("hand_over_letters", MINUTE, _whole(hand_over))
    yield Round("read_receipts", MINUTE, _whole(lambda: len(read_receipts(services, post))))


def _of_min_log(
    installation: Installation,
    min_log: MinLog | None,
    each: Callable[[Callable[[ClinicId], int]], Callable[[], Iterable[Part]]],
) -> Iterator[Round]:
    if min_log is None:
        return
    services, log = installation.services, installation.audit_log
    act = each(lambda at: export_min_log(services, log, min_log, at))
    yield Round("export_min_log", MINUTE, act)


# --- sealing, and purging after it ---------------------------------------------------------------


def _of_keeping(
    installation: Installation,
    stops: Stops,
    on_sealed: Callable[[tuple[Head, ...]], object],
) -> Iterator[Round]:
    def seal() -> int:
        clock = installation.services.clock
        heads = seal_audit(installation.audit_log, installation.signer, clock)
        if heads:
            _ = on_sealed(heads)
        return len(heads)

    def look() -> int:
        installation.ledger.look()
        return 0

    yield Round("look_at_mark", MINUTE, _whole(look))
    yield Round("seal_audit", MINUTE, _whole(seal))
    yield Round("purge", HOUR, _whole(lambda: _purge(installation, stops)))


def _purge(installation: Installation, stops: Stops) -> int:
    done = 0
    for _ in range(_BATCHES_MAX):
        purged = purge(
            installation.services,
            installation.outbox,
            installation.audit_log,
            installation.signer,
            _BATCH,
            answers=installation.ledger,
        )
        done += purged.ended + purged.mails + purged.audit + purged.answers
        if max(purged.ended, purged.mails, purged.answers) < _BATCH or stops():
            break
    return done
