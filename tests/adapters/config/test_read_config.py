import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.compose import compose
from eservices_adapters.config import (
    Config,
    ConfigRefusal,
    FolderCustody,
    FolderDigitalPost,
    FolderJournal,
    FolderMinLog,
    Mail,
    MaildirMail,
    PostgresStore,
    SimulatedMitidPersons,
    SqliteStore,
    Store,
    TomlCards,
    read_config,
)
from eservices_adapters.config.key_file import create_key, read_key
from eservices_adapters.journal import folder as journal_folder
from eservices_adapters.min_log import folder as min_log_folder
from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import AccessSettings, ClinicSettings, SelfSignUp
from eservices_core.outcome import Failure
from eservices_core.testing.memory import SeededChance
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import ClinicId

KEY = bytes(range(32)).hex()
TOML = """
[service]
public_url = "https://eservices.example.dk"
mail_domain = "mail.example.dk"
sender = "no-reply@mail.example.dk"
key_file = "installation.key"

[store]
kind = "sqlite"
path = "ledger.sqlite"

[mail]
kind = "maildir"
path = "mailbox"

[custody]
kind = "folder"
path = "register"

[mitid]
kind = "simulated"
persons = "persons.toml"
demo = true

[master_cards]
kind = "toml"
path = "cards.toml"

[[clinic]]
id = "clinic-1"
settings = "one.toml"

[[clinic]]
id = "clinic-2"
settings = "two.toml"
"""
ONE = '[clinic]\nname = "Lægerne Åbo"\nphone = "+45 00 00 00 01"\n'
TWO = '[clinic]\nname = "Lægehuset"\nphone = "00000002"\nself_sign_up = "closed"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation in which all is well."""
    (tmp_path / "register").mkdir()
    for name in ("persons.toml", "cards.toml"):
        _ = (tmp_path / name).write_text("")
    for name, text in (("one.toml", ONE), ("two.toml", TWO)):
        _ = (tmp_path / name).write_text(text, "utf-8")
    _ = (tmp_path / "installation.key").write_text(f"{KEY}\n")
    (tmp_path / "installation.key").chmod(0o600)
    _ = (tmp_path / "eservices.toml").write_text(TOML, "utf-8")
    return tmp_path


def _config(folder: Path, environment: dict[str, str] | None = None) -> Config:
    return read_config(folder / "eservices.toml", environment or {}).unwrap()


def _lines(folder: Path, text: str | bytes, environment: dict[str, str] | None = None) -> list[str]:
    """The lines with which a file is refused; none of them holds the key."""
    content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    _ = (folder / "eservices.toml").write_bytes(content)
    read = read_config(folder / "eservices.toml", environment or {})
    lines = [str(refusal) for refusal in read.failure()] if isinstance(read, Failure) else []
    assert KEY not in "".join(lines)
    assert all(line.isprintable() for line in lines)
    return lines


def _changed(old: str, new: str) -> str:
    assert TOML.count(old) == 1
    return TOML.replace(old, new)


# --------------------------------------------------------------------------------- all that is read


def test_a_file_is_read_into_one_value(folder: Path) -> None:
    """Every section is read; paths begin at the file's folder; what is left out has its default."""
    config = _config(folder)
    assert config.service == Service(
        "https://eservices.example.dk",
        "mail.example.dk",
        EmailAddress.parse("no-reply@mail.example.dk").unwrap(),
    )
    assert config.access == AccessSettings()
    assert config.clinics == {
        ClinicId("clinic-1"): ClinicSettings("Lægerne Åbo", "+45 00 00 00 01"),
        ClinicId("clinic-2"): ClinicSettings("Lægehuset", "00000002", SelfSignUp.CLOSED),
    }
    assert list(config.clinics) == [ClinicId("clinic-1"), ClinicId("clinic-2")]
    assert config.store == Store(SqliteStore(folder / "ledger.sqlite"))
    assert config.mail == Mail(MaildirMail(folder / "mailbox"), None)
    assert config.custody == FolderCustody(folder / "register")
    assert config.mitid == SimulatedMitidPersons(folder / "persons.toml")
    assert config.master_cards == TomlCards(folder / "cards.toml")


