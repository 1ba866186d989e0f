import base64
import quopri
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_adapters.email.dsn import Said, read_report
from eservices_core.ports.delivery_reports import Action, Doubt, Report
from eservices_core.testing.ledger_examples import AT
from tests.adapters.email.samples import (
    BACK,
    BROKE_OFF,
    DELIVERED,
    EXIM,
    FORGED,
    MAIL,
    NO_REPORTS,
    OTHER_BACK,
    OTHER_MAIL,
    OURS,
    PROSE,
    QMAIL,
    REPORTS,
    UNKNOWN_USER,
    postfix,
    whose,
)

FAILED, UNKNOWN = Action.FAILED, Action.UNKNOWN
BARE = "From: MAILER-DAEMON@mx.example.com\n"
"""The head of a report without an envelope."""


def _said(content: bytes, *, cut: bool = False) -> Said:
    said = read_report(content, whose, cut=cut)
    assert said is not None
    return said


# --------------------------------------------------------------------------------------- dialects


@pytest.mark.parametrize(
    ("name", "action", "diagnostic"),
    [
        ("unknown user", FAILED, "550 5.1.1"),
        ("broke off", FAILED, "4.4.2"),
        ("delayed", Action.DELAYED, "4.4.1"),
        ("delivered", Action.DELIVERED, "250 2.0.0"),
        ("relayed", Action.RELAYED, "250 2.0.0"),
        ("expanded", Action.EXPANDED, "2.0.0"),
        ("exim", FAILED, "5.0.0"),
        ("exim in prose", FAILED, ""),
        ("qmail", FAILED, ""),
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_what_a_mail_server_says_is_read(
    name: str, action: Action, diagnostic: str, ends: bytes
) -> None:
    """faults: 140. Each dialect gives its mail, its action and its codes; Action decides."""
    said = _said(REPORTS[name].replace(b"\n", ends))
    assert said == Said(MAIL, action, diagnostic, None)


def test_prose_is_for_somebody_to_look_at() -> None:
    """faults: 140. What a server says in prose alone is UNKNOWN, with the mail that it is about."""
    assert _said(PROSE) == Said(MAIL, UNKNOWN, "", Doubt.NO_STATUS)


@pytest.mark.parametrize(
    ("content", "may"), [(UNKNOWN_USER, False), (BROKE_OFF, True), (EXIM, True), (QMAIL, True)]
)
def test_a_conversation_that_broke_off_may_have_ended_well(content: bytes, may: bool) -> None:
    """faults: 137, 142. Where no server refused it in so many words, it may have arrived."""
    said = _said(content)
    report = Report("a", said.mail, said.action, AT, said.diagnostic, said.doubt)
    assert report.may_have_arrived is may


@pytest.mark.parametrize("status", ["2.0.0", "4.2.2", "5.7.1", "", "nonsense"])
@pytest.mark.parametrize("action", [action for action in Action if action is not UNKNOWN])
def test_the_class_of_a_status_decides_nothing(action: Action, status: str) -> None:
    """faults: 140. Whatever the status says, the action is what Action says, in any case."""
    for written in (action.value, action.value.upper(), f" {action.value.title()} (see below)"):
        assert _said(postfix(f"Action: {written}\nStatus: {status}")).action is action


@pytest.mark.parametrize("fields", ["Status: 5.1.1", "Action: lost\nStatus: 5.1.1", "Action:"])
def test_no_action_is_no_verdict(fields: str) -> None:
    """faults: 140. Without an Action that is known, a permanent status is no failure."""
    said = _said(postfix(fields))
    assert (said.mail, said.action, said.doubt) == (MAIL, UNKNOWN, Doubt.NO_ACTION)


@pytest.mark.parametrize(
    ("first", "second", "worst"),
    [
        (Action.DELIVERED, FAILED, FAILED),
        (FAILED, Action.DELIVERED, FAILED),
        (Action.DELIVERED, Action.DELAYED, Action.DELAYED),
        (Action.RELAYED, Action.DELIVERED, Action.RELAYED),
        (Action.DELAYED, FAILED, FAILED),
    ],
)
def test_of_several_recipients_the_worst_counts(
    first: Action, second: Action, worst: Action
) -> None:
    """faults: 143. Our mails have one recipient; where that stands for more, the worst counts."""
    fields = (
        f"Action: {first.value}\nStatus: 2.0.0\n\n"
        f"Final-Recipient: rfc822; bo@example.com\nAction: {second.value}\nStatus: 5.1.1"
    )
    assert _said(postfix(fields)).action is worst


@pytest.mark.parametrize(
    ("diagnostic", "status", "expected"),
    [
        ("smtp; 550 5.1.1 <anna@example.com> unknown", "5.0.0", "550 5.1.1"),
        ("smtp; 550-5.7.1 spam", "5.7.1", "550 5.7.1"),
        ("SMTP;554 rejected 5.1.1", "5.1.1 (bad address)", "554 5.1.1"),
        ("X-Unix; 550 5.1.1", "5.1.2", "5.1.2"),
        ("smtp; 5509 x", "5.1.2", "5.1.2"),
        ("smtp; 999 x", "9.9.9", ""),
        ("smtp; 550 anna@example.com", "5.1.1.1", "550"),
        ("smtp; \u0665\u0665\u0660 x", "5.1.9999", ""),
    ],
)
def test_of_a_diagnostic_only_codes_are_kept(diagnostic: str, status: str, expected: str) -> None:
    """A diagnostic is the SMTP reply and the status, in digits: no address, nobody's words."""
    said = _said(postfix(f"Action: failed\nStatus: {status}\nDiagnostic-Code: {diagnostic}"))
    assert said.diagnostic == expected


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [("base64", base64.encodebytes), ("Quoted-Printable", quopri.encodestring)],
)
def test_an_encoded_part_is_read(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    """faults: 140. Some servers encode the part for machines, although they may not."""
    head, marker, rest = UNKNOWN_USER.partition(b"Content-Type: message/delivery-status\n")
    part, end, tail = rest[1:].partition(b"\n--4F1A")
    field = f"Content-Transfer-Encoding: {encoding}\n\n".encode()
    content = head + marker + field + encode(part.replace(b"\n", b"\r\n")) + end + tail
    assert _said(content) == _said(UNKNOWN_USER)


@pytest.mark.parametrize("encoded", [b"A", b"A\xe6=", b"====", b""])
def test_a_part_that_cannot_be_decoded_says_nothing(encoded: bytes) -> None:
    """faults: 140. A part that says it is base64, and is not, is UNKNOWN."""
    head, marker, rest = UNKNOWN_USER.partition(b"Content-Type: message/delivery-status\n")
    end = b"\n--4F1A" + rest.partition(b"\n--4F1A")[2]
    content = head + marker + b"Content-Transfer-Encoding: base64\n\n" + encoded + end
    assert _said(content) == Said(MAIL, UNKNOWN, "", Doubt.NO_ACTION)


def test_a_report_in_a_gateway_s_wrapping_is_read() -> None:
    """faults: 140. A gateway that adds a footer wraps the report in one more multipart."""
    head, _, inner = UNKNOWN_USER.partition(b"Content-Type: multipart/report")
    wrapped = (
        head
        + b'Content-Type: multipart/mixed; boundary="4F1A"\n\n--4F1A\n'
        + b"Content-Type: multipart/report"
        + inner
        + b"\n--4F1A\nContent-Type: text/plain\n\nA footer.\n--4F1A--\n"
    )
    assert _said(wrapped) == _said(UNKNOWN_USER)


def test_a_report_that_quotes_a_report_says_what_it_says_itself() -> None:
    """faults: 140. A delay that quotes a failure of another mail is a delay of its own mail."""
    quoted = UNKNOWN_USER.replace(BACK.encode(), OTHER_BACK.encode())
    content = postfix("Action: delayed\nStatus: 4.0.0").replace(OURS.encode(), quoted)
    assert _said(content) == Said(MAIL, Action.DELAYED, "4.0.0", None)
    without = content.replace(b"Content-Type: message/delivery-status", b"Content-Type: text/plain")
    assert _said(without) == Said(MAIL, UNKNOWN, "", Doubt.NO_STATUS)


def test_what_stands_behind_a_report_is_no_part_of_it() -> None:
    """faults: 140. Lines after the last boundary say nothing, even where they look like a part."""
    content = REPORTS["delivered"].replace(b"message/delivery-status", b"text/plain")
    part = b"--4F1A.1806228000/mx.example.com\nContent-Type: message/delivery-status\n\n"
    behind = content + part + b"Final-Recipient: rfc822; anna@example.com\nAction: failed\n"
    assert _said(behind) == Said(MAIL, UNKNOWN, "", Doubt.NO_STATUS)


# -------------------------------------------------------------------------------- what is no report


@pytest.mark.parametrize("content", NO_REPORTS.values(), ids=NO_REPORTS.keys())
def test_what_people_and_their_programs_answer_is_no_report(content: bytes) -> None:
    """faults: 129, 130. Answers, absences, read receipts and forwarded reports say nothing."""
    assert read_report(content, whose) is None


# ------------------------------------------------------------------------------- whose report it is


def _with_envelope(*lines: str, fields: str = "Action: failed\nStatus: 5.1.1") -> Said:
    return _said(postfix(fields, head="".join(f"{line}\n" for line in lines) + BARE))


@pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "Envelope-To", "To", "TO"])
def test_the_envelope_tells_whose_it_is(name: str) -> None:
    """A report is about the mail whose return path it came to, however that is written down."""
    for written in (BACK, f"<{BACK}>", BACK.upper(), f'"bounce" <{BACK}>', f"a@b.example, {BACK}"):
        assert _with_envelope(f"{name}: {written}").mail == MAIL


