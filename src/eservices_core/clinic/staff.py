"""Staff: who acted for the clinic, and how they saw that a person is who they say.

Here: names for acts. Not here: how staff log in, and what a role may do (D-STAFF-1, later).
"""

from enum import Enum, unique

from attrs import frozen

from eservices_core.words.identifiers import ClinicId, StaffId


@unique
class IdentityEvidence(Enum):
    """How staff verified a person's identity (D-ACC-11); closed.

    Knowing a CPR number is not on the list on purpose: it is no secret.
    """

    PASSPORT = "passport"
    DRIVING_LICENCE = "driving_licence"
    NATIONAL_ID_CARD = "national_id_card"
    RESIDENCE_CARD = "residence_card"
    KNOWN_IN_PERSON = "known_in_person"
    CALLED_BACK = "called_back"
    """Staff called back, on the number that already stood on the master card."""

    @property
    def seen_in_person(self) -> bool:
        """True if the person stood before staff (D-ACC-14: then an address may be used at once)."""
        return self is not IdentityEvidence.CALLED_BACK


@frozen
class StaffMember:
    """A named person who acts for one clinic."""

    staff: StaffId
    clinic: ClinicId
