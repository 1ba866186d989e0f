"""Delivery reports in memory: what a test lets the world say about its mails.

Not here: reports as bytes, and how they are read (`eservices_adapters.email`).
"""

from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from eservices_core.ports.delivery_reports import Action, DeliveryReports, Doubt, Report
from eservices_core.words.identifiers import MailId


class MemoryDeliveryReports:
    """Gives the reports that it was told of, until they are done."""

    def __init__(self) -> None:
        self._waiting: dict[str, Report] = {}
        self._came = 0
        self._lock = Lock()

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        """Give reports that are not done, in the order in which they came, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no reports"
        with self._lock:
            return tuple(self._waiting.values())[:limit]

    def done(self, report: Report, /) -> None:
        """Never give this one again."""
        with self._lock:
            _ = self._waiting.pop(report.name, None)

    def arrive(
        self, mail: MailId | None, action: Action, at: datetime, diagnostic: str = ""
    ) -> Report:
        """Have the world say this about a mail; about None, one that is nobody's."""
        doubt = Doubt.NO_ACTION if action is Action.UNKNOWN else None
        with self._lock:
            self._came += 1
            report = Report(
                f"report-{self._came}",
                mail,
                action,
                at,
                diagnostic,
                Doubt.NOT_OURS if mail is None else doubt,
            )
            self._waiting[report.name] = report
        return report


if TYPE_CHECKING:
    _reports: type[DeliveryReports] = MemoryDeliveryReports
