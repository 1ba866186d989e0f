"""Going on from an older state of the store, once somebody has said so (D-KEEP-101).

Here: the order. What is killed on the way leaves the store refused, and is simply done again: the
new generation and its mark come last. Not here: each step (`store.past`, `usecases.accept_past`).
"""

from attrs import frozen

from eservices_adapters.compose import Installation, mark_of
from eservices_adapters.config.installation import Config
from eservices_adapters.store import SpoiltMark
from eservices_adapters.store.mark import MarkFile, Standing, lapse_of, standing_of
from eservices_adapters.store.past import (
    Doubted,
    begin_generation,
    doubt_mails,
    open_sessions,
    overlapping_claims,
)
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.usecases.accept_past import PastAccepted, accept_past


@frozen
class Accepted:
    """What was done.

    Attributes:
        recorded: what stands in the audit logs.
        mails: those that waited, which are not sent: staff ask or tell the patients.
        overlapping_claims: pairs of bookings of one time; 0, whatever was restored.
    """

    recorded: PastAccepted
    mails: tuple[Doubted, ...]
    overlapping_claims: int


def what_is_wrong(config: Config, installation: Installation) -> str | None:
    """Say in what way the store has gone back; None if it has not."""
    try:
        noted = mark_of(config).read()
    except SpoiltMark as error:
        return f"the mark of the store cannot be believed: {error}"
    found = installation.ledger.engine.read(standing_of)
    lapse = None if noted is None else lapse_of(noted, found)
    return None if lapse is None else lapse.value


def accept(config: Config, installation: Installation, staff: StaffMember) -> Accepted | None:
    """Go on from the state that the store is in; None, and no change, if that is nobody's staff."""
    services, engine = installation.services, installation.ledger.engine
    now = services.clock.now()
    recorded = accept_past(services, staff, open_sessions(engine, now))
    if isinstance(recorded, Failure):
        return None
    mails = doubt_mails(engine, now)
    mark = mark_of(config)
    _ = begin_generation(engine, mark, _noted(mark))
    return Accepted(recorded.unwrap(), mails, overlapping_claims(engine))


def _noted(mark: MarkFile) -> Standing | None:
    try:
        return mark.read()
    except SpoiltMark:
        return None
