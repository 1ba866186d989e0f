"""A day on which people book without a user: what they do, and what can be seen of it afterwards.

Here: acts, each with a key of its own. Not here: any claim.
"""

from datetime import date, datetime
from functools import reduce
from typing import Any, Final, TypeVar

from attrs import evolve as with_changes

from eservices_core import events
from eservices_core.clinic.booking_settings import BookingSettings, Switch
from eservices_core.outcome import Outcome
from eservices_core.testing.world import CLINIC, EVERY_WORKING_DAY, PRACTITIONER, VISIT
from eservices_core.usecases.book_by_link import (
    CancelByLink,
    SeeByLink,
    SeenByLink,
    cancel_by_link,
    see_by_link,
)
from eservices_core.usecases.book_without_user import (
    AskWithoutUser,
    CodeIsSent,
    SendAnotherBookingCode,
    ask_without_user,
    send_another_booking_code,
)
from eservices_core.usecases.cancel_booking import BookingIsCancelled
from eservices_core.usecases.close_booking import JoinRecord, Noted, join_record
from eservices_core.usecases.end_attempts import end_attempts
from eservices_core.usecases.prove_address import ProveAddress, prove_address
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import TimeAsked
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    BrowserId,
    ContentId,
    UserId,
)
from tests.usecases.book_day import MONDAY, BookDay, wall
from tests.usecases.people import HOME

T = TypeVar("T")

OPEN: Final = with_changes(
    EVERY_WORKING_DAY,
    without_user=Switch.ON,
    types=tuple(with_changes(kind, without_user=Switch.ON) for kind in EVERY_WORKING_DAY.types),
)
"""`EVERY_WORKING_DAY`, with all three switches on (a practitioner's is on unless it is turned)."""
GUEST: Final = "guest@example.com"
A_NETWORK: Final = "192.0.2.7"
WRONG: Final = "2222-2222"


class GuestDay(BookDay):
    """A clinic that takes bookings without a user."""

    def __init__(
        self, at: datetime = MONDAY, *, booking: BookingSettings = OPEN, **settings: Any
    ) -> None:
        super().__init__(at, booking=booking, **settings)

    def wish(self, at: datetime | None = None, **changes: Any) -> AskWithoutUser:
        """What somebody without a user asks for, unless it is changed."""
        written: dict[str, Any] = {
            "key": self.key(),
            "by": self.anybody,
            "clinic": CLINIC,
            "practitioner": PRACTITIONER,
            "type": VISIT,
            "at": at or wall(9),
            "name": "Gry Gæst",
            "birth_date": date(1980, 2, 29),
            "phone": "20 30 40 50",
            "email": self.address(GUEST),
            "comment": "Ondt i knæet",
            "browser": HOME,
            "network": A_NETWORK,
            **changes,
        }
        return AskWithoutUser(**written)

    def asks_as_guest(
        self, at: datetime | None = None, **changes: Any
    ) -> Outcome[CodeIsSent, Refusal]:
        """Ask for a time without a user."""
        return ask_without_user(self.services, self.wish(at, **changes))

    def sent(self, at: datetime | None = None, **changes: Any) -> AttemptId:
        """Ask, and have a code sent."""
        return self.asks_as_guest(at, **changes).unwrap().attempt

    def another(
        self, attempt: AttemptId, browser: BrowserId = HOME
    ) -> Outcome[CodeIsSent, Refusal]:
        """Have another code sent."""
        return send_another_booking_code(
            self.services,
            SendAnotherBookingCode(
                key=self.key(), by=self.anybody, attempt=attempt, browser=browser
            ),
        )

    def proves(
        self, attempt: AttemptId, code: str | None = None, browser: BrowserId = HOME
    ) -> Outcome[TimeAsked, Refusal]:
        """Type the newest code that came to `GUEST`, unless another is given."""
        return prove_address(
            self.services,
            ProveAddress(
                key=self.key(),
                by=self.anybody,
                attempt=attempt,
                code=self.last_code(GUEST) if code is None else code,
                browser=browser,
            ),
        )

    def booked(
        self, at: datetime | None = None, *, email: str = GUEST, **changes: Any
    ) -> BookingId:
        """Ask, and prove the address."""
        attempt = self.sent(at, email=self.address(email), **changes)
        browser = changes.get("browser", HOME)
        return self.proves(attempt, self.last_code(email), browser).unwrap().booking

    def sees(self, booking: BookingId) -> Outcome[SeenByLink, Refusal]:
        """Follow the link."""
        return see_by_link(
            self.services, SeeByLink(key=self.key(), by=self.anybody, booking=booking)
        )

    def cancels_by_link(
        self, booking: BookingId, code: str | None = None
    ) -> Outcome[BookingIsCancelled, Refusal]:
        """Follow the link, and type the code; the right one unless another is given."""
        typed = self.cancel_code(booking) if code is None else code
        return cancel_by_link(
            self.services,
            CancelByLink(key=self.key(), by=self.anybody, booking=booking, code=typed),
        )

    def joins(self, booking: BookingId, user: UserId) -> Outcome[Noted, Refusal]:
        """Have staff find out whose booking it is."""
        return join_record(
            self.services,
            JoinRecord(
                key=self.key(), by=self.by_staff, staff=self.staff, booking=booking, user=user
            ),
        )

    def ends(self) -> int:
        """End what has lapsed, as a worker does."""
        return end_attempts(self.services, CLINIC)

    # -- looking --

    def cancel_code(self, booking: BookingId) -> str:
        """The code that cancels a booking, as the mails write it."""
        return self.services.keys.cancel_code(booking).reveal_grouped()

    def state(self, kind: events.Kind[T, Any], key: object) -> T:
        """Fold a stream as it lies in the ledger."""
        recorded = self.ledger.history(kind.stream(key))
        return reduce(kind.evolve, (one.event for one in recorded), kind.initial)

    @property
    def contents(self) -> dict[ContentId, str]:
        """Every record that is not erased."""
        records: dict[ContentId, str] = vars(self.ledger)["_contents"]
        return dict(records)
