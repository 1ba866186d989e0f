"""Every command in every state, before and after the deadline and the start (D-BOOK-4).

The table is written by hand from the rulebook. A cell is the event that follows, `-` for nothing,
or the reason of the refusal.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, get_args

import pytest

from eservices_core.booking.booking import decide
from eservices_core.booking.cancelling import Who
from eservices_core.booking.commands import (
    Approve,
    BookForPatient,
    BookingRefusal,
    Cancel,
    Command,
    Decline,
    Join,
    LetTimePass,
    Move,
    NoteAmbiguous,
    NoteCalendar,
    NoteFailed,
    NoteHandedOver,
    NoteInCalendar,
    NoteOpened,
    NoteReported,
    RecordAttended,
    RecordMissed,
    RecordTold,
    Request,
    Resend,
    Seen,
    SettleConflict,
)
from eservices_core.booking.delivery import Evidence
from eservices_core.booking.life import Event
from eservices_core.booking.states import Booking
from eservices_core.booking.terms import ConflictKind
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import UserId
from tests.booking.bookings import (
    ANNE,
    BO,
    DAY,
    DEADLINE,
    END,
    HOUR,
    M1,
    M2,
    NEXT_DAY,
    NO_BOUNCE,
    NOTICE,
    NOW,
    OTHER,
    REPORTED,
    START,
    STATES,
    TERMS,
    TICK,
    TIME,
    WINDOW,
)

SEEN: Final = Seen(ConflictKind.CLASH, "digest")

COMMANDS: Final[dict[str, Callable[[datetime], Command]]] = {
    "request": lambda at: Request(TERMS, at, at + HOUR),
    "book": lambda at: BookForPatient(TERMS, ANNE, (), M2, at),
    "approve": lambda at: Approve(ANNE, M2, at),
    "decline": lambda at: Decline(ANNE, M2, at),
    "cancel_patient": lambda at: Cancel(Who.PATIENT, None, M2, at, NOTICE),
    "cancel_link": lambda at: Cancel(Who.LINK, None, M2, at, NOTICE),
    "cancel_clinic": lambda at: Cancel(Who.CLINIC, ANNE, M2, at, NOTICE),
    "cancel_dead": lambda at: Cancel(Who.DEATH, ANNE, None, at, NOTICE),
    "move_staff": lambda at: Move(OTHER, NEXT_DAY, BO, M2, at, at + HOUR),
    "move_patient": lambda at: Move(OTHER, NEXT_DAY, None, M2, at, at + HOUR),
    "resend": lambda at: Resend(M2, BO, at),
    "handed_over": lambda at: NoteHandedOver(M1, NOW, at, NO_BOUNCE),
    "ambiguous": lambda at: NoteAmbiguous(M1, at),
    "failed": lambda at: NoteFailed(M1, may_have_arrived=False, at=at),
    "reported": lambda at: NoteReported(M1, at, REPORTED),
    "other_handed_over": lambda at: NoteHandedOver(M2, NOW, at, NO_BOUNCE),
    "other_ambiguous": lambda at: NoteAmbiguous(M2, at),
    "other_failed": lambda at: NoteFailed(M2, may_have_arrived=True, at=at),
    "other_reported": lambda at: NoteReported(M2, at, REPORTED),
    "opened": NoteOpened,
    "told": lambda at: RecordTold(Evidence.CALL, BO, at),
    "time": lambda at: LetTimePass(at, M2, NO_BOUNCE, WINDOW, None),
    "attended": lambda at: RecordAttended(ANNE, at),
    "missed": lambda at: RecordMissed(ANNE, at),
    "clash": lambda at: NoteCalendar(SEEN, at),
    "agrees": lambda at: NoteCalendar(None, at),
    "settle": lambda at: SettleConflict(ANNE, at),
    "written": lambda _: NoteInCalendar(TIME),
    "join": lambda _: Join(UserId("user"), ANNE),
}

_ENDED: Final = ["declined", "cancelled", "expired", "over", "over"]
_NEWEST: Final = "not_the_newest_mail"
_STAFF_MOVE: Final = "staff_move_what_is_approved"

# The states: none, requested; approved with nobody to mail, queued, handed over, ambiguous,
# undelivered, confirmed; declined, cancelled, expired, attended, missed.
BEFORE: Final[dict[str, list[str]]] = {
    "request": ["TimeRequested", *["exists"] * 12],
    "book": ["BookedByStaff", *["exists"] * 12],
    "approve": ["no_booking", "BookingApproved", *["already_approved"] * 6, *_ENDED],
    "decline": ["no_booking", "BookingDeclined", *["already_approved"] * 6, *_ENDED],
    "cancel_patient": ["no_booking", *["BookingCancelled"] * 7, *_ENDED],
    "cancel_link": ["no_booking", *["BookingCancelled"] * 7, *_ENDED],
    "cancel_clinic": ["no_booking", *["BookingCancelled"] * 7, *_ENDED],
    "cancel_dead": ["no_booking", *["BookingCancelled"] * 7, *_ENDED],
    "move_staff": ["no_booking", *["BookingMoved"] * 7, *_ENDED],
    "move_patient": ["no_booking", "BookingMoved", *[_STAFF_MOVE] * 6, *_ENDED],
    "resend": [
        "no_booking",
        "not_approved",
        *["ConfirmationResent"] * 5,
        "already_confirmed",
        *_ENDED,
    ],
    "handed_over": [
        "no_booking",
        "not_approved",
        _NEWEST,
        "ConfirmationHandedOver",
        "-",
        "ConfirmationHandedOver",
        "-",
        "-",
        *_ENDED,
    ],
    "ambiguous": [
        "no_booking",
        "not_approved",
        _NEWEST,
        "ConfirmationAmbiguous",
        "-",
        "-",
        "-",
        "-",
        *_ENDED,
    ],
    "failed": [
        "no_booking",
        "not_approved",
        _NEWEST,
        *["ConfirmationFailed"] * 3,
        "-",
        "ConfirmationFailed",
        *_ENDED,
    ],
    "reported": [
        "no_booking",
        "not_approved",
        _NEWEST,
        *["BookingConfirmed"] * 4,
        "-",
        *_ENDED,
    ],
    "other_handed_over": ["no_booking", "not_approved", *[_NEWEST] * 6, *_ENDED],
    "other_ambiguous": ["no_booking", "not_approved", *[_NEWEST] * 6, *_ENDED],
    "other_failed": ["no_booking", "not_approved", *[_NEWEST] * 6, *_ENDED],
    "other_reported": ["no_booking", "not_approved", *[_NEWEST] * 6, *_ENDED],
    "opened": [
        "no_booking",
        "-",
        *["BookingConfirmed"] * 5,
        "-",
        *["PatientTold"] * 3,
        "over",
        "over",
    ],
    "told": [
        "no_booking",
        "not_approved",
        *["BookingConfirmed"] * 5,
        "already_confirmed",
        *["PatientTold"] * 3,
        "over",
        "over",
    ],
    "time": ["-"] * 13,
    "attended": ["no_booking", *["not_begun"] * 7, *_ENDED],
    "missed": ["no_booking", *["not_begun"] * 7, *_ENDED],
    "clash": ["no_booking", *["ConflictFound"] * 7, *_ENDED],
    "agrees": ["no_booking", *["-"] * 7, *_ENDED],
    "settle": ["no_booking", *["no_conflict"] * 7, *_ENDED],
    "written": ["no_booking", *["CalendarBroughtUpToDate"] * 12],
    "join": ["no_booking", *["not_a_guest"] * 12],
}

WHATEVER_THE_TIME: Final = {"request", "book", "written", "join"}
APPROVED: Final = slice(2, 8)
NAMES: Final = list(STATES)


def _expected(command: str, at: datetime) -> list[str]:
    """The row of the table, with what the deadline and the start change of it."""
    row = list(BEFORE[command])
    if at >= DEADLINE:
        if command == "time":
            row[NAMES.index("requested")] = "BookingExpired"
            row[NAMES.index("handed_over")] = "BookingConfirmed"
        elif command not in WHATEVER_THE_TIME:
            row[NAMES.index("requested")] = "expired"
    if at >= START:
        if command in {"request", "book"}:
            row[0] = "has_begun"
        elif command == "time":
            row[NAMES.index("handed_over")] = "-"
        elif command == "attended":
            row[APPROVED] = ["PatientAttended"] * 6
        elif command == "missed":
            row[APPROVED] = ["PatientMissed"] * 6
        elif command not in WHATEVER_THE_TIME:
            row[APPROVED] = ["has_begun"] * 6
    return row


def _answer(state: Booking, command: Command) -> str:
    outcome = decide(state, command)
    if isinstance(outcome, Failure):
        return str(outcome.failure().value)
    return "+".join(type(event).__name__ for event in outcome.unwrap()) or "-"


MOMENTS: Final = {
    "long before": NOW,
    "just before the deadline": DEADLINE - TICK,
    "at the deadline": DEADLINE,
    "just before the start": START - TICK,
    "at the start": START,
    "at the end": END,
    "a year later": END + 365 * DAY,
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_answer_in_every_state(command: str, moment: str) -> None:
    """D-BOOK-4: every command in every state is the allowed move or the refusal that is written."""
    at = MOMENTS[moment]
    asked = COMMANDS[command](at)
    expected = _expected(command, at)
    if command == "time" and NOW < at < DEADLINE:
        expected[NAMES.index("handed_over")] = "BookingConfirmed"
    found = [_answer(state, asked) for state in STATES.values()]
    assert dict(zip(NAMES, found, strict=True)) == dict(zip(NAMES, expected, strict=True))


def test_the_matrix_is_whole() -> None:
    """D-BOOK-4: no class of command and no class of state is left out of the matrix."""
    assert BEFORE.keys() == COMMANDS.keys()
    assert {type(make(NOW)) for make in COMMANDS.values()} == set(get_args(Command))
    assert {type(state) for state in STATES.values()} == set(get_args(Booking))
    assert {len(row) for row in BEFORE.values()} == {len(STATES)}


def test_every_answer_is_seen() -> None:
    """D-BOOK-4: but for those that need a special case, every refusal and event is in the table."""
    cells = {cell for name in COMMANDS for at in MOMENTS.values() for cell in _expected(name, at)}
    special = {"in_conflict", "same_time", "knows_already"}
    assert {each.value for each in BookingRefusal} - cells == special
    seen = {kind.__name__ for kind in get_args(Event)} & cells
    rest = {kind.__name__ for kind in get_args(Event)} - seen
    assert rest == {
        "StaffReminded",
        "PatientReminded",
        "ConflictGone",
        "ConflictSettled",
        "GuestJoined",
    }
