"""Book without a user, step one (S-BOOK-6, D-BOOK-7): wish for a time, and have a code sent.

Nothing is claimed before the code has come back (`prove_address`). No account is read or changed:
whether somebody is a patient makes no difference to any answer, mail, count or cost in either step.
Cancelling by the mail's link is `book_by_link`.
"""

from datetime import date, datetime, timedelta

from attrs import field, frozen

from eservices_core import events
from eservices_core.booking import guest
from eservices_core.booking.asking import ASKING, Answer, AskFacts, Comment, OpenBookings, Reach
from eservices_core.booking.book import Asked, Asker
from eservices_core.booking.bookable import Offer
from eservices_core.booking.contact import Written, read_contact
from eservices_core.booking.guest import AttemptListed, AwaitingCode, GuestRefusal
from eservices_core.booking.offered import start_asked_for, why_not
from eservices_core.correspondence.messages import CodeToType
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases.booking_refusals import COMMENT_TOO_LONG
from eservices_core.usecases.bookings import book_of, enquiry_of, settings_of
from eservices_core.usecases.guests import (
    CODE_PURPOSE,
    Wish,
    count_code,
    day_key,
    read_wish,
    room_for_network,
    stream_of,
    write_wish,
)
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_by_name, refusal_of, refusal_of_row
from eservices_core.usecases.request_time import COMMENT_MAX
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.clinic_time import clinic_date
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    AttemptId,
    BrowserId,
    ClinicId,
    PractitionerId,
    TypeId,
)
from eservices_core.words.secret import CODE_ENTROPY_BYTES, OneTimeCode


@frozen(kw_only=True)
class AskWithoutUser(Command):
    """Somebody without a user wishes for a time.

    Attributes:
        at: when it would begin: an aware instant, or what the clinic's wall clock shows.
        comment: what it is about; at most `COMMENT_MAX` characters.
        browser: where; the code works there only.
        network: the portal's name for the caller's network, opaque; only its keyed hash is kept.
    """

    clinic: ClinicId
    practitioner: PractitionerId
    type: TypeId
    at: datetime
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    email: EmailAddress
    comment: str | None = field(default=None, repr=False)
    browser: BrowserId
    network: str = field(repr=False)


@frozen
class CodeIsSent:
    """A code is on its way; nothing is held yet.

    Attributes:
        expires_at: the last instant of the code is the one before.
    """

    attempt: AttemptId
    expires_at: datetime


def ask_without_user(services: Services, command: AskWithoutUser) -> Outcome[CodeIsSent, Refusal]:
    """Look whether the time is offered without a user, and send a code to the address."""
    attempt = services.new_attempt()

    def work(unit: Unit) -> Outcome[CodeIsSent, Refusal]:
        unit.stream, unit.rule = stream_of(attempt), "D-BOOK-7"
        read = _read(unit, command)
        if isinstance(read, Failure):
            return read
        wish, keys = read.unwrap(), unit.services.keys
        address, network = keys.mailbox(command.email), keys.network(command.network)
        room = room_for_network(unit, command.clinic, network)
        if isinstance(room, Failure):
            return room
        counted = count_code(unit, address, network)
        if isinstance(counted, Failure):
            return counted
        code, expires_at = _draw(unit)
        begin = guest.Begin(
            clinic=command.clinic,
            address=address,
            network=network,
            wish=unit.put(write_wish(wish)),
            browser=command.browser,
            code_digest=keys.code(attempt, CODE_PURPOSE, code),
            at=unit.at,
            expires_at=expires_at,
            tries=unit.services.access.codes.tries_per_code,
        )
        unit.add(events.GUEST_ATTEMPTS, day_key(command.clinic, unit.at), (AttemptListed(attempt),))
        return _send(unit, attempt, begin, code, command.email)

    return perform(services, command, CodeIsSent, work)


