"""When its period is over, content is erased, and everything that happened still tells itself."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_adapters.store import SqliteLedger
from eservices_core import events
from eservices_core.access.user import Closed, ClosedBecause
from eservices_core.booking.states import Cancelled
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.settings import AccessSettings, SelfSignUp
from eservices_core.events import StreamId
from eservices_core.outcome import Failure, Success
from eservices_core.ports.ledger import BySystem, Name, NameKind
from eservices_core.testing.ledger_examples import KEY
from eservices_core.testing.memory import MemorySigner, copenhagen
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.audit_chain import Intact
from eservices_core.usecases.keeping_acts import period_of
from eservices_core.usecases.perform import perform
from eservices_core.usecases.purge import Purged, purge
from eservices_core.usecases.refusal import KEY_REUSED
from eservices_core.usecases.seal_audit import seal_audit, verify_audit
from eservices_core.usecases.services import Command
from eservices_core.usecases.unit import Unit
from eservices_core.usecases.verify_guardian import Renewal, RenewCustody, renew_custody
from eservices_core.usecases.what_is_erased import records_in
from eservices_core.views.names import EndedKind, ended_of, patients_of, worklist_of
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import BookingId, ContentId, UserId
from tests.usecases.book_day import BookDay, Patient, wall
from tests.usecases.breaking import How, Killed, PortBroke, breaking
from tests.usecases.day import Day
from tests.usecases.looking import everything
from tests.usecases.people import ANNA, CHILD, PASSPORT, WORK, reason
from tests.usecases.people import BENT as MOTHER

SIGNER = MemorySigner()
YEARS = timedelta(days=5 * 365)


def _purged(world: BookDay | Day, limit: int = 100) -> Purged:
    return purge(world.services, world.ledger, world.ledger, SIGNER, limit)


def _kept(day: BookDay | Day, **periods: timedelta) -> None:
    """Have every clinic keep so long."""
    clinics = {
        clinic: with_changes(settings, keeping=KeepingSettings(**periods))
        for clinic, settings in day.services.clinics.items()
    }
    day.services = with_changes(day.services, clinics=clinics)


def _commented(day: BookDay, who: Patient, at: datetime) -> tuple[BookingId, ContentId]:
    booking = day.asks(who, at, comment="canary comment").unwrap().booking
    (record,) = set(_records(day, booking))
    return booking, record


def _records(day: BookDay, booking: BookingId) -> list[ContentId]:
    stream = events.BOOKING.stream(booking)
    return [one for each in day.ledger.history(stream) for one in records_in(each.event)]


@pytest.fixture
def day() -> BookDay:
    """A day at the appointment book."""
    return BookDay()


@pytest.fixture
def anna(day: BookDay) -> Patient:
    """A patient with a user."""
    return day.comes("0709614606", "anna")


def test_a_booking_s_comment_goes_when_its_period_is_over(day: BookDay, anna: Patient) -> None:
    """D-KEEP-1: a booking's comment is kept for its period after its end, and not a day longer."""
    booking, record = _commented(day, anna, wall(10))
    assert isinstance(day.cancels(anna, booking), Success)
    day.clock.wind(YEARS - timedelta(seconds=1))
    _ = _purged(day)
    assert day.ledger.content(record) == "canary comment"
    day.clock.wind(timedelta(seconds=1))
    before = day.ledger.history(StreamId("booking", str(booking)))
    assert _purged(day).ended == 1
    assert day.ledger.content(record) is None
    assert day.ledger.history(StreamId("booking", str(booking))) == before
    state = Unit(day.services, Command(key="look", by=day.anybody)).state(events.BOOKING, booking)
    assert isinstance(state, Cancelled)
    assert state.terms.comment == record
    assert _purged(day).ended == 0


