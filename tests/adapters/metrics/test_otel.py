"""Metrics: what is told, and that nothing is told of anybody."""

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from eservices_adapters.compose import compose
from eservices_adapters.config.installation import read_config
from eservices_adapters.demo.box import set_up
from eservices_adapters.metrics.otel import CLOSED, OTHER, Otel, QueueSeen
from eservices_adapters.metrics.transport import MeasuredTransport
from eservices_adapters.store import SqliteLedger
from eservices_adapters.worker.rounds import rounds_of
from eservices_core.ports.outbox import Handover, MailKind, OutgoingMail
from eservices_core.testing.ledger_examples import (
    KEY,
    a_change,
    a_claim,
    a_mail,
    a_whole_change,
    claiming,
)


class _Told:
    """What an exporter would be given."""

    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self.otel = Otel(MeterProvider([self._reader], shutdown_on_exit=False))

    def points(self) -> list[tuple[str, Mapping[str, Any], Any]]:
        """Give every point: its metric's name, its attributes, and itself."""
        data = self._reader.get_metrics_data()
        return [
            (metric.name, dict(point.attributes or {}), point)
            for resource in ([] if data is None else data.resource_metrics)
            for scope in resource.scope_metrics
            for metric in scope.metrics
            for point in metric.data.data_points
        ]

    def counted(self, name: str) -> dict[str, int]:
        """Give what a counter has counted, by its attributes."""
        return {
            "/".join(str(value) for value in attributes.values()): point.value
            for metric, attributes, point in self.points()
            if metric == name
        }


def test_changes_are_counted_by_what_came_of_them(tmp_path: Path) -> None:
    """Stored, repeated, refused: each change is told by its code, with how long it took."""
    told = _Told()
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as ledger:
        ledger.tell(told.otel)
        for change in (
            a_change("one"),
            a_change("one"),
            claiming("first", a_claim("b-1", 0, 15)),
            claiming("second", a_claim("b-2", 10, 20)),
        ):
            _ = ledger.commit(change)
    assert told.counted("eservices.store.changes") == {
        "stored": 2,
        "repeated": 1,
        "time_is_taken": 1,
    }
    names = {name for name, _, _ in told.points()}
    assert {"eservices.store.change.duration", "eservices.store.commit.pieces"} <= names


def test_attempts_at_mails_are_counted_by_kind_and_outcome() -> None:
    """Each attempt is told once; one that raised may have arrived, and is told as that."""
    told = _Told()
    ends = [Handover.HANDED_OVER, Handover.REFUSED, None]

    class Ending:
        def hand_over(self, _mail: OutgoingMail, /) -> Handover:
            end = ends.pop(0)
            if end is None:
                raise LookupError
            return end

    transport = MeasuredTransport(Ending(), told.otel)
    assert transport.hand_over(a_mail("a")) is Handover.HANDED_OVER
    assert transport.hand_over(a_mail("b")) is Handover.REFUSED
    with pytest.raises(LookupError):
        _ = transport.hand_over(a_mail("c"))
    assert told.counted("eservices.mails") == {
        "activation/handed_over": 1,
        "activation/refused": 1,
        "activation/ambiguous": 1,
    }


def test_queues_are_looked_at_when_they_are_exported() -> None:
    """A queue tells its length and age; one that cannot be looked at breaks nothing."""
    told = _Told()
    told.otel.watch_queues(lambda: [QueueSeen("mails", 3, 61.5)])
    assert told.counted("eservices.queue.length") == {"mails": 3}
    assert told.counted("eservices.queue.age") == {"mails": 61.5}

    def broken() -> list[QueueSeen]:
        raise LookupError

    silent = _Told()
    silent.otel.watch_queues(broken)
    assert silent.counted("eservices.queue.length") == {}


def test_no_attribute_holds_what_is_on_no_list() -> None:
    """D-LOG-1: whatever is told, an attribute says a code of its closed list, or `other`."""
    told = _Told()
    queues: list[QueueSeen] = []
    told.otel.watch_queues(lambda: queues)

    @given(
        change=st.text(),
        queue=st.text(),
        name=st.text(),
        kind=st.sampled_from(MailKind),
        raised=st.booleans(),
    )
    def tell(change: str, queue: str, name: str, kind: MailKind, *, raised: bool) -> None:
        queues[:] = [QueueSeen(queue, 1, 1.0)]
        told.otel.wrote(change, 0.1)
        told.otel.went_round(name, raised=raised)
        told.otel.handed(kind, Handover.EXPIRED)
        told.otel.again(lost=raised)
        points = told.points()
        assert len(points) >= 6
        for _, attributes, _ in points:
            for attribute, value in attributes.items():
                assert value in CLOSED[attribute] | {OTHER}

    tell()


def test_nothing_of_a_whole_change_is_told(tmp_path: Path) -> None:
    """D-LOG-1: of a change with one of everything no id, name or text comes out."""
    told = _Told()
    with closing(SqliteLedger(tmp_path / "ledger.db", KEY)) as ledger:
        ledger.tell(told.otel)
        _ = ledger.commit(a_whole_change("canary")).unwrap()
    spelled = json.dumps([(name, attributes) for name, attributes, _ in told.points()])
    assert "stored" in spelled
    assert "canary" not in spelled


def test_metrics_are_off_until_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without [operation] metrics nothing is told; with it, the extra must be there."""
    set_up(tmp_path / "clinic").unwrap().installation.ledger.close()
    path = tmp_path / "clinic" / "eservices.toml"
    with compose(read_config(path).unwrap()).unwrap() as installation:
        assert installation.metrics is None
    with path.open("a") as file:
        _ = file.write("\n[operation]\nmetrics = true\n")
    with compose(read_config(path).unwrap()).unwrap() as installation:
        assert installation.metrics is not None
        assert isinstance(installation.transport, MeasuredTransport)
        rounds = {one.name for one in rounds_of(installation, lambda: False)}
        assert rounds <= CLOSED["round"], "a round has its name on the list"
    monkeypatch.setitem(sys.modules, "eservices_adapters.metrics.otel", None)
    refused = compose(read_config(path).unwrap()).failure()
    assert refused == ("[operation] metrics: needs the extra metrics",)
