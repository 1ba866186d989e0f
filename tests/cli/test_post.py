from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.cli.running import answered_or_complained, holds_number, run, run_process

MEMO = "{https://DigitalPost.dk/MeMo-1}"
LETTER = """
title = "Indkaldelse"
uuid = "8853363b-43ec-4d0a-a54d-65447f9447ed"
created = 2026-11-28T12:00:00+01:00
notification = "Du har fået post"
not_before = 2026-12-01

[sender]
cvr = "12345678"
name = "Clinic One"

[recipient]
cpr = "0709614606"
name = "A Test Person"

[appointment]
label = "Din tid"
description = "Kontrol"
abstract = "Kontrol"
location = "Testvej 1"
starts = 2026-12-10T09:00:00+01:00
ends = 2026-12-10T09:20:00+01:00
organizer = "Clinic One"

[[link]]
label = "Læs mere"
url = "https://example.dk/kontrol"
"""
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 500 + b"\n%%EOF\n"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A folder with a letter and its PDF."""
    _ = (tmp_path / "letter.toml").write_text(LETTER, encoding="utf-8")
    _ = (tmp_path / "letter.pdf").write_bytes(PDF)
    return tmp_path


def arguments(folder: Path, *more: str) -> tuple[str, ...]:
    """Give the command line."""
    return ("post", "memo", str(folder / "letter.toml"), "--pdf", str(folder / "letter.pdf"), *more)


def complaint(folder: Path, old: str, new: str) -> str:
    """Change something in the letter, and give the one line that is said of it."""
    assert old in LETTER
    _ = (folder / "letter.toml").write_text(LETTER.replace(old, new), encoding="utf-8")
    said = run(*arguments(folder)).complaint
    assert not holds_number(said)
    return said


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_letter_becomes_a_message(letter: Path, version: str) -> None:
    """D-POST-3: what is written is MeMo of the version that was asked for."""
    out = letter / "message.xml"
    result = run(*arguments(letter, "--version", version, "--out", str(out)))
    assert (result.status, result.out, result.err) == (0, "", "")
    root = etree.parse(str(out)).getroot()
    assert root.get("memoVersion") == version
    assert root.findtext(f".//{MEMO}label") == "Indkaldelse"
    assert root.findtext(f".//{MEMO}recipientID") == "0709614606"
    assert root.findtext(f".//{MEMO}createdDateTime") == "2026-11-28T11:00:00Z"
    assert root.findtext(f".//{MEMO}doNotDeliverUntilDate") == "2026-12-01"
    assert root.findtext(f".//{MEMO}filename") == "brev.pdf"
    assert [each.text for each in root.iter(f"{MEMO}actionCode")] == ["AFTALE", "INFORMATION"]
    assert [each.name for each in sorted(letter.iterdir())] == [
        "letter.pdf",
        "letter.toml",
        "message.xml",
    ]


@pytest.mark.leaks("a message is addressed by its recipient's number")
def test_it_is_valid(letter: Path, shared_data: Path) -> None:
    """D-POST-3: the official schema takes it."""
    folder = shared_data / "digital_post" / "memo-1.1-xsd"
    schema = etree.XMLSchema(etree.parse(str(folder / "MeMo_core.xsd")))
    schema.assertValid(etree.fromstring(run(*arguments(letter)).out.encode()))


@pytest.mark.leaks("a message is addressed by its recipient's number")
def test_standard_output_takes_it_too(letter: Path) -> None:
    """D-POST-3: without --out it goes to standard output, the same bytes."""
    out = letter / "message.xml"
    _ = run(*arguments(letter, "--out", str(out)))
    process = run_process(*arguments(letter))
    assert (process.status, process.err) == (0, "")
    assert process.out.encode() == out.read_bytes()


@pytest.mark.leaks("a message is addressed by its recipient's number")
def test_what_is_not_said_is_drawn(letter: Path) -> None:
    """D-POST-1: without uuid and created, each letter is a message of its own, of now."""
    lines = [line for line in LETTER.splitlines() if not line.startswith(("uuid", "created"))]
    _ = (letter / "letter.toml").write_text("\n".join(lines), encoding="utf-8")
    uuids = {
        etree.fromstring(run(*arguments(letter)).out.encode()).findtext(f".//{MEMO}messageUUID")
        for _ in range(2)
    }
    assert len(uuids) == 2


WRONG = [
    ('title = "Indkaldelse"', "", "title: is missing"),
    ('title = "Indkaldelse"', "title = 1", "title: must be a text"),
    ('"Indkaldelse"', f'"{"a" * 257}"', "title: is too long"),
    ('"Indkaldelse"', '"a\\nb"', "title: holds a character that a message cannot"),
    ('"Du har fået post"', f'"{"a" * 151}"', "notification: is too long"),
    ("8853363b-43ec-4d0a", "8853363b-43ec-1d0a", "uuid: must be a UUID of version 4"),
    ("12:00:00+01:00", "12:00:00", "created: must be a time with its offset, from 1900 to 2199"),
    ("2026-11-28T", "0001-01-01T", "created: must be a time with its offset, from 1900 to 2199"),
    (
        "created = 2026-11-28T12:00:00+01:00",
        'created = "now"',
        "created: must be a date and time, without quotes",
    ),
    (
        "not_before = 2026-12-01",
        "not_before = 2026-12-01T12:00:00Z",
        "not_before: must be a date, without quotes",
    ),
    ('cvr = "12345678"', 'cvr = "1234567"', "sender.cvr: must be a CVR number of eight digits"),
    ('name = "Clinic One"', 'name = ""', "sender.name: is empty"),
    ('name = "Clinic One"', "", "sender.name: is missing"),
    ("[sender]", "[afsender]", "sender: is missing"),
    ("[recipient]", "[modtager]", "recipient: is missing"),
    (
        'cpr = "0709614606"',
        'cpr = "6709614606"',
        "recipient.cpr: must be a CPR number of ten digits, and no replacement number",
    ),
    (
        'cpr = "0709614606"',
        'cpr = "070961-4606"',
        "recipient.cpr: must be a CPR number of ten digits, and no replacement number",
    ),
    (
        'cpr = "0709614606"',
        'cvr = "0709614606"',
        "recipient.cvr: must be a CVR number of eight digits",
    ),
    (
        'cpr = "0709614606"',
        'cpr = "0709614606"\ncvr = "12345678"',
        "recipient: must have cpr or cvr",
    ),
    ('name = "A Test Person"', f'name = "{"a" * 257}"', "recipient.name: is too long"),
    ('description = "Kontrol"', "", "appointment.description: is missing"),
    ('label = "Din tid"', 'label = " "', "appointment.label: is empty"),
    (
        "ends = 2026-12-10T09:20",
        "ends = 2026-12-10T08:20",
        "appointment.ends: must be later than starts",
    ),
    (
        "starts = 2026-12-10T09:00:00+01:00",
        "starts = 2026-12-10T09:00:00",
        "appointment.starts: must be a time with its offset, from 1900 to 2199",
    ),
    ("ends = 2026-12-10T09:20:00+01:00", "", "appointment.ends: is missing"),
    ("https://", "http://", "link[0].url: must be an https address"),
    ('label = "Læs mere"', 'label = ""', "link[0].label: is empty"),
    ("[[link]]", "[link]", "link: must be tables in [[ ]]"),
    (
        'title = "',
        'file_name = "a/b.pdf"\ntitle = "',
        "file_name: holds a character that digital post refuses in a file name",
    ),
    ('title = "', 'file_name = "brev.exe"\ntitle = "', "file_name: must end in .pdf"),
    ('title = "', 'mandatory = true\ntitle = "', "mandatory: is not a member of a letter"),
    (
        'organizer = "',
        'organizerMail = "a@example.dk"\norganizer = "',
        "appointment.organizerMail: is not a member of a letter",
    ),
    ('title = "', '0709614606 = 1\ntitle = "', "LETTER.toml: is not a member of a letter"),
    ('title = "', "title = ", "LETTER.toml: is not TOML"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_what_is_wrong_is_one_line_that_names_the_field(
    letter: Path, old: str, new: str, said: str
) -> None:
    """D-POST-3, faults: 169. As the letter names it, and with nothing that stood there."""
    assert complaint(letter, old, new) == said


@pytest.mark.parametrize("content", [b"", b"MZ", PDF[1:], PDF + bytes(2_000)])
def test_what_is_no_pdf_is_refused(letter: Path, content: bytes) -> None:
    """faults: 170. By what it holds, whatever it is called."""
    _ = (letter / "letter.pdf").write_bytes(content)
    assert run(*arguments(letter)).complaint == "--pdf: is not a PDF"


def test_files_that_are_not_there(letter: Path) -> None:
    """D-POST-3: each is named by its argument."""
    (letter / "letter.pdf").unlink()
    assert run(*arguments(letter)).complaint.startswith("--pdf: cannot be read")
    _ = (letter / "letter.pdf").write_bytes(PDF)
    nowhere = arguments(letter, "--out", str(letter / "no" / "message.xml"))
    assert run(*nowhere).complaint == "--out: cannot be written"
    taken = arguments(letter, "--out", str(letter))
    assert run(*taken).complaint == "--out: cannot be written"
    (letter / "letter.toml").unlink()
    assert run(*arguments(letter)).complaint.startswith("LETTER.toml: cannot be read")


def test_a_version_is_one_of_two(letter: Path) -> None:
    """D-POST-3: there are 1.1 and 1.2."""
    said = run(*arguments(letter, "--version", "1.3")).complaint
    assert said == "--version: must be 1.1 or 1.2"


@pytest.mark.leaks("a message is addressed by its recipient's number")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(LETTER.encode()) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_letter_raises_nothing(letter: Path, place: int, noise: bytes) -> None:
    """faults: 169. Whatever stands in the file, there is a message or one line."""
    whole = LETTER.encode()
    damaged = whole[:place] + noise + whole[place + len(noise) :]
    _ = (letter / "letter.toml").write_bytes(damaged)
    result = run(*arguments(letter))
    if result.status == 0:
        assert result.out.startswith("<?xml")
    else:
        answered_or_complained(result)
