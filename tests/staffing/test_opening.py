import pytest

from eservices_core.staffing.opening import Reason, reason_of


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, Reason.MISSING),
        ("x" * 9, Reason.MISSING),
        (f" {'x' * 9} ", Reason.MISSING),
        ("x" * 10, Reason.GIVEN),
        ("x" * 1000, Reason.GIVEN),
        ("x" * 1001, Reason.MISSING),
    ],
)
def test_a_reason_has_10_to_1000_characters(text: str | None, reason: Reason) -> None:
    """D-ACC-19: what is shorter or longer than a sentence or two is no reason."""
    assert reason_of(text) is reason
