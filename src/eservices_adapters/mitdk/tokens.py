"""What calls to SF1601 are let in with: tokens that live for an hour, and our certificate.

Here: the seam. A token comes from the municipalities' token service by two steps (a SAML token, and
an access token for it) whose request holds a field that no public document names; so fetching one
is not here. Whoever has the agreement has a program for it, which writes each token into a file and
renews it in time; or writes an adapter of `Tokens`.
"""

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from eservices_adapters.config.password_file import password_file
from eservices_adapters.config.places import Places


class Tokens(Protocol):
    """Gives the tokens that are good now; the two services want one each."""

    def sending(self) -> str | None:
        """Give the token for KombiPostAfsend; None where there is none."""
        ...

    def asking(self) -> str | None:
        """Give the token for PostForespoerg; None where there is none."""
        ...


@frozen
class TokenFiles:
    """Tokens in files of one line, which only their owner can read; read anew for each call."""

    send: Path
    ask: Path

    def sending(self) -> str | None:
        """Read the file."""
        return _token(self.send)

    def asking(self) -> str | None:
        """Read the file."""
        return _token(self.ask)


def _token(path: Path) -> str | None:
    return password_file(Places(path.parent)).parse(path.name)


def client_tls(
    certificate: Path | None, key: Path | None, trusted: Path | None
) -> ssl.SSLContext | None:
    """Make what a line is opened with: our certificate and its key, and whom to trust.

    `trusted` is a file of certificates in place of the system's. None where a file cannot be used:
    the key is not the certificate's, or is locked with a passphrase.
    """
    try:
        context = ssl.create_default_context(cafile=trusted)
        if certificate is not None:
            # An empty passphrase, or the library would ask for one at the terminal.
            context.load_cert_chain(certificate, key, password="")
    except (OSError, ValueError):  # an SSLError is an OSError
        return None
    return context


if TYPE_CHECKING:
    _: type[Tokens] = TokenFiles
