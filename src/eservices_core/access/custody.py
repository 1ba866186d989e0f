"""Custody: what the register's answer means for a person who says they are the guardian.

Here: the register's half of a guardian verification (D-ACC-7, D-ACC-8, D-ACC-19), as one table
over folded facts, in the order of D-ACC-101. Not here: the guardian's MitID (`mitid`), the steps in
between (`guardian`), and how a register is asked (an adapter).

The trap that this module exists for: the register also lists parents *without* custody. Standing
in a list is never enough.
"""

from datetime import date, datetime
from enum import Enum, unique
from typing import Final, TypeAlias

from attrs import field, frozen

from eservices_core.access.facts import Age, age_at
from eservices_core.clinic.master_card import Protection
from eservices_core.clinic.settings import Guardianship
from eservices_core.tables import Cells, Fact, Row, Table, any_of, when
from eservices_core.texts import CANNOT_VERIFY_PUBLIC, NextStep, Says, Text, staff_only
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import age_on, clinic_date

_AGE_OF_PATIENT: Final = 15
_AGE_OF_MAJORITY: Final = 18

# --- what a register answers -------------------------------------------------------------------


@unique
class Relation(Enum):
    """How a person in the register's list is related to the child."""

    MOTHER = "mother"
    FATHER = "father"
    OTHER_HOLDER = "other_holder"
    APPOINTED_GUARDIAN = "appointed_guardian"
    MOTHER_WITHOUT_CUSTODY = "mother_without_custody"
    FATHER_WITHOUT_CUSTODY = "father_without_custody"
    UNKNOWN = "unknown"


_WITH_CUSTODY: Final = frozenset({Relation.MOTHER, Relation.FATHER, Relation.OTHER_HOLDER})
_VOUCHED_FOR: Final = (
    Relation.MOTHER,
    Relation.FATHER,
    Relation.OTHER_HOLDER,
    Relation.APPOINTED_GUARDIAN,
)
_WITHOUT_CUSTODY: Final = frozenset(
    {Relation.MOTHER_WITHOUT_CUSTODY, Relation.FATHER_WITHOUT_CUSTODY}
)


@frozen
class Relative:
    """One entry of the register's list.

    Attributes:
        number: who it is; None where the register gives no CPR number.
        relation: how they are related; UNKNOWN for a word that we do not know.
        begins: first day, where the register gives one.
        ends: the day on which it has ended, where the register gives one.
    """

    number: CivilNumber | None
    relation: Relation
    begins: date | None = None
    ends: date | None = None

    def stands_on(self, day: date) -> bool:
        """Begun and not ended; a missing date is open."""
        return (self.begins is None or self.begins <= day) and (
            self.ends is None or day < self.ends
        )


@unique
class CivilStatus(Fact):
    """Whether a person lives under their number: not dead, missing, emigrated or annulled."""

    LIVING = "living"
    GONE = "gone"


@frozen
class RegisterAnswer:
    """What the custody register says about one person, now.

    Attributes:
        version: the register's version of the answer, kept as evidence.
        number: whom the answer is about.
        birth_date: the registered birth date.
        status: whether they live under a number of theirs.
        protection: whether name or address is protected.
        relatives: those with and without custody, as listed.
        other_numbers: numbers that the register calls earlier or current ones of this person.
        successor: the current number, where the one asked about has been changed.
    """

    version: str
    number: CivilNumber
    birth_date: date
    status: CivilStatus
    protection: Protection
    relatives: tuple[Relative, ...] = ()
    other_numbers: frozenset[CivilNumber] = field(default=frozenset())
    successor: CivilNumber | None = None

    @property
    def all_numbers(self) -> frozenset[CivilNumber]:
        """Every number that the register calls this person's."""
        numbers = {self.number, *self.other_numbers}
        return frozenset(numbers if self.successor is None else {*numbers, self.successor})

    def is_about(self, number: CivilNumber) -> bool:
        """Match on the number that was asked about, or one that the register calls the same."""
        return number in self.all_numbers


@unique
class RegisterFailure(Enum):
    """Why the register gave no answer; never an answer itself, and never 'no custody'."""

    SILENT = "silent"
    VERSION_CANNOT_ANSWER = "version_cannot_answer"
    NOT_IN_REGISTER = "not_in_register"


RegisterSaid: TypeAlias = RegisterAnswer | RegisterFailure


# --- the facts ---------------------------------------------------------------------------------


@unique
class Answer(Fact):
    """What kind of answer the register gave."""

    USABLE = "usable"
    ABOUT_ANOTHER = "about_another"
    OLD_VERSION = "old_version"
    NOT_IN_REGISTER = "not_in_register"
    SILENT = "silent"


