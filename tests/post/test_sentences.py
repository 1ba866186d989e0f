from pathlib import Path

import pytest

from eservices_core.post.sentences import Acts, Reader, sentence
from eservices_core.post.states import Because, Believed, Delivered, Letter, NoLetter, Withdrawn
from tests.post.test_letter import (
    ACCEPTED,
    ANNE,
    AT,
    DELIVERED,
    NO_ANSWER,
    NOT_TAKEN,
    PAPER,
    QUEUED,
    RECEIVED,
    REFUSED,
    STANDINGS,
    TERMS,
    WITHDRAW,
    after,
    letter,
)
from tests.tools.script import script

EVERY: dict[str, tuple[Letter, str, Acts]] = {
    "none": (NoLetter(), "There is no letter", Acts.NOBODY),
    "journal": (
        after(letter.Write(TERMS, letter.EntryId("entry"), filed=False)),
        "Waiting for the journal",
        Acts.SERVICE,
    ),
    "queued": (QUEUED, "Queued", Acts.SERVICE),
    "tried": (after(NOT_TAKEN, state=QUEUED), "cannot be reached", Acts.SERVICE),
    "ambiguous": (STANDINGS["ambiguous"], "and is tried again", Acts.SERVICE),
    "for staff": (STANDINGS["for staff"], "Try again (it is the same letter)", Acts.CLINIC),
    "accepted": (STANDINGS["accepted"], "not delivered yet", Acts.NOBODY),
    "received": (STANDINGS["received"], "Received by digital post, not", Acts.NOBODY),
    "delivered": (STANDINGS["delivered"], "Delivered to", Acts.NOBODY),
    "failed": (STANDINGS["failed"], "could not be sent", Acts.CLINIC),
    "failed, perhaps": (
        after(NO_ANSWER, REFUSED, state=QUEUED),
        "may have arrived",
        Acts.CLINIC,
    ),
    "withdrawn": (STANDINGS["withdrawn"], "Withdrawn.", Acts.NOBODY),
    "withdrawn, perhaps": (
        after(NO_ANSWER, WITHDRAW, state=QUEUED),
        "Withdrawn; it may have arrived",
        Acts.NOBODY,
    ),
    "dead": (
        Withdrawn(TERMS, Because.DEATH, ANNE, AT, may_have_arrived=False),
        "the patient has died.",
        Acts.NOBODY,
    ),
    "paper": (STANDINGS["on paper"], "Sent on paper.", Acts.NOBODY),
    "paper, perhaps": (
        after(ACCEPTED, PAPER, state=QUEUED),
        "may have arrived digitally too",
        Acts.NOBODY,
    ),
    "corrected, failed": (
        after(DELIVERED, state=STANDINGS["failed"]),
        "had been reported as failed",
        Acts.CLINIC,
    ),
    "corrected, withdrawn": (
        after(ACCEPTED, state=STANDINGS["withdrawn"]),
        "not delivered yet. It had been withdrawn",
        Acts.CLINIC,
    ),
    "corrected, withdrawn and received": (
        after(RECEIVED, state=STANDINGS["withdrawn"]),
        "It had been withdrawn",
        Acts.CLINIC,
    ),
    "corrected, paper": (
        Delivered(TERMS, AT, Believed.ON_PAPER),
        "sent on paper too",
        Acts.CLINIC,
    ),
}


def test_every_word_that_people_read_is_written_down() -> None:
    """D-POST-1: for each state and reader it is this sentence, and nobody else acts."""
    written = Path(__file__).with_name("sentences.txt").read_text("utf-8")
    assert script({name: state for name, (state, *_) in EVERY.items()}, Reader, sentence) == written


@pytest.mark.parametrize("name", EVERY)
def test_staff_read_one_sentence(name: str) -> None:
    """D-POST-1: what it is, and who must act."""
    state, phrase, acts = EVERY[name]
    said = sentence(state, Reader.STAFF)
    assert phrase in said.text.en
    assert said.acts is acts


def test_no_two_standings_say_the_same() -> None:
    """D-POST-1: whoever reads the sentence knows the state."""
    for language in ("da", "en"):
        said = [
            getattr(sentence(state, Reader.STAFF).text, language) for state, *_ in EVERY.values()
        ]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_called_delivered_before_it_is(name: str) -> None:
    """D-POST-1: 'lies in the mailbox' is said of what a receipt has said it of."""
    state = EVERY[name][0]
    patient = sentence(state, Reader.PATIENT).text
    assert ("lies in the digital mailbox" in patient.en) == isinstance(state, Delivered)
    assert ("ligger i den digitale" in patient.da) == isinstance(state, Delivered)


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("none", "There is no letter"),
        ("withdrawn", "There is no letter"),
        ("dead", "There is no letter"),
        ("journal", "is sending"),
        ("queued", "is sending"),
        ("accepted", "is sending"),
        ("received", "is sending"),
        ("for staff", "how you get it"),
        ("failed", "how you get it"),
        ("paper", "sent on paper"),
    ],
)
def test_a_patient_reads_what_matters_to_them(name: str, phrase: str) -> None:
    """D-POST-1: never why something failed, and nothing of what was withdrawn."""
    assert phrase in sentence(EVERY[name][0], Reader.PATIENT).text.en
