"""Who may use a Danish GP clinic's e-services, and how: pure rules, machines, ports and use cases.

The public names, each resolved when it is first asked for, so that importing the package costs
next to nothing. No code is here; the rulebook in code begins at `eservices_core.access.login`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from eservices_core.access.custody import CUSTODY
    from eservices_core.access.login import MITID, TWO_FACTOR, MitidLogin, TwoFactorLogin
    from eservices_core.access.mitid import ACCEPTABLE
    from eservices_core.booking.book import Book, Enquiry
    from eservices_core.booking.delivery import RECEIVED
    from eservices_core.booking.free_times import FreeTime, FreeTimes
    from eservices_core.booking.offered import why_not
    from eservices_core.clinic.booking_settings import BookingSettings
    from eservices_core.clinic.settings import AccessSettings, ClinicSettings
    from eservices_core.outcome import Failure, Outcome, Success
    from eservices_core.tables import Row, Table, TableError
    from eservices_core.texts import NextStep, Says, Text
    from eservices_core.usecases.refusal import Refusal
    from eservices_core.usecases.services import Services
    from eservices_core.words.civil_number import CivilNumber
    from eservices_core.words.email_address import EmailAddress
    from eservices_core.words.interval import Interval
    from eservices_core.words.secret import OneTimeCode, Password, Token
    from eservices_core.words.username import Username

__all__ = [
    "ACCEPTABLE",
    "AccessSettings",
    "Book",
    "BookingSettings",
    "CivilNumber",
    "ClinicSettings",
    "CUSTODY",
    "EmailAddress",
    "Enquiry",
    "Failure",
    "FreeTime",
    "FreeTimes",
    "Interval",
    "MITID",
    "MitidLogin",
    "NextStep",
    "OneTimeCode",
    "Outcome",
    "Password",
    "RECEIVED",
    "Refusal",
    "Row",
    "Says",
    "Services",
    "Success",
    "Table",
    "TableError",
    "Text",
    "Token",
    "TWO_FACTOR",
    "TwoFactorLogin",
    "Username",
    "why_not",
]

_HOMES: Final = {
    "ACCEPTABLE": "access.mitid",
    "AccessSettings": "clinic.settings",
    "Book": "booking.book",
    "BookingSettings": "clinic.booking_settings",
    "CUSTODY": "access.custody",
    "CivilNumber": "words.civil_number",
    "ClinicSettings": "clinic.settings",
    "EmailAddress": "words.email_address",
    "Enquiry": "booking.book",
    "Failure": "outcome",
    "FreeTime": "booking.free_times",
    "FreeTimes": "booking.free_times",
    "Interval": "words.interval",
    "MITID": "access.login",
    "MitidLogin": "access.login",
    "NextStep": "texts",
    "OneTimeCode": "words.secret",
    "Outcome": "outcome",
    "Password": "words.secret",
    "RECEIVED": "booking.delivery",
    "Refusal": "usecases.refusals",
    "Row": "tables",
    "Says": "texts",
    "Services": "usecases.services",
    "Success": "outcome",
    "TWO_FACTOR": "access.login",
    "Table": "tables",
    "TableError": "tables",
    "Text": "texts",
    "Token": "words.secret",
    "TwoFactorLogin": "access.login",
    "Username": "words.username",
    "why_not": "booking.offered",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  the types stand above, for the checkers
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
