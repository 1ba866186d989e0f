import gc
import threading
import traceback
from types import FrameType
from typing import Any

import argon2
import pytest
from argon2.exceptions import HashingError, VerificationError
from argon2.low_level import error_to_str
from argon2.profiles import PRE_21_2

from eservices_adapters.password.argon2 import Argon2Hasher, PasswordHasherBroken
from eservices_core.words.secret import Password, PasswordAttempt

SECRET = "korrekt hest batteri"
OTHER = "forkert hest batteri"


class CountedLibrary:
    """argon2-cffi's hasher, noting what it makes and compares, and how many run at once."""

    def __init__(self) -> None:
        self._library = argon2.PasswordHasher()
        self._lock = threading.Lock()
        self._running = 0
        self.most_at_once = 0
        self.made: list[str] = []
        self.verified: list[str] = []

    def hash(self, password: str) -> str:
        """Hash, noted."""
        with self:
            made = self._library.hash(password)
        with self._lock:
            self.made.append(made)
        return made

    def verify(self, stored: str, password: str) -> bool:
        """Verify, noted."""
        with self._lock:
            self.verified.append(stored)
        with self:
            return self._library.verify(stored, password)

    def __enter__(self) -> None:
        with self._lock:
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1


@pytest.fixture(scope="module")
def hasher() -> Argon2Hasher:
    """One hasher for all tests: each hash takes a tenth of a second and 64 MiB."""
    return Argon2Hasher()


@pytest.fixture(scope="module")
def stored(hasher: Argon2Hasher) -> str:
    """A hash of SECRET."""
    return hasher.hash(Password(SECRET))


@pytest.fixture(scope="module")
def built_on_library() -> tuple[Argon2Hasher, CountedLibrary]:
    """A hasher, and what it works with; the first hash made there is the dummy."""
    counted = CountedLibrary()
    with pytest.MonkeyPatch.context() as replaced:
        replaced.setattr(argon2, "PasswordHasher", lambda: counted)
        return Argon2Hasher(), counted


@pytest.fixture
def counting(built_on_library: tuple[Argon2Hasher, CountedLibrary]) -> Argon2Hasher:
    """That hasher."""
    return built_on_library[0]


@pytest.fixture
def library(built_on_library: tuple[Argon2Hasher, CountedLibrary]) -> CountedLibrary:
    """That library, as if nobody had compared anything yet."""
    built_on_library[1].verified.clear()
    return built_on_library[1]


# -------------------------------------------------------------------------------------------- cost


def test_the_cost_is_no_less_than_the_librarys_default(stored: str) -> None:
    """D-ACC-12: Argon2id, 64 MiB and three passes or more, and never below the library."""
    cost = argon2.extract_parameters(stored)
    assert cost.type is argon2.Type.ID
    assert cost.memory_cost >= max(64 * 1024, argon2.DEFAULT_MEMORY_COST)
    assert cost.time_cost >= max(3, argon2.DEFAULT_TIME_COST)
    assert cost.parallelism == argon2.DEFAULT_PARALLELISM
    assert (cost.salt_len, cost.hash_len) == (16, 32)


@pytest.mark.parametrize(
    "lowered", [{"time_cost": 2}, {"memory_cost": 32 * 1024}, {"type": argon2.Type.I}]
)
def test_a_library_that_lowers_its_default_is_not_started_with(
    monkeypatch: pytest.MonkeyPatch, lowered: dict[str, Any]
) -> None:
    """D-ACC-12: a hasher whose hashes come out cheaper, or of another kind, is never built."""
    library = argon2.PasswordHasher(**lowered)
    monkeypatch.setattr(argon2, "PasswordHasher", lambda: library)
    with pytest.raises(AssertionError):
        _ = Argon2Hasher()


@pytest.mark.parametrize("concurrency", [0, -1])
def test_somebody_may_hash(concurrency: int) -> None:
    """A hasher that nobody may use is a mistake of whoever builds it."""
    with pytest.raises(AssertionError):
        _ = Argon2Hasher(concurrency)


# ------------------------------------------------------------------------------ nobody and corrupt


