import copy
import dataclasses
import io
import json
import logging
import pickle
import pprint
import traceback
from typing import Any

import attrs
import cattrs
import pytest

from eservices_core.outcome import Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.sealed import Sealed
from eservices_core.words.secret import OneTimeCode, Password, PasswordAttempt, Secret, Token

# Each value beside what must not be seen of it.
SEALED: dict[str, tuple[Sealed, tuple[str, ...]]] = {
    "civil number": (CivilNumber.parse("0709614606").unwrap(), ("4606", "070961")),
    "replacement number": (CivilNumber.parse("0203291WQ3").unwrap(), ("1WQ3", "020329")),
    "e-mail address": (EmailAddress.parse("anna.bk@example.dk").unwrap(), ("nna", ".bk")),
    "secret": (Secret("client secret"), ("client",)),
    "password": (Password("korrekt hest batteri"), ("korrekt", "hest")),
    "password attempt": (PasswordAttempt("korrekt hest"), ("korrekt", "hest")),
    "one-time code": (OneTimeCode("K7PMX3QD"), ("K7PM", "X3QD")),
    "token": (Token.from_entropy(bytes(range(16))), ("AAECAwQ",)),
}

sealed = pytest.mark.parametrize(("value", "content"), SEALED.values(), ids=SEALED.keys())


def assert_hidden(shown: str, content: tuple[str, ...]) -> None:
    """Nothing of the content stands in what is shown."""
    assert not [part for part in content if part in shown]


@attrs.frozen
class _Attrs:
    value: object


@dataclasses.dataclass(frozen=True)
class _Dataclass:
    value: object


@sealed
def test_no_way_of_showing_shows_the_content(value: Sealed, content: tuple[str, ...]) -> None:
    """`repr`, `str`, `format`, `%`, `pprint` and a holder's `repr` show a mask (faults: 184)."""
    shown = [
        repr(value),
        str(value),
        format(value),
        f"{value!r:>60} {value!s} {value!a} {value:>60}",
        "%s %r" % (value, value),  # noqa: UP031 - logging formats like this
        pprint.pformat([value, {"key": value}]),
        repr(Success(value)),
        repr(_Attrs(value)),
        repr(_Dataclass(value)),
        repr(vars(_Dataclass(value))),
    ]
    for text in shown:
        assert "***" in text
        assert_hidden(text, content)


@sealed
def test_a_log_line_shows_a_mask(value: Sealed, content: tuple[str, ...]) -> None:
    """D-LOG-1: a value that is logged by mistake is masked in the log."""
    stream = io.StringIO()
    logger = logging.getLogger("words")
    logger.addHandler(logging.StreamHandler(stream))
    logger.error("%s %r", value, {"value": value})
    assert_hidden(stream.getvalue(), content)


@sealed
def test_a_traceback_with_locals_shows_a_mask(value: Sealed, content: tuple[str, ...]) -> None:
    """D-LOG-1: a traceback that shows local names shows the masked value."""

    def fail(held: Sealed) -> None:
        raise RuntimeError(held)

    with pytest.raises(RuntimeError) as caught:
        fail(value)
    plain = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(plain.format())
    assert "***" in text
    # Only the innermost frame: the test's own frame holds what must not be seen, to look for it.
    assert_hidden(text.split("in fail")[1], content)


@sealed
def test_a_rich_traceback_shows_a_mask(value: Sealed, content: tuple[str, ...]) -> None:
    """D-LOG-1: rich, which walks attrs classes field by field, shows the masked value."""
    rich_console = pytest.importorskip("rich.console")
    rich_pretty = pytest.importorskip("rich.pretty")
    stream = io.StringIO()
    console = rich_console.Console(file=stream, width=200)
    console.print(rich_pretty.Pretty([value, _Attrs(value)], expand_all=True))
    assert stream.getvalue().count(repr(value)) == 2
    assert_hidden(stream.getvalue(), content)


@sealed
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_is_refused_without_the_content(
    value: Sealed, content: tuple[str, ...], protocol: int
) -> None:
    """Pickle raises a TypeError that does not hold the content, in a holder too (faults: 184)."""
    for held in (value, [value], _Attrs(value), Success(value)):
        with pytest.raises(TypeError) as caught:
            _ = pickle.dumps(held, protocol)
        assert_hidden(str(caught.value), content)


@sealed
def test_the_hooks_of_pickle_hand_out_nothing(value: Sealed, content: tuple[str, ...]) -> None:
    """Asking for the state directly raises a TypeError as well (faults: 184)."""
    for hook in (value.__reduce__, value.__getstate__, lambda: value.__reduce_ex__(4)):
        with pytest.raises(TypeError) as caught:
            _ = hook()
        assert_hidden(str(caught.value), content)


@sealed
def test_copies_are_the_value_itself(value: Sealed, content: tuple[str, ...]) -> None:
    """A copy, deep or not, is the same object: no second place holds the content."""
    del content
    assert copy.copy(value) is value
    assert copy.deepcopy(value) is value
    assert copy.deepcopy({"held": [value]})["held"][0] is value


@sealed
def test_serialisers_leave_the_value_whole(value: Sealed, content: tuple[str, ...]) -> None:
    """`asdict`, `astuple` and cattrs give the masked value, and JSON refuses it (faults: 184)."""
    flattened: list[Any] = [
        attrs.asdict(_Attrs(value))["value"],
        attrs.astuple(_Attrs(value))[0],
        dataclasses.asdict(_Dataclass(value))["value"],
        cattrs.unstructure(_Attrs(value))["value"],
        cattrs.unstructure(value),
    ]
    assert all(each is value for each in flattened)
    with pytest.raises(TypeError) as caught:
        _ = json.dumps({"value": value})
    assert_hidden(str(caught.value), content)


@sealed
def test_nothing_can_be_set_or_deleted(value: Sealed, content: tuple[str, ...]) -> None:
    """A value never changes: assignment and deletion raise, whatever the name."""
    del content
    for name in ("_text", "_characters", "_local", "other"):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, "x")
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            delattr(value, name)
    with pytest.raises(TypeError):
        _ = vars(value)


@pytest.mark.parametrize(
    "make",
    [
        CivilNumber,
        EmailAddress,
        Password,
        OneTimeCode,
        Token,
    ],
)
def test_a_wrong_construction_is_an_assertion_without_the_text(make: Any) -> None:
    """Building from a wrong text raises AssertionError, and no frame of the error holds it."""
    with pytest.raises(AssertionError) as caught:
        make("0709\0")
    assert caught.value.__context__ is None
    error = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "0709" not in str(caught.value)
    for frame in error.stack[1:]:
        assert "0709" not in str(frame.locals)
