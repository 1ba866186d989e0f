"""MitID: is this identity acceptable, as an answer to the attempt that this browser began?

Here: the question that a patient's login and a guardian's verification both ask first (D-ACC-3).
Not here: whose account it opens (`login`), and how a broker is spoken to (an adapter).
"""

from datetime import datetime, timedelta
from enum import Enum, unique
from typing import Final

from attrs import field, frozen

from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import PUBLIC_REFUSAL, NextStep, Says, Text, staff_only
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId


@unique
class IdentityKind(Fact):
    """Whether somebody identified as themselves or for a business (MitID Erhverv)."""

    PRIVATE = "private"
    BUSINESS = "business"


@unique
class Assurance(Fact):
    """The level of assurance, by its meaning; an unknown spelling becomes UNKNOWN (NSIS)."""

    UNKNOWN = "unknown"
    LOW = "low"
    SUBSTANTIAL = "substantial"
    HIGH = "high"


@unique
class NumberGiven(Fact):
    """Whether the identity came with a CPR number."""

    GIVEN = "given"
    MISSING = "missing"


@unique
class Freshness(Fact):
    """Whether the person identified anew, for this attempt."""

    FRESH = "fresh"
    STALE = "stale"


@unique
class Binding(Fact):
    """Whether the answer belongs to the attempt that this browser began."""

    OURS = "ours"
    FOREIGN = "foreign"


@frozen
class IdentityFacts:
    """What acceptance is decided from."""

    kind: IdentityKind
    assurance: Assurance
    number: NumberGiven
    freshness: Freshness = Freshness.FRESH
    binding: Binding = Binding.OURS


@unique
class Acceptance(Fact):
    """The verdict on an identity; all but ACCEPTED are reasons to refuse."""

    ACCEPTED = "accepted"
    BUSINESS_IDENTITY = "business_identity"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    CPR_MISSING = "cpr_missing"
    NOT_FRESH = "not_fresh"
    NOT_THIS_ATTEMPT = "not_this_attempt"


_ENOUGH: Final = frozenset({Assurance.SUBSTANTIAL, Assurance.HIGH})
_TOO_LOW: Final = frozenset(Assurance) - _ENOUGH

ACCEPTABLE: Final = Table(
    "mitid.acceptable",
    "Is this MitID identity acceptable?",
    IdentityFacts,
    (
        Row(
            "foreign",
            "D-ACC-3",
            when(binding=Binding.FOREIGN),
            Acceptance.NOT_THIS_ATTEMPT,
            staff_only(
                PUBLIC_REFUSAL,
                "Svaret fra MitID hører ikke til det forsøg, som denne browser begyndte.",
                "The answer from MitID does not belong to the attempt that this browser began.",
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "stale",
            "D-ACC-3",
            when(binding=Binding.OURS, freshness=Freshness.STALE),
            Acceptance.NOT_FRESH,
            staff_only(
                PUBLIC_REFUSAL,
                "Svaret fra MitID er for gammelt; personen skal identificere sig igen.",
                "The answer from MitID is too old; the person must identify again.",
            ),
            NextStep.TRY_AGAIN,
        ),
        Row(
            "business",
            "S-ACC-2",
            when(binding=Binding.OURS, freshness=Freshness.FRESH, kind=IdentityKind.BUSINESS),
            Acceptance.BUSINESS_IDENTITY,
            staff_only(
                PUBLIC_REFUSAL,
                "Der blev brugt MitID Erhverv. Kun det private MitID kan bruges.",
                "MitID for business was used. Only the private MitID can be used.",
            ),
            NextStep.USE_PRIVATE_MITID,
        ),
        Row(
            "too_low",
            "D-ACC-3",
            when(
                binding=Binding.OURS,
                freshness=Freshness.FRESH,
                kind=IdentityKind.PRIVATE,
                assurance=_TOO_LOW,
            ),
            Acceptance.ASSURANCE_TOO_LOW,
            staff_only(
                PUBLIC_REFUSAL,
                "MitID svarede med et sikringsniveau under Betydelig. Brug MitID-app eller "
                "kodeviser.",
                "MitID answered with an assurance level below Substantial. Use the MitID app or "
                "a code display.",
            ),
            NextStep.USE_MITID,
        ),
        Row(
            "without_number",
            "D-ACC-3",
            when(
                binding=Binding.OURS,
                freshness=Freshness.FRESH,
                kind=IdentityKind.PRIVATE,
                assurance=_ENOUGH,
                number=NumberGiven.MISSING,
            ),
            Acceptance.CPR_MISSING,
            staff_only(
                PUBLIC_REFUSAL,
                "MitID gav intet CPR-nummer; personen skal oplyse og bekræfte det hos MitID.",
                "MitID gave no CPR number; the person must state and confirm it with MitID.",
            ),
            NextStep.USE_MITID,
        ),
        Row(
            "accepted",
            "D-ACC-3",
            when(
                binding=Binding.OURS,
                freshness=Freshness.FRESH,
                kind=IdentityKind.PRIVATE,
                assurance=_ENOUGH,
                number=NumberGiven.GIVEN,
            ),
            Acceptance.ACCEPTED,
            Says(
                patient=Text("Du er identificeret med MitID.", "You are identified with MitID."),
                staff=Text("Identificeret med privat MitID.", "Identified with private MitID."),
            ),
            NextStep.GO_ON,
        ),
    ),
)
"""D-ACC-3, in the order of D-ACC-4: business identity, assurance too low, CPR number missing."""


@frozen
class Subject:
    """Who the broker says it is: issuer and subject together, never one alone (D-ACC-16)."""

    issuer: str = field(repr=False)
    subject: str = field(repr=False)


@frozen
class MitidIdentity:
    """What an answer from MitID says, in our words.

    Attributes:
        attempt: the attempt it answers.
        subject: who the broker says it is.
        kind: private or business.
        assurance: the level of assurance.
        number: the CPR number, where one was given.
        identified_at: when the person last identified, an aware instant.
    """

    attempt: AttemptId
    subject: Subject
    kind: IdentityKind
    assurance: Assurance
    number: CivilNumber | None
    identified_at: datetime


@unique
class MitidFailure(Enum):
    """Why MitID gave no identity at all; none of them says anything about the person."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    UNAVAILABLE = "unavailable"
    ANSWER_REFUSED = "answer_refused"


CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far a broker's clock may be behind ours before its answer looks stale (faults: 21-26)."""


def facts_of(identity: MitidIdentity, attempt: AttemptId, begun_at: datetime) -> IdentityFacts:
    """Fold an answer into facts: fresh means identified since the attempt began, but for skew.

    A replacement number is no CPR number to log in with (D-ACC-16).
    """
    carries = identity.number is not None and identity.number.may_log_in_with_mitid
    fresh = identity.identified_at >= begun_at - CLOCK_SKEW
    return IdentityFacts(
        kind=identity.kind,
        assurance=identity.assurance,
        number=NumberGiven.GIVEN if carries else NumberGiven.MISSING,
        freshness=Freshness.FRESH if fresh else Freshness.STALE,
        binding=Binding.OURS if identity.attempt == attempt else Binding.FOREIGN,
    )
