"""Strategies for events: one for every class that a ledger can hold, with every field named.

A class that is missing here is an assertion the first time anything is drawn.
"""

from functools import cache
from typing import Any, TypeVar, get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.access import (
    address,
    association,
    browsers,
    guardian,
    guardianship,
    guesses,
    mitid_attempt,
    session,
    two_factor,
    user,
)
from eservices_core.access.custody import Relation
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.events import DomainEvent
from eservices_core.testing.strategies.booking import booking_events
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.conversation import conversation_events
from eservices_core.testing.strategies.guest import guest_events
from eservices_core.testing.strategies.journal import journal_events, worklist_events
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.post import letter_events
from eservices_core.testing.strategies.settings import settings_events
from eservices_core.testing.strategies.staffing import staffing_events
from eservices_core.testing.strategies.words import identifiers, instants
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import BrowserId, ClinicId, ContentId, Pseudonym, UserId

E = TypeVar("E")


def domain_events() -> SearchStrategy[DomainEvent]:
    """Draw an event of any class."""
    return st.sampled_from(list(_every().values())).flatmap(lambda strategy: strategy)


def events_of(kind: type[E]) -> SearchStrategy[E]:
    """Draw an event of one class."""
    strategy: Any = _every()[kind]
    drawn: SearchStrategy[E] = strategy
    return drawn


@cache
def _every() -> dict[type[Any], SearchStrategy[DomainEvent]]:
    every: dict[type[Any], SearchStrategy[DomainEvent]] = {
        **_of_users(),
        **_of_associations(),
        **_of_logins(),
        **_of_guardians(),
        **_of_addresses(),
        **booking_events(),
        **guest_events(),
        **journal_events(),
        **worklist_events(),
        **staffing_events(),
        **settings_events(),
        **letter_events(),
        **conversation_events(),
    }
    assert every.keys() == set(get_args(DomainEvent)), "every event can be drawn, and no other"
    return every


def _of_users() -> dict[type[Any], SearchStrategy[user.Event]]:
    records = identifiers(ContentId)
    return {
        user.UserCreated: built(
            user.UserCreated, by=st.sampled_from(user.CreatedBy), password=st.none() | records
        ),
        user.UserActivated: built(user.UserActivated),
        user.TemporaryPasswordIssued: built(
            user.TemporaryPasswordIssued, record=records, expires_at=instants()
        ),
        user.TemporaryPasswordUsed: built(user.TemporaryPasswordUsed),
        user.TemporaryPasswordVoided: built(user.TemporaryPasswordVoided),
        user.PasswordChosen: built(user.PasswordChosen, record=records),
        user.UsernameChosen: built(user.UsernameChosen, by=staff_members()),
        user.UserLocked: built(user.UserLocked),
        user.UserUnlocked: built(
            user.UserUnlocked, by=staff_members(), evidence=st.sampled_from(IdentityEvidence)
        ),
        user.NumberMoved: built(
            user.NumberMoved,
            by=st.none() | staff_members(),
            evidence=st.none() | st.sampled_from(IdentityEvidence),
        ),
        user.UserClosed: built(user.UserClosed, because=st.sampled_from(user.ClosedBecause)),
    }


def _of_associations() -> dict[
    type[Any], SearchStrategy[association.Event | association.ClinicListed]
]:
    staff, evidence = staff_members(), st.sampled_from(IdentityEvidence)
    return {
        association.ApprovalAsked: built(association.ApprovalAsked),
        association.ClinicAssociated: built(association.ClinicAssociated, by=st.none() | staff),
        association.ApprovalDeclined: built(association.ApprovalDeclined, by=st.none() | staff),
        association.ClinicDissociated: built(association.ClinicDissociated, by=st.none() | staff),
        association.TickSet: built(association.TickSet, by=staff, evidence=evidence, at=instants()),
        association.TickRemoved: built(association.TickRemoved, by=staff, evidence=evidence),
        association.ClinicListed: built(association.ClinicListed, clinic=identifiers(ClinicId)),
    }


