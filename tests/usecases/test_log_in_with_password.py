from datetime import timedelta

import pytest
from attrs import evolve

from eservices_core import events
from eservices_core.access.login import LoginDecision
from eservices_core.access.passwords import OwnPassword
from eservices_core.access.two_factor import AwaitingCode
from eservices_core.access.user import Active, ClosedBecause
from eservices_core.clinic.settings import AccessSettings, CodeLimits
from eservices_core.outcome import Failure
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.memory import SeededChance
from eservices_core.testing.memory.ledger import StoreUnreachable
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.texts import PUBLIC_REFUSAL
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import CODE_ALPHABET
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    BENT,
    CAFE,
    CHILD,
    DORTE,
    HOME,
    HOUR,
    MINUTE,
    SECRET,
    TEEN,
    TICK,
    WORK,
    reason,
    went,
)

ANNAS = "anna@example.dk"


def wrong(code: str, other: int = 0) -> str:
    """Make a code that is not this one."""
    place = CODE_ALPHABET.index(code[0]) + 1 + other
    return CODE_ALPHABET[place % len(CODE_ALPHABET)] + code[1:]


def _anna() -> Day:
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    return day


# --- the password --------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["anna", "ANNA", "Anna"])
def test_a_username_is_the_same_in_any_case_of_letters(typed: str) -> None:
    """S-ACC-4: a patient goes on with the username that they have, however it is typed."""
    assert _anna().type_password(typed).unwrap().decision is LoginDecision.CODE_REQUIRED


@pytest.mark.parametrize(
    "typed", [f"{SECRET} ", f" {SECRET}", SECRET.upper(), SECRET[:-1], SECRET + "x", "", "x" * 1024]
)
def test_a_password_is_compared_exactly_as_typed(typed: str) -> None:
    """faults: 86. Nothing is trimmed, folded or cut."""
    assert reason(_anna().type_password("anna", typed)) == ("D-ACC-2", "wrong_password")


def test_no_code_is_mailed_before_the_password_is_right() -> None:
    """D-ACC-13, faults: 94. Ten thousand wrong passwords would send no mail."""
    day = _anna()
    before = len(day.mails(ANNAS))
    for _ in range(30):
        _ = day.type_password("anna", "wrong", CAFE)
    assert len(day.mails(ANNAS)) == before


def test_a_patient_without_an_address_in_use_gets_no_code() -> None:
    """D-ACC-14: a right password that no mail can follow is refused like any other."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - HOUR)
    user = day.child(TEEN, DORTE, "teen")
    assert day.stands(day.log_in("teen").session)
    assert went(day.tick(user))
    day.clock.wind(HOUR)
    refused = day.type_password("teen")
    assert reason(refused) == ("D-ACC-14", "no_address")
    assert refused.failure().says.patient == PUBLIC_REFUSAL


def test_an_address_that_was_erased_gets_no_code() -> None:
    """D-KEEP-1: an erased record is nowhere to send to, for a code and for a password alike."""
    day = _anna()
    user = day.user_of(ANNA)
    day.erase(day.address_of(user).record)
    assert reason(day.type_password("anna")) == ("D-ACC-14", "no_address")
    assert reason(day.send_password(user)) == ("D-ACC-14", "no_address")
    assert went(day.patients_address(user, "new@example.dk")), "and nobody is told at the old one"
    assert day.kinds("new@example.dk") == [MailKind.ONE_TIME_CODE]


def test_an_outdated_hash_is_made_anew_by_a_login_that_goes_on() -> None:
    """faults: 102. A right password is hashed again at today's cost, and works as before."""
    day = _anna()
    day.hasher.cost = 2
    _ = day.attempt("anna")
    state = day.state(events.USER, day.user_of(ANNA))
    assert isinstance(state, Active)
    assert isinstance(state.password, OwnPassword)
    stored = day.contents[state.password.record]
    assert not day.hasher.is_outdated(stored)
    _ = day.log_in("anna")
    assert day.contents[state.password.record] == stored, "once is enough"


@pytest.mark.parametrize("stored", ["", "garbage", "fast$x$y$z", "fast$1$$", "$argon2id$v=19$"])
def test_a_record_that_is_no_hash_opens_nothing(stored: str) -> None:
    """faults: 102. An unknown prefix or a damaged record is a wrong password, whatever is typed."""
    day = _anna()
    state = day.state(events.USER, day.user_of(ANNA))
    assert isinstance(state, Active)
    assert isinstance(state.password, OwnPassword)
    day.overwrite(state.password.record, stored)
    for typed in (SECRET, stored, ""):
        assert reason(day.type_password("anna", typed)) == ("D-ACC-2", "wrong_password")