def test_another_systems_journal_and_min_log_are_composed(folder: Path) -> None:
    """D-MAIL-3, D-LOG-1: each has its section; without it the ledger keeps the journal."""
    assert (_config(folder).journal, _config(folder).min_log) == (None, None)
    (folder / "log").mkdir()
    sections = "".join(
        f'[{name}]\nkind = "folder"\npath = "{path}"\n'
        for name, path in (("journal", "journal"), ("min_log", "log"))
    )
    _ = (folder / "eservices.toml").write_text(f"{TOML}\n{sections}", "utf-8")
    config = _config(folder)
    assert config.journal == FolderJournal(folder / "journal")
    assert config.min_log == FolderMinLog(folder / "log")
    with compose(config).unwrap() as installation:
        assert isinstance(installation.services.journal, journal_folder.FolderJournal)
        assert isinstance(installation.min_log, min_log_folder.FolderMinLog)


@pytest.mark.parametrize("section", ["journal", "min_log"])
def test_an_unknown_journal_is_refused(folder: Path, section: str) -> None:
    """One line names the section's kind."""
    line, *_ = _lines(folder, f'{TOML}\n[{section}]\nkind = "fax"\npath = "x"\n')
    assert line == f'[{section}] kind: expected "folder"'


def test_paths_begin_at_the_file_wherever_one_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative name of the file makes absolute paths; an absolute path stays as it is."""
    monkeypatch.chdir(folder.parent)
    relative = Path(folder.name, "eservices.toml")
    assert read_config(relative, {}).unwrap().store.where == SqliteStore(folder / "ledger.sqlite")
    elsewhere = folder / "elsewhere.sqlite"
    _ = (folder / "eservices.toml").write_text(
        _changed('"ledger.sqlite"', f'"{elsewhere}"'), "utf-8"
    )
    assert _config(folder).store.where == SqliteStore(elsewhere)


def test_a_mark_at_the_start_is_no_mistake(folder: Path) -> None:
    """An editor that writes a byte order mark has written the same file."""
    assert _lines(folder, b"\xef\xbb\xbf" + TOML.encode()) == []


def test_nothing_shows_the_key(folder: Path) -> None:
    """D-LOG-1: the configuration can be printed; the key is in none of it."""
    config = _config(folder)
    for shown in (repr(config), str(config), repr(config.key), f"{config.key}"):
        assert KEY not in shown
        assert repr(bytes.fromhex(KEY)) not in shown


def test_the_clinics_cannot_be_changed(folder: Path) -> None:
    """A configuration that was read stays as it was read."""
    clinics = _config(folder).clinics
    with pytest.raises(TypeError):
        clinics[ClinicId("clinic-3")] = clinics[ClinicId("clinic-1")]


# ------------------------------------------------------------------------------------- the key file


def test_the_environment_names_another_key_file(folder: Path, tmp_path: Path) -> None:
    """ESERVICES_KEY_FILE goes before key_file, which may then be left out."""
    other = tmp_path / "other.key"
    _ = other.write_text("f0e1d2c3b4a5968778695a4b3c2d1e0f" * 2)
    other.chmod(0o400)
    named = {"ESERVICES_KEY_FILE": str(other)}
    in_file, in_environment = _config(folder).key, _config(folder, named).key
    assert in_file.derived("x") != in_environment.derived("x")
    assert _lines(folder, _changed('key_file = "installation.key"\n', ""), named) == []
    assert _lines(folder, _changed("installation.key", "missing.key"), named) == []


@pytest.mark.parametrize("named", ["", "installation.key", "./installation.key"])
def test_the_environment_names_it_absolutely(folder: Path, named: str) -> None:
    """A relative path in the environment could be meant from anywhere, so it is refused."""
    line = "the environment ESERVICES_KEY_FILE: expected an absolute path"
    assert _lines(folder, TOML, {"ESERVICES_KEY_FILE": named}) == [line]


def test_the_process_s_own_environment_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without another one, the environment is the process's."""
    monkeypatch.setenv("ESERVICES_KEY_FILE", "/nowhere/to/be/found")
    line = "the environment ESERVICES_KEY_FILE: expected a regular file that can be read"
    read = read_config(folder / "eservices.toml")
    assert isinstance(read, Failure)
    assert [str(refusal) for refusal in read.failure()] == [line]


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        (KEY, 0o640, "a file that only its owner can read or write (mode 0600 or 0400)"),
        (KEY, 0o604, "a file that only its owner can read or write (mode 0600 or 0400)"),
        (KEY, 0o620, "a file that only its owner can read or write (mode 0600 or 0400)"),
        ("", 0o600, "64 or more hexadecimal digits, and nothing else"),
        (KEY[:-2], 0o600, "64 or more hexadecimal digits, and nothing else"),
        (f"{KEY}0", 0o600, "64 or more hexadecimal digits, and nothing else"),
        (f"{KEY[:-1]}g", 0o600, "64 or more hexadecimal digits, and nothing else"),
        (f"{KEY[:32]}\n{KEY[32:]}", 0o600, "64 or more hexadecimal digits, and nothing else"),
        (f"0x{KEY}", 0o600, "64 or more hexadecimal digits, and nothing else"),
        (KEY * 100, 0o600, "64 or more hexadecimal digits, and nothing else"),
        ("00" * 32, 0o600, "random bytes; these repeat too much"),
        ("0123456789abcdef" * 4, 0o600, "random bytes; these repeat too much"),
        ("", 0o000, None),
    ],
    ids=range(13),
)
def test_a_key_that_is_none_is_refused(
    folder: Path, content: str, mode: int, expected: str | None
) -> None:
    """A key that others can read, that is short, odd or not random, is refused, and not shown."""
    path = folder / "installation.key"
    _ = path.write_text(content)
    path.chmod(mode)
    if expected is None:
        path.unlink()
        path.mkdir()
        expected = "a regular file that can be read"
    assert _lines(folder, TOML) == [f"[service] key_file: expected {expected}"]


