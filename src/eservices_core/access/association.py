"""The association between a clinic and a user, and the tick 'No MitID' that lives on it.

Here: one machine per (clinic, user): signing up, approval, leaving, the tick (S-ACC-4, S-ACC-11,
D-ACC-11, D-ACC-17). A tick cannot outlive its association: it is data on that state. Not here: what
the tick opens (`login`), and which clinics a session reaches (`session`).
"""

from datetime import datetime
from enum import Enum, unique
from typing import Final, TypeAlias, assert_never

from attrs import frozen

from eservices_core.access.facts import Tick
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import NextStep, Says, Text
from eservices_core.words.identifiers import ClinicId

# --- signing up at a clinic: the clinic's setting decides --------------------------------------


@unique
class SignUp(Fact):
    """What a patient's own wish to use a clinic's services comes to."""

    ASSOCIATED = "associated"
    AWAITS_APPROVAL = "awaits_approval"
    REFUSED = "refused"


@frozen
class SignUpFacts:
    """What signing up is decided from."""

    setting: SelfSignUp


SIGN_UP: Final = Table(
    "association.sign_up",
    "May a patient associate with this clinic alone?",
    SignUpFacts,
    (
        Row(
            "open",
            "D-ACC-17",
            when(setting=SelfSignUp.OPEN),
            SignUp.ASSOCIATED,
            Says(
                Text("Du er nu tilknyttet klinikken.", "You are now associated with the clinic."),
                Text("Klinikken tager selv-oprettelse.", "The clinic takes self sign-up."),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "with_approval",
            "D-ACC-17",
            when(setting=SelfSignUp.WITH_APPROVAL),
            SignUp.AWAITS_APPROVAL,
            Says(
                Text(
                    "Klinikken skal godkende dig. Du hører fra os.",
                    "The clinic must approve you. You will hear from us.",
                ),
                Text("En tilmelding venter på svar.", "A registration awaits your answer."),
            ),
            NextStep.CLINIC_APPROVES,
        ),
        Row(
            "closed",
            "D-ACC-17",
            when(setting=SelfSignUp.CLOSED),
            SignUp.REFUSED,
            Says(
                Text(
                    "Klinikken opretter selv sine patienter. Ring til klinikken.",
                    "The clinic creates its patients itself. Call the clinic.",
                ),
                Text("Selv-oprettelse er slået fra.", "Self sign-up is switched off."),
            ),
            NextStep.CONTACT_CLINIC,
        ),
    ),
)

# --- states ------------------------------------------------------------------------------------


@frozen
class NotAssociated:
    """The clinic and the user have nothing to do with each other."""


@frozen
class AwaitingApproval:
    """The patient asked; the clinic has not answered."""


@frozen
class Associated:
    """The clinic's services are open to the user, by MitID."""


@frozen
class AssociatedWithTick:
    """The same, and the clinic vouches that the patient cannot use MitID."""

    by: StaffMember
    evidence: IdentityEvidence
    at: datetime


Association: TypeAlias = NotAssociated | AwaitingApproval | Associated | AssociatedWithTick

# --- commands ----------------------------------------------------------------------------------


@frozen
class AskToJoin:
    """The patient (or the guardian who creates a child) chooses the clinic."""

    setting: SelfSignUp


@frozen
class Approve:
    """Staff take the patient."""

    by: StaffMember


@frozen
class Decline:
    """Staff do not take the patient."""

    by: StaffMember


@frozen
class Associate:
    """Staff associate the user with their own clinic (S-ACC-11)."""

    by: StaffMember


@frozen
class Dissociate:
    """Staff end it."""

    by: StaffMember


@frozen
class SetTick:
    """Staff record that the patient cannot use MitID, and how identity was verified."""

    by: StaffMember
    evidence: IdentityEvidence
    at: datetime


@frozen
class RemoveTick:
    """Staff record that the patient can."""

    by: StaffMember
    evidence: IdentityEvidence


@frozen
class Forget:
    """The period of a closed user is over, and nobody knows who they were any more (D-KEEP-1)."""


Command: TypeAlias = (
    AskToJoin | Approve | Decline | Associate | Dissociate | SetTick | RemoveTick | Forget
)

# --- events ------------------------------------------------------------------------------------


@frozen
class ApprovalAsked:
    """A registration awaits the clinic (e-mailtilmelding)."""


@frozen
class ClinicAssociated:
    """The clinic's services are open to the user; `by` is None where the setting was open."""

    by: StaffMember | None


@frozen
class ApprovalDeclined:
    """The clinic does not take the patient; `by` is None where the user was forgotten."""

    by: StaffMember | None


@frozen
class ClinicDissociated:
    """It has ended, and with it the tick; `by` is None where the user was forgotten."""

    by: StaffMember | None


@frozen
class TickSet:
    """The tick stands."""

    by: StaffMember
    evidence: IdentityEvidence
    at: datetime


@frozen
class TickRemoved:
    """The tick stands no longer; what rested on it has ended at once."""

    by: StaffMember
    evidence: IdentityEvidence


Event: TypeAlias = (
    ApprovalAsked | ClinicAssociated | ApprovalDeclined | ClinicDissociated | TickSet | TickRemoved
)


@unique
class AssociationRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    SIGN_UP_CLOSED = "sign_up_closed"
    ALREADY_ASSOCIATED = "already_associated"
    ALREADY_ASKED = "already_asked"
    NOT_ASKED = "not_asked"
    NOT_ASSOCIATED = "not_associated"
    TICK_STANDS = "tick_stands"
    NO_TICK = "no_tick"


_Decided: TypeAlias = Outcome[tuple[Event, ...], AssociationRefusal]


def decide(state: Association, command: Command) -> _Decided:  # noqa: C901  one arm a command
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case AskToJoin(setting):
            return _ask_to_join(state, setting)
        case Approve(by):
            return _answer(state, ClinicAssociated(by))
        case Decline(by):
            return _answer(state, ApprovalDeclined(by))
        case Associate(by):
            match state:
                case NotAssociated() | AwaitingApproval():
                    return Success((ClinicAssociated(by),))
                case Associated() | AssociatedWithTick():
                    return Failure(AssociationRefusal.ALREADY_ASSOCIATED)
                case _:
                    assert_never(state)
        case Dissociate(by):
            match state:
                case Associated() | AssociatedWithTick():
                    return Success((ClinicDissociated(by),))
                case NotAssociated() | AwaitingApproval():
                    return Failure(AssociationRefusal.NOT_ASSOCIATED)
                case _:
                    assert_never(state)
        case SetTick(by, evidence, at):
            match state:
                case Associated():
                    return Success((TickSet(by, evidence, at),))
                case AssociatedWithTick():
                    return Failure(AssociationRefusal.TICK_STANDS)
                case NotAssociated() | AwaitingApproval():
                    return Failure(AssociationRefusal.NOT_ASSOCIATED)
                case _:
                    assert_never(state)
        case RemoveTick(by, evidence):
            match state:
                case AssociatedWithTick():
                    return Success((TickRemoved(by, evidence),))
                case Associated():
                    return Failure(AssociationRefusal.NO_TICK)
                case NotAssociated() | AwaitingApproval():
                    return Failure(AssociationRefusal.NOT_ASSOCIATED)
                case _:
                    assert_never(state)
        case Forget():
            match state:
                case NotAssociated():
                    return Success(())
                case AwaitingApproval():
                    return Success((ApprovalDeclined(None),))
                case Associated() | AssociatedWithTick():
                    return Success((ClinicDissociated(None),))
                case _:
                    assert_never(state)
        case _:
            assert_never(command)


def _ask_to_join(state: Association, setting: SelfSignUp) -> _Decided:
    match state:
        case AwaitingApproval():
            return Failure(AssociationRefusal.ALREADY_ASKED)
        case Associated() | AssociatedWithTick():
            return Failure(AssociationRefusal.ALREADY_ASSOCIATED)
        case NotAssociated():
            match SIGN_UP.decide(SignUpFacts(setting)).then:
                case SignUp.ASSOCIATED:
                    return Success((ClinicAssociated(by=None),))
                case SignUp.AWAITS_APPROVAL:
                    return Success((ApprovalAsked(),))
                case SignUp.REFUSED:
                    return Failure(AssociationRefusal.SIGN_UP_CLOSED)
        case _:
            assert_never(state)


def _answer(state: Association, event: Event) -> _Decided:
    if isinstance(state, AwaitingApproval):
        return Success((event,))
    return Failure(AssociationRefusal.NOT_ASKED)


def evolve(state: Association, event: Event) -> Association:
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case ApprovalAsked():
            assert isinstance(state, NotAssociated)
            return AwaitingApproval()
        case ClinicAssociated():
            assert isinstance(state, NotAssociated | AwaitingApproval)
            return Associated()
        case ApprovalDeclined():
            assert isinstance(state, AwaitingApproval)
            return NotAssociated()
        case ClinicDissociated():
            assert isinstance(state, Associated | AssociatedWithTick)
            return NotAssociated()
        case TickSet(by, evidence, at):
            assert isinstance(state, Associated)
            return AssociatedWithTick(by, evidence, at)
        case TickRemoved():
            assert isinstance(state, AssociatedWithTick)
            return Associated()
        case _:
            assert_never(event)


def is_associated(state: Association) -> bool:
    """True while the clinic's services are open to the user at all."""
    return isinstance(state, Associated | AssociatedWithTick)


def tick_of(state: Association) -> Tick:
    """Fold the state for the login table."""
    return Tick.SET if isinstance(state, AssociatedWithTick) else Tick.NOT_SET


# --- which clinics there are to ask ------------------------------------------------------------


@frozen
class ClinicListed:
    """The user has, or has had, something to do with this clinic."""

    clinic: ClinicId


Clinics: TypeAlias = tuple[ClinicId, ...]
"""The clinics of one user, in the order in which they came; no clinic learns of the others."""


def list_clinic(state: Clinics, event: ClinicListed) -> Clinics:
    """Add a clinic, once."""
    return state if event.clinic in state else (*state, event.clinic)