# --- the code: once, in time, in its browser and its attempt -------------------------------------


@pytest.mark.parametrize(
    ("grouped", "small"), [("-", False), ("-", True), (" ", True), ("", False)]
)
def test_a_code_is_read_in_any_case_and_grouping(grouped: str, small: bool) -> None:
    """S-ACC-1: the code must be typed in, not copied to the letter."""
    day = _anna()
    attempt = day.attempt("anna")
    typed = day.last_code(ANNAS).replace("-", grouped)
    assert went(day.type_code(attempt, typed.lower() if small else typed))


def test_a_code_works_once() -> None:
    """D-ACC-13, faults: 91. Typed again it opens no second session."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    assert went(day.type_code(attempt, code))
    session = day.session()
    assert reason(day.type_code(attempt, code, session=session)) == ("D-ACC-13", "over")
    assert not day.stands(session)


def test_a_code_works_in_its_own_browser_only() -> None:
    """D-ACC-13, faults: 91. Elsewhere it is not compared, and costs the owner no try."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    for _ in range(5):
        refused = day.type_code(attempt, code, CAFE)
        assert reason(refused) == ("D-ACC-13", "other_browser")
    assert went(day.type_code(attempt, code))


def test_a_code_works_in_its_own_attempt_only() -> None:
    """D-ACC-13, faults: 91. The code of one attempt is wrong in another of the same person."""
    day = _anna()
    first = day.attempt("anna")
    code = day.last_code(ANNAS)
    second = day.attempt("anna")
    assert reason(day.type_code(second, code)) == ("D-ACC-13", "wrong_code")
    assert went(day.type_code(first, code))


def test_a_code_for_an_address_is_no_code_for_a_login() -> None:
    """faults: 91. A code that was sent for one purpose is wrong for another."""
    day = _anna()
    session = day.with_mitid(ANNA)
    assert went(day.own_address(session, "new@example.dk"))
    proof = day.last_code("new@example.dk")
    attempt = day.attempt("anna")
    code = day.last_code("new@example.dk")
    assert reason(day.type_code(attempt, proof)) == ("D-ACC-13", "wrong_code")
    assert reason(day.prove(session, code)) == ("D-ACC-13", "wrong_code")
    assert went(day.prove(session, proof))
    assert went(day.type_code(attempt, code))


@pytest.mark.parametrize(
    ("after", "works"),
    [(10 * MINUTE - TICK, True), (10 * MINUTE, False), (10 * MINUTE + TICK, False)],
)
def test_a_code_lives_ten_minutes(after: timedelta, works: bool) -> None:
    """D-ACC-13, faults: 92. The last instant is the one before ten minutes are over."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    day.clock.wind(after)
    said = day.type_code(attempt, code)
    assert isinstance(said, Failure) is not works
    if not works:
        assert reason(said) == ("D-ACC-13", "expired")


def test_a_try_in_time_whose_answer_was_lost_opens_nothing_after_the_ten_minutes() -> None:
    """D-ACC-13, faults: 151. Asked again late under its key, a code that was right is expired."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    session = day.session()
    day.ledger.meanwhile(lambda: None)  # the try is stored, the login is not
    day.ledger.meanwhile(lambda: day.ledger.break_next_commit(stored=False))
    with pytest.raises(StoreUnreachable):
        _ = day.type_code(attempt, code, session=session, key="the-key")
    day.clock.wind(10 * MINUTE)
    refused = day.type_code(attempt, code, session=session, key="the-key")
    assert reason(refused) == ("D-ACC-13", "expired")
    assert not day.stands(session)