def test_who_never_said_whether_the_patient_came_keeps_no_longer(
    day: BookDay, anna: Patient
) -> None:
    """D-KEEP-1: of a booking that nobody closed the period begins when its time is over."""
    _, record = _commented(day, anna, wall(10))
    day.clock.set(copenhagen(2026, 11, 30, 10) + YEARS)
    _ = _purged(day)
    assert day.ledger.content(record) is not None
    day.clock.wind(timedelta(minutes=20))
    _ = _purged(day)
    assert day.ledger.content(record) is None


def test_a_clinic_chooses_its_period(day: BookDay, anna: Patient) -> None:
    """D-KEEP-1: the period is the clinic's setting."""
    _kept(day, bookings=timedelta(hours=1))
    booking, record = _commented(day, anna, wall(10))
    assert isinstance(day.cancels(anna, booking), Success)
    day.clock.wind(timedelta(hours=1))
    _ = _purged(day)
    assert day.ledger.content(record) is None


def test_a_round_is_bounded(day: BookDay, anna: Patient) -> None:
    """A round erases at most so many of a kind, the longest ended first; the next goes on."""
    _kept(day, bookings=timedelta(hours=1))
    found = [_commented(day, anna, wall(10 + number)) for number in range(2)]
    for booking, _ in found:
        assert isinstance(day.cancels(anna, booking), Success)
        day.clock.wind(timedelta(seconds=1))
    day.clock.wind(timedelta(days=2))
    assert _purged(day, 1).ended == 2  # one booking, and one of the attempts at MitID
    assert [day.ledger.content(record) for _, record in found] == [None, "canary comment"]
    _ = _purged(day, 1)
    assert [day.ledger.content(record) for _, record in found] == [None, None]


def test_the_purge_is_in_the_audit_log(day: BookDay, anna: Patient) -> None:
    """D-LOG-1: that content was erased is in the clinic's log, by whom and by which rule."""
    booking, _ = _commented(day, anna, wall(10))
    assert isinstance(day.cancels(anna, booking), Success)
    day.clock.wind(YEARS)
    _ = _purged(day)
    entry = day.ledger.audit_of(StreamId("booking", str(booking)))[-1].entry
    assert (entry.act, entry.rule, entry.clinic) == ("purge_ended", "D-KEEP-1", CLINIC)
    assert entry.about == anna.user


def test_what_goes_on_meanwhile_is_left_alone(day: BookDay, anna: Patient) -> None:
    """A thing that goes on, between a round's look and its erasing, keeps its content."""
    _kept(day, bookings=timedelta(hours=1))
    booking, record = _commented(day, anna, wall(10))
    assert isinstance(day.cancels(anna, booking), Success)
    day.clock.wind(timedelta(hours=1))

    def again() -> None:
        def work(unit: Unit) -> Success[_Nothing]:
            unit.take_off(ended_of(CLINIC, EndedKind.BOOKING), str(booking))
            return Success(_Nothing())

        _ = perform(day.services, Command(key=day.key(), by=day.anybody), _Nothing, work)

    listed = day.services.lists.listed(ended_of(CLINIC, EndedKind.BOOKING), 9)
    assert [one.item for one in listed] == [str(booking)]

    class _Late:
        """Lists that somebody changes just after the first look."""

        def __init__(self) -> None:
            self.looked = False

        def __getattr__(self, name: str) -> Callable[..., object]:
            found: Callable[..., object] = getattr(day.ledger, name)
            if name == "find" and not self.looked:
                self.looked = True
                again()
            return found

    services = with_changes(day.services, lists=_Late())
    _ = purge(services, day.ledger, day.ledger, SIGNER)
    assert day.ledger.content(record) == "canary comment"


@frozen
class _Nothing:
    """An answer."""


def test_everything_is_still_told_after_a_purge(day: BookDay, anna: Patient) -> None:
    """D-KEEP-1: desk, patient's pages and followers work as before, with what is gone erased."""
    _kept(day, bookings=timedelta(hours=1))
    for hour in (9, 10):
        booking, _ = _commented(day, anna, wall(hour))
        _ = day.cancels(anna, booking).unwrap()
    day.clock.wind(timedelta(days=1))
    before = day.desk()
    assert _purged(day).ended > 1
    assert day.desk() == before
    assert isinstance(day.opens(day.comes_back(anna, "0709614606"), booking), Success)


