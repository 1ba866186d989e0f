"""Read delivery reports: what mail servers say becomes evidence about a mail (D-BOOK-2).

Once round, by whoever runs it. A report is noted in the outbox first and done with afterwards, so
one that was cut off in between is noted again, which changes nothing. What it means for a booking
is `follow_bookings`' to find; one that says less than it should lies on a list, for whoever runs
the service to look at (faults: 140).
"""

from datetime import datetime
from typing import Final, assert_never

from attrs import frozen

from eservices_core.ports.delivery_reports import Action, DeliveryReports, Doubt, Report
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList, TakeOffList
from eservices_core.ports.outbox import Outbox, Reported
from eservices_core.usecases.services import Services
from eservices_core.words.identifiers import MailId

DOUBTFUL: Final = ListName(ListKind.REPORTS, "all")
DOUBTFUL_MAX: Final = 1_000
"""So many lie on the list at most: whoever sends more than that is no mail server of anybody's."""


@frozen
class DoubtfulReport:
    """A report that somebody has to look at.

    Attributes:
        name: the report's, as in the log.
        mail: the mail that it came back for; None if that cannot be told.
        action: what it says.
        doubt: what is missing.
        reported_at: when it came.
    """

    name: str
    mail: MailId | None
    action: Action
    doubt: Doubt
    reported_at: datetime


def read_reports(
    services: Services, reports: DeliveryReports, outbox: Outbox, limit: int = 100
) -> tuple[Report, ...]:
    """Take every waiting report once, oldest first; give what was read.

    Those without a mail of ours are among them: they say nothing that a program can use.
    """
    read = reports.waiting(limit)
    for report in read:
        word = _word(report)
        if report.mail is not None and word is not None:
            outbox.report(report.mail, word)
        if report.doubt is not None:
            _keep(services, report, report.doubt)
        reports.done(report)
    return read


def doubtful_reports(services: Services, limit: int = 100) -> tuple[DoubtfulReport, ...]:
    """Give the reports that nobody has looked at, oldest first."""
    return tuple(map(_kept, services.lists.listed(DOUBTFUL, limit)))


def report_is_seen(services: Services, name: str) -> bool:
    """Take a report off the list; False if it does not lie there."""
    lies = services.lists.listed(DOUBTFUL, DOUBTFUL_MAX)
    found = next((one for one in lies if _kept(one).name == name), None)
    if found is None:
        return False
    _commit(services, f"report-seen-{name}", TakeOffList(DOUBTFUL, found.item))
    return True


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


def _keep(services: Services, report: Report, doubt: Doubt) -> None:
    if services.lists.length(DOUBTFUL) >= DOUBTFUL_MAX:
        return
    mail = "" if report.mail is None else str(report.mail)
    item = f"{report.name} {mail} {report.action.value} {doubt.value}"
    listed = Listed(item, report.reported_at)
    _commit(services, f"report-{report.name}", PutOnList(DOUBTFUL, listed))


def _kept(listed: Listed) -> DoubtfulReport:
    name, mail, action, doubt = listed.item.split(" ")
    return DoubtfulReport(
        name=name,
        mail=MailId(mail) if mail else None,
        action=Action(action),
        doubt=Doubt(doubt),
        reported_at=listed.since,
    )


def _commit(services: Services, key: str, act: PutOnList | TakeOffList) -> None:
    """Under the report's own key: one that is read again is not laid on the list again."""
    change = Change(key, key, services.clock.now(), BySystem(), "{}", lists=(act,))
    _ = services.ledger.commit(change).unwrap()
