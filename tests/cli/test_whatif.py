import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.running import (
    BY_MITID,
    GROWN,
    Run,
    answered_or_complained,
    explain_login,
    holds_number,
    run,
)


def _what_if(facts: Mapping[str, object], *changes: str) -> Run:
    options = [part for change in changes for part in ("--set", change)]
    return run("whatif", "login", "-", *options, stdin=json.dumps(facts))


class TestTheCell:
    def test_the_tick_decides(self) -> None:
        """S-ACC-4: with the tick the same patient gets a code, and the cell is the tick's."""
        answer = _what_if(GROWN, "no_mitid=true").answer

        assert list(answer) == ["before", "after", "set", "cell"]
        assert answer["before"] == explain_login(GROWN).answer
        assert answer["after"] == explain_login({**GROWN, "no_mitid": True}).answer
        assert answer["set"] == {"no_mitid": True}
        assert answer["cell"] == {
            "table": "login.two_factor",
            "fact": "tick",
            "before": "not_set",
            "after": "set",
        }

    @pytest.mark.parametrize(
        ("change", "fact", "before", "after"),
        [
            ("mitid.assurance=low", "assurance", "substantial", "low"),
            ("mitid.identity=business", "kind", "private", "business"),
            ("mitid.cpr=missing", "number", "given", "missing"),
        ],
    )
    def test_mitid_is_followed_down(self, change: str, fact: str, before: str, after: str) -> None:
        """D-ACC-3: where the identity is what decides, the cell is of the identity's own table."""
        assert _what_if(BY_MITID, change).answer["cell"] == {
            "table": "mitid.acceptable",
            "fact": fact,
            "before": before,
            "after": after,
        }

    def test_mitid_of_another(self) -> None:
        """D-ACC-3: with the number of another, the cell is the match of the numbers."""
        assert _what_if(BY_MITID, "mitid.cpr=other").answer["cell"] == {
            "table": "login.mitid",
            "fact": "number",
            "before": "own",
            "after": "other",
        }

    def test_the_same_row_has_no_cell(self) -> None:
        """Where the same row answers, no cell decided."""
        answer = _what_if(BY_MITID, "mitid.assurance=high", "no_mitid=true").answer

        assert answer["before"] == answer["after"]
        assert answer["cell"] is None

    def test_a_temporary_password_decides_the_obligation(self) -> None:
        """D-ACC-12: where only the obligation changes, the cell is of the obligation's table."""
        answer = _what_if({**GROWN, "no_mitid": True}, "temporary_password=true").answer

        assert answer["cell"] == {
            "table": "login.obligation",
            "fact": "password",
            "before": "own",
            "after": "temporary",
        }

    def test_the_day_can_be_changed(self) -> None:
        """D-ACC-1: the day before the measure is another case."""
        answer = _what_if(GROWN, "at=2023-05-31T23:59:59+02:00").answer

        assert answer["after"]["decision"] == "code_required"
        assert answer["cell"]["fact"] == "measure"

    def test_the_method_can_be_changed(self) -> None:
        """S-ACC-1: the other method is another table; what MitID said goes with it, or comes."""
        to_two_factor = _what_if(BY_MITID, "method=two_factor").answer
        to_mitid = _what_if(
            GROWN,
            "method=mitid",
            "mitid.identity=private",
            "mitid.assurance=high",
            "mitid.cpr=own",
        ).answer

        assert to_two_factor["after"]["reason"] == "use_mitid"
        assert to_mitid["after"]["decision"] == "granted"
        assert to_mitid["cell"] == {
            "table": "login",
            "fact": "method",
            "before": "two_factor",
            "after": "mitid",
        }


class TestBadInput:
    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ("no_mitid", "--set: must be MEMBER=VALUE"),
            ("", "--set: must be MEMBER=VALUE"),
            ("=true", "--set: member: there is no such member"),
            ("no_mitid=", "--set no_mitid: must be true or false"),
            ("no_mitid=yes", "--set no_mitid: must be true or false"),
            ("no_mit_id=true", "--set: no_mit_id: there is no such member; did you mean no_mitid?"),
            ("mitid={}", "--set: mitid: there is no such member"),
            ("0709614606=1", "--set: member: there is no such member"),
            ("user=0709614606", "--set: user: must be none,"),
            ("birth_date=0709614606", "--set: birth_date: must be a date"),
            ("mitid.assurance=low", "--set: mitid: stands only with method mitid"),
            ("method=mitid", "--set: mitid: is missing"),
        ],
    )
    def test_a_wrong_change_is_named(self, change: str, complaint: str) -> None:
        """A member or a value that cannot be is one line that names it."""
        line = _what_if(GROWN, change).complaint

        assert line.startswith(complaint)
        assert not holds_number(line)

    def test_a_member_cannot_be_set_twice(self) -> None:
        """Of two values for one member nobody knows which is meant."""
        line = _what_if(GROWN, "no_mitid=true", "no_mitid=false").complaint

        assert line == "--set no_mitid: stands twice"

    def test_the_case_itself_must_stand(self) -> None:
        """A case that is wrong before anything is changed is named as such."""
        assert _what_if({**GROWN, "user": 1}, "user=active").complaint.startswith("user: must be")

    @given(st.text(max_size=40))
    def test_any_change(self, change: str) -> None:
        """Whatever is to be set, the end is an answer or one line without a number."""
        result = _what_if(BY_MITID, change)

        answered_or_complained(result)
        assert not holds_number(result.err)
