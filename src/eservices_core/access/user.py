"""The user's life: from creation to closing, and what password they have (S-ACC-4 to S-ACC-11).

Here: one machine per user of the service, `decide` and `evolve`. Not here: the states of a password
(`passwords`), whether two-factor is open (`login`), guesses and codes (`two_factor`), clinics and
the tick (`association`), guardians.

Passwords and usernames are content kept apart: events and states hold a record's id at most.
"""

from datetime import datetime
from enum import Enum, unique
from typing import TypeAlias, assert_never

from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.access.facts import PasswordKind, UserStatus
from eservices_core.access.passwords import (
    NoPassword,
    OwnPassword,
    PasswordState,
    PasswordToChange,
    TemporaryPassword,
    counts_at,
    kind_of,
    record_in,
)
from eservices_core.clinic.staff import IdentityEvidence, StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.identifiers import ContentId


@unique
class CreatedBy(Enum):
    """Whose act made the user."""

    PATIENT = "patient"
    """Alone, verified by MitID (S-ACC-7)."""
    CLINIC = "clinic"
    """Opret patient (S-ACC-8)."""
    GUARDIAN = "guardian"
    """Opret barn (under 15) (S-ACC-9)."""


@unique
class ClosedBecause(Enum):
    """Why a user was closed."""

    BY_PATIENT = "by_patient"
    BY_CLINIC = "by_clinic"
    DEATH = "death"


# --- states ------------------------------------------------------------------------------------


@frozen
class NoUser:
    """Nobody has created the user yet."""


@frozen
class AwaitingActivation:
    """Created, but has not logged in yet."""

    created_by: CreatedBy
    password: PasswordState


@frozen
class Active:
    """Has logged in at least once."""

    password: PasswordState


@frozen
class Locked:
    """Too many guesses: two-factor is shut, except on a known browser; MitID is not touched."""

    was: AwaitingActivation | Active


@frozen
class Closed:
    """Nobody logs in. The clinic can create the user again."""

    because: ClosedBecause


User: TypeAlias = NoUser | AwaitingActivation | Active | Locked | Closed

# --- commands ----------------------------------------------------------------------------------


@frozen
class Create:
    """Make the user; a guardian gives the first password in the same step (D-ACC-12)."""

    by: CreatedBy
    password: ContentId | None = None


@frozen
class EnterWithMitid:
    """A MitID login was granted."""


@frozen
class EnterWithTwoFactor:
    """The password and the code were right, and two-factor is open."""

    at: datetime


@frozen
class IssueTemporaryPassword:
    """Have a temporary password sent; `two_factor_is_open` is the login table's word.

    `has_username` is false for who came by MitID and never agreed one with the clinic: the mail
    would open nothing (S-ACC-5).
    """

    record: ContentId
    expires_at: datetime
    two_factor_is_open: bool
    has_username: bool


@frozen
class ChooseUsername:
    """Log in with the username that staff have agreed with the patient, from now on."""

    by: StaffMember


@frozen
class ChoosePassword:
    """Set a password of one's own, in a session."""

    record: ContentId


@frozen
class Lock:
    """The guesses reached the limit in all (D-ACC-13)."""


@frozen
class Unlock:
    """The clinic lets the user guess again, after verifying identity."""

    by: StaffMember
    evidence: IdentityEvidence


@frozen
class MoveNumber:
    """The person has a new number, and the account goes along (D-ACC-16).

    Staff say how they verified identity; nobody does where register or master card calls it the
    successor and MitID gave it.
    """

    by: StaffMember | None
    evidence: IdentityEvidence | None


@frozen
class Close:
    """End the user."""

    because: ClosedBecause


Command: TypeAlias = (
    Create
    | EnterWithMitid
    | EnterWithTwoFactor
    | IssueTemporaryPassword
    | ChooseUsername
    | ChoosePassword
    | Lock
    | Unlock
    | MoveNumber
    | Close
)

# --- events ------------------------------------------------------------------------------------


@frozen
class UserCreated:
    """The user exists, and awaits activation."""

    by: CreatedBy
    password: ContentId | None


@frozen
class UserActivated:
    """The first login went through."""


@frozen
class TemporaryPasswordIssued:
    """A temporary password is on its way; every earlier password is void."""

    record: ContentId
    expires_at: datetime


@frozen
class TemporaryPasswordUsed:
    """It worked, once."""


@frozen
class TemporaryPasswordVoided:
    """MitID was used instead."""


@frozen
class PasswordChosen:
    """The user has a password of their own."""

    record: ContentId


@frozen
class UsernameChosen:
    """The user logs in with a username that was agreed with the clinic; it is content, not here."""

    by: StaffMember


