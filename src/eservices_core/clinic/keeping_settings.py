"""For how long a clinic keeps what has ended, as data with defaults (D-KEEP-1).

Here: periods, and what of them cannot be. Not here: where they are read from (a file of settings),
and what is done when a period is over.
"""

from attrs import frozen


@frozen
class KeepingSettings:
    """For how long each kind of data is kept after it has ended."""
