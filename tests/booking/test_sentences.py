import re
from datetime import datetime
from typing import Any, Final, cast

import pytest
from attrs import evolve as with_changes
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.booking.cancelling import Cancellation
from eservices_core.booking.delivery import BY_STAFF, Evidence, Proof
from eservices_core.booking.sentences import Acts, Reader, Sentence, sentence
from eservices_core.booking.standing import why_not_live
from eservices_core.booking.states import (
    Booking,
    Cancelled,
    Confirmed,
    Requested,
    Told,
    Undelivered,
)
from eservices_core.booking.terms import Conflict, ConflictKind
from eservices_core.rulebook.exemplars import MACHINES
from eservices_core.rulebook.machines import observe
from eservices_core.texts import Text
from tests.booking.bookings import (
    ANNE,
    APPROVAL,
    ASKED,
    BO,
    DAY,
    DEADLINE,
    END,
    M1,
    NOW,
    OPENED,
    START,
    STATES,
    TERMS,
    TICK,
    with_terms,
)

WHEN: Final = Text("mandag den 30. november 2026 kl. 9.20", "Monday 30 November 2026 at 9:20")
BY: Final = Text("onsdag den 25. november 2026 kl. 9.20", "Wednesday 25 November 2026 at 9:20")
KNOWN: Final = Text("tirsdag den 24. november 2026 kl. 9.20", "Tuesday 24 November 2026 at 9:20")
MOMENTS: Final = (ASKED, NOW, DEADLINE - TICK, DEADLINE, START - TICK, START, END - TICK, END)


def _say(state: Booking, reader: Reader, at: datetime = NOW) -> Sentence:
    return sentence(state, reader, at)