def test_a_key_pasted_in_place_of_its_path_is_not_shown(folder: Path) -> None:
    """D-LOG-1: who writes the key into the configuration is told, without it."""
    line = "[service] key_file: expected a regular file that can be read"
    assert _lines(folder, _changed("installation.key", KEY)) == [line]


# ------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    "origin",
    [
        "https://eservices.example.dk",
        "https://eservices.example.dk:8443",
        "https://localhost:8443",
        "http://localhost",
        "http://127.0.0.1:8000",
        "http://[::1]:65535",
    ],
)
def test_an_origin_is_taken_as_it_is(folder: Path, origin: str) -> None:
    """Https anywhere, and http on this machine alone, with a port or without."""
    assert _lines(folder, _changed("https://eservices.example.dk", origin)) == []
    assert _config(folder).service.public_url == origin


@pytest.mark.parametrize(
    "origin",
    [
        "https://localhost:8443",
        "http://127.0.0.1:8000",
        "http://[::1]",
        "https://clinic.example",
        "https://e-services.example:8443",
        "https://patients.example.com",
        "https://clinic.test",
    ],
)
def test_a_simulated_mitid_needs_an_origin_that_is_nobodys(folder: Path, origin: str) -> None:
    """D-ACC-3: on this machine, or on a domain that is kept for examples, nobody comes."""
    text = _changed("https://eservices.example.dk", origin).replace("demo = true\n", "")
    assert _lines(folder, text) == []


@pytest.mark.parametrize(
    "origin",
    [
        "https://eservices.example.dk",
        "https://clinic.dk",
        "https://clinic.example.evil.dk",
        "https://example.com.evil.dk",
        "https://notexample.com",
        "https://localhost.dk",
    ],
)
@pytest.mark.parametrize("said", ["", "demo = false\n"])
def test_a_simulated_mitid_in_public_is_refused_unless_it_is_a_demo(
    folder: Path, origin: str, said: str
) -> None:
    """D-ACC-3: anybody could log in as anybody, so such an installation does not start."""
    public = _changed("https://eservices.example.dk", origin)
    (line,) = _lines(folder, public.replace("demo = true\n", said))
    assert line.startswith("[mitid] kind: is simulated, and public_url is public")
    assert "say demo = true" in line
    assert _lines(folder, public) == []


def test_an_international_origin_is_taken_in_ascii(folder: Path) -> None:
    """A link is written in the form that every program reads."""
    assert _lines(folder, _changed("https://eservices.example.dk", "https://RØDGRØD.example")) == []
    assert _config(folder).service.public_url == "https://xn--rdgrd-vuad.example"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "eservices.example.dk",
        "http://eservices.example.dk",
        "http://localhost.example.dk",
        "http://127.0.0.1.example",
        "ftp://eservices.example.dk",
        "https://eservices.example.dk/",
        "https://eservices.example.dk/path",
        "https://eservices.example.dk?query",
        "https://eservices.example.dk#fragment",
        "https://anna:korrekt@eservices.example.dk",
        "https://eservices.example.dk:0",
        "https://eservices.example.dk:65536",
        "https://eservices.example.dk:",
        "https://eservices.example.dk\\\\@evil.example",
        "https://eservices.example.dk%2f.evil.example",
        "https://192.0.2.1",
        "https://eservices",
        "https:// eservices.example.dk",
        "https://eservices.example.dk\\n",
        "javascript:alert(1)",
    ],
)
def test_an_origin_that_is_more_or_less_is_refused(folder: Path, origin: str) -> None:
    """D-MAIL-1: links are built from an origin, which has no path, no login and no other scheme."""
    (line,) = _lines(folder, _changed("https://eservices.example.dk", origin))
    assert line.startswith("[service] public_url: expected https and a domain, or http and a")