def test_three_wrong_codes_burn_it_and_then_the_right_one_is_refused() -> None:
    """D-ACC-13, faults: 87. The fourth is not compared, though it is right."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    for other in range(3):
        assert day.type_code(attempt, wrong(code, other)).failure().reason == "wrong_code"
    assert reason(day.type_code(attempt, code)) == ("D-ACC-13", "no_tries_left")


@pytest.mark.parametrize("typed", ["", "x", "AAAA-AAA0", "\udcff", "2" * 100_000, "ÆØÅÆ-ØÅÆØ"])
def test_what_is_no_code_at_all_is_a_wrong_code_and_costs_a_try(typed: str) -> None:
    """D-ACC-13: anything may be typed; it is counted, and never raises."""
    day = _anna()
    attempt = day.attempt("anna")
    assert reason(day.type_code(attempt, typed)) == ("D-ACC-13", "wrong_code")
    state = day.state(events.TWO_FACTOR, attempt)
    assert isinstance(state, AwaitingCode)
    assert state.tries_left == 2


def test_a_session_that_exists_is_not_begun_by_a_code() -> None:
    """D-ACC-15: the login is refused, and the code is left for a session of its own."""
    day = _anna()
    taken = day.sign_up(BENT, "bent@example.dk", browser=WORK).session
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    refused = day.type_code(attempt, code, session=taken)
    assert reason(refused) == ("D-ACC-15", "already_begun")
    assert went(day.type_code(attempt, code))


def test_a_code_for_nobodys_attempt_is_refused() -> None:
    """D-ACC-13, faults: 11. A code before a password, and another code, are refused."""
    day = Day()
    nowhere = AttemptId("made-up")
    assert reason(day.type_code(nowhere, "AAAA-AAAA")) == ("D-ACC-13", "not_begun")
    assert reason(day.another_code(nowhere)) == ("D-ACC-13", "not_begun")


# --- another code --------------------------------------------------------------------------------


def test_after_a_resend_only_the_newest_code_counts() -> None:
    """faults: 93. The first code is wrong from then on; the second opens."""
    day = _anna()
    attempt = day.attempt("anna")
    first = day.last_code(ANNAS)
    assert day.another_code(attempt).unwrap().attempt == attempt
    second = day.last_code(ANNAS)
    assert first != second
    assert reason(day.type_code(attempt, first)) == ("D-ACC-13", "wrong_code")
    assert went(day.type_code(attempt, second))


def test_tries_that_are_gone_stay_gone_over_resends() -> None:
    """D-ACC-13: three comparisons an attempt, however many codes are sent in it."""
    day = _anna()
    attempt = day.attempt("anna")
    for other in range(3):
        _ = day.type_code(attempt, wrong(day.last_code(ANNAS), other))
        _ = day.another_code(attempt)
    assert reason(day.another_code(attempt)) == ("D-ACC-13", "no_tries_left")
    assert reason(day.type_code(attempt, day.last_code(ANNAS))) == ("D-ACC-13", "no_tries_left")


def test_another_browser_cannot_have_a_code_sent_nor_kill_the_running_one() -> None:
    """faults: 93. A stranger's resend sends nothing, and the owner's code goes on working."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    assert reason(day.another_code(attempt, CAFE)) == ("D-ACC-13", "other_browser")
    assert day.last_code(ANNAS) == code
    assert went(day.type_code(attempt, code))


def test_an_attempt_that_is_over_sends_no_code() -> None:
    """D-ACC-13: after the login there is nothing to resend."""
    day = _anna()
    attempt = day.attempt("anna")
    assert went(day.type_code(attempt, day.last_code(ANNAS)))
    assert reason(day.another_code(attempt)) == ("D-ACC-13", "over")


@pytest.mark.parametrize("by_resend", [True, False], ids=["resends", "logins"])
def test_six_codes_an_hour_are_sent_and_no_seventh(by_resend: bool) -> None:
    """D-ACC-13, faults: 95. Sending is limited, over resends and new attempts alike."""
    day = _anna()
    before = len(day.mails(ANNAS))
    attempt = day.attempt("anna")
    for _ in range(5):
        assert not isinstance(
            day.another_code(attempt) if by_resend else day.type_password("anna"), Failure
        )
    refused = day.another_code(attempt) if by_resend else day.type_password("anna")
    assert reason(refused) == ("D-ACC-13", "too_often")
    assert len(day.mails(ANNAS)) == before + 6
    day.clock.wind(HOUR)
    assert not isinstance(day.type_password("anna"), Failure), "there is room again"


# --- guesses are counted over everything ---------------------------------------------------------


def _tight(limits: CodeLimits) -> Day:
    day = Day(access=AccessSettings(codes=limits))
    _ = day.without_mitid(ANNA, "anna")
    return day


def test_ten_passwords_an_hour_are_compared_and_no_eleventh() -> None:
    """D-ACC-13, faults: 89. Over all strangers' browsers together; then the right one too."""
    day = _anna()
    for guess in range(10):
        browser = day.browser(f"cafe-{guess}")
        assert day.type_password("anna", "wrong", browser).failure().reason == "wrong_password"
    assert reason(day.type_password("anna", SECRET, CAFE)) == ("D-ACC-13", "too_often")
    day.clock.wind(HOUR - TICK)
    assert reason(day.type_password("anna", SECRET, CAFE)) == ("D-ACC-13", "too_often")
    day.clock.wind(TICK)
    assert not isinstance(day.type_password("anna", SECRET, CAFE), Failure)


