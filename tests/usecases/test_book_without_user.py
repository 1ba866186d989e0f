"""Booking without a user (S-BOOK-6, D-BOOK-7): wish, code and limits, and nobody's account."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any, Final

import pytest
from attrs import evolve as with_changes

from eservices_core import events
from eservices_core.booking.guest import AwaitingCode, Over, Proved
from eservices_core.booking.states import Confirmed, Requested
from eservices_core.booking.terms import Guest
from eservices_core.clinic.booking_settings import BookingSettings, CommentRule, Switch
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import Change, Name
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.memory import SeededChance, copenhagen
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.book_without_user import ask_without_user
from eservices_core.usecases.guests import CODES_PER_ADDRESS, CODES_PER_NETWORK, OPEN_PER_NETWORK
from eservices_core.usecases.perform import TooBusy
from eservices_core.usecases.prove_address import ProveAddress, prove_address
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.identifiers import AttemptId, UserId
from eservices_core.words.interval import Interval, minute_of
from tests.usecases.book_day import wall
from tests.usecases.guest_day import A_NETWORK, GUEST, OPEN, WRONG, GuestDay
from tests.usecases.people import CAFE, HOME, HOUR, MINUTE, TICK, went

NUMBER: Final = "0709614606"
ANNAS: Final = "anna@example.dk"


@pytest.fixture
def day() -> GuestDay:
    """A Monday morning at a clinic that takes bookings without a user."""
    return GuestDay()


def why(outcome: Outcome[Any, Refusal]) -> str:
    """The reason of a refusal."""
    return outcome.failure().reason


def claims(day: GuestDay) -> int:
    """How many times are held at the clinic."""
    week = minute_of(day.clock.now()), minute_of(day.clock.now() + timedelta(days=100))
    return len(day.ledger.live_at(CLINIC, Interval(*week)))


# --- all the way ---------------------------------------------------------------------------------


def test_nothing_is_claimed_before_the_address_is_proved(day: GuestDay) -> None:
    """D-BOOK-7: the code claims the time, and asking for it does not."""
    attempt = day.sent(wall(9))
    assert claims(day) == 0
    assert went(day.asks_as_guest(wall(9), email=day.address("other@example.com")))
    booking = day.proves(attempt, day.last_code(GUEST)).unwrap().booking
    assert claims(day) == 1
    state = day.now(booking)
    assert isinstance(state, Requested)
    assert isinstance(state.terms.patient, Guest)
    assert state.terms.interval.starts_at == copenhagen(2026, 11, 30, 9)


def test_what_was_written_goes_to_the_booking_and_nowhere_else(day: GuestDay) -> None:
    """D-BOOK-7, faults 180: the wish is erased as the booking begins; its contact stays with it."""
    booking = day.booked(comment="Ondt i ryggen")
    terms = day.now(booking).terms
    assert isinstance(terms.patient, Guest)
    assert terms.comment is not None
    assert day.contents == {
        terms.patient.contact: json.dumps(
            {
                "name": "Gry Gæst",
                "birth_date": "1980-02-29",
                "phone": "+4520304050",
                "email": GUEST,
            }
        ),
        terms.comment: "Ondt i ryggen",
    }


def test_the_clinic_answers_a_guest_by_mail(day: GuestDay) -> None:
    """S-BOOK-4, D-BOOK-7: the confirmation goes to the proved address, and is evidence like any."""
    booking = day.booked()
    assert went(day.approves(booking))
    day.mailed()
    day.waits(timedelta(minutes=30))
    assert day.mail_kinds(booking) == [MailKind.BOOKING_REQUESTED, MailKind.BOOKING_CONFIRMATION]
    assert isinstance(day.now(booking), Confirmed)


def test_every_booking_mail_to_a_guest_holds_the_link_and_its_code(day: GuestDay) -> None:
    """D-BOOK-7: while a booking stands, the newest mail is enough to cancel it."""
    booking = day.booked()
    day.deliver()
    _ = day.approves(booking).unwrap()
    day.deliver()
    for mail in day.mails_to(GUEST)[1:]:
        text = mail.content.decode().replace("=\r\n", "")
        assert day.cancel_code(booking) in text
        assert f"/tid/{booking}" in text


def test_the_mail_with_the_code_is_about_nobody(day: GuestDay) -> None:
    """D-BOOK-7: the code to type is of the attempt, and of no user."""
    attempt = day.sent()
    mail = day.last_mail(GUEST)
    assert (mail.kind, mail.about) == (MailKind.ONE_TIME_CODE, None)
    assert mail.stream is not None
    assert mail.stream.key == str(attempt)


# --- is it offered? ------------------------------------------------------------------------------


def _shut(settings: BookingSettings, switch: str) -> BookingSettings:
    if switch == "clinic":
        return with_changes(settings, without_user=Switch.OFF)
    field = f"{switch}s"
    parts = (with_changes(each, without_user=Switch.OFF) for each in getattr(settings, field))
    changed: dict[str, Any] = {field: tuple(parts)}
    return with_changes(settings, **changed)


@pytest.mark.parametrize("switch", ["clinic", "practitioner", "type"])
def test_each_of_three_switches_shuts_it(switch: str) -> None:
    """D-BOOK-7: off or on per clinic, practitioner and type; no code is sent where it is off."""
    day = GuestDay(booking=_shut(OPEN, switch))
    assert why(day.asks_as_guest()) == f"without_user_shut_by_{switch}"
    day.deliver()
    assert not day.mailbox.arrived
    assert not day.contents


@pytest.mark.parametrize("switch", ["clinic", "practitioner", "type"])
def test_a_switch_that_is_turned_meanwhile_counts(day: GuestDay, switch: str) -> None:
    """D-BOOK-7: it is asked again when the code comes back; the attempt is over then."""
    attempt = day.sent()
    code = day.last_code(GUEST)
    settings = with_changes(day.services.clinics[CLINIC], booking=_shut(OPEN, switch))
    day.services = with_changes(day.services, clinics={CLINIC: settings})
    assert why(day.proves(attempt, code)) == f"without_user_shut_by_{switch}"
    assert day.state(events.GUEST, attempt) == Over()
    assert not day.contents


def test_a_required_comment_is_asked_for_before_a_code_is_sent() -> None:
    """D-BOOK-10: nobody proves an address in vain."""
    day = GuestDay(booking=with_changes(OPEN, comment=CommentRule.REQUIRED))
    assert why(day.asks_as_guest(comment=" ")) == "comment_required"
    assert went(day.asks_as_guest(comment="Ondt"))


def test_a_time_that_is_taken_meanwhile_is_refused_and_the_attempt_is_over(day: GuestDay) -> None:
    """D-BOOK-1, faults 180: of two who wish for one time one has it; the other leaves nothing."""
    first = day.sent(wall(9))
    other = day.sent(wall(9), email=day.address("other@example.com"))
    assert went(day.proves(first, day.last_code(GUEST)))
    outcome = day.proves(other, day.last_code("other@example.com"))
    assert outcome.failure().next_step.value == "choose_another_time"
    assert day.state(events.GUEST, other) == Over()
    assert claims(day) == 1
    assert "other@example.com" not in " ".join(day.contents.values())


# --- the code ------------------------------------------------------------------------------------


def test_a_code_works_once(day: GuestDay) -> None:
    """D-BOOK-7, faults 91: typed again, it books nothing more."""
    attempt = day.sent()
    code = day.last_code(GUEST)
    booking = day.proves(attempt, code).unwrap().booking
    assert why(day.proves(attempt, code)) == "used"
    assert day.state(events.GUEST, attempt) == Proved(booking)
    assert claims(day) == 1


def test_the_same_act_asked_again_is_answered_alike_and_done_once(day: GuestDay) -> None:
    """D-LOG-2: a caller who never heard the answer asks again under the same key."""
    wish = day.wish()
    sent = ask_without_user(day.services, wish)
    assert ask_without_user(day.services, wish) == sent
    proof = ProveAddress(
        key=day.key(),
        by=day.anybody,
        attempt=sent.unwrap().attempt,
        code=day.last_code(GUEST),
        browser=HOME,
    )
    proved = prove_address(day.services, proof)
    assert prove_address(day.services, proof) == proved
    assert claims(day) == 1
    assert len(day.mails_to(GUEST)) == 1


def test_the_tries_are_three_and_then_the_right_code_is_refused_too(day: GuestDay) -> None:
    """D-BOOK-7: after the last wrong one the attempt is over, and the wish is erased."""
    attempt = day.sent()
    code = day.last_code(GUEST)
    assert [why(day.proves(attempt, WRONG)) for _ in range(3)] == ["wrong_booking_code"] * 3
    assert why(day.proves(attempt, code)) == "over"
    assert not day.contents
    assert claims(day) == 0


def test_what_is_no_code_costs_a_try_too(day: GuestDay) -> None:
    """D-BOOK-7: whatever is typed is a try."""
    attempt = day.sent()
    _ = day.proves(attempt, "?")
    state = day.state(events.GUEST, attempt)
    assert isinstance(state, AwaitingCode)
    assert state.tries_left == 2


@pytest.mark.parametrize(
    ("later", "works"), [(10 * MINUTE - TICK, True), (10 * MINUTE, False), (-2 * MINUTE, False)]
)
def test_a_code_lives_ten_minutes(day: GuestDay, later: timedelta, works: bool) -> None:
    """D-BOOK-7, faults 92: not one instant longer, and a clock set back does not revive it."""
    attempt = day.sent()
    code = day.last_code(GUEST)
    day.clock.wind(later)
    proved = day.proves(attempt, code)
    assert went(proved) is works
    if not works:
        assert why(proved) == "expired"


def test_only_the_newest_code_counts(day: GuestDay) -> None:
    """D-BOOK-7, faults 93: another code makes the one before it void, and gives no tries back."""
    attempt = day.sent()
    old = day.last_code(GUEST)
    _ = day.proves(attempt, WRONG)
    _ = day.another(attempt).unwrap()
    new = day.last_code(GUEST)
    assert why(day.proves(attempt, old)) == "wrong_booking_code"
    state = day.state(events.GUEST, attempt)
    assert isinstance(state, AwaitingCode)
    assert state.tries_left == 1
    assert went(day.proves(attempt, new))


def test_a_code_that_is_void_or_over_is_not_sent_any_more(day: GuestDay) -> None:
    """D-BOOK-7: of codes that still wait only the newest leaves, and none once it leads nowhere."""
    attempt = day.sent()
    _ = day.another(attempt).unwrap()
    day.deliver()
    assert len(day.mails_to(GUEST)) == 1
    _ = day.another(attempt).unwrap()
    for _ in range(3):
        _ = day.proves(attempt, WRONG)
    day.deliver()
    assert len(day.mails_to(GUEST)) == 1


def test_an_attempt_is_over_after_half_an_hour_however_many_codes_were_sent(day: GuestDay) -> None:
    """D-BOOK-7, faults 80: a code that is sent late dies with its attempt."""
    attempt = day.sent()
    day.clock.wind(25 * MINUTE)
    answer = day.another(attempt).unwrap()
    assert answer.expires_at == day.clock.now() + 5 * MINUTE
    code = day.last_code(GUEST)
    day.clock.wind(5 * MINUTE)
    assert why(day.proves(attempt, code)) == "expired"
    assert why(day.another(attempt)) == "expired"


def test_the_code_works_in_the_browser_that_asked_and_in_no_other(day: GuestDay) -> None:
    """D-BOOK-7, faults 91: elsewhere it costs no try and books nothing."""
    attempt = day.sent()
    code = day.last_code(GUEST)
    for _ in range(20):
        assert why(day.proves(attempt, WRONG, CAFE)) == "other_browser"
        assert why(day.another(attempt, CAFE)) == "other_browser"
    assert went(day.proves(attempt, code))


def test_a_strangers_guesses_shut_nobody_out(day: GuestDay) -> None:
    """D-BOOK-7: who burns an attempt at somebody's address burns that attempt and no other."""
    mine = day.sent(wall(9))
    code = day.last_code(GUEST)
    theirs = day.sent(wall(10), browser=CAFE, network="198.51.100.9")
    for _ in range(5):
        _ = day.proves(theirs, WRONG, CAFE)
    assert isinstance(day.state(events.GUEST, theirs), Over)
    assert went(day.proves(mine, code))


