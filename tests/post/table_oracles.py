"""What the table of digital post must answer, written a second time from the rulebook's text."""

from typing import Final

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
from eservices_core.texts import NextStep, Text
from tests.tools.oracles import Expected, Oracles, Said, Script

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


ORACLES: Final[Oracles] = ((SENDING, sending),)

_CALL: Final = Text("Ring til klinikken.", "Call the clinic.")

SAID: Final[Script] = {
    "post.sending": {
        "not_bought": Said(("tilvalg", "add-on"), _CALL),
        "no_transport": Said(("ikke sat op", "not set it up"), _CALL),
        "deceased": Said(("er død", "has died"), _CALL),
        "nobody_chosen": Said(("under 15", "under 15"), _CALL),
        "somebody_else": Said(("fyldt 15", "turned 15"), _CALL),
        "replacement_number": Said(("erstatningsnummer", "replacement number"), _CALL),
        "exempt": Said(("fritaget", "exempt"), _CALL),
        "mailbox_closed": Said(("lukket", "closed"), _CALL),
        "no_mailbox": Said(("kender ikke", "does not know"), _CALL),
        "cannot_receive": Said(("siger ikke hvorfor", "not say why"), _CALL),
        "silent": Said(("svarer ikke", "no answer"), _CALL),
        "can_receive": Said(("i sin digitale postkasse", "in their digital mailbox"), _CALL),
    },
}
"""For each table and row, a telling phrase of what staff read; patients are told to call."""
