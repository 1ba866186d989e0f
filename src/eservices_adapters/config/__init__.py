"""The installation's configuration, and the reading of small TOML files that adapters share.

Here: what an installation chooses, and refusing to start on what is missing or unsafe. Not here:
building adapters from it (`compose`), and what a clinic chooses in its own administration.
"""

from eservices_adapters.config.installation import (
    KEY_FILE_VARIABLE,
    Config,
    FolderCustody,
    FolderDigitalPost,
    FolderJournal,
    FolderMinLog,
    SimulatedMitidPersons,
    TomlCards,
    read_config,
)
from eservices_adapters.config.key_file import InstallationKey
from eservices_adapters.config.mail import Mail, MaildirMail
from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.setup import CONFIG_FILE, write_config
from eservices_adapters.config.store import PostgresStore, SqliteStore, Store

__all__ = [
    "CONFIG_FILE",
    "KEY_FILE_VARIABLE",
    "Config",
    "ConfigRefusal",
    "FolderCustody",
    "FolderDigitalPost",
    "FolderJournal",
    "FolderMinLog",
    "InstallationKey",
    "Mail",
    "MaildirMail",
    "PostgresStore",
    "SimulatedMitidPersons",
    "SqliteStore",
    "Store",
    "TomlCards",
    "read_config",
    "write_config",
]
