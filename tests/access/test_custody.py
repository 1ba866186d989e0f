from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TypeVar

import pytest
from attrs import evolve as with_changes
from hypothesis import event, given
from hypothesis import strategies as st

from eservices_core.access import custody
from eservices_core.access.custody import (
    CUSTODY,
    Answer,
    CivilStatus,
    CustodyFacts,
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Maturity,
    Persons,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relation,
    Relative,
    Standing,
    facts_of,
    relation_of,
    standing_of,
)
from eservices_core.access.facts import Age
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.clinic.settings import AccessSettings, Guardianship
from eservices_core.tables import when
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, NextStep, Says, Text
from eservices_core.words.civil_number import CivilNumber
from tests.access.strategies import DAY, NOON, TICK, number_of

TODAY = NOON.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CHILD = number_of(date(2018, 5, 17))
MOTHER = number_of(date(1986, 3, 2), 4)
FATHER = number_of(date(1984, 9, 9), 5)
AUNT = number_of(date(1990, 1, 1), 6)
OLD_NUMBER = number_of(date(2018, 5, 18))

WITH = (Relation.MOTHER, Relation.FATHER, Relation.OTHER_HOLDER)
WITHOUT = (Relation.MOTHER_WITHOUT_CUSTODY, Relation.FATHER_WITHOUT_CUSTODY)
HOLDERS = (*WITH, Relation.APPOINTED_GUARDIAN)


def _answer(
    number: CivilNumber,
    *relatives: Relative,
    birth_date: date | None = None,
    status: CivilStatus = CivilStatus.LIVING,
    protection: Protection = Protection.NONE,
    other_numbers: frozenset[CivilNumber] = frozenset(),
) -> RegisterAnswer:
    return RegisterAnswer(
        "1.0.4a",
        number,
        birth_date or number.birth_date,
        status,
        protection,
        relatives,
        other_numbers,
    )


ABOUT_CHILD = _answer(CHILD, Relative(MOTHER, Relation.MOTHER))
ABOUT_MOTHER = _answer(MOTHER)


def _verdict(
    about_child: RegisterSaid,
    about_guardian: RegisterSaid | None = ABOUT_MOTHER,
    *,
    child: CivilNumber = CHILD,
    guardian: CivilNumber = MOTHER,
    at: datetime = NOON,
    guardianship: Guardianship = Guardianship.COUNTS,
) -> CustodyVerdict:
    facts = facts_of(child, guardian, about_child, about_guardian, at, guardianship)
    return CUSTODY.decide(facts).then


VERIFIED = CustodyVerdict(CustodyOutcome.VERIFIED)


def _refused(reason: CustodyReason) -> CustodyVerdict:
    return CustodyVerdict(CustodyOutcome.REFUSED, reason)


def _cannot(reason: CustodyReason) -> CustodyVerdict:
    return CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, reason)


NO_CUSTODY = _refused(CustodyReason.NO_CUSTODY)
PERHAPS = _cannot(CustodyReason.HOLDER_WITHOUT_NUMBER)


# ------------------------------------------------------------------------------ rules, one by one


@pytest.mark.parametrize("relation", WITH)
def test_a_holder_with_custody_is_verified(relation: Relation) -> None:
    """S-ACC-9, D-ACC-7: mother, father or other holder with custody today."""
    about_child = _answer(CHILD, Relative(MOTHER, relation))
    assert _verdict(about_child) == VERIFIED
    assert _verdict(about_child, None) == VERIFIED


@pytest.mark.parametrize("relation", [*WITHOUT, Relation.UNKNOWN])
def test_standing_in_a_list_is_not_enough(relation: Relation) -> None:
    """D-ACC-7: a parent without custody is no guardian, and an unknown relation is no."""
    about_child = _answer(CHILD, Relative(MOTHER, relation), Relative(FATHER, Relation.FATHER))
    assert _verdict(about_child) == NO_CUSTODY


