"""What users, sign-ups, custody and attempts leave on lists (S-MAIL-4, D-ACC-9, D-KEEP-1)."""

from collections.abc import Iterator
from typing import Final

from eservices_core.access import association, guardian, guardianship, mitid_attempt, user
from eservices_core.ports.lists import Listed, PutOnList, TakeOffList
from eservices_core.views.happened import Around, Happened, ListAct
from eservices_core.views.names import EndedKind, Rank, ended_of, patients_of
from eservices_core.views.worklist import laid, taken_off
from eservices_core.words.identifiers import ClinicId, UserId
from eservices_core.worklist.items import ItemKind, ItemRef


def registrations(happened: Happened, around: Around) -> Iterator[ListAct]:
    """A sign-up lies on the worklist until it is answered (S-MAIL-4); patients are listed."""
    clinic_key, _, user_key = happened.stream.key.partition("/")
    clinic, account = ClinicId(clinic_key), UserId(user_key)
    item = ItemRef(ItemKind.REGISTRATION, user_key)
    match happened.event:
        case association.ApprovalAsked():
            yield from laid(happened, around, clinic, item, account)
        case (
            association.ClinicAssociated()
            | association.ApprovalDeclined()
            | association.ClinicDissociated()
        ) if isinstance(happened.before, association.AwaitingApproval):
            yield from taken_off(clinic, item)
        case _:
            pass
    match happened.event:
        case association.ClinicAssociated():
            yield PutOnList(patients_of(clinic), Listed(user_key, happened.at, about=account))
        case association.ClinicDissociated():
            yield TakeOffList(patients_of(clinic), user_key)
        case _:
            pass


FOR_STAFF: Final = frozenset(
    {guardianship.EndedBecause.CUSTODY_ENDED, guardianship.EndedBecause.CANNOT_BE_CONFIRMED}
)
"""What staff cannot know otherwise; a birthday and their own withdrawal they do."""


def custody(happened: Happened, around: Around) -> Iterator[ListAct]:
    """Custody that has ended lies on each clinic's worklist, until it stands again (D-ACC-9)."""
    account = UserId(happened.stream.key)
    item = ItemRef(ItemKind.CUSTODY, str(account))
    match happened.event:
        case guardianship.GuardianshipEnded(because) if because in FOR_STAFF:
            for clinic in around.clinics_of(account):
                if around.is_with(clinic, account):
                    yield from laid(happened, around, clinic, item, account, Rank.TROUBLE)
        case guardianship.GuardianVerified() | guardianship.GuardianVerifiedByHand():
            for clinic in around.clinics_of(account):
                yield from taken_off(clinic, item)
        case _:
            pass


def attempts(happened: Happened, _around: Around) -> Iterator[ListAct]:
    """An attempt is kept from its beginning on, as nothing happens where it is abandoned."""
    match happened.event:
        case mitid_attempt.SentToMitid():
            kind = EndedKind.MITID_ATTEMPT
        case guardian.NumbersStated():
            kind = EndedKind.GUARDIAN
        case _:
            return
    yield PutOnList(ended_of(None, kind), Listed(happened.stream.key, happened.at))


def users(happened: Happened, _around: Around) -> Iterator[ListAct]:
    """A closed user is kept for a time, unless the clinic creates them again (D-KEEP-1)."""
    kept, key = ended_of(None, EndedKind.USER), happened.stream.key
    match happened.event:
        case user.UserClosed():
            yield PutOnList(kept, Listed(key, happened.at, about=UserId(key)))
        case user.UserCreated() if isinstance(happened.before, user.Closed):
            yield TakeOffList(kept, key)
        case _:
            pass