# --- attempts ------------------------------------------------------------------------------------


def test_an_abandoned_attempt_keeps_no_memo() -> None:
    """D-KEEP-1: who never comes back from MitID leaves no broker's memo after a day."""
    day = Day()
    sent = day.go()
    (record,) = {
        one
        for each in day.ledger.history(StreamId("mitid_attempt", str(sent.attempt)))
        for one in records_in(each.event)
    }
    assert day.ledger.content(record) is not None
    day.clock.wind(timedelta(days=1))
    assert _purged(day).ended == 1
    assert day.ledger.content(record) is None


def test_an_abandoned_guardian_leaves_no_numbers() -> None:
    """D-KEEP-1: the two CPR numbers of a guardian who never came back are gone after a day."""
    day = Day()
    day.family(CHILD, MOTHER)
    _ = day.state_numbers(CHILD, MOTHER)
    assert any(MOTHER.reveal() in text for text in _texts(day))
    day.clock.wind(timedelta(days=1))
    _ = _purged(day)
    assert not any(MOTHER.reveal() in text for text in _texts(day))


def test_a_verified_child_keeps_its_numbers() -> None:
    """D-KEEP-1: numbers that a guardianship asks the register with outlive their attempt."""
    day = Day()
    _ = day.child(CHILD, MOTHER, "child")
    day.clock.wind(timedelta(days=2))
    _ = _purged(day)
    assert sum(MOTHER.reveal() in text and CHILD.reveal() in text for text in _texts(day)) == 1


def _texts(day: Day) -> list[str]:
    return [text for text in day.ledger._contents.values() if isinstance(text, str)]


# --- users ---------------------------------------------------------------------------------------


def _closed(day: Day) -> UserId:
    """Have a patient with a password, a known browser and a code on its way be closed."""
    user = day.without_mitid(ANNA, "anna")
    _ = day.patients_address(user, "new@example.dk", PASSPORT, AddressOwner.OWN).unwrap()
    _ = day.close(user, ClosedBecause.BY_PATIENT).unwrap()
    return user


def test_who_a_closed_user_was_is_erased() -> None:
    """D-KEEP-1: number, username, address and code go when the period is over, and not before."""
    day = Day()
    user = _closed(day)
    said = (ANNA.reveal(), "anna", "new@example.dk")
    day.clock.wind(2 * YEARS - timedelta(seconds=1))
    _ = _purged(day)
    kept = _texts(day)
    assert all(any(word in text for text in kept) for word in said)
    day.clock.wind(timedelta(seconds=1))
    assert _purged(day).ended == 1
    assert not any(word in text for text in _texts(day) for word in said)
    assert day.ledger.names_of(user) == frozenset()
    assert isinstance(day.state(events.USER, user), Closed)
    entry = day.ledger.audit_of(StreamId("user", str(user)))[-1].entry
    assert (entry.act, entry.rule, entry.about) == ("purge_ended", "D-KEEP-1", user)


def test_who_is_created_again_is_not_erased() -> None:
    """D-ACC-11, D-KEEP-1: the clinic can create a closed user again, who is kept from then on."""
    day = Day()
    user = _closed(day)
    day.clock.wind(2 * YEARS - timedelta(seconds=1))
    assert day.create_patient(ANNA, "anna").unwrap().user == user
    day.clock.wind(timedelta(days=1))
    _ = _purged(day)
    assert day.ledger.holder(Name(NameKind.NUMBER, day.services.keys.number(ANNA))) == user


def test_who_was_forgotten_comes_back_as_somebody_new() -> None:
    """D-KEEP-1: username, number and MitID are free, and the clinics know nobody by the old id."""
    day = Day()
    old = _closed(day)
    assert day.ledger.find(patients_of(CLINIC), str(old))
    day.clock.wind(2 * YEARS)
    _ = _purged(day)
    assert not day.ledger.find(patients_of(CLINIC), str(old))
    assert reason(day.tick(old)) == reason(day.tick(UserId("user-nobody")))
    assert day.sign_up(ANNA, "anna@example.dk").user != old


