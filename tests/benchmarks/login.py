"""The login decision, raced against an if-chain and against three rule engines.

The peers get the facts as strings and booleans made beforehand, the rules in their shortest form
and whatever can be prepared; everybody is asked with the right table or rule set in hand, so that
nobody pays for choosing it. Every answer is compared with the table's before anything is timed.
"""

from collections.abc import Callable, Sequence
from json import dumps
from typing import Any, Final, TypeVar

import casbin  # type: ignore[import-untyped]  # it has no types
import cedarpy
import rule_engine  # type: ignore[import-untyped]  # it has types but does not say so

from eservices_core.access import login
from eservices_core.access.login import Age, Guardian, LoginDecision, Measure, NumberMatch, Tick
from eservices_core.tables import Row
from tests.benchmarks import login_by_hand
from tests.benchmarks.racing import Contestant, Goal, Part, Race, run

_T = TypeVar("_T")


def _mixed(cases: Sequence[_T], stride: int) -> list[_T]:
    """The same cases in a fixed order without runs of like ones; the stride is coprime."""
    return [cases[place * stride % len(cases)] for place in range(len(cases))]


MITID: Final = _mixed(list(login.MITID.cases()), 47)
TWO_FACTOR: Final = _mixed(list(login.TWO_FACTOR.cases()), 33)
ALL: Final = _mixed([*MITID, *TWO_FACTOR], 73)


def _mitid_said(facts: login.MitidLogin) -> dict[str, Any]:
    return {
        "identity": facts.identity.value,
        "user": facts.user.value,
        "number_is_own": facts.number is NumberMatch.OWN,
        "in_force": facts.measure is Measure.IN_FORCE,
    }


def _two_factor_said(facts: login.TwoFactorLogin) -> dict[str, Any]:
    return {
        "user": facts.user.value,
        "in_force": facts.measure is Measure.IN_FORCE,
        "under_15": facts.age is Age.UNDER_15,
        "ticked": facts.tick is Tick.SET,
        "guardian_verified": facts.guardian is Guardian.VERIFIED,
    }


# What peers that say less answer: one word for the decision, or for the reason where it is a
# refusal; or only whether the login goes on to a session or a code.
def _word(row: Row[login.LoginVerdict]) -> str:
    return (row.then.reason or row.then.decision).value


def _opens(row: Row[login.LoginVerdict]) -> bool:
    return row.then.decision in (LoginDecision.GRANTED, LoginDecision.CODE_REQUIRED)


# ------------------------------------------------------------------------------- rule-engine


def _rule_engine_rows() -> tuple[Part, Part]:
    """One rule for each row, the first that matches counts: the library's own form of rules.

    What it answers is our row itself. What earlier rules have settled is not asked again.
    """
    mitid, two_factor = login.MITID.row, login.TWO_FACTOR.row
    by_mitid = rule_engine.Chain(
        [
            ('identity == "not_this_attempt"', mitid("foreign")),
            ('identity == "not_fresh"', mitid("stale")),
            ('identity == "business_identity"', mitid("business")),
            ('identity == "assurance_too_low"', mitid("too_low")),
            ('identity == "cpr_missing"', mitid("without_number")),
            ('user == "none"', mitid("sign_up")),
            ("not number_is_own", mitid("number_of_another")),
            ('user == "closed"', mitid("closed")),
            ("not in_force", mitid("granted_before_measure")),
        ],
        default_value=mitid("granted"),
    )
    by_two_factor = rule_engine.Chain(
        [
            ('user == "none"', two_factor("no_user")),
            ('user == "closed"', two_factor("closed")),
            ('user == "locked"', two_factor("locked")),
            ("not in_force", two_factor("before_measure")),
            ('under_15 and guardian_verified and user == "active"', two_factor("child_verified")),
            ("under_15 and guardian_verified", two_factor("new_child_verified")),
            ('under_15 and user == "active"', two_factor("child_unverified")),
            ("under_15", two_factor("new_child_unverified")),
            ('ticked and user == "active"', two_factor("ticked")),
            ("ticked", two_factor("new_ticked")),
        ],
        default_value=two_factor("not_ticked"),
    )
    return (
        (by_mitid.evaluate, [_mitid_said(facts) for facts in MITID]),
        (by_two_factor.evaluate, [_two_factor_said(facts) for facts in TWO_FACTOR]),
    )


def _rule_engine_folded() -> tuple[Part, Part]:
    """All verdicts folded into one expression: its fastest form, in which no rule has a name."""
    by_mitid = rule_engine.Rule(
        'identity != "accepted" ? identity : (user == "none" ? "sign_up" : (not number_is_own '
        '? "cpr_mismatch" : (user == "closed" ? "closed" : "granted")))'
    )
    by_two_factor = rule_engine.Rule(
        'user == "none" ? "no_user" : (user == "closed" ? "closed" : (user == "locked" ? "locked" '
        ': (not in_force ? "code_required" : (under_15 ? (guardian_verified ? "code_required" : '
        '"guardian_required") : (ticked ? "code_required" : "use_mitid")))))'
    )
    return (
        (by_mitid.evaluate, [_mitid_said(facts) for facts in MITID]),
        (by_two_factor.evaluate, [_two_factor_said(facts) for facts in TWO_FACTOR]),
    )


# ------------------------------------------------------------- Cedar and Casbin: yes or no only


