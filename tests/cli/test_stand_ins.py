"""`eservices stand-ins`, and every `eservices try` against the installation that it connects."""

import json
import signal
import stat
import subprocess
from collections.abc import Generator
from html import unescape
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from eservices_adapters.cli import try_mitid
from eservices_adapters.compose import compose
from eservices_adapters.config.installation import read_config
from eservices_adapters.demo.box import CLINIC, DOCTOR, set_up
from eservices_adapters.demo.people import AYA, KIRSTEN, MAX
from eservices_adapters.stand_ins.serving import listening
from eservices_adapters.stand_ins.together import CONNECTED, Ports, StandIns, stand_ins_for
from eservices_core.outcome import Failure
from tests.adapters.email.samples import MAIL
from tests.cli.running import Run, command, holds_number, run


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Generator[StandIns]:
    """The clinic in a box, connected to all stand-ins."""
    folder = tmp_path_factory.mktemp("stand-ins") / "clinic"
    with set_up(folder).unwrap().installation:
        pass
    with stand_ins_for(folder).unwrap() as running:
        yield running


def _try(there: StandIns, peer: str, *more: str, stdin: str = "") -> Run:
    done = run("try", peer, "--config", str(there.config), "--json", *more, stdin=stdin)
    assert not holds_number(done.out.replace(_id_in(done), "") + done.err)
    return done


def _id_in(done: Run) -> str:
    """The id of what was sent, whose digits are chance's."""
    told = json.loads(done.out)
    return str(told.get("mail") or told.get("letter") or "\0")


def test_every_configuration_is_the_same_but_for_the_peers(there: StandIns) -> None:
    """What is connected has the same ledger, key, clinics and mail, and can be composed."""
    before = read_config(there.folder / "eservices.toml").unwrap()
    after = read_config(there.config).unwrap()
    assert (after.service, after.clinics, after.store) == (
        before.service,
        before.clinics,
        before.store,
    )
    assert (after.mail, after.key.keys().bounce(MAIL), after.master_cards) == (
        before.mail,
        before.key.keys().bounce(MAIL),
        before.master_cards,
    )
    with compose(after).unwrap() as installation:
        assert installation.simulated_mitid is None


def test_secrets_are_files_of_their_owner_alone(there: StandIns) -> None:
    """D-LOG-1: no secret stands in the configuration, and nobody else can read the files."""
    secrets = list((there.folder / "connected").iterdir())
    assert {path.name for path in secrets} == {"calendar", "mitid", "post"}
    written = there.config.read_text()
    for path in (*secrets, there.config):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().strip() not in written or path == there.config
    assert len({path.read_text() for path in secrets}) == 3


def test_the_custody_register_can_be_tried(there: StandIns) -> None:
    """S-ACC-9: the register of the box answers over SOAP, with who holds custody."""
    pair = f"{AYA.number.reveal()} {KIRSTEN.number.reveal()}\n"
    verdict = _try(there, "custody", stdin=pair).answer
    assert (verdict["peer"], verdict["ok"], verdict["kind"]) == ("custody", True, "dgcpr")
    *_, child, _, told = verdict["steps"]
    assert child["says"].endswith("listed: mother (******-****)")
    assert told["step"] == "verdict_1"
    assert len(there.register.questions) == 2


def test_the_calendar_can_be_tried(there: StandIns) -> None:
    """S-BOOK-2: the doctor has a collection, and an entry is made, moved and taken away in it."""
    more = ("--practitioner", str(DOCTOR), "--day", "2027-03-01")
    verdict = _try(there, "calendar", *more).answer
    assert (verdict["peer"], verdict["ok"], len(verdict["steps"])) == ("calendar", True, 4)
    assert there.calendars.collections[f"/{CLINIC}/{DOCTOR}/"].resources == {}


def test_digital_post_can_be_tried(there: StandIns) -> None:
    """S-POST-1: a letter is one letter, and its receipts come into the configured folder."""
    verdict = _try(there, "post", stdin=f"{MAX.number.reveal()}\n").answer
    assert (verdict["peer"], verdict["ok"]) == ("post", True)
    assert [step["says"] for step in verdict["steps"]][-1] == "delivered"
    assert [kept.times for kept in there.post.kept] == [2]


def test_mail_can_be_tried(there: StandIns) -> None:
    """D-MAIL-1: mail is that of the box, a folder."""
    verdict = _try(there, "mail", "--wait", "0", stdin="max@patient.example\n").answer
    assert (verdict["peer"], verdict["ok"]) == ("mail", True)


