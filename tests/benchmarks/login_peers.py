"""The login rules as three rule engines have them, written from D-ACC-4.

Each peer gets the facts as strings and booleans made beforehand, its rules in the shortest form,
and whatever it can prepare prepared. rule-engine can say which of our rows answers. Cedar and
PyCasbin are asked only whether the login goes on to a session or a code, so they do less.
"""

from collections.abc import Callable, Sequence
from json import dumps
from typing import Any

import casbin
import cedarpy
import rule_engine
from attrs import frozen

from eservices_core.access import login
from eservices_core.access.facts import Age, Guardian, Measure, NumberMatch, Tick
from tests.benchmarks.racing import Part


@frozen
class Said:
    """The facts of all cases, as the peers read them."""

    mitid: Sequence[dict[str, Any]]
    two_factor: Sequence[dict[str, Any]]


def say(mitid: Sequence[login.MitidLogin], two_factor: Sequence[login.TwoFactorLogin]) -> Said:
    """Put the facts into strings and booleans."""
    return Said(
        [_mitid_said(facts) for facts in mitid], [_two_factor_said(facts) for facts in two_factor]
    )


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


def rule_engine_rows(said: Said) -> tuple[Part, Part]:
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
    return (by_mitid.evaluate, said.mitid), (by_two_factor.evaluate, said.two_factor)


def rule_engine_folded(said: Said) -> tuple[Part, Part]:
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
    return (by_mitid.evaluate, said.mitid), (by_two_factor.evaluate, said.two_factor)


def cedar(said: Said) -> tuple[Part, Part]:
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

    def request(action: str, context: dict[str, Any]) -> dict[str, Any]:
        return {
            "principal": 'Patient::"p"',
            "action": f'Action::"{action}"',
            "resource": 'Service::"s"',
            "context": dumps(context),
        }

    return (
        (ask, [request("mitid", context) for context in said.mitid]),
        (ask, [request("two_factor", context) for context in said.two_factor]),
    )


def casbin_matcher(said: Said) -> tuple[Part, Part]:
    """One matcher and no policy lines; it reads the matcher anew at each call, its log is off."""

    def asker(request: str, matcher: str) -> Callable[[tuple[Any, ...]], bool]:
        model = casbin.Model()
        model.load_model_from_text(
            f"[request_definition]\nr = {request}\n[policy_definition]\np = sub\n"
            f"[policy_effect]\ne = some(where (p.eft == allow))\n[matchers]\nm = {matcher}\n"
        )
        enforce = casbin.Enforcer(model).enforce

        def ask(values: tuple[Any, ...]) -> bool:
            return bool(enforce(*values))

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
        (by_mitid, [tuple(facts.values()) for facts in said.mitid]),
        (by_two_factor, [tuple(facts.values()) for facts in said.two_factor]),
    )
