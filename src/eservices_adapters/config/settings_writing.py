"""Writing a clinic's settings as the TOML file that `settings` reads.

What has the default of the code is left out, so a file shows what the clinic has chosen. Here: the
document, as TOML and JSON both have it, and its text. Needs tomli-w (the extra `cli`).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import Any, Final, cast

import attrs

from eservices_adapters.config.kinds import Weekday
from eservices_core.clinic.booking_settings import (
    LAST_YEAR,
    AppointmentType,
    BookingSettings,
    ClosedPeriod,
    DayException,
    OwnLength,
    Period,
    Practitioner,
    WeekTemplate,
)
from eservices_core.clinic.consultation_settings import ConsultationSettings, Holiday
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.texts import Text
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import TypeId

Table = dict[str, Any]

_DAY: Final = 24 * 60
_UNITS: Final = (("days", timedelta(days=1)), ("hours", timedelta(hours=1)))
_MINUTE: Final = timedelta(minutes=1)


def write_settings(settings: ClinicSettings) -> str:
    """Write settings as the text of a file; `read_settings` gives them back as they were.

    A value that no file can say (a text too long for it) is written all the same, and refused when
    it is read.
    """
    import tomli_w  # noqa: PLC0415  whoever only reads does without it

    return tomli_w.dumps(document_of(settings))


def document_of(settings: ClinicSettings) -> Table:
    """Give the settings as the tables of a file; dates are dates."""
    clinic: Table = {"name": settings.name, "phone": settings.phone}
    default = ClinicSettings(settings.name, settings.phone)
    if settings.self_sign_up != default.self_sign_up:
        clinic["self_sign_up"] = settings.self_sign_up.value
    sections = {
        "booking": _booking(settings.booking),
        "consultation": _consultation(settings.consultation),
        "post": _chosen(settings.post),
        "keeping": _chosen(settings.keeping),
        "desk": _chosen(settings.desk),
    }
    return {"clinic": clinic, **{name: table for name, table in sections.items() if table}}


def _chosen(settings: attrs.AttrsInstance, without: Iterable[str] = ()) -> Table:
    """Give what differs from the defaults, under the names of the fields."""
    kind = type(settings)
    default = kind()
    names = (field.name for field in attrs.fields(kind) if field.name not in without)
    return {
        name: _plain(getattr(settings, name))
        for name in names
        if getattr(settings, name) != getattr(default, name)
    }


def _plain(value: object) -> Any:  # noqa: ANN401  any value that TOML has
    match value:
        case Enum():
            return value.value
        case timedelta():
            return _duration(value)
        case Text():
            return {"da": value.da, "en": value.en}
        case EmailAddress():
            return value.reveal()
        case tuple():
            return [_plain(each) for each in cast("tuple[object, ...]", value)]
        case None:
            return "never"
        case _:
            return value


def _duration(value: timedelta) -> str:
    for name, unit in _UNITS:
        if value and not value % unit:
            return f"{value // unit} {name if value != unit else name.removesuffix('s')}"
    return f"{value // _MINUTE} min"


def _without_none(**keys: object) -> Table:
    return {key: _plain(value) for key, value in keys.items() if value is not None}


# --- mail consultation ---------------------------------------------------------------------------


def _consultation(settings: ConsultationSettings) -> Table:
    chosen = _chosen(settings, ("holidays", "blocked"))
    if settings.holidays:
        chosen["holiday"] = [_holiday(each) for each in settings.holidays]
    if settings.blocked:
        chosen["blocked"] = [_without_none(name=one.name, why=one.why) for one in settings.blocked]
    return chosen


def _holiday(holiday: Holiday) -> Table:
    default = Holiday(holiday.first, holiday.until, holiday.text).takes_messages
    takes = None if holiday.takes_messages is default else holiday.takes_messages
    return {
        "from": holiday.first,
        "until": holiday.until,
        **_without_none(takes_messages=takes, text=holiday.text),
    }


# --- the appointment book ------------------------------------------------------------------------


def _booking(settings: BookingSettings) -> Table:
    chosen = _chosen(settings, ("opening", "closed", "types", "practitioners"))
    lists = {
        "opening": _weekly(settings.opening),
        "closed": [_closed(each) for each in settings.closed],
        "type": [_type(each) for each in settings.types],
        "practitioner": [_practitioner(each) for each in settings.practitioners],
    }
    return {**chosen, **{key: tables for key, tables in lists.items() if tables}}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _hours(start: int, end: int, types: Iterable[TypeId] = ()) -> Table:
    named = sorted(str(each) for each in types)
    return {"from": _clock(start), "to": _clock(end), **({"types": named} if named else {})}


def _weekly(periods: Sequence[Period]) -> list[Table]:
    """Write periods; those that follow each other through the week with like hours are one."""
    runs: list[list[Period]] = []
    for before, period in pairwise((None, *periods)):
        assert period is not None
        joins = before is not None and (
            before.hours == period.hours
            and before.types == period.types
            and before.weekday < period.weekday
        )
        if joins:
            runs[-1].append(period)
        else:
            runs.append([period])
    weekdays = [day.value for day in Weekday]
    return [
        {
            "days": [weekdays[each.weekday] for each in run],
            **_hours(run[0].start, run[0].end, run[0].types),
        }
        for run in runs
    ]


def _closed(closed: ClosedPeriod) -> Table:
    until, until_clock = _moment(closed.until)
    if until.year > LAST_YEAR and not until_clock:
        until, until_clock = until - timedelta(days=1), _DAY
    first, first_clock = _moment(closed.start)
    return {
        "from": first,
        **({"from_time": _clock(first_clock)} if first_clock else {}),
        "until": until,
        **({"until_time": _clock(until_clock)} if until_clock else {}),
        **_without_none(text=closed.text),
    }


def _moment(moment: datetime) -> tuple[date, int]:
    return moment.date(), moment.hour * 60 + moment.minute


def _type(kind: AppointmentType) -> Table:
    default = AppointmentType(kind.type, kind.name, kind.length)
    return {
        "id": str(kind.type),
        "name": _plain(kind.name),
        "length": kind.length,
        **_differing(kind, default, ("pause", "without_user", "comment")),
    }


def _differing(
    value: attrs.AttrsInstance, default: attrs.AttrsInstance, names: Iterable[str]
) -> Table:
    return {
        name: _plain(getattr(value, name))
        for name in names
        if getattr(value, name) != getattr(default, name)
    }


def _practitioner(who: Practitioner) -> Table:
    default = Practitioner(who.practitioner, who.name)
    lists = {
        "types": [str(each) for each in who.types],
        "length": [_length(each) for each in who.lengths],
        "template": [_template(each) for each in who.templates],
        "exception": [_exception(each) for each in who.exceptions],
    }
    return {
        "id": str(who.practitioner),
        "name": who.name,
        **({"staff": str(who.staff)} if who.staff is not None else {}),
        **_differing(who, default, ("booking", "without_user", "comment")),
        **{key: entries for key, entries in lists.items() if entries},
    }


def _length(own: OwnLength) -> Table:
    default = OwnLength(own.type, own.length)
    return {"type": str(own.type), "length": own.length, **_differing(own, default, ("pause",))}


def _template(template: WeekTemplate) -> Table:
    periods = [
        {**({"week": turn} if turn > 1 else {}), **period}
        for turn, week in enumerate(template.weeks, start=1)
        for period in _weekly(week)
    ]
    weeks = len(template.weeks)
    return {
        "first_week": template.first_week,
        **({"weeks": weeks} if weeks > 1 else {}),
        **({"period": periods} if periods else {}),
    }


def _exception(exception: DayException) -> Table:
    periods = [_hours(each.start, each.end, each.types) for each in exception.periods]
    return {"day": exception.day, **({"period": periods} if periods else {})}
