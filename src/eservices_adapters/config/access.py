"""The section [access]: what the service as a whole chooses about logging in.

Every key is optional and has the name and the default of `AccessSettings`; what may be chosen is
bounded, so that no installation opens by configuration what a rule closes. Durations are written
as a whole number and a unit: `10 min`, `48 hours`, `7 days`.
"""

from datetime import date
from typing import Final

from eservices_adapters.config.shapes import day, duration, integer, one_of
from eservices_adapters.config.table import Table
from eservices_core.clinic.settings import AccessSettings, CodeLimits, Guardianship

_DEFAULT: Final = AccessSettings()

# D-ACC-1: the source names only the month, so the day may be chosen, but within the month.
_REQUIRED_FROM: Final = day(date(2023, 6, 30))
_TEMPORARY_PASSWORD: Final = duration("1 hour", "30 days")
_CUSTODY: Final = duration("1 hour", "90 days")  # D-ACC-9: an answer stands up to 90 days
_CHILDREN: Final = integer(1, 20)
_QUARANTINE: Final = duration("48 hours", "30 days")  # D-ACC-14: 48 hours are the least
_SESSION: Final = duration("1 min", "12 hours")
_CODE_LIFETIME: Final = duration("1 min", "10 min")
_GUESSES: Final = integer(1, 100)
_CODES: Final = integer(1, 60)


def read_access(table: Table) -> AccessSettings:
    """Read [access] and [access.codes]; the defaults stand in for what was refused."""
    codes = _read_codes(table.table("codes", required=False))
    before = table.refused_so_far
    required_from = table.optional(
        "mitid_required_from", _REQUIRED_FROM, _DEFAULT.mitid_required_from
    )
    temporary = table.optional(
        "temporary_password_lifetime", _TEMPORARY_PASSWORD, _DEFAULT.temporary_password_lifetime
    )
    fresh = table.optional("custody_is_fresh_for", _CUSTODY, _DEFAULT.custody_is_fresh_for)
    stands = table.optional("custody_stands_for", _CUSTODY, _DEFAULT.custody_stands_for)
    children = table.optional("children_per_guardian", _CHILDREN, _DEFAULT.children_per_guardian)
    quarantine = table.optional("address_quarantine", _QUARANTINE, _DEFAULT.address_quarantine)
    mitid = table.optional("mitid_session", _SESSION, _DEFAULT.mitid_session)
    two_factor = table.optional("two_factor_session", _SESSION, _DEFAULT.two_factor_session)
    guardianship = table.optional("guardianship", one_of(Guardianship), _DEFAULT.guardianship)
    table.refuse_unknown()
    if table.refused_so_far == before:  # what `AccessSettings` asserts of several keys at once
        if fresh > stands:
            table.refuse("custody_is_fresh_for", "is longer than custody_stands_for")
        if two_factor > mitid:
            table.refuse("two_factor_session", "is longer than mitid_session (D-SES-1)")
    if table.refused_so_far > before:
        return _DEFAULT
    return AccessSettings(
        mitid_required_from=required_from,
        codes=codes,
        temporary_password_lifetime=temporary,
        custody_is_fresh_for=fresh,
        custody_stands_for=stands,
        children_per_guardian=children,
        address_quarantine=quarantine,
        mitid_session=mitid,
        two_factor_session=two_factor,
        guardianship=guardianship,
    )


def _read_codes(table: Table) -> CodeLimits:
    before = table.refused_so_far
    default = _DEFAULT.codes
    lifetime = table.optional("lifetime", _CODE_LIFETIME, default.lifetime)
    tries = table.optional("tries_per_code", _GUESSES, default.tries_per_code)
    guesses = table.optional("guesses_per_hour", _GUESSES, default.guesses_per_hour)
    failures = table.optional("failures_in_all", _GUESSES, default.failures_in_all)
    codes = table.optional("codes_per_hour", _CODES, default.codes_per_hour)
    table.refuse_unknown()
    if table.refused_so_far == before:  # what `CodeLimits` asserts of several keys at once
        if tries > guesses:
            table.refuse("tries_per_code", "is more than guesses_per_hour")
        if guesses > failures:
            table.refuse("guesses_per_hour", "is more than failures_in_all")
    if table.refused_so_far > before:
        return default
    return CodeLimits(
        lifetime=lifetime,
        tries_per_code=tries,
        guesses_per_hour=guesses,
        failures_in_all=failures,
        codes_per_hour=codes,
    )
