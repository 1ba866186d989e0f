"""All stand-ins at once, and an installation that is connected to them.

Here: starting them over a folder that `eservices demo` or `write_config` has made, and writing
`connected.toml` beside its eservices.toml. Not here: any of them (`mitid_broker` and its siblings),
and the command (`eservices stand-ins`).

    with stand_ins_for(folder).unwrap() as there:
        there.config  # FOLDER/connected.toml

connected.toml is the same installation, with the same ledger and key; only [mitid], [custody],
[post] and [calendar] point elsewhere, at this machine. It is written anew at each start, and what
it names is gone when the stand-ins have ended.
"""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

from attrs import define, field, frozen

from eservices_adapters.clock import SystemChance, SystemClock
from eservices_adapters.config.calendar import IcsFileCalendars
from eservices_adapters.config.custody import FolderCustody
from eservices_adapters.config.files import OWNER_ONLY_FOLDER, write_whole
from eservices_adapters.config.installation import Config, read_config
from eservices_adapters.config.mitid import CALLBACK_PATH, SimulatedMitidPersons
from eservices_adapters.config.post import FolderDigitalPost
from eservices_adapters.config.setup import CONFIG_FILE
from eservices_adapters.mitid.persons import TestPerson, read_persons
from eservices_adapters.stand_ins.caldav import CalDavStandIn, Manners
from eservices_adapters.stand_ins.custody_register import CustodyRegisterStandIn, documents_in
from eservices_adapters.stand_ins.digital_post import into_folder
from eservices_adapters.stand_ins.kombi_server import DigitalPostStandIn
from eservices_adapters.stand_ins.mitid_broker import StandInBroker, some_persons
from eservices_adapters.stand_ins.serving import listening
from eservices_core.outcome import Failure, Outcome, Success

CONNECTED: Final = "connected.toml"
_SECRETS: Final = "connected"
_NAME: Final = "eservices"
_ENTROPY: Final = 24
_HEAD: Final = f"# {CONFIG_FILE}, connected to stand-ins of this machine; written at every start.\n"


@frozen(kw_only=True)
class Ports:
    """Where each listens; 0 for any port that is free."""

    mitid: int = 0
    custody: int = 0
    post: int = 0
    calendar: int = 0


