"""Two-factor while strangers guess: what D-ACC-13 promises, whatever comes in whatever order.

One owner, at home (a known browser) and elsewhere; strangers who know the username, and some the
password too; parallel attempts, resends, acts in the middle of others' acts, a clock that is also
set back, and a clinic that unlocks and sends passwords. Then the same with real threads and
processes, over memory and over SQLite.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import pytest
from attrs import define, evolve, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eservices_adapters.store import SqliteLedger
from eservices_core.access import guesses, two_factor, user
from eservices_core.access.guesses import Purpose
from eservices_core.access.session import Method, SessionBegun
from eservices_core.clinic.settings import AccessSettings, CodeLimits
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import Recorded
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.ledger_examples import KEY
from eservices_core.usecases.log_in_with_password import TypePassword, type_password
from eservices_core.usecases.perform import TooBusy
from eservices_core.words.identifiers import AttemptId, BrowserId
from eservices_core.words.secret import CODE_ALPHABET
from tests.usecases.day import Day
from tests.usecases.people import ANNA, HOME, HOUR, MINUTE, SECRET, reason
from tests.usecases.racing import Gated, guess_at

THOROUGH: Final = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
ANNAS: Final = "anna@example.dk"
ELSEWHERE: Final = BrowserId("browser-elsewhere")
STRANGERS: Final = tuple(BrowserId(f"browser-stranger-{place}") for place in range(3))
BROWSERS: Final = (HOME, ELSEWHERE, *STRANGERS)
DEFAULT: Final = CodeLimits()
TIGHT: Final = CodeLimits(tries_per_code=2, guesses_per_hour=4, failures_in_all=9, codes_per_hour=3)
TIGHTEST: Final = CodeLimits(
    lifetime=MINUTE, tries_per_code=1, guesses_per_hour=2, failures_in_all=3, codes_per_hour=1
)


@define
class Tried:
    """An attempt as whoever reads the mails knows it.

    Attributes:
        browser: where the password was right.
        password: which of the owner's passwords that was, by its place.
        codes: every code that was mailed for it, oldest first.
        expires_at: when the newest one dies, by the service's clock.
        tries: comparisons that were made.
        entered: whether a code has opened it.
    """

    browser: BrowserId
    password: int
    codes: list[str] = field(factory=list)
    expires_at: datetime | None = None
    tries: int = 0
    entered: bool = False


class _Hasher:
    """Counts the comparisons with a real record: those that could tell somebody something."""

    def __init__(self, hasher: Any) -> None:
        self.hasher = hasher
        self.compared = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hasher, name)

    def verify(self, stored: str | None, typed: Any, /) -> bool:
        self.compared += stored is not None
        same: bool = self.hasher.verify(stored, typed)
        return same


class TwoFactorUnderAttack(RuleBasedStateMachine):
    """One owner, many strangers, one clock."""

    steps = 0
    entered = 0

    def __init__(self) -> None:
        super().__init__()
        self.day: Any = None

    @initialize(limits=st.sampled_from([DEFAULT, TIGHT, TIGHTEST]))
    def begin(self, limits: CodeLimits) -> None:
        """Anna is a patient without MitID, and known at home."""
        self.limits = limits
        self.day = Day()
        self.user = self.day.without_mitid(ANNA, "anna")
        self.day.clock.wind(HOUR)
        self.hasher = _Hasher(self.day.hasher)
        settled = AccessSettings(codes=limits)
        self.day.services = evolve(self.day.services, access=settled, hasher=self.hasher)
        self.passwords = [SECRET]
        self.password_ends: datetime | None = None
        self.elapsed = timedelta(0)
        self.attempts: dict[AttemptId, Tried] = {}
        self.counted: dict[str, list[tuple[Purpose, timedelta, datetime]]] = {}
        self.counts: Counter[Purpose] = Counter()
        self.home_failures = 0
        self.sessions = 0
        self.position = self.day.position()
        self.mailed = len(self.day.mails(ANNAS))

    # --- what has happened since -----------------------------------------------------------------

    def _read(self) -> None:
        """Read the ledger and the mailbox on, as an auditor would."""
        recorded = self.day.since(self.position)
        self.position = self.day.position()
        mails = [
            mail
            for mail in self.day.mails(ANNAS)[self.mailed :]
            if mail.kind is MailKind.ONE_TIME_CODE
        ]
        self.mailed = len(self.day.mails(ANNAS))
        sent = [one for one in recorded if isinstance(one.event, two_factor.CodeSent)]
        assert len(sent) == len(mails), "a code that counts is a code that was mailed"
        for one, mail in zip(sent, mails, strict=True):
            self._code_was_sent(one, mail)
        for one in recorded:
            self._happened(one)

    def _code_was_sent(self, one: Recorded, mail: Any) -> None:
        assert isinstance(one.event, two_factor.CodeSent)
        attempt = AttemptId(one.stream.key)
        tried = self.attempts.setdefault(attempt, Tried(one.event.browser, len(self.passwords) - 1))
        tried.codes.append(self.day.code_in(mail))
        tried.expires_at = one.event.expires_at

    def _happened(self, one: Recorded) -> None:  # noqa: C901  one arm an event
        match one.event:
            case guesses.GuessCounted(purpose, at):
                self.counts[purpose] += 1
                spent = self.counted.setdefault(one.stream.key, [])
                spent.append((purpose, self.elapsed, at))
                if one.stream.key == f"{self.user}/{HOME}" and purpose is not Purpose.SEND_CODE:
                    self.home_failures += 1
            case guesses.GuessWasRight():
                if one.stream.key == f"{self.user}/{HOME}":
                    self.home_failures = 0
            case guesses.GuessesForgiven():
                self.counted[one.stream.key] = []
                if one.stream.key == f"{self.user}/{HOME}":
                    self.home_failures = 0
            case two_factor.CodeTried():
                self.attempts[AttemptId(one.stream.key)].tries += 1
            case SessionBegun(method=method):
                assert method is Method.TWO_FACTOR
                self.sessions += 1
            case user.TemporaryPasswordIssued(expires_at=expires_at):
                self.password_ends = expires_at
                self.day.deliver()
                self.passwords.append(self.day.last_password(ANNAS))
            case user.TemporaryPasswordUsed():
                self.passwords.append("none at all, until one is chosen")
            case _:
                pass

    # --- acts ------------------------------------------------------------------------------------

    def _types_password(self, browser: BrowserId, password: str) -> bool:
        before = self.sessions
        said = self.day.type_password("anna", password, browser)
        self._read()
        assert self.sessions == before, "a password alone opens nothing"
        if isinstance(said, Success):
            assert password in self.passwords[-2:], "only the newest password is right"
        return isinstance(said, Success)

    def _types_code(self, attempt: AttemptId, browser: BrowserId, typed: str) -> bool:
        tried = self.attempts[attempt]
        passwords = {len(self.passwords) - 1}
        was_entered, tries, sessions = tried.entered, tried.tries, self.sessions
        said = self.day.type_code(attempt, typed, browser)
        self._read()
        passwords.add(len(self.passwords) - 1)
        if isinstance(said, Failure):
            assert self.sessions == sessions or self.racing, "a refused code opens nothing"
            return False
        tried.entered = True
        type(self).entered += 1
        assert not was_entered, "a code works once"
        assert browser == tried.browser, "and in its own browser"
        assert typed == tried.codes[-1], "the newest one of its own attempt"
        assert tried.expires_at is not None
        assert self.day.clock.now() < tried.expires_at, "in time"
        assert tries < self.limits.tries_per_code, "while there were tries"
        # Typing it may itself have used a temporary password up.
        assert tried.password in passwords | {place - 1 for place in passwords}
        session = said.unwrap()
        assert session.user == self.user
        if session.change_password:
            place = len(self.passwords)
            chosen = self.day.choose_password(
                session.session, f"adgangskode nummer {place}", browser
            )
            if isinstance(chosen, Success):
                self.passwords.append(f"adgangskode nummer {place}")
                self.password_ends = None
            self._read()
        return True

    def _pick(self, place: int) -> AttemptId:
        return list(self.attempts)[place % len(self.attempts)]

    def _code(self, attempt: AttemptId, kind: str) -> str:
        codes = self.attempts[attempt].codes
        match kind:
            case "right":
                return codes[-1]
            case "older":
                return codes[0]
            case "another's":
                others = [one.codes[-1] for key, one in self.attempts.items() if key != attempt]
                return others[-1] if others else "no code at all"
            case "wrong":
                first = CODE_ALPHABET[(CODE_ALPHABET.index(codes[-1][0]) + 1) % 32]
                return first + codes[-1][1:]
            case _:
                return "no code at all"

    racing = False

    @contextmanager
    def _racing(self, place: int, meanwhile: Callable[[], object]) -> Generator[None, None, None]:
        """Have somebody else act in the middle of what happens here."""
        for _ in range(place):
            self.day.ledger.meanwhile(lambda: None)
        self.day.ledger.meanwhile(meanwhile)
        self.racing = True
        yield
        self.day.nothing_meanwhile()
        self.racing = False

    # --- rules -----------------------------------------------------------------------------------

    browsers = st.sampled_from(BROWSERS)
    strangers = st.sampled_from(STRANGERS)
    kinds = st.sampled_from(["right", "right", "wrong", "wrong", "older", "another's", "garbage"])
    places = st.integers(0, 30)

    @rule(browser=strangers, times=st.integers(1, 6))
    def strangers_guess_the_password(self, browser: BrowserId, times: int) -> None:
        """They know the username."""
        for guess in range(times):
            assert not self._types_password(browser, f"wrong {guess}")

    @rule(browser=st.sampled_from([*STRANGERS, ELSEWHERE]))
    def somebody_types_the_password(self, browser: BrowserId) -> None:
        """The owner elsewhere, or a stranger who has it."""
        _ = self._types_password(browser, self.passwords[-1])

    @rule(browser=browsers, place=places)
    def somebody_types_an_old_password(self, browser: BrowserId, place: int) -> None:
        """One that was replaced opens nothing."""
        if len(self.passwords) > 1:
            old = self.passwords[place % (len(self.passwords) - 1)]
            assert not self._types_password(browser, old)

    @precondition(lambda self: self.attempts)
    @rule(place=places, browser=browsers, kind=kinds)
    def somebody_types_a_code(self, place: int, browser: BrowserId, kind: str) -> None:
        """Any code, in any attempt, in any browser: overheard, old, used, or made up."""
        attempt = self._pick(place)
        _ = self._types_code(attempt, browser, self._code(attempt, kind))

    @precondition(lambda self: self.attempts)
    @rule(place=places, kind=kinds, times=st.integers(1, 5))
    def somebody_types_codes_where_they_belong(self, place: int, kind: str, times: int) -> None:
        """In the attempt's own browser, over and over."""
        attempt = self._pick(place)
        for _ in range(times):
            _ = self._types_code(attempt, self.attempts[attempt].browser, self._code(attempt, kind))

    @precondition(lambda self: self.attempts)
    @rule(place=places, browser=browsers)
    def somebody_has_another_code_sent(self, place: int, browser: BrowserId) -> None:
        """Only the attempt's own browser gets one."""
        attempt = self._pick(place)
        before = len(self.attempts[attempt].codes)
        said = self.day.another_code(attempt, browser)
        self._read()
        sent = len(self.attempts[attempt].codes) > before
        assert sent is isinstance(said, Success)
        assert not sent or browser == self.attempts[attempt].browser

    @precondition(lambda self: self.attempts)
    @rule(place=places, kind=kinds, at=st.integers(0, 2), other=places, other_kind=kinds)
    def two_codes_at_once(
        self, place: int, kind: str, at: int, other: int, other_kind: str
    ) -> None:
        """Somebody types a code in the middle of somebody else's login."""
        first, second = self._pick(place), self._pick(other)
        typed, meant = self._code(first, kind), self._code(second, other_kind)
        with self._racing(
            at, lambda: self._types_code(second, self.attempts[second].browser, meant)
        ):
            _ = self._types_code(first, self.attempts[first].browser, typed)

    @precondition(lambda self: self.attempts)
    @rule(place=places, at=st.integers(0, 2), what=st.sampled_from(["resend", "send", "guess"]))
    def a_code_while_something_else_happens(self, place: int, at: int, what: str) -> None:
        """A newer code, a newer password or a stranger's guess come in the middle of a login."""
        attempt = self._pick(place)
        browser = self.attempts[attempt].browser
        meanwhile: dict[str, Callable[[], object]] = {
            "resend": lambda: self.day.another_code(attempt, browser),
            "send": lambda: self.day.send_password(self.user),
            "guess": lambda: self.day.type_password("anna", "wrong", STRANGERS[0]),
        }
        with self._racing(at, meanwhile[what]):
            _ = self._types_code(attempt, browser, self._code(attempt, "right"))

    @rule()
    def the_clinic_unlocks(self) -> None:
        """The way out of a lock."""
        _ = self.day.unlock(self.user)
        self._read()

    @rule()
    def the_clinic_sends_a_password(self) -> None:
        """Every earlier one is void."""
        _ = self.day.send_password(self.user)
        self._read()

    @rule(minutes=st.sampled_from([0.1, 1, 5, 9, 10, 30, 60, 61, 240]))
    def time_passes(self, minutes: float) -> None:
        """For everybody."""
        self.day.clock.wind(minutes * MINUTE)
        self.elapsed += minutes * MINUTE

    @rule(minutes=st.sampled_from([1, 10, 60, 600]))
    def the_clock_is_set_back(self, minutes: int) -> None:
        """No time has passed, but the service thinks that it is earlier (faults: 174)."""
        self.day.clock.wind(-minutes * MINUTE)

    @precondition(lambda self: self._home_has_room())
    @rule()
    def the_owner_logs_in_at_home(self) -> None:
        """D-ACC-13: within its own budget a known browser is never refused because of strangers."""
        assert self._types_password(HOME, self.passwords[-1]), "the right password"
        attempt = list(self.attempts)[-1]
        assert self._types_code(attempt, HOME, self.attempts[attempt].codes[-1]), "the right code"

    def _home_has_room(self) -> bool:
        """True if nobody but the owner can be why a right login at home would be refused."""
        now = self.day.clock.now()
        if self.passwords[-1].startswith("none") or (
            self.password_ends is not None and now >= self.password_ends
        ):
            return False
        spent = Counter(
            purpose
            for purpose, _, at in self.counted.get(f"{self.user}/{HOME}", [])
            if at > now - HOUR
        )
        return (
            spent[Purpose.PASSWORD] < self.limits.guesses_per_hour
            and spent[Purpose.CODE] < self.limits.guesses_per_hour
            and spent[Purpose.SEND_CODE] < self.limits.codes_per_hour
            and self.home_failures + 1 < self.limits.failures_in_all
        )

    # --- what holds at every step ----------------------------------------------------------------

    @invariant()
    def no_budget_is_overspent_within_any_hour(self) -> None:
        """faults: 89; peers: 3.15. Whatever the clock was set to, an hour is an hour."""
        type(self).steps += 1
        if self.day is None:
            return
        allowed = {
            Purpose.PASSWORD: self.limits.guesses_per_hour,
            Purpose.CODE: self.limits.guesses_per_hour,
            Purpose.SEND_CODE: self.limits.codes_per_hour,
        }
        for budget, spent in self.counted.items():
            assert budget == str(self.user) or budget.removeprefix(f"{self.user}/") in map(
                str, BROWSERS
            )
            recent = Counter(purpose for purpose, at, _ in spent if at > self.elapsed - HOUR)
            for purpose, count in recent.items():
                assert count <= allowed[purpose], (budget, purpose)

    @invariant()
    def nothing_is_compared_uncounted(self) -> None:
        """D-ACC-13: every comparison was counted before it, for the person and the purpose."""
        if self.day is not None:
            assert self.hasher.compared <= self.counts[Purpose.PASSWORD]
            tries = sum(tried.tries for tried in self.attempts.values())
            assert tries == self.counts[Purpose.CODE]

    @invariant()
    def no_attempt_has_more_comparisons_than_tries(self) -> None:
        """faults: 87. Over all resends."""
        for tried in self.attempts.values() if self.day is not None else ():
            assert tried.tries <= self.limits.tries_per_code

    @invariant()
    def sessions_come_from_attempts(self) -> None:
        """S-ACC-1: as many sessions as codes that were right."""
        if self.day is not None:
            entered = sum(tried.entered for tried in self.attempts.values())
            assert self.sessions == entered


