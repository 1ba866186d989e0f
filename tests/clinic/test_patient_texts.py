"""D-MAIL-2, S-MAIL-2: no text of the settings gives the clinic's e-mail address away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.clinic.patient_texts import fields_with_address, spelt
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.testing.strategies import email_addresses
from eservices_core.words.address_in_text import holds_address
from eservices_core.words.email_address import EmailAddress

ADDRESS = EmailAddress.parse("post.stor@klinik.example").unwrap()


@pytest.mark.parametrize(
    "text",
    [
        "Skriv til post.stor@klinik.example.",
        "POST.STOR@KLINIK.EXAMPLE",
        "post.stor (at) klinik.example",
        "post punktum stor snabel-a klinik prik example",
        "post.stor [at] klinik [dot] example",
        "post.stor\uff20klinik.example",
        "post.\u200bstor@klinik.example",
        "mailto:post.stor@klinik.example?subject=x",
        "post.stor alfa klinik.example",
        "apost.stor@klinik.example",
        "post.stor@klinik.examples",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str) -> None:
    """D-MAIL-2: no disguise hides one, and a longer address is taken for it: rather that."""
    assert holds_address(text, (ADDRESS,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ring til klinikken på 00 00 00 01.",
        "Se klinik.example for mere.",
        "Post.stor er en mappe; klinik.example er en side.",
        "Posten kommer at en stor klinik.example",
    ],
)
def test_another_text_is_not_taken_for_one(text: str) -> None:
    """D-MAIL-2: the clinic's site and plain sentences are no address of it."""
    assert not holds_address(text, (ADDRESS,))


@given(email_addresses(), st.text(max_size=10), st.text(max_size=10))
def test_every_address_is_found_in_any_text(address: EmailAddress, left: str, right: str) -> None:
    """D-MAIL-2: whatever stands around it."""
    assert holds_address(f"{left} {address.reveal()} {right}", (address,))


def test_a_field_is_named_as_in_the_file() -> None:
    """D-MAIL-2: the path that people read counts from 1."""
    assert fields_with_address(ClinicSettings("a@b.example", "00000001")) == (("clinic", "name"),)
    assert spelt(("booking", "practitioner", 0, "name")) == "booking.practitioner[1].name"
