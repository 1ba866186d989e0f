"""The chain of the audit log: whatever is done to a sealed log shows; one that grew is well."""

from datetime import timedelta

import pytest
from attrs import evolve as with_changes
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.events import StreamId
from eservices_core.ports.audit_log import Checkpoint, Seal
from eservices_core.ports.ledger import Audited, AuditEntry, BySystem
from eservices_core.testing.ledger_examples import ACTORS, ANNA, AT, BO, CLINIC, a_change
from eservices_core.testing.memory import FakeClock, MemoryLedger, MemorySigner
from eservices_core.usecases.audit_chain import (
    BEGINNING,
    Broken,
    Damage,
    Finding,
    Head,
    Intact,
    digest,
    head_after,
    make_checkpoint,
    make_seal,
    verify,
)
from eservices_core.usecases.seal_audit import seal_audit, verify_audit
from eservices_core.words.identifiers import ClinicId

SIGNER = MemorySigner()
OTHER = ClinicId("clinic-2")
CLOCK = FakeClock(AT)


@frozen
class _Log:
    """A sealed log as it lies in a store."""

    checkpoint: Checkpoint | None
    seals: tuple[Seal, ...]
    entries: tuple[Audited, ...]

    def verify(self, *noted: Head) -> Finding:
        return verify(CLINIC, self.checkpoint, self.seals, self.entries, SIGNER, noted)


def _entries(count: int) -> tuple[Audited, ...]:
    return tuple(
        Audited(
            3 * number,
            AuditEntry(f"act-{number % 2}", ANNA, stream=StreamId("user", "anna"), clinic=CLINIC),
            AT + timedelta(minutes=number),
            ACTORS[number % len(ACTORS)],
        )
        for number in range(1, count + 1)
    )


