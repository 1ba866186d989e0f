import hashlib
import string
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.secret import (
    CODE_ALPHABET,
    CODE_ENTROPY_BYTES,
    TEMPORARY_PASSWORD_ENTROPY_BYTES,
    TOKEN_ENTROPY_BYTES,
    OneTimeCode,
    OneTimeCodeRefusal,
    Password,
    PasswordAttempt,
    PasswordRefusal,
    Secret,
    Token,
    TokenRefusal,
)

any_text = st.text(st.characters(exclude_categories=()))  # lone surrogates too
passwords = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=8, max_size=256
)
URL_SAFE = string.ascii_letters + string.digits + "-_"


# --------------------------------------------------------------------------------- every secret


@given(any_text, any_text)
@example("\ud800", "\udfff")
def test_a_secret_matches_its_own_text_and_no_other(one: str, other: str) -> None:
    """Two texts match exactly when they are the same characters (faults: 86)."""
    secret = Secret(one)
    assert secret.reveal() == one
    assert secret.matches(one)
    assert secret.matches(Secret(one))
    assert secret.matches(other) is (one == other)
    assert (secret == Secret(other)) is (one == other)


def test_comparison_is_handed_to_the_constant_time_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """`matches` and `==` compare by `hmac.compare_digest` over the UTF-8 bytes, and by nothing."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return True

    monkeypatch.setattr("eservices_core.words.secret.compare_digest", compare)
    assert Secret("a\u00f8").matches("b")
    assert Password("12345678") == Password("87654321")
    assert compared == [(b"a\xc3\xb8", b"b"), (b"12345678", b"87654321")]


def test_secrets_of_two_classes_are_not_equal() -> None:
    """`==` holds within one class; `matches` is what compares an attempt with a password."""
    assert Password("12345678") != PasswordAttempt("12345678")
    assert Password("12345678") != "12345678"
    assert Password("12345678").matches(PasswordAttempt("12345678"))


@pytest.mark.parametrize(
    "secret", [Secret("x"), Password("12345678"), OneTimeCode("K7PMX3QD"), PasswordAttempt("")]
)
def test_a_secret_has_no_hash(secret: Any) -> None:
    """A secret is no key and no member of a set: a look-up would not be in constant time."""
    with pytest.raises(TypeError, match="unhashable"):
        _ = hash(secret)


@pytest.mark.parametrize("text", [None, b"secret", 12345678])
def test_a_secret_is_made_of_text(text: Any) -> None:
    """Anything but text is a programmer's mistake."""
    with pytest.raises(AssertionError):
        _ = Secret(text)


def test_a_secret_cannot_be_initialised_again() -> None:
    """Calling `__init__` on a secret does not change it."""
    secret: Any = Secret("one")
    secret.__init__("two")
    assert secret.reveal() == "one"


# ------------------------------------------------------------------------------------- passwords


@given(passwords)
def test_a_password_is_kept_exactly_as_typed(text: str) -> None:
    """D-ACC-12: no trimming, folding, normalising or cutting; every character counts."""
    password = Password.parse(text).unwrap()
    assert password.reveal() == text
    assert password == Password(text)
    attempt = PasswordAttempt.parse(text).unwrap()
    assert password.matches(attempt)
    assert not password.matches(text + " ")
    assert not password.matches(text[:-1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("password", "Password"),
        ("password", "password "),
        ("\u00e5lborg89", unicodedata.normalize("NFD", "\u00e5lborg89")),
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("x" * 255, "x" * 256),
        ("\U0001f600" * 8, "\U0001f601" * 8),
    ],
)
def test_passwords_that_look_alike_are_two(one: str, other: str) -> None:
    """Case, blanks, composition and what stands after 72 bytes all count (faults: 86)."""
    assert not Password.parse(one).unwrap().matches(Password.parse(other).unwrap())


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, PasswordRefusal.NOT_TEXT),
        (b"12345678", PasswordRefusal.NOT_TEXT),
        ("", PasswordRefusal.TOO_SHORT),
        ("1234567", PasswordRefusal.TOO_SHORT),
        ("x" * 257, PasswordRefusal.TOO_LONG),
        ("x" * 1_000_000, PasswordRefusal.TOO_LONG),
        ("1234567\0", PasswordRefusal.HOLDS_NUL),
        ("1234567\ud800", PasswordRefusal.NOT_UNICODE),
        ("\udfff12345678", PasswordRefusal.NOT_UNICODE),
    ],
)
def test_what_is_no_password_is_refused_with_its_reason(
    text: object, refusal: PasswordRefusal
) -> None:
    """D-ACC-12: only the length, NUL and what has no UTF-8 form refuse a password."""
    assert Password.parse(text) == Failure(refusal)


