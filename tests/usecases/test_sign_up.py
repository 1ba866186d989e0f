import pytest

from eservices_core.access.mitid_attempt import SignUpOffered
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.events import StreamId
from eservices_core.outcome import Outcome
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.people import person_record
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.session_of import LoggedIn
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.words.email_address import AddressOwner
from eservices_core.words.identifiers import AttemptId, BrowserId, ClinicId, SessionId
from eservices_core.words.lifetimes import ATTEMPT_LIVES
from tests.usecases.day import Day
from tests.usecases.people import ANNA, DORTE, HOME, MINUTE, TICK, WORK, reason, went


def _offered(day: Day, browser: BrowserId = HOME) -> AttemptId:
    sent = day.go(browser)
    _, said = day.come_back(sent.attempt, day.at_mitid(sent.address, ANNA), browser)
    assert said.unwrap().user is None
    return sent.attempt


def _sign_up(  # noqa: PLR0917  all that can differ
    day: Day,
    attempt: AttemptId,
    browser: BrowserId = HOME,
    clinic: ClinicId | None = CLINIC,
    owner: AddressOwner = AddressOwner.OWN,
    session: SessionId | None = None,
) -> Outcome[LoggedIn, Refusal]:
    command = SignUp(
        key=day.key(),
        by=day.anybody,
        attempt=attempt,
        browser=browser,
        session=session or day.session(),
        address=day.address("anna@example.dk"),
        owner=owner,
        clinic=clinic,
    )
    return sign_up(day.services, command)


def test_an_offer_is_taken_once() -> None:
    """S-ACC-7, D-ACC-3: one MitID answer makes one user; taken again it makes nothing."""
    day = Day()
    attempt = _offered(day)
    assert went(_sign_up(day, attempt))
    assert reason(_sign_up(day, attempt)) == ("D-ACC-3", "over")


def test_an_offer_belongs_to_its_browser() -> None:
    """D-ACC-3: another browser signs nobody up with it."""
    day = Day()
    attempt = _offered(day)
    assert reason(_sign_up(day, attempt, WORK)) == ("D-ACC-3", "other_browser")
    assert went(_sign_up(day, attempt))


def test_an_offer_dies_with_its_attempt() -> None:
    """faults: 80. Half an hour after the attempt began there is nothing to take."""
    day = Day()
    attempt = _offered(day)
    day.clock.wind(ATTEMPT_LIVES - TICK)
    late = _offered(day)
    day.clock.wind(TICK)
    assert reason(_sign_up(day, attempt)) == ("D-ACC-3", "expired")
    assert went(_sign_up(day, late))


def test_nobody_signs_up_without_mitid() -> None:
    """S-ACC-7: an attempt that MitID has not answered makes no user."""
    day = Day()
    assert reason(_sign_up(day, day.go().attempt)) == ("D-ACC-3", "not_answered")
    assert reason(_sign_up(day, AttemptId("made-up"))) == ("D-ACC-3", "not_begun")
    assert day.names == {}


def test_two_offers_to_one_person_make_one_user() -> None:
    """D-ACC-11: one user per CPR number, whichever of two browsers signs up first."""
    day = Day()
    here, there = _offered(day, HOME), _offered(day, WORK)
    assert went(_sign_up(day, here, HOME))
    assert reason(_sign_up(day, there, WORK)) == ("D-ACC-11", "already_exists")


def test_two_who_sign_up_at_once_make_one_user() -> None:
    """D-ACC-11: the store, not a look before, decides who of two was first."""
    day = Day()
    here, there = _offered(day, HOME), _offered(day, WORK)
    first: list[Outcome[LoggedIn, Refusal]] = []
    day.ledger.meanwhile(lambda: first.append(_sign_up(day, there, WORK)))
    second = _sign_up(day, here, HOME)
    assert first[0].unwrap().user == day.user_of(ANNA)
    assert reason(second) == ("D-ACC-11", "already_exists")


@pytest.mark.parametrize(
    ("setting", "is_open"),
    [(SelfSignUp.OPEN, True), (SelfSignUp.WITH_APPROVAL, False)],
    ids=["open", "with approval"],
)
def test_the_clinics_setting_decides_whether_the_clinic_is_open(
    setting: SelfSignUp,
    is_open: bool,
) -> None:
    """D-ACC-17: open associates at once; with approval the user exists and the clinic waits."""
    day = Day(self_sign_up=setting)
    begun = _sign_up(day, _offered(day)).unwrap()
    assert day.stands(begun.session) is is_open
    if not is_open:
        assert went(day.answer_registration(begun.user, approve=True))
        assert day.stands(begun.session)


