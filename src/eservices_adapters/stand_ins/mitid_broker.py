"""A stand-in for a MitID broker: OpenID Connect as Nets' broker speaks it, with test persons.

Here: discovery, keys, a page to choose a person at (or to cancel), tokens, userinfo and logging
out. It refuses what a broker refuses: another redirect_uri, a wrong secret, a code used twice or
without its verifier. Not here: any proof that somebody is whom they choose to be.

    python -m eservices_adapters.stand_ins.mitid_broker --port 8400
"""

import argparse
import html
import json
import sys
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from attrs import Factory, define, frozen
from joserfc import jwt
from joserfc.jwk import RSAKey

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.mitid.persons import TestPerson, read_persons
from eservices_adapters.stand_ins.serving import listening
from eservices_adapters.wire_http.exchange import Request, Response
from eservices_core.access.mitid import Assurance, IdentityKind
from eservices_core.outcome import Failure
from eservices_core.ports.world import Chance, Clock
from eservices_core.words.civil_number import CivilNumber

_CODE_SECONDS: Final = 60
_TOKEN_SECONDS: Final = 300
_LEVELS: Final = {
    Assurance.LOW: "https://data.gov.dk/concept/core/nsis/Low",
    Assurance.SUBSTANTIAL: "https://data.gov.dk/concept/core/nsis/Substantial",
    Assurance.HIGH: "https://data.gov.dk/concept/core/nsis/High",
    Assurance.UNKNOWN: "https://data.gov.dk/concept/core/nsis/Unheard-Of",
}
_JSON: Final = (("content-type", "application/json"), ("cache-control", "no-store"))


@frozen
class Login:
    """One login that was begun: what the code is for."""

    person: TestPerson
    nonce: str
    challenge: str
    at: float


def _digits(chance: Chance) -> str:
    return urlsafe_b64encode(chance.entropy(24)).decode("ascii")


