"""`eservices try`: one real exchange with a peer that an installation names.

Here: the list of peers. Not here: any of them (`try_mitid` and its siblings), and what they share
(`trying`).
"""

from collections.abc import Mapping
from typing import Final

import click

from eservices_adapters.cli.lazily import LazyGroup

_PEERS: Final[Mapping[str, str]] = {
    peer: f"eservices_adapters.cli.try_{peer}:try_{peer}"
    for peer in ("calendar", "custody", "mail", "mitid", "post")
}


@click.group("try", cls=LazyGroup, lazily=_PEERS)
def try_() -> None:
    """Try a peer: one real exchange, told step by step.

    With --json it is one object: peer, ok, what the peer's own command adds, and the steps. The
    exit status is 1 where a step did not go well. `eservices stand-ins` starts something to try
    against. CPR numbers are never shown.
    """
