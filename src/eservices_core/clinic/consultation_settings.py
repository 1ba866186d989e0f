"""What a clinic chooses about mail consultation, as data with defaults (D-MAIL-2, -5, -6, -7).

Here: values, and what of them cannot be. Not here: where they are read from (a file of settings),
and what follows from them (`consultation`).
"""

from datetime import date, datetime
from typing import Final

from attrs import field, frozen

from eservices_core.clinic.booking_settings import Switch, twice
from eservices_core.texts import Text
from eservices_core.words.email_address import EmailAddress

LENGTH_MAX: Final = 10_000
"""No message is longer, whatever a clinic chooses; in characters."""

FILES_MAX: Final = 20
FILE_BYTES_MAX: Final = 50_000_000


@frozen
class Holiday:
    """Days on which the clinic answers later than usual, and what patients are told of it.

    Attributes:
        first: the first day, on the clinic's calendar.
        until: the first day after it.
        text: stands above the services; it holds no e-mail address of the clinic (D-MAIL-2).
        takes_messages: whether patients can write meanwhile.
    """

    first: date
    until: date
    text: Text
    takes_messages: Switch = Switch.ON

    def __attrs_post_init__(self) -> None:
        for day in (self.first, self.until):
            assert not isinstance(day, datetime), "a day has no time of day"
        assert self.first < self.until, "a holiday has a first day"


@frozen
class BlockedMedicine:
    """A medicine that is not renewed without a consultation (D-MAIL-6).

    Attributes:
        name: of the medicine, its substance or its group, as it is chosen; matched without regard
            to case, never in free text.
        why: what the patient is told, beside what to do if the medicine runs out; None for the
            service's own words.
    """

    name: str
    why: Text | None = None

    def __attrs_post_init__(self) -> None:
        assert self.name.strip(), "a medicine has a name"


@frozen(kw_only=True)
class ConsultationSettings:
    """What one clinic chooses about mail consultation; as it comes, it takes nothing.

    Attributes:
        consultations: whether patients can write; what was written stays readable (D-MAIL-7).
        renewals: whether patients can ask for renewals of medicine.
        length: the longest message, in characters, of either side.
        patient_files: how many files a patient can send with one message; 0 for none.
        clinic_files: how many files staff can.
        file_bytes: the largest file, in bytes.
        holidays: when answers take longer, or nothing is taken.
        out_of_hours: the region's out-of-hours number, as it is called (D-MAIL-5).
        urgent_words: the clinic's own words that interrupt a patient once, and put the item on top.
        blocked: what is not renewed without a consultation.
        addresses: the clinic's e-mail addresses, which no patient ever gets (S-MAIL-2).
    """

    consultations: Switch = Switch.OFF
    renewals: Switch = Switch.OFF
    length: int = 400
    patient_files: int = 3
    clinic_files: int = 9
    file_bytes: int = 10_000_000
    holidays: tuple[Holiday, ...] = ()
    out_of_hours: str = ""
    urgent_words: tuple[str, ...] = ()
    blocked: tuple[BlockedMedicine, ...] = ()
    addresses: tuple[EmailAddress, ...] = field(default=())

    def __attrs_post_init__(self) -> None:
        assert 1 <= self.length <= LENGTH_MAX
        assert 0 <= self.patient_files <= FILES_MAX
        assert 0 <= self.clinic_files <= FILES_MAX
        assert 1 <= self.file_bytes <= FILE_BYTES_MAX
        assert all(word.strip() for word in self.urgent_words), "an urgent word has letters"
        assert not twice(word.casefold() for word in self.urgent_words)
        assert not twice(each.name.casefold() for each in self.blocked)
        assert not twice(address.folded for address in self.addresses)
