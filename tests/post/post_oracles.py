"""What the table of digital post must answer, written a second time from the rulebook's text."""

from typing import Any, Final

from eservices_core.clinic.booking_settings import Switch
from eservices_core.post.sending import (
    SENDING,
    Addressee,
    Life,
    Numbered,
    Reach,
    SendFacts,
    Sending,
    Transport,
)
from eservices_core.tables import Table
from eservices_core.texts import NextStep, Text
from tests.access.oracles import Expected

_PAPER: Final = NextStep.SEND_ON_PAPER


def sending(facts: SendFacts) -> Expected:
    """S-POST-2 first, then the dead, then whom it is to, then whether they can get it."""
    if facts.bought is Switch.OFF:
        return Expected("not_bought", Sending.NO, "S-POST-2", _PAPER)
    if facts.transport is Transport.NONE:
        return Expected("no_transport", Sending.NO, "S-POST-1", _PAPER)
    if facts.life is Life.DECEASED:
        return Expected("deceased", Sending.NO, "D-ACC-20", NextStep.GO_ON)
    if facts.addressee in (Addressee.NOBODY_CHOSEN, Addressee.SOMEBODY_ELSE):
        return Expected(facts.addressee.value, Sending.NO, "D-POST-2", NextStep.CHOOSE_RECIPIENT)
    if facts.numbered is Numbered.REPLACEMENT:
        return Expected("replacement_number", Sending.ON_PAPER, "D-POST-2", _PAPER)
    if facts.reach is Reach.SILENT:
        return Expected("silent", Sending.NO, "D-POST-2", NextStep.TRY_AGAIN)
    if facts.reach is Reach.CAN_RECEIVE:
        return Expected("can_receive", Sending.SEND, "D-POST-2", NextStep.GO_ON)
    names = {
        Reach.EXEMPT: "exempt",
        Reach.CLOSED: "mailbox_closed",
        Reach.UNKNOWN: "no_mailbox",
        Reach.CANNOT_RECEIVE: "cannot_receive",
    }
    return Expected(names[facts.reach], Sending.ON_PAPER, "D-POST-2", _PAPER)


_CALL: Final = Text("Ring til klinikken.", "Call the clinic.")
SAID: Final = {
    "not_bought": ("tilvalg", "add-on"),
    "no_transport": ("ikke sat op", "not set it up"),
    "deceased": ("er død", "has died"),
    "nobody_chosen": ("under 15", "under 15"),
    "somebody_else": ("fyldt 15", "turned 15"),
    "replacement_number": ("erstatningsnummer", "replacement number"),
    "exempt": ("fritaget", "exempt"),
    "mailbox_closed": ("lukket", "closed"),
    "no_mailbox": ("kender ikke", "does not know"),
    "cannot_receive": ("siger ikke hvorfor", "not say why"),
    "silent": ("svarer ikke", "no answer"),
    "can_receive": ("i sin digitale postkasse", "in their digital mailbox"),
}
"""For each row, a telling phrase of what staff read."""


def check_sending(table: Table[Any, Any]) -> None:
    """Raise AssertionError unless the table answers every case, and says, what it must."""
    assert [row.name for row in table.rows] == list(SAID)
    for row in table.rows:
        danish, english = SAID[row.name]
        assert danish in row.says.staff.da, row.name
        assert english in row.says.staff.en, row.name
        assert row.says.patient == _CALL, row.name
    for facts in table.cases():
        row, expected = table.decide(facts), sending(facts)
        answer = Expected(row.name, row.then, row.rule, row.next_step, row.since)
        assert answer == expected, f"{facts}: {answer} instead of {expected}"


TABLES: Final = {SENDING.name: check_sending}
