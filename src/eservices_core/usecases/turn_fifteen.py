"""A patient turns 15 (D-ACC-5): the service notes what has ended, and tells the patient.

Everything that rested on a guardian has ended already, at 00:00 that day, because it is asked at
every use. This records it, stops addresses that are not the patient's own, and tells the patient
at their own address, if they have one.
"""

from attrs import frozen

from eservices_core import events
from eservices_core.access import address, guardianship
from eservices_core.access.facts import Age, age_at
from eservices_core.correspondence.messages import TurnedFifteen
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.usecases import people
from eservices_core.usecases.carry_out import change_guardianship
from eservices_core.usecases.perform import perform
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import refusal_of
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.unit import Unit
from eservices_core.words.identifiers import UserId


@frozen(kw_only=True)
class NoteFifteenth(Command):
    """The service notices a birthday; once is enough, and again does nothing."""

    user: UserId


@frozen
class FifteenthNoted:
    """What ended with it."""

    guardianship_ended: bool
    address_stopped: bool
    told: bool


def note_fifteenth(services: Services, command: NoteFifteenth) -> Outcome[FifteenthNoted, Refusal]:
    """Record what the birthday has ended; refused before it."""

    def work(unit: Unit) -> Outcome[FifteenthNoted, Refusal]:
        account = unit.about = command.user
        if not people.is_known(unit, account):
            return Failure(refusal_of(guardianship.GuardianshipRefusal.NOTHING_TO_END))
        person = people.person_of(unit, account)
        if age_at(person.birth_date, unit.at) is Age.UNDER_15:
            return Failure(refusal_of(guardianship.GuardianshipRefusal.NOTHING_TO_END))
        ended = change_guardianship(unit, account, guardianship.EndAtFifteen())
        in_use = people.address_of(unit, account)
        stop = address.StopAtFifteen(person.turns_fifteen_at)
        stopped = address.decide(unit.state(events.ADDRESS, account), stop).unwrap()
        unit.add(events.ADDRESS, account, stopped)
        to = people.read_address(unit, in_use.record) if in_use else None
        tells = to is not None and isinstance(ended, Success)
        if tells and to is not None:
            unit.mail(TurnedFifteen(), to)
        unit.rule = "D-ACC-5"
        return Success(FifteenthNoted(isinstance(ended, Success), bool(stopped), tells))

    return perform(services, command, FifteenthNoted, work)