def test_one_attempts_code_is_of_no_use_in_another(day: GuestDay) -> None:
    """Faults 91: the right code of another attempt at the same address is a wrong one."""
    first = day.sent(wall(9))
    code = day.last_code(GUEST)
    second = day.sent(wall(10))
    assert why(day.proves(second, code)) == "wrong_booking_code"
    assert went(day.proves(first, code))


def test_nobody_began_it(day: GuestDay) -> None:
    """D-BOOK-7: an attempt that never was is refused, and stores nothing but that."""
    before = len(day.ledger.events())
    assert why(day.proves(AttemptId("none"), WRONG)) == "not_begun"
    assert why(day.another(AttemptId("none"))) == "not_begun"
    assert len(day.ledger.events()) == before


# --- guesses at the same time ---------------------------------------------------------------------


def _at_once(day: GuestDay, attempt: AttemptId, codes: list[str]) -> Counter[str]:
    start = Barrier(len(codes))

    def guess(place: int) -> str:
        command = ProveAddress(
            key=f"guess-{place}",
            by=day.anybody,
            attempt=attempt,
            code=codes[place],
            browser=HOME,
        )
        _ = start.wait()
        try:
            said = prove_address(day.services, command)
        except TooBusy:
            return "too busy"
        return said.failure().reason if isinstance(said, Failure) else "booked"

    with ThreadPoolExecutor(len(codes)) as pool:
        return Counter(pool.map(guess, range(len(codes))))


