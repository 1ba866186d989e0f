"""What the scripts share: telling a step with the rule that decided it, and ways in.

Here: a step that comes to anything but what the script says stops the demonstration.
"""

from datetime import timedelta
from typing import TypeVar

from eservices_adapters.demo.box import CLINIC, Box
from eservices_adapters.demo.people import Patient
from eservices_adapters.demo.telling import Scene, Step, WentWrong
from eservices_core.access.login import LoginDecision
from eservices_core.outcome import Failure, Outcome
from eservices_core.usecases.log_in_with_mitid import (
    ComeBackFromMitid,
    GoToMitid,
    MitidAnswer,
    come_back_from_mitid,
    go_to_mitid,
)
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.sign_up import SignUp, sign_up
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import AttemptId, BrowserId, SessionId

T = TypeVar("T")

_A_MOMENT = timedelta(seconds=20)


def scene(box: Box, title: str) -> Scene:
    """Begin a scene."""
    return Scene(box.clock.now(), title)


def step(box: Box, who: str, does: str, outcome: str, rule: str | None = None) -> Step:
    """Tell a step, with the rule that its answer names, or that was stored with it."""
    rule = rule or box.overheard.rule
    expect(rule is not None, f"{who} {does}: no rule decided it")
    assert rule is not None
    told = Step(box.clock.now(), who, does, outcome, rule)
    box.clock.wind(_A_MOMENT)
    return told


def refused(box: Box, who: str, does: str, outcome: Outcome[object, Refusal], reason: str) -> Step:
    """Tell a refusal that must come, for this reason and no other."""
    expect(isinstance(outcome, Failure), f"{who} {does}: must be refused")
    refusal = outcome.failure()
    expect(refusal.reason == reason, f"{who} {does}: must be refused for {reason}")
    return Step(
        box.clock.now(),
        who,
        does,
        "refused",
        refusal.rule,
        refusal.reason,
        refusal.next_step,
        refusal.says,
    )


def must(outcome: Outcome[T, Refusal]) -> T:
    """Take what a step must give."""
    if isinstance(outcome, Failure):
        refusal = outcome.failure()
        msg = f"refused by {refusal.rule}: {refusal.reason}"
        raise WentWrong(msg)
    return outcome.unwrap()


def expect(holds: bool, what: str) -> None:  # noqa: FBT001  a claim, and what it says
    """Stop the demonstration unless something holds."""
    if not holds:
        raise WentWrong(what)


def address_of(person: Patient) -> EmailAddress:
    """Where a person's mail goes."""
    return EmailAddress.parse(person.address).unwrap()


def go_through_mitid(
    box: Box, person: Patient, browser: BrowserId, session: SessionId
) -> tuple[AttemptId, MitidAnswer]:
    """Have a person identify with MitID, in a session to be if it is granted."""
    services = box.installation.services
    asked = box.asked_by()
    sent = must(go_to_mitid(services, GoToMitid(key=asked.key, by=asked.by, browser=browser)))
    asked = box.asked_by()
    back = ComeBackFromMitid(
        key=asked.key,
        by=asked.by,
        attempt=sent.attempt,
        browser=browser,
        session=session,
        callback=box.at_mitid(person, sent.attempt),
    )
    return sent.attempt, must(come_back_from_mitid(services, back))


def with_mitid(box: Box, person: Patient, browser: BrowserId) -> SessionId:
    """Log a person in with MitID, or sign them up, and give the session."""
    session = box.new_session()
    attempt, answer = go_through_mitid(box, person, browser, session)
    if answer.decision is LoginDecision.GRANTED:
        return session
    expect(answer.decision is LoginDecision.SIGN_UP, f"{person.name} logs in or signs up")
    asked = box.asked_by()
    command = SignUp(
        key=asked.key,
        by=asked.by,
        attempt=attempt,
        browser=browser,
        session=session,
        address=address_of(person),
        clinic=CLINIC,
    )
    _ = must(sign_up(box.installation.services, command))
    return session
