from datetime import timedelta

from eservices_core.access.browsers import (
    NONE_KNOWN,
    REMEMBERED_FOR,
    BrowserRemembered,
    evolve,
    is_known,
)
from tests.access.strategies import DAY, LAPTOP, NOON, PHONE, TICK


def test_a_browser_is_known_for_180_days() -> None:
    """D-ACC-13: from a full login on, until the instant 180 days later; another browser is not."""
    known = evolve(NONE_KNOWN, BrowserRemembered(LAPTOP, NOON))
    assert timedelta(days=180) == REMEMBERED_FOR
    assert is_known(known, LAPTOP, NOON)
    assert is_known(known, LAPTOP, NOON + 180 * DAY - TICK)
    assert not is_known(known, LAPTOP, NOON + 180 * DAY)
    assert not is_known(known, PHONE, NOON)
    assert not is_known(NONE_KNOWN, LAPTOP, NOON)


def test_a_new_login_renews_the_browser_and_leaves_the_others() -> None:
    """D-ACC-13: each browser is held once, by its newest login."""
    once = evolve(NONE_KNOWN, BrowserRemembered(LAPTOP, NOON))
    both = evolve(once, BrowserRemembered(PHONE, NOON))
    renewed = evolve(both, BrowserRemembered(LAPTOP, NOON + DAY))
    assert renewed == (BrowserRemembered(PHONE, NOON), BrowserRemembered(LAPTOP, NOON + DAY))
    assert is_known(renewed, LAPTOP, NOON + 180 * DAY)
    assert is_known(renewed, PHONE, NOON + DAY)
    assert not is_known(renewed, PHONE, NOON + 180 * DAY)
