"""Answers of MedCom's 'Det Gode CPR Opslag', version 1.0.4a: reading one document.

Here: from bytes to what the core calls an answer. Not here: the schema's names, order and words
(`dgcpr_vocabulary`), the check of the order (`sequences`), the XML's own dangers (`answer_xml`),
the question and its transport, and what an answer means for a guardian (`access.custody`).

**The list of relatives is a trap.** In 1.0.3 the answer listed those who hold custody, and no
others. In 1.0.4a the same list, under the same name, also holds parents *without* custody
(`mor_uden`, `far_uden`); only `PersonCustodyRelation` tells them apart. Code that asks "does this
number stand in the list?" was right before and now lets in a parent who has lost custody. So every
entry goes to the core with its word, a word that we do not know goes as UNKNOWN (which is no), and
answers of other versions are not read at all. The wards (`PersonWardStructure`) tell of the same
ties from the other end and are not read: one source for one fact.

What is read, all of it below `PersonInformationStructure`:

| element | becomes |
|---|---|
| CurrentPersonCivilRegistrationIdentifier | `successor`, and one of `other_numbers` |
| PriorPersonCivilRegistrationIdentifier | one of `other_numbers` |
| RegularCPRPerson / SimpleCPRPerson / PersonCivilRegistrationIdentifier | `number` |
| RegularCPRPerson / PersonInformationProtectionIndicator | `protection` |
| RegularCPRPerson / PersonBirthDateStructure / BirthDate | `birth_date` |
| ... / BirthDateUncertaintyIndicator | if true, `birth_date` is the number's (D-ACC-5) |
| RegularCPRPerson / PersonCivilRegistrationStatusStructure / ...StatusCode | `status` |
| PersonCustodyStructure, each: ...Identifier and ...Relation | one of `relatives` |

The other elements on the way must stand where the schema puts them, but nobody looks inside: names,
address, spouse, doctor and insurance are not kept, so the dummy values that the service sends for
protected persons ('ADRESSEBESKYTTET', 0000, group 1) can never be taken for facts.

There are no dates of custody: the answer is a snapshot. Nothing here checks a signature: who sent
the bytes is for the transport to know.

Sources: MedCom's schemas; the service's fault text, from the source of the national stamdata
module. Rules: D-ACC-7, D-ACC-8, D-ACC-16, D-ACC-19.
"""

import re
from datetime import date
from typing import Final

from attrs import field, frozen

from eservices_adapters.custody.answer_xml import Defect, Element, UnreadableAnswer, read_skeleton
from eservices_adapters.custody.dgcpr_vocabulary import (
    ANSWERS,
    BIRTH,
    BIRTH_DATE,
    BIRTH_DATE_UNCERTAIN,
    CONTAINERS,
    CURRENT,
    CUSTODY,
    CUSTODY_NUMBER,
    CUSTODY_RELATION,
    FIRST_VERSION,
    LEAVES,
    NO_SUCH_PERSON,
    NUMBER,
    NUMBER_CHANGED,
    OTHER_VERSIONS,
    PERSON,
    PRIOR,
    PROTECTION,
    PROTECTIONS,
    RELATIONS,
    SEQUENCES,
    SIMPLE,
    SOAP,
    STATUS,
    STATUS_CODE,
    STATUSES,
    UNKNOWN_NUMBER,
    VERSION,
    WAYS,
)
from eservices_adapters.custody.sequences import Part, fault_in, fault_in_children
from eservices_core.access.custody import (
    CivilStatus,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
    Relation,
    Relative,
)
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.words.civil_number import CivilNumber, CivilNumberKind
from eservices_core.words.clinic_time import parse_date

__all__ = ["VERSION", "Defect", "Document", "UnreadableAnswer", "read_answer", "read_document"]

_TEN_DIGITS: Final = re.compile(r"[0-9]{10}")
# An xs:date may carry a time zone, and some services write one; the day is the one as written.
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
_TIME_ZONE: Final = re.compile(r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))\Z")


@frozen
class Document:
    """One document of the register.

    Attributes:
        said: the answer, or why there is none.
        about: the numbers of the person whose facts it holds: their own and the earlier one, but
            not the current one, whose facts stand in another answer. Empty where it is unknown.
    """

    said: RegisterSaid
    about: frozenset[CivilNumber] = field(default=frozenset())


