from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from attrs import evolve
from lxml import etree

from eservices_adapters.custody.dgcpr import read_answer
from eservices_adapters.custody.folder import FolderRegister
from eservices_core.access.custody import RegisterAnswer
from eservices_core.testing.contracts import CustodyRegisterContract, RegisterUnderTest
from eservices_core.words.civil_number import CivilNumber

Xml: TypeAlias = Any  # lxml's class of elements has no public name

CHILD, MOTHER, FATHER = "2906980013", "0709614606", "0709614231"
CHANGED, EARLIER, UNKNOWN = "3112970079", "0712614455", "1303814074"


def number(text: str) -> CivilNumber:
    """A number that is one."""
    return CivilNumber.parse(text).unwrap()


class TestFolderRegister(CustodyRegisterContract):
    @pytest.fixture
    def under_test(self, tmp_path: Path, build: Callable[..., Xml]) -> RegisterUnderTest:
        """A folder with a child, and a person whose number has been changed."""

        def put(name: str, **given_answer: Any) -> RegisterAnswer:
            document = etree.tostring(build(**given_answer))
            _ = (tmp_path / name).write_bytes(document)
            said = read_answer(document).unwrap()
            assert isinstance(said, RegisterAnswer)
            return said

        def garble() -> None:
            _ = (tmp_path / "a.xml").write_bytes(b"<m:getPersonInformationOut")

        known = put("a.xml", number=CHILD, relatives=[(MOTHER, "mor"), (FATHER, "far_uden")])
        _ = put("b.xml", number=EARLIER, code="60", current=CHANGED)
        current = put("c.xml", number=CHANGED, relatives=[(MOTHER, "anden")])
        return RegisterUnderTest(
            register=FolderRegister(tmp_path),
            known=known,
            unknown=number(UNKNOWN),
            changed=(
                number(EARLIER),
                evolve(
                    current,
                    other_numbers=frozenset({number(EARLIER)}),
                    successor=number(CHANGED),
                ),
            ),
            silence=lambda: _vanish(tmp_path),
            garble=garble,
            news=lambda: put("a.xml", number=CHILD, relatives=[(MOTHER, "mor_uden")]),
        )


def _vanish(folder: Path) -> None:
    _ = folder.rename(folder.with_name("elsewhere"))
