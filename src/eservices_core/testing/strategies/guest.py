"""Strategies for the events of booking without a user, and of the link in its mails."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.booking import guest, link
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.words import identifiers, instants
from eservices_core.words.identifiers import (
    AttemptId,
    BookingId,
    BrowserId,
    ClinicId,
    ContentId,
    Pseudonym,
)


def guest_events() -> dict[type[Any], SearchStrategy[guest.Event | guest.ListEvent | link.Event]]:
    """Give a strategy for every class of event."""
    digests = st.text("0123456789abcdef", min_size=64, max_size=64)
    attempts = identifiers(AttemptId)
    return {
        guest.CodeSent: built(
            guest.CodeSent,
            clinic=identifiers(ClinicId),
            address=identifiers(Pseudonym),
            network=identifiers(Pseudonym),
            wish=identifiers(ContentId),
            browser=identifiers(BrowserId),
            code_digest=digests,
            at=instants(),
            expires_at=instants(),
            tries=st.integers(min_value=1, max_value=100),
        ),
        guest.CodeSentAgain: built(
            guest.CodeSentAgain, code_digest=digests, at=instants(), expires_at=instants()
        ),
        guest.CodeTried: built(guest.CodeTried),
        guest.AddressProved: built(guest.AddressProved, booking=identifiers(BookingId)),
        guest.AttemptEnded: built(guest.AttemptEnded),
        guest.AttemptListed: built(guest.AttemptListed, attempt=attempts),
        guest.AttemptUnlisted: built(guest.AttemptUnlisted, attempt=attempts),
        link.CancelCodeTried: built(link.CancelCodeTried, at=instants()),
        link.CancelCodeWasRight: built(link.CancelCodeWasRight),
    }