@unique
class Persons(Fact):
    """Whether child and guardian are two people."""

    TWO = "two"
    SAME = "same"


@unique
class Standing(Fact):
    """How the stated guardian stands to the child today."""

    CUSTODY = "custody"
    APPOINTED_AND_COUNTS = "appointed_and_counts"
    APPOINTED_DOES_NOT_COUNT = "appointed_does_not_count"
    PERHAPS_UNNUMBERED = "perhaps_unnumbered"
    NONE = "none"


@unique
class Maturity(Fact):
    """The age of the stated guardian."""

    UNDER_15 = "under_15"
    FROM_15_TO_17 = "from_15_to_17"
    ADULT = "adult"


@frozen
class CustodyFacts:
    """What the register's half is decided from."""

    persons: Persons
    age: Age
    answer: Answer
    protection: Protection
    child: CivilStatus
    guardian: CivilStatus
    standing: Standing
    maturity: Maturity


@unique
class CustodyOutcome(Enum):
    """What the register's half comes to."""

    VERIFIED = "verified"
    REFUSED = "refused"
    CANNOT_VERIFY = "cannot_verify"


@unique
class CustodyReason(Enum):
    """Why it is not verified; for staff, never for the public (D-ACC-8)."""

    SAME_PERSON = "same_person"
    NOT_UNDER_15 = "not_under_15"
    REGISTER_SILENT = "register_silent"
    VERSION_CANNOT_ANSWER = "version_cannot_answer"
    ANSWER_ABOUT_ANOTHER = "answer_about_another"
    NOT_IN_REGISTER = "not_in_register"
    PROTECTED_PERSON = "protected_person"
    DEAD_OR_GONE = "dead_or_gone"
    NO_CUSTODY = "no_custody"
    HOLDER_WITHOUT_NUMBER = "holder_without_number"
    GUARDIAN_MINOR = "guardian_minor"


@frozen
class CustodyVerdict:
    """The verdict; `reason` stands exactly when it is not verified."""

    outcome: CustodyOutcome
    reason: CustodyReason | None = None

    def __attrs_post_init__(self) -> None:
        assert (self.reason is None) == (self.outcome is CustodyOutcome.VERIFIED)


def _unhappy(  # noqa: PLR0913, PLR0917  a row is said in one breath
    name: str,
    rule: str,
    cells: Cells,
    verdict: CustodyVerdict,
    da: str,
    en: str,
    step: NextStep = NextStep.CLINIC_VERIFIES_BY_HAND,
) -> Row[CustodyVerdict]:
    """Make a row that does not verify: to the public they are all one page (D-ACC-8)."""
    return Row(name, rule, cells, verdict, staff_only(CANNOT_VERIFY_PUBLIC, da, en), step)


def _refused(reason: CustodyReason) -> CustodyVerdict:
    return CustodyVerdict(CustodyOutcome.REFUSED, reason)


def _cannot(reason: CustodyReason) -> CustodyVerdict:
    return CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, reason)


_ASKED: Final = when(persons=Persons.TWO, age=Age.UNDER_15)
_ANSWERED: Final = when(**_ASKED, answer=Answer.USABLE)
_OPEN: Final = when(**_ANSWERED, protection=Protection.NONE)
_LIVING: Final = when(**_OPEN, child=CivilStatus.LIVING, guardian=CivilStatus.LIVING)
_HOLDS: Final = any_of(Standing.CUSTODY, Standing.APPOINTED_AND_COUNTS)

