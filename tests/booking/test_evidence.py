from datetime import timedelta
from typing import Any, Final, cast

import pytest
from attrs import evolve as with_changes

from eservices_core.booking.booking import decide
from eservices_core.booking.commands import (
    BookingRefusal,
    Command,
    Counts,
    LetTimePass,
    NoteAmbiguous,
    NoteFailed,
    NoteHandedOver,
    NoteOpened,
    NoteReported,
    RecordTold,
    Resend,
)
from eservices_core.booking.delivery import (
    BY_STAFF,
    READ,
    Ambiguous,
    Evidence,
    HandedOver,
    NobodyToMail,
    Proof,
    Queued,
    mail_of,
)
from eservices_core.booking.life import (
    BookingConfirmed,
    ConfirmationAmbiguous,
    ConfirmationFailed,
    ConfirmationHandedOver,
    PatientTold,
)
from eservices_core.booking.states import Confirmed, Told, Undelivered
from eservices_core.clinic.booking_settings import Grade, Switch
from eservices_core.outcome import Success
from tests.booking.bookings import (
    ANNE,
    APPROVAL,
    BO,
    CALLED,
    DAY,
    HANDED,
    HOUR,
    M1,
    M2,
    NO_BOUNCE,
    NOW,
    START,
    STATES,
    TERMS,
    WINDOW,
    after,
    awaiting,
    fold,
    refusal,
)

LATER: Final = NOW + HOUR
EVERY: Final = [Counts(grade, relay) for grade in Grade for relay in Switch]
UNHAPPY: Final = ["declined", "cancelled", "expired"]


