"""The login decision, raced against if-chains (`login_by_hand`) and rule engines (`login_peers`).

Every combination of facts is asked about equally often. Everybody is asked with the right table or
rule set in hand, so that nobody pays for choosing it, but for `login.decide`, which chooses. Every
answer is compared with the table's before anything is timed.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from eservices_core.access import login
from eservices_core.access.login import LoginDecision
from eservices_core.tables import Row
from tests.benchmarks import login_by_hand, login_peers
from tests.benchmarks.racing import Contestant, Goal, Part, Race, run

_T = TypeVar("_T")


def _mixed(cases: Sequence[_T], stride: int) -> list[_T]:
    """The same cases in a fixed order without runs of like ones; the stride is coprime."""
    return [cases[place * stride % len(cases)] for place in range(len(cases))]


MITID: Final = _mixed(list(login.MITID.cases()), 47)
TWO_FACTOR: Final = _mixed(list(login.TWO_FACTOR.cases()), 33)
ALL: Final = _mixed(list[login.LoginFacts]([*MITID, *TWO_FACTOR]), 73)


# What peers that say less answer: one word for the decision, or for the reason where it is a
# refusal; or only whether the login goes on to a session or a code.
def _word(row: Row[login.LoginVerdict]) -> str:
    word: str = (row.then.reason or row.then.decision).value
    return word


def _opens(row: Row[login.LoginVerdict]) -> bool:
    return row.then.decision in (LoginDecision.GRANTED, LoginDecision.CODE_REQUIRED)


OURS: Final = "MITID.decide, TWO_FACTOR.decide: a row"
OURS_EITHER: Final = "login.decide, either method: a row"
BY_HAND: Final = "if-chains by hand: a verdict"
BY_HAND_EITHER: Final = "if-chains by hand, either method"
EMPTY: Final = "empty function"
CHAINS: Final = "rule-engine, a chain of rules: a row"
OURS_THROUGH: Final = "logins that go through: the tables"
CHAINS_THROUGH: Final = "logins that go through: the chain"
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
    Goal("than the chain, where the login goes through", CHAINS_THROUGH, OURS_THROUGH),
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
    said = login_peers.say(MITID, TWO_FACTOR)
    peers = {
        CHAINS: login_peers.rule_engine_rows(said),
        FOLDED: login_peers.rule_engine_folded(said),
        CEDAR: login_peers.cedar(said),
        CASBIN: login_peers.casbin_matcher(said),
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
        Contestant(OURS_THROUGH, _that_go_through(tables)),
        Contestant(CHAINS_THROUGH, _that_go_through(peers[CHAINS])),
    ]
    title = f"Login decision: {len(MITID)} MitID and {len(TWO_FACTOR)} two-factor cases, each once"
    return run(title, contestants, GOALS, rounds)


def _that_go_through(parts: tuple[Part, Part]) -> tuple[Part, ...]:
    """The same parts over those of their inputs whose answer, a row, lets the login go on."""
    return tuple(
        (call, [given for given in inputs if _opens(call(given))]) for call, inputs in parts
    )


def _answers(parts: Sequence[Part]) -> list[Any]:
    return [call(given) for call, inputs in parts for given in inputs]


def _check(name: str, parts: Sequence[Part], expected: Sequence[object]) -> None:
    for place, (answer, right) in enumerate(zip(_answers(parts), expected, strict=True)):
        if answer != right or type(answer) is not type(right):
            raise AssertionError(f"{name} answers {answer!r} in case {place}, and we {right!r}")