@st.composite
def _logs(draw: st.DrawFn) -> _Log:
    """Draw a log of some seals, perhaps purged at its beginning, with or without a tail."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    tail, purged = draw(st.integers(0, 2)), draw(st.integers(0, len(sizes)))
    entries = _entries(sum(sizes) + tail)
    seals: list[Seal] = []
    end = 0
    for size in sizes:
        seals.append(make_seal(seals[-1] if seals else None, entries[end : end + size], AT, SIGNER))
        end += size
    if not purged:
        return _Log(None, tuple(seals), entries)
    last = seals[purged - 1]
    kept = tuple(audited for audited in entries if audited.position > last.through)
    return _Log(make_checkpoint(last, AT, SIGNER), tuple(seals[purged:]), kept)


@given(log=_logs())
def test_a_log_that_only_grew_verifies(log: _Log) -> None:
    """D-LOG-1: what was sealed and let be verifies; what nobody sealed is counted as the tail."""
    finding = log.verify()
    assert isinstance(finding, Intact)
    sealed = sum(len(seal.digests) for seal in log.seals)
    assert (finding.sealed, finding.tail) == (sealed, len(log.entries) - sealed)
    assert finding.purged == (0 if log.checkpoint is None else log.checkpoint.count)
    assert finding.head is not None
    assert log.verify(finding.head) == finding


_CHANGES = (
    lambda one: with_changes(one, at=one.at + timedelta(microseconds=1)),
    lambda one: with_changes(one, position=one.position - 1),
    lambda one: with_changes(one, by=BySystem() if one.by != BySystem() else ACTORS[0]),
    *(
        lambda one, field=field, value=value: with_changes(
            one, entry=with_changes(one.entry, **{field: value})
        )
        for field, value in (
            ("act", "another"),
            ("about", BO),
            ("about", None),
            ("rule", "D-ACC-2"),
            ("refused_because", "use_mitid"),
            ("stream", None),
            ("stream", StreamId("user", "bo")),
            ("clinic", OTHER),
            ("purpose", "call"),
        )
    ),
)


@given(log=_logs(), data=st.data())
def test_any_one_mutation_of_an_entry_is_found_at_its_place(log: _Log, data: st.DataObject) -> None:
    """D-LOG-1: an entry edited, removed, inserted or moved is found where it first is wrong."""
    sealed = sum(len(seal.digests) for seal in log.seals)
    if not sealed:
        return
    place = data.draw(st.integers(0, sealed - 1))
    before, one, after = log.entries[:place], log.entries[place], log.entries[place + 1 :]
    mutation = data.draw(st.sampled_from(["edit", "remove", "insert", "swap"]))
    if mutation == "edit":
        change = data.draw(st.sampled_from(_CHANGES))
        entries, expected = (*before, change(one), *after), Damage.CHANGED
    elif mutation == "remove":
        entries, expected = (*before, *after), Damage.MISSING
    elif mutation == "insert":
        new = with_changes(one, position=one.position - 1)
        entries, expected = (*before, new, one, *after), Damage.INSERTED
    else:
        if not after:
            return
        entries = (*before, after[0], one, *after[1:])
        expected = Damage.MISSING
    finding = with_changes(log, entries=entries).verify()
    assert isinstance(finding, Broken)
    purged = 0 if log.checkpoint is None else log.checkpoint.count
    assert finding.place == purged + place + 1
    if mutation != "swap":
        assert finding.damage == expected


@given(log=_logs(), data=st.data())
def test_any_one_mutation_of_a_seal_is_found(log: _Log, data: st.DataObject) -> None:
    """D-LOG-1: a seal edited in any field, or taken away from amid others, is found."""
    if not log.seals:
        return
    place = data.draw(st.integers(0, len(log.seals) - 1))
    seal = log.seals[place]
    mutated = data.draw(
        st.sampled_from(
            [
                with_changes(seal, log=OTHER),
                with_changes(seal, number=seal.number + 1),
                with_changes(seal, count=seal.count + 1),
                with_changes(seal, through=seal.through - 1),
                with_changes(seal, newest=seal.newest - timedelta(days=1)),
                with_changes(seal, at=seal.at + timedelta(days=1)),
                with_changes(seal, head="00" * 32),
                with_changes(seal, signature=b"x"),
                with_changes(seal, digests=(*seal.digests[:-1], "00" * 32)),
                with_changes(seal, digests=seal.digests[:-1]),
                with_changes(seal, digests=(*seal.digests, seal.digests[-1])),
            ]
        )
    )
    changed = (*log.seals[:place], mutated, *log.seals[place + 1 :])
    assert isinstance(with_changes(log, seals=changed).verify(), Broken)
    missing = (*log.seals[:place], *log.seals[place + 1 :])
    newest = log.seals[-1]
    noted = Head(CLINIC, newest.number, newest.head)
    assert isinstance(with_changes(log, seals=missing).verify(noted), Broken)
    if place < len(log.seals) - 1:
        assert isinstance(with_changes(log, seals=missing).verify(), Broken)


@given(log=_logs(), data=st.data())
def test_a_beginning_goes_only_under_a_signed_checkpoint(log: _Log, data: st.DataObject) -> None:
    """D-KEEP-1: a checkpoint that was edited, removed or made by somebody else is found."""
    if log.checkpoint is None:
        seal = log.seals[0]
        forged = make_checkpoint(seal, AT, MemorySigner(b"another key"))
        rest = tuple(one for one in log.entries if one.position > seal.through)
        finding = _Log(forged, log.seals[1:], rest).verify()
        assert isinstance(finding, Broken)
        assert finding.damage is Damage.CHECKPOINT_FALSE
        return
    one = log.checkpoint
    changed = data.draw(
        st.sampled_from(
            [
                with_changes(one, log=OTHER),
                with_changes(one, number=one.number + 1),
                with_changes(one, count=one.count - 1),
                with_changes(one, through=one.through + 1),
                with_changes(one, head="00" * 32),
                with_changes(one, at=one.at + timedelta(days=1)),
                with_changes(one, signature=b""),
            ]
        )
    )
    assert isinstance(with_changes(log, checkpoint=changed).verify(), Broken)
    if log.seals:
        assert isinstance(with_changes(log, checkpoint=None).verify(), Broken)
    old = with_changes(_entries(1)[0], position=1)
    left = with_changes(log, entries=(old, *log.entries)).verify()
    assert isinstance(left, Broken)
    assert left.damage is Damage.INSERTED


@given(log=_logs(), data=st.data())
def test_an_end_that_was_cut_off_is_found_by_what_was_noted(log: _Log, data: st.DataObject) -> None:
    """D-LOG-1: against a head that was noted elsewhere, a log without its end does not verify."""
    whole = log.verify()
    if not log.seals:
        return
    assert isinstance(whole, Intact)
    assert whole.head is not None
    kept = data.draw(st.integers(0, len(log.seals) - 1))
    seals = log.seals[:kept]
    end = seals[-1].through if seals else (log.checkpoint.through if log.checkpoint else 0)
    entries = tuple(audited for audited in log.entries if audited.position <= end)
    cut = _Log(log.checkpoint, seals, entries)
    assert isinstance(cut.verify(), Intact)
    finding = cut.verify(whole.head)
    assert isinstance(finding, Broken)
    assert finding.damage is Damage.CUT_OFF


def test_the_encoding_stays() -> None:
    """What was sealed once verifies for good: the digest of a known entry is what it always was."""
    (entry,) = _entries(1)
    known = "1423bfe95da29587616328cda92d4e9db7f3447027f995765a4532668c1b83ff"
    assert digest(entry) == known
    head = "2941f8d1badd0d97c0cebf9c347ca663c87f925a7f75f03216e8a900a3fef8d5"
    assert head_after(BEGINNING, [known]) == head


# --- the worker --------------------------------------------------------------------------------


def _commit(ledger: MemoryLedger, *names: str, log: ClinicId | None = CLINIC) -> None:
    for name in names:
        entry = AuditEntry(name, ANNA, clinic=log)
        _ = ledger.commit(with_changes(a_change(f"{log}-{name}"), audit=(entry,))).unwrap()


def test_a_round_seals_what_is_there() -> None:
    """A round seals every log to its end; the next has nothing to do until there is more."""
    ledger = MemoryLedger()
    _commit(ledger, "a", "b")
    _commit(ledger, "c", log=None)
    assert [head.log for head in seal_audit(ledger, SIGNER, CLOCK)] == [None, CLINIC]
    assert seal_audit(ledger, SIGNER, CLOCK) == ()
    _commit(ledger, "d")
    findings = verify_audit(ledger, SIGNER)
    assert [(one.sealed, one.tail) for one in findings if isinstance(one, Intact)] == [
        (1, 0),
        (2, 1),
    ]
    assert [head.number for head in seal_audit(ledger, SIGNER, CLOCK)] == [2]


def test_two_rounds_at_once_make_one_chain() -> None:
    """Of two sealers that work at once each sees what the other did, and the log is one chain."""

    class _Raced(MemoryLedger):
        raced = False

        def add_seal(self, seal: Seal, /) -> bool:
            if not self.raced:
                self.raced = True
                _commit(self, "meanwhile")
                assert seal_audit(self, SIGNER, CLOCK)
            return super().add_seal(seal)

    ledger = _Raced()
    _commit(ledger, "a", "b")
    _ = seal_audit(ledger, SIGNER, CLOCK)
    (finding,) = verify_audit(ledger, SIGNER)
    assert isinstance(finding, Intact)
    assert (finding.sealed, finding.tail) == (3, 0)


def test_a_killed_round_is_made_up_for() -> None:
    """A round that was killed before or after its seal was stored leaves a log that verifies."""

    class _Killed(MemoryLedger):
        stored = False

        def add_seal(self, seal: Seal, /) -> bool:
            if self.stored:
                assert super().add_seal(seal)
            raise KeyboardInterrupt

    for stored in (False, True):
        ledger = _Killed()
        ledger.stored = stored
        _commit(ledger, "a", "b")
        with pytest.raises(KeyboardInterrupt):
            _ = seal_audit(ledger, SIGNER, CLOCK)
        (finding,) = verify_audit(ledger, SIGNER)
        assert isinstance(finding, Intact)
        assert finding.sealed == (2 if stored else 0)
        ledger.__class__ = MemoryLedger
        assert bool(seal_audit(ledger, SIGNER, CLOCK)) is not stored


def test_a_log_that_is_gone_altogether_is_missed() -> None:
    """A log of which nothing is left but a noted head is reported."""
    (finding,) = verify_audit(MemoryLedger(), SIGNER, [Head(CLINIC, 1, "ab" * 32)])
    assert finding == Broken(CLINIC, Damage.CUT_OFF, 0)