def test_who_is_not_listed_has_no_custody() -> None:
    """D-ACC-7: an aunt, and a child of whom nobody is listed."""
    assert _verdict(ABOUT_CHILD, _answer(AUNT), guardian=AUNT) == NO_CUSTODY
    assert _verdict(_answer(CHILD)) == NO_CUSTODY


def test_an_appointed_guardian_counts_unless_the_settings_say_no() -> None:
    """D-ACC-7: the default is yes."""
    about_child = _answer(CHILD, Relative(MOTHER, Relation.APPOINTED_GUARDIAN))
    assert AccessSettings().guardianship is Guardianship.COUNTS
    assert _verdict(about_child) == VERIFIED
    no = _verdict(about_child, guardianship=Guardianship.DOES_NOT_COUNT)
    assert no == NO_CUSTODY
    facts = facts_of(CHILD, MOTHER, about_child, ABOUT_MOTHER, NOON)
    assert facts.standing is Standing.APPOINTED_AND_COUNTS


@pytest.mark.parametrize("relation", HOLDERS)
def test_custody_is_begun_and_not_ended(relation: Relation) -> None:
    """D-ACC-7: it counts on its first day and no longer on the day on which it has ended."""
    spans = [
        (None, None, True),
        (TODAY, None, True),
        (TOMORROW, None, False),
        (YESTERDAY, TODAY, False),
        (YESTERDAY, TOMORROW, True),
        (TODAY, TOMORROW, True),
        (None, YESTERDAY, False),
        (None, TOMORROW, True),
        (TOMORROW, YESTERDAY, False),
    ]
    for begins, ends, stands in spans:
        entry = Relative(MOTHER, relation, begins, ends)
        assert entry.stands_on(TODAY) is stands
        assert _verdict(_answer(CHILD, entry)) == (VERIFIED if stands else NO_CUSTODY)


def test_a_day_is_a_day_in_copenhagen() -> None:
    """D-ACC-7: custody from a date counts from 00:00 there, which is 23:00 UTC the day before."""
    about_child = _answer(CHILD, Relative(MOTHER, Relation.MOTHER, date(2027, 3, 1)))
    midnight = datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    assert _verdict(about_child, at=midnight) == VERIFIED
    assert _verdict(about_child, at=midnight - TICK) == NO_CUSTODY


def test_being_listed_without_custody_wins() -> None:
    """D-ACC-7: somebody who stands in both lists has no custody; an ended 'without' is over."""
    for with_, without in product(HOLDERS, WITHOUT):
        both = (Relative(MOTHER, with_), Relative(MOTHER, without))
        assert _verdict(_answer(CHILD, *both)) == NO_CUSTODY
        assert _verdict(_answer(CHILD, *reversed(both))) == NO_CUSTODY
        regained = (Relative(MOTHER, with_, TODAY), Relative(MOTHER, without, None, TODAY))
        assert _verdict(_answer(CHILD, *regained)) == VERIFIED


def test_a_holder_without_number_may_be_this_person() -> None:
    """D-ACC-7: 'cannot verify', never 'no custody'; but who is listed themselves is judged so."""
    for relation in HOLDERS:
        nameless = Relative(None, relation)
        assert _verdict(_answer(CHILD, nameless)) == PERHAPS
        assert _verdict(_answer(CHILD, nameless, Relative(FATHER, Relation.FATHER))) == PERHAPS
        for own in (*WITHOUT, Relation.UNKNOWN):
            assert _verdict(_answer(CHILD, nameless, Relative(MOTHER, own))) == NO_CUSTODY
        for own in HOLDERS:
            assert _verdict(_answer(CHILD, nameless, Relative(MOTHER, own))) == VERIFIED
        ended = Relative(None, relation, None, TODAY)
        assert _verdict(_answer(CHILD, ended)) == NO_CUSTODY
    for relation in (*WITHOUT, Relation.UNKNOWN):
        assert _verdict(_answer(CHILD, Relative(None, relation))) == NO_CUSTODY


