from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.post import letter, states
from eservices_core.post.letter import (
    AMBIGUOUS_MAX,
    ATTEMPTS_MAX,
    GIVEN_UP,
    LetterRefusal,
    NoteReceipt,
    Says,
    decide,
)
from eservices_core.post.states import (
    Accepted,
    Ambiguous,
    AwaitingJournal,
    Because,
    Believed,
    Delivered,
    Failed,
    Letter,
    NoLetter,
    OnPaper,
    Queued,
    Received,
    Withdrawn,
    evolve,
    may_have_arrived,
)
from eservices_core.words.identifiers import (
    ClinicId,
    ContentId,
    EntryId,
    LetterId,
    StaffId,
    UserId,
)

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNE = StaffMember(StaffId("anne"), ClinicId("clinic"))
TERMS = states.Terms(
    ClinicId("clinic"),
    UserId("anna"),
    states.To.PATIENT,
    ContentId("recipient"),
    ContentId("content"),
    (),
    ANNE,
    AT,
)
ENTRY = EntryId("entry")
WRITE = letter.Write(TERMS, ENTRY, filed=True)
RELEASE = letter.Release(AT)
ACCEPTED = letter.NoteAccepted(AT)
REFUSED = letter.NoteRefused("memo.invalid", AT)
NOT_TAKEN = letter.NoteNotTaken(AT, AT + MINUTE)
NO_ANSWER = letter.NoteAmbiguous(AT + MINUTE)
AGAIN = letter.TryAgain(ANNE, AT)
WITHDRAW = letter.Withdraw(Because.STAFF, ANNE, AT)
PAPER = letter.SendOnPaper(ANNE, AT)


def receipt(says: Says) -> NoteReceipt:
    """Make a receipt without a code."""
    return NoteReceipt(says, "none", AT)


RECEIVED, DELIVERED, FAILED = (receipt(says) for says in Says)


def after(*commands: letter.Command, state: Letter | None = None) -> Letter:
    """Carry commands out, each of which must be allowed."""
    now: Letter = NoLetter() if state is None else state
    for command in commands:
        for event in decide(now, command).unwrap():
            now = evolve(now, event)
    return now


def why_not(state: Letter, command: letter.Command) -> LetterRefusal:
    """Give the reason of a refusal."""
    return decide(state, command).failure()


QUEUED = after(WRITE)
TIRED = after(*[NO_ANSWER] * AMBIGUOUS_MAX, state=QUEUED)
STANDINGS: dict[str, Letter] = {
    "queued": QUEUED,
    "ambiguous": after(NO_ANSWER, state=QUEUED),
    "for staff": TIRED,
    "accepted": after(ACCEPTED, state=QUEUED),
    "received": after(RECEIVED, state=QUEUED),
    "delivered": after(DELIVERED, state=QUEUED),
    "failed": after(REFUSED, state=QUEUED),
    "withdrawn": after(WITHDRAW, state=QUEUED),
    "on paper": after(PAPER, state=QUEUED),
}

# ---------------------------------------------------------------------------------------- receipts


def expected(receipts: Sequence[Says]) -> tuple[type[Letter], Believed | None]:
    """D-POST-1, said a second time, over the whole heap and not receipt by receipt."""
    if Says.DELIVERED in receipts:
        earlier = receipts[: receipts.index(Says.DELIVERED)]
        return Delivered, Believed.FAILED if Says.FAILED in earlier else None
    if Says.FAILED in receipts:
        return Failed, None
    if Says.RECEIVED in receipts:
        return Received, None
    return Accepted, None


@pytest.mark.parametrize("count", range(5))
@pytest.mark.parametrize("start", ["queued", "ambiguous", "for staff", "accepted"])
def test_every_order_of_receipts_ends_where_the_rulebook_wants_it(start: str, count: int) -> None:
    """D-POST-1: up to four receipts in any order and with repeats; delivered is final."""
    for receipts in product(Says, repeat=count):
        end = after(*map(receipt, receipts), state=STANDINGS[start])
        if not receipts:
            assert end == STANDINGS[start]
            continue
        kind, corrects = expected(receipts)
        assert type(end) is kind, receipts
        assert getattr(end, "corrects", None) is corrects, receipts


