"""Real CalDAV servers that others have written, each on a free port of this machine."""

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
SERVERS = ("Radicale", "Debian's Radicale", "Xandikos")


@contextmanager
def real_server(name: str, folder: Path, login: tuple[str, str]) -> Iterator[str]:
    """Serve from a folder; gives the address under which collections can be made."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if name == "Xandikos":
        command, home = _xandikos(folder, port), "/user/calendars"
    else:
        command, home = _radicale(name, folder, port, login), f"/{login[0]}"
    log = folder / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(  # noqa: S603  a server of our own choice
            command, stdout=said, stderr=said, cwd=folder
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/", server, log)
        yield f"http://127.0.0.1:{port}{home}"
    finally:
        server.terminate()
        _ = server.wait(20)


def _radicale(name: str, folder: Path, port: int, login: tuple[str, str]) -> list[str]:
    """The one that pip installed, or Debian's."""
    if name == "Radicale":
        if find_spec("radicale") is None:
            pytest.skip("Radicale is not installed: pip install radicale")
        command = [sys.executable, "-m", "radicale"]
    else:
        if not DEBIANS.exists():
            pytest.skip("Debian's Radicale is not installed: apt-get install radicale")
        command = ["/usr/bin/python3", "-s", str(DEBIANS)]
    users = folder / "users"
    _ = users.write_text(f"{login[0]}:{login[1]}\n")
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
    return [*command, "--config", "", *(f"--{key}={value}" for key, value in options.items())]


def _xandikos(folder: Path, port: int) -> list[str]:
    program = shutil.which("xandikos")
    if program is None:
        pytest.skip("Xandikos is not installed: pip install xandikos")
    kept = folder / "collections"
    return [program, "serve", "-l", "127.0.0.1", "-p", str(port), "-d", str(kept), "--defaults"]


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
