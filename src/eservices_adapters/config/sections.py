"""The sections [consultation], [post], [keeping] and [desk] of a clinic's file of settings.

Here: which keys there are, said once for the reader and for the JSON Schema, and what of several
keys must fit together (D-MAIL-4 to -7, S-POST-2, D-KEEP-1, D-STAFF-1). Not here: the file
(`settings`), and the appointment book (`booking`).
"""

from datetime import timedelta
from typing import Final

from eservices_adapters.config.booking import read_text
from eservices_adapters.config.form import Form
from eservices_adapters.config.kinds import (
    ADDRESS,
    CVR,
    DAY,
    duration,
    integer,
    list_of,
    one_of,
    text,
)
from eservices_core.clinic.booking_settings import Switch, twice
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
from eservices_core.clinic.post_settings import LABEL_MAX, PostSettings

_MANY: Final = 200
_SWITCH: Final = one_of(Switch)
_DAYS: Final = integer(1, 30)
_KEPT: Final = duration("1 hour", "36525 days")
_WORD: Final = text(60)
_MEDICINE: Final = text(200)
_NUMBER: Final = text(40)
_LARGEST_LETTER: Final = 100_000_000
_MOST_FILES: Final = 100

_CONSULTATION: Final = ConsultationSettings()
_POST: Final = PostSettings()
_KEEPING: Final = KeepingSettings()
_DESK: Final = DeskSettings()


def read_consultation(form: Form) -> ConsultationSettings | None:
    """Read the section, or write down what may stand in it; None if anything was refused."""
    default = _CONSULTATION
    consultations = form.optional("consultations", _SWITCH, default.consultations)
    renewals = form.optional("renewals", _SWITCH, default.renewals)
    length = form.optional("length", integer(1, LENGTH_MAX), default.length)
    patient_files = form.optional("patient_files", integer(0, FILES_MAX), default.patient_files)
    clinic_files = form.optional("clinic_files", integer(0, FILES_MAX), default.clinic_files)
    file_bytes = form.optional("file_bytes", integer(1, FILE_BYTES_MAX), default.file_bytes)
    out_of_hours = form.optional("out_of_hours", _NUMBER, default.out_of_hours)
    words = form.optional("urgent_words", list_of(_WORD, 0, _MANY), default.urgent_words)
    addresses = form.optional("addresses", list_of(ADDRESS, 0, _MANY), default.addresses)
    holidays = [_holiday(each) for each in form.tables("holiday", _MANY)]
    blocked = [_blocked(each) for each in form.tables("blocked", _MANY)]
    form.end()
    read_holidays = tuple(each for each in holidays if each is not None)
    read_blocked = tuple(each for each in blocked if each is not None)
    if twice(word.casefold() for word in words):
        form.refuse("urgent_words", "holds a word twice")
    if twice(address.folded for address in addresses):
        form.refuse("addresses", "holds an address twice")
    if twice(each.name.casefold() for each in read_blocked):
        form.refuse("blocked", "names a medicine twice")
    if not form.well:
        return None
    return ConsultationSettings(
        consultations=consultations,
        renewals=renewals,
        length=length,
        patient_files=patient_files,
        clinic_files=clinic_files,
        file_bytes=file_bytes,
        holidays=read_holidays,
        out_of_hours=out_of_hours,
        urgent_words=words,
        blocked=read_blocked,
        addresses=addresses,
    )


def _holiday(form: Form) -> Holiday | None:
    first, until = form.required("from", DAY), form.required("until", DAY)
    takes = form.optional("takes_messages", _SWITCH, Switch.ON)
    said = read_text(form, "text", required=True)
    form.end()
    if first is None or until is None or said is None:
        return None
    if first >= until:
        form.refuse("until", "is not later than from")
        return None
    return Holiday(first, until, said, takes)


def _blocked(form: Form) -> BlockedMedicine | None:
    name, why = form.required("name", _MEDICINE), read_text(form, "why")
    form.end()
    return None if name is None else BlockedMedicine(name, why)


def read_post(form: Form) -> PostSettings | None:
    """Read the section, or write down what may stand in it; None if anything was refused."""
    bought = form.optional("bought", _SWITCH, _POST.bought)
    cvr = form.optional("cvr", CVR, _POST.cvr)
    label = form.optional("label", text(LABEL_MAX), _POST.label)
    letter_bytes = form.optional("letter_bytes", integer(1, _LARGEST_LETTER), _POST.letter_bytes)
    files = form.optional("files", integer(1, _MOST_FILES), _POST.files)
    form.end()
    if form.well and bought is Switch.ON and not (cvr and label):
        form.refuse("bought", "needs cvr and label, for a letter names its sender")
    if not form.well:
        return None
    return PostSettings(bought=bought, cvr=cvr, label=label, letter_bytes=letter_bytes, files=files)


def read_keeping(form: Form) -> KeepingSettings | None:
    """Read the section, or write down what may stand in it; None if anything was refused."""

    def kept(key: str, default: timedelta) -> timedelta:
        return form.optional(key, _KEPT, default)

    settings = KeepingSettings(
        journal=kept("journal", _KEEPING.journal),
        conversations=kept("conversations", _KEEPING.conversations),
        bookings=kept("bookings", _KEEPING.bookings),
        letters=kept("letters", _KEEPING.letters),
        audit=kept("audit", _KEEPING.audit),
        users=kept("users", _KEEPING.users),
        attempts=kept("attempts", _KEEPING.attempts),
        mails=kept("mails", _KEEPING.mails),
        answers=kept("answers", _KEEPING.answers),
    )
    form.end()
    return settings if form.well else None


def read_desk(form: Form) -> DeskSettings | None:
    """Read the section, or write down what may stand in it; None if anything was refused."""
    settings = DeskSettings(
        registration_days=form.optional("registration_days", _DAYS, _DESK.registration_days),
        consultation_days=form.optional("consultation_days", _DAYS, _DESK.consultation_days),
        renewal_days=form.optional("renewal_days", _DAYS, _DESK.renewal_days),
        trouble_days=form.optional("trouble_days", _DAYS, _DESK.trouble_days),
        sample=form.optional("sample", integer(0, 1000), _DESK.sample),
        alarm_lookups=form.optional("alarm_lookups", integer(1, 10_000), _DESK.alarm_lookups),
    )
    form.end()
    return settings if form.well else None
