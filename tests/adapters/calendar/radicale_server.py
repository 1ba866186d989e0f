"""A real CalDAV server, Radicale, on a free port of this machine."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

DEBIANS = Path("/usr/bin/radicale")


def command_of(which: str) -> list[str]:
    """How to start one of the two: the one that pip installed, or Debian's."""
    if which == "pip":
        if find_spec("radicale") is None:
            pytest.skip("Radicale is not installed: pip install radicale")
        return [sys.executable, "-m", "radicale"]
    if not DEBIANS.exists():
        pytest.skip("Debian's Radicale is not installed: apt-get install radicale")
    return [str(shutil.which("python3", path="/usr/bin")), "-s", str(DEBIANS)]


@contextmanager
def radicale(which: str, folder: Path, login: tuple[str, str]) -> Iterator[str]:
    """Serve from a folder; gives the server's address, without a slash at its end."""
    command = command_of(which)
    users = folder / "users"
    _ = users.write_text(f"{login[0]}:{login[1]}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(users),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "rights-type": "authenticated",
        "storage-filesystem-folder": str(folder / "collections"),
        "logging-level": "error",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    log = folder / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(  # noqa: S603  a server of our own choice
            [*command, "--config", "", *arguments], stdout=said, stderr=said, cwd=folder
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        _ = server.wait(20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(url, timeout=5):  # noqa: S310  of our own server
                return
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(log.read_text())
