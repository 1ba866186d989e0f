"""[mitid]: which MitID there is, and what we are to its broker.

Here: the section, and the files that a secret or a key lies in. Not here: speaking with any broker
(`mitid`).
"""

import re
from typing import Final

from attrs import field, frozen

from eservices_adapters.config.mail import password, private_lines
from eservices_adapters.config.places import Places
from eservices_adapters.config.shapes import BOOLEAN, ORIGIN, integer, is_public, one_of_words, text
from eservices_adapters.config.table import Shape, Table
from eservices_core.clinic.service import Service
from eservices_core.words.plain_text import plain_text

BROKERS: Final = ("nets", "idura", "signicat", "generic")
CALLBACK_PATH: Final = "/mitid/callback"
SIMULATED_IN_PUBLIC: Final = (
    "is simulated, and public_url is public: anybody could log in as anybody; if nobody real is in "
    "it, say demo = true"
)
_NOBODYS_BROKER: Final = (
    "is on this machine or of an example, and public_url is public; if nobody real is in it, say "
    "demo = true"
)
_METHODS: Final = ("client_secret_basic", "client_secret_post")
_PRIVATE_KEY_JWT: Final = "private_key_jwt"
_MAX_AGE: Final = 3600
_ISSUER: Final = re.compile(r"(https?://[^/]+)(?:/[A-Za-z0-9._~-]+)*/?")
