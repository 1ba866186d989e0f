from datetime import timedelta

import pytest

from eservices_core.ports.delivery_reports import Action, Doubt, Report
from eservices_core.ports.ledger import BySystem, Change
from eservices_core.ports.outbox import Handover, Reported
from eservices_core.testing.ledger_examples import a_mail, settle_next
from eservices_core.testing.world import World
from eservices_core.usecases.read_reports import (
    DOUBTFUL,
    DOUBTFUL_MAX,
    DoubtfulReport,
    doubtful_reports,
    read_reports,
    report_is_seen,
)
from eservices_core.words.identifiers import MailId
from tests.usecases.mail_day import MONDAY

MAIL = MailId("mail")
DAY = timedelta(days=1)

pytestmark = pytest.mark.made_up("mails that say which they are")


class _Waiting:
    """Reports that wait, and those that are done; it can be killed before it is done with one."""

    def __init__(self, *reports: Report) -> None:
        self.reports = list(reports)
        self.dies = False

    def waiting(self, limit: int, /) -> tuple[Report, ...]:
        """Give those that wait."""
        return tuple(self.reports[:limit])

    def done(self, report: Report, /) -> None:
        """Be done with one."""
        if self.dies:
            raise OSError("killed")
        self.reports.remove(report)


def _report(action: Action, name: str = "a", days: int = 0, doubt: Doubt | None = None) -> Report:
    mail = None if doubt is Doubt.NOT_OURS else MAIL
    return Report(name, mail, action, MONDAY + days * DAY, doubt=doubt)


@pytest.fixture
def world() -> World:
    """A world with one mail that was handed over."""
    world = World(MONDAY)
    change = Change("key", "", MONDAY, BySystem(), "", mails=(a_mail("mail"),))
    _ = world.ledger.commit(change).unwrap()
    _ = settle_next(world.ledger, Handover.HANDED_OVER, MONDAY)
    return world


def _said(world: World) -> Reported | None:
    state = world.ledger.mail(MAIL)
    assert state is not None
    return state.reported


def test_a_delay_and_then_success(world: World) -> None:
    """faults: 139. A server that goes on trying says nothing yet; that it arrived is noted."""
    reports = _Waiting(_report(Action.DELAYED, "a"), _report(Action.DELIVERED, "b"))
    _ = read_reports(world.services, reports, world.ledger, 1)
    assert _said(world) is None
    _ = read_reports(world.services, reports, world.ledger)
    assert _said(world) is Reported.DELIVERED
    assert reports.reports == []


@pytest.mark.parametrize("days", [0, 5])
def test_a_failure_comes_at_once_or_days_later(world: World, days: int) -> None:
    """faults: 138. Whenever it comes, and however often, a failure is noted as one."""
    failed = _report(Action.FAILED, days=days)
    failed = Report(failed.name, MAIL, Action.FAILED, failed.reported_at, "550 5.1.1")
    for name in "ab":
        again = Report(name, MAIL, Action.FAILED, failed.reported_at, failed.diagnostic)
        _ = read_reports(world.services, _Waiting(again), world.ledger)
        assert _said(world) is Reported.FAILED
    assert doubtful_reports(world.services) == ()


@pytest.mark.parametrize("doubt", [Doubt.NOT_OURS, Doubt.NO_STATUS])
def test_what_nobody_can_read_lies_on_a_list(world: World, doubt: Doubt) -> None:
    """faults: 140. A report that says too little changes no mail, and somebody is to look at it."""
    report = _report(Action.UNKNOWN, "abc", 1, doubt)
    assert read_reports(world.services, _Waiting(report), world.ledger) == (report,)
    assert _said(world) is None
    kept = DoubtfulReport("abc", report.mail, Action.UNKNOWN, doubt, report.reported_at)
    assert doubtful_reports(world.services) == (kept,)
    assert report_is_seen(world.services, "ab") is False
    assert report_is_seen(world.services, "abc") is True
    assert doubtful_reports(world.services) == ()
    assert report_is_seen(world.services, "abc") is False


def test_a_worker_that_dies_before_it_is_done_lists_it_once(world: World) -> None:
    """faults: 144. What is read again after a crash is not laid on the list again."""
    reports = _Waiting(_report(Action.UNKNOWN, doubt=Doubt.NO_ACTION))
    reports.dies = True
    for _ in range(2):
        with pytest.raises(OSError, match="killed"):
            _ = read_reports(world.services, reports, world.ledger)
    assert len(doubtful_reports(world.services)) == 1
    assert report_is_seen(world.services, "a") is True
    reports.dies = False
    _ = read_reports(world.services, reports, world.ledger)
    assert doubtful_reports(world.services) == (), "somebody has looked"


def test_the_list_does_not_grow_for_ever(world: World) -> None:
    """faults: 122, 140. Whoever sends reports without end fills a list of a thousand, no more."""
    many = [
        _report(Action.UNKNOWN, f"r{number}", doubt=Doubt.NOT_OURS)
        for number in range(DOUBTFUL_MAX + 5)
    ]
    read = read_reports(world.services, _Waiting(*many), world.ledger, len(many))
    assert len(read) == len(many)
    assert world.ledger.length(DOUBTFUL) == DOUBTFUL_MAX
