import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eservices_core.clinic.service import Service
from eservices_core.correspondence.bounces import mail_of, return_path
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import MailId
from eservices_core.words.keyed import Keys

KEYS = Keys(b"k" * 32)
SERVICE = Service(
    "https://e-services.example",
    "Post.example.dk",
    EmailAddress.parse("no-reply@post.example.dk").unwrap(),
)
DRAWN = st.binary(min_size=16, max_size=16).map(MailId.from_entropy)
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@given(DRAWN)
def test_a_mail_is_found_by_its_return_path(mail: MailId) -> None:
    """D-BOOK-2: what was made for a mail gives that mail back, in any case of letters."""
    address = return_path(KEYS, SERVICE, mail)
    for written in (address, address.upper(), address.title(), address.swapcase()):
        assert mail_of(KEYS, SERVICE, written) == mail


@given(DRAWN)
def test_a_return_path_is_an_address_that_mail_systems_take(mail: MailId) -> None:
    """It is an address by our own rules too, with 60 octets before the at sign of at most 64."""
    address = EmailAddress.parse(return_path(KEYS, SERVICE, mail)).unwrap()
    assert address.reveal() == address.folded
    assert address.domain == "post.example.dk"
    assert len(address.reveal().partition("@")[0]) == 60


def test_what_one_looks_like() -> None:
    """The prefix `bounce+` lets one mailbox take them all; the rest is letters and digits."""
    address = return_path(KEYS, SERVICE, MailId("00" * 16))
    assert address.startswith("bounce+aaaaaaaaaaaaaaaaaaaaaaaaaa.")
    assert address.endswith("@post.example.dk")


@given(DRAWN, st.integers(0, 59), st.sampled_from(_BASE32 + "-+.@ABC018"))
def test_one_other_character_is_no_return_path(mail: MailId, place: int, other: str) -> None:
    """faults: 141. An address with one character changed, anywhere in it, finds no mail."""
    address = return_path(KEYS, SERVICE, mail)
    changed = address[:place] + other + address[place + 1 :]
    found = mail_of(KEYS, SERVICE, changed)
    assert found == (mail if changed.lower() == address else None)


@given(DRAWN, st.text(_BASE32, min_size=26, max_size=26))
def test_a_guessed_token_finds_nothing(mail: MailId, token: str) -> None:
    """faults: 141. A token that somebody made up finds no mail, whatever it looks like."""
    head = return_path(KEYS, SERVICE, mail).partition(".")[0]
    assert mail_of(KEYS, SERVICE, f"{head}.{token}@post.example.dk") is None


@given(DRAWN, DRAWN)
def test_a_token_is_one_mail_s(one: MailId, other: MailId) -> None:
    """faults: 141. The token of one mail beside the id of another finds nothing."""
    first, second = return_path(KEYS, SERVICE, one), return_path(KEYS, SERVICE, other)
    mixed = first.partition(".")[0] + "." + second.partition(".")[2]
    assert mail_of(KEYS, SERVICE, mixed) == (one if one == other else None)


@given(DRAWN)
def test_another_s_address_finds_nothing(mail: MailId) -> None:
    """faults: 141. Another installation's key, and another domain, find nothing."""
    address = return_path(KEYS, SERVICE, mail)
    assert mail_of(Keys(b"x" * 32), SERVICE, address) is None
    assert mail_of(KEYS, SERVICE, address.replace("example.dk", "example.com")) is None
    assert mail_of(KEYS, SERVICE, f"{address}@example.com") is None


@given(DRAWN)
def test_two_ways_of_writing_one_id_are_not_taken(mail: MailId) -> None:
    """Base32 leaves two bits over: the ways of writing an id that we never write find nothing."""
    address = return_path(KEYS, SERVICE, mail)
    last = address[len("bounce+") + 25]
    for other in _BASE32:
        written = address[: len("bounce+") + 25] + other + address[len("bounce+") + 26 :]
        assert mail_of(KEYS, SERVICE, written) == (mail if other == last else None)


@given(st.text())
@example("")
@example("bounce+\u212a" + "a" * 25 + "." + "a" * 26 + "@post.example.dk")
@example("bounce+" + "a" * 26 + "." + "a" * 26 + "@\u017fost")
@example("bounce+" + "a" * 26 + "." + "a" * 26)
@example("bounce+" + "\u0661" * 26 + "." + "a" * 26 + "@post.example.dk")
def test_no_text_raises(text: str) -> None:
    """faults: 141. Any text is a return path or is not; nothing raises, and none is guessed."""
    assert mail_of(KEYS, SERVICE, text) is None


@pytest.mark.parametrize("name", ["mail-1", "A" * 32, "0" * 31, "0" * 33, "A0" * 16])
def test_an_id_that_was_not_drawn_has_none(name: str) -> None:
    """An id that is not 32 lower-case hexadecimal digits is refused plainly, not cut to fit."""
    with pytest.raises(ValueError, match="32 lower-case hexadecimal digits"):
        _ = return_path(KEYS, SERVICE, MailId(name))


def test_the_token_is_of_no_use_elsewhere() -> None:
    """The digest behind it has a use of its own: no other digest of the same text is the same."""
    mail = MailId("00" * 16)
    others = {KEYS.fingerprint(str(mail)), KEYS.subject("", str(mail)).value}
    assert KEYS.bounce(mail) not in others
    assert len(KEYS.bounce(mail)) == 64