TestTwoFactorUnderAttack = TwoFactorUnderAttack.TestCase
TestTwoFactorUnderAttack.settings = settings(
    max_examples=1_500 if THOROUGH else 60,
    stateful_step_count=100 if THOROUGH else 40,
    parent=settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci")),
)


# --- real threads and processes ------------------------------------------------------------------

GUESSES: Final = 200
RACING: Final = 90
"""So many, at least, decide from what another has changed by then."""
LIMITS: Final = CodeLimits()


def _wrong_codes(code: str) -> list[str]:
    others = [letter for letter in CODE_ALPHABET if letter != code[0]]
    return [letter + code[1:] for letter in others]


def _day_over(ledger: Any) -> Day:
    day = Day()
    day.ledger = ledger
    day.services = evolve(day.services, ledger=ledger, records=ledger)
    return day


def _anna_awaits_a_code(day: Day) -> tuple[AttemptId, str]:
    _ = day.without_mitid(ANNA, "anna")
    day.clock.wind(2 * HOUR)
    attempt = day.attempt("anna", browser=ELSEWHERE)
    return attempt, day.last_code(ANNAS)


@contextmanager
def _stores(kind: str, folder: Path) -> Generator[Day, None, None]:
    if kind == "memory":
        yield Day()
        return
    with SqliteLedger(folder / "ledger.sqlite", KEY, patience=timedelta(seconds=60)) as ledger:
        yield _day_over(ledger)


