import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.outcome import Failure, Success
from eservices_core.words.email_address import AddressOwner, EmailAddress, EmailAddressRefusal

ATOM_CHARACTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"
)
LABEL = r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?"

atoms = st.text(ATOM_CHARACTERS, min_size=1, max_size=20)
local_parts = st.lists(atoms, min_size=1, max_size=3).map(".".join)
domains = st.lists(st.from_regex(LABEL, fullmatch=True), min_size=1, max_size=3).map(
    lambda labels: ".".join([*labels, "example"])
)


def refusal_of(text: object) -> EmailAddressRefusal:
    """The reason for refusing a text that must be refused."""
    outcome = EmailAddress.parse(text)
    assert isinstance(outcome, Failure)
    return outcome.failure()


# ------------------------------------------------------------------------------- what is accepted


@given(local_parts, domains)
def test_an_address_comes_back_as_it_went_in(local: str, domain: str) -> None:
    """A dot-atom at a domain parses; the local part is kept as it was given."""
    address = EmailAddress.parse(f"{local}@{domain}").unwrap()
    assert address.reveal() == f"{local}@{domain}"
    assert address.domain == domain
    assert EmailAddress.parse(address.reveal()).unwrap() == address


@given(local_parts, domains)
def test_the_domain_has_no_case_and_the_local_part_has(local: str, domain: str) -> None:
    """Equality folds the domain alone; `folded` folds both, for uniqueness."""
    address = EmailAddress.parse(f"{local}@{domain}").unwrap()
    shouted = EmailAddress.parse(f"{local}@{domain.upper()}").unwrap()
    assert address == shouted
    assert hash(address) == hash(shouted)
    all_upper = EmailAddress.parse(f"{local.upper()}@{domain}").unwrap()
    assert (address == all_upper) is (local == local.upper())
    assert address.folded == all_upper.folded == f"{local}@{domain}".lower()
    assert address != address.reveal()


@given(local_parts, domains)
def test_an_address_shows_one_character_and_the_domain(local: str, domain: str) -> None:
    """D-LOG-1: what is shown is the same for all local parts with the same first character."""
    address = EmailAddress.parse(f"{local}@{domain}").unwrap()
    assert str(address) == f"{local[0]}***@{domain}"
    assert repr(address) == f"EmailAddress({address})"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("anna@rødgrød.example", "anna@xn--rdgrd-vuad.example"),
        ("anna@RØDGRØD.Example", "anna@xn--rdgrd-vuad.example"),
        ("anna@ålborg.例え.example", "anna@xn--lborg-lra.xn--r8jz45g.example"),
        ("anna@xn--rdgrd-vuad.example", "anna@xn--rdgrd-vuad.example"),
        ("anna@XN--RDGRD-VUAD.example", "anna@xn--rdgrd-vuad.example"),
        ("anna@xn--strae-oqa.example", "anna@xn--strae-oqa.example"),
    ],
)
def test_an_international_domain_is_kept_in_ascii(written: str, stored: str) -> None:
    """A domain beyond ASCII is accepted and kept as its A-labels (faults: 2)."""
    assert EmailAddress.parse(written).unwrap().reveal() == stored


def test_homoglyphs_are_separate_addresses() -> None:
    """A Cyrillic letter in a domain makes another domain, not the same one (faults: 121)."""
    latin = EmailAddress.parse("anna@anna.example").unwrap()
    cyrillic = EmailAddress.parse("anna@\u0430nna.example").unwrap()
    assert latin != cyrillic
    assert latin.folded != cyrillic.folded


