from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access.custody import CUSTODY, CustodyOutcome
from eservices_core.access.facts import (
    Age,
    Guardian,
    Measure,
    NumberMatch,
    PasswordKind,
    Tick,
    UserStatus,
    age_at,
    measure_at,
)
from eservices_core.access.linking import LINKING, Link
from eservices_core.access.login import (
    CODE_REQUIRED,
    GRANTED,
    GUARDIAN_REQUIRED,
    MITID,
    OBLIGATION,
    SIGN_UP,
    TWO_FACTOR,
    LoginDecision,
    LoginFacts,
    LoginReason,
    LoginVerdict,
    MitidLogin,
    Obligation,
    ObligationFacts,
    TwoFactorLogin,
    decide,
    refused,
)
from eservices_core.access.mitid import ACCEPTABLE, Acceptance
from eservices_core.clinic.settings import MITID_REQUIRED_FROM
from eservices_core.tables import Row, Table
from eservices_core.texts import (
    CANNOT_VERIFY_PUBLIC,
    PUBLIC_REFUSAL,
    NextStep,
    Says,
    Text,
    staff_only,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN
from tests.access.oracles import ORACLES, login_with_mitid, login_with_two_factor
from tests.access.strategies import TICK, birth_dates, civil_numbers, instants


def _mitid(
    identity: Acceptance = Acceptance.ACCEPTED,
    *,
    number: NumberMatch = NumberMatch.OWN,
    user: UserStatus = UserStatus.ACTIVE,
    measure: Measure = Measure.IN_FORCE,
) -> Row[LoginVerdict]:
    return decide(MitidLogin(identity, number, user, measure))


def _two_factor(
    age: Age,
    *,
    user: UserStatus = UserStatus.ACTIVE,
    measure: Measure = Measure.IN_FORCE,
    tick: Tick = Tick.NOT_SET,
    guardian: Guardian = Guardian.NOT_VERIFIED,
) -> Row[LoginVerdict]:
    return decide(TwoFactorLogin(user, measure, age, tick, guardian))


def _every_login() -> Iterator[LoginFacts]:
    for mitid in product(Acceptance, NumberMatch, UserStatus, Measure):
        yield MitidLogin(*mitid)
    for two_factor in product(UserStatus, Measure, Age, Tick, Guardian):
        yield TwoFactorLogin(*two_factor)


# ----------------------------------------------------------------------------- the whole product


def test_every_combination_of_facts_is_answered_as_the_rulebook_says() -> None:
    """D-ACC-4: the whole product of facts agrees with an oracle written on its own."""
    count = 0
    for facts in _every_login():
        row = decide(facts)
        expected = (
            login_with_mitid(facts)
            if isinstance(facts, MitidLogin)
            else login_with_two_factor(facts)
        )
        assert (row.name, row.then) == (expected.row, expected.verdict), facts
        assert (row.rule, row.next_step) == (expected.rule, expected.step), facts
        assert row.since == expected.since, facts
        count += 1
    assert count == 6 * 2 * 5 * 2 + 5 * 2 * 2 * 2 * 2


def test_a_login_is_decided_by_the_table_of_its_method() -> None:
    """D-ACC-21: the answer is the table's own row."""
    for facts in _every_login():
        if isinstance(facts, MitidLogin):
            assert decide(facts) is MITID.decide(facts)
        else:
            assert decide(facts) is TWO_FACTOR.decide(facts)


def test_a_verdict_has_a_reason_exactly_when_it_refuses() -> None:
    """D-ACC-2: no refusal without a reason for staff, and no reason without a refusal."""
    for decision in LoginDecision:
        reason = None if decision is LoginDecision.REFUSED else LoginReason.CLOSED
        with pytest.raises(AssertionError):
            _ = LoginVerdict(decision, reason)
    for why in LoginReason:
        assert refused(why) == LoginVerdict(LoginDecision.REFUSED, why)
    given_by = {row.then.reason for row in (*MITID.rows, *TWO_FACTOR.rows)}
    assert given_by == {None, *LoginReason}


# ------------------------------------------------------------------------------ rules, one by one


def test_two_methods_exist() -> None:
    """S-ACC-1: MitID, and two-factor, whose right password asks for a code and grants nothing."""
    assert _mitid().then == GRANTED
    assert _two_factor(Age.FROM_15, tick=Tick.SET).then == CODE_REQUIRED
    granted_by_password = [row for row in TWO_FACTOR.rows if row.then == GRANTED]
    assert granted_by_password == []
    assert _mitid(measure=Measure.BEFORE).rule == "S-ACC-1"
    assert _two_factor(Age.FROM_15, measure=Measure.BEFORE).rule == "S-ACC-1"


def test_who_has_mitid_logs_in_with_the_private_one() -> None:
    """S-ACC-2: since June 2023, as an existing user; MitID for business is refused."""
    row = _mitid()
    assert (row.then, row.rule, row.since) == (GRANTED, "S-ACC-2", date(2023, 6, 1))
    business = _mitid(Acceptance.BUSINESS_IDENTITY)
    assert business.then == refused(LoginReason.BUSINESS_IDENTITY)
    assert (business.rule, business.next_step) == ("S-ACC-2", NextStep.USE_PRIVATE_MITID)


def test_two_factor_is_for_those_who_cannot_use_mitid() -> None:
    """S-ACC-3, D-ACC-2: from 15 without a tick, two-factor is refused, verified guardian or not."""
    for user in (UserStatus.ACTIVE, UserStatus.AWAITING_ACTIVATION):
        for guardian in Guardian:
            row = _two_factor(Age.FROM_15, user=user, guardian=guardian)
            assert (row.then, row.rule) == (refused(LoginReason.USE_MITID), "S-ACC-3")
            assert row.next_step is NextStep.USE_MITID


def test_the_tick_keeps_two_factor_open() -> None:
    """S-ACC-4, S-ACC-5: with the clinic's tick an existing patient goes on as before."""
    row = _two_factor(Age.FROM_15, tick=Tick.SET)
    assert (row.then, row.rule, row.next_step) == (CODE_REQUIRED, "S-ACC-4", NextStep.ENTER_CODE)


def test_a_child_needs_a_guardian_and_no_tick() -> None:
    """S-ACC-6: under 15 a verified guardian opens two-factor; the tick does not replace them."""
    for tick in Tick:
        verified = _two_factor(Age.UNDER_15, tick=tick, guardian=Guardian.VERIFIED)
        assert (verified.then, verified.rule) == (CODE_REQUIRED, "S-ACC-6")
        alone = _two_factor(Age.UNDER_15, tick=tick)
        assert (alone.then, alone.rule) == (GUARDIAN_REQUIRED, "S-ACC-6")
        assert alone.next_step is NextStep.VERIFY_GUARDIAN


def test_a_new_patient_with_mitid_signs_up_alone() -> None:
    """S-ACC-7: where nobody is known, an accepted MitID leads to signing up."""
    for number in NumberMatch:
        row = _mitid(user=UserStatus.NONE, number=number)
        assert (row.then, row.rule, row.next_step) == (SIGN_UP, "S-ACC-7", NextStep.SIGN_UP)


def test_a_new_patient_without_mitid_is_created_by_the_clinic_and_ticked() -> None:
    """S-ACC-8: created and ticked, the first two-factor login may begin; unticked it may not."""
    new = UserStatus.AWAITING_ACTIVATION
    ticked = _two_factor(Age.FROM_15, user=new, tick=Tick.SET)
    assert (ticked.then, ticked.rule) == (CODE_REQUIRED, "S-ACC-8")
    assert _two_factor(Age.FROM_15, user=new).then == refused(LoginReason.USE_MITID)


def test_a_new_child_logs_in_once_a_guardian_is_verified() -> None:
    """S-ACC-9, S-ACC-10: before that a guardian is asked for, after it a code."""
    new = UserStatus.AWAITING_ACTIVATION
    alone = _two_factor(Age.UNDER_15, user=new)
    assert (alone.then, alone.rule) == (GUARDIAN_REQUIRED, "S-ACC-9")
    verified = _two_factor(Age.UNDER_15, user=new, guardian=Guardian.VERIFIED)
    assert (verified.then, verified.rule) == (CODE_REQUIRED, "S-ACC-10")


def test_before_the_measure_two_factor_is_open_to_every_user() -> None:
    """D-ACC-1: whatever age, tick and guardian, but for who has no user, is closed or locked."""
    opened = {UserStatus.ACTIVE, UserStatus.AWAITING_ACTIVATION}
    for user, age, tick, guardian in product(UserStatus, Age, Tick, Guardian):
        row = _two_factor(age, user=user, measure=Measure.BEFORE, tick=tick, guardian=guardian)
        assert (row.then == CODE_REQUIRED) == (user in opened)
        assert row.since is None


def test_mitid_opens_its_own_account_alone() -> None:
    """D-ACC-3, D-ACC-18: a parent's MitID never logs in as the child, in whatever state it is."""
    for user, measure in product(UserStatus, Measure):
        row = _mitid(user=user, measure=measure, number=NumberMatch.OTHER)
        assert row.then != GRANTED
        if user is not UserStatus.NONE:
            assert row.then == refused(LoginReason.CPR_MISMATCH)
            assert row.rule == "D-ACC-3"


def test_an_identity_that_is_not_accepted_opens_nothing() -> None:
    """D-ACC-3: and its reason is told to staff, whatever else is true."""
    for acceptance in Acceptance:
        if acceptance is Acceptance.ACCEPTED:
            continue
        for number, user, measure in product(NumberMatch, UserStatus, Measure):
            row = _mitid(acceptance, number=number, user=user, measure=measure)
            assert row.then == refused(LoginReason[acceptance.name])


def test_the_order_of_answers() -> None:
    """D-ACC-4: where several things are wrong, the first in the rulebook's order is said."""
    closed, other = UserStatus.CLOSED, NumberMatch.OTHER
    both = _mitid(Acceptance.BUSINESS_IDENTITY, user=UserStatus.NONE, number=other)
    assert both.then == refused(LoginReason.BUSINESS_IDENTITY)
    assert _mitid(user=closed, number=other).then == refused(LoginReason.CPR_MISMATCH)
    assert _mitid(user=closed).then == refused(LoginReason.CLOSED)
    for measure, age in product(Measure, Age):
        none = _two_factor(age, user=UserStatus.NONE, measure=measure)
        assert none.then == refused(LoginReason.NO_USER)
        shut = _two_factor(age, user=closed, measure=measure)
        assert shut.then == refused(LoginReason.CLOSED)
        locked = _two_factor(age, user=UserStatus.LOCKED, measure=measure)
        assert locked.then == refused(LoginReason.LOCKED)


def test_a_lock_earned_by_guessing_does_not_touch_mitid() -> None:
    """D-ACC-4, D-ACC-13: whom strangers have locked out comes in by MitID."""
    for measure in Measure:
        assert _mitid(user=UserStatus.LOCKED, measure=measure).then == GRANTED
        assert _mitid(user=UserStatus.AWAITING_ACTIVATION, measure=measure).then == GRANTED


def test_a_temporary_password_adds_change_password() -> None:
    """D-ACC-4, D-ACC-12: only after a two-factor login, and only if the password was temporary."""
    for decision, password in product(LoginDecision, PasswordKind):
        row = OBLIGATION.decide(ObligationFacts(decision, password))
        must = decision is LoginDecision.CODE_REQUIRED and password is PasswordKind.TEMPORARY
        assert row.then is (Obligation.CHANGE_PASSWORD if must else Obligation.NOTHING)


def test_a_child_with_a_private_mitid_needs_nobody() -> None:
    """D-ACC-6: age is no fact of a MitID login, so 13 and 14 log in, or sign up, like anybody."""
    child = CivilNumber.parse("0709614606").unwrap()
    assert "age" not in {name for row in MITID.rows for name in row.when}
    assert _mitid().then == GRANTED
    assert _mitid(user=UserStatus.NONE).then == SIGN_UP
    assert child.may_log_in_with_mitid


# ------------------------------------------------------------------------------- the public text


def _refusals() -> Iterator[tuple[str, Row[Any]]]:
    """Every row of access that turns somebody away before a full login."""
    for row in ACCEPTABLE.rows:
        if row.then is not Acceptance.ACCEPTED:
            yield ACCEPTABLE.name, row
    for table in (MITID, TWO_FACTOR):
        for login_row in table.rows:
            if login_row.then.decision is LoginDecision.REFUSED:
                yield table.name, login_row
    for link_row in LINKING.rows:
        if link_row.then is Link.REFUSE:
            yield LINKING.name, link_row


def test_every_refusal_before_a_login_says_the_same_to_the_public() -> None:
    """D-ACC-2: wrong or not open to you; use MitID; else call the clinic (faults: 96)."""
    rows = list(_refusals())
    assert {row.says.patient for _, row in rows} == {PUBLIC_REFUSAL}
    assert len(rows) == 5 + (7 + 4) + 2
    for word in ("forkerte", "ikke åben for dig", "MitID", "ring til klinikken"):
        assert word in PUBLIC_REFUSAL.da
    for word in ("wrong", "not open to you", "MitID", "call the clinic"):
        assert word in PUBLIC_REFUSAL.en


def test_no_two_refusals_say_the_same_to_staff() -> None:
    """D-ACC-2: the precise reason is for staff, and each reason is its own."""
    for name in {name for name, _ in _refusals()}:
        said = [row.says.staff for table, row in _refusals() if table == name]
        assert len(said) == len(set(said))


def test_every_unhappy_end_of_a_verification_is_one_page() -> None:
    """D-ACC-8, D-ACC-19: the public page is one, and hints at nothing."""
    unhappy = [row for row in CUSTODY.rows if row.then.outcome is not CustodyOutcome.VERIFIED]
    assert len(unhappy) == len(CUSTODY.rows) - 1
    assert {row.says.patient for row in unhappy} == {CANNOT_VERIFY_PUBLIC}
    assert len({row.says.staff for row in unhappy}) == len(unhappy)
    for word in ("Kontakt klinikken", "kunne ikke bekræfte"):
        assert word in CANNOT_VERIFY_PUBLIC.da
    for word in ("Contact the clinic", "could not confirm"):
        assert word in CANNOT_VERIFY_PUBLIC.en


@pytest.mark.parametrize("table", [table for table, _ in ORACLES], ids=lambda table: table.name)
def test_every_row_names_its_rule_and_speaks_both_languages(table: Table[Any, Any]) -> None:
    """D-ACC-21: a rule of the rulebook, a next step, and Danish and English for both readers."""
    rules = {f"S-ACC-{number}" for number in range(1, 12)}
    rules |= {f"D-ACC-{number}" for number in (*range(1, 22), *range(101, 107))}
    assert table.question.endswith("?")
    for row in table.rows:
        assert row.rule in rules
        assert isinstance(row.next_step, NextStep)
        for text in (row.says.patient, row.says.staff):
            assert text.da.strip()
            assert text.en.strip()
            assert text.da != text.en


def test_a_text_is_said_in_both_languages_or_not_at_all() -> None:
    """D-ACC-21: an empty text cannot be made; what is for staff only is not for the patient."""
    for da, en, missing in (
        ("", "Text.", "Danish"),
        (" ", "Text.", "Danish"),
        ("Tekst.", "", "English"),
        ("Tekst.", "\n", "English"),
    ):
        with pytest.raises(AssertionError, match=f"^a text is said in {missing}"):
            _ = Text(da, en)
    said = staff_only(PUBLIC_REFUSAL, "Tekst.", "Text.")
    assert said == Says(patient=PUBLIC_REFUSAL, staff=Text("Tekst.", "Text."))


# -------------------------------------------------------------------------------- the boundaries


def test_the_measure_begins_at_midnight_in_copenhagen() -> None:
    """D-ACC-1: 1 June 2023 00:00 in Copenhagen is 22:00 UTC the day before."""
    begins = datetime(2023, 5, 31, 22, 0, tzinfo=UTC)
    assert date(2023, 6, 1) == MITID_REQUIRED_FROM
    assert measure_at(begins) is Measure.IN_FORCE
    assert measure_at(begins - TICK) is Measure.BEFORE
    assert measure_at(datetime(2023, 6, 1, tzinfo=COPENHAGEN)) is Measure.IN_FORCE
    assert measure_at(datetime(2023, 5, 31, 23, 59, 59, tzinfo=COPENHAGEN)) is Measure.BEFORE


@given(instants(), st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_the_measure_holds_from_its_day_on(at: datetime, required_from: date) -> None:
    """D-ACC-1: the date is data, and any instant can be asked about."""
    begins = datetime.combine(required_from, datetime.min.time(), COPENHAGEN)
    assert (measure_at(at, required_from) is Measure.IN_FORCE) == (at >= begins)
    assert (measure_at(at) is Measure.IN_FORCE) == (at >= datetime(2023, 5, 31, 22, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("born", "turns"),
    [
        (date(2012, 6, 1), datetime(2027, 5, 31, 22, 0, tzinfo=UTC)),
        (date(2012, 12, 7), datetime(2027, 12, 6, 23, 0, tzinfo=UTC)),
        (date(2012, 2, 29), datetime(2027, 2, 28, 23, 0, tzinfo=UTC)),
    ],
    ids=["summer", "winter", "leap_day"],
)
def test_fifteen_begins_at_midnight_in_copenhagen(born: date, turns: datetime) -> None:
    """D-ACC-5: 00:00 on the birthday; 29 February becomes 1 March (faults: 106, 107)."""
    assert age_at(born, turns - TICK) is Age.UNDER_15
    assert age_at(born, turns) is Age.FROM_15


@given(birth_dates(date(2006, 1, 1), date(2020, 12, 31)), st.integers(-2, 2))
def test_under_fifteen_ends_once_and_for_all(born: date, hours: int) -> None:
    """D-ACC-5: at the birthday, not an hour before or after in whatever zone one counts."""
    day = date(born.year + 15, 3, 1) if (born.month, born.day) == (2, 29) else None
    fifteen = day or born.replace(year=born.year + 15)
    turns = datetime.combine(fifteen, datetime.min.time(), COPENHAGEN)
    at = turns.astimezone(UTC) + timedelta(hours=hours)
    assert (age_at(born, at) is Age.FROM_15) == (hours >= 0)
    assert age_at(born, at.astimezone(COPENHAGEN)) is age_at(born, at)


@given(civil_numbers(birth_dates(date(2006, 1, 1), date(2020, 12, 31))), instants())
def test_a_birthday_shuts_what_a_guardian_opened(number: CivilNumber, at: datetime) -> None:
    """D-ACC-5: the same child and guardian: a code until the birthday, MitID from then on."""
    age = age_at(number.birth_date, at)
    row = _two_factor(age, guardian=Guardian.VERIFIED)
    under = row.then == CODE_REQUIRED
    assert under == (age is Age.UNDER_15)
    if not under:
        assert row.then == refused(LoginReason.USE_MITID)
