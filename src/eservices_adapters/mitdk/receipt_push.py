"""Receipts that are pushed: what comes, what is kept, and what is answered (SF1461).

Here: one delivery, as bytes in and bytes out, for whatever server it comes to. It is acknowledged
when it lies on the disk, and not before: what is not acknowledged is sent again. Everything that
fits is kept, whatever it says, for only a worker tells what is about a letter of ours
(`read_receipts`); what is no receipt is acknowledged too, or it would be sent for ever. Not here:
the server, and who may push: the sender proves itself by its certificate, which the server in front
looks at.
"""

from enum import Enum, unique
from typing import Final

from attrs import frozen

from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.small_xml import MAX_BYTES

CONTENT_TYPE: Final = "application/xml; charset=utf-8"


@unique
class Status(Enum):
    """The codes of the answer, which are the interface's own."""

    KEPT = 20
    NOT_KEPT = 40


@frozen
class Acknowledgement:
    """What is answered.

    Attributes:
        http: the status line's number.
        body: a ModtagBeskedOutput.
    """

    status: Status
    http: int
    body: bytes


def take(document: bytes, folder: ReceiptFolder) -> Acknowledgement:
    """Keep what was pushed, and say so."""
    if len(document) > MAX_BYTES:
        return _answer(Status.NOT_KEPT, 413, "too large")
    try:
        folder.lay(document)
    except OSError:
        return _answer(Status.NOT_KEPT, 503, "not now")
    return _answer(Status.KEPT, 200, "OK")


def _answer(status: Status, http: int, text: str) -> Acknowledgement:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<s:ModtagBeskedOutput xmlns:s="urn:oio:sts:1.0.0" xmlns="urn:oio:sagdok:3.0.0">'
        f"<StandardRetur><StatusKode>{status.value}</StatusKode>"
        f"<FejlbeskedTekst>{text}</FejlbeskedTekst></StandardRetur></s:ModtagBeskedOutput>\n"
    )
    return Acknowledgement(status, http, body.encode("utf-8"))
