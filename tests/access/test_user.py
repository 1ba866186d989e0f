from datetime import datetime

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import user
from eservices_core.access.facts import PasswordKind, UserStatus
from eservices_core.access.passwords import (
    NoPassword,
    OwnPassword,
    PasswordState,
    PasswordToChange,
    TemporaryPassword,
)
from eservices_core.access.user import (
    Active,
    AwaitingActivation,
    ChoosePassword,
    ChooseUsername,
    Close,
    Closed,
    ClosedBecause,
    Create,
    CreatedBy,
    EnterWithMitid,
    EnterWithTwoFactor,
    IssueTemporaryPassword,
    Lock,
    Locked,
    MoveNumber,
    NoUser,
    NumberMoved,
    PasswordChosen,
    TemporaryPasswordIssued,
    TemporaryPasswordUsed,
    TemporaryPasswordVoided,
    Unlock,
    User,
    UserActivated,
    UserClosed,
    UserCreated,
    UserLocked,
    UsernameChosen,
    UserRefusal,
    UserUnlocked,
    decide,
    evolve,
    must_change_password,
    password_in,
    password_kind_of,
    password_record_of,
    status_of,
)
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure, Success
from tests.access.play import Machine
from tests.access.strategies import (
    ANNA,
    DAY,
    FIRST,
    NOON,
    PASSPORT,
    SECOND_RECORD,
    THIRD,
    TICK,
    instants,
    records,
)

USER: Machine[User, user.Command, user.Event, UserRefusal] = Machine(
    user.decide, user.evolve, NoUser(), UserRefusal, user.Event
)

LATER = NOON + DAY
BY_CLINIC = Create(CreatedBy.CLINIC)
BY_PATIENT = Create(CreatedBy.PATIENT)
BY_GUARDIAN = Create(CreatedBy.GUARDIAN, FIRST)
SEND_PASSWORD = IssueTemporaryPassword(
    SECOND_RECORD, LATER, two_factor_is_open=True, has_username=True
)
CHOOSE = ChoosePassword(THIRD)
MOVE, MOVED = MoveNumber(ANNA, PASSPORT), NumberMoved(ANNA, PASSPORT)
UNLOCK = Unlock(ANNA, PASSPORT)
CLOSE = Close(ClosedBecause.BY_CLINIC)
TEMPORARY = TemporaryPassword(SECOND_RECORD, LATER)

NOBODY = NoUser()
CLOSED = Closed(ClosedBecause.BY_PATIENT)
PASSWORDS = (NoPassword(), OwnPassword(FIRST), TEMPORARY, PasswordToChange())
AWAITING = tuple(AwaitingActivation(CreatedBy.CLINIC, password) for password in PASSWORDS)
ACTIVE = tuple(Active(password) for password in PASSWORDS)
UNLOCKED: tuple[AwaitingActivation | Active, ...] = (*AWAITING, *ACTIVE)
LIVING: tuple[User, ...] = (*UNLOCKED, *map(Locked, UNLOCKED))


def _password(state: User) -> PasswordState:
    inner = state.was if isinstance(state, Locked) else state
    assert isinstance(inner, AwaitingActivation | Active)
    return inner.password


def _is_new(state: User) -> bool:
    return isinstance(state.was if isinstance(state, Locked) else state, AwaitingActivation)


# ------------------------------------------------------------------------------ stories, by rule


def test_a_patient_with_mitid_signs_up_alone() -> None:
    """S-ACC-7: the patient creates the user without a password, and MitID activates it."""
    assert decide(NOBODY, BY_PATIENT) == Success((UserCreated(CreatedBy.PATIENT, None),))
    created = USER.after(BY_PATIENT)
    assert created == AwaitingActivation(CreatedBy.PATIENT, NoPassword())
    assert decide(created, EnterWithMitid()) == Success((UserActivated(),))
    assert USER.play(created, EnterWithMitid()) == Active(NoPassword())


