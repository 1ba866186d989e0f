import pickle
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.mitid.persons import TestPerson
from eservices_adapters.mitid.simulated import ISSUER, SimulatedMitid
from eservices_core.access.mitid import (
    ACCEPTABLE,
    Acceptance,
    Assurance,
    IdentityKind,
    MitidFailure,
    MitidIdentity,
    Subject,
    facts_of,
)
from eservices_core.testing.memory import FakeClock
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId

NUMBER = CivilNumber.parse("0709614606").unwrap()
ANNA = TestPerson("anna", NUMBER)
COMPANY = TestPerson("anna-at-work", NUMBER, IdentityKind.BUSINESS, Assurance.HIGH, "cvr-1")
NOBODY = TestPerson("without-number", None, assurance=Assurance.LOW)
PERSONS = (ANNA, COMPANY, NOBODY)
KEY = bytes(range(32))
NOW = datetime(2027, 3, 28, 0, 59, 59, 123456, tzinfo=UTC)
ATTEMPT = AttemptId("attempt-1")
OTHER = AttemptId("attempt-2")
REFUSED = MitidFailure.ANSWER_REFUSED

CLOCK = FakeClock(NOW)
MITID = SimulatedMitid(PERSONS, CLOCK, KEY)
MEMO = MITID.begin(ATTEMPT).memo
GOOD = MITID.answer_as(ATTEMPT, "anna")


@pytest.mark.parametrize("person", PERSONS, ids=lambda person: person.key)
def test_who_identified_is_who_was_chosen(person: TestPerson) -> None:
    """D-ACC-3: the identity is the person's, of this attempt, and as fresh as the answer."""
    start = MITID.begin(ATTEMPT)
    given_back = MITID.answer_as(start, person.key)
    assert MITID.identity(ATTEMPT, start.memo, given_back) == MitidIdentity(
        attempt=ATTEMPT,
        subject=Subject(ISSUER, person.subject),
        kind=person.kind,
        assurance=person.assurance,
        number=person.number,
        identified_at=NOW,
    )


def test_a_private_person_with_a_number_is_accepted() -> None:
    """D-ACC-3: what a person of default assurance answers is acceptable, and soon no longer."""
    identity = MITID.identity(ATTEMPT, MEMO, GOOD)
    assert isinstance(identity, MitidIdentity)
    verdicts = [
        ACCEPTABLE.decide(facts_of(identity, ATTEMPT, NOW + waited)).then
        for waited in (timedelta(0), timedelta(minutes=30))
    ]
    assert verdicts == [Acceptance.ACCEPTED, Acceptance.NOT_FRESH]


def test_who_cancels_is_nobody() -> None:
    """Pressing 'cancel' is told apart from an answer that is refused."""
    cancelled = MITID.answer_cancelled(MITID.begin(ATTEMPT))
    assert MITID.identity(ATTEMPT, MEMO, cancelled) is MitidFailure.CANCELLED
    assert MITID.answer_cancelled(ATTEMPT) == cancelled


def test_the_address_names_the_attempt_and_nobody() -> None:
    """D-LOG-1: what a browser is shown holds the attempt; what it brings back, no number."""
    assert MITID.begin(ATTEMPT).address == "https://mitid.simulated.example/attempt/attempt-1"
    assert MITID.begin(ATTEMPT) == MITID.begin(ATTEMPT)
    assert MITID.begin(ATTEMPT).memo != MITID.begin(OTHER).memo
    for person in PERSONS:
        brought_back = "&".join(MITID.answer_as(ATTEMPT, person.key).values())
        assert NUMBER.reveal() not in brought_back
        assert person.subject not in brought_back


# ------------------------------------------------------------------------------------------ refused


def test_an_answer_to_another_attempt_is_refused() -> None:
    """D-ACC-3: an answer belongs to one attempt, whoever carries it to another."""
    assert MITID.identity(OTHER, MITID.begin(OTHER).memo, GOOD) is REFUSED
    assert (
        MITID.identity(OTHER, MITID.begin(OTHER).memo, {**GOOD, "attempt": str(OTHER)}) is REFUSED
    )
    assert MITID.identity(ATTEMPT, MITID.begin(OTHER).memo, GOOD) is REFUSED
    assert MITID.identity(OTHER, MEMO, GOOD) is REFUSED


@pytest.mark.parametrize("memo", ["", "x", MEMO.upper(), MEMO[:-1], f"{MEMO} ", "\u00e5", "\ud800"])
def test_an_answer_without_the_memo_is_refused(memo: str) -> None:
    """The memo is what ties the answer to what was begun here; only that very one will do."""
    assert MITID.identity(ATTEMPT, memo, GOOD) is REFUSED


