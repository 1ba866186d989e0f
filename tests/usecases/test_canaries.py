"""D-LOG-1: what identifies people or opens doors is in no repr, event, audit entry or answer."""

import base64
import pickle
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from attrs import evolve, fields, has

from eservices_core import wire
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import Change, PutContent
from eservices_core.usecases.open_patient import OpenedPatient
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.secret import Secret
from eservices_core.words.username import Username
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES, DAY_60, NEW_PASSWORD, Case
from tests.usecases.people import ANNA, BENT, CHILD, DORTE, SECRET, TEEN

NUMBERS: Final = [one.reveal() for one in (ANNA, BENT, CHILD, DORTE, TEEN, DAY_60)]
PASSWORDS: Final = [SECRET, NEW_PASSWORD.reveal(), "wrong 1"]
ADDRESSES: Final = [f"{name}@example.dk" for name in ("anna", "bent", "barn", "new", "mor", "teen")]
USERNAMES: Final = ["anna.andersen", "lille.barn"]

each_case: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def _spellings(canary: str) -> Iterator[str]:
    """Give a canary as it might slip out: as it is, encoded, quoted, taken apart, turned round."""
    raw = canary.encode()
    yield canary
    yield canary[::-1]
    yield raw.hex()
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    yield quote(canary, safe="")
    if len(canary) == 10 and canary[:6].isdigit():
        yield f"{canary[:6]}-{canary[6:]}"
        yield f"{canary[:6]} {canary[6:]}"


def _canaries(day: Day, command: Any) -> set[str]:
    """Give everything secret that this day has seen, and all its spellings."""
    secrets = [*NUMBERS, *PASSWORDS, *ADDRESSES, *USERNAMES]
    day.deliver()
    for mail in day.mailbox.arrived:
        for find in (day.last_code, day.last_password):
            try:
                found = find(mail.to.reveal())
            except AssertionError:
                continue
            secrets += [found, found.replace("-", "")]
    callback = getattr(command, "callback", {})
    secrets += [callback["code"] * 1] if len(callback.get("code", "")) > 12 else []
    typed = getattr(command, "code", "")
    secrets += [typed] if typed else []
    return {spelling for secret in secrets for spelling in _spellings(secret)}


def _leaks(shown: str, canaries: set[str]) -> list[str]:
    return [canary for canary in canaries if canary.lower() in shown.lower()]


class _Watching:
    """A ledger that keeps every change that is handed to it."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.changes: list[Change] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def commit(self, change: Change, /) -> Any:
        self.changes.append(change)
        return self._ledger.commit(change)


@each_case
def test_no_secret_is_in_anything_that_is_shown_or_kept(case: Case) -> None:
    """faults: 183-188. Commands, answers, refusals, events, audit entries, keys, fingerprints.

    Also the answers that are kept, and the change as a whole, but for its content and its mails.
    """
    day, do, command = case.begin()
    watching = _Watching(day.ledger)
    said = do(evolve(day.services, ledger=watching), command)
    canaries = _canaries(day, command)
    answer = said.failure() if isinstance(said, Failure) else said.unwrap()
    # What staff see of a patient is content: it is shown, and never kept.
    dumped = "" if isinstance(answer, OpenedPatient) else wire.dump(answer)
    sinks = {
        "the command": f"{command!r} {command}",
        "the answer": f"{answer!r} {answer} {dumped}",
        "the changes": repr(watching.changes),
        "events": repr(day.ledger.events()),
        "audit": repr(day.ledger.audit()),
        "kept answers": repr(day.answers),
        "streams": repr([one.stream for one in day.ledger.events()]),
        "names": repr(day.names),
        "records": repr(list(day.contents)),
    }
    found = {sink: _leaks(shown, canaries) for sink, shown in sinks.items()}
    assert not any(found.values()), {sink: leaks for sink, leaks in found.items() if leaks}


@each_case
def test_every_event_as_it_is_written_down_holds_no_secret(case: Case) -> None:
    """D-KEEP-1: events hold ids and codes; content lies in records that can be erased."""
    day, do, command = case.begin()
    _ = do(day.services, command)
    written = " ".join(wire.dump_event(one.event) for one in day.ledger.events())
    assert not _leaks(written, _canaries(day, command))


@each_case
def test_a_traceback_of_a_failing_port_shows_no_secret(case: Case) -> None:
    """faults: 185. What a port raises is passed on as it is; nothing of the command is added."""
    day, do, command = case.begin()

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise OSError("the store is gone")

    with pytest.raises(OSError, match="the store is gone") as caught:
        _ = do(evolve(day.services, ledger=Broken(), records=Broken()), command)
    shown = repr(caught.value) + "".join(map(str, caught.value.args))
    assert not _leaks(shown, _canaries(day, command))


@each_case
def test_what_is_secret_in_a_command_is_a_word_that_masks_itself_or_is_left_out(case: Case) -> None:
    """faults: 184, 192. Numbers, passwords and addresses mask themselves; the rest is not shown."""
    _, _, command = case.begin()
    for field in fields(type(command)):
        value = getattr(command, field.name)
        if isinstance(value, str) and field.name != "key":
            assert not field.repr, f"{field.name} is shown"
        if isinstance(value, CivilNumber | EmailAddress | Secret):
            assert value.reveal() not in repr(value)
            with pytest.raises(TypeError):
                _ = pickle.dumps(value)
        if isinstance(value, Username):
            assert not field.repr, f"{field.name} is shown"


@each_case
def test_no_mail_says_more_than_that_something_happened_and_where(case: Case) -> None:
    """D-MAIL-1: no CPR number, no username, no chosen password in any byte; one recipient alone."""
    day, do, command = case.begin()
    _ = do(day.services, command)
    day.deliver()
    secrets = {
        spelling
        for secret in (*NUMBERS, SECRET, NEW_PASSWORD.reveal(), *USERNAMES)
        for spelling in _spellings(secret)
    }
    for mail in day.mailbox.arrived:
        text = mail.content.decode("ascii")
        assert not _leaks(text, secrets)
        others = set(ADDRESSES) - {mail.to.reveal()}
        assert not _leaks(text, others)


@each_case
def test_content_is_put_apart_from_the_events(case: Case) -> None:
    """D-KEEP-1: where a number or an address is kept, it is in an erasable record, and masked."""
    day, do, command = case.begin()
    watching = _Watching(day.ledger)
    _ = do(evolve(day.services, ledger=watching), command)
    for change in watching.changes:
        for content in change.contents:
            if isinstance(content, PutContent) and content.text:
                assert content.text not in repr(content)
        assert has(type(change))
