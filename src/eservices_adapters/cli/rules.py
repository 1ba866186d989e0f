"""`eservices rules`: the rulebook from the code: shown, checked, and tried.

Here: the command, and which of its options go together. Not here: what it shows (`rules_shown`),
checks (`rules_check`) and tries (`rules_try`), which are loaded when they are asked for.
"""

from typing import Literal

import click


@click.command()
@click.argument("name", required=False, metavar="[ID or table]")
@click.option("--json", "form", flag_value="json", help="JSON, at a terminal too.")
@click.option("--table", "form", flag_value="table", help="A table, not at a terminal too.")
@click.option("--check", is_flag=True, help="Which rules have no home, or no test that names them?")
@click.option(
    "--tests",
    metavar="DIR",
    help="With --check: the folder of tests (./tests, where there is one).",
)
@click.option("--try", "trying", is_flag=True, help="Change rows of a scratch copy; see above.")
@click.option("--drop", multiple=True, metavar="ROW", help="With --try: leave the row out.")
@click.option(
    "--set",
    "cells",
    multiple=True,
    metavar="ROW.CELL=VALUE[,VALUE]",
    help="With --try: let the row read something else; - for anything.",
)
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    metavar="ROW=VERDICT",
    help="With --try: let the row answer something else, as in refused:use_mitid.",
)
def rules(  # noqa: PLR0913, PLR0917  one parameter an option
    name: str | None,
    form: Literal["json", "table"] | None,
    check: bool,  # noqa: FBT001  click passes flags by name
    tests: str | None,
    trying: bool,  # noqa: FBT001  as above
    drop: tuple[str, ...],
    cells: tuple[str, ...],
    verdicts: tuple[str, ...],
) -> int:
    """Show the rulebook: what the code says, not what was once written about it.

    \b
      eservices rules                   every rule, its home, and what is still open
      eservices rules S-ACC-6           one rule, with its rows, cells and texts
      eservices rules login.two_factor  one table
      eservices rules --check           rules without a home or a test (exit status 1)
      eservices rules --try             leave out each row in turn, on a scratch copy
      eservices rules login.two_factor --try --set not_ticked.tick=set,not_set

    With --try, it says for each change which case is left without an answer or gets two; or, where
    the changed table still has one answer for each case, which cases are answered otherwise.

    A rule that belongs to a part that is not built yet is open, and says where it will live.

    At a terminal this is a table, else one JSON object.
    """  # noqa: D301  click reads the backspace: leave these lines as they are
    from eservices_adapters.cli.says import BadInput  # noqa: PLC0415  only this command pays

    edits = {"--drop": drop, "--set": cells, "--verdict": verdicts}
    for option, given in edits.items():
        if given and not trying:
            raise BadInput(option, "goes with --try")
    if tests is not None and not check:
        raise BadInput("--tests", "goes with --check")
    if check and (trying or name is not None):
        raise BadInput("--check", "looks at every rule, and goes with --tests alone")
    if check:
        return _check(form, tests)
    from eservices_adapters.cli.rules_shown import describe, show  # noqa: PLC0415  only this command pays

    if trying:
        from eservices_adapters.cli.rules_try import try_changes  # noqa: PLC0415  only this command pays

        show(try_changes(name, drop, cells, verdicts), form)
    else:
        show(describe(name), form)
    return 0


def _check(form: Literal["json", "table"] | None, tests: str | None) -> int:
    from eservices_adapters.cli.rules_check import check_rules, folder_of_tests  # noqa: PLC0415  only this command pays
    from eservices_adapters.cli.rules_shown import show  # noqa: PLC0415  only this command pays

    findings = check_rules(folder_of_tests(tests))
    show(findings, form)
    return 0 if findings["ok"] else 1
