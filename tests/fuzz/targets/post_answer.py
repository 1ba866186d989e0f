"""What SF1601 answers to a message: `kombi_response`."""

from collections.abc import Hashable

from eservices_adapters.mitdk.kombi_xml import NotTaken, read_answer
from eservices_adapters.stand_ins.kombi_reading import said_no, said_yes
from eservices_core.outcome import Failure
from tests.fuzz.target import Target


def _seeds() -> list[bytes]:
    return [
        said_yes("1ab6eb87-a457-4ad3-8952-ed8f18a1676a"),
        said_no("memo.invalid"),
        b"<kombi_response><Result>false</Result></kombi_response>",
    ]


def _attempt(content: bytes) -> Hashable:
    outcome = read_answer(content)
    if isinstance(outcome, Failure):
        return outcome.failure()
    answer = outcome.unwrap()
    if isinstance(answer, NotTaken):
        return ("no", answer.code == "other")
    return ("yes", answer.transmission is None)


TARGET = Target(
    "post-answer",
    _attempt,
    _seeds,
    words=(
        *(b"<!DOCTYPE a>", b"<!ENTITY x 'y'>", b"&x;", b"&#48;", b"<!--", b"-->", b"<![CDATA["),
        *(b"]]>", b"<?x?>", b'<?xml version="1.0" encoding="utf-16"?>', b" xmlns='x'", b"<a>"),
        *(b"</a>", b"true", b"false", b"received", b"<Result>", b"</Result>", b"FejlId", b"TRUE"),
    ),
)
