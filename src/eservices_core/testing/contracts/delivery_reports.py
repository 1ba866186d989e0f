"""The contract of delivery reports: given until they are done, in order, whatever lies there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import pytest
from attrs import evolve as with_changes
from attrs import frozen

from eservices_core.ports.delivery_reports import Action, DeliveryReports, Doubt, Report
from eservices_core.testing.contracts.base import Contract
from eservices_core.testing.ledger_examples import AT
from eservices_core.words.identifiers import MailId

_ALL: Final = 1_000
_WORKERS: Final = 8
_MAILS: Final = tuple(MailId.from_entropy(bytes([number]) * 16) for number in range(1, 6))

_HOSTILE: Final = {
    "nothing": b"",
    "no header": b"\r\n\r\n\r\n",
    "noise": bytes(range(256)) * 64,
    "one long line": b"Content-Type: " + b";" * 200_000,
    "an endless header": b"".join(b"X-%d: a\r\n" % number for number in range(20_000)),
    "no boundary": b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\n--\r\n",
    "nested without end": b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (depth, depth)
        for depth in range(2_000)
    ),
}


@frozen
class ReportsUnderTest:
    """Delivery reports, and how some are made to come.

    Attributes:
        reports: the adapter, with nothing waiting.
        arrive: makes a report about a mail of ours come, later than those before; about None, one
            that came to no return path of ours.
        again: opens the adapter anew over the same place; a text where nothing outlives it.
        lay: makes bytes of somebody's choice come, which are no report of ours; a text where no
            bytes come in.
        keeps: the finest part of a time that the place keeps; a mailbox may know seconds alone.
    """

    reports: DeliveryReports
    arrive: Callable[[MailId | None, Action, datetime], None]
    again: Callable[[], DeliveryReports] | str
    lay: Callable[[bytes], None] | str
    keeps: timedelta = timedelta(microseconds=1)


class DeliveryReportsContract(Contract):
    """What DeliveryReports promises; `under_test` says what to return."""

    @pytest.fixture
    def under_test(self) -> ReportsUnderTest:
        """Required: the one thing that an adapter's author writes."""
        raise NotImplementedError(
            "return a ReportsUnderTest: the adapter over an empty place, and how reports get there"
        )

    @staticmethod
    def _arrived(under_test: ReportsUnderTest, count: int = len(_MAILS)) -> tuple[Report, ...]:
        for number, mail in enumerate(_MAILS[:count]):
            under_test.arrive(mail, Action.FAILED, AT + timedelta(minutes=number))
        return under_test.reports.waiting(_ALL)

    @staticmethod
    def _again(under_test: ReportsUnderTest) -> DeliveryReports:
        if isinstance(under_test.again, str):
            pytest.skip(under_test.again)
        return under_test.again()

    def test_nothing_comes_of_nothing(self, under_test: ReportsUnderTest) -> None:
        """Where nothing has come, nothing waits."""
        assert under_test.reports.waiting(_ALL) == ()

    @pytest.mark.parametrize(
        "action", [action for action in Action if action is not Action.UNKNOWN]
    )
    def test_what_is_said_is_given(self, under_test: ReportsUnderTest, action: Action) -> None:
        """A report gives the mail that it is about and the action as it was said, without doubt."""
        under_test.arrive(_MAILS[0], action, AT)
        (report,) = under_test.reports.waiting(_ALL)
        assert (report.mail, report.action, report.doubt) == (_MAILS[0], action, None)

    def test_a_report_comes_when_it_comes(self, under_test: ReportsUnderTest) -> None:
        """A report says when it came, as an instant."""
        under_test.arrive(_MAILS[0], Action.FAILED, AT)
        (report,) = under_test.reports.waiting(_ALL)
        assert timedelta(0) <= AT - report.reported_at < under_test.keeps

    def test_one_that_is_nobody_s_is_given(self, under_test: ReportsUnderTest) -> None:
        """A report that came to no return path of ours is given without a mail, and says why."""
        under_test.arrive(None, Action.FAILED, AT)
        (report,) = under_test.reports.waiting(_ALL)
        assert report.mail is None
        assert report.doubt is Doubt.NOT_OURS

    def test_the_first_comes_first(self, under_test: ReportsUnderTest) -> None:
        """Reports are given in the order in which they came."""
        given = self._arrived(under_test)
        assert [report.mail for report in given] == list(_MAILS)

    @pytest.mark.parametrize("limit", [0, 1, len(_MAILS) - 1])
    def test_no_more_than_asked_for(self, under_test: ReportsUnderTest, limit: int) -> None:
        """No more are given than were asked for: the first ones."""
        given = self._arrived(under_test)
        assert under_test.reports.waiting(limit) == given[:limit]

    def test_one_mail_can_have_several(self, under_test: ReportsUnderTest) -> None:
        """Two reports about one mail, alike or not, are two, each with its own name."""
        for action in (Action.DELAYED, Action.DELAYED, Action.DELIVERED):
            under_test.arrive(_MAILS[0], action, AT)
        given = under_test.reports.waiting(_ALL)
        assert {report.mail for report in given} == {_MAILS[0]}
        assert len({report.name for report in given}) == len(given) == 3  # noqa: PLR2004  said by the line itself

    def test_given_until_done(self, under_test: ReportsUnderTest) -> None:
        """A report is given again, the same in every part, until it is done."""
        given = self._arrived(under_test)
        assert under_test.reports.waiting(_ALL) == given

    def test_done_is_done(self, under_test: ReportsUnderTest) -> None:
        """A report that is done is never given again, and all others are."""
        first, second, *rest = self._arrived(under_test)
        under_test.reports.done(second)
        assert under_test.reports.waiting(_ALL) == (first, *rest)

    def test_done_twice_is_done(self, under_test: ReportsUnderTest) -> None:
        """Doing a report again, or one that is not there, does nothing."""
        first, *rest = self._arrived(under_test)
        for report in (first, first, with_changes(first, name="never-came")):
            under_test.reports.done(report)
        assert under_test.reports.waiting(_ALL) == tuple(rest)

    def test_workers_do_each_once(self, under_test: ReportsUnderTest) -> None:
        """Several workers may do the same reports at once."""
        given = self._arrived(under_test)
        with ThreadPoolExecutor(_WORKERS) as pool:
            _ = list(pool.map(under_test.reports.done, given * _WORKERS))
        assert under_test.reports.waiting(_ALL) == ()

    def test_what_waits_outlives_us(self, under_test: ReportsUnderTest) -> None:
        """After a restart, what was not done is given as before, and what was done is not."""
        first, *rest = self._arrived(under_test)
        under_test.reports.done(first)
        assert self._again(under_test).waiting(_ALL) == tuple(rest)

    def test_another_can_do_it(self, under_test: ReportsUnderTest) -> None:
        """A report that one worker was given, another can do, who was never given it."""
        first, *rest = self._arrived(under_test)
        self._again(under_test).done(first)
        assert under_test.reports.waiting(_ALL) == tuple(rest)

    @pytest.mark.parametrize("content", _HOSTILE.values(), ids=_HOSTILE.keys())
    def test_nothing_that_lies_there_raises(
        self, under_test: ReportsUnderTest, content: bytes
    ) -> None:
        """Whatever bytes come, nothing is raised, no mail is found, and other reports come."""
        if isinstance(under_test.lay, str):
            pytest.skip(under_test.lay)
        under_test.lay(content)
        under_test.arrive(_MAILS[0], Action.FAILED, AT)
        given = under_test.reports.waiting(_ALL)
        assert [report.mail for report in given if report.mail is not None] == [_MAILS[0]]
        for report in given:
            under_test.reports.done(report)
        assert under_test.reports.waiting(_ALL) == ()
