"""The question 'may this user log in?', read from JSON.

Here: which members the question has, what may stand in them, how they fold into the facts of the
tables, and the same question with members changed. Shared by `explain login` and `whatif login`.
Not here: the answer (`login_answers`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Final, TypeVar

from attrs import frozen

from eservices_adapters.cli.documents import Json
from eservices_adapters.cli.says import BadInput, not_known, one_of
from eservices_core.access.facts import (
    Guardian,
    NumberMatch,
    PasswordKind,
    Tick,
    UserStatus,
    age_at,
    measure_at,
)
from eservices_core.access.login import (
    MITID,
    TWO_FACTOR,
    LoginVerdict,
    MitidLogin,
    ObligationFacts,
    TwoFactorLogin,
)
from eservices_core.access.mitid import (
    ACCEPTABLE,
    Assurance,
    IdentityFacts,
    IdentityKind,
    NumberGiven,
)
from eservices_core.access.session import Method
from eservices_core.clinic.settings import MITID_REQUIRED_FROM
from eservices_core.outcome import Failure
from eservices_core.tables import Row
from eservices_core.words.clinic_time import (
    DateRefusal,
    InstantRefusal,
    clinic_date,
    parse_date,
    parse_instant,
)

_REQUIRED: Final = ("at", "method", "user", "birth_date", "no_mitid", "guardian_verified")
_OPTIONAL: Final = ("mitid", "temporary_password", "mitid_required_from")
_OF_MITID: Final = ("identity", "assurance", "cpr")
_FLAGS: Final = frozenset({"no_mitid", "guardian_verified", "temporary_password"})

MEMBERS: Final = (
    *(name for name in (*_REQUIRED, *_OPTIONAL) if name != "mitid"),
    *(f"mitid.{name}" for name in _OF_MITID),
)
"""Every member that has a value of its own, by its path."""


class _CprOfMitid(Enum):
    """What the member `mitid.cpr` may say: two facts in one word."""

    OWN = "own"
    OTHER = "other"
    MISSING = "missing"


@frozen
class LoginQuestion:
    """The question, folded.

    Attributes:
        login: the facts of one of the two login tables.
        identity: what MitID said, where that is the method.
        password: the kind of password that is taken to be right, where that is the method.
    """

    login: MitidLogin | TwoFactorLogin
    identity: IdentityFacts | None
    password: PasswordKind

    @property
    def row(self) -> Row[LoginVerdict]:
        """The row that answers."""
        if isinstance(self.login, MitidLogin):
            return MITID.decide(self.login)
        return TWO_FACTOR.decide(self.login)

    @property
    def obligation(self) -> ObligationFacts:
        """What the obligation is decided from."""
        return ObligationFacts(self.row.then.decision, self.password)


# --- reading -------------------------------------------------------------------------------------


def read_question(members: Mapping[str, Json]) -> LoginQuestion:
    """Read the members of the question; raises BadInput, which names the member."""
    _refuse_strangers(members, (*_REQUIRED, *_OPTIONAL), "")
    for name in _REQUIRED:
        if name not in members:
            raise BadInput(name, "is missing")
    at = read_instant(members["at"], "at")
    method = _word(members["method"], "method", Method)
    user = _word(members["user"], "user", UserStatus)
    birth_date = _day(members["birth_date"], "birth_date")
    if birth_date > clinic_date(at):
        raise BadInput("birth_date", "lies after at")
    no_mitid = _flag(members["no_mitid"], "no_mitid")
    guardian = _flag(members["guardian_verified"], "guardian_verified")
    temporary = _flag(members.get("temporary_password", False), "temporary_password")
    required_from = MITID_REQUIRED_FROM
    if "mitid_required_from" in members:
        required_from = _day(members["mitid_required_from"], "mitid_required_from")
    measure = measure_at(at, required_from)
    password = PasswordKind.TEMPORARY if temporary else PasswordKind.OWN
    if method is Method.MITID:
        identity, match = _read_mitid(members)
        login = MitidLogin(ACCEPTABLE.decide(identity).then, match, user, measure)
        return LoginQuestion(login, identity, password)
    if "mitid" in members:
        raise BadInput("mitid", "stands only with method mitid")
    return LoginQuestion(
        TwoFactorLogin(
            user,
            measure,
            age_at(birth_date, at),
            Tick.SET if no_mitid else Tick.NOT_SET,
            Guardian.VERIFIED if guardian else Guardian.NOT_VERIFIED,
        ),
        None,
        password,
    )


def _read_mitid(members: Mapping[str, Json]) -> tuple[IdentityFacts, NumberMatch]:
    if "mitid" not in members:
        raise BadInput("mitid", "is missing")
    said = members["mitid"]
    if not isinstance(said, Mapping):
        raise BadInput("mitid", "must be an object")
    _refuse_strangers(said, _OF_MITID, "mitid.")
    for name in _OF_MITID:
        if name not in said:
            raise BadInput(f"mitid.{name}", "is missing")
    kind = _word(said["identity"], "mitid.identity", IdentityKind)
    assurance = _word(said["assurance"], "mitid.assurance", Assurance, but=Assurance.UNKNOWN)
    cpr = _word(said["cpr"], "mitid.cpr", _CprOfMitid)
    # A number that is missing matches no other; the tables never ask, as they refuse before.
    number = NumberGiven.MISSING if cpr is _CprOfMitid.MISSING else NumberGiven.GIVEN
    match = NumberMatch.OTHER if cpr is _CprOfMitid.OTHER else NumberMatch.OWN
    return IdentityFacts(kind, assurance, number), match


def _refuse_strangers(members: Mapping[str, Json], known: Sequence[str], prefix: str) -> None:
    for name in members:
        if name not in known:
            raise not_known("member", name, known, prefix)


_E = TypeVar("_E", bound=Enum)


def _word(value: Json, field: str, words: type[_E], but: _E | None = None) -> _E:
    allowed = {str(word.value): word for word in words if word is not but}
    if not isinstance(value, str) or value not in allowed:
        raise BadInput(field, one_of(allowed))
    return allowed[value]


def _flag(value: Json, field: str) -> bool:
    if not isinstance(value, bool):
        raise BadInput(field, "must be true or false")
    return value


_WHY_NO_INSTANT: Final[Mapping[InstantRefusal, str]] = {
    InstantRefusal.NOT_TEXT: "must be a text such as 2026-01-31T12:00:00+01:00",
    InstantRefusal.WRONG_SHAPE: "must be a time such as 2026-01-31T12:00:00+01:00",
    InstantRefusal.WITHOUT_OFFSET: "needs an offset, as in 2026-01-31T12:00:00+01:00",
    InstantRefusal.NO_SUCH_TIME: "is no time that the calendar or the clock has",
    InstantRefusal.OUT_OF_RANGE: "must lie in the years 1900 to 2199",
}
_WHY_NO_DAY: Final[Mapping[DateRefusal, str]] = {
    DateRefusal.NOT_TEXT: "must be a text such as 2011-05-31",
    DateRefusal.WRONG_SHAPE: "must be a date such as 2011-05-31",
    DateRefusal.NO_SUCH_DATE: "is no date that the calendar has",
    DateRefusal.OUT_OF_RANGE: "must lie in the years 1800 to 2199",
}


def read_instant(value: Json, field: str) -> datetime:
    """Read an instant that stands in a field."""
    outcome = parse_instant(value)
    if isinstance(outcome, Failure):
        raise BadInput(field, _WHY_NO_INSTANT[outcome.failure()])
    return outcome.unwrap()


def _day(value: Json, field: str) -> date:
    outcome = parse_date(value)
    if isinstance(outcome, Failure):
        raise BadInput(field, _WHY_NO_DAY[outcome.failure()])
    return outcome.unwrap()


# --- the same question, with members changed ----------------------------------------------------


def read_change(text: str) -> tuple[str, Json]:
    """Read `MEMBER=VALUE`: a member that a question may have, and a value of its type."""
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput("--set", "must be MEMBER=VALUE")
    if name not in MEMBERS:
        known = not_known("member", name, MEMBERS)
        raise BadInput("--set", str(known))
    if name not in _FLAGS:
        return name, value
    if value not in {"true", "false"}:
        raise BadInput(f"--set {name}", "must be true or false")
    return name, value == "true"


def changed(members: Mapping[str, Json], changes: Mapping[str, Json]) -> dict[str, Json]:
    """Give the members of a question with some of them changed.

    A question that is changed to two-factor says nothing of MitID any more.
    """
    after = dict(members)
    mitid = after.get("mitid")
    of_mitid = dict(mitid) if isinstance(mitid, Mapping) else {}
    for name, value in changes.items():
        parent, _, child = name.rpartition(".")
        if parent:
            of_mitid[child] = value
        else:
            after[name] = value
    said_of_mitid = any(name.startswith("mitid.") for name in changes)
    if said_of_mitid:
        after["mitid"] = of_mitid
    elif after.get("method") == Method.TWO_FACTOR.value:
        _ = after.pop("mitid", None)
    return after
