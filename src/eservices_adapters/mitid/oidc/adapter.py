"""MitID at a broker: the port, waiting or awaiting.

Here: the exchanges carried out, and their reasons told to the log. Not here: what is said
(`exchanges`).
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from eservices_adapters.mitid.oidc import exchanges
from eservices_adapters.mitid.oidc.client import OidcClient, with_query
from eservices_adapters.mitid.oidc.exchanges import Relying
from eservices_adapters.mitid.oidc.known import Known
from eservices_adapters.mitid.oidc.reasons import Reason, failure_of
from eservices_adapters.wire_http.driver import HttpDriver
from eservices_core.access.mitid import MitidFailure, MitidIdentity
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.world import Chance, Clock, Mitid, MitidStart
from eservices_core.words.identifiers import AttemptId

T = TypeVar("T")

_LOG: Final = logging.getLogger(__name__)


class OidcMitid:
    """A `Mitid` that speaks OpenID Connect with one broker; threads may share it."""

    def __init__(
        self, client: OidcClient, driver: HttpDriver, clock: Clock, chance: Chance
    ) -> None:
        """Take a registration, what carries exchanges out, and time and chance."""
        self._relying = Relying(client, Known(), clock, chance)
        self._driver = driver

    def begin(self, attempt: AttemptId, /) -> MitidStart | MitidFailure:
        """Prepare an attempt; the broker is asked only for what is not known of it."""
        return _told(self._driver.run(exchanges.begin(self._relying, attempt)))

    def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str], /
    ) -> MitidIdentity | MitidFailure:
        """Read the answer that a browser brought back; why it was refused is told to the log."""
        return _told(self.identified(attempt, memo, callback))

    def begun(self, attempt: AttemptId) -> Outcome[MitidStart, Reason]:
        """Prepare an attempt, or say exactly why there is none."""
        return self._driver.run(exchanges.begin(self._relying, attempt))

    def identified(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str]
    ) -> Outcome[MitidIdentity, Reason]:
        """Read the answer, or say exactly why not."""
        return self._driver.run(exchanges.identity(self._relying, attempt, memo, callback))

    def logout_address(self, back_to: str, id_token: str | None = None) -> str | None:
        """Say where a browser ends the broker's own session (RP-Initiated Logout 1.0).

        `back_to` must be registered. Nets goes back there only with the ID token, which nobody
        keeps here; other brokers do with our client_id. None where the broker has no such place,
        or does not answer.
        """
        found = self._driver.run(exchanges.find_metadata(self._relying))
        if isinstance(found, Failure) or found.unwrap().end_session is None:
            return None
        hint = {} if id_token is None else {"id_token_hint": id_token}
        ours = {"client_id": self._relying.client.client_id, "post_logout_redirect_uri": back_to}
        return with_query(found.unwrap().end_session or "", {**hint, **ours})


class AsyncOidcMitid:
    """The same, awaited: for whoever serves many browsers on one event loop."""

    def __init__(
        self, client: OidcClient, driver: HttpDriver, clock: Clock, chance: Chance
    ) -> None:
        """Take what `OidcMitid` takes."""
        self._relying = Relying(client, Known(), clock, chance)
        self._driver = driver

    async def begin(self, attempt: AttemptId) -> MitidStart | MitidFailure:
        """Prepare an attempt."""
        return _told(await self._driver.run_async(exchanges.begin(self._relying, attempt)))

    async def identity(
        self, attempt: AttemptId, memo: str, callback: Mapping[str, str]
    ) -> MitidIdentity | MitidFailure:
        """Read the answer that a browser brought back."""
        exchange = exchanges.identity(self._relying, attempt, memo, callback)
        return _told(await self._driver.run_async(exchange))


def _told(outcome: Outcome[T, Reason]) -> T | MitidFailure:
    """Give what the port says; the reason itself, which tells nothing of anybody, is logged."""
    if isinstance(outcome, Failure):
        reason = outcome.failure()
        _LOG.info("MitID gave no identity (%s): %s", reason.name, reason.value)
        return failure_of(reason)
    return outcome.unwrap()


if TYPE_CHECKING:
    _mitid: type[Mitid] = OidcMitid