def test_an_account_goes_along_with_a_new_number() -> None:
    """D-ACC-16: in any state, by whom and on what evidence is kept, and nothing else changes."""
    for state in LIVING:
        assert decide(state, MOVE) == Success((MOVED,))
        assert evolve(state, MOVED) == state
    assert decide(NOBODY, MOVE) == Failure(UserRefusal.NO_USER)
    assert decide(CLOSED, MOVE) == Failure(UserRefusal.CLOSED)


def test_a_username_is_agreed_with_the_clinic() -> None:
    """D-ACC-104: in any living state, by whom is kept, and nothing else changes."""
    choose, chosen = ChooseUsername(ANNA), UsernameChosen(ANNA)
    for state in LIVING:
        assert decide(state, choose) == Success((chosen,))
        assert evolve(state, chosen) == state
    assert decide(NOBODY, choose) == Failure(UserRefusal.NO_USER)
    assert decide(CLOSED, choose) == Failure(UserRefusal.CLOSED)


def test_no_temporary_password_goes_to_who_has_no_username() -> None:
    """D-ACC-104: it would open nothing; a lock and a shut two-factor are said first."""
    nameless = with_changes(SEND_PASSWORD, has_username=False)
    for state in UNLOCKED:
        assert decide(state, nameless) == Failure(UserRefusal.USERNAME_MISSING)
        assert decide(Locked(state), nameless) == Failure(UserRefusal.LOCKED)
        shut = with_changes(nameless, two_factor_is_open=False)
        assert decide(state, shut) == Failure(UserRefusal.TWO_FACTOR_NOT_OPEN)
    assert decide(CLOSED, nameless) == Failure(UserRefusal.CLOSED)


def test_the_record_of_a_password_is_named_until_there_is_another() -> None:
    """D-KEEP-1: an expired password still lies there; one that was used or voided does not."""
    assert [password_in(state) for state in ACTIVE] == [None, FIRST, SECOND_RECORD, None]
    assert password_in(Locked(Active(TEMPORARY))) == SECOND_RECORD
    assert password_in(NOBODY) is None
    assert password_in(CLOSED) is None


def test_the_clinic_creates_a_patient_without_mitid() -> None:
    """S-ACC-8: created by the clinic, sent a temporary password, activated by it, then changed."""
    created = USER.after(BY_CLINIC)
    assert created == AwaitingActivation(CreatedBy.CLINIC, NoPassword())
    sent = decide(created, SEND_PASSWORD)
    assert sent == Success((TemporaryPasswordIssued(SECOND_RECORD, LATER),))
    waiting = USER.play(created, SEND_PASSWORD)
    assert waiting == AwaitingActivation(CreatedBy.CLINIC, TEMPORARY)
    entered = decide(waiting, EnterWithTwoFactor(NOON))
    assert entered == Success((UserActivated(), TemporaryPasswordUsed()))
    inside = USER.play(waiting, EnterWithTwoFactor(NOON))
    assert inside == Active(PasswordToChange())
    assert decide(inside, CHOOSE) == Success((PasswordChosen(THIRD),))
    assert USER.play(inside, CHOOSE) == Active(OwnPassword(THIRD))


def test_a_guardian_creates_a_child_with_a_password() -> None:
    """S-ACC-9, S-ACC-10, D-ACC-12: the guardian chooses it; the child logs in with it."""
    assert decide(NOBODY, BY_GUARDIAN) == Success((UserCreated(CreatedBy.GUARDIAN, FIRST),))
    created = USER.after(BY_GUARDIAN)
    assert created == AwaitingActivation(CreatedBy.GUARDIAN, OwnPassword(FIRST))
    assert decide(created, EnterWithTwoFactor(NOON)) == Success((UserActivated(),))
    assert USER.play(created, EnterWithTwoFactor(NOON)) == Active(OwnPassword(FIRST))


