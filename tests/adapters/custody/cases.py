"""The table of custody cases: who asks for which child, what the register has, and the verdict.

Here: the cases, each with the verdict that the rulebook wants (D-ACC-7, -8, -10, -16, -19). Not
here: the ways in which each is asked (`test_cases`).
"""

from datetime import UTC, date, datetime
from typing import Final, TypeAlias

from attrs import field, frozen

from eservices_adapters.stand_ins.custody_answers import Registered
from eservices_adapters.stand_ins.custody_register import Behaviour
from eservices_core.access.custody import CustodyOutcome, CustodyReason, CustodyVerdict
from eservices_core.clinic.settings import Guardianship
from eservices_core.words.civil_number import CivilNumber
from eservices_core.words.clinic_time import COPENHAGEN
from tests.access.strategies import number_of

Listed: TypeAlias = tuple[CivilNumber | None, str]


def _number(text: str) -> CivilNumber:
    return CivilNumber.parse(text).unwrap()


NOON: Final = datetime(2026, 11, 29, 12, tzinfo=COPENHAGEN)
CHILD: Final = number_of(date(2018, 5, 17))
ANNA: Final = _number("0709614606")
BENT: Final = _number("0709614231")
DORTE: Final = _number("1303814074")
OLE: Final = _number("0702614155")
NEW: Final = _number("0712614455")
NEWER: Final = _number("0709614673")

VERIFIED: Final = CustodyVerdict(CustodyOutcome.VERIFIED)


def _refused(reason: CustodyReason) -> CustodyVerdict:
    return CustodyVerdict(CustodyOutcome.REFUSED, reason)


def _cannot(reason: CustodyReason) -> CustodyVerdict:
    return CustodyVerdict(CustodyOutcome.CANNOT_VERIFY, reason)


NO_CUSTODY: Final = _refused(CustodyReason.NO_CUSTODY)
GONE: Final = _refused(CustodyReason.DEAD_OR_GONE)
FIFTEEN: Final = _refused(CustodyReason.NOT_UNDER_15)
SAME: Final = _refused(CustodyReason.SAME_PERSON)
UNNUMBERED: Final = _cannot(CustodyReason.HOLDER_WITHOUT_NUMBER)
PROTECTED: Final = _cannot(CustodyReason.PROTECTED_PERSON)
SILENT: Final = _cannot(CustodyReason.REGISTER_SILENT)
UNKNOWN: Final = _cannot(CustodyReason.NOT_IN_REGISTER)


@frozen(kw_only=True)
class Case:
    """One case.

    Attributes:
        verdict: what the rulebook wants.
        people: whom the register knows.
        child, guardian: the two numbers that were stated.
        at: the instant.
        guardianship: the installation's choice.
        behaviour: how the service answers; anything but ANSWERS is for the service alone.
        in_extract: whether an extract can say the same.
    """

    verdict: CustodyVerdict
    people: tuple[Registered, ...]
    child: CivilNumber = CHILD
    guardian: CivilNumber = ANNA
    at: datetime = NOON
    guardianship: Guardianship = Guardianship.COUNTS
    behaviour: Behaviour = Behaviour.ANSWERS
    in_extract: bool = field(default=True)


def _family(*listed: Listed, **child: object) -> tuple[Registered, ...]:
    """A child with those who are listed, and the grown-ups of the examples, who are all well."""
    registered = Registered(CHILD, listed, **child)
    return (registered, Registered(ANNA), Registered(BENT), Registered(DORTE), Registered(OLE))


def _guardian_is(**guardian: object) -> tuple[Registered, ...]:
    """A child whose mother is Anna, about whom the register says something of its own."""
    anna = Registered(ANNA, **guardian)
    return (Registered(CHILD, ((ANNA, "mor"),)), anna)


def _of(child: CivilNumber, guardian: CivilNumber = ANNA, **more: object) -> tuple[Registered, ...]:
    """A child of that number, with its mother."""
    registered = Registered(child, ((guardian, "mor"),), **more)
    return (registered, Registered(guardian))


