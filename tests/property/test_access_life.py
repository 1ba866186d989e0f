"""All of access at once: people, guardians, two clinics, a register and a clock, in any order.

A machine plays commands, and an oracle that was written from the rulebook alone says of each
whether it goes, and of each session where it stands. The oracle knows no machine and no table.
"""

import os
from datetime import date, datetime, timedelta
from typing import Any, Final

from attrs import define, field
from attrs import evolve as with_changes
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from eservices_core.access.custody import RegisterFailure
from eservices_core.access.login import LoginDecision
from eservices_core.access.session import Method
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.settings import AccessSettings, CodeLimits, SelfSignUp
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import ByStaff, Name, NameKind
from eservices_core.ports.outbox import MailKind, OutgoingMail
from eservices_core.testing.memory import MemorySigner
from eservices_core.testing.world import CLINIC, OTHER_CLINIC, World
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.usecases.log_out import LogOut, log_out
from eservices_core.usecases.purge import purge
from eservices_core.usecases.rebuild_views import rebuild_views
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, SessionId, UserId
from tests.access.strategies import number_of
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    BENT,
    CALLED_BACK,
    CHILD,
    DORTE,
    EVA,
    HOME,
    MONDAY,
    PASSPORT,
    SECRET,
    TEEN,
    WORK,
)

THOROUGH: Final = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
LEAP: Final = number_of(date(2012, 2, 29), 3)
DAY_60: Final = World.civil_number("6709614606")
CLINICS: Final = (CLINIC, OTHER_CLINIC)
BROWSERS: Final = (HOME, WORK)
NUMBERS: Final = (ANNA, BENT, DORTE, TEEN, CHILD, LEAP)
CHILDREN: Final = (TEEN, CHILD, LEAP)
HOLDERS: Final = (DORTE, EVA)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
PATIENT: Final = AccessSettings(
    codes=CodeLimits(guesses_per_hour=100, failures_in_all=100, codes_per_hour=100),
    children_per_guardian=100,
)
"""Nobody guesses here, so nobody is slowed."""
KEPT: Final = timedelta(days=2)
"""For so long it is known who a closed user was."""


# --- the oracle: the rulebook, and nothing else --------------------------------------------------


def birthday_of(born: date) -> datetime:
    """D-ACC-5: 00:00 in Copenhagen on the 15th birthday; 1 March for a leap day."""
    year = born.year + 15
    leap = (born.month, born.day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400))
    day = date(year, 3, 1) if leap else date(year, born.month, born.day)
    return datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN)


@define
class Mailbox:
    """The address in use: where it is, whose, since when, and from when it takes a password."""

    text: str
    owner: AddressOwner
    since: datetime
    free_from: datetime


@define(eq=False)
class Account:
    """What the rulebook says that there is to know about one user."""

    number: CivilNumber
    place: ClinicId | None
    user: UserId
    name: str | None
    mailbox: Mailbox | None
    closed: bool = False
    closed_at: datetime | None = None
    activated: bool = False
    password: str | None = None
    temporary_until: datetime | None = None
    must_change: bool = False
    asked: set[ClinicId] = field(factory=set)
    clinics: set[ClinicId] = field(factory=set)
    ticks: set[ClinicId] = field(factory=set)
    guardian: CivilNumber | None = None
    answered_at: datetime | None = None
    by_hand_until: datetime | None = None

    def is_child(self, now: datetime) -> bool:
        """D-ACC-5: until the birthday."""
        return now < birthday_of(self.number.birth_date)

    def address_at(self, now: datetime) -> Mailbox | None:
        """D-ACC-14: at 15 all but 'own' stop."""
        birthday = birthday_of(self.number.birth_date)
        stopped = (
            self.mailbox is not None
            and self.mailbox.owner is not AddressOwner.OWN
            and self.mailbox.since < birthday <= now
        )
        return None if stopped else self.mailbox

    def has_guardian(self, now: datetime) -> bool:
        """D-ACC-9, D-ACC-10: by the register for 90 days, by hand to its end."""
        by_register = self.answered_at is not None and now <= self.answered_at + timedelta(days=90)
        by_hand = self.by_hand_until is not None and now < self.by_hand_until
        return by_register or by_hand

    def two_factor(self, now: datetime) -> LoginDecision:
        """D-ACC-4, its second half."""
        if self.closed:
            return LoginDecision.REFUSED
        if self.is_child(now):
            guarded = self.has_guardian(now)
            return LoginDecision.CODE_REQUIRED if guarded else LoginDecision.GUARDIAN_REQUIRED
        return LoginDecision.CODE_REQUIRED if self.ticks else LoginDecision.REFUSED

    def password_now(self, now: datetime) -> str | None:
        """D-ACC-12: a temporary one expires."""
        expired = self.temporary_until is not None and now >= self.temporary_until
        return None if expired or self.must_change or self.closed else self.password

    def takes_password(self, now: datetime) -> bool:
        """D-ACC-12, D-ACC-14: whether a temporary password may be sent."""
        to = self.address_at(now)
        is_open = self.two_factor(now) is LoginDecision.CODE_REQUIRED
        return is_open and to is not None and now >= to.free_from


