"""Which addresses may be spoken to: over TLS, or on this machine.

Here: the shape of an address, and whose it is. Not here: whether a peer is the right one.
"""

import re
from typing import Final

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_LENGTH_MAX: Final = 2048
_LAST_PORT: Final = 65_535
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_ADDRESS: Final = re.compile(
    r"([Hh][Tt][Tt][Pp][Ss]?)://"
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::([1-9][0-9]{0,4}))?"
    r"(?:/[A-Za-z0-9!$%&'()*+,./:;=?@_~\[\]-]*)?"
)


def may_be_spoken_to(url: str) -> bool:
    """Whether this is an absolute https address, or an http one of this machine.

    It has no user, no password and no fragment, and is printable ASCII (faults: 167).
    """
    return origin_of(url) is not None


def origin_of(url: str) -> str | None:
    """Give scheme, host and port, the port always named; None of what may not be spoken to.

    >>> origin_of("https://Broker.example/op?a=b")
    'https://broker.example:443'
    >>> origin_of("http://broker.example/op") is None
    True
    """
    found = None if len(url) > _LENGTH_MAX else _ADDRESS.fullmatch(url)
    if found is None:
        return None
    scheme, host = found[1].lower(), found[2].lower()
    port = int(found[3] or _DEFAULT_PORTS[scheme])
    if port > _LAST_PORT or (scheme == "http" and host not in LOOPBACK):
        return None
    return f"{scheme}://{host}:{port}"
