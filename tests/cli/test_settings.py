from pathlib import Path

from jsonschema import Draft202012Validator

from tests.adapters.config.settings_example import EXAMPLE
from tests.cli.running import run


def test_the_schema_can_be_had() -> None:
    """D-BOOK-10: `--schema` writes the JSON Schema of the file."""
    schema = run("settings", "--schema").answer

    Draft202012Validator.check_schema(schema)
    assert "practitioner" in schema["properties"]["booking"]["properties"]


def test_a_file_can_be_checked(tmp_path: Path) -> None:
    """D-BOOK-10: `--check` says what was read, or names the first key that is wrong."""
    path = tmp_path / "clinic.toml"
    _ = path.write_text(EXAMPLE, "utf-8")
    assert run("settings", "--check", str(path)).answer == {
        "settings": "accepted",
        "practitioners": ["anna"],
        "types": ["consultation", "vaccination"],
        "closed_periods": 2,
        "consultations": "on",
        "renewals": "on",
        "digital_post": "on",
    }

    _ = path.write_text(EXAMPLE.replace("length = 20", 'length = "20"'), "utf-8")
    assert run("settings", "--check", str(path)).complaint == (
        "--check: [booking], [[practitioner]] 1, [[length]] 1 length (line 51): "
        "expected a whole number from 1 to 1440"
    )


def test_one_of_both_is_wanted() -> None:
    """Neither and both are refused."""
    said = "settings: takes --schema, --check, --show or --diff, one of them"

    assert run("settings").complaint == said
    assert run("settings", "--schema", "--check", "x").complaint == said