def test_the_surest_line_tells() -> None:
    """Where two mails of ours are named, the delivery agent's own line counts."""
    said = _with_envelope(f"To: {OTHER_BACK}", f"Delivered-To: {BACK}")
    assert said.mail == MAIL
    assert _with_envelope(f"To: {OTHER_BACK}", "Delivered-To: bounce@mx").mail == OTHER_MAIL


@pytest.mark.parametrize("written", [BACK, BACK.replace("+", "+2B"), f"<{BACK.upper()}>"])
def test_the_envelope_id_tells_too(written: str) -> None:
    """Without an envelope, the id of the mail's envelope tells, also as SMTP writes it."""
    content = postfix("Action: failed", head=BARE, envelope=f"Original-Envelope-Id: {written}\n")
    assert _said(content).mail == MAIL


def test_what_is_quoted_tells_nothing() -> None:
    """faults: 141. A report that only quotes our mail, id, return path and all, is nobody's."""
    content = postfix("Action: failed\nStatus: 5.1.1", head=BARE)
    assert MAIL.value.encode() in content
    assert _said(content) == Said(None, FAILED, "5.1.1", Doubt.NOT_OURS)


@pytest.mark.parametrize(
    "written", [FORGED, f"{MAIL}@post.example.dk", "bounce@post.example.dk", ""]
)
def test_a_forged_envelope_is_nobody_s(written: str) -> None:
    """faults: 141. A guessed token names no mail, whatever the report says."""
    said = _with_envelope(f"Delivered-To: {written}", f"To: {written}")
    assert said == Said(None, FAILED, "5.1.1", Doubt.NOT_OURS)


