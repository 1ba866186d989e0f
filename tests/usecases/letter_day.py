"""A day on which staff send letters, for the tests of use cases. Not here: any rule."""

from typing import Any, Final

from eservices_core import events
from eservices_core.outcome import Outcome
from eservices_core.post.content import Attachment, Content
from eservices_core.post.states import Letter
from eservices_core.testing.world import CLINIC
from eservices_core.usecases.hand_over_letters import HandedOver, hand_over_letters, read_receipts
from eservices_core.usecases.letters import SeeLetters, ShownLetter, see_letters
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.send_letter import LetterIsWritten, SendLetter, send_letter
from eservices_core.views.names import item_of_letter, worklist_of
from eservices_core.words.identifiers import LetterId, UserId
from tests.usecases.day import Day
from tests.usecases.people import ANNA

PDF: Final = b"%PDF-1.4\nkanariefugl\n%%EOF\n"
WORDS: Final = Content("Indkaldelse", "Kom til kontrol.", (Attachment("vejledning.pdf", PDF),))


class LetterDay(Day):
    """Two clinics that have bought digital post."""

    def anna(self) -> UserId:
        """Make a patient of 65."""
        return self.patient(ANNA, "anna")

    def writes(self, user: UserId, content: Content = WORDS, **more: Any) -> SendLetter:
        """Have staff write a letter; gives the command."""
        given: dict[str, Any] = {
            "key": self.key(),
            "by": self.by_staff,
            "staff": self.staff,
            "user": user,
            "content": content,
            **more,
        }
        return SendLetter(**given)

    def sends(self, user: UserId, **more: Any) -> Outcome[LetterIsWritten, Refusal]:
        """Have staff send a letter."""
        return send_letter(self.services, self.writes(user, **more))

    def sent(self, user: UserId | None = None, **more: Any) -> LetterId:
        """Have a letter written that goes through."""
        return self.sends(user or self.anna(), **more).unwrap().letter

    def hand_over(self) -> tuple[HandedOver, ...]:
        """Let the service try what is due."""
        return hand_over_letters(self.services, self.post)

    def hear(self) -> None:
        """Let the service read receipts."""
        _ = read_receipts(self.services, self.post)

    def letter(self, identifier: LetterId) -> Letter:
        """Give a letter as it is now."""
        return self.state(events.LETTER, identifier)

    def lies_on_worklist(self, identifier: LetterId) -> bool:
        """Whether staff have to look at a letter."""
        return self.ledger.find(worklist_of(CLINIC), str(item_of_letter(identifier))) is not None

    def letters(self, user: UserId) -> tuple[ShownLetter, ...]:
        """Show a patient's letters to staff."""
        command = SeeLetters(key=self.key(), by=self.by_staff, staff=self.staff, user=user)
        return see_letters(self.services, command).unwrap()
