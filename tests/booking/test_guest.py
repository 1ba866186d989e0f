"""The machines of booking without a user: one attempt, one link, and what is written in a form."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eservices_core.booking import guest, link
from eservices_core.booking.contact import Contact, ContactRefusal, Written, read_contact
from eservices_core.booking.guest import (
    AddressProved,
    Attempt,
    AttemptEnded,
    AwaitingCode,
    Begin,
    CodeSent,
    CodeSentAgain,
    CodeTried,
    Command,
    GiveUp,
    GuestRefusal,
    LetTimePass,
    NotBegun,
    Over,
    Proved,
    SendAgain,
    Settle,
    TakeTry,
    decide,
    evolve,
)
from eservices_core.outcome import Failure, Success
from eservices_core.testing import strategies
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    BrowserId,
    ClinicId,
    ContentId,
    Pseudonym,
)
from eservices_core.words.lifetimes import ATTEMPT_LIVES, CLOCKS_DIFFER

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
LIFETIME: Final = 10 * MINUTE
TRIES: Final = 3
HOME, CAFE = BrowserId("home"), BrowserId("cafe")
BOOKING: Final = BookingId("booking")


def begin(digest: str = "d0", at: datetime = NOON, *, lives: timedelta = LIFETIME) -> Begin:
    """Begin an attempt at home."""
    return Begin(
        clinic=ClinicId("clinic"),
        address=Pseudonym("address"),
        network=Pseudonym("network"),
        wish=ContentId("wish"),
        browser=HOME,
        code_digest=digest,
        at=at,
        expires_at=at + lives,
        tries=TRIES,
    )


def after(*commands: Command) -> Attempt:
    """Carry commands out, one after the other."""
    state: Attempt = NotBegun()
    for command in commands:
        for event in decide(state, command).unwrap():
            state = evolve(state, event)
    return state


class GuestMachine(RuleBasedStateMachine):
    """D-BOOK-7: codes are sent, tried and compared in any order, in two browsers, by any clock."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Attempt = NotBegun()
        self.at = self.begun_at = self.sent_at = NOON
        self.digests: list[str] = []
        self.waiting: list[tuple[str, str]] = []
        self.compared = self.booked = 0

    def _do(self, command: Command) -> GuestRefusal | None:
        decided = decide(self.state, command)
        if isinstance(decided, Failure):
            return decided.failure()
        for event in decided.unwrap():
            self.booked += isinstance(event, AddressProved)
            self.state = evolve(self.state, event)
        return None

    @initialize(lives=st.sampled_from((MINUTE, LIFETIME, 60 * MINUTE)))
    def begins(self, lives: timedelta) -> None:
        """Somebody wishes for a time."""
        self.digests.append("d0")
        assert self._do(begin(lives=lives)) is None
        assert self._do(begin()) is GuestRefusal.ALREADY_BEGUN

    @rule(browser=st.sampled_from((HOME, HOME, HOME, CAFE)))
    def sends_again(self, browser: BrowserId) -> None:
        """Another code is asked for."""
        digest = f"d{len(self.digests)}"
        refusal = self._do(SendAgain(browser, digest, self.at, self.at + 60 * MINUTE))
        if refusal is None:
            assert browser == HOME
            assert self.at < self.begun_at + ATTEMPT_LIVES
            self.digests.append(digest)
            self.sent_at = self.at

    @rule(which=st.integers(0, 9), browser=st.sampled_from((HOME, HOME, HOME, CAFE)))
    def tries(self, which: int, browser: BrowserId) -> None:
        """A code is typed: one of those that were sent, or a wrong one."""
        state = self.state
        refusal = self._do(TakeTry(browser, self.at))
        if refusal is None:
            assert isinstance(state, AwaitingCode)
            assert browser == HOME
            typed = self.digests[which] if which < len(self.digests) else "wrong"
            self.compared += 1
            self.waiting.append((typed, state.code_digest))

    @rule(late=st.booleans())
    def settles(self, late: bool) -> None:
        """A comparison is made, at once or later than others."""
        if not self.waiting:
            return
        typed, digest = self.waiting.pop(-1 if late else 0)
        before, had = self.state, self.booked
        refusal = self._do(Settle(digest, typed == digest, BOOKING, self.at))
        if self.booked > had:
            assert refusal is None
            assert typed == self.digests[-1]
            assert isinstance(before, AwaitingCode)
            assert self.sent_at - CLOCKS_DIFFER <= self.at < self.sent_at + LIFETIME
            assert self.at < self.begun_at + ATTEMPT_LIVES

    @rule(by=st.integers(-3, 12))
    def winds(self, by: int) -> None:
        """The clock goes on, or is set back."""
        self.at += by * MINUTE

    @rule()
    def looks(self) -> None:
        """A worker looks at the clock."""
        lives = self.begun_at - CLOCKS_DIFFER <= self.at < self.begun_at + ATTEMPT_LIVES
        waits = isinstance(self.state, AwaitingCode)
        assert self._do(LetTimePass(self.at)) is None
        if waits:
            assert isinstance(self.state, AwaitingCode) is lives

    @invariant()
    def compares_no_more_than_it_has_tries(self) -> None:
        """However many codes were sent."""
        assert self.compared <= TRIES

    @invariant()
    def works_once(self) -> None:
        """One attempt leads to one booking at most."""
        assert self.booked <= 1
        assert (self.booked == 1) is isinstance(self.state, Proved)


