"""The composition root: a configuration in, ready services out. Nothing else builds an adapter.

Clock and chance can be given, for a demonstration on a clock that somebody winds.
"""

from functools import partial

from attrs import frozen

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.installation import Config
from eservices_adapters.custody.folder import FolderRegister
from eservices_adapters.email.maildir import MaildirTransport
from eservices_adapters.master_cards.toml_file import TomlMasterCards
from eservices_adapters.mitid.persons import read_persons
from eservices_adapters.mitid.simulated import SimulatedMitid
from eservices_adapters.password.argon2 import Argon2Hasher
from eservices_adapters.store.sqlite import SqliteLedger
from eservices_core.correspondence.bounces import return_path
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import Archive, Outbox
from eservices_core.ports.world import Chance, Clock, MailTransport
from eservices_core.usecases.services import Services


@frozen(kw_only=True)
class Installation:
    """All that entry points are given.

    Attributes:
        services: for the use cases.
        archive: for looking back.
        outbox: the mails that wait, and `transport`, which hands them over.
        simulated_mitid: where persons are chosen, as long as MitID is simulated.
    """

    services: Services
    archive: Archive
    outbox: Outbox
    transport: MailTransport
    simulated_mitid: SimulatedMitid


def compose(
    config: Config, *, clock: Clock | None = None, chance: Chance | None = None
) -> Outcome[Installation, tuple[str, ...]]:
    """Build every adapter that a configuration names, or say line by line what is wrong.

    Raises what an adapter raises when it is opened: a ledger of a newer program, spoilt cards.
    """
    clock = clock or SystemClock()
    persons = read_persons(config.mitid.persons)
    if isinstance(persons, Failure):
        return Failure(tuple(str(refusal) for refusal in persons.failure()))
    mitid = SimulatedMitid(persons.unwrap(), clock, config.key.derived("simulated-mitid"))
    keys = config.key.keys()
    ledger = SqliteLedger(config.store.path)
    services = Services(
        ledger=ledger,
        records=ledger,
        register=FolderRegister(config.custody.path),
        mitid=mitid,
        master_cards=TomlMasterCards(config.master_cards.path),
        hasher=Argon2Hasher(),
        clock=clock,
        chance=chance or SystemChance(),
        keys=keys,
        service=config.service,
        access=config.access,
        clinics=config.clinics,
    )
    return Success(
        Installation(
            services=services,
            archive=ledger,
            outbox=ledger,
            transport=MaildirTransport(
                config.mail.path, partial(return_path, keys, config.service)
            ),
            simulated_mitid=mitid,
        )
    )
