"""Which UIDs are ours: a booking's name, and the installation's own domain.

Here: the domain's shape. Not here: reading a UID (`busy`).
"""

import re
from typing import Final

_HOST_NAME: Final = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}")


def is_host_name(domain: str) -> bool:
    """Whether a text is a host name in lower case, as the right half of our UIDs is."""
    return _HOST_NAME.fullmatch(domain) is not None
