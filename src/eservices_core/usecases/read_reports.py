"""Read delivery reports: what mail servers say becomes evidence about a mail (D-BOOK-2).

Once round, by whoever runs it. A report is noted in the outbox first and done with afterwards, so
one that was cut off in between is noted again, which changes nothing. What it means for a booking
is `follow_bookings`' to find.
"""

from typing import assert_never

from eservices_core.ports.delivery_reports import Action, DeliveryReports, Report
from eservices_core.ports.ledger import Outbox, Reported


def read_reports(reports: DeliveryReports, outbox: Outbox, limit: int = 100) -> tuple[Report, ...]:
    """Take every waiting report once, oldest first; give what was read, for people to look at.

    Those without a mail of ours are among them: they say nothing that a program can use.
    """
    read = reports.waiting(limit)
    for report in read:
        word = _word(report)
        if report.mail is not None and word is not None:
            outbox.report(report.mail, word)
        reports.done(report)
    return read


def _word(report: Report) -> Reported | None:
    match report.action:
        case Action.FAILED:
            return Reported.BROKE_OFF if report.may_have_arrived else Reported.FAILED
        case Action.DELIVERED:
            return Reported.DELIVERED
        case Action.DELAYED | Action.RELAYED | Action.EXPANDED | Action.UNKNOWN:
            return None
        case _:
            assert_never(report.action)
