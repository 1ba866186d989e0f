"""The section [booking] of a clinic's file of settings: its appointment book (D-BOOK-10).

Here: which keys there are, said once for the reader and for the JSON Schema, and what of several
keys must fit together. All that is wrong is said at once, by table and key, and no value is
repeated. Not here: the file (`settings`), and writing one (`settings_writing`).

    [booking]
    place = "Storegade 1, 8000 Aarhus C"
    earliest_notice = "4 hours"

    [[booking.opening]]
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    from = "08:00"
    to = "16:00"

    [[booking.type]]
    id = "consultation"
    name = { da = "Konsultation", en = "Consultation" }
    length = 15

    [[booking.practitioner]]
    id = "anna"
    name = "Anna Holm"
    types = ["consultation"]

    [[booking.practitioner.template]]
    first_week = 2026-08-31

    [[booking.practitioner.template.period]]
    days = ["monday", "thursday"]
    from = "08:00"
    to = "11:30"
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from eservices_adapters.config.form import Form
from eservices_adapters.config.kinds import (
    CLOCK,
    DAY,
    WEEKDAYS,
    Weekday,
    duration,
    identifier,
    integer,
    list_of,
    one_of,
    or_never,
    text,
)
from eservices_core.clinic.booking_settings import (
    AppointmentType,
    BookingSettings,
    ClosedPeriod,
    CommentRule,
    DayException,
    DayPeriod,
    Grade,
    OwnLength,
    Period,
    Practitioner,
    Switch,
    WeekTemplate,
    overlapping,
    twice,
)
from eservices_core.texts import Text
from eservices_core.words.identifiers import PractitionerId, StaffId, TypeId

_DEFAULT: Final = BookingSettings()
_MANY: Final = 200
"""The most entries of any list in the file, far above what a clinic has."""

_WEEKS: Final = 12
"""The most weeks that take turns."""

_SWITCH: Final = one_of(Switch)
_COMMENT: Final = one_of(CommentRule)
_LENGTH: Final = integer(1, 24 * 60)
_PAUSE: Final = integer(0, 24 * 60)
_TYPE: Final = identifier(TypeId)
_TYPES: Final = list_of(_TYPE, 0, _MANY)
_NAME: Final = text(100)
_SENTENCES: Final = text(500)
_NOTICE: Final = duration("0 min", "30 days")
_WAIT: Final = duration("1 min", "30 days")


def read_booking(form: Form) -> BookingSettings | None:
    """Read the section, or write down what may stand in it; None if anything was refused."""
    place = form.optional("place", _NAME, _DEFAULT.place)
    booking = form.optional("booking", _SWITCH, _DEFAULT.booking)
    notice = form.optional("earliest_notice", _NOTICE, _DEFAULT.earliest_notice)
    horizon = form.optional("horizon", duration("1 day", "731 days"), _DEFAULT.horizon)
    open_bookings = form.optional("open_bookings", integer(1, 20), _DEFAULT.open_bookings)
    cancelling = form.optional("cancellation_notice", _NOTICE, _DEFAULT.cancellation_notice)
    received = form.optional("received_when", one_of(Grade), _DEFAULT.received_when)
    window = form.optional("no_bounce_window", _WAIT, _DEFAULT.no_bounce_window)
    relay = form.optional("own_relay", _SWITCH, _DEFAULT.own_relay)
    stale = form.optional(
        "calendar_stale_after", duration("1 min", "24 hours"), _DEFAULT.calendar_stale_after
    )
    without_user = form.optional("without_user", _SWITCH, _DEFAULT.without_user)
    reception = form.optional("reception_approves", _SWITCH, _DEFAULT.reception_approves)
    comment = form.optional("comment", _COMMENT, _DEFAULT.comment)
    staff = form.optional("remind_staff_after", _WAIT, _DEFAULT.remind_staff_after)
    patient = form.optional(
        "remind_patient_before",
        or_never(duration("1 hour", "30 days")),
        _DEFAULT.remind_patient_before,
    )
    said = read_text(form, "text")
    opening = _opening(form)
    closed = [_closed(each) for each in form.tables("closed", _MANY)]
    types = _kinds(form)
    practitioners = _practitioners(form, types)
    form.end()
    if not form.well:
        return None
    return BookingSettings(
        place=place,
        booking=booking,
        opening=opening,
        practitioners=practitioners,
        types=types,
        closed=tuple(each for each in closed if each is not None),
        earliest_notice=notice,
        horizon=horizon,
        open_bookings=open_bookings,
        cancellation_notice=cancelling,
        received_when=received,
        no_bounce_window=window,
        own_relay=relay,
        calendar_stale_after=stale,
        without_user=without_user,
        reception_approves=reception,
        comment=comment,
        remind_staff_after=staff,
        remind_patient_before=None if isinstance(patient, str) else patient,
        text=said,
    )


def read_text(form: Form, key: str, *, required: bool = False) -> Text | None:
    """Read a text in both languages, as patients see it; None if it is not there."""
    said = form.table(key, required=required)
    if said is None:
        return None
    in_danish, in_english = said.required("da", _SENTENCES), said.required("en", _SENTENCES)
    said.end()
    return None if in_danish is None or in_english is None else Text(in_danish, in_english)


def _hours(form: Form) -> tuple[int, int] | None:
    start, end = form.required("from", CLOCK), form.required("to", CLOCK)
    if start is None or end is None:
        return None
    if start >= end:
        form.refuse("to", "is not later than from")
        return None
    return start, end


def _periods(form: Form, days: Iterable[Weekday], types: Iterable[TypeId]) -> tuple[Period, ...]:
    hours = _hours(form)
    if hours is None:
        return ()
    weekdays = sorted(list(Weekday).index(day) for day in days)
    return tuple(Period(weekday, *hours, frozenset(types)) for weekday in weekdays)


def _opening(form: Form) -> tuple[Period, ...]:
    found: tuple[Period, ...] = ()
    for each in form.tables("opening", _MANY):
        days = each.required("days", WEEKDAYS)
        found += _periods(each, days or (), ())
        each.end()
        if overlapping(found):
            each.refuse("from", "overlaps opening hours further up")
            return ()
    return found


def _closed(form: Form) -> ClosedPeriod | None:
    first, until = form.required("from", DAY), form.required("until", DAY)
    first_clock = form.optional("from_time", CLOCK, 0)
    until_clock = form.optional("until_time", CLOCK, 0)
    said = read_text(form, "text")
    form.end()
    if first is None or until is None:
        return None
    start, end = _moment(first, first_clock), _moment(until, until_clock)
    if start >= end:
        form.refuse("until", "is not later than from")
        return None
    return ClosedPeriod(start, end, said)


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time.min) + timedelta(minutes=minutes)


def _kinds(form: Form) -> tuple[AppointmentType, ...]:
    found: list[AppointmentType] = []
    for each in form.tables("type", _MANY):
        kind, name = each.required("id", _TYPE), read_text(each, "name", required=True)
        length = each.required("length", _LENGTH)
        pause = each.optional("pause", _PAUSE, 0)
        without_user = each.optional("without_user", _SWITCH, Switch.OFF)
        comment = each.optional("comment", _COMMENT, CommentRule.OPTIONAL)
        each.end()
        if kind is None or name is None or length is None:
            continue
        if any(kind == other.type for other in found):
            each.refuse("id", "stands twice")
            continue
        found.append(AppointmentType(kind, name, length, pause, without_user, comment))
    return tuple(found)


# --- practitioners -------------------------------------------------------------------------------


def _practitioners(form: Form, types: Iterable[AppointmentType]) -> tuple[Practitioner, ...]:
    known = frozenset(each.type for each in types)
    found: list[Practitioner] = []
    for each in form.tables("practitioner", _MANY):
        read = _practitioner(each, known)
        if read is not None and any(read.practitioner == other.practitioner for other in found):
            each.refuse("id", "stands twice")
        elif read is not None:
            found.append(read)
    return tuple(found)


def _practitioner(form: Form, known: frozenset[TypeId]) -> Practitioner | None:
    who, name = form.required("id", identifier(PractitionerId)), form.required("name", _NAME)
    staff = form.optional("staff", identifier(StaffId), None)
    types = form.optional("types", _TYPES, ())
    booking = form.optional("booking", _SWITCH, Switch.ON)
    without_user = form.optional("without_user", _SWITCH, Switch.ON)
    comment = form.optional("comment", _COMMENT, CommentRule.OPTIONAL)
    if form.well and not known.issuperset(types):
        form.refuse("types", "names a type that is not in the file")
    offered = frozenset(types)
    lengths = [_length(each, offered) for each in form.tables("length", _MANY)]
    templates = [_template(each, offered) for each in form.tables("template", _MANY)]
    exceptions = [_exception(each, offered) for each in form.tables("exception", 2 * _MANY)]
    form.end()
    read_templates = [each for each in templates if each is not None]
    read_exceptions = [each for each in exceptions if each is not None]
    read_lengths = [each for each in lengths if each is not None]
    if twice(each.type for each in read_lengths):
        form.refuse("length", "says twice how long a type is")
    if twice(each.first_week for each in read_templates):
        form.refuse("template", "begins twice in the same week")
    if twice(each.day for each in read_exceptions):
        form.refuse("exception", "stands twice for the same day")
    if who is None or name is None or not form.well:
        return None
    return Practitioner(
        practitioner=who,
        name=name,
        staff=staff,
        types=types,
        booking=booking,
        without_user=without_user,
        comment=comment,
        lengths=tuple(read_lengths),
        templates=tuple(read_templates),
        exceptions=tuple(read_exceptions),
    )


def _length(form: Form, offered: frozenset[TypeId]) -> OwnLength | None:
    kind, length = form.required("type", _TYPE), form.required("length", _LENGTH)
    pause = form.optional("pause", _PAUSE, 0)
    form.end()
    if kind is None or length is None:
        return None
    _refuse_strangers(form, "type", (kind,), offered)
    return OwnLength(kind, length, pause)


def _template(form: Form, offered: frozenset[TypeId]) -> WeekTemplate | None:
    first = form.required("first_week", DAY)
    count = form.optional("weeks", integer(1, _WEEKS), 1)
    weeks: list[tuple[Period, ...]] = [()] * count
    for each in form.tables("period", _MANY):
        turn = each.optional("week", integer(1, _WEEKS), 1)
        days = each.required("days", WEEKDAYS)
        types = each.optional("types", _TYPES, ())
        periods = _periods(each, days or (), types)
        each.end()
        _refuse_strangers(each, "types", types, offered)
        if turn > count:
            each.refuse("week", "is more than the template's weeks")
        elif overlapping(weeks[turn - 1] + periods):
            each.refuse("from", "overlaps a period of the same type further up")
        else:
            weeks[turn - 1] += periods
    form.end()
    if first is None:
        return None
    if first.weekday() != 0:
        form.refuse("first_week", "is no Monday")
        return None
    return WeekTemplate(first, tuple(weeks))


def _exception(form: Form, offered: frozenset[TypeId]) -> DayException | None:
    day = form.required("day", DAY)
    periods: list[DayPeriod] = []
    for each in form.tables("period", _MANY):
        types = each.optional("types", _TYPES, ())
        hours = _hours(each)
        each.end()
        _refuse_strangers(each, "types", types, offered)
        if hours is None:
            continue
        period = DayPeriod(*hours, frozenset(types))
        if any(period.meets(other) for other in periods):
            each.refuse("from", "overlaps a period of the same type further up")
        else:
            periods.append(period)
    form.end()
    return None if day is None else DayException(day, tuple(periods))


def _refuse_strangers(
    form: Form, key: str, types: Iterable[TypeId], offered: frozenset[TypeId]
) -> None:
    """Refuse a type that the practitioner does not offer, once all else is well."""
    if form.well and not offered.issuperset(types):
        form.refuse(key, "names a type that the practitioner does not offer")
