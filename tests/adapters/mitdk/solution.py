"""SF1601 over a stand-in, for the tests of digital post. Not here: any claim."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.mitdk.receipt_folder import ReceiptFolder
from eservices_adapters.mitdk.receipt_push import take
from eservices_adapters.mitdk.sf1601 import Sf1601Post
from eservices_adapters.stand_ins.kombi_server import TOKEN, DigitalPostStandIn
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_core.testing.memory import FakeClock, SeededChance

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)


@frozen
class FixedTokens:
    """Tokens that a test gives."""

    send: str | None = TOKEN
    ask: str | None = TOKEN

    def sending(self) -> str | None:
        """Give it."""
        return self.send

    def asking(self) -> str | None:
        """Give it."""
        return self.ask


@frozen
class Solution:
    """The stand-in, and the adapter that speaks with it."""

    stand_in: DigitalPostStandIn
    post: Sf1601Post
    inbox: ReceiptFolder


@contextmanager
def solution(folder: Path, seconds: float = 5) -> Generator[Solution, None, None]:
    """Run a stand-in that pushes receipts as bytes, and an adapter over it."""
    inbox = ReceiptFolder(folder / "receipts")

    def deliver(document: bytes) -> None:
        assert take(document, inbox).http == 200

    with DigitalPostStandIn(deliver, lambda: NOW + timedelta(minutes=1)) as stand_in:
        post = Sf1601Post(
            stand_in.url,
            HttpDriver(Bounds(seconds=seconds)),
            FixedTokens(),
            inbox,
            FakeClock(NOW),
            SeededChance(1),
        )
        yield Solution(stand_in, post, inbox)