@define(eq=False)
class Session:
    """What the rulebook says about one session."""

    identifier: SessionId
    account: Account
    method: Method
    browser: BrowserId
    begun: datetime
    ended: bool = False

    def stands(self, now: datetime, browser: BrowserId) -> bool:
        """D-ACC-15, D-SES-1: in its browser, in its time, for a user who is there."""
        length = timedelta(minutes=60 if self.method is Method.MITID else 30)
        in_time = self.begun <= now < self.begun + length
        account = self.account
        if self.ended or not in_time or browser != self.browser or account.closed:
            return False
        if self.method is Method.MITID:
            return True
        birthday = birthday_of(account.number.birth_date)
        if self.begun < birthday <= now:
            return False  # D-ACC-5: what rested on the guardian has ended
        return account.two_factor(now) is LoginDecision.CODE_REQUIRED

    def reaches(self, now: datetime, browser: BrowserId, clinic: ClinicId) -> bool:
        """D-ACC-11: which clinics it is open at."""
        account = self.account
        if not self.stands(now, browser) or account.must_change or clinic not in account.clinics:
            return False
        grown_by_code = self.method is Method.TWO_FACTOR and not account.is_child(now)
        return clinic in account.ticks if grown_by_code else True


@define(eq=False)
class Attempt:
    """A code that is on its way: for whom, with which password, to which address."""

    identifier: AttemptId
    account: Account
    browser: BrowserId
    password: str | None
    mailbox: Mailbox
    code: str
    sent: datetime

    def opens(self, now: datetime) -> bool:
        """D-ACC-13, D-ACC-15: in ten minutes, and with everything as it was when it was sent."""
        account = self.account
        birthday = birthday_of(account.number.birth_date)
        return (
            self.sent <= now < self.sent + timedelta(minutes=10)
            and not self.sent < birthday <= now
            and account.two_factor(now) is LoginDecision.CODE_REQUIRED
            and account.password_now(now) == self.password
            and account.password_now(now) is not None
            and account.address_at(now) is self.mailbox
        )


# --- the machine ---------------------------------------------------------------------------------


def agree(said: Outcome[Any, Refusal], expected: bool) -> bool:
    """Hold an answer against the oracle's."""
    if isinstance(said, Failure):
        assert not expected, f"refused: {said.failure().rule} {said.failure().reason}"
        return False
    assert expected, f"went through: {said.unwrap()}"
    return True


