from datetime import date, timedelta

import pytest
from attrs import evolve

from eservices_core.access.custody import CivilStatus, RegisterAnswer
from eservices_core.access.login import LoginDecision
from eservices_core.access.mitid import CLOCK_SKEW, Assurance, IdentityKind, MitidFailure
from eservices_core.access.mitid_attempt import SentToMitid
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.master_card import Protection
from eservices_core.events import StreamId
from eservices_core.outcome import Failure
from eservices_core.ports.outbox import MailKind
from eservices_core.ports.world import MitidStart
from eservices_core.testing.memory import MemoryMitid
from eservices_core.testing.world import CLINIC, World
from eservices_core.texts import PUBLIC_REFUSAL
from eservices_core.usecases.log_in_with_mitid import GoToMitid, go_to_mitid
from eservices_core.usecases.verify_guardian import StateNumbers, state_numbers
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    BENT,
    CHILD,
    DORTE,
    HOME,
    MINUTE,
    TICK,
    WORK,
    answer,
    reason,
    went,
)

NEW_NUMBER = number_of(date(1961, 9, 7), 12)


# --- an answer counts once, in the browser that asked for it -------------------------------------


def test_a_replayed_callback_makes_no_second_session() -> None:
    """D-ACC-3, faults: 78. The same callback again, in the same browser, opens nothing."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    callback = day.at_mitid(sent.address, ANNA)
    first, granted = day.come_back(sent.attempt, callback)
    assert granted.unwrap().decision is LoginDecision.GRANTED
    second, replayed = day.come_back(sent.attempt, callback)
    assert reason(replayed) == ("D-ACC-3", "over")
    assert day.stands(first)
    assert not day.stands(second)


def test_a_callback_in_another_browser_opens_nothing_and_costs_the_owner_nothing() -> None:
    """D-ACC-3, faults: 77. An attempt is answered in the browser that began it, or not at all."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go(HOME)
    callback = day.at_mitid(sent.address, ANNA)
    stolen, refused = day.come_back(sent.attempt, callback, WORK)
    assert reason(refused) == ("D-ACC-3", "other_browser")
    assert not day.stands(stolen, WORK)
    session, granted = day.come_back(sent.attempt, callback, HOME)
    assert granted.unwrap().decision is LoginDecision.GRANTED
    assert day.stands(session)


def test_a_callback_of_another_attempt_is_refused() -> None:
    """D-ACC-3, faults: 76, 79. What MitID gave to one attempt opens no other."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    mine, other = day.go(), day.go()
    session, refused = day.come_back(mine.attempt, day.at_mitid(other.address, ANNA))
    assert reason(refused) == ("D-ACC-3", "answer_refused")
    assert not day.stands(session)


def test_an_attempt_that_nobody_began_is_refused() -> None:
    """D-ACC-3: an attempt's id alone is no way in."""
    day = Day()
    _, refused = day.come_back(AttemptId("made-up"), {})
    assert reason(refused) == ("D-ACC-3", "not_begun")


@pytest.mark.parametrize(
    ("after", "is_open"), [(ATTEMPT_LIVES - TICK, True), (ATTEMPT_LIVES, False)]
)
def test_an_attempt_lives_half_an_hour(after: timedelta, is_open: bool) -> None:
    """faults: 80. A login page that was left open too long begins again."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    day.clock.wind(after)
    session, said = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))
    assert day.stands(session) is is_open
    if not is_open:
        assert reason(said) == ("D-ACC-3", "expired")


@pytest.mark.parametrize(("earlier", "why"), [(CLOCK_SKEW, None), (CLOCK_SKEW + TICK, "not_fresh")])
def test_an_identity_from_before_the_attempt_is_stale(earlier: timedelta, why: str | None) -> None:
    """D-ACC-3: the person identifies for this attempt; a broker's clock may be a minute behind."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    callback = day.at_mitid(sent.address, ANNA, at=day.clock.now() - earlier)
    _, said = day.come_back(sent.attempt, callback)
    if why is None:
        assert said.unwrap().decision is LoginDecision.GRANTED
    else:
        assert reason(said) == ("D-ACC-3", why)


