"""Every view, by the kind of stream that it looks at: the one place that says what lies where.

A kind of stream that has no view lays nothing on any list.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from eservices_core import events
from eservices_core.views import access, bookings, correspondence, staffing
from eservices_core.views.happened import Around, Happened, ListAct, View

VIEWS: Final[Mapping[str, View]] = {
    events.USER.name: access.users,
    events.ASSOCIATION.name: access.registrations,
    events.GUARDIANSHIP.name: access.custody,
    events.MITID_ATTEMPT.name: access.attempts,
    events.GUARDIAN.name: access.attempts,
    events.BOOKING.name: bookings.bookings,
    events.DESK.name: bookings.desk,
    events.CONVERSATION.name: correspondence.conversations,
    events.LETTER.name: correspondence.letters,
    events.JOURNAL_ENTRY.name: correspondence.journal,
    events.WATCHED_MAIL.name: correspondence.watched_mails,
    events.WORKLIST_ITEM.name: staffing.holdings,
    events.STAFF.name: staffing.staff,
    events.ALARM.name: staffing.alarms,
}


def what_lies(happened: Happened, around: Around) -> Iterator[ListAct]:
    """Say what an event puts on lists and takes off them, in order."""
    view = VIEWS.get(happened.stream.kind)
    return iter(()) if view is None else view(happened, around)
