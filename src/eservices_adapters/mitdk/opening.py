"""SF1601 as [post] chose it: opened, and looked at before it is needed.

Here: the adapter out of its section, and the findings of a check that sends nobody's number and no
letter. Not here: the section (`config.post`).
"""

from collections.abc import Iterator
from os import W_OK, access

from eservices_adapters.config.findings import Looked
from eservices_adapters.config.post import Sf1601DigitalPost
from eservices_adapters.mitdk.memo_writer import MemoVersion
from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.sf1601 import Sf1601Post
from eservices_adapters.mitdk.small_xml import MAX_BYTES
from eservices_adapters.mitdk.tokens import TokenFiles, client_tls
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Answer, Exchange, Request, Response
from eservices_core.ports.world import Chance, Clock


def open_sf1601(chosen: Sf1601DigitalPost, clock: Clock, chance: Chance) -> Sf1601Post | None:
    """Open it; None where its certificate cannot be used."""
    tls = client_tls(chosen.certificate, chosen.key, chosen.trusted)
    if tls is None:
        return None
    bounds = Bounds(chosen.deadline.total_seconds(), MAX_BYTES)
    return Sf1601Post(
        url=chosen.url,
        driver=HttpDriver(bounds, tls),
        tokens=TokenFiles(chosen.send_token, chosen.ask_token),
        inbox=ReceiptFolder(chosen.receipts),
        clock=clock,
        chance=chance,
        version=MemoVersion(chosen.version),
    )


def check(chosen: Sf1601DigitalPost) -> Iterator[Looked]:
    """Look at the certificate, the tokens, the folder of receipts, and whether anybody answers."""
    tls = client_tls(chosen.certificate, chosen.key, chosen.trusted)
    yield Looked(tls is not None, "the certificate and its key can be used")
    tokens = TokenFiles(chosen.send_token, chosen.ask_token)
    yield Looked(tokens.sending() is not None, "there is a token for sending letters")
    yield Looked(tokens.asking() is not None, "there is a token for asking who can receive")
    folder = chosen.receipts if chosen.receipts.exists() else chosen.receipts.parent
    yield Looked(access(folder, W_OK), "receipts can be kept")
    if tls is not None:
        driver = HttpDriver(Bounds(min(chosen.deadline.total_seconds(), 10), MAX_BYTES), tls)
        answer = driver.run(_knock(chosen.url))
        why = "" if isinstance(answer, Response) else f" ({answer.why.value})"
        yield Looked(isinstance(answer, Response), f"the service answers{why}")


def _knock(url: str) -> Exchange[Answer]:
    """Ask for nothing: any answer at all, a refusal too, means that somebody is there."""
    return (yield Request("GET", f"{url}/"))
