"""An SMTP server in a process of its own, which writes down what it gets, run by test_killed.py.

`sinking.py RECORD` prints its port and serves until it is killed. Each line of the file RECORD is a
JSON array: `["kept", MESSAGE-ID, SHA-256 of the bytes, RECIPIENT]` as soon as a mail is whole and
before it is answered, or `["broke", STAGE]` where a client left in the middle. It takes a moment
for each reply, so that whoever is killed at any moment is killed at every stage.
"""

import json
import socketserver
import sys
import time
from hashlib import sha256
from pathlib import Path
from threading import Lock

_REPLIES = {
    "EHLO": "250 sink.example",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "QUIT": "221 bye",
}
_MOMENT = 0.001
_LOCK = Lock()


def note(*what: str) -> None:
    """Write a line down, at once."""
    with _LOCK, Path(sys.argv[1]).open("a", encoding="ascii") as record:
        _ = record.write(json.dumps(what) + "\n")


class Conversation(socketserver.StreamRequestHandler):
    """One client, until it leaves."""

    def handle(self) -> None:
        """Answer, and note how it ended."""
        self.stage = "connect"
        try:
            if not self.converse():
                note("broke", self.stage)
        except OSError:
            note("broke", self.stage)

    def say(self, reply: str) -> None:
        """Reply, in a moment."""
        time.sleep(_MOMENT)
        self.wfile.write(f"{reply}\r\n".encode())

    def converse(self) -> bool:
        """Go through a conversation; whether it came to its end."""
        self.say("220 sink.example ESMTP")
        recipient = ""
        while line := self.rfile.readline().decode("ascii"):
            verb = line[:4].upper()
            self.stage = verb.lower()
            if verb == "RCPT":
                recipient = line[line.index("<") + 1 : line.index(">")]
            self.say(_REPLIES[verb])
            if verb == "QUIT":
                return True
            if verb == "DATA" and not self.take(recipient):
                return False
        return self.stage == "dot"  # the mail was answered for: what is left is politeness

    def take(self, recipient: str) -> bool:
        """Take a mail; whether all of it came."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line.endswith(b"\r\n"):
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        content = b"".join(lines)
        named = next(one for one in lines if one.lower().startswith(b"message-id:"))
        note("kept", named.decode("ascii").strip(), sha256(content).hexdigest(), recipient)
        self.stage = "dot"
        self.say("250 kept")
        return True


class Server(socketserver.ThreadingTCPServer):
    """A thread for each client."""

    daemon_threads = True
    request_queue_size = 100


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Conversation) as server:
        print(server.server_address[1], flush=True)  # noqa: T201  the answer to whoever ran it
        server.serve_forever()
