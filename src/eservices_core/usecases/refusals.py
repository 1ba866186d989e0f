"""Finding a refusal: by what a machine answered, by the row that decided, by rule and reason.

Tables bring their own texts in their rows. Machines refuse with bare enums; what each of those
means to people, and what use cases refuse themselves, stands in the modules of this package whose
names end in `meanings` or `refusals`, one for each wing. A test holds that none is missing.
"""

from enum import Enum
from typing import Any, Final

from eservices_core.tables import Row
from eservices_core.texts import Says
from eservices_core.usecases import (
    access_meanings,
    access_refusals,
    booking_refusals,
    conversation_refusals,
    desk_refusals,
    post_refusals,
    refusal,
    settings_refusals,
    staffing_refusals,
)
from eservices_core.usecases.refusal import Refusal

_MEANINGS: Final = {
    **access_meanings.MEANINGS,
    **booking_refusals.MEANINGS,
    **desk_refusals.MEANINGS,
    **staffing_refusals.MEANINGS,
    **settings_refusals.MEANINGS,
    **post_refusals.MEANINGS,
    **conversation_refusals.MEANINGS,
}
_NAMED: Final = tuple(
    value
    for module in (
        refusal,
        access_refusals,
        booking_refusals,
        conversation_refusals,
        desk_refusals,
        post_refusals,
        settings_refusals,
        staffing_refusals,
    )
    for value in vars(module).values()
    if isinstance(value, Refusal)
)


def refusal_of_row(row: Row[Any], reason: Enum) -> Refusal:
    """Make a refusal from the row of a table that decided it."""
    return Refusal(row.rule, str(reason.value), row.next_step, row.says)


def refusal_by_name(row: Row[Any]) -> Refusal:
    """Make a refusal from the row of a table whose rows are the reasons."""
    return Refusal(row.rule, row.name, row.next_step, row.says)


def refusal_of(reason: Enum) -> Refusal:
    """Make a refusal from what a machine answered; KeyError for an enum that is none."""
    rule, step, public, staff = _MEANINGS[reason]
    return Refusal(rule, str(reason.value), step, Says(public or staff, staff))


def meaning_of(rule: str, reason: str) -> Says | None:
    """Find what a refusal of a use case or a machine said, by its rule and reason."""
    for named in _NAMED:
        if (named.rule, named.reason) == (rule, reason):
            return named.says
    for member, (of_rule, _, public, staff) in _MEANINGS.items():
        if (of_rule, str(member.value)) == (rule, reason):
            return Says(public or staff, staff)
    return None