# -------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (None, EmailAddressRefusal.NOT_TEXT),
        (b"anna@example.dk", EmailAddressRefusal.NOT_TEXT),
        ("", EmailAddressRefusal.NOT_ONE_AT_SIGN),
        ("anna", EmailAddressRefusal.NOT_ONE_AT_SIGN),
        ("anna@bo@example.dk", EmailAddressRefusal.NOT_ONE_AT_SIGN),
        ("anna@example.dk,bo@example.dk", EmailAddressRefusal.NOT_ONE_AT_SIGN),
        ("anna@example.dk\r\nBcc: bo", EmailAddressRefusal.CONTROL_CHARACTER),
        ("anna@example.dk\n", EmailAddressRefusal.CONTROL_CHARACTER),
        ("anna\0@example.dk", EmailAddressRefusal.CONTROL_CHARACTER),
        ("an\tna@example.dk", EmailAddressRefusal.CONTROL_CHARACTER),
        ("an\x85na@example.dk", EmailAddressRefusal.CONTROL_CHARACTER),
        ("@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        (" anna@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ('"anna"@example.dk', EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("anna(bk)@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("Anna <anna@example.dk>", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("anna,bo@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        (".anna@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("anna.@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("an..na@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("søren@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("\u0430nna@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("anna\u200b@example.dk", EmailAddressRefusal.LOCAL_PART_MALFORMED),
        ("anna@", EmailAddressRefusal.DOMAIN_WITHOUT_DOT),
        ("anna@localhost", EmailAddressRefusal.DOMAIN_WITHOUT_DOT),
        ("anna@example.dk.", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@.example.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@example..dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@-example.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@example-.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@exam_ple.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@example.dk ", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@example.dk, bo", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@[127.0.0.1]", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@127.0.0.1", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@[IPv6:::1].dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        # What the codec would quietly turn into another name:
        ("anna@example。dk.example", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\uff45xample.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@stra\u00dfe.example", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@ex\u200dample.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@ex\u00adample.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\u212aalle.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@a\u030alborg.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\u2488example.dk", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\u0130stanbul.example", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\U0001f4a9.example", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\ud800.example", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@xn--\u00f8.example", EmailAddressRefusal.DOMAIN_MALFORMED),
        ("anna@\u05d0a.example", EmailAddressRefusal.DOMAIN_MALFORMED),
    ],
)
def test_what_is_not_one_bare_address_is_refused(
    text: object, refusal: EmailAddressRefusal
) -> None:
    """Each malformed address has its reason, which does not hold the address (faults: 2)."""
    assert refusal_of(text) is refusal


def test_the_lengths_end_at_64_63_and_254() -> None:
    """A local part has at most 64 characters, a label 63, the whole 254 (faults: 2)."""
    assert isinstance(EmailAddress.parse(f"{'a' * 64}@example.dk"), Success)
    assert refusal_of(f"{'a' * 65}@example.dk") is EmailAddressRefusal.LOCAL_PART_TOO_LONG
    assert isinstance(EmailAddress.parse(f"a@{'b' * 63}.dk"), Success)
    assert refusal_of(f"a@{'b' * 64}.dk") is EmailAddressRefusal.DOMAIN_MALFORMED
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 58}.dk"
    assert len(longest) == 254
    assert isinstance(EmailAddress.parse(longest), Success)
    assert refusal_of(longest.replace(".dk", "x.dk")) is EmailAddressRefusal.TOO_LONG
    assert refusal_of(f"a@{'.'.join(['b'] * 1_000_000)}") is EmailAddressRefusal.TOO_LONG


def test_the_length_is_counted_in_ascii_form() -> None:
    """An international domain counts with the characters that it has in ASCII (faults: 2)."""
    text = f"{'a' * 64}@{'.'.join(['ø' * 20] * 8)}.example"
    assert len(text) < 254
    assert refusal_of(text) is EmailAddressRefusal.TOO_LONG


@given(st.text() | st.text(alphabet='aA.@-"(<, \n\0ø。\uff41').map(lambda t: f"a@{t}.dk"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    """Anything may come in: the answer is a canonical ASCII address, or a reason."""
    match EmailAddress.parse(text):
        case Success(address):
            revealed = address.reveal()
            assert revealed.isascii()
            assert revealed.isprintable()
            assert " " not in revealed
            assert EmailAddress.parse(revealed).unwrap() == address
        case Failure(refusal):
            assert isinstance(refusal, EmailAddressRefusal)


def test_no_two_domains_become_one_but_by_case() -> None:
    """Over every alphabet, two domains that differ by more than case stay apart (faults: 121)."""
    seen: dict[str, str] = {}
    # All of the first two planes but the ideographs and Hangul syllables, which nothing folds into.
    for code in (*range(0x21, 0x3400), *range(0xA000, 0xAC00), *range(0xD7A4, 0x17000)):
        character = chr(code)
        if character in "@." or unicodedata.category(character) == "Cn":
            continue
        outcome = EmailAddress.parse(f"a@b{character}b.example")
        if isinstance(outcome, Success):
            first = seen.setdefault(outcome.unwrap().domain, character)
            assert first.lower() == character.lower(), f"{ord(first):x} and {code:x}"
            assert character.isascii() is first.isascii()
    assert len(seen) > 10_000


def test_the_owners_are_the_four_of_the_rule() -> None:
    """D-ACC-14: an address is the patient's own, a guardian's, a relative's, or shared."""
    assert [owner.value for owner in AddressOwner] == ["own", "guardian", "relative", "shared"]
