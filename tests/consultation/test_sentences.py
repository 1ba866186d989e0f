"""D-MAIL-3, D-MAIL-6: what people read of a conversation, word for word."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve as with_changes

from eservices_core.access.session import Method
from eservices_core.booking.sentences import Reader
from eservices_core.clinic.staff import StaffMember
from eservices_core.consultation.message import (
    ByClinic,
    ByPatient,
    Decision,
    Doubt,
    Message,
    OffBecause,
    Renewal,
    RenewalDecision,
    Terms,
    Topic,
    Urgency,
    Withdrawn,
)
from eservices_core.consultation.sentences import is_urgent, sentence
from eservices_core.consultation.states import (
    Answered,
    AnswerPending,
    AwaitingClinic,
    Closed,
    CloseReason,
    Conversation,
    LeftOpen,
    NoConversation,
)
from eservices_core.rulebook import MACHINES
from eservices_core.rulebook.machines import observe
from eservices_core.words.identifiers import (
    ClinicId,
    ContentId,
    EntryId,
    MessageId,
    StaffId,
    UserId,
)
from tests.tools.script import script

NOW: Final = datetime(2026, 1, 15, 12, tzinfo=UTC)
ANNE: Final = StaffMember(StaffId("anne"), ClinicId("clinic"))
RECORD: Final = ContentId("record")

ASKED: Final = Message(
    MessageId("asked"), ByPatient(Method.MITID), RECORD, (), NOW, EntryId("1"), NOW
)
ASKED_URGENTLY: Final = with_changes(ASKED, author=ByPatient(Method.MITID, Urgency.WORD_FOUND))
ON_ITS_WAY: Final = with_changes(ASKED, filed_at=None)
SAID: Final = Message(MessageId("said"), ByClinic(ANNE), RECORD, (), NOW, EntryId("2"), NOW)
UNFILED: Final = with_changes(SAID, filed_at=None)
KEPT_OFF: Final = with_changes(SAID, off=OffBecause.RISK)
TAKEN_BACK: Final = with_changes(SAID, withdrawn=Withdrawn(ANNE, NOW))


def terms(topic: Topic, doubt: Doubt = Doubt.NONE, said: RenewalDecision | None = None) -> Terms:
    """Make the terms of a conversation; what was decided stands in the message `said`."""
    decision = Decision(said, SAID.message) if said else None
    renewal = Renewal(RECORD, doubt, decision) if topic is Topic.RENEWAL else None
    return Terms(UserId("user"), ANNE.clinic, topic, renewal)


TALK: Final = terms(Topic.CONSULTATION)
E_ANSWER: Final = terms(Topic.E_ANSWER)
RENEWAL: Final = terms(Topic.RENEWAL)
DOUBTFUL: Final = terms(Topic.RENEWAL, Doubt.MEDICINE)
APPROVED: Final = terms(Topic.RENEWAL, said=RenewalDecision.APPROVED)
REFUSED: Final = terms(Topic.RENEWAL, said=RenewalDecision.REFUSED)
SETTLED_DOUBT: Final = terms(Topic.RENEWAL, Doubt.MEDICINE, RenewalDecision.APPROVED)
OTHER: Final = with_changes(SAID, message=MessageId("other"))

STATES: Final[dict[str, Conversation]] = {
    "nobody has written": NoConversation(),
    "a question": AwaitingClinic(TALK, (ASKED,)),
    "a question that waits for the journal": AwaitingClinic(TALK, (ON_ITS_WAY,)),
    "an urgent question": AwaitingClinic(TALK, (ASKED_URGENTLY,)),
    "an urgent question that waits for the journal": AwaitingClinic(
        TALK, (with_changes(ASKED_URGENTLY, filed_at=None),)
    ),
    "a question after an answer": AwaitingClinic(TALK, (ASKED_URGENTLY, SAID, ASKED)),
    "a question after an answer to another patient": AwaitingClinic(
        TALK, (ASKED_URGENTLY, TAKEN_BACK, ASKED)
    ),
    "a question back to what staff wrote first": AwaitingClinic(E_ANSWER, (SAID, ASKED)),
    "a renewal": AwaitingClinic(RENEWAL, (ASKED,)),
    "a renewal in doubt": AwaitingClinic(DOUBTFUL, (ASKED,)),
    "a renewal in doubt, urgent, that waits for the journal": AwaitingClinic(
        DOUBTFUL, (with_changes(ASKED_URGENTLY, filed_at=None),)
    ),
    "a question after a decided doubt": AwaitingClinic(SETTLED_DOUBT, (ASKED, SAID, ASKED)),
    "an answer that waits for the journal": AnswerPending(TALK, (ASKED, UNFILED)),
    "an answer to an urgent question that waits for the journal": AnswerPending(
        TALK, (ASKED_URGENTLY, UNFILED)
    ),
    "an answer that waits, and its question too": AnswerPending(TALK, (ON_ITS_WAY, UNFILED)),
    "what staff wrote first, waiting for the journal": AnswerPending(E_ANSWER, (UNFILED,)),
    "a refusal that waits for the journal": AnswerPending(REFUSED, (ASKED, UNFILED)),
    "answered": Answered(TALK, (ASKED, SAID)),
    "answered, and kept off the site": Answered(TALK, (ASKED, KEPT_OFF)),
    "staff wrote first": Answered(E_ANSWER, (SAID,)),
    "approved": Answered(APPROVED, (ASKED, SAID)),
    "refused": Answered(REFUSED, (ASKED, SAID)),
    "approved, and kept off the site": Answered(APPROVED, (ASKED, KEPT_OFF)),
    "approved, that kept off the site, and written to again": Answered(
        APPROVED, (ASKED, KEPT_OFF, OTHER)
    ),
    "answered, and the patient has left": LeftOpen(TALK, (ASKED, SAID)),
    "approved, and the patient has left": LeftOpen(APPROVED, (ASKED, SAID)),
    **{
        f"closed: {reason.value}": Closed(TALK, (ASKED,), ANNE, reason, NOW)
        for reason in CloseReason
    },
}


def test_every_word_that_people_read_is_written_down() -> None:
    """D-MAIL-3, D-MAIL-6: for each state and reader it is this sentence, and nobody else acts."""
    written = Path(__file__).with_name("sentences.txt").read_text("utf-8")
    assert script(STATES, Reader, sentence) == written


def test_no_sentence_is_left_out() -> None:
    """D-MAIL-3: whatever the walk of the machine comes upon, its sentence stands in the script."""
    written = Path(__file__).with_name("sentences.txt").read_text("utf-8").splitlines()
    for state in observe(MACHINES["conversation"]).reached:
        for reader in Reader:
            text = sentence(state, reader).text
            assert f"  {text.da}" in written
            assert f"  {text.en}" in written


def test_a_script_that_differs_is_noticed() -> None:
    """The script can fail: another reader's sentence makes another one."""
    other = script(STATES, Reader, lambda state, _: sentence(state, Reader.STAFF))
    assert other != script(STATES, Reader, sentence)


@pytest.mark.parametrize(
    ("messages", "urgent"),
    [
        ((), False),
        ((ASKED,), False),
        ((ASKED_URGENTLY,), True),
        ((ASKED_URGENTLY, ASKED), True),
        ((ASKED, ASKED_URGENTLY), True),
        ((ASKED_URGENTLY, SAID), False),
        ((ASKED_URGENTLY, KEPT_OFF, ASKED), False),
        ((ASKED_URGENTLY, SAID, ASKED), False),
        ((ASKED_URGENTLY, SAID, ASKED_URGENTLY), True),
        ((ASKED_URGENTLY, UNFILED), True),
        ((ASKED_URGENTLY, TAKEN_BACK), True),
        ((ASKED_URGENTLY, with_changes(TAKEN_BACK, filed_at=None)), True),
    ],
)
def test_what_is_urgent_stays_so_until_it_is_answered(
    messages: tuple[Message, ...], *, urgent: bool
) -> None:
    """D-MAIL-5: an urgent word counts until an answer is in the journal and is not taken back."""
    assert is_urgent(AwaitingClinic(TALK, messages)) is urgent
