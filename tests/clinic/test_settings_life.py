"""S-SET-1: the machine of a clinic's settings."""

from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.settings import ClinicSettings
from eservices_core.clinic.settings_life import (
    AsConfigured,
    Change,
    Settings,
    SettingsRefusal,
    decide,
    differences,
    evolve,
    version_of,
)
from eservices_core.outcome import Failure, Success
from eservices_core.words.identifiers import ContentId


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans())))
def test_a_change_is_of_the_version_that_stands_or_is_refused(
    wishes: list[tuple[int, bool]],
) -> None:
    """S-SET-1: versions follow each other by one; where nothing differs, nothing happens."""
    state: Settings = AsConfigured()
    for number, (seen, differs) in enumerate(wishes):
        fields = ("name",) if differs else ()
        decided = decide(state, Change(seen, ContentId(f"record-{number}"), fields))
        before = version_of(state)
        if not differs:
            assert decided == Success(())
        elif seen != before:
            assert decided == Failure(SettingsRefusal.STALE)
        else:
            (event,) = decided.unwrap()
            state = evolve(state, event)
            assert version_of(state) == before + 1


def test_differences_are_codes_of_fields() -> None:
    """A field of a section goes by both names; what is alike is not named."""
    old = ClinicSettings("One", "00000001")
    new = with_changes(
        old,
        name="Two",
        booking=with_changes(old.booking, open_bookings=3),
        desk=with_changes(old.desk, sample=1, renewal_days=9),
    )
    assert differences(old, old) == ()
    assert differences(old, new) == (
        "name",
        "booking.open_bookings",
        "desk.renewal_days",
        "desk.sample",
    )
