"""A relying party and a broker in one process, and a broker that is made to misbehave.

Here: who they are, how a whole login is carried out between them, and the ways in which a broker
can be hostile. Not here: what must come of any of it (the tests).
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define, evolve, frozen

from eservices_adapters.mitid.oidc import exchanges
from eservices_adapters.mitid.oidc.brokers import BROKERS
from eservices_adapters.mitid.oidc.client import ClientAuth, OidcClient, SecretInHeader
from eservices_adapters.mitid.oidc.exchanges import Relying
from eservices_adapters.mitid.oidc.known import Known
from eservices_adapters.mitid.oidc.reasons import Reason
from eservices_adapters.mitid.persons import TestPerson
from eservices_adapters.stand_ins.mitid_broker import StandInBroker
from eservices_adapters.wire_http.exchange import Answer, Request, Response, run
from eservices_core.access.mitid import Assurance, IdentityKind, MitidIdentity
from eservices_core.outcome import Outcome
from eservices_core.ports.world import MitidStart
from eservices_core.testing.memory import FakeClock, SeededChance
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import AttemptId
from eservices_core.words.secret import Secret

ISSUER: Final = "https://broker.example/op"
CLIENT_ID: Final = "clinic"
SECRET: Final = "s3cret: of the clinic/%"
CALLBACK: Final = "https://eservices.example/mitid/callback"
NOW: Final = datetime(2026, 11, 29, 12, 0, 0, tzinfo=UTC)
NUMBER: Final = CivilNumber.parse("0709614606").unwrap()
ANNA: Final = TestPerson("anna", NUMBER)
PERSONS: Final = (
    ANNA,
    TestPerson("at-work", NUMBER, IdentityKind.BUSINESS),
    TestPerson("low", NUMBER, assurance=Assurance.LOW),
    TestPerson("odd", NUMBER, assurance=Assurance.UNKNOWN),
    TestPerson("numberless", None),
)
ATTEMPT: Final = AttemptId("attempt-1")

DISCOVERY: Final = "/.well-known/openid-configuration"
KEYS: Final = "/jwks"
TOKEN: Final = "/connect/token"
USERINFO: Final = "/connect/userinfo"

Document = dict[str, Any]


@frozen(kw_only=True)
class Mode:
    """One way to be hostile: what is changed of what a good broker says; None leaves it."""

    claims: Callable[[Document], Document] | None = None
    signed: Callable[["HostileBroker", Document], str] | None = None
    userinfo: Callable[[Document], Document] | None = None
    metadata: Callable[[Document], Document] | None = None
    key_set: Callable[[Document], Document] | None = None
    answers: Mapping[str, Callable[[Answer], Answer]] = {}


@define
class HostileBroker(StandInBroker):
    """A broker that misbehaves in one way; `asked` says which of its endpoints were called."""

    mode: Mode = Mode()

    def metadata(self) -> Document:
        """The configuration document, perhaps changed."""
        said = super().metadata()
        return self.mode.metadata(said) if self.mode.metadata else said

    def key_set(self) -> Document:
        """The keys, perhaps changed."""
        said = super().key_set()
        return self.mode.key_set(said) if self.mode.key_set else said

    def userinfo(self, person: TestPerson) -> Document:
        """Userinfo, perhaps changed."""
        said = super().userinfo(person)
        return self.mode.userinfo(said) if self.mode.userinfo else said

    def signed(self, claims: Mapping[str, Any]) -> str:
        """An ID token, perhaps another one."""
        said = self.mode.claims(dict(claims)) if self.mode.claims else dict(claims)
        if self.mode.signed is not None:
            return self.mode.signed(self, said)
        return super().signed(said)

    def send(self, request: Request) -> Answer:
        """What a driver would give for a request to it."""
        assert request.url.startswith(ISSUER), "nobody but the broker is ever spoken to"
        answer: Answer = self.answer(request)
        change = self.mode.answers.get(self.asked[-1])
        return answer if change is None else change(answer)


@define
class Parties:
    """Both parties, and their clock."""

    broker: HostileBroker
    relying: Relying
    clock: FakeClock
    sent: list[Request]

    def send(self, request: Request) -> Answer:
        """Hand a request to the broker, and note it."""
        self.sent.append(request)
        return self.broker.send(request)

    def begin(self, attempt: AttemptId = ATTEMPT) -> Outcome[MitidStart, Reason]:
        """Prepare an attempt."""
        return run(exchanges.begin(self.relying, attempt), self.send)

    def come_back(
        self, start: MitidStart, callback: Mapping[str, str], attempt: AttemptId = ATTEMPT
    ) -> Outcome[MitidIdentity, Reason]:
        """Bring an answer back."""
        return run(exchanges.identity(self.relying, attempt, start.memo, callback), self.send)

    def log_in(self, person: str | None = "anna") -> Outcome[MitidIdentity, Reason]:
        """Carry out a whole login."""
        begun = self.begin()
        if not isinstance(begun.value_or(None), MitidStart):
            return begun
        start = begun.unwrap()
        return self.come_back(start, self.broker.callback(start.address, person))

    def known_anew(self) -> None:
        """Forget what is known of the broker."""
        self.relying = evolve(self.relying, known=Known())


def parties(
    mode: Mode | None = None,
    *,
    auth: ClientAuth | None = None,
    broker: str = "nets",
    **client: Any,
) -> Parties:
    """Bring both together, at NOW."""
    clock = FakeClock(NOW)
    chance = SeededChance("oidc")
    hostile = HostileBroker(
        ISSUER, CLIENT_ID, SECRET, CALLBACK, PERSONS, clock, chance, mode=mode or Mode()
    )
    registration = OidcClient(
        broker=BROKERS[broker],
        issuer=ISSUER,
        client_id=CLIENT_ID,
        auth=auth or SecretInHeader(Secret(SECRET)),
        callback=CALLBACK,
        **client,
    )
    return Parties(hostile, Relying(registration, Known(), clock, chance), clock, [])


def without(*names: str) -> Callable[[Document], Document]:
    """Leave members out."""
    return lambda said: {name: value for name, value in said.items() if name not in names}


def having(**members: Any) -> Callable[[Document], Document]:
    """Set members; a callable is given the value that was there."""
    return lambda said: {
        **said,
        **{
            name: value(said.get(name)) if callable(value) else value
            for name, value in members.items()
        },
    }


def answering(status: int, body: bytes | Document, *headers: tuple[str, str]) -> Callable[..., Any]:
    """Answer with this, whatever would have been said."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: Response(status, headers, content)