class TestAMailOnItsWay:
    @pytest.mark.parametrize("name", ["queued", "ambiguous"])
    def test_a_server_took_it(self, name: str) -> None:
        """D-BOOK-2: when it was handed over is kept, for the silence is counted from there."""
        command = NoteHandedOver(M1, NOW, LATER, NO_BOUNCE)
        taken = decide(STATES[name], command)
        assert taken == Success((ConfirmationHandedOver(M1, NOW),))
        assert fold(STATES[name], taken.unwrap()) == awaiting(HandedOver(M1, NOW))

    @pytest.mark.parametrize("counts", EVERY)
    def test_handing_over_confirms_where_the_clinic_says_so(self, counts: Counts) -> None:
        """D-BOOK-2: handed over to the recipient's server, at a clinic that asks for no more."""
        taken = decide(STATES["queued"], NoteHandedOver(M1, NOW, LATER, counts)).unwrap()
        proof = Proof(Evidence.HANDED_OVER, NOW)
        confirmed = (BookingConfirmed(proof),) if counts == HANDED else ()
        assert taken == (ConfirmationHandedOver(M1, NOW), *confirmed)
        if counts == HANDED:
            assert fold(STATES["queued"], taken) == Confirmed(TERMS, APPROVAL, proof, M1)

    @pytest.mark.parametrize("counts", EVERY)
    @pytest.mark.parametrize("name", ["queued", "handed_over", "ambiguous", "undelivered"])
    def test_a_report_confirms_unless_reading_is_asked_for(self, name: str, counts: Counts) -> None:
        """D-BOOK-2: reported delivered is more than silence and less than reading."""
        told = decide(STATES[name], NoteReported(M1, LATER, counts))
        proof = Proof(Evidence.REPORTED_DELIVERED, LATER)
        enough = counts.wanted is not Grade.OPENED
        assert told == Success((BookingConfirmed(proof),) if enough else ())
        if enough:
            assert fold(STATES[name], told.unwrap()) == Confirmed(TERMS, APPROVAL, proof, M1)

    def test_an_answer_that_never_came(self) -> None:
        """D-BOOK-3: ambiguous is a way of its own, told once."""
        told = decide(STATES["queued"], NoteAmbiguous(M1, LATER))
        assert told == Success((ConfirmationAmbiguous(M1),))
        assert fold(STATES["queued"], told.unwrap()) == awaiting(Ambiguous(M1))

    @pytest.mark.parametrize(
        ("name", "maybe", "expected"),
        [
            ("queued", False, False),
            ("queued", True, True),
            ("handed_over", False, False),
            ("handed_over", True, True),
            ("ambiguous", False, True),
            ("ambiguous", True, True),
            ("confirmed", False, False),
            ("confirmed", True, True),
        ],
    )
    def test_what_failed_may_have_arrived(
        self,
        name: str,
        maybe: bool,
        expected: bool,
    ) -> None:
        """D-BOOK-3: a bounce, also a late one, undoes; after an ambiguous attempt 'may have'."""
        failed = decide(STATES[name], NoteFailed(M1, maybe, LATER))
        assert failed == Success((ConfirmationFailed(M1, expected),))
        undone = fold(STATES[name], failed.unwrap())
        assert undone == Undelivered(TERMS, APPROVAL, M1, expected)

    @pytest.mark.parametrize("evidence", Evidence)
    def test_a_late_bounce_does_not_undo_reading(self, evidence: Evidence) -> None:
        """D-BOOK-3: who has read it, or was told by staff, knows, whatever a server says later."""
        by = BO if evidence in BY_STAFF else None
        confirmed = Confirmed(TERMS, APPROVAL, Proof(evidence, NOW, by), M1)
        found = decide(confirmed, NoteFailed(M1, may_have_arrived=False, at=LATER))
        known = evidence in (Evidence.OPENED, Evidence.CALL, Evidence.LETTER, Evidence.SLIP)
        assert found == Success(() if known else (ConfirmationFailed(M1, may_have_arrived=False),))

    def test_after_a_resend_the_older_mail_says_nothing(self) -> None:
        """D-BOOK-3: only the newest mail speaks for the booking."""
        state = after(STATES["undelivered"], Resend(M2, BO, NOW))
        assert state == awaiting(Queued(M2))
        old: list[Command] = [
            NoteHandedOver(M1, NOW, LATER, HANDED),
            NoteAmbiguous(M1, LATER),
            NoteFailed(M1, may_have_arrived=True, at=LATER),
            NoteReported(M1, LATER, HANDED),
        ]
        assert {refusal(state, each) for each in old} == {BookingRefusal.NOT_THE_NEWEST_MAIL}
        told = after(state, NoteHandedOver(M2, NOW, LATER, HANDED))
        assert isinstance(told, Confirmed)
        assert told.mail == M2

    def test_a_confirmation_without_a_mail_has_no_newest(self) -> None:
        """D-BOOK-16: who was told by staff alone has no mail that could fail."""
        state = after(STATES["nobody_to_mail"], RecordTold(Evidence.SLIP, BO, NOW))
        assert state == Confirmed(TERMS, APPROVAL, Proof(Evidence.SLIP, NOW, BO), None)
        failed = NoteFailed(M1, may_have_arrived=False, at=LATER)
        assert refusal(state, failed) is BookingRefusal.NOT_THE_NEWEST_MAIL

    def test_what_is_known_already_is_no_news(self) -> None:
        """D-BOOK-3: the same note, however often it is given, changes nothing."""
        quiet: list[tuple[str, Any]] = [
            ("handed_over", NoteHandedOver(M1, LATER, LATER, HANDED)),
            ("handed_over", NoteAmbiguous(M1, LATER)),
            ("ambiguous", NoteAmbiguous(M1, LATER)),
            ("undelivered", NoteHandedOver(M1, NOW, LATER, HANDED)),
            ("undelivered", NoteAmbiguous(M1, LATER)),
            ("undelivered", NoteFailed(M1, may_have_arrived=True, at=LATER)),
            ("confirmed", NoteHandedOver(M1, NOW, LATER, HANDED)),
            ("confirmed", NoteAmbiguous(M1, LATER)),
            ("confirmed", NoteReported(M1, LATER, HANDED)),
        ]
        for name, command in quiet:
            assert decide(STATES[name], command) == Success(()), (name, command)