SAID: Final[dict[tuple[str, Reader], Sentence]] = {
    ("none", Reader.PATIENT): Sentence(
        Text("Der er ingen tid.", "There is no appointment."), Acts.NOBODY
    ),
    ("requested", Reader.PATIENT): Sentence(
        Text(
            f"Du har bedt om tiden {WHEN.da}. Den er ikke bekræftet; klinikken svarer senest "
            f"{BY.da}.",
            f"You have asked for {WHEN.en}. It is not confirmed; the clinic answers by {BY.en}.",
        ),
        Acts.CLINIC,
        DEADLINE,
    ),
    ("requested", Reader.STAFF): Sentence(
        Text(
            f"Anmodning om {WHEN.da}, 1 dag gammel: godkend eller afvis senest {BY.da}.",
            f"Request for {WHEN.en}, 1 day old: approve or decline by {BY.en}.",
        ),
        Acts.CLINIC,
        DEADLINE,
    ),
    ("nobody_to_mail", Reader.PATIENT): Sentence(
        Text(
            f"Klinikken har godkendt tiden {WHEN.da} og giver dig besked.",
            f"The clinic has approved {WHEN.en} and will tell you.",
        ),
        Acts.CLINIC,
    ),
    ("queued", Reader.PATIENT): Sentence(
        Text(
            f"Klinikken har godkendt tiden {WHEN.da} og sender dig en bekræftelse på e-mail.",
            f"The clinic has approved {WHEN.en} and is sending you a confirmation by e-mail.",
        ),
        Acts.SERVICE,
    ),
    ("queued", Reader.STAFF): Sentence(
        Text(
            f"Godkendt til {WHEN.da}, men ikke bekræftet: bekræftelsen er på vej.",
            f"Approved for {WHEN.en}, but not confirmed: the confirmation is on its way.",
        ),
        Acts.SERVICE,
    ),
    ("handed_over", Reader.STAFF): Sentence(
        Text(
            f"Godkendt til {WHEN.da}, men ikke bekræftet: mailen blev afleveret {KNOWN.da}; vi "
            "venter på, om den kommer retur.",
            f"Approved for {WHEN.en}, but not confirmed: the mail was handed over on {KNOWN.en}; "
            "waiting for a bounce.",
        ),
        Acts.SERVICE,
    ),
    ("undelivered", Reader.PATIENT): Sentence(
        Text(
            f"Klinikken har godkendt tiden {WHEN.da}, men bekræftelsen kunne ikke sendes til dig. "
            "Tjek din e-mailadresse, eller ring til klinikken.",
            f"The clinic has approved {WHEN.en}, but the confirmation could not be sent to you. "
            "Check your e-mail address, or call the clinic.",
        ),
        Acts.CLINIC,
        START,
    ),
    ("undelivered", Reader.STAFF): Sentence(
        Text(
            f"Godkendt til {WHEN.da}, men bekræftelsen er ikke nået frem: send igen, ret adressen, "
            "ring, eller frigiv tiden.",
            f"Approved for {WHEN.en}, but the confirmation did not arrive: resend, correct the "
            "address, call, or release the time.",
        ),
        Acts.CLINIC,
        START,
    ),
    ("confirmed", Reader.PATIENT): Sentence(
        Text(f"Din tid {WHEN.da} er bekræftet.", f"Your time on {WHEN.en} is confirmed."),
        Acts.PATIENT,
        START,
    ),
    ("confirmed", Reader.STAFF): Sentence(
        Text(
            f"Bekræftet til {WHEN.da}: mailen kom ikke retur inden {KNOWN.da}.",
            f"Confirmed for {WHEN.en}: no bounce had come on {KNOWN.en}.",
        ),
        Acts.PATIENT,
        START,
    ),
    ("declined", Reader.PATIENT): Sentence(
        Text(
            f"Klinikken kan ikke give dig tiden {WHEN.da}. Vælg en anden tid, eller ring.",
            f"The clinic cannot give you {WHEN.en}. Choose another time, or call.",
        ),
        Acts.PATIENT,
    ),
    ("declined", Reader.STAFF): Sentence(
        Text(
            f"Afvist: {WHEN.da}. Det er ikke sikkert, at patienten ved det.",
            f"Declined: {WHEN.en}. It is not certain that the patient knows.",
        ),
        Acts.CLINIC,
    ),
    ("expired", Reader.PATIENT): Sentence(
        Text(
            f"Din anmodning om {WHEN.da} blev ikke besvaret i tide og gælder ikke længere. Vælg en "
            "anden tid, eller ring til klinikken.",
            f"Your request for {WHEN.en} was not answered in time and no longer stands. Choose "
            "another time, or call the clinic.",
        ),
        Acts.PATIENT,
    ),
    ("expired", Reader.STAFF): Sentence(
        Text(
            f"Udløbet uden svar: anmodning om {WHEN.da}; tiden er fri. Det er ikke sikkert, at "
            "patienten ved det.",
            f"Expired unanswered: request for {WHEN.en}; the time is free. It is not certain that "
            "the patient knows.",
        ),
        Acts.CLINIC,
    ),
    ("cancelled", Reader.PATIENT): Sentence(
        Text(f"Klinikken har aflyst tiden {WHEN.da}.", f"The clinic has cancelled {WHEN.en}."),
        Acts.PATIENT,
    ),
    ("attended", Reader.STAFF): Sentence(
        Text(f"Mødt: {WHEN.da}.", f"Attended: {WHEN.en}."), Acts.NOBODY
    ),
    ("missed", Reader.PATIENT): Sentence(
        Text(f"Udeblevet: {WHEN.da}.", f"Missed: {WHEN.en}."), Acts.NOBODY
    ),
}


@pytest.mark.parametrize(("name", "reader"), SAID)
def test_what_it_is_who_acts_and_by_when(name: str, reader: Reader) -> None:
    """D-BOOK-13: for a state and reader there is this one sentence."""
    assert _say(STATES[name], reader) == SAID[name, reader]


