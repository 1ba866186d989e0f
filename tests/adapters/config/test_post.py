import os
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from eservices_adapters.compose import compose
from eservices_adapters.config import Sf1601DigitalPost, read_config
from eservices_adapters.config.findings import Looked
from eservices_adapters.mitdk.opening import check, open_sf1601
from eservices_adapters.mitdk.sf1601 import Sf1601Post
from eservices_adapters.mitdk.tokens import TokenFiles
from eservices_adapters.stand_ins.kombi_server import DigitalPostStandIn
from eservices_core.outcome import Failure
from eservices_core.testing.memory import FakeClock, SeededChance
from tests.adapters.config.test_read_config import KEY, ONE, TOML, TWO
from tests.adapters.mitdk.solution import NOW

SECRET = "1889e404-eada-4046-9283-73bda5a44e07"
POST = """
[post]
kind = "sf1601"
url = "https://post.example.dk"
certificate_file = "own.pem"
key_file = "own.key"
trusted_file = "trusted.pem"
send_token_file = "send.token"
ask_token_file = "ask.token"
receipts = "receipts"
version = "1.2"
deadline = "30 s"
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Whoever issues certificates here."""
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    """An installation in which all is well, with certificates and tokens."""
    (tmp_path / "register").mkdir()
    own = authority.issue_cert("clinic.example.dk")
    secrets = {
        "installation.key": f"{KEY}\n",
        "own.key": own.private_key_pem.bytes().decode(),
        "send.token": f"{SECRET}\n",
        "ask.token": SECRET,
    }
    others = {
        "persons.toml": "",
        "cards.toml": "",
        "one.toml": ONE,
        "two.toml": TWO,
        "own.pem": "".join(blob.bytes().decode() for blob in own.cert_chain_pems),
        "trusted.pem": authority.cert_pem.bytes().decode(),
    }
    for name, text in {**secrets, **others}.items():
        _ = (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / name).chmod(0o600 if name in secrets else 0o644)
    return tmp_path


def lines(folder: Path, text: str) -> list[str]:
    """Give what is wrong with a configuration."""
    _ = (folder / "eservices.toml").write_text(text, "utf-8")
    read = read_config(folder / "eservices.toml", {})
    return [str(line) for line in read.failure()] if isinstance(read, Failure) else []


def chosen(folder: Path, text: str = POST) -> Sf1601DigitalPost:
    """Give the section of a configuration that is taken."""
    assert lines(folder, TOML + text) == []
    post = read_config(folder / "eservices.toml", {}).unwrap().post
    assert isinstance(post, Sf1601DigitalPost)
    return post


def test_the_service_is_chosen_in_one_file(folder: Path) -> None:
    """S-POST-1: where it is, what it lets us in with, and where its receipts come."""
    assert chosen(folder) == Sf1601DigitalPost(
        url="https://post.example.dk",
        certificate=folder / "own.pem",
        key=folder / "own.key",
        trusted=folder / "trusted.pem",
        send_token=folder / "send.token",
        ask_token=folder / "ask.token",
        receipts=folder / "receipts",
        version="1.2",
        deadline=timedelta(seconds=30),
    )


def test_a_stand_in_of_this_machine_needs_no_certificate(folder: Path) -> None:
    """S-POST-1: over loopback there is no line to keep private."""
    kept = ("[post]", "kind", "send_token", "ask_token", "receipts")
    least = "\n".join(line for line in POST.splitlines() if line.startswith(kept))
    post = chosen(folder, f'{least}\nurl = "http://127.0.0.1:8610"\n')
    assert (post.certificate, post.key, post.trusted) == (None, None, None)
    assert (post.version, post.deadline) == ("1.1", timedelta(minutes=1))


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"sf1601"', '"mitdk"', 'kind: expected "folder" or "sf1601"'),
        ("https://post", "http://post", "url: expected https"),
        (".dk", ".dk/service", "url: expected https"),
        ('url = "https://post.example.dk"', "", "url: missing"),
        ('certificate_file = "own.pem"', "", "key_file: a certificate is"),
        ('key_file = "own.key"', "", "key_file: a certificate is"),
        (
            'certificate_file = "own.pem"\nkey_file = "own.key"',
            "",
            "certificate_file: missing",
        ),
        ('"own.key"', '"own.pem"', "key_file: expected the path of a file that only"),
        ('"own.key"', '"no.key"', "key_file: expected the path of a file that only"),
        ('"trusted.pem"', '"no.pem"', "trusted_file: expected"),
        ('"send.token"', '"own.pem"', "send_token_file: expected"),
        ('"ask.token"', '"no.token"', "ask_token_file: expected"),
        ('send_token_file = "send.token"', "", "send_token_file: missing"),
        ('"receipts"', '"no/where"', "receipts: expected"),
        ('"1.2"', '"2"', "version: expected"),
        ('"30 s"', '"30"', "deadline: expected"),
        ('"30 s"', '"1 hour"', "deadline: expected"),
        ("deadline", "timeout", "timeout: unknown"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, old: str, new: str, named: str) -> None:
    """D-LOG-1: one line for the setting, and nothing that stood there."""
    assert old in POST
    (line,) = lines(folder, TOML + POST.replace(old, new))
    assert line.startswith("[post] ")
    assert named in line
    assert SECRET not in line


