"""`eservices explain`: what is decided, by which rule, and in which words.

Here: the commands and their help. Not here: how the questions are read (`login_facts`,
`guardian_answers`), which are loaded only when they are asked.
"""

from typing import Literal

import click


@click.group()
def explain() -> None:
    """Say what is decided in one case, by which rule, and in which words."""


@explain.command()
@click.argument("facts", metavar="FACTS.json")
def login(facts: str) -> None:
    """May this user log in?

    FACTS.json (or - for standard input) is one JSON object:

    \b
      at                 2026-01-31T12:00:00+01:00, with offset
      method             mitid | two_factor (the password is taken to be right)
      user               none | awaiting_activation | active | locked | closed
      birth_date         2011-05-31
      no_mitid           true | false: the clinic's tick 'No MitID' (Intet MitID)
      guardian_verified  true | false
      mitid              with method mitid, and only then:
        identity         private | business
        assurance        low | substantial | high
        cpr              own | other | missing

    \b
    Optional:
      temporary_password   true | false (false)
      mitid_required_from  the first day of the measure (2023-06-01)

    The answer: decision, reason, obligations, rule, next_step, and what the patient and staff are
    told, in Danish and English.
    """  # noqa: D301  click reads the backspace: leave these lines as they are
    from eservices_adapters.cli.documents import read_document, read_object  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.login_answers import answer_to  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.login_facts import read_question  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays

    members = read_object(read_document(facts, "FACTS.json"), "FACTS.json")
    say(answer_to(read_question(members)))


@explain.command()
@click.option("--child", required=True, metavar="CPR", help="The child's CPR number.")
@click.option("--guardian", required=True, metavar="CPR", help="The stated guardian's CPR number.")
@click.option("--at", required=True, metavar="INSTANT", help="2026-01-31T12:00:00+01:00")
@click.option(
    "--answer",
    "answers",
    required=True,
    multiple=True,
    metavar="FILE.xml",
    help="What the register answered about the child; once more, about the guardian.",
)
@click.option(
    "--guardianship",
    type=click.Choice(["yes", "no"]),
    default="yes",
    show_default=True,
    help="Whether an appointed guardian counts.",
)
def guardian(
    child: str,
    guardian: str,
    at: str,
    answers: tuple[str, ...],
    guardianship: Literal["yes", "no"],
) -> None:
    """May this person stand as guardian of this child?

    This is the register's half: the guardian's own MitID is taken to have come back. An answer is
    a document of MedCom's Det Gode CPR Opslag; whom it is about is read from it, so the order of
    several does not matter.

    The answer: outcome (verified, refused, cannot_verify), reason, rule, next_step, and what the
    public and staff are told, in Danish and English.
    """
    from eservices_adapters.cli.guardian_answers import explain_guardian  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.says import say  # noqa: PLC0415  only this command pays

    say(explain_guardian(child, guardian, at, answers, appointed_count=guardianship == "yes"))
