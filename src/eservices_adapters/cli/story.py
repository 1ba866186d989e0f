"""`eservices story`: every event, mail and sentence about one patient, or one booking, in order.

Reads only. What it tells lies in the ledger: events say what happened, audit entries who did what
by which rule, refusals too, and mails what became of them. No CPR number, address or text of a mail
is shown, because none lies there.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import attrs
import click

from eservices_adapters.cli.opened import folder_option, open_installation
from eservices_adapters.cli.says import BadInput, in_both
from eservices_adapters.compose import Installation
from eservices_core import wire
from eservices_core.booking import life
from eservices_core.booking.sentences import Reader, sentence
from eservices_core.booking.states import Booking, NoBooking
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import Actor, Audited, Name, NameKind, Recorded
from eservices_core.ports.outbox import MailState
from eservices_core.rulebook import TABLES
from eservices_core.texts import Says
from eservices_core.usecases.bookings import stream_of
from eservices_core.usecases.refusals import meaning_of
from eservices_core.words.clinic_time import COPENHAGEN
from eservices_core.words.identifiers import BookingId, UserId
from eservices_core.words.interval import instant_of
from eservices_core.words.username import Username

_SHOWN_MAX: Final = 24


@click.command()
@click.argument("subject", metavar="PATIENT|BOOKING")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def story(subject: str, folder: Path, as_json: bool) -> None:  # noqa: FBT001  click gives it so
    """Tell everything that happened about a patient or a booking.

    PATIENT is a username or a user's id (no CPR number), BOOKING a booking's id.
    """
    installation = open_installation(folder)
    found = _of_booking(installation, subject)
    lines = found or sorted(_lines(installation, _user(installation, subject)), key=_order)
    if not lines:
        raise BadInput("PATIENT", "is nobody's username, nor the id of a user or a booking here")
    for line in lines:
        text = json.dumps(line, ensure_ascii=False) if as_json else _plain(line)
        click.echo(text.encode())


def _user(installation: Installation, patient: str) -> UserId:
    username = Username.parse(patient)
    if not isinstance(username, Failure):
        key = installation.services.keys.username(username.unwrap())
        holder = installation.services.records.holder(Name(NameKind.USERNAME, key))
        if holder is not None:
            return holder
    try:
        return UserId(patient)
    except ValueError:
        raise BadInput("PATIENT", "must be a username or a user's id") from None


def _of_booking(installation: Installation, subject: str) -> list[dict[str, Any]]:
    """Tell a booking: each event with what both sides read of it from then on."""
    try:
        stream = stream_of(BookingId(subject))
    except ValueError:
        return []
    lines: list[dict[str, Any]] = []
    state: Booking = NoBooking()
    for recorded in installation.services.ledger.history(stream):
        state = life.evolve(state, cast("life.Event", recorded.event))
        reads = {each.value: in_both(sentence(state, each, recorded.at).text) for each in Reader}
        lines.append({**_event(recorded), "reads": reads})
    if not lines:
        return []
    lines += [_act(audited) for audited in installation.archive.audit_of(stream)]
    lines += [_mail(mail) for mail in installation.archive.mails_of(stream)]
    return sorted(lines, key=_order)


def _lines(installation: Installation, user: UserId) -> Iterator[dict[str, Any]]:
    for recorded in installation.archive.events_about(user):
        yield _event(recorded)
    for audited in installation.archive.audit_about(user):
        yield _act(audited)
    for mail in installation.archive.mails_about(user):
        yield _mail(mail)


_PLACES: Final = {"act": 0, "event": 1, "mail": 2}


def _order(line: dict[str, Any]) -> tuple[datetime, int]:
    # An act, then what followed from it, then the mail that told of it: all have one time.
    return datetime.fromisoformat(line["at"]), _PLACES[line["kind"]]


def _when(at: datetime) -> str:
    return at.astimezone(COPENHAGEN).isoformat(timespec="seconds")


def _event(recorded: Recorded) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(wire.dump_event(recorded.event))
    return {
        "at": _when(recorded.at),
        "kind": "event",
        "what": facts.pop("is"),
        "stream": recorded.stream.kind,
        "version": recorded.version,
        "by": _actor(recorded.by),
        "facts": facts,
    }


def _act(audited: Audited) -> dict[str, Any]:
    entry = audited.entry
    says = _says(entry.rule, entry.refused_because)
    return {
        "at": _when(audited.at),
        "kind": "act",
        "what": entry.act,
        "by": _actor(audited.by),
        "rule": entry.rule,
        "refused_because": entry.refused_because,
        "text": says and {"patient": in_both(says.patient), "staff": in_both(says.staff)},
    }


def _mail(mail: MailState) -> dict[str, Any]:
    return {
        "at": _when(mail.queued_at),
        "kind": "mail",
        "what": mail.kind.value,
        "state": mail.state.value,
        "settled_at": _when(mail.settled_at) if mail.settled_at else None,
    }


def _actor(by: Actor) -> str:
    return str(json.loads(wire.dump_actor(by))["is"])


def _says(rule: str | None, reason: str | None) -> Says | None:
    """Find the sentences that a refusal said, by its rule and reason."""
    if rule is None or reason is None:
        return None
    for table in TABLES.values():
        for row in table.rows:
            if row.rule == rule and _reason(row.then) == reason:
                return row.says
    return meaning_of(rule, reason)


def _reason(verdict: object) -> str | None:
    reason = getattr(verdict, "reason", verdict) if attrs.has(type(verdict)) else verdict
    return str(getattr(reason, "value", "")) or None


def _plain(line: dict[str, Any]) -> str:
    at = line["at"][:16].replace("T", " ")
    match line["kind"]:
        case "act":
            rule = line["rule"] or ""
            head = f"{at}  {line['by']:<13} {line['what']}"
            if line["refused_because"] is None:
                return f"{head}  {rule}".rstrip()
            told = f"\n{'':18}says: {line['text']['patient']['da']}" if line["text"] else ""
            why = f"\n{'':18}why:  {line['text']['staff']['en']}" if line["text"] else ""
            return f"{head}  REFUSED by {rule}: {line['refused_because']}{told}{why}"
        case "mail":
            return f"{at}    mail  {line['what']} ({line['state']})"
        case _:
            facts = ", ".join(f"{k}={_short(v)}" for k, v in line["facts"].items() if v is not None)
            told = f"{at}    event {line['what']}" + (f"  {facts}" if facts else "")
            if "reads" not in line:
                return told
            read = line["reads"]
            patient, staff = read["patient"]["da"], read["staff"]["en"]
            return f"{told}\n{'':18}patient: {patient}\n{'':18}staff:   {staff}"


def _short(value: object) -> str:
    if isinstance(value, dict) and value.keys() == {"start", "end"}:
        return _times(cast("dict[str, int]", value))
    if isinstance(value, dict):
        parts = [part for part in cast("dict[str, object]", value).values() if part is not None]
        return ", ".join(map(_short, parts))
    text = str(value)
    return f"{text[:8]}…" if len(text) > _SHOWN_MAX else text


def _times(interval: dict[str, int]) -> str:
    starts_at = instant_of(interval["start"]).astimezone(COPENHAGEN)
    ends_at = instant_of(interval["end"]).astimezone(COPENHAGEN)
    return f"{starts_at:%Y-%m-%d %H:%M}-{ends_at:%H:%M}"
