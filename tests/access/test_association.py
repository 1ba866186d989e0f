import pytest
from hypothesis import given
from hypothesis import strategies as st

from eservices_core.access import association
from eservices_core.access.association import (
    SIGN_UP,
    ApprovalAsked,
    ApprovalDeclined,
    Approve,
    AskToJoin,
    Associate,
    Associated,
    AssociatedWithTick,
    Association,
    AssociationRefusal,
    AwaitingApproval,
    ClinicAssociated,
    ClinicDissociated,
    ClinicListed,
    Decline,
    Dissociate,
    Forget,
    NotAssociated,
    RemoveTick,
    SetTick,
    TickRemoved,
    TickSet,
    decide,
    evolve,
    is_associated,
    list_clinic,
    tick_of,
)
from eservices_core.access.facts import Tick
from eservices_core.clinic.settings import SelfSignUp
from eservices_core.clinic.staff import IdentityEvidence
from eservices_core.outcome import Failure, Success
from tests.access.play import Machine
from tests.access.strategies import (
    ANNA,
    BENT,
    CALLED_BACK,
    NOON,
    PASSPORT,
    evidence,
    instants,
    staff,
)

ASSOCIATION: Machine[Association, association.Command, association.Event, AssociationRefusal] = (
    Machine(decide, evolve, NotAssociated(), AssociationRefusal, association.Event)
)

NONE, ASKED, MEMBER = NotAssociated(), AwaitingApproval(), Associated()
TICKED = AssociatedWithTick(ANNA, PASSPORT, NOON)
STATES: tuple[Association, ...] = (NONE, ASKED, MEMBER, TICKED)
SET_TICK = SetTick(ANNA, PASSPORT, NOON)
REMOVE_TICK = RemoveTick(BENT, CALLED_BACK)

R = AssociationRefusal
ANSWERS: list[
    tuple[association.Command, tuple[association.Event | AssociationRefusal | None, ...]]
] = [
    # command, then the answer in each of: not associated, awaiting approval, associated, ticked;
    # None: nothing happens
    (
        AskToJoin(SelfSignUp.OPEN),
        (ClinicAssociated(None), R.ALREADY_ASKED, R.ALREADY_ASSOCIATED, R.ALREADY_ASSOCIATED),
    ),
    (
        AskToJoin(SelfSignUp.WITH_APPROVAL),
        (ApprovalAsked(), R.ALREADY_ASKED, R.ALREADY_ASSOCIATED, R.ALREADY_ASSOCIATED),
    ),
    (
        AskToJoin(SelfSignUp.CLOSED),
        (R.SIGN_UP_CLOSED, R.ALREADY_ASKED, R.ALREADY_ASSOCIATED, R.ALREADY_ASSOCIATED),
    ),
    (Approve(BENT), (R.NOT_ASKED, ClinicAssociated(BENT), R.NOT_ASKED, R.NOT_ASKED)),
    (Decline(BENT), (R.NOT_ASKED, ApprovalDeclined(BENT), R.NOT_ASKED, R.NOT_ASKED)),
    (
        Associate(BENT),
        (
            ClinicAssociated(BENT),
            ClinicAssociated(BENT),
            R.ALREADY_ASSOCIATED,
            R.ALREADY_ASSOCIATED,
        ),
    ),
    (
        Dissociate(BENT),
        (R.NOT_ASSOCIATED, R.NOT_ASSOCIATED, ClinicDissociated(BENT), ClinicDissociated(BENT)),
    ),
    (
        SET_TICK,
        (R.NOT_ASSOCIATED, R.NOT_ASSOCIATED, TickSet(ANNA, PASSPORT, NOON), R.TICK_STANDS),
    ),
    (
        REMOVE_TICK,
        (R.NOT_ASSOCIATED, R.NOT_ASSOCIATED, R.NO_TICK, TickRemoved(BENT, CALLED_BACK)),
    ),
    (
        Forget(),
        (None, ApprovalDeclined(None), ClinicDissociated(None), ClinicDissociated(None)),
    ),
]


def test_every_command_in_every_state() -> None:
    """D-ACC-11, D-ACC-17, S-ACC-11: the whole machine, command by command and state by state."""
    for command, answers in ANSWERS:
        for state, answer in zip(STATES, answers, strict=True):
            refused = isinstance(answer, AssociationRefusal)
            happens = () if answer is None else (answer,)
            expected = Failure(answer) if refused else Success(happens)
            assert decide(state, command) == expected, f"{command} in {state}"


def test_nothing_else_can_be_reached() -> None:
    """D-ACC-15: those are all the states, and each answers every command."""
    assert ASSOCIATION.reachable([command for command, _ in ANSWERS]) == set(STATES)


# ------------------------------------------------------------------------------ stories, by rule


def test_a_clinic_that_is_open_takes_a_patient_at_once() -> None:
    """D-ACC-17: with self sign-up open, asking is being associated, without any staff."""
    assert ASSOCIATION.after(AskToJoin(SelfSignUp.OPEN)) == MEMBER


def test_a_clinic_that_approves_takes_a_patient_when_staff_say_so() -> None:
    """D-ACC-17: with approval, the services stay shut until staff answer, and after a no."""
    asked = ASSOCIATION.after(AskToJoin(SelfSignUp.WITH_APPROVAL))
    assert asked == ASKED
    assert not is_associated(asked)
    assert ASSOCIATION.play(asked, Approve(ANNA)) == MEMBER
    assert ASSOCIATION.play(asked, Associate(ANNA)) == MEMBER
    assert ASSOCIATION.play(asked, Decline(ANNA)) == NONE