def test_codes_are_counted_over_all_attempts() -> None:
    """D-ACC-13, faults: 89; peers: 3.15. New flows give no new guesses: ten an hour in all."""
    day = _tight(CodeLimits(codes_per_hour=20, guesses_per_hour=10))
    day.clock.wind(HOUR)
    compared = 0
    for _ in range(5):
        answer = day.type_password("anna", SECRET, CAFE)
        attempt = answer.unwrap().attempt
        assert attempt is not None
        for other in range(3):
            said = day.type_code(attempt, wrong(day.last_code(ANNAS), other), CAFE)
            compared += said.failure().reason == "wrong_code"
    assert compared == 10


def test_a_clock_set_back_gives_no_new_guesses() -> None:
    """faults: 92, 174. What was counted in what is now the future still counts."""
    day = _anna()
    for _ in range(10):
        _ = day.type_password("anna", "wrong", CAFE)
    day.clock.wind(-5 * HOUR)
    assert reason(day.type_password("anna", SECRET, CAFE)) == ("D-ACC-13", "too_often")


def test_the_limit_in_all_locks_until_the_clinic_unlocks() -> None:
    """D-ACC-13: after fifty wrong in a row the right one is refused, and waiting does not help."""
    day = _anna()
    user = day.user_of(ANNA)
    day.lock_out("anna")
    day.clock.wind(timedelta(days=365))
    assert reason(day.type_password("anna", SECRET, CAFE)) == ("D-ACC-13", "locked")
    assert went(day.unlock(user))
    assert not isinstance(day.type_password("anna", SECRET, CAFE), Failure)


def test_a_known_browser_passes_an_account_wide_lock() -> None:
    """D-ACC-13, faults: 94. Strangers who guess for ever do not shut the owner out at home."""
    day = _anna()
    day.lock_out("anna")
    assert day.type_password("anna", SECRET, CAFE).failure().reason == "locked"
    assert day.stands(day.log_in("anna", browser=HOME).session)
    assert day.type_password("anna", SECRET, CAFE).failure().reason == "locked", "and only there"


def test_a_known_browser_has_a_budget_of_its_own_and_no_more() -> None:
    """D-ACC-13: it is slowed by its own ten guesses, which cost the others nothing."""
    day = _anna()
    for _ in range(10):
        assert day.type_password("anna", "wrong", HOME).failure().reason == "wrong_password"
    assert reason(day.type_password("anna", SECRET, HOME)) == ("D-ACC-13", "too_often")
    assert day.budget(day.user_of(ANNA)).failures == 0
    assert not isinstance(day.type_password("anna", SECRET, CAFE), Failure)


def test_a_known_browser_is_forgotten_after_half_a_year() -> None:
    """D-ACC-13: 180 days after the last login there it spends the strangers' budget again."""
    day = _anna()
    user = day.user_of(ANNA)
    _ = day.log_in("anna")
    day.clock.wind(timedelta(days=180) - TICK)
    _ = day.type_password("anna", "wrong", HOME)
    assert (day.budget(user).failures, day.budget(user, HOME).failures) == (0, 1)
    day.clock.wind(TICK)
    _ = day.type_password("anna", "wrong", HOME)
    assert (day.budget(user).failures, day.budget(user, HOME).failures) == (1, 1)


def test_nobody_elses_guesses_count_against_a_person() -> None:
    """D-ACC-13: budgets are a person's: who guesses at Bent costs Anna nothing."""
    day = _anna()
    _ = day.without_mitid(BENT, "bent")
    for _ in range(15):
        _ = day.type_password("bent", "wrong", CAFE)
        _ = day.type_password("no such user", "wrong", CAFE)
    assert not isinstance(day.type_password("anna", SECRET, CAFE), Failure)


# --- decided again at every step (D-ACC-15) ------------------------------------------------------