def test_under_fifteen_goes_by_the_registers_birth_date() -> None:
    """D-ACC-5: the register's birth date goes before the one in the number, either way."""
    fifteen_today = date(2012, 3, 1)
    older = with_changes(ABOUT_CHILD, birth_date=fifteen_today)
    assert _verdict(older) == _refused(CustodyReason.NOT_UNDER_15)
    assert _verdict(older, at=datetime(2027, 2, 28, 22, 59, tzinfo=UTC)) == VERIFIED
    number = number_of(date(2010, 1, 1))
    younger = _answer(number, Relative(MOTHER, Relation.MOTHER), birth_date=date(2013, 1, 1))
    assert _verdict(younger, child=number) == VERIFIED
    silent = _verdict(RegisterFailure.SILENT, child=number)
    assert silent == _refused(CustodyReason.NOT_UNDER_15)


def test_a_master_card_has_the_registers_birth_date_where_known() -> None:
    """D-ACC-5: else the one in the number."""
    assert MasterCard(CHILD, "Test Testesen").birth_date == date(2018, 5, 17)
    known = MasterCard(CHILD, "Test Testesen", date(2018, 5, 16))
    assert known.birth_date == date(2018, 5, 16)


@pytest.mark.parametrize(
    ("born", "maturity", "verdict"),
    [
        (date(2009, 3, 1), Maturity.ADULT, VERIFIED),
        (date(2009, 3, 2), Maturity.FROM_15_TO_17, _cannot(CustodyReason.GUARDIAN_MINOR)),
        (date(2012, 3, 1), Maturity.FROM_15_TO_17, _cannot(CustodyReason.GUARDIAN_MINOR)),
        (date(2012, 3, 2), Maturity.UNDER_15, _refused(CustodyReason.GUARDIAN_MINOR)),
    ],
)
def test_a_holder_is_of_age(born: date, maturity: Maturity, verdict: CustodyVerdict) -> None:
    """D-ACC-7, D-ACC-8: 18 today is of age; 15 to 17 'cannot verify'; under 15 is refused."""
    number = number_of(born)
    about_child = _answer(CHILD, Relative(number, Relation.MOTHER))
    about_guardian = _answer(number)
    for said in (about_guardian, None):
        facts = facts_of(CHILD, number, about_child, said, NOON)
        assert facts.maturity is maturity
        assert CUSTODY.decide(facts).then == verdict
    # The register's birth date goes before the number's here too.
    corrected = with_changes(about_guardian, birth_date=date(1986, 1, 1))
    assert _verdict(about_child, corrected, guardian=number) == VERIFIED


def test_the_dead_and_the_gone_are_refused() -> None:
    """D-ACC-8: a child or a guardian who does not live under their number."""
    gone = _refused(CustodyReason.DEAD_OR_GONE)
    assert _verdict(with_changes(ABOUT_CHILD, status=CivilStatus.GONE)) == gone
    assert _verdict(ABOUT_CHILD, with_changes(ABOUT_MOTHER, status=CivilStatus.GONE)) == gone


def test_the_protected_are_for_the_clinic() -> None:
    """D-ACC-19: a child or guardian with protected name or address 'cannot' be verified here."""
    protected = _cannot(CustodyReason.PROTECTED_PERSON)
    child = with_changes(ABOUT_CHILD, protection=Protection.PROTECTED)
    mother = with_changes(ABOUT_MOTHER, protection=Protection.PROTECTED)
    assert _verdict(child) == _verdict(ABOUT_CHILD, mother) == _verdict(child, mother) == protected
    stranger = _verdict(child, _answer(AUNT), guardian=AUNT)
    assert stranger == protected