def test_racing_guesses_are_compared_no_more_often_than_there_are_tries(day: GuestDay) -> None:
    """D-BOOK-7: of sixteen guesses at once three are compared, whoever was first."""
    attempt = day.sent()
    came = _at_once(day, attempt, [WRONG] * 16)
    assert came["wrong_booking_code"] <= 3
    assert set(came) <= {"wrong_booking_code", "no_tries_left", "over", "too busy"}
    tried = [one for one in day.ledger.events() if type(one.event).__name__ == "CodeTried"]
    assert len(tried) == 3


def test_the_right_code_at_once_books_once(day: GuestDay) -> None:
    """D-BOOK-7, D-BOOK-1: typed eight times in the same moment, it books one time."""
    attempt = day.sent()
    came = _at_once(day, attempt, [day.last_code(GUEST)] * 8)
    assert came["booked"] == 1
    assert claims(day) == 1


# --- what is written -----------------------------------------------------------------------------

HOLDING_A_NUMBER: Final = {
    "name": ({"name": f"Gry {NUMBER}"}, "number_in_name"),
    "phone": ({"phone": "070961-4606"}, "number_in_phone"),
    "phone with a plus": ({"phone": "+2906980013"}, "number_in_phone"),
    "comment": ({"comment": "barnets nummer er 0709 61 46 06"}, "number_in_comment"),
}