# --- what kind of identity -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "assurance", "number", "why"),
    [
        (IdentityKind.BUSINESS, Assurance.HIGH, ANNA, "business_identity"),
        (IdentityKind.PRIVATE, Assurance.LOW, ANNA, "assurance_too_low"),
        (IdentityKind.PRIVATE, Assurance.UNKNOWN, ANNA, "assurance_too_low"),
        (IdentityKind.PRIVATE, Assurance.SUBSTANTIAL, None, "cpr_missing"),
        (
            IdentityKind.PRIVATE,
            Assurance.HIGH,
            World.civil_number("6709614606"),
            "cpr_missing",
        ),
        # The order of D-ACC-4: business first, then assurance, then the number.
        (IdentityKind.BUSINESS, Assurance.LOW, None, "business_identity"),
        (IdentityKind.PRIVATE, Assurance.LOW, None, "assurance_too_low"),
    ],
    ids=["business", "low", "unknown", "no number", "replacement number", "all three", "two"],
)
def test_an_identity_that_is_not_acceptable_opens_nothing(
    kind: IdentityKind, assurance: Assurance, number: CivilNumber | None, why: str
) -> None:
    """D-ACC-3, D-ACC-4: it is refused with the public text, in the order of the rule."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    callback = day.at_mitid(sent.address, number, kind=kind, assurance=assurance)
    session, refused = day.come_back(sent.attempt, callback)
    assert refused.failure().reason == why
    assert refused.failure().says.patient == PUBLIC_REFUSAL
    assert not day.stands(session)


@pytest.mark.parametrize("assurance", [Assurance.SUBSTANTIAL, Assurance.HIGH])
def test_substantial_and_high_are_enough(assurance: Assurance) -> None:
    """D-ACC-3: at least Substantial."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    callback = day.at_mitid(sent.address, ANNA, assurance=assurance)
    _, said = day.come_back(sent.attempt, callback)
    assert said.unwrap().decision is LoginDecision.GRANTED


@pytest.mark.parametrize("failure", MitidFailure)
def test_when_mitid_gives_nothing_the_attempt_can_be_taken_up_again(failure: MitidFailure) -> None:
    """faults: 50-54, 81. Who cancelled, or found MitID down, tries again in the same attempt."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    start = MitidStart(sent.address, "")
    _, refused = day.come_back(sent.attempt, day.mitid.give_up(start, failure))
    assert reason(refused) == ("D-ACC-3", failure.value)
    session, granted = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))
    assert not isinstance(granted, Failure)
    assert day.stands(session)


class _Down(MemoryMitid):
    """A broker whose document cannot be had."""

    def begin(self, attempt: AttemptId, /) -> MitidFailure:
        del attempt
        return MitidFailure.UNAVAILABLE


def test_while_mitid_is_down_nobody_is_sent_there() -> None:
    """faults: 81. Neither a login nor a guardian's verification begins; others go on."""
    day = Day()
    down = evolve(day.services, mitid=_Down(day.clock))
    asked = {"by": day.anybody, "browser": HOME}
    going = go_to_mitid(down, GoToMitid(key=day.key(), **asked))
    numbers = StateNumbers(key=day.key(), child=CHILD, guardian=DORTE, **asked)
    assert reason(going) == reason(state_numbers(down, numbers)) == ("D-ACC-3", "unavailable")
    assert day.go().address


# --- what it opens -------------------------------------------------------------------------------


def test_nobody_with_the_number_is_offered_sign_up() -> None:
    """D-ACC-4, S-ACC-7: an accepted MitID without a user makes no session, only an offer."""
    day = Day()
    sent = day.go()
    session, said = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))
    assert said.unwrap().decision is LoginDecision.SIGN_UP
    assert said.unwrap().user is None
    assert not day.stands(session)


def test_a_closed_user_is_refused_with_the_public_text() -> None:
    """D-ACC-4: closed comes before granted."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    assert went(day.close(user, ClosedBecause.BY_CLINIC))
    sent = day.go()
    session, refused = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))
    assert reason(refused) == ("D-ACC-4", "closed")
    assert refused.failure().says.patient == PUBLIC_REFUSAL
    assert not day.stands(session)


def test_it_activates_and_voids_the_temporary_password() -> None:
    """D-ACC-4: a user who awaits activation is active after MitID, and the mailed password void."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert day.tick(user).unwrap().activation_sent
    temporary = day.last_password("anna@example.dk")
    assert day.stands(day.with_mitid(ANNA))
    assert day.type_password("anna", temporary).failure().reason == "wrong_password"


