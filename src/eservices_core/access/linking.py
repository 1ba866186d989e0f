"""Linking: whose account an accepted MitID belongs to, and what a changed number means (D-ACC-16).

Two keys point at an account: its CPR number, and the (issuer, subject) that the broker uses. They
mostly agree; this table says what happens where they do not. It never merges two accounts.
"""

from enum import unique
from typing import Final

from attrs import frozen

from eservices_core.tables import Fact, Row, Table, when
from eservices_core.texts import PUBLIC_REFUSAL, NextStep, Says, Text, staff_only


@unique
class AccountByNumber(Fact):
    """Whether an account holds the CPR number that MitID gave."""

    NONE = "none"
    ONE = "one"


@unique
class AccountBySubject(Fact):
    """Whether an account is linked to the broker's (issuer, subject)."""

    NONE = "none"
    SAME = "same"
    """The account that holds the number."""
    ANOTHER = "another"
    """An account that holds another number."""


@unique
class Succession(Fact):
    """Whether register or master card calls the number the successor of the linked account's."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"


@unique
class EarlierNumber(Fact):
    """Whether a master card says that a user goes by an earlier number of this person's."""

    NOT_HELD = "not_held"
    HELD = "held"


@frozen
class LinkFacts:
    """What linking is decided from."""

    by_number: AccountByNumber
    by_subject: AccountBySubject
    succession: Succession = Succession.NOT_CONFIRMED
    earlier: EarlierNumber = EarlierNumber.NOT_HELD


@unique
class Link(Fact):
    """What is done with the two keys."""

    NO_ACCOUNT = "no_account"
    KNOWN = "known"
    LINK_SUBJECT = "link_subject"
    MOVE_NUMBER = "move_number"
    NUMBER_CHANGED = "number_changed"
    REFUSE = "refuse"


_LOGGED_IN: Final = Text("Du er identificeret med MitID.", "You are identified with MitID.")

_UNKNOWN: Final = when(by_number=AccountByNumber.NONE, by_subject=AccountBySubject.NONE)

LINKING: Final = Table(
    "linking.account",
    "Whose account does this accepted MitID belong to?",
    LinkFacts,
    (
        Row(
            "nobody",
            "S-ACC-7",
            when(**_UNKNOWN, earlier=EarlierNumber.NOT_HELD),
            Link.NO_ACCOUNT,
            Says(
                Text("Du er ikke oprettet endnu.", "You do not have a user yet."),
                Text("Ingen konto har nummeret.", "No account holds the number."),
            ),
            NextStep.SIGN_UP,
        ),
        Row(
            "number_changed",
            "D-ACC-105",
            when(**_UNKNOWN, earlier=EarlierNumber.HELD),
            Link.NUMBER_CHANGED,
            staff_only(
                PUBLIC_REFUSAL,
                "Et stamkort siger, at patienten har haft et andet CPR-nummer, og det har en "
                "bruger. Klinikken retter først nummeret på den bruger.",
                "A master card says that the patient has had another CPR number, and a user goes "
                "by that. The clinic changes that user's number first.",
            ),
            NextStep.CLINIC_CHANGES_NUMBER,
        ),
        Row(
            "known",
            "D-ACC-16",
            when(by_number=AccountByNumber.ONE, by_subject=AccountBySubject.SAME),
            Link.KNOWN,
            Says(_LOGGED_IN, Text("Kendt MitID.", "A known MitID.")),
            NextStep.GO_ON,
        ),
        Row(
            "new_subject",
            "D-ACC-16",
            when(by_number=AccountByNumber.ONE, by_subject=AccountBySubject.NONE),
            Link.LINK_SUBJECT,
            Says(
                _LOGGED_IN,
                Text(
                    "Et nyt MitID med kontoens eget nummer er knyttet til, og patienten har fået "
                    "besked.",
                    "A new MitID with the account's own number was linked, and the patient told.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "successor",
            "D-ACC-16",
            when(
                by_number=AccountByNumber.NONE,
                by_subject=frozenset({AccountBySubject.SAME, AccountBySubject.ANOTHER}),
                succession=Succession.CONFIRMED,
            ),
            Link.MOVE_NUMBER,
            Says(
                _LOGGED_IN,
                Text(
                    "Patienten har fået nyt CPR-nummer; kontoen følger med.",
                    "The patient has a new CPR number; the account goes along.",
                ),
            ),
            NextStep.GO_ON,
        ),
        Row(
            "changed_without_word",
            "D-ACC-16",
            when(
                by_number=AccountByNumber.NONE,
                by_subject=frozenset({AccountBySubject.SAME, AccountBySubject.ANOTHER}),
                succession=Succession.NOT_CONFIRMED,
            ),
            Link.REFUSE,
            staff_only(
                PUBLIC_REFUSAL,
                "MitID gav et andet CPR-nummer end kontoens, og hverken register eller stamkort "
                "kender det som afløser.",
                "MitID gave another CPR number than the account's, and neither register nor "
                "master card calls it the successor.",
            ),
            NextStep.CONTACT_CLINIC,
        ),
        Row(
            "two_accounts",
            "D-ACC-16",
            when(by_number=AccountByNumber.ONE, by_subject=AccountBySubject.ANOTHER),
            Link.REFUSE,
            staff_only(
                PUBLIC_REFUSAL,
                "MitID hører til én konto og CPR-nummeret til en anden. De lægges aldrig sammen.",
                "The MitID belongs to one account and the CPR number to another. They are never "
                "merged.",
            ),
            NextStep.CONTACT_CLINIC,
        ),
    ),
)

SIGN_UP_UNDER_A_NEW_NUMBER: Final = LinkFacts(
    AccountByNumber.NONE, AccountBySubject.NONE, earlier=EarlierNumber.HELD
)
"""Nobody has the number, but somebody goes by an earlier one: what signing up meets then."""