CUSTODY: Final = Table(
    "custody.verdict",
    "By the register, may this person stand as guardian of this child today?",
    CustodyFacts,
    (
        _unhappy(
            "same_person",
            "D-ACC-8",
            when(persons=Persons.SAME),
            _refused(CustodyReason.SAME_PERSON),
            "Barnets og den voksnes CPR-nummer er det samme.",
            "The child's and the guardian's CPR number are the same.",
            NextStep.TRY_AGAIN,
        ),
        _unhappy(
            "not_under_15",
            "D-ACC-5",
            when(persons=Persons.TWO, age=Age.FROM_15),
            _refused(CustodyReason.NOT_UNDER_15),
            "Patienten er fyldt 15: der skal bruges MitID, eller flueben ved 'Intet MitID'.",
            "The patient has turned 15: MitID is needed, or the tick 'No MitID'.",
            NextStep.USE_MITID,
        ),
        _unhappy(
            "register_silent",
            "D-ACC-8",
            when(**_ASKED, answer=Answer.SILENT),
            _cannot(CustodyReason.REGISTER_SILENT),
            "Registeret svarede ikke. Intet er ændret; prøv igen.",
            "The register did not answer. Nothing has changed; try again.",
            NextStep.TRY_AGAIN,
        ),
        _unhappy(
            "old_version",
            "D-ACC-8",
            when(**_ASKED, answer=Answer.OLD_VERSION),
            _cannot(CustodyReason.VERSION_CANNOT_ANSWER),
            "Registeret svarede i en version, der ikke fortæller, hvem der har forældremyndighed.",
            "The register answered in a version that does not tell who holds custody.",
        ),
        _unhappy(
            "about_another",
            "D-ACC-8",
            when(**_ASKED, answer=Answer.ABOUT_ANOTHER),
            _cannot(CustodyReason.ANSWER_ABOUT_ANOTHER),
            "Registerets svar handlede om en anden person end den, der blev spurgt om.",
            "The register's answer was about another person than the one asked about.",
        ),
        _unhappy(
            "not_in_register",
            "D-ACC-10",
            when(**_ASKED, answer=Answer.NOT_IN_REGISTER),
            _cannot(CustodyReason.NOT_IN_REGISTER),
            "Nummeret står ikke i registeret (fx et erstatningsnummer): bekræft manuelt.",
            "The number is not in the register (a replacement number, say): verify by hand.",
        ),
        _unhappy(
            "protected",
            "D-ACC-19",
            when(**_ANSWERED, protection=Protection.PROTECTED),
            _cannot(CustodyReason.PROTECTED_PERSON),
            "Barn eller voksen har navne- eller adressebeskyttelse: kun ved klinikken.",
            "Child or guardian has a protected name or address: only through the clinic.",
        ),
        _unhappy(
            "child_gone",
            "D-ACC-8",
            when(**_OPEN, child=CivilStatus.GONE),
            _refused(CustodyReason.DEAD_OR_GONE),
            "Barnets CPR-nummer er ikke i brug (død, udrejst, forsvundet eller annulleret).",
            "The child's CPR number is not in use (dead, emigrated, missing or annulled).",
            NextStep.CONTACT_CLINIC,
        ),
        _unhappy(
            "guardian_gone",
            "D-ACC-8",
            when(**_OPEN, child=CivilStatus.LIVING, guardian=CivilStatus.GONE),
            _refused(CustodyReason.DEAD_OR_GONE),
            "Den voksnes CPR-nummer er ikke i brug (død, udrejst, forsvundet eller annulleret).",
            "The guardian's CPR number is not in use (dead, emigrated, missing or annulled).",
            NextStep.CONTACT_CLINIC,
        ),
        _unhappy(
            "no_custody",
            "D-ACC-7",
            when(**_LIVING, standing=any_of(Standing.NONE, Standing.APPOINTED_DOES_NOT_COUNT)),
            _refused(CustodyReason.NO_CUSTODY),
            "Personen har ikke forældremyndigheden. At være forælder er ikke nok.",
            "The person does not hold custody. Being a parent is not enough.",
            NextStep.CONTACT_CLINIC,
        ),
        _unhappy(
            "holder_without_number",
            "D-ACC-7",
            when(**_LIVING, standing=Standing.PERHAPS_UNNUMBERED),
            _cannot(CustodyReason.HOLDER_WITHOUT_NUMBER),
            "Registeret kender en indehaver uden CPR-nummer; det kan være denne person.",
            "The register knows a holder without a CPR number; it may be this person.",
        ),
        _unhappy(
            "holder_from_15_to_17",
            "D-ACC-7",
            when(**_LIVING, standing=_HOLDS, maturity=Maturity.FROM_15_TO_17),
            _cannot(CustodyReason.GUARDIAN_MINOR),
            "Indehaveren er 15 til 17 år: bekræft manuelt.",
            "The holder is 15 to 17: verify by hand.",
        ),
        _unhappy(
            "holder_under_15",
            "D-ACC-8",
            when(**_LIVING, standing=_HOLDS, maturity=Maturity.UNDER_15),
            _refused(CustodyReason.GUARDIAN_MINOR),
            "Den angivne voksne er selv under 15.",
            "The stated guardian is under 15 themselves.",
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "verified",
            "S-ACC-9",
            when(**_LIVING, standing=_HOLDS, maturity=Maturity.ADULT),
            CustodyVerdict(CustodyOutcome.VERIFIED),
            Says(
                Text("Forældremyndigheden er bekræftet.", "Custody is confirmed."),
                Text(
                    "Registeret bekræfter forældremyndighed eller værgemål i dag.",
                    "The register confirms custody or guardianship today.",
                ),
            ),
            NextStep.GO_ON,
        ),
    ),
)