def test_a_lock_earned_by_guessing_does_not_touch_it() -> None:
    """D-ACC-4: strangers who guess at two-factor shut nobody out of MitID."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    assert day.type_password("anna", browser=WORK).failure().reason == "locked"
    assert day.stands(day.with_mitid(ANNA, WORK), WORK)


def test_a_child_with_a_private_mitid_needs_no_guardian() -> None:
    """D-ACC-6: under 15, MitID signs up and logs in by itself."""
    day = Day()
    begun = day.sign_up(CHILD, "barn@example.dk")
    assert day.stands(begun.session)
    assert day.stands(day.with_mitid(CHILD))


def test_a_new_login_ends_the_session_that_the_browser_holds() -> None:
    """D-SES-1: the old session in that browser is over, whoever's it was; others' go on."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    _ = day.sign_up(BENT, "bent@example.dk", browser=WORK)
    at_home, at_work = day.with_mitid(ANNA, HOME), day.with_mitid(BENT, WORK)
    again = day.with_mitid(ANNA, HOME)
    assert not day.stands(at_home)
    assert day.stands(again)
    assert day.stands(at_work, WORK)
    assert day.stands(day.with_mitid(BENT, HOME), HOME)
    assert not day.stands(again), "another person's login ends it too"


# --- a guardian's MitID --------------------------------------------------------------------------


def test_a_guardians_mitid_is_only_its_own_account() -> None:
    """D-ACC-3: a mother who logs in with her MitID gets her account, never the child's."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    mother = day.sign_up(DORTE, "dorte@example.dk").user
    session = day.with_mitid(DORTE)
    assert day.use(session).unwrap().user == mother != child


def test_a_verification_gives_the_guardian_no_session_and_no_known_browser() -> None:
    """D-ACC-3: verifying opens no session, and its browser gets no budget of its own."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    assert not [one for one in day.ledger.events() if one.stream.kind in {"session", "browsers"}]
    _ = day.type_password("barn", "wrong", HOME)
    assert day.budget(child, HOME).failures == 0
    assert day.budget(child).failures == 1, "a stranger's browser, though the guardian was in it"


def test_a_guardians_callback_opens_no_login_and_a_logins_no_verification() -> None:
    """D-ACC-3: the two ways to MitID do not take each other's answers."""
    day = Day()
    day.family(CHILD, DORTE)
    _ = day.sign_up(DORTE, "dorte@example.dk")
    stated = day.state_numbers(CHILD, DORTE)
    _, refused = day.come_back(stated.attempt, day.at_mitid(stated.address, DORTE))
    assert reason(refused) == ("D-ACC-3", "not_begun")
    sent = day.go()
    back = day.guardian_back(sent.attempt, day.at_mitid(sent.address, DORTE))
    assert reason(back) == ("D-ACC-8", "not_begun")


# --- numbers and subjects that change (D-ACC-16) -------------------------------------------------


def _with(day: Day, number: CivilNumber, subject: str) -> tuple[bool, str]:
    """Log in as a broker's subject with some number; says whether it went, or why not."""
    sent = day.go()
    callback = day.at_mitid(sent.address, number, subject=subject)
    session, said = day.come_back(sent.attempt, callback)
    if isinstance(said, Failure):
        return False, said.failure().reason
    return day.stands(session), said.unwrap().decision.value


def test_a_new_subject_with_the_accounts_own_number_is_linked_and_told() -> None:
    """D-ACC-16: a new MitID of the same person goes in, and the patient hears of it, once."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    before = day.kinds("anna@example.dk")
    assert _with(day, ANNA, "a new MitID") == (True, "granted")
    assert _with(day, ANNA, "a new MitID") == (True, "granted")
    assert day.kinds("anna@example.dk")[len(before) :] == [MailKind.MITID_LINKED]


def test_a_new_subject_is_linked_though_nobody_can_be_told() -> None:
    """D-KEEP-1: an erased address is nowhere to write to, and no reason to keep anybody out."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    day.erase(day.address_of(user).record)
    assert _with(day, ANNA, "a new MitID") == (True, "granted")


