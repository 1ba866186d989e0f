import pytest

from eservices_core.access.facts import Age
from eservices_core.post.sending import (
    Addressee,
    Numbered,
    addressee_of,
    numbered_by,
)
from eservices_core.words.civil_number import CivilNumber

ANNA = CivilNumber.parse("0709614606").unwrap()
BENT = CivilNumber.parse("0709614231").unwrap()


@pytest.mark.parametrize(
    ("age", "chosen", "addressee"),
    [
        (Age.FROM_15, None, Addressee.PATIENT),
        (Age.FROM_15, ANNA, Addressee.PATIENT),
        (Age.FROM_15, BENT, Addressee.SOMEBODY_ELSE),
        (Age.UNDER_15, None, Addressee.NOBODY_CHOSEN),
        (Age.UNDER_15, ANNA, Addressee.CHOSEN),
        (Age.UNDER_15, BENT, Addressee.CHOSEN),
    ],
)
def test_staff_choose_for_a_child_only(
    age: Age, chosen: CivilNumber | None, addressee: Addressee
) -> None:
    """D-POST-2: about someone under 15 staff choose, the child too; from 15 it is the patient."""
    assert addressee_of(age, ANNA, chosen) is addressee


@pytest.mark.parametrize(
    ("number", "by"),
    [
        ("0709614606", Numbered.CPR),
        ("6709614606", Numbered.REPLACEMENT),
        ("0709611AA6", Numbered.REPLACEMENT),
        ("0709610AA6", Numbered.REPLACEMENT),
    ],
)
def test_only_a_cpr_number_has_a_mailbox(number: str, by: Numbered) -> None:
    """D-POST-2, D-ACC-16: no replacement number of any kind has a digital mailbox."""
    assert numbered_by(CivilNumber.parse(number).unwrap()) is by
