"""A corpus of delivery reports: none is taken for good news that is not, nearly all are read."""

from typing import Final

import pytest

from eservices_adapters.email.dsn import read_report
from eservices_core.ports.delivery_reports import Action
from tests.adapters.email.dialects import DIALECTS, PROSE, WITHOUT_STATUS, Specimen, specimens
from tests.adapters.email.samples import BACK, FORGED, MAIL, whose

CORPUS: Final = tuple(specimens())
each: Final = pytest.mark.parametrize(
    "specimen", CORPUS, ids=[f"{one.dialect}, {one.end.name}" for one in CORPUS]
)


def _read_rightly(specimen: Specimen, content: bytes) -> bool:
    said = read_report(content, whose)
    return said is not None and (said.mail, said.action) == (MAIL, specimen.action)


def test_the_corpus_is_large_enough() -> None:
    """It has a hundred reports or more, of ten dialects or more."""
    assert len(CORPUS) >= 100
    assert len(DIALECTS) + len(WITHOUT_STATUS) >= 10


@each
def test_no_report_is_taken_for_delivered_that_does_not_say_so(specimen: Specimen) -> None:
    """faults: 140. Only a report that says 'delivered' or passes it on is good news."""
    said = read_report(specimen.content, whose)
    assert said is not None
    good = {Action.DELIVERED, Action.RELAYED, Action.EXPANDED}
    assert (said.action in good) == (specimen.end.action in good)


def test_nearly_all_are_read() -> None:
    """Of the whole corpus, 99 % and more give their mail and what became of it."""
    wrong = [(one.dialect, one.end.name) for one in CORPUS if not _read_rightly(one, one.content)]
    assert len(wrong) <= len(CORPUS) // 100, wrong


@each
def test_the_codes_are_those_that_stand_in_it(specimen: Specimen) -> None:
    """A report's codes are the reply's and the status', and no others; prose has none."""
    said = read_report(specimen.content, whose)
    assert said is not None
    if specimen.dialect in WITHOUT_STATUS:
        assert said.diagnostic == ""
        return
    reply = specimen.end.reply[:3] if specimen.end.reply else ""
    assert said.diagnostic == f"{reply} {specimen.end.status}".strip()


@each
def test_a_report_that_came_to_a_forged_address_is_nobodys(specimen: Specimen) -> None:
    """faults: 141. The same report, to an address that only looks like ours, is about no mail."""
    forged = specimen.content.replace(BACK.encode(), FORGED.encode())
    said = read_report(forged, whose)
    assert said is not None
    assert said.mail is None


def test_prose_is_never_a_verdict() -> None:
    """faults: 140. What a server says in prose is for somebody to look at."""
    for one in CORPUS:
        if one.dialect in PROSE:
            said = read_report(one.content, whose)
            assert said is not None
            assert said.action is Action.UNKNOWN
