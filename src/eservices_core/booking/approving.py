"""Approving: who may say yes to a request (S-BOOK-4, D-BOOK-11)."""

from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.clinic.booking_settings import Switch
from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import NextStep, Says, Text


@unique
class Approver(Fact):
    """Who approves, as seen from the book that the time lies in."""

    PRACTITIONER = "practitioner"
    """The practitioner whose book it is."""
    COLLEAGUE = "colleague"
    """Reception, or another practitioner of the clinic."""


@frozen
class ApprovalFacts:
    """What it rests on: who approves, and whether the clinic lets reception do it."""

    approver: Approver
    reception_approves: Switch


@unique
class Approval(Fact):
    """Whether it counts."""

    COUNTS = "counts"
    PRACTITIONER_ONLY = "practitioner_only"


_APPROVED: Final = Text("Klinikken har godkendt tiden.", "The clinic has approved the appointment.")

APPROVAL: Final = Table(
    "booking.approval",
    "May this member of staff approve a request for this practitioner?",
    ApprovalFacts,
    (
        Row(
            "the_practitioner",
            "S-BOOK-4",
            when(approver=Approver.PRACTITIONER),
            Approval.COUNTS,
            Says(
                _APPROVED,
                Text("Godkendt af behandleren.", "Approved by the practitioner."),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "for_the_practitioner",
            "D-BOOK-11",
            when(approver=Approver.COLLEAGUE, reception_approves=Switch.ON),
            Approval.COUNTS,
            Says(
                _APPROVED,
                Text(
                    "Godkendt på behandlerens vegne; begge navne er gemt.",
                    "Approved on behalf of the practitioner; both names are kept.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "only_the_practitioner",
            "D-BOOK-11",
            when(approver=Approver.COLLEAGUE, reception_approves=Switch.OFF),
            Approval.PRACTITIONER_ONLY,
            Says(
                Text(
                    "Din anmodning venter på behandleren.",
                    "Your request is waiting for the practitioner.",
                ),
                Text(
                    "Klinikkens indstilling lader kun behandleren selv godkende.",
                    "The clinic's setting lets only the practitioner approve.",
                ),
            ),
            NextStep.PRACTITIONER_APPROVES,
        ),
    ),
)