@pytest.mark.parametrize(
    "sender",
    [
        "no-reply",
        "noreply",
        "NoReply",
        "do-not-reply",
        "donotreply",
        "svar-ikke",
        "ikke-svar",
        "no-reply.clinic",
        "noreply+x",
    ],
)
def test_a_sender_that_says_so_takes_no_replies(folder: Path, sender: str) -> None:
    """S-MAIL-2: the sender's name says that it is not answered, in Danish or English."""
    assert _lines(folder, _changed("no-reply@mail.example.dk", f"{sender}@mail.example.dk")) == []


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("klinik@mail.example.dk", "a no-reply address, as in no-reply@example.dk"),
        ("klinik.noreply@mail.example.dk", "a no-reply address, as in no-reply@example.dk"),
        ("noreplying@mail.example.dk", "a no-reply address, as in no-reply@example.dk"),
        ("no-reply@example.dk", "an address on mail_domain"),
        ("No Reply <no-reply@mail.example.dk>", "one bare e-mail address"),
        ("no-reply@mail.example.dk, a@b.example", "one bare e-mail address"),
    ],
)
def test_a_sender_that_might_be_a_clinics_is_refused(
    folder: Path, sender: str, expected: str
) -> None:
    """S-MAIL-2: no address of a clinic can be configured as the one that mail comes from."""
    lines = _lines(folder, _changed("no-reply@mail.example.dk", sender))
    assert lines == [f"[service] sender: expected {expected}"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'kind = "sqlite"',
            'kind = "excel"',
            '[store] kind: expected "sqlite" or "postgresql"',
        ),
        ('kind = "maildir"', 'kind = "pigeon"', '[mail] kind: expected "maildir" or "smtp"'),
        ('kind = "folder"', "kind = 1", '[custody] kind: expected "folder"'),
        ('kind = "simulated"', 'kind = ["simulated"]', '[mitid] kind: expected "simulated"'),
        ('kind = "toml"', "", '[master_cards] kind: missing; expected "toml"'),
        ('"mail.example.dk"', '"@mail.example.dk"', "[service] mail_domain: expected a domain"),
        ('"mail.example.dk"', '"mail"', "[service] mail_domain: expected a domain with a dot"),
        ('"ledger.sqlite"', '"no/ledger"', "[store] path: expected the path of a file, in a"),
        ('"ledger.sqlite"', '"register"', "[store] path: expected the path of a file, in a"),
        ('"ledger.sqlite"', '"a\\u0000b"', "[store] path: expected the path of a file, in a"),
        ('"ledger.sqlite"', '""', "[store] path: expected the path of a file, in a folder"),
        ('"mailbox"', '"no/mailbox"', "[mail] path: expected the path of a folder, in a"),
        ('"mailbox"', '"cards.toml"', "[mail] path: expected the path of a folder, in a"),
        ('"register"', '"no"', "[custody] path: expected the path of a folder that is there"),
        ('"register"', '"cards.toml"', "[custody] path: expected the path of a folder that is"),
        ('"persons.toml"', '"no.toml"', "[mitid] persons: expected the path of a file that is"),
        ('"cards.toml"', '"register"', "[master_cards] path: expected the path of a file that"),
        ('"clinic-1"', '"clinic 1"', "[[clinic]] 1 id: expected 1 to 64 of the characters"),
        ('"clinic-2"', '"clinic-1"', "[[clinic]] 2 id: stands twice"),
        ('"two.toml"', "2", "[[clinic]] 2 settings: expected one line of 1 to 900 characters"),
        ('"two.toml"', '"no.toml"', "no.toml, the file cannot be read (No such file"),
        ('"two.toml"', '"cards.toml"', "cards.toml, the file clinic (line 1): missing; expected"),
        ("[store]", "[stoer]", "[store] missing"),
        ("[store]", "[service.store]", "[service] store: unknown; known are key_file, mail_dom"),
        ('[[clinic]]\nid = "clinic-2', '[clinik]\nid = "clinic-2', "the file clinik: unknown"),
        ('id = "clinic-1"', 'id = "clinic-1"\nemail = ""', "[[clinic]] 1 email: unknown; known"),
    ],
)  # fmt: skip
def test_one_thing_that_is_wrong_is_named(folder: Path, old: str, new: str, line: str) -> None:
    """What is unknown, missing, of another kind or unsafe is refused by section and key."""
    lines = _lines(folder, _changed(old, new))
    assert any(said.startswith(line) for said in lines), lines
    assert len(lines) <= 2


