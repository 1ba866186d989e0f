"""Digital post in memory: what a test lets the solution know, answer, lose and send.

Not here: messages as XML, and how receipts are read (`eservices_adapters.mitdk`).
"""

from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from eservices_core.ports.digital_post import (
    NO_CODE,
    Accepted,
    DigitalPost,
    Doubt,
    NoAnswer,
    Receipt,
    Rejected,
    Sent,
)
from eservices_core.post.letter import Says
from eservices_core.post.memo import Memo
from eservices_core.post.sending import Reach
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId


def spelled(message: Memo) -> tuple[object, ...]:
    """Give all of a message that can be compared, its files' bytes included."""
    files = tuple(file.open().read(file.size + 1) for file in message.draft.files)
    return message.draft, files


class MemoryDigitalPost:
    """Takes every message once, and answers as it was told to.

    Attributes:
        taken: the messages that it has, in the order in which they came.
        asked: how often anything was handed over.
    """

    def __init__(self) -> None:
        self.taken: dict[str, tuple[object, ...]] = {}
        self.asked = 0
        self._reach: dict[str, Reach] = {}
        self._answers: list[Sent | Exception] = []
        self._receipts: dict[str, Receipt] = {}
        self._came = 0
        self._lock = Lock()

    # -- the port --

    def reach(self, recipient: CivilNumber, /) -> Reach:
        """Say what was told of a person; without a word about them, that they can get it."""
        return self._reach.get(recipient.reveal(), Reach.CAN_RECEIVE)

    def send(self, message: Memo, /) -> Sent:
        """Take a message, unless the next answer is another one."""
        with self._lock:
            self.asked += 1
            answer = self._answers.pop(0) if self._answers else Accepted()
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, Rejected) or answer is NoAnswer.NOT_NOW:
                return answer
            uuid, letter = message.draft.uuid, spelled(message)
            if self.taken.setdefault(uuid, letter) != letter:
                return Rejected("other_message")
            return answer

    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        """Give receipts that are not done, in the order in which they came, at most `limit`."""
        assert limit >= 0, "nobody asks for fewer than no receipts"
        with self._lock:
            return tuple(self._receipts.values())[:limit]

    def done(self, receipt: Receipt, /) -> None:
        """Never give this one again."""
        with self._lock:
            _ = self._receipts.pop(receipt.name, None)

    # -- what a test tells it --

    def know(self, recipient: CivilNumber, reach: Reach) -> None:
        """Have it say this of a person."""
        self._reach[recipient.reveal()] = reach

    def answer(self, *answers: Sent | Exception) -> None:
        """Have the next attempts end like this; AMBIGUOUS takes the message, and says nothing."""
        self._answers += answers

    def arrive(
        self, letter: LetterId | None, says: Says | None, at: datetime, code: str = NO_CODE
    ) -> Receipt:
        """Have a receipt come; without a letter or a word it is one that nobody can use."""
        doubt = Doubt.UNREADABLE if letter is None else Doubt.OTHER_STATUS
        with self._lock:
            self._came += 1
            name = f"receipt-{self._came}"
            receipt = Receipt(name, letter, says, at, code, None if says else doubt)
            self._receipts[name] = receipt
        return receipt


if TYPE_CHECKING:
    _post: type[DigitalPost] = MemoryDigitalPost
