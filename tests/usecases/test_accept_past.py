"""Going on from an older state of the store: who is in goes out, and every log says so."""

from eservices_core import events
from eservices_core.access.session import Ended
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import BySystem, ByStaff, StreamId
from eservices_core.staffing import desk_session
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.usecases.accept_past import NobodyThere, accept_past
from eservices_core.words.identifiers import StaffId
from tests.usecases.day import Day
