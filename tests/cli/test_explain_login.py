import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access.facts import Age, Guardian, Measure, NumberMatch, Tick, UserStatus
from eservices_core.access.login import MITID, TWO_FACTOR, LoginDecision, LoginVerdict, MitidLogin
from eservices_core.access.mitid import (
    ACCEPTABLE,
    Assurance,
    Binding,
    Freshness,
    IdentityFacts,
    NumberGiven,
)
from eservices_core.tables import Row
from tests.cli.running import (
    BY_MITID,
    GROWN,
    answered_or_complained,
    explain_login,
    holds_number,
    run,
    run_process,
)

_KEYS = ["decision", "reason", "obligations", "rule", "next_step", "text"]
_AT = {Measure.BEFORE: "2023-05-31T23:59:59+02:00", Measure.IN_FORCE: "2023-06-01T00:00:00+02:00"}
_BORN = {Age.UNDER_15: "2010-01-01", Age.FROM_15: "2000-01-01"}


def _as_row(row: Row[LoginVerdict]) -> dict[str, object]:
    """Give a row as the command should say it."""
    return {
        "decision": row.then.decision.value,
        "reason": None if row.then.reason is None else row.then.reason.value,
        "rule": row.rule,
        "next_step": row.next_step.value,
        "text": {
            "patient": {"da": row.says.patient.da, "en": row.says.patient.en},
            "staff": {"da": row.says.staff.da, "en": row.says.staff.en},
        },
    }


