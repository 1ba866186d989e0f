from datetime import UTC, datetime

import pytest

from eservices_adapters.mitid.persons import TestPerson
from eservices_adapters.mitid.simulated import ISSUER, SimulatedMitid
from eservices_core.access.mitid import Assurance, IdentityKind, Subject
from eservices_core.ports.world import MitidStart
from eservices_core.testing.contracts import MitidContract, MitidUnderTest
from eservices_core.testing.memory import FakeClock
from eservices_core.words.civil_number import CivilNumber

PERSONS = (
    TestPerson("anna", CivilNumber.parse("0709614606").unwrap()),
    TestPerson("anna-at-work", None, IdentityKind.BUSINESS, Assurance.HIGH, "cvr-1"),
)


class TestSimulatedMitid(MitidContract):
    @pytest.fixture(params=PERSONS, ids=["private", "business"])
    def under_test(self, request: pytest.FixtureRequest) -> MitidUnderTest:
        """A simulated MitID, at which one of its persons identifies."""
        person: TestPerson = request.param
        mitid = SimulatedMitid(PERSONS, FakeClock(datetime(2027, 3, 28, tzinfo=UTC)), bytes(32))

        def identify(start: MitidStart) -> dict[str, str]:
            return mitid.answer_as(start, person.key)

        subject = Subject(ISSUER, person.subject)
        return MitidUnderTest(
            mitid,
            identify,
            mitid.answer_cancelled,
            subject,
            person.number,
            person.kind,
            person.assurance,
        )
