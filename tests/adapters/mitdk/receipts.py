"""Receipts as they come, for the tests of digital post. Not here: any claim."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Final

from eservices_core.post.letter import Says

WORDS: Final = {
    Says.RECEIVED: "Modtaget Digital Post",
    Says.DELIVERED: "Afleveret Digital Post",
    Says.FAILED: "Fejlet",
}
UUID: Final = "8853363b-43ec-4d0a-a54d-65447f9447ed"


def status(
    uuid: str = UUID,
    word: str = WORDS[Says.DELIVERED],
    at: str = "2026-11-23T08:00:00.154Z",
    code: str | None = None,
    more: str = "",
) -> str:
    """Write a PKO_PostStatus."""
    fault = "<FejlDetaljer/>"
    if code is not None:
        fault = f"<FejlDetaljer><FejlKode>{code}</FejlKode><FejlTekst>x</FejlTekst></FejlDetaljer>"
    return (
        '<PKO_PostStatus xmlns="http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types">'
        f"<TransmissionId>1</TransmissionId><MessageUUID>{uuid}</MessageUUID>"
        f"<KanalKode>Digital Post</KanalKode><TransaktionsDatoTid>{at}</TransaktionsDatoTid>"
        f"<TransaktionsStatusKode>{word}</TransaktionsStatusKode>{fault}{more}</PKO_PostStatus>"
    )


def enveloped(inner: bytes, namespace: str = "urn:besked:kuvert:1.0") -> bytes:
    """Put a receipt into the envelope in which it is pushed."""
    return (
        '<s:ModtagBeskedInput xmlns:s="urn:oio:sts:1.0.0" xmlns:k="urn:oio:besked:kuvert:1.0">'
        "<k:Haendelsesbesked><k:Beskeddata>"
        f'<Base64 xmlns="{namespace}">{b64encode(inner).decode()}</Base64>'
        "</k:Beskeddata></k:Haendelsesbesked></s:ModtagBeskedInput>"
    ).encode()


def stamp(at: datetime) -> str:
    """Write an instant as receipts do."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
