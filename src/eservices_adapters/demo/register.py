"""The demonstration's custody register: answers as 'Det Gode CPR Opslag' 1.0.4a writes them.

Only for making up a register in a folder; real answers come from the register itself.
"""

from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from eservices_adapters.demo.people import ADULTS, CUSTODY, Patient

_ANSWER: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<m:getPersonInformationOut xmlns:m="urn:oio:medcom:cprservice:1.0.4a"
    xmlns:cpr="http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"
    xmlns:c5="http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/11/24/"
    xmlns:c6="http://rep.oio.dk/cpr.dk/xml/schemas/core/2006/01/17/"
    xmlns:d3="http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/"
    xmlns:d5="http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/">
  <m:PersonInformationStructure>
    <m:RegularCPRPerson>
      <m:SimpleCPRPerson>
        <cpr:PersonCivilRegistrationIdentifier>{number}</cpr:PersonCivilRegistrationIdentifier>
      </m:SimpleCPRPerson>
      <d3:PersonGenderCode>{sex}</d3:PersonGenderCode>
      <c5:PersonInformationProtectionIndicator>false</c5:PersonInformationProtectionIndicator>
      <c5:PersonBirthDateStructure>
        <d5:BirthDate>{born}</d5:BirthDate>
        <c5:BirthDateUncertaintyIndicator>false</c5:BirthDateUncertaintyIndicator>
      </c5:PersonBirthDateStructure>
      <m:PersonCivilRegistrationStatusStructure>
        <m:PersonCivilRegistrationStatusCode>01</m:PersonCivilRegistrationStatusCode>
        <c6:PersonCivilRegistrationStatusStartDate>{born}</c6:PersonCivilRegistrationStatusStartDate>
      </m:PersonCivilRegistrationStatusStructure>
    </m:RegularCPRPerson>
    <m:PersonAddressStructure>
      <m:CountyCode>0000</m:CountyCode>
    </m:PersonAddressStructure>
{custody}  </m:PersonInformationStructure>
</m:getPersonInformationOut>
"""
_HOLDER: Final = """\
    <m:PersonCustodyStructure>
      <m:PersonCustodyIdentifier>{number}</m:PersonCustodyIdentifier>
      <m:PersonCustodyRelation>{relation}</m:PersonCustodyRelation>
    </m:PersonCustodyStructure>
"""


def write_register(folder: Path) -> None:
    """Write an answer for everybody in the demonstration, in files that no name gives away."""
    for place, person in enumerate((*ADULTS, *CUSTODY), start=1):
        _ = (folder / f"answer-{place}.xml").write_text(_answer(person), encoding="utf-8")


def _answer(person: Patient) -> str:
    holders = "".join(
        _HOLDER.format(number=holder.number.reveal(), relation=escape(relation))
        for holder, relation in CUSTODY.get(person, ())
    )
    return _ANSWER.format(
        number=person.number.reveal(),
        sex=person.number.sex.value,
        born=person.number.birth_date.isoformat(),
        custody=holders,
    )