def read_answer(document: bytes) -> Outcome[RegisterSaid, UnreadableAnswer]:
    """Read what the register sent: a bare answer, or a SOAP 1.1 or 1.2 envelope.

    Returns the answer; `VERSION_CANNOT_ANSWER` for another version; for a SOAP fault
    `NOT_IN_REGISTER` where it says so, else `SILENT`. Any bytes may come in; nothing is raised.
    """
    read = read_document(document)
    return read if isinstance(read, Failure) else Success(read.unwrap().said)


def read_document(document: bytes) -> Outcome[Document, UnreadableAnswer]:
    """Read as `read_answer` does, and tell whom the document is about even where it is too old."""
    skeleton = read_skeleton(document, CONTAINERS, LEAVES)
    if isinstance(skeleton, Failure):
        return skeleton
    payload = _payload(skeleton.unwrap())
    if isinstance(payload, Failure):
        return payload
    root = payload.unwrap()
    if root.tag in WAYS:
        fault = fault_in(root, SEQUENCES)
        return Failure(fault) if fault is not None else _read_person(root.at(*WAYS[root.tag]))
    if root.name == "Fault" and root.namespace in SOAP:
        return Success(Document(_read_fault(root)))
    if root.name in ANSWERS and _is_another_version(root.namespace):
        return Success(Document(RegisterFailure.VERSION_CANNOT_ANSWER, _own_numbers_in(root)))
    return Failure(UnreadableAnswer(Defect.NOT_AN_ANSWER))


# --- what is no answer about a person -------------------------------------------------------------


def _payload(root: Element) -> Outcome[Element, UnreadableAnswer]:
    """What a SOAP envelope carries, or the document itself."""
    if root.name != "Envelope" or root.namespace not in SOAP:
        return Success(root)
    soap = f"{{{root.namespace}}}"
    fault = fault_in_children(root, (Part(f"{soap}Header", 0), Part(f"{soap}Body")))
    if fault is not None:
        return Failure(fault)
    match root.at(f"{soap}Body").children:
        case []:
            return Failure(UnreadableAnswer(Defect.MISSING, "Body"))
        case [payload]:
            return Success(payload)
        case _:
            return Failure(UnreadableAnswer(Defect.UNEXPECTED, "Body"))


def _read_fault(fault: Element) -> RegisterFailure:
    """Which failure a SOAP fault means; `faultstring` is SOAP 1.1, `Reason` is 1.2."""
    soap = f"{{{fault.namespace}}}"
    reasons = [text for reason in fault.all(f"{soap}Reason") for text in reason.all(f"{soap}Text")]
    texts = [element.text.casefold() for element in (*fault.all("faultstring"), *reasons)]
    if any(text.startswith(NO_SUCH_PERSON) for text in texts):
        return RegisterFailure.NOT_IN_REGISTER
    return RegisterFailure.SILENT


def _is_another_version(namespace: str | None) -> bool:
    return namespace is not None and (
        namespace in FIRST_VERSION or namespace.startswith(OTHER_VERSIONS)
    )


def _own_numbers_in(element: Element) -> frozenset[CivilNumber]:
    """Whom an answer of another version is about; over the versions only this name is the same."""
    own: set[CivilNumber] = set()
    for child in element.children:
        number = _number(child) if child.tag == NUMBER else None
        if isinstance(number, Success):
            own.add(number.unwrap())
        own |= _own_numbers_in(child)
    return frozenset(own)


# --- an answer that keeps to the sequences --------------------------------------------------------


@frozen
class _Numbers:
    """A person's own numbers."""

    own: CivilNumber
    earlier: CivilNumber | None
    successor: CivilNumber | None