def test_what_is_wrong_with_a_clinics_settings_is_said_with_its_file(folder: Path) -> None:
    """S-SET-1: each thing that is wrong is named by file, table, key and line."""
    _ = (folder / "two.toml").write_text(TWO.replace("00000002", "112") + "[bokking]\n", "utf-8")
    phone, section = _lines(folder, TOML)
    assert phone.startswith("two.toml, [clinic] phone (line 3): expected 8 to 15 digits")
    assert section.startswith("two.toml, the file bokking (line 5): unknown; known are booking")


def test_all_that_is_wrong_is_said_at_once(folder: Path) -> None:
    """An empty file is told of every section, and a bad one of every key, in the file's words."""
    assert _lines(folder, "") == [
        "[service] missing",
        "[[clinic]] expected 1 or more",
        "[store] missing",
        "[mail] missing",
        "[custody] missing",
        "[mitid] missing",
        "[master_cards] missing",
    ]
    every_value_wrong = "\n".join(
        f"{line.partition('=')[0]}= false" if "=" in line else line for line in TOML.split("\n")
    )
    every_value_wrong = every_value_wrong.replace("demo = false", "demo = 0")
    assert len(_lines(folder, every_value_wrong)) == TOML.count("=")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\xff", "the file is not UTF-8"),
        ("\ud800", "the file is not UTF-8"),
        (b"\0", "the file is not TOML (at line 1)"),
        ("[service]\n[service]\n", "the file is not TOML (at line 2)"),
        ("x = " + "9" * 1000 + "\n" + "y = [", "the file is not TOML (at end of document)"),
        ("x = [\n" + "[" * 1000, "the file is nested too deeply"),
        ("#\n" + "a." * 600 + "a = 1", "the file has a line of more than 1024 characters (line 2)"),
        (b"#\n" * 131_073, "the file is larger than 256 KiB"),
        ("service = 1", "[service] expected a table"),
        ("clinic = {}", "[[clinic]] expected an array of tables"),
        ("[access]\ncodes = 1", "[access.codes] expected a table"),
    ],
    ids=range(11),
)
def test_what_is_no_configuration_is_refused(folder: Path, content: str | bytes, line: str) -> None:
    """Neither TOML nor text, too large, too deep, of another shape: a line, and no traceback."""
    assert line in _lines(folder, content)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and a name that no file has are refused in one line."""
    os.mkfifo(tmp_path / "pipe")
    for name, problem in (
        ("missing.toml", "No such file or directory"),
        (".", "Not a regular file"),
        ("pipe", "Not a regular file"),
        ("a\0b", "No such name"),
    ):
        refusal = ConfigRefusal("the file", "", f"cannot be read ({problem})")
        assert read_config(tmp_path / name, {}) == Failure((refusal,))


def test_no_file_is_left_open(folder: Path) -> None:
    """Whether it is taken or refused, reading leaves no file open."""
    opened = Path("/proc/self/fd")
    if not opened.is_dir():
        pytest.skip("this system does not list a process's open files")
    before = sorted(opened.iterdir())
    for name in ("eservices.toml", "missing.toml", "."):
        _ = read_config(folder / name, {})
    assert sorted(opened.iterdir()) == before


toml_values = st.recursive(
    st.sampled_from(["1", "true", '"x"', "1.5", "inf", "2023-06-01", "2023-06-01T00:00:00Z", '""']),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda values: f"[{', '.join(values)}]")
        | inner.map(lambda value: f"{{ kind = {value} }}")
    ),
    max_leaves=3,
)
keys = [line.partition(" =")[0] for line in TOML.split("\n") if "=" in line]


@given(st.data())
def test_nothing_in_a_file_is_raised_over(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Lines left out, doubled, in another order or with other values are taken or refused."""
    folder = tmp_path_factory.getbasetemp()
    kept = data.draw(st.lists(st.sampled_from(TOML.split("\n")), max_size=40))
    changed = [
        f"{line.partition('=')[0]}= {data.draw(toml_values)}"
        if "=" in line and data.draw(st.booleans())
        else line
        for line in kept
    ]
    assert _lines(folder, "\n".join(changed)) != []


