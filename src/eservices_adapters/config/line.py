"""How the line to a mail server is kept private."""

from enum import Enum, unique


@unique
class Security(Enum):
    """How the line to the server is kept private."""

    TLS = "tls"
    """From the first byte (ports 465, 993)."""
    STARTTLS = "starttls"
    """Asked for, and required, before anything else is said (ports 587, 143)."""
    NONE = "none"
    """Not at all: for a server on this machine."""
