"""`eservices post`: digital post.

Here: the commands. Not here: how a letter is read (`letters`).
"""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click

from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.trying import config_option, configured

_VERSIONS: Final = ("1.1", "1.2")


@click.group("post")
def post() -> None:
    """Digital post (mit.dk): letters as MeMo messages."""


@post.command("memo")
@click.argument("letter", metavar="LETTER.toml")
@click.option("--pdf", required=True, metavar="FILE", help="The letter itself, a PDF.")
@click.option("--version", type=click.Choice(_VERSIONS), default="1.1", help="Of MeMo; else 1.1.")
@click.option("--out", metavar="FILE", help="Where it is written; else standard output.")
def memo(letter: str, pdf: str, version: str, out: str | None) -> None:
    """Write a letter as a MeMo message, the XML of Danish digital post.

    LETTER.toml holds title, in [sender] cvr and name, and in [recipient] cpr or cvr. It may hold
    uuid (else one is drawn), created (else now), notification, not_before, file_name, a name in
    [recipient], an appointment in [appointment] (label, description, abstract, location, starts,
    ends, and perhaps uuid and organizer), and links in [[link]] (label, url). Times have their
    offset.

    The message is a private sender's: neither mandatory nor a legal notification. What is wrong
    is one line that names the field and repeats nothing of it.
    """
    import sys  # noqa: PLC0415  only when it is called for

    from eservices_adapters.cli import letters  # noqa: PLC0415  only this command pays
    from eservices_adapters.mitdk.memo_writer import MemoVersion  # noqa: PLC0415  as above

    message = letters.read_letter(letter, pdf)
    chosen = MemoVersion(version)
    if out is not None:
        letters.write_to_file(message, chosen, out)
        return
    stdout: Any = sys.stdout
    letters.write_to(message, chosen, stdout.buffer)


@post.command("listen")
@config_option
@click.option("--port", type=click.IntRange(0, 65_535), default=8611, show_default=True)
def listen(config: Path, port: int) -> None:
    """Take receipts that are pushed, on 127.0.0.1, and lay them where the worker finds them.

    Deliveries go to /receipts. A server in front of this one, which speaks TLS and asks for the
    sender's certificate, must be the only way to it. Each is acknowledged when it is on the disk.
    It says where it listens, and runs until it is ended.
    """
    from eservices_adapters.mitdk.receipt_folder import ReceiptFolder  # noqa: PLC0415  as above
    from eservices_adapters.mitdk.receipt_listener import ReceiptListener  # noqa: PLC0415  as above

    chosen = configured(config).post
    if chosen is None:
        raise BadInput("--config", "[post] is missing")
    with ReceiptListener(port, ReceiptFolder(chosen.receipts)) as listener:
        click.echo(f"listening at {listener.address}")
        with suppress(KeyboardInterrupt):
            listener.serve_forever()