@frozen
class UserLocked:
    """Two-factor is shut by guessing."""


@frozen
class UserUnlocked:
    """The clinic opened it again."""

    by: StaffMember
    evidence: IdentityEvidence


@frozen
class NumberMoved:
    """The account goes by a new number; both numbers are content, and not in here.

    `by` and `evidence` are None where MitID gave a number that was called the successor.
    """

    by: StaffMember | None = None
    evidence: IdentityEvidence | None = None


@frozen
class UserClosed:
    """The user has ended."""

    because: ClosedBecause


Event: TypeAlias = (
    UserCreated
    | UserActivated
    | TemporaryPasswordIssued
    | TemporaryPasswordUsed
    | TemporaryPasswordVoided
    | PasswordChosen
    | UsernameChosen
    | UserLocked
    | UserUnlocked
    | NumberMoved
    | UserClosed
)

# --- refusals ----------------------------------------------------------------------------------


@unique
class UserRefusal(Enum):
    """Why a command is refused; nothing has changed."""

    ALREADY_EXISTS = "already_exists"
    """D-ACC-11: one user per CPR number."""
    NO_USER = "no_user"
    CLOSED = "closed"
    LOCKED = "locked"
    NOT_LOCKED = "not_locked"
    TWO_FACTOR_NOT_OPEN = "two_factor_not_open"
    """D-ACC-12: no temporary password for anyone two-factor is not open to."""
    USERNAME_MISSING = "username_missing"
    """D-ACC-104: a password alone opens nothing; the clinic agrees a username first."""
    NO_PASSWORD = "no_password"
    PASSWORD_EXPIRED = "password_expired"
    CHILD_CREATED_WITHOUT_PASSWORD = "child_created_without_password"
    """D-ACC-12: a guardian chooses the first password; nobody else does."""


_Decided: TypeAlias = Outcome[tuple[Event, ...], UserRefusal]


def decide(state: User, command: Command) -> _Decided:  # noqa: C901  one arm a command
    """Answer a command with the events that follow, or with why it is refused."""
    match command:
        case Create():
            return _create(state, command)
        case EnterWithMitid():
            return _enter_with_mitid(state)
        case EnterWithTwoFactor(at):
            return _enter_with_two_factor(state, at)
        case IssueTemporaryPassword():
            return _issue(state, command)
        case ChooseUsername(by):
            return _if_living(state, UsernameChosen(by))
        case ChoosePassword(record):
            return _if_living(state, PasswordChosen(record))
        case Lock():
            match state:
                case AwaitingActivation() | Active():
                    return Success((UserLocked(),))
                case Locked():
                    return Success(())
                case NoUser() | Closed():
                    return Failure(_absent(state))
                case _:
                    assert_never(state)
        case Unlock(by, evidence):
            match state:
                case Locked():
                    return Success((UserUnlocked(by, evidence),))
                case AwaitingActivation() | Active():
                    return Failure(UserRefusal.NOT_LOCKED)
                case NoUser() | Closed():
                    return Failure(_absent(state))
                case _:
                    assert_never(state)
        case MoveNumber(by, evidence):
            return _if_living(state, NumberMoved(by, evidence))
        case Close(because):
            return _if_living(state, UserClosed(because))
        case _:
            assert_never(command)


def _absent(state: NoUser | Closed) -> UserRefusal:
    return UserRefusal.NO_USER if isinstance(state, NoUser) else UserRefusal.CLOSED


def _if_living(state: User, event: Event) -> _Decided:
    if isinstance(state, NoUser | Closed):
        return Failure(_absent(state))
    return Success((event,))


def _create(state: User, command: Create) -> _Decided:
    if (command.by is CreatedBy.GUARDIAN) != (command.password is not None):
        return Failure(UserRefusal.CHILD_CREATED_WITHOUT_PASSWORD)
    match state:
        case NoUser():
            return Success((UserCreated(command.by, command.password),))
        case Closed():
            if command.by is CreatedBy.CLINIC:
                return Success((UserCreated(command.by, command.password),))
            return Failure(UserRefusal.CLOSED)
        case AwaitingActivation() | Active() | Locked():
            return Failure(UserRefusal.ALREADY_EXISTS)
        case _:
            assert_never(state)


def _enter_with_mitid(state: User) -> _Decided:
    """D-ACC-4: activates, and voids a temporary password; a lock by guessing stays as it is."""
    if isinstance(state, NoUser | Closed):
        return Failure(_absent(state))
    living = _living(state)
    events: list[Event] = []
    if isinstance(living, AwaitingActivation):
        events.append(UserActivated())
    if isinstance(living.password, TemporaryPassword | PasswordToChange):
        events.append(TemporaryPasswordVoided())
    return Success(tuple(events))