def test_only_a_guardian_gives_the_first_password() -> None:
    """D-ACC-12: a guardian must choose the child's first password; nobody else may choose one."""
    refused = Failure(UserRefusal.CHILD_CREATED_WITHOUT_PASSWORD)
    for state in (NOBODY, CLOSED, *LIVING):
        assert decide(state, Create(CreatedBy.GUARDIAN)) == refused
        assert decide(state, Create(CreatedBy.CLINIC, FIRST)) == refused
        assert decide(state, Create(CreatedBy.PATIENT, FIRST)) == refused


def test_staff_reset_a_password() -> None:
    """S-ACC-5, S-ACC-11: a sent password voids the one before, and the newest alone counts."""
    active = Active(OwnPassword(FIRST))
    sent = USER.play(active, SEND_PASSWORD)
    assert sent == Active(TEMPORARY)
    assert password_record_of(sent, NOON) == SECOND_RECORD
    again = USER.play(
        sent, IssueTemporaryPassword(THIRD, LATER + DAY, two_factor_is_open=True, has_username=True)
    )
    assert again == Active(TemporaryPassword(THIRD, LATER + DAY))
    assert password_record_of(again, LATER) == THIRD


def test_a_temporary_password_works_once() -> None:
    """D-ACC-12: used, it is gone; before a new one is chosen there is none to log in with."""
    used = USER.play(Active(TEMPORARY), EnterWithTwoFactor(NOON))
    assert used == Active(PasswordToChange())
    assert decide(used, EnterWithTwoFactor(NOON)) == Failure(UserRefusal.NO_PASSWORD)
    assert password_record_of(used, NOON) is None
    assert password_kind_of(used) is PasswordKind.TEMPORARY


def test_a_temporary_password_expires() -> None:
    """D-ACC-12: it counts until the instant before it expires, and not at that instant."""
    for state in (Active(TEMPORARY), Locked(Active(TEMPORARY))):
        assert password_record_of(state, LATER - TICK) == SECOND_RECORD
        assert password_record_of(state, LATER) is None
        assert password_record_of(state, LATER + TICK) is None
        used = decide(state, EnterWithTwoFactor(LATER - TICK))
        assert used == Success((TemporaryPasswordUsed(),))
        expired = Failure(UserRefusal.PASSWORD_EXPIRED)
        assert decide(state, EnterWithTwoFactor(LATER)) == expired
        assert decide(state, EnterWithTwoFactor(LATER + TICK)) == expired
    new = AwaitingActivation(CreatedBy.CLINIC, TEMPORARY)
    assert decide(new, EnterWithTwoFactor(LATER)) == Failure(UserRefusal.PASSWORD_EXPIRED)


def test_mitid_voids_the_temporary_password() -> None:
    """D-ACC-4: a MitID login activates who awaits it, and a temporary password counts no more."""
    new = AwaitingActivation(CreatedBy.CLINIC, TEMPORARY)
    both = (UserActivated(), TemporaryPasswordVoided())
    assert decide(new, EnterWithMitid()) == Success(both)
    assert USER.play(new, EnterWithMitid()) == Active(NoPassword())
    assert USER.play(Active(PasswordToChange()), EnterWithMitid()) == Active(NoPassword())
    assert USER.play(Active(OwnPassword(FIRST)), EnterWithMitid()) == Active(OwnPassword(FIRST))


def test_a_lock_shuts_two_factor_and_never_mitid() -> None:
    """D-ACC-4, D-ACC-13: MitID goes through a lock, which stays; the clinic opens it again."""
    locked = USER.play(AwaitingActivation(CreatedBy.CLINIC, TEMPORARY), Lock())
    assert status_of(locked) is UserStatus.LOCKED
    assert decide(locked, EnterWithMitid()) == Success((UserActivated(), TemporaryPasswordVoided()))
    entered = USER.play(locked, EnterWithMitid())
    assert entered == Locked(Active(NoPassword()))
    assert decide(entered, UNLOCK) == Success((UserUnlocked(ANNA, PASSPORT),))
    assert USER.play(entered, UNLOCK) == Active(NoPassword())


