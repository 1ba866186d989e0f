"""Trying again what a CalDAV server did not do: how often, how fast, and when to stop believing.

Here: the pauses and the end of one call, and what a refusal that nothing explains comes to. Not
here: what is tried (`changing`).
"""

import time
from typing import Final

from attrs import define, field

from eservices_adapters.calendar.changing import Again
from eservices_core.ports.calendar import CalendarUnreachable
from eservices_core.ports.world import Chance

_FIRST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 2.0


@define
class Pace:
    """The tries of one call.

    Attributes:
        chance: spreads the pauses, so that those who were refused together do not return together.
        seconds: how long it may take in all.
        tries: how many there may be.
        troubles: after how many broken lines it ends; far fewer, for whoever waits for a server
            that is down had better be told soon.
    """

    chance: Chance
    seconds: float
    tries: int = 30
    troubles: int = 8
    _tried: int = field(default=0, init=False)
    _broken: int = field(default=0, init=False)
    _began: float = field(factory=time.monotonic, init=False)

    @property
    def left(self) -> float:
        """Seconds that are left; none or less where the call is over."""
        return self._began + self.seconds - time.monotonic()

    def goes_on(self, *, broken: bool = False) -> bool:
        """Pause before the next try; False where there is none."""
        self._tried += 1
        self._broken += broken
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._tried)
        pause = longest * (0.5 + self.chance.entropy(1)[0] / 512)
        if self._tried >= self.tries or self._broken >= self.troubles or self.left <= pause:
            return False
        time.sleep(pause)
        return True


@define
class Doubt:
    """What becomes of refusals: somebody was faster, or the server means something else.

    A refusal is explained when what lies there of ours is no longer what the attempt was made on.
    Of one that is not, the attempt is made once more, and then everything is listed; if that
    explains nothing either, the server does not take what we write, and nobody here can help it.

    Attributes:
        asked: whether an attempt so far has asked for a change.
    """

    asked: bool = False
    _versions: tuple[tuple[str, str | None], ...] = ()
    _refused: int | None = None
    _unexplained: int = 0

    @property
    def lists_everything(self) -> bool:
        """Whether the next look is to believe nothing that the server says of its changes."""
        return self._refused is not None and self._unexplained > 0

    def look_at(self, versions: tuple[tuple[str, str | None], ...]) -> None:
        """Take where our event lies now; raises CalendarUnreachable when all was tried."""
        if self._refused is not None:
            self._unexplained = self._unexplained + 1 if versions == self._versions else 0
            if self._unexplained > 1:
                raise CalendarUnreachable(
                    f"the calendar's server does not take our entry ({self._refused})"
                )
        self._versions, self._refused = versions, None

    def take(self, again: Again) -> None:
        """Take what an attempt came to that is not done."""
        self.asked = self.asked or again.asked
        self._refused = None if again.may_be_done else again.status
