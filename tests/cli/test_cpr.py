import io
import json
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eservices_adapters.cli import cpr as module
from eservices_core.outcome import Failure, Success
from eservices_core.words.civil_number import CivilNumber
from tests.cli.running import command, holds_number, run

_KEYS = ["valid", "kind", "birth_date", "sex", "mod11", "reason"]
_NOTHING = {"valid": False, "kind": None, "birth_date": None, "sex": None, "mod11": None}


def _answers(stdin: bytes) -> list[dict[str, Any]]:
    result = run("cpr", "-", stdin=stdin)
    assert (result.status, result.err) == (0, "")
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert all(list(answer) == _KEYS for answer in answers)
    return answers


def _expected(line: bytes) -> dict[str, object]:
    """Say about one line, without its end, what the word itself says."""
    try:
        text = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        return {**_NOTHING, "reason": "not_text"}
    match CivilNumber.parse(text):
        case Success(number):
            return {
                "valid": True,
                "kind": number.kind.value,
                "birth_date": number.birth_date.isoformat(),
                "sex": number.sex.value,
                "mod11": number.mod11,
                "reason": None,
            }
        case Failure(refusal):
            return {**_NOTHING, "reason": refusal.value}


class TestTheAnswer:
    def test_numbers_of_every_kind(self) -> None:
        """D-ACC-16: replacement numbers are numbers, and modulus 11 means nothing for them."""
        answers = _answers(b"0709614606\n6709614606\n0203291WQ3\n0706830VJ9\n")

        assert [answer["kind"] for answer in answers] == ["cpr", "day60", "x_ecpr", "d_ecpr"]
        assert [answer["mod11"] for answer in answers] == [True, None, None, None]
        assert answers[0] == {
            "valid": True,
            "kind": "cpr",
            "birth_date": "1961-09-07",
            "sex": "female",
            "mod11": True,
            "reason": None,
        }

    def test_modulus_11_never_refuses(self) -> None:
        """D-ACC-16: a number without check digit is valid, and says so."""
        (answer,) = _answers(b"0709614607")

        assert (answer["valid"], answer["mod11"]) == (True, False)

    def test_the_published_persons(self, shared_data: Path) -> None:
        """The CPR office's published test persons all have the birth date and sex they should."""
        persons = json.loads((shared_data / "cpr" / "cpr_office_demo_persons.json").read_text())
        answers = _answers("\n".join(person["cpr"] for person in persons).encode())

        for person, answer in zip(persons, answers, strict=True):
            assert answer["birth_date"] == person["birth_date"]
            assert answer["sex"] == {"K": "female", "M": "male"}[person["sex"]]
            assert answer["mod11"] is person["mod11"]


