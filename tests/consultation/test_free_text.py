"""D-MAIL-2, D-MAIL-5, D-MAIL-7: what a free text must be, and what is found in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.consultation.free_text import TextRefusal, why_not_text
from eservices_core.consultation.message import Urgency
from eservices_core.consultation.urgency import advice, urgency_of
from eservices_core.words.address_in_text import holds_address
from eservices_core.words.email_address import EmailAddress

OURS = EmailAddress.parse("klinik@clinic-one.example").unwrap()
IDN = EmailAddress.parse("post@lægehuset.example").unwrap()


def test_length_is_counted_in_characters() -> None:
    """D-MAIL-7: 400 characters are 400, in any script; a line's end is one."""
    assert why_not_text("å" * 400, 400) is None
    assert why_not_text("å" * 401, 400) is TextRefusal.TOO_LONG
    assert why_not_text("\U0001f600" * 400, 400) is None
    assert why_not_text("a\r\n" * 200, 400) is None


@pytest.mark.parametrize("text", ["", " ", "\r\n\t", "\u00a0\u2003", "\u200b", "\u0301"])
def test_nothing_said_is_no_text(text: str) -> None:
    """D-MAIL-7, faults: 4. Blanks and marks that nobody sees say nothing."""
    assert why_not_text(text, 400) is TextRefusal.EMPTY


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\ud800", "\x7fa", "a\x85"])
def test_what_no_store_can_hold_is_refused(text: str) -> None:
    """D-MAIL-7, faults: 4. Controls and halves of characters."""
    assert why_not_text(text, 400) is TextRefusal.NOT_TEXT


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=50))
def test_whatever_is_taken_can_be_stored(text: str) -> None:
    """D-MAIL-7, faults: 4. A text that is taken is UTF-8, and not longer than it may be."""
    if why_not_text(text, 20) is None:
        assert text.encode()
        assert 0 < len(text) <= 20


DISGUISES = [
    "klinik@clinic-one.example",
    "Skriv til KLINIK@Clinic-One.EXAMPLE.",
    "mailto:klinik@clinic-one.example",
    "klinik@clinic-\r\none.example",
    "kli\u200bnik@clinic\u00ad-one.example",
    "k l i n i k @ clinic-one . example",
    "klinik(at)clinic-one(dot)example",
    "klinik [at] clinic-one [punktum] example",
    "klinik at clinic-one dot example",
    "klinik snabel-a clinic-one.example",
    "klinik%40clinic-one.example",
    "klinik&#64;clinic-one&period;example",
    "\uff4b\uff4c\uff49\uff4e\uff49\uff4b\uff20clinic-one.example",
    "klinik(@)clinic-one.example",
    "klinik@clinic-one\u3002example",
]


@pytest.mark.parametrize("text", DISGUISES)
def test_the_clinics_address_is_found_in_any_dress(text: str) -> None:
    """D-MAIL-2: case, line ends, unseen marks, codes and words hide nothing."""
    assert holds_address(text, [OURS])


@pytest.mark.parametrize("text", ["post@lægehuset.example", "POST@xn--lgehuset-j0a.example"])
def test_both_forms_of_an_international_domain_are_found(text: str) -> None:
    """D-MAIL-2: the form with letters, and the one that mail systems use."""
    assert IDN.domain == "xn--lgehuset-j0a.example"
    assert holds_address(text, [IDN])


@pytest.mark.parametrize(
    "text",
    ["", "Ring til klinikken", "anna@example.dk", "klinik er lukket at dot", "clinic-one.example"],
)
def test_other_texts_hold_no_address_of_the_clinic(text: str) -> None:
    """D-MAIL-2: a patient's own address, and words of the clinic's, are no address of it."""
    assert not holds_address(text, [OURS, IDN])
    assert not holds_address("klinik@clinic-one.example", [])


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_it_is_found_wherever_it_stands(before: str, after: str) -> None:
    """D-MAIL-2: in the middle of any text on lines of its own."""
    assert holds_address(f"{before}\n{OURS.reveal()}\n{after}", [OURS]) or "&" in before + after


def test_a_word_is_found_at_its_beginning() -> None:
    """D-MAIL-5: a word of the list, in any case and with any ending; not inside another."""
    words = ["brystsmerte", "akut hjælp"]
    assert urgency_of("Jeg har BRYSTSMERTER", words) is Urgency.WORD_FOUND
    assert urgency_of("akut\n hjælp!", words) is Urgency.WORD_FOUND
    assert urgency_of("ingen af delene, kun subakut hjælp", words) is Urgency.USUAL
    assert urgency_of("brystsmerter", []) is Urgency.USUAL


def test_the_advice_names_every_number() -> None:
    """D-MAIL-5: the clinic's phone, the out-of-hours number where there is one, and 112."""
    both = advice("11 11 11 11", "18 13")
    for text in (both.da, both.en):
        assert all(number in text for number in ("11 11 11 11", "18 13", "112"))
    assert "18 13" not in advice("11 11 11 11", "").da
