"""The vocabulary of 'Det Gode CPR Opslag' 1.0.4a: its namespaces, names, order and words.

Here: what MedCom's schema writes down, as data, for the part of an answer that is read. Not here:
the reading (`dgcpr`). A name that is missing here is read by nobody.
"""

from typing import Final

from eservices_adapters.custody.answer_xml import local_name
from eservices_adapters.custody.sequences import Part, Sequences
from eservices_core.access.custody import CivilStatus, Relation
from eservices_core.clinic.master_card import Protection

VERSION: Final = "urn:oio:medcom:cprservice:1.0.4a"
"""The namespace of the one version that tells who holds custody; kept as evidence (D-ACC-8)."""

OTHER_VERSIONS: Final = "urn:oio:medcom:cprservice:"
"""How the namespace of any other version begins: 1.0.1 to 1.0.3; and 1.0.4, which is in use, and
whose schema we do not have."""

FIRST_VERSION: Final = frozenset(
    {
        "http://rep.oio.dk/medcom.sundcom.dk/xml/schemas/2007/02/01/",
        "http://rep.oio.dk/medcom.sundcom.dk/xml/wsdl/2007/06/28/",
    }
)
"""1.0.0, by the namespace of its schema or of its service description."""

SOAP: Final = frozenset(
    {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}
)
"""SOAP 1.1 and 1.2."""

# --- the schema's names ---------------------------------------------------------------------------

_M: Final = f"{{{VERSION}}}"
_CPR_2005_03: Final = "{http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/}"
_CPR_2005_11: Final = "{http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/11/24/}"
_CPR_2006: Final = "{http://rep.oio.dk/cpr.dk/xml/schemas/core/2006/01/17/}"
_DKCC_2003: Final = "{http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/}"
_DKCC_2005: Final = "{http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/}"
_ITST_2005: Final = "{http://rep.oio.dk/itst.dk/xml/schemas/2005/02/22/}"
_ITST_2006: Final = "{http://rep.oio.dk/itst.dk/xml/schemas/2006/01/17/}"

CURRENT: Final = f"{_M}CurrentPersonCivilRegistrationIdentifier"
PRIOR: Final = f"{_M}PriorPersonCivilRegistrationIdentifier"
INFORMATION: Final = f"{_M}PersonInformationStructure"
WITH_HEALTH_CARE: Final = f"{_M}PersonWithHealthCareInformationStructure"
PERSON: Final = f"{_M}RegularCPRPerson"
SIMPLE: Final = f"{_M}SimpleCPRPerson"
NUMBER: Final = f"{_CPR_2005_03}PersonCivilRegistrationIdentifier"
PROTECTION: Final = f"{_CPR_2005_11}PersonInformationProtectionIndicator"
BIRTH: Final = f"{_CPR_2005_11}PersonBirthDateStructure"
BIRTH_DATE: Final = f"{_DKCC_2005}BirthDate"
BIRTH_DATE_UNCERTAIN: Final = f"{_CPR_2005_11}BirthDateUncertaintyIndicator"
STATUS: Final = f"{_M}PersonCivilRegistrationStatusStructure"
STATUS_CODE: Final = f"{_M}PersonCivilRegistrationStatusCode"
CUSTODY: Final = f"{_M}PersonCustodyStructure"
CUSTODY_NUMBER: Final = f"{_M}PersonCustodyIdentifier"
CUSTODY_RELATION: Final = f"{_M}PersonCustodyRelation"

WAYS: Final = {
    f"{_M}getPersonInformationOut": (INFORMATION,),
    f"{_M}getPersonInformationWithHistoricOut": (INFORMATION,),
    f"{_M}getPersonWithHealthCareInformationOut": (WITH_HEALTH_CARE, INFORMATION),
    f"{_M}getPersonWithHealthCareInformationAndHistoricOut": (WITH_HEALTH_CARE, INFORMATION),
}
"""The four answers, and where in each the person's information stands."""

ANSWERS: Final = frozenset(local_name(tag) for tag in WAYS)
"""Their local names, which all versions share."""

SEQUENCES: Final[Sequences] = {tag: (Part(way[0]),) for tag, way in WAYS.items()} | {
    WITH_HEALTH_CARE: (
        Part(INFORMATION),
        Part(f"{_M}PersonHealthCareInformationStructure"),
        Part(f"{_M}FrontierInformationStructure", 0),
    ),
    INFORMATION: (
        Part(CURRENT, 0),
        Part(PRIOR, 0),
        Part(PERSON),
        Part(f"{_M}PersonAddressStructure"),
        Part(f"{_M}PersonSpouseStructure", 0),
        Part(CUSTODY, 0, None),
        Part(f"{_M}PersonWardStructure", 0, None),
    ),
    PERSON: (
        Part(SIMPLE),
        Part(f"{_ITST_2005}PersonNameForAddressingName", 0),
        Part(f"{_DKCC_2003}PersonGenderCode"),
        Part(PROTECTION),
        Part(BIRTH),
        Part(STATUS),
    ),
    SIMPLE: (Part(f"{_ITST_2006}PersonNameStructure", 0), Part(NUMBER)),
    BIRTH: (Part(BIRTH_DATE), Part(BIRTH_DATE_UNCERTAIN)),
    STATUS: (Part(STATUS_CODE), Part(f"{_CPR_2006}PersonCivilRegistrationStatusStartDate")),
    CUSTODY: (Part(CUSTODY_NUMBER), Part(CUSTODY_RELATION)),
}
"""The sequences on the way to what is read; what has none is not looked into."""

# --- the schema's words ---------------------------------------------------------------------------

RELATIONS: Final = {
    "mor": Relation.MOTHER,
    "far": Relation.FATHER,
    "anden": Relation.OTHER_HOLDER,
    "vaerge": Relation.APPOINTED_GUARDIAN,
    "mor_uden": Relation.MOTHER_WITHOUT_CUSTODY,
    "far_uden": Relation.FATHER_WITHOUT_CUSTODY,
}
PROTECTIONS: Final = {
    "true": Protection.PROTECTED,
    "1": Protection.PROTECTED,
    "false": Protection.NONE,
    "0": Protection.NONE,
}
NUMBER_CHANGED: Final = "60"
STATUSES: Final = {
    **dict.fromkeys(("01", "03", "05", "07", "20"), CivilStatus.LIVING),
    **dict.fromkeys(("30", "50", NUMBER_CHANGED, "70", "80", "90"), CivilStatus.GONE),
}
UNKNOWN_NUMBER: Final = "0000000000"
"""What stands where a number is required and not known."""

NO_SUCH_PERSON: Final = "ingen data fundet"
"""How the service's fault text begins, in lower case, where it does not know the number."""

# What of a document is kept at all, by local names: the way to what is read, and what is read.
CONTAINERS: Final = frozenset(
    {*ANSWERS, *(local_name(tag) for tag in SEQUENCES)} | {"Envelope", "Body", "Fault", "Reason"}
)
LEAVES: Final = frozenset(
    local_name(tag)
    for tag in (
        *(CURRENT, PRIOR, NUMBER, PROTECTION, BIRTH_DATE, BIRTH_DATE_UNCERTAIN, STATUS_CODE),
        *(CUSTODY_NUMBER, CUSTODY_RELATION),
        *("faultstring", "Text"),
    )
)
