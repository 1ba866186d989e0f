import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.mitdk.kombi_xml import (
    NotTaken,
    Taken,
    Unclear,
    read_answer,
    read_reach,
)
from eservices_adapters.mitdk.small_xml import MAX_BYTES
from eservices_adapters.stand_ins.kombi_reading import said_no, said_yes
from eservices_core.outcome import Failure, Success

NUMBER = "1ab6eb87-a457-4ad3-8952-ed8f18a1676a"
YES = said_yes(NUMBER)
NO = said_no("memo.invalid")


def test_a_yes_has_its_number() -> None:
    """D-POST-1: taken, with the service's own number of it where that is one."""
    assert read_answer(YES) == Success(Taken(NUMBER))
    without = YES.replace(f"<TransmissionID>{NUMBER}</TransmissionID>".encode(), b"")
    assert read_answer(without) == Success(Taken(None))
    sentence = YES.replace(NUMBER.encode(), b"a sentence about Anna")
    assert read_answer(sentence) == Success(Taken(None))


def test_a_no_has_its_code() -> None:
    """D-POST-1, D-LOG-1: a code that is one is kept; a sentence, two codes or none are `other`."""
    assert read_answer(NO) == Success(NotTaken("memo.invalid"))
    for other in (
        NO.replace(b"memo.invalid", b"tag name mandatory is not allowed"),
        NO.replace(b"<FejlId>", b"<FejlId>x</FejlId><FejlId>"),
        NO.replace(b"FejlId", b"FejlKode"),
        b"<kombi_response><Result>false</Result></kombi_response>",
    ):
        assert read_answer(other) == Success(NotTaken("other"))


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html/>",
        b"<kombi_response/>",
        b"<kombi_response><Result>yes</Result></kombi_response>",
        b"<kombi_response><Result/></kombi_response>",
        b"<kombi_response><Result>true</Result></kombi_response>",
        YES.replace(b"received", b"rejected"),
        YES.replace(b"received", b"<b>received</b>"),
        YES.replace(b"<Result>", b"<Result>false</Result><Result>"),
        YES.replace(b"kombi_response", b"kombi_answer"),
        YES.replace(b"<kombi_response>", b"<kombi_response xmlns='urn:other'>"),
        b"<!DOCTYPE kombi_response>" + YES,
        YES + b" " * MAX_BYTES,
        YES[:-1],
    ],
)
def test_what_says_neither_is_unclear(document: bytes) -> None:
    """D-POST-1, faults: 168, 169. A yes that is not whole is no yes, and no no either."""
    assert read_answer(document) == Failure(Unclear())


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"true",
        b'{"result": 1}',
        b'{"result": null}',
        b'{"Result": true}',
        b'{"result": false, "result": true}',
        b'{"result": true',
        b'{"result": true}'.replace(b"t", b"\xff"),
        b'{"result": ' + b"[" * 50_000,
        b'{"result": true, "x": "' + b"x" * MAX_BYTES + b'"}',
    ],
)
def test_a_reach_is_a_plain_yes_or_no(document: bytes) -> None:
    """D-POST-2, faults: 169. Anything but a boolean that stands once is unclear."""
    assert read_reach(document) == Failure(Unclear())


def test_a_reach_may_stand_among_others() -> None:
    """D-POST-2: members that are added later do not matter."""
    assert read_reach(b'{"result": true}') == Success(True)  # noqa: FBT003  the value itself
    assert read_reach(b' {"a": 1, "result": false} ') == Success(False)  # noqa: FBT003  as above


@given(st.binary(max_size=200))
def test_noise_is_unclear(document: bytes) -> None:
    """faults: 168. Whatever bytes come, the answer is a value."""
    assert read_answer(document) == Failure(Unclear())
    assert isinstance(read_reach(document), Failure)


@given(st.integers(0, 300), st.binary(max_size=3))
def test_damage_never_makes_a_yes_of_a_no(place: int, noise: bytes) -> None:
    """faults: 169. Three bytes that change in a no leave a no, or nothing clear."""
    damaged = NO[:place] + noise + NO[place + len(noise) :]
    read = read_answer(damaged)
    assert isinstance(read, Failure) or isinstance(read.unwrap(), NotTaken)
