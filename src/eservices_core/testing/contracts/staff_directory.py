"""The contract of a directory of staff: a person at one clinic, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen

from eservices_core.clinic.staff import StaffMember
from eservices_core.ports.staff import StaffDirectory
from eservices_core.staffing.member import Role, StaffRecord, Standing, standing_of
from eservices_core.testing.contracts.base import Contract
from eservices_core.words.identifiers import ClinicId, StaffId

_AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
_ANNA = StaffMember(StaffId("anna"), ClinicId("clinic-1"))
_ELSEWHERE = StaffMember(StaffId("anna"), ClinicId("clinic-2"))
_DAY = timedelta(days=1)


@frozen
class DirectoryUnderTest:
    """A directory, and what is done to it.

    Attributes:
        directory: the adapter, with nobody in it.
        enter: enters somebody into what it reads, or changes what stands there.
    """

    directory: StaffDirectory
    enter: Callable[[StaffMember, StaffRecord], None]


class StaffDirectoryContract(Contract):
    """What a StaffDirectory promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> DirectoryUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError("return a DirectoryUnderTest: an adapter, how to enter staff")

    def test_of_nobody_there_is_nothing(self, under_test: DirectoryUnderTest) -> None:
        """Who was never entered is nobody."""
        assert under_test.directory.member(_ANNA) is None

    def test_each_role_comes_back(self, under_test: DirectoryUnderTest) -> None:
        """Whoever was entered is found, with role and dates."""
        for role in Role:
            who = StaffMember(StaffId(f"a-{role.value}"), _ANNA.clinic)
            record = StaffRecord(role, _AT, _AT + _DAY)
            under_test.enter(who, record)
            assert under_test.directory.member(who) == record

    def test_who_stays_has_no_end(self, under_test: DirectoryUnderTest) -> None:
        """Where no end is known, none is told."""
        under_test.enter(_ANNA, StaffRecord(Role.RECEPTION, _AT))
        assert under_test.directory.member(_ANNA) == StaffRecord(Role.RECEPTION, _AT)

    def test_a_leaver_is_still_found(self, under_test: DirectoryUnderTest) -> None:
        """D-STAFF-1: who has left is told with the end date, so that it is known that they left."""
        under_test.enter(_ANNA, StaffRecord(Role.PRACTITIONER, _AT, _AT + _DAY))
        found = under_test.directory.member(_ANNA)
        assert standing_of(found, _AT + _DAY) is Standing.LEFT
        assert standing_of(found, _AT) is Standing.ACTIVE

    def test_another_clinic_s_staff_is_nobody(self, under_test: DirectoryUnderTest) -> None:
        """D-LOG-2: the same id at another clinic is another person."""
        under_test.enter(_ANNA, StaffRecord(Role.MANAGER, _AT))
        assert under_test.directory.member(_ELSEWHERE) is None
        under_test.enter(_ELSEWHERE, StaffRecord(Role.SUPPORT, _AT))
        assert under_test.directory.member(_ANNA) == StaffRecord(Role.MANAGER, _AT)
        assert under_test.directory.member(_ELSEWHERE) == StaffRecord(Role.SUPPORT, _AT)

    def test_a_change_is_seen_at_once(self, under_test: DirectoryUnderTest) -> None:
        """D-STAFF-1: a new role, and an end date, are told from then on; nothing is remembered."""
        for record in (
            StaffRecord(Role.RECEPTION, _AT),
            StaffRecord(Role.MANAGER, _AT),
            StaffRecord(Role.MANAGER, _AT, _AT + _DAY),
        ):
            under_test.enter(_ANNA, record)
            assert under_test.directory.member(_ANNA) == record
