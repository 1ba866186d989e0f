from eservices_core.access.linking import (
    LINKING,
    SIGN_UP_UNDER_A_NEW_NUMBER,
    AccountByNumber,
    AccountBySubject,
    EarlierNumber,
    Link,
    LinkFacts,
    Succession,
)


def _link(
    by_number: AccountByNumber,
    by_subject: AccountBySubject,
    succession: Succession = Succession.NOT_CONFIRMED,
) -> Link:
    return LINKING.decide(LinkFacts(by_number, by_subject, succession)).then


def test_a_new_subject_with_the_accounts_own_number_is_linked() -> None:
    """D-ACC-16: a new (issuer, subject) that carries the number joins the account (faults: 83)."""
    for succession in Succession:
        assert _link(AccountByNumber.ONE, AccountBySubject.NONE, succession) is Link.LINK_SUBJECT
        assert _link(AccountByNumber.ONE, AccountBySubject.SAME, succession) is Link.KNOWN


def test_a_successor_keeps_the_account() -> None:
    """D-ACC-16: a changed number keeps the account if the register or master card says so."""
    for by_subject in (AccountBySubject.SAME, AccountBySubject.ANOTHER):
        confirmed = _link(AccountByNumber.NONE, by_subject, Succession.CONFIRMED)
        assert confirmed is Link.MOVE_NUMBER
        assert _link(AccountByNumber.NONE, by_subject) is Link.REFUSE


def test_two_accounts_are_never_merged() -> None:
    """D-ACC-16: any other change is refused, confirmed or not (faults: 55-57)."""
    for succession in Succession:
        assert _link(AccountByNumber.ONE, AccountBySubject.ANOTHER, succession) is Link.REFUSE


def test_who_is_unknown_by_both_keys_may_sign_up() -> None:
    """S-ACC-7: no account has the number or the subject."""
    for succession in Succession:
        assert _link(AccountByNumber.NONE, AccountBySubject.NONE, succession) is Link.NO_ACCOUNT


def test_an_earlier_number_of_a_users_is_changed_by_staff_first() -> None:
    """D-ACC-105: nobody signs up twice under a new number, and a card alone moves nobody."""
    held = EarlierNumber.HELD
    for succession in Succession:
        facts = LinkFacts(AccountByNumber.NONE, AccountBySubject.NONE, succession, held)
        assert LINKING.decide(facts).then is Link.NUMBER_CHANGED
    assert LINKING.decide(SIGN_UP_UNDER_A_NEW_NUMBER).then is Link.NUMBER_CHANGED
    for by_subject in AccountBySubject:
        known = LinkFacts(AccountByNumber.ONE, by_subject, earlier=held)
        assert LINKING.decide(known).then is not Link.NUMBER_CHANGED


def test_succession_is_unconfirmed_unless_somebody_says_so() -> None:
    """D-ACC-16: nothing is taken to be a successor by default."""
    facts = LinkFacts(AccountByNumber.NONE, AccountBySubject.ANOTHER)
    assert facts.succession is Succession.NOT_CONFIRMED
    assert LINKING.decide(facts).then is Link.REFUSE