@given(st.lists(st.sampled_from(Says), max_size=8))
def test_a_receipt_that_repeats_changes_nothing(receipts: list[Says]) -> None:
    """D-POST-1: each receipt may come twice in a row, and no state is another for it."""
    once = after(*map(receipt, receipts), state=QUEUED)
    twice = after(*(receipt(says) for says in receipts for _ in range(2)), state=QUEUED)
    assert once == twice


def test_received_is_not_delivered() -> None:
    """D-POST-1: that the solution has it says nothing of the recipient."""
    assert isinstance(STANDINGS["received"], Received)
    assert after(DELIVERED, state=STANDINGS["received"]) == Delivered(TERMS, AT)


def test_delivered_corrects_what_staff_were_told() -> None:
    """D-POST-1: after failed, withdrawn or paper, 'delivered' says what it corrects."""
    for name, believed in (
        ("failed", Believed.FAILED),
        ("withdrawn", Believed.WITHDRAWN),
        ("on paper", Believed.ON_PAPER),
    ):
        assert after(DELIVERED, state=STANDINGS[name]) == Delivered(TERMS, AT, believed)


def test_a_letter_that_was_withdrawn_too_late_is_on_its_way() -> None:
    """D-POST-1: a worker had it in hand; accepted and received say what they correct."""
    left = after(ACCEPTED, state=STANDINGS["withdrawn"])
    assert left == Accepted(TERMS, AT, Believed.WITHDRAWN)
    assert after(RECEIVED, state=left) == Received(TERMS, AT, Believed.WITHDRAWN)
    assert after(RECEIVED, DELIVERED, state=left) == Delivered(TERMS, AT, Believed.WITHDRAWN)
    direct = after(RECEIVED, state=STANDINGS["withdrawn"])
    assert direct == Received(TERMS, AT, Believed.WITHDRAWN)


@pytest.mark.parametrize("name", ["failed", "withdrawn", "on paper"])
def test_what_has_ended_does_not_fail(name: str) -> None:
    """D-POST-1: a failure of what staff have ended otherwise is no news."""
    assert after(FAILED, state=STANDINGS[name]) == STANDINGS[name]


@pytest.mark.parametrize("name", ["received", "failed", "on paper"])
def test_received_takes_nothing_back(name: str) -> None:
    """D-POST-1: a late 'received' leaves a failure failed, and paper paper."""
    assert after(RECEIVED, state=STANDINGS[name]) == STANDINGS[name]


def test_a_receipt_about_nothing_is_refused() -> None:
    """faults: 172. An unknown UUID, and one that cannot have been sent, are refused."""
    waiting = after(letter.Write(TERMS, ENTRY, filed=False))
    for says in Says:
        assert why_not(NoLetter(), receipt(says)) is LetterRefusal.NO_LETTER
        assert why_not(waiting, receipt(says)) is LetterRefusal.NOT_SENT


def test_a_failure_keeps_its_code() -> None:
    """D-POST-1: the solution's own code stays with the letter, whichever way it came."""
    said = NoteReceipt(Says.FAILED, "recipient.closed", AT)
    assert after(said, state=QUEUED) == Failed(TERMS, "recipient.closed", AT, False)  # noqa: FBT003  nothing may have arrived
    assert after(REFUSED, state=QUEUED) == Failed(TERMS, "memo.invalid", AT, False)  # noqa: FBT003  as above


# ---------------------------------------------------------------------------------------- attempts


def test_a_letter_goes_its_way_event_by_event() -> None:
    """D-POST-1: written, released and taken, each with whose it is, by whom and when."""
    later = AT + MINUTE
    written = states.LetterWritten(TERMS, ENTRY)
    assert decide(NoLetter(), WRITE).unwrap() == (written, states.LetterReleased(AT))
    waits = letter.Write(TERMS, ENTRY, filed=False)
    assert decide(NoLetter(), waits).unwrap() == (written,)
    queued = Queued(TERMS, 0, AT)
    assert evolve(AwaitingJournal(TERMS, ENTRY), states.LetterReleased(AT)) == queued
    assert after(letter.NoteAccepted(later), state=queued) == Accepted(TERMS, later)
    assert after(NO_ANSWER, state=queued) == Ambiguous(TERMS, 1, later)
    assert decide(TIRED, AGAIN).unwrap() == (states.LetterTriedAgain(ANNE, AT),)
    for tried, next_try in ((AMBIGUOUS_MAX - 2, later), (AMBIGUOUS_MAX - 1, None)):
        state = Ambiguous(TERMS, tried, AT)
        assert after(NO_ANSWER, state=state) == Ambiguous(TERMS, tried + 1, next_try)
        assert after(NOT_TAKEN, state=state) == Ambiguous(TERMS, tried + 1, next_try)


