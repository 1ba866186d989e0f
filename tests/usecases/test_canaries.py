"""D-LOG-1: what identifies people or opens doors is in no repr, event, audit entry or answer."""

import pickle
from typing import Any, Final

import pytest
from attrs import evolve, fields, has

from eservices_core import wire
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import Change, PutContent
from eservices_core.testing.leaks import (
    Kind,
    LeakOracle,
    Sink,
    look_at_change,
    look_at_exception,
    look_at_mail,
)
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.secret import Secret
from eservices_core.words.username import Username
from tests.usecases.day import Day
from tests.usecases.every_use_case import CASES, DAY_60, NEW_PASSWORD, Case
from tests.usecases.people import ANNA, BENT, CHILD, DORTE, SECRET, TEEN

NUMBERS: Final = [one.reveal() for one in (ANNA, BENT, CHILD, DORTE, TEEN, DAY_60)]
PASSWORDS: Final = [SECRET, NEW_PASSWORD.reveal()]
ADDRESSES: Final = [f"{name}@example.dk" for name in ("anna", "bent", "barn", "new", "mor", "teen")]
USERNAMES: Final = ["anna.andersen", "lille.barn"]
"""Not secret, and yet in nothing that is shown or mailed (D-ACC-102)."""

each_case: Final = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def _oracle(day: Day, command: Any) -> LeakOracle:
    """Plant everything secret that this day has seen."""
    oracle = LeakOracle()
    texts = {
        Kind.CIVIL_NUMBER: NUMBERS,
        Kind.PASSWORD: PASSWORDS,
        Kind.ADDRESS: ADDRESSES,
        Kind.TEXT: USERNAMES,
        Kind.TOKEN: _tokens(command),
    }
    for kind, several in texts.items():
        for text in several:
            _ = oracle.plant(kind, text)
    day.deliver()
    for mail in day.mailbox.arrived:
        for kind, find in (
            (Kind.ONE_TIME_CODE, day.code_in),
            (Kind.TEMPORARY_PASSWORD, day.password_in),
        ):
            try:
                found = find(mail)
            except AssertionError:
                continue
            joined = found.replace("-", "") if kind is Kind.ONE_TIME_CODE else found
            _ = oracle.plant(kind, joined)
    return oracle


def _tokens(command: Any) -> list[str]:
    """Give what a browser brings back, and the code that somebody types."""
    code = getattr(command, "callback", {}).get("code", "")
    return [code, getattr(command, "code", "")]


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
    oracle = _oracle(day, command)
    answer = said.failure() if isinstance(said, Failure) else said.unwrap()
    for change in watching.changes:
        look_at_change(oracle, change)
    for sink, shown in (
        (Sink.SHOWN, f"{command!r} {command}"),
        (Sink.SHOWN, f"{answer!r} {answer}"),
        (Sink.ANSWER, wire.dump(answer)),
        (Sink.ANSWER, repr(day.answers)),
        (Sink.EVENT, repr(day.ledger.events())),
        (Sink.AUDIT, repr(day.ledger.audit())),
        (Sink.NAME, repr(day.names)),
        (Sink.NAME, repr(list(day.contents))),
    ):
        oracle.look_at(sink, shown)
    oracle.assert_none()


@each_case
def test_every_event_as_it_is_written_down_holds_no_secret(case: Case) -> None:
    """D-KEEP-1: events hold ids and codes; content lies in records that can be erased."""
    day, do, command = case.begin()
    _ = do(day.services, command)
    oracle = _oracle(day, command)
    for one in day.ledger.events():
        oracle.look_at(Sink.EVENT, wire.dump_event(one.event))
    oracle.assert_none()


@each_case
def test_a_traceback_of_a_failing_port_shows_no_secret(case: Case) -> None:
    """faults: 185. What a port raises is passed on as it is; nothing of the command is added."""
    day, do, command = case.begin()

    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise OSError("the store is gone")

    with pytest.raises(OSError, match="the store is gone") as caught:
        _ = do(evolve(day.services, ledger=Broken(), records=Broken()), command)
    oracle = _oracle(day, command)
    look_at_exception(oracle, caught.value)
    oracle.assert_none()


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
    oracle = _oracle(day, command)
    for mail in day.mailbox.arrived:
        look_at_mail(oracle, mail)
    oracle.assert_none()


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
