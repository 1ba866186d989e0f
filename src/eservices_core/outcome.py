"""The outcome of a decision: a success or a refusal, as a sealed union of two classes.

This is the only module that imports ``returns``. What is not here on purpose: pipelines, monadic
chaining, decorators that swallow exceptions. An outcome is built, matched, and compared; a
function that meets a `Failure` it cannot use returns it. `Result` itself is an open class, which
no checker can match exhaustively; this union is closed, and both checkers see it.

>>> outcome: Outcome[int, str] = Success(15)
>>> match outcome:
...     case Success(age):
...         print(f"aged {age}")
...     case Failure(reason):
...         print(f"refused: {reason}")
aged 15
"""

from typing import TypeAlias, TypeVar

from returns.result import Failure, Success

__all__ = ["Failure", "Outcome", "Success"]

_T = TypeVar("_T")
_E = TypeVar("_E")

Outcome: TypeAlias = Success[_T] | Failure[_E]
"""Either `Success` holding the value, or `Failure` holding a typed refusal (never an exception)."""