def test_a_person_is_not_their_own_guardian() -> None:
    """D-ACC-8: child and guardian are two people, under whichever numbers of theirs."""
    same = _refused(CustodyReason.SAME_PERSON)
    assert _verdict(ABOUT_CHILD, ABOUT_CHILD, guardian=CHILD) == same
    assert _verdict(RegisterFailure.SILENT, None, guardian=CHILD) == same
    renamed = with_changes(ABOUT_CHILD, other_numbers=frozenset({OLD_NUMBER}))
    assert _verdict(renamed, None, guardian=OLD_NUMBER) == same
    assert _verdict(renamed, None, child=OLD_NUMBER, guardian=CHILD) == same
    about_guardian = _answer(OLD_NUMBER, other_numbers=frozenset({CHILD}))
    assert _verdict(ABOUT_CHILD, about_guardian, guardian=OLD_NUMBER) == same


@pytest.mark.parametrize(
    ("failure", "answer", "reason"),
    [
        (RegisterFailure.SILENT, Answer.SILENT, CustodyReason.REGISTER_SILENT),
        (
            RegisterFailure.VERSION_CANNOT_ANSWER,
            Answer.OLD_VERSION,
            CustodyReason.VERSION_CANNOT_ANSWER,
        ),
        (RegisterFailure.NOT_IN_REGISTER, Answer.NOT_IN_REGISTER, CustodyReason.NOT_IN_REGISTER),
    ],
)
def test_no_answer_is_not_a_no(
    failure: RegisterFailure, answer: Answer, reason: CustodyReason
) -> None:
    """D-ACC-7, D-ACC-8: whoever the register is silent about, it is 'cannot verify'."""
    assert _verdict(failure) == _cannot(reason)
    assert _verdict(failure, failure) == _cannot(reason)
    assert _verdict(failure, None) == _cannot(reason)
    assert _verdict(ABOUT_CHILD, failure) == _cannot(reason)
    facts = facts_of(CHILD, MOTHER, failure, ABOUT_MOTHER, NOON)
    assert facts.answer is answer
    assert facts.standing is Standing.NONE
    assert facts.child is CivilStatus.LIVING


def test_what_went_wrong_with_the_child_is_said_first() -> None:
    """D-ACC-8: the answer about the guardian is looked at only if the child's can be used."""
    old = RegisterFailure.VERSION_CANNOT_ANSWER
    both = _verdict(old, RegisterFailure.SILENT)
    assert both == _cannot(CustodyReason.VERSION_CANNOT_ANSWER)
    other = _verdict(_answer(AUNT), RegisterFailure.SILENT)
    assert other == _cannot(CustodyReason.ANSWER_ABOUT_ANOTHER)


def test_an_answer_about_another_person_is_not_used() -> None:
    """D-ACC-8: nothing of it is read, be it about another child or another guardian."""
    another = _cannot(CustodyReason.ANSWER_ABOUT_ANOTHER)
    sibling = _answer(OLD_NUMBER, Relative(MOTHER, Relation.MOTHER), birth_date=date(1999, 1, 1))
    assert _verdict(sibling) == another
    facts = facts_of(CHILD, MOTHER, sibling, ABOUT_MOTHER, NOON)
    assert (facts.standing, facts.age) == (Standing.NONE, Age.UNDER_15)
    gone = _answer(AUNT, status=CivilStatus.GONE, protection=Protection.PROTECTED)
    assert _verdict(ABOUT_CHILD, gone) == another
    assert _verdict(gone) == another
    minor = _answer(AUNT, birth_date=date(2015, 1, 1))
    assert facts_of(CHILD, MOTHER, ABOUT_CHILD, minor, NOON).maturity is Maturity.ADULT


def test_a_changed_number_is_still_the_same_child() -> None:
    """D-ACC-16: asked about by an old number, the register's answer about the new one counts."""
    renamed = with_changes(ABOUT_CHILD, other_numbers=frozenset({OLD_NUMBER}))
    assert renamed.is_about(CHILD)
    assert renamed.is_about(OLD_NUMBER)
    assert not renamed.is_about(MOTHER)
    assert _verdict(renamed, child=OLD_NUMBER) == VERIFIED


