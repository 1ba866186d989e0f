"""Why a file of the installation is not taken: one line for each thing that is wrong."""

from attrs import field, frozen


@frozen
class ConfigRefusal:
    """One thing that is wrong with a file. It never holds a value that stood there.

    Attributes:
        where: the section, as it is written in the file ("[store]", "[[clinic]] 2"), or
            "the file".
        key: the key; empty where the section or the file is meant.
        problem: what is wrong, or what was expected.
        line: the line of the file, from 1, where it is known; one refusal is another's equal
            whatever the line.
    """

    where: str
    key: str
    problem: str
    line: int | None = field(default=None, eq=False)

    def __str__(self) -> str:
        at = "" if self.line is None else f" (line {self.line})"
        named = f"{self.where} {self.key}{at}:" if self.key else f"{self.where}{at}"
        return f"{named} {self.problem}"