def test_nobody_costs_as_much_as_somebody(counting: Argon2Hasher, library: CountedLibrary) -> None:
    """D-ACC-2: without a hash, one is compared all the same, at today's cost, and the answer is no.

    Even what the dummy was made of does not log in.
    """
    for typed in (SECRET, "compared with what is typed for nobody"):
        assert not counting.verify(None, PasswordAttempt(typed))
    assert len(library.verified) == 2
    for compared in library.verified:
        assert argon2.extract_parameters(compared).memory_cost == argon2.DEFAULT_MEMORY_COST
        assert argon2.extract_parameters(compared).time_cost == argon2.DEFAULT_TIME_COST


SALTED = "c2FsdHNhbHRzYWx0c2FsdA$"
OURS = f"$argon2id$v=19$m=65536,t=3,p=4${SALTED}"
DIGEST = "A" * 43


@pytest.mark.parametrize(
    "corrupt",
    [
        "",
        "\0",
        "x" * 10_000,
        "$argon2id$",
        SECRET,
        OURS,
        f"{OURS}{DIGEST}\0",
        f"{OURS}{DIGEST}\n",
        f"{OURS}{DIGEST}$",
        f"{OURS}{DIGEST[:-1]}B",
        OURS + "*" * 43,
        OURS + "\u00e5" * 43,
        OURS + "\ud800",
        f"$argon2d$v=19$m=65536,t=3,p=4${SALTED}{DIGEST}",
        f"$argon2id$v=16$m=65536,t=3,p=4${SALTED}{DIGEST}",
        f"$argon2id$m=65536,t=3,p=4${SALTED}{DIGEST}",
        f"$argon2id$v=19$m=8,t=3,p=16${SALTED}{DIGEST}",
        f"$argon2id$v=19$m=65536,t=0,p=4${SALTED}{DIGEST}",
        "$2b$12$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab",
    ],
)
def test_a_corrupt_hash_matches_nothing_at_the_same_cost(
    counting: Argon2Hasher, library: CountedLibrary, corrupt: str
) -> None:
    """faults: 102. What is no hash of ours matches nothing, raises nothing, and costs as much."""
    assert not counting.verify(corrupt, PasswordAttempt(SECRET))
    dummy = library.made[0]
    assert library.verified[-1] == dummy
    assert set(library.verified) <= {corrupt, dummy}


@pytest.mark.parametrize(
    "dear", ["m=99999999,t=3,p=4", "m=65536,t=9999,p=4", "m=65536,t=3,p=999", f"m={'9' * 5000}"]
)
def test_a_hash_that_asks_for_too_much_is_corrupt(
    counting: Argon2Hasher, library: CountedLibrary, dear: str
) -> None:
    """faults: 102. What asks for many times our memory, time or threads is never worked on."""
    stored = f"$argon2id$v=19${dear}${SALTED}{DIGEST}"
    assert not counting.verify(stored, PasswordAttempt(SECRET))
    assert library.verified == library.made[:1]


@pytest.mark.parametrize("place", [0, 20, 40, 60, -1])
def test_a_hash_with_one_other_character_matches_nothing(
    hasher: Argon2Hasher, stored: str, place: int
) -> None:
    """faults: 102. One character changed anywhere, and the right password does not match."""
    place %= len(stored)
    other = "B" if stored[place] == "A" else "A"
    changed = stored[:place] + other + stored[place + 1 :]
    assert not hasher.verify(changed, PasswordAttempt(SECRET))


# ---------------------------------------------------------------------------------------- outdated


def test_a_cheaper_hash_is_outdated_and_still_matches(hasher: Argon2Hasher, stored: str) -> None:
    """faults: 102. A hash by the library's older default is outdated, and still logs in."""
    assert not hasher.is_outdated(stored)
    old = argon2.PasswordHasher.from_parameters(PRE_21_2).hash(SECRET)
    assert hasher.is_outdated(old)
    assert hasher.verify(old, PasswordAttempt(SECRET))
    assert not hasher.verify(old, PasswordAttempt(OTHER))


@pytest.mark.parametrize("strange", ["", "corrupt", "$2b$12$abcdefghijklmnopqrstuvwxyz", "\ud800"])
def test_what_is_no_hash_is_outdated(hasher: Argon2Hasher, strange: str) -> None:
    """Nothing is raised over a hash that nobody can read; it is to be replaced."""
    assert hasher.is_outdated(strange)