@pytest.mark.parametrize(
    ("changes", "reason"), HOLDING_A_NUMBER.values(), ids=HOLDING_A_NUMBER.keys()
)
def test_no_field_takes_a_cpr_number(day: GuestDay, changes: dict[str, Any], reason: str) -> None:
    """D-BOOK-7: the field is named, and nothing of what stood there is kept or repeated."""
    refused = day.asks_as_guest(**changes)
    assert why(refused) == reason
    assert refused.failure().rule == "D-BOOK-7"
    assert not day.contents
    kept = repr(vars(day.ledger))
    assert NUMBER not in kept
    assert "0709 61" not in kept


def test_an_address_with_a_cpr_number_in_it_is_refused(day: GuestDay) -> None:
    """D-BOOK-7: no field, the address neither."""
    address = day.address(f"anna-{NUMBER}@example.dk")
    assert why(day.asks_as_guest(email=address)) == "number_in_email"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"name": "Gry\x00Gæst"}, "name"),
        ({"name": "Gry\u202eGæst"}, "name"),
        ({"name": "a" * 100_000}, "name"),
        ({"phone": "2030405"}, "phone"),
        ({"phone": "ring ikke"}, "phone"),
        ({"phone": "+45 2030405"}, "phone"),
        ({"phone": "1" * 100_000}, "phone"),
        ({"birth_date": date(2026, 11, 24)}, "birth_date"),
        ({"birth_date": date(1899, 1, 1)}, "birth_date"),
        ({"comment": "\ud800"}, "comment"),
        ({"comment": "a\x00b"}, "comment"),
        ({"comment": "a" * 1001}, "comment_too_long"),
    ],
)
def test_fields_are_plausible(day: GuestDay, changes: dict[str, Any], reason: str) -> None:
    """D-BOOK-7: what cannot be right is refused by the field's name, before anything is sent."""
    assert why(day.asks_as_guest(**changes)) == reason
    day.deliver()
    assert not day.mailbox.arrived


def test_a_child_born_today_can_be_booked_for(day: GuestDay) -> None:
    """D-BOOK-7: only what cannot be is refused."""
    assert went(day.asks_as_guest(birth_date=date(2026, 11, 23)))


