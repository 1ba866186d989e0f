"""The keys of content: one is made, named, and everything brought under it."""

from pathlib import Path

import pytest

from eservices_adapters.demo.box import set_up
from tests.cli.running import run


def test_a_key_is_changed_and_the_earlier_one_let_go(tmp_path: Path) -> None:
    """D-KEEP-1: made, named, rekeyed; then the store opens with the newer key, and not without."""
    folder = tmp_path / "clinic"
    with set_up(folder).unwrap().installation:
        pass
    config = folder / "eservices.toml"
    newer = folder / "content.key"
    assert run("keys", "new", str(newer)).answer["key_file"] == str(newer)
    assert newer.stat().st_mode & 0o777 == 0o600
    written = config.read_text("utf-8")
    named = written.replace('kind = "sqlite"', 'kind = "sqlite"\ncontent_keys = ["content.key"]')
    assert named != written
    _ = config.write_text(named, "utf-8")
    assert run("keys", "rekey", "--config", str(config)).answer["rekeyed"] > 0
    assert run("keys", "rekey", "--config", str(config)).answer == {"rekeyed": 0}
    assert run("audit", "verify", "--config", str(config)).answer["audit"] == "intact"
    _ = config.write_text(written, "utf-8")
    refused = run("audit", "verify", "--config", str(config))
    assert "WrongKey" in refused.complaint


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    """A file that is there is left alone, in one line."""
    file = tmp_path / "content.key"
    _ = file.write_text("mine")
    refused = run("keys", "new", str(file))
    assert "there already" in refused.complaint
    assert file.read_text() == "mine"
    assert run("keys", "new", str(tmp_path / "nowhere" / "a.key")).complaint


@pytest.mark.parametrize("digits", ["", "00" * 32, "no key"])
def test_what_is_no_key_is_refused(tmp_path: Path, digits: str) -> None:
    """A file in the list that is no key is one line that names the setting, and not the digits."""
    folder = tmp_path / "clinic"
    with set_up(folder).unwrap().installation:
        pass
    config = folder / "eservices.toml"
    bad = folder / "bad.key"
    _ = bad.write_text(digits)
    bad.chmod(0o600)
    written = config.read_text("utf-8")
    _ = config.write_text(
        written.replace('kind = "sqlite"', 'kind = "sqlite"\ncontent_keys = ["bad.key"]'), "utf-8"
    )
    refused = run("keys", "rekey", "--config", str(config))
    assert "content_keys" in refused.complaint
    assert "0000" not in refused.complaint
