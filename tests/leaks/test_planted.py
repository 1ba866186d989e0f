"""Leaks that were planted: each is found, in the sink, of the kind and in the encoding it is."""

import base64
import gzip
import json
import logging
import sqlite3
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click
import pytest
from attrs import evolve
from click.testing import CliRunner

from eservices_adapters.store import SqliteLedger
from eservices_core.access import user
from eservices_core.events import StreamId
from eservices_core.ports.calendar import Entry
from eservices_core.ports.ledger import Append, AuditEntry, Name, NameKind, PutContent, TakeName
from eservices_core.ports.outbox import MailKind
from eservices_core.testing.leaks import Encoding, Kind, Sink
from eservices_core.testing.ledger_examples import ANNA, KEY, RECORD
from eservices_core.testing.memory import MemoryCalendar
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    PractitionerId,
    Pseudonym,
)
from eservices_core.words.interval import Interval
from tests.leak_watch import LeakWatch
from tests.leaks.planting import (
    ANOTHERS,
    CANARIES,
    CLINIC,
    CODE,
    NUMBER,
    PASSWORD,
    PATIENT,
    TEMPORARY,
    TEXT,
    TOKEN,
    Act,
    Found,
    Plant,
    commit,
    mail_with,
    send,
)

PLANTS: Final[list[Plant]] = []
GROUPED: Final = f"{NUMBER[:6]}-{NUMBER[6:]}"

AS_IS, APART, B64, B64URL, QP, URL, HEX, TURNED, JSON, HTML, ZIP, UTF16 = (
    (each,) for each in Encoding
)


def plant(*told: Found) -> Callable[[Act], Act]:
    """Add an act to the plants; its name is what it does."""

    def add(act: Act) -> Act:
        PLANTS.append(Plant(act.__name__.strip("_"), act, frozenset(told)))
        return act

    return add


def plants(sink: Sink, rows: dict[str, tuple[Kind, tuple[Encoding, ...], Any]], act: Any) -> None:
    """Add one act with several things that it lets out."""
    for name, (kind, encoding, leaked) in rows.items():
        _ = plant((sink, kind, encoding))(_named(f"{act.__name__}_{name}", act, leaked))


def _named(name: str, act: Callable[[Any], object], leaked: object) -> Act:
    def acting(folder: Path) -> object:
        del folder
        return act(leaked)

    acting.__name__ = name
    return acting


# --- log records: every encoding -----------------------------------------------------------------


def log(message: str) -> None:
    """Log as a library does that nobody here has written."""
    logging.getLogger("some.library.pool").debug("sending %s", message)


plants(
    Sink.LOG,
    {
        "a_number": (Kind.CIVIL_NUMBER, AS_IS, f"cpr={NUMBER};"),
        "a_number_with_a_hyphen": (Kind.CIVIL_NUMBER, APART, GROUPED),
        "a_number_with_a_blank": (Kind.CIVIL_NUMBER, APART, GROUPED.replace("-", " ")),
        "a_code_in_groups": (Kind.ONE_TIME_CODE, APART, f"{CODE[:4]}-{CODE[4:]}"),
        "a_password_without_hyphens": (Kind.TEMPORARY_PASSWORD, APART, TEMPORARY.replace("-", "")),
        "base64": (Kind.CIVIL_NUMBER, B64, base64.b64encode(NUMBER.encode()).decode()),
        "base64_of_more": (Kind.PASSWORD, B64, base64.b64encode(f"u:{PASSWORD}".encode()).decode()),
        "base64url": (
            Kind.TEXT,
            B64URL,
            base64.urlsafe_b64encode(f"~{TEXT}".encode()).decode(),
        ),
        "quoted_printable": (Kind.ONE_TIME_CODE, QP, "".join(f"={ord(c):02X}" for c in CODE)),
        "url_quoted": (Kind.ADDRESS, URL, f"/profile?mail={quote(PATIENT, safe='')}"),
        "hex": (Kind.CIVIL_NUMBER, HEX, NUMBER.encode().hex().upper()),
        "reversed": (Kind.CIVIL_NUMBER, TURNED, NUMBER[::-1]),
        "halves_turned": (Kind.CIVIL_NUMBER, TURNED, f"{NUMBER[6:]}{NUMBER[:6]}"),
        "json": (Kind.TEXT, JSON, json.dumps({"comment": TEXT})),
        "html": (Kind.CLINIC_ADDRESS, HTML, "".join(f"&#{ord(c)};" for c in CLINIC)),
        "compressed": (Kind.PASSWORD, (*JSON, *ZIP), repr(gzip.compress(PASSWORD.encode() * 9))),
        "compressed_in_base64": (
            Kind.TOKEN,
            (*B64, *ZIP),
            "body=" + base64.b64encode(zlib.compress(TOKEN.encode())).decode(),
        ),
        "utf_16": (Kind.CIVIL_NUMBER, (*JSON, *UTF16), repr(NUMBER.encode("utf-16"))),
        "a_token_in_other_cases": (Kind.TOKEN, AS_IS, TOKEN.upper()),
    },
    log,
)