def _of_logins() -> dict[
    type[Any],
    SearchStrategy[
        session.Event | guesses.Event | browsers.Event | two_factor.Event | mitid_attempt.Event
    ],
]:
    users, seen = identifiers(UserId), identifiers(BrowserId)
    return {
        session.SessionBegun: built(
            session.SessionBegun,
            user=users,
            method=st.sampled_from(session.Method),
            browser=seen,
            begun_at=instants(),
            ends_at=instants(),
        ),
        session.SessionEnded: built(session.SessionEnded),
        guesses.GuessCounted: built(
            guesses.GuessCounted, purpose=st.sampled_from(guesses.Purpose), at=instants()
        ),
        guesses.GuessWasRight: built(guesses.GuessWasRight),
        guesses.GuessesForgiven: built(
            guesses.GuessesForgiven,
            by=st.none() | staff_members(),
            evidence=st.none() | st.sampled_from(IdentityEvidence),
        ),
        browsers.BrowserRemembered: built(browsers.BrowserRemembered, browser=seen, at=instants()),
        two_factor.CodeSent: built(
            two_factor.CodeSent,
            user=users,
            browser=seen,
            code_digest=st.text("0123456789abcdef", min_size=64, max_size=64),
            expires_at=instants(),
            ground=st.builds(
                two_factor.Ground,
                password=identifiers(ContentId),
                address=identifiers(ContentId),
            ),
            tries=st.integers(min_value=1, max_value=100),
            at=st.none() | instants(),
        ),
        two_factor.CodeTried: built(two_factor.CodeTried),
        two_factor.CodeWasRight: built(two_factor.CodeWasRight),
        two_factor.AttemptGivenUp: built(two_factor.AttemptGivenUp),
        mitid_attempt.SentToMitid: built(
            mitid_attempt.SentToMitid, browser=seen, memo=identifiers(ContentId), at=instants()
        ),
        mitid_attempt.CameBackFromMitid: built(mitid_attempt.CameBackFromMitid),
        mitid_attempt.SignUpOffered: built(
            mitid_attempt.SignUpOffered, identity=identifiers(ContentId)
        ),
        mitid_attempt.SignUpTaken: built(mitid_attempt.SignUpTaken),
    }


def _of_guardians() -> dict[
    type[Any], SearchStrategy[guardian.Event | guardian.ChildAsked | guardianship.Event]
]:
    people, records = identifiers(Pseudonym), identifiers(ContentId)
    return {
        guardian.NumbersStated: built(
            guardian.NumbersStated,
            child=people,
            guardian=people,
            numbers=records,
            browser=identifiers(BrowserId),
            at=instants(),
        ),
        guardian.GuardianIdentified: built(guardian.GuardianIdentified),
        guardian.RegisterWasSilent: built(guardian.RegisterWasSilent),
        guardian.CustodyConfirmed: built(
            guardian.CustodyConfirmed,
            version=st.text(max_size=20),
            relation=st.none() | st.sampled_from(Relation),
        ),
        guardian.VerificationUsed: built(guardian.VerificationUsed),
        guardian.VerificationEnded: built(
            guardian.VerificationEnded, reason=st.sampled_from(guardian.GuardianReason)
        ),
        guardian.ChildAsked: built(guardian.ChildAsked, child=people, at=instants()),
        guardianship.GuardianVerified: built(
            guardianship.GuardianVerified,
            guardian=people,
            numbers=records,
            version=st.text(max_size=20),
            at=instants(),
            relation=st.none() | st.sampled_from(Relation),
        ),
        guardianship.GuardianVerifiedByHand: built(
            guardianship.GuardianVerifiedByHand,
            by=staff_members(),
            basis=st.sampled_from(guardianship.ByHandBasis),
            evidence=st.sampled_from(IdentityEvidence),
            at=instants(),
            until=instants(),
            guardian=st.none() | people,
            relation=st.none() | st.sampled_from(guardianship.ByHandRelation),
        ),
        guardianship.CustodyRenewed: built(
            guardianship.CustodyRenewed,
            at=instants(),
            version=st.none() | st.text(max_size=20),
            relation=st.none() | st.sampled_from(Relation),
        ),
        guardianship.GuardianshipEnded: built(
            guardianship.GuardianshipEnded, because=st.sampled_from(guardianship.EndedBecause)
        ),
    }


def _of_addresses() -> dict[type[Any], SearchStrategy[address.Event]]:
    records = identifiers(ContentId)
    by_clinic = built(
        address.ByClinic, by=staff_members(), evidence=st.sampled_from(IdentityEvidence)
    )
    return {
        address.AddressSet: built(
            address.AddressSet,
            record=records,
            owner=st.sampled_from(AddressOwner),
            basis=st.none() | st.sampled_from(address.RelativeBasis),
            by=st.one_of(
                built(address.ByMitid),
                built(address.ByGuardian),
                by_clinic,
                built(address.ByImport, by=staff_members()),
            ),
            set_at=instants(),
            quarantined_until=st.none() | instants(),
            replaced=st.none() | records,
        ),
        address.AddressProved: built(address.AddressProved, record=records),
        address.AddressStopped: built(address.AddressStopped, record=records),
    }
