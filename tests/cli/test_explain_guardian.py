from pathlib import Path

import pytest

from eservices_adapters.cli.guardian_answers import tell_apart
from eservices_core.access.custody import (
    CivilStatus,
    RegisterAnswer,
    RegisterFailure,
    RegisterSaid,
)
from eservices_core.clinic.master_card import Protection
from eservices_core.words.civil_number import CivilNumber
from tests.cli.running import CHILD, FATHER, MOTHER, Run, holds_number, run

_KEYS = ["outcome", "reason", "rule", "next_step", "text"]
_CHILD_OF_SOLE_MOTHER = "3112970079"
_SOLE_MOTHER = "1303814074"
_FATHER_WITHOUT = "0712614455"
_PROTECTED_CHILD = "3101229995"
_PROTECTED_CHILDS_FATHER = "3103979995"
_DEAD = "2311143995"
_STRANGER = _PROTECTED_CHILD

_JOINT = "child_joint_custody.xml"
_SOLE = "child_sole_mother_father_without.xml"
_PROTECTED = "child_protected.xml"
_DECEASED = "deceased_parent.xml"


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> Path:
    """Give the folder of answers that were made for testing."""
    return shared_data / "custody" / "dgcpr_answers"


def _ask(child: str, guardian: str, *files: Path, at: str = "2008-06-01T12:00:00+02:00") -> Run:
    options = [part for file in files for part in ("--answer", str(file))]
    return run(
        "explain", "guardian", "--child", child, "--guardian", guardian, "--at", at, *options
    )


class TestTheAnswer:
    def test_a_holder_is_verified(self, answers: Path) -> None:
        """S-ACC-9: with custody in the register's answer, the guardian is verified."""
        for guardian in (MOTHER, FATHER):
            answer = _ask(CHILD, guardian, answers / _JOINT).answer

            assert list(answer) == _KEYS
            assert (answer["outcome"], answer["reason"]) == ("verified", None)
            assert answer["rule"] == "S-ACC-9"

    def test_a_parent_without_custody_is_refused(self, answers: Path) -> None:
        """D-ACC-7: a parent who stands in the list without custody is no guardian."""
        answer = _ask(_CHILD_OF_SOLE_MOTHER, _FATHER_WITHOUT, answers / _SOLE).answer

        assert (answer["outcome"], answer["reason"]) == ("refused", "no_custody")
        assert _ask(_CHILD_OF_SOLE_MOTHER, _SOLE_MOTHER, answers / _SOLE).answer["outcome"] == (
            "verified"
        )

    def test_from_fifteen_nobody_stands_behind_it(self, answers: Path) -> None:
        """D-ACC-5: from the birthday on, in Copenhagen, the same answer is refused."""
        last = _ask(CHILD, MOTHER, answers / _JOINT, at="2013-06-28T23:59:59+02:00").answer
        first = _ask(CHILD, MOTHER, answers / _JOINT, at="2013-06-28T22:00:00Z").answer

        assert last["outcome"] == "verified"
        assert (first["outcome"], first["reason"]) == ("refused", "not_under_15")

    def test_the_same_person_is_refused(self, answers: Path) -> None:
        """D-ACC-8: nobody is their own guardian."""
        assert _ask(CHILD, CHILD, answers / _JOINT).answer["reason"] == "same_person"

    def test_a_protected_child_goes_through_the_clinic(self, answers: Path) -> None:
        """D-ACC-19: with protection, self-service cannot verify, whoever asks, a holder too."""
        for guardian in (_PROTECTED_CHILDS_FATHER, MOTHER):
            answer = _ask(
                _PROTECTED_CHILD, guardian, answers / _PROTECTED, at="2026-01-31T12:00:00+01:00"
            ).answer

            assert (answer["outcome"], answer["reason"]) == ("cannot_verify", "protected_person")
            assert answer["next_step"] == "clinic_verifies_by_hand"

    def test_an_appointed_guardian_counts_unless_told_otherwise(
        self, answers: Path, tmp_path: Path
    ) -> None:
        """D-ACC-7: an appointed guardian counts, unless --guardianship says no."""
        path = tmp_path / "answer.xml"
        whole = (answers / _JOINT).read_bytes()
        _ = path.write_bytes(whole.replace(b">mor<", b">vaerge<"))
        at = "2008-06-01T12:00:00+02:00"
        asked = ("explain", "guardian", "--child", CHILD, "--guardian", MOTHER, "--at", at)
        said = {
            option: run(*asked, "--answer", str(path), *option).answer["outcome"]
            for option in ((), ("--guardianship", "yes"), ("--guardianship", "no"))
        }

        assert list(said.values()) == ["verified", "verified", "refused"]

    def test_every_unhappy_end_is_one_page(self, answers: Path) -> None:
        """D-ACC-8: whatever is wrong, the public is told the same; staff are told what."""
        ends = [
            _ask(CHILD, CHILD, answers / _JOINT).answer,
            _ask(CHILD, _FATHER_WITHOUT, answers / _JOINT).answer,
            _ask(_STRANGER, MOTHER, answers / _JOINT).answer,
        ]

        assert len({end["text"]["patient"]["da"] for end in ends}) == 1
        assert len({end["text"]["staff"]["da"] for end in ends}) == 3


