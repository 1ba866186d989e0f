"""Strategies for mail consultation: messages, and every event of a conversation.

Here: values as a ledger can hold them, each field named. Not here: histories that a conversation
can have (drive `conversation.decide` for those).
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.access.session import Method
from eservices_core.consultation import life, message
from eservices_core.consultation.states import CloseReason
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.people import staff_members
from eservices_core.testing.strategies.words import identifiers, instants
from eservices_core.words.identifiers import ClinicId, ContentId, EntryId, MessageId, UserId


def authors() -> SearchStrategy[message.Author]:
    """Draw who wrote a message."""
    return built(
        message.ByPatient,
        route=st.sampled_from(Method),
        urgency=st.sampled_from(message.Urgency),
    ) | built(message.ByClinic, staff=staff_members())


def messages() -> SearchStrategy[message.Message]:
    """Draw a message, in whatever has become of it."""
    records = identifiers(ContentId)
    files = built(
        message.Attachment, data=records, name=records, kind=st.sampled_from(message.FileKind)
    )
    withdrawn = built(message.Withdrawn, by=staff_members(), at=instants())
    return built(
        message.Message,
        message=identifiers(MessageId),
        author=authors(),
        text=records,
        files=st.lists(files, max_size=3).map(tuple),
        at=instants(),
        entry=identifiers(EntryId),
        filed_at=st.none() | instants(),
        read_at=st.none() | instants(),
        off=st.none() | st.sampled_from(message.OffBecause),
        withdrawn=st.none() | withdrawn,
    )


def conversation_terms() -> SearchStrategy[message.Terms]:
    """Draw whose conversation it is, and what it is about."""
    decision = built(
        message.Decision,
        said=st.sampled_from(message.RenewalDecision),
        message=identifiers(MessageId),
    )
    renewal = built(
        message.Renewal,
        medicine=identifiers(ContentId),
        doubt=st.sampled_from(message.Doubt),
        decision=st.none() | decision,
    )
    topics = [topic for topic in message.Topic if topic is not message.Topic.RENEWAL]
    user, clinic = identifiers(UserId), identifiers(ClinicId)
    return built(
        message.Terms, user=user, clinic=clinic, topic=st.sampled_from(topics), renewal=st.none()
    ) | built(
        message.Terms,
        user=user,
        clinic=clinic,
        topic=st.just(message.Topic.RENEWAL),
        renewal=renewal,
    )


def conversation_events() -> dict[type[Any], SearchStrategy[life.Event]]:
    """Give a strategy for every event of a conversation."""
    staff, names = staff_members(), identifiers(MessageId)
    return {
        life.ConversationBegun: built(
            life.ConversationBegun, terms=conversation_terms(), message=messages()
        ),
        life.MessageAdded: built(life.MessageAdded, message=messages()),
        life.RenewalDecided: built(
            life.RenewalDecided,
            decision=st.sampled_from(message.RenewalDecision),
            message=messages(),
        ),
        life.MessageFiled: built(life.MessageFiled, message=names, at=instants()),
        life.MessagesRead: built(
            life.MessagesRead, messages=st.lists(names, max_size=3).map(tuple), at=instants()
        ),
        life.MessageKeptOff: built(
            life.MessageKeptOff,
            message=names,
            by=staff,
            because=st.none() | st.sampled_from(message.OffBecause),
        ),
        life.MessageWithdrawn: built(life.MessageWithdrawn, message=names, by=staff, at=instants()),
        life.ConversationClosed: built(
            life.ConversationClosed, by=staff, reason=st.sampled_from(CloseReason), at=instants()
        ),
        life.ConversationReopened: built(life.ConversationReopened, by=staff),
        life.PatientHasLeft: built(life.PatientHasLeft),
        life.ConversationKept: built(life.ConversationKept, by=staff),
    }
