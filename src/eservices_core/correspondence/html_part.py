"""The HTML part of a mail: what the text says, modestly, and nothing more (D-MAIL-1).

Here: one plain page. Everything is escaped; nothing is fetched; the only links lead to the
configured origin, and stand where the service's own words name it. Not here: what a mail says.
"""

import html
import re

from eservices_core.clinic.service import Service
from eservices_core.correspondence.said import Said
from eservices_core.texts import Text


def html_of(said: Said, no_reply: Text, service: Service) -> str:
    """Write the part, Danish first; each line is short enough for any mail server."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="da"><head><meta charset="utf-8">',
        f"<title>{html.escape(said.subject.da)}</title></head>",
        '<body style="font-family: sans-serif; line-height: 1.5">',
        f"<p>{_linked(said.body.da, service)}</p>",
        f"<p>{_linked(no_reply.da, service)}</p>",
        '<div lang="en"><hr>',
        f"<p>{_linked(said.body.en, service)}</p>",
        f"<p>{_linked(no_reply.en, service)}</p>",
        "</div></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _linked(text: str, service: Service) -> str:
    """Escape a text, and make a link of each place where it names the service's own pages."""
    origin = re.escape(service.public_url)
    pieces = re.split(rf"(?<!\S)({origin}(?:/[A-Za-z0-9-]+)*)(?=[.,]?(?:\s|$))", text)
    return "".join(
        f'<a href="{html.escape(piece)}">{html.escape(piece)}</a>' if at % 2 else html.escape(piece)
        for at, piece in enumerate(pieces)
    )