# ------------------------------------------------------------------------------------ digital post

POST = """
[post]
kind = "folder"
out = "post"
receipts = "receipts"
"""


def test_digital_post_is_optional(folder: Path) -> None:
    """S-POST-1: without [post] there is no way to it; with it, paths and MeMo's version."""
    assert _config(folder).post is None
    assert _lines(folder, TOML + POST) == []
    assert _config(folder).post == FolderDigitalPost(
        folder / "post", folder / "receipts", None, "1.1"
    )
    _ = (folder / "reach.toml").write_text("")
    assert _lines(folder, TOML + POST + 'reach = "reach.toml"\nversion = "1.2"\n') == []
    assert _config(folder).post == FolderDigitalPost(
        folder / "post", folder / "receipts", folder / "reach.toml", "1.2"
    )


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"folder"\nout', '"mitdk"\nout', "kind"),
        ('out = "post"', 'out = "no/where"', "out"),
        ('receipts = "receipts"', "", "receipts"),
        ('receipts = "receipts"', 'receipts = "receipts"\nversion = "1.3"', "version"),
        ('receipts = "receipts"', 'receipts = "receipts"\nversion = 1.2', "version"),
        ('receipts = "receipts"', 'receipts = "receipts"\nreach = "no.toml"', "reach"),
        ('receipts = "receipts"', 'receipts = "receipts"\nendpoint = "x"', "endpoint"),
    ],
)
def test_digital_post_is_read_strictly(folder: Path, old: str, new: str, named: str) -> None:
    """D-POST-3: what is wrong in [post] is named, one line each."""
    assert old in POST
    (line,) = _lines(folder, TOML + POST.replace(old, new))
    assert "post" in line
    assert named in line


# --------------------------------------------------------------------------------- [store]

_STORE = 'kind = "sqlite"\npath = "ledger.sqlite"'


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://eservices@localhost/eservices",
        "postgresql:///eservices?host=/run/postgresql",
        "postgresql://eservices@db.example.dk:5433/eservices?sslmode=verify-full",
    ],
)
def test_the_store_can_be_a_database(folder: Path, url: str) -> None:
    """A URL on this machine, or of a server that proves its name; the password has its own file."""
    password = folder / "store.password"
    _ = password.write_text("canary-password\n")
    password.chmod(0o600)
    section = f'kind = "postgresql"\nurl = "{url}"\npassword_file = "store.password"'
    _ = (folder / "eservices.toml").write_text(_changed(_STORE, section), "utf-8")
    config = _config(folder)
    assert config.store == Store(PostgresStore(url, "canary-password"))
    assert "canary" not in repr(config)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://eservices:canary-password@localhost/eservices",
        "postgresql://db.example.dk/eservices",
        "postgresql://db.example.dk/eservices?sslmode=require",
        "postgresql:///eservices",
        "postgresql://localhost",
        "mysql://localhost/eservices",
        "postgresql://[::1/eservices",
    ],
)
def test_an_unsafe_database_is_refused(folder: Path, url: str) -> None:
    """A password in the URL, or a line that anybody can listen to, is one line without the URL."""
    (line,) = _lines(folder, _changed(_STORE, f'kind = "postgresql"\nurl = "{url}"'))
    assert line.startswith("[store] url: expected postgresql://USER@HOST/DATABASE")
    assert "canary" not in line


def test_newer_keys_of_content_are_read_first(folder: Path) -> None:
    """D-KEEP-1: what is written lies under the first of the list; the installation's is last."""
    for name in ("second.key", "first.key"):
        assert create_key(folder / name, SeededChance(name))
    named = f'{_STORE}\ncontent_keys = ["second.key", "first.key"]'
    _ = (folder / "eservices.toml").write_text(_changed(_STORE, named), "utf-8")
    config = _config(folder)
    second, first, installation = config.store.content_keys(config.key)
    assert len({second, first, installation}) == 3
    assert installation == config.key.derived("content-at-rest")
    assert second == read_key(folder / "second.key").unwrap().derived("content-at-rest")