TestGuestMachine = GuestMachine.TestCase


WAITING: Final = after(begin())
PROVED: Final = after(begin(), Settle("d0", matches=True, booking=BOOKING, at=NOON))
OVER: Final = after(begin(), GiveUp())


def test_what_was_asked_is_what_is_kept() -> None:
    """D-BOOK-7: an attempt keeps whose time it is, who asked from where, and the newest code."""
    sent = CodeSent(
        clinic=ClinicId("clinic"),
        address=Pseudonym("address"),
        network=Pseudonym("network"),
        wish=ContentId("wish"),
        browser=HOME,
        code_digest="d0",
        at=NOON,
        expires_at=NOON + LIFETIME,
        tries=TRIES,
    )
    assert decide(NotBegun(), begin()) == Success((sent,))
    waiting = AwaitingCode(
        clinic=sent.clinic,
        address=sent.address,
        network=sent.network,
        wish=sent.wish,
        browser=HOME,
        code_digest="d0",
        expires_at=NOON + LIFETIME,
        begun_at=NOON,
        sent_at=NOON,
        tries_left=TRIES,
    )
    assert waiting == WAITING
    soon = NOON + MINUTE
    again = CodeSentAgain("d1", soon, soon + LIFETIME)
    assert decide(WAITING, SendAgain(HOME, "d1", soon, soon + LIFETIME)) == Success((again,))
    assert evolve(WAITING, again) == with_changes(
        waiting, code_digest="d1", sent_at=soon, expires_at=soon + LIFETIME
    )
    right = Settle("d0", matches=True, booking=BOOKING, at=NOON)
    assert decide(WAITING, right) == Success((AddressProved(BOOKING),))
    late = Settle("d0", matches=True, booking=BOOKING, at=NOON + LIFETIME)
    assert decide(WAITING, late) == Failure(GuestRefusal.EXPIRED)
    assert decide(WAITING, GiveUp()) == Success((AttemptEnded(),))


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-BOOK-4: an event that `decide` cannot have given in that state is an assertion."""
    (sent,) = decide(NotBegun(), begin()).unwrap()
    again = CodeSentAgain("d1", NOON, NOON + LIFETIME)
    for event in (again, CodeTried(), AddressProved(BOOKING), AttemptEnded()):
        for state in (NotBegun(), PROVED, OVER):
            with pytest.raises(AssertionError):
                _ = evolve(state, event)
    for state in (WAITING, PROVED, OVER):
        with pytest.raises(AssertionError):
            _ = evolve(state, sent)
    with pytest.raises(AssertionError):
        _ = evolve(after(begin(), *[TakeTry(HOME, NOON)] * TRIES), CodeTried())


def test_the_ends_are_what_they_are_called() -> None:
    """D-BOOK-7: an attempt ends in a booking, or in nothing."""
    assert Proved(BOOKING) == PROVED
    assert Over() == OVER


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (NotBegun(), GuestRefusal.NOT_BEGUN),
        (PROVED, GuestRefusal.USED),
        (OVER, GuestRefusal.OVER),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "command",
    [
        SendAgain(HOME, "d1", NOON, NOON + LIFETIME),
        TakeTry(HOME, NOON),
        Settle("d0", matches=True, booking=BOOKING, at=NOON),
        Settle("d0", matches=False, booking=BOOKING, at=NOON),
        GiveUp(),
    ],
    ids=["send again", "take a try", "settle as right", "settle as wrong", "give up"],
)
def test_nothing_happens_to_what_does_not_wait(
    state: Attempt, refusal: GuestRefusal, command: Command
) -> None:
    """D-BOOK-4, D-BOOK-7: every command in every state is an allowed move or a refusal."""
    assert decide(state, command) == Failure(refusal)
    assert decide(state, LetTimePass(NOON + 2 * ATTEMPT_LIVES)) == Success(())


@pytest.mark.parametrize(
    ("at", "lives"),
    [
        (NOON, True),
        (NOON + timedelta(seconds=599, milliseconds=900), True),
        (NOON + LIFETIME, False),
        (NOON - CLOCKS_DIFFER, True),
        (NOON - CLOCKS_DIFFER - timedelta(microseconds=1), False),
    ],
)
def test_a_code_is_compared_within_its_time(at: datetime, lives: bool) -> None:
    """Faults 92: until the instant before its end, and not by a clock that was set back."""
    decided = decide(WAITING, TakeTry(HOME, at))
    assert isinstance(decided, Success) is lives
    settled = decide(WAITING, Settle("d0", matches=True, booking=BOOKING, at=at))
    assert isinstance(settled, Success) is lives


def test_no_code_lives_longer_than_ten_minutes() -> None:
    """D-BOOK-7: whatever an installation asks for."""
    state = after(begin(lives=60 * MINUTE))
    assert isinstance(state, AwaitingCode)
    assert state.expires_at == NOON + LIFETIME
    state = after(begin(), SendAgain(HOME, "d1", NOON + MINUTE, NOON + 60 * MINUTE))
    assert isinstance(state, AwaitingCode)
    assert state.expires_at == NOON + MINUTE + LIFETIME


def test_a_code_that_was_replaced_while_it_was_compared_is_refused() -> None:
    """D-BOOK-7: one live code."""
    state = after(begin(), SendAgain(HOME, "d1", NOON, NOON + LIFETIME))
    settle = Settle("d0", matches=True, booking=BOOKING, at=NOON)
    assert decide(state, settle) == Failure(GuestRefusal.REPLACED)


def test_no_other_code_is_sent_where_no_try_is_left() -> None:
    """D-BOOK-7: tries do not come back with another code."""
    burnt = after(begin(), *[TakeTry(HOME, NOON)] * TRIES)
    again = SendAgain(HOME, "d1", NOON, NOON + LIFETIME)
    assert decide(burnt, again) == Failure(GuestRefusal.NO_TRIES_LEFT)
    assert decide(burnt, TakeTry(HOME, NOON)) == Failure(GuestRefusal.NO_TRIES_LEFT)


def test_an_attempt_lapses_after_half_an_hour() -> None:
    """Faults 180: at the instant, and not before; somebody's look ends it."""
    last = NOON + ATTEMPT_LIVES
    assert decide(WAITING, LetTimePass(last - timedelta(microseconds=1))) == Success(())
    assert decide(WAITING, LetTimePass(last)) == Success((AttemptEnded(),))