def test_a_known_browser_does_not_meet_the_lock() -> None:
    """D-ACC-13: on a known browser the status is what it was, and two-factor goes on."""
    for inner in UNLOCKED:
        locked = Locked(inner)
        assert status_of(locked) is UserStatus.LOCKED
        assert status_of(locked, on_known_browser=False) is UserStatus.LOCKED
        assert status_of(locked, on_known_browser=True) is status_of(inner)
    used = USER.play(Locked(Active(TEMPORARY)), EnterWithTwoFactor(NOON))
    assert used == Locked(Active(PasswordToChange()))


def test_locking_twice_is_locking_once() -> None:
    """D-ACC-13: two guesses that reach the limit at once lock once."""
    locked = Locked(Active(NoPassword()))
    assert decide(locked, Lock()) == Success(())
    assert decide(Active(NoPassword()), Lock()) == Success((UserLocked(),))


def test_who_is_dead_or_left_has_no_user() -> None:
    """D-ACC-20: closed, nothing is done with the user any more, whatever closed it."""
    for because in ClosedBecause:
        closed = USER.play(Active(OwnPassword(FIRST)), Close(because))
        assert closed == Closed(because)
        assert status_of(closed) is UserStatus.CLOSED
        assert password_record_of(closed, NOON) is None
        assert password_kind_of(closed) is PasswordKind.OWN


def test_only_the_clinic_creates_a_closed_user_again() -> None:
    """D-ACC-4: the clinic can create the patient again, with nothing left of before."""
    assert decide(CLOSED, BY_CLINIC) == Success((UserCreated(CreatedBy.CLINIC, None),))
    assert USER.play(CLOSED, BY_CLINIC) == AwaitingActivation(CreatedBy.CLINIC, NoPassword())
    assert decide(CLOSED, BY_PATIENT) == Failure(UserRefusal.CLOSED)
    assert decide(CLOSED, BY_GUARDIAN) == Failure(UserRefusal.CLOSED)


# ------------------------------------------------------------------- every command in every state


def test_who_has_a_user_cannot_get_another() -> None:
    """D-ACC-11: one user per CPR number, whoever asks."""
    for state in LIVING:
        for command in (BY_CLINIC, BY_PATIENT, BY_GUARDIAN):
            assert decide(state, command) == Failure(UserRefusal.ALREADY_EXISTS)


def test_without_a_user_nothing_is_done() -> None:
    """D-ACC-4: who has no user, or a closed one, is refused whatever they want."""
    commands: list[user.Command] = [
        EnterWithMitid(),
        EnterWithTwoFactor(NOON),
        SEND_PASSWORD,
        IssueTemporaryPassword(FIRST, LATER, two_factor_is_open=False, has_username=True),
        CHOOSE,
        Lock(),
        UNLOCK,
        CLOSE,
    ]
    for command in commands:
        assert decide(NOBODY, command) == Failure(UserRefusal.NO_USER)
        assert decide(CLOSED, command) == Failure(UserRefusal.CLOSED)


def test_mitid_enters_every_living_user() -> None:
    """D-ACC-4: it activates exactly who awaits it, and voids exactly what is temporary."""
    for state in LIVING:
        events: list[user.Event] = []
        if _is_new(state):
            events.append(UserActivated())
        if isinstance(_password(state), TemporaryPassword | PasswordToChange):
            events.append(TemporaryPasswordVoided())
        assert decide(state, EnterWithMitid()) == Success(tuple(events))
        after = USER.play(state, EnterWithMitid())
        assert not _is_new(after)
        assert isinstance(after, Locked) == isinstance(state, Locked)
        own = isinstance(_password(state), OwnPassword)
        assert _password(after) == (_password(state) if own else NoPassword())


