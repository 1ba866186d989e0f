"""Strategies for a clinic's settings, as a file of settings can say them.

Here: values, every field named, and consistent as their classes ask. Texts are one line, and hold
no at sign: patients read them.
"""

from collections.abc import Callable, Hashable
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eservices_core.clinic.booking_settings import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
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
)
from eservices_core.clinic.consultation_settings import (
    FILE_BYTES_MAX,
    FILES_MAX,
    LENGTH_MAX,
    BlockedMedicine,
    ConsultationSettings,
    Holiday,
)
from eservices_core.clinic.desk_settings import DeskSettings
from eservices_core.clinic.keeping_settings import KeepingSettings
from eservices_core.clinic.patient_texts import fields_with_address
from eservices_core.clinic.post_settings import PostSettings
from eservices_core.clinic.settings import ClinicSettings, SelfSignUp
from eservices_core.clinic.settings_life import SettingsChanged
from eservices_core.testing.strategies.built import built
from eservices_core.testing.strategies.words import email_addresses, identifiers
from eservices_core.texts import Text
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ContentId, PractitionerId, StaffId, TypeId

H = TypeVar("H")

_WEEKS_MAX: Final = 3
_HOUR: Final = timedelta(hours=1)
_CHARACTERS: Final = st.characters(
    exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="@\uff20\ufe6b"
)
_DATES: Final = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 30))
_SWITCHES: Final = st.sampled_from(Switch)
_NO_TYPES: Final = st.just(frozenset[TypeId]())
_COMMENTS: Final = st.sampled_from(CommentRule)


def clinic_settings() -> SearchStrategy[ClinicSettings]:
    """Draw all that one clinic chooses; no text of it gives away an address of the clinic."""
    drawn = built(
        ClinicSettings,
        name=_lines(100),
        phone=st.from_regex(r"\+?[0-9]( ?[0-9]){7,14}", fullmatch=True),
        self_sign_up=st.sampled_from(SelfSignUp),
        booking=booking_settings(),
        consultation=_consultation(),
        post=_post(),
        keeping=_keeping(),
        desk=_desk(),
    )
    return drawn.filter(_gives_nothing_away)


def _gives_nothing_away(settings: ClinicSettings) -> bool:
    return not fields_with_address(settings)


def settings_events() -> dict[type[Any], SearchStrategy[SettingsChanged]]:
    """Give a strategy for every event of a clinic's settings."""
    fields = st.lists(st.sampled_from(("name", "booking.types", "desk.sample")), max_size=3)
    return {
        SettingsChanged: built(
            SettingsChanged,
            version=st.integers(1, 1000),
            record=identifiers(ContentId),
            fields=fields.map(_as_tuple),
        )
    }


def _lines(longest: int) -> SearchStrategy[str]:
    return st.text(_CHARACTERS, min_size=1, max_size=min(longest, 30)).filter(str.strip)


def _texts() -> SearchStrategy[Text]:
    return st.builds(Text, _lines(500), _lines(500))


def _minutes(least: timedelta, most: timedelta) -> SearchStrategy[timedelta]:
    minute = timedelta(minutes=1)
    whole = st.integers(least // minute, most // minute).map(_in_minutes)
    hours = st.integers(-(-least // _HOUR), most // _HOUR).map(_in_hours)
    return whole | hours


def _in_minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _in_hours(count: int) -> timedelta:
    return count * _HOUR


def _in_days(count: int) -> timedelta:
    return timedelta(days=count)


def _few(
    of: SearchStrategy[H], key: Callable[[H], Hashable] | None = None
) -> SearchStrategy[tuple[H, ...]]:
    """Draw up to three, no two with the same key."""
    drawn = st.lists(of, max_size=3) if key is None else st.lists(of, max_size=3, unique_by=key)
    return drawn.map(_as_tuple)


def _as_tuple(of: list[H]) -> tuple[H, ...]:
    return tuple(of)


# --- the appointment book ------------------------------------------------------------------------


@st.composite
def booking_settings(draw: st.DrawFn) -> BookingSettings:
    """Draw the settings of an appointment book."""
    types = draw(_few(_appointment_types(), _kind_of))
    named = tuple(kind.type for kind in types)
    practitioners = draw(_few(_practitioners(named), _who))
    opening = draw(_weeks(()))
    days = timedelta(days=1)
    values = built(
        BookingSettings,
        place=st.just("") | _lines(100),
        booking=_SWITCHES,
        opening=st.just(opening),
        practitioners=st.just(practitioners),
        types=st.just(types),
        closed=_few(_closed()),
        earliest_notice=_minutes(0 * days, 30 * days),
        horizon=_minutes(days, 690 * days),
        open_bookings=st.integers(1, 20),
        cancellation_notice=_minutes(0 * days, 30 * days),
        received_when=st.sampled_from(Grade),
        no_bounce_window=_minutes(days / 1440, 30 * days),
        own_relay=_SWITCHES,
        calendar_stale_after=_minutes(days / 1440, days),
        without_user=_SWITCHES,
        reception_approves=_SWITCHES,
        comment=_COMMENTS,
        remind_staff_after=_minutes(days / 1440, 30 * days),
        remind_patient_before=st.none() | _minutes(days / 24, 30 * days),
        text=st.none() | _texts(),
    )
    return draw(values)


def _kind_of(kind: AppointmentType) -> TypeId:
    return kind.type


def _who(practitioner: Practitioner) -> PractitionerId:
    return practitioner.practitioner


def _appointment_types() -> SearchStrategy[AppointmentType]:
    return built(
        AppointmentType,
        type=identifiers(TypeId),
        name=_texts(),
        length=st.integers(1, DAY),
        pause=st.integers(0, DAY),
        without_user=_SWITCHES,
        comment=_COMMENTS,
    )


def _closed() -> SearchStrategy[ClosedPeriod]:
    clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 30)))
    moments = st.builds(datetime.combine, _DATES, clocks)
    last = st.just(datetime(LAST_YEAR + 1, 1, 1))  # noqa: DTZ001  the wall clock shows no offset
    rising = st.tuples(moments, moments | last).filter(_rises)
    return st.builds(_closing, rising, st.none() | _texts())


