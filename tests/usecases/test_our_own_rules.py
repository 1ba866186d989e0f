"""The rules that are ours, where the rulebook is silent, and the notice on a child's pages."""

from datetime import timedelta
from email import message_from_bytes
from itertools import pairwise

from eservices_core.access.custody import CUSTODY, CustodyReason
from eservices_core.access.session import CHILD_NOTICE
from eservices_core.clinic.settings import CodeLimits
from eservices_core.ports.outbox import MailKind
from eservices_core.tables import Cells
from tests.usecases.day import Day
from tests.usecases.people import ANNA, CHILD, DORTE


def test_a_childs_pages_say_who_can_read_them() -> None:
    """D-ACC-18: in a child's session the page has a notice to show, and in nobody else's."""
    day = Day()
    _ = day.without_mitid(ANNA, "anna")
    assert day.use(day.log_in("anna").session).unwrap().notice is None
    _ = day.child(CHILD, DORTE, "barn")
    assert day.use(day.log_in("barn").session).unwrap().notice == CHILD_NOTICE


def test_custody_answers_in_one_order() -> None:
    """D-ACC-101: each reason is given only where none of those before it in the order holds."""
    order = (
        CustodyReason.SAME_PERSON,
        CustodyReason.NOT_UNDER_15,
        CustodyReason.REGISTER_SILENT,
        CustodyReason.PROTECTED_PERSON,
        CustodyReason.DEAD_OR_GONE,
        CustodyReason.NO_CUSTODY,
        CustodyReason.GUARDIAN_MINOR,
        None,
    )
    cells: list[Cells] = [
        next(row.when for row in CUSTODY.rows if row.then.reason is reason) for reason in order
    ]
    for earlier, later in pairwise(cells):
        # What is asked earlier is asked here too, and answered the other way somewhere.
        assert set(earlier) <= set(later)
        assert any(not (earlier[fact] & later[fact]) for fact in earlier)


def test_the_activation_mail_does_not_name_the_user() -> None:
    """D-ACC-102: the username stands in no byte of the mail that activates it."""
    day = Day()
    _ = day.without_mitid(ANNA, "solsikke")
    (mail,) = [mail for mail in day.mailbox.arrived if mail.kind is MailKind.ACTIVATION]
    parts = [part.get_payload(decode=True) for part in message_from_bytes(mail.content).walk()]
    bodies = [part for part in parts if isinstance(part, bytes)]
    assert len(bodies) == 2
    assert not any(b"solsikke" in body.lower() for body in bodies)


def test_the_default_limits() -> None:
    """D-ACC-103: three tries a code, ten guesses and six codes an hour, fifty failures in all."""
    limits = CodeLimits()
    assert (limits.tries_per_code, limits.guesses_per_hour) == (3, 10)
    assert (limits.codes_per_hour, limits.failures_in_all) == (6, 50)
    assert limits.lifetime == timedelta(minutes=10)