def test_two_factor_enters_who_has_a_password() -> None:
    """D-ACC-12: an own password stays, a temporary one is used up, and none is refused."""
    for state in LIVING:
        activated: tuple[user.Event, ...] = (UserActivated(),) if _is_new(state) else ()
        outcome = decide(state, EnterWithTwoFactor(NOON))
        match _password(state):
            case OwnPassword():
                assert outcome == Success(activated)
            case TemporaryPassword():
                assert outcome == Success((*activated, TemporaryPasswordUsed()))
            case NoPassword() | PasswordToChange():
                assert outcome == Failure(UserRefusal.NO_PASSWORD)


def test_a_temporary_password_goes_only_where_two_factor_is_open() -> None:
    """D-ACC-12: refused while locked, and for anyone two-factor is not open to."""
    for state in LIVING:
        shut = IssueTemporaryPassword(
            SECOND_RECORD, LATER, two_factor_is_open=False, has_username=True
        )
        if isinstance(state, Locked):
            assert decide(state, SEND_PASSWORD) == Failure(UserRefusal.LOCKED)
            assert decide(state, shut) == Failure(UserRefusal.LOCKED)
            continue
        assert decide(state, shut) == Failure(UserRefusal.TWO_FACTOR_NOT_OPEN)
        issued = TemporaryPasswordIssued(SECOND_RECORD, LATER)
        assert decide(state, SEND_PASSWORD) == Success((issued,))
        assert _password(USER.play(state, SEND_PASSWORD)) == TEMPORARY


def test_every_living_user_can_choose_lock_unlock_and_close() -> None:
    """D-ACC-13: only who is locked is unlocked; choosing and closing go through a lock."""
    for state in LIVING:
        locked = isinstance(state, Locked)
        assert decide(state, CHOOSE) == Success((PasswordChosen(THIRD),))
        assert _password(USER.play(state, CHOOSE)) == OwnPassword(THIRD)
        assert _is_new(USER.play(state, CHOOSE)) == _is_new(state)
        assert isinstance(USER.play(state, CHOOSE), Locked) == locked
        assert decide(state, Lock()) == Success(() if locked else (UserLocked(),))
        unlocked = Success((UserUnlocked(ANNA, PASSPORT),))
        assert decide(state, UNLOCK) == (unlocked if locked else Failure(UserRefusal.NOT_LOCKED))
        assert decide(state, CLOSE) == Success((UserClosed(ClosedBecause.BY_CLINIC),))
        assert USER.play(state, CLOSE) == Closed(ClosedBecause.BY_CLINIC)


def test_every_reachable_state_answers_every_command() -> None:
    """D-ACC-15: from nobody on, each command is allowed or refused with a reason, never raised."""
    commands: list[user.Command] = [
        BY_PATIENT,
        BY_CLINIC,
        BY_GUARDIAN,
        Create(CreatedBy.GUARDIAN),
        EnterWithMitid(),
        EnterWithTwoFactor(NOON),
        EnterWithTwoFactor(LATER),
        SEND_PASSWORD,
        IssueTemporaryPassword(FIRST, NOON, two_factor_is_open=False, has_username=True),
        CHOOSE,
        Lock(),
        UNLOCK,
        *map(Close, ClosedBecause),
    ]
    reached = USER.reachable(commands)
    assert {status_of(state) for state in reached} == set(UserStatus)
    for by in CreatedBy:
        # Nobody can use a temporary password, and choose none, without having been activated.
        assert AwaitingActivation(by, PasswordToChange()) not in reached
        child = AwaitingActivation(by, OwnPassword(FIRST))
        assert (child in reached) == (by is CreatedBy.GUARDIAN)
    assert Locked(Active(PasswordToChange())) in reached


# ------------------------------------------------------------------------------- what others ask


def test_the_status_is_the_state() -> None:
    """D-ACC-4: what the login tables read, on a known browser and off it."""
    statuses: list[tuple[User, UserStatus]] = [
        (NOBODY, UserStatus.NONE),
        (CLOSED, UserStatus.CLOSED),
        *((state, UserStatus.AWAITING_ACTIVATION) for state in AWAITING),
        *((state, UserStatus.ACTIVE) for state in ACTIVE),
    ]
    for state, status in statuses:
        assert status_of(state) is status
        assert status_of(state, on_known_browser=True) is status


