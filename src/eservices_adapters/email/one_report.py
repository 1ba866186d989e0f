"""One mail that came back, given in whole: by a mail server that pipes it into a program.

Here: the port of reports over that one. Not here: what its bytes say (`dsn`), and reading them.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from eservices_adapters.email.dsn import read_report
from eservices_adapters.email.reports import READ_MAX
from eservices_core.ports.delivery_reports import DeliveryReports, Report
from eservices_core.words.identifiers import MailId


class OneReport:
    """Gives the report until it is done; nothing, where the mail is none."""

    def __init__(
        self, content: bytes, mail_of: Callable[[str], MailId | None], at: datetime
    ) -> None:
        """Take a mail as it came, when it came, and who knows our addresses.

        Its name is made of its bytes, so the same mail piped again is the same report.
        """
        said = read_report(content[:READ_MAX], mail_of, cut=len(content) > READ_MAX)
        self._reports: tuple[Report, ...] = ()
        if said is not None:
            name = sha256(content).hexdigest()[:32]
            report = Report(name, said.mail, said.action, at, said.diagnostic, said.doubt)
            self._reports = (report,)

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        """Give it, if it is one and not done."""
        assert limit >= 0, "nobody asks for fewer than no reports"
        return self._reports[:limit]

    def done(self, report: Report, /) -> None:
        """Never give it again."""
        self._reports = tuple(one for one in self._reports if one != report)


if TYPE_CHECKING:
    _reports: type[DeliveryReports] = OneReport