# ------------------------------------------------------------------------------------ hostile bytes


def test_a_report_may_end_anywhere() -> None:
    """faults: 140. Cut off at any byte it says what was said before, or less; never more."""
    whole = _said(UNKNOWN_USER)
    for length in range(len(UNKNOWN_USER)):
        said = read_report(UNKNOWN_USER[:length], whose)
        if said is not None:
            assert said.mail in {None, MAIL}
            assert said.action in {FAILED, UNKNOWN}
            assert whole.diagnostic.startswith(said.diagnostic) or said.diagnostic in {
                "5.1.1",
                "550 5.1.1",
            }


def test_what_lies_behind_all_that_is_read_is_too_large() -> None:
    """faults: 140. Where there is more than is read, and the status is not in it, it says so."""
    head = DELIVERED.partition(b"Content-Description: Delivery report")[0]
    assert _said(head, cut=True) == Said(MAIL, UNKNOWN, "", Doubt.TOO_LARGE)
    assert _said(head) == Said(MAIL, UNKNOWN, "", Doubt.NO_STATUS)
    assert _said(DELIVERED, cut=True) == _said(DELIVERED)


NAMED = {MAIL, OTHER_MAIL}


def _never_guesses(content: bytes) -> None:
    said = read_report(content, whose)
    if said is not None:
        report = Report("a", said.mail, said.action, AT, said.diagnostic, said.doubt)
        # A mail is named only where its own address stands in the bytes.
        folded = content.lower().replace(b"+2b", b"+")
        for mail, back in ((MAIL, BACK), (OTHER_MAIL, OTHER_BACK)):
            assert report.mail != mail or back.encode() in folded
        assert report.mail is None or report.mail in NAMED


