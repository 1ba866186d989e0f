"""The conversation machine, walked: what holds in every state that its exemplars reach."""

from typing import Any, Final

import pytest

from eservices_core.booking.sentences import Acts, Reader
from eservices_core.clinic.consultation_settings import BlockedMedicine
from eservices_core.consultation import conversation, life
from eservices_core.consultation.conversation import ConversationRefusal, is_unread
from eservices_core.consultation.message import RenewalDecision
from eservices_core.consultation.renewal import Blocked, Chosen, Medicine, blocked_by
from eservices_core.consultation.sentences import sentence
from eservices_core.consultation.states import (
    Answered,
    AnswerPending,
    AwaitingClinic,
    Begun,
    Closed,
    LeftOpen,
    NoConversation,
    waits_for_clinic,
)
from eservices_core.outcome import Failure
from eservices_core.rulebook import MACHINES
from eservices_core.rulebook.machines import observe

MACHINE: Final = MACHINES["conversation"]
OBSERVED: Final = observe(MACHINE)
REACHED: Final[list[Begun]] = [
    state
    for state in OBSERVED.reached
    if isinstance(state, AwaitingClinic | AnswerPending | Answered | LeftOpen | Closed)
]


def test_who_had_the_last_word_says_whose_turn_it_is() -> None:
    """S-MAIL-4, D-MAIL-3: answered means answered by the clinic, and in the journal."""
    assert len(REACHED) > 300
    for state in REACHED:
        words = [each for each in state.messages if each.withdrawn is None]
        if isinstance(state, Answered | LeftOpen):
            assert words[-1].is_from_clinic
            assert all(each.filed_at for each in words if each.is_from_clinic)
        if isinstance(state, AnswerPending):
            assert words[-1].is_from_clinic
            assert any(each.filed_at is None for each in words)


def test_what_waits_for_the_journal_is_not_read() -> None:
    """D-MAIL-3: nothing counts as read that the patient cannot have been shown."""
    for state in REACHED:
        for each in state.messages:
            assert each.read_at is None or (each.is_from_clinic and each.filed_at is not None)
            assert not is_unread(each) or each.filed_at is not None
            assert each.withdrawn is None or not each.is_on_site


def test_a_renewal_is_answered_only_when_it_is_decided() -> None:
    """D-MAIL-6: and what a withdrawn message decided is decided no more."""
    for state in REACHED:
        renewal = state.terms.renewal
        if renewal is None:
            continue
        if isinstance(state, Answered):
            assert renewal.decision is not None
        if renewal.decision is not None:
            (decided,) = [m for m in state.messages if m.message == renewal.decision.message]
            assert decided.withdrawn is None


def test_every_command_but_the_first_needs_a_conversation() -> None:
    """S-MAIL-1: nothing happens to a conversation that nobody has begun."""
    for name, command in MACHINE.commands:
        decided = conversation.decide(NoConversation(), command)
        if not name.startswith("Begin"):
            assert decided == Failure(ConversationRefusal.NO_CONVERSATION)


def test_everything_done_twice_is_done_once_or_refused() -> None:
    """faults: 182. A command that went through changes nothing when it comes again at once."""
    for state in OBSERVED.reached:
        for name, command in MACHINE.commands:
            first: Any = conversation.decide(state, command)
            if isinstance(first, Failure):
                continue
            after: Any = state
            for event in first.unwrap():
                after = life.evolve(after, event)
            again: Any = conversation.decide(after, command)
            assert isinstance(again, Failure) or again.unwrap() == (), name


@pytest.mark.parametrize("reader", Reader)
def test_every_state_has_its_sentence(reader: Reader) -> None:
    """D-MAIL-3, D-MAIL-6: nothing is called answered or sent before it is, nor a renewal ready."""
    for state in REACHED:
        said = sentence(state, reader)
        text = f"{said.text.da} {said.text.en}".lower()
        assert "@" not in text
        if reader is Reader.STAFF:
            assert (said.acts is Acts.NOBODY) == (not waits_for_clinic(state))
        elif isinstance(state, AwaitingClinic | AnswerPending):
            assert said.acts is Acts.CLINIC
            assert "har svaret" not in text
            assert "has answered" not in text
        renewal = state.terms.renewal
        approved = (
            renewal and renewal.decision and renewal.decision.said is RenewalDecision.APPROVED
        )
        assert "klinikken har sagt ja" not in text or approved


@pytest.mark.parametrize(
    ("medicine", "blocked"),
    [
        (Medicine("Tramadol", Chosen.FROM_LIST), Blocked.EXACTLY),
        (Medicine("  TRAMADOL\u200b ", Chosen.FROM_LIST), Blocked.EXACTLY),
        (Medicine("Dolol", Chosen.FROM_LIST, substance="tramadol"), Blocked.EXACTLY),
        (Medicine("Dolol", Chosen.FROM_LIST, group="opioider"), Blocked.EXACTLY),
        (Medicine("Tramadol Actavis 50 mg", Chosen.FROM_LIST), Blocked.MAYBE),
        (Medicine("Amlodipin 5 mg", Chosen.FROM_LIST), Blocked.NOT),
        (Medicine("", Chosen.TYPED), Blocked.NOT),
    ],
)
def test_a_medicine_meets_the_block_list(medicine: Medicine, blocked: Blocked) -> None:
    """D-MAIL-6: by name, substance or group exactly; by a word in common, maybe."""
    listed = (BlockedMedicine("Tramadol"), BlockedMedicine("Opioider"))
    assert blocked_by(medicine, listed)[0] is blocked