def _compared(day: Day, attempt: AttemptId) -> int:
    """Count the comparisons of an attempt's codes, as the ledger has them."""
    history = day.ledger.history(StreamId("two_factor", str(attempt)))
    return sum(isinstance(one.event, two_factor.CodeTried) for one in history)


def _counted(day: Day) -> int:
    """Count the guesses at codes that strangers' browsers have spent within the hour."""
    history = day.ledger.history(StreamId("guesses", str(day.user_of(ANNA))))
    return sum(
        isinstance(one.event, guesses.GuessCounted)
        and one.event.purpose is Purpose.CODE
        and one.event.at > day.clock.now() - HOUR
        for one in history
    )


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_of_200_parallel_guesses_from_threads_three_are_compared(kind: str, tmp_path: Path) -> None:
    """faults: 88. One code, 200 threads: three comparisons in all, over either store."""
    with _stores(kind, tmp_path) as day:
        attempt, code = _anna_awaits_a_code(day)
        gated = Gated(day.ledger, Barrier(GUESSES).wait)
        services = evolve(day.services, ledger=gated, records=gated)
        codes = _wrong_codes(code)

        def guess(place: int) -> str:
            typed = codes[place % len(codes)]
            return guess_at(services, attempt, ELSEWHERE, typed, f"guess-{place}")

        with ThreadPoolExecutor(GUESSES) as pool:
            came = Counter(pool.map(guess, range(GUESSES)))

        assert sum(came.values()) == GUESSES
        assert _compared(day, attempt) == LIMITS.tries_per_code
        assert _counted(day) == LIMITS.tries_per_code
        assert came["wrong_code"] == LIMITS.tries_per_code
        assert came.keys() <= {"wrong_code", "no_tries_left", "too busy"}
        assert gated.ended["StaleStream"] >= RACING, "they did race"
        # No more gate: nobody else is coming.
        assert guess_at(day.services, attempt, ELSEWHERE, code, "last") == "no_tries_left"


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_of_200_parallel_right_codes_one_gets_in(kind: str, tmp_path: Path) -> None:
    """faults: 91. One code, typed 200 times at once: one session."""
    with _stores(kind, tmp_path) as day:
        attempt, code = _anna_awaits_a_code(day)
        gated = Gated(day.ledger, Barrier(GUESSES).wait)
        services = evolve(day.services, ledger=gated, records=gated)

        def guess(place: int) -> str:
            return guess_at(services, attempt, ELSEWHERE, code, f"right-{place}")

        with ThreadPoolExecutor(GUESSES) as pool:
            came = Counter(pool.map(guess, range(GUESSES)))

        assert came["entered"] == 1
        assert _compared(day, attempt) <= LIMITS.tries_per_code
        assert came.keys() <= {"entered", "over", "no_tries_left", "too busy"}
        assert gated.ended["StaleStream"] >= RACING, "they did race"


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_parallel_guesses_over_many_attempts_stay_within_the_hours_budget(
    kind: str, tmp_path: Path
) -> None:
    """faults: 88, 89. Six attempts of one person, 33 threads at each: ten comparisons an hour."""
    with _stores(kind, tmp_path) as day:
        _ = day.without_mitid(ANNA, "anna")
        day.clock.wind(2 * HOUR)
        attempts = [day.attempt("anna", browser=ELSEWHERE) for _ in range(LIMITS.codes_per_hour)]
        threads = 33 * len(attempts)
        gated = Gated(day.ledger, Barrier(threads).wait)
        services = evolve(day.services, ledger=gated, records=gated)

        def guess(place: int) -> str:
            attempt = attempts[place % len(attempts)]
            return guess_at(services, attempt, ELSEWHERE, "2222-2222", f"guess-{place}")

        with ThreadPoolExecutor(threads) as pool:
            came = Counter(pool.map(guess, range(threads)))

        compared = [_compared(day, attempt) for attempt in attempts]
        assert max(compared) <= LIMITS.tries_per_code
        assert sum(compared) == _counted(day) == came["wrong_code"] <= LIMITS.guesses_per_hour
        assert gated.ended["StaleStream"] >= RACING, "they did race"


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_parallel_passwords_are_compared_ten_times_an_hour(kind: str, tmp_path: Path) -> None:
    """faults: 88. A hundred strangers type passwords at once: ten are compared."""
    with _stores(kind, tmp_path) as day:
        _ = day.without_mitid(ANNA, "anna")
        day.clock.wind(2 * HOUR)
        threads = 100
        gated = Gated(day.ledger, Barrier(threads).wait)
        hasher = _Hasher(day.hasher)
        services = evolve(day.services, ledger=gated, records=gated, hasher=hasher)

        def guess(place: int) -> str:
            command = TypePassword(
                key=f"guess-{place}",
                by=day.anybody,
                username="anna",
                password=day.typed(f"wrong {place}"),
                browser=BrowserId(f"stranger-{place}"),
            )
            try:
                return type_password(services, command).failure().reason
            except TooBusy:
                return "too busy"

        with ThreadPoolExecutor(threads) as pool:
            came = Counter(pool.map(guess, range(threads)))

        assert hasher.compared == came["wrong_password"] <= LIMITS.guesses_per_hour
        assert came.keys() <= {"wrong_password", "too_often", "too busy"}
        assert gated.ended["StaleStream"] >= RACING, "they did race"