def test_it_waits_for_the_journal() -> None:
    """D-MAIL-3: with a journal outside, it is queued only when its entry was acknowledged."""
    waiting = after(letter.Write(TERMS, ENTRY, filed=False))
    assert waiting == AwaitingJournal(TERMS, ENTRY)
    for attempt in (ACCEPTED, REFUSED, NOT_TAKEN, NO_ANSWER):
        assert why_not(waiting, attempt) is LetterRefusal.NOT_SENT
    later = letter.Release(AT + MINUTE)
    assert after(later, state=waiting) == Queued(TERMS, 0, AT + MINUTE)
    assert Queued(TERMS, 0, AT) == QUEUED


@pytest.mark.parametrize("name", STANDINGS)
def test_it_is_released_once(name: str) -> None:
    """D-MAIL-3: an acknowledgement that comes again changes nothing."""
    assert decide(STANDINGS[name], RELEASE).unwrap() == ()


def test_what_is_not_taken_is_tried_again_until_it_is_given_up() -> None:
    """D-POST-1: sixty attempts at what never left; then it has failed, with a code of ours."""
    last = after(*[NOT_TAKEN] * (ATTEMPTS_MAX - 1), state=QUEUED)
    assert last == Queued(TERMS, ATTEMPTS_MAX - 1, AT + MINUTE)
    assert after(NOT_TAKEN, state=last) == Failed(TERMS, GIVEN_UP, AT, may_have_arrived=False)


def test_what_gets_no_answer_comes_to_staff() -> None:
    """D-POST-1: twelve attempts without an answer are all; from then on staff decide."""
    almost = after(*[NO_ANSWER] * (AMBIGUOUS_MAX - 1), state=QUEUED)
    assert almost == Ambiguous(TERMS, AMBIGUOUS_MAX - 1, AT + MINUTE)
    assert Ambiguous(TERMS, AMBIGUOUS_MAX, None) == TIRED
    mixed = after(NO_ANSWER, *[NOT_TAKEN] * (AMBIGUOUS_MAX - 1), state=QUEUED)
    assert mixed == TIRED
    assert after(NO_ANSWER, NOT_TAKEN, state=TIRED) == TIRED


def test_what_was_not_taken_before_counts_for_itself() -> None:
    """D-POST-1: attempts without an answer are counted from the first of them."""
    tried = after(*[NOT_TAKEN] * 20, NO_ANSWER, state=QUEUED)
    assert tried == Ambiguous(TERMS, 1, AT + MINUTE)


def test_staff_have_it_tried_again_as_the_same_message() -> None:
    """D-POST-1: what may have arrived stays so until somebody says otherwise."""
    again = after(AGAIN, state=TIRED)
    assert again == Ambiguous(TERMS, 0, AT)
    assert after(REFUSED, state=again) == Failed(TERMS, "memo.invalid", AT, may_have_arrived=True)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("queued", LetterRefusal.IS_BEING_TRIED),
        ("ambiguous", LetterRefusal.IS_BEING_TRIED),
        ("accepted", LetterRefusal.HAS_LEFT),
        ("received", LetterRefusal.HAS_LEFT),
        ("delivered", LetterRefusal.DELIVERED),
        ("failed", LetterRefusal.HAS_FAILED),
        ("withdrawn", LetterRefusal.WITHDRAWN),
        ("on paper", LetterRefusal.ON_PAPER),
    ],
)
def test_trying_again_is_for_what_got_no_answer(name: str, why: LetterRefusal) -> None:
    """D-POST-1: all else is tried by itself, has left, or has ended, and says so."""
    assert why_not(STANDINGS[name], AGAIN) is why


@pytest.mark.parametrize("name", ["accepted", "received", "delivered", "failed"])
@pytest.mark.parametrize("attempt", [ACCEPTED, REFUSED, NOT_TAKEN, NO_ANSWER])
def test_another_worker_s_attempt_is_no_news(name: str, attempt: letter.Command) -> None:
    """D-POST-1: two workers try one message; whatever the second hears, the first has settled."""
    assert decide(STANDINGS[name], attempt).unwrap() == ()


