"""What patients do, by one call each, for the tests of use cases. Who does not say is at home."""

from collections.abc import Mapping

from eservices_core.outcome import Failure, Outcome
from eservices_core.testing.world import CLINIC, World
from eservices_core.usecases import manage_association as association
from eservices_core.usecases.change_address import (
    AddressChanged,
    AddressIsProved,
    ChangeOwnAddress,
    ProveAddress,
    change_own_address,
    prove_address,
)
from eservices_core.usecases.change_password import (
    ChangePassword,
    PasswordChanged,
    change_password,
)
from eservices_core.usecases.log_in_with_mitid import (
    ComeBackFromMitid,
    GoToMitid,
    MitidAnswer,
    SentToMitid,
    come_back_from_mitid,
    go_to_mitid,
)
from eservices_core.usecases.log_in_with_password import (
    PasswordAnswer,
    SendAnotherCode,
    TypePassword,
    send_another_code,
    type_password,
)
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.session_of import LoggedIn
from eservices_core.usecases.type_code import TypeCode, type_code
from eservices_core.usecases.use_session import SessionInUse, UseSession, use_session
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, SessionId
from eservices_core.words.secret import Password
from tests.usecases.people import HOME, SECRET


class PatientActs(World):
    """A world whose patients act."""

    def go(self, browser: BrowserId = HOME) -> SentToMitid:
        """Go to MitID."""
        going = GoToMitid(key=self.key(), by=self.anybody, browser=browser)
        return go_to_mitid(self.services, going).unwrap()

    def come_back(
        self,
        attempt: AttemptId,
        callback: Mapping[str, str],
        browser: BrowserId = HOME,
        session: SessionId | None = None,
    ) -> tuple[SessionId, Outcome[MitidAnswer, Refusal]]:
        """Come back from MitID with what the browser brings; gives the session it asks for."""
        command = ComeBackFromMitid(
            key=self.key(),
            by=self.anybody,
            attempt=attempt,
            browser=browser,
            session=session or self.session(),
            callback=callback,
        )
        return command.session, come_back_from_mitid(self.services, command)

    def with_mitid(self, number: CivilNumber, browser: BrowserId = HOME) -> SessionId:
        """Log in with MitID, as somebody who has a user."""
        sent = self.go(browser)
        session, answer = self.come_back(sent.attempt, self.at_mitid(sent.address, number), browser)
        assert answer.unwrap().user is not None, "somebody who has a user"
        return session

    def type_password(
        self, name: str, password: str = SECRET, browser: BrowserId = HOME, key: str = ""
    ) -> Outcome[PasswordAnswer, Refusal]:
        """Type a username and a password."""
        command = TypePassword(
            key=key or self.key(),
            by=self.anybody,
            username=name,
            password=self.typed(password),
            browser=browser,
        )
        return type_password(self.services, command)

    def attempt(self, name: str, password: str = SECRET, browser: BrowserId = HOME) -> AttemptId:
        """Type a right username and password; a code is on its way."""
        attempt = self.type_password(name, password, browser).unwrap().attempt
        assert attempt is not None, "two-factor is open"
        return attempt

    def another_code(
        self, attempt: AttemptId, browser: BrowserId = HOME
    ) -> Outcome[PasswordAnswer, Refusal]:
        """Ask for another code in the same attempt."""
        command = SendAnotherCode(key=self.key(), by=self.anybody, attempt=attempt, browser=browser)
        return send_another_code(self.services, command)

    def type_code(
        self,
        attempt: AttemptId,
        code: str,
        browser: BrowserId = HOME,
        session: SessionId | None = None,
        key: str = "",
    ) -> Outcome[LoggedIn, Refusal]:
        """Type a code."""
        command = TypeCode(
            key=key or self.key(),
            by=self.anybody,
            attempt=attempt,
            code=code,
            browser=browser,
            session=session or self.session(),
        )
        return type_code(self.services, command)

    def log_in(
        self,
        name: str,
        password: str = SECRET,
        browser: BrowserId = HOME,
        address: str | None = None,
    ) -> LoggedIn:
        """Log in with two-factor all the way, the code read at `address`."""
        attempt = self.attempt(name, password, browser)
        code = self.last_code(address or f"{name}@example.dk")
        return self.type_code(attempt, code, browser).unwrap()

    def choose_password(
        self,
        session: SessionId,
        new: str = SECRET,
        browser: BrowserId = HOME,
        old: str | None = None,
    ) -> Outcome[PasswordChanged, Refusal]:
        """Choose a password in a session."""
        command = ChangePassword(
            key=self.key(),
            by=self.anybody,
            session=session,
            browser=browser,
            old=None if old is None else self.typed(old),
            new=Password.parse(new).unwrap(),
        )
        return change_password(self.services, command)

    def choose_clinic(
        self, session: SessionId, clinic: ClinicId, browser: BrowserId = HOME
    ) -> Outcome[association.AssociationChanged, Refusal]:
        """Choose a clinic in a session."""
        return association.choose_clinic(
            self.services,
            association.ChooseClinic(
                key=self.key(), by=self.anybody, session=session, browser=browser, clinic=clinic
            ),
        )

    def own_address(
        self,
        session: SessionId,
        address: str,
        browser: BrowserId = HOME,
        owner: AddressOwner = AddressOwner.OWN,
    ) -> Outcome[AddressChanged, Refusal]:
        """Change one's own address in a session."""
        command = ChangeOwnAddress(
            key=self.key(),
            by=self.anybody,
            session=session,
            browser=browser,
            address=self.address(address),
            owner=owner,
        )
        return change_own_address(self.services, command)

    def prove(
        self, session: SessionId, code: str, browser: BrowserId = HOME
    ) -> Outcome[AddressIsProved, Refusal]:
        """Type the code that proves an address."""
        command = ProveAddress(
            key=self.key(), by=self.anybody, session=session, browser=browser, code=code
        )
        return prove_address(self.services, command)

    def use(
        self, session: SessionId, browser: BrowserId = HOME, clinic: ClinicId = CLINIC
    ) -> Outcome[SessionInUse, Refusal]:
        """Use a session at a clinic."""
        command = UseSession(
            key="use", by=self.anybody, session=session, browser=browser, clinic=clinic
        )
        return use_session(self.services, command)

    def stands(
        self, session: SessionId, browser: BrowserId = HOME, clinic: ClinicId = CLINIC
    ) -> bool:
        """True if a session reaches a clinic."""
        return not isinstance(self.use(session, browser, clinic), Failure)
