"""`eservices whatif`: the same case with something changed, and the cell that made the difference.

Here: the command. Not here: how the question is read and changed (`login_facts`), and answered
(`login_answers`).
"""

import click


@click.group()
def whatif() -> None:
    """Change something in a case, and see which cell of which table decides."""


@whatif.command()
@click.argument("facts", metavar="FACTS.json")
@click.option(
    "--set",
    "changes",
    required=True,
    multiple=True,
    metavar="MEMBER=VALUE",
    help="A member and its new value, as in no_mitid=true or mitid.assurance=low; repeatable.",
)
def login(facts: str, changes: tuple[str, ...]) -> None:
    """What if this login were another?

    FACTS.json (or - for standard input) is as for `eservices explain login`. The answer: before,
    after, set, and cell: the table and the fact in it that took the answer away from the row that
    gave it, or null where the same row answers.
    """
    from eservices_adapters.cli.documents import (  # noqa: PLC0415  only this command pays
        Json,
        read_document,
        read_object,
    )
    from eservices_adapters.cli.login_answers import answer_to, deciding_cell  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.login_facts import (  # noqa: PLC0415  only this command pays
        changed,
        read_change,
        read_question,
    )
    from eservices_adapters.cli.says import BadInput, say  # noqa: PLC0415  only this command pays

    wanted: dict[str, Json] = {}
    for change in changes:
        name, value = read_change(change)
        if name in wanted:
            raise BadInput(f"--set {name}", "stands twice")
        wanted[name] = value
    members = read_object(read_document(facts, "FACTS.json"), "FACTS.json")
    before = read_question(members)
    try:
        after = read_question(changed(members, wanted))
    except BadInput as bad:
        raise BadInput("--set", str(bad)) from None
    say(
        {
            "before": answer_to(before),
            "after": answer_to(after),
            "set": wanted,
            "cell": deciding_cell(before, after),
        }
    )
