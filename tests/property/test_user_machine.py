from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from eservices_core.access.facts import PasswordKind, UserStatus
from eservices_core.access.user import (
    ChoosePassword,
    ChooseUsername,
    Close,
    ClosedBecause,
    Command,
    Create,
    CreatedBy,
    EnterWithMitid,
    EnterWithTwoFactor,
    IssueTemporaryPassword,
    Lock,
    NoUser,
    Unlock,
    User,
    UserRefusal,
    decide,
    evolve,
    password_kind_of,
    password_record_of,
    status_of,
)
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import ContentId
from tests.access.strategies import ANNA, HOUR, NOON, evidence

WEEK = timedelta(days=7)


class UserMachine(RuleBasedStateMachine):
    """D-ACC-4, D-ACC-11, D-ACC-12, D-ACC-13: one user's life beside a model of plain variables."""

    def __init__(self) -> None:
        super().__init__()
        self.state: User = NoUser()
        self.at = NOON
        self.records = 0
        # The model: what a person at the desk would note.
        self.exists = self.closed = self.activated = self.locked = False
        self.own: ContentId | None = None
        self.temporary: tuple[ContentId, datetime] | None = None
        self.must_choose = False

    def _try(self, command: Command) -> UserRefusal | None:
        outcome = decide(self.state, command)
        if isinstance(outcome, Failure):
            return outcome.failure()
        for event in outcome.unwrap():
            self.state = evolve(self.state, event)
        return None

    def _new_record(self) -> ContentId:
        self.records += 1
        return ContentId(f"record-{self.records}")

    @property
    def _absent(self) -> UserRefusal | None:
        if self.closed:
            return UserRefusal.CLOSED
        return None if self.exists else UserRefusal.NO_USER

    @rule(by=st.sampled_from(CreatedBy))
    def create(self, by: CreatedBy) -> None:
        """Make the user, by whoever."""
        password = self._new_record() if by is CreatedBy.GUARDIAN else None
        refusal = self._try(Create(by, password))
        if self.exists and not self.closed:
            assert refusal is UserRefusal.ALREADY_EXISTS
        elif self.closed and by is not CreatedBy.CLINIC:
            assert refusal is UserRefusal.CLOSED
        else:
            assert refusal is None
            self.exists, self.closed, self.activated, self.locked = True, False, False, False
            self.own, self.temporary, self.must_choose = password, None, False

    @rule()
    def enter_with_mitid(self) -> None:
        """Come by MitID: refused only to who has no user."""
        refusal = self._try(EnterWithMitid())
        # A lock is never a reason.
        assert refusal is self._absent
        if refusal is None:
            self.activated, self.temporary, self.must_choose = True, None, False

    @rule()
    def enter_with_two_factor(self) -> None:
        """Come by password and code: an own password, or a temporary one in its time."""
        refusal = self._try(EnterWithTwoFactor(self.at))
        if self._absent is not None:
            assert refusal is self._absent
        elif self.own is not None:
            assert refusal is None
            self.activated = True
        elif self.temporary is None:
            assert refusal is UserRefusal.NO_PASSWORD
        elif self.at >= self.temporary[1]:
            assert refusal is UserRefusal.PASSWORD_EXPIRED
        else:
            assert refusal is None
            self.activated, self.temporary, self.must_choose = True, None, True

    @rule(is_open=st.booleans(), named=st.sampled_from([True, True, False]))
    def issue(self, is_open: bool, named: bool) -> None:
        """Have a temporary password sent, which voids every earlier one."""
        record = self._new_record()
        refusal = self._try(IssueTemporaryPassword(record, self.at + WEEK, is_open, named))
        if self._absent is not None:
            assert refusal is self._absent
        elif self.locked:
            assert refusal is UserRefusal.LOCKED
        elif not is_open:
            assert refusal is UserRefusal.TWO_FACTOR_NOT_OPEN
        elif not named:
            assert refusal is UserRefusal.USERNAME_MISSING
        else:
            assert refusal is None
            self.own, self.temporary = None, (record, self.at + WEEK)
            self.must_choose = False

    @rule()
    def choose_username(self) -> None:
        """Agree a username with the clinic."""
        assert self._try(ChooseUsername(ANNA)) is self._absent

    @rule()
    def choose(self) -> None:
        """Choose a password."""
        record = self._new_record()
        refusal = self._try(ChoosePassword(record))
        assert refusal is self._absent
        if refusal is None:
            self.own, self.temporary, self.must_choose = record, None, False

    @rule()
    def lock(self) -> None:
        """Reach the limit of guesses."""
        refusal = self._try(Lock())
        assert refusal is self._absent
        self.locked = self.locked or refusal is None

    @rule(how=evidence())
    def unlock(self, how: IdentityEvidence) -> None:
        """Have the clinic open the login."""
        refusal = self._try(Unlock(ANNA, how))
        if self._absent is None and not self.locked:
            assert refusal is UserRefusal.NOT_LOCKED
        else:
            assert refusal is self._absent
        self.locked = False

    @precondition(lambda self: self.records > 3)
    @rule(because=st.sampled_from(ClosedBecause))
    def close(self, because: ClosedBecause) -> None:
        """End the user; not too early, so that lives get long."""
        refusal = self._try(Close(because))
        assert refusal is self._absent
        if refusal is None:
            self.closed, self.locked = True, False
            self.own, self.temporary, self.must_choose = None, None, False

    @rule(hours=st.sampled_from([1, 24, 7 * 24]))
    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.at += hours * HOUR

    @invariant()
    def the_status_is_the_models(self) -> None:
        """D-ACC-4: what the login reads is what happened, on a known browser and off it."""
        active = UserStatus.ACTIVE if self.activated else UserStatus.AWAITING_ACTIVATION
        if self.closed:
            expected = at_home = UserStatus.CLOSED
        elif not self.exists:
            expected = at_home = UserStatus.NONE
        else:
            expected, at_home = UserStatus.LOCKED if self.locked else active, active
        assert status_of(self.state) is expected
        assert status_of(self.state, on_known_browser=True) is at_home

    @invariant()
    def only_the_newest_password_counts_and_in_its_time(self) -> None:
        """D-ACC-12: no record but the newest counts, and a temporary one not at its end."""
        for at in (self.at, self.at + WEEK):
            found = password_record_of(self.state, at)
            if self.own is not None:
                assert found == self.own
            elif self.temporary is not None and at < self.temporary[1]:
                assert found == self.temporary[0]
            else:
                assert found is None

    @invariant()
    def after_a_temporary_password_a_new_one_is_due(self) -> None:
        """D-ACC-12: once used, nothing is usable before one is chosen or sent."""
        temporary = self.temporary is not None or self.must_choose
        expected = PasswordKind.TEMPORARY if temporary else PasswordKind.OWN
        assert password_kind_of(self.state) is expected
        if self.must_choose:
            assert password_record_of(self.state, self.at) is None


TestUser = UserMachine.TestCase
