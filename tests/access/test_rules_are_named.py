import ast
from pathlib import Path

RULES = {f"S-ACC-{number}" for number in range(1, 12)} | {
    f"D-ACC-{number}" for number in range(1, 22)
}


def test_every_rule_of_access_is_named_by_a_test_of_access() -> None:
    """S-ACC-1 to S-ACC-11 and D-ACC-1 to D-ACC-21 each stand in some other test's claim."""
    here = Path(__file__)
    files = [path for path in here.parent.glob("test_*.py") if path != here]
    claims = [
        ast.get_docstring(node) or ""
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert all(claims)
    words = {word.strip(",:;.") for claim in claims for word in claim.split()}
    assert words >= RULES, sorted(RULES - words)