def test_a_registration_that_nobody_answered_goes_too() -> None:
    """D-KEEP-1, S-MAIL-4: nobody is asked to approve somebody who is not known any more."""
    day = Day()
    day.set_clinic(CLINIC, SelfSignUp.WITH_APPROVAL)
    user = day.sign_up(ANNA, "anna@example.dk").user
    day.card(ANNA, clinic=OTHER_CLINIC)
    _ = day.associate(ANNA, day.other_staff).unwrap()
    waiting = worklist_of(CLINIC)
    assert [one.about for one in day.ledger.listed(waiting, 9)] == [user]
    _ = day.close(user, ClosedBecause.BY_PATIENT, day.other_staff).unwrap()
    day.clock.wind(2 * YEARS)
    _ = _purged(day)
    assert day.ledger.listed(waiting, 9) == ()


def test_a_session_that_outlives_what_is_known_is_over() -> None:
    """D-KEEP-1, D-ACC-20: with the shortest period a session may still be open, and stands not."""
    day = Day(access=AccessSettings(mitid_session=timedelta(hours=3)))
    _kept(day, users=timedelta(hours=1))
    user = day.without_mitid(ANNA, "anna")
    session = day.with_mitid(ANNA, WORK)
    _ = day.close(user, ClosedBecause.BY_CLINIC).unwrap()
    assert reason(day.use(session, WORK)) == ("D-ACC-15", "ended")
    day.clock.wind(timedelta(hours=1))
    assert _purged(day).ended == 1
    assert reason(day.use(session, WORK)) == reason(day.use(day.session(), WORK))


def test_nobody_asks_the_register_about_a_forgotten_child() -> None:
    """D-KEEP-1, D-ACC-9: the numbers of a guardianship are erased with its child."""
    day = Day()
    child = day.child(CHILD, MOTHER, "child")
    _ = day.close(child, ClosedBecause.BY_PATIENT).unwrap()
    day.clock.wind(2 * YEARS)
    _ = _purged(day)
    assert not any(MOTHER.reveal() in text or CHILD.reveal() in text for text in _texts(day))
    renewed = renew_custody(day.services, RenewCustody(key="renew", by=BySystem(), user=child))
    assert renewed == Success(Renewal(None))


@pytest.mark.parametrize("how", [how for how in How if how is not How.REFUSES])
def test_a_round_that_breaks_is_begun_again(how: How) -> None:
    """D-KEEP-1, faults: 12. Whatever call breaks, a user is forgotten wholly or not at all."""

    def over() -> Day:
        day = Day()
        _ = _closed(day)
        day.clock.wind(2 * YEARS)
        return day

    def known(day: Day) -> object:
        left = everything(day)
        return left.events, left.names, left.contents

    untouched, alone = over(), over()
    _ = _purged(alone)
    for place in count():
        day = over()
        broken = breaking(day.services, how, count(), place)
        try:
            _ = purge(broken, day.ledger, day.ledger, SIGNER)
        except (PortBroke, Killed):
            pass
        else:
            break
        assert known(day) in (known(untouched), known(alone))
        _ = _purged(day)
        assert everything(day) == everything(alone)
    assert place > 3


# --- mails and the audit log ---------------------------------------------------------------------


def test_ended_mails_are_forgotten(day: BookDay, anna: Patient) -> None:
    """D-KEEP-1: what was known of a mail is gone when its period is over; two years at least."""
    booking = day.requested(anna, wall(10))
    day.deliver()
    stream = StreamId("booking", str(booking))
    assert day.ledger.mails_of(stream)
    day.clock.wind(timedelta(days=2 * 366 - 1))
    assert _purged(day).mails == 0
    day.clock.wind(timedelta(days=2))
    assert _purged(day).mails > 0
    assert day.ledger.mails_of(stream) == ()


