"""The archive's contract: what there is about one user, and nothing about another."""

from datetime import timedelta
from typing import Any

from attrs import evolve as with_changes

from eservices_core.events import StreamId
from eservices_core.outcome import Failure
from eservices_core.ports.ledger import (
    AuditEntry,
    ByStaff,
    BySystem,
    Change,
    EraseContent,
    PutContent,
    StaleStream,
)
from eservices_core.ports.outbox import Handover, MailState
from eservices_core.testing.contracts.base import LedgerFixtures
from eservices_core.testing.ledger_examples import (
    ACTORS,
    ANNA,
    AT,
    BO,
    CLINIC,
    HELD,
    OTHER_STREAM,
    RECORD,
    STREAM,
    WholeLedger,
    a_change,
    a_mail,
    an_append,
    settle_next,
    take_all,
)
from eservices_core.words.identifiers import ClinicId


def _auditing(key: str, *entries: AuditEntry) -> Change:
    return with_changes(a_change(key), audit=entries)


class ArchiveContract(LedgerFixtures):
    """What an Archive promises; `open_ledger` says what to return."""

    def test_of_a_stranger_there_is_nothing(self, ledger: WholeLedger) -> None:
        """About a user that nothing was stored of there is nothing."""
        _ = ledger.commit(a_change("key", an_append(0, 1, about=ANNA))).unwrap()
        assert ledger.events_about(BO) == ()
        assert ledger.audit_about(BO) == ()
        assert ledger.mails_about(BO) == ()
        assert ledger.audit_of(OTHER_STREAM) == ()
        assert ledger.mails_of(OTHER_STREAM) == ()
        assert ledger.mail(a_mail("mail").mail) is None

    def test_a_user_s_events_lie_in_many_streams(self, ledger: WholeLedger) -> None:
        """All events about a user come back, of whatever stream, oldest first."""
        third = StreamId("guesses", "anna")
        streams = [STREAM, third, OTHER_STREAM, STREAM, third]
        versions = [0, 0, 0, 1, 1]
        for place, (stream, version) in enumerate(zip(streams, versions, strict=True)):
            change = a_change(f"key-{place}", an_append(version, 1, stream, ANNA))
            _ = ledger.commit(change).unwrap()
        found = ledger.events_about(ANNA)
        assert [recorded.stream for recorded in found] == streams
        positions = [recorded.position for recorded in found]
        assert positions == sorted(set(positions))
        assert set(ledger.history(STREAM)) <= set(found)

    def test_users_are_kept_apart(self, ledger: WholeLedger) -> None:
        """Events, audit entries and mails about others, or about nobody, do not come along."""
        nobody_s = StreamId("guesses", "nobody")
        change = Change(
            key="key",
            fingerprint="asks",
            at=AT,
            by=BySystem(),
            answer="",
            appends=(
                an_append(0, 1, STREAM, ANNA),
                an_append(0, 1, OTHER_STREAM, BO),
                an_append(0, 1, nobody_s, None),
            ),
            mails=(a_mail("anna"), with_changes(a_mail("bo"), about=BO)),
            audit=(AuditEntry("a", ANNA), AuditEntry("b", BO), AuditEntry("c", None)),
        )
        _ = ledger.commit(change).unwrap()
        for user, stream, act in ((ANNA, STREAM, "a"), (BO, OTHER_STREAM, "b")):
            assert [recorded.stream for recorded in ledger.events_about(user)] == [stream]
            assert [audited.entry.act for audited in ledger.audit_about(user)] == [act]
            assert [state.mail.value for state in ledger.mails_about(user)] == [user.value]

    def test_an_entry_keeps_who_and_when(self, ledger: WholeLedger) -> None:
        """An audit entry comes back with its instant and its actor, whoever that is (D-LOG-1)."""
        entry = AuditEntry("log_in", ANNA, "D-ACC-2", "use_mitid")
        for place, actor in enumerate(ACTORS):
            at = AT + timedelta(microseconds=place)
            _ = ledger.commit(
                with_changes(_auditing(f"key-{place}", entry), by=actor, at=at)
            ).unwrap()
        found = ledger.audit_about(ANNA)
        assert [audited.by for audited in found] == list(ACTORS)
        assert [audited.entry for audited in found] == [entry] * len(ACTORS)
        assert [audited.at - AT for audited in found] == [
            timedelta(microseconds=place) for place in range(len(ACTORS))
        ]

    def test_entries_keep_their_order(self, ledger: WholeLedger) -> None:
        """Audit entries come back oldest first, those of one change in their order."""
        acts = ["d", "b", "a", "c"]
        _ = ledger.commit(_auditing("first", AuditEntry("d", ANNA), AuditEntry("b", ANNA))).unwrap()
        _ = ledger.commit(_auditing("second", AuditEntry("x", BO))).unwrap()
        _ = ledger.commit(_auditing("third", AuditEntry("a", ANNA), AuditEntry("c", ANNA))).unwrap()
        found = ledger.audit_about(ANNA)
        assert [audited.entry.act for audited in found] == acts
        positions = [audited.position for audited in found]
        assert positions == sorted(set(positions))

    def test_an_entry_needs_no_rule(self, ledger: WholeLedger) -> None:
        """An audit entry may name no rule and no reason."""
        _ = ledger.commit(_auditing("key", AuditEntry("log_out", ANNA))).unwrap()
        (audited,) = ledger.audit_about(ANNA)
        assert audited.entry == AuditEntry("log_out", ANNA, None, None)

    def test_a_clinic_s_entries_are_read_page_by_page(self, ledger: WholeLedger) -> None:
        """D-LOG-2: a clinic's audit entries come back in pages, oldest first, and no other's."""
        other = ClinicId("clinic-2")
        entries = [
            AuditEntry(act, about, clinic=clinic, purpose=purpose)
            for act, about, clinic, purpose in (
                ("a", ANNA, CLINIC, "call"),
                ("b", ANNA, other, "item"),
                ("c", None, CLINIC, None),
                ("d", BO, None, None),
                ("e", BO, CLINIC, "item"),
            )
        ]
        for place, entry in enumerate(entries):
            _ = ledger.commit(_auditing(f"key-{place}", entry)).unwrap()
        first = ledger.audit_at(CLINIC, 0, 2)
        assert [audited.entry for audited in first] == [entries[0], entries[2]]
        second = ledger.audit_at(CLINIC, first[-1].position, 2)
        assert [audited.entry for audited in second] == [entries[4]]
        assert ledger.audit_at(CLINIC, second[-1].position, 2) == ()
        assert [audited.entry for audited in ledger.audit_at(other, 0, 9)] == [entries[1]]
        assert ledger.audit_at(CLINIC, 0, 0) == ()

    def test_a_refused_commit_is_not_audited(self, ledger: WholeLedger) -> None:
        """Entries of a change that was refused are not there: it can be made again."""
        change = with_changes(a_change("key", an_append(5)), audit=(AuditEntry("set_tick", ANNA),))
        assert ledger.commit(change) == Failure(StaleStream(STREAM))
        assert ledger.audit_about(ANNA) == ()

    def test_mails_keep_their_order(self, ledger: WholeLedger) -> None:
        """What became of a user's mails is told oldest first, ended ones in their places."""
        names = ["d", "b", "a"]
        for place, name in enumerate(names):
            at = AT + timedelta(minutes=place)
            change = with_changes(a_change(f"key-{place}"), at=at, mails=(a_mail(name),))
            _ = ledger.commit(change).unwrap()
        _, second, _ = take_all(ledger)
        ended = Handover.REFUSED, AT + timedelta(hours=1)
        ledger.settle(second.mail.mail, second.token, *ended)
        kind = a_mail("a").kind
        in_hand: dict[str, Any] = {
            "next_try": AT + HELD,
            "token": 1,
            "in_hand_until": AT + HELD,
        }
        assert ledger.mails_about(ANNA) == (
            MailState(a_mail("d").mail, kind, AT, **in_hand),
            MailState(
                a_mail("b").mail,
                kind,
                AT + timedelta(minutes=1),
                Handover.REFUSED,
                AT + timedelta(hours=1),
                attempts=1,
                token=1,
            ),
            MailState(a_mail("a").mail, kind, AT + timedelta(minutes=2), **in_hand),
        )

    def test_a_stream_s_mails_and_entries_are_found(self, ledger: WholeLedger) -> None:
        """Mails and audit entries of a stream come back, about whomever, and no other stream's."""
        upper = StreamId("user", "ANNA")
        placed = {"d": STREAM, "b": OTHER_STREAM, "a": STREAM, "c": None, "e": upper}
        for name, stream in placed.items():
            about = None if name == "a" else ANNA
            mail = with_changes(a_mail(name, stream=stream), about=about)
            change = _auditing(f"key-{name}", AuditEntry(name, about, stream=stream))
            _ = ledger.commit(with_changes(change, mails=(mail,))).unwrap()
        for stream, names in ((STREAM, "da"), (OTHER_STREAM, "b"), (upper, "e")):
            assert [state.mail.value for state in ledger.mails_of(stream)] == list(names)
            entries = [audited.entry for audited in ledger.audit_of(stream)]
            assert [entry.act for entry in entries] == list(names)
            assert {entry.stream for entry in entries} == {stream}
        assert [audited.entry.about for audited in ledger.audit_of(STREAM)] == [ANNA, None]
        assert [state.mail.value for state in ledger.mails_about(ANNA)] == list("dbce")
        assert [audited.entry.act for audited in ledger.audit_about(ANNA)] == list("dbce")

    def test_one_mail_can_be_asked_for(self, ledger: WholeLedger, other: WholeLedger) -> None:
        """What became of one mail is told at once, through every handle, as it is told of all."""
        change = with_changes(a_change("key"), mails=(a_mail("mail"), a_mail("other")))
        assert other.mail(a_mail("mail").mail) is None
        _ = ledger.commit(change).unwrap()
        assert other.mail(a_mail("mail").mail) == MailState(
            a_mail("mail").mail, a_mail("mail").kind, AT
        )
        _ = settle_next(ledger, Handover.AMBIGUOUS, AT, AT + timedelta(minutes=1))
        for handle in (ledger, other):
            assert handle.mail(a_mail("mail").mail) == handle.mails_about(ANNA)[0]
            assert handle.mails_about(ANNA)[0].state is Handover.AMBIGUOUS
            assert handle.mail(a_mail("unknown").mail) is None

    def test_the_archive_outlives_content(self, ledger: WholeLedger) -> None:
        """What is told about a user stays when their content is erased (D-KEEP-1)."""
        change = Change(
            key="first",
            fingerprint="asks",
            at=AT,
            by=ACTORS[2],
            answer="",
            appends=(an_append(0, 2),),
            contents=(PutContent(RECORD, ANNA, "text"),),
            audit=(AuditEntry("create", ANNA),),
        )
        _ = ledger.commit(change).unwrap()
        before = ledger.events_about(ANNA), ledger.audit_about(ANNA)
        erasing = with_changes(a_change("second"), contents=(EraseContent(RECORD),))
        _ = ledger.commit(erasing).unwrap()
        assert (ledger.events_about(ANNA), ledger.audit_about(ANNA)) == before
        assert isinstance(before[1][0].by, ByStaff)