def test_a_patient_of_the_clinics_who_gets_mitid_is_linked() -> None:
    """D-ACC-16: an account that never saw MitID is the number's own all the same."""
    day = Day()
    user = day.patient(ANNA, "anna")
    session = day.with_mitid(ANNA)
    assert day.use(session).unwrap().user == user


@pytest.mark.parametrize("followed", [False, True], ids=["old record", "followed"])
def test_a_number_that_the_register_calls_the_successor_keeps_the_account(
    followed: bool,
) -> None:
    """D-ACC-16: known MitID, new number, and the register's word: the account goes along.

    Whether the register answers with the old record or follows it to the new one.
    """
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    day.register.put(
        RegisterAnswer(
            "9.0",
            ANNA,
            ANNA.birth_date,
            CivilStatus.LIVING,
            Protection.NONE,
            successor=NEW_NUMBER,
        )
    )
    if followed:
        day.register.put(answer(NEW_NUMBER))
    assert _with(day, NEW_NUMBER, ANNA.reveal()) == (True, "granted")
    assert day.user_of(NEW_NUMBER) == user
    assert _with(day, ANNA, "somebody else") == (False, "sign_up"), "the old number is let go"


def test_a_changed_number_without_the_registers_word_is_refused_and_told_to_staff() -> None:
    """D-ACC-16, faults: 55-57. Never re-linked silently; the audit log has it."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    assert _with(day, NEW_NUMBER, ANNA.reveal()) == (False, "cpr_mismatch")
    told = day.ledger.audit_about(user)[-1].entry
    assert (told.rule, told.refused_because) == ("D-ACC-16", "cpr_mismatch")
    assert _with(day, ANNA, ANNA.reveal()) == (True, "granted")


def test_a_register_that_answers_about_another_is_not_believed() -> None:
    """D-ACC-16: only an answer about the old number makes another one its successor."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    wrong = RegisterAnswer(
        "9.0", BENT, BENT.birth_date, CivilStatus.LIVING, Protection.NONE, successor=NEW_NUMBER
    )
    day.register_answers(ANNA, wrong)
    assert _with(day, NEW_NUMBER, ANNA.reveal()) == (False, "cpr_mismatch")


def test_two_accounts_are_never_merged() -> None:
    """D-ACC-16, faults: 83. One's MitID with another's number opens neither."""
    day = Day()
    anna = day.sign_up(ANNA, "anna@example.dk").user
    bent = day.sign_up(BENT, "bent@example.dk").user
    assert _with(day, BENT, ANNA.reveal()) == (False, "cpr_mismatch")
    assert (day.user_of(ANNA), day.user_of(BENT)) == (anna, bent)


def test_a_refused_login_links_nothing() -> None:
    """D-ACC-16: a new subject is linked by a login that goes through, and by no other."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    assert went(day.close(user, ClosedBecause.BY_CLINIC))
    names = day.names
    assert _with(day, ANNA, "a new MitID") == (False, "closed")
    assert day.names == names


def test_the_newest_number_is_what_a_session_belongs_to() -> None:
    """D-ACC-15: a session that was begun under the old number goes on after the move."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk")
    day.register.put(
        RegisterAnswer(
            "9.0",
            ANNA,
            ANNA.birth_date,
            CivilStatus.LIVING,
            Protection.NONE,
            successor=NEW_NUMBER,
        )
    )
    sent = day.go(WORK)
    callback = day.at_mitid(sent.address, NEW_NUMBER, subject=ANNA.reveal())
    session, _ = day.come_back(sent.attempt, callback, WORK)
    day.clock.wind(MINUTE)
    assert day.use(begun.session).unwrap().user == begun.user
    assert day.use(session, WORK, CLINIC).unwrap().user == begun.user


def test_an_attempt_that_is_answered_meanwhile_is_no_crash() -> None:
    """faults: 178. Another tab came back first, and the memo is gone, between two reads."""
    day = Day()
    sent = day.go()
    begun = day.ledger.history(StreamId("mitid_attempt", str(sent.attempt)))[0].event
    assert isinstance(begun, SentToMitid)
    day.erase(begun.memo)
    _, said = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))
    assert reason(said) == ("D-ACC-3", "over")
