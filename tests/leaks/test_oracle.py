"""The oracle by itself: what is hidden is found, what may be held is not told, and no secret is."""

import base64
import gzip
import html
import json
import logging
import zlib
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.outcome import Success
from eservices_core.ports.ledger import PutContent
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.leaks import (
    TABLE,
    Kind,
    LeakOracle,
    Sink,
    every_word_a_canary,
    learn_content,
    look_at_exception,
    look_at_mail,
    look_at_record,
    sink_of,
)
from eservices_core.testing.leaks.sinks import rows_of
from eservices_core.testing.leaks.unpacking import unpacked
from eservices_core.testing.ledger_examples import ANNA, RECORD, a_change, a_mail
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.secret import OneTimeCode, Password, PasswordAttempt, Token
from tests.leaks.planting import (
    ANOTHERS,
    CANARIES,
    CLINIC,
    CODE,
    NUMBER,
    PASSWORD,
    PATIENT,
    TEMPORARY,
    TEXT,
    TOKEN,
    mail_with,
)

pytestmark = pytest.mark.leaks("texts here are made to leak")

Encoder = Callable[[bytes], bytes]


def _all_quoted_printable(raw: bytes) -> bytes:
    return b"".join(b"=%02X" % byte for byte in raw)


def _folded_base64(raw: bytes) -> bytes:
    return b"\r\n\r\n" + base64.encodebytes(raw).replace(b"\n", b"\r\n") + b"\r\n"


