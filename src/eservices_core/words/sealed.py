"""The base of the words whose content must not slip out: immutable, masked, never serialised.

Only the sealing belongs here. What a word shows of itself and how its content is asked for
(`reveal`) is its own. The words are not attrs classes on purpose: `attrs.asdict`,
`dataclasses.asdict`, `cattrs` and `rich` walk the fields of those, and leave these whole.
"""

from typing import Never, Self, SupportsIndex

from attrs.exceptions import FrozenInstanceError

__all__ = ["Sealed"]


class Sealed:
    """A value that cannot be changed, and whose content no generic tool can reach (D-LOG-1).

    `repr`, `str` and `format` show a mask. `copy` and `deepcopy` give the value itself. Pickling
    raises `TypeError`, and assignment `attrs.exceptions.FrozenInstanceError`; neither message
    holds the content. A subclass declares its own slots and sets them in `__new__`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, format_spec: str, /) -> str:
        return format(str(self), format_spec)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object], /) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> Never:
        raise TypeError(f"{type(self).__name__} is never pickled; reveal it on purpose instead")

    def __getstate__(self) -> Never:
        raise TypeError(f"{type(self).__name__} has no state to hand out")

    def __setattr__(self, name: str, value: object, /) -> Never:
        raise FrozenInstanceError

    def __delattr__(self, name: str, /) -> Never:
        raise FrozenInstanceError
