"""D-ACC-21: every refusal names its rule, its reason, a next step, and texts in both languages."""

import re
from enum import Enum
from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import Final

import pytest

from eservices_core import (
    access,
    booking,
    clinic,
    consultation,
    journal,
    post,
    staffing,
    usecases,
    worklist,
)
from eservices_core.access.mitid import MitidFailure
from eservices_core.rulebook import RULES
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, PUBLIC_REFUSAL, NextStep
from eservices_core.usecases import refusals
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.refusals import meaning_of, refusal_of

REFUSAL_ENUMS: Final[list[type[Enum]]] = sorted(
    {
        member
        for wing in (access, booking, clinic, consultation, journal, post, staffing, worklist)
        for module in iter_modules(wing.__path__)
        for _, member in getmembers(import_module(f"{wing.__name__}.{module.name}"), isclass)
        if issubclass(member, Enum) and member.__name__.endswith("Refusal")
    },
    key=lambda enum: enum.__name__,
)
NAMED: Final = {
    name: value
    for module in iter_modules(usecases.__path__)
    for name, value in getmembers(import_module(f"{usecases.__name__}.{module.name}"))
    if isinstance(value, Refusal)
}
ENUMS: Final[list[type[Enum]]] = [*REFUSAL_ENUMS, MitidFailure]
MEMBERS: Final = [member for enum in ENUMS for member in enum]
MEANINGS: Final[dict[Enum, object]] = vars(refusals)["_MEANINGS"]
ALL: Final[dict[str, Refusal]] = {
    **{str(member): refusal_of(member) for member in MEMBERS},
    **NAMED,
}


def test_the_walk_finds_the_refusals_that_there_are() -> None:
    """A walk that found nothing would prove nothing."""
    assert len(REFUSAL_ENUMS) >= 9
    assert {"WRONG_PASSWORD", "KEY_REUSED"} <= NAMED.keys()


@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_every_member_of_every_refusal_has_a_meaning(member: Enum) -> None:
    """D-ACC-21: whatever a machine refuses with, people are told something."""
    assert refusal_of(member).reason == member.value


def test_nothing_else_has_a_meaning() -> None:
    """D-ACC-21: what no machine says any more is not kept."""
    own = {str(member) for member in MEMBERS}
    kept = {str(member) for member in MEANINGS}
    assert own <= kept
    rest = [member for member in MEANINGS if str(member) not in own]
    assert {type(member).__name__ for member in rest} == {"GuardianReason"}


@pytest.mark.parametrize("name", ALL)
def test_every_refusal_names_a_rule_a_step_and_two_texts_in_two_languages(name: str) -> None:
    """D-ACC-21: the rule exists in the rulebook; Danish and English both say something."""
    refusal = ALL[name]
    assert refusal.rule in _rule_ids()
    assert re.fullmatch(r"[a-z][a-z0-9_]*", refusal.reason)
    assert isinstance(refusal.next_step, NextStep)
    for text in (refusal.says.patient, refusal.says.staff):
        assert text.da.strip().endswith(".")
        assert text.en.strip().endswith(".")


def _rule_ids() -> set[str]:
    return {str(rule) for rule in RULES}


@pytest.mark.parametrize("name", ALL)
def test_what_the_public_reads_tells_nothing_about_a_person(name: str) -> None:
    """D-ACC-2, D-ACC-8: a public text of its own is about what one does oneself, never about who.

    Of every refusal the public reads one of the two pages, or what staff read too, or one of the
    few texts that staff meet, or a person who has identified or logged in.
    """
    refusal = ALL[name]
    pages = {PUBLIC_REFUSAL, CANNOT_VERIFY_PUBLIC}
    own_words = {
        "NOT_LOGGED_IN",
        "NO_MASTER_CARD",
        "NO_SUCH_PATIENT",
        "USERNAME_TAKEN",
        "NEEDS_MITID",
        "KEY_REUSED",
        "NO_SUCH_BOOKING",
        "TIME_IS_TAKEN",
        "LINK_LEADS_NOWHERE",
        "WRONG_CANCEL_CODE",
        "WRONG_BOOKING_CODE",
        "TOO_MANY_CODES",
        "TOO_MANY_OPEN_HERE",
        "NO_SUCH_CONVERSATION",
        "FORM_OF_ANOTHER",
        "NOBODY_READS",
        "NOT_THE_WRONG_PATIENT",
    }
    is_page = refusal.says.patient in pages
    as_staff = refusal.says.patient == refusal.says.staff
    is_own = name in own_words or name.startswith(
        ("MitidFailure.", "BookingRefusal.", "LinkRefusal.")
    )
    assert is_page or as_staff or is_own


@pytest.mark.parametrize("name", sorted(ALL.keys() - {"KEY_REUSED"}))
def test_a_refusal_can_be_looked_up_by_what_the_log_has_of_it(name: str) -> None:
    """D-BOOK-14: rule and reason, as the audit log keeps them, lead back to what was said.

    All but a reused key's, which is refused before anything is recorded.
    """
    refusal = ALL[name]
    assert meaning_of(refusal.rule, refusal.reason) is not None
