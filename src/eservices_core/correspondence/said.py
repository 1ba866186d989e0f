"""What a mail says, before it is frozen: kind, subject, body, and what it carries."""

from datetime import datetime

from attrs import frozen

from eservices_core.correspondence.icalendar import Appointment, Method
from eservices_core.ports.outbox import MailKind
from eservices_core.texts import Text


@frozen
class Said:
    """One mail in words.

    Attributes:
        kind: what it is for.
        expires_at: not sent from this instant on; None if it keeps.
        calendar: the appointment that it carries as iCalendar, and the method; None without.
    """

    kind: MailKind
    subject: Text
    body: Text
    expires_at: datetime | None = None
    calendar: tuple[Appointment, Method] | None = None
