"""Who a command is about: finding users, and folding what the rules ask about them.

Here: reading only. Every use case gathers its facts here, so that all of them ask the same.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime

from attrs import frozen

from eservices_core import events
from eservices_core.access import address, association, browsers, guardianship, session
from eservices_core.access.facts import Guardian, Tick, age_at, measure_at
from eservices_core.access.login import TwoFactorLogin
from eservices_core.access.session import Membership, PasswordDuty
from eservices_core.access.user import must_change_password, status_of
from eservices_core.clinic.master_card import MasterCard
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import Name, NameKind
from eservices_core.usecases.unit import Unit
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import is_under_fifteen, turns_fifteen_at
from eservices_core.words.email_address import AddressOwner, EmailAddress
from eservices_core.words.identifiers import BrowserId, ClinicId, ContentId, UserId
from eservices_core.words.keyed import Keys


@frozen
class Person:
    """Whom a user stands for.

    Attributes:
        number: the CPR number, or a replacement number.
        birth_date: the register's where it is known, else the number's (D-ACC-5).
    """

    number: CivilNumber
    birth_date: date

    @property
    def turns_fifteen_at(self) -> datetime:
        """The instant at which 'under 15' ends."""
        return turns_fifteen_at(self.birth_date)


# --- content records ---------------------------------------------------------------------------


def person_record(user: UserId) -> ContentId:
    """Name the record that holds whom a user stands for."""
    return ContentId(f"person-{user}")


def username_record(user: UserId) -> ContentId:
    """Name the record that holds a user's username, as text."""
    return ContentId(f"username-{user}")


def has_username(unit: Unit, user: UserId) -> bool:
    """True if the user can log in with two-factor by name; who came by MitID may have none."""
    return unit.content(username_record(user)) is not None


def is_known(unit: Unit, user: UserId) -> bool:
    """True until who a closed user was is erased (D-KEEP-1)."""
    return unit.content(person_record(user)) is not None


def write_person(number: CivilNumber, registered_birth_date: date | None) -> str:
    """Write the record of a person."""
    born = registered_birth_date.isoformat() if registered_birth_date else None
    return json.dumps({"number": number.reveal(), "birth_date": born})


def person_of(unit: Unit, user: UserId) -> Person:
    """Read whom a user stands for; one that is not known any more is not asked about."""
    text = unit.content(person_record(user))
    assert text is not None, "who is not known is not asked about"
    return read_person(text)


def read_person(text: str) -> Person:
    """Read the record of a person."""
    record = json.loads(text)
    number = CivilNumber.parse(record["number"]).unwrap()
    born = record["birth_date"]
    return Person(number, date.fromisoformat(born) if born else number.birth_date)


# --- names -------------------------------------------------------------------------------------


def number_name(keys: Keys, number: CivilNumber, clinic: ClinicId | None) -> Name:
    """Name a number. One that is not unique in the country is unique at one clinic (D-ACC-16)."""
    if number.unique_nationally:
        return Name(NameKind.NUMBER, keys.number(number))
    assert clinic is not None, "such a number belongs to a clinic"
    return Name(NameKind.NUMBER, keys.number_at(str(clinic), number))


def user_of_number(
    unit: Unit, number: CivilNumber, clinic: ClinicId | None = None
) -> UserId | None:
    """Find the user of a number, as one clinic knows it."""
    if clinic is None and not number.unique_nationally:
        return None
    return unit.holder(number_name(unit.services.keys, number, clinic))


def user_of_earlier_number(unit: Unit, number: CivilNumber, clinic: ClinicId) -> UserId | None:
    """Find who holds a number that a clinic's card calls an earlier one of this person (D-ACC-16).

    A card is one clinic's word: it is followed by that clinic's staff, and never by a login.
    """
    card = card_of(unit, clinic, number)
    earlier = () if card is None else card.former_numbers
    holders = (user_of_number(unit, one, clinic) for one in earlier)
    return next((holder for holder in holders if holder is not None), None)


def has_earlier_number(unit: Unit, number: CivilNumber) -> bool:
    """True if any clinic's card says that a patient of theirs goes by this number now (D-ACC-105).

    Then nobody makes a second account of it: the clinic changes the number first.
    """
    for clinic in unit.services.clinics:
        holder = user_of_earlier_number(unit, number, clinic)
        if holder is not None and is_patient_of(unit, clinic, holder):
            return True
    return False


# --- clinics -----------------------------------------------------------------------------------


def association_key(clinic: ClinicId, user: UserId) -> str:
    """Key of the stream of one clinic and one user."""
    return f"{clinic}/{user}"


def association_of(unit: Unit, clinic: ClinicId, user: UserId) -> association.Association:
    """Fold what a clinic and a user have to do with each other."""
    return unit.state(events.ASSOCIATION, association_key(clinic, user))


