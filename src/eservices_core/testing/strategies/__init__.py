"""Hypothesis strategies for everything the core speaks of, each named and typed.

They need the extra `testing`. Nothing is registered globally: a test draws what it names. CPR
numbers, addresses and people are made up; a number may by chance be somebody's, so what is drawn
stays in the test.
"""

from eservices_core.testing.strategies.booking import (
    booking_intervals,
    booking_terms,
    patients,
    proofs,
)
from eservices_core.testing.strategies.changes import actors, changes, mails
from eservices_core.testing.strategies.events import domain_events, events_of
from eservices_core.testing.strategies.people import (
    login_facts,
    mitid_identities,
    register_answers,
    relatives,
    staff_members,
)
from eservices_core.testing.strategies.settings import booking_settings, clinic_settings
from eservices_core.testing.strategies.words import (
    civil_numbers,
    civil_numbers_of_children,
    dates,
    email_addresses,
    identifiers,
    instants,
    one_time_codes,
    passwords,
    replacement_numbers,
    usernames,
)

__all__ = [
    "actors",
    "booking_intervals",
    "booking_settings",
    "booking_terms",
    "changes",
    "civil_numbers",
    "civil_numbers_of_children",
    "clinic_settings",
    "dates",
    "domain_events",
    "email_addresses",
    "events_of",
    "identifiers",
    "instants",
    "login_facts",
    "mails",
    "mitid_identities",
    "one_time_codes",
    "passwords",
    "patients",
    "proofs",
    "register_answers",
    "relatives",
    "replacement_numbers",
    "staff_members",
    "usernames",
]