# --- limits --------------------------------------------------------------------------------------


def _network(place: int) -> str:
    return f"198.51.100.{place}"


def test_codes_to_one_address_are_limited_from_however_many_networks(day: GuestDay) -> None:
    """D-BOOK-7: nobody's mailbox is flooded; an hour later there is room again."""
    for place in range(CODES_PER_ADDRESS):
        _ = day.sent(network=_network(place))
    shouted = day.address(GUEST.upper().replace("EXAMPLE.COM", "example.com"))
    assert why(day.asks_as_guest(network="203.0.113.1")) == "too_many_codes"
    assert why(day.asks_as_guest(network="203.0.113.2", email=shouted)) == "too_many_codes"
    assert went(day.asks_as_guest(email=day.address("other@example.com")))
    day.clock.wind(HOUR + TICK)
    assert went(day.asks_as_guest())


def test_another_code_is_a_code(day: GuestDay) -> None:
    """D-BOOK-7: codes that are sent again are counted like all others."""
    attempt = day.sent()
    for _ in range(CODES_PER_ADDRESS - 1):
        _ = day.another(attempt).unwrap()
    assert why(day.another(attempt)) == "too_many_codes"
    assert went(day.proves(attempt))


def test_codes_for_one_network_are_limited_to_however_many_addresses(day: GuestDay) -> None:
    """D-BOOK-7, faults 95: nobody floods many mailboxes; another network is not touched."""
    for place in range(CODES_PER_NETWORK):
        _ = day.sent(email=day.address(f"g{place}@example.com"))
    assert why(day.asks_as_guest()) == "too_many_codes"
    assert went(day.asks_as_guest(network="203.0.113.1"))


def test_open_bookings_of_one_address_are_limited(day: GuestDay) -> None:
    """D-BOOK-7, D-BOOK-10: the clinic's limit binds an address too; a cancelled one makes room."""
    first = day.booked(wall(9))
    _ = day.booked(wall(10), network=_network(1))
    attempt = day.sent(wall(11), network=_network(2))
    assert why(day.proves(attempt)) == "too_many_open"
    assert day.state(events.GUEST, attempt) == Over()
    assert went(day.cancels_by_link(first))
    assert went(day.proves(day.sent(wall(11), network=_network(2))))


def test_how_many_are_open_is_not_told_to_who_has_not_proved_the_address(day: GuestDay) -> None:
    """D-BOOK-7: an address at its limit is asked for a code like any other."""
    _ = day.booked(wall(9))
    _ = day.booked(wall(10))
    assert went(day.asks_as_guest(wall(11), network=_network(2), browser=CAFE))