@pytest.mark.parametrize(
    ("person", "status", "verdict"),
    [("max", 0, "accepted"), ("business", 1, "business_identity"), ("", 1, None)],
)
def test_mitid_can_be_tried(
    there: StandIns,
    person: str,
    status: int,
    verdict: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """D-ACC-3: a browser chooses a person of the box, one of the broker's own, or cancels."""

    def go(address: str) -> None:
        with urlopen(address) as page:  # noqa: S310  the stand-in's page
            links = [
                unescape(part.partition('"')[0]) for part in page.read().decode().split('href="')
            ]
        chosen = {
            parse_qs(urlsplit(link).query, keep_blank_values=True)["person"][0]: link
            for link in links[1:]
        }
        with urlopen(chosen[person]):  # noqa: S310  it leads back to the command's own listener
            pass

    def show(address: str) -> None:
        Thread(target=go, args=(address,)).start()

    monkeypatch.setattr(try_mitid, "show", show)
    done = _try(there, "mitid", "--port", "0", "--wait", "10")
    assert (done.status, done.answer["ok"]) == (status, status == 0), done
    assert done.answer.get("verdict") == verdict


def test_whoever_comes_back_elsewhere_is_not_sent_there(there: StandIns) -> None:
    """Another host, another path: the broker knows the installation's callback and loopback's."""
    ours = "https://e-services.example/mitid/callback"
    for back_to, known in (
        (ours, True),
        ("http://localhost:8765/mitid/callback", True),
        ("http://localhost:8765/elsewhere", False),
        ("http://localhost.example:8765/mitid/callback", False),
        ("https://example.com/mitid/callback", False),
    ):
        asked = (
            f"{there.broker.issuer}/connect/authorize?client_id=eservices&response_type=code"
            f"&code_challenge_method=S256&code_challenge=x&state=y&redirect_uri={back_to}"
        )
        brought = there.broker.callback(asked, "max")
        assert ("code" in brought) is known, back_to


def _command(*args: str) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        command("stand-ins", *args), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )


def test_the_command_makes_a_clinic_and_runs_until_its_input_ends(tmp_path: Path) -> None:
    """One command sets up, starts all four, says where, and ends well."""
    folder = tmp_path / "new"
    with _command(str(folder), "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["config"] == str(folder / CONNECTED)
        assert told["next"].endswith(f"try mitid --config {folder / CONNECTED}")
        with urlopen(f"{told['mitid']}/jwks") as keys:  # noqa: S310  the stand-in's
            assert keys.status == 200
        pair = f"{AYA.number.reveal()}\n"
        assert run("try", "custody", "--config", told["config"], stdin=pair).status == 0
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_an_interrupt_ends_it_without_a_traceback(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C gets their prompt back, and the status that shells know."""
    with _command(str(tmp_path / "new"), "--json") as process:
        assert process.stdout is not None
        _ = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert not process.stderr.read().strip()


def test_it_is_told_to_people_too(tmp_path: Path) -> None:
    """D-LOG-1: four addresses, the file, and a command; no secret among them."""
    folder = str(tmp_path / "new")
    done = run("stand-ins", folder)
    assert done.status == 0
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["mitid", "custody", "post", "calendar"]
    assert f"eservices try mitid --config {folder}/{CONNECTED}" in done.out
    for path in (tmp_path / "new" / "connected").iterdir():
        assert path.read_text().strip() not in done.out
    again = run("stand-ins", folder)  # and what is there is taken as it is
    assert again.status == 0


def test_ports_are_those_that_are_given(tmp_path: Path) -> None:
    """A port that is named is taken, and one that is taken already is bad input."""
    with listening() as taken:
        port = taken.url.rpartition(":")[2]
        line = run("stand-ins", str(tmp_path / "new"), "--calendar-port", port).complaint
    assert line == "stand-ins: cannot be started (address already in use)"
    done = run("stand-ins", str(tmp_path / "new"), "--calendar-port", port, "--json")
    assert done.answer["calendar"] == f"http://127.0.0.1:{port}/"


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """Nothing is written into a folder that is somebody else's."""
    _ = (tmp_path / "file").write_text("")
    line = run("stand-ins", str(tmp_path)).complaint
    assert line == "FOLDER: has something in it, and no eservices.toml"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("section", ["mitid", "custody", "post", "calendar"])
def test_what_is_connected_already_is_refused(
    there: StandIns, section: str, tmp_path: Path
) -> None:
    """A stand-in stands in for files; an installation with a real peer is left alone."""
    folder = tmp_path / "clinic"
    with set_up(folder).unwrap().installation:
        pass
    before = (folder / "eservices.toml").read_text()
    after = there.config.read_text()
    (folder / "connected").mkdir()
    for name in ("mitid", "post", "calendar"):
        (folder / "connected" / name).touch(0o600)
        _ = (folder / "connected" / name).write_text("secret\n")
    head, _, rest = before.partition(f"[{section}]")
    _, _, taken = after.partition(f"[{section}]")
    body = taken.partition("\n[")[0]
    _ = (folder / "eservices.toml").write_text(
        f"{head}[{section}]{body}\n[{rest.partition(chr(10) + '[')[2]}"
    )
    refused = stand_ins_for(folder, Ports())
    assert isinstance(refused, Failure)
    assert refused.failure()[0].startswith(f"[{section}] kind: is not ")
    assert not (folder / CONNECTED).exists()
