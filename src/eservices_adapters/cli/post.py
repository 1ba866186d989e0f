"""`eservices post`: digital post.

Here: the commands. Not here: how a letter is read (`letters`).
"""

from typing import Any, Final

import click

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
