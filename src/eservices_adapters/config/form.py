"""A form: keys and what may stand in them, said once, for reading a file and for its JSON Schema.

A function that reads a form asks it for one key after another. Over a file's table the form reads
them; over nothing it writes down what it was asked for, and that is the schema. Here: the form. Not
here: the kinds of values (`kinds`), and which keys there are (`booking`, `settings`).
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast, final

from attrs import field, frozen

from eservices_adapters.config.refusal import ConfigRefusal
from eservices_adapters.config.table import Shape, Table

T = TypeVar("T")
D = TypeVar("D")

Schema = Mapping[str, Any]


@frozen
class Kind(Generic[T]):
    """What a value must look like, for the reader and for the schema.

    Attributes:
        shape: how it is read.
        schema: the same in the words of JSON Schema; it may let more pass, and never less.
    """

    shape: Shape[T]
    schema: Schema = field(hash=False)


@final
class Form:
    """One table of a file, or of its schema."""

    def __init__(
        self,
        where: str,
        table: Table,
        refusals: list[ConfigRefusal],
        schema: dict[str, Any] | None = None,
    ) -> None:
        """Read `table`, whose refusals go to `refusals`; or write into `schema` what is asked."""
        self._where = where
        self._table = table
        self._refusals = refusals
        self._schema = schema
        if schema is not None:
            schema.update(type="object", additionalProperties=False, properties={}, required=[])

    @property
    def well(self) -> bool:
        """Whether nothing in the file has been refused so far."""
        return not self._refusals

    def required(self, key: str, kind: Kind[T]) -> T | None:
        """Read a key that must be there; None if it was refused."""
        _ = self._note(key, kind.schema, required=True)
        return self._table.required(key, kind.shape)

    def optional(self, key: str, kind: Kind[T], default: D) -> T | D:
        """Read a key that may be there; the default if it is not, or was refused."""
        _ = self._note(key, kind.schema)
        return self._table.optional(key, kind.shape, default)

    def table(self, key: str, *, required: bool) -> "Form | None":
        """Read a table; None if it is not there, or was refused."""
        if self._schema is not None:
            return self._inside(key, self._note(key, {}, required=required))
        if required:
            values = self._table.required(key, _TABLE)
        else:
            values = self._table.optional(key, _TABLE, None)
        if values is None:
            return None
        where = self._under(f"[{key}]")
        return Form(where, Table(where, values, self._refusals), self._refusals)

    def tables(self, key: str, most: int) -> "tuple[Form, ...]":
        """Read an array of tables, of which there may be none."""
        if self._schema is not None:
            items: dict[str, Any] = {}
            _ = self._note(key, {"type": "array", "maxItems": most, "items": items})
            return (self._inside(key, items),)
        found: list[Form] = []
        entries = self._table.optional(key, _tables(most), ())
        for place, values in enumerate(entries, start=1):
            where = self._under(f"[[{key}]] {place}")
            found.append(Form(where, Table(where, values, self._refusals), self._refusals))
        return tuple(found)

    def refuse(self, key: str, problem: str) -> None:
        """Note that a key is wrong, though it looks as it should."""
        self._table.refuse(key, problem)

    def end(self) -> None:
        """Refuse every key that nobody has asked for."""
        self._table.refuse_unknown()

    def _inside(self, key: str, schema: dict[str, Any]) -> "Form":
        return Form(key, Table(key, None, self._refusals), self._refusals, schema)

    def _note(self, key: str, schema: Schema, *, required: bool = False) -> dict[str, Any]:
        noted = dict(schema)
        if self._schema is not None:
            self._schema["properties"][key] = noted
            if required:
                self._schema["required"].append(key)
        return noted

    def _under(self, named: str) -> str:
        return f"{self._where}, {named}" if self._where.startswith("[") else named


def _values(value: object) -> dict[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


_TABLE: Shape[dict[str, object]] = Shape("a table", _values)


def _tables(most: int) -> Shape[tuple[dict[str, object], ...]]:
    def parse(value: object) -> tuple[dict[str, object], ...] | None:
        if not isinstance(value, list):
            return None
        entries = cast("list[object]", value)
        read = [entry for entry in map(_values, entries) if entry is not None]
        return tuple(read) if len(read) == len(entries) <= most else None

    return Shape(f"an array of at most {most} tables", parse)
