"""Delivery reports in memory keep the contract; whoever breaks a promise of it is noticed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.ports.delivery_reports import Action, Doubt, Report
from eservices_core.testing.contracts import DeliveryReportsContract, ReportsUnderTest
from eservices_core.testing.ledger_examples import AT
from eservices_core.testing.memory import MemoryDeliveryReports
from eservices_core.words.identifiers import MailId

MAIL = MailId("ab" * 16)


def _under_test(kind: Callable[[], MemoryDeliveryReports]) -> ReportsUnderTest:
    reports = kind()

    def arrive(mail: MailId | None, action: Action, at: Any) -> None:
        _ = reports.arrive(mail, action, at)

    return ReportsUnderTest(
        reports, arrive, again="nothing outlives memory", lay="no bytes come into memory"
    )


class TestMemoryDeliveryReports(DeliveryReportsContract):
    @pytest.fixture
    def under_test(self) -> ReportsUnderTest:
        """Reports that a test tells of."""
        return _under_test(MemoryDeliveryReports)


# ------------------------------------------------------------------------------------- saboteurs


class _Forgets(MemoryDeliveryReports):
    """Gives each report once."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        given = super().waiting(limit)
        for report in given:
            self.done(report)
        return given


class _Newest(MemoryDeliveryReports):
    """Gives the newest first."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        return tuple(reversed(super().waiting(1_000)))[:limit]


class _Generous(MemoryDeliveryReports):
    """Gives all, however few were asked for."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        return super().waiting(limit + 1)


class _DoesTheMail(MemoryDeliveryReports):
    """Takes a report for its mail."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        return tuple({report.mail: report for report in super().waiting(limit)}.values())


class _DoesTheOldest(MemoryDeliveryReports):
    """Does whichever came first."""

    def done(self, report: Report, /) -> None:
        del report
        super().done(*self.waiting(1))


class _NeverDone(MemoryDeliveryReports):
    """Does nothing."""

    def done(self, report: Report, /) -> None:
        del report


class _Strict(MemoryDeliveryReports):
    """Raises where there is nothing to do."""

    def done(self, report: Report, /) -> None:
        del self._waiting[report.name]


class _DropsStrangers(MemoryDeliveryReports):
    """Gives only what is about a mail."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        return tuple(report for report in super().waiting(limit) if report.mail is not None)


class _SeesFailures(MemoryDeliveryReports):
    """Takes every report for a failure."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        return tuple(with_changes(one, action=Action.FAILED) for one in super().waiting(limit))


class _Late(MemoryDeliveryReports):
    """Says when it looked."""

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        late = timedelta(minutes=1)
        return tuple(
            with_changes(one, reported_at=one.reported_at + late) for one in super().waiting(limit)
        )


CONTRACT = DeliveryReportsContract()


@frozen
class _Case:
    saboteur: type[MemoryDeliveryReports]
    promise: Callable[..., object]
    more: tuple[object, ...] = ()

    def __str__(self) -> str:
        return f"{self.saboteur.__name__[1:]}-{self.promise.__name__}"


CASES = (
    _Case(_Forgets, CONTRACT.test_given_until_done),
    _Case(_Newest, CONTRACT.test_the_first_comes_first),
    _Case(_Generous, CONTRACT.test_no_more_than_asked_for, (1,)),
    _Case(_DoesTheMail, CONTRACT.test_one_mail_can_have_several),
    _Case(_DoesTheOldest, CONTRACT.test_done_is_done),
    _Case(_NeverDone, CONTRACT.test_done_is_done),
    _Case(_NeverDone, CONTRACT.test_workers_do_each_once),
    _Case(_Strict, CONTRACT.test_done_twice_is_done),
    _Case(_DropsStrangers, CONTRACT.test_one_that_is_nobody_s_is_given),
    _Case(_SeesFailures, CONTRACT.test_what_is_said_is_given, (Action.DELIVERED,)),
    _Case(_Late, CONTRACT.test_a_report_comes_when_it_comes),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_promise_is_noticed(case: _Case) -> None:
    """An adapter that breaks a promise fails that promise's test, which says its name."""
    _ = case.promise(_under_test(MemoryDeliveryReports), *case.more)
    with pytest.raises(BaseException) as broken:  # noqa: PT011  however it breaks
        _ = case.promise(_under_test(case.saboteur), *case.more)
    assert [note for note in broken.value.__notes__ if note.startswith("broken promise: ")]


# -------------------------------------------------------------------------------------- a report


@pytest.mark.parametrize(
    ("diagnostic", "may"),
    [
        ("", True),
        ("5.0.0", True),
        ("4.4.2", True),
        ("5.4.2", True),
        ("550", False),
        ("550 5.1.1", False),
        ("421 4.4.2", False),
        ("5.1.1", False),
        ("5.4.4", False),
        ("4.4.1", False),
    ],
)
def test_a_failure_may_have_arrived(diagnostic: str, may: bool) -> None:
    """D-BOOK-3: a failure may have arrived unless a server refused it, or its status says why."""
    failed = Report("a", MAIL, Action.FAILED, AT, diagnostic)
    assert failed.may_have_arrived is may
    assert not with_changes(failed, action=Action.DELAYED).may_have_arrived


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "a@b"},
        {"name": ""},
        {"reported_at": AT.replace(tzinfo=None)},
        {"diagnostic": "550 5.1.1 <anna@example.dk> is unknown"},
        {"diagnostic": "5505.1.1"},
        {"mail": None},
        {"action": Action.UNKNOWN},
        {"doubt": Doubt.NO_ACTION},
    ],
)
@pytest.mark.leaks("a value that cannot be is shown to whoever built it")
def test_a_report_that_cannot_be_is_a_bug(changes: dict[str, Any]) -> None:
    """A report holds no text and no address, is a moment's, and has a doubt if it lacks a thing."""
    right = Report("a", MAIL, Action.FAILED, AT, "550 5.1.1")
    with pytest.raises(AssertionError):
        _ = with_changes(right, **changes)