def test_open_bookings_of_one_network_are_limited(day: GuestDay) -> None:
    """D-BOOK-7: one network cannot fill a clinic's book; what is over or cancelled makes room."""
    booked = [
        day.booked(wall(8, 20 * (place % 3), days=7 + place // 3), email=f"g{place}@example.com")
        for place in range(OPEN_PER_NETWORK)
    ]
    assert why(day.asks_as_guest(wall(13))) == "too_many_open_here"
    elsewhere = day.sent(wall(13), network=_network(1))
    assert went(day.proves(elsewhere))
    assert went(day.cancels_by_link(booked[0]))
    _ = day.booked(wall(14), email="last@example.com")
    assert why(day.asks_as_guest(wall(15))) == "too_many_open_here"


def test_what_is_past_makes_room_for_a_network(day: GuestDay) -> None:
    """D-BOOK-7: only bookings that lie ahead are counted, whether or not anybody noted the rest."""
    for place in range(OPEN_PER_NETWORK):
        booking = day.booked(wall(8 + place // 3, 20 * (place % 3)), email=f"g{place}@example.com")
        _ = day.approves(booking).unwrap()
    day.clock.set(copenhagen(2026, 11, 30, 7))
    assert why(day.asks_as_guest(wall(9, days=14))) == "too_many_open_here"
    day.clock.set(copenhagen(2026, 11, 30, 8))
    assert went(day.asks_as_guest(wall(9, days=14)))


def test_the_limit_of_a_network_is_asked_again_when_the_code_comes_back(day: GuestDay) -> None:
    """D-BOOK-7: codes that were sent in advance get nobody past the limit."""
    addresses = [f"g{place}@example.com" for place in range(OPEN_PER_NETWORK + 1)]
    times = [wall(8 + place % 4, 20 * (place // 4)) for place in range(len(addresses))]
    attempts = [
        day.sent(at, email=day.address(address))
        for at, address in zip(times, addresses, strict=True)
    ]
    proved = [
        day.proves(attempt, day.last_code(address))
        for attempt, address in zip(attempts, addresses, strict=True)
    ]
    assert [went(each) for each in proved] == [True] * OPEN_PER_NETWORK + [False]
    assert why(proved[-1]) == "too_many_open_here"


def test_a_network_is_kept_as_a_keyed_hash_only(day: GuestDay) -> None:
    """D-BOOK-7: no store, mail or representation holds the portal's name for the network."""
    wish = day.wish(network="the-network-of-somebody")
    _ = ask_without_user(day.services, wish).unwrap()
    assert "the-network-of-somebody" not in repr(vars(day.ledger)) + repr(wish)
    assert "Gry" not in repr(wish)


# --- patients and strangers ----------------------------------------------------------------------


class Watched:
    """A ledger that notes every stream, name and record that is read, and every change."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.streams: list[tuple[str, str]] = []
        self.names: list[Name] = []
        self.records: list[str] = []
        self.changes: list[Change] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def history(self, stream: Any, /) -> Any:
        """Note, and read."""
        self.streams.append((stream.kind, stream.key))
        return self._ledger.history(stream)

    def holder(self, name: Name, /) -> UserId | None:
        """Note, and look up."""
        self.names.append(name)
        holder: UserId | None = self._ledger.holder(name)
        return holder

    def content(self, record: Any, /) -> Any:
        """Note, and read."""
        self.records.append(str(record))
        return self._ledger.content(record)

    def commit(self, change: Change, /) -> Any:
        """Note, and store."""
        self.changes.append(change)
        return self._ledger.commit(change)


def _watch(day: GuestDay) -> Watched:
    watched = Watched(day.ledger)
    day.services = with_changes(
        day.services,
        ledger=watched,
        records=watched,
        chance=SeededChance("the same for everybody"),
        master_cards=_Untouched(),
        register=_Untouched(),
        mitid=_Untouched(),
        hasher=_Untouched(),
    )
    return watched


class _Untouched:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def _patient(day: GuestDay) -> None:
    _ = day.sign_up(day.civil_number(NUMBER), ANNAS)
    day.deliver()


def _patient_with_a_booking(day: GuestDay) -> None:
    anna = day.comes(NUMBER, "anna")
    _ = day.requested(anna, wall(15))
    day.deliver()


def _two_patients_with_one_mailbox(day: GuestDay) -> None:
    _patient(day)
    _ = day.sign_up(day.civil_number("1303814074"), ANNAS)
    day.deliver()


def _everything(day: GuestDay) -> tuple[Watched, list[str], list[bytes]]:
    """Do all that anybody without a user can do, as who writes a patient's address."""
    watched = _watch(day)
    day.mailbox.arrived.clear()
    annas, said = day.address(ANNAS), list[Any]()
    sent = day.asks_as_guest(email=annas)
    code = day.last_code(ANNAS)
    attempt = sent.unwrap().attempt
    said += [sent, day.proves(attempt, WRONG), day.another(attempt)]
    said += [day.proves(attempt, code), day.proves(attempt, day.last_code(ANNAS))]
    booking = said[-1].unwrap().booking
    said += [day.sees(booking), day.cancels_by_link(booking, WRONG), day.cancels_by_link(booking)]
    said += [day.sees(booking), day.asks_as_guest(wall(10), email=annas, comment=NUMBER)]
    said += [day.asks_as_guest(wall(3), email=annas)]
    said += [day.asks_as_guest(wall(10), email=annas) for _ in range(4)]
    day.clock.wind(HOUR)
    said += [day.ends()]
    day.deliver()
    return watched, [repr(each) for each in said], [mail.content for mail in day.mailbox.arrived]


@pytest.mark.parametrize("who", [_patient, _patient_with_a_booking, _two_patients_with_one_mailbox])
def test_answers_are_alike_for_patients_and_strangers(who: Callable[[GuestDay], None]) -> None:
    """D-BOOK-7, faults 96-98: every answer, mail, change and look is the same, byte for byte."""
    known, unknown = GuestDay(), GuestDay()
    who(known)
    vars(unknown)["_keys"] = vars(known)["_keys"]
    mine, theirs = _everything(known), _everything(unknown)
    assert mine[1] == theirs[1]
    assert mine[2] == theirs[2]
    for kept in ("streams", "names", "records"):
        assert getattr(mine[0], kept) == getattr(theirs[0], kept)
    assert [repr(each) for each in mine[0].changes] == [repr(each) for each in theirs[0].changes]
    assert [each.answer for each in mine[0].changes] == [each.answer for each in theirs[0].changes]


def test_no_account_is_read_or_changed() -> None:
    """D-BOOK-7: no stream of an account is read or written, and no name or card is looked up."""
    day = GuestDay()
    _patient(day)
    before = len(day.ledger.events())
    user = str(day.ledger.events()[0].stream.key)
    watched, _, _ = _everything(day)
    assert not watched.names
    own = {"guest", "guest_attempts", "booking", "link", "desk", "settings"}
    for kind, key in watched.streams:
        assert kind in own or key.startswith(("guest/", f"{CLINIC}/guest/", f"{CLINIC}/network/"))
        assert user not in key
    for change in watched.changes:
        assert not change.names
        assert all(append.about is None for append in change.appends)
        assert all(mail.about is None for mail in change.mails)
        assert all(entry.about is None for entry in change.audit)
        assert all(getattr(each, "about", None) is None for each in change.contents)
    assert all(one.about is None for one in day.ledger.events()[before:])


def test_no_budget_here_can_be_that_of_a_user_or_their_browser() -> None:
    """D-BOOK-7: a stranger's codes never spend what a patient needs to log in."""
    day = GuestDay()
    watched = _watch(day)
    _ = day.sent()
    budgets = [key for kind, key in watched.streams if kind == events.GUESSES.name]
    assert len(budgets) == 2
    for budget in budgets:
        assert budget.count("/") == 2  # a user's id has none, a user's browser one


def test_two_clinics_attempts_are_apart(day: GuestDay) -> None:
    """D-LOG-2: open bookings count at one clinic; the booking is at the clinic that was asked."""
    _ = day.booked(wall(9))
    _ = day.booked(wall(10))
    attempt = day.sent(wall(11), clinic=OTHER_CLINIC)
    booking = day.proves(attempt).unwrap().booking
    assert day.now(booking).terms.clinic == OTHER_CLINIC


# --- what is left --------------------------------------------------------------------------------


def test_an_abandoned_attempt_leaves_nothing(day: GuestDay) -> None:
    """Faults 180: no claim, no wish and no mail that waits; and a second look has nothing to do."""
    attempt = day.sent()
    day.clock.wind(30 * MINUTE - TICK)
    assert day.ends() == 0
    assert isinstance(day.state(events.GUEST, attempt), AwaitingCode)
    day.clock.wind(TICK)
    assert day.ends() == 1
    assert day.state(events.GUEST, attempt) == Over()
    assert not day.contents
    assert claims(day) == 0
    changes = len(day.ledger.events())
    assert day.ends() == 0
    assert len(day.ledger.events()) == changes


def test_a_worker_that_stood_still_for_a_month_ends_what_is_left(day: GuestDay) -> None:
    """Faults 180: attempts of the last month are found by their day."""
    _ = day.sent()
    day.clock.wind(timedelta(days=31))
    assert day.ends() == 1
    assert not day.contents


def test_a_clock_that_is_set_back_a_day_leaves_nothing_either(day: GuestDay) -> None:
    """Faults 174: what was begun tomorrow is over, and is found."""
    _ = day.sent()
    day.clock.wind(timedelta(days=-1))
    assert day.ends() == 1
    assert not day.contents


def test_what_has_ended_by_itself_is_taken_off_the_list(day: GuestDay) -> None:
    """Faults 180: the list of a day holds what may have to be ended, and no more."""
    _ = day.booked()
    assert day.ends() == 0
    (key,) = {one.stream.key for one in day.ledger.events() if one.stream.kind == "guest_attempts"}
    assert day.state(events.GUEST_ATTEMPTS, key) == ()


def test_networks_are_told_apart(day: GuestDay) -> None:
    """D-BOOK-7: two networks never share a hash, nor does an address with a network."""
    keys = day.services.keys
    hashes = {
        keys.network(A_NETWORK),
        keys.network("192.0.2.8"),
        keys.network(GUEST),
        keys.mailbox(day.address(GUEST)),
    }
    assert len(hashes) == 4
