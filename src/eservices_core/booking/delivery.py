"""Received: what counts as proof that a confirmation reached the patient (D-BOOK-2, D-BOOK-3).

Here: the grades of evidence, the one table that says which of them is enough, and where the newest
mail of a booking is. Not here: what a proof does to a booking (`booking`), and how evidence comes
in (the outbox, delivery reports, a login, staff).
"""

from datetime import datetime
from enum import unique
from typing import Final, TypeAlias

from attrs import frozen

from eservices_core.clinic.booking_settings import Grade, Switch
from eservices_core.clinic.staff import StaffMember
from eservices_core.tables import Fact, Row, Table, any_of, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.identifiers import MailId


@unique
class Evidence(Fact):
    """What speaks for it that the patient knows."""

    HANDED_OVER = "handed_over"
    """A server took the mail."""
    NO_BOUNCE = "no_bounce"
    """A server took it, and the set time went by without a bounce."""
    REPORTED_DELIVERED = "reported_delivered"
    """A delivery report said so."""
    OPENED = "opened"
    """The patient opened the booking after logging in; never a tracking pixel."""
    CALL = "call"
    """Staff told the patient on the phone, and recorded it."""
    LETTER = "letter"
    """Staff sent or handed over a letter."""
    SLIP = "slip"
    """Staff handed over a slip with the time on it."""


BY_STAFF: Final = frozenset((Evidence.CALL, Evidence.LETTER, Evidence.SLIP))
"""What only staff can record."""

READ: Final = frozenset((Evidence.OPENED, Evidence.CALL, Evidence.LETTER, Evidence.SLIP))
"""Proof of reading: whoever has given it needs no call when a day is cancelled (D-BOOK-11)."""


@unique
class Verdict(Fact):
    """Whether it is enough."""

    RECEIVED = "received"
    NOT_YET = "not_yet"


@frozen
class ReceivedFacts:
    """What the answer rests on.

    Attributes:
        wanted: the least grade that the clinic lets count.
        own_relay: mail goes through a relay of one's own, whose 'taken' says nothing yet.
    """

    wanted: Grade
    own_relay: Switch
    evidence: Evidence


_RECEIVED: Final = Says(
    Text("Tiden er bekræftet.", "The appointment is confirmed."),
    Text(
        "Bekræftelsen er modtaget; det er nok efter klinikkens indstilling.",
        "The confirmation has been received; the clinic's setting asks for no more.",
    ),
)
_WAITING: Final = Says(
    Text(
        "Klinikken har godkendt tiden og sender dig en bekræftelse.",
        "The clinic has approved the appointment and is sending you a confirmation.",
    ),
    Text(
        "Godkendt; der er endnu ikke bevis for, at patienten har fået bekræftelsen.",
        "Approved; nothing proves yet that the patient has the confirmation.",
    ),
)

RECEIVED: Final = Table(
    "booking.received",
    "Does this evidence count as 'the patient has received the confirmation'?",
    ReceivedFacts,
    (
        Row(
            "told_by_staff",
            "D-BOOK-2",
            when(evidence=any_of(Evidence.CALL, Evidence.LETTER, Evidence.SLIP)),
            Verdict.RECEIVED,
            _RECEIVED,
            NextStep.GO_ON,
        ),
        Row(
            "opened_after_login",
            "D-BOOK-2",
            when(evidence=Evidence.OPENED),
            Verdict.RECEIVED,
            _RECEIVED,
            NextStep.GO_ON,
        ),
        Row(
            "reported_delivered",
            "D-BOOK-2",
            when(
                evidence=Evidence.REPORTED_DELIVERED,
                wanted=any_of(Grade.HANDED_OVER, Grade.NO_BOUNCE, Grade.REPORTED_DELIVERED),
            ),
            Verdict.RECEIVED,
            _RECEIVED,
            NextStep.GO_ON,
        ),
        Row(
            "no_bounce_in_time",
            "D-BOOK-2",
            when(evidence=Evidence.NO_BOUNCE, wanted=any_of(Grade.HANDED_OVER, Grade.NO_BOUNCE)),
            Verdict.RECEIVED,
            _RECEIVED,
            NextStep.GO_ON,
        ),
        Row(
            "handed_over",
            "D-BOOK-2",
            when(evidence=Evidence.HANDED_OVER, wanted=Grade.HANDED_OVER, own_relay=Switch.OFF),
            Verdict.RECEIVED,
            _RECEIVED,
            NextStep.GO_ON,
        ),
        Row(
            "only_our_own_relay_took_it",
            "D-BOOK-2",
            when(evidence=Evidence.HANDED_OVER, wanted=Grade.HANDED_OVER, own_relay=Switch.ON),
            Verdict.NOT_YET,
            _WAITING,
            NextStep.GO_ON,
        ),
        Row(
            "handed_over_is_too_little",
            "D-BOOK-3",
            when(
                evidence=Evidence.HANDED_OVER,
                wanted=any_of(Grade.NO_BOUNCE, Grade.REPORTED_DELIVERED, Grade.OPENED),
            ),
            Verdict.NOT_YET,
            _WAITING,
            NextStep.GO_ON,
        ),
        Row(
            "silence_is_too_little",
            "D-BOOK-3",
            when(
                evidence=Evidence.NO_BOUNCE,
                wanted=any_of(Grade.REPORTED_DELIVERED, Grade.OPENED),
            ),
            Verdict.NOT_YET,
            _WAITING,
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "a_report_is_too_little",
            "D-BOOK-3",
            when(evidence=Evidence.REPORTED_DELIVERED, wanted=Grade.OPENED),
            Verdict.NOT_YET,
            _WAITING,
            NextStep.GO_ON,
        ),
    ),
)


@frozen
class Proof:
    """Why the patient counts as told: by what, when, and by whom where staff told them."""

    evidence: Evidence
    at: datetime
    by: StaffMember | None = None

    def __attrs_post_init__(self) -> None:
        assert (self.by is not None) == (self.evidence in BY_STAFF), "staff stand by what they say"


@frozen
class NobodyToMail:
    """The patient has no address; staff tell them (D-BOOK-16)."""


@frozen
class Queued:
    """The mail waits in the outbox."""

    mail: MailId


@frozen
class HandedOver:
    """A server took the mail."""

    mail: MailId
    at: datetime


@frozen
class Ambiguous:
    """An attempt ended without an answer; it may have arrived, and more attempts follow."""

    mail: MailId


Way: TypeAlias = NobodyToMail | Queued | HandedOver | Ambiguous


def mail_of(way: Way) -> MailId | None:
    """The mail that is on its way; None where nobody can be mailed."""
    return None if isinstance(way, NobodyToMail) else way.mail
