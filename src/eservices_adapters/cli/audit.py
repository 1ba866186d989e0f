"""`eservices audit`: seal the audit logs, and say whether they are as they were sealed (D-LOG-1).

Here: the commands. Not here: what is hashed and signed (`usecases.audit_chain`). An answer holds
places and kinds of damage, never anything of an entry.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eservices_core.usecases.audit_chain import Finding, Head


@click.group()
def audit() -> None:
    """The audit log: seal it, and verify it."""


@audit.command()
@click.option("--config", required=True, metavar="FILE.toml", help="The installation's file.")
@click.option(
    "--heads", metavar="FILE", help="Note what was sealed in this file, one JSON array a line."
)
def seal(config: str, heads: str | None) -> None:
    """Seal all entries that no seal holds yet.

    Keep the file of heads on another machine: against it, nobody can cut a log's end off unnoticed.
    """
    from eservices_adapters.cli.audit_heads import note_heads  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.seal_audit import seal_audit  # noqa: PLC0415  only this command pays

    with open_config(Path(config)) as box:
        made = seal_audit(box.audit_log, box.signer, box.services.clock)
    if heads is not None:
        note_heads(heads, made)
    say({"sealed": [_told(head) for head in made]})


@audit.command()
@click.option("--config", required=True, metavar="FILE.toml", help="The installation's file.")
@click.option("--heads", metavar="FILE", help="What was noted when it was sealed.")
@click.pass_context
def verify(ctx: click.Context, config: str, heads: str | None) -> None:
    """Is every log as it was sealed?

    Exit status 0: intact; of the tail, which nobody has sealed yet, nothing can be said. 1: broken;
    the answer names the first bad place of each log and the kind of damage.
    """
    from eservices_adapters.cli.audit_heads import read_heads  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.opened import open_config  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.audit_chain import Broken  # noqa: PLC0415  only this command pays
    from eservices_core.usecases.seal_audit import verify_audit  # noqa: PLC0415  only this command pays

    noted = () if heads is None else read_heads(heads)
    with open_config(Path(config)) as box:
        findings = verify_audit(box.audit_log, box.signer, noted)
        public_key = box.signer.public_key().hex()
    broken = any(isinstance(finding, Broken) for finding in findings)
    say(
        {
            "audit": "broken" if broken else "intact",
            "public_key": public_key,
            "logs": [_found(finding) for finding in findings],
        }
    )
    ctx.exit(int(broken))


def _found(finding: "Finding") -> dict[str, object]:
    from eservices_core.usecases.audit_chain import Broken  # noqa: PLC0415  only this command pays

    clinic = None if finding.log is None else finding.log.value
    if isinstance(finding, Broken):
        return {
            "clinic": clinic,
            "damage": finding.damage.name.lower(),
            "says": finding.damage.value,
            "entry": finding.place,
            "position": finding.position,
        }
    return {
        "clinic": clinic,
        "sealed": finding.sealed,
        "purged": finding.purged,
        "unsealed": finding.tail,
        "head": None if finding.head is None else _told(finding.head),
    }


def _told(head: "Head") -> list[object]:
    from eservices_adapters.cli.audit_heads import written  # noqa: PLC0415  only this command pays

    return written(head)
