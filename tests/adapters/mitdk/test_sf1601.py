import asyncio
import logging
import re
import ssl
import tracemalloc
from collections.abc import Generator
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
import trustme
from attrs import evolve

from eservices_adapters.mitdk.kombi_xml import request_pieces
from eservices_adapters.mitdk.memo_writer import MemoVersion
from eservices_adapters.mitdk.sf1601 import ASK_PATH, Call, Counted, asking, sending
from eservices_adapters.stand_ins.kombi_server import TOKEN, Answer, DigitalPostStandIn
from eservices_adapters.stand_ins.post_receipts import Stage, Told, Trick
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Request, Response, Silence, Upload, Why, run
from eservices_core.ports.digital_post import Accepted, NoAnswer, Rejected, Sent
from eservices_core.post.letter import Says
from eservices_core.post.memo import Document, File, Memo
from eservices_core.post.sending import Reach
from eservices_core.testing.contracts import DigitalPostContract, PostUnderTest
from eservices_core.testing.contracts.digital_post import a_message
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import LetterId
from tests.adapters.mitdk.receipts import WORDS
from tests.adapters.mitdk.solution import NOW, FixedTokens, Solution, solution

ANNA = CivilNumber.parse("0709614606").unwrap()
LETTER = LetterId.from_entropy(b"\x07" * 16)
CALL = Call(TOKEN, "8853363b-43ec-4d0a-a54d-65447f9447ed", NOW)
URL = "https://post.example"


@pytest.fixture
def there(tmp_path: Path) -> Generator[Solution, None, None]:
    """A service that listens, and an adapter over it."""
    with solution(tmp_path) as running:
        yield running


def a_letter_of(data: bytes, letter: LetterId = LETTER) -> Memo:
    """Make a message with one file of these bytes."""
    file = File("brev.pdf", "application/pdf", len(data), partial(BytesIO, data))
    return Memo(evolve(a_message(letter).draft, main=Document((file,))))


class TestSf1601Post(DigitalPostContract):
    @pytest.fixture
    def under_test(self, there: Solution) -> PostUnderTest:
        """Digital post over a service that pushes its receipts."""
        stand_in = there.stand_in
        stand_in.tricks = frozenset({Trick.LOST})  # those that the contract sends are enough

        def know(person: CivilNumber, reach: Reach) -> None:
            stand_in.know(person.reveal(), can_receive=reach is Reach.CAN_RECEIVE)

        def arrive(letter: LetterId, says: Says, at: datetime) -> None:
            stand_in.tell(Told(str(letter), Stage(WORDS[says]), at))

        return PostUnderTest(
            there.post,
            know,
            lambda: stand_in.kept,
            arrive,
            again=lambda: evolve(there.post),
            lay=there.inbox.lay,
            says_why=False,
        )


# --- how an attempt ends -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "sent", "kept"),
    [
        (Answer.TAKE, Accepted(), 1),
        (Answer.LOSE, NoAnswer.AMBIGUOUS, 1),
        (Answer.BROKEN, NoAnswer.AMBIGUOUS, 1),
        (Answer.NONSENSE, NoAnswer.AMBIGUOUS, 1),
        (Answer.HANG, NoAnswer.AMBIGUOUS, 1),
        (Answer.BUSY, NoAnswer.NOT_NOW, 0),
        (Answer.ELSEWHERE, NoAnswer.NOT_NOW, 0),
        (Answer.REFUSE, Rejected("memo.refused"), 0),
    ],
)
def test_every_end_is_told_apart(tmp_path: Path, answer: Answer, sent: Sent, kept: int) -> None:
    """D-POST-1, faults: 167. What may have arrived is ambiguous; a no and a not-now are neither."""
    with solution(tmp_path, seconds=1) as there:
        there.stand_in.answers.append(answer)
        assert there.post.send(a_message()) == sent
        assert len(there.stand_in.kept) == kept