def test_an_answer_under_another_key_is_refused() -> None:
    """Who has not the key cannot make an answer, with the same persons and clock neither."""
    forger = SimulatedMitid(PERSONS, CLOCK, bytes(32))
    forged = forger.answer_as(ATTEMPT, "anna")
    assert MITID.identity(ATTEMPT, MEMO, forged) is REFUSED
    assert MITID.identity(ATTEMPT, forger.begin(ATTEMPT).memo, forged) is REFUSED


def test_the_memo_seals_no_answer() -> None:
    """A seal made for one use is of none for another: the browser cannot turn a memo into one."""
    assert MITID.identity(ATTEMPT, MEMO, {**GOOD, "seal": MEMO}) is REFUSED
    assert MITID.identity(ATTEMPT, GOOD["seal"], GOOD) is REFUSED


def test_a_person_who_is_gone_identifies_no_more() -> None:
    """An answer as somebody whom the installation no longer lists is refused."""
    without_anna = SimulatedMitid((NOBODY,), CLOCK, KEY)
    assert without_anna.identity(ATTEMPT, MEMO, GOOD) is REFUSED


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"error": "access_denied"},
        {**GOOD, "more": "x"},
        *({name: value for name, value in GOOD.items() if name != left_out} for left_out in GOOD),
        *({**GOOD, name: ""} for name in GOOD),
        *({**GOOD, name: GOOD[name] + " "} for name in GOOD),
        *({**GOOD, name: "\ud800"} for name in GOOD),
        {**GOOD, "answer": "cancelled"},
        {**GOOD, "answer": "person:anna-at-work"},
        {**GOOD, "at": "2027-03-28T01:59:59+00:00"},
        {**GOOD, "seal": GOOD["seal"].upper()},
        {name.upper(): value for name, value in GOOD.items()},
    ],
    ids=range(24),
)
def test_missing_extra_or_odd_parameters_are_refused(odd: Mapping[str, str]) -> None:
    """Every callback but the very one that was made is refused."""
    assert MITID.identity(ATTEMPT, MEMO, odd) is REFUSED


parameters = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    [*GOOD, *GOOD.values()]
)


@given(
    st.dictionaries(parameters, parameters)
    | st.dictionaries(st.sampled_from([*GOOD]), parameters).map(lambda changes: {**GOOD, **changes})
)
def test_nothing_that_a_browser_sends_is_raised_over(callback: dict[str, str]) -> None:
    """Any names and values give an identity only if they are the ones that were made."""
    identity = MITID.identity(ATTEMPT, MEMO, callback)
    assert (identity is REFUSED) is (callback != GOOD)


@pytest.mark.parametrize("value", [None, 1, b"x", ["x"], {"x": "y"}])
def test_what_is_no_text_is_refused(value: Any) -> None:
    """A framework that gives a list for a repeated parameter is refused, not followed."""
    for name in GOOD:
        assert MITID.identity(ATTEMPT, MEMO, {**GOOD, name: value}) is REFUSED


# --------------------------------------------------------------------------------------- built from


@pytest.mark.leaks("a value that cannot be is shown to whoever built it")
def test_persons_are_told_apart() -> None:
    """Two persons of one key, a key of another kind, a short key: mistakes of whoever builds it."""
    assert SimulatedMitid(PERSONS, CLOCK, KEY).persons == PERSONS
    with pytest.raises(AssertionError):
        _ = SimulatedMitid((ANNA, ANNA), CLOCK, KEY)
    with pytest.raises(AssertionError):
        _ = SimulatedMitid(PERSONS, CLOCK, KEY[:-1])
    with pytest.raises(AssertionError):
        _ = MITID.answer_as(ATTEMPT, "somebody-else")
    for key in ("Anna", "xy", "anna andersen", "0709614606", "anna-070961-4606"):
        with pytest.raises(AssertionError) as raised:
            _ = TestPerson(key, None)
        assert key not in str(raised.value)


def test_nothing_shows_the_key_or_a_number() -> None:
    """D-LOG-1: no representation of the adapter, a person or a start tells what is secret."""
    start = MITID.begin(ATTEMPT)
    shown = f"{MITID!r}{MITID}{PERSONS!r}{start!r}"
    for secret in (repr(KEY), KEY.hex(), MEMO, "0709614606", "070961-4606", "cvr-1"):
        assert secret not in shown
    with pytest.raises(TypeError):
        _ = pickle.dumps(ANNA)