@given(any_text)
def test_an_attempt_is_bounded_and_otherwise_free(text: str) -> None:
    """An attempt may be short, empty or hold NUL, for it only has to be hashed (faults: 86)."""
    match PasswordAttempt.parse(text):
        case Success(attempt):
            assert attempt.reveal() == text
            assert len(attempt.reveal().encode()) <= 4096
        case Failure(refusal):
            assert refusal is PasswordRefusal.NOT_UNICODE


def test_an_attempt_over_1024_characters_is_refused_unread() -> None:
    """Hashing cannot be used to keep the machine busy (faults: 86)."""
    assert isinstance(PasswordAttempt.parse("x" * 1024), Success)
    assert PasswordAttempt.parse("x" * 1025) == Failure(PasswordRefusal.TOO_LONG)
    assert PasswordAttempt.parse("x" * 10_000_000) == Failure(PasswordRefusal.TOO_LONG)
    assert PasswordAttempt.parse(7) == Failure(PasswordRefusal.NOT_TEXT)


@given(st.binary(min_size=12, max_size=12))
def test_a_temporary_password_is_a_readable_password(entropy: bytes) -> None:
    """D-ACC-12: a temporary password is three groups of four clear characters, and a password."""
    password = Password.temporary_from_entropy(entropy)
    assert Password.parse(password.reveal()).unwrap() == password
    groups = password.reveal().split("-")
    assert [len(group) for group in groups] == [4, 4, 4]
    assert set("".join(groups)) <= set(CODE_ALPHABET)


def test_a_temporary_password_carries_60_bits() -> None:
    """Each of the 12 bytes reaches its own character, over all 32 of the alphabet."""
    assert TEMPORARY_PASSWORD_ENTROPY_BYTES == 12
    for place in range(12):
        passwords_seen = {
            Password.temporary_from_entropy(
                bytes(value if index == place else 0 for index in range(12))
            ).reveal()
            for value in range(256)
        }
        assert len(passwords_seen) == 32


# --------------------------------------------------------------------------------- one-time codes


def test_the_alphabet_has_32_letters_that_cannot_be_confused() -> None:
    """A code has no character that looks like another one of the alphabet in print."""
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 32
    assert not set(CODE_ALPHABET) & set("01IO")
    assert CODE_ALPHABET.isupper()


@given(st.binary(min_size=8, max_size=8))
def test_a_code_is_read_as_it_was_sent(entropy: bytes) -> None:
    """D-ACC-13: what is shown in the mail parses to the same code."""
    code = OneTimeCode.from_entropy(entropy)
    shown = code.reveal_grouped()
    assert len(shown) == 9
    assert shown[4] == "-"
    assert shown.replace("-", "") == code.reveal()
    assert OneTimeCode.parse(shown).unwrap() == code
    assert OneTimeCode.parse(code.reveal()).unwrap().matches(code)


@given(
    st.text(CODE_ALPHABET, min_size=8, max_size=8),
    st.lists(
        st.sampled_from(["", "-", " ", "\t", "\n", "\u00a0", "\u2011", "\u2013", " - "]),
        min_size=9,
        max_size=9,
    ),
)
def test_case_blanks_and_hyphens_do_not_count_in_a_code(text: str, gaps: list[str]) -> None:
    """A code may be typed in lower case and pasted with what a mail program puts around it."""
    typed = gaps[0] + "".join(c + gap for c, gap in zip(text.lower(), gaps[1:], strict=True))
    assert OneTimeCode.parse(typed).unwrap().reveal() == text


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, OneTimeCodeRefusal.NOT_TEXT),
        (22222222, OneTimeCodeRefusal.NOT_TEXT),
        ("", OneTimeCodeRefusal.WRONG_LENGTH),
        ("K7PM-X3Q", OneTimeCodeRefusal.WRONG_LENGTH),
        ("K7PM-X3QDD", OneTimeCodeRefusal.WRONG_LENGTH),
        ("K7PMX3QD" + " " * 1_000_000, OneTimeCodeRefusal.WRONG_LENGTH),
        ("K7PM-X3Q0", OneTimeCodeRefusal.WRONG_CHARACTER),
        ("K7PM-X3QI", OneTimeCodeRefusal.WRONG_CHARACTER),
        ("K7PM_X3Q", OneTimeCodeRefusal.WRONG_CHARACTER),
        ("K7PMX3Q\u0662", OneTimeCodeRefusal.WRONG_CHARACTER),
        ("K7PMX3Q\u017f", OneTimeCodeRefusal.WRONG_CHARACTER),
        ("K7PMX3Q\u00df", OneTimeCodeRefusal.WRONG_CHARACTER),
        ("K7PMX3Q\uff24", OneTimeCodeRefusal.WRONG_CHARACTER),
    ],
)
def test_what_is_no_code_is_refused_with_its_reason(
    text: object, refusal: OneTimeCodeRefusal
) -> None:
    """A text that cannot be any code has its reason, which does not hold it."""
    assert OneTimeCode.parse(text) == Failure(refusal)