class TestWhomAnAnswerIsAbout:
    def test_the_order_does_not_matter(self, answers: Path) -> None:
        """D-ACC-8: an answer about the guardian may stand before or after the child's."""
        child, guardian = answers / _JOINT, answers / _DECEASED
        said = [
            _ask(CHILD, _DEAD, *files).answer for files in ((child, guardian), (guardian, child))
        ]

        assert said[0] == said[1]
        assert (said[0]["outcome"], said[0]["reason"]) == ("refused", "dead_or_gone")

    def test_an_answer_about_neither(self, answers: Path) -> None:
        """D-ACC-8: an answer about another person cannot verify, alone or as a second one."""
        alone = _ask(_STRANGER, MOTHER, answers / _JOINT).answer
        second = _ask(CHILD, MOTHER, answers / _JOINT, answers / _SOLE).answer

        for answer in (alone, second):
            assert (answer["outcome"], answer["reason"]) == (
                "cannot_verify",
                "answer_about_another",
            )

    def test_only_the_guardian_was_asked_about(self, answers: Path) -> None:
        """An answer about the guardian alone is none about the child."""
        answer = _ask(_STRANGER, CHILD, answers / _JOINT).answer

        assert answer["reason"] == "answer_about_another"

    def test_telling_apart(self) -> None:
        """Answers go to whom they are about; silence goes to whom no answer is about."""
        child, guardian = (CivilNumber.parse(text).unwrap() for text in (CHILD, MOTHER))
        of_child, of_guardian, of_stranger = (
            RegisterAnswer("1", number, number.birth_date, CivilStatus.LIVING, Protection.NONE)
            for number in (child, guardian, CivilNumber.parse(_STRANGER).unwrap())
        )
        silent = RegisterFailure.SILENT
        told: list[tuple[list[RegisterSaid], tuple[RegisterSaid, RegisterSaid | None]]] = [
            ([of_child], (of_child, None)),
            ([silent], (silent, None)),
            ([of_guardian], (of_guardian, None)),
            ([of_guardian, of_child], (of_child, of_guardian)),
            ([silent, of_child], (of_child, silent)),
            ([silent, of_guardian], (silent, of_guardian)),
            ([of_stranger, of_guardian], (of_stranger, of_guardian)),
            ([of_stranger, of_child], (of_child, of_stranger)),
            ([of_child, of_child], (of_child, of_child)),
            ([of_stranger, silent], (of_stranger, silent)),
            ([silent, of_stranger], (silent, of_stranger)),
        ]

        for said, expected in told:
            assert tell_apart(child, guardian, said) == expected


class TestBadInput:
    def test_a_malformed_number_names_its_option(self, answers: Path) -> None:
        """A malformed CPR number is one line that names the option, and not the number."""
        for text in (
            "070961460",
            "07096146060",
            "3113974606",
            "070961\u20134606",
            "",
            "0709614606\n",
        ):
            for child, guardian, option in ((text, MOTHER, "child"), (CHILD, text, "guardian")):
                line = _ask(child, guardian, answers / _JOINT).complaint

                assert line.startswith(f"--{option}: is no CPR number (")
                assert not holds_number(line)

    def test_an_instant_without_offset(self, answers: Path) -> None:
        """Nobody knows which instant is meant without its offset."""
        line = _ask(CHILD, MOTHER, answers / _JOINT, at="2008-06-01T12:00:00").complaint

        assert line.startswith("--at: needs an offset")

    @pytest.mark.parametrize(
        "document",
        [
            b"",
            b"0709614606",
            b"<a>0709614606</a>",
            b"<a>" * 10_000,
            b"\xff\xff",
            b'<!DOCTYPE a [<!ENTITY b "0709614606">]><a>&b;</a>',
            b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
            b" " * (1 << 20) + b"<a/>",
        ],
        ids=lambda document: str(document[:24]),
    )
    def test_a_hostile_file_names_the_option(self, document: bytes, tmp_path: Path) -> None:
        """A file that is no answer is one line that names the option, and nothing of the file."""
        path = tmp_path / "answer.xml"
        _ = path.write_bytes(document)
        line = _ask(CHILD, MOTHER, path).complaint

        assert line.startswith("--answer: ")
        assert not holds_number(line)

    def test_a_damaged_answer_names_the_element(self, answers: Path, tmp_path: Path) -> None:
        """An answer that lacks something is one line that names the element, not its content."""
        path = tmp_path / "answer.xml"
        whole = (answers / _JOINT).read_bytes()
        _ = path.write_bytes(whole.replace(b">1998-06-29<", b">0709614606<"))
        line = _ask(CHILD, MOTHER, path).complaint

        assert line == "--answer: is no answer that can be read (bad_value, in BirthDate)"

    def test_too_many_answers(self, answers: Path) -> None:
        """A third answer can be about nobody."""
        line = _ask(CHILD, MOTHER, *(answers / name for name in (_JOINT, _SOLE, _JOINT))).complaint

        assert line.startswith("--answer: at most two")

    def test_a_missing_file(self, tmp_path: Path) -> None:
        """A file that is not there is one line that does not repeat its name."""
        line = _ask(CHILD, MOTHER, tmp_path / f"{MOTHER}.xml").complaint

        assert line == "--answer: cannot be read (no such file or directory)"