def test_a_clinic_that_is_closed_to_self_sign_up_makes_no_user() -> None:
    """D-ACC-17: closed refuses, and leaves the offer for another clinic, or for none."""
    day = Day(self_sign_up=SelfSignUp.CLOSED)
    attempt = _offered(day)
    assert reason(_sign_up(day, attempt)) == ("D-ACC-17", "sign_up_closed")
    assert day.names == {}
    assert went(_sign_up(day, attempt, clinic=None))


def test_an_unknown_clinic_is_refused() -> None:
    """D-LOG-2: there is no such clinic here."""
    day = Day()
    refused = _sign_up(day, _offered(day), clinic=ClinicId("nowhere"))
    assert reason(refused) == ("D-LOG-2", "unknown_clinic")


def test_without_a_clinic_the_user_exists_and_no_clinic_is_open() -> None:
    """D-ACC-17: a service at a clinic is open only while the user is associated there."""
    day = Day()
    begun = _sign_up(day, _offered(day), clinic=None).unwrap()
    for clinic in (CLINIC, OTHER_CLINIC):
        assert reason(day.use(begun.session, clinic=clinic)) == ("D-ACC-11", "other_clinics_only")


def test_the_address_is_proved_by_a_code() -> None:
    """D-ACC-14: a code goes to the address that was given, and typing it proves the address."""
    day = Day()
    begun = _sign_up(day, _offered(day)).unwrap()
    assert day.kinds("anna@example.dk") == [MailKind.ONE_TIME_CODE]
    assert went(day.prove(begun.session, day.last_code("anna@example.dk")))


def test_a_relatives_address_needs_a_basis_that_signing_up_does_not_give() -> None:
    """D-ACC-14: a relative's address stands on a recorded basis."""
    day = Day()
    refused = _sign_up(day, _offered(day), owner=AddressOwner.RELATIVE)
    assert reason(refused) == ("D-ACC-14", "basis_missing")


def test_a_session_id_is_begun_once() -> None:
    """D-ACC-15: a session that exists is never begun again, nor does the user come half-made."""
    day = Day()
    begun = _sign_up(day, _offered(day)).unwrap()
    day.clock.wind(MINUTE)
    sent = day.go(WORK)
    callback = day.at_mitid(sent.address, ANNA)
    _, refused = day.come_back(sent.attempt, callback, WORK, session=begun.session)
    assert reason(refused) == ("D-ACC-15", "already_begun")


def test_what_mitid_said_is_kept_no_longer_than_it_is_needed() -> None:
    """D-KEEP-1: after signing up the number lies in the person's record alone."""
    day = Day()
    begun = _sign_up(day, _offered(day)).unwrap()
    with_number = [key for key, text in day.contents.items() if ANNA.reveal() in text]
    assert with_number == [person_record(begun.user)]
    assert not [key for key, text in day.contents.items() if "memo" in text]


def test_whoever_signed_up_is_active() -> None:
    """S-ACC-7: MitID has activated the user: a tick that comes later sends no activation mail."""
    day = Day()
    user = _sign_up(day, _offered(day)).unwrap().user
    assert not day.tick(user, username="anna").unwrap().activation_sent


def test_a_session_that_exists_is_not_begun_by_signing_up() -> None:
    """D-ACC-15: then there is no user either, and the offer stands."""
    day = Day()
    taken = day.sign_up(DORTE, "dorte@example.dk", browser=WORK).session
    attempt = _offered(day)
    refused = _sign_up(day, attempt, session=taken)
    assert reason(refused) == ("D-ACC-15", "already_begun")
    assert went(_sign_up(day, attempt))


def test_an_offer_that_is_taken_meanwhile_is_no_crash() -> None:
    """faults: 178. Another tab has signed up, and erased who it was, between two reads."""
    day = Day()
    attempt = _offered(day)
    offer = day.ledger.history(StreamId("mitid_attempt", str(attempt)))[-1].event
    assert isinstance(offer, SignUpOffered)
    day.erase(offer.identity)
    assert reason(_sign_up(day, attempt)) == ("D-ACC-3", "over")
