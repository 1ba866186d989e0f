import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from lxml import etree

from eservices_adapters.custody.answer_xml import (
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
)
from eservices_adapters.custody.dgcpr import VERSION, Defect, UnreadableAnswer, read_answer
from eservices_core.access.custody import RegisterAnswer
from eservices_core.outcome import Failure, Success

Xml: TypeAlias = Any  # lxml's class of elements has no public name
Build: TypeAlias = Callable[..., Xml]

MILLION = 1_000_000
ENTITIES = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
IN_DTD = {
    "billion laughs": b'<!DOCTYPE a [<!ENTITY l0 "ha">' + ENTITIES + b"]><a>&l9;</a>",
    "quadratic blow-up": b'<!DOCTYPE a [<!ENTITY x "%s">]><a>%s</a>'
    % (b"x" * 99_999, b"&x;" * 999),
    "a file": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "a page": b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://register.example/x">]><a>&x;</a>',
    "a parameter": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://register.example/x"> %x;]><a/>',
    "a subset elsewhere": b'<!DOCTYPE a SYSTEM "http://register.example/a.dtd"><a/>',
    "nothing but a type": b"<!DOCTYPE a><a/>",
    "default attributes": b'<!DOCTYPE a [<!ATTLIST a b CDATA "c">]><a/>',
}
UTF_7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-'


def many_attributes(number: int, what: bytes = b'a%d=""') -> bytes:
    """An element with that many attributes, or name space declarations."""
    return b"<a " + b" ".join(what % n for n in range(number)) + b"/>"


HOSTILE = {
    **{f"dtd: {name}": document for name, document in IN_DTD.items()},
    "depth, all": b"<a>" * MILLION + b"</a>" * MILLION,
    "depth, in bounds of size": b"<a>" * 140_000 + b"</a>" * 140_000,
    "attributes, all": many_attributes(MILLION),
    "attributes, in bounds of size": many_attributes(80_000),
    "name spaces, in bounds of size": many_attributes(50_000, b'xmlns:a%d="b"'),
    "elements, in bounds of size": b"<a>" + b"<a/>" * 250_000 + b"</a>",
    "comments, in bounds of size": b"<a>" + b"<!---->" * 140_000 + b"</a>",
    "instructions, in bounds of size": b"<a>" + b"<?a?>" * 200_000 + b"</a>",
    "one long name": b"<" + b"a" * (MAX_BYTES - 3) + b"/>",
    "one long value": b'<a b="' + b"c" * (MAX_BYTES - 9) + b'"/>',
    "one long text": b"<a>" + b"b" * (MAX_BYTES - 7) + b"</a>",
    "many references": b"<a>" + b"&#65;" * 200_000 + b"</a>",
    "equals signs": b"<a>" + b"=" * (MAX_BYTES - 7) + b"</a>",
    "less-than signs": b"<" * MAX_BYTES,
    "a declaration without end": b"<?xml " + b"encoding " * 100_000,
    "utf-7": UTF_7,
}


def padded(document: bytes, inside: bytes) -> bytes:
    """A valid answer with something put into the address, where nobody looks."""
    return document.replace(b"<m:CountyCode>", inside + b"<m:CountyCode>")


@pytest.fixture(scope="module")
def valid(build: Build) -> bytes:
    """An answer whose prefix for the register's name space is `m`."""
    answer = build(dressed=False)
    renamed = etree.Element(answer.tag, nsmap={"m": VERSION})
    for child in answer:
        renamed.append(child)
    etree.cleanup_namespaces(renamed)
    document = etree.tostring(renamed)
    assert isinstance(read_answer(document).unwrap(), RegisterAnswer)
    assert padded(document, b"<x/>") != document
    return document


def defect(document: bytes) -> Defect:
    """What is wrong with a document that must not be read; the error names nothing of it."""
    outcome = read_answer(document)
    assert isinstance(outcome, Failure)
    assert outcome.failure().element is None
    return outcome.failure().defect


# --- in time and in memory ------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_in_time(name: str) -> None:
    """faults: 168. Hostile XML is refused, soon."""
    begun = time.perf_counter()
    assert isinstance(read_answer(HOSTILE[name]), Failure)
    assert time.perf_counter() - begun < 5