def test_the_audit_log_loses_its_beginning(day: BookDay, anna: Patient) -> None:
    """D-KEEP-1: entries older than the period go as whole seals, and the rest still verifies."""
    _ = day.requested(anna, wall(10))
    heads = seal_audit(day.ledger, SIGNER, day.clock)
    old = len(day.ledger.audit())
    day.clock.wind(YEARS)
    anna = day.comes_back(anna, "0709614606")
    assert isinstance(day.asks(anna, wall(10, days=9 + YEARS.days)), Success)
    _ = seal_audit(day.ledger, SIGNER, day.clock)
    new = len(day.ledger.audit()) - old
    purged = _purged(day)
    assert purged.audit == old
    assert new <= len(day.ledger.audit()) <= new + purged.ended
    assert CLINIC in [head.log for head in heads]
    for finding in verify_audit(day.ledger, SIGNER, heads):
        assert isinstance(finding, Intact)
        assert finding.purged > 0
    assert _purged(day).audit == 0


def test_what_nobody_sealed_stays(day: BookDay, anna: Patient) -> None:
    """D-KEEP-1: entries leave under a seal only: first they are sealed, then they go."""
    _ = day.requested(anna, wall(10))
    day.clock.wind(2 * YEARS)
    assert _purged(day).audit == 0
    _ = seal_audit(day.ledger, SIGNER, day.clock)
    assert _purged(day).audit > 0


@pytest.mark.parametrize("kind", EndedKind)
def test_every_kind_has_a_period(day: BookDay, kind: EndedKind) -> None:
    """D-KEEP-1: every kind of thing is kept for a period that a clinic has set."""
    day_long = timedelta(days=1)
    kinds = ("bookings", "conversations", "letters", "journal", "users")
    _kept(day, **dict.fromkeys(kinds, day_long))
    assert period_of(day.services, CLINIC, kind) == day_long
    assert period_of(day.services, None, kind) == day_long


# --- on the disk ---------------------------------------------------------------------------------


def test_what_was_purged_leaves_the_disk(tmp_path: Path) -> None:
    """D-KEEP-1: neither file nor log holds a purged entry or record any more (faults: 189)."""
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as ledger:
        day = BookDay()
        day.services = with_changes(
            day.services,
            ledger=ledger,
            records=ledger,
            archive=ledger,
            claims=ledger,
            lists=ledger,
        )

        anna = day.comes("0709614606", "anna")
        _ = day.asks(anna, wall(10), comment="canary").unwrap()
        with ledger._engine._connections.lend() as connection:
            found = dict(connection.execute(_RECORDS).fetchall())
        (sealed,) = (
            cell for record, cell in found.items() if ledger.content(ContentId(record)) == "canary"
        )
        assert _on_disk(tmp_path, b"request_time")
        assert _on_disk(tmp_path, sealed[:40])
        _ = seal_audit(ledger, SIGNER, day.clock)
        day.clock.wind(2 * YEARS)
        purged = purge(day.services, ledger, ledger, SIGNER)
        assert purged.audit > 0
        assert not _on_disk(tmp_path, b"request_time")
        assert not _on_disk(tmp_path, sealed[:40])


_RECORDS = "SELECT record, text FROM contents"


def _on_disk(folder: Path, sought: bytes) -> bool:
    return any(sought in file.read_bytes() for file in folder.iterdir())


def test_kept_answers_go_and_nothing_is_done_twice(
    day: BookDay, anna: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-KEEP-1: after its period an answer is asked for in vain, and the act is not done again."""
    _kept(day, answers=timedelta(days=2))
    monkeypatch.setattr(day, "key", lambda: "once")
    first = day.asks(anna, wall(9))
    day.clock.wind(timedelta(days=1))

    def forget() -> int:
        return purge(day.services, day.ledger, day.ledger, SIGNER, answers=day.ledger).answers

    assert forget() == 0
    assert day.asks(anna, wall(9)) == first
    day.clock.wind(timedelta(days=2))
    assert forget() > 0
    assert day.asks(anna, wall(9)) == Failure(KEY_REUSED)
