"""The installation's configuration, and the reading of small TOML files that adapters share.

Here: what an installation chooses, and refusing to start on what is missing or unsafe. Not here:
building adapters from it (`compose`), and what a clinic chooses in its own administration.
"""

from eservices_adapters.config.custody import (
    Custody,
    DgcprCustody,
    ExtractCustody,
    FolderCustody,
)
from eservices_adapters.config.installation import (
    KEY_FILE_VARIABLE,
    Config,
    FolderJournal,
    FolderMinLog,
    TomlCards,
    read_config,
)
from eservices_adapters.config.key_file import InstallationKey
from eservices_adapters.config.mail import Mail, MaildirMail
from eservices_adapters.config.mitid import OidcBroker, SimulatedMitidPersons
from eservices_adapters.config.post import FolderDigitalPost, Sf1601DigitalPost
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.setup import CONFIG_FILE, write_config
from eservices_adapters.config.store import PostgresStore, SqliteStore, Store

__all__ = [
    "CONFIG_FILE",
    "KEY_FILE_VARIABLE",
    "Config",
    "ConfigRefusal",
    "Custody",
    "DgcprCustody",
    "ExtractCustody",
    "FolderCustody",
    "FolderDigitalPost",
    "FolderJournal",
    "FolderMinLog",
    "InstallationKey",
    "Mail",
    "MaildirMail",
    "OidcBroker",
    "PostgresStore",
    "Sf1601DigitalPost",
    "SimulatedMitidPersons",
    "SqliteStore",
    "Store",
    "TomlCards",
    "read_config",
    "write_config",
]
