"""Known browsers: where a user has logged in before, so that strangers cannot shut them out.

Here: the folded set, for the guess budgets of D-ACC-13. A known browser is no way in: it only has
a budget of its own. A guardian's MitID never makes one (D-ACC-3).
"""

from datetime import datetime, timedelta
from typing import Final, TypeAlias

from attrs import frozen

from eservices_core.words.identifiers import BrowserId

REMEMBERED_FOR: Final = timedelta(days=180)


@frozen
class BrowserRemembered:
    """A full login went through here."""

    browser: BrowserId
    at: datetime


Event: TypeAlias = BrowserRemembered

KnownBrowsers: TypeAlias = tuple[BrowserRemembered, ...]
NONE_KNOWN: Final[KnownBrowsers] = ()


def evolve(state: KnownBrowsers, event: Event) -> KnownBrowsers:
    """Add a browser, or renew it."""
    return (*(one for one in state if one.browser != event.browser), event)


def is_known(state: KnownBrowsers, browser: BrowserId, at: datetime) -> bool:
    """True if a full login went through in this browser within the last 180 days."""
    return any(one.browser == browser and at < one.at + REMEMBERED_FOR for one in state)