@plant((Sink.LOG, Kind.CIVIL_NUMBER, AS_IS))
def _a_record_that_nobody_passes_on(_: Path) -> None:
    logger = logging.getLogger("some.library.silent")
    logger.propagate = False
    logger.warning("no card", extra={"request_body": {"cpr": NUMBER}})


@plant((Sink.LOG, Kind.ONE_TIME_CODE, AS_IS))
def _a_logged_exception_with_a_cause(_: Path) -> None:
    error = RuntimeError("no")
    error.__cause__ = ValueError(f"not {CODE}")
    logging.getLogger("some.library").error("it failed", exc_info=error)


@plant((Sink.WARNING, Kind.ADDRESS, AS_IS))
def _a_warning(_: Path) -> None:
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        warnings.warn(f"{PATIENT} is written the old way", stacklevel=1)


# --- output --------------------------------------------------------------------------------------


@plant((Sink.OUTPUT, Kind.CIVIL_NUMBER, APART))
def _the_command_line_in_this_process(_: Path) -> None:
    result = CliRunner().invoke(click.Command("show", callback=lambda: click.echo(GROUPED)))
    assert result.exit_code == 0


@plant((Sink.OUTPUT, Kind.PASSWORD, AS_IS))
def _another_process(_: Path) -> None:
    program = "import sys; sys.stderr.write(sys.stdin.read())"
    _ = subprocess.run(  # noqa: S603  our own interpreter, running a program from this file
        [sys.executable, "-c", program], input=PASSWORD.encode(), capture_output=True, check=True
    )


# --- exceptions ----------------------------------------------------------------------------------


def _raised(error: BaseException) -> None:
    with pytest.raises(type(error)):
        raise error


def raising(leaked: BaseException) -> None:
    """Raise where a test expects it."""
    _raised(leaked)


def _with_note(note: str) -> BaseException:
    error = OSError("no")
    error.add_note(note)
    return error


class _Talkative(Exception):  # noqa: N818  it is what it is
    def __init__(self, body: str) -> None:
        super().__init__("no")
        self.body = body


plants(
    Sink.EXCEPTION,
    {
        "itself": (Kind.TEMPORARY_PASSWORD, AS_IS, OSError(f"cannot hash {TEMPORARY}")),
        "a_note": (Kind.TEXT, AS_IS, _with_note(TEXT)),
        "an_attribute": (Kind.CIVIL_NUMBER, HTML, _Talkative(f"<b>&#{ord('0')};{NUMBER[1:]}</b>")),
        "one_of_a_group": (
            Kind.ONE_TIME_CODE,
            AS_IS,
            ExceptionGroup("several", [ValueError(1), KeyError(CODE)]),
        ),
    },
    raising,
)


