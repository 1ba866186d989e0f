"""D-ACC-2: before a full login every refusal is one text, at one cost, whoever it was."""

from collections.abc import Callable
from typing import Final

import pytest
from attrs import evolve

from eservices_core.access.user import ClosedBecause
from eservices_core.outcome import Failure, Outcome
from eservices_core.texts import PUBLIC_REFUSAL
from eservices_core.usecases.log_in_with_password import PasswordAnswer
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.clinic_time import turns_fifteen_at
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CAFE, CHILD, DORTE, HOME, HOUR, SECRET, TEEN, went
from tests.usecases.test_log_in_with_password import wrong

Typed = Outcome[PasswordAnswer, Refusal]


def _wrong(day: Day) -> Typed:
    _ = day.without_mitid(ANNA, "anna")
    return day.type_password("anna", "wrong")


def _unknown(day: Day) -> Typed:
    return day.type_password("nobody.here")


def _malformed(day: Day) -> Typed:
    return day.type_password("ab\udcff\x00 ' OR 1=1", "")


def _a_civil_number(day: Day) -> Typed:
    return day.type_password(ANNA.reveal())


def _unknown_too_often(day: Day) -> Typed:
    for _ in range(10):
        _ = day.type_password("nobody.here", "wrong", CAFE)
    return day.type_password("nobody.here", "wrong", CAFE)


def _too_often(day: Day) -> Typed:
    _ = day.without_mitid(ANNA, "anna")
    for _ in range(10):
        _ = day.type_password("anna", "wrong", CAFE)
    return day.type_password("anna", SECRET, CAFE)


def _locked(day: Day) -> Typed:
    _ = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    return day.type_password("anna", SECRET, CAFE)


def _closed(day: Day) -> Typed:
    user = day.without_mitid(ANNA, "anna")
    assert went(day.close(user, ClosedBecause.DEATH))
    return day.type_password("anna")


def _no_tick(day: Day) -> Typed:
    user = day.without_mitid(ANNA, "anna")
    assert went(day.untick(user))
    return day.type_password("anna")


def _no_tick_outdated_hash(day: Day) -> Typed:
    user = day.without_mitid(ANNA, "anna")
    assert went(day.untick(user))
    day.hasher.cost = 2
    return day.type_password("anna")


def _awaiting_without_password(day: Day) -> Typed:
    _ = day.patient(ANNA, "anna")
    return day.type_password("anna")


def _awaiting_tick_removed(day: Day) -> Typed:
    user = day.patient(ANNA, "anna")
    assert day.tick(user).unwrap().activation_sent
    password = day.last_password("anna@example.dk")
    assert went(day.untick(user))
    return day.type_password("anna", password)


def _expired(day: Day) -> Typed:
    user = day.patient(ANNA, "anna")
    assert day.tick(user).unwrap().activation_sent
    password = day.last_password("anna@example.dk")
    day.clock.wind(day.services.access.temporary_password_lifetime)
    return day.type_password("anna", password)


def _turned_fifteen(day: Day) -> Typed:
    _ = day.child(TEEN, DORTE, "teen")
    day.clock.set(turns_fifteen_at(TEEN.birth_date))
    return day.type_password("teen")


def _turned_fifteen_long_verified(day: Day) -> Typed:
    _ = day.child(TEEN, DORTE, "teen")
    day.clock.set(turns_fifteen_at(TEEN.birth_date) + 24 * 60 * HOUR)
    day.register.asked.clear()
    refused = day.type_password("teen")
    assert day.register.asked == [], "nobody asks a register about a patient of 15"
    return refused


def _child_wrong(day: Day) -> Typed:
    _ = day.child(CHILD, DORTE, "barn")
    return day.type_password("barn", "wrong")


def _codes_too_often(day: Day) -> Typed:
    _ = day.without_mitid(ANNA, "anna")
    for _ in range(6):
        _ = day.type_password("anna", SECRET, CAFE).unwrap()
    return day.type_password("anna", SECRET, CAFE)


REFUSED: Final[dict[str, Callable[[Day], Typed]]] = {
    make.__name__.lstrip("_"): make
    for make in (
        _wrong,
        _unknown,
        _malformed,
        _a_civil_number,
        _unknown_too_often,
        _too_often,
        _locked,
        _closed,
        _no_tick,
        _no_tick_outdated_hash,
        _awaiting_without_password,
        _awaiting_tick_removed,
        _expired,
        _turned_fifteen,
        _turned_fifteen_long_verified,
        _child_wrong,
        _codes_too_often,
    )
}