class TestTheAnswer:
    def test_an_adult_without_the_tick_is_sent_to_mitid(self) -> None:
        """S-ACC-3: from 15 and without the tick, a right password is refused; staff see why."""
        answer = explain_login(GROWN).answer

        assert list(answer) == _KEYS
        assert answer["decision"] == "refused"
        assert answer["reason"] == "use_mitid"
        assert answer["obligations"] == []
        assert answer["rule"] == "S-ACC-3"
        assert "Intet MitID" in answer["text"]["staff"]["da"]
        assert "Intet MitID" not in answer["text"]["patient"]["da"]

    def test_a_temporary_password_brings_an_obligation(self) -> None:
        """D-ACC-12: with a temporary password the code is followed by a new password."""
        answer = explain_login({**GROWN, "no_mitid": True, "temporary_password": True}).answer

        assert (answer["decision"], answer["obligations"]) == ("code_required", ["change_password"])

    def test_the_day_of_the_measure_is_data(self) -> None:
        """D-ACC-1: where the measure begins later, two-factor is still open to everybody."""
        answer = explain_login({**GROWN, "mitid_required_from": "2026-02-01"}).answer

        assert (answer["decision"], answer["rule"]) == ("code_required", "S-ACC-1")

    @pytest.mark.parametrize(
        ("at", "decision"),
        [
            ("2026-01-31T23:59:59.999999+01:00", "guardian_required"),
            ("2026-01-31T23:00:00Z", "refused"),
        ],
    )
    def test_fifteen_begins_at_midnight_in_copenhagen(self, at: str, decision: str) -> None:
        """D-ACC-5: the guardian's part ends on the birthday at 00:00 in Copenhagen."""
        answer = explain_login({**GROWN, "at": at, "birth_date": "2011-02-01"}).answer

        assert answer["decision"] == decision

    def test_danish_is_written_as_it_is(self) -> None:
        """The answer is UTF-8 with its Danish letters, whatever the locale's encoding is."""
        result = run_process(
            "explain",
            "login",
            "-",
            stdin=json.dumps(GROWN).encode(),
            environment={"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        )

        assert "åben" in result.out
        assert result.answer["decision"] == "refused"

    def test_a_file_is_read_too(self, tmp_path: Path) -> None:
        """FACTS.json may be a file, with a byte-order mark as some editors leave."""
        path = tmp_path / "facts.json"
        _ = path.write_bytes(b"\xef\xbb\xbf" + json.dumps(BY_MITID).encode())

        assert run("explain", "login", str(path)).answer["decision"] == "granted"


class TestTheDoorIsTheTable:
    """The command answers as the tables do, in every case that they know."""

    def test_two_factor(self) -> None:
        """D-ACC-4: every case of two-factor gets through the door the row that the table gives."""
        for case in TWO_FACTOR.cases():
            for temporary in (False, True):
                answer = explain_login(
                    {
                        "at": _AT[case.measure],
                        "method": "two_factor",
                        "user": case.user.value,
                        "birth_date": _BORN[case.age],
                        "no_mitid": case.tick is Tick.SET,
                        "guardian_verified": case.guardian is Guardian.VERIFIED,
                        "temporary_password": temporary,
                    }
                ).answer
                row = TWO_FACTOR.decide(case)
                must_change = temporary and row.then.decision is LoginDecision.CODE_REQUIRED

                assert answer.pop("obligations") == ["change_password"] * must_change
                assert answer == _as_row(row)

    def test_mitid(self) -> None:
        """D-ACC-4: every case of MitID gets through the door the row that the tables give."""
        identities = [
            identity
            for identity in ACCEPTABLE.cases()
            if identity.freshness is Freshness.FRESH
            and identity.binding is Binding.OURS
            and identity.assurance is not Assurance.UNKNOWN
        ]
        for identity in identities:
            for user in UserStatus:
                for measure in Measure:
                    for match in NumberMatch:
                        self._compare(identity, user, measure, match)

    def _compare(
        self, identity: IdentityFacts, user: UserStatus, measure: Measure, match: NumberMatch
    ) -> None:
        missing = identity.number is NumberGiven.MISSING
        answer = explain_login(
            {
                **GROWN,
                "at": _AT[measure],
                "method": "mitid",
                "user": user.value,
                "mitid": {
                    "identity": identity.kind.value,
                    "assurance": identity.assurance.value,
                    "cpr": "missing" if missing else match.value,
                },
            }
        ).answer
        accepted = ACCEPTABLE.decide(identity).then
        row = MITID.decide(MitidLogin(accepted, match, user, measure))

        assert answer.pop("obligations") == []
        assert answer == _as_row(row)


_WRONG: list[tuple[dict[str, Any], str]] = [
    ({"at": "2026-01-31T12:00:00"}, "at: needs an offset"),
    ({"at": "2026-02-30T12:00:00+01:00"}, "at: is no time"),
    ({"at": 1769857200}, "at: must be a text"),
    ({"at": None}, "at: must be a text"),
    ({"method": "password"}, "method: must be mitid or two_factor"),
    ({"method": ["mitid"]}, "method: must be mitid or two_factor"),
    ({"user": "ACTIVE"}, "user: must be none, awaiting_activation, active, locked or closed"),
    ({"user": {}}, "user: must be"),
    ({"birth_date": "1990-13-01"}, "birth_date: is no date"),
    ({"birth_date": "01-01-1990"}, "birth_date: must be a date such as"),
    ({"birth_date": "2026-02-01"}, "birth_date: lies after at"),
    ({"no_mitid": "true"}, "no_mitid: must be true or false"),
    ({"no_mitid": 1}, "no_mitid: must be true or false"),
    ({"no_mitid": None}, "no_mitid: must be true or false"),
    ({"guardian_verified": "no"}, "guardian_verified: must be true or false"),
    ({"temporary_password": 0}, "temporary_password: must be true or false"),
    ({"mitid_required_from": "June"}, "mitid_required_from: must be a date"),
    ({"mitid": BY_MITID["mitid"]}, "mitid: stands only with method mitid"),
    ({"method": "mitid"}, "mitid: is missing"),
    ({"method": "mitid", "mitid": None}, "mitid: must be an object"),
    ({"method": "mitid", "mitid": []}, "mitid: must be an object"),
    ({"no_mit_id": True}, "no_mit_id: there is no such member; did you mean no_mitid?"),
    ({"0709614606": True}, "member: there is no such member"),
    ({"\ud800": True}, "member: there is no such member"),
    ({"a\nb": True}, "member: there is no such member"),
]
_WRONG_OF_MITID: list[tuple[dict[str, Any], str]] = [
    ({"identity": "citizen"}, "mitid.identity: must be private or business"),
    ({"assurance": "unknown"}, "mitid.assurance: must be low, substantial or high"),
    ({"assurance": "High"}, "mitid.assurance: must be low, substantial or high"),
    ({"cpr": "0709614606"}, "mitid.cpr: must be own, other or missing"),
    ({"cpr": 709614606}, "mitid.cpr: must be own, other or missing"),
    ({"age": 40}, "mitid.age: there is no such member"),
]


class TestBadInput:
    @pytest.mark.parametrize(("members", "complaint"), _WRONG)
    def test_a_wrong_member_is_named(self, members: dict[str, Any], complaint: str) -> None:
        """A member that is wrong is one line that names it, and exit status 2."""
        line = explain_login({**GROWN, **members}).complaint

        assert line.startswith(complaint)
        assert not holds_number(line)

    @pytest.mark.parametrize(("members", "complaint"), _WRONG_OF_MITID)
    def test_a_wrong_member_of_mitid_is_named(
        self, members: dict[str, Any], complaint: str
    ) -> None:
        """A member of `mitid` that is wrong is named by its path."""
        said: Any = BY_MITID["mitid"]
        line = explain_login({**BY_MITID, "mitid": {**said, **members}}).complaint

        assert line.startswith(complaint)
        assert not holds_number(line)

    @pytest.mark.parametrize("name", sorted(GROWN))
    def test_a_missing_member_is_named(self, name: str) -> None:
        """Each required member that is left out is named."""
        members = {key: value for key, value in GROWN.items() if key != name}

        assert explain_login(members).complaint == f"{name}: is missing"

    @pytest.mark.parametrize("name", ["identity", "assurance", "cpr"])
    def test_a_missing_member_of_mitid_is_named(self, name: str) -> None:
        """Each member of `mitid` is required."""
        said: Any = BY_MITID["mitid"]
        members = {key: value for key, value in said.items() if key != name}

        assert explain_login({**BY_MITID, "mitid": members}).complaint == (
            f"mitid.{name}: is missing"
        )

    @pytest.mark.parametrize(
        ("document", "complaint"),
        [
            (b"", "FACTS.json: is not JSON (line 1, column 1)"),
            (b"{} {}", "FACTS.json: is not JSON (line 1, column 4)"),
            (b"[]", "FACTS.json: must be a JSON object"),
            (b"null", "FACTS.json: must be a JSON object"),
            (b"0709614606", "FACTS.json: is not JSON (line 1, column 2)"),
            (b"7" * 5_000, "FACTS.json: must be a JSON object"),
            (b"\xff\xfe{\x00}\x00", "FACTS.json: is not UTF-8"),
            (b"[" * 100_000, "FACTS.json: is nested too deeply"),
            (b'{"a":' * 100_000, "FACTS.json: is nested too deeply"),
            (b'{"at": "x", "at": "y"}', "at: stands twice"),
            (b'{"0709614606": 1, "0709614606": 2}', "a member: stands twice"),
            (b'{"at": NaN}', "NaN: is no JSON value"),
            (b'{"at": -Infinity}', "Infinity: is no JSON value"),
            (b'{"at": ' + b"9" * 10_000 + b"}", "method: is missing"),
            (b'{"at": 1e999999}', "method: is missing"),
            (b" " * (1 << 20) + b"{}", "FACTS.json: is larger than 1 MiB"),
        ],
        ids=lambda value: value if isinstance(value, str) else str(value[:20]),
    )
    def test_a_document_that_is_no_question(self, document: bytes, complaint: str) -> None:
        """A document that cannot be a question is one line that names the argument."""
        assert run("explain", "login", "-", stdin=document).complaint == complaint

    def test_a_file_without_end(self) -> None:
        """A source that never ends is too large, and is not read to its end."""
        zeros = Path("/dev/zero")
        if not zeros.exists():
            pytest.skip("this system has no /dev/zero")

        assert run("explain", "login", str(zeros)).complaint == "FACTS.json: is larger than 1 MiB"

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """A file that is not there, or is a folder, or no name at all, is one line without it."""
        for path in (tmp_path / "0709614606.json", tmp_path, "\0", "x" * 10_000):
            line = run("explain", "login", str(path)).complaint

            assert line.startswith("FACTS.json: cannot be read (")
            assert not holds_number(line)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["mitid", "two_factor", "active", "private", "high", "own"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    [*BY_MITID, "temporary_password", "mitid_required_from", "0709614606"]
) | st.text(max_size=12)


class TestAnyInput:
    @given(st.binary(max_size=200))
    def test_any_bytes(self, document: bytes) -> None:
        """Whatever bytes come in, the end is an answer or one line."""
        answered_or_complained(run("explain", "login", "-", stdin=document))

    @given(_JSON)
    def test_any_json(self, value: object) -> None:
        """Whatever JSON comes in, the end is an answer or one line."""
        answered_or_complained(run("explain", "login", "-", stdin=json.dumps(value)))

    @given(st.sampled_from([GROWN, BY_MITID]), st.dictionaries(_NAMES, _JSON, max_size=2))
    def test_any_members(self, facts: dict[str, object], members: dict[str, object]) -> None:
        """Whatever stands in the members, the end is an answer or one line without a number."""
        result = explain_login({**facts, **members})

        answered_or_complained(result)
        assert not holds_number(result.err)
