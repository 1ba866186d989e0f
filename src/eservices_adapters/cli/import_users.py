"""Taking a file of users over, row by row, each a unit of work of its own; and the report.

Here: the round. Not here: the command (`importing`), and reading rows (`user_rows`).
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from eservices_adapters.cli.says import BadInput
from eservices_adapters.cli.user_rows import UserRow, Wrong, rows_of
from eservices_adapters.compose import Installation
from eservices_adapters.config.files import read_bounded
from eservices_core.clinic.staff import StaffMember
from eservices_core.outcome import Failure, Outcome
from eservices_core.ports.ledger import ByStaff
from eservices_core.usecases.import_user import (
    ImportUser,
    TakenOver,
    UserImported,
    import_user,
    try_import,
)
from eservices_core.usecases.refusal import Refusal
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.identifiers import ClinicId, StaffId

_LIMIT: Final = 64 * 1024 * 1024
_TEXT: Final = "utf-8-sig"


@frozen
class Report:
    """What came of a file; a complaint names line and field, and no value."""

    complaints: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def refused(self) -> bool:
        """Whether any row was not taken."""
        return self.counts["refused"] > 0


def run(
    installation: Installation, path: Path, staff: StaffId, clinic: ClinicId | None, *, apply: bool
) -> Report:
    """Take every row over, or (without `apply`) say what would come of it."""
    content = read_bounded(path, _LIMIT)
    if isinstance(content, Failure):
        raise BadInput("FILE", content.failure().problem)
    try:
        text = content.unwrap().decode(_TEXT)
    except UnicodeDecodeError:
        raise BadInput("FILE", "is not UTF-8") from None
    counts: Counter[str] = Counter({each.value: 0 for each in TakenOver})
    counts["refused"] = counts["names_differ"] = 0
    complaints: list[str] = []
    seen: dict[object, CivilNumber] = {}
    for line, read in rows_of(text):
        said = _row(installation, read, StaffHere(staff, clinic), seen, apply=apply)
        complaints += [f"line {line}, {one}" for one in said.complaints]
        counts[said.what] += 1
        counts["names_differ"] += said.names_differ
    return Report(tuple(complaints), dict(counts))


@frozen
class StaffHere:
    """Who answers for the import, and the clinic of rows that name none."""

    staff: StaffId
    clinic: ClinicId | None


@frozen
class _Said:
    what: str
    complaints: tuple[str, ...] = ()
    names_differ: bool = False


def _row(
    installation: Installation,
    read: Outcome[UserRow, tuple[Wrong, ...]],
    here: StaffHere,
    seen: dict[object, CivilNumber],
    *,
    apply: bool,
) -> _Said:
    if isinstance(read, Failure):
        wrong = tuple(f"{one.field}: {one.what}" for one in read.failure())
        return _Said("refused", wrong)
    row = read.unwrap()
    services = installation.services
    clinic = row.clinic or here.clinic
    if clinic is None or clinic not in services.clinics:
        return _Said("refused", ("clinic: must be one that is here",))
    twice = _twice(row, clinic, seen)
    if twice is not None:
        return _Said("refused", (f"{twice}: stands further up in the file",))
    member = StaffMember(here.staff, clinic)
    command = ImportUser(
        key=f"import-{services.chance.entropy(16).hex()}",
        by=ByStaff(member),
        staff=member,
        number=row.number,
        address=row.email,
        owner=row.owner,
        basis=row.basis,
        username=row.username,
        password=row.password_hash,
        tick=row.tick,
    )
    done = (import_user if apply else try_import)(services, command, installation.foreign)
    if isinstance(done, Failure):
        return _Said("refused", (_why(done.failure()),))
    return _warned(installation, row, clinic, done.unwrap())


def _warned(
    installation: Installation, row: UserRow, clinic: ClinicId, imported: UserImported
) -> _Said:
    card = installation.services.master_cards.card(clinic, row.number)
    differs = bool(row.name) and card is not None and _folded(card.name) != _folded(row.name)
    complaint = ("name: is not the master card's; see that it is the same person",)
    return _Said(imported.what.value, complaint if differs else (), differs)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _twice(row: UserRow, clinic: ClinicId, seen: dict[object, CivilNumber]) -> str | None:
    """Say which field another row has taken already: a person at a clinic, or another's name."""
    if (clinic, row.number) in seen:
        return "number"
    seen[clinic, row.number] = row.number
    if row.username is not None and seen.setdefault(row.username, row.number) != row.number:
        return "username"
    return None


_FIELDS: Final = {
    "no_master_card": "number",
    "number_changed": "number",
    "closed": "number",
    "username_taken": "username",
    "username_missing": "username",
    "password_without_username": "username",
    "unknown_hash": "password_hash",
    "basis_missing": "basis",
    "basis_not_wanted": "basis",
    "only_own_from_15": "owner",
}
"""Which field of a row a refusal is about."""


def _why(refusal: Refusal) -> str:
    return f"{_FIELDS.get(refusal.reason, 'row')}: {refusal.says.staff.en} ({refusal.rule})"
