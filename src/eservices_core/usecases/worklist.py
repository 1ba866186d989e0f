"""The worklist (Kommunikationsstatus): all that waits, who is at it, and by when (S-MAIL-4).

One list for registrations, consultations, renewals, bookings, and for what went wrong (D-MAIL-4).
Bookings are not laid on it: they are read from the clinic's desk, where claims and evidence say
what waits, so that no second list of them can disagree. Here: looking, and taking items in hand.
Not here: answering them, which is the act of each.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.booking.terms import OfUser
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.lists import Listed
from eservices_core.usecases.desk import Desk, Item, Why, desk_of, items_of
from eservices_core.usecases.desk_refusals import ANSWERED_BY_ITS_OWN_ACT, NO_SUCH_ITEM
from eservices_core.usecases.looking import Seen, look
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.views.names import (
    Rank,
    held_by,
    holding_key,
    pending_of,
    unread_at,
    worklist_of,
)
from eservices_core.words.identifiers import BookingId, ClinicId, UserId
from eservices_core.worklist import holding
from eservices_core.worklist.deadlines import deadline_of
from eservices_core.worklist.items import ANSWERED_ELSEWHERE, ItemKind, ItemRef

ROWS_MAX: Final = 1_000
"""So many items are looked at; a clinic that has more open has other worries."""

# --- looking -------------------------------------------------------------------------------------


@frozen(kw_only=True)
class SeeWorklist(Command):
    """Staff look at their clinic's worklist."""

    staff: StaffMember


@frozen(kw_only=True)
class SeeUnread(Command):
    """Staff look at what their clinic's patients have not read."""

    staff: StaffMember


@frozen
class Row:
    """One item, as staff see it.

    Attributes:
        about: the patient, where there is a user.
        since: since when it waits; its age is what has passed since then.
        deadline: by when it is to be answered.
        overdue: that is past.
        rank: how high it lies.
        holder: who is at it; None if nobody.
    """

    item: ItemRef
    about: UserId | None
    since: datetime
    deadline: datetime
    overdue: bool
    rank: Rank
    holder: StaffMember | None


