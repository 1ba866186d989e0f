import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eservices_core.worklist.items import ANSWERED_ELSEWHERE, ItemKind, ItemRef


@example(ItemKind.MAIL, "a/b")
@given(st.sampled_from(ItemKind), st.text(max_size=10))
def test_an_item_is_read_as_it_was_written(kind: ItemKind, key: str) -> None:
    """S-MAIL-4: whatever stands in the key of its own machine, a stroke too."""
    item = ItemRef(kind, key)
    assert str(item) == f"{kind.value}/{key}"
    assert ItemRef.parse(str(item)) == item


def test_what_names_no_kind_is_no_item() -> None:
    """S-MAIL-4: a text that nobody wrote as an item is a bug."""
    with pytest.raises(ValueError, match="unknown"):
        _ = ItemRef.parse("unknown/key")


def test_staff_close_what_no_act_answers() -> None:
    """D-MAIL-4: mails, breaches and custody are closed as such; the rest by what answers it."""
    closed = {ItemKind.MAIL, ItemKind.BREACH, ItemKind.CUSTODY}
    assert set(ItemKind) - ANSWERED_ELSEWHERE == closed
