"""Every secret word that is made becomes a canary: for test runs, and for nothing else.

Here: `every_word_a_canary`, which watches the words of the core while it lasts, and the canaries of
a run. Not here: what is searched.
"""

import json
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from hashlib import sha256
from typing import Final, TypeAlias, cast

from eservices_core.clinic.settings_life import SettingsChanged
from eservices_core.journal.entry import EntryKind, EntryWritten
from eservices_core.outcome import Outcome, Success
from eservices_core.ports.ledger import Change, PutContent
from eservices_core.testing.leaks.sinks import Kind
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ContentId
from eservices_core.words.secret import (
    CODE_ALPHABET,
    CODE_ENTROPY_BYTES,
    TEMPORARY_PASSWORD_ENTROPY_BYTES,
    OneTimeCode,
    Password,
    PasswordAttempt,
    Secret,
    Token,
)

Learn = Callable[[Kind, str], object]

_TEMPORARY: Final = re.compile(f"[{CODE_ALPHABET}]{{4}}(?:-[{CODE_ALPHABET}]{{4}}){{2}}")
_NOBODYS: Final = re.compile(r"(?:no-?reply|mailer-daemon)(?:\+[^@]*)?", re.IGNORECASE)
_WRITTEN: Final = re.compile(r"(?=.*[^\W\d_]{2})(?:.{8,} .+|.+ .{8,})", re.DOTALL)


def kind_of(secret: Secret) -> Kind | None:
    """Say what kind of canary a secret is; None where nobody is hurt by it."""
    match secret:
        case OneTimeCode():
            return Kind.ONE_TIME_CODE
        case Token():
            return Kind.TOKEN
        case Password() | PasswordAttempt():
            temporary = _TEMPORARY.fullmatch(secret.reveal()) is not None
            return Kind.TEMPORARY_PASSWORD if temporary else Kind.PASSWORD
        case _:
            return None


def canaries(run: str, clinic_domain: str = "klinik.example") -> dict[Kind, str]:
    """Give canaries that no other run has; numbers are published ones, so the caller gives those.

    >>> canaries("a run")[Kind.CLINIC_ADDRESS]
    'klinik-canary-7666f050@klinik.example'
    """
    chance = sha256(run.encode()).digest()
    name = chance.hex()[:8]
    code = OneTimeCode.from_entropy(chance[:CODE_ENTROPY_BYTES])
    password = Password.temporary_from_entropy(chance[-TEMPORARY_PASSWORD_ENTROPY_BYTES:])
    return {
        Kind.PASSWORD: f"kanarie {name} synger",
        Kind.TEMPORARY_PASSWORD: password.reveal(),
        Kind.ONE_TIME_CODE: code.reveal(),
        Kind.TOKEN: Token.from_entropy(chance).reveal(),
        Kind.ADDRESS: f"patient-canary-{name}@example.dk",
        Kind.CLINIC_ADDRESS: f"klinik-canary-{name}@{clinic_domain}",
        Kind.TEXT: f"kløe og sår på læggen ~~~ {name}",
    }


@contextmanager
def every_word_a_canary(learn: Learn) -> Generator[None]:
    """While it lasts, hand every secret word to `learn` that is made from a text or from chance.

    Addresses that nobody reads (no-reply) are none. The classes themselves are watched, so only one
    run of a process does this at a time.
    """
    with ExitStack() as stack:
        for cls, parse in ((CivilNumber, CivilNumber.parse), (EmailAddress, EmailAddress.parse)):
            _replace(stack, cls, "parse", staticmethod(_parsing(parse, learn)))
        _replace(stack, Secret, "__new__", staticmethod(_making(Secret.__new__, learn)))
        yield


def _replace(stack: ExitStack, cls: type, name: str, watched: object) -> None:
    before = vars(cls)[name]
    setattr(cls, name, watched)
    _ = stack.callback(setattr, cls, name, before)


_Parse: TypeAlias = Callable[[object], Outcome[CivilNumber | EmailAddress, Enum]]


def _parsing(parse: _Parse, learn: Learn) -> _Parse:
    def parse_and_learn(text: object) -> Outcome[CivilNumber | EmailAddress, Enum]:
        outcome = parse(text)
        if isinstance(outcome, Success):
            word = outcome.unwrap()
            if isinstance(word, CivilNumber):
                _ = learn(Kind.CIVIL_NUMBER, word.reveal())
            elif _NOBODYS.fullmatch(word.reveal().partition("@")[0]) is None:
                _ = learn(Kind.ADDRESS, word.reveal())
        return outcome

    return parse_and_learn


def _making(make: Callable[[type[Secret], str], Secret], learn: Learn) -> Callable[..., Secret]:
    def make_and_learn(cls: type[Secret], text: str) -> Secret:
        try:
            secret = make(cls, text)
        finally:
            del text  # a traceback that shows local names must not show it
        kind = kind_of(secret)
        if kind is not None:
            _ = learn(kind, secret.reveal())
        return secret

    return make_and_learn


def learn_content(learn: Learn, change: Change) -> None:
    """Hand on what people have written into a change's records: texts of more than one word.

    A clinic's settings are there for everybody to read, and that an appointment was cancelled the
    journal says in the words of the mail that tells the patient so.
    """
    everybodys: set[ContentId | None] = set()
    for append in change.appends:
        for event in append.events:
            match event:
                case SettingsChanged():
                    everybodys.add(event.record)
                case EntryWritten(terms) if terms.kind is EntryKind.CANCELLATION:
                    everybodys.add(terms.text)
                case _:
                    pass
    for content in change.contents:
        if isinstance(content, PutContent) and content.record not in everybodys:
            for text in _texts(content.text):
                if _WRITTEN.fullmatch(text) is not None:
                    _ = learn(Kind.TEXT, text)


def _texts(content: str) -> Iterator[str]:
    """Give the texts in a record, which is JSON or a text by itself."""
    try:
        waiting: list[object] = [json.loads(content)]
    except ValueError:
        waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += cast("list[object]", one)
        elif isinstance(one, dict):
            waiting += cast("dict[str, object]", one).values()
