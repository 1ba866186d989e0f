"""The scenario as ours plays it: the use cases over the embedded SQLite ledger.

The people and the world around it are those of the tests (`tests.usecases.book_day`); the ledger is
a file, and the mail server that is down is a port that nobody listens on.
"""

import smtplib
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, Final

from attrs import evolve

from eservices_adapters.clock import SystemClock
from eservices_adapters.store import SqliteLedger
from eservices_core.booking.states import Confirmed
from eservices_core.clinic.booking_settings import BookingSettings, Period, WeekTemplate, clock
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.outbox import Handover, OutgoingMail
from eservices_core.testing.ledger_examples import KEY
from eservices_core.testing.world import CLINIC, PRACTITIONER, VISIT
from eservices_core.usecases.deliver_mail import deliver_mail
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.request_time import RequestTime, TimeAsked, request_time
from eservices_core.words.clinic_time import COPENHAGEN
from tests.benchmarks.cpr import VALID
from tests.usecases.book_day import Patient
from tests.usecases.guest_day import OPEN, GuestDay
from tests.usecases.racing import Gated

_NO_BOUNCE: Final = timedelta(minutes=31)


class Unreachable:
    """A transport whose server does not answer; counts how often it was tried."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.refused = 0

    def hand_over(self, _: OutgoingMail, /) -> Handover:
        """Try to connect; nothing can have left."""
        try:
            smtplib.SMTP("127.0.0.1", self._port, timeout=5).close()
        except OSError:
            self.refused += 1
            return Handover.WAITING
        raise AssertionError("somebody listens on the port that is to be closed")


def _settings() -> BookingSettings:
    """Monday to Friday from 8 to 16 and Sunday from 0 to 8; 15 minutes each."""
    week = (
        *(Period(day, clock(8), clock(16)) for day in range(5)),
        Period(6, clock(0), clock(8)),
    )
    who = evolve(OPEN.practitioners[0], templates=(WeekTemplate(date(2020, 1, 6), (week,)),))
    kinds = tuple(evolve(kind, length=15) for kind in OPEN.types)
    return evolve(
        OPEN, opening=week, practitioners=(who,), types=kinds, horizon=timedelta(days=500)
    )


class _Clinic(GuestDay):
    """A clinic whose ledger is a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(at=SystemClock().now(), booking=_settings())
        self.path = path
        ledger: Any = SqliteLedger(path, KEY, patience=timedelta(seconds=60))
        self.ledger = ledger
        self.services = evolve(
            self.services, ledger=ledger, records=ledger, archive=ledger, claims=ledger
        )
        numbers = VALID[::2]
        self.patients = [self.comes(each, f"patient-{n}") for n, each in enumerate(numbers)]

    def command(self, who: Patient, at: datetime) -> RequestTime:
        """What a patient's form becomes."""
        return RequestTime(
            key=self.key(),
            by=self.anybody,
            session=who.session,
            browser=who.browser,
            clinic=CLINIC,
            practitioner=PRACTITIONER,
            type=VISIT,
            at=at,
        )

    def in_parallel(self, times: Sequence[datetime]) -> list[Outcome[TimeAsked, Refusal]]:
        """Have each patient ask from a thread; all have read before the first one stores."""
        gate = Barrier(len(times))
        gated: Any = Gated(self.ledger, lambda: gate.wait(60))
        services = evolve(self.services, ledger=gated)
        asked = [self.command(*each) for each in zip(self.patients, times, strict=True)]
        with ThreadPoolExecutor(len(times)) as threads:
            return list(threads.map(lambda command: request_time(services, command), asked))

    def lists(self, at: datetime) -> bool:
        """Say whether the list of free times has this one."""
        starts = (free.interval.starts_at for free in self.times(at.date()))
        return at in [start.astimezone(COPENHAGEN).replace(tzinfo=None) for start in starts]

    def everything(self) -> list[str]:
        """All that the file holds, in every table."""
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())


def _came(outcomes: Sequence[Outcome[TimeAsked, Refusal]]) -> dict[str, Any]:
    refused = [said.failure() for said in outcomes if isinstance(said, Failure)]
    return {
        "booked": len(outcomes) - len(refused),
        "refused": sorted({f"{each.reason} ({each.rule})" for each in refused}),
    }


def _mail_server_down(clinic: _Clinic, at: datetime, port: int) -> dict[str, Any]:
    down = Unreachable(port)
    clinic.deliver()
    booking = clinic.requested(clinic.patients[0], at)
    _ = clinic.approves(booking).unwrap()
    for _ in range(2):
        _ = deliver_mail(clinic.mail_round(down))
        clinic.waits(_NO_BOUNCE)
    state = clinic.now(booking)
    clinic.mailed()
    clinic.waits(_NO_BOUNCE)
    return {
        "confirmed": int(isinstance(state, Confirmed)),
        "state": type(state).__name__,
        "tries_refused": down.refused,
        "state_when_it_is_back": type(clinic.now(booking)).__name__,
    }


def _mailed_link(clinic: _Clinic, at: datetime) -> dict[str, Any]:
    booking = clinic.booked(at)
    before = clinic.everything()
    seen = clinic.sees(booking)
    return {
        "changed": int(clinic.everything() != before),
        "shown": not isinstance(seen, Failure),
        "lines_stored": len(before),
    }


def play(folder: Path, plan: dict[str, Any]) -> dict[str, Any]:
    """Play it all, each row on a day of its own in a clinic of its own: a limit is two bookings."""
    days = {name: date.fromisoformat(text) for name, text in plan["days"].items()}

    def clinic(name: str) -> _Clinic:
        return _Clinic(folder / f"{name}.sqlite")

    came: dict[str, Any] = {}
    at = datetime.combine(days["in_turn"], time(9))
    here = clinic("in_turn")
    listed = here.lists(at)
    asked = [here.asks(patient, at) for patient in here.patients[:3]]
    came["in_turn"] = {"listed": listed, **_came(asked), "listed_after": here.lists(at)}

    at = datetime.combine(days["in_parallel"], time(9))
    came["in_parallel"] = _came(clinic("in_parallel").in_parallel([at] * 8))
    apart = [datetime.combine(days["apart"], time(hour)) for hour in plan["apart_at"]]
    came["apart"] = _came(clinic("apart").in_parallel(apart))
    for name in ("at_night", "no_such_time"):
        at = datetime.combine(days[name], time.fromisoformat(plan[f"{name}_at"]))
        here = clinic(name)
        came[name] = {"listed": here.lists(at), **_came([here.asks(here.patients[0], at)])}
    at = datetime.combine(days["mail_down"], time(9))
    came["mail_down"] = _mail_server_down(clinic("mail_down"), at, plan["closed_port"])
    at = datetime.combine(days["link"], time(9))
    came["link"] = _mailed_link(clinic("link"), at)
    return came