def test_the_tick_removed_between_password_and_code_closes_the_way() -> None:
    """D-ACC-15, faults: 85. The code was sent while the tick stood, and is refused without it."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    assert went(day.untick(day.user_of(ANNA)))
    refused = day.type_code(attempt, code)
    assert reason(refused) == ("S-ACC-3", "use_mitid")
    assert refused.failure().says.patient == PUBLIC_REFUSAL
    assert reason(day.another_code(attempt)) == ("S-ACC-3", "use_mitid")


def test_the_tick_removed_while_the_code_is_compared_closes_the_way() -> None:
    """D-ACC-15: the last step decides from fresh reads, whatever came in between."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    user = day.user_of(ANNA)
    session = day.session()
    day.ledger.meanwhile(lambda: day.untick(user))
    refused = day.type_code(attempt, code, session=session)
    assert reason(refused) == ("S-ACC-3", "use_mitid")
    assert not day.stands(session)


def test_custody_that_ends_between_password_and_code_closes_the_way() -> None:
    """D-ACC-15, faults: 105. A verification withdrawn in between is asked for again."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    attempt = day.attempt("barn")
    code = day.last_code("barn@example.dk")
    day.withdraw(child)
    sent = len(day.mails("barn@example.dk"))
    for refused in (day.type_code(attempt, code), day.another_code(attempt)):
        assert reason(refused) == ("S-ACC-9", "guardian_required")
        assert refused.failure().says.patient == PUBLIC_REFUSAL
    assert len(day.mails("barn@example.dk")) == sent, "and no code is sent either"


@pytest.mark.parametrize("because", ClosedBecause)
def test_a_user_closed_between_password_and_code_stays_out(because: ClosedBecause) -> None:
    """D-ACC-15, D-ACC-20: a death or a closing ends what was under way."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    user = day.user_of(ANNA)
    assert went(day.close(user, because))
    assert reason(day.type_code(attempt, code)) == ("D-ACC-4", "closed")
    assert reason(day.type_password("anna")) == ("D-ACC-2", "wrong_password")


def test_an_attempt_dies_with_the_password_that_began_it() -> None:
    """D-ACC-12: an attempt begun with an older password does not use up the one sent since."""
    day = _anna()
    user = day.user_of(ANNA)
    attempt = day.attempt("anna")
    assert went(day.send_password(user))
    temporary = day.last_password(ANNAS)
    assert reason(day.another_code(attempt)) == ("D-ACC-2", "wrong_password")
    code = day.code_in(day.mails(ANNAS)[-2])
    assert reason(day.type_code(attempt, code)) == ("D-ACC-2", "wrong_password")
    assert day.log_in("anna", temporary).change_password


def test_an_attempt_dies_with_a_password_chosen_meanwhile() -> None:
    """D-ACC-12: whoever began with the old password does not get in after it was changed."""
    day = _anna()
    stolen = day.attempt("anna", browser=CAFE)
    code = day.last_code(ANNAS)
    session = day.with_mitid(ANNA)
    assert went(day.choose_password(session, "en helt ny adgangskode"))
    refused = day.type_code(stolen, code, CAFE)
    assert reason(refused) == ("D-ACC-2", "wrong_password")


def test_a_password_replaced_while_it_is_compared_is_wrong() -> None:
    """D-ACC-15: the answer is decided from what stands when it is stored."""
    day = _anna()
    user = day.user_of(ANNA)
    day.ledger.meanwhile(lambda: day.send_password(user))
    assert reason(day.type_password("anna")) == ("D-ACC-2", "wrong_password")


def test_a_code_on_its_way_to_an_old_address_is_worth_nothing() -> None:
    """D-ACC-14: a change of address kills codes that were sent to the old one.

    Also where both happen at the same instant, or the clock was set back in between: a code from
    what is now the future is over for that alone.
    """
    for back, why in (timedelta(0), "replaced"), (-HOUR, "expired"), (MINUTE, "replaced"):
        day = _anna()
        attempt = day.attempt("anna")
        code = day.last_code(ANNAS)
        day.clock.wind(back)
        assert went(day.patients_address(day.user_of(ANNA), "new@example.dk"))
        assert reason(day.type_code(attempt, code)) == ("D-ACC-13", why)


def test_a_resend_while_the_old_code_is_compared_wins() -> None:
    """D-ACC-13: a right code that was replaced in between does not open; the newer one does."""
    day = _anna()
    attempt = day.attempt("anna")
    code = day.last_code(ANNAS)
    day.ledger.meanwhile(lambda: None)
    day.ledger.meanwhile(lambda: day.another_code(attempt))
    assert reason(day.type_code(attempt, code)) == ("D-ACC-13", "replaced")
    assert went(day.type_code(attempt, day.last_code(ANNAS)))


# --- turning 15 ----------------------------------------------------------------------------------