# --- from an answer to the facts ---------------------------------------------------------------


def standing_of(
    guardian: frozenset[CivilNumber],
    relatives: tuple[Relative, ...],
    day: date,
    guardianship: Guardianship,
) -> Standing:
    """Fold the register's list for one person, who may be listed under any of `guardian`.

    Being listed without custody wins over any other entry, and an unknown relation is no (D-ACC-7).
    """
    standing_today = [relative for relative in relatives if relative.stands_on(day)]
    own = {entry.relation for entry in standing_today if entry.number in guardian}
    if own & _WITHOUT_CUSTODY:
        return Standing.NONE
    if own & _WITH_CUSTODY:
        return Standing.CUSTODY
    if Relation.APPOINTED_GUARDIAN in own:
        return (
            Standing.APPOINTED_AND_COUNTS
            if guardianship is Guardianship.COUNTS
            else Standing.APPOINTED_DOES_NOT_COUNT
        )
    unnumbered = {entry.relation for entry in standing_today if entry.number is None}
    if not own and unnumbered & (_WITH_CUSTODY | {Relation.APPOINTED_GUARDIAN}):
        return Standing.PERHAPS_UNNUMBERED
    return Standing.NONE


def relation_of(
    guardian: frozenset[CivilNumber], relatives: tuple[Relative, ...], day: date
) -> Relation | None:
    """Say how a guardian whom the register vouches for is listed, custody first (D-ACC-8).

    None for anybody who holds neither custody nor guardianship that day.
    """
    own = {
        entry.relation for entry in relatives if entry.number in guardian and entry.stands_on(day)
    }
    return next((relation for relation in _VOUCHED_FOR if relation in own), None)


def facts_of(  # noqa: PLR0913, PLR0917  who, whom, and what was said of each
    child: CivilNumber,
    guardian: CivilNumber,
    about_child: RegisterSaid,
    about_guardian: RegisterSaid | None,
    at: datetime,
    guardianship: Guardianship = Guardianship.COUNTS,
) -> CustodyFacts:
    """Fold what the register said about both into facts, at the aware instant `at`.

    `about_guardian` is None where nobody asked; then the guardian's number speaks for their age.
    """
    day = clinic_date(at)
    answer = _answer_of(child, about_child)
    if about_guardian is not None and answer is Answer.USABLE:
        answer = _answer_of(guardian, about_guardian)
    known_child = _known(child, about_child)
    known_guardian = _known(guardian, about_guardian)
    guardian_numbers = numbers_of(guardian, about_guardian)
    guardian_birth = known_guardian.birth_date if known_guardian else guardian.birth_date
    child_numbers = numbers_of(child, about_child)
    protected = any(
        known is not None and known.protection is Protection.PROTECTED
        for known in (known_child, known_guardian)
    )
    return CustodyFacts(
        persons=Persons.SAME if child_numbers & guardian_numbers else Persons.TWO,
        age=age_at(known_child.birth_date if known_child else child.birth_date, at),
        answer=answer,
        protection=Protection.PROTECTED if protected else Protection.NONE,
        child=known_child.status if known_child else CivilStatus.LIVING,
        guardian=known_guardian.status if known_guardian else CivilStatus.LIVING,
        standing=standing_of(
            guardian_numbers,
            known_child.relatives if known_child else (),
            day,
            guardianship,
        ),
        maturity=_maturity_of(guardian_birth, day),
    )


def numbers_of(number: CivilNumber, said: RegisterSaid | None) -> frozenset[CivilNumber]:
    """Give a person's numbers: the one that was asked about, and what the register adds to it."""
    known = _known(number, said)
    return frozenset({number}) if known is None else known.all_numbers | {number}


def _known(number: CivilNumber, said: RegisterSaid | None) -> RegisterAnswer | None:
    return said if isinstance(said, RegisterAnswer) and said.is_about(number) else None


def _answer_of(number: CivilNumber, said: RegisterSaid) -> Answer:
    match said:
        case RegisterAnswer():
            return Answer.USABLE if said.is_about(number) else Answer.ABOUT_ANOTHER
        case RegisterFailure.SILENT:
            return Answer.SILENT
        case RegisterFailure.VERSION_CANNOT_ANSWER:
            return Answer.OLD_VERSION
        case RegisterFailure.NOT_IN_REGISTER:
            return Answer.NOT_IN_REGISTER


def _maturity_of(birth_date: date, day: date) -> Maturity:
    age = age_on(birth_date, day)
    if age < _AGE_OF_PATIENT:
        return Maturity.UNDER_15
    return Maturity.FROM_15_TO_17 if age < _AGE_OF_MAJORITY else Maturity.ADULT