@pytest.mark.parametrize("lost", [Answer.LOSE, Answer.BROKEN, Answer.NONSENSE])
def test_a_lost_answer_is_resolved_by_the_same_message(there: Solution, lost: Answer) -> None:
    """D-POST-1: the answer is lost twice, and the message is one there, accepted in the end."""
    there.stand_in.answers.extend([lost, lost])
    ends = [there.post.send(a_message()) for _ in range(3)]
    assert ends == [NoAnswer.AMBIGUOUS, NoAnswer.AMBIGUOUS, Accepted()]
    (kept,) = there.stand_in.kept
    assert kept.times == 3


def test_a_line_that_is_cut_before_the_end_has_delivered_nothing(there: Solution) -> None:
    """D-POST-1: as long as bytes of the message are still ours, nobody can have taken it."""
    there.stand_in.answers.append(Answer.CUT)
    large = a_letter_of(bytes(20_000_000))
    assert there.post.send(large) is NoAnswer.NOT_NOW
    assert there.stand_in.kept == ()


def test_nobody_there_is_not_now(there: Solution) -> None:
    """D-POST-1: without a line nothing leaves, and nobody's reach is known."""
    nowhere = evolve(there.post, url="http://127.0.0.1:9")
    assert nowhere.send(a_message()) is NoAnswer.NOT_NOW
    assert nowhere.reach(ANNA) is Reach.SILENT


def test_without_a_token_nothing_is_asked(there: Solution) -> None:
    """D-POST-1: a token that is missing is our trouble, and the letter waits."""
    without = evolve(there.post, tokens=FixedTokens(None, None))
    assert without.send(a_message()) is NoAnswer.NOT_NOW
    assert without.reach(ANNA) is Reach.SILENT
    assert there.stand_in.asked == 0


def test_a_token_that_is_refused_is_no_word_on_the_letter(there: Solution) -> None:
    """D-POST-1: a 401 is about us; taken for a refusal it would fail every letter at once."""
    stale = evolve(there.post, tokens=FixedTokens("stale", "stale"))
    assert stale.send(a_message()) is NoAnswer.NOT_NOW
    assert stale.reach(ANNA) is Reach.SILENT


@pytest.mark.parametrize(
    ("status", "body", "sent"),
    [
        (200, b"", NoAnswer.AMBIGUOUS),
        (204, b"", NoAnswer.AMBIGUOUS),
        (400, b"", Rejected("http_400")),
        (400, b"<kombi_response><Result>false</Result></kombi_response>", Rejected("other")),
        (
            400,
            b"<kombi_response><Result>false</Result><FejlId>memo.invalid</FejlId></kombi_response>",
            Rejected("memo.invalid"),
        ),
        (413, b"", Rejected("http_413")),
        (415, b"", Rejected("http_415")),
        (422, b"", Rejected("http_422")),
        (401, b"", NoAnswer.NOT_NOW),
        (403, b"", NoAnswer.NOT_NOW),
        (404, b"", NoAnswer.NOT_NOW),
        (408, b"", NoAnswer.NOT_NOW),
        (429, b"", NoAnswer.NOT_NOW),
        (301, b"", NoAnswer.NOT_NOW),
        (500, b"", NoAnswer.AMBIGUOUS),
        (502, b"", NoAnswer.AMBIGUOUS),
        (503, b"", NoAnswer.NOT_NOW),
        (504, b"", NoAnswer.AMBIGUOUS),
        (599, b"", NoAnswer.AMBIGUOUS),
        (600, b"", NoAnswer.NOT_NOW),
    ],
)
def test_what_a_status_means(status: int, body: bytes, sent: Sent) -> None:
    """D-POST-1: the message's fault is final, ours is not, and a broken server leaves a doubt."""
    exchange = sending(URL, CALL, Counted(a_message(), MemoVersion.V1_1))
    assert run(exchange, lambda _: Response(status, (), body)) == sent


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("whole", [False, True])
def test_what_a_silence_means(why: Why, *, whole: bool) -> None:
    """D-POST-1: before the last byte was given nothing arrived; after it, all may have."""

    def send(request: Request) -> Silence:
        assert isinstance(request.body, Upload)
        if whole:
            _ = list(request.body.pieces())
        return Silence(why)

    counted = Counted(a_message(), MemoVersion.V1_1)
    sure = not whole or why in {Why.NOT_ALLOWED, Why.UNREACHABLE}
    expected = NoAnswer.NOT_NOW if sure else NoAnswer.AMBIGUOUS
    assert run(sending(URL, CALL, counted), send) is expected


