"""`eservices try mitid`: one login at the broker that an installation names.

Here: the command and its steps. Not here: what is said to the broker (`mitid.oidc`).
"""

from datetime import datetime
from pathlib import Path

import click

from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.trying import Trial, config_option, configured, json_option
from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.mitid import OidcBroker
from eservices_adapters.mitid.oidc.awaiting import Awaited, awaiting
from eservices_core.access.mitid import ACCEPTABLE, Acceptance, MitidIdentity, facts_of
from eservices_core.outcome import Failure
from eservices_core.words.identifiers import AttemptId


@click.command("mitid")
@config_option
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="Where the browser comes back to on this machine; 0 for any that is free.",
)
@click.option(
    "--wait",
    type=click.FloatRange(0, 3_600),
    default=300.0,
    show_default=True,
    help="Seconds to wait for the browser.",
)
@json_option
@click.pass_context
def try_mitid(ctx: click.Context, config: Path, port: int, wait: float, *, as_json: bool) -> None:
    """Try MitID: log in once at the broker, and see what the rules say of it.

    Register http://localhost:8765/mitid/callback with the broker beside the real address. Then open
    the address that is shown, on this machine, and identify. The broker's document and keys are
    looked at first. Nobody is logged in to anything; the CPR number is not shown.

    The exit status is 1 where a step did not go well, or the identity is not acceptable.
    """
    from eservices_adapters.mitid.oidc.opening import check  # noqa: PLC0415  it needs joserfc

    broker = configured(config).mitid
    if not isinstance(broker, OidcBroker):
        raise BadInput("--config", '[mitid] kind: is "simulated"; there is no broker to try')
    trial = Trial("mitid", as_json=as_json)
    for found in check(broker, SystemClock(), SystemChance()):
        if not trial.step("broker", found.says, is_well=found.is_well):
            ctx.exit(trial.end())
    try:
        with awaiting(port) as awaited:
            _log_in(trial, broker, awaited, wait)
    except OSError:
        raise BadInput("--port", "cannot be listened on") from None
    ctx.exit(trial.end())


def _log_in(trial: Trial, broker: OidcBroker, awaited: Awaited, seconds: float) -> None:
    """Begin, wait for the browser, and tell what came of it; ends at the first thing amiss."""
    from eservices_adapters.mitid.oidc.opening import open_oidc  # noqa: PLC0415  it needs joserfc

    clock, chance = SystemClock(), SystemChance()
    mitid = open_oidc(broker, clock, chance, awaited.address).unwrap()
    attempt = AttemptId.from_entropy(chance.entropy(16))
    begun_at = clock.now()
    start = mitid.begun(attempt)
    if isinstance(start, Failure):
        _ = trial.step("begin", start.failure().value, is_well=False)
        return
    show(start.unwrap().address)
    callback = awaited.wait(seconds)
    if callback is None:
        _ = trial.step("browser", "nobody came back in time", is_well=False)
        return
    _ = trial.step("browser", "it came back")
    said = mitid.identified(attempt, start.unwrap().memo, callback)
    if isinstance(said, Failure):
        reason = said.failure()
        trial.note("reason", reason.name.lower())
        _ = trial.step("answer", reason.value, is_well=False)
        return
    _ = trial.step("answer", "it is the broker's, for us, and for this attempt")
    _judge(trial, said.unwrap(), attempt, begun_at)


def show(address: str) -> None:
    """Say where to go; on standard error, so that a verdict stands alone."""
    click.echo(f"Open this address in a browser on this machine:\n{address}", err=True)


def _judge(trial: Trial, identity: MitidIdentity, attempt: AttemptId, begun_at: datetime) -> None:
    """Tell who it is, without a number or a name, and what the rules say of that (D-ACC-3)."""
    trial.note("kind", identity.kind.value)
    trial.note("assurance", identity.assurance.value)
    # The mask is the number's own.
    trial.note("number", "none" if identity.number is None else "******-****")
    row = ACCEPTABLE.decide(facts_of(identity, attempt, begun_at))
    trial.note("verdict", row.then.value)
    trial.note("rule", row.rule)
    well = row.then is Acceptance.ACCEPTED
    _ = trial.step("identity", row.says.staff.en, is_well=well)
