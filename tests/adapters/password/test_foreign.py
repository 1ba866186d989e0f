import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.password.foreign import Cost, read_cost, read_foreign
from eservices_adapters.password.taken_over import TakenOverHashes
from eservices_core.testing.memory import FastHasher
from eservices_core.words.secret import Password, PasswordAttempt

pytest.importorskip("bcrypt", reason="bcrypt hashes are taken over with the extra bcrypt")

PASSWORD = "korrekt hest batteri"
RIGHT, WRONG = PasswordAttempt(PASSWORD), PasswordAttempt("korrekt hest batterl")


def _ssha(name: str, algorithm: str) -> str:
    digest = hashlib.new(algorithm, PASSWORD.encode() + b"saltsalt").digest()
    return f"{{{name}}}{base64.b64encode(digest + b'saltsalt').decode()}"


def _aspnet(prf: int, name: str) -> str:
    """As the published layout of ASP.NET Core Identity's version 3 has it."""
    salt = bytes(range(16))
    head = b"\x01" + b"".join(number.to_bytes(4, "big") for number in (prf, 1000, 16))
    derived = hashlib.pbkdf2_hmac(name, PASSWORD.encode(), salt, 1000, 32)
    return base64.b64encode(head + salt + derived).decode()


# Made by Django 5.2.19, Werkzeug 3.1.9 and bcrypt 5.0.0; the last ones by their layouts.
_DJANGO_SCRYPT = (
    "j0KrZC1PdimbOkpGO+GF4XgsaufMuZD+Luwc/vE/nw0g8tEp6naMTgky0L8Phi+szVnfBvsbL4Tfk/QMKGoBTQ=="
)
_WERKZEUG_PBKDF2 = "cf9fc60e29c90b27c381cd8d44b656efec6d656c027f24dde7056b5530bc79bf"
_WERKZEUG_SCRYPT = (
    "6f1a6090be2f5fc6a835df10ac054cd7bcb9fe98b04d53ef6dbf0fa641e1fc6f"
    "37a56aa13e6923b73850ce9df4b07f2faab429bfb4fa432d7f3ecaae5c39a485"
)
HASHES = {
    "django pbkdf2": (
        "pbkdf2_sha256$1000$saltsaltsalt$hn4DuIDKez99e3cT8i03pJwB4BhsskEip9QplOI1YSw=",
        "pbkdf2_sha256:1000:32",
    ),
    "django scrypt": (
        f"scrypt$1024$saltsaltsalt$8$1${_DJANGO_SCRYPT}",
        "scrypt:1024:8:1:64",
    ),
    "werkzeug pbkdf2": (
        f"pbkdf2:sha256:1000$PIoHAo7bonOG1oS8${_WERKZEUG_PBKDF2}",
        "pbkdf2_sha256:1000:32",
    ),
    "werkzeug scrypt": (
        f"scrypt:1024:8:1$w6Ja3OkCXxKY6GZf${_WERKZEUG_SCRYPT}",
        "scrypt:1024:8:1:64",
    ),
    "bcrypt": ("$2b$04$DGzy0VyHQKNumrlQKnB.Nuq5NIQhxtJ4j6z5kQtIVtXtOFJDRsWCu", "bcrypt:04:60"),
    "asp.net 3, sha256": (_aspnet(1, "sha256"), "pbkdf2_sha256:1000:32"),
    "asp.net 3, sha512": (_aspnet(2, "sha512"), "pbkdf2_sha512:1000:32"),
    "asp.net 2": (
        base64.b64encode(
            b"\0"
            + bytes(range(16))
            + hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), bytes(range(16)), 1000, 32)
        ).decode(),
        "pbkdf2_sha1:1000:32",
    ),
    "ldap": (_ssha("SSHA", "sha1"), "sha1:20"),
    "ldap, sha512": (_ssha("SSHA512", "sha512"), "sha512:64"),
}

each_hash = pytest.mark.parametrize("name", HASHES)


@each_hash
def test_a_hash_of_another_system_is_verified(name: str) -> None:
    """D-ACC-12: the right password matches, another does not, and the cost is what it says."""
    stored, cost = HASHES[name]
    read = read_foreign(stored)
    assert read is not None
    assert str(read.cost) == cost
    assert read_cost(cost) == read.cost
    assert read.matches(PASSWORD)
    assert not read.matches(WRONG.reveal())
    assert PASSWORD not in repr(read)
    assert stored[-10:] not in repr(read)


