"""For how long a clinic keeps what has ended, as data with defaults (D-KEEP-1).

Here: periods, and what of them cannot be. Not here: where they are read from (a file of settings),
and what is done when a period is over. No law is quoted: which period a kind of data has to have
is the clinic's to know, and the defaults are on the long side.
"""

from datetime import timedelta

import attrs
from attrs import frozen

_YEAR = timedelta(days=365)


@frozen(kw_only=True)
class KeepingSettings:
    """For how long each kind of data is kept after it has ended; then its content is erased.

    Attributes:
        journal: entries of the embedded journal, after they were written.
        conversations: messages and files on the site, after the conversation was closed.
        bookings: comments and contacts of bookings, after they ended.
        letters: what was in a letter, after its last receipt.
        audit: entries of the audit log, after they were made.
        users: who a closed user was: number, username, addresses. What is kept of them for longer
            names nobody from then on. The whole service keeps it for the longest period of its
            clinics.
        attempts: what logins and verifications that were never ended hold, after they began.
        mails: what is known of a mail, after it ended; its bytes are erased at once.
        answers: what was answered under a caller's key, after it was: so long it can be asked for
            again. The whole service keeps them for the longest period of its clinics.
    """

    journal: timedelta = 10 * _YEAR
    conversations: timedelta = 5 * _YEAR
    bookings: timedelta = 5 * _YEAR
    letters: timedelta = 5 * _YEAR
    audit: timedelta = 5 * _YEAR
    users: timedelta = 10 * _YEAR
    attempts: timedelta = timedelta(days=1)
    mails: timedelta = _YEAR
    answers: timedelta = timedelta(days=30)

    def __attrs_post_init__(self) -> None:
        for period in attrs.astuple(self):
            assert period >= timedelta(hours=1), "what has ended is kept for an hour at least"