def test_a_changed_number_is_still_the_same_guardian() -> None:
    """D-ACC-16: listed under one number and identified by another, it is the same holder."""
    former = number_of(date(1986, 3, 3), 4)
    about_guardian = _answer(MOTHER, other_numbers=frozenset({former}))
    listed_by_former = _answer(CHILD, Relative(former, Relation.MOTHER))
    assert _verdict(listed_by_former, about_guardian) == VERIFIED
    assert _verdict(listed_by_former, None) == NO_CUSTODY
    assert _verdict(listed_by_former, ABOUT_MOTHER) == NO_CUSTODY
    assert _verdict(ABOUT_CHILD, about_guardian, guardian=former) == VERIFIED
    # Without custody under one number is without custody under the other.
    both = _answer(
        CHILD, Relative(MOTHER, Relation.MOTHER), Relative(former, Relation.MOTHER_WITHOUT_CUSTODY)
    )
    assert _verdict(both, about_guardian) == NO_CUSTODY


def test_the_facts_of_a_plain_case() -> None:
    """D-ACC-7: the fold of an ordinary yes, fact by fact."""
    assert facts_of(CHILD, MOTHER, ABOUT_CHILD, ABOUT_MOTHER, NOON) == CustodyFacts(
        Persons.TWO,
        Age.UNDER_15,
        Answer.USABLE,
        Protection.NONE,
        CivilStatus.LIVING,
        CivilStatus.LIVING,
        Standing.CUSTODY,
        Maturity.ADULT,
    )


def test_a_verdict_has_a_reason_exactly_when_it_is_unhappy() -> None:
    """D-ACC-8: every unhappy end says why, and the happy one has no reason."""
    for outcome in CustodyOutcome:
        reason = CustodyReason.NO_CUSTODY if outcome is CustodyOutcome.VERIFIED else None
        with pytest.raises(AssertionError):
            _ = CustodyVerdict(outcome, reason)
    assert {row.then.reason for row in CUSTODY.rows} == {None, *CustodyReason}


def test_every_unhappy_row_is_made_alike() -> None:
    """D-ACC-8: one public page, texts for staff, and by hand at the clinic unless said otherwise.

    The table makes its rows while it is imported; here they are made where a test can see it.
    """
    make = vars(custody)["_unhappy"]
    cells = when(persons=Persons.SAME)
    for kind in ("_refused", "_cannot"):
        verdict = vars(custody)[kind](CustodyReason.NO_CUSTODY)
        outcome = CustodyOutcome.REFUSED if kind == "_refused" else CustodyOutcome.CANNOT_VERIFY
        assert verdict == CustodyVerdict(outcome, CustodyReason.NO_CUSTODY)
        for step in ((), (NextStep.TRY_AGAIN,)):
            row = make("name", "D-ACC-8", cells, verdict, "Tekst.", "Text.", *step)
            assert (row.name, row.rule, row.when, row.then) == ("name", "D-ACC-8", cells, verdict)
            assert row.says == Says(CANNOT_VERIFY_PUBLIC, Text("Tekst.", "Text."))
            assert row.next_step is (step[0] if step else NextStep.CLINIC_VERIFIES_BY_HAND)
            assert row.since is None


def test_numbers_are_not_shown() -> None:
    """D-ACC-8: printing what a register answered shows no number."""
    renamed = with_changes(ABOUT_CHILD, other_numbers=frozenset({OLD_NUMBER}))
    for number in (CHILD, MOTHER, OLD_NUMBER):
        assert number.reveal() not in repr(renamed)


# ----------------------------------------------------------------------------------- any register


def days() -> st.SearchStrategy[date | None]:
    """No date, or one around today."""
    return st.none() | st.integers(-2, 2).map(lambda n: TODAY + timedelta(days=n))


def relatives_of(
    numbers: st.SearchStrategy[CivilNumber | None],
    relations: st.SearchStrategy[Relation] | None = None,
) -> st.SearchStrategy[Relative]:
    """Entries of a register's list about these people."""
    kinds = st.sampled_from(Relation) if relations is None else relations
    return st.builds(Relative, numbers, kinds, days(), days())


anybody = st.none() | st.sampled_from([MOTHER, FATHER, AUNT, CHILD])
lists = st.lists(relatives_of(anybody), max_size=6).map(tuple)


