"""The script: who comes to the clinic's e-services, and what they do there (S-ACC-1 to S-ACC-11).

Every step goes through a real use case over the embedded adapters, and says what it must come to:
a step that comes to anything else stops the demonstration.
"""

from collections.abc import Generator, Iterator
from datetime import date, timedelta
from typing import Final

from eservices_adapters.demo.box import CLINIC, Box
from eservices_adapters.demo.people import ANDERS, AYA, GITTE, KIRSTEN, MAX, NANCY, Patient
from eservices_adapters.demo.steps import (
    address_of,
    expect,
    go_through_mitid,
    must,
    refused,
    scene,
    step,
)
from eservices_adapters.demo.telling import Step, Told
from eservices_core.access.login import LoginDecision
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Outcome
from eservices_core.usecases.change_password import ChangePassword, change_password
from eservices_core.usecases.create_child import CreateChild, create_child
from eservices_core.usecases.create_patient import CreatePatient, create_patient
from eservices_core.usecases.log_in_with_password import PasswordAnswer, TypePassword, type_password
from eservices_core.usecases.no_mitid import SetNoMitid, set_no_mitid
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_password import SendPassword, send_password
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.usecases.turn_fifteen import NoteFifteenth, note_fifteenth
from eservices_core.usecases.type_code import TypeCode, type_code
from eservices_core.usecases.use_session import UseSession, use_session
from eservices_core.usecases.verify_guardian import (
    GuardianCameBack,
    GuardianVerified,
    StateNumbers,
    guardian_came_back,
    state_numbers,
)
from eservices_core.usecases.why_not_login import WhyNotLogin, why_not_login
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId, BrowserId, SessionId, UserId
from eservices_core.words.secret import Password, PasswordAttempt
from eservices_core.words.username import Username

ENDS_ON: Final = date(2025, 5, 5)
"""The Monday on which it ends, at midnight."""

_PASSWORDS: Final = {
    NANCY: "tre røde cykler i regn",
    GITTE: "gule gummistøvler 14",
    AYA: "bamse bor på hylden",
}


def morning(box: Box) -> Iterator[Told]:
    """Run it all, telling every step as it is taken."""
    users: dict[Patient, UserId] = {}
    yield from _before_the_measure(box, users)
    box.clock.set(2025, 5, 2, 8)
    yield from _an_adult_with_mitid(box)
    yield from _an_adult_without(box, users[NANCY])
    yield from _a_child_and_her_guardian(box)
    yield from _a_guardian_creates_a_child(box)
    yield from _somebody_turns_fifteen(box, users[GITTE])


# --- the scenes --------------------------------------------------------------------------------


def _before_the_measure(box: Box, users: dict[Patient, UserId]) -> Iterator[Told]:
    yield scene(box, "Spring 2023: MitID is not required yet")
    for person in (NANCY, GITTE):
        asked = box.asked_by_staff()
        command = CreatePatient(
            key=asked.key,
            by=asked.by,
            staff=box.staff,
            number=person.number,
            username=_username(person),
            address=address_of(person),
            evidence=IdentityEvidence.KNOWN_IN_PERSON,
        )
        users[person] = must(create_patient(box.installation.services, command)).user
        yield step(box, "Reception", f"creates a user for {person.name}", "created")
        yield _send_password(box, person, users[person])
        yield from _log_in_and_choose_password(box, person)


def _an_adult_with_mitid(box: Box) -> Iterator[Told]:
    yield scene(box, "Friday morning, May 2025: an adult with MitID")
    services = box.installation.services
    browser = box.new_browser()
    attempt, answer = go_through_mitid(box, MAX, browser, box.new_session())
    expect(answer.decision is LoginDecision.SIGN_UP, "Max has no user yet")
    yield step(box, "Max", "identifies with his private MitID", "no user yet: sign up")
    asked = box.asked_by()
    command = SignUp(
        key=asked.key,
        by=asked.by,
        attempt=attempt,
        browser=browser,
        session=box.new_session(),
        address=address_of(MAX),
        clinic=CLINIC,
    )
    _ = must(sign_up(services, command))
    yield step(box, "Max", "signs up alone, and chooses the clinic", "logged in")
    box.clock.wind(timedelta(hours=1))
    _, answer = go_through_mitid(box, MAX, browser, box.new_session())
    expect(answer.decision is LoginDecision.GRANTED, "Max has a user now")
    yield step(box, "Max", "comes back an hour later, with MitID", "logged in")


