from datetime import date, timedelta
from email import message_from_bytes

import pytest
from attrs import evolve

from eservices_core.access.user import ClosedBecause, UsernameChosen
from eservices_core.clinic.settings import AccessSettings
from eservices_core.ports.outbox import MailKind
from eservices_core.texts import NextStep
from eservices_core.usecases.send_password import PasswordSent
from eservices_core.words.clinic_time import turns_fifteen_at
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import UserId
from tests.usecases.day import Day
from tests.usecases.people import (
    ANNA,
    BENT,
    CAFE,
    CALLED_BACK,
    CHILD,
    DORTE,
    HOUR,
    MINUTE,
    SECRET,
    TEEN,
    TICK,
    WORK,
    reason,
    went,
)

ANNAS = "anna@example.dk"


def test_a_temporary_password_works_once() -> None:
    """D-ACC-12, faults: 99. After the login it opened, it opens no other."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    temporary = day.last_password(ANNAS)
    assert day.log_in("anna", temporary).change_password
    assert reason(day.type_password("anna", temporary)) == ("D-ACC-2", "wrong_password")


def test_of_two_browsers_with_the_temporary_password_one_gets_in() -> None:
    """D-ACC-12, faults: 99. Typed twice before either code, it opens for the first code alone."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    temporary = day.last_password(ANNAS)
    first = day.attempt("anna", temporary)
    first_code = day.last_code(ANNAS)
    second = day.attempt("anna", temporary, CAFE)
    second_code = day.last_code(ANNAS)
    assert went(day.type_code(first, first_code))
    assert reason(day.type_code(second, second_code, CAFE)) == ("D-ACC-12", "no_password")


def test_before_the_change_nothing_else_can_be_done() -> None:
    """D-ACC-12: no clinic, no address, no other act until a password is chosen."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    session = day.log_in("anna", day.last_password(ANNAS)).session
    first = ("D-ACC-12", "password_first")
    assert reason(day.use(session)) == first
    assert reason(day.choose_clinic(session, day.other_staff.clinic)) == first
    assert reason(day.prove(session, "AAAA-AAAA")) == first
    assert reason(day.own_address(session, "new@example.dk")) == first
    assert went(day.choose_password(session))
    assert day.stands(session)


@pytest.mark.parametrize(("after", "works"), [(-TICK, True), (timedelta(0), False)])
def test_it_expires(after: timedelta, works: bool) -> None:
    """D-ACC-12: seven days, and the last instant is the one before."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    temporary = day.last_password(ANNAS)
    day.clock.wind(day.services.access.temporary_password_lifetime + after)
    if works:
        _ = day.attempt("anna", temporary)
    else:
        assert reason(day.type_password("anna", temporary)) == ("D-ACC-2", "wrong_password")


def test_it_expires_between_the_password_and_the_code() -> None:
    """D-ACC-12, D-ACC-15: an attempt that was begun in time is refused after the end."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    temporary = day.last_password(ANNAS)
    day.clock.wind(day.services.access.temporary_password_lifetime - MINUTE)
    attempt = day.attempt("anna", temporary)
    day.clock.wind(MINUTE)
    refused = day.type_code(attempt, day.last_code(ANNAS))
    assert reason(refused) == ("D-ACC-12", "password_expired")


def test_only_the_newest_counts() -> None:
    """D-ACC-12, faults: 99. Of two that were sent the older is wrong, and one's own one too."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user))
    older = day.last_password(ANNAS)
    assert went(day.send_password(user))
    newer = day.last_password(ANNAS)
    assert older != newer
    assert reason(day.type_password("anna", older)) == ("D-ACC-2", "wrong_password")
    assert reason(day.type_password("anna", SECRET)) == ("D-ACC-2", "wrong_password")
    _ = day.log_in("anna", newer)


