"""Strategies for the events of journal entries, and of the items of worklists."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.journal import entry
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.words import identifiers, instants
from eservices_core.words.identifiers import ClinicId, ContentId, StaffId, UserId
from eservices_core.worklist import holding, watched

_CODES = st.text("abcdefghijklmnopqrstuvwxyz_-0123456789", max_size=20)


def journal_events() -> dict[type[Any], SearchStrategy[entry.Event]]:
    """Give a strategy for every event of an entry."""
    users, records = identifiers(UserId), identifiers(ContentId)
    terms = st.builds(
        entry.Terms,
        clinic=identifiers(ClinicId),
        user=st.none() | users,
        kind=st.sampled_from(entry.EntryKind),
        source=st.builds(entry.Source, kind=_CODES, key=_CODES, part=_CODES),
        text=st.none() | records,
        files=st.lists(records, max_size=3).map(tuple),
        at=instants(),
    )
    return {
        entry.EntryWritten: built(entry.EntryWritten, terms=terms),
        entry.EntryFiled: built(entry.EntryFiled, reference=st.none() | _CODES),
        entry.EntryRefused: built(entry.EntryRefused),
        entry.EntryMoved: built(
            entry.EntryMoved,
            user=st.none() | users,
            by=staff_members(),
            outside=st.booleans(),
        ),
    }


def worklist_events() -> dict[type[Any], SearchStrategy[holding.Event | watched.Event]]:
    """Give a strategy for every event of an item of a worklist, and of a watched mail."""
    staff = staff_members()
    return {
        holding.ItemTaken: built(holding.ItemTaken, by=staff, at=instants()),
        holding.ItemTakenOver: built(
            holding.ItemTakenOver, by=staff, before=identifiers(StaffId), at=instants()
        ),
        holding.ItemLetGo: built(holding.ItemLetGo, by=staff),
        holding.HoldingEnded: built(holding.HoldingEnded),
        holding.ItemClosed: built(
            holding.ItemClosed,
            by=staff,
            reason=st.sampled_from(holding.CloseReason),
            at=instants(),
        ),
        watched.MailWatched: built(watched.MailWatched, user=identifiers(UserId)),
        watched.WatchEnded: built(
            watched.WatchEnded,
            user=identifiers(UserId),
            told=st.lists(identifiers(ClinicId), max_size=3).map(tuple),
        ),
    }