def _reached() -> list[Booking]:
    """Every state that the rulebook's walk reaches, and every way that a booking ends."""
    walked = cast("tuple[Booking, ...]", observe(MACHINES["booking"]).reached)
    ends = [
        Cancelled(TERMS, how, None, Told(M1, proof))
        for how in Cancellation
        for proof in (None, OPENED)
    ]
    return [*walked, *STATES.values(), *ends]


_NOT: Final = re.compile(
    r"ikke bekræftet|not confirmed|før den var bekræftet|bekræftelse[nr]?\b|\bconfirmation\b"
)
_CLAIMS: Final = re.compile(r"bekræftet|confirmed", re.IGNORECASE)


@pytest.mark.parametrize("at", MOMENTS)
def test_nothing_is_called_confirmed_before_it_is(at: datetime) -> None:
    """D-BOOK-3: only what is confirmed is called so, in either language, by any sentence."""
    for state in _reached():
        for reader in Reader:
            said = sentence(state, reader, at).text
            for text in (said.da, said.en):
                claims = _CLAIMS.search(_NOT.sub("", text)) is not None
                assert not claims or isinstance(state, Confirmed), text
                asked = "kom patienten?" in text or "did the patient come?" in text
                in_short = isinstance(state, Confirmed) and not asked
                assert claims == in_short, text


@pytest.mark.parametrize("at", MOMENTS)
def test_the_deadline_is_the_states(at: datetime) -> None:
    """D-BOOK-13: who must act by when is the booking's own deadline, and one that lies ahead."""
    for state in _reached():
        for reader in Reader:
            said = sentence(state, reader, at)
            if said.by is None:
                continue
            begins = cast("Any", state).terms.interval.starts_at
            assert said.by == (state.answer_by if isinstance(state, Requested) else begins)
            assert said.by > at
            assert said.acts in {Acts.CLINIC, Acts.PATIENT}
            assert why_not_live(state, at) is None


def test_patients_read_no_more_than_the_time() -> None:
    """D-BOOK-12: neither type, practitioner, comment, staff nor any id stands in a sentence."""
    names = re.compile(r"hiv|mette|ole\b|staff-|comment|mail-\d|record|type-|practitioner|død|died")
    for state in _reached():
        for at in MOMENTS:
            said = sentence(state, Reader.PATIENT, at).text
            assert names.search(f"{said.da} {said.en}") is None, said
            staff = sentence(state, Reader.STAFF, at).text
            assert re.search(r"hiv|staff-|comment-|mail-\d", f"{staff.da} {staff.en}") is None


def test_a_death_is_told_to_staff_only() -> None:
    """D-ACC-20: whoever opens what was a dead person's booking reads that it is cancelled."""
    state = Cancelled(TERMS, Cancellation.PATIENT_DIED, ANNE, Told(None))
    assert _say(state, Reader.PATIENT).text.da == f"Tiden {WHEN.da} er aflyst."
    assert _say(state, Reader.STAFF).text.da == f"Tiden {WHEN.da} er aflyst; patienten er død."
    assert _say(state, Reader.STAFF).acts is Acts.NOBODY


@pytest.mark.parametrize(
    ("age", "da", "en"),
    [
        (0 * DAY, "0 dage gammel", "0 days old"),
        (DAY - TICK, "0 dage gammel", "0 days old"),
        (DAY, "1 dag gammel", "1 day old"),
        (2 * DAY - TICK, "1 dag gammel", "1 day old"),
        (2 * DAY, "2 dage", "2 days"),
    ],
)
def test_a_request_shows_its_age(age: Any, da: str, en: str) -> None:
    """D-BOOK-5: in whole days since it was made."""
    state = Requested(TERMS, ASKED, START, reminded=False)
    said = _say(state, Reader.STAFF, ASKED + age).text
    assert da in said.da
    assert en in said.en


@pytest.mark.parametrize("reader", Reader)
def test_a_request_past_its_deadline_has_expired(reader: Reader) -> None:
    """D-BOOK-5: whether or not a worker has noted it."""
    state = STATES["requested"]
    assert _say(state, reader, DEADLINE) == _say(STATES["expired"], reader, DEADLINE)
    assert _say(state, reader, DEADLINE - TICK).by == DEADLINE