def _eve_of(owner: AddressOwner, *, tick: bool) -> Day:
    day = Day(turns_fifteen_at(TEEN.birth_date) - 5 * MINUTE)
    user = day.child(TEEN, DORTE, "teen", owner=owner)
    if tick:
        assert went(day.tick(user))
    return day


@pytest.mark.parametrize("owner", [AddressOwner.OWN, AddressOwner.GUARDIAN])
@pytest.mark.parametrize("tick", [True, False], ids=["tick", "no tick"])
def test_a_code_sent_before_the_birthday_is_worth_nothing_after_it(
    owner: AddressOwner,
    tick: bool,
) -> None:
    """D-ACC-5: what rested on the guardian ends at 00:00 in Copenhagen, the tick set or not."""
    day = _eve_of(owner, tick=tick)
    attempt, other = day.attempt("teen"), day.attempt("teen", browser=WORK)
    code = day.last_code("teen@example.dk")
    day.clock.set(turns_fifteen_at(TEEN.birth_date))
    assert reason(day.type_code(other, code, WORK)) == ("D-ACC-13", "expired")
    assert reason(day.type_code(attempt, code)) == ("D-ACC-13", "expired")


def test_a_code_typed_before_the_birthday_works() -> None:
    """D-ACC-5, faults: 106. The day is Copenhagen's, whatever zone the server is in."""
    day = _eve_of(AddressOwner.GUARDIAN, tick=False)
    attempt = day.attempt("teen")
    day.clock.set(turns_fifteen_at(TEEN.birth_date) - TICK)
    assert went(day.type_code(attempt, day.last_code("teen@example.dk")))


@pytest.mark.parametrize("tick", [True, False], ids=["tick", "no tick"])
def test_a_session_that_rested_on_the_guardian_ends_at_the_birthday(tick: bool) -> None:
    """D-ACC-5, faults: 108. Logged in at 23:55, logged out at 00:00; with the tick, log in anew."""
    day = _eve_of(AddressOwner.OWN, tick=tick)
    session = day.log_in("teen").session
    day.clock.set(turns_fifteen_at(TEEN.birth_date) - TICK)
    assert day.stands(session)
    day.clock.wind(TICK)
    assert not day.stands(session)
    if tick:
        assert day.stands(day.log_in("teen").session)


@pytest.mark.parametrize(
    ("owner", "arrives"),
    [(AddressOwner.OWN, True), (AddressOwner.GUARDIAN, False), (AddressOwner.SHARED, False)],
)
def test_mail_on_its_way_to_an_address_that_is_not_the_patients_stops_at_the_birthday(
    owner: AddressOwner,
    arrives: bool,
) -> None:
    """D-ACC-5: what was queued for a guardian's address before midnight does not leave after it.

    A code has died by then in any case.
    """
    day = _eve_of(owner, tick=True)
    _ = day.attempt("teen")
    day.clock.set(turns_fifteen_at(TEEN.birth_date))
    expected = [MailKind.CHILD_CREATED] if arrives else []
    assert day.kinds("teen@example.dk") == expected


# --- what each step stores -----------------------------------------------------------------------


def test_two_clinics_tick_opens_two_factor_and_each_session_reaches_its_own() -> None:
    """D-ACC-11: a tick at one clinic opens the login, and the session reaches that clinic only."""
    day = _anna()
    day.card(ANNA, clinic=OTHER_CLINIC)
    assert went(day.associate(ANNA, day.other_staff))
    session = day.log_in("anna").session
    assert day.stands(session, clinic=CLINIC)
    assert reason(day.use(session, clinic=OTHER_CLINIC)) == ("D-ACC-11", "other_clinics_only")


def test_a_right_login_proves_the_address_that_got_the_code() -> None:
    """D-ACC-14: whoever typed the code reads the mail that goes there."""
    day = Day()
    user = day.patient(ANNA, "anna")
    assert went(day.tick(user))
    assert not day.address_of(user).proved
    _ = day.log_in("anna", day.last_password(ANNAS))
    assert day.address_of(user).proved


def test_numbers_that_repeat_never_share_an_attempt() -> None:
    """faults: 103. Chance that repeats itself does not hand one person's attempt to another."""
    day = _anna()
    _ = day.without_mitid(BENT, "bent")
    day.services = evolve(day.services, chance=SeededChance("again"))
    first = day.attempt("anna")
    day.services = evolve(day.services, chance=SeededChance("again"))
    said = day.type_password("bent")
    assert reason(said) == ("D-ACC-13", "other_user")
    assert day.type_code(first, day.last_code(ANNAS)).unwrap().user == day.user_of(ANNA)
