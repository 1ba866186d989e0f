"""Strategies for people: staff, identities from MitID, answers of the register, login facts."""

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.access.custody import CivilStatus, RegisterAnswer, Relation, Relative
from eservices_core.access.facts import Age, Guardian, Measure, NumberMatch, Tick, UserStatus
from eservices_core.access.login import LoginFacts, MitidLogin, TwoFactorLogin
from eservices_core.access.mitid import (
    Acceptance,
    Assurance,
    IdentityKind,
    MitidIdentity,
    Subject,
)
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.staff import StaffMember
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.words import civil_numbers, dates, identifiers, instants
from eservices_core.words.identifiers import AttemptId, ClinicId, StaffId

_ISSUERS: Final = ("https://mitid.example", "https://broker.example")


def staff_members() -> SearchStrategy[StaffMember]:
    """Draw a named person who acts for a clinic."""
    return built(StaffMember, staff=identifiers(StaffId), clinic=identifiers(ClinicId))


def mitid_identities() -> SearchStrategy[MitidIdentity]:
    """Draw what an answer from MitID can say, acceptable or not."""
    return built(
        MitidIdentity,
        attempt=identifiers(AttemptId),
        subject=built(
            Subject, issuer=st.sampled_from(_ISSUERS), subject=st.uuids(version=4).map(str)
        ),
        kind=st.sampled_from(IdentityKind),
        assurance=st.sampled_from(Assurance),
        number=st.none() | civil_numbers(),
        identified_at=instants(),
    )


def relatives() -> SearchStrategy[Relative]:
    """Draw one entry of the register's list; its days may lie in any order."""
    return built(
        Relative,
        number=st.none() | civil_numbers(),
        relation=st.sampled_from(Relation),
        begins=st.none() | dates(),
        ends=st.none() | dates(),
    )


def register_answers() -> SearchStrategy[RegisterAnswer]:
    """Draw what the register can say about one person."""
    return built(
        RegisterAnswer,
        version=st.sampled_from(["1.0.2", "1.0.4a", "U12170"]),
        number=civil_numbers(),
        birth_date=dates(),
        status=st.sampled_from(CivilStatus),
        protection=st.sampled_from(Protection),
        relatives=st.lists(relatives(), max_size=4).map(tuple),
        other_numbers=st.frozensets(civil_numbers(), max_size=2),
        successor=st.none() | civil_numbers(),
    )


def login_facts() -> SearchStrategy[LoginFacts]:
    """Draw the facts of a login, with MitID or with two factors."""
    by_mitid = built(
        MitidLogin,
        identity=st.sampled_from(Acceptance),
        number=st.sampled_from(NumberMatch),
        user=st.sampled_from(UserStatus),
        measure=st.sampled_from(Measure),
    )
    by_two_factor = built(
        TwoFactorLogin,
        user=st.sampled_from(UserStatus),
        measure=st.sampled_from(Measure),
        age=st.sampled_from(Age),
        tick=st.sampled_from(Tick),
        guardian=st.sampled_from(Guardian),
    )
    return st.one_of(by_mitid, by_two_factor)