# --- the link's code -----------------------------------------------------------------------------


@given(
    steps=st.lists(
        st.tuples(st.integers(-30, 70), st.sampled_from((False, False, False, True))), max_size=40
    )
)
def test_wrong_codes_are_counted_by_the_hour(steps: list[tuple[int, bool]]) -> None:
    """D-BOOK-7: by no clock, set back or not, are more than five compared in an hour of it."""
    state, at, taken = link.NO_TRIES, NOON, list[datetime]()
    for minutes, right in steps:
        at += minutes * MINUTE
        decided = link.decide(state, link.TakeTry(at))
        recent = sum(1 for when in taken if when > at - link.WINDOW)
        assert isinstance(decided, Success) is (recent < link.TRIES_PER_HOUR)
        if isinstance(decided, Failure):
            assert decided.failure() is link.LinkRefusal.TOO_MANY_TRIES
            continue
        taken.append(at)
        for event in decided.unwrap():
            state = link.evolve(state, event)
        if right:
            taken.clear()
            for event in link.decide(state, link.Settle()).unwrap():
                state = link.evolve(state, event)
            assert state == link.NO_TRIES


def test_a_clock_that_comes_back_finds_no_room() -> None:
    """Faults 174: the latest by the clock are kept, not those that were counted last."""
    state = link.NO_TRIES
    ahead = NOON + timedelta(days=1)
    for at in (ahead, ahead, ahead, NOON, NOON, NOON + 2 * link.WINDOW, NOON + 4 * link.WINDOW):
        decided = link.decide(state, link.TakeTry(at))
        for event in decided.unwrap() if isinstance(decided, Success) else ():
            state = link.evolve(state, event)
    assert state.at.count(ahead) == 3


