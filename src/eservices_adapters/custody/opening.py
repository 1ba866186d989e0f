"""The custody register as [custody] chose it: opened, and looked at before it is needed.

Here: the adapter out of its section, and the findings of a check that asks about nobody. Not here:
the section (`config.custody`).
"""

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, assert_never

from eservices_adapters.config.custody import Custody, DgcprCustody, ExtractCustody, FolderCustody
from eservices_adapters.config.files import open_regular
from eservices_adapters.config.findings import Looked
from eservices_adapters.custody.credential import Credential, IdCardFile, NoCredential
from eservices_adapters.custody.extract import ExtractRegister
from eservices_adapters.custody.extract_file import scan
from eservices_adapters.custody.folder import FolderRegister
from eservices_adapters.custody.soap import SoapRegister
from eservices_adapters.wire_http.driver import Bounds, HttpDriver
from eservices_adapters.wire_http.exchange import Answer, Exchange, Request, Response
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.custody_register import CustodyRegister
from eservices_core.ports.world import Chance, Clock
from eservices_core.words.clinic_time import clinic_date

_NO_CERTIFICATES: Final = "[custody] trusted_file: holds no certificates in PEM"
_EXPIRES_SOON: Final = timedelta(hours=1)


def open_register(chosen: Custody, clock: Clock, chance: Chance) -> Outcome[CustodyRegister, str]:
    """Open the register that [custody] says, or say what is wrong with it."""
    match chosen:
        case FolderCustody(path):
            return Success(FolderRegister(path))
        case ExtractCustody(path, stands_for):
            return Success(ExtractRegister(path, clock, stands_for))
        case DgcprCustody():
            soap = open_dgcpr(chosen, clock, chance)
            return Failure(_NO_CERTIFICATES) if soap is None else Success(soap)
        case _:
            assert_never(chosen)


def open_dgcpr(chosen: DgcprCustody, clock: Clock, chance: Chance) -> SoapRegister | None:
    """Open the service itself; None where the file of whom to trust cannot be used."""
    tls = _tls(chosen.trusted)
    if tls is None:
        return None
    driver = HttpDriver(Bounds(seconds=chosen.deadline.total_seconds()), tls)
    return SoapRegister(chosen.url, _credential(chosen), driver, clock, chance)


def check(chosen: Custody, clock: Clock) -> Iterator[Looked]:
    """Look at what the register needs: its file and how old it is, its ID card, its line."""
    match chosen:
        case FolderCustody(path):
            count = len(list(path.glob("*.xml"))) if path.is_dir() else 0
            yield Looked(count > 0, f"the folder of answers has {count} files")
        case ExtractCustody():
            yield _check_extract(chosen, clock.now())
        case DgcprCustody():
            yield from _check_dgcpr(chosen, clock.now())
        case _:
            assert_never(chosen)


def _check_extract(chosen: ExtractCustody, at: datetime) -> Looked:
    try:
        with open_regular(chosen.path) as file:
            read = scan(file, frozenset())
    except OSError:
        return Looked(is_well=False, says="the extract cannot be opened")
    if isinstance(read, Failure):
        defect = read.failure().defect.value
        return Looked(is_well=False, says=f"the extract cannot be read ({defect})")
    age = clinic_date(at) - read.unwrap().produced
    said = f"the extract is whole, and {age.days} days old of {chosen.stands_for.days} at most"
    return Looked(timedelta(0) <= age <= chosen.stands_for, said)


def _check_dgcpr(chosen: DgcprCustody, at: datetime) -> Iterator[Looked]:
    header = _credential(chosen).header(at)
    if isinstance(header, Failure):
        expected = header.failure().value
        yield Looked(is_well=False, says=f"the ID card cannot be used: expected {expected}")
    elif chosen.id_card is not None:
        expires = header.unwrap().expires
        left = None if expires is None else expires - at
        hours = "" if left is None else f" for {left // timedelta(hours=1)} hours more"
        yield Looked(left is None or left > _EXPIRES_SOON, f"the ID card is valid{hours}")
    tls = _tls(chosen.trusted)
    if tls is None:
        yield Looked(is_well=False, says="the file of whom to trust holds no certificates in PEM")
        return
    bounds = Bounds(seconds=chosen.deadline.total_seconds())
    answer = HttpDriver(bounds, tls).run(_knock(chosen.url))
    why = "" if isinstance(answer, Response) else f" ({answer.why.value})"
    yield Looked(isinstance(answer, Response), f"the register answers{why}")


def _knock(url: str) -> Exchange[Answer]:
    """Ask for nothing: any answer at all, a refusal too, means that somebody is there."""
    return (yield Request("GET", url))


def _credential(chosen: DgcprCustody) -> Credential:
    return NoCredential() if chosen.id_card is None else IdCardFile(chosen.id_card, chosen.level)


def _tls(trusted: Path | None) -> ssl.SSLContext | None:
    """What is trusted; None where a file was named and holds no certificates."""
    try:
        return ssl.create_default_context(cafile=trusted)
    except (OSError, ssl.SSLError):
        return None
