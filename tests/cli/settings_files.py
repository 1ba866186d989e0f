"""Files for questions about a clinic's times: its settings, and a practitioner's calendar."""

from pathlib import Path

from attrs import frozen

from tests.adapters.config.settings_example import EXAMPLE

NOW = "2026-08-31T10:00:00+02:00"
"""A Monday morning."""


@frozen
class Files:
    """Where they lie."""

    settings: str
    calendar: str


def ics(*events: tuple[str, str]) -> str:
    """A calendar with events from one UTC time to another, as in `20260903T060000Z`."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//tests//EN"]
    for place, (start, end) in enumerate(events):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{place}@example.com",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{start}",
            f"DTEND:{end}",
            "SUMMARY:Anders And",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def written(folder: Path, *events: tuple[str, str], settings: str = EXAMPLE) -> Files:
    """Write both."""
    files = Files(str(folder / "clinic.toml"), str(folder / "anna.ics"))
    _ = Path(files.settings).write_text(settings, "utf-8")
    _ = Path(files.calendar).write_text(ics(*events), "utf-8")
    return files
