"""Looking after an installation: is it well, is it ready, is there a backup (docs/operate.md).

Here: what an operator and a monitoring program ask. Not here: the rounds that do the service's own
work, and the commands (`cli`).
"""

from eservices_adapters.operation.backup import BackedUp, BackupRefused, back_up
from eservices_adapters.operation.doctor import examine
from eservices_adapters.operation.health import Health, Readiness, live, ready

__all__ = [
    "BackedUp",
    "BackupRefused",
    "Health",
    "Readiness",
    "back_up",
    "examine",
    "live",
    "ready",
]
