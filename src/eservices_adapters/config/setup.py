"""Setting up an installation in a folder: the file, the key, and the places that it names.

Here: what `read_config` will then take. Not here: what lies in the places (master cards, persons,
answers of the register), which whoever sets up writes with the adapters' own writers.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from eservices_adapters.config.files import (
    OWNER_ONLY_FOLDER,
    write_new,
)
from eservices_adapters.config.installation import (
    in_file,
    read_clinics,
    read_service,
)
from eservices_adapters.config.key_file import create_key
from eservices_adapters.config.mitid import SIMULATED_IN_PUBLIC
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.settings import read_settings
from eservices_adapters.config.settings_writing import write_settings
from eservices_adapters.config.shapes import is_public
from eservices_adapters.config.table import parse_text, toml_string
from eservices_core.clinic.service import Service
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.world import Chance
from eservices_core.words.identifiers import ClinicId

CONFIG_FILE: Final = "eservices.toml"

_SERVICE: Final = """\
# The installation's configuration. Relative paths begin at this file's folder.

[service]
public_url = {public_url}
mail_domain = {mail_domain}
sender = {sender}
"""
_PLACES: Final = """\
key_file = "installation.key"  # or name it in ESERVICES_KEY_FILE; without it the ledger is mute

[store]
kind = "sqlite"
path = "ledger.sqlite"

[mail]
kind = "maildir"
path = "mailbox"

[mail.reports]  # what delivery reports come back to
kind = "maildir"
path = "bounces"

[post]  # of clinics that have bought digital post
kind = "folder"
out = "post"
receipts = "receipts"
reach = "reach.toml"

[calendar]
kind = "ics_files"
path = "calendars"  # CLINIC/PRACTITIONER.ics, of the practitioners in a clinic's settings

[custody]
kind = "folder"
path = "register"

[mitid]
kind = "simulated"
persons = "persons.toml"
demo = {demo}  # true: nobody real is in here, so public_url may be public

[master_cards]
kind = "toml"
path = "cards.toml"

# What the service as a whole chooses about access; each key may be left out.
# [access]
# temporary_password_lifetime = "7 days"
# [access.codes]
# lifetime = "10 min"
"""
_CLINIC: Final = """
[[clinic]]
id = {id}
settings = {settings}  # what it starts from; `eservices settings --show` says what stands
"""
SETTINGS_FOLDER: Final = "clinics"
_FOLDERS: Final = ("mailbox", "register", "calendars", SETTINGS_FOLDER)


def write_config(
    folder: Path,
    chance: Chance,
    *,
    service: Service,
    clinics: Mapping[ClinicId, ClinicSettings],
    demo: bool = False,
) -> Outcome[Path, tuple[ConfigRefusal, ...]]:
    """Set up a folder, and give the path of its eservices.toml.

    Makes the folder, the key (mode 0600), an empty mailbox and register, files without persons
    and cards, a file of settings for each clinic, and last the configuration. What is there
    already is left as it is, so a set-up that was cut off is finished by another; a folder with a
    configuration is refused. `demo` says that nobody real is in it; without that a public origin
    is refused, for MitID is simulated. Needs the extra `cli`.
    """
    head = _SERVICE.format(
        public_url=toml_string(service.public_url),
        mail_domain=toml_string(service.mail_domain),
        sender=toml_string(service.sender.reveal()),
    )
    tail = "".join(
        _CLINIC.format(id=toml_string(str(clinic)), settings=toml_string(_file_of(clinic)))
        for clinic in clinics
    )
    files = {
        _file_of(clinic): write_settings(settings).encode("utf-8", "surrogatepass")
        for clinic, settings in clinics.items()
    }
    places = _PLACES.format(demo=str(demo).lower())
    refusals = _refusals_of(head + tail, files, demo=demo)
    if refusals:
        return Failure(refusals)
    try:
        written = _fill(folder, chance, files, (head + places + tail).encode())
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        return Failure((ConfigRefusal("the folder", "", problem),))
    if not written:
        return Failure((ConfigRefusal("the folder", "", f"has an {CONFIG_FILE} already"),))
    return Success(folder / CONFIG_FILE)


def _file_of(clinic: ClinicId) -> str:
    return f"{SETTINGS_FOLDER}/{clinic}.toml"


def _refusals_of(
    written: str, files: Mapping[str, bytes], *, demo: bool
) -> tuple[ConfigRefusal, ...]:
    """What reading it back would refuse, found before anything is written."""
    refusals: list[ConfigRefusal] = []
    root = parse_text(written, refusals)
    if isinstance(root, Failure):
        return (root.failure(),)
    service = read_service(root.unwrap().table("service", required=True))
    if service is not None and not demo and is_public(service.public_url):
        refusals.append(ConfigRefusal("[mitid]", "kind", SIMULATED_IN_PUBLIC))
    _ = read_clinics(root.unwrap())
    for name, content in files.items():
        settings = read_settings(content)
        if isinstance(settings, Failure):
            refusals += in_file(name, settings.failure())
    return tuple(refusals)


def _fill(folder: Path, chance: Chance, files: Mapping[str, bytes], config: bytes) -> bool:
    if (folder / CONFIG_FILE).exists():
        return False
    for place in (folder, *(folder / name for name in _FOLDERS)):
        with suppress(FileExistsError):
            place.mkdir(OWNER_ONLY_FOLDER, parents=True)
    _ = create_key(folder / "installation.key", chance)
    _ = write_new(folder / "persons.toml", b"# The persons who can identify: [[person]]\n")
    _ = write_new(folder / "reach.toml", b"# Who can get digital post: [reach]\n")
    _ = write_new(folder / "cards.toml", b"# The clinics' master cards: [[card]]\n")
    for name, content in files.items():
        _ = write_new(folder / name, content)
    return write_new(folder / CONFIG_FILE, config)
