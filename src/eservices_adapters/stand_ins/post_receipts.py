"""The receipts that the stand-in of digital post sends, and the tricks that the world plays.

Here: which receipts follow a message and in which order, and one as bytes (PKO_PostStatus in the
envelope it is pushed in). Not here: how they get to anybody (`digital_post`).
"""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from enum import Enum, unique
from typing import Final
from xml.sax.saxutils import escape

from attrs import frozen

SOMEBODY_ELSE_S: Final = "8853363b-43ec-4d0a-a54d-65447f9447ed"
"""The message of the published sample receipt, which is none of ours."""


@unique
class Stage(Enum):
    """What a receipt can say, in the interface's words."""

    RECEIVED = "Modtaget Digital Post"
    DELIVERED = "Afleveret Digital Post"
    FAILED = "Fejlet"
    PAPER = "Afsendt Fjernprint"


@unique
class Trick(Enum):
    """How receipts come otherwise than one would like."""

    DUPLICATED = "duplicated"
    """Each comes twice."""
    REORDERED = "reordered"
    """The last one comes first."""
    LATE = "late"
    """They are kept back until somebody lets them go."""
    UNKNOWN = "unknown"
    """One about somebody else's message comes first."""
    FAILING = "failing"
    """The message fails instead of being delivered."""
    CORRECTED = "corrected"
    """It fails, and is delivered all the same."""
    LOST = "lost"
    """None comes."""


@frozen
class Told:
    """What one receipt tells."""

    uuid: str
    stage: Stage
    at: datetime
    code: str | None = None


def told_of(uuid: str, at: datetime, tricks: frozenset[Trick]) -> tuple[Told, ...]:
    """Give the receipts of one message in the order in which they come, a second between them."""
    if Trick.LOST in tricks:
        return ()
    stages = [Stage.RECEIVED, Stage.DELIVERED]
    if Trick.FAILING in tricks:
        stages = [Stage.RECEIVED, Stage.FAILED]
    if Trick.CORRECTED in tricks:
        stages = [Stage.RECEIVED, Stage.FAILED, Stage.DELIVERED]
    told = [
        Told(uuid, stage, at + timedelta(seconds=place), "memo.failed" if _fails(stage) else None)
        for place, stage in enumerate(stages)
    ]
    if Trick.REORDERED in tricks:
        told.reverse()
    if Trick.DUPLICATED in tricks:
        told = [one for one in told for _ in range(2)]
    if Trick.UNKNOWN in tricks:
        told.insert(0, Told(SOMEBODY_ELSE_S, Stage.DELIVERED, at))
    return tuple(told)


def _fails(stage: Stage) -> bool:
    return stage is Stage.FAILED


def written(told: Told, delivery: str) -> bytes:
    """Write a receipt in its envelope; `delivery` numbers the delivery, so two are never alike."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<s:ModtagBeskedInput xmlns="urn:oio:sagdok:3.0.0" xmlns:s="urn:oio:sts:1.0.0"'
        ' xmlns:k="urn:oio:besked:kuvert:1.0"><k:Haendelsesbesked><k:BeskedId>'
        f"<UUIDIdentifikator>{escape(delivery)}</UUIDIdentifikator></k:BeskedId><k:Beskeddata>"
        f'<Base64 xmlns="urn:besked:kuvert:1.0">{b64encode(_status(told)).decode("ascii")}</Base64>'
        "</k:Beskeddata></k:Haendelsesbesked></s:ModtagBeskedInput>"
    ).encode()


def _status(told: Told) -> bytes:
    at = told.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    fault = "<FejlDetaljer/>"
    if told.code is not None:
        fault = (
            f"<FejlDetaljer><FejlKode>{escape(told.code)}</FejlKode>"
            "<FejlTekst>stand-in</FejlTekst></FejlDetaljer>"
        )
    return (
        '<PKO_PostStatus xmlns="http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types">'
        f"<TransmissionId>{escape(told.uuid)}</TransmissionId>"
        f"<MessageUUID>{escape(told.uuid)}</MessageUUID>"
        f"<KanalKode>Digital Post</KanalKode><TransaktionsDatoTid>{at}</TransaktionsDatoTid>"
        f"<TransaktionsStatusKode>{told.stage.value}</TransaktionsStatusKode>{fault}"
        "</PKO_PostStatus>"
    ).encode()