class TestLines:
    @pytest.mark.parametrize(
        ("stdin", "valid"),
        [
            (b"", []),
            (b"\n", [False]),
            (b"\r\n", [False]),
            (b"0709614606", [True]),
            (b"0709614606\n", [True]),
            (b"0709614606\r\n070961-4231\r\n", [True, True]),
            (b"0709614606\r", [True]),
            (b"0709614606\r\r\n", [False]),
            (b"0709614606\n\n0709614231\n\n", [True, False, True, False]),
            (b" 0709614606\n0709614606 \n", [False, False]),
            (b"0709614606\x0b0709614606\n", [False]),
            (b"0709614606\x00\n", [False]),
            (b"\xef\xbb\xbf0709614606\n0709614231\n", [True, True]),
            (b"0709614606\n\xef\xbb\xbf0709614231\n", [True, False]),
            (b"x" * 1_000_000 + b"\n0709614606\n", [False, True]),
            (b"0709614606" * 1_000_000, [False]),
            (b"\xff\xfe\n\xc3\n0709614606", [False, False, True]),
        ],
        ids=lambda value: str(value[:20]),
    )
    def test_line_ends(self, stdin: bytes, valid: list[bool]) -> None:
        """Each line gets its answer, in order, however it ends and whatever it holds."""
        assert [answer["valid"] for answer in _answers(stdin)] == valid

    @given(
        st.lists(
            st.binary(max_size=80)
            | st.from_regex(r"\A[0-9]{6}-?[0-9]{4}\r?\Z").map(str.encode)
            | st.text(max_size=14).map(lambda text: text.encode("utf-8", "surrogatepass")),
            max_size=8,
        )
    )
    @example([b"1" * 65, b"1" * 64])
    def test_any_bytes(self, pieces: list[bytes]) -> None:
        """Whatever bytes come in, each line is answered as the word answers, and never repeated."""
        stdin = b"\n".join(pieces)
        lines = stdin.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        if not lines[-1]:
            _ = lines.pop()
        answers = _answers(stdin)

        assert len(answers) == len(lines)
        for line, answer in zip(lines, answers, strict=True):
            if len(line) > 64:
                assert answer == {**_NOTHING, "reason": "wrong_length"}
            else:
                assert answer == _expected(line)

    @given(st.binary(max_size=300), st.integers(1, 7))
    @example(b"1\n\xef\xbb\xbf2\n", 2)
    @example(b"\xef\xbb\xbf2\n", 2)
    def test_where_the_chunks_end_does_not_matter(self, stdin: bytes, chunk: int) -> None:
        """A line that comes in pieces is one line."""

        class Slow(io.BytesIO):
            def read1(self, _size: int | None = -1, /) -> bytes:
                return super().read1(chunk)

        whole = [line for batch in module._lines(io.BytesIO(stdin)) for line in batch]
        pieces = [line for batch in module._lines(Slow(stdin)) for line in batch]

        assert pieces == whole

    def test_a_file_is_read_too(self, tmp_path: Path) -> None:
        """FILE may be a file."""
        path = tmp_path / "numbers"
        _ = path.write_bytes(b"0709614606\n")

        assert json.loads(run("cpr", str(path)).out)["valid"] is True


class TestNothingIsRepeated:
    def test_no_number_is_printed(self) -> None:
        """D-LOG-1: neither a number nor what was nearly one appears in the answers."""
        result = run("cpr", "-", stdin=b"0709614606\n070961-460\n3109614606\n0203291WQ3\n")

        assert not holds_number(result.out + result.err)

    @pytest.mark.parametrize("path", ["0709614606", "/", "\0"])
    def test_a_file_that_cannot_be_read(self, path: str) -> None:
        """D-LOG-1: a file that cannot be read is one line that does not repeat its name."""
        line = run("cpr", path).complaint

        assert line.startswith("FILE: cannot be read (")
        assert not holds_number(line)


class TestEndlessInput:
    def test_a_line_is_answered_at_once(self) -> None:
        """Whoever types a line gets its answer before the next."""
        with subprocess.Popen(  # noqa: S603  our own interpreter and module
            command("cpr", "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            patience = Timer(60, process.kill)  # without its answer we would wait for ever
            patience.daemon = True
            patience.start()
            assert process.stdin is not None
            assert process.stdout is not None
            for line in (b"0709614606\n", b"07096146\n", b"0709614231\n"):
                _ = process.stdin.write(line)
                process.stdin.flush()
                answer = json.loads(process.stdout.readline())

                assert answer["valid"] is (len(line) == 11)
            process.stdin.close()

            assert process.wait() == 0
            patience.cancel()

    def test_memory_is_bounded(self) -> None:
        """A line without end is read through without being kept."""
        program = (
            "import io, tracemalloc\n"
            "from eservices_adapters.cli.cpr import _lines\n"
            "class Endless(io.RawIOBase):\n"
            "    left = 1600\n"
            "    def read1(self, size):\n"
            "        self.left -= 1\n"
            "        return b'7' * size if self.left else b''\n"
            "tracemalloc.start()\n"
            "assert list(_lines(Endless())) == [[None]]\n"
            "print(tracemalloc.get_traced_memory()[1])\n"
        )
        done = subprocess.run(  # noqa: S603  our own interpreter, and a program from this file
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )

        assert int(done.stdout) < 1 << 20
