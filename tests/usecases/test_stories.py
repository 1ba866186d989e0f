"""The stories of the source text, each from its first act to its last (S-ACC-1 to S-ACC-11)."""

from datetime import timedelta

import pytest

from eservices_core.access.guesses import Purpose
from eservices_core.access.login import LoginDecision
from eservices_core.access.mitid import IdentityKind
from eservices_core.access.session import Method
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.memory import copenhagen
from eservices_core.testing.world import CLINIC
from eservices_core.texts import PUBLIC_REFUSAL
from eservices_core.words.email_address import AddressOwner
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CHILD, DORTE, HOME, HOUR, MINUTE, SECRET, TICK, reason, went


def test_two_factor_is_a_password_and_then_a_code_from_the_mail() -> None:
    """S-ACC-1: a username and password open nothing before the mailed code is typed."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    attempt = day.attempt("anna")
    session = day.session()
    assert not day.stands(session), "the password alone makes no session"
    assert went(day.type_code(attempt, day.last_code("anna@example.dk"), session=session))
    assert day.use(session).unwrap().method is Method.TWO_FACTOR


def test_mitid_is_the_other_method() -> None:
    """S-ACC-1: who has a user and a private MitID logs in with it alone."""
    day = Day()
    user = day.sign_up(ANNA, "anna@example.dk").user
    session = day.with_mitid(ANNA)
    assert day.use(session).unwrap().method is Method.MITID
    assert day.use(session).unwrap().user == user


def test_before_the_measure_two_factor_is_open_to_every_user() -> None:
    """D-ACC-1: to the last instant of 31 May 2023 two-factor needs no tick; then it does."""
    day = Day(copenhagen(2023, 5, 31, 20))
    user = day.patient(ANNA, "anna")
    assert went(day.send_password(user))
    session = day.log_in("anna", day.last_password("anna@example.dk")).session
    assert went(day.choose_password(session))
    assert day.use(session).unwrap().rule == "S-ACC-1"
    day.clock.set(copenhagen(2023, 6, 1) - TICK)
    late = day.log_in("anna").session
    assert day.stands(late)
    day.clock.wind(TICK)
    assert not day.stands(late), "what rested on the old rule ends with it"
    assert reason(day.type_password("anna")) == ("S-ACC-3", "use_mitid")


def test_from_the_measure_on_mitid_is_required_of_an_existing_user() -> None:
    """S-ACC-2, S-ACC-3: without the tick a right password is refused; MitID is not."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.untick(user))
    refused = day.type_password("anna")
    assert reason(refused) == ("S-ACC-3", "use_mitid")
    assert refused.failure().says.patient == PUBLIC_REFUSAL
    assert day.stands(day.with_mitid(ANNA))


def test_only_the_private_mitid_counts() -> None:
    """S-ACC-2: a MitID for business logs nobody in, and leaves the attempt to the private one."""
    day = Day()
    _ = day.sign_up(ANNA, "anna@example.dk")
    sent = day.go()
    business = day.at_mitid(sent.address, ANNA, kind=IdentityKind.BUSINESS)
    session, refused = day.come_back(sent.attempt, business)
    assert reason(refused) == ("S-ACC-2", "business_identity")
    assert not day.stands(session)
    session, granted = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA))
    assert granted.unwrap().decision is LoginDecision.GRANTED
    assert day.stands(session)


def test_an_existing_patient_keeps_username_and_password_once_the_clinic_sets_the_tick() -> None:
    """S-ACC-4: after the tick a patient goes on with the username and password that they have."""
    day = Day(copenhagen(2023, 5, 1, 8))
    user = day.patient(ANNA, "anna")
    assert went(day.send_password(user))
    session = day.log_in("anna", day.last_password("anna@example.dk")).session
    assert went(day.choose_password(session))
    day.clock.set(copenhagen(2023, 7, 1, 8))
    assert reason(day.type_password("anna")) == ("S-ACC-3", "use_mitid")
    before = len(day.mails("anna@example.dk"))
    assert not day.tick(user).unwrap().activation_sent
    assert len(day.mails("anna@example.dk")) == before, "nobody sends them another password"
    assert day.stands(day.log_in("anna", SECRET).session)