def _expected_standing(
    relatives: tuple[Relative, ...], day: date, guardianship: Guardianship
) -> Standing:
    """D-ACC-7 a second time, for MOTHER."""
    mine: set[Relation] = set()
    nameless: set[Relation] = set()
    for entry in relatives:
        if entry.begins is not None and entry.begins > day:
            continue
        if entry.ends is not None and entry.ends <= day:
            continue
        if entry.number is None:
            nameless.add(entry.relation)
        elif entry.number == MOTHER:
            mine.add(entry.relation)
    if any(one in mine for one in WITHOUT):
        return Standing.NONE
    if any(one in mine for one in WITH):
        return Standing.CUSTODY
    if Relation.APPOINTED_GUARDIAN in mine:
        counts = guardianship is Guardianship.COUNTS
        return Standing.APPOINTED_AND_COUNTS if counts else Standing.APPOINTED_DOES_NOT_COUNT
    if mine:
        return Standing.NONE
    return Standing.PERHAPS_UNNUMBERED if nameless & set(HOLDERS) else Standing.NONE


@given(lists, st.sampled_from(Guardianship), st.integers(-2, 2))
def test_standing_is_the_rulebooks(
    relatives: tuple[Relative, ...], guardianship: Guardianship, shift: int
) -> None:
    """D-ACC-7: over any list the fold agrees with the rule written a second time."""
    day = TODAY + timedelta(days=shift)
    found = standing_of(frozenset({MOTHER}), relatives, day, guardianship)
    assert found is _expected_standing(relatives, day, guardianship)
    mirrored = standing_of(frozenset({MOTHER}), relatives[::-1], day, guardianship)
    assert mirrored is found


@given(
    st.lists(
        relatives_of(st.just(MOTHER), st.sampled_from([*WITHOUT, Relation.UNKNOWN])),
        max_size=4,
    ),
    st.lists(relatives_of(st.none() | st.sampled_from([FATHER, AUNT, CHILD])), max_size=6),
    st.sampled_from(Guardianship),
)
def test_who_is_listed_only_without_custody_is_never_verified(
    own: list[Relative], others: list[Relative], guardianship: Guardianship
) -> None:
    """D-ACC-7: whatever else is in the list, and in whatever order (faults: 104)."""
    for listed in ([*own, *others], [*others, *own]):
        verdict = _verdict(_answer(CHILD, *listed), guardianship=guardianship)
        assert verdict.outcome is not CustodyOutcome.VERIFIED
        if any(entry.stands_on(TODAY) for entry in own):
            assert verdict == NO_CUSTODY


@given(lists, st.sampled_from(WITHOUT), st.integers(0, 6))
def test_one_entry_without_custody_undoes_all_others(
    relatives: tuple[Relative, ...], without: Relation, at: int
) -> None:
    """D-ACC-7: adding 'without' to any list takes custody away."""
    listed = (*relatives[:at], Relative(MOTHER, without), *relatives[at:])
    assert _verdict(_answer(CHILD, *listed)) == NO_CUSTODY


T = TypeVar("T")


