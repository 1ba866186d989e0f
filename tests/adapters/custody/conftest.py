"""Answers of 'Det Gode CPR Opslag' 1.0.4a, built from the structure that its schema describes.

The names are written down a second time here, on purpose: a slip in the adapter's vocabulary must
not be copied into what it is tested with.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest
from lxml import etree

M = "urn:oio:medcom:cprservice:1.0.4a"
CPR_2005_03 = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"
CPR_2005_11 = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/11/24/"
CPR_2006_01 = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2006/01/17/"
CPR_2006_09 = "http://rep.oio.dk/cpr.dk/xml/schemas/core/2006/09/01/"
DKCC_2003 = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/"
DKCC_2005 = "http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/"
ITST_2005_02 = "http://rep.oio.dk/itst.dk/xml/schemas/2005/02/22/"
ITST_2005_06 = "http://rep.oio.dk/itst.dk/xml/schemas/2005/06/24/"
ITST_2006 = "http://rep.oio.dk/itst.dk/xml/schemas/2006/01/17/"
MEDCOM_2007 = "http://rep.oio.dk/medcom.sundcom.dk/xml/schemas/2007/02/01/"

Xml: TypeAlias = Any  # lxml's class of elements has no public name
Nested: TypeAlias = str | Sequence["Node"]
Node: TypeAlias = tuple[str, str, Nested]  # namespace, local name, text or children


def _element(node: Node, parent: Xml = None) -> Xml:
    namespace, name, content = node
    tag = f"{{{namespace}}}{name}"
    element = cast("Xml", etree.Element(tag) if parent is None else etree.SubElement(parent, tag))
    if isinstance(content, str):
        element.text = content
    else:
        for child in content:
            _ = _element(child, element)
    return element


def _address(*, dressed: bool) -> Node:
    access = (
        M,
        "AddressAccess",
        [(CPR_2005_03, "MunicipalityCode", "0000"), (CPR_2005_03, "StreetCode", "0000")],
    )
    postal = (
        M,
        "AddressPostal",
        [
            (DKCC_2005, "StreetName", "ADRESSEBESKYTTET"),
            (DKCC_2005, "PostCodeIdentifier", "0000"),
            (DKCC_2005, "DistrictName", "ADRESSEBESKYTTET"),
        ],
    )
    optional: list[Node] = [
        (ITST_2005_06, "CareOfName", "c/o Æbleskov"),
        (M, "AddressComplete", [access, postal]),
        (CPR_2006_09, "PersonInformationProtectionStartDate", "2020-01-01"),
    ]
    county: Node = (M, "CountyCode", "0000")
    return (M, "PersonAddressStructure", [*(optional if dressed else []), county])


def _person(number: str, protection: str, birth: str, code: str, *, dressed: bool) -> Node:
    name: Node = (
        ITST_2006,
        "PersonNameStructure",
        [(DKCC_2003, "PersonGivenName", "Navnet"), (DKCC_2003, "PersonSurnameName", "Beskyttelse")],
    )
    addressing: Node = (ITST_2005_02, "PersonNameForAddressingName", "Navnet Beskyttelse")
    identifier: Node = (CPR_2005_03, "PersonCivilRegistrationIdentifier", number)
    return (
        M,
        "RegularCPRPerson",
        [
            (M, "SimpleCPRPerson", [*([name] if dressed else []), identifier]),
            *([addressing] if dressed else []),
            (DKCC_2003, "PersonGenderCode", "unknown"),
            (CPR_2005_11, "PersonInformationProtectionIndicator", protection),
            (
                CPR_2005_11,
                "PersonBirthDateStructure",
                [
                    (DKCC_2005, "BirthDate", birth),
                    (CPR_2005_11, "BirthDateUncertaintyIndicator", "false"),
                ],
            ),
            (
                M,
                "PersonCivilRegistrationStatusStructure",
                [
                    (M, "PersonCivilRegistrationStatusCode", code),
                    (CPR_2006_01, "PersonCivilRegistrationStatusStartDate", "2008-01-01"),
                ],
            ),
        ],
    )


def _health_care() -> list[Node]:
    doctor = (
        MEDCOM_2007,
        "AssociatedGeneralPractitionerStructure",
        [
            (MEDCOM_2007, "AssociatedGeneralPractitionerIdentifier", "999999"),
            (MEDCOM_2007, "AssociatedGeneralPractitionerOrganisationName", "UKENDT"),
            (ITST_2005_06, "StandardAddressIdentifier", "ADRESSEBESKYTTET"),
            (DKCC_2005, "PostCodeIdentifier", "0000"),
            (DKCC_2005, "DistrictName", "UKENDT"),
        ],
    )
    insurance = (
        M,
        "PersonPublicHealthInsurance",
        [(M, "PublicHealthInsuranceGroupIdentifier", "sygesikringsgruppe_1")],
    )
    return [
        (
            M,
            "PersonHealthCareInformationStructure",
            [(M, "CurrentGeneralPractitionerStructure", [doctor]), insurance],
        ),
        (
            M,
            "FrontierInformationStructure",
            [(M, "FrontierStartDate", "2020-01-01"), (M, "FrontierEndDate", "2021-01-01")],
        ),
    ]


def build_answer(
    number: str = "2906980013",
    relatives: Sequence[tuple[str, str]] = (("0709614606", "mor"), ("0709614231", "far")),
    *,
    current: str | None = None,
    prior: str | None = None,
    protection: str = "false",
    birth: str = "1998-06-29",
    code: str = "01",
    operation: str = "getPersonInformationOut",
    dressed: bool = True,
) -> Xml:
    """Build one answer; `dressed` puts in everything that the schema lets one leave out."""
    own: list[Node] = [
        (M, f"{which}PersonCivilRegistrationIdentifier", text)
        for which, text in (("Current", current), ("Prior", prior))
        if text is not None
    ]
    spouse: Node = (
        M,
        "PersonSpouseStructure",
        [(M, "PersonSpouseIdentifier", "0000000000"), (M, "PersonSpouseRelation", "samboende")],
    )
    ward: Node = (
        M,
        "PersonWardStructure",
        [(M, "PersonWardIdentifier", "3112970079"), (M, "PersonWardRelation", "barn_uden")],
    )
    custody: list[Node] = [
        (
            M,
            "PersonCustodyStructure",
            [(M, "PersonCustodyIdentifier", who), (M, "PersonCustodyRelation", word)],
        )
        for who, word in relatives
    ]
    information: Node = (
        M,
        "PersonInformationStructure",
        [
            *own,
            _person(number, protection, birth, code, dressed=dressed),
            _address(dressed=dressed),
            *([spouse] if dressed else []),
            *custody,
            *([ward, ward] if dressed else []),
        ],
    )
    if "HealthCare" in operation:
        health_care = _health_care()
        extra = health_care if dressed else health_care[:1]
        information = (M, "PersonWithHealthCareInformationStructure", [information, *extra])
    return _element((M, operation, [information]))


@pytest.fixture(scope="session")
def build() -> Callable[..., Xml]:
    """The builder of answers, `build_answer`."""
    return build_answer


@pytest.fixture(scope="session")
def answers(shared_data: Path) -> Path:
    """The folder of answers made for testing, about the CPR office's demonstration persons."""
    folder = shared_data / "custody" / "dgcpr_answers"
    if not folder.is_dir():
        pytest.skip("the answers made for testing are not here: custody/dgcpr_answers")
    return folder


@pytest.fixture(scope="session")
def schema(shared_data: Path) -> etree.XMLSchema:
    """MedCom's schema of 1.0.4a."""
    path = shared_data / "custody" / "dgcpr_schemas" / "medcom" / "MEDCOM_CprService.xsd"
    if not path.is_file():
        pytest.skip("MedCom's schema is not here: custody/dgcpr_schemas")
    return etree.XMLSchema(etree.parse(path))