class AccessLife(RuleBasedStateMachine):
    """Two clinics and their people."""

    steps = 0
    opened = 0

    def __init__(self) -> None:
        super().__init__()
        self.day: Any = None

    def teardown(self) -> None:
        """Rebuilt from the events, every list is what was kept all along."""
        if hasattr(self, "day") and self.day is not None:
            assert list(rebuild_views(self.day.services, mend=False)) == []

    @initialize(sign_up=st.sampled_from(SelfSignUp))
    def begin(self, sign_up: SelfSignUp) -> None:
        """Everybody stands on both clinics' master cards; Dorte has custody of all children."""
        self.day = Day(MONDAY, access=PATIENT)
        self.day.set_clinic(OTHER_CLINIC, sign_up)
        self.day.services = with_changes(
            self.day.services,
            clinics={
                clinic: with_changes(one, keeping=KeepingSettings(users=KEPT))
                for clinic, one in self.day.services.clinics.items()
            },
        )
        self.settings = {CLINIC: SelfSignUp.OPEN, OTHER_CLINIC: sign_up}
        for number in (*NUMBERS, EVA, DAY_60):
            for clinic in CLINICS:
                self.day.card(number, clinic=clinic)
        self.custody = {child: {DORTE} for child in CHILDREN}
        self.silent = False
        self._tell_the_register()
        self.accounts: list[Account] = []
        self.forgotten: list[Account] = []
        self.owners: dict[str, AddressOwner] = {}
        self.sessions: list[Session] = []
        self.attempts: list[Attempt] = []
        self.expected_mail: list[tuple[UserId, str]] = []
        self.names = 0
        self.arrived = 0

    # --- small things ----------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """What the service's clock shows."""
        now: datetime = self.day.clock.now()
        return now

    def _tell_the_register(self) -> None:
        for child, holders in self.custody.items():
            self.day.family(child, *sorted(holders, key=CivilNumber.reveal))
        for holder in HOLDERS:
            self.day.family(holder)
        self.day.register.fail(RegisterFailure.SILENT if self.silent else None)

    def _staff(self, clinic: ClinicId) -> Any:
        return self.day.staff if clinic == CLINIC else self.day.other_staff

    def _account(self, number: CivilNumber, clinic: ClinicId | None = None) -> Account | None:
        for account in self.accounts:
            here = account.place is None or account.place == clinic
            if account.number == number and here:
                return account
        return None

    def _pick(self, place: int) -> Account:
        return self.accounts[place % len(self.accounts)]

    def _clinic(self, account: Account, clinic: ClinicId | None) -> ClinicId:
        """Give the clinic that acts: a named one, or one that the patient is with."""
        theirs = [one for one in CLINICS if one in account.clinics]
        return clinic or (theirs[0] if theirs else CLINIC)

    def _next_name(self) -> str:
        self.names += 1
        return f"patient{self.names}"

    def _text(self) -> str:
        self.names += 1
        return f"address{self.names}@example.dk"

    def _begin_session(
        self, identifier: SessionId, account: Account, method: Method, browser: BrowserId
    ) -> None:
        for session in self.sessions:
            if session.browser == browser:
                session.ended = True  # D-SES-1
        self.sessions.append(Session(identifier, account, method, browser, self.now))
        type(self).opened += 1

    def _mails(self, account: Account, kind: MailKind, text: str) -> OutgoingMail:
        """Give the newest mail of an account, and hold where it goes against the oracle's word."""
        mails = [
            mail
            for mail, state in self.day.queue
            if mail is not None and mail.about == account.user and state.kind is kind
        ]
        newest = mails[-1]
        assert newest is not None
        assert newest.to.reveal() == text
        arrived: OutgoingMail = newest
        return arrived

    def _read(self, account: Account, kind: MailKind, text: str, what: str) -> str:
        """Read a code or a password as somebody with the mailbox does."""
        mail = self._mails(account, kind, text)
        found: str = self.day.code_in(mail) if what == "code" else self.day.password_in(mail)
        return found

    def _set_address(self, account: Account, text: str, owner: AddressOwner, *, seen: bool) -> None:
        waits = account.mailbox is not None and not seen
        free_from = self.now + 48 * HOUR if waits else self.now
        account.mailbox = Mailbox(text, owner, self.now, free_from)
        self.owners[text] = owner
        for session in self.sessions:
            if session.account is account and session.method is Method.TWO_FACTOR:
                session.ended = True  # D-ACC-14

    def _asked_to_join(self, account: Account, clinic: ClinicId) -> None:
        if self.settings[clinic] is SelfSignUp.OPEN:
            account.clinics.add(clinic)
        else:
            account.asked.add(clinic)

    def _is_new(self, user: UserId) -> None:
        """D-KEEP-1: who was forgotten comes back as somebody new."""
        assert all(user != one.user for one in self.accounts + self.forgotten)

    def _may_join(self, account: Account | None, clinic: ClinicId) -> bool:
        there = account is not None and clinic in account.clinics | account.asked
        return self.settings[clinic] is not SelfSignUp.CLOSED and not there

    # --- rules: becoming a user ------------------------------------------------------------------

    clinics = st.sampled_from([*CLINICS, None, None, None])
    browsers = st.sampled_from(BROWSERS)
    places = st.integers(0, 11)

    @rule(
        number=st.sampled_from([*NUMBERS, EVA, DAY_60]),
        clinic=st.sampled_from(CLINICS),
        owner=st.sampled_from([AddressOwner.OWN, AddressOwner.GUARDIAN, AddressOwner.SHARED]),
        evidence=st.sampled_from([PASSPORT, CALLED_BACK]),
    )
    def the_clinic_creates(
        self,
        number: CivilNumber,
        clinic: ClinicId,
        owner: AddressOwner,
        evidence: IdentityEvidence,
    ) -> None:
        """S-ACC-8, D-ACC-11: one user a number; a closed one is created again."""
        self._create(number, clinic, owner, evidence)

    def _create(
        self,
        number: CivilNumber,
        clinic: ClinicId,
        owner: AddressOwner,
        evidence: IdentityEvidence,
    ) -> None:
        place = None if number.unique_nationally else clinic
        there = self._account(number, clinic)
        is_child = self.now < birthday_of(number.birth_date)
        expected = (there is None or there.closed) and (
            owner is not AddressOwner.GUARDIAN or is_child
        )
        name = self._next_name()
        said = self.day.create_patient(number, name, self._staff(clinic), evidence, owner)
        if not agree(said, expected):
            return
        user = said.unwrap().user
        if there is None:
            self._is_new(user)
            there = Account(number, place, user, name, None)
            self.accounts.append(there)
        assert there.user == user, "D-ACC-11: it is the same user"
        there.closed, there.activated, there.name = False, False, name
        there.password, there.temporary_until, there.must_change = None, None, False
        seen = evidence.seen_in_person
        self._set_address(there, f"{name}@example.dk", owner, seen=seen)
        there.clinics.add(clinic)
        there.asked.discard(clinic)

    @rule(
        number=st.sampled_from(NUMBERS),
        browser=browsers,
        clinic=st.sampled_from([*CLINICS, None]),
    )
    def somebody_comes_with_mitid(
        self, number: CivilNumber, browser: BrowserId, clinic: ClinicId | None
    ) -> None:
        """S-ACC-2, S-ACC-7: their own account, or sign-up; nobody else's ever."""
        sent = self.day.go(browser)
        callback = self.day.at_mitid(sent.address, number)
        session, said = self.day.come_back(sent.attempt, callback, browser)
        account = self._account(number)
        if not agree(said, account is None or not account.closed):
            return
        if account is not None:
            assert said.unwrap().user == account.user, "nobody else's account"
            self._entered_with_mitid(account)
            self._begin_session(session, account, Method.MITID, browser)
            return
        assert said.unwrap().decision is LoginDecision.SIGN_UP
        self._sign_up(number, sent.attempt, browser, clinic)

    def _entered_with_mitid(self, account: Account) -> None:
        account.activated = True
        if account.temporary_until is not None or account.must_change:
            account.password = account.temporary_until = None
            account.must_change = False

    def _sign_up(
        self,
        number: CivilNumber,
        attempt: AttemptId,
        browser: BrowserId,
        clinic: ClinicId | None,
    ) -> None:
        command = SignUp(
            key=self.day.key(),
            by=self.day.anybody,
            attempt=attempt,
            browser=browser,
            session=self.day.session(),
            address=self.day.address(self._text()),
            clinic=clinic,
        )
        said = sign_up(self.day.services, command)
        if not agree(said, clinic is None or self._may_join(None, clinic)):
            return
        self._is_new(said.unwrap().user)
        account = Account(number, None, said.unwrap().user, None, None, activated=True)
        self.accounts.append(account)
        self._set_address(account, command.address.reveal(), AddressOwner.OWN, seen=False)
        if clinic is not None:
            self._asked_to_join(account, clinic)
        self._begin_session(command.session, account, Method.MITID, browser)
        _ = self._mails(account, MailKind.ONE_TIME_CODE, command.address.reveal())

    # --- rules: guardians ------------------------------------------------------------------------

    @rule(
        child=st.sampled_from([*CHILDREN, ANNA]),
        holder=st.sampled_from(HOLDERS),
        browser=browsers,
        clinic=st.sampled_from([*CLINICS, None]),
        owner=st.sampled_from([AddressOwner.OWN, AddressOwner.GUARDIAN]),
        later=st.sampled_from([timedelta(0), timedelta(0), 20 * MINUTE]),
    )
    def a_guardian_verifies(  # noqa: PLR0917  all that can differ
        self,
        child: CivilNumber,
        holder: CivilNumber,
        browser: BrowserId,
        clinic: ClinicId | None,
        owner: AddressOwner,
        later: timedelta,
    ) -> None:
        """S-ACC-6, S-ACC-9: with custody now, under 15; then for a new child, the user."""
        sessions = len(self.sessions)
        attempt, said = self.day.verify(child, holder, browser)
        is_child = self.now < birthday_of(child.birth_date)
        has_custody = holder in self.custody.get(child, set()) and not self.silent
        if not agree(said, is_child and has_custody):
            return
        account = self._account(child)
        assert said.unwrap().child_has_user is (account is not None)
        assert len(self.sessions) == sessions, "D-ACC-3: it makes no session"
        if account is not None:
            account.guardian, account.answered_at = holder, self.now
            account.by_hand_until = None
            return
        self.day.clock.wind(later)
        self._create_child(child, holder, attempt, browser, clinic, owner, self.now - later)

    def _create_child(  # noqa: PLR0917  all that can differ
        self,
        child: CivilNumber,
        holder: CivilNumber,
        attempt: AttemptId,
        browser: BrowserId,
        clinic: ClinicId | None,
        owner: AddressOwner,
        verified_at: datetime,
    ) -> None:
        name = self._next_name()
        said = self.day.create_child(attempt, name, owner=owner, clinic=clinic, browser=browser)
        expected = self.now < birthday_of(child.birth_date) and (
            clinic is None or self._may_join(None, clinic)
        )
        if not agree(said, expected):
            return
        self._is_new(said.unwrap().user)
        account = Account(child, None, said.unwrap().user, name, None, password=SECRET)
        self.accounts.append(account)
        self._set_address(account, f"{name}@example.dk", owner, seen=False)
        # The answer may be half an hour older than the user; the service counts from the user.
        account.guardian, account.answered_at = holder, max(verified_at, self.now)
        if clinic is not None:
            self._asked_to_join(account, clinic)
        _ = self._mails(account, MailKind.CHILD_CREATED, f"{name}@example.dk")

    @precondition(lambda self: self.accounts)
    @rule(
        place=places,
        clinic=clinics,
        hours=st.sampled_from([None, 1, 24, 24 * 40, 24 * 365 * 16]),
    )
    def staff_verify_by_hand(self, place: int, clinic: ClinicId | None, hours: int | None) -> None:
        """D-ACC-10: to the 15th birthday at most."""
        account = self._pick(place)
        clinic = self._clinic(account, clinic)
        birthday = birthday_of(account.number.birth_date)
        until = birthday if hours is None else self.now + hours * HOUR
        expected = clinic in account.clinics and self.now < until <= birthday
        said = self.day.by_hand(account.user, None if hours is None else until, self._staff(clinic))
        if agree(said, expected):
            account.by_hand_until, account.answered_at = until, None

    @rule(child=st.sampled_from(CHILDREN), holder=st.sampled_from(HOLDERS))
    def custody_changes(self, child: CivilNumber, holder: CivilNumber) -> None:
        """D-ACC-7: custody is what the register says now."""
        self.custody[child] ^= {holder}
        self._tell_the_register()

    @rule()
    def the_register_falls_silent_or_speaks(self) -> None:
        """D-ACC-9."""
        self.silent = not self.silent
        self._tell_the_register()

    @precondition(lambda self: self.accounts)
    @rule(place=places)
    def the_service_notes_a_birthday(self, place: int) -> None:
        """D-ACC-5: it ends nothing that has not ended."""
        account = self._pick(place)
        said = self.day.birthday(account.user)
        if not agree(said, not account.is_child(self.now)):
            return
        noted = said.unwrap()
        assert not noted.told or noted.guardianship_ended
        in_use = account.address_at(self.now)
        assert noted.address_stopped is (account.mailbox is not None and in_use is None)
        account.mailbox = in_use
        account.answered_at = account.by_hand_until = None

    # --- rules: two-factor -----------------------------------------------------------------------

    def _renewed(self, account: Account) -> None:
        """D-ACC-9: an answer of over 30 days is asked again when somebody relies on it."""
        if (
            account.answered_at is None
            or not account.is_child(self.now)
            or self.now - account.answered_at <= timedelta(days=30)
            or self.silent
        ):
            return
        holds = account.guardian in self.custody.get(account.number, set())
        account.answered_at = self.now if holds else None

    @precondition(lambda self: any(account.name for account in self.accounts))
    @rule(place=places, browser=browsers, wrong=st.sampled_from([False, False, False, True]))
    def somebody_types_a_password(self, place: int, browser: BrowserId, wrong: bool) -> None:
        """S-ACC-1, D-ACC-4: a code goes out exactly where two-factor is open."""
        named = [account for account in self.accounts if account.name]
        _ = self._types_password(named[place % len(named)], browser, wrong=wrong)

    def _types_password(
        self, account: Account, browser: BrowserId, *, wrong: bool = False
    ) -> Attempt | None:
        right = account.password_now(self.now)
        typed = right if right is not None and not wrong else "never anybody's password"
        if right == typed:
            self._renewed(account)
        decision = account.two_factor(self.now)
        to = account.address_at(self.now)
        goes = (
            right == typed
            and decision is not LoginDecision.REFUSED
            and (decision is LoginDecision.GUARDIAN_REQUIRED or to is not None)
        )
        assert account.name is not None
        said = self.day.type_password(account.name, typed, browser)
        if not agree(said, goes):
            return None
        assert said.unwrap().decision is decision
        attempt = said.unwrap().attempt
        if attempt is None:
            return None
        assert to is not None
        code = self._read(account, MailKind.ONE_TIME_CODE, to.text, "code")
        self.attempts.append(Attempt(attempt, account, browser, right, to, code, self.now))
        return self.attempts[-1]

    @precondition(lambda self: self.attempts)
    @rule(place=places, in_browser=browsers, last=st.booleans())
    def somebody_types_a_code(self, place: int, in_browser: BrowserId, last: bool) -> None:
        """S-ACC-1, D-ACC-15: everything is decided again."""
        attempt = self.attempts[-1 if last else place % len(self.attempts)]
        self._types_code(attempt, attempt.browser if last else in_browser)

    def _types_code(self, attempt: Attempt, browser: BrowserId) -> None:
        expected = attempt.opens(self.now) and browser == attempt.browser
        said = self.day.type_code(attempt.identifier, attempt.code, browser)
        if not agree(said, expected):
            return
        self.attempts.remove(attempt)
        account = attempt.account
        begun = said.unwrap()
        assert begun.user == account.user
        assert begun.change_password is (account.temporary_until is not None)
        account.activated = True
        if account.temporary_until is not None:
            account.password = account.temporary_until = None
            account.must_change = True
        self._begin_session(begun.session, account, Method.TWO_FACTOR, browser)

    @precondition(lambda self: self.sessions)
    @rule(place=places, browser=browsers)
    def somebody_chooses_a_password(self, place: int, browser: BrowserId) -> None:
        """D-ACC-12: in a session that stands; the old one is owed where there is one."""
        self._chooses_password(self.sessions[-1 - place % len(self.sessions)], browser)

    def _chooses_password(self, session: Session, browser: BrowserId) -> None:
        account = session.account
        owed = session.method is Method.TWO_FACTOR and not account.must_change
        old = account.password_now(self.now) if owed else None
        expected = session.stands(self.now, browser) and (not owed or old is not None)
        self.names += 1
        new = f"adgangskode nummer {self.names}"
        said = self.day.choose_password(session.identifier, new, browser, old)
        if agree(said, expected):
            account.password, account.temporary_until = new, None
            account.must_change = False

    @precondition(lambda self: any(account.name for account in self.accounts))
    @rule(place=places, browser=browsers, chooses=st.booleans())
    def somebody_logs_in_with_two_factor(
        self,
        place: int,
        browser: BrowserId,
        chooses: bool,
    ) -> None:
        """S-ACC-1: password, code, and maybe a new password, one after the other."""
        named = [account for account in self.accounts if account.name]
        attempt = self._types_password(named[place % len(named)], browser)
        if attempt is not None:
            self._types_code(attempt, browser)
            if chooses and attempt.account.must_change:
                self._chooses_password(self.sessions[-1], browser)

    @rule(
        number=st.sampled_from([*NUMBERS, DAY_60]),
        clinic=st.sampled_from(CLINICS),
        browser=browsers,
    )
    def the_clinic_takes_a_patient_on(
        self, number: CivilNumber, clinic: ClinicId, browser: BrowserId
    ) -> None:
        """S-ACC-8: created, ticked, logged in, and the password changed."""
        self._create(number, clinic, AddressOwner.OWN, PASSPORT)
        account = self._account(number, clinic)
        assert account is not None
        self._set_tick(account, clinic)
        if account.name is not None:
            attempt = self._types_password(account, browser)
            if attempt is not None:
                self._types_code(attempt, browser)
                self._chooses_password(self.sessions[-1], browser)

    # --- rules: the clinic -----------------------------------------------------------------------

    @precondition(lambda self: self.accounts)
    @rule(place=places, clinic=clinics, names=st.sampled_from([None, True, False]))
    def staff_set_the_tick(self, place: int, clinic: ClinicId | None, names: bool | None) -> None:
        """S-ACC-4, S-ACC-8: with the activation mail for a new grown patient, or not at all.

        With a username for who has none, and for nobody else, but for mistakes of the staff.
        """
        account = self._pick(place)
        owed = account.name is None
        agreed = self._agree_name() if (owed if names is None else names) else None
        self._set_tick(account, self._clinic(account, clinic), agreed)

    def _agree_name(self) -> str:
        self.names += 1
        return f"aftalt{self.names}"

    def _set_tick(self, account: Account, clinic: ClinicId, agreed: str | None = None) -> None:
        named = (account.name is None) is (agreed is not None)
        closed_and_nameless = account.name is None and account.closed
        expected = (
            clinic in account.clinics
            and clinic not in account.ticks
            and named
            and not closed_and_nameless
        )
        is_new = (
            not account.activated
            and not account.closed
            and account.password is None
            and account.temporary_until is None
            and not account.must_change
        )
        sends = expected and is_new and not account.is_child(self.now)
        if sends:
            account.ticks.add(clinic)
            expected = account.takes_password(self.now)
            account.ticks.discard(clinic)
        said = self.day.tick(account.user, self._staff(clinic), agreed)
        if agree(said, expected):
            account.name = account.name or agreed
            account.ticks.add(clinic)
            assert said.unwrap().activation_sent is sends
            if sends:
                self._temporary(account, MailKind.ACTIVATION)

    def _temporary(self, account: Account, kind: MailKind) -> None:
        to = account.address_at(self.now)
        assert to is not None
        account.password = self._read(account, kind, to.text, "password")
        account.temporary_until = self.now + timedelta(days=7)
        account.must_change = False

    @precondition(lambda self: self.accounts)
    @rule(place=places, clinic=clinics)
    def staff_remove_the_tick(self, place: int, clinic: ClinicId | None) -> None:
        """D-ACC-11: what rested on it ends at once."""
        account = self._pick(place)
        clinic = self._clinic(account, clinic)
        said = self.day.untick(account.user, self._staff(clinic))
        if agree(said, clinic in account.ticks):
            account.ticks.discard(clinic)

    @precondition(lambda self: self.accounts)
    @rule(place=places, clinic=clinics, names=st.booleans())
    def staff_send_a_password(self, place: int, clinic: ClinicId | None, names: bool) -> None:
        """S-ACC-5, D-ACC-12: to whom two-factor is open, at an address that may have it.

        Maybe with a username, which is the one from then on; to nobody without one.
        """
        account = self._pick(place)
        clinic = self._clinic(account, clinic)
        agreed = self._agree_name() if names else None
        can_log_in = account.name is not None or agreed is not None
        expected = clinic in account.clinics and account.takes_password(self.now) and can_log_in
        said = self.day.send_password(account.user, self._staff(clinic), agreed)
        if agree(said, expected):
            account.name = agreed or account.name
            first = not account.activated
            self._temporary(account, MailKind.ACTIVATION if first else MailKind.TEMPORARY_PASSWORD)

    @rule(number=st.sampled_from([*NUMBERS, EVA, DAY_60]), clinic=st.sampled_from(CLINICS))
    def staff_associate(self, number: CivilNumber, clinic: ClinicId) -> None:
        """S-ACC-11."""
        account = self._account(number, clinic)
        said = self.day.associate(number, self._staff(clinic))
        if agree(said, account is not None and clinic not in account.clinics):
            assert account is not None
            assert said.unwrap().user == account.user
            account.clinics.add(clinic)
            account.asked.discard(clinic)

    @precondition(lambda self: self.accounts)
    @rule(place=places, clinic=clinics)
    def staff_dissociate(self, place: int, clinic: ClinicId | None) -> None:
        """D-ACC-11: a tick dies with the association."""
        account = self._pick(place)
        clinic = self._clinic(account, clinic)
        said = self.day.dissociate(account.user, self._staff(clinic))
        if agree(said, clinic in account.clinics):
            account.clinics.discard(clinic)
            account.ticks.discard(clinic)

    @precondition(lambda self: self.sessions)
    @rule(place=places, clinic=st.sampled_from(CLINICS), browser=browsers)
    def somebody_chooses_a_clinic(self, place: int, clinic: ClinicId, browser: BrowserId) -> None:
        """D-ACC-17, D-SES-1: by MitID any, by two-factor the first."""
        session = self.sessions[-1 - place % len(self.sessions)]
        account = session.account
        by_code = session.method is Method.TWO_FACTOR
        expected = (
            session.stands(self.now, browser)
            and not account.must_change
            and not (by_code and account.clinics)
            and self._may_join(account, clinic)
        )
        said = self.day.choose_clinic(session.identifier, clinic, browser)
        if agree(said, expected):
            self._asked_to_join(account, clinic)

    @precondition(lambda self: self.accounts)
    @rule(
        place=places,
        clinic=clinics,
        owner=st.sampled_from([AddressOwner.OWN, AddressOwner.GUARDIAN, AddressOwner.SHARED]),
        evidence=st.sampled_from([PASSPORT, CALLED_BACK]),
    )
    def staff_change_an_address(
        self, place: int, clinic: ClinicId | None, owner: AddressOwner, evidence: IdentityEvidence
    ) -> None:
        """D-ACC-14: the old one is told, and the new one gets a code."""
        account = self._pick(place)
        clinic = self._clinic(account, clinic)
        told = account.address_at(self.now)
        text = self._text()
        expected = clinic in account.clinics and (
            owner is not AddressOwner.GUARDIAN or account.is_child(self.now)
        )
        said = self.day.patients_address(account.user, text, evidence, owner, self._staff(clinic))
        if agree(said, expected):
            self._set_address(account, text, owner, seen=evidence.seen_in_person)
            self._was_changed(account, told, text)

    @precondition(lambda self: self.sessions)
    @rule(place=places, browser=browsers)
    def somebody_changes_their_address(self, place: int, browser: BrowserId) -> None:
        """D-ACC-14, D-SES-1: by MitID alone."""
        session = self.sessions[-1 - place % len(self.sessions)]
        account = session.account
        told = account.address_at(self.now)
        text = self._text()
        expected = (
            session.stands(self.now, browser)
            and not account.must_change
            and session.method is Method.MITID
        )
        said = self.day.own_address(session.identifier, text, browser)
        if agree(said, expected):
            self._set_address(account, text, AddressOwner.OWN, seen=False)
            self._was_changed(account, told, text)

    def _was_changed(self, account: Account, told: Mailbox | None, text: str) -> None:
        _ = self._mails(account, MailKind.ONE_TIME_CODE, text)
        if told is not None:
            _ = self._mails(account, MailKind.ADDRESS_CHANGED, told.text)

    @precondition(lambda self: self.day is not None and self._account(DAY_60, CLINIC))
    @rule()
    def staff_move_a_number(self) -> None:
        """D-ACC-16: a replacement number becomes a real one; two accounts are never merged."""
        account = self._account(DAY_60, CLINIC)
        said = self.day.move_number(DAY_60, EVA, self.day.staff)
        expected = (
            account is not None
            and not account.closed
            and CLINIC in account.clinics
            and self._account(EVA) is None
        )
        if agree(said, expected):
            assert account is not None
            assert said.unwrap().user == account.user
            account.number, account.place = EVA, None

    @precondition(lambda self: len(self.accounts) > 2)
    @rule(place=places, clinic=clinics, because=st.sampled_from(ClosedBecause))
    def staff_close(self, place: int, clinic: ClinicId | None, because: ClosedBecause) -> None:
        """D-ACC-20: sessions end, and do not come back."""
        self._close(self._pick(place), clinic, because)

    def _close(self, account: Account, clinic: ClinicId | None, because: ClosedBecause) -> None:
        clinic = self._clinic(account, clinic)
        command = CloseUser(
            key=self.day.key(),
            by=ByStaff(self._staff(clinic)),
            staff=self._staff(clinic),
            user=account.user,
            because=because,
        )
        said = close_user(self.day.services, command)
        if agree(said, clinic in account.clinics and not account.closed):
            account.closed, account.closed_at = True, self.now
            for session in self.sessions:
                session.ended |= session.account is account

    @precondition(lambda self: len(self.accounts) > 1)
    @rule(place=places, later=st.sampled_from([KEPT, KEPT, KEPT - timedelta(microseconds=1)]))
    def somebody_is_closed_and_forgotten(self, place: int, later: timedelta) -> None:
        """D-KEEP-1: one after the other."""
        self._close(self._pick(place), None, ClosedBecause.BY_PATIENT)
        self.day.clock.wind(later)
        self.what_is_over_is_erased()

    @precondition(lambda self: any(account.closed for account in self.accounts))
    @rule()
    def what_is_over_is_erased(self) -> None:
        """D-KEEP-1: who a closed user was is erased after its period, and not a moment before."""
        ledger = self.day.ledger
        _ = purge(self.day.services, ledger, ledger, MemorySigner(), 1_000)
        texts = set(self.day.contents.values())
        for account in tuple(self.accounts):
            over = account.closed_at is not None and account.closed_at + KEPT <= self.now
            if account.closed and over:
                self.accounts.remove(account)
                self.forgotten.append(account)
            assert (account.name in texts) is (
                account.name is not None and account in self.accounts
            )
            if account in self.forgotten and account.mailbox is not None:
                assert account.mailbox.text not in texts

    @precondition(lambda self: self.forgotten)
    @rule(place=places, clinic=st.sampled_from(CLINICS))
    def somebody_asks_for_a_forgotten_user(self, place: int, clinic: ClinicId) -> None:
        """D-KEEP-1, D-LOG-2: whoever still has the id is told that there is nobody."""
        user, staff = self.forgotten[place % len(self.forgotten)].user, self._staff(clinic)
        assert not agree(self.day.tick(user, staff), expected=False)
        assert not agree(self.day.send_password(user, staff, self._next_name()), expected=False)
        assert not agree(self.day.dissociate(user, staff), expected=False)
        assert not agree(self.day.by_hand(user, None, staff), expected=False)
        assert not agree(self.day.birthday(user), expected=False)
        assert self.day.ledger.names_of(user) == frozenset()

    # --- rules: sessions and time ----------------------------------------------------------------

    @precondition(lambda self: self.sessions)
    @rule(place=places)
    def somebody_logs_out(self, place: int) -> None:
        """D-SES-1."""
        session = self.sessions[-1 - place % len(self.sessions)]
        command = LogOut(key=self.day.key(), by=self.day.anybody, session=session.identifier)
        _ = log_out(self.day.services, command)
        session.ended = True

    @rule(
        by=st.sampled_from(
            [
                MINUTE,
                MINUTE,
                5 * MINUTE,
                10 * MINUTE,
                30 * MINUTE,
                timedelta(hours=10),
                timedelta(days=1),
                timedelta(days=2),
                timedelta(days=7),
                timedelta(days=31),
                timedelta(days=91),
            ]
        )
    )
    def time_passes(self, by: timedelta) -> None:
        """For everybody."""
        self.day.clock.wind(by)

    @rule(
        child=st.sampled_from(CHILDREN),
        before=st.sampled_from([timedelta(microseconds=1), 5 * MINUTE, timedelta(0)]),
    )
    def a_birthday_comes(self, child: CivilNumber, before: timedelta) -> None:
        """D-ACC-5: to the instant, or just before it."""
        at = birthday_of(child.birth_date) - before
        if at > self.now:
            self.day.clock.set(at)

    @rule()
    def the_mail_goes_out(self) -> None:
        """D-ACC-5: nothing arrives at a guardian's address after the birthday."""
        self.day.deliver()
        for mail in self.day.mailbox.arrived[self.arrived :]:
            account = self._whose(mail)
            birthday = birthday_of(account.number.birth_date)
            owner = self.owners[mail.to.reveal()]
            assert owner is AddressOwner.OWN or self.now < birthday or not self.childs(mail)
        self.arrived = len(self.day.mailbox.arrived)

    def childs(self, mail: OutgoingMail) -> bool:
        """True if a mail was queued while its patient was under 15."""
        account = self._whose(mail)
        queued = next(state.queued_at for _, state in self.day.queue if state.mail == mail.mail)
        return account.is_child(queued)

    def _whose(self, mail: OutgoingMail) -> Account:
        return next(one for one in self.accounts + self.forgotten if one.user == mail.about)

    # --- what holds at every step ----------------------------------------------------------------

    @invariant()
    def every_session_stands_where_the_oracle_says(self) -> None:
        """D-ACC-11, D-ACC-15: no more, and no less."""
        type(self).steps += 1
        if self.day is None:
            return
        for session in self.sessions[-12:]:
            for browser in BROWSERS:
                for clinic in CLINICS:
                    stands = self.day.stands(session.identifier, browser, clinic)
                    expected = session.reaches(self.now, browser, clinic)
                    assert stands is expected, (session, browser, clinic)

    @invariant()
    def there_is_one_user_for_each_unique_number(self) -> None:
        """D-ACC-11, D-ACC-16: and each is the one that the oracle knows."""
        if self.day is None:
            return
        keys = self.day.services.keys
        numbers = [name for name in self.day.names if name.kind is NameKind.NUMBER]
        assert len(numbers) == len(self.accounts)
        for account in self.accounts:
            key = (
                keys.number(account.number)
                if account.place is None
                else keys.number_at(str(account.place), account.number)
            )
            assert self.day.ledger.holder(Name(NameKind.NUMBER, key)) == account.user


TestAccessLife = AccessLife.TestCase
TestAccessLife.settings = settings(
    max_examples=1_500 if THOROUGH else 100,
    stateful_step_count=80 if THOROUGH else 40,
    parent=settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci")),
)
