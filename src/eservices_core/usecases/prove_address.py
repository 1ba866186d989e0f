"""Book without a user, step two (D-BOOK-7): the code from the mail is typed, and the time is held.

A try is taken in a unit of work of its own before anything is compared (D-ACC-13). Then everything
is decided again: the time may be gone, and the address may have as many open as anybody may.
"""

from typing import Final

from attrs import field, frozen

from eservices_core import events
from eservices_core.booking import guest
from eservices_core.booking.book import Asker
from eservices_core.booking.contact import Contact
from eservices_core.booking.guest import AwaitingCode, GuestRefusal
from eservices_core.booking.terms import Guest
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_refusals import WRONG_BOOKING_CODE
from eservices_core.usecases.bookings import write_contact
from eservices_core.usecases.guests import (
    CODE_PURPOSE,
    end_attempt,
    list_for_network,
    read_wish,
    room_for_network,
    stream_of,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.request_time import TimeAsked, ask
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import AttemptId, BookingId, BrowserId, ContentId
from eservices_core.words.secret import OneTimeCode


@frozen(kw_only=True)
class ProveAddress(Command):
    """Somebody typed the code.

    Attributes:
        code: as typed; anything.
    """

    attempt: AttemptId
    code: str = field(repr=False)
    browser: BrowserId


@frozen
class _Try:
    """A try that was taken: against which digest."""

    code_digest: str = field(repr=False)


@frozen
class AttemptIsOver:
    """It led to nothing, and nothing is kept of what was wished for."""


def prove_address(services: Services, command: ProveAddress) -> Outcome[TimeAsked, Refusal]:
    """Take a try, compare, and ask for the time: it is held from now on, or refused.

    An attempt that can lead nowhere any more is ended: the tries are gone, or the time was refused.
    """
    taken = _take_try(services, command)
    if isinstance(taken, Failure):
        return taken
    digest, identifier = taken.unwrap().code_digest, services.new_booking()
    typed = OneTimeCode.parse(command.code)
    matches = isinstance(typed, Success) and services.keys.same(
        services.keys.code(command.attempt, CODE_PURPOSE, typed.unwrap()), digest
    )

    def work(unit: Unit) -> Outcome[TimeAsked, Refusal]:
        unit.stream = stream_of(command.attempt)
        state = unit.state(events.GUEST, command.attempt)
        settle = guest.Settle(digest, matches, identifier, unit.at)
        decided = guest.decide(state, settle)
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        if not matches:
            return Failure(WRONG_BOOKING_CODE)
        assert isinstance(state, AwaitingCode)
        unit.add(events.GUEST, command.attempt, decided.unwrap())
        return _ask(unit, identifier, state)

    asked = perform(services, command, TimeAsked, work)
    if isinstance(asked, Failure):
        _end_what_leads_nowhere(services, command, asked.failure())
    return asked


def _take_try(services: Services, command: ProveAddress) -> Outcome[_Try, Refusal]:
    def work(unit: Unit) -> Outcome[_Try, Refusal]:
        unit.stream, unit.rule = stream_of(command.attempt), "D-BOOK-7"
        state = unit.state(events.GUEST, command.attempt)
        decided = guest.decide(state, guest.TakeTry(command.browser, unit.at))
        if isinstance(decided, Failure):
            return Failure(refusal_of(decided.failure()))
        assert isinstance(state, AwaitingCode)
        unit.add(events.GUEST, command.attempt, decided.unwrap())
        return Success(_Try(state.code_digest))

    return perform(services, command, _Try, work, "take_try", step="#1")


def _ask(unit: Unit, identifier: BookingId, attempt: AwaitingCode) -> Outcome[TimeAsked, Refusal]:
    """Ask for the time like anybody; the wish is not needed any more."""
    wish = read_wish(unit, attempt.wish)
    if wish is None:
        return Failure(refusal_of(GuestRefusal.OVER))
    room = room_for_network(unit, attempt.clinic, attempt.network)
    if isinstance(room, Failure):
        return room
    unit.erase(attempt.wish)
    asked = ask(
        unit,
        identifier,
        clinic=attempt.clinic,
        patient=Guest(attempt.address, _put(unit, wish.contact)),
        asker=Asker.WITHOUT_USER,
        asked=wish.asked,
        comment=wish.comment,
    )
    list_for_network(unit, attempt.clinic, attempt.network, identifier)
    return asked


def _put(unit: Unit, contact: Contact) -> ContentId:
    born = contact.birth_date.isoformat()
    return unit.put(write_contact(contact.name, born, contact.phone, contact.email.reveal()))


_MAY_GO_ON: Final = (WRONG_BOOKING_CODE, *(refusal_of(each) for each in GuestRefusal))
"""After these the right code, or another one, can still be typed while there are tries."""


def _end_what_leads_nowhere(services: Services, command: ProveAddress, why: Refusal) -> None:
    """Erase the wish at once where the code has worked in vain, or no try is left."""

    def leads_nowhere(unit: Unit) -> bool:
        state = unit.state(events.GUEST, command.attempt)
        return isinstance(state, AwaitingCode) and (state.tries_left == 0 or why not in _MAY_GO_ON)

    def work(unit: Unit) -> Outcome[AttemptIsOver, Refusal]:
        unit.stream, unit.rule = stream_of(command.attempt), "D-BOOK-7"
        if leads_nowhere(unit):
            end_attempt(unit, command.attempt)
        return Success(AttemptIsOver())

    if leads_nowhere(Unit(services, command)):
        _ = perform(services, command, AttemptIsOver, work, "end_attempt", step="#3")