BOTH: Final = ((ANNA, "mor"), (BENT, "far"))
LEAP_CHILD: Final = number_of(date(2012, 2, 29))
OF_TODAY: Final = number_of(date(2011, 11, 29))
OF_TOMORROW: Final = number_of(date(2011, 11, 30))
OF_17: Final = number_of(date(2009, 1, 1))
OF_18: Final = number_of(date(2008, 11, 29))
OF_14: Final = number_of(date(2011, 11, 30), 8)

CASES: Final = {
    # --- every relation of the schema -------------------------------------------------------------
    "mor holds": Case(verdict=VERIFIED, people=_family((ANNA, "mor"))),
    "far holds": Case(verdict=VERIFIED, people=_family((BENT, "far")), guardian=BENT),
    "anden holds": Case(verdict=VERIFIED, people=_family(*BOTH, (DORTE, "anden")), guardian=DORTE),
    "vaerge counts": Case(verdict=VERIFIED, people=_family((OLE, "vaerge")), guardian=OLE),
    "vaerge does not count": Case(
        verdict=NO_CUSTODY,
        people=_family((OLE, "vaerge")),
        guardian=OLE,
        guardianship=Guardianship.DOES_NOT_COUNT,
    ),
    "mor_uden": Case(verdict=NO_CUSTODY, people=_family((ANNA, "mor_uden"), (BENT, "far"))),
    "far_uden": Case(
        verdict=NO_CUSTODY, people=_family((ANNA, "mor"), (BENT, "far_uden")), guardian=BENT
    ),
    "a word that nobody knows": Case(verdict=NO_CUSTODY, people=_family((ANNA, "plejemor"))),
    "no word": Case(verdict=NO_CUSTODY, people=_family((ANNA, ""))),
    "a word in capitals": Case(verdict=NO_CUSTODY, people=_family((ANNA, "MOR"))),
    "blanks around a word": Case(
        verdict=VERIFIED, people=_family((ANNA, " mor ")), in_extract=False
    ),
    # --- several who are listed -------------------------------------------------------------------
    "joint custody, the mother asks": Case(verdict=VERIFIED, people=_family(*BOTH)),
    "joint custody, the father asks": Case(verdict=VERIFIED, people=_family(*BOTH), guardian=BENT),
    "both without, the father asks": Case(
        verdict=NO_CUSTODY,
        people=_family((ANNA, "mor_uden"), (BENT, "far_uden"), (DORTE, "anden")),
        guardian=BENT,
    ),
    "two mothers, the second asks": Case(
        verdict=VERIFIED, people=_family((DORTE, "mor"), (ANNA, "mor"))
    ),
    "a parent and two others, the last asks": Case(
        verdict=VERIFIED,
        people=_family((ANNA, "mor"), (DORTE, "anden"), (OLE, "anden")),
        guardian=OLE,
    ),
    "without wins over other holder": Case(
        verdict=NO_CUSTODY,
        people=_family((ANNA, "mor_uden"), (ANNA, "anden")),
        in_extract=False,
    ),
    "mother and guardian in one": Case(
        verdict=VERIFIED, people=_family((ANNA, "mor"), (ANNA, "vaerge"))
    ),
    "an unknown word beside custody": Case(
        verdict=VERIFIED, people=_family((ANNA, "mor"), (ANNA, "faster")), in_extract=False
    ),
    "a stranger": Case(verdict=NO_CUSTODY, people=_family(*BOTH), guardian=OLE),
    "a new partner": Case(
        verdict=NO_CUSTODY, people=_family((ANNA, "mor"), (BENT, "far")), guardian=DORTE
    ),
    "a foster mother, whom no register knows as one": Case(
        verdict=NO_CUSTODY, people=_family(*BOTH), guardian=DORTE
    ),
    "nobody is listed": Case(verdict=NO_CUSTODY, people=_family()),
    # --- holders without a number -----------------------------------------------------------------
    "a mother without number, a stranger asks": Case(
        verdict=UNNUMBERED, people=_family((None, "mor")), guardian=DORTE
    ),
    "an other holder without number": Case(
        verdict=UNNUMBERED, people=_family((BENT, "far_uden"), (None, "anden")), guardian=DORTE
    ),
    "a guardian without number": Case(
        verdict=UNNUMBERED, people=_family((None, "vaerge")), guardian=OLE
    ),
    "a mother without number, the father without asks": Case(
        verdict=NO_CUSTODY, people=_family((None, "mor"), (BENT, "far_uden")), guardian=BENT
    ),
    "a mother without number, the father asks": Case(
        verdict=VERIFIED, people=_family((None, "mor"), (BENT, "far")), guardian=BENT
    ),
    "a mother without custody and number": Case(
        verdict=NO_CUSTODY, people=_family((None, "mor_uden"), (BENT, "far")), guardian=DORTE
    ),
    "an unknown word without number": Case(
        verdict=NO_CUSTODY, people=_family((None, "moster")), guardian=DORTE
    ),
    # --- protected persons ------------------------------------------------------------------------
    "the child is protected": Case(
        verdict=PROTECTED, people=_family((ANNA, "mor"), is_protected=True)
    ),
    "the guardian is protected": Case(verdict=PROTECTED, people=_guardian_is(is_protected=True)),
    "a stranger learns no more of a protected child": Case(
        verdict=PROTECTED, people=_family((ANNA, "mor"), is_protected=True), guardian=OLE
    ),
    "a protected child is dead": Case(
        verdict=PROTECTED, people=_family((ANNA, "mor"), is_protected=True, status="90")
    ),
    # --- who lives under their number -------------------------------------------------------------
    **{
        f"the child's status is {status}": Case(
            verdict=GONE, people=_family((ANNA, "mor"), status=status)
        )
        for status in ("30", "50", "60", "70", "80", "90")
    },
    **{
        f"the guardian's status is {status}": Case(verdict=GONE, people=_guardian_is(status=status))
        for status in ("30", "50", "60", "70", "80", "90")
    },
    **{
        f"the child lives with status {status}": Case(
            verdict=VERIFIED, people=_family((ANNA, "mor"), status=status)
        )
        for status in ("03", "05", "07", "20")
    },
    "the guardian lives in Greenland": Case(verdict=VERIFIED, people=_guardian_is(status="05")),
    "a status that nobody knows": Case(verdict=SILENT, people=_family((ANNA, "mor"), status="99")),
    # --- changed numbers --------------------------------------------------------------------------
    "the child's number was changed": Case(
        verdict=VERIFIED,
        people=(
            Registered(OF_TOMORROW, status="60", current=CHILD),
            *_family((ANNA, "mor")),
        ),
        child=OF_TOMORROW,
    ),
    "the guardian's number was changed, the old one is stated": Case(
        verdict=VERIFIED,
        people=(
            Registered(CHILD, ((NEW, "far"),)),
            Registered(BENT, status="60", current=NEW),
            Registered(NEW, prior=BENT),
        ),
        guardian=BENT,
    ),
    "the guardian's number was changed, the child's list has the old one": Case(
        verdict=VERIFIED,
        people=(Registered(CHILD, ((BENT, "far"),)), Registered(NEW, prior=BENT)),
        guardian=NEW,
        in_extract=False,
    ),
    "the old number lost custody": Case(
        verdict=NO_CUSTODY,
        people=(
            Registered(CHILD, ((BENT, "far_uden"), (NEW, "anden"))),
            Registered(NEW, prior=BENT),
        ),
        guardian=NEW,
        in_extract=False,
    ),
    "a number was changed twice": Case(
        verdict=SILENT,
        people=(
            *_family((BENT, "far"))[:1],
            Registered(BENT, status="60", current=NEW),
            Registered(NEW, status="60", current=NEWER),
            Registered(NEWER),
        ),
        guardian=BENT,
    ),
    "the new number is in no register": Case(
        verdict=UNKNOWN,
        people=(*_family((BENT, "far"))[:1], Registered(BENT, status="60", current=NEW)),
        guardian=BENT,
    ),
    # --- two people -------------------------------------------------------------------------------
    "child and guardian are one": Case(verdict=SAME, people=_family((ANNA, "mor")), guardian=CHILD),
    "the guardian's new number is the child's": Case(
        verdict=SAME,
        people=(*_family((BENT, "far"))[:1], Registered(BENT, status="60", current=CHILD)),
        guardian=BENT,
    ),
    # --- the age of the child ---------------------------------------------------------------------
    "15 today": Case(verdict=FIFTEEN, people=_of(OF_TODAY), child=OF_TODAY),
    "15 tomorrow": Case(verdict=VERIFIED, people=_of(OF_TOMORROW), child=OF_TOMORROW),
    "15 tomorrow, a minute to midnight in Copenhagen": Case(
        verdict=VERIFIED,
        people=_of(OF_TOMORROW),
        child=OF_TOMORROW,
        at=datetime(2026, 11, 29, 22, 59, tzinfo=UTC),
    ),
    "15 since midnight in Copenhagen, not yet in London": Case(
        verdict=FIFTEEN,
        people=_of(OF_TOMORROW),
        child=OF_TOMORROW,
        at=datetime(2026, 11, 29, 23, 0, tzinfo=UTC),
    ),
    "born on a leap day, the last day of February": Case(
        verdict=VERIFIED,
        people=_of(LEAP_CHILD),
        child=LEAP_CHILD,
        at=datetime(2027, 2, 28, 23, 59, tzinfo=COPENHAGEN),
    ),
    "born on a leap day, the first of March": Case(
        verdict=FIFTEEN,
        people=_of(LEAP_CHILD),
        child=LEAP_CHILD,
        at=datetime(2027, 3, 1, 0, 0, tzinfo=COPENHAGEN),
    ),
    "15 by the register, not by the number": Case(
        verdict=FIFTEEN, people=_of(OF_TOMORROW, born=date(2011, 11, 1)), child=OF_TOMORROW
    ),
    "15 by the number, not by the register": Case(
        verdict=VERIFIED, people=_of(OF_TODAY, born=date(2011, 12, 1)), child=OF_TODAY
    ),
    # --- the age of the guardian ------------------------------------------------------------------
    "the guardian is 17": Case(
        verdict=_cannot(CustodyReason.GUARDIAN_MINOR), people=_of(CHILD, OF_17), guardian=OF_17
    ),
    "the guardian is 18 today": Case(verdict=VERIFIED, people=_of(CHILD, OF_18), guardian=OF_18),
    "the guardian is 15 today": Case(
        verdict=_cannot(CustodyReason.GUARDIAN_MINOR),
        people=_of(CHILD, OF_TODAY),
        guardian=OF_TODAY,
    ),
    "the guardian is 14": Case(
        verdict=_refused(CustodyReason.GUARDIAN_MINOR), people=_of(CHILD, OF_14), guardian=OF_14
    ),
    "a minor without custody": Case(
        verdict=NO_CUSTODY,
        people=(*_family((ANNA, "mor")), Registered(OF_17)),
        guardian=OF_17,
    ),
    # --- who is in the register -------------------------------------------------------------------
    "the child is in no register": Case(verdict=UNKNOWN, people=(Registered(ANNA),)),
    "the guardian is in no register": Case(
        verdict=UNKNOWN, people=(Registered(CHILD, ((ANNA, "mor"),)),)
    ),
    "the child has a replacement number, day + 60": Case(
        verdict=UNKNOWN, people=_family((ANNA, "mor")), child=_number("7705184006")
    ),
    # --- the service ------------------------------------------------------------------------------
    **{
        f"the service: {behaviour.value}": Case(
            verdict=verdict, people=_family(*BOTH), behaviour=behaviour
        )
        for behaviour, verdict in {
            Behaviour.IS_SILENT: SILENT,
            Behaviour.DRIPS: SILENT,
            Behaviour.HANGS_UP: SILENT,
            Behaviour.CUTS_OFF: SILENT,
            Behaviour.IS_DOWN: SILENT,
            Behaviour.IS_NOT_FOUND: SILENT,
            Behaviour.HAS_MOVED: SILENT,
            Behaviour.REFUSES: SILENT,
            Behaviour.FAILS: SILENT,
            Behaviour.GARBLES: SILENT,
            Behaviour.SENDS_A_DOCTYPE: SILENT,
            Behaviour.IS_ENDLESS: SILENT,
            Behaviour.IS_OLDER: _cannot(CustodyReason.VERSION_CANNOT_ANSWER),
            Behaviour.ANSWERS_ABOUT_ANOTHER: _cannot(CustodyReason.ANSWER_ABOUT_ANOTHER),
        }.items()
    },
}
