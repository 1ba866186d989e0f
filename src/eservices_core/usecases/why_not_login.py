"""Why not: staff ask why a patient of theirs cannot log in, and get the rule (D-BOOK-14, D-ACC-21).

Reads only, and notes who asked. Two-factor is answered as if the password were right, and MitID as
if it were accepted.
"""

from attrs import frozen

from eservices_core.access.facts import NumberMatch
from eservices_core.access.login import MITID, TWO_FACTOR, LoginVerdict, MitidLogin
from eservices_core.access.mitid import Acceptance
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.tables import Row
from eservices_core.usecases import people
from eservices_core.usecases.looking import look_or_refuse
from eservices_core.usecases.refusal import NO_SUCH_PATIENT, Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId


@frozen(kw_only=True)
class WhyNotLogin(Command):
    """Staff ask about a patient of their clinic."""

    staff: StaffMember
    user: UserId


@frozen
class LoginExplained:
    """The row that answers for each method, as things stand now."""

    mitid: Row[LoginVerdict]
    two_factor: Row[LoginVerdict]


def why_not_login(services: Services, command: WhyNotLogin) -> Outcome[LoginExplained, Refusal]:
    """Say what either method would come to now."""

    def read(unit: Unit) -> Outcome[LoginExplained, Refusal]:
        if not people.is_patient_of(unit, command.staff.clinic, command.user):
            return Failure(NO_SUCH_PATIENT)
        unit.about = command.user
        facts = people.two_factor_facts(unit, command.user, on_known_browser=False)
        by_mitid = MitidLogin(Acceptance.ACCEPTED, NumberMatch.OWN, facts.user, facts.measure)
        return Success(LoginExplained(MITID.decide(by_mitid), TWO_FACTOR.decide(facts)))

    return look_or_refuse(
        services, command, "why_not_login", read, rule="D-BOOK-14", purpose="help_with_login"
    )
