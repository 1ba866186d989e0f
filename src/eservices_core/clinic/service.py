"""The service itself: the origin that links are built from, and who its mail comes from.

Here: values that an installation sets. No clinic's e-mail address stands here or anywhere in what
goes to a patient (S-MAIL-2).
"""

from attrs import frozen

from eservices_core.words.email_address import EmailAddress


@frozen
class Service:
    """What every mail and page says about the service.

    Attributes:
        public_url: the configured origin, without a trailing slash; links are built from nothing
            else (D-MAIL-1).
        mail_domain: the right half of every Message-ID.
        sender: the no-reply address that mail comes from.
    """

    public_url: str
    mail_domain: str
    sender: EmailAddress
