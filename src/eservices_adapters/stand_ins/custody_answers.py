"""What a stand-in of the custody register answers, as 'Det Gode CPR Opslag' 1.0.4a writes it.

Here: documents about made-up people, for demonstrations and tests. Not here: serving them
(`custody_register`), and reading them (`custody.dgcpr`), which shares nothing with this on purpose.
"""

from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from attrs import field, frozen

from eservices_core.words.civil_number import CivilNumber

_M: Final = "urn:oio:medcom:cprservice:1.0.4a"
_ANSWER: Final = """\
<m:getPersonInformationOut xmlns:m="urn:oio:medcom:cprservice:1.0.4a"
    xmlns:cpr="http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/03/18/"
    xmlns:c5="http://rep.oio.dk/cpr.dk/xml/schemas/core/2005/11/24/"
    xmlns:c6="http://rep.oio.dk/cpr.dk/xml/schemas/core/2006/01/17/"
    xmlns:d3="http://rep.oio.dk/ebxml/xml/schemas/dkcc/2003/02/13/"
    xmlns:d5="http://rep.oio.dk/ebxml/xml/schemas/dkcc/2005/03/15/"
    xmlns:i="http://rep.oio.dk/itst.dk/xml/schemas/2006/01/17/">
  <m:PersonInformationStructure>
{changes}    <m:RegularCPRPerson>
      <m:SimpleCPRPerson>
{name}{number}      </m:SimpleCPRPerson>
      <d3:PersonGenderCode>{sex}</d3:PersonGenderCode>
      <c5:PersonInformationProtectionIndicator>{protected}</c5:PersonInformationProtectionIndicator>
      <c5:PersonBirthDateStructure>
        <d5:BirthDate>{born}</d5:BirthDate>
        <c5:BirthDateUncertaintyIndicator>false</c5:BirthDateUncertaintyIndicator>
      </c5:PersonBirthDateStructure>
      <m:PersonCivilRegistrationStatusStructure>
        <m:PersonCivilRegistrationStatusCode>{status}</m:PersonCivilRegistrationStatusCode>
        <c6:PersonCivilRegistrationStatusStartDate>{born}</c6:PersonCivilRegistrationStatusStartDate>
      </m:PersonCivilRegistrationStatusStructure>
    </m:RegularCPRPerson>
    <m:PersonAddressStructure>
{address}      <m:CountyCode>0000</m:CountyCode>
    </m:PersonAddressStructure>
{custody}  </m:PersonInformationStructure>
</m:getPersonInformationOut>
"""
_CURRENT: Final = """\
    <m:CurrentPersonCivilRegistrationIdentifier>{0}</m:CurrentPersonCivilRegistrationIdentifier>
"""
_PRIOR: Final = """\
    <m:PriorPersonCivilRegistrationIdentifier>{0}</m:PriorPersonCivilRegistrationIdentifier>
"""
_PROTECTED_NAME: Final = """\
        <i:PersonNameStructure>
          <d3:PersonGivenName>ADRESSEBESKYTTET</d3:PersonGivenName>
          <d3:PersonSurnameName>ADRESSEBESKYTTET</d3:PersonSurnameName>
        </i:PersonNameStructure>
"""
_PROTECTED_ADDRESS: Final = """\
      <m:AddressComplete>
        <m:AddressAccess>
          <cpr:MunicipalityCode>0000</cpr:MunicipalityCode>
          <cpr:StreetCode>0000</cpr:StreetCode>
        </m:AddressAccess>
        <m:AddressPostal>
          <d5:StreetName>ADRESSEBESKYTTET</d5:StreetName>
          <d5:PostCodeIdentifier>0000</d5:PostCodeIdentifier>
          <d5:DistrictName>ADRESSEBESKYTTET</d5:DistrictName>
        </m:AddressPostal>
      </m:AddressComplete>
"""
_HOLDER: Final = """\
    <m:PersonCustodyStructure>
      <m:PersonCustodyIdentifier>{0}</m:PersonCustodyIdentifier>
      <m:PersonCustodyRelation>{1}</m:PersonCustodyRelation>
    </m:PersonCustodyStructure>
"""
_NUMBER: Final = """\
        <cpr:PersonCivilRegistrationIdentifier>{0}</cpr:PersonCivilRegistrationIdentifier>
"""
_NOBODYS: Final = "0000000000"


@frozen
class Registered:
    """What a register knows of one person.

    Attributes:
        number: the number that the answer is under.
        relatives: who is listed, and the schema's word for how; None is a holder without a number.
        born: None for the number's own birth date.
        status: the CPR office's code: 01 is living, 60 a changed number, 70 missing, 80 gone
            abroad, 90 dead.
        is_protected: whether name and address are; then the service's dummy values stand there.
        current: the number that has replaced this one.
        prior: the number that this one has replaced.
    """

    number: CivilNumber
    relatives: tuple[tuple[CivilNumber | None, str], ...] = ()
    born: date | None = field(default=None, kw_only=True)
    status: str = field(default="01", kw_only=True)
    is_protected: bool = field(default=False, kw_only=True)
    current: CivilNumber | None = field(default=None, kw_only=True)
    prior: CivilNumber | None = field(default=None, kw_only=True)


def answer_about(person: Registered) -> bytes:
    """Write the answer about a person, in UTF-8, without an XML declaration."""
    changes = [
        form.format(number.reveal())
        for form, number in ((_CURRENT, person.current), (_PRIOR, person.prior))
        if number is not None
    ]
    custody = [
        _HOLDER.format(_NOBODYS if number is None else number.reveal(), escape(relation))
        for number, relation in person.relatives
    ]
    return _ANSWER.format(
        changes="".join(changes),
        name=_PROTECTED_NAME if person.is_protected else "",
        number=_NUMBER.format(person.number.reveal()),
        sex=person.number.sex.value,
        protected=str(person.is_protected).lower(),
        born=(person.born or person.number.birth_date).isoformat(),
        status=escape(person.status),
        address=_PROTECTED_ADDRESS if person.is_protected else "",
        custody="".join(custody),
    ).encode()