def test_it_is_refused_where_two_factor_is_not_open() -> None:
    """D-ACC-12: no tick, no temporary password; and nothing of the patient's changes."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.untick(user))
    position, mails = day.position(), len(day.mails(ANNAS))
    assert reason(day.send_password(user)) == ("D-ACC-12", "two_factor_not_open")
    assert (day.position(), len(day.mails(ANNAS))) == (position, mails)


def test_it_is_refused_for_a_child_without_a_verified_guardian() -> None:
    """D-ACC-12: the tick does not open two-factor to a child."""
    day = Day()
    user = day.patient(CHILD, "barn", owner=AddressOwner.GUARDIAN)
    assert not day.tick(user).unwrap().activation_sent
    assert reason(day.send_password(user)) == ("D-ACC-12", "two_factor_not_open")
    day.family(CHILD, DORTE)
    _, verified = day.verify(CHILD, DORTE)
    assert verified.unwrap().child_has_user
    assert went(day.send_password(user))
    assert day.kinds("barn@example.dk") == [MailKind.ACTIVATION]
    assert day.log_in("barn", day.last_password("barn@example.dk")).change_password


def test_it_is_refused_for_a_locked_login_until_it_is_unlocked() -> None:
    """D-ACC-12, D-ACC-13: the lock comes first."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    day.lock_out("anna")
    assert reason(day.send_password(user)) == ("D-ACC-13", "locked")
    assert went(day.unlock(user))
    assert went(day.send_password(user))


def test_it_is_refused_for_a_closed_user() -> None:
    """D-ACC-4: nobody logs in, so nobody gets a password."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.close(user, ClosedBecause.BY_CLINIC))
    assert reason(day.send_password(user)) == ("D-ACC-4", "closed")


def test_for_48_hours_none_goes_to_a_new_address_unless_seen_in_person() -> None:
    """D-ACC-14: a change by telephone waits, to the instant; one made at the desk does not."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.patients_address(user, "new@example.dk", CALLED_BACK))
    day.clock.wind(48 * HOUR - TICK)
    assert reason(day.send_password(user)) == ("D-ACC-14", "address_in_quarantine")
    day.clock.wind(TICK)
    assert went(day.send_password(user))
    _ = day.log_in("anna", day.last_password("new@example.dk"), address="new@example.dk")
    assert went(day.patients_address(user, "third@example.dk"))
    assert went(day.send_password(user))


def test_none_goes_to_a_guardians_address_after_the_birthday() -> None:
    """D-ACC-5, D-ACC-14: at 15 all but the patient's own address stop, mail in the queue too."""
    day = Day(turns_fifteen_at(TEEN.birth_date) - HOUR)
    user = day.child(TEEN, DORTE, "teen")
    day.deliver()
    assert went(day.tick(user))
    assert went(day.send_password(user))
    day.clock.wind(HOUR)
    assert day.kinds("teen@example.dk") == [MailKind.CHILD_CREATED], "the password did not leave"
    assert reason(day.send_password(user)) == ("D-ACC-14", "no_address")


def test_staff_never_see_it() -> None:
    """D-ACC-12: the answer, the audit log and the events hold no password, only the mail does."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    said = day.send_password(user).unwrap()
    assert said == PasswordSent()
    temporary = day.last_password(ANNAS)
    shown = repr(said) + repr(day.ledger.audit()) + repr(day.ledger.events())
    assert temporary not in shown
    assert temporary.replace("-", "") not in shown


def test_a_password_with_no_mail_sent_is_no_password() -> None:
    """D-ACC-12: what is refused changes no password: the patient goes on with the one they have."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.patients_address(user, "new@example.dk", CALLED_BACK))
    assert reason(day.send_password(user)) == ("D-ACC-14", "address_in_quarantine")
    _ = day.log_in("anna", SECRET, address="new@example.dk")


# ------------------------------------------------------------------------- who has no username


def _with_mitid_only(day: Day) -> UserId:
    return day.sign_up(ANNA, ANNAS).user


def test_who_signed_up_by_mitid_gets_in_without_it_once_a_username_is_agreed() -> None:
    """S-ACC-4, S-ACC-5, D-ACC-104: tick, username and Send kodeord are all it takes."""
    day = Day()
    user = _with_mitid_only(day)
    assert went(day.tick(user, username="anna.andersen"))
    assert went(day.send_password(user))
    session = day.log_in("anna.andersen", day.last_password(ANNAS), address=ANNAS).session
    assert went(day.choose_password(session))
    assert day.stands(session)
    assert day.log_in("anna.andersen", address=ANNAS).user == user
    chosen = [one for one in day.ledger.events() if isinstance(one.event, UsernameChosen)]
    assert [one.event for one in chosen] == [UsernameChosen(day.staff)]
    assert chosen[0].about == user


