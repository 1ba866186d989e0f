"""Digital post: whom it can reach, one message handed over, and the receipts that come back.

Here: the port (S-POST-1, D-POST-1, D-POST-2), and a receipt as a value. Not here: what a message
must be (`post.memo`), what a receipt does to a letter (`post.letter`), and how one is read
(adapters). The sender's interface of mit.dk is not public: which calls carry this is an adapter's
to know, and nothing of it is assumed here.
"""

import re
from datetime import datetime
from enum import Enum, unique
from typing import Final, Protocol, TypeAlias

from attrs import field, frozen

from eservices_core.post.letter import Says, is_code
from eservices_core.post.memo import Memo
from eservices_core.post.sending import Reach
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId


@frozen
class Accepted:
    """The solution took the message; it has not delivered it."""


def _check_code(_said: object, _attribute: object, code: str) -> None:
    assert is_code(code), "a code is 1 to 64 of the characters A-Z a-z 0-9 . _ -"


@frozen
class Rejected:
    """The solution refused the message for good; `code` is its own."""

    code: str = field(validator=_check_code)


@unique
class NoAnswer(Enum):
    """It said neither yes nor no."""

    AMBIGUOUS = "ambiguous"
    """No answer came; it may have been taken. Ask again, with the same message."""
    NOT_NOW = "not_now"
    """Nothing was taken: it could not be reached, or asked us to come again."""


Sent: TypeAlias = Accepted | Rejected | NoAnswer


@unique
class Doubt(Enum):
    """Why a receipt says nothing that a program can use."""

    UNREADABLE = "unreadable"
    OTHER_STATUS = "other_status"
    """It names a letter, and a stage that no letter of ours has (paper post)."""


_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
NO_CODE: Final = "none"
"""The code of a receipt that gives none."""


@frozen
class Receipt:
    """What one receipt says about one letter; ids and codes, no text of anybody's.

    Attributes:
        name: opaque, the same whenever it is given; safe to log, and fit for an idempotency key.
        letter: the message that it is about, which may be none of ours; None if it is unreadable.
        says: None where there is a doubt.
        at: when the solution wrote it, or (unreadable) when it came; an aware instant.
        code: why, where it says 'failed' and gives a code.
    """

    name: str
    letter: LetterId | None
    says: Says | None
    at: datetime
    code: str = field(default=NO_CODE, validator=_check_code)
    doubt: Doubt | None = None

    def __attrs_post_init__(self) -> None:
        assert _NAME.fullmatch(self.name), "a receipt's name is safe to log"
        assert self.at.utcoffset() is not None, "an instant carries its offset"
        assert (self.doubt is None) == (self.says is not None), "a doubt says what is missing"
        assert self.says is None or self.letter is not None, "what is said is about a letter"


class DigitalPost(Protocol):
    """A way to digital mailboxes. Raises nothing that a solution may do."""

    def reach(self, recipient: CivilNumber, /) -> Reach:
        """Say whether a person can get digital post now; SILENT where no answer came."""
        ...

    def send(self, message: Memo, /) -> Sent:
        """Hand a message over; the same one handed over again is one there, whatever came of it.

        A message whose UUID the solution knows with other bytes is rejected.
        """
        ...

    def receipts(self, limit: int, /) -> tuple[Receipt, ...]:
        """Give receipts that are not done, in the order in which they came, at most `limit`.

        They repeat, come late and in any order; two workers may be given the same one.
        """
        ...

    def done(self, receipt: Receipt, /) -> None:
        """Never give this one again; nothing happens if it was done before, or is not there."""
        ...