@frozen
class Worklist:
    """All that waits for a clinic, the most pressing first.

    Attributes:
        requests: the red number by the blue 'a' (D-BOOK-15).
        waiting_for_journal: how many entries the clinic's journal has not acknowledged (D-MAIL-3).
        unread: how many conversations patients have not read.
    """

    rows: tuple[Row, ...]
    requests: int
    waiting_for_journal: int
    unread: int
    counts: tuple[tuple[ItemKind, int], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        counted = Counter(row.item.kind for row in self.rows)
        object.__setattr__(self, "counts", tuple((kind, counted[kind]) for kind in ItemKind))


def see_worklist(services: Services, command: SeeWorklist) -> Outcome[Worklist, Refusal]:
    """Gather what waits: urgent things on top, then what is overdue, then the rest by age."""
    return look(
        services,
        command,
        "see_worklist",
        lambda unit: _worklist(unit, command.staff),
        lambda found: (Seen(row.about) for row in found.rows),
        rule="S-MAIL-4",
        purpose="worklist",
    )


def _worklist(unit: Unit, staff: StaffMember) -> Worklist:
    services, clinic = unit.services, staff.clinic
    desk = desk_of(unit, staff)
    laid = services.lists.listed(worklist_of(clinic), ROWS_MAX)
    refs = (*(ItemRef.parse(one.item) for one in laid), *map(_item_of, desk.items))
    unit.read_ahead(events.WORKLIST_ITEM, (holding_key(clinic, item) for item in refs))
    rows = [*(_row(unit, clinic, one) for one in laid), *_bookings(unit, clinic, desk)]
    return Worklist(
        tuple(sorted(rows, key=_place)),
        desk.requests,
        services.lists.length(pending_of(clinic)),
        services.lists.length(unread_at(clinic)),
    )


def see_unread(services: Services, command: SeeUnread) -> Outcome[tuple[Listed, ...], Refusal]:
    """Give the conversations that patients have not read, the oldest first (D-MAIL-4)."""
    return look(
        services,
        command,
        "see_unread",
        lambda unit: unit.services.lists.listed(unread_at(command.staff.clinic), ROWS_MAX),
        lambda found: (Seen(one.about) for one in found),
        rule="D-MAIL-4",
        purpose="worklist",
    )


def _place(row: Row) -> tuple[bool, bool, Rank, datetime, str]:
    urgent = row.rank is Rank.URGENT
    return not urgent, not row.overdue, row.rank, row.since, str(row.item)


def _row(unit: Unit, clinic: ClinicId, listed: Listed) -> Row:
    item = ItemRef.parse(listed.item)
    settings = unit.settings(clinic)
    deadline = deadline_of(settings, item.kind, listed.since)
    return _told(unit, clinic, item, listed.about, listed.since, deadline, Rank(listed.rank))


def _told(  # noqa: PLR0913, PLR0917  all that a row is made of
    unit: Unit,
    clinic: ClinicId,
    item: ItemRef,
    about: UserId | None,
    since: datetime,
    deadline: datetime,
    rank: Rank,
) -> Row:
    state = unit.state(events.WORKLIST_ITEM, holding_key(clinic, item))
    holder = state.staff if isinstance(state, holding.HeldBy) else None
    return Row(item, about, since, deadline, unit.at >= deadline, rank, holder)


_PRESSING: Final = frozenset(
    {Why.CANCELLED_LATE, Why.PATIENT_DIED, Why.CONFLICT, Why.UNDELIVERED, Why.NOT_YET_RECEIVED}
)


def _item_of(lies: Item) -> ItemRef:
    return ItemRef(ItemKind.BOOKING, str(lies.booking))


def _bookings(unit: Unit, clinic: ClinicId, desk: Desk) -> Iterator[Row]:
    """Give each booking of the desk once, for the most pressing of its reasons."""
    seen: set[ItemRef] = set()
    for lies in desk.items:
        item = _item_of(lies)
        if item not in seen:
            seen.add(item)
            yield _booking(unit, clinic, item, lies)


def _booking(unit: Unit, clinic: ClinicId, item: ItemRef, lies: Item) -> Row:
    """A booking waits until its own clock says, or until its time begins."""
    about = lies.patient.user if isinstance(lies.patient, OfUser) else None
    rank = Rank.TROUBLE if lies.why in _PRESSING else Rank.USUAL
    deadline = lies.sentence.by or lies.interval.starts_at
    return _told(unit, clinic, item, about, min(unit.at, deadline), deadline, rank)


# --- taking in hand ------------------------------------------------------------------------------


@frozen(kw_only=True)
class TakeItem(Command):
    """Staff take an item in hand; `over`: whoever has it."""

    staff: StaffMember
    item: ItemRef
    over: bool = False


@frozen(kw_only=True)
class LetItemGo(Command):
    """Staff leave an item to others."""

    staff: StaffMember
    item: ItemRef


@frozen(kw_only=True)
class CloseItem(Command):
    """Staff close an item that no other act of theirs answers, with a reason."""

    staff: StaffMember
    item: ItemRef
    reason: holding.CloseReason


@frozen
class ItemIsHeld:
    """Whose it is now; None if nobody's."""

    holder: StaffMember | None


def take_item(services: Services, command: TakeItem) -> Outcome[ItemIsHeld, Refusal]:
    """Take an item in hand; of two who do at once, one is told that another has it."""

    def work(unit: Unit) -> Outcome[ItemIsHeld, Refusal]:
        how = holding.TakeOver if command.over else holding.Take
        return _hold(unit, command.staff, command.item, how(command.staff, unit.at))

    return perform(services, command, ItemIsHeld, work)


def let_item_go(services: Services, command: LetItemGo) -> Outcome[ItemIsHeld, Refusal]:
    """Leave an item to others."""

    def work(unit: Unit) -> Outcome[ItemIsHeld, Refusal]:
        return _hold(unit, command.staff, command.item, holding.LetGo(command.staff))

    return perform(services, command, ItemIsHeld, work)


def close_item(services: Services, command: CloseItem) -> Outcome[ItemIsHeld, Refusal]:
    """Close an item: a mail that did not arrive, a breach, custody that has ended."""

    def work(unit: Unit) -> Outcome[ItemIsHeld, Refusal]:
        if command.item.kind in ANSWERED_ELSEWHERE:
            return Failure(ANSWERED_BY_ITS_OWN_ACT)
        close = holding.Close(command.staff, command.reason, unit.at)
        return _hold(unit, command.staff, command.item, close)

    return perform(services, command, ItemIsHeld, work)


def hand_back(unit: Unit, staff: StaffMember) -> None:
    """Let go of all that a member of staff holds, within a unit of work: they have left."""
    for held in unit.services.lists.listed(held_by(staff.clinic, staff.staff), ROWS_MAX):
        _ = _carry_out(unit, staff.clinic, ItemRef.parse(held.item), holding.LetGo(staff))


def _hold(
    unit: Unit, staff: StaffMember, item: ItemRef, command: holding.Command
) -> Outcome[ItemIsHeld, Refusal]:
    unit.rule = "D-MAIL-4"
    found = _listed(unit, staff, item)
    if found is None:
        return Failure(NO_SUCH_ITEM)
    unit.about = found.about
    return _carry_out(unit, staff.clinic, item, command)


def _carry_out(
    unit: Unit, clinic: ClinicId, item: ItemRef, command: holding.Command
) -> Outcome[ItemIsHeld, Refusal]:
    key = holding_key(clinic, item)
    decided = holding.decide(unit.state(events.WORKLIST_ITEM, key), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.WORKLIST_ITEM, key, decided.unwrap())
    after = unit.state(events.WORKLIST_ITEM, key)
    return Success(ItemIsHeld(after.staff if isinstance(after, holding.HeldBy) else None))


def _listed(unit: Unit, staff: StaffMember, item: ItemRef) -> Row | Listed | None:
    """Find what waits at this clinic; another clinic's answers as nothing (D-LOG-2)."""
    if item.kind is not ItemKind.BOOKING:
        return unit.services.lists.find(worklist_of(staff.clinic), str(item))
    items = items_of(unit, staff, BookingId(item.key))
    return _booking(unit, staff.clinic, item, items[0]) if items else None