@plant((Sink.EXCEPTION, Kind.CIVIL_NUMBER, AS_IS))
def _an_exception_of_an_exceptions_cause(_: Path) -> None:
    cause = ValueError(f"{NUMBER} is no number")
    error = RuntimeError("no")
    error.__cause__ = OSError("no")
    error.__cause__.__cause__ = cause
    _raised(error)


@plant((Sink.EXCEPTION, Kind.PASSWORD, AS_IS))
def _an_exceptions_context_from_none(_: Path) -> None:
    def fail() -> None:
        try:
            _ = {}[PASSWORD]
        except KeyError:
            raise OSError("no") from None

    with pytest.raises(OSError, match="no"):
        fail()


@plant((Sink.EXCEPTION, Kind.ONE_TIME_CODE, HEX))
def _a_local_name_of_ours_in_a_traceback(_: Path) -> None:
    ours: dict[str, Any] = {"__name__": "eservices_adapters.planted"}
    program = (
        "def fail(typed):\n    body = typed.encode().hex()\n    del typed\n    raise OSError(1)"
    )
    exec(program, ours)  # noqa: S102  made here, to stand in a module of ours
    with pytest.raises(OSError, match="1"):
        ours["fail"](CODE)


# --- what is stored ------------------------------------------------------------------------------


@plant(
    (Sink.EVENT, Kind.CIVIL_NUMBER, AS_IS),
    (Sink.SHOWN, Kind.CIVIL_NUMBER, AS_IS),
)
def _a_number_in_an_event(_: Path) -> None:
    event = user.PasswordChosen(ContentId(NUMBER))
    _ = commit(appends=(Append(StreamId("user", "anna"), 0, (event,), ANNA),))


@plant(
    (Sink.EVENT, Kind.TOKEN, AS_IS),
    (Sink.SHOWN, Kind.TOKEN, AS_IS),
)
def _a_token_in_an_event(_: Path) -> None:
    event = user.PasswordChosen(ContentId(TOKEN))
    _ = commit(appends=(Append(StreamId("user", "anna"), 0, (event,), ANNA),))


@plant(
    (Sink.AUDIT, Kind.ONE_TIME_CODE, APART),
    (Sink.SHOWN, Kind.ONE_TIME_CODE, APART),
)
def _a_code_in_an_audit_entrys_act(_: Path) -> None:
    _ = commit(audit=(AuditEntry(f"type_code {CODE[:4]}-{CODE[4:]}", ANNA),))


@plant((Sink.AUDIT, Kind.TEXT, (*JSON, *JSON)), (Sink.SHOWN, Kind.TEXT, (*JSON, *JSON)))
def _a_text_in_an_audit_entrys_reason(_: Path) -> None:
    _ = commit(audit=(AuditEntry("book", ANNA, refused_because=json.dumps(TEXT)),))


@plant((Sink.ANSWER, Kind.ADDRESS, B64))
def _an_address_in_a_kept_answer(_: Path) -> None:
    _ = commit(answer=json.dumps({"to": base64.b64encode(PATIENT.encode()).decode()}))


@plant((Sink.NAME, Kind.CIVIL_NUMBER, HEX), (Sink.SHOWN, Kind.CIVIL_NUMBER, HEX))
def _a_number_in_a_streams_key(_: Path) -> None:
    _ = commit(appends=(Append(StreamId("user", NUMBER.encode().hex()), 0, (), None),))


@plant((Sink.NAME, Kind.ADDRESS, AS_IS), (Sink.SHOWN, Kind.ADDRESS, AS_IS))
def _an_address_in_an_idempotency_key(_: Path) -> None:
    _ = commit(f"sign-up/{PATIENT}")


@plant((Sink.NAME, Kind.CIVIL_NUMBER, AS_IS), (Sink.SHOWN, Kind.CIVIL_NUMBER, AS_IS))
def _a_number_as_a_unique_name(_: Path) -> None:
    _ = commit(names=(TakeName(Name(NameKind.NUMBER, Pseudonym(NUMBER)), ANNA),))