@pytest.mark.parametrize("name", ["queued", "undelivered", "nobody_to_mail", "ambiguous"])
def test_what_has_begun_waits_for_nothing_but_presence(name: str) -> None:
    """D-BOOK-4: once its time has begun nobody is asked to resend or to wait."""
    came = Text(f"Tiden {WHEN.da}: kom patienten?", f"{WHEN.en}: did the patient come?")
    for at in (START, END):
        assert _say(STATES[name], Reader.STAFF, at) == Sentence(came, Acts.CLINIC)
        patient = _say(STATES[name], Reader.PATIENT, at)
        assert patient.text == Text(
            f"Klinikken har godkendt tiden {WHEN.da}.", f"The clinic has approved {WHEN.en}."
        )
        assert (patient.acts, patient.by) == (Acts.NOBODY, None)
    assert "kom patienten" not in _say(STATES[name], Reader.STAFF, START - TICK).text.da


def test_whether_the_patient_came_is_asked_at_the_end() -> None:
    """D-BOOK-4: a confirmed booking is confirmed while it lasts, and asks when it is over."""
    state = STATES["confirmed"]
    assert _say(state, Reader.STAFF, START).text == SAID["confirmed", Reader.STAFF].text
    assert _say(state, Reader.STAFF, START).acts is Acts.NOBODY
    assert _say(state, Reader.STAFF, END - TICK).by is None
    assert _say(state, Reader.STAFF, END).text.da == f"Tiden {WHEN.da}: kom patienten?"
    assert _say(state, Reader.STAFF, END).acts is Acts.CLINIC
    assert _say(state, Reader.PATIENT, END).text == SAID["confirmed", Reader.PATIENT].text


@pytest.mark.parametrize("evidence", Evidence)
def test_staff_read_by_what_it_is_confirmed(evidence: Evidence) -> None:
    """D-BOOK-2: each kind of proof has its own words, and its instant."""
    by = BO if evidence in BY_STAFF else None
    said = _say(Confirmed(TERMS, APPROVAL, Proof(evidence, NOW, by), M1), Reader.STAFF).text
    words = {
        Evidence.HANDED_OVER: ("modtagerens server tog mailen", "the recipient's server took it"),
        Evidence.NO_BOUNCE: ("mailen kom ikke retur inden", "no bounce had come"),
        Evidence.REPORTED_DELIVERED: ("mailen er meldt leveret", "reported delivered"),
        Evidence.OPENED: ("patienten åbnede den efter login", "opened after login"),
        Evidence.CALL: ("patienten er ringet op", "told on the phone"),
        Evidence.LETTER: ("der er givet et brev", "a letter was given"),
        Evidence.SLIP: ("der er givet en seddel", "a slip was given"),
    }[evidence]
    assert said.da == f"Bekræftet til {WHEN.da}: {words[0]} {KNOWN.da}."
    assert said.en == f"Confirmed for {WHEN.en}: {words[1]} on {KNOWN.en}."


def test_what_may_have_arrived_is_said_so() -> None:
    """D-BOOK-3: after an ambiguous attempt staff read 'may'; the patient is not bothered."""
    maybe = Undelivered(TERMS, APPROVAL, M1, may_have_arrived=True)
    said = _say(maybe, Reader.STAFF).text
    assert "bekræftelsen er måske ikke nået frem: send igen" in said.da
    assert "the confirmation may not have arrived: resend" in said.en
    assert _say(maybe, Reader.PATIENT) == _say(STATES["undelivered"], Reader.PATIENT)
    rest = _say(STATES["ambiguous"], Reader.STAFF).text
    assert rest.da.endswith("ikke bekræftet: mailserveren svarede ikke; der prøves igen.")
    assert rest.en.endswith("not confirmed: the mail server did not answer; it is tried again.")
    nobody = _say(STATES["nobody_to_mail"], Reader.STAFF)
    assert "patienten har ingen e-mail: ring, eller giv et brev eller en seddel" in nobody.text.da
    assert nobody.acts is Acts.CLINIC


