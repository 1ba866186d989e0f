"""What is tried on each machine: its first state, and at least one exemplar of each command.

Several stand for one command where its answer hangs on what it carries. Here: exemplars, of nobody
who lives. Not here: the walk that tries them (`machines`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from eservices_core.access import (
    address,
    association,
    guardian,
    guardianship,
    guesses,
    mitid_attempt,
    session,
    two_factor,
    user,
)
from eservices_core.access.custody import (
    CustodyOutcome,
    CustodyReason,
    CustodyVerdict,
    Relation,
)
from eservices_core.access.facts import Age
from eservices_core.access.mitid import Acceptance
from eservices_core.clinic.settings import CodeLimits, SelfSignUp
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure
from eservices_core.rulebook.booking_exemplars import BOOKING_MACHINES
from eservices_core.rulebook.conversation_exemplars import CONVERSATION_MACHINES
from eservices_core.rulebook.desk_exemplars import DESK_MACHINES
from eservices_core.rulebook.machines import Machine
from eservices_core.rulebook.post_exemplars import POST_MACHINES
from eservices_core.rulebook.staffing_exemplars import STAFFING_MACHINES
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import (
    BrowserId,
    ClinicId,
    ContentId,
    Pseudonym,
    StaffId,
    UserId,
)

_NOW: Final = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_SOON: Final = _NOW + timedelta(minutes=5)
_LATER: Final = _NOW + timedelta(hours=2)
_DAY: Final = timedelta(days=1)

_STAFF: Final = StaffMember(StaffId("anne"), ClinicId("clinic"))
_SEEN: Final = IdentityEvidence.PASSPORT
_USER: Final = UserId("user")
_HERE: Final = BrowserId("here")
_ELSEWHERE: Final = BrowserId("elsewhere")
_RECORD: Final = ContentId("record")
_GROUND: Final = two_factor.Ground(_RECORD, ContentId("other"))
_OTHER_RECORD: Final = ContentId("other")
_CHILD: Final = Pseudonym("child")
_GUARDIAN: Final = Pseudonym("guardian")

_MOTHER: Final = Relation.MOTHER
_YES: Final = CustodyVerdict(CustodyOutcome.VERIFIED)
_NO: Final = CustodyVerdict(CustodyOutcome.REFUSED, CustodyReason.NO_CUSTODY)
_SILENT: Final = CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.REGISTER_SILENT)
_PROTECTED: Final = CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, CustodyReason.PROTECTED_PERSON)

_USER_MACHINE: Final = Machine(
    "user",
    "a user's life, from creation to closing",
    user.NoUser(),
    (
        ("Create, by the patient", user.Create(user.CreatedBy.PATIENT)),
        ("Create, by the clinic", user.Create(user.CreatedBy.CLINIC)),
        ("Create, by a guardian", user.Create(user.CreatedBy.GUARDIAN, _RECORD)),
        ("EnterWithMitid", user.EnterWithMitid()),
        ("EnterWithTwoFactor", user.EnterWithTwoFactor(_NOW)),
        (
            "IssueTemporaryPassword",
            user.IssueTemporaryPassword(_RECORD, _SOON, two_factor_is_open=True, has_username=True),
        ),
        (
            "IssueTemporaryPassword, no username",
            user.IssueTemporaryPassword(
                _RECORD, _SOON, two_factor_is_open=True, has_username=False
            ),
        ),
        (
            "IssueTemporaryPassword, two-factor shut",
            user.IssueTemporaryPassword(
                _RECORD, _SOON, two_factor_is_open=False, has_username=True
            ),
        ),
        ("EnterWithTwoFactor, too late", user.EnterWithTwoFactor(_LATER)),
        ("ChooseUsername", user.ChooseUsername(_STAFF)),
        ("ChoosePassword", user.ChoosePassword(_OTHER_RECORD)),
        ("Lock", user.Lock()),
        ("Unlock", user.Unlock(_STAFF, _SEEN)),
        ("MoveNumber", user.MoveNumber(_STAFF, _SEEN)),
        ("Close", user.Close(user.ClosedBecause.BY_PATIENT)),
    ),
    user.decide,
    user.evolve,
)

_ASSOCIATION_MACHINE: Final = Machine(
    "association",
    "the association between one clinic and one user, with the tick",
    association.NotAssociated(),
    (
        ("AskToJoin, open", association.AskToJoin(SelfSignUp.OPEN)),
        ("AskToJoin, with approval", association.AskToJoin(SelfSignUp.WITH_APPROVAL)),
        ("AskToJoin, closed", association.AskToJoin(SelfSignUp.CLOSED)),
        ("Approve", association.Approve(_STAFF)),
        ("Decline", association.Decline(_STAFF)),
        ("Associate", association.Associate(_STAFF)),
        ("SetTick", association.SetTick(_STAFF, _SEEN, _NOW)),
        ("RemoveTick", association.RemoveTick(_STAFF, _SEEN)),
        ("Dissociate", association.Dissociate(_STAFF)),
        ("Forget", association.Forget()),
    ),
    association.decide,
    association.evolve,
)

_SESSION_MACHINE: Final = Machine(
    "session",
    "one session in one browser",
    session.NotBegun(),
    (
        ("Begin", session.Begin(_USER, session.Method.MITID, _HERE, _NOW, _LATER)),
        ("End", session.End()),
    ),
    session.decide,
    session.evolve,
)

_MITID_ATTEMPT_MACHINE: Final = Machine(
    "mitid_attempt",
    "one attempt to log in with MitID",
    mitid_attempt.NotBegun(),
    (
        ("Begin", mitid_attempt.Begin(_HERE, _RECORD, _NOW)),
        ("Answer", mitid_attempt.Answer(_HERE, _SOON)),
        ("Answer, in another browser", mitid_attempt.Answer(_ELSEWHERE, _SOON)),
        ("Answer, too late", mitid_attempt.Answer(_HERE, _LATER)),
        ("OfferSignUp", mitid_attempt.OfferSignUp(_OTHER_RECORD)),
        ("TakeSignUp", mitid_attempt.TakeSignUp(_HERE, _SOON)),
        ("TakeSignUp, in another browser", mitid_attempt.TakeSignUp(_ELSEWHERE, _SOON)),
        ("TakeSignUp, too late", mitid_attempt.TakeSignUp(_HERE, _LATER)),
    ),
    mitid_attempt.decide,
    mitid_attempt.evolve,
)

_FEW: Final = CodeLimits(tries_per_code=1, guesses_per_hour=1, failures_in_all=2, codes_per_hour=1)
"""Small, so that every limit is met within a few steps; the walk sees the same machine."""


def _standing_of_guesses(state: guesses.Guesses) -> str:
    """Name a budget as a guess at the moment of the last count would meet it."""
    last = max((at for _, at in state.counted), default=_NOW)
    outcome = guesses.decide(state, guesses.Count(guesses.Purpose.PASSWORD, last), _FEW)
    if not isinstance(outcome, Failure):
        return "Room"
    return "Locked" if outcome.failure() is guesses.GuessRefusal.LOCKED else "Slowed"


_GUESSES_MACHINE: Final = Machine(
    "guesses",
    "one budget of guesses (passwords, with one in an hour and two in all)",
    guesses.NO_GUESSES,
    (
        ("Count", guesses.Count(guesses.Purpose.PASSWORD, _NOW)),
        ("Count, hours later", guesses.Count(guesses.Purpose.PASSWORD, _LATER)),
        ("Settle", guesses.Settle()),
        ("Forgive", guesses.Forgive(_STAFF, _SEEN)),
    ),
    partial(guesses.decide, limits=_FEW),
    guesses.evolve,
    _standing_of_guesses,
)

_TWO_FACTOR_MACHINE: Final = Machine(
    "two_factor",
    "one attempt from a right password to a right code",
    two_factor.NotBegun(),
    (
        ("SendCode", two_factor.SendCode(_USER, _HERE, "digest", _NOW, _SOON, _GROUND, 1)),
        (
            "SendCode, in another browser",
            two_factor.SendCode(_USER, _ELSEWHERE, "d", _NOW, _SOON, _GROUND, 1),
        ),
        (
            "SendCode, too late",
            two_factor.SendCode(_USER, _HERE, "late", _LATER, _LATER, _GROUND, 1),
        ),
        ("TakeTry", two_factor.TakeTry(_HERE, _NOW)),
        ("TakeTry, in another browser", two_factor.TakeTry(_ELSEWHERE, _NOW)),
        ("TakeTry, too late", two_factor.TakeTry(_HERE, _LATER)),
        ("Settle, right", two_factor.Settle("digest", matches=True)),
        ("Settle, wrong", two_factor.Settle("digest", matches=False)),
        ("Settle, an older code", two_factor.Settle("older", matches=True)),
        ("GiveUp", two_factor.GiveUp()),
    ),
    two_factor.decide,
    two_factor.evolve,
)


def _identify(
    acceptance: Acceptance = Acceptance.ACCEPTED,
    number: Pseudonym = _GUARDIAN,
    asked_before: frozenset[Pseudonym] = frozenset(),
    at: datetime = _SOON,
) -> guardian.Identify:
    return guardian.Identify(acceptance, number, _HERE, asked_before, 1, at)


_GUARDIAN_MACHINE: Final = Machine(
    "guardian",
    "one attempt to verify a guardian",
    guardian.NotBegun(),
    (
        ("State", guardian.State(_CHILD, _GUARDIAN, _RECORD, _HERE, _NOW)),
        ("Identify", _identify()),
        ("Identify, not acceptable", _identify(Acceptance.BUSINESS_IDENTITY)),
        ("Identify, somebody else", _identify(number=Pseudonym("stranger"))),
        (
            "Identify, too many children",
            _identify(asked_before=frozenset({Pseudonym("another")})),
        ),
        ("Identify, too late", _identify(at=_LATER)),
        ("Judge, yes", guardian.Judge(_YES, "1", _MOTHER, _SOON)),
        ("Judge, no", guardian.Judge(_NO, "1", None, _SOON)),
        ("Judge, register silent", guardian.Judge(_SILENT, "1", None, _SOON)),
        ("Judge, too late", guardian.Judge(_YES, "1", _MOTHER, _LATER)),
        ("UseUp", guardian.UseUp(_HERE, _SOON)),
        ("UseUp, in another browser", guardian.UseUp(_ELSEWHERE, _SOON)),
        ("UseUp, too late", guardian.UseUp(_HERE, _LATER)),
    ),
    guardian.decide,
    guardian.evolve,
)


def _by_hand(until: datetime, turns_fifteen_at: datetime) -> guardianship.RecordByHand:
    basis = guardianship.ByHandBasis.FOSTER_CHILD
    relation = guardianship.ByHandRelation.FOSTER_PARENT
    return guardianship.RecordByHand(
        _STAFF, _GUARDIAN, relation, basis, _SEEN, _NOW, until, turns_fifteen_at
    )


_GUARDIANSHIP_MACHINE: Final = Machine(
    "guardianship",
    "the verified guardian behind a child's two-factor login",
    guardianship.Unverified(),
    (
        ("RecordVerified", guardianship.RecordVerified(_GUARDIAN, _RECORD, "1", _MOTHER, _NOW)),
        ("RecordByHand", _by_hand(_NOW + _DAY, _NOW + 2 * _DAY)),
        ("RecordByHand, past the birthday", _by_hand(_NOW + 2 * _DAY, _NOW + _DAY)),
        ("Renew, yes", guardianship.Renew(_YES, "2", _MOTHER, _LATER)),
        ("Renew, no", guardianship.Renew(_NO, "2", None, _LATER)),
        ("Renew, cannot be confirmed", guardianship.Renew(_PROTECTED, "2", None, _LATER)),
        ("Renew, register silent", guardianship.Renew(_SILENT, "2", None, _LATER)),
        ("Withdraw", guardianship.Withdraw(_STAFF)),
        ("EndAtFifteen", guardianship.EndAtFifteen()),
    ),
    guardianship.decide,
    guardianship.evolve,
)


def _set_address(
    record: ContentId,
    owner: AddressOwner = AddressOwner.OWN,
    age: Age = Age.UNDER_15,
) -> address.SetAddress:
    return address.SetAddress(record, owner, address.ByMitid(), _NOW, 2 * _DAY, age)


_ADDRESS_MACHINE: Final = Machine(
    "address",
    "the address that a user's mail goes to",
    address.NoAddress(),
    (
        ("SetAddress, own", _set_address(_RECORD)),
        ("SetAddress, guardian's", _set_address(_OTHER_RECORD, AddressOwner.GUARDIAN)),
        (
            "SetAddress, guardian's from 15",
            _set_address(_OTHER_RECORD, AddressOwner.GUARDIAN, Age.FROM_15),
        ),
        ("SetAddress, relative's without basis", _set_address(_RECORD, AddressOwner.RELATIVE)),
        ("ProveAddress", address.ProveAddress(_RECORD)),
        ("StopAtFifteen", address.StopAtFifteen(_NOW + 5 * _DAY)),
    ),
    address.decide,
    address.evolve,
)

MACHINES: Final[Mapping[str, Machine]] = {
    machine.name: machine
    for machine in (
        _USER_MACHINE,
        _ASSOCIATION_MACHINE,
        _SESSION_MACHINE,
        _MITID_ATTEMPT_MACHINE,
        _GUESSES_MACHINE,
        _TWO_FACTOR_MACHINE,
        _GUARDIAN_MACHINE,
        _GUARDIANSHIP_MACHINE,
        _ADDRESS_MACHINE,
        *BOOKING_MACHINES,
        *STAFFING_MACHINES,
        *DESK_MACHINES,
        *POST_MACHINES,
        *CONVERSATION_MACHINES,
    )
}
"""Every machine by its name, in the order in which a newcomer meets them."""