def test_the_password_that_counts_is_the_newest() -> None:
    """D-ACC-12: a typed password is compared with that record or with none."""
    for state in LIVING:
        record = password_record_of(state, NOON)
        kind = password_kind_of(state)
        match _password(state):
            case OwnPassword(own):
                assert (record, kind) == (own, PasswordKind.OWN)
            case TemporaryPassword(temporary):
                assert (record, kind) == (temporary, PasswordKind.TEMPORARY)
            case NoPassword():
                assert (record, kind) == (None, PasswordKind.OWN)
            case PasswordToChange():
                assert (record, kind) == (None, PasswordKind.TEMPORARY)


def test_nobody_has_no_password() -> None:
    """D-ACC-4: before a user exists there is nothing to compare with."""
    assert password_record_of(NOBODY, NOON) is None
    assert password_kind_of(NOBODY) is PasswordKind.OWN


def test_a_used_temporary_password_is_to_be_changed() -> None:
    """D-ACC-12: from its use until a new one is chosen or sent, and not before it is used."""
    for state in (NOBODY, CLOSED, *LIVING):
        used = state in LIVING and isinstance(_password(state), PasswordToChange)
        assert must_change_password(state) is used


# --------------------------------------------------------------------------------- its own bugs


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-11: an event that `decide` cannot have given in that state is an assertion."""
    impossible: list[tuple[User, user.Event]] = [
        *((state, UserCreated(CreatedBy.CLINIC, None)) for state in LIVING),
        *((state, UserLocked()) for state in (NOBODY, CLOSED, Locked(ACTIVE[0]))),
        *((state, UserUnlocked(ANNA, PASSPORT)) for state in (NOBODY, CLOSED, ACTIVE[0])),
        *((state, UserClosed(ClosedBecause.DEATH)) for state in (NOBODY, CLOSED)),
        *((state, UserActivated()) for state in (NOBODY, CLOSED)),
        *((state, PasswordChosen(FIRST)) for state in (NOBODY, CLOSED)),
    ]
    for state, event in impossible:
        with pytest.raises(AssertionError):
            _ = evolve(state, event)


# ---------------------------------------------------------------------------------- any history


def commands() -> st.SearchStrategy[user.Command]:
    """Any command, with few records and any instants."""
    return st.one_of(
        st.builds(Create, st.sampled_from(CreatedBy), st.none() | records()),
        st.just(EnterWithMitid()),
        st.builds(EnterWithTwoFactor, instants()),
        st.builds(IssueTemporaryPassword, records(), instants(), st.booleans(), st.booleans()),
        st.just(ChooseUsername(ANNA)),
        st.builds(ChoosePassword, records()),
        st.just(Lock()),
        st.builds(Unlock, st.just(ANNA), st.sampled_from(IdentityEvidence)),
        st.builds(Close, st.sampled_from(ClosedBecause)),
    )


@given(st.lists(commands(), max_size=30), instants())
def test_a_used_password_is_never_usable_again(history: list[user.Command], at: datetime) -> None:
    """D-ACC-12: after it was used none counts until one is chosen or a newer one is sent."""
    state: User = NOBODY
    usable = False
    for command in history:
        outcome = decide(state, command)
        for event in () if isinstance(outcome, Failure) else outcome.unwrap():
            state = evolve(state, event)
            match event:
                case TemporaryPasswordUsed() | TemporaryPasswordVoided() | UserClosed():
                    usable = False
                case PasswordChosen() | TemporaryPasswordIssued():
                    usable = True
                case UserCreated(_, password):
                    usable = password is not None
                case UserActivated() | UserLocked() | UserUnlocked():
                    pass
                case NumberMoved() | UsernameChosen():
                    pass
        if not usable:
            assert password_record_of(state, at) is None
            assert not isinstance(decide(state, EnterWithTwoFactor(at)), Success)