# --- the form ------------------------------------------------------------------------------------

TODAY: Final = date(2026, 11, 23)
MAIL: Final = EmailAddress.parse("gry@example.com").unwrap()


def written(
    name: str = "Gry", phone: str = "20304050", comment: str | None = None, born: date = TODAY
) -> Written:
    """A form that is filled in."""
    return Written(name=name, birth_date=born, phone=phone, email=MAIL, comment=comment)


@pytest.mark.parametrize(
    ("phone", "kept"),
    [
        ("20304050", "+4520304050"),
        ("20 30 40 50", "+4520304050"),
        ("+45 20-30-40-50", "+4520304050"),
        ("0045 20304050", "+4520304050"),
        ("+46 (70) 123.45.67", "+46701234567"),
        ("+298 123456", "+298123456"),
    ],
)
def test_phone_numbers_are_kept_in_one_form(phone: str, kept: str) -> None:
    """D-BOOK-7: with the country's code, so that staff can call."""
    assert read_contact(written(phone=phone), TODAY).unwrap().phone == kept


@pytest.mark.parametrize(
    "phone",
    [
        "",
        "2030405",
        "203040506",
        "+45 2030405",
        "+45 203040506",
        "+0 20304050",
        "+4620304",
        "tyve",
        "+46 1234567890123456",
        "20304050x",
    ],
)
def test_what_nobody_can_call_is_refused(phone: str) -> None:
    """D-BOOK-7: neither eight digits nor a number with its country's code is no phone number."""
    assert read_contact(written(phone=phone), TODAY) == Failure(ContactRefusal.PHONE)


def test_a_name_is_kept_without_blanks_around_it() -> None:
    """D-BOOK-7: what people type with a blank too many is one name."""
    read = read_contact(written(name="  Gry   Gæst\t"), TODAY)
    assert read == Success(Contact("Gry Gæst", TODAY, "+4520304050", MAIL))