def mostly(usual: T, otherwise: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Give the usual value five times in six."""
    return st.integers(0, 5).flatmap(lambda n: otherwise if n == 5 else st.just(usual))


def _put_before(one: Relative, more: tuple[Relative, ...]) -> tuple[Relative, ...]:
    return (one, *more)


def answers_about(number: CivilNumber) -> st.SearchStrategy[RegisterSaid]:
    """Anything that a register can say about this person, mostly in order."""
    numbers = st.sampled_from([CHILD, MOTHER, OLD_NUMBER])
    listed = st.builds(
        _put_before,
        mostly(
            Relative(MOTHER, Relation.MOTHER), relatives_of(st.just(MOTHER) | st.just(OLD_NUMBER))
        ),
        mostly((), lists),
    )
    said = st.builds(
        RegisterAnswer,
        st.just("v"),
        mostly(number, numbers),
        mostly(number.birth_date, st.sampled_from([date(2012, 3, 1), date(2009, 2, 28)])),
        mostly(CivilStatus.LIVING, st.just(CivilStatus.GONE)),
        mostly(Protection.NONE, st.just(Protection.PROTECTED)),
        listed,
        mostly(frozenset[CivilNumber](), numbers.map(lambda one: frozenset({one}))),
    )
    failed: st.SearchStrategy[RegisterSaid] = st.sampled_from(RegisterFailure)
    return st.integers(0, 9).flatmap(lambda n: failed if n == 9 else said)


@given(answers_about(CHILD), st.none() | answers_about(MOTHER), st.integers(-20, 20))
def test_a_yes_has_nothing_against_it(
    about_child: RegisterSaid, about_guardian: RegisterSaid | None, days: int
) -> None:
    """D-ACC-7, D-ACC-8, D-ACC-19: whatever the registers say, each condition holds of a yes."""
    at = NOON + days * DAY
    facts = facts_of(CHILD, MOTHER, about_child, about_guardian, at)
    row = CUSTODY.decide(facts)
    event(row.name)
    if row.then != VERIFIED:
        assert row.then.reason is not None
        return
    assert isinstance(about_child, RegisterAnswer)
    assert about_child.is_about(CHILD)
    assert about_child.status is CivilStatus.LIVING
    assert about_child.protection is Protection.NONE
    assert at.date() < _birthday(about_child.birth_date, 15)
    numbers, born = {MOTHER}, MOTHER.birth_date
    if about_guardian is not None:
        assert isinstance(about_guardian, RegisterAnswer)
        assert about_guardian.is_about(MOTHER)
        assert about_guardian.status is CivilStatus.LIVING
        assert about_guardian.protection is Protection.NONE
        numbers |= {about_guardian.number, *about_guardian.other_numbers}
        born = about_guardian.birth_date
    assert CHILD not in numbers
    assert at.date() >= _birthday(born, 18)
    entries = [one for one in about_child.relatives if one.number in numbers]
    assert any(one.relation in HOLDERS and one.stands_on(at.date()) for one in entries)
    assert not any(one.relation in WITHOUT and one.stands_on(at.date()) for one in entries)


def _birthday(born: date, years: int) -> date:
    if (born.month, born.day) == (2, 29):
        born = born.replace(month=3, day=1) if (born.year + years) % 4 else born
    return born.replace(year=born.year + years)


# ----------------------------------------------------------------------------- the relation kept


@pytest.mark.parametrize("relation", Relation)
def test_the_relation_is_the_one_that_the_register_vouches_for(relation: Relation) -> None:
    """D-ACC-8: custody or guardianship as listed; where the register vouches for nobody, none."""
    listed = (Relative(FATHER, Relation.FATHER), Relative(MOTHER, relation))
    vouched = {
        Relation.MOTHER,
        Relation.FATHER,
        Relation.OTHER_HOLDER,
        Relation.APPOINTED_GUARDIAN,
    }
    expected = relation if relation in vouched else None
    assert relation_of(frozenset({MOTHER}), listed, TODAY) is expected


def test_custody_is_named_before_guardianship_and_only_what_stands_today() -> None:
    """D-ACC-7, D-ACC-8: of several entries for one person, under any of their numbers."""
    guardian = Relative(MOTHER, Relation.APPOINTED_GUARDIAN)
    other = Relative(MOTHER, Relation.OTHER_HOLDER)
    ended = Relative(MOTHER, Relation.MOTHER, ends=TODAY)
    for listed in ((guardian, other, ended), (ended, other, guardian)):
        assert relation_of(frozenset({MOTHER}), listed, TODAY) is Relation.OTHER_HOLDER
        assert relation_of(frozenset({FATHER, MOTHER}), listed, TODAY) is Relation.OTHER_HOLDER
        assert relation_of(frozenset({FATHER}), listed, TODAY) is None
    assert relation_of(frozenset({MOTHER}), (ended,), TODAY) is None
