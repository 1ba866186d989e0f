"""The scenario as django-appointment plays it, in a process of its own: its views, its defaults.

Run as `python -m tests.benchmarks.appointments_django FOLDER` with the plan as JSON on the standard
input; what came of it is written to `came.json` in that folder. Patients are logged in, and send
the two forms that its pages send. Nothing is switched off, and no setting but the clinic's hours,
its time zone and the mail server is given. The bookings are counted in its database.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, Final

import django
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import include, path, reverse

_NAME: Final = "appointment"
_SENDER: Final = "appointment.email_sender.email_sender"
_LINK: Final = re.compile(r"/confirm-reschedule/[^\s\"<]+")


def _set_up(folder: Path) -> None:
    base = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
    middleware = (
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    )
    processors = (
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    )
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "theirs.sqlite"}
    templates = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": list(processors)},
    }
    settings.configure(
        SECRET_KEY="a key for a benchmark, known to everybody",
        ALLOWED_HOSTS=["testserver"],
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in base), _NAME],
        MIDDLEWARE=list(middleware),
        TEMPLATES=[templates],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        STATIC_URL="static/",
        USE_TZ=True,
        TIME_ZONE="Europe/Copenhagen",
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    )
    django.setup()
    settings.ROOT_URLCONF = (path("", include("appointment.urls")),)
    _ = call_command("migrate", run_syncdb=True, verbosity=0)  # the package ships no migrations
    mail.outbox = []


class _Clinic:
    """One practitioner, Monday to Friday from 8 to 16 and Sunday from 0 to 8; 15 minutes each."""

    def __init__(self) -> None:
        users = apps.get_model("auth", "User").objects
        doctor = users.create_user("doctor", "doctor@example.dk", first_name="Doctor")
        self.service = apps.get_model(_NAME, "Service").objects.create(
            name="Visit", duration=timedelta(minutes=15), price=0
        )
        self.staff = apps.get_model(_NAME, "StaffMember").objects.create(
            user=doctor, slot_duration=15, lead_time=time(8), finish_time=time(16)
        )
        self.staff.services_offered.add(self.service)
        hours = {0: (time(0), time(8)), **dict.fromkeys(range(1, 6), (time(8), time(16)))}
        for day, (first, last) in hours.items():
            _ = apps.get_model(_NAME, "WorkingHours").objects.create(
                staff_member=self.staff, day_of_week=day, start_time=first, end_time=last
            )
        self.patients = [self._patient(number) for number in range(8)]

    @staticmethod
    def _patient(number: int) -> Client:
        users = apps.get_model("auth", "User").objects
        client = Client()
        client.force_login(users.create_user(f"patient-{number}", f"patient-{number}@example.dk"))
        return client

    def form(self, day: date, at: time) -> dict[str, Any]:
        """What the first form sends."""
        end = (datetime.combine(day, at) + timedelta(minutes=15)).time()
        return {
            "date": day.isoformat(),
            "start_time": at.isoformat(),
            "end_time": end.isoformat(),
            "service": self.service.pk,
            "staff_member": self.staff.pk,
        }

    def asks(self, patient: Client, day: date, at: time) -> Any:
        """Send both forms, and look at the page that follows; gives its answer."""
        first = patient.post(reverse("appointment:appointment_request_submit"), self.form(day, at))
        if first.status_code != 302:
            return first
        written = {
            "name": "A Test Person",
            "phone_0": "DK",
            "phone_1": "20304050",
            "address": "Testvej 1, 9999 Testby",
            "payment_type": "full",
        }
        return patient.post(first["Location"], written, follow=True)

    def lists(self, day: date, at: time) -> bool:
        """Say whether its own list of free times has this one."""
        asked = {
            "selected_date": day.isoformat(),
            "staff_member": self.staff.pk,
            "service_id": self.service.pk,
        }
        url = reverse("appointment:available_slots_ajax")
        answer = Client().get(url, asked, headers={"X-Requested-With": "XMLHttpRequest"}).json()
        wanted = f"{day.isoformat()}T{at.isoformat()}"
        return any(slot.startswith(wanted) for slot, _ in answer["available_slots"])

    @staticmethod
    def booked(day: date, at: time | None = None) -> int:
        """Count the appointments of a day, or of one time of it."""
        found = apps.get_model(_NAME, "Appointment").objects.filter(appointment_request__date=day)
        return found.filter(appointment_request__start_time=at).count() if at else found.count()


def _in_parallel(acts: Sequence[Callable[[], Any]]) -> None:
    together = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> None:
        try:
            _ = together.wait(60)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        _ = list(threads.map(one, acts))


def _mail_server_down(clinic: _Clinic, day: date, at: time, port: int) -> dict[str, Any]:
    errors: list[str] = []
    listener = logging.Handler(logging.ERROR)
    listener.emit = lambda record: errors.append(record.getMessage())
    logging.getLogger(_SENDER).addHandler(listener)
    memory, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "django.core.mail.backends.smtp.EmailBackend",
    )
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    page = clinic.asks(clinic.patients[0], day, at)
    settings.EMAIL_BACKEND = memory
    return {
        "booked": clinic.booked(day, at),
        "page": page.status_code,
        "thanks": "/thank-you/" in page.redirect_chain[-1][0],
        "errors_logged": len(errors),
    }


def _mailed_link(clinic: _Clinic, day: date, at: time, to: time) -> dict[str, Any]:
    _ = clinic.asks(clinic.patients[1], day, at)
    booked = apps.get_model(_NAME, "AppointmentRequest").objects.get(date=day, start_time=at)
    asked = {**clinic.form(day, to), "appointment_request_id": booked.id_request}
    _ = clinic.patients[1].post(reverse("appointment:reschedule_appointment_submit"), asked)
    booked.refresh_from_db()
    before = booked.start_time
    link = _LINK.search(str(mail.outbox[-1].body) + str(mail.outbox[-1].alternatives))
    assert link is not None, "the mail about moving holds a link"
    page = Client().get(link.group(0))
    booked.refresh_from_db()
    return {"changed": int(before == at and booked.start_time == to), "page": page.status_code}


def _main(folder: Path, plan: dict[str, Any]) -> None:
    _set_up(folder)
    clinic = _Clinic()
    days = {name: date.fromisoformat(text) for name, text in plan["days"].items()}
    came: dict[str, Any] = {}

    day, at = days["in_turn"], time(9)
    listed = clinic.lists(day, at)
    for patient in clinic.patients[:3]:
        _ = clinic.asks(patient, day, at)
    came["in_turn"] = {"listed": listed, "booked": clinic.booked(day, at)}
    came["in_turn"]["listed_after"] = clinic.lists(day, at)

    day = days["in_parallel"]
    _in_parallel([partial(clinic.asks, patient, day, at) for patient in clinic.patients])
    came["in_parallel"] = {"booked": clinic.booked(day, at)}

    day = days["apart"]
    times = [time(hour) for hour in plan["apart_at"]]
    _in_parallel(
        [
            partial(clinic.asks, *each)
            for each in zip(clinic.patients, [day] * 8, times, strict=True)
        ]
    )
    came["apart"] = {"booked": clinic.booked(day)}

    for name in ("at_night", "no_such_time"):
        day, at = days[name], time.fromisoformat(plan[f"{name}_at"])
        listed = clinic.lists(day, at)
        _ = clinic.asks(clinic.patients[0], day, at)
        came[name] = {"listed": listed, "booked": clinic.booked(day, at)}

    came["mail_down"] = _mail_server_down(clinic, days["mail_down"], time(9), plan["closed_port"])
    came["link"] = _mailed_link(clinic, days["link"], time(9), time(14))
    _ = (folder / "came.json").write_text(json.dumps(came))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), json.load(sys.stdin))