def test_raised_digits_are_digits() -> None:
    """D-BOOK-7: a number in superscript is a number."""
    raised = "\u2070\u2077\u2070\u2079\u2076\u00b9\u2074\u2076\u2070\u2076"
    refused = read_contact(written(comment=raised), TODAY)
    assert refused == Failure(ContactRefusal.NUMBER_IN_COMMENT)


def test_a_comment_may_have_lines_and_pictures() -> None:
    """D-BOOK-7: only what is no text is refused."""
    assert isinstance(read_contact(written(comment="a\r\n\tb 👩‍⚕️ «ø»"), TODAY), Success)


BETWEEN: Final = st.sampled_from(("", " ", "-", ".", " - ", "\u00a0", "\u2013", "/"))


@given(
    number=strategies.civil_numbers(),
    gaps=st.lists(BETWEEN, min_size=9, max_size=9),
    field=st.sampled_from(("name", "phone", "comment")),
    script=st.sampled_from(("0", "\uff10", "\u0660")),
)
def test_a_number_is_found_however_it_is_spaced(
    number: CivilNumber, gaps: list[str], field: str, script: str
) -> None:
    """D-BOOK-7: no field takes a CPR number, in any grouping or script."""
    shown = [chr(ord(script) + int(each)) for each in number.reveal()]
    spaced = "".join(one + gap for one, gap in zip(shown, [*gaps, ""], strict=True))
    form = {"name": written(spaced), "phone": written(phone=spaced)}
    refused = read_contact(form.get(field, written(comment=spaced)), TODAY)
    assert refused == Failure(ContactRefusal(f"number_in_{field}"))


PLAIN: Final[list[Callable[[str], Written]]] = [
    lambda text: written(name=text),
    lambda text: written(phone=text),
    lambda text: written(comment=text),
]


@given(text=st.text(max_size=300), put=st.sampled_from(PLAIN))
def test_nothing_that_is_written_is_ever_raised(text: str, put: Callable[[str], Written]) -> None:
    """D-BOOK-7: any text at all is read, or refused by the name of its field."""
    read = read_contact(put(text), TODAY)
    if isinstance(read, Success):
        assert read.unwrap().name.isprintable()


def test_the_list_of_a_day_holds_what_is_not_taken_off() -> None:
    """Faults 180: listed in order, and taken off one by one."""
    first, second = AttemptId("first"), AttemptId("second")
    state: tuple[AttemptId, ...] = ()
    for event in (
        guest.AttemptListed(first),
        guest.AttemptListed(second),
        guest.AttemptUnlisted(first),
    ):
        state = guest.list_attempt(state, event)
    assert state == (second,)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": "G"}, None),
        ({"name": "g" * 100}, None),
        ({"name": "g" * 101}, ContactRefusal.NAME),
        ({"name": "g" + " " * 199}, None),
        ({"name": "g" + " " * 200}, ContactRefusal.NAME),
        ({"phone": "20304050" + " " * 192}, None),
        ({"phone": "20304050" + " " * 193}, ContactRefusal.PHONE),
        ({"comment": "på\r\n\tflere linjer"}, None),
        ({"comment": "X\x00"}, ContactRefusal.COMMENT),
        ({"comment": "X\ud800"}, ContactRefusal.COMMENT),
        ({"comment": ""}, None),
        ({"born": TODAY}, None),
        ({"born": TODAY + timedelta(days=1)}, ContactRefusal.BIRTH_DATE),
        ({"born": TODAY.replace(year=TODAY.year - 125)}, None),
        ({"born": TODAY.replace(year=TODAY.year - 126)}, ContactRefusal.BIRTH_DATE),
    ],
)
def test_a_field_at_its_bounds(changes: dict[str, Any], refusal: ContactRefusal | None) -> None:
    """D-BOOK-7: each field is taken up to its bound, and the first that is not is named."""
    read = read_contact(written(**changes), TODAY)
    assert (read.failure() if isinstance(read, Failure) else None) == refusal
