"""The people of the demonstration, with MedCom's published test numbers (test use only).

Kinship follows the published list as far as it goes; who holds custody is ours to say, and is said
in the register's own words.
"""

from typing import Final

from attrs import field, frozen

from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.email_address import EmailAddress


@frozen
class Patient:
    """One of them: how the script calls them, their test number, and where their mail goes."""

    name: str
    number: CivilNumber
    address: str = field(repr=False)

    @property
    def email(self) -> EmailAddress:
        """Where their mail goes."""
        return EmailAddress.parse(self.address).unwrap()


def _patient(name: str, number: str, address: str | None = None) -> Patient:
    parsed = CivilNumber.parse(number).unwrap()
    return Patient(name, parsed, address or f"{name.lower()}@patient.example")


MAX: Final = _patient("Max", "0107729995")
NANCY: Final = _patient("Nancy", "2512489996")
KIRSTEN: Final = _patient("Kirsten", "2911829996")
ANDERS: Final = _patient("Anders", "3103979995")
GITTE: Final = _patient("Gitte", "0505109990")
AYA: Final = _patient("Aya", "0505239996", KIRSTEN.address)

TOVE: Final = _patient("Tove", "0712614455")
"""Somebody of whom the clinic knows nothing; her number is used by nobody here."""

ADULTS: Final = (MAX, NANCY, KIRSTEN, ANDERS)

CUSTODY: Final = {
    GITTE: ((KIRSTEN, "mor"), (ANDERS, "far_uden")),
    AYA: ((KIRSTEN, "mor"),),
}
"""Who stands in the register's list of a child, and as what: the last is a parent *without*."""
