from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access.mitid import (
    ACCEPTABLE,
    CLOCK_SKEW,
    Acceptance,
    Assurance,
    Binding,
    Freshness,
    IdentityFacts,
    IdentityKind,
    MitidIdentity,
    NumberGiven,
    Subject,
    facts_of,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId
from tests.access.strategies import NOON, SECOND, TICK, civil_numbers

OURS, FOREIGN = AttemptId("ours"), AttemptId("foreign")
NUMBER = CivilNumber.parse("0709614606").unwrap()


def _identity(
    *,
    attempt: AttemptId = OURS,
    kind: IdentityKind = IdentityKind.PRIVATE,
    assurance: Assurance = Assurance.SUBSTANTIAL,
    number: CivilNumber | None = NUMBER,
    identified_at: datetime = NOON,
) -> MitidIdentity:
    subject = Subject("https://broker.example", "subject-1")
    return MitidIdentity(attempt, subject, kind, assurance, number, identified_at)


def _accept(identity: MitidIdentity) -> Acceptance:
    return ACCEPTABLE.decide(facts_of(identity, OURS, NOON)).then


def test_a_private_substantial_fresh_identity_with_a_number_is_accepted() -> None:
    """D-ACC-3: that, and the answer to the attempt that this browser began."""
    assert _accept(_identity()) is Acceptance.ACCEPTED
    assert _accept(_identity(assurance=Assurance.HIGH)) is Acceptance.ACCEPTED


@pytest.mark.parametrize(
    ("identity", "acceptance"),
    [
        (_identity(attempt=FOREIGN), Acceptance.NOT_THIS_ATTEMPT),
        (_identity(identified_at=NOON - CLOCK_SKEW - TICK), Acceptance.NOT_FRESH),
        (_identity(kind=IdentityKind.BUSINESS), Acceptance.BUSINESS_IDENTITY),
        (_identity(assurance=Assurance.LOW), Acceptance.ASSURANCE_TOO_LOW),
        (_identity(assurance=Assurance.UNKNOWN), Acceptance.ASSURANCE_TOO_LOW),
        (_identity(number=None), Acceptance.CPR_MISSING),
    ],
    ids=["foreign", "stale", "business", "low", "unknown", "without_number"],
)
def test_one_thing_wrong_is_enough(identity: MitidIdentity, acceptance: Acceptance) -> None:
    """S-ACC-2, D-ACC-3: each thing that is wrong is refused as what it is."""
    assert _accept(identity) is acceptance


def test_fresh_means_since_the_attempt_began() -> None:
    """D-ACC-3: a broker's clock may be 60 seconds behind ours, and no more (faults: 21-26)."""
    assert timedelta(seconds=60) == CLOCK_SKEW
    edge = NOON - 60 * SECOND
    for at, freshness in (
        (NOON + SECOND, Freshness.FRESH),
        (edge, Freshness.FRESH),
        (edge - TICK, Freshness.STALE),
    ):
        assert facts_of(_identity(identified_at=at), OURS, NOON).freshness is freshness


@pytest.mark.parametrize("text", ["6709614606", "0709611AB6", "0709610AB6"])
def test_a_replacement_number_is_no_number_to_log_in_with(text: str) -> None:
    """D-ACC-16: day + 60, X-eCPR and D-eCPR cannot log in with MitID."""
    replacement = CivilNumber.parse(text).unwrap()
    facts = facts_of(_identity(number=replacement), OURS, NOON)
    assert facts.number is NumberGiven.MISSING
    assert ACCEPTABLE.decide(facts).then is Acceptance.CPR_MISSING


@given(
    st.sampled_from([OURS, FOREIGN]),
    st.sampled_from(IdentityKind),
    st.sampled_from(Assurance),
    st.none() | civil_numbers(),
    st.integers(-120, 120),
)
def test_the_facts_are_the_identitys(
    attempt: AttemptId,
    kind: IdentityKind,
    assurance: Assurance,
    number: CivilNumber | None,
    seconds: int,
) -> None:
    """D-ACC-3: the fold changes nothing that it was given."""
    identity = _identity(
        attempt=attempt,
        kind=kind,
        assurance=assurance,
        number=number,
        identified_at=NOON + seconds * SECOND,
    )
    assert facts_of(identity, OURS, NOON) == IdentityFacts(
        kind,
        assurance,
        NumberGiven.GIVEN if number else NumberGiven.MISSING,
        Freshness.FRESH if seconds >= -60 else Freshness.STALE,
        Binding.OURS if attempt == OURS else Binding.FOREIGN,
    )


def test_who_the_broker_says_it_is_is_not_shown() -> None:
    """D-ACC-16: printing an identity shows neither subject nor number."""
    shown = repr(_identity())
    assert "subject-1" not in shown
    assert "0709614606" not in shown