def _cedar() -> tuple[Part, Part]:
    """The policy set and the entities parsed once, the context as the JSON that it is sent as."""
    policies = cedarpy.PolicySet.from_str("""
        permit(principal, action == Action::"mitid", resource) when {
            context.identity == "accepted" && context.number_is_own
            && context.user != "none" && context.user != "closed"
        };
        permit(principal, action == Action::"two_factor", resource) when {
            (context.user == "active" || context.user == "awaiting_activation")
            && (!context.in_force
                || (if context.under_15 then context.guardian_verified else context.ticked))
        };
    """)
    entities = cedarpy.Entities.from_json_str("[]")

    def ask(request: dict[str, Any]) -> bool:
        return cedarpy.is_authorized(request, policies, entities).allowed

    def request(action: str, said: dict[str, Any]) -> dict[str, Any]:
        return {
            "principal": 'Patient::"p"',
            "action": f'Action::"{action}"',
            "resource": 'Service::"s"',
            "context": dumps(said),
        }

    return (
        (ask, [request("mitid", _mitid_said(facts)) for facts in MITID]),
        (ask, [request("two_factor", _two_factor_said(facts)) for facts in TWO_FACTOR]),
    )


def _casbin() -> tuple[Part, Part]:
    """One matcher and no policy lines; it reads the matcher anew at each call, its log is off."""

    def asker(request: str, matcher: str) -> Callable[[tuple[Any, ...]], bool]:
        model = casbin.Model()
        model.load_model_from_text(
            f"[request_definition]\nr = {request}\n[policy_definition]\np = sub\n"
            f"[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = {matcher}\n"
        )
        enforce = casbin.Enforcer(model).enforce

        def ask(said: tuple[Any, ...]) -> bool:
            return bool(enforce(*said))

        return ask

    by_mitid = asker(
        "identity, user, number_is_own, in_force",
        'r.identity == "accepted" && r.number_is_own && r.user != "none" && r.user != "closed"',
    )
    by_two_factor = asker(
        "user, in_force, under_15, ticked, guardian_verified",
        '(r.user == "active" || r.user == "awaiting_activation") && (!r.in_force || '
        "(r.under_15 && r.guardian_verified) || (!r.under_15 && r.ticked))",
    )
    return (
        (by_mitid, [tuple(_mitid_said(facts).values()) for facts in MITID]),
        (by_two_factor, [tuple(_two_factor_said(facts).values()) for facts in TWO_FACTOR]),
    )


# ------------------------------------------------------------------------------------- the race

OURS: Final = "MITID.decide, TWO_FACTOR.decide: a row"
OURS_EITHER: Final = "login.decide, either method: a row"
BY_HAND: Final = "if-chains by hand: a verdict"
BY_HAND_EITHER: Final = "if-chains by hand, either method"
EMPTY: Final = "empty function"
CHAINS: Final = "rule-engine, a chain of rules: a row"
FOLDED: Final = "rule-engine, one expression: a word"
CEDAR: Final = "cedarpy, policy set parsed before: yes/no"
CASBIN: Final = "PyCasbin, one matcher: yes/no"

GOALS: Final = (
    Goal("a decision with its row, to the if-chains", OURS, BY_HAND, at_most=4),
    Goal("the same, of either method", OURS_EITHER, BY_HAND_EITHER, at_most=4),
    Goal("faster than rule-engine's chain", CHAINS, OURS, at_least=200),
    Goal("faster than cedarpy, which says less", CEDAR, OURS, at_least=500),
    Goal("faster than PyCasbin, which says less", CASBIN, OURS, at_least=500),
    Goal("than rule-engine folded, which says less", FOLDED, OURS),
    Goal("login.decide, faster than the chain", CHAINS, OURS_EITHER),
)


def race(rounds: int) -> Race:
    """Compare all answers, then race."""
    tables: tuple[Part, Part] = ((login.MITID.decide, MITID), (login.TWO_FACTOR.decide, TWO_FACTOR))
    rows = _answers(tables)
    by_hand: tuple[Part, Part] = (
        (login_by_hand.mitid, MITID),
        (login_by_hand.two_factor, TWO_FACTOR),
    )
    _check(BY_HAND, by_hand, [row.then for row in rows])
    either: Part = (login_by_hand.either, ALL)
    _check(BY_HAND_EITHER, (either,), [login.decide(facts).then for facts in ALL])
    peers = {
        CHAINS: _rule_engine_rows(),
        FOLDED: _rule_engine_folded(),
        CEDAR: _cedar(),
        CASBIN: _casbin(),
    }
    _check(CHAINS, peers[CHAINS], rows)
    _check(FOLDED, peers[FOLDED], [_word(row) for row in rows])
    _check(CEDAR, peers[CEDAR], [_opens(row) for row in rows])
    _check(CASBIN, peers[CASBIN], [_opens(row) for row in rows])
    contestants = [
        Contestant(EMPTY, ((login_by_hand.nothing, ALL),)),
        Contestant(BY_HAND, by_hand),
        Contestant(OURS, tables),
        Contestant(BY_HAND_EITHER, (either,)),
        Contestant(OURS_EITHER, ((login.decide, ALL),)),
        *(Contestant(name, parts) for name, parts in peers.items()),
    ]
    title = f"Login decision: {len(MITID)} MitID and {len(TWO_FACTOR)} two-factor cases, each once"
    return run(title, contestants, GOALS, rounds)


def _answers(parts: Sequence[Part]) -> list[Any]:
    return [call(given) for call, inputs in parts for given in inputs]


def _check(name: str, parts: Sequence[Part], expected: Sequence[object]) -> None:
    for place, (answer, right) in enumerate(zip(_answers(parts), expected, strict=True)):
        if answer != right or type(answer) is not type(right):
            raise AssertionError(f"{name} answers {answer!r} in case {place}, and we {right!r}")