@define
class StandInBroker:
    """The broker; `answer` takes any request to it.

    Attributes:
        issuer: its address, under which all endpoints are.
        client_id, secret, redirect_uri: the one registration that it knows.
        persons: who can identify.
        clock, chance: time and chance.
        key: what it signs with; another one after `rotate`.
        asked: the path of each request that came, in their order.
    """

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str
    persons: tuple[TestPerson, ...]
    clock: Clock
    chance: Chance
    key: RSAKey = Factory(lambda: RSAKey.generate_key(2048, auto_kid=True))
    asked: list[str] = Factory(list[str])
    _codes: dict[str, Login] = Factory(dict[str, Login])
    _access: dict[str, TestPerson] = Factory(dict[str, TestPerson])

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock.now().timestamp())

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish no other."""
        self.key = RSAKey.generate_key(2048, auto_kid=True)

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        path = urlsplit(request.url).path.removeprefix(urlsplit(self.issuer).path)
        self.asked.append(path)
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        match path:
            case "/.well-known/openid-configuration":
                return _json(200, self.metadata())
            case "/jwks":
                return _json(200, self.key_set())
            case "/connect/authorize":
                return self._page(query)
            case "/chosen":
                return _sent_to(self._chosen(query))
            case "/connect/token":
                return self._token(request)
            case "/connect/userinfo":
                return self._userinfo(request)
            case "/connect/endsession":
                return _sent_to(query.get("post_logout_redirect_uri", self.issuer))
            case _:
                return Response(404, (), b"")

    # --- what a broker publishes ------------------------------------------------------------------

    def metadata(self) -> dict[str, Any]:
        """The configuration document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/connect/authorize",
            "token_endpoint": f"{self.issuer}/connect/token",
            "userinfo_endpoint": f"{self.issuer}/connect/userinfo",
            "end_session_endpoint": f"{self.issuer}/connect/endsession",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
            ],
            "authorization_response_iss_parameter_supported": True,
        }

    def key_set(self) -> dict[str, Any]:
        """The keys."""
        return {"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "RS256"}]}

    # --- the person -------------------------------------------------------------------------------

    def callback(self, address: str, key: str | None) -> dict[str, str]:
        """Choose a person, or cancel with None; gives what the browser brings back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        back = self._chosen({**asked, "person": "" if key is None else key})
        return dict(parse_qsl(urlsplit(back).query))

    def _page(self, query: Mapping[str, str]) -> Response:
        if not self._is_registered(query):
            return Response(400, (), b"Unknown client or redirect_uri")
        links = [("cancel", ""), *((person.key, person.key) for person in self.persons)]
        rows = "".join(
            f'<li><a href="{html.escape(self._link(query, key))}">{html.escape(name)}</a></li>'
            for name, key in links
        )
        page = f"<!doctype html><title>MitID, simulated</title><ul>{rows}</ul>"
        return Response(200, (("content-type", "text/html; charset=utf-8"),), page.encode())

    def _link(self, query: Mapping[str, str], key: str) -> str:
        return f"{self.issuer}/chosen?{urlencode({**query, 'person': key})}"

    def _is_registered(self, query: Mapping[str, str]) -> bool:
        ours = (self.client_id, self.redirect_uri, "code", "S256")
        names = ("client_id", "redirect_uri", "response_type", "code_challenge_method")
        return tuple(query.get(name) for name in names) == ours

    def _chosen(self, query: Mapping[str, str]) -> str:
        if not self._is_registered(query):
            return self.issuer
        back = {"state": query.get("state", "")}
        person = next((each for each in self.persons if each.key == query.get("person")), None)
        if person is None:
            # As Nets' broker says it, without iss.
            back |= {"error": "access_denied", "error_description": "mitid_user_aborted"}
        else:
            code = _digits(self.chance)
            nonce, challenge = query.get("nonce", ""), query.get("code_challenge", "")
            self._codes[code] = Login(person, nonce, challenge, self.now())
            back |= {"code": code, "iss": self.issuer}
        return f"{self.redirect_uri}?{urlencode(back)}"

    # --- tokens -----------------------------------------------------------------------------------

    def _token(self, request: Request) -> Response:
        body = request.body if isinstance(request.body, bytes) else b""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        if not self._knows(request, form):
            return _json(401, {"error": "invalid_client"})
        login = self._codes.pop(form.get("code", ""), None)
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        proved = urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
        if (
            login is None
            or login.challenge != proved
            or self.now() - login.at > _CODE_SECONDS
            or form.get("redirect_uri") != self.redirect_uri
            or form.get("grant_type") != "authorization_code"
        ):
            return _json(400, {"error": "invalid_grant"})
        access_token = _digits(self.chance)
        self._access[access_token] = login.person
        return _json(
            200,
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": _TOKEN_SECONDS,
                "id_token": self.signed(self.id_token(login, access_token)),
            },
        )

    def _knows(self, request: Request, form: Mapping[str, str]) -> bool:
        given = (form.get("client_id"), form.get("client_secret"))
        basic = dict(request.headers).get("authorization", "")
        if basic.startswith("Basic "):
            try:
                pair = b64decode(basic.removeprefix("Basic ")).decode("utf-8")
            except ValueError:
                return False
            name, _, secret = pair.partition(":")
            given = (unquote_plus(name), unquote_plus(secret))
        return given == (self.client_id, self.secret)

    def id_token(self, login: Login, access_token: str) -> dict[str, Any]:
        """The claims of an ID token."""
        half = sha256(access_token.encode("ascii")).digest()[:16]
        return {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": self.now(),
            "nbf": self.now(),
            "exp": self.now() + _TOKEN_SECONDS,
            "nonce": login.nonce,
            "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode("ascii"),
            "sub": login.person.subject,
            "auth_time": int(login.at),
            **_of_person(login.person),
        }

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Sign claims with the key that stands."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.key.kid}
        return jwt.encode(header, dict(claims), self.key, algorithms=["RS256"])

    def _userinfo(self, request: Request) -> Response:
        bearer = dict(request.headers).get("authorization", "")
        person = self._access.get(bearer.removeprefix("Bearer "))
        if person is None:
            return _json(401, {"error": "invalid_token"})
        return _json(200, self.userinfo(person))

    def userinfo(self, person: TestPerson) -> dict[str, Any]:
        """The claims of userinfo, texts throughout."""
        number = {} if person.number is None else {"dk.cpr": person.number.reveal()}
        return {**_of_person(person), **number, "sub": person.subject}


def _of_person(person: TestPerson) -> dict[str, Any]:
    private = person.kind is IdentityKind.PRIVATE
    level = _LEVELS[person.assurance]
    return {
        "idp": "mitid" if private else "mitid_erhverv",
        "identity_type": "private" if private else "professional",
        **dict.fromkeys(("loa", "ial", "aal", "acr"), level),
    }


def _json(status: int, document: Mapping[str, Any]) -> Response:
    return Response(status, _JSON, json.dumps(document).encode())


def _sent_to(address: str) -> Response:
    return Response(302, (("location", address),), b"")


# --- on the command line --------------------------------------------------------------------------

_NUMBER: Final = "0709614606"  # of the CPR office's published demonstration persons


def some_persons() -> tuple[TestPerson, ...]:
    """One who is let in, and three who are not, each for another reason."""
    number = CivilNumber.parse(_NUMBER).unwrap()
    return (
        TestPerson("private", number),
        TestPerson("business", number, IdentityKind.BUSINESS),
        TestPerson("low-assurance", number, assurance=Assurance.LOW),
        TestPerson("without-number", None),
    )


def main(arguments: Iterable[str]) -> int:
    """Serve until it is interrupted, or its standard input ends."""
    parser = argparse.ArgumentParser("stand_ins.mitid_broker", description="A simulated broker.")
    _ = parser.add_argument("--port", type=int, default=8400)
    _ = parser.add_argument("--persons", type=Path, help="a file of [[person]]; else four of ours")
    _ = parser.add_argument("--client-id", default="eservices")
    _ = parser.add_argument("--secret", default="stand-in")
    _ = parser.add_argument("--callback", default="http://localhost:8000/mitid/callback")
    chosen = parser.parse_args(list(arguments))
    persons = some_persons()
    if chosen.persons is not None:
        read = read_persons(chosen.persons)
        if isinstance(read, Failure):
            parser.error("; ".join(map(str, read.failure())))
        persons = read.unwrap()
    with listening(chosen.port) as place:
        broker = StandInBroker(
            place.url,
            chosen.client_id,
            chosen.secret,
            chosen.callback,
            persons,
            SystemClock(),
            SystemChance(),
        )
        place.answer = broker.answer
        _ = sys.stdout.write(f"A simulated broker listens; its issuer is {place.url}\n")
        _ = sys.stdout.flush()
        try:
            _ = sys.stdin.read()
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
