"""The rulebook, read out of the code: its rules, its tables, and its machines.

Here: the lists from which documentation and command line are made. Nothing that decides imports
this package. `python -m eservices_core.rulebook` keeps docs/ in step with it.
"""

from collections.abc import Mapping
from typing import Any, Final

from eservices_core.access.association import SIGN_UP
from eservices_core.access.custody import CUSTODY
from eservices_core.access.linking import LINKING
from eservices_core.access.login import MITID, OBLIGATION, TWO_FACTOR
from eservices_core.access.mitid import ACCEPTABLE
from eservices_core.access.session import REACH
from eservices_core.booking.approving import APPROVAL
from eservices_core.booking.asking import ASKING
from eservices_core.booking.bookable import OPEN
from eservices_core.booking.cancelling import CANCELLING
from eservices_core.booking.delivery import RECEIVED
from eservices_core.booking.offered import OFFERED
from eservices_core.consultation.renewal import RENEWAL
from eservices_core.consultation.writing import WRITING
from eservices_core.post.sending import SENDING
from eservices_core.rulebook.exemplars import MACHINES
from eservices_core.rulebook.index import RULES, Rule
from eservices_core.rulebook.machines import Machine
from eservices_core.staffing.desk_session import ENTRY
from eservices_core.staffing.opening import OPENING
from eservices_core.staffing.permissions import PERMISSIONS
from eservices_core.tables import Row, Table

__all__ = ["MACHINES", "RULES", "TABLES", "Machine", "Rule", "rows_of"]

TABLES: Final[Mapping[str, Table[Any, Any]]] = {
    table.name: table
    for table in (
        ACCEPTABLE,
        LINKING,
        MITID,
        TWO_FACTOR,
        OBLIGATION,
        CUSTODY,
        SIGN_UP,
        REACH,
        OPEN,
        OFFERED,
        ASKING,
        APPROVAL,
        RECEIVED,
        CANCELLING,
        ENTRY,
        PERMISSIONS,
        OPENING,
        WRITING,
        RENEWAL,
        SENDING,
    )
}
"""Every decision table by its name: of logins, bookings, staff, messages and letters."""


def rows_of(rule: str) -> tuple[tuple[Table[Any, Any], Row[Any]], ...]:
    """Give the rows that carry out the rule with this ID, each with its table."""
    return tuple(
        (table, row) for table in TABLES.values() for row in table.rows if row.rule == rule
    )
