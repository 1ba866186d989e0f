"""What the in-memory adapters do beyond their ports: accidents, scripts, and looking inside."""

from datetime import timedelta

import pytest

from eservices_core.access.custody import RegisterFailure
from eservices_core.access.mitid import Assurance, IdentityKind, MitidFailure, MitidIdentity
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import StaleStream
from eservices_core.ports.outbox import Handover
from eservices_core.testing.ledger_examples import (
    ANNA,
    STREAM,
    a_change,
    a_mail,
    a_whole_change,
    an_append,
    parts_there,
)
from eservices_core.testing.memory import (
    FakeClock,
    FastHasher,
    MemoryLedger,
    MemoryMailTransport,
    MemoryMitid,
    MemoryRegister,
    MitidPerson,
    SeededChance,
    StoreUnreachable,
    copenhagen,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import Password, PasswordAttempt

NUMBER = CivilNumber.parse("0709614606").unwrap()
NOW = copenhagen(2027, 3, 28, 12)


@pytest.mark.parametrize("stored", [True, False])
def test_a_commit_can_break_down(stored: bool) -> None:
    """Whether a commit that broke down was stored is known only by its key (faults: 151)."""
    ledger = MemoryLedger()
    ledger.break_next_commit(stored=stored)
    with pytest.raises(StoreUnreachable):
        _ = ledger.commit(a_whole_change("a"))
    assert all(parts_there(ledger, "a").values()) is stored
    assert ledger.commit(a_whole_change("a")).unwrap().repeated is stored


def test_somebody_else_can_be_first() -> None:
    """What is done meanwhile is done between reading and committing, once."""
    ledger = MemoryLedger()
    ledger.meanwhile(lambda: ledger.commit(a_change("theirs", an_append(0))))
    assert ledger.commit(a_change("ours", an_append(0))) == Failure(StaleStream(STREAM))
    assert ledger.commit(a_change("ours", an_append(1))).unwrap().repeated is False


def test_everything_can_be_looked_at() -> None:
    """A test sees every event and audit entry, about whomever."""
    ledger = MemoryLedger()
    _ = ledger.commit(a_whole_change("a")).unwrap()
    _ = ledger.commit(a_change("b", an_append(0, 1, about=None))).unwrap()
    assert [recorded.position for recorded in ledger.events()] == [1, 2, 3, 4]
    assert tuple(audited.entry for audited in ledger.audit()) == a_whole_change("a").audit


def test_the_register_remembers_who_was_asked_about() -> None:
    """Every number that was asked about is noted, whatever the answer was (D-ACC-8)."""
    register = MemoryRegister()
    assert register.ask(NUMBER) is RegisterFailure.NOT_IN_REGISTER
    register.fail(RegisterFailure.VERSION_CANNOT_ANSWER)
    assert register.ask(NUMBER) is RegisterFailure.VERSION_CANNOT_ANSWER
    register.fail(None)
    assert register.ask(NUMBER) is RegisterFailure.NOT_IN_REGISTER
    assert register.asked == [NUMBER] * 3


def test_a_person_identifies_as_they_are() -> None:
    """A test person comes with their kind, assurance, number and instant, or their failure."""
    clock = FakeClock(NOW)
    mitid = MemoryMitid(clock)
    attempt = AttemptId("attempt-1")
    start = mitid.begin(attempt)
    person = MitidPerson("anna", None, IdentityKind.BUSINESS, Assurance.LOW)
    clock.wind(timedelta(minutes=1))
    identity = mitid.identity(attempt, start.memo, mitid.identify(start, person))
    assert isinstance(identity, MitidIdentity)
    assert (identity.kind, identity.assurance) == (IdentityKind.BUSINESS, Assurance.LOW)
    assert identity.number is None
    assert identity.identified_at == NOW + timedelta(minutes=1)
    earlier = mitid.identity(attempt, start.memo, mitid.identify(start, person, NOW))
    assert isinstance(earlier, MitidIdentity)
    assert earlier.identified_at == NOW
    late = mitid.give_up(start, MitidFailure.TIMED_OUT)
    assert mitid.identity(attempt, start.memo, late) is MitidFailure.TIMED_OUT
    mitid.be_unavailable()
    assert mitid.identity(attempt, start.memo, late) is MitidFailure.UNAVAILABLE


def test_mails_end_as_scripted() -> None:
    """Attempts end in the order of the script, and are kept; then all are handed over."""
    transport = MemoryMailTransport()
    script = [Handover.WAITING, Handover.AMBIGUOUS, Handover.REFUSED]
    transport.script(*script)
    mail = a_mail("mail")
    ends = [transport.hand_over(mail) for _ in range(4)]
    assert ends == [*script, Handover.HANDED_OVER]
    assert transport.tried == [mail] * 4
    assert transport.to(mail.to) == (mail, mail)
    with pytest.raises(AssertionError):
        transport.script(Handover.EXPIRED)


def test_comparisons_are_counted() -> None:
    """Every comparison counts, with nobody's password too, and hashing does not (D-ACC-2)."""
    hasher = FastHasher()
    stored = hasher.hash(Password("korrekt hest"))
    assert hasher.verified == 0
    assert hasher.verify(None, PasswordAttempt("korrekt hest")) is False
    assert hasher.verify(stored, PasswordAttempt("korrekt hest")) is True
    assert hasher.verify(f"{stored}x", PasswordAttempt("korrekt hest")) is False
    assert hasher.verify("no hash at all", PasswordAttempt("korrekt hest")) is False
    assert hasher.verified == 4


def test_a_clock_is_set_and_wound() -> None:
    """A clock shows what it was set to, forwards and back, in UTC and on the wall."""
    clock = FakeClock(copenhagen(2027, 3, 28, 1, 59))
    clock.wind(timedelta(minutes=1))
    assert clock.wall.replace(tzinfo=None).isoformat() == "2027-03-28T03:00:00"
    clock.wind(timedelta(hours=-1))
    assert clock.wall.replace(tzinfo=None).isoformat() == "2027-03-28T01:00:00"
    clock.set(NOW)
    assert clock.now() == NOW
    with pytest.raises(AssertionError):
        clock.set(NOW.replace(tzinfo=None))


def test_an_hour_that_comes_twice_is_two() -> None:
    """In autumn the same wall time is two instants; in spring one is none at all (faults: 175)."""
    first, second = copenhagen(2027, 10, 31, 2, 30), copenhagen(2027, 10, 31, 2, 30, fold=1)
    assert second - first == timedelta(hours=1)
    with pytest.raises(AssertionError):
        _ = copenhagen(2027, 3, 28, 2, 30)


def test_chance_is_known_by_its_seed() -> None:
    """The same seed gives the same bytes in the same order, another seed others."""
    first, again, other = SeededChance("a"), SeededChance("a"), SeededChance("b")
    assert [first.entropy(40) for _ in range(3)] == [again.entropy(40) for _ in range(3)]
    assert other.entropy(40) != SeededChance("a").entropy(40)
    assert ANNA.value not in repr(first)
