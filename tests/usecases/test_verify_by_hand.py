import pytest

from eservices_core import events, wire
from eservices_core.access.guardianship import (
    ByHandBasis,
    ByHandRelation,
    GuardianVerifiedByHand,
    VerifiedByHand,
    numbers_in,
)
from eservices_core.access.login import LoginDecision
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.testing.world import World
from eservices_core.usecases.verify_by_hand import (
    VerifyByHand,
    WithdrawVerification,
    verify_by_hand,
    withdraw_verification,
)
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from tests.usecases.day import Day
from tests.usecases.people import A_DAY, ANNA, CHILD, DORTE, MINUTE, TEEN, TICK, reason, went


@pytest.mark.parametrize("basis", ByHandBasis)
@pytest.mark.parametrize("evidence", [IdentityEvidence.PASSPORT, IdentityEvidence.CALLED_BACK])
def test_it_records_who_on_what_basis_how_and_until_when(
    basis: ByHandBasis, evidence: IdentityEvidence
) -> None:
    """D-ACC-10: it shows as made by hand; without an end it ends at the 15th birthday."""
    day = Day()
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    command = VerifyByHand(
        key="hand",
        by=day.by_staff,
        staff=day.staff,
        user=user,
        guardian=DORTE,
        relation=ByHandRelation.FOSTER_PARENT,
        basis=basis,
        evidence=evidence,
    )
    birthday = turns_fifteen_at(CHILD.birth_date)
    assert verify_by_hand(day.services, command).unwrap().until == birthday
    stands = day.state(events.GUARDIANSHIP, user)
    who = day.services.keys.number(DORTE)
    relation = ByHandRelation.FOSTER_PARENT
    assert stands == VerifiedByHand(day.staff, who, relation, basis, evidence, birthday)


def test_it_counts_like_a_verification_by_the_register() -> None:
    """D-ACC-10: two-factor opens to a foster child whom no register vouches for."""
    day = Day()
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    assert went(day.by_hand(user))
    assert went(day.send_password(user))
    session = day.log_in("barn", day.last_password("barn@example.dk")).session
    assert went(day.choose_password(session))
    assert day.stands(session)
    assert day.register.asked == []
    day.clock.wind(365 * A_DAY)
    _ = day.log_in("barn")  # nobody asks a register that does not know


def test_it_counts_for_a_replacement_number() -> None:
    """D-ACC-10, D-ACC-16: a child with a number of the clinic's own is verified by hand."""
    day = Day()
    number = World.civil_number("1206" + "15" + "6" + "VK9")
    user = day.patient(number, "barn", owner=AddressOwner.GUARDIAN)
    assert reason(day.verify(number, DORTE)[1]) == ("D-ACC-10", "not_in_register")
    assert went(day.by_hand(user))
    assert went(day.send_password(user))


@pytest.mark.parametrize(("after", "why"), [(TICK, "past_fifteen"), (-TICK, None)])
def test_it_lasts_to_the_15th_birthday_at_most(after: object, why: str | None) -> None:
    """D-ACC-10: to the instant."""
    day = Day()
    user = day.patient(TEEN, "teen", owner=AddressOwner.GUARDIAN)
    said = day.by_hand(user, turns_fifteen_at(TEEN.birth_date) + after)
    if why is None:
        assert went(said)
    else:
        assert reason(said) == ("D-ACC-10", why)


def test_it_ends_when_it_was_said_to_end() -> None:
    """D-ACC-10, D-ACC-15: an open session ends with it."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    assert went(day.by_hand(user, day.clock.now() + 20 * MINUTE))
    session = day.log_in("barn").session
    day.clock.wind(20 * MINUTE - TICK)
    assert day.stands(session)
    day.clock.wind(TICK)
    assert reason(day.use(session)) == ("D-ACC-9", "ended")
    assert day.type_password("barn").unwrap().decision is LoginDecision.GUARDIAN_REQUIRED


def test_it_cannot_end_before_it_begins() -> None:
    """D-ACC-10: an end that is not after now is refused."""
    day = Day()
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    assert reason(day.by_hand(user, day.clock.now())) == ("D-ACC-10", "ends_before_it_begins")


def test_nobody_of_15_is_verified_by_hand() -> None:
    """D-ACC-5, D-ACC-10: the patient's own MitID, or the tick."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert reason(day.by_hand(user)) == ("D-ACC-10", "past_fifteen")


def test_withdrawing_it_ends_what_rested_on_it_at_once() -> None:
    """D-ACC-10, D-ACC-15: the session's next use is refused, and there is nothing to end twice."""
    day = Day()
    user = day.child(CHILD, DORTE, "barn")
    session = day.log_in("barn").session
    day.withdraw(user)
    assert reason(day.use(session)) == ("D-ACC-9", "ended")
    again = WithdrawVerification(key="again", by=day.by_staff, staff=day.staff, user=user)
    assert reason(withdraw_verification(day.services, again)) == ("D-ACC-9", "nothing_to_end")


def test_it_records_which_guardian_stands_there_and_how() -> None:
    """D-ACC-8, D-ACC-10: who as a pseudonym, or nobody where they have no number; and the relation.

    No CPR number lies in the event.
    """
    day = Day()
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    for who in (DORTE, None):
        command = VerifyByHand(
            key=day.key(),
            by=day.by_staff,
            staff=day.staff,
            user=user,
            guardian=who,
            relation=ByHandRelation.OTHER_HOLDER,
            basis=ByHandBasis.HOLDER_WITHOUT_MITID,
            evidence=IdentityEvidence.PASSPORT,
        )
        assert went(verify_by_hand(day.services, command))
        event = day.ledger.events()[-1].event
        assert isinstance(event, GuardianVerifiedByHand)
        assert event.guardian == (who and day.services.keys.number(who))
        assert event.relation is ByHandRelation.OTHER_HOLDER
        assert DORTE.reveal() not in wire.dump_event(event)


def test_the_numbers_of_a_verification_that_ended_are_erased() -> None:
    """D-KEEP-1: withdrawn, or replaced by staff's own: nobody asks the register with them."""
    for by_hand in (False, True):
        day = Day()
        user = day.child(CHILD, DORTE, "barn")
        numbers = numbers_in(day.state(events.GUARDIANSHIP, user))
        assert numbers in day.contents
        if by_hand:
            assert went(day.by_hand(user))
        else:
            day.withdraw(user)
        assert numbers not in day.contents