def keep(content: str) -> None:
    """Put a record."""
    _ = commit(contents=(PutContent(RECORD, ANNA, content),))


plants(
    Sink.CONTENT,
    {
        "a_chosen_password": (Kind.PASSWORD, AS_IS, json.dumps({"password": PASSWORD})),
        "a_token": (
            Kind.TOKEN,
            (*B64, *ZIP),
            base64.b64encode(gzip.compress(TOKEN.encode())).decode(),
        ),
    },
    keep,
)


@plant((Sink.STORE_FILE, Kind.PASSWORD, AS_IS))
def _a_password_on_a_free_page(folder: Path) -> None:
    path = folder / "ledger.db"
    ledger = SqliteLedger(path, KEY)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for statement in (
            "PRAGMA secure_delete = OFF",
            "CREATE TABLE scratch (text)",
            f"INSERT INTO scratch VALUES ('{PASSWORD * 500}')",  # noqa: S608  a canary
            "DROP TABLE scratch",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ):
            _ = other.execute(statement).fetchall()
        assert other.execute("PRAGMA freelist_count").fetchone() != (0,)
        ledger.close()


@plant((Sink.STORE_FILE, Kind.TOKEN, ZIP))
def _a_token_in_the_write_ahead_log(folder: Path) -> None:
    path = folder / "ledger.db"
    ledger = SqliteLedger(path, KEY)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        _ = other.execute("CREATE TABLE scratch (body)")
        _ = other.execute("INSERT INTO scratch VALUES (?)", (zlib.compress(TOKEN.encode()),))
        ledger.close()


# --- mails, calendars, addresses of pages --------------------------------------------------------

_TO_THE_CLINIC: Final = f"""\
BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
DTSTAMP:20261128T080000Z\r
ORGANIZER;CN=Klinik:mailto:{CLINIC[:20]}\r
 {CLINIC[20:]}\r
END:VEVENT\r
END:VCALENDAR\r
"""


def _with_attachment(content: bytes, subtype: str) -> bytes:
    mime = mail_with()
    mime.add_attachment(content, maintype="application", subtype=subtype, filename="x")
    return mime.as_bytes()


def mail(leaked: bytes) -> None:
    """Send a mail that says no more than that something happened."""
    send(leaked)


plants(
    Sink.MAIL,
    {
        "reply_to": (Kind.CLINIC_ADDRESS, AS_IS, mail_with(Reply_To=CLINIC).as_bytes()),
        "message_id": (Kind.CLINIC_ADDRESS, AS_IS, mail_with(Message_ID=f"<{CLINIC}>").as_bytes()),
        "an_organizer_in_a_folded_attachment": (
            Kind.CLINIC_ADDRESS,
            B64,
            _with_attachment(_TO_THE_CLINIC.encode(), "ics"),
        ),
        "a_quoted_printable_body": (
            Kind.CLINIC_ADDRESS,
            QP,
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            + f"Skriv til {CLINIC[:20]}=\r\n{CLINIC[20:]}".encode(),
        ),
        "an_encoded_display_name": (
            Kind.TEXT,
            B64,
            b"From: =?utf-8?b?" + base64.b64encode(TEXT.encode()) + b"?= <no-reply@x.example>\r\n",
        ),
        "a_subject": (Kind.CIVIL_NUMBER, APART, mail_with(Subject=f"Om {GROUPED}").as_bytes()),
        "blind_copies": (Kind.ADDRESS, AS_IS, mail_with(Bcc=PATIENT).as_bytes()),
        "a_code": (Kind.ONE_TIME_CODE, AS_IS, mail_with(f"Kode {CODE}").as_bytes()),
        "a_temporary_password": (Kind.TEMPORARY_PASSWORD, AS_IS, mail_with(TEMPORARY).as_bytes()),
        "a_compressed_attachment": (
            Kind.CIVIL_NUMBER,
            (*B64, *ZIP),
            _with_attachment(gzip.compress(f"journal {NUMBER}".encode() * 20), "gzip"),
        ),
        "a_header_of_our_own": (
            Kind.TOKEN,
            (*QP, *HEX),
            mail_with(X_Trace=TOKEN.encode().hex()).as_bytes(),
        ),
        "a_page_that_logs_in": (
            Kind.TOKEN,
            URL,
            mail_with(f"https://x.example/?t=%{ord(TOKEN[0]):02x}{TOKEN[1:]}").as_bytes(),
        ),
        "a_body_in_utf_16": (
            Kind.CIVIL_NUMBER,
            (*B64, *UTF16),
            _with_attachment(f"nr {NUMBER}".encode("utf-16-le") * 9, "octet-stream"),
        ),
    },
    mail,
)


