"""Why a file of the installation is not taken: one line for each thing that is wrong."""

from attrs import frozen


@frozen
class ConfigRefusal:
    """One thing that is wrong with a file. It never holds a value that stood there.

    Attributes:
        where: the section, as it is written in the file ("[store]", "[[clinic]] 2"), or
            "the file".
        key: the key; empty where the section or the file is meant.
        problem: what is wrong, or what was expected.
    """

    where: str
    key: str
    problem: str

    def __str__(self) -> str:
        named = f"{self.where} {self.key}:" if self.key else self.where
        return f"{named} {self.problem}"