def test_no_password_goes_to_who_has_no_username() -> None:
    """S-ACC-5, D-ACC-104: staff are told what to do; nothing was mailed, and nothing changed."""
    day = Day()
    before_the_measure = AccessSettings(mitid_required_from=date(2027, 1, 1))
    day.services = evolve(day.services, access=before_the_measure)
    user = _with_mitid_only(day)
    position, mails = day.position(), day.kinds(ANNAS)
    refused = day.send_password(user)
    assert reason(refused) == ("D-ACC-104", "username_missing")
    assert refused.failure().next_step is NextStep.CLINIC_AGREES_USERNAME
    assert (day.position(), day.kinds(ANNAS)) == (position, mails)
    assert went(day.send_password(user, username="anna"))
    assert day.log_in("anna", day.last_password(ANNAS)).user == user


def test_a_forgotten_username_is_replaced_together_with_the_password() -> None:
    """D-ACC-104: the new pair works, the old name is nobody's, and free for another."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")
    assert went(day.send_password(user, username="solsikke"))
    password = day.last_password(ANNAS)
    assert reason(day.type_password("anna", password)) == ("D-ACC-2", "wrong_password")
    assert day.log_in("solsikke", password, address=ANNAS).user == user
    assert day.patient(BENT, "anna") != user


def test_a_username_that_somebody_has_is_not_given_again() -> None:
    """D-ACC-12: with the tick and with the password alike, and then nothing else happens."""
    day = Day()
    _ = day.without_mitid(BENT, "bent")
    user = _with_mitid_only(day)
    assert reason(day.tick(user, username="bent")) == ("D-ACC-12", "username_taken")
    assert went(day.tick(user, username="anna"))
    assert reason(day.send_password(user, username="bent")) == ("D-ACC-12", "username_taken")
    assert reason(day.type_password("bent", "gaet")) == ("D-ACC-2", "wrong_password")
    assert went(day.send_password(user))


def test_two_clinics_that_agree_one_name_at_once_give_it_once() -> None:
    """D-ACC-12: of two patients whose staff enter the same name, the second is told."""
    day = Day()
    first = _with_mitid_only(day)
    second = day.sign_up(BENT, "bent@example.dk", browser=WORK).user
    day.ledger.meanwhile(lambda: day.tick(second, username="sol"))
    assert reason(day.tick(first, username="sol")) == ("D-ACC-12", "username_taken")
    assert went(day.tick(first, username="sol2"))


def test_another_clinics_patient_is_given_no_username() -> None:
    """D-LOG-2: who is not the clinic's own is nobody to it."""
    day = Day()
    user = _with_mitid_only(day)
    refused = day.send_password(user, day.other_staff, "anna")
    assert reason(refused) == ("D-LOG-2", "no_such_patient")
    refused = day.tick(user, day.other_staff, "anna")
    assert reason(refused) == ("D-LOG-2", "no_such_patient")


def test_no_mail_holds_a_username_that_was_agreed() -> None:
    """D-ACC-102: neither the activation mail nor the one with the temporary password."""
    day = Day()
    user = _with_mitid_only(day)
    assert went(day.tick(user, username="solsikke"))
    assert went(day.send_password(user))
    assert went(day.send_password(user, username="snerle"))
    new = day.patient(BENT, "bent")
    assert went(day.tick(new))
    day.deliver()
    told = {MailKind.ACTIVATION, MailKind.TEMPORARY_PASSWORD}
    bodies = [
        part.get_payload(decode=True)
        for mail in day.mailbox.arrived
        for part in message_from_bytes(mail.content).walk()
        if mail.kind in told and not part.is_multipart()
    ]
    assert len(bodies) == 6
    for body in bodies:
        assert isinstance(body, bytes)
        for name in (b"solsikke", b"snerle", b"bent"):
            assert name not in body.lower()
        assert "brugernavn" in body.decode()


# ------------------------------------------------------------------------- what was replaced


def test_a_password_that_counts_no_more_is_erased() -> None:
    """D-KEEP-1: sent again, used, changed, or voided by MitID: one hash lies there, or none."""
    day = Day()
    user = day.without_mitid(ANNA, "anna")

    def hashes() -> int:
        named = [one for one in day.contents.values() if one.startswith("fast")]
        return len(named)

    assert hashes() == 1
    assert went(day.send_password(user))
    assert went(day.send_password(user))
    assert hashes() == 1
    session = day.log_in("anna", day.last_password(ANNAS)).session
    assert hashes() == 0
    assert went(day.choose_password(session))
    assert hashes() == 1
    assert went(day.send_password(user))
    _ = day.with_mitid(ANNA)
    assert hashes() == 0
