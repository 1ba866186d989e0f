"""Samples and alarms over look-ups (D-STAFF-1)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eservices_core.staffing.opening import IN_HAND, Purpose
from eservices_core.staffing.watch import WINDOW, AlarmKind, Lookup, alarms, sample
from eservices_core.words.identifiers import StaffId

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def _logs(draw: st.DrawFn) -> list[Lookup]:
    steps = draw(st.lists(st.integers(0, 40), max_size=25))
    found: list[Lookup] = []
    minutes = 0
    for place, step in enumerate(steps, start=1):
        minutes += step
        found.append(
            Lookup(
                place,
                BEGIN + timedelta(minutes=minutes),
                StaffId(draw(st.sampled_from("ab"))),
                draw(st.sampled_from("pqrstu")),
                draw(st.sampled_from(Purpose)),
                protected=draw(st.booleans()),
            )
        )
    return found


@given(_logs(), st.integers(1, 4))
def test_an_alarm_is_raised_when_the_limit_is_passed(log: list[Lookup], limit: int) -> None:
    """D-STAFF-1: MANY where the hour's patients come to one more than the limit; each once."""
    raised = list(alarms(log, limit))
    many = [alarm.lookup.position for alarm in raised if alarm.kind is AlarmKind.MANY]
    expected: list[int] = []
    for this in log:
        counted = [
            each
            for each in log
            if each.position <= this.position
            and each.staff == this.staff
            and each.purpose not in IN_HAND
            and each.at > this.at - WINDOW
        ]
        earlier = {each.patient for each in counted if each is not this}
        grown = this in counted and this.patient not in earlier
        if grown and len(earlier | {this.patient}) == limit + 1:
            expected.append(this.position)
    assert many == expected
    protected = [alarm.lookup for alarm in raised if alarm.kind is AlarmKind.PROTECTED]
    assert protected == [each for each in log if each.protected]


@given(_logs(), st.integers(1, 3), st.data())
def test_the_pieces_do_not_matter(log: list[Lookup], limit: int, data: st.DataObject) -> None:
    """D-STAFF-1: read in two pieces, the second with the hour before, it is the same."""
    cut = data.draw(st.integers(0, len(log)))
    first, new = log[:cut], log[cut:]
    since = new[0].at - WINDOW if new else BEGIN
    known = [each for each in log if each.at >= since]
    fresh = {each.position for each in new}
    second = [each for each in alarms(known, limit) if each.lookup.position in fresh]
    assert [*alarms(first, limit), *second] == list(alarms(log, limit))


@given(_logs(), st.integers(0, 30), st.lists(st.text(max_size=3), min_size=25, max_size=25))
def test_a_sample_is_some_of_them_in_order(
    log: list[Lookup], size: int, drawn_lots: list[str]
) -> None:
    """D-STAFF-1: as many as asked for or all, each once, in the log's order, by their lots."""
    lots = {each.position: lot for each, lot in zip(log, drawn_lots, strict=False)}
    drawn = sample(log, size, lambda each: lots[each.position])
    assert len(drawn) == min(size, len(log))
    assert list(drawn) == [each for each in log if each in drawn]
    left_out = [lots[each.position] for each in log if each not in drawn]
    assert all(lots[each.position] <= lot for each in drawn for lot in left_out)