def _rises(pair: tuple[Any, Any]) -> bool:
    return bool(pair[0] < pair[1])


def _closing(pair: tuple[datetime, datetime], text: Text | None) -> ClosedPeriod:
    return ClosedPeriod(*pair, text)


def _weeks(types: tuple[TypeId, ...]) -> SearchStrategy[tuple[Period, ...]]:
    chosen = st.frozensets(st.sampled_from(types), max_size=2) if types else _NO_TYPES
    hours = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).filter(_rises)
    return _few(st.builds(_period, st.integers(0, 6), hours, chosen)).filter(_disjoint)


def _period(weekday: int, hours: tuple[int, int], types: frozenset[TypeId]) -> Period:
    return Period(weekday, *hours, types)


def _disjoint(periods: tuple[Period, ...]) -> bool:
    return not overlapping(periods)


def _practitioners(types: tuple[TypeId, ...]) -> SearchStrategy[Practitioner]:
    lengths = built(
        OwnLength,
        type=st.sampled_from(types),
        length=st.integers(1, DAY),
        pause=st.integers(0, DAY),
    )
    own = _few(lengths, _type_of) if types else st.just(())
    mondays = _DATES.map(_next_monday)
    weeks = st.lists(_weeks(types), min_size=1, max_size=_WEEKS_MAX).map(_as_tuple)
    template = built(WeekTemplate, first_week=mondays.filter(_in_time), weeks=weeks)
    return built(
        Practitioner,
        practitioner=identifiers(PractitionerId),
        name=_lines(100),
        staff=st.none() | identifiers(StaffId),
        types=st.permutations(types).map(_as_tuple),
        booking=_SWITCHES,
        without_user=_SWITCHES,
        comment=_COMMENTS,
        lengths=own,
        templates=_few(template, _week_of),
        exceptions=_few(_exceptions(types), _day_of),
    )


def _type_of(length: OwnLength) -> TypeId:
    return length.type


def _week_of(template: WeekTemplate) -> date:
    return template.first_week


def _day_of(exception: DayException) -> date:
    return exception.day


def _next_monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _in_time(day: date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _exceptions(types: tuple[TypeId, ...]) -> SearchStrategy[DayException]:
    daily = _weeks(types).map(_daily).filter(_apart)
    return built(DayException, day=_DATES, periods=daily)


def _daily(week: tuple[Period, ...]) -> tuple[DayPeriod, ...]:
    return tuple(each.hours for each in week)


def _apart(periods: tuple[DayPeriod, ...]) -> bool:
    return not any(
        one.meets(other) for place, one in enumerate(periods) for other in periods[place + 1 :]
    )


# --- the other services --------------------------------------------------------------------------


def _consultation() -> SearchStrategy[ConsultationSettings]:
    spans = st.tuples(_DATES, _DATES).filter(_rises)
    holidays = st.builds(_holiday, spans, _texts(), _SWITCHES)
    blocked = built(BlockedMedicine, name=_lines(200), why=st.none() | _texts())
    return built(
        ConsultationSettings,
        consultations=_SWITCHES,
        renewals=_SWITCHES,
        length=st.integers(1, LENGTH_MAX),
        patient_files=st.integers(0, FILES_MAX),
        clinic_files=st.integers(0, FILES_MAX),
        file_bytes=st.integers(1, FILE_BYTES_MAX),
        holidays=_few(holidays),
        out_of_hours=st.just("") | _lines(40),
        urgent_words=_few(_lines(60), str.casefold),
        blocked=_few(blocked, _name_of),
        addresses=_few(email_addresses(), _folded),
    )


def _holiday(span: tuple[date, date], text: Text, takes: Switch) -> Holiday:
    return Holiday(*span, text, takes)


def _name_of(medicine: BlockedMedicine) -> str:
    return medicine.name.casefold()


def _folded(address: EmailAddress) -> str:
    return address.folded


def _post() -> SearchStrategy[PostSettings]:
    sender = st.from_regex(r"[0-9]{8}", fullmatch=True)
    common = {"letter_bytes": st.integers(1, 100_000_000), "files": st.integers(1, 100)}
    off = built(
        PostSettings,
        bought=st.just(Switch.OFF),
        cvr=st.just("") | sender,
        label=st.just("") | _lines(256),
        **common,
    )
    on = built(PostSettings, bought=st.just(Switch.ON), cvr=sender, label=_lines(256), **common)
    return off | on


def _keeping() -> SearchStrategy[KeepingSettings]:
    periods = _minutes(_HOUR, 690 * 24 * _HOUR) | st.integers(1, 36525).map(_in_days)
    return built(
        KeepingSettings,
        journal=periods,
        conversations=periods,
        bookings=periods,
        letters=periods,
        audit=periods,
        users=periods,
        attempts=periods,
        mails=periods,
        answers=periods,
    )


def _desk() -> SearchStrategy[DeskSettings]:
    days = st.integers(1, 30)
    return built(
        DeskSettings,
        registration_days=days,
        consultation_days=days,
        renewal_days=days,
        trouble_days=days,
        sample=st.integers(0, 1000),
        alarm_lookups=st.integers(1, 10_000),
    )