def test_a_clinic_that_is_closed_takes_nobody_who_asks() -> None:
    """D-ACC-17: staff alone associate there."""
    refused = decide(NONE, AskToJoin(SelfSignUp.CLOSED))
    assert refused == Failure(AssociationRefusal.SIGN_UP_CLOSED)
    assert ASSOCIATION.after(Associate(ANNA)) == MEMBER


def test_the_tick_is_kept_with_who_when_and_how() -> None:
    """S-ACC-4, D-ACC-11: setting it records who, when, and how identity was verified."""
    assert ASSOCIATION.play(MEMBER, SetTick(ANNA, CALLED_BACK, NOON)) == AssociatedWithTick(
        ANNA, CALLED_BACK, NOON
    )
    removed = decide(TICKED, REMOVE_TICK)
    assert removed == Success((TickRemoved(BENT, CALLED_BACK),))
    assert ASSOCIATION.play(TICKED, REMOVE_TICK) == MEMBER


def test_knowing_the_number_is_no_evidence() -> None:
    """D-ACC-11: the ways in which identity can be verified are closed, and all but one are seen."""
    assert {way.value for way in IdentityEvidence} == {
        "passport",
        "driving_licence",
        "national_id_card",
        "residence_card",
        "known_in_person",
        "called_back",
    }
    assert [way for way in IdentityEvidence if not way.seen_in_person] == [CALLED_BACK]


def test_a_tick_dies_with_the_association() -> None:
    """D-ACC-11: who left and comes back comes back without it."""
    assert ASSOCIATION.play(TICKED, Dissociate(BENT)) == NONE
    assert ASSOCIATION.play(TICKED, Dissociate(BENT), Associate(BENT)) == MEMBER


def test_what_others_ask_of_it() -> None:
    """S-ACC-4, D-ACC-17: the services are open while associated, two-factor while ticked."""
    assert [is_associated(state) for state in STATES] == [False, False, True, True]
    ticks = [tick_of(state) for state in STATES]
    assert ticks == [Tick.NOT_SET, Tick.NOT_SET, Tick.NOT_SET, Tick.SET]
    assert len(SIGN_UP.rows) == len(SelfSignUp)


def test_a_users_clinics_are_listed_once_in_their_order() -> None:
    """D-ACC-11: which clinics to ask; a clinic that comes again stays where it was."""
    first, second = ClinicListed(ANNA.clinic), ClinicListed(BENT.clinic)
    assert list_clinic((), first) == (ANNA.clinic,)
    both = list_clinic(list_clinic((), first), second)
    assert both == (ANNA.clinic, BENT.clinic)
    assert list_clinic(both, first) == both


def test_a_history_that_cannot_be_is_a_bug() -> None:
    """D-ACC-11: an event that `decide` cannot have given in that state is an assertion."""
    possible: list[tuple[association.Event, tuple[Association, ...]]] = [
        (ApprovalAsked(), (NONE,)),
        (ClinicAssociated(ANNA), (NONE, ASKED)),
        (ApprovalDeclined(ANNA), (ASKED,)),
        (ClinicDissociated(ANNA), (MEMBER, TICKED)),
        (TickSet(ANNA, PASSPORT, NOON), (MEMBER,)),
        (TickRemoved(ANNA, PASSPORT), (TICKED,)),
    ]
    for event, states in possible:
        for state in STATES:
            if state in states:
                assert evolve(state, event) in STATES
            else:
                with pytest.raises(AssertionError):
                    _ = evolve(state, event)


# ---------------------------------------------------------------------------------- any history


def commands() -> st.SearchStrategy[association.Command]:
    """Any command."""
    return st.one_of(
        st.builds(AskToJoin, st.sampled_from(SelfSignUp)),
        st.builds(Approve, staff()),
        st.builds(Decline, staff()),
        st.builds(Associate, staff()),
        st.builds(Dissociate, staff()),
        st.builds(SetTick, staff(), evidence(), instants()),
        st.builds(RemoveTick, staff(), evidence()),
        st.just(Forget()),
    )


@given(st.lists(commands(), max_size=30))
def test_a_tick_stands_only_between_setting_and_the_first_end(
    history: list[association.Command],
) -> None:
    """D-ACC-11: never a tick without an association, and never one that staff did not set since."""
    state: Association = NONE
    member, ticked = False, None
    for command in history:
        allowed = isinstance(decide(state, command), Success)
        state = ASSOCIATION.step(state, command)
        match command:
            case SetTick(by, how, at) if allowed:
                ticked = (by, how, at)
            case RemoveTick() | Dissociate() | Forget() if allowed:
                ticked = None
            case _:
                pass
        match command:
            case AskToJoin(SelfSignUp.OPEN) | Approve() | Associate() if allowed:
                member = True
            case Dissociate() | Forget() if allowed:
                member = False
            case _:
                pass
        assert is_associated(state) is member
        assert (tick_of(state) is Tick.SET) == (ticked is not None)
        if isinstance(state, AssociatedWithTick):
            assert (state.by, state.evidence, state.at) == ticked
            assert member
