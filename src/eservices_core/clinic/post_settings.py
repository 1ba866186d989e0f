"""What a clinic chooses about digital post, as data with defaults (S-POST-2).

Here: values, and what of them cannot be. Not here: where they are read from (a file of settings),
and what follows from them (`post`).
"""

from attrs import frozen


@frozen
class PostSettings:
    """What one clinic chooses about digital post."""