@given(st.binary(max_size=4_000))
def test_any_bytes_are_read(content: bytes) -> None:
    """faults: 140. Whatever bytes come, nothing is raised and no mail is named."""
    said = read_report(content, whose)
    assert said is None or said.mail is None


_BITS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        [
            b"\n\n", b"\r", b"\0", b"--4F1A.1806228000/mx.example.com", b"Action: delivered\n",
            b"Content-Type: multipart/report; boundary=x\n", b"\n--x\n", b"\n ",
            b"Content-Transfer-Encoding: base64\n", FORGED.encode(), OTHER_BACK.encode(), b";" * 99,
            b'"', b"\xff\xfe", b"Content-Type: message/delivery-status\n\n", b"From \n",
        ]
    ),
)  # fmt: skip


@given(
    st.sampled_from([*REPORTS.values(), *NO_REPORTS.values()]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), _BITS), max_size=8),
)
def test_any_mutation_is_read(content: bytes, changes: list[tuple[float, int, bytes]]) -> None:
    """faults: 140, 141. However a report is maimed, nothing is raised and no mail is guessed."""
    for place, removed, put in changes:
        start = int(place * len(content))
        content = content[:start] + put + content[start + removed :]
    _never_guesses(content)


@given(st.binary(min_size=1, max_size=40), st.integers(0, len(BACK) - 1))
def test_a_maimed_token_is_nobody_s(put: bytes, place: int) -> None:
    """faults: 141. A report whose return path was changed in every place finds no mail by it."""
    maimed = BACK.encode()[:place] + put + BACK.encode()[place + 1 :]
    said = read_report(EXIM.replace(BACK.encode(), maimed), whose)
    assert said is None or said.mail is None or BACK.encode() in maimed.lower()


_MIB = 1024 * 1024
_REPORT = BARE.encode() + b"Content-Type: multipart/report; boundary=B\n\n--B\n"
_PART = _REPORT + b"Content-Type: message/delivery-status\n"

GREEDY = {
    "parameters": b"Content-Type: " + b";" * _MIB,
    "quoted parameters": b'Content-Type: multipart/x; a="' + b';"' * (_MIB // 2),
    "nested": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
        for depth in range(20_000)
    ),
    "parts": _REPORT + b"--B\n\n" * (_MIB // 5),
    "headers": b"a:\n" * (_MIB // 3),
    "headers of parts": _REPORT + (b"a:\n" * 21_000 + b"\n\n--B\n") * 16,
    "a folded header": b"a:\n" + b" \n" * (_MIB // 2),
    "empty lines": _PART + b"\n" + b"\n" * _MIB,
    "almost empty lines": _PART + b"\n" + b"a: b\n \n" * (_MIB // 7),
    "blanks": _PART + b"\n\n" + b" " * _MIB,
    "blanks at a boundary": _REPORT + (b"--B" + b" " * 5_000 + b"x\n") * 200,
    "groups": _PART + b"\n" + b"Action: failed\n\n" * (_MIB // 20),
    "addresses": b"".join(b"To: " + b"a@ " * 700 + b"\n" for _ in range(30)) + BARE.encode(),
    "forged addresses": b"".join(b"To: " + f"{FORGED} ".encode() * 27 + b"\n" for _ in range(30))
    + BARE.encode(),
    "base64": _PART + b"Content-Transfer-Encoding: base64\n\n" + b"!" * _MIB,
    "quoted-printable": _PART + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * _MIB,
    "carriage returns": b"\r" * _MIB,
    "zeros": bytes(_MIB),
}


@pytest.mark.parametrize("content", GREEDY.values(), ids=GREEDY.keys())
def test_no_mebibyte_takes_long_or_much(content: bytes) -> None:
    """faults: 140. A mebibyte made to be slow takes less than two seconds and 24 MiB."""
    content = content[:_MIB]
    began = time.process_time()
    said = read_report(content, whose, cut=True)
    took = time.process_time() - began
    assert said is None or said.mail is None
    assert took < 2
    tracemalloc.start()
    _ = read_report(content, whose, cut=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 * _MIB


def test_what_our_address_is_no_one_else_s() -> None:
    """The samples name what they mean to: two mails, and a forged token of the first."""
    assert (whose(BACK), whose(OTHER_BACK), whose(FORGED)) == (MAIL, OTHER_MAIL, None)
