from typing import Any, cast

import pytest

from eservices_core.booking.lists import (
    BookingEnded,
    BookingListed,
    LaidOnDesk,
    PatientBookings,
    TakenOffDesk,
    lay,
    list_booking,
    patient_key,
)
from eservices_core.booking.terms import Guest, OfUser, OnCard
from eservices_core.words.identifiers import BookingId, ClinicId, ContentId, Pseudonym, UserId

A, B, C = BookingId("a"), BookingId("b"), BookingId("c")


def test_a_patients_bookings_are_open_until_they_end() -> None:
    """D-BOOK-10: the limit counts what has not ended, in the order in which it was made."""
    state = PatientBookings()
    assert (state.open, state.ended) == ((), ())
    for booking in (A, B, C):
        state = list_booking(state, BookingListed(booking))
    assert state == PatientBookings((A, B, C), ())
    state = list_booking(state, BookingEnded(B))
    assert state == PatientBookings((A, C), (B,))
    state = list_booking(state, BookingEnded(A))
    assert state == PatientBookings((C,), (B, A))


def test_a_patient_has_a_list_of_their_own_at_each_clinic() -> None:
    """D-BOOK-10, D-LOG-2: by user, by master card or by address; and none is another's."""
    one, two = ClinicId("one"), ClinicId("two")
    card, guest = (
        OnCard(Pseudonym("anna"), ContentId("card")),
        Guest(Pseudonym("anna"), ContentId("contact")),
    )
    assert patient_key(one, OfUser(UserId("anna"))) == "one/user/anna"
    assert patient_key(one, card) == "one/card/anna"
    assert patient_key(one, guest) == "one/guest/anna"
    assert patient_key(two, guest) == "two/guest/anna"


def test_what_is_not_open_cannot_end() -> None:
    """D-BOOK-4: an end is an end: nothing ends twice, and nothing that never was."""
    ended = PatientBookings((A,), (B,))
    for booking in (B, C):
        with pytest.raises(AssertionError):
            _ = list_booking(ended, BookingEnded(booking))


def test_the_desk_holds_what_needs_eyes() -> None:
    """D-BOOK-15: laid there in order, and gone when somebody has seen to it."""
    state: tuple[BookingId, ...] = ()
    for booking in (A, B, C):
        state = lay(state, LaidOnDesk(booking))
    assert state == (A, B, C)
    assert lay(state, TakenOffDesk(B)) == (A, C)
    assert lay((A,), TakenOffDesk(C)) == (A,)


def test_no_other_event_belongs_there() -> None:
    """D-BOOK-15: an event of another stream is a bug, and named."""
    for fold, state in ((list_booking, PatientBookings()), (lay, ())):
        with pytest.raises(AssertionError, match="nothing"):
            _ = cast("Any", fold)(state, "nothing")