@pytest.mark.parametrize("name", ["withdrawn", "on paper"])
def test_an_attempt_in_hand_leaves_a_doubt(name: str) -> None:
    """D-POST-1: stopped while a worker had it, and no answer came: it may have arrived."""
    stopped = STANDINGS[name]
    assert not may_have_arrived(stopped)
    doubtful = after(NO_ANSWER, state=stopped)
    assert isinstance(stopped, Withdrawn | OnPaper)
    assert doubtful == with_changes(stopped, may_have_arrived=True)
    assert may_have_arrived(doubtful)
    assert decide(doubtful, NO_ANSWER).unwrap() == ()
    for attempt in (REFUSED, NOT_TAKEN):
        assert decide(stopped, attempt).unwrap() == ()


def test_paper_hears_of_no_acceptance() -> None:
    """D-POST-1: that the solution took what went on paper is no news."""
    assert decide(STANDINGS["on paper"], ACCEPTED).unwrap() == ()


# ------------------------------------------------------------------------------------------- staff


def test_a_letter_is_written_once() -> None:
    """D-POST-1: nothing is written over a letter."""
    for state in STANDINGS.values():
        assert why_not(state, WRITE) is LetterRefusal.EXISTS


@pytest.mark.parametrize("command", [RELEASE, ACCEPTED, AGAIN, WITHDRAW, PAPER, RECEIVED])
def test_no_letter_takes_no_command(command: letter.Command) -> None:
    """D-POST-1: a story begins with its writing."""
    assert why_not(NoLetter(), command) is LetterRefusal.NO_LETTER


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("accepted", LetterRefusal.HAS_LEFT),
        ("received", LetterRefusal.HAS_LEFT),
        ("delivered", LetterRefusal.DELIVERED),
        ("failed", LetterRefusal.HAS_FAILED),
        ("withdrawn", LetterRefusal.WITHDRAWN),
        ("on paper", LetterRefusal.ON_PAPER),
    ],
)
def test_what_has_left_cannot_be_withdrawn(name: str, why: LetterRefusal) -> None:
    """D-POST-1: nobody is told that a letter was stopped which is on its way."""
    assert why_not(STANDINGS[name], WITHDRAW) is why


def test_what_waits_can_be_withdrawn() -> None:
    """D-POST-1, D-ACC-20: and it is kept whether it may have arrived."""
    waiting = after(letter.Write(TERMS, ENTRY, filed=False))
    for state in (waiting, STANDINGS["queued"], STANDINGS["ambiguous"], TIRED):
        ended = after(WITHDRAW, state=state)
        expects = isinstance(state, Ambiguous)
        assert ended == Withdrawn(TERMS, Because.STAFF, ANNE, AT, may_have_arrived=expects)


@pytest.mark.parametrize("name", STANDINGS)
def test_paper_is_the_way_on_from_everywhere_but_the_end(name: str) -> None:
    """D-POST-2: paper can be recorded of anything but what was delivered or is on paper."""
    over = {"delivered": LetterRefusal.DELIVERED, "on paper": LetterRefusal.ON_PAPER}
    if name in over:
        assert decide(STANDINGS[name], PAPER) == Failure(over[name])
        return
    ended = after(PAPER, state=STANDINGS[name])
    assert ended == OnPaper(TERMS, ANNE, AT, may_have_arrived(STANDINGS[name]))


# -------------------------------------------------------------------------------------------- words


@given(st.binary(min_size=16, max_size=16))
def test_a_letter_s_id_is_the_uuid_of_its_message(entropy: bytes) -> None:
    """D-POST-1: version 4, drawn once: whatever chance gives, the id is such a UUID."""
    text = str(LetterId.from_entropy(entropy))
    assert len(text) == 36
    assert text[14] == "4"
    assert text[19] in "89ab"


@pytest.mark.parametrize("code", ["", "a b", "-a", "a" * 65, "æ", "a\n"])
def test_a_code_is_no_sentence(code: str) -> None:
    """D-LOG-1: what a solution calls a code is kept only if it cannot hold a text."""
    assert not letter.is_code(code)
    for make in (
        lambda: letter.NoteRefused(code, AT),
        lambda: NoteReceipt(Says.FAILED, code, AT),
    ):
        with pytest.raises(AssertionError, match=r"^a code is 1 to 64 of the characters A-Z a-z"):
            _ = make()
    assert with_changes(REFUSED, code="a" * 64)