class _CountingHasher:
    """Counts every hash that is computed, for a new password or an old one."""

    def __init__(self, day: Day) -> None:
        self.hasher = day.hasher
        self.computed: list[str] = []

    def hash(self, password: object, /) -> str:
        self.computed.append("hash")
        return self.hasher.hash(password)

    def verify(self, stored: str | None, typed: object, /) -> bool:
        self.computed.append("verify")
        return self.hasher.verify(stored, typed)

    def is_outdated(self, stored: str, /) -> bool:
        return self.hasher.is_outdated(stored)


@pytest.mark.parametrize("case", REFUSED)
def test_every_refused_password_shows_one_text(case: str) -> None:
    """D-ACC-2, faults: 84, 96. To the public all refusals are byte for byte the same."""
    refused = REFUSED[case](Day())
    assert isinstance(refused, Failure), case
    shown = refused.failure().says.patient
    assert (shown.da.encode(), shown.en.encode()) == (
        PUBLIC_REFUSAL.da.encode(),
        PUBLIC_REFUSAL.en.encode(),
    )


@pytest.mark.parametrize("case", REFUSED)
def test_every_refused_password_costs_one_hash(case: str) -> None:
    """D-ACC-2, faults: 97. Exactly one hash is computed, whoever it was and whatever is refused."""
    day = Day()
    counting: list[_CountingHasher] = []
    inner = day.type_password

    def counted(name: str, password: str = SECRET, browser: object = HOME, key: str = "") -> Typed:
        hasher = _CountingHasher(day)
        counting.append(hasher)
        day.services = evolve(day.services, hasher=hasher)
        said = inner(name, password, browser, key)
        day.services = evolve(day.services, hasher=day.hasher)
        return said

    day.type_password = counted
    assert isinstance(REFUSED[case](day), Failure)
    assert counting[-1].computed == ["verify"]


@pytest.mark.parametrize("case", REFUSED)
def test_no_refused_password_sends_a_mail(case: str) -> None:
    """D-ACC-2, faults: 98. Nothing that can be seen outside tells a refusal from another."""
    day = Day()
    inner = day.type_password
    mails: list[tuple[int, int]] = []

    def counted(*given: object, **more: object) -> Typed:
        before = len(day.queue)
        said = inner(*given, **more)
        mails.append((before, len(day.queue)))
        return said

    day.type_password = counted
    assert isinstance(REFUSED[case](day), Failure)
    assert mails[-1][0] == mails[-1][1]


def test_the_precise_reason_is_for_staff_and_the_log() -> None:
    """D-ACC-2, D-ACC-21: the refusal names its row to staff, and so does the audit log."""
    day = Day()
    refused = _no_tick(day).failure()
    assert refused.says.staff != PUBLIC_REFUSAL
    entry = day.ledger.audit_about(day.user_of(ANNA))[-1].entry
    assert (entry.rule, entry.refused_because) == (refused.rule, refused.reason)
    assert (refused.rule, refused.reason) == ("S-ACC-3", "use_mitid")


def test_every_refusal_at_the_code_step_shows_one_text() -> None:
    """D-ACC-2; peers: 3.17. Wrong, burnt, old, foreign, over: to the public all the same."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    mail = "anna@example.dk"
    refused: list[Outcome[object, Refusal]] = []

    burnt = day.attempt("anna")
    code = day.last_code(mail)
    refused += [day.type_code(burnt, wrong(code, other)) for other in range(3)]
    refused += [day.type_code(burnt, code), day.another_code(burnt)]
    foreign = day.attempt("anna")
    refused += [day.type_code(foreign, day.last_code(mail), CAFE), day.another_code(foreign, CAFE)]
    day.clock.wind(HOUR)
    refused.append(day.type_code(foreign, day.last_code(mail)))
    done = day.attempt("anna")
    _ = day.type_code(done, day.last_code(mail)).unwrap()
    refused += [day.type_code(done, day.last_code(mail)), day.another_code(done)]
    untickled = day.attempt("anna")
    _ = day.untick(user).unwrap()
    refused += [day.type_code(untickled, day.last_code(mail)), day.another_code(untickled)]

    reasons = {one.failure().reason for one in refused}
    assert reasons == {
        "wrong_code",
        "no_tries_left",
        "other_browser",
        "expired",
        "over",
        "use_mitid",
    }
    assert {one.failure().says.patient for one in refused} == {PUBLIC_REFUSAL}
