"""Text as it comes in from outside: only the step from "anything" to a real `str`.

Not here: trimming, folding or decoding. Each word says for itself what it forgives.
"""

__all__ = ["plain_text"]


def plain_text(value: object) -> str | None:
    """The characters of `value` as an exact `str`, or `None` when it is no text at all.

    A subclass of `str` (an XPath result, a template's markup, a `StrEnum` member) is read by its
    characters and by nothing that it overrides, so what was validated is what is kept.

    >>> plain_text("abc"), plain_text(b"abc")
    ('abc', None)
    """
    return str.__str__(value) if isinstance(value, str) else None