@each_hash
@given(st.data())
def test_a_hash_that_was_spoilt_is_none_or_never_matches(name: str, data: st.DataObject) -> None:
    """What is cut or changed is no hash, or one that no password of ours matches; never a raise."""
    stored, _ = HASHES[name]
    at = data.draw(st.integers(0, len(stored) - 1))
    put = data.draw(st.text("$:{}a9/=.", max_size=1))
    spoilt = stored[:at] + put + stored[at + 1 :]
    read = read_foreign(spoilt)
    assert read is None or spoilt == stored or read.cost.digest <= 64


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "plain text",
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$" + "A" * 43,
        "md5$salt$0123456789abcdef0123456789abcdef",
        "pbkdf2_sha256$9999999$saltsaltsalt$hn4DuIDKez99e3cT8i03pJwB4BhsskEip9QplOI1YSw=",
        "pbkdf2_sha256$0$saltsaltsalt$hn4DuIDKez99e3cT8i03pJwB4BhsskEip9QplOI1YSw=",
        "scrypt$999999$salt$8$1$AAAA",
        "scrypt$1024$salt$0$1$AAAA",
        "$2b$31$DGzy0VyHQKNumrlQKnB.Nuq5NIQhxtJ4j6z5kQtIVtXtOFJDRsWCu",
        base64.b64encode(b"\x02" + bytes(60)).decode(),
        base64.b64encode(b"\x01" + b"\xff" * 60).decode(),
        "{SSHA}" + "A" * 28,
    ],
)
def test_what_is_no_hash_or_costs_too_much_is_refused(stored: str) -> None:
    """A text, a weak or unknown kind, and a cost that nobody can bear are none."""
    assert read_foreign(stored) is None


@pytest.mark.parametrize(
    "text",
    ["", "md5:16", "pbkdf2_sha256:32", "pbkdf2_sha256:0:32", "scrypt:1024:64", "bcrypt:99:60"],
)
def test_what_is_no_cost_is_refused(text: str) -> None:
    """A configuration names costs that can be done, or none."""
    assert read_cost(text) is None


# --- at a login ----------------------------------------------------------------------------------


def _hasher(*costs: str) -> tuple[FastHasher, TakenOverHashes]:
    own = FastHasher()
    return own, TakenOverHashes(own, [cost for text in costs if (cost := read_cost(text))])


@each_hash
def test_a_password_goes_on_and_is_hashed_anew(name: str) -> None:
    """D-ACC-12: a hash of a cost that is taken verifies, is outdated, and ours never is."""
    stored, cost = HASHES[name]
    _, hasher = _hasher(cost, "pbkdf2_sha256:7:32")
    assert hasher.takes(stored)
    assert hasher.verify(stored, RIGHT)
    assert not hasher.verify(stored, WRONG)
    assert hasher.is_outdated(stored)
    new = hasher.hash(Password(PASSWORD))
    assert hasher.verify(new, RIGHT)
    assert not hasher.is_outdated(new)


@each_hash
def test_a_hash_of_a_cost_that_is_not_taken_never_matches(name: str) -> None:
    """D-ACC-2: it would take another time than any other, so nobody gets in by it."""
    _, hasher = _hasher("pbkdf2_sha256:7:32")
    assert not hasher.takes(HASHES[name][0])
    assert not hasher.verify(HASHES[name][0], RIGHT)


def test_every_comparison_does_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """D-ACC-2: for our hash, a foreign one, another's cost and nobody, each cost is done once."""
    done: list[Cost] = []
    from eservices_adapters.password import foreign  # noqa: PLC0415  to watch its work

    derive = foreign.derive

    def watched(cost: Cost, salt: bytes, typed: str) -> bytes | None:
        done.append(cost)
        return derive(cost, salt, typed)

    monkeypatch.setattr(foreign, "derive", watched)
    own, hasher = _hasher("pbkdf2_sha256:1000:32", "bcrypt:04:60", "scrypt:1024:8:1:64")
    ours = hasher.hash(Password(PASSWORD))
    work = []
    for stored in (None, ours, "no hash", *(stored for stored, _ in HASHES.values())):
        for typed in (RIGHT, WRONG):
            done.clear()
            before = own.verified
            _ = hasher.verify(stored, typed)
            work.append((tuple(done), own.verified - before))
    assert len(work[0][0]) == 3
    assert set(work) == {work[0]}
