"""Holders in an extract beside a second oracle: all the ways in which its records can be meant."""

from datetime import date
from io import BytesIO
from itertools import combinations

from hypothesis import event, given
from hypothesis import strategies as st

from eservices_adapters.custody.extract import read_about
from eservices_core.access.custody import RegisterAnswer, Standing, standing_of
from eservices_core.clinic.settings import Guardianship
from eservices_core.words.civil_number import CivilNumber, Sex
from tests.adapters.custody import extracts as x

CHILD = "2906980013"
DAY = date(2010, 1, 4)
WOMEN = ("0709614606", "0709614568", "1303814074")
MEN = ("0709614231", "0702614155", "0712614455")
NOBODY = "0000000000"
OPEN, OVER, TO_COME = ("2008-01-01", ""), ("2008-01-01", "2010-01-04"), ("2010-01-05", "")
TYPES = {"0003": Sex.FEMALE, "0004": Sex.MALE}


def sex_of(parent: str, column: Sex) -> Sex:
    """A parent's sex; one without a number has that of the column."""
    return column if parent == NOBODY else number(parent).sex


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


def worlds(parents: tuple[str, str], counts: dict[Sex, int]) -> list[set[str]]:
    """Every set of parents who may be the holders that are meant, NOBODY for a nameless one."""
    columns = ((parents[0], Sex.FEMALE), (parents[1], Sex.MALE))
    possible: list[set[str]] = [set()]
    for sex, count in counts.items():
        of_that_sex = [parent for parent, column in columns if sex_of(parent, column) is sex]
        if not count:
            continue
        # No parent of that sex: it is one of them all the same, or somebody nobody can name.
        candidates = of_that_sex or [*parents, NOBODY]
        held = min(count, len(of_that_sex)) if of_that_sex else 1
        possible = [
            world | set(chosen) for world in possible for chosen in combinations(candidates, held)
        ]
    return possible


parents = st.tuples(
    st.sampled_from((*WOMEN, *MEN, NOBODY)), st.sampled_from((*WOMEN, *MEN, NOBODY))
)


@given(
    parents.filter(lambda pair: pair[0] != pair[1]),
    st.lists(
        st.tuples(st.sampled_from([*TYPES]), st.sampled_from([OPEN, OVER, TO_COME])), max_size=4
    ),
    st.sampled_from((*WOMEN, *MEN)),
)
def test_who_holds_in_every_world_is_verified_and_nobody_else(
    pair: tuple[str, str], records: list[tuple[str, tuple[str, str]]], guardian: str
) -> None:
    """D-ACC-7: who holds however the file is meant has custody; who may hold is never told 'no'."""
    content = x.extract(
        [
            x.person(CHILD, born="1998-06-29"),
            x.parents(CHILD, *pair),
            *(x.custody(CHILD, kind, begins=begins, ends=ends) for kind, (begins, ends) in records),
            x.custody("0101980014", "0003"),
        ]
    )
    said = read_about(number(CHILD), BytesIO(content), DAY).unwrap().said
    assert isinstance(said, RegisterAnswer)
    standing = standing_of(frozenset({number(guardian)}), said.relatives, DAY, Guardianship.COUNTS)
    counts = {
        sex: sum(kind == each and span == OPEN for kind, span in records)
        for each, sex in TYPES.items()
    }
    possible = worlds(pair, counts)
    event(standing.value)
    if all(guardian in world for world in possible):
        assert standing is Standing.CUSTODY
    elif any(guardian in world for world in possible):
        assert standing is Standing.PERHAPS_UNNUMBERED
    else:
        assert standing is not Standing.CUSTODY
        if len(possible) == 1 and NOBODY not in possible[0]:
            assert standing is Standing.NONE