def test_every_code_is_equally_likely() -> None:
    """Each byte gives each character of the alphabet for 8 of its 256 values."""
    assert CODE_ENTROPY_BYTES == 8
    for place in range(8):
        drawn = [
            OneTimeCode.from_entropy(
                bytes(value if index == place else 0 for index in range(8))
            ).reveal()[place]
            for value in range(256)
        ]
        assert sorted(drawn) == sorted(CODE_ALPHABET * 8)


# ---------------------------------------------------------------------------------------- tokens


@given(st.binary(min_size=16, max_size=96))
def test_a_token_is_url_safe_and_parses(entropy: bytes) -> None:
    """D-LOG-1: a token stands in a link or cookie as it is, and is stored as its SHA-256."""
    token = Token.from_entropy(entropy)
    assert set(token.reveal()) <= set(URL_SAFE)
    assert Token.parse(token.reveal()).unwrap() == token
    assert token.digest() == hashlib.sha256(token.reveal().encode()).hexdigest()


@given(st.binary(min_size=16, max_size=20), st.binary(min_size=16, max_size=20))
def test_a_token_keeps_every_bit(one: bytes, other: bytes) -> None:
    """Two tokens, and their digests, are equal exactly when their entropy is: 128 bits count."""
    first, second = Token.from_entropy(one), Token.from_entropy(other)
    assert (first == second) is (one == other)
    assert (first.digest() == second.digest()) is (one == other)
    for place in range(len(one)):
        changed = bytes(byte ^ (index == place) for index, byte in enumerate(one))
        assert Token.from_entropy(changed) != first


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, TokenRefusal.NOT_TEXT),
        (b"A" * 22, TokenRefusal.NOT_TEXT),
        ("A" * 21, TokenRefusal.WRONG_LENGTH),
        ("A" * 129, TokenRefusal.WRONG_LENGTH),
        ("A" * 21 + "\n", TokenRefusal.WRONG_CHARACTER),
        ("A" * 22 + "=", TokenRefusal.WRONG_CHARACTER),
        ("A" * 22 + "\u0661", TokenRefusal.WRONG_CHARACTER),
        ("A" * 22 + "/", TokenRefusal.WRONG_CHARACTER),
    ],
)
def test_what_is_no_token_is_refused_with_its_reason(text: object, refusal: TokenRefusal) -> None:
    """A text that cannot be any token has its reason, which does not hold it."""
    assert Token.parse(text) == Failure(refusal)


# ----------------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize(
    ("make", "good"),
    [
        (OneTimeCode.from_entropy, CODE_ENTROPY_BYTES),
        (Password.temporary_from_entropy, TEMPORARY_PASSWORD_ENTROPY_BYTES),
        (Token.from_entropy, TOKEN_ENTROPY_BYTES),
    ],
)
def test_too_little_entropy_is_an_assertion(make: Callable[[bytes], Secret], good: int) -> None:
    """A secret is never made from fewer random bytes than it needs, and never shows itself."""
    assert "***" in repr(make(bytes(good)))
    for length in (0, good - 1, 97):
        with pytest.raises(AssertionError):
            _ = make(bytes(length))


@given(any_text)
def test_any_text_is_parsed_or_refused_by_every_secret(text: str) -> None:
    """Anything may come in: no parser raises, and what it accepts it can build again."""
    outcomes: list[tuple[type[Secret], Outcome[Any, Any]]] = [
        (Password, Password.parse(text)),
        (PasswordAttempt, PasswordAttempt.parse(text)),
        (OneTimeCode, OneTimeCode.parse(text)),
        (Token, Token.parse(text)),
    ]
    for kind, outcome in outcomes:
        if isinstance(outcome, Success):
            assert kind(outcome.unwrap().reveal()) == outcome.unwrap()