@pytest.mark.parametrize(
    ("parameters", "outdated"),
    [
        ({"memory_cost": 65535}, True),
        ({"time_cost": 2}, True),
        ({"hash_len": 16}, True),
        ({"salt_len": 8}, True),
        ({"memory_cost": 65544}, False),
        ({"time_cost": 4}, False),
        ({"parallelism": 2}, False),
    ],
)
def test_outdated_is_below_today_in_anything(
    hasher: Argon2Hasher, parameters: dict[str, Any], *, outdated: bool
) -> None:
    """Less memory, fewer passes, a shorter salt or digest is outdated; as much or more is not."""
    made = argon2.PasswordHasher(**parameters).hash(SECRET)
    assert hasher.is_outdated(made) is outdated
    assert hasher.verify(made, PasswordAttempt(SECRET))


# ------------------------------------------------------------------------------------- concurrency


@pytest.mark.parametrize("concurrency", [1, 2])
def test_no_more_than_so_many_hash_at_once(
    monkeypatch: pytest.MonkeyPatch, concurrency: int
) -> None:
    """Each takes 64 MiB: of six that come at once, so many hash, and the others wait."""
    library = CountedLibrary()
    monkeypatch.setattr(argon2, "PasswordHasher", lambda: library)
    hasher = Argon2Hasher(concurrency)
    stored = hasher.hash(Password(SECRET))
    answers: list[bool] = []

    def compare(compared: str | None) -> None:
        answers.append(hasher.verify(compared, PasswordAttempt(SECRET)))

    jobs = [
        threading.Thread(target=compare, args=(compared,))
        for compared in (stored, None, stored, "corrupt", stored)
    ]
    jobs.append(threading.Thread(target=hasher.hash, args=(Password(SECRET),)))
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert sorted(answers) == [False, False, True, True, True]
    assert library.most_at_once == concurrency


# ------------------------------------------------------------------------------------------ broken


class BrokenLibrary:
    """A library that cannot work, and whose frames hold the password."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def hash(self, _password: str) -> str:
        """Fail, with the password in the frame."""
        raise self._error

    def verify(self, _stored: str, _password: str) -> bool:
        """Fail, with the password in the frame."""
        raise self._error


def _locals_of(error: BaseException | None) -> str:
    """What every frame behind the error, and behind what it came from, holds; but for this file."""
    shown: list[str] = []
    while error is not None:
        frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
        shown += [_shown(frame) for frame in frames if frame.f_code.co_filename != __file__]
        shown += traceback.format_exception(error, chain=False)
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


def _shown(frame: FrameType) -> str:
    return "\n".join(repr(value) for value in frame.f_locals.values())


@pytest.mark.parametrize(
    "error",
    [
        VerificationError(error_to_str(-22)),
        VerificationError(error_to_str(-33)),
        HashingError(error_to_str(-22)),
        MemoryError(),
    ],
    ids=["memory", "threads", "memory while hashing", "memory of Python"],
)
def test_short_of_memory_is_an_exception_without_the_password(
    hasher: Argon2Hasher, stored: str, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """D-LOG-1: a machine that cannot hash says so; it never looks like a wrong password.

    Neither the exception, nor one behind it, nor a frame behind either holds what was typed.
    """
    monkeypatch.setattr(hasher, "_hasher", BrokenLibrary(error))
    calls: list[Any] = []
    if not isinstance(error, HashingError):
        calls += [
            lambda: hasher.verify(stored, PasswordAttempt(SECRET)),
            lambda: hasher.verify(None, PasswordAttempt(SECRET)),
        ]
    if not isinstance(error, VerificationError):
        calls.append(lambda: hasher.hash(Password(SECRET)))
    for call in calls:
        with pytest.raises(PasswordHasherBroken) as raised:
            call()
        assert SECRET not in _locals_of(raised.value)
        assert raised.value.__context__ is None


def test_the_slots_are_given_back(hasher: Argon2Hasher, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it breaks, the next one may still hash."""
    with monkeypatch.context() as broken:
        broken.setattr(hasher, "_hasher", BrokenLibrary(MemoryError()))
        for _ in range(5):
            with pytest.raises(PasswordHasherBroken):
                _ = hasher.verify(None, PasswordAttempt(SECRET))
    assert not hasher.verify(None, PasswordAttempt(SECRET))


def test_nothing_keeps_the_password(hasher: Argon2Hasher) -> None:
    """After hashing and comparing, the hasher refers to no text with the password in it."""
    stored = hasher.hash(Password(SECRET))
    assert hasher.verify(stored, PasswordAttempt(SECRET))
    assert SECRET not in repr(vars(hasher))
    assert not [kept for kept in gc.get_referents(hasher) if SECRET in repr(kept)]