class TestReading:
    @pytest.mark.parametrize(
        ("name", "mail"),
        [
            ("nobody_to_mail", None),
            ("queued", M1),
            ("handed_over", M1),
            ("ambiguous", M1),
            ("undelivered", M1),
        ],
    )
    def test_opening_after_login_confirms(self, name: str, mail: Any) -> None:
        """D-BOOK-2: the patient has seen it, whatever became of any mail."""
        opened = decide(STATES[name], NoteOpened(LATER))
        proof = Proof(Evidence.OPENED, LATER)
        assert opened == Success((BookingConfirmed(proof),))
        assert fold(STATES[name], opened.unwrap()) == Confirmed(TERMS, APPROVAL, proof, mail)

    @pytest.mark.parametrize("evidence", sorted(BY_STAFF, key=lambda each: each.name))
    @pytest.mark.parametrize("name", ["nobody_to_mail", "queued", "undelivered"])
    def test_staff_who_told_the_patient_confirm(self, name: str, evidence: Evidence) -> None:
        """D-BOOK-2: a recorded call, letter or slip ends it, with who and when."""
        told = decide(STATES[name], RecordTold(evidence, BO, LATER))
        assert told == Success((BookingConfirmed(Proof(evidence, LATER, BO)),))

    @pytest.mark.parametrize("name", UNHAPPY)
    def test_who_was_told_of_the_end_knows(self, name: str) -> None:
        """D-BOOK-11: an end that the patient has read of is off the call list, and told once."""
        opened = decide(STATES[name], NoteOpened(LATER))
        assert opened == Success((PatientTold(Proof(Evidence.OPENED, LATER)),))
        state = fold(STATES[name], opened.unwrap())
        told = Told(M1, Proof(Evidence.OPENED, LATER))
        assert state == with_changes(cast("Any", STATES[name]), told=told)
        assert decide(state, NoteOpened(LATER + DAY)) == Success(())
        again = RecordTold(Evidence.CALL, ANNE, LATER)
        assert refusal(state, again) is BookingRefusal.KNOWS_ALREADY

    @pytest.mark.parametrize("name", UNHAPPY)
    def test_staff_call_whoever_may_not_know(self, name: str) -> None:
        """D-BOOK-11: also after the time would have begun."""
        for at in (NOW, START, START + DAY):
            called = decide(STATES[name], RecordTold(Evidence.CALL, ANNE, at))
            assert called == Success((PatientTold(Proof(Evidence.CALL, at, ANNE)),))


class TestTheWords:
    def test_what_counts_as_reading(self) -> None:
        """D-BOOK-11: opened after login, or told by staff; never what a server said."""
        reading = {Evidence.OPENED, Evidence.CALL, Evidence.LETTER, Evidence.SLIP}
        assert reading == READ
        assert READ - {Evidence.OPENED} == BY_STAFF

    @pytest.mark.parametrize("evidence", Evidence)
    def test_staff_stand_by_what_they_say(self, evidence: Evidence) -> None:
        """D-BOOK-2: a call, letter or slip has a name; nothing else has one."""
        by_staff = evidence in (Evidence.CALL, Evidence.LETTER, Evidence.SLIP)
        assert Proof(evidence, NOW, BO if by_staff else None).evidence is evidence
        with pytest.raises(AssertionError, match="staff stand by what they say"):
            _ = Proof(evidence, NOW, None if by_staff else BO)

    def test_which_mail_is_on_its_way(self) -> None:
        """D-BOOK-16: where nobody can be mailed there is none."""
        ways = (Queued(M1), HandedOver(M1, NOW), Ambiguous(M1))
        assert [mail_of(way) for way in ways] == [M1, M1, M1]
        assert mail_of(NobodyToMail()) is None


def test_a_booking_is_confirmed_by_both_halves() -> None:
    """S-BOOK-4: a story from yes to confirmed, undone by a late bounce, and saved by a call."""
    minutes = timedelta(minutes=1)
    state = after(STATES["queued"], NoteAmbiguous(M1, NOW))
    state = after(state, NoteHandedOver(M1, NOW + 5 * minutes, NOW + 5 * minutes, NO_BOUNCE))
    waiting = LetTimePass(NOW + 34 * minutes, None, NO_BOUNCE, WINDOW, None)
    assert decide(state, waiting) == Success(())
    state = after(state, with_changes(waiting, at=NOW + 35 * minutes))
    assert state == Confirmed(TERMS, APPROVAL, Proof(Evidence.NO_BOUNCE, NOW + 35 * minutes), M1)
    state = after(state, NoteFailed(M1, may_have_arrived=False, at=NOW + DAY))
    assert state == Undelivered(TERMS, APPROVAL, M1, may_have_arrived=False)
    state = after(state, RecordTold(Evidence.CALL, BO, NOW))
    assert state == Confirmed(TERMS, APPROVAL, CALLED, M1)
    assert decide(state, NoteFailed(M1, may_have_arrived=False, at=NOW)) == Success(())
