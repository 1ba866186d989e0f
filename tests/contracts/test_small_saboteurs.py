"""Every promise of the smaller ports can be broken: adapters that break one, and who notices."""

import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.access.custody import (
    CivilStatus,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
)
from eservices_core.access.mitid import MitidFailure, MitidIdentity, Subject
from eservices_core.clinic.master_card import MasterCard, Protection
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.testing.contracts import (
    CardsUnderTest,
    ChanceContract,
    ClockContract,
    CustodyRegisterContract,
    MailTransportContract,
    MailUnderTest,
    MasterCardsContract,
    MitidContract,
    MitidUnderTest,
    PasswordHasherContract,
    RegisterUnderTest,
)
from eservices_core.testing.memory import (
    ISSUER,
    FakeClock,
    FastHasher,
    MemoryMailTransport,
    MemoryMasterCards,
    MemoryMitid,
    MemoryRegister,
    MitidPerson,
    SeededChance,
    copenhagen,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import AttemptId, ClinicId
from eservices_core.words.secret import Password, PasswordAttempt

pytestmark = pytest.mark.leaks("a broken promise shows both sides of its assertion")

ANNA = CivilNumber.parse("0709614606").unwrap()
CHILD = CivilNumber.parse("1303814074").unwrap()
STRANGER = CivilNumber.parse("0709614231").unwrap()
NOW = copenhagen(2027, 3, 28, 12)

# --- passwords ---------------------------------------------------------------------------------


class _Cuts(FastHasher):
    """Looks at the first 72 bytes, as bcrypt does."""

    @staticmethod
    def _hashed(cost: int, salt: str, text: str) -> str:
        cut = text.encode()[:72].decode(errors="ignore")
        return FastHasher._hashed(cost, salt, cut)


class _StopsAtNul(FastHasher):
    """Looks at what comes before the first NUL, as C does."""

    @staticmethod
    def _hashed(cost: int, salt: str, text: str) -> str:
        return FastHasher._hashed(cost, salt, text.partition("\0")[0])


class _Normalises(FastHasher):
    """Takes two ways of writing a letter for one."""

    @staticmethod
    def _hashed(cost: int, salt: str, text: str) -> str:
        return FastHasher._hashed(cost, salt, unicodedata.normalize("NFC", text))


class _Unsalted(FastHasher):
    """Gives the same hash for the same password."""

    def hash(self, password: Password, /) -> str:
        return self._hashed(self.cost, "salt", password.reveal())


class _ShowsIt(FastHasher):
    """Writes the password beside its hash."""

    @staticmethod
    def _hashed(cost: int, salt: str, text: str) -> str:
        return FastHasher._hashed(cost, salt, text) + text


class _Slow(FastHasher):
    """Takes its time."""

    def verify(self, stored: str | None, typed: PasswordAttempt, /) -> bool:
        time.sleep(0.005)
        return super().verify(stored, typed)


class _SlowForSomebody(_Slow):
    """Takes its time where there is a password."""

    def verify(self, stored: str | None, typed: PasswordAttempt, /) -> bool:
        return stored is not None and super().verify(stored, typed)


# --- clock and chance --------------------------------------------------------------------------


class _NaiveClock(FakeClock):
    """Says nothing of its offset."""

    def now(self) -> datetime:
        return super().now().replace(tzinfo=None)


class _BackwardClock(FakeClock):
    """Runs backwards."""

    def now(self) -> datetime:
        self.wind(timedelta(microseconds=-1))
        return super().now()


class _Repeats(SeededChance):
    """Has only so much to give."""

    def entropy(self, count: int, /) -> bytes:
        return sha256(super().entropy(count)[:1]).digest()[:count].ljust(count)


class _LeavesABitOut(SeededChance):
    """Gives seven bits a byte."""

    def entropy(self, count: int, /) -> bytes:
        return bytes(byte & 0x7F for byte in super().entropy(count))


# --- people ------------------------------------------------------------------------------------


class _MixesClinics(MemoryMasterCards):
    """Gives any clinic's card to any clinic."""

    def card(self, clinic: ClinicId, number: CivilNumber, /) -> MasterCard | None:
        return super().card(ClinicId("clinic-1"), number) or super().card(clinic, number)


class _CannotFind(MemoryMasterCards):
    """Fails where there is no card."""

    def card(self, clinic: ClinicId, number: CivilNumber, /) -> MasterCard | None:
        return self._cards[clinic, number]


class _Remembers(MemoryRegister):
    """Asks once."""

    def __init__(self, answers: Iterable[RegisterAnswer] = ()) -> None:
        super().__init__(answers)
        self._said: dict[CivilNumber, RegisterSaid] = {}

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        return self._said.setdefault(number, super().ask(number))


class _TakesSilenceForNo(MemoryRegister):
    """Says that nobody is there when nobody answers."""

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        said = super().ask(number)
        return RegisterFailure.NOT_IN_REGISTER if said is RegisterFailure.SILENT else said


class _NeverFollows(MemoryRegister):
    """Leaves a changed number to the reader."""

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        return self._answers.get(number, RegisterFailure.NOT_IN_REGISTER)


class _Trusts(MemoryMitid):
    """Takes any answer for the attempt that it is brought to."""

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        del memo
        _, given = self._given.get(callback.get("code", ""), ("", MitidFailure.ANSWER_REFUSED))
        return given if isinstance(given, MitidFailure) else with_changes(given, attempt=attempt)


class _Raises(MemoryMitid):
    """Expects a browser to behave."""

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        _ = callback["state"].encode(), callback["code"].encode("ascii")
        return super().identity(attempt, memo, callback)


class _TakesCancellingForRefusal(MemoryMitid):
    """Tells nobody that they cancelled."""

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        said = super().identity(attempt, memo, callback)
        return MitidFailure.ANSWER_REFUSED if isinstance(said, MitidFailure) else said


# --- mail --------------------------------------------------------------------------------------


class _Tidies(MemoryMailTransport):
    """Takes blank lines from the end."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        return super().hand_over(with_changes(mail, content=mail.content.rstrip() + b"\r\n"))


class _Stuffs(MemoryMailTransport):
    """Doubles dots, and nobody takes them away again."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        content = mail.content.replace(b"\r\n.", b"\r\n..")
        return super().hand_over(with_changes(mail, content=content))


class _Folds(MemoryMailTransport):
    """Writes to the address in lower case."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        return super().hand_over(
            with_changes(mail, to=EmailAddress.parse(mail.to.reveal().replace("!", "")).unwrap())
        )


class _TriesAgain(MemoryMailTransport):
    """Tries twice when no answer comes."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        handover = super().hand_over(mail)
        return super().hand_over(mail) if handover is Handover.AMBIGUOUS else handover


class _Hopes(MemoryMailTransport):
    """Takes no answer for a yes."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        handover = super().hand_over(mail)
        return Handover.HANDED_OVER if handover is Handover.AMBIGUOUS else handover


class _GivesUp(MemoryMailTransport):
    """Takes an outage for a refusal."""

    def hand_over(self, mail: OutgoingMail, /) -> Handover:
        handover = super().hand_over(mail)
        return Handover.REFUSED if handover is Handover.WAITING else handover


# --- the kit around each -----------------------------------------------------------------------


def _hasher(kind: type[FastHasher]) -> FastHasher:
    return kind()


def _clock(kind: type[FakeClock]) -> FakeClock:
    return kind(NOW)


def _chance(kind: type[SeededChance]) -> SeededChance:
    return kind("a seed")


def _cards(kind: type[MemoryMasterCards]) -> CardsUnderTest:
    clinic, other = ClinicId("clinic-1"), ClinicId("clinic-2")
    card = MasterCard(ANNA, "Anna")
    return CardsUnderTest(kind([(clinic, card)]), clinic, (card,), other, STRANGER)


def _register(kind: type[MemoryRegister]) -> RegisterUnderTest:
    known = RegisterAnswer("memory", CHILD, CHILD.birth_date, CivilStatus.LIVING, Protection.NONE)
    register = kind([known, with_changes(known, number=ANNA, successor=CHILD)])

    def tell_news() -> RegisterAnswer:
        news = with_changes(known, status=CivilStatus.GONE)
        register.put(news)
        return news

    return RegisterUnderTest(
        register,
        known,
        STRANGER,
        (ANNA, with_changes(known, other_numbers=frozenset({ANNA}))),
        lambda: register.fail(RegisterFailure.SILENT),
        "never garbled",
        tell_news,
    )


def _mitid(kind: type[MemoryMitid]) -> MitidUnderTest:
    mitid = kind(FakeClock(NOW))
    person = MitidPerson("anna", ANNA)
    return MitidUnderTest(
        mitid,
        lambda start: mitid.identify(start, person),
        mitid.give_up,
        Subject(ISSUER, "anna"),
        ANNA,
    )


def _transport(kind: type[MemoryMailTransport]) -> MailUnderTest:
    transport = kind()
    return MailUnderTest(
        transport,
        lambda: [(mail.to.reveal(), mail.content) for mail in transport.arrived],
        transport.script,
    )


HASHER, CLOCK, CHANCE = PasswordHasherContract(), ClockContract(), ChanceContract()
CARDS, REGISTER = MasterCardsContract(), CustodyRegisterContract()
MITID, MAIL = MitidContract(), MailTransportContract()


@frozen
class _Case:
    """A right adapter and a saboteur, the promise that it breaks, and what else that is given."""

    made: Callable[[Any], object]
    right: type[object]
    saboteur: type[object]
    promise: Callable[..., object]
    more: tuple[object, ...] = ()

    def __str__(self) -> str:
        return f"{self.saboteur.__name__[1:]}-{self.promise.__name__}"


CASES = (
    _Case(_hasher, FastHasher, _Cuts, HASHER.test_nothing_is_cut_off),
    _Case(
        _hasher,
        FastHasher,
        _StopsAtNul,
        HASHER.test_a_wrong_password_is_wrong,
        ("korrekt hest batteri\0x",),
    ),
    _Case(_hasher, FastHasher, _Normalises, HASHER.test_nothing_is_normalised),
    _Case(_hasher, FastHasher, _Unsalted, HASHER.test_two_hashes_differ),
    _Case(_hasher, FastHasher, _ShowsIt, HASHER.test_a_hash_does_not_show_its_password),
    _Case(_hasher, _Slow, _SlowForSomebody, HASHER.test_nobody_takes_as_long, (None,)),
    _Case(_clock, FakeClock, _NaiveClock, CLOCK.test_an_instant_carries_its_offset),
    _Case(_clock, FakeClock, _BackwardClock, CLOCK.test_it_does_not_run_backwards),
    _Case(_chance, SeededChance, _Repeats, CHANCE.test_it_does_not_repeat_itself),
    _Case(_chance, SeededChance, _LeavesABitOut, CHANCE.test_every_byte_is_as_likely),
    _Case(_cards, MemoryMasterCards, _MixesClinics, CARDS.test_clinics_are_kept_apart),
    _Case(_cards, MemoryMasterCards, _MixesClinics, CARDS.test_an_unknown_clinic_has_none),
    _Case(_cards, MemoryMasterCards, _CannotFind, CARDS.test_a_stranger_has_none),
    _Case(_register, MemoryRegister, _Remembers, REGISTER.test_nothing_is_remembered),
    _Case(_register, MemoryRegister, _TakesSilenceForNo, REGISTER.test_an_outage_is_silence),
    _Case(_register, MemoryRegister, _NeverFollows, REGISTER.test_a_changed_number_is_followed),
    _Case(_mitid, MemoryMitid, _Trusts, MITID.test_an_answer_belongs_to_its_attempt),
    _Case(_mitid, MemoryMitid, _Trusts, MITID.test_an_answer_belongs_to_its_memo),
    _Case(_mitid, MemoryMitid, _Raises, MITID.test_nothing_a_browser_sends_raises, ({},)),
    _Case(_mitid, MemoryMitid, _Raises, MITID.test_a_changed_answer_is_nobody_else_s),
    _Case(_mitid, MemoryMitid, _Raises, MITID.test_a_maimed_answer_is_nobody_else_s),
    _Case(_mitid, MemoryMitid, _TakesCancellingForRefusal, MITID.test_cancelling_is_a_value),
    _Case(
        _transport,
        MemoryMailTransport,
        _Tidies,
        MAIL.test_the_same_bytes_arrive,
        (b"B\r\n\r\n",),
    ),
    _Case(
        _transport,
        MemoryMailTransport,
        _Stuffs,
        MAIL.test_the_same_bytes_arrive,
        (b"\r\n.\r\n",),
    ),
    _Case(_transport, MemoryMailTransport, _Folds, MAIL.test_an_odd_address_is_reached),
    _Case(_transport, MemoryMailTransport, _TriesAgain, MAIL.test_a_lost_answer_is_ambiguous),
    _Case(_transport, MemoryMailTransport, _Hopes, MAIL.test_a_lost_answer_is_ambiguous),
    _Case(_transport, MemoryMailTransport, _GivesUp, MAIL.test_nobody_there_is_waiting),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: _Case) -> None:
    """An adapter that breaks a promise fails that promise's test, which says its name."""
    _ = case.promise(case.made(case.right), *case.more)
    with pytest.raises(BaseException) as broken:  # noqa: PT011  however it breaks
        _ = case.promise(case.made(case.saboteur), *case.more)
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]
