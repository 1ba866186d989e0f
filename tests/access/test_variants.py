from typing import Any

import pytest
from attrs import evolve

from eservices_core.access.association import SIGN_UP, SignUp, SignUpFacts
from eservices_core.access.facts import Age, Guardian
from eservices_core.access.login import MITID, TWO_FACTOR, TwoFactorLogin
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.outcome import Failure, Success
from eservices_core.tables import Table, but, when
from eservices_core.variants import Gap, with_row, without_row
from tests.access.oracles import ORACLES

AnyTable = Table[Any, Any]


def _case_in(gap: Gap) -> dict[str, str]:
    _, _, case = gap.message.rpartition("answer ")
    if not case:
        _, _, case = gap.message.rpartition("answers ")
    return dict(part.split("=") for part in case.split(", "))


@pytest.mark.parametrize("table", [table for table, _ in ORACLES], ids=lambda table: table.name)
def test_no_table_of_access_can_do_without_a_row(table: AnyTable) -> None:
    """Every row alone answers some case; the gap names the table and that case."""
    for row in table.rows:
        gap = without_row(table, row.name).failure()
        assert gap.message.startswith(f"{table.name}: no row answers ")
        case = _case_in(gap)
        for fact, cell in row.when.items():
            if fact in case:
                assert case[fact] in {member.name for member in cell}


def test_the_gap_names_the_case_in_words() -> None:
    """S-ACC-3: without its row nobody answers who is 15, has no tick, and is not locked out."""
    gap = without_row(TWO_FACTOR, "not_ticked").failure()
    assert gap.message == (
        "login.two_factor: no row answers "
        "user=AWAITING_ACTIVATION, measure=IN_FORCE, age=FROM_15, tick=NOT_SET"
    )


def test_a_change_that_fits_gives_a_table_that_decides() -> None:
    """D-ACC-17: with the changed row the copy answers otherwise, and the original as before."""
    stricter = evolve(SIGN_UP.row("open"), then=SignUp.AWAITS_APPROVAL)
    changed = with_row(SIGN_UP, stricter).unwrap()
    facts = SignUpFacts(SelfSignUp.OPEN)
    assert changed.decide(facts) is stricter
    assert SIGN_UP.decide(facts).then is SignUp.ASSOCIATED
    assert (changed.name, changed.question) == (SIGN_UP.name, SIGN_UP.question)
    assert [row.name for row in changed.rows] == [row.name for row in SIGN_UP.rows]
    assert changed.rows[1:] == SIGN_UP.rows[1:]


def test_a_changed_row_that_answers_for_another_is_a_gap() -> None:
    """S-ACC-6: a child's row that stops reading the guardian answers twice, and the gap says so."""
    row = TWO_FACTOR.row("child_verified")
    wider = evolve(row, when={name: cell for name, cell in row.when.items() if name != "guardian"})
    gap = with_row(TWO_FACTOR, wider).failure()
    assert gap.message == (
        "login.two_factor: child_verified and child_unverified both answer "
        "user=ACTIVE, measure=IN_FORCE, age=UNDER_15, guardian=NOT_VERIFIED"
    )
    case = _case_in(gap)
    assert case["age"] == Age.UNDER_15.name
    assert case["guardian"] == Guardian.NOT_VERIFIED.name


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"setting": SelfSignUp.CLOSED}, "closed"),
        ({"settings": SelfSignUp.OPEN}, "there is no fact settings"),
        ({"setting": Age.UNDER_15}, "the cell setting holds what that fact cannot be"),
        ({"setting": but(*SelfSignUp)}, "the cell setting holds what that fact cannot be"),
    ],
)
def test_a_row_that_does_not_fit_is_a_gap(cells: dict[str, Any], said: str) -> None:
    """A row with wrong cells is refused as a value, and the message says what is wrong with it."""
    row = evolve(SIGN_UP.row("open"), when=when(**cells))
    assert said in with_row(SIGN_UP, row).failure().message


def test_a_row_that_is_not_there_is_a_gap() -> None:
    """Neither leaving out nor replacing a row that the table does not have changes anything."""
    expected = Gap("login.mitid: there is no row ticked")
    assert without_row(MITID, "ticked") == Failure(expected)
    assert with_row(MITID, TWO_FACTOR.row("ticked")) == Failure(expected)


def test_a_row_in_its_own_place_changes_nothing() -> None:
    """Where a row is replaced by the same row, the copy decides as the original in every case."""
    match with_row(TWO_FACTOR, TWO_FACTOR.row("ticked")):
        case Success(copy):
            cases: list[TwoFactorLogin] = list(TWO_FACTOR.cases())
            assert all(copy.decide(facts) is TWO_FACTOR.decide(facts) for facts in cases)
        case Failure(gap):
            pytest.fail(gap.message)
