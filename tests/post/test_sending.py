from importlib import import_module
from pkgutil import iter_modules

import pytest

import eservices_core.post
from eservices_core.access.facts import Age
from eservices_core.post.sending import (
    SENDING,
    Addressee,
    Numbered,
    addressee_of,
    numbered_by,
)
from eservices_core.tables import Table
from eservices_core.words.civil_number import CivilNumber
from tests.post.post_oracles import TABLES, check_sending
from tests.tools.row_mutation import mutants, survivors

ANNA = CivilNumber.parse("0709614606").unwrap()
BENT = CivilNumber.parse("0709614231").unwrap()


def test_the_table_agrees_with_its_oracle() -> None:
    """S-POST-2, D-POST-2: in every case the row, its verdict, rule, step and texts are right."""
    check_sending(SENDING)


def test_no_mutant_of_a_row_survives() -> None:
    """D-POST-2: every wrong verdict, cell, date, rule, step and text of every row is noticed."""
    assert sum(1 for _ in mutants(SENDING)) > 15 * len(SENDING.rows)
    assert survivors(SENDING, check_sending) == []


def test_every_table_of_post_has_an_oracle() -> None:
    """A table that is added to post without an oracle fails here."""
    tables = {
        thing.name
        for module in iter_modules(eservices_core.post.__path__)
        for thing in vars(import_module(f"eservices_core.post.{module.name}")).values()
        if isinstance(thing, Table)
    }
    assert tables == TABLES.keys()


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