def test_send_kodeord_mails_a_temporary_password_with_one_click() -> None:
    """S-ACC-5: with the tick, one act of staff mails a temporary password, to be changed."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    assert day.kinds("anna@example.dk")[-1] is MailKind.TEMPORARY_PASSWORD
    temporary = day.last_password("anna@example.dk")
    assert day.type_password("anna", SECRET).failure().reason == "wrong_password"
    begun = day.log_in("anna", temporary)
    assert begun.change_password
    assert reason(day.use(begun.session)) == ("D-ACC-12", "password_first")
    assert went(day.choose_password(begun.session, "en helt ny adgangskode"))
    assert day.stands(begun.session)


def test_a_child_under_15_goes_on_after_a_guardian_has_verified_once() -> None:
    """S-ACC-6: a child's first login asks for a guardian's MitID, the next ones do not."""
    day = Day(copenhagen(2023, 5, 1, 8))
    child = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    assert went(day.send_password(child))
    session = day.log_in("barn", day.last_password("barn@example.dk")).session
    assert went(day.choose_password(session))
    day.clock.set(copenhagen(2023, 6, 1, 8))
    day.family(CHILD, DORTE)

    asked = day.type_password("barn").unwrap()
    assert (asked.decision, asked.attempt) == (LoginDecision.GUARDIAN_REQUIRED, None)
    _, verified = day.verify(CHILD, DORTE)
    assert verified.unwrap().child_has_user
    assert day.use(day.log_in("barn").session).unwrap().rule == "S-ACC-6"
    day.clock.wind(timedelta(days=20))
    assert day.stands(day.log_in("barn").session), "no tick, and nobody verifies again"


def test_the_tick_does_not_replace_a_childs_guardian() -> None:
    """S-ACC-6, D-ACC-4: under 15 a guardian is required, tick or not."""
    day = Day()
    child = day.child(CHILD, DORTE, "barn")
    assert day.stands(day.log_in("barn").session)
    assert not day.tick(child).unwrap().activation_sent
    day.family(CHILD)  # nobody has custody any more
    day.clock.wind(timedelta(days=31))
    assert day.type_password("barn").unwrap().decision is LoginDecision.GUARDIAN_REQUIRED


def test_a_new_patient_with_mitid_signs_up_alone() -> None:
    """S-ACC-7: a first MitID login offers sign-up, and signing up is a login."""
    day = Day()
    begun = day.sign_up(ANNA, "anna@example.dk")
    assert day.use(begun.session).unwrap().method is Method.MITID
    assert not begun.change_password


def test_a_new_patient_without_mitid_is_created_by_the_clinic() -> None:
    """S-ACC-8: Opret patient, the tick, the activation mail, then a password of one's own.

    Nothing is mailed, and nothing opens, before the tick.
    """
    day = Day()
    user = day.patient(ANNA, "anna")
    assert day.mails("anna@example.dk") == ()
    assert reason(day.type_password("anna"))[1] == "wrong_password"
    assert day.tick(user).unwrap().activation_sent
    assert day.kinds("anna@example.dk") == [MailKind.ACTIVATION]
    begun = day.log_in("anna", day.last_password("anna@example.dk"))
    assert begun.change_password
    assert went(day.choose_password(begun.session))
    assert day.use(begun.session).unwrap().method is Method.TWO_FACTOR
    day.clock.wind(HOUR)
    assert day.stands(day.log_in("anna").session)


@pytest.mark.parametrize("clinic", [CLINIC, None], ids=["a clinic chosen", "none chosen"])
def test_a_guardian_creates_the_user_of_a_new_child(clinic: object) -> None:
    """S-ACC-9, S-ACC-10: a verified guardian creates the child's user, who then logs in.

    The mail says how to choose a clinic exactly when none was chosen.
    """
    day = Day()
    user = day.child(CHILD, DORTE, "barn", clinic=clinic)
    mail = day.last_mail("barn@example.dk")
    assert mail.kind is MailKind.CHILD_CREATED
    assert (b"Min profil" in mail.content) is (clinic is None)
    session = day.log_in("barn").session
    if clinic is None:
        assert reason(day.use(session)) == ("D-ACC-11", "other_clinics_only")
        assert day.choose_clinic(session, CLINIC).unwrap().user == user
    assert day.use(session).unwrap().user == user


def test_staff_assign_a_password_and_manage_the_association() -> None:
    """S-ACC-11: the clinic associates, assigns a password, and ends the association."""
    day = Day()
    day.set_clinic(CLINIC, SelfSignUp.CLOSED)
    user = day.sign_up(ANNA, "anna@example.dk", clinic=None).user
    day.card(ANNA)
    assert day.associate(ANNA).unwrap().user == user
    session = day.with_mitid(ANNA)
    assert day.stands(session)
    assert went(day.dissociate(user))
    assert reason(day.use(session)) == ("D-ACC-11", "other_clinics_only")


def test_a_login_that_succeeds_forgives_the_guesses_before_it() -> None:
    """D-ACC-13: wrong guesses in a row are counted until one is right."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    for _ in range(3):
        assert day.type_password("anna", "wrong", HOME).failure().reason == "wrong_password"
    day.clock.wind(MINUTE)
    _ = day.log_in("anna")
    budget = day.budget(user, HOME)
    assert budget.failures == 0
    assert [purpose for purpose, _ in budget.counted].count(Purpose.PASSWORD) == 4