def _text(raw: bytes) -> str:
    """Show what is no text as a repr does; nothing else could be made plain again."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return repr(raw)


def _escaped(raw: bytes) -> bytes:
    return json.dumps(_text(raw)).encode()


ENCODERS: Final[dict[str, Encoder]] = {
    "as it is": lambda raw: raw,
    "base64": lambda raw: b" " + base64.b64encode(raw) + b" ",
    "base64url": lambda raw: b" " + base64.urlsafe_b64encode(raw) + b" ",
    "folded base64": _folded_base64,
    "quoted-printable": _all_quoted_printable,
    "URL-quoted": lambda raw: quote(raw, safe="").encode(),
    "every letter URL-quoted": lambda raw: b"".join(b"%%%02x" % byte for byte in raw),
    "JSON": _escaped,
    "HTML": lambda raw: html.escape(_text(raw)).encode(),
    "gzip": lambda raw: gzip.compress(raw, mtime=0),
    "zlib": zlib.compress,
    "small zlib": lambda raw: zlib.compress(raw, 1),
}

kinds: Final = st.sampled_from(list(CANARIES))
encoders: Final = st.sampled_from(list(ENCODERS))
around: Final = st.binary(max_size=40)


def _oracle(planted: Iterable[tuple[Kind, str]] = tuple(CANARIES.items())) -> LeakOracle:
    oracle = LeakOracle()
    for kind, text in planted:
        assert oracle.plant(kind, text)
    return oracle


@given(kind=kinds, inner=encoders, outer=encoders, before=around, after=around)
def test_whatever_is_encoded_twice_is_found(
    kind: Kind, inner: str, outer: str, before: bytes, after: bytes
) -> None:
    """faults: 183-187. One encoding inside another, anywhere in something else, hides nothing."""
    hidden = ENCODERS[outer](b" " + ENCODERS[inner](CANARIES[kind].encode()) + b" ")
    oracle = _oracle()
    oracle.look_at(Sink.LOG, before + b"\n\n" + hidden + b"\n\n" + after)
    assert {(leak.sink, leak.kind) for leak in oracle.leaks()} == {(Sink.LOG, kind)}


@given(kind=kinds, shift=st.integers(0, 5), after=around)
def test_base64_is_found_wherever_it_begins(kind: Kind, shift: int, after: bytes) -> None:
    """A secret in the middle of what was encoded is found at each of the three alignments."""
    oracle = _oracle()
    oracle.look_at(Sink.LOG, base64.b64encode(b"u" * shift + CANARIES[kind].encode() + after))
    assert {leak.kind for leak in oracle.leaks()} == {kind}


@given(st.sampled_from(Sink), kinds)
def test_each_kind_is_told_just_where_the_table_forbids_it(sink: Sink, kind: Kind) -> None:
    """faults: 183-188. The table and the search agree, sink by sink and kind by kind."""
    row = rows_of(TABLE)[sink]
    oracle = _oracle()
    oracle.look_at(sink, f"this is {CANARIES[kind]}, and more")
    assert bool(oracle.leaks()) is (kind not in row.may_hold)


@given(sink=st.sampled_from(Sink), kind=kinds)
def test_what_is_ones_own_is_told_of_nobody_else(sink: Sink, kind: Kind) -> None:
    """D-MAIL-1: one's own address may stand in one's mail; in base64 or inside a longer one too."""
    row = rows_of(TABLE)[sink]
    longer = f"h{CANARIES[kind]}"
    seen = f"{longer} {base64.b64encode(longer.encode()).decode()}"
    oracle = _oracle()
    oracle.look_at(sink, seen, own=[longer])
    assert bool(oracle.leaks()) is (kind not in row.may_hold | row.own)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"x\x9c", b"\x1f\x8b\x08", b"=?u?q?", b"%", b"H4sI"]),
)
def test_anything_can_be_taken_apart(data: bytes, beginning: bytes) -> None:
    """Whatever is shown, the search ends, and raises nothing."""
    assert next(iter(unpacked(beginning + data)))[0] == beginning + data
    oracle = _oracle()
    oracle.look_at(Sink.LOG, beginning + data)
    assert oracle.leaks() == ()


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    """A small stream that would come to a gigabyte is looked into, and left."""
    bomb = zlib.compress(b"\0" * (1 << 26), 9)
    oracle = _oracle()
    oracle.look_at(Sink.LOG, bomb)
    assert oracle.leaks() == ()
    assert max(len(view) for view, _ in unpacked(bomb)) < 1 << 24


@pytest.mark.parametrize("text", ["", "kort", "1234567", "aaaaaaaaaaaa"])
def test_what_stands_in_many_texts_is_no_canary(text: str) -> None:
    """A text that is too short or too plain is not looked for, and whoever plants it is told so."""
    assert not LeakOracle().plant(Kind.PASSWORD, text)


def test_what_may_be_held_is_not_told() -> None:
    """S-ACC-1, S-ACC-5, D-MAIL-1, D-KEEP-1: each secret in the place that is made for it."""
    oracle = _oracle()
    to = EmailAddress.parse(PATIENT).unwrap()
    for body, kind in (
        (f"Koden er {CODE[:4]}-{CODE[4:]}.", MailKind.ONE_TIME_CODE),
        (f"Din adgangskode er {TEMPORARY}.", MailKind.TEMPORARY_PASSWORD),
        (f"Din adgangskode er {TEMPORARY}.", MailKind.ACTIVATION),
        ("Din adresse er ændret.", MailKind.ADDRESS_CHANGED),
    ):
        mime = mail_with(body, cte="base64")
        mime.replace_header("To", PATIENT)
        mail = evolve(a_mail("mail", mime.as_bytes()), to=to, kind=kind, about=ANNA)
        look_at_mail(oracle, mail)
    oracle.look_at(Sink.LETTER, f"{NUMBER}: {TEXT}", own=[NUMBER])
    oracle.look_at(Sink.JOURNAL, f"{NUMBER}: {TEXT}")
    oracle.look_at(Sink.CONTENT, json.dumps({"number": NUMBER, "email": PATIENT, "says": TEXT}))
    oracle.look_at(Sink.LOG, repr(CivilNumber.parse(NUMBER)) + repr(Token(TOKEN)) + str(to))
    assert oracle.leaks() == ()


def test_somebody_elses_number_in_a_letter_is_told() -> None:
    """A letter holds its recipient's number and no other, and no password."""
    oracle = _oracle([*CANARIES.items(), (Kind.CIVIL_NUMBER, ANOTHERS)])
    oracle.look_at(Sink.LETTER, f"{NUMBER} {ANOTHERS} {PASSWORD}", own=[NUMBER])
    assert {leak.kind for leak in oracle.leaks()} == {Kind.CIVIL_NUMBER, Kind.PASSWORD}


def test_a_page_or_a_redirect_with_a_number_in_it_is_told() -> None:
    """faults: 186. Addresses of pages hold neither numbers nor tokens."""
    oracle = _oracle()
    oracle.look_at(Sink.URL, f"https://e-services.example/tid?cpr={NUMBER}&t={TOKEN}")
    assert {leak.kind for leak in oracle.leaks()} == {Kind.CIVIL_NUMBER, Kind.TOKEN}


