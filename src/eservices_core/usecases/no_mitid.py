"""The tick 'No MitID' (S-ACC-4, S-ACC-8, D-ACC-11): set by the clinic, and removed by it.

Setting it on a user who has not been active yet sends the activation mail. Who signed up by MitID
has no username: staff agree one with the patient and give it with the tick, for a tick without one
would open nothing. A patient who has a username goes on with it (S-ACC-4). Removing the tick needs
no clean-up: whatever rested on it is asked about the tick at every use (D-ACC-15).
"""

from attrs import field, frozen

from eservices_core import events
from eservices_core.access import association
from eservices_core.access.passwords import NoPassword
from eservices_core.access.user import AwaitingActivation, UserRefusal
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.access_refusals import USERNAME_STANDS
from eservices_core.usecases.creating import associate
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.send_password import agree_username, draw_password, issue_password
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId
from eservices_core.words.username import Username


@frozen(kw_only=True)
class SetNoMitid(Command):
    """Staff record that a patient of their clinic cannot use MitID.

    Attributes:
        staff: who acts, and for which clinic.
        user: who cannot.
        evidence: how identity was verified.
        username: agreed with a patient who has none yet; None for one who has.
    """

    staff: StaffMember
    user: UserId
    evidence: IdentityEvidence
    username: Username | None = field(default=None, repr=False)


@frozen(kw_only=True)
class RemoveNoMitid(Command):
    """Staff record that the patient can."""

    staff: StaffMember
    user: UserId
    evidence: IdentityEvidence


@frozen
class TickChanged:
    """The tick stands, or stands no more; `activation_sent` if a mail is on its way."""

    activation_sent: bool


def set_no_mitid(services: Services, command: SetNoMitid) -> Outcome[TickChanged, Refusal]:
    """Set the tick; send the activation mail to a user who has no password yet."""
    drawn = draw_password(services)

    def work(unit: Unit) -> Outcome[TickChanged, Refusal]:
        unit.about = command.user
        tick = association.SetTick(command.staff, command.evidence, unit.at)
        ticked = associate(unit, command.user, command.staff.clinic, tick)
        if isinstance(ticked, Failure):
            return Failure(NO_SUCH_PATIENT if _is_stranger(unit, command) else ticked.failure())
        named = _name(unit, command)
        if isinstance(named, Failure):
            return named
        unit.rule = "S-ACC-4"
        state = unit.state(events.USER, command.user)
        new = isinstance(state, AwaitingActivation) and isinstance(state.password, NoPassword)
        if not new or people.is_child(unit, command.user):
            return Success(TickChanged(activation_sent=False))
        unit.rule = "S-ACC-8"
        sent = issue_password(unit, command.user, drawn)
        if isinstance(sent, Failure):
            return sent
        return Success(TickChanged(activation_sent=True))

    return perform(services, command, TickChanged, work)


def _name(unit: Unit, command: SetNoMitid) -> Outcome[None, Refusal]:
    """See that there is a username to log in with: the one there is, or the one just agreed."""
    if people.has_username(unit, command.user):
        return Success(None) if command.username is None else Failure(USERNAME_STANDS)
    if command.username is None:
        return Failure(refusal_of(UserRefusal.USERNAME_MISSING))
    return agree_username(unit, command.user, command.username, command.staff)


def _is_stranger(unit: Unit, command: SetNoMitid | RemoveNoMitid) -> bool:
    return not people.is_patient_of(unit, command.staff.clinic, command.user)


def remove_no_mitid(services: Services, command: RemoveNoMitid) -> Outcome[TickChanged, Refusal]:
    """Remove the tick."""

    def work(unit: Unit) -> Outcome[TickChanged, Refusal]:
        unit.about = command.user
        tick = association.RemoveTick(command.staff, command.evidence)
        removed = associate(unit, command.user, command.staff.clinic, tick)
        if isinstance(removed, Failure):
            return Failure(NO_SUCH_PATIENT if _is_stranger(unit, command) else removed.failure())
        unit.rule = "D-ACC-11"
        return Success(TickChanged(activation_sent=False))

    return perform(services, command, TickChanged, work)
