"""Extracts of the CPR office's, built column by column from the layout that the office describes.

The columns are written down a second time here, on purpose, as in `conftest`.
"""

from collections.abc import Iterable


def line(*fields: tuple[int, str]) -> str:
    """One record, of fields by their columns, counted from 1; blanks between them."""
    text = ""
    for column, field in fields:
        assert len(text) < column
        text = text.ljust(column - 1) + field
    return text


def person(
    number: str,
    *,
    status: str = "01",
    born: str | None = None,
    uncertain: str = " ",
    successor: str = "",
) -> str:
    """A record 001; the birth date is the number's in the century of 2000 where none is given."""
    born = born or f"20{number[4:6]}-{number[2:4]}-{number[:2]}"
    return line(
        *((1, "001"), (4, number), (14, successor.ljust(10)), (24, status)),
        *((26, "000000000000"), (39, "K"), (40, born), (50, uncertain), (73, "Pædagog")),
    )


def protection(number: str, kind: str = "0001", begins: str = "", ends: str = "") -> str:
    """A record 004."""
    return line((1, "004"), (4, number), (14, kind), (18, begins.ljust(10)), (28, ends.ljust(10)))


def child(parent: str, number: str) -> str:
    """A record 014, of the parent's."""
    return line((1, "014"), (4, parent), (14, number))


def parents(number: str, mother: str, father: str) -> str:
    """A record 015, with names where there may be some."""
    return line(
        *((1, "015"), (4, number), (14, "2015-01-01"), (25, mother.ljust(10))),
        *((35, "1980-01-01"), (46, "Sørensen,Åse"), (81, "2015-01-01"), (92, father.ljust(10))),
        *((102, "1980-01-01"), (113, "Sørensen,Bo")),
    )


def custody(
    number: str,
    kind: str,
    holder: str = "",
    *,
    begins: str = "2015-01-01",
    uncertain: str = " ",
    ends: str = "",
    holder_since: str = "",
) -> str:
    """A record 016."""
    return line(
        *((1, "016"), (4, number), (14, kind), (18, begins.ljust(10)), (28, uncertain)),
        *((29, ends.ljust(10)), (39, holder.ljust(10)), (49, holder_since.ljust(10))),
    ).rstrip()


def guardianship(number: str, guardian: str = "", *, begins: str = "2015-01-01") -> str:
    """A record 017."""
    return line(
        *((1, "017"), (4, number), (14, begins), (25, "".ljust(10)), (35, "0001")),
        *((39, guardian.ljust(10)), (49, begins), (59, "Vægter,Vera"), (103, "Vej 1")),
    )


def extract(
    records: Iterable[str], *, produced: str = "20261126", count: int | None = None
) -> bytes:
    """A whole file."""
    lines = list(records)
    counted = len(lines) if count is None else count
    start = line((1, "000"), (4, "0" * 10), (14, "110901"), (20, produced), (28, "20261119"))
    end = line((1, "999"), (4, "9" * 10), (14, f"{counted:08}"))
    return "".join(f"{text}\n" for text in (start, *lines, end)).encode("iso-8859-1")
