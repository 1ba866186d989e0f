import copy
import errno
import os
import pickle
import tomllib
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.config import InstallationKey
from eservices_adapters.config.files import write_new, write_whole
from eservices_adapters.config.key_file import create_key, read_key
from eservices_adapters.config.table import toml_string
from eservices_core.testing.memory import SeededChance
from eservices_core.words.civil_number import CivilNumber

KEY = bytes(range(32))
NUMBER = CivilNumber.parse("0709614606").unwrap()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_comes_back_from_toml_as_it_was(text: str) -> None:
    """Whatever characters a text holds, TOML reads the string that is written for it."""
    written = toml_string(text)
    assert "\n" not in written
    assert tomllib.loads(f"x = {written}") == {"x": text}


# ---------------------------------------------------------------------------------------- the files


def test_a_file_is_written_over_whole(tmp_path: Path) -> None:
    """The new content stands there, readable by its owner only, and nothing is left beside it."""
    path = tmp_path / "file"
    _ = path.write_bytes(b"old")
    path.chmod(0o644)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_new_file_is_never_written_over_another(tmp_path: Path) -> None:
    """What is there stays, and whoever asked is told."""
    path = tmp_path / "file"
    assert write_new(path, b"first")
    assert not write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """If writing fails anywhere before the end, the old content stands and nothing is left over."""
    path = tmp_path / "file"
    _ = path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    if step == "fsync":
        with pytest.raises(OSError, match="No space left"):
            _ = write_new(tmp_path / "other", b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


# ------------------------------------------------------------------------------------------ the key


def test_a_key_that_was_made_is_read(tmp_path: Path) -> None:
    """A key is drawn once, kept for its owner alone, and read as it was drawn."""
    path = tmp_path / "installation.key"
    assert create_key(path, SeededChance("one"))
    assert not create_key(path, SeededChance("two"))
    assert path.stat().st_mode & 0o777 == 0o600
    key = read_key(path).unwrap()
    assert key.derived("x") == InstallationKey(SeededChance("one").entropy(32)).derived("x")


def test_uses_of_a_key_tell_nothing_of_each_other() -> None:
    """Two uses have two keys, which are not the key itself; the same use has the same one."""
    key = InstallationKey(KEY)
    assert key.derived("a") == InstallationKey(KEY).derived("a")
    other = InstallationKey(KEY[::-1])
    assert len({key.derived("a"), key.derived("b"), other.derived("a"), KEY}) == 4
    assert len(key.derived("a")) == 32
    assert key.keys().number(NUMBER) == InstallationKey(KEY).keys().number(NUMBER)
    assert key.keys().number(NUMBER) != other.keys().number(NUMBER)


def test_a_key_shows_nothing_of_itself() -> None:
    """D-LOG-1: a key is not shown, pickled or changed; one that is too short is not shown."""
    key: Any = InstallationKey(KEY)
    assert repr(key) == str(key) == f"{key}" == "InstallationKey(***)"
    assert copy.deepcopy(key) is key
    with pytest.raises(TypeError):
        _ = pickle.dumps(key)
    with pytest.raises(AttributeError):
        key.other = 1
    with pytest.raises(AssertionError) as raised:
        _ = InstallationKey(b"short and secret")
    assert "secret" not in str(raised.value)
    frames = (frame for frame, _ in traceback.walk_tb(raised.value.__traceback__))
    held = [frame.f_locals for frame in frames if frame.f_code.co_filename != __file__]
    assert len(held) == 1
    assert "secret" not in repr(held)