def _read_person(information: Element) -> Outcome[Document, UnreadableAnswer]:
    """Read a PersonInformationStructure."""
    person = information.at(PERSON)
    read = _read_numbers(information)
    if isinstance(read, Failure):
        return read
    numbers = read.unwrap()
    birth_date = _birth_date(person.at(BIRTH), numbers.own)
    if isinstance(birth_date, Failure):
        return birth_date
    protection = PROTECTIONS.get(person.at(PROTECTION).text)
    if protection is None:
        return _bad(person.at(PROTECTION))
    status = _status(person.at(STATUS, STATUS_CODE), numbers.successor)
    if isinstance(status, Failure):
        return status
    relatives = _read_relatives(information.all(CUSTODY))
    if isinstance(relatives, Failure):
        return relatives
    answer = RegisterAnswer(
        version=VERSION,
        number=numbers.own,
        birth_date=birth_date.unwrap(),
        status=status.unwrap(),
        protection=protection,
        relatives=relatives.unwrap(),
        other_numbers=_known(numbers.earlier, numbers.successor),
        successor=numbers.successor,
    )
    return Success(Document(answer, about=_known(numbers.own, numbers.earlier)))


def _known(*numbers: CivilNumber | None) -> frozenset[CivilNumber]:
    return frozenset(number for number in numbers if number is not None)


def _read_numbers(information: Element) -> Outcome[_Numbers, UnreadableAnswer]:
    own = _number(information.at(PERSON, SIMPLE, NUMBER))
    if isinstance(own, Failure):
        return own
    current = _number_or_none(information.first(CURRENT))
    if isinstance(current, Failure):
        return current
    prior = _number_or_none(information.first(PRIOR))
    if isinstance(prior, Failure):
        return prior
    # Some services name everyone's current number; only one that is another is a change.
    successor = current.unwrap() if current.unwrap() != own.unwrap() else None
    earlier = prior.unwrap() if prior.unwrap() != own.unwrap() else None
    return Success(_Numbers(own.unwrap(), earlier, successor))


def _read_relatives(entries: list[Element]) -> Outcome[tuple[Relative, ...], UnreadableAnswer]:
    """Read every entry, those without custody and those of unknown relation too."""
    relatives: list[Relative] = []
    for entry in entries:
        number = _number_or_none(entry.at(CUSTODY_NUMBER))
        if isinstance(number, Failure):
            return number
        relation = RELATIONS.get(entry.at(CUSTODY_RELATION).text, Relation.UNKNOWN)
        relatives.append(Relative(number.unwrap(), relation))
    return Success(tuple(relatives))


# --- values ---------------------------------------------------------------------------------------


def _bad(element: Element) -> Failure[UnreadableAnswer]:
    return Failure(UnreadableAnswer(Defect.BAD_VALUE, element.name))


def _number_or_none(element: Element | None) -> Outcome[CivilNumber | None, UnreadableAnswer]:
    """A number that may be absent, blank, or the one that means 'unknown'."""
    if element is None or element.text in ("", UNKNOWN_NUMBER):
        return Success(None)
    return _number(element)


def _number(element: Element) -> Outcome[CivilNumber, UnreadableAnswer]:
    """A CPR number as the schema writes it: ten digits, no hyphen, no replacement number."""
    parsed = CivilNumber.parse(element.text)
    if _TEN_DIGITS.fullmatch(element.text) is None or isinstance(parsed, Failure):
        return _bad(element)
    number = parsed.unwrap()
    return Success(number) if number.kind is CivilNumberKind.CPR else _bad(element)


def _birth_date(born: Element, number: CivilNumber) -> Outcome[date, UnreadableAnswer]:
    """The register's birth date; one that it marks uncertain is not known, so the number's."""
    birth_date = _date(born.at(BIRTH_DATE))
    if isinstance(birth_date, Failure):
        return birth_date
    uncertain = _TRUTHS.get(born.at(BIRTH_DATE_UNCERTAIN).text)
    if uncertain is None:
        return _bad(born.at(BIRTH_DATE_UNCERTAIN))
    return Success(number.birth_date) if uncertain else birth_date


def _date(element: Element) -> Outcome[date, UnreadableAnswer]:
    day = parse_date(_TIME_ZONE.sub("", element.text))
    return _bad(element) if isinstance(day, Failure) else Success(day.unwrap())


def _status(code: Element, successor: CivilNumber | None) -> Outcome[CivilStatus, UnreadableAnswer]:
    """A changed number is a living person's where the register gives the one that replaces it."""
    if code.text == NUMBER_CHANGED and successor is not None:
        return Success(CivilStatus.LIVING)
    status = STATUSES.get(code.text)
    return _bad(code) if status is None else Success(status)
