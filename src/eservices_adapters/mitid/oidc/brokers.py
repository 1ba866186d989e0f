"""What each broker calls things, as data.

Here: a profile for each broker that a Danish clinic can buy MitID from, and `generic` for one that
follows the standard's own names. Sources: the brokers' documentation and recorded exchanges with
Nets' pre-production (docs/connect/mitid.md). Not here: anything that is done with it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_NO_VALUES: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})


@frozen(kw_only=True)
class Broker:
    """How one broker is asked, and where its answers say what.

    A claim is looked for in the ID token and, where `userinfo` is true, in the userinfo answer.

    Attributes:
        name: as in the configuration.
        scope: what is asked for.
        acr_values: asked for unless the configuration says otherwise; empty for none.
        ask: further parameters of the request; LEVEL in one stands for the level that is asked for.
        userinfo: whether the userinfo endpoint holds what the ID token does not.
        number: the claim with the CPR number.
        levels: the claims with the level of assurance; the first must be there, and the lowest of
            those that are counts.
        identified_at: the claims that say when the user identified, the first there counts: a
            number of seconds, or a text in ISO 8601.
        must_be: claims that must be there with one of these values, else it is not MitID.
        business: claims that, with one of these values, make the identity a business one; an
            empty set of values stands for any.
        private: a claim that must be there with one of these values for it to be private; None
            where whatever is not business is private.
        describes_all: whether only its error_description says what happened.
        cancelled, timed_out, failed, not_matched: what `error_description` says of an error.
    """

    name: str
    scope: str
    acr_values: str = ""
    ask: Mapping[str, str] = field(default=_NONE, hash=False)
    userinfo: bool
    number: str
    levels: tuple[str, ...]
    identified_at: tuple[str, ...] = ("auth_time",)
    must_be: Mapping[str, frozenset[str]] = field(default=_NO_VALUES, hash=False)
    business: Mapping[str, frozenset[str]] = field(default=_NO_VALUES, hash=False)
    private: tuple[str, frozenset[str]] | None = None
    describes_all: bool = False
    cancelled: frozenset[str] = frozenset()
    timed_out: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    not_matched: frozenset[str] = frozenset()


_ANY: Final[frozenset[str]] = frozenset()

_NETS: Final = Broker(
    name="nets",
    scope="openid mitid ssn",
    ask=MappingProxyType({"idp_values": "mitid", "idp_params": '{"mitid":{"loa_value":"LEVEL"}}'}),
    userinfo=True,
    number="dk.cpr",
    levels=("loa", "ial", "aal", "acr"),
    must_be={"idp": frozenset({"mitid", "mitid_erhverv"})},
    business={
        "idp": frozenset({"mitid_erhverv"}),
        "identity_type": frozenset({"professional"}),
        "nemlogin.cvr": _ANY,
    },
    private=("identity_type", frozenset({"private"})),
    describes_all=True,
    cancelled=frozenset(
        {
            "mitid_user_aborted",
            "user_aborted",
            "mitid_core_client_error_user_abort",
            "mitid_erhverv_user_aborted",
            "private_to_business_user_aborted",
            "privilege_cvr_select_user_aborted",
            "declined_user_consent",
        }
    ),
    timed_out=frozenset(
        {
            "mitid_timeout",
            "mitid_no_ctx",
            "no_ctx",
            "idp_no_ctx",
            "no_ctx_idp_params",
            "user_navigation_error",
            "user_navigation_error_empty_state",
            "mitid_user_navigation_error_empty_state",
            "mitid_erhverv_unexpected_user_navigation",
            "user_is_missing_cookies",
            "user_missing_timed_cookies",
        }
    ),
    failed=frozenset(
        {
            "internal_error",
            "idp_remote_error",
            "mitid_internal_error",
            "mitid_unexpected_error",
            "mitid_core_client_error",
            "mitid_erhverv_api_error",
        }
    ),
    not_matched=frozenset({"mitid_cpr_match_failed"}),
)

_IDURA: Final = Broker(
    name="idura",
    scope="openid ssn",
    acr_values="urn:grn:authn:dk:mitid:substantial",
    userinfo=False,
    number="cprNumberIdentifier",
    levels=("loA", "ial", "aal", "fal"),
    # Documented payloads hold neither; where none is, nobody can tell whether the login is new.
    identified_at=("auth_time", "authenticationinstant"),
    must_be={"identityscheme": frozenset({"dkmitid"})},
    business={
        "employee": _ANY,
        "companySignatory": _ANY,
        "cvrNumberIdentifier": _ANY,
        "2.5.4.10": _ANY,
        "authenticationtype": frozenset({"urn:grn:authn:dk:mitid:business"}),
    },
)

_SIGNICAT: Final = Broker(
    name="signicat",
    scope="openid profile nin idp-id mitid-extra",
    acr_values="idp:mitid loa:substantial",
    userinfo=True,
    number="nin",
    levels=("mitid_loa", "mitid_ial", "mitid_aal", "mitid_fal", "acr"),
    private=("nin_type", frozenset({"PERSON"})),
)

_GENERIC: Final = Broker(
    name="generic",
    scope="openid",
    userinfo=True,
    number="cpr",
    levels=("acr",),
    business={
        "identity_type": frozenset({"professional", "business"}),
        "idp": frozenset({"mitid_erhverv"}),
        "employee": _ANY,
        "companySignatory": _ANY,
        "cvr": _ANY,
        "cvrNumberIdentifier": _ANY,
        "nemlogin.cvr": _ANY,
    },
    cancelled=frozenset({"user_cancelled", "user_aborted"}),
)

BROKERS: Final[Mapping[str, Broker]] = MappingProxyType(
    {broker.name: broker for broker in (_NETS, _IDURA, _SIGNICAT, _GENERIC)}
)
"""The profiles, by the name that a configuration gives."""