def test_of_200_parallel_guesses_from_four_processes_three_are_compared(tmp_path: Path) -> None:
    """faults: 88. Four processes over one SQLite file: three comparisons of the code in all."""
    path = tmp_path / "ledger.sqlite"
    with SqliteLedger(path, KEY, patience=timedelta(seconds=60)) as ledger:
        day = _day_over(ledger)
        attempt, code = _anna_awaits_a_code(day)
        plan = {
            "at": day.clock.now().isoformat(),
            "attempt": str(attempt),
            "browser": str(ELSEWHERE),
            "codes": _wrong_codes(code),
        }
        came, ended = _from_processes(path, plan, processes=4, times=GUESSES // 4)
        assert sum(came.values()) == GUESSES
        assert _compared(day, attempt) == LIMITS.tries_per_code == came["wrong_code"]
        assert _counted(day) == LIMITS.tries_per_code
        assert ended["StaleStream"] >= 3, "they did race"
        assert reason(day.type_code(attempt, code, ELSEWHERE)) == ("D-ACC-13", "no_tries_left")


def _from_processes(
    path: Path, plan: dict[str, Any], *, processes: int, times: int
) -> tuple[Counter[str], Counter[str]]:
    """Have processes guess at once; gives what came of it, and how their commits ended."""
    where = os.pathsep.join(one for one in sys.path if one)
    root = str(Path(__file__).resolve().parents[2])
    started = [
        subprocess.Popen(  # noqa: S603  our own script
            [sys.executable, "-m", "tests.usecases.racing", str(path), f"p{place}", str(times)],
            env={**os.environ, "PYTHONPATH": where},
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(processes)
    ]
    came: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    for one in started:
        assert one.stdin is not None
        assert one.stdout is not None
        _ = one.stdin.write(json.dumps(plan) + "\n")
        one.stdin.flush()
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        _ = one.stdin.write("go\n")
        one.stdin.flush()
    for one in started:
        said, _ = one.communicate(timeout=120)
        assert one.returncode == 0
        theirs, commits = json.loads(said)
        came.update(theirs)
        ended.update(commits)
    return came, ended