@pytest.mark.parametrize(
    ("answer", "reach"),
    [
        (Response(200, (), b'{"result": true}'), Reach.CAN_RECEIVE),
        (Response(200, (), b'{"result": false}'), Reach.CANNOT_RECEIVE),
        (Response(200, (), b'{"result": "true"}'), Reach.SILENT),
        (Response(200, (), b"[]"), Reach.SILENT),
        (Response(404, (), b'{"result": true}'), Reach.SILENT),
        (Response(500, (), b'{"result": false}'), Reach.SILENT),
        (Silence(Why.TOO_LATE), Reach.SILENT),
    ],
)
def test_only_a_plain_yes_or_no_is_one(answer: Response | Silence, reach: Reach) -> None:
    """D-POST-2: nobody is sent a letter, nor paper, on an answer that is none."""
    assert run(asking(URL, CALL, ANNA), lambda _: answer) is reach


# --- what leaves ---------------------------------------------------------------------------------


def test_a_call_is_one_as_the_service_wants_it() -> None:
    """S-POST-1: the token, a number and a time in UTC; the number of a person nowhere but there."""
    (asked,) = requests = [next(asking(URL, CALL, ANNA))]
    assert asked.url == f"{URL}{ASK_PATH}?cprNumber=0709614606"
    assert dict(asked.headers) == {
        "Authorization": f"Holder-of-key {TOKEN}",
        "X-TransaktionsId": "8853363b-43ec-4d0a-a54d-65447f9447ed",
        "X-TransaktionsTid": "2026-11-23T08:00:00Z",
        "Accept": "application/json",
    }
    assert "0709614606" not in repr(requests)
    assert TOKEN not in repr([CALL, *requests])


def test_a_request_is_digital_post_and_nothing_else() -> None:
    """D-POST-3: never the service's own choice, and the message is the one that the folder gets."""
    whole = b"".join(request_pieces(a_message(), MemoVersion.V1_2))
    assert whole.startswith(b"<kombi_request><KombiValgKode>Digital Post</KombiValgKode><memo:Mess")
    assert whole.endswith(b"</memo:Message></kombi_request>")
    assert Counted(a_message(), MemoVersion.V1_2).size == len(whole)


def test_every_call_has_a_number_of_its_own(there: Solution) -> None:
    """S-POST-1: two calls are told apart, also two attempts at one letter."""
    calls = [there.post._call("x").number for _ in range(3)]
    assert len(set(calls)) == 3
    assert all(re.fullmatch(r"[0-9a-f-]{36}", number) and number[14] == "4" for number in calls)


def test_a_letter_of_2_mb_is_never_whole_in_memory(there: Solution, tmp_path: Path) -> None:
    """S-POST-1: a PDF of 2 MB on the disk is sent in pieces; less than 1 MB is held at a time."""
    pdf = tmp_path / "brev.pdf"
    _ = pdf.write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 8_192)
    file = File("brev.pdf", "application/pdf", pdf.stat().st_size, partial(pdf.open, "rb"))
    letter = Memo(evolve(a_message().draft, main=Document((file,))))
    assert there.post.send(a_message(LetterId.from_entropy(b"\x09" * 16))) == Accepted()
    tracemalloc.start()
    try:
        assert there.post.send(letter) == Accepted()
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert there.stand_in.kept[-1].size > 2_700_000
    assert held < 1_000_000, held