@define(eq=False)
class StandIns:
    """The four of them; inside a `with` they listen, and `config` is written.

    Attributes:
        folder: where the installation lies.
        config: FOLDER/connected.toml.
        broker, register, post, calendars: the stand-ins, to be told to misbehave; once entered.
        addresses: where each listens, by the name of its section; once entered.
    """

    folder: Path
    _read: Config = field(repr=False)
    _persons: tuple[TestPerson, ...] = field(repr=False)
    _ports: Ports
    broker: StandInBroker = field(init=False, repr=False)
    register: CustodyRegisterStandIn = field(init=False, repr=False)
    post: DigitalPostStandIn = field(init=False, repr=False)
    calendars: CalDavStandIn = field(init=False, repr=False)
    addresses: Mapping[str, str] = field(init=False)
    _running: ExitStack = field(init=False, repr=False)

    @property
    def config(self) -> Path:
        """The configuration of the installation that is connected."""
        return self.folder / CONNECTED

    def __enter__(self) -> Self:
        """Start them; raises OSError where a port is taken or the folder cannot be written."""
        with ExitStack() as running:
            self._start(running)
            self._running = running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _start(self, running: ExitStack) -> None:
        clock, chance = SystemClock(), SystemChance()
        secrets = {name: chance.entropy(_ENTROPY).hex() for name in ("mitid", "post", "calendar")}
        folder = self.folder / _SECRETS
        folder.mkdir(OWNER_ONLY_FOLDER, exist_ok=True)
        for name, secret in secrets.items():
            write_whole(folder / name, f"{secret}\n".encode())
        place = running.enter_context(listening(self._ports.mitid))
        callback = f"{self._read.service.public_url}{CALLBACK_PATH}"
        self.broker = StandInBroker(
            *(place.url, _NAME, secrets["mitid"], callback, self._persons, clock, chance),
            takes_loopback=True,
        )
        place.answer = self.broker.answer
        assert isinstance(self._read.custody, FolderCustody), "stand_ins_for has looked"
        documents = documents_in(self._read.custody.path)
        register = CustodyRegisterStandIn(documents, port=self._ports.custody)
        self.register = running.enter_context(register)
        deliver = into_folder(self._receipts())
        self.post = running.enter_context(
            DigitalPostStandIn(deliver, clock.now, port=self._ports.post, token=secrets["post"])
        )
        self.calendars = running.enter_context(
            CalDavStandIn(
                self._collections(), Manners(), (_NAME, secrets["calendar"]), self._ports.calendar
            )
        )
        self.addresses = {
            "mitid": place.url,
            "custody": self.register.url,
            "post": self.post.url,
            "calendar": self.calendars.url(),
        }
        write_whole(self.config, self._connected().encode())

    def _receipts(self) -> Path:
        chosen = self._read.post
        return self.folder / "receipts" if chosen is None else chosen.receipts

    def _collections(self) -> Sequence[str]:
        return [
            f"/{clinic}/{each.practitioner}/"
            for clinic, settings in self._read.clinics.items()
            for each in settings.booking.practitioners
        ]

    def _connected(self) -> str:
        import tomli_w  # noqa: PLC0415  it comes with the extra cli

        document: dict[str, Any] = tomllib.loads((self.folder / CONFIG_FILE).read_text("utf-8"))
        before = document.get("mitid", {})
        demo = {"demo": before["demo"]} if "demo" in before else {}
        document["mitid"] = demo | {
            "kind": "oidc",
            "broker": "nets",
            "issuer": self.addresses["mitid"],
            "client_id": _NAME,
            "client_secret_file": f"{_SECRETS}/mitid",
        }
        document["custody"] = {"kind": "dgcpr", "url": self.addresses["custody"]}
        post = document.get("post", {})
        version = {"version": post["version"]} if "version" in post else {}
        document["post"] = version | {
            "kind": "sf1601",
            "url": self.addresses["post"],
            "send_token_file": f"{_SECRETS}/post",
            "ask_token_file": f"{_SECRETS}/post",
            "receipts": str(self._receipts().absolute()),
        }
        document["calendar"] = {
            "kind": "caldav",
            "url": f"{self.addresses['calendar']}{{clinic}}/{{practitioner}}/",
            "user": _NAME,
            "password_file": f"{_SECRETS}/calendar",
        }
        return _HEAD + tomli_w.dumps(document)


def stand_ins_for(folder: Path, ports: Ports = Ports()) -> Outcome[StandIns, tuple[str, ...]]:
    """Make ready the stand-ins of an installation, or say why there can be none.

    The broker knows the persons of [mitid] persons and, of other names, four of its own (one is let
    in, three are not); the register answers what [custody]'s folder holds; everybody can get
    digital post, and receipts go where [post] says; each practitioner of the clinics' settings has
    a calendar, which begins empty. They need the extras cli, mitid, custody, post and caldav.
    """
    read = read_config(folder / CONFIG_FILE)
    if isinstance(read, Failure):
        return Failure(tuple(map(str, read.failure())))
    config = read.unwrap()
    if not isinstance(config.mitid, SimulatedMitidPersons):
        return Failure(('[mitid] kind: is not "simulated"; the broker stands in for one that is',))
    if not isinstance(config.custody, FolderCustody):
        return Failure(('[custody] kind: is not "folder"; the register answers from a folder',))
    if not isinstance(config.post, FolderDigitalPost | None):
        return Failure(('[post] kind: is not "folder"; digital post stands in for one that is',))
    if not isinstance(config.calendar, IcsFileCalendars | None):
        return Failure(('[calendar] kind: is not "ics_files"; the server stands in for files',))
    persons = read_persons(config.mitid.persons)
    if isinstance(persons, Failure):
        return Failure(tuple(map(str, persons.failure())))
    known = {person.key for person in persons.unwrap()}
    more = tuple(person for person in some_persons() if person.key not in known)
    return Success(StandIns(folder, config, (*persons.unwrap(), *more), ports))