def test_hostile_xml_is_refused_in_memory(tmp_path: Path) -> None:
    """faults: 168. All the hostile XML together, as files, takes less than 64 MiB."""
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is measured in the way of Linux")
    for place, document in enumerate(HOSTILE.values()):
        _ = (tmp_path / f"{place}.xml").write_bytes(document)
    script = """
import re, sys
from pathlib import Path
from eservices_adapters.custody.folder import FolderRegister
from eservices_core.words.civil_number import CivilNumber
def peak():
    return int(re.search("VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1])
number = CivilNumber.parse("2906980013").unwrap()
before = peak()
print(FolderRegister(Path(sys.argv[1])).ask(number).name, (peak() - before) // 1024)
"""
    result = subprocess.run(  # noqa: S603 our own interpreter and script
        [sys.executable, "-c", script, str(tmp_path)],
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    said, mebibytes = result.stdout.split()
    assert said == "SILENT"
    assert 0 < int(mebibytes) < 64


# --- document types and inclusions ----------------------------------------------------------------


@pytest.mark.parametrize("name", IN_DTD)
def test_no_document_type_at_all(name: str) -> None:
    """faults: 168. Any DOCTYPE is refused, whatever is in it."""
    assert defect(IN_DTD[name]) is Defect.DOCTYPE


def test_a_document_type_before_a_valid_answer(valid: bytes) -> None:
    """faults: 168. A valid answer with a DOCTYPE is refused."""
    assert defect(b"<!DOCTYPE x>" + valid) is Defect.DOCTYPE


@pytest.mark.parametrize("reference", [b"&x;", b"&nbsp;", b"&#0;", b"&#x110000;", b"&#xD800;"])
def test_an_unknown_reference_is_refused(valid: bytes, reference: bytes) -> None:
    """faults: 168. A reference to no entity, or to no character, is no XML."""
    assert defect(padded(valid, b"<x>" + reference + b"</x>")) is Defect.NOT_XML


def test_nothing_is_included(valid: bytes, tmp_path: Path) -> None:
    """faults: 168. An inclusion is an element like any other: nothing is read in."""
    secret = tmp_path / "secret.txt"
    _ = secret.write_text("mor")
    include = (
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="%s"/>'
        % secret.as_uri().encode()
    )
    assert read_answer(padded(valid, include)) == read_answer(valid)
    relation = valid.replace(b">mor<", b">" + include + b"<")
    assert relation != valid
    assert read_answer(relation) == Failure(
        UnreadableAnswer(Defect.UNEXPECTED, "PersonCustodyRelation")
    )


def test_an_unbound_prefix_means_nothing(valid: bytes) -> None:
    """A name whose prefix nothing declares is never one of the register's; nothing is raised."""
    assert isinstance(read_answer(b"<a:b/>"), Failure)
    for name in (b"m:RegularCPRPerson", b"m:PersonCustodyRelation"):
        for unbound in (b"n:", b"n:m:", b"m:n:", b":"):
            document = valid.replace(name, name.replace(b"m:", unbound))
            assert document != valid
            assert isinstance(read_answer(document), Failure)


# --- encodings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp500"])
@pytest.mark.parametrize("declared", [True, False])
def test_another_encoding_is_refused(valid: bytes, encoding: str, declared: bool) -> None:
    """faults: 168. An answer in another encoding is refused, declared or not."""
    head = f'<?xml version="1.0" encoding="{encoding}"?>' if declared else ""
    document = (head + valid.decode()).encode(encoding)
    assert defect(document) in {Defect.NOT_UTF8, Defect.NOT_XML}


@pytest.mark.parametrize("encoding", ["UTF-7", "UTF-16", "ISO-8859-1", "US-ASCII", "", "utf-8x"])
def test_a_declaration_of_another_encoding_is_refused(valid: bytes, encoding: str) -> None:
    """faults: 168. UTF-8 that says it is something else is refused."""
    for quote in ("'", '"'):
        head = f"<?xml version='1.0' encoding = {quote}{encoding}{quote} ?>".encode()
        assert defect(head + valid) is Defect.NOT_UTF8
        assert defect(b"\xef\xbb\xbf" + head + valid) is Defect.NOT_UTF8


def test_utf_8_may_say_so(valid: bytes) -> None:
    """UTF-8 may be declared, in any letters, and may begin with its mark."""
    for head in (b"", b"\xef\xbb\xbf", b"<?xml version='1.0' encoding='utf-8' standalone='no'?>"):
        assert read_answer(head + valid) == read_answer(valid)


@pytest.mark.parametrize("wrong", [b"\xe6", b"\xc0\xaf", b"\xed\xa0\x80", b"\xff\xfe"])
def test_bytes_that_are_not_utf_8_are_refused(valid: bytes, wrong: bytes) -> None:
    """faults: 168. Latin-1, overlong forms and surrogates are refused, wherever they stand."""
    assert defect(padded(valid, b"<x>" + wrong + b"</x>")) is Defect.NOT_UTF8


# --- the bounds, on the line ----------------------------------------------------------------------


def test_the_bound_of_size(valid: bytes) -> None:
    """faults: 168. The last allowed byte is read, and one more is refused."""
    full = valid + b" " * (MAX_BYTES - len(valid))
    assert isinstance(read_answer(full), Success)
    assert defect(full + b" ") is Defect.TOO_BIG


def test_the_bound_of_depth(valid: bytes) -> None:
    """faults: 168. The last allowed depth is read, and one more is refused."""
    free = MAX_DEPTH - 3  # the answer, the information, the address
    assert isinstance(read_answer(padded(valid, b"<x>" * free + b"</x>" * free)), Success)
    assert defect(padded(valid, b"<x>" * (free + 1) + b"</x>" * (free + 1))) is Defect.TOO_DEEP


def test_the_bound_of_elements(valid: bytes) -> None:
    """faults: 168. The last allowed element is read, and one more is refused."""
    free = MAX_ELEMENTS - len(list(etree.fromstring(valid).iter()))
    assert isinstance(read_answer(padded(valid, b"<x/>" * free)), Success)
    assert defect(padded(valid, b"<x/>" * (free + 1))) is Defect.TOO_MANY_ELEMENTS


def test_the_bound_of_attributes(valid: bytes) -> None:
    """faults: 168. The last allowed attribute is read, and one more is refused."""
    assert isinstance(read_answer(padded(valid, many_attributes(MAX_ATTRIBUTES))), Success)
    document = padded(valid, many_attributes(MAX_ATTRIBUTES + 1))
    assert defect(document) is Defect.TOO_MANY_ATTRIBUTES