def test_awaited_it_is_the_same(there: Solution) -> None:
    """S-POST-1: the exchange is written once; driven by asyncio it ends as it does otherwise."""
    driver = there.post.driver
    url = there.post.url

    async def both() -> tuple[Reach, Sent]:
        return (
            await driver.run_async(asking(url, CALL, ANNA)),
            await driver.run_async(sending(url, CALL, Counted(a_message(), MemoVersion.V1_1))),
        )

    assert asyncio.run(both()) == (Reach.CAN_RECEIVE, Accepted())
    assert there.post.send(a_message()) == Accepted()
    assert len(there.stand_in.kept) == 1


def test_a_file_that_changed_is_found_before_anything_leaves(there: Solution) -> None:
    """faults: 169. A size that lies is told by measuring, and nobody is called."""
    draft = a_message().draft
    file = evolve(draft.main.files[0], open=partial(BytesIO, b"x"))
    message = Memo(evolve(draft, main=Document((file,))))
    assert there.post.send(message) == Rejected("file_changed")
    assert there.stand_in.asked == 0


def test_a_file_that_changes_on_the_way_is_not_a_message(there: Solution) -> None:
    """faults: 169. What shrinks between measuring and sending breaks off, and is refused."""
    contents = iter([bytes(300_000), bytes(200_000)])
    file = File("brev.pdf", "application/pdf", 300_000, lambda: BytesIO(next(contents)))
    message = Memo(evolve(a_message().draft, main=Document((file,))))
    assert there.post.send(message) == Rejected("file_changed")
    assert there.stand_in.kept == ()


def test_a_file_that_cannot_be_read_is_not_now(there: Solution, tmp_path: Path) -> None:
    """D-POST-1: nothing left, so it is tried again."""
    file = File("brev.pdf", "application/pdf", 9, partial((tmp_path / "no.pdf").open, "rb"))
    message = Memo(evolve(a_message().draft, main=Document((file,))))
    assert there.post.send(message) is NoAnswer.NOT_NOW
    assert there.stand_in.asked == 0


def test_nothing_of_a_person_is_logged(there: Solution, caplog: pytest.LogCaptureFixture) -> None:
    """D-LOG-1: at the loudest, no library on the way repeats a number, a title or a token."""
    caplog.set_level(logging.DEBUG)
    assert there.post.reach(ANNA) is Reach.CAN_RECEIVE
    assert there.post.send(a_message()) == Accepted()
    assert "0709614606" not in caplog.text
    assert "Indkaldelse" not in caplog.text
    assert TOKEN not in caplog.text


# --- who speaks with whom ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Whoever issues certificates here."""
    return trustme.CA()


def mutual(authority: trustme.CA) -> ssl.SSLContext:
    """Make a server's side that wants to see a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_both_sides_prove_who_they_are(authority: trustme.CA, there: Solution) -> None:
    """S-POST-1: our certificate lets us in, its absence does not, and a stranger gets nothing."""
    stand_in = DigitalPostStandIn(there.inbox.lay, lambda: NOW, tls=mutual(authority))
    known, unknown, elsewhere = (ssl.create_default_context() for _ in range(3))
    authority.configure_trust(known)
    authority.issue_cert("clinic.example").configure_cert(known)
    authority.configure_trust(unknown)
    trustme.CA().configure_trust(elsewhere)
    with stand_in:
        post = evolve(there.post, url=stand_in.url)
        sent = [
            evolve(post, driver=HttpDriver(Bounds(seconds=5), tls)).send(letter)
            for tls, letter in (
                (known, a_message()),
                (elsewhere, a_message(LETTER)),
                (unknown, a_message(LETTER)),
            )
        ]
        assert sent[:2] == [Accepted(), NoAnswer.NOT_NOW]
        assert isinstance(sent[2], NoAnswer)
        assert [kept.uuid for kept in stand_in.kept] == [a_message().draft.uuid]