def test_the_complaint_names_no_secret() -> None:
    """The assertion says sink, kind, encoding and where; asked again, there is nothing more."""
    oracle = _oracle()
    oracle.look_at(Sink.AUDIT, f"{CLINIC} {NUMBER[::-1]}", where="the newest entry")
    with pytest.raises(AssertionError) as complaint:
        oracle.assert_none()
    assert str(complaint.value).splitlines() == [
        "leaks:",
        "a CPR number in a audit entry (the newest entry): reversed",
        "a clinic's e-mail address in a audit entry (the newest entry): as it is",
    ]
    oracle.assert_none()


def test_a_canary_may_be_planted_after_it_was_seen() -> None:
    """What was shown is kept until somebody asks."""
    oracle = LeakOracle()
    oracle.look_at(Sink.LOG, f"no card for {NUMBER}")
    _ = oracle.plant(Kind.CIVIL_NUMBER, NUMBER)
    assert len(oracle.leaks()) == 1
    oracle.forget_canaries()
    oracle.look_at(Sink.LOG, f"no card for {NUMBER}")
    assert oracle.leaks() == ()


def test_every_sink_has_one_row() -> None:
    """A table with a row too many, or too few, is a bug of whoever wrote it."""
    assert {row.sink for row in TABLE} == set(Sink)
    for table in (TABLE[1:], (*TABLE, TABLE[0])):
        with pytest.raises(AssertionError, match="one row"):
            _ = LeakOracle(table)


def test_the_kind_of_a_mail_says_what_it_may_hold() -> None:
    """D-BOOK-8: a booking without a user is cancelled with the code in its mail."""
    mail = evolve(a_mail("mail", b""), kind=MailKind.BOOKING_CONFIRMATION)
    assert sink_of(evolve(mail, about=None)) is Sink.MAIL_WITH_CODE
    assert sink_of(evolve(mail, about=ANNA)) is Sink.MAIL


def test_every_word_that_is_made_is_learnt_while_it_lasts() -> None:
    """faults: 183. Numbers, addresses, passwords, codes and tokens; none that nobody reads."""
    learnt: list[tuple[Kind, str]] = []
    with every_word_a_canary(lambda kind, text: learnt.append((kind, text))):
        assert isinstance(CivilNumber.parse(NUMBER), Success)
        _ = CivilNumber.parse("no number"), EmailAddress.parse("no-reply@mail.example")
        _ = EmailAddress.parse(PATIENT), Password.parse(PASSWORD), PasswordAttempt.parse(TEMPORARY)
        _ = OneTimeCode.parse(CODE), Token.parse(TOKEN)
        with pytest.raises(AssertionError):
            _ = Password("short")
    _ = EmailAddress.parse("afterwards@example.dk")
    assert learnt == [
        (Kind.CIVIL_NUMBER, NUMBER),
        (Kind.ADDRESS, PATIENT),
        (Kind.PASSWORD, PASSWORD),
        (Kind.TEMPORARY_PASSWORD, TEMPORARY),
        (Kind.ONE_TIME_CODE, CODE),
        (Kind.TOKEN, TOKEN),
    ]


def test_what_people_write_is_learnt_from_the_records() -> None:
    """D-KEEP-1: texts in records become canaries; codes, ids and phone numbers do not."""
    learnt: list[str] = []
    written = {"comment": TEXT, "names": ["Anna Andersen"], "phone": "+45 00 00 00 01", "id": "a-b"}
    records = [PutContent(RECORD, ANNA, each) for each in (json.dumps(written), "ondt i ryggen")]
    learn_content(lambda _, text: learnt.append(text), evolve(a_change("key"), contents=records))
    assert sorted(learnt) == sorted([TEXT, "Anna Andersen", "ondt i ryggen"])


def test_a_record_whose_arguments_do_not_fit_is_searched_as_it_is() -> None:
    """faults: 183. What cannot be formatted is looked into all the same."""
    oracle = _oracle()
    record = logging.LogRecord("a", 10, "b", 1, "%d", (NUMBER,), None)
    look_at_record(oracle, record)
    assert [leak.kind for leak in oracle.leaks()] == [Kind.CIVIL_NUMBER]


def test_an_exception_with_a_broken_repr_among_its_names_is_searched() -> None:
    """faults: 185. What cannot show itself shows nothing; the rest is looked at."""

    class Broken:
        def __repr__(self) -> str:
            raise OSError

    def fail(_: Broken) -> None:
        raise OSError(NUMBER)

    oracle = _oracle()
    with pytest.raises(OSError, match=NUMBER) as raised:
        fail(Broken())
    look_at_exception(oracle, raised.value, {"tests", "test_oracle"})
    assert {leak.kind for leak in oracle.leaks()} == {Kind.CIVIL_NUMBER}