def _enter_with_two_factor(state: User, at: datetime) -> _Decided:
    """Take the password that was right; the lock is the account's, which a known browser passes."""
    if isinstance(state, NoUser | Closed):
        return Failure(_absent(state))
    living = _living(state)
    activated: tuple[Event, ...] = (
        (UserActivated(),) if isinstance(living, AwaitingActivation) else ()
    )
    match living.password:
        case OwnPassword():
            return Success(activated)
        case TemporaryPassword(expires_at=expires_at):
            if at >= expires_at:
                return Failure(UserRefusal.PASSWORD_EXPIRED)
            return Success((*activated, TemporaryPasswordUsed()))
        case NoPassword() | PasswordToChange():
            return Failure(UserRefusal.NO_PASSWORD)
        case _:
            assert_never(living.password)


def _issue(state: User, command: IssueTemporaryPassword) -> _Decided:
    if isinstance(state, NoUser | Closed):
        return Failure(_absent(state))
    if isinstance(state, Locked):
        return Failure(UserRefusal.LOCKED)
    if not command.two_factor_is_open:
        return Failure(UserRefusal.TWO_FACTOR_NOT_OPEN)
    if not command.has_username:
        return Failure(UserRefusal.USERNAME_MISSING)
    return Success((TemporaryPasswordIssued(command.record, command.expires_at),))


def evolve(state: User, event: Event) -> User:  # noqa: C901  one arm an event
    """Apply an event that `decide` gave; a history that it cannot have given is a bug."""
    match event:
        case UserCreated(by, password):
            assert isinstance(state, NoUser | Closed)
            return AwaitingActivation(by, OwnPassword(password) if password else NoPassword())
        case UserActivated():
            return _like(state, Active(_living(state).password))
        case TemporaryPasswordIssued(record, expires_at):
            return _with_password(state, TemporaryPassword(record, expires_at))
        case TemporaryPasswordUsed():
            return _with_password(state, PasswordToChange())
        case TemporaryPasswordVoided():
            return _with_password(state, NoPassword())
        case PasswordChosen(record):
            return _with_password(state, OwnPassword(record))
        case UserLocked():
            assert isinstance(state, AwaitingActivation | Active)
            return Locked(state)
        case UserUnlocked():
            assert isinstance(state, Locked)
            return state.was
        case UsernameChosen() | NumberMoved():
            return _like(state, _living(state))
        case UserClosed(because):
            assert not isinstance(state, NoUser | Closed)
            return Closed(because)
        case _:
            assert_never(event)


def _living(state: User) -> AwaitingActivation | Active:
    assert not isinstance(state, NoUser | Closed)
    return state.was if isinstance(state, Locked) else state


def _like(state: User, living: AwaitingActivation | Active) -> User:
    """Keep the lock, if there is one, around what has changed inside it."""
    return Locked(living) if isinstance(state, Locked) else living


def _with_password(state: User, password: PasswordState) -> User:
    return _like(state, with_changes(_living(state), password=password))


# --- what others ask of a user -----------------------------------------------------------------


def status_of(state: User, *, on_known_browser: bool = False) -> UserStatus:
    """Fold the state for the login tables; a known browser does not meet the lock (D-ACC-13)."""
    match state:
        case NoUser():
            return UserStatus.NONE
        case AwaitingActivation():
            return UserStatus.AWAITING_ACTIVATION
        case Active():
            return UserStatus.ACTIVE
        case Locked(was):
            return status_of(was) if on_known_browser else UserStatus.LOCKED
        case Closed():
            return UserStatus.CLOSED
        case _:
            assert_never(state)


def password_in(state: User) -> ContentId | None:
    """Name the record of the password that a user has, expired or not; None where there is none."""
    return record_in(_password(state))


def password_record_of(state: User, at: datetime) -> ContentId | None:
    """Name the record that a typed password is compared with at `at`; None where none counts."""
    password = _password(state)
    return record_in(password) if counts_at(password, at) else None


def password_kind_of(state: User) -> PasswordKind:
    """Say which kind of password stands; a user without one counts as having their own."""
    return kind_of(_password(state))


def must_change_password(state: User) -> bool:
    """True between the use of a temporary password and the choice of one's own (D-ACC-12)."""
    return isinstance(_password(state), PasswordToChange)


def _password(state: User) -> PasswordState:
    return NoPassword() if isinstance(state, NoUser | Closed) else _living(state).password
