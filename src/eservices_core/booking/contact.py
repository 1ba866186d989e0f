"""Who books without a user, as they write it themselves (D-BOOK-7): never with a CPR number.

Nobody has to be who they say, and nothing is looked up. A number would prove nothing on a page that
anybody can open; it would gather numbers, and tell who asks whether one is known. Here: reading
the fields. Not here: the address, which `EmailAddress` reads and a code proves.
"""

import re
import unicodedata
from datetime import date
from enum import Enum, unique
from typing import Final

from attrs import field, frozen

from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import age_on
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.number_in_text import holds_civil_number

NAME_MAX: Final = 100
"""The longest name, in characters."""
AGE_MAX: Final = 125
"""In years: nobody has been older."""
_WRITTEN_MAX: Final = 200
"""So much of a field is looked at, in characters."""


@unique
class ContactRefusal(Enum):
    """Why a field is not taken; it names the field, and never holds what stood there."""

    NAME = "name"
    """Nothing, too much, or what no printer prints."""
    PHONE = "phone"
    """Neither eight digits nor a number with its country's code."""
    BIRTH_DATE = "birth_date"
    """To come, or longer ago than anybody lives."""
    COMMENT = "comment"
    """It holds what is no text."""
    NUMBER_IN_NAME = "number_in_name"
    NUMBER_IN_PHONE = "number_in_phone"
    NUMBER_IN_EMAIL = "number_in_email"
    NUMBER_IN_COMMENT = "number_in_comment"


@frozen(kw_only=True)
class Written:
    """What somebody wrote, as it came."""

    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    email: EmailAddress
    comment: str | None = field(repr=False)


@frozen
class Contact:
    """What is kept of it.

    Attributes:
        name: 1 to 100 printable characters, without blanks around it or doubled.
        phone: with its country's code: `+` and 8 to 15 digits.
    """

    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str = field(repr=False)
    email: EmailAddress


def read_contact(written: Written, today: date) -> Outcome[Contact, ContactRefusal]:
    """Read the fields; the first that is not taken is named."""
    if len(written.name) > _WRITTEN_MAX:
        return Failure(ContactRefusal.NAME)
    if len(written.phone) > _WRITTEN_MAX:
        return Failure(ContactRefusal.PHONE)
    number = _where_a_number_is(written)
    if number is not None:
        return Failure(number)
    name = " ".join(written.name.split())
    if not (1 <= len(name) <= NAME_MAX and name.isprintable()):
        return Failure(ContactRefusal.NAME)
    phone = _read_phone(written.phone)
    if phone is None:
        return Failure(ContactRefusal.PHONE)
    born = written.birth_date
    if born > today or age_on(born, today) > AGE_MAX:
        return Failure(ContactRefusal.BIRTH_DATE)
    if not is_text(written.comment or ""):
        return Failure(ContactRefusal.COMMENT)
    return Success(Contact(name, born, phone, written.email))


def _where_a_number_is(written: Written) -> ContactRefusal | None:
    if holds_civil_number(written.name):
        return ContactRefusal.NUMBER_IN_NAME
    if _is_number_as_phone(written.phone):
        return ContactRefusal.NUMBER_IN_PHONE
    if holds_civil_number(written.email.reveal()):
        return ContactRefusal.NUMBER_IN_EMAIL
    if holds_civil_number(written.comment or ""):
        return ContactRefusal.NUMBER_IN_COMMENT
    return None


_BETWEEN: Final = re.compile(r"[\s().-]")
_PHONE: Final = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_DANISH: Final = re.compile(r"\+45\d{8}", re.ASCII)
_WITHOUT_CODE: Final = re.compile(r"\d{8}", re.ASCII)


def _digits(phone: str) -> str:
    return _BETWEEN.sub("", phone)


def _is_number_as_phone(phone: str) -> bool:
    """With a country's code in front, only the whole can be a number: others hold one by chance."""
    digits = _digits(phone)
    if _PHONE.fullmatch(digits):
        return isinstance(CivilNumber.parse(digits[1:]), Success)
    return holds_civil_number(phone)


def _read_phone(phone: str) -> str | None:
    digits = _digits(phone)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _WITHOUT_CODE.fullmatch(digits):
        digits = f"+45{digits}"
    right = _DANISH if digits.startswith("+45") else _PHONE
    return digits if right.fullmatch(digits) else None


def is_text(comment: str) -> bool:
    """Whether a store and a screen can hold it: line ends may be in it, other controls not."""
    return all(
        each in "\r\n\t" or unicodedata.category(each) not in {"Cc", "Cs"} for each in comment
    )