def _an_adult_without(box: Box, nancy: UserId) -> Iterator[Told]:
    yield scene(box, "An adult who cannot use MitID")
    services = box.installation.services
    typed = PasswordAttempt.parse(_PASSWORDS[NANCY]).unwrap()
    answer = _type_password(box, NANCY, typed, box.new_browser())
    yield refused(box, "Nancy", "types her username and password, as always", answer, "use_mitid")
    asked = box.asked_by_staff()
    question = WhyNotLogin(key=asked.key, by=asked.by, staff=box.staff, user=nancy)
    row = must(why_not_login(services, question)).two_factor
    yield Step(
        box.clock.now(),
        "Reception",
        "is called by Nancy, and asks the system why",
        "explained",
        row.rule,
        None,
        row.next_step,
        row.says,
    )
    asked = box.asked_by_staff()
    tick = SetNoMitid(
        key=asked.key,
        by=asked.by,
        staff=box.staff,
        user=nancy,
        evidence=IdentityEvidence.PASSPORT,
    )
    _ = must(set_no_mitid(services, tick))
    yield step(box, "Reception", "sees her passport and sets 'No MitID'", "tick set")
    yield _send_password(box, NANCY, nancy)
    yield from _log_in_and_choose_password(box, NANCY)


def _a_child_and_her_guardian(box: Box) -> Iterator[Told]:
    yield scene(box, "A child of 14, her father without custody, and her mother")
    browser = box.new_browser()
    typed = PasswordAttempt.parse(_PASSWORDS[GITTE]).unwrap()
    answer = must(_type_password(box, GITTE, typed, browser))
    expect(answer.decision is LoginDecision.GUARDIAN_REQUIRED, "Gitte has no guardian yet")
    yield step(box, "Gitte", "types her username and password", "a guardian first")
    _, denied = _guardian(box, GITTE, ANDERS, browser)
    yield refused(box, "Anders", "says he is her guardian, with MitID", denied, "no_custody")
    _, verified = _guardian(box, GITTE, KIRSTEN, browser)
    _ = must(verified)
    yield step(box, "Kirsten", "says the same, with her MitID", "custody confirmed")
    yield from _log_in(box, GITTE, typed, browser)


def _a_guardian_creates_a_child(box: Box) -> Iterator[Told]:
    yield scene(box, "A guardian creates her youngest")
    browser = box.new_browser()
    attempt, verified = _guardian(box, AYA, KIRSTEN, browser)
    _ = must(verified)
    yield step(box, "Kirsten", "states both numbers, and uses MitID", "confirmed")
    asked = box.asked_by()
    command = CreateChild(
        key=asked.key,
        by=asked.by,
        attempt=attempt,
        browser=browser,
        username=_username(AYA),
        password=Password.parse(_PASSWORDS[AYA]).unwrap(),
        address=address_of(AYA),
        owner=AddressOwner.GUARDIAN,
        clinic=CLINIC,
    )
    _ = must(create_child(box.installation.services, command))
    yield step(box, "Kirsten", "chooses username and password", "created")
    typed = PasswordAttempt.parse(_PASSWORDS[AYA]).unwrap()
    yield from _log_in(box, AYA, typed, browser)


