"""A custody register that is a folder of answers: for tests, demonstrations and trial runs.

Here: finding the answer about a number among files. Not here: reading one document (`dgcpr`), and
following a changed number (`following`). The folder holds what the real service answered, or
answers made for testing, one person a file, in any name that ends in `.xml`. Every question reads
the folder afresh; nothing is remembered, and every file is read for every question: keep to some
hundreds.

File names may hold CPR numbers. They appear in no answer; nothing is logged, nothing raised.

Doubt is silence, never an answer: a folder that cannot be listed, two answers about one person that
differ, a number that has been changed twice. So is a file that cannot be read, unless another one
answers.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from eservices_adapters.custody.answer_xml import MAX_BYTES
from eservices_adapters.custody.dgcpr import Document, read_document
from eservices_adapters.custody.following import drive, followed
from eservices_core.access.custody import RegisterAnswer, RegisterFailure, RegisterSaid
from eservices_core.outcome import Failure
from eservices_core.words.civil_number import CivilNumber

if TYPE_CHECKING:
    from eservices_core.ports.custody_register import CustodyRegister


@frozen
class FolderRegister:
    """The port `CustodyRegister` over a folder.

    Attributes:
        folder: where the answers lie; it may be absent, and then the register is silent.
    """

    folder: Path

    def ask(self, number: CivilNumber, /) -> RegisterSaid:
        """Ask about a person (D-ACC-7); a changed number is followed once (D-ACC-16)."""
        return drive(followed(number), _read(self.folder).about)


if TYPE_CHECKING:
    _: type[CustodyRegister] = FolderRegister


@frozen
class _Contents:
    """What lies in the folder at this moment.

    Attributes:
        documents: all that could be read.
        incomplete: whether there was more, which may be about anybody.
    """

    documents: tuple[Document, ...]
    incomplete: bool

    def about(self, number: CivilNumber) -> RegisterSaid:
        """What is there about a number: under it, or else under one that replaced it."""
        found = [document.said for document in self.documents if number in document.about]
        answers = {said for said in found if isinstance(said, RegisterAnswer)}
        own = {answer for answer in answers if answer.number == number}
        match [*(own or answers)]:
            case [answer]:
                return answer
            case [_, *_]:
                return RegisterFailure.SILENT
            case _ if found:
                return RegisterFailure.VERSION_CANNOT_ANSWER
            case _ if self.incomplete:
                return RegisterFailure.SILENT
            case _:
                return RegisterFailure.NOT_IN_REGISTER


def _read(folder: Path) -> _Contents:
    documents: list[Document] = []
    incomplete = False
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".xml" and not path.is_dir()]
    except OSError:
        return _Contents((), incomplete=True)
    for path in paths:
        content = _read_file(path)
        read = read_document(content) if content is not None else None
        if read is None or isinstance(read, Failure):
            incomplete = True
            continue
        document = read.unwrap()
        documents.append(document)
        incomplete = incomplete or _may_be_about_anybody(document)
    return _Contents(tuple(documents), incomplete)


def _may_be_about_anybody(document: Document) -> bool:
    """A kept 'no such person' is about nobody; any other document without a number, who knows."""
    return not document.about and document.said is not RegisterFailure.NOT_IN_REGISTER


def _read_file(path: Path) -> bytes | None:
    """The file, cut one byte above the bound; None where it cannot be read."""
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return None
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        return None
