import copy
import pickle
import string
import traceback
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eservices_core.outcome import Failure, Success
from eservices_core.words.username import Username, UsernameRefusal

PUNCTUATION = "._@+-"
CHARACTERS = string.ascii_letters + string.digits + PUNCTUATION

CIVIL_NUMBERS = ["0709614606", "3112970079", "7408863186", "0203291WQ3", "0706830VJ9"]


def refusal_of(text: object) -> UsernameRefusal:
    """The reason for refusing a text that must be refused."""
    outcome = Username.parse(text)
    assert isinstance(outcome, Failure)
    return outcome.failure()


@given(st.text(CHARACTERS, min_size=3, max_size=64))
def test_a_username_is_kept_in_lower_case(text: str) -> None:
    """Two spellings that differ by case are one username, and it parses again (faults: 121)."""
    outcome = Username.parse(text)
    _ = assume(outcome != Failure(UsernameRefusal.HOLDS_CIVIL_NUMBER))
    username = outcome.unwrap()
    assert str(username) == text.lower()
    assert username == Username.parse(text.upper()).unwrap() == Username(text.lower())
    assert hash(username) == hash(Username(text.lower()))
    assert Username.parse(str(username)).unwrap() == username


@pytest.mark.parametrize("text", ["abc", "anna.bk", "Anna+2@example.dk", "bo_2-3", "a" * 64, "..."])
def test_ordinary_usernames_are_accepted(text: str) -> None:
    """Letters, digits and `. _ - @ +` make a username, from 3 characters to 64."""
    assert str(Username.parse(text).unwrap()) == text.lower()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, UsernameRefusal.NOT_TEXT),
        (b"anna", UsernameRefusal.NOT_TEXT),
        ("", UsernameRefusal.TOO_SHORT),
        ("ab", UsernameRefusal.TOO_SHORT),
        ("a" * 65, UsernameRefusal.TOO_LONG),
        ("a" * 1_000_000, UsernameRefusal.TOO_LONG),
        (" anna", UsernameRefusal.WRONG_CHARACTER),
        ("anna\n", UsernameRefusal.WRONG_CHARACTER),
        ("an na", UsernameRefusal.WRONG_CHARACTER),
        ("anna\0", UsernameRefusal.WRONG_CHARACTER),
        ("søren", UsernameRefusal.WRONG_CHARACTER),
        ("\u0430nna", UsernameRefusal.WRONG_CHARACTER),
        ("\uff41nna", UsernameRefusal.WRONG_CHARACTER),
        ("\u212aaren", UsernameRefusal.WRONG_CHARACTER),
        ("ann\u0661", UsernameRefusal.WRONG_CHARACTER),
        ("anna\ud800", UsernameRefusal.WRONG_CHARACTER),
        ("an'na", UsernameRefusal.WRONG_CHARACTER),
    ],
)
def test_other_texts_are_refused_with_their_reason(text: object, refusal: UsernameRefusal) -> None:
    """What is not ASCII is refused, so no homoglyph stands for another (faults: 121)."""
    assert refusal_of(text) is refusal


@pytest.mark.parametrize("number", CIVIL_NUMBERS)
@pytest.mark.parametrize(
    "form",
    [
        "{0}{1}",
        "{0}-{1}",
        ".{0}{1}-",
        "@{0}_{1}",
        "anna{0}{1}",
        "{0}{1}@example.dk",
        "cpr-{0}-{1}",
        "a1{0}.{1}2b",
    ],
)
def test_a_username_never_holds_a_civil_number(number: str, form: str) -> None:
    """D-LOG-1: a civil number of any kind is refused, whatever stands in or around it."""
    text = form.format(number[:6], number[6:])
    assert refusal_of(text) is UsernameRefusal.HOLDS_CIVIL_NUMBER
    assert refusal_of(text.lower()) is UsernameRefusal.HOLDS_CIVIL_NUMBER


@given(
    st.sampled_from(CIVIL_NUMBERS),
    st.lists(st.text(PUNCTUATION, max_size=2), min_size=11, max_size=11),
)
def test_punctuation_does_not_hide_a_civil_number(number: str, gaps: list[str]) -> None:
    """D-LOG-1: punctuation between any two characters does not make it a username."""
    text = gaps[0] + "".join(c + gap for c, gap in zip(number, gaps[1:], strict=True))
    assert refusal_of(text) is UsernameRefusal.HOLDS_CIVIL_NUMBER


@given(st.text())
def test_any_text_is_a_username_or_refused(text: str) -> None:
    """Anything may come in; what is accepted is ASCII in lower case."""
    match Username.parse(text):
        case Success(username):
            assert str(username) == text.lower()
            assert text.isascii()
        case Failure(refusal):
            assert isinstance(refusal, UsernameRefusal)


@pytest.mark.parametrize("text", ["ab", "Anna", "sø ren", "0709614606", b"3112970079"])
def test_a_wrong_construction_is_an_assertion_without_the_text(text: Any) -> None:
    """A username that is not canonical cannot be built, and the error does not repeat it."""
    with pytest.raises(AssertionError) as caught:
        _ = Username(text)
    error = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert str(text) not in str(caught.value)
    assert not [frame for frame in error.stack[1:] if str(text) in str(frame.locals)]


def test_a_username_is_a_plain_frozen_value() -> None:
    """A username is no secret: it shows itself, copies, pickles, and never changes."""
    username = Username("anna.bk")
    assert repr(username) == "Username('anna.bk')"
    assert f"{username}" == "anna.bk"
    assert copy.deepcopy(username) == username
    assert pickle.loads(pickle.dumps(username)) == username  # noqa: S301 - our own bytes
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        username._text = "bo"
