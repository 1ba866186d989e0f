"""Every use case once, ready to be carried out: for what holds of all of them alike.

Here: a catalogue; each case prepares a day and gives the command that comes next. Each day is the
same every time it is prepared, so it is prepared once, and copied. Not here: any claim.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any, Final

from attrs import evolve, frozen

from eservices_core.access.custody import RegisterFailure
from eservices_core.access.guardianship import ByHandBasis, ByHandRelation
from eservices_core.access.user import ClosedBecause
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.outcome import Outcome
from eservices_core.ports.ledger import BySystem
from eservices_core.testing.world import CLINIC, OTHER_CLINIC, World
from eservices_core.usecases import change_address as address
from eservices_core.usecases import log_in_with_mitid as mitid
from eservices_core.usecases import log_in_with_password as password
from eservices_core.usecases import manage_association as association
from eservices_core.usecases import no_mitid, verify_by_hand
from eservices_core.usecases import type_code as second_step
from eservices_core.usecases import verify_guardian as guardian
from eservices_core.usecases.calendar_readings import CalendarReadings
from eservices_core.usecases.change_number import ChangeNumber, change_number
from eservices_core.usecases.change_password import ChangePassword, change_password
from eservices_core.usecases.close_user import CloseUser, close_user
from eservices_core.usecases.create_child import CreateChild, create_child
from eservices_core.usecases.create_patient import CreatePatient, create_patient
from eservices_core.usecases.log_out import LogOut, log_out
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_password import SendPassword, send_password
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.usecases.turn_fifteen import NoteFifteenth, note_fifteenth
from eservices_core.usecases.unlock_user import UnlockUser, unlock_user
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.secret import Password
from tests.leak_watch import canaries_kept
from tests.usecases.booking_cases import BOOKING, KEY
from tests.usecases.conversation_cases import CONVERSATIONS
from tests.usecases.day import Day
from tests.usecases.desk_cases import DESK
from tests.usecases.guest_day import GuestDay
from tests.usecases.letter_day import LetterDay
from tests.usecases.mail_day import MailDay
from tests.usecases.people import (
    A_DAY,
    ANNA,
    BENT,
    CHILD,
    DORTE,
    HOME,
    PASSPORT,
    SECRET,
    TEEN,
    TICK,
    WORK,
)
from tests.usecases.post_cases import POST
from tests.usecases.settings_cases import SETTINGS
from tests.usecases.staffing_cases import STAFFING
from tests.usecases.test_log_in_with_password import wrong

NEW_PASSWORD: Final = Password.parse("kanariefuglens sang").unwrap()
DAY_60: Final = World.civil_number("6709614606")
ANNAS: Final = "anna@example.dk"

Doing = Callable[[Services, Any], Outcome[Any, Refusal]]
Prepared = tuple[Doing, Command]


class FullDay(Day, GuestDay):
    """A day on which people also book."""


class WritingDay(Day, MailDay):
    """A day on which people also write."""


@frozen
class Case:
    """A use case about to be carried out.

    Attributes:
        name: what is about to happen.
        day: whose acts it takes.
        prepare: brings a fresh day to that point, and gives what comes next.
    """

    name: str
    prepare: Callable[[Day], Prepared]
    day: type[Day] = Day

    def begin(self) -> tuple[Day, Doing, Command]:
        """Give a day of its own that has come to that point, and what comes next."""
        day, do, command = _prepared(self)
        return copy_of(day), do, command


@cache
def _prepared(case: Case) -> tuple[Day, Doing, Command]:
    with canaries_kept():  # other tests go on from here
        day = case.day()
        do, command = case.prepare(day)
    return day, do, command


_PORTS: Final = {
    "ledger": "ledger",
    "records": "ledger",
    "archive": "ledger",
    "claims": "ledger",
    "lists": "ledger",
    "post": "post",
    "register": "register",
    "mitid": "mitid",
    "master_cards": "cards",
    "hasher": "hasher",
    "clock": "clock",
    "chance": "chance",
    "staff_directory": "directory",
}


def copy_of(day: Day) -> Day:
    """Copy a day: what happens in the copy does not happen in the other one."""
    twin = type(day)()
    for part in {*_PORTS.values(), "mailbox"}:
        mine, theirs = _inside(getattr(twin, part)), _inside(getattr(day, part))
        for name, value in theirs.items():
            if name not in {"_lock", "_clock", "_salts"}:
                mine[name] = _copied(value)
    salts = _inside(_inside(day.hasher)["_salts"])["_calls"]
    _inside(_inside(twin.hasher)["_salts"])["_calls"] = salts
    _inside(twin)["_keys"] = _inside(day)["_keys"]
    ports = {
        port: getattr(twin, part)
        for port, part in _PORTS.items()
        if getattr(day.services, port) is not None
    }
    shelves = _inside(twin.calendar)["_books"]
    for book, shelf in _inside(day.calendar)["_books"].items():
        shelves[book] = deepcopy(shelf)
    readings = CalendarReadings(twin.calendar)
    twin.services = evolve(day.services, **ports, calendar=readings)
    return twin


def changed(command: Command, **changes: Any) -> Any:
    """Give a command with something in it changed, whatever command it is."""
    return evolve(command, **changes)


def _inside(thing: object) -> dict[str, Any]:
    return vars(thing)


def _copied(value: Any) -> Any:
    """Copy what changes: lists, and dictionaries of anything. All else is frozen."""
    kind = value.__class__
    if kind is dict:
        return {key: _copied(inner) for key, inner in value.items()}
    return list(value) if kind is list else value


CASES: Final[list[Case]] = []


def _case(prepare: Callable[[Day], Prepared]) -> Callable[[Day], Prepared]:
    CASES.append(Case(prepare.__name__.lstrip("_"), prepare))
    return prepare


# --- MitID ---------------------------------------------------------------------------------------


@_case
def _go_to_mitid(day: Day) -> Prepared:
    return mitid.go_to_mitid, mitid.GoToMitid(key=KEY, by=day.anybody, browser=HOME)


@_case
def _log_in_with_mitid(day: Day) -> Prepared:
    _ = day.sign_up(ANNA, ANNAS)
    return mitid.come_back_from_mitid, day.go_and_come_back(ANNA)[0]


@_case
def _log_in_with_a_new_mitid(day: Day) -> Prepared:
    _ = day.patient(ANNA, "anna")
    return mitid.come_back_from_mitid, day.go_and_come_back(ANNA)[0]


@_case
def _be_offered_sign_up(day: Day) -> Prepared:
    return mitid.come_back_from_mitid, day.go_and_come_back(ANNA)[0]


@_case
def _be_refused_with_mitid(day: Day) -> Prepared:
    _ = day.sign_up(ANNA, ANNAS)
    _ = day.sign_up(BENT, "bent@example.dk", browser=WORK)
    sent = day.go()
    return mitid.come_back_from_mitid, mitid.ComeBackFromMitid(
        key=KEY,
        by=day.anybody,
        attempt=sent.attempt,
        browser=HOME,
        session=day.session(),
        callback=day.at_mitid(sent.address, BENT, subject=ANNA.reveal()),
    )


@_case
def _sign_up(day: Day) -> Prepared:
    sent = day.go()
    _ = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))[1].unwrap()
    return sign_up, SignUp(
        key=KEY,
        by=day.anybody,
        attempt=sent.attempt,
        browser=HOME,
        session=day.session(),
        address=day.address(ANNAS),
        clinic=CLINIC,
    )


# --- two-factor ----------------------------------------------------------------------------------


def _typed(day: Day, name: str, typed: str = SECRET) -> Prepared:
    return password.type_password, password.TypePassword(
        key=KEY, by=day.anybody, username=name, password=day.typed(typed), browser=HOME
    )


@_case
def _type_a_right_password(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    return _typed(day, "anna")


@_case
def _type_a_wrong_password(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    return _typed(day, "anna", "wrong")


@_case
def _type_a_password_nobody_has(day: Day) -> Prepared:
    return _typed(day, "nobody")


@_case
def _type_a_password_without_the_tick(day: Day) -> Prepared:
    _ = day.untick(day.without_mitid(ANNA, "anna")).unwrap()
    return _typed(day, "anna")


@_case
def _type_the_guess_that_locks(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    day.clock.wind(200 * A_DAY)  # home is forgotten
    for guess in range(49):
        _ = day.type_password("anna", f"wrong {guess}")
        day.clock.wind(A_DAY / 24)
    return _typed(day, "anna", "wrong")


@_case
def _type_a_childs_password_after_30_days(day: Day) -> Prepared:
    _ = day.child(CHILD, DORTE, "barn")
    day.clock.wind(30 * A_DAY + TICK)
    return _typed(day, "barn")


@_case
def _type_a_childs_password_after_custody_ended(day: Day) -> Prepared:
    _ = day.child(CHILD, DORTE, "barn")
    day.family(CHILD, BENT)
    day.clock.wind(30 * A_DAY + TICK)
    return _typed(day, "barn")


@_case
def _send_another_code(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    attempt = day.attempt("anna")
    return password.send_another_code, password.SendAnotherCode(
        key=KEY, by=day.anybody, attempt=attempt, browser=HOME
    )


def _coded(day: Day, name: str, attempt: Any, code: str) -> Prepared:
    del name
    return second_step.type_code, second_step.TypeCode(
        key=KEY, by=day.anybody, attempt=attempt, code=code, browser=HOME, session=day.session()
    )


@_case
def _type_a_right_code(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    attempt = day.attempt("anna")
    return _coded(day, "anna", attempt, day.last_code(ANNAS))


@_case
def _type_a_right_code_after_a_temporary_password(day: Day) -> Prepared:
    _ = day.tick(day.patient(ANNA, "anna")).unwrap()
    attempt = day.attempt("anna", day.last_password(ANNAS))
    return _coded(day, "anna", attempt, day.last_code(ANNAS))


@_case
def _type_a_wrong_code(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    attempt = day.attempt("anna")
    return _coded(day, "anna", attempt, wrong(day.last_code(ANNAS)))


# --- sessions ------------------------------------------------------------------------------------


@_case
def _change_the_password(day: Day) -> Prepared:
    _ = day.without_mitid(ANNA, "anna")
    return change_password, ChangePassword(
        key=KEY,
        by=day.anybody,
        session=day.log_in("anna").session,
        browser=HOME,
        old=day.typed(SECRET),
        new=NEW_PASSWORD,
    )


@_case
def _change_a_temporary_password(day: Day) -> Prepared:
    _ = day.tick(day.patient(ANNA, "anna")).unwrap()
    return change_password, ChangePassword(
        key=KEY,
        by=day.anybody,
        session=day.log_in("anna", day.last_password(ANNAS)).session,
        browser=HOME,
        old=None,
        new=NEW_PASSWORD,
    )


@_case
def _log_out(day: Day) -> Prepared:
    session = day.sign_up(ANNA, ANNAS).session
    return log_out, LogOut(key=KEY, by=day.anybody, session=session)


@_case
def _change_ones_own_address(day: Day) -> Prepared:
    session = day.sign_up(ANNA, ANNAS).session
    return address.change_own_address, address.ChangeOwnAddress(
        key=KEY,
        by=day.anybody,
        session=session,
        browser=HOME,
        address=day.address("new@example.dk"),
    )


@_case
def _prove_an_address(day: Day) -> Prepared:
    session = day.sign_up(ANNA, ANNAS).session
    return address.prove_address, address.ProveAddress(
        key=KEY, by=day.anybody, session=session, browser=HOME, code=day.last_code(ANNAS)
    )


@_case
def _choose_a_clinic(day: Day) -> Prepared:
    session = day.sign_up(ANNA, ANNAS).session
    return association.choose_clinic, association.ChooseClinic(
        key=KEY, by=day.anybody, session=session, browser=HOME, clinic=OTHER_CLINIC
    )


# --- guardians -----------------------------------------------------------------------------------


@_case
def _state_two_numbers(day: Day) -> Prepared:
    return guardian.state_numbers, guardian.StateNumbers(
        key=KEY, by=day.anybody, child=CHILD, guardian=DORTE, browser=HOME
    )


def _back(day: Day, *holders: Any) -> Prepared:
    day.family(CHILD, *holders)
    stated = day.state_numbers(CHILD, DORTE)
    return guardian.guardian_came_back, guardian.GuardianCameBack(
        key=KEY,
        by=day.anybody,
        attempt=stated.attempt,
        browser=HOME,
        callback=day.at_mitid(stated.address, DORTE),
    )


@_case
def _verify_a_guardian_of_a_new_child(day: Day) -> Prepared:
    return _back(day, DORTE)


@_case
def _verify_a_guardian_of_a_user(day: Day) -> Prepared:
    _ = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    return _back(day, DORTE)


@_case
def _verify_somebody_without_custody(day: Day) -> Prepared:
    day.family(DORTE)
    return _back(day, BENT)


@_case
def _verify_somebody_elses_number(day: Day) -> Prepared:
    day.family(CHILD, DORTE)
    stated = day.state_numbers(CHILD, DORTE)
    return guardian.guardian_came_back, guardian.GuardianCameBack(
        key=KEY,
        by=day.anybody,
        attempt=stated.attempt,
        browser=HOME,
        callback=day.at_mitid(stated.address, BENT),
    )


@_case
def _ask_the_register_again(day: Day) -> Prepared:
    day.family(CHILD, DORTE)
    day.register.fail(RegisterFailure.SILENT)
    attempt, _ = day.verify(CHILD, DORTE)
    day.register.fail(None)
    return guardian.ask_register_again, guardian.AskRegisterAgain(
        key=KEY, by=day.anybody, attempt=attempt, browser=HOME
    )


@_case
def _renew_custody(day: Day) -> Prepared:
    user = day.child(CHILD, DORTE, "barn")
    day.clock.wind(31 * A_DAY)
    return guardian.renew_custody, guardian.RenewCustody(key=KEY, by=BySystem(), user=user)


@_case
def _create_a_child(day: Day) -> Prepared:
    day.family(CHILD, DORTE)
    attempt, _ = day.verify(CHILD, DORTE)
    return create_child, CreateChild(
        key=KEY,
        by=day.anybody,
        attempt=attempt,
        browser=HOME,
        username=day.username("lille.barn"),
        password=NEW_PASSWORD,
        address=day.address("mor@example.dk"),
        owner=AddressOwner.GUARDIAN,
        clinic=CLINIC,
    )


@_case
def _note_a_fifteenth_birthday(day: Day) -> Prepared:
    user = day.child(TEEN, DORTE, "teen", owner=AddressOwner.OWN)
    day.clock.set(turns_fifteen_at(TEEN.birth_date))
    return note_fifteenth, NoteFifteenth(key=KEY, by=BySystem(), user=user)


# --- staff ---------------------------------------------------------------------------------------


@_case
def _create_a_patient(day: Day) -> Prepared:
    day.card(ANNA)
    return create_patient, CreatePatient(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        number=ANNA,
        username=day.username("anna.andersen"),
        address=day.address(ANNAS),
        evidence=PASSPORT,
    )


@_case
def _set_the_tick(day: Day) -> Prepared:
    user = day.patient(ANNA, "anna")
    return no_mitid.set_no_mitid, no_mitid.SetNoMitid(
        key=KEY, by=day.by_staff, staff=day.staff, user=user, evidence=PASSPORT
    )


@_case
def _set_the_tick_of_a_patient_who_has_a_password(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    _ = day.untick(user).unwrap()
    return no_mitid.set_no_mitid, no_mitid.SetNoMitid(
        key=KEY, by=day.by_staff, staff=day.staff, user=user, evidence=PASSPORT
    )


@_case
def _remove_the_tick(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    return no_mitid.remove_no_mitid, no_mitid.RemoveNoMitid(
        key=KEY, by=day.by_staff, staff=day.staff, user=user, evidence=PASSPORT
    )


@_case
def _send_a_password(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    return send_password, SendPassword(key=KEY, by=day.by_staff, staff=day.staff, user=user)


@_case
def _send_a_password_with_a_username(day: Day) -> Prepared:
    user = day.sign_up(ANNA, ANNAS).user
    _ = day.tick(user, username="anna.andersen").unwrap()
    return send_password, SendPassword(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        user=user,
        username=day.username("anna.marie"),
    )


@_case
def _set_the_tick_with_a_username(day: Day) -> Prepared:
    user = day.sign_up(ANNA, ANNAS).user
    return no_mitid.set_no_mitid, no_mitid.SetNoMitid(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        user=user,
        evidence=PASSPORT,
        username=day.username("anna.andersen"),
    )


@_case
def _unlock_a_login(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    return unlock_user, UnlockUser(
        key=KEY, by=day.by_staff, staff=day.staff, user=user, evidence=PASSPORT
    )


@_case
def _close_a_user(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    return close_user, CloseUser(
        key=KEY, by=day.by_staff, staff=day.staff, user=user, because=ClosedBecause.DEATH
    )


@_case
def _change_a_patients_address(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    return address.change_patients_address, address.ChangePatientsAddress(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        user=user,
        evidence=PASSPORT,
        address=day.address("new@example.dk"),
    )


@_case
def _change_a_number(day: Day) -> Prepared:
    _ = day.without_mitid(DAY_60, "anna")
    day.card(ANNA)
    return change_number, ChangeNumber(
        key=KEY, by=day.by_staff, staff=day.staff, old=DAY_60, new=ANNA, evidence=PASSPORT
    )


@_case
def _verify_by_hand(day: Day) -> Prepared:
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    return verify_by_hand.verify_by_hand, verify_by_hand.VerifyByHand(
        key=KEY,
        by=day.by_staff,
        staff=day.staff,
        user=user,
        guardian=DORTE,
        relation=ByHandRelation.FOSTER_PARENT,
        basis=ByHandBasis.FOSTER_CHILD,
        evidence=PASSPORT,
    )


@_case
def _withdraw_a_verification(day: Day) -> Prepared:
    user = day.child(CHILD, DORTE, "barn")
    return verify_by_hand.withdraw_verification, verify_by_hand.WithdrawVerification(
        key=KEY, by=day.by_staff, staff=day.staff, user=user
    )


@_case
def _answer_a_registration(day: Day) -> Prepared:
    day.set_clinic(CLINIC, SelfSignUp.WITH_APPROVAL)
    user = day.sign_up(ANNA, ANNAS).user
    return association.manage_association, association.AnswerRegistration(
        key=KEY, by=day.by_staff, staff=day.staff, user=user, approve=True
    )


@_case
def _associate_a_patient(day: Day) -> Prepared:
    _ = day.sign_up(ANNA, ANNAS, clinic=None)
    day.card(ANNA)
    return association.manage_association, association.AssociatePatient(
        key=KEY, by=day.by_staff, staff=day.staff, number=ANNA
    )


@_case
def _dissociate_a_patient(day: Day) -> Prepared:
    user = day.without_mitid(ANNA, "anna")
    return association.manage_association, association.DissociatePatient(
        key=KEY, by=day.by_staff, staff=day.staff, user=user
    )


# --- the appointment book ------------------------------------------------------------------------

CASES.extend(Case(f"book{prepare.__name__}", prepare, FullDay) for prepare in BOOKING)
CASES.extend(Case(f"staff{prepare.__name__}", prepare) for prepare in STAFFING)

# --- settings, and what is taken over from the system before -------------------------------------

CASES.extend(Case(prepare.__name__.lstrip("_"), prepare) for prepare in SETTINGS)

# --- digital post --------------------------------------------------------------------------------

CASES.extend(Case(f"post{prepare.__name__}", prepare, LetterDay) for prepare in POST)

# --- mail consultation ---------------------------------------------------------------------------

CASES.extend(Case(f"mail{prepare.__name__}", prepare, WritingDay) for prepare in CONVERSATIONS)
CASES.extend(Case(f"desk{prepare.__name__}", prepare, WritingDay) for prepare in DESK)