@pytest.mark.parametrize(
    ("how", "da", "acts"),
    [
        (Cancellation.WITHDRAWN, f"Anmodningen om {WHEN.da} er trukket tilbage.", Acts.NOBODY),
        (Cancellation.CANCELLED, f"Tiden {WHEN.da} er afbestilt.", Acts.NOBODY),
        (Cancellation.LATE, f"Tiden {WHEN.da} er afbestilt efter fristen.", Acts.NOBODY),
        (Cancellation.BY_CLINIC, f"Klinikken har aflyst tiden {WHEN.da}.", Acts.PATIENT),
    ],
)
def test_every_cancellation_has_its_words(how: Cancellation, da: str, acts: Acts) -> None:
    """S-BOOK-5: who withdraws or cancels is told what they did."""
    said = _say(Cancelled(TERMS, how, None, Told(M1)), Reader.PATIENT)
    assert (said.text.da, said.acts) == (da, acts)


@pytest.mark.parametrize("name", ["declined", "cancelled", "expired"])
def test_who_knows_need_not_be_called(name: str) -> None:
    """D-BOOK-11: with proof that the patient knows, nobody has to act."""
    unsure = "Det er ikke sikkert, at patienten ved det."
    state = with_changes(cast("Any", STATES[name]), told=Told(M1, OPENED))
    before, after = _say(STATES[name], Reader.STAFF), _say(state, Reader.STAFF)
    assert before.text.da == f"{after.text.da} {unsure}"
    assert before.text.en == f"{after.text.en} It is not certain that the patient knows."
    assert (before.acts, after.acts) == (Acts.CLINIC, Acts.NOBODY)


@pytest.mark.parametrize(
    ("kind", "da", "en"),
    [
        (ConflictKind.CLASH, "En anden aftale ligger på tiden", "Another appointment lies on"),
        (ConflictKind.LOST, "Tiden er fjernet fra", "The time was removed from"),
        (ConflictKind.CHANGED, "Tiden er flyttet i", "The time was moved in"),
    ],
)
@pytest.mark.parametrize("name", ["requested", "queued", "confirmed"])
def test_staff_see_a_conflict(name: str, kind: ConflictKind, da: str, en: str) -> None:
    """D-BOOK-6: staff decide, by the booking's deadline; the patient is not asked."""
    state = with_terms(STATES[name], conflict=Conflict(kind, "digest", NOW))
    plain, said = _say(STATES[name], Reader.STAFF), _say(state, Reader.STAFF)
    assert said.text.da.startswith(f"{plain.text.da} {da}")
    assert said.text.en.startswith(f"{plain.text.en} {en}")
    assert said.text.da.endswith(": lad den stå, flyt den, eller frigiv den.")
    assert said.text.en.endswith(": let it stand, move it, or release it.")
    assert (said.acts, said.by) == (Acts.CLINIC, DEADLINE if name == "requested" else START)
    assert _say(state, Reader.PATIENT) == _say(STATES[name], Reader.PATIENT)
    assert _say(state, Reader.STAFF, END) == _say(STATES[name], Reader.STAFF, END)


@given(st.sampled_from(list(STATES)), st.sampled_from(Reader), st.integers(-10_000, 10_000))
def test_whenever_it_is_asked_there_is_one(name: str, reader: Reader, minutes: int) -> None:
    """D-BOOK-13: whatever the hour there is a sentence, that ends as sentences do."""
    said = sentence(STATES[name], reader, START + minutes * (DAY / 1440))
    for text in (said.text.da, said.text.en):
        assert text[0].isupper()
        assert text[-1] in ".?"
        assert "\n" not in text
