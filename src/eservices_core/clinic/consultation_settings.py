"""What a clinic chooses about mail consultation, as data with defaults (D-MAIL-7).

Here: values, and what of them cannot be. Not here: where they are read from (a file of settings),
and what follows from them (`consultation`).
"""

from attrs import frozen


@frozen
class ConsultationSettings:
    """What one clinic chooses about mail consultation."""