def _read(unit: Unit, command: AskWithoutUser) -> Outcome[Wish, Refusal]:
    """Read what is wished for: is it a time that is offered now, and are the fields in order?"""
    if command.comment is not None and len(command.comment) > COMMENT_MAX:
        return Failure(COMMENT_TOO_LONG)
    written = Written(
        name=command.name,
        birth_date=command.birth_date,
        phone=command.phone,
        email=command.email,
        comment=command.comment,
    )
    contact = read_contact(written, clinic_date(unit.at))
    if isinstance(contact, Failure):
        return Failure(refusal_of(contact.failure()))
    asked = Asked(command.practitioner, command.type, command.at)
    book = book_of(unit, command.clinic, asked.practitioner)
    offer = why_not(enquiry_of(unit, command.clinic, Asker.WITHOUT_USER), book, asked)
    if offer.then is not Offer.OFFERED:
        return Failure(refusal_by_name(offer))
    start = start_asked_for(asked.at)
    assert start is not None, "what is offered has its minutes"
    row = ASKING.decide(_facts(unit, command))
    if row.then is not Answer.MAY_ASK:
        return Failure(refusal_of_row(row, row.then))
    wish = Wish(asked.practitioner, asked.type, start, contact.unwrap(), command.comment)
    return Success(wish)


def _facts(unit: Unit, command: AskWithoutUser) -> AskFacts:
    """What can be asked before the address is proved: how many are open is its owner's to know."""
    settings = settings_of(unit, command.clinic)
    who, kind = settings.practitioner(command.practitioner), settings.type(command.type)
    assert who is not None, "the time is offered"
    assert kind is not None, "the time is offered"
    written = command.comment and command.comment.strip()
    return AskFacts(
        reach=Reach.ADDRESS,
        open_bookings=OpenBookings.BELOW_LIMIT,
        comment=Comment.WRITTEN if written else Comment.NONE,
        comment_rule=settings.comment_on(who, kind),
    )


def _draw(unit: Unit) -> tuple[OneTimeCode, datetime]:
    code = OneTimeCode.from_entropy(unit.services.chance.entropy(CODE_ENTROPY_BYTES))
    lives: timedelta = unit.services.access.codes.lifetime
    return code, unit.at + lives


def _send(
    unit: Unit,
    attempt: AttemptId,
    command: guest.Begin | guest.SendAgain,
    code: OneTimeCode,
    to: EmailAddress,
) -> Outcome[CodeIsSent, Refusal]:
    decided = guest.decide(unit.state(events.GUEST, attempt), command)
    if isinstance(decided, Failure):
        return Failure(refusal_of(decided.failure()))
    unit.add(events.GUEST, attempt, decided.unwrap())
    sent = unit.state(events.GUEST, attempt)
    assert isinstance(sent, AwaitingCode)
    unit.mail(CodeToType(code, sent.expires_at), to)
    return Success(CodeIsSent(attempt, sent.expires_at))


# --- another code for the same attempt ---------------------------------------------------------


@frozen(kw_only=True)
class SendAnotherBookingCode(Command):
    """The code did not come; only the newest one counts."""

    attempt: AttemptId
    browser: BrowserId


def send_another_booking_code(
    services: Services, command: SendAnotherBookingCode
) -> Outcome[CodeIsSent, Refusal]:
    """Send a new code in the same attempt; the tries that are gone stay gone."""

    def work(unit: Unit) -> Outcome[CodeIsSent, Refusal]:
        unit.stream, unit.rule = stream_of(command.attempt), "D-BOOK-7"
        state = unit.state(events.GUEST, command.attempt)
        wish = read_wish(unit, state.wish) if isinstance(state, AwaitingCode) else None
        if not isinstance(state, AwaitingCode) or wish is None:
            reason = guest.why_no_code(state, command.browser, unit.at)
            return Failure(refusal_of(reason or GuestRefusal.OVER))
        code, expires_at = _draw(unit)
        digest = unit.services.keys.code(command.attempt, CODE_PURPOSE, code)
        again = guest.SendAgain(command.browser, digest, unit.at, expires_at)
        sent = _send(unit, command.attempt, again, code, wish.contact.email)
        if isinstance(sent, Failure):
            return sent
        counted = count_code(unit, state.address, state.network)
        if isinstance(counted, Failure):
            return counted
        unit.withdraw_mails(stream=stream_of(command.attempt))
        return sent

    return perform(services, command, CodeIsSent, work)