@pytest.mark.parametrize("content", ["", "\n", f"{SECRET}\n{SECRET}\n", "æ", "x" * 1_025])
def test_a_token_is_one_line_of_its_owner_s(folder: Path, content: str) -> None:
    """D-LOG-1: no line, two of them, or one that no header holds is refused."""
    _ = (folder / "ask.token").write_text(content, "utf-8")
    (line,) = lines(folder, TOML + POST)
    assert line.startswith("[post] ask_token_file: expected the path of a file of one line")


def test_tokens_are_read_anew(folder: Path) -> None:
    """S-POST-1: whoever fetches tokens writes them over, and nothing here is started again."""
    tokens = TokenFiles(folder / "send.token", folder / "ask.token")
    assert (tokens.sending(), tokens.asking()) == (SECRET, SECRET)
    _ = (folder / "send.token").write_text("another\n")
    assert (tokens.sending(), tokens.asking()) == ("another", SECRET)
    (folder / "send.token").chmod(0o640)
    assert tokens.sending() is None
    (folder / "ask.token").unlink()
    assert tokens.asking() is None


def test_it_is_composed(folder: Path) -> None:
    """S-POST-1: what was chosen is what letters are handed to."""
    _ = chosen(folder)
    config = read_config(folder / "eservices.toml", {}).unwrap()
    with compose(config).unwrap() as installation:
        assert isinstance(installation.services.post, Sf1601Post)
        assert SECRET not in repr(installation.services.post)


def test_a_certificate_that_is_none_stops_the_start(folder: Path, authority: trustme.CA) -> None:
    """S-POST-1: a key of another certificate, or no key, is told before the first letter."""
    for key in (authority.issue_cert("other.example").private_key_pem.bytes(), b"no key"):
        _ = (folder / "own.key").write_bytes(key)
        post = chosen(folder)
        assert open_sf1601(post, FakeClock(NOW), SeededChance()) is None
        config = read_config(folder / "eservices.toml", {}).unwrap()
        (line,) = compose(config).failure()
        assert line.startswith("[post] certificate_file: cannot be used")


def test_a_check_finds_what_is_missing(folder: Path) -> None:
    """S-POST-1: certificate, tokens, folder and service, each in one line."""
    with DigitalPostStandIn(lambda _: None, lambda: NOW) as stand_in:
        text = POST.replace("https://post.example.dk", stand_in.url)
        post = chosen(folder, text)
        found = list(check(post))
        assert [each.is_well for each in found] == [True] * 5
        assert stand_in.asked == 0
    (folder / "ask.token").unlink()
    _ = (folder / "own.key").write_bytes(b"no key")
    assert list(check(post)) == [
        Looked(is_well=False, says="the certificate and its key can be used"),
        Looked(is_well=True, says="there is a token for sending letters"),
        Looked(is_well=False, says="there is a token for asking who can receive"),
        Looked(is_well=True, says="receipts can be kept"),
    ]


def test_a_check_says_that_nobody_answers(folder: Path) -> None:
    """S-POST-1: a service that is not there is found, with the kind of trouble."""
    post = chosen(folder, POST.replace("https://post.example.dk", "http://127.0.0.1:9"))
    *_, last = check(post)
    assert last == Looked(is_well=False, says="the service answers (unreachable)")


def test_a_folder_that_cannot_be_written_is_found(folder: Path) -> None:
    """S-POST-1: receipts that cannot be kept would come again and again."""
    if os.geteuid() == 0:
        pytest.skip("whoever may do all may write there too")
    (folder / "receipts").mkdir(0o500)
    assert not list(check(chosen(folder)))[3].is_well
