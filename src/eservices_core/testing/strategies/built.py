"""Building attrs classes with every field named, so that a new field is never drawn by accident."""

from typing import Any, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


def built(kind: type[T], /, **fields: SearchStrategy[Any]) -> SearchStrategy[T]:
    """Draw a value of an attrs class from a strategy for each of its fields.

    `st.builds` would draw a field that is not named by its annotation; here that is an assertion.
    """
    attrs_class: Any = kind
    declared = {field.name for field in attrs.fields(attrs_class)}
    assert fields.keys() == declared, f"{kind.__name__} has the fields {sorted(declared)}"
    return st.builds(kind, **fields)