@plant((Sink.MAIL_WITH_CODE, Kind.PASSWORD, AS_IS))
def _a_chosen_password_beside_a_code(_: Path) -> None:
    send(mail_with(f"{CODE} {PASSWORD}").as_bytes(), MailKind.ONE_TIME_CODE)


@plant((Sink.MAIL_WITH_PASSWORD, Kind.ONE_TIME_CODE, APART))
def _a_code_beside_a_temporary_password(_: Path) -> None:
    send(mail_with(f"{TEMPORARY} {CODE[:4]}-{CODE[4:]}").as_bytes(), MailKind.TEMPORARY_PASSWORD)


def enter(entry: Entry) -> None:
    """Write an entry into a clinic's calendar."""
    book = ClinicId("clinic-1"), PractitionerId("practitioner-1")
    _ = MemoryCalendar([book]).write(*book, entry)


_ENTRY: Final = Entry(BookingId("planted"), 0, Interval(0, 20))

plants(
    Sink.CALENDAR,
    {
        "a_title_with_a_comment": (Kind.TEXT, AS_IS, evolve(_ENTRY, title=f"Aftale: {TEXT}")),
        "a_place_with_a_number": (Kind.CIVIL_NUMBER, APART, evolve(_ENTRY, place=GROUPED)),
    },
    enter,
)


# --- the test ------------------------------------------------------------------------------------


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> LeakWatch:
    """The very plugin that watches the suite, with the canaries planted."""
    found = request.config.pluginmanager.get_plugin("leak-watch")
    if not isinstance(found, LeakWatch):
        pytest.skip("nobody watches: -p no:leak-watch")
    for kind, text in [*CANARIES.items(), (Kind.CIVIL_NUMBER, ANOTHERS)]:
        found.learn(kind, text)
    return found


@pytest.mark.leaks("each leaks once, to be noticed")
@pytest.mark.parametrize("planted", PLANTS, ids=[each.name for each in PLANTS])
def test_a_planted_leak_is_found_and_nothing_else(
    planted: Plant, watch: LeakWatch, tmp_path: Path
) -> None:
    """faults: 183-189. The sink, the kind and the encoding are named, and no secret."""
    with watch.watching() as found:
        _ = planted.act(tmp_path)
    assert {(leak.sink, leak.kind, leak.encoding) for leak in found} == planted.told
    told = " ".join(f"{leak} {leak!r}" for leak in found)
    assert not [text for text in CANARIES.values() if text in told]


def test_at_least_forty_leaks_are_planted() -> None:
    """Every kind and every encoding, in every sink that is there to be watched."""
    told = [found for planted in PLANTS for found in planted.told]
    assert len(PLANTS) >= 40
    assert {kind for _, kind, _ in told} == set(Kind)
    assert {each for _, _, encoding in told for each in encoding} == set(Encoding)
    handed_over_by_nobody_yet = {Sink.LETTER, Sink.JOURNAL, Sink.URL}
    assert {sink for sink, _, _ in told} == set(Sink) - handed_over_by_nobody_yet
