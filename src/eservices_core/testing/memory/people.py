"""People in memory: master cards, the custody register, and MitID with its test persons.

Here: what a clinic, a register and a broker would answer about made-up people, and what a browser
would bring back. Not here: protocols of real ones, and any rule about what the answers mean.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from attrs import evolve as with_changes
from attrs import field, frozen

from eservices_core.access.custody import RegisterAnswer, RegisterFailure, RegisterSaid
from eservices_core.access.mitid import (
    Assurance,
    IdentityKind,
    MitidFailure,
    MitidIdentity,
    Subject,
)
from eservices_core.clinic.master_card import MasterCard
from eservices_core.ports.custody_register import CustodyRegister
from eservices_core.ports.world import Clock, MasterCards, Mitid, MitidStart
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId, ClinicId

ISSUER: Final = "https://mitid.example"
"""The issuer that every person of `MemoryMitid` comes from."""


class MemoryMasterCards:
    """Master cards, by clinic and number."""

    def __init__(self, cards: Iterable[tuple[ClinicId, MasterCard]] = ()) -> None:
        self._cards = {(clinic, card.number): card for clinic, card in cards}

    def card(self, clinic: ClinicId, number: CivilNumber, /) -> MasterCard | None:
        """Find a person at one clinic; None if the clinic has no such card."""
        return self._cards.get((clinic, number))

    def put(self, clinic: ClinicId, card: MasterCard) -> None:
        """Write a card, over an earlier one with its number."""
        self._cards[clinic, card.number] = card

    def remove(self, clinic: ClinicId, number: CivilNumber) -> None:
        """Take a card away, if it is there."""
        _ = self._cards.pop((clinic, number), None)


class MemoryRegister:
    """A custody register, answering by number; a number that it does not have is not in it.

    Attributes:
        asked: every number that anybody has asked about, in order: what nobody was entitled to
            ask does not stand here (D-ACC-8).
    """

    def __init__(self, answers: Iterable[RegisterAnswer] = ()) -> None:
        self._answers = {answer.number: answer for answer in answers}
        self._failing: RegisterFailure | None = None
        self.asked: list[CivilNumber] = []

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        """Ask about a person; a number that has been changed is followed once."""
        self.asked.append(number)
        if self._failing is not None:
            return self._failing
        answer = self._answers.get(number)
        if answer is None:
            return RegisterFailure.NOT_IN_REGISTER
        if answer.successor is None or answer.successor not in self._answers:
            return answer
        followed = self._answers[answer.successor]
        return with_changes(followed, other_numbers=followed.other_numbers | {number})

    def put(self, answer: RegisterAnswer) -> None:
        """Write what is said about `answer.number` from now on."""
        self._answers[answer.number] = answer

    def remove(self, number: CivilNumber) -> None:
        """Have nobody under this number from now on."""
        _ = self._answers.pop(number, None)

    def fail(self, failure: RegisterFailure | None) -> None:
        """Answer everybody with this failure from now on; None ends it."""
        self._failing = failure


@frozen
class MitidPerson:
    """Somebody who can identify with `MemoryMitid`.

    Attributes:
        subject: the broker's name for them.
        number: the CPR number that comes along; None if none does.
        kind: private or business.
        assurance: the level of assurance.
    """

    subject: str = field(repr=False)
    number: CivilNumber | None
    kind: IdentityKind = IdentityKind.PRIVATE
    assurance: Assurance = Assurance.SUBSTANTIAL


class MemoryMitid:
    """A broker whose persons identify by calls: `identify` gives what their browser brings back.

    >>> from eservices_core.testing.memory import FakeClock, copenhagen
    >>> mitid = MemoryMitid(FakeClock(copenhagen(2027, 3, 28)))
    >>> attempt = AttemptId("attempt-1")
    >>> start = mitid.begin(attempt)
    >>> callback = mitid.identify(start, MitidPerson("anna", None))
    >>> mitid.identity(attempt, start.memo, callback).kind
    <IdentityKind.PRIVATE: 'private'>
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: dict[str, tuple[AttemptId, str]] = {}
        self._given: dict[str, tuple[str, MitidIdentity | MitidFailure]] = {}
        self._unavailable = False

    def begin(self, attempt: AttemptId, /) -> MitidStart:
        """Prepare an attempt; this broker is always there to begin with."""
        place = len(self._begun) + 1
        state, memo = f"state-{place}", f"memo-{place}"
        self._begun[state] = (attempt, memo)
        return MitidStart(f"{ISSUER}/authorize?state={state}", memo)

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        """Read the answer that a browser brought back; anything unexpected is refused."""
        if self._unavailable:
            return MitidFailure.UNAVAILABLE
        state = callback.get("state", "")
        given_to, given = self._given.get(callback.get("code", ""), (None, None))
        if self._begun.get(state) != (attempt, memo) or given_to != state or given is None:
            return MitidFailure.ANSWER_REFUSED
        return given

    def identify(
        self, start: MitidStart, person: MitidPerson, at: datetime | None = None
    ) -> dict[str, str]:
        """Have a person identify, at `at` or now; gives what their browser brings back."""
        state = self._state_of(start)
        identity = MitidIdentity(
            attempt=self._begun[state][0],
            subject=Subject(ISSUER, person.subject),
            kind=person.kind,
            assurance=person.assurance,
            number=person.number,
            identified_at=at or self._clock.now(),
        )
        return self._give(state, identity)

    def give_up(
        self, start: MitidStart, why: MitidFailure = MitidFailure.CANCELLED
    ) -> dict[str, str]:
        """Have somebody cancel, or wait too long; gives what their browser brings back."""
        return self._give(self._state_of(start), why)

    def be_unavailable(self, *, unavailable: bool = True) -> None:
        """Answer every callback with UNAVAILABLE from now on, or no longer."""
        self._unavailable = unavailable

    def _state_of(self, start: MitidStart) -> str:
        state = start.address.rpartition("=")[2]
        assert state in self._begun, "an attempt is begun here before anybody comes back from it"
        return state

    def _give(self, state: str, given: MitidIdentity | MitidFailure) -> dict[str, str]:
        code = f"code-{len(self._given) + 1}"
        self._given[code] = (state, given)
        return {"state": state, "code": code}


if TYPE_CHECKING:
    _cards: type[MasterCards] = MemoryMasterCards
    _register: type[CustodyRegister] = MemoryRegister
    _mitid: type[Mitid] = MemoryMitid