def associated_clinics(unit: Unit, user: UserId) -> Iterator[ClinicId]:
    """Give the clinics that the user is associated with now."""
    for clinic in unit.state(events.CLINICS, user):
        if association.is_associated(association_of(unit, clinic, user)):
            yield clinic


def is_patient_of(unit: Unit, clinic: ClinicId, user: UserId) -> bool:
    """True if the clinic may act for the user; who is not yours answers as nobody (D-LOG-2)."""
    return association.is_associated(association_of(unit, clinic, user))


def tick_of_clinic(unit: Unit, clinic: ClinicId, user: UserId) -> Tick:
    """Say whether this clinic vouches that the user cannot use MitID."""
    return association.tick_of(association_of(unit, clinic, user))


def any_tick(unit: Unit, user: UserId) -> Tick:
    """Say whether any associated clinic vouches that the user cannot use MitID."""
    ticks = (
        association.tick_of(association_of(unit, clinic, user))
        for clinic in unit.state(events.CLINICS, user)
    )
    return Tick.SET if Tick.SET in ticks else Tick.NOT_SET


def card_of(unit: Unit, clinic: ClinicId, number: CivilNumber) -> MasterCard | None:
    """Find the master card of a person at a clinic."""
    return unit.services.master_cards.card(clinic, number)


def is_child(unit: Unit, user: UserId) -> bool:
    """True while the person is under 15 (D-ACC-5)."""
    return is_under_fifteen(person_of(unit, user).birth_date, unit.at)


# --- facts for the tables ----------------------------------------------------------------------


def guardian_of(unit: Unit, user: UserId) -> Guardian:
    """Say whether a verified guardian stands behind the user now (D-ACC-9)."""
    state = unit.state(events.GUARDIANSHIP, user)
    return guardianship.stands(state, unit.at, unit.services.access.custody_stands_for)


def two_factor_facts(unit: Unit, user: UserId, *, on_known_browser: bool) -> TwoFactorLogin:
    """Fold the facts of a two-factor login, all of them as they are now (D-ACC-15)."""
    settings = unit.services.access
    return TwoFactorLogin(
        user=status_of(unit.state(events.USER, user), on_known_browser=on_known_browser),
        measure=measure_at(unit.at, settings.mitid_required_from),
        age=age_at(person_of(unit, user).birth_date, unit.at),
        tick=any_tick(unit, user),
        guardian=guardian_of(unit, user),
    )


def reach_facts(
    unit: Unit, user: UserId, clinic: ClinicId | None, method: session.Method
) -> session.ReachFacts:
    """Fold the facts of a session's reach to one clinic, all of them as they are now.

    A clinic of None stands for the user's own affairs, which any clinic's tick opens.
    """
    state = unit.state(events.USER, user)
    here = None if clinic is None else association_of(unit, clinic, user)
    associated = here is None or association.is_associated(here)
    return session.ReachFacts(
        method=method,
        user=status_of(state, on_known_browser=True),
        duty=PasswordDuty.CHANGE_FIRST if must_change_password(state) else PasswordDuty.NONE,
        membership=Membership.ASSOCIATED if associated else Membership.NOT_ASSOCIATED,
        measure=measure_at(unit.at, unit.services.access.mitid_required_from),
        age=age_at(person_of(unit, user).birth_date, unit.at),
        tick=any_tick(unit, user) if here is None else association.tick_of(here),
        guardian=guardian_of(unit, user),
    )


# --- addresses and browsers --------------------------------------------------------------------


def address_of(unit: Unit, user: UserId) -> address.Address | None:
    """Give the address that the user's mail may go to now; None where there is none."""
    state = unit.state(events.ADDRESS, user)
    return address.in_use(state, person_of(unit, user).turns_fifteen_at, unit.at)


def mail_stops_at(unit: Unit, user: UserId, used: address.Address) -> datetime | None:
    """Say from when on no mail leaves for an address: the 15th birthday, unless it is their own.

    So mail that is on its way to a guardian's address that night does not arrive (D-ACC-5).
    """
    birthday = person_of(unit, user).turns_fifteen_at
    childs = used.owner is not AddressOwner.OWN and used.set_at < birthday
    return birthday if childs else None


def read_address(unit: Unit, record: ContentId) -> EmailAddress | None:
    """Read an address from its record; None if it was erased."""
    text = unit.content(record)
    if text is None:
        return None
    parsed = EmailAddress.parse(text)
    return None if isinstance(parsed, Failure) else parsed.unwrap()


def knows_browser(unit: Unit, user: UserId, browser: BrowserId) -> bool:
    """True if the user has logged in wholly in this browser before."""
    return browsers.is_known(unit.state(events.BROWSERS, user), browser, unit.at)