def _somebody_turns_fifteen(box: Box, gitte: UserId) -> Iterator[Told]:
    services = box.installation.services
    box.clock.set(2025, 5, 4, 23, 50)
    yield scene(box, "Sunday, ten minutes to midnight: Gitte is still 14")
    browser = box.new_browser()
    typed = PasswordAttempt.parse(_PASSWORDS[GITTE]).unwrap()
    session = yield from _log_in(box, GITTE, typed, browser)
    used = must(use_session(services, _use(box, session, browser)))
    yield step(box, "Gitte", "opens the clinic's page", "open", used.rule)
    box.clock.set(2025, 5, 5, 0, 0)
    yield scene(box, "Monday, 00:00: she is 15")
    ended = use_session(services, _use(box, session, browser))
    yield refused(box, "Gitte", "clicks on, in the same session", ended, "not_logged_in")
    answer = _type_password(box, GITTE, typed, browser)
    yield refused(box, "Gitte", "types her password again", answer, "use_mitid")
    asked = box.asked_by()
    _ = must(note_fifteenth(services, NoteFifteenth(key=asked.key, by=asked.by, user=gitte)))
    _ = box.deliver()
    yield step(box, "The service", "notes the birthday, and writes to her", "told")


# --- what several people do --------------------------------------------------------------------


def _send_password(box: Box, person: Patient, user: UserId) -> Step:
    asked = box.asked_by_staff()
    command = SendPassword(key=asked.key, by=asked.by, staff=box.staff, user=user)
    _ = must(send_password(box.installation.services, command))
    does = f"clicks 'Send kodeord' for {person.name}"
    return step(box, "Reception", does, "temporary password mailed")


def _log_in_and_choose_password(box: Box, person: Patient) -> Iterator[Told]:
    browser = box.new_browser()
    session = yield from _log_in(box, person, box.password_for(person), browser)
    asked = box.asked_by()
    command = ChangePassword(
        key=asked.key,
        by=asked.by,
        session=session,
        browser=browser,
        old=None,
        new=Password.parse(_PASSWORDS[person]).unwrap(),
    )
    _ = must(change_password(box.installation.services, command))
    yield step(box, person.name, "chooses a password of her own", "changed")


def _log_in(
    box: Box, person: Patient, typed: PasswordAttempt, browser: BrowserId
) -> Generator[Told, None, SessionId]:
    answer = must(_type_password(box, person, typed, browser))
    expect(answer.attempt is not None, "a code is on its way")
    assert answer.attempt is not None
    yield step(box, person.name, "types username and password", "code mailed")
    asked = box.asked_by()
    session = box.new_session()
    command = TypeCode(
        key=asked.key,
        by=asked.by,
        attempt=answer.attempt,
        code=box.code_for(person),
        browser=browser,
        session=session,
    )
    entered = must(type_code(box.installation.services, command))
    outcome = "logged in; must choose a password" if entered.change_password else "logged in"
    yield step(box, person.name, "types the code from the mail", outcome)
    return session


def _type_password(
    box: Box, person: Patient, typed: PasswordAttempt, browser: BrowserId
) -> Outcome[PasswordAnswer, Refusal]:
    asked = box.asked_by()
    command = TypePassword(
        key=asked.key, by=asked.by, username=person.name, password=typed, browser=browser
    )
    return type_password(box.installation.services, command)


def _guardian(
    box: Box, child: Patient, guardian: Patient, browser: BrowserId
) -> tuple[AttemptId, Outcome[GuardianVerified, Refusal]]:
    services = box.installation.services
    asked = box.asked_by()
    stated = StateNumbers(
        key=asked.key,
        by=asked.by,
        child=child.number,
        guardian=guardian.number,
        browser=browser,
    )
    sent = must(state_numbers(services, stated))
    asked = box.asked_by()
    back = GuardianCameBack(
        key=asked.key,
        by=asked.by,
        attempt=sent.attempt,
        browser=browser,
        callback=box.at_mitid(guardian, sent.attempt),
    )
    return sent.attempt, guardian_came_back(services, back)


def _use(box: Box, session: SessionId, browser: BrowserId) -> UseSession:
    asked = box.asked_by()
    return UseSession(key=asked.key, by=asked.by, session=session, browser=browser, clinic=CLINIC)


# --- words and telling -------------------------------------------------------------------------


def _username(person: Patient) -> Username:
    return Username.parse(person.name).unwrap()
