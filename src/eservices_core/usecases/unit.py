"""The unit of work: what a use case has read, and what it will have stored, as one change.

Not here: doing the work, committing it, and starting again where others were first (`perform`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar, cast

import attrs

from eservices_core import events
from eservices_core.access import association
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.clinic.settings_life import Chosen
from eservices_core.clinic.staff import StaffMember
from eservices_core.correspondence.messages import Message, render
from eservices_core.events import SETTINGS, DomainEvent, Kind, StreamId
from eservices_core.ports.claims import (
    ClaimTime,
    MoveClaim,
    ReleaseClaim,
    TimeIsTaken,
)
from eservices_core.ports.ledger import (
    Append,
    AuditEntry,
    ByStaff,
    Change,
    EraseContent,
    Name,
    PutContent,
    PutFile,
    Recorded,
    ReleaseName,
    TakeName,
)
from eservices_core.ports.lists import Listed, ListKind, ListName, PutOnList, TakeOffList
from eservices_core.ports.outbox import MailKind, MailState, OutgoingMail, WithdrawMails
from eservices_core.staffing.member import StaffRecord, record_of
from eservices_core.usecases import who_may
from eservices_core.usecases.refusal import Refusal
from eservices_core.usecases.services import Command, Services
from eservices_core.usecases.settings_record import read_settings
from eservices_core.views.every import what_lies
from eservices_core.views.happened import Happened, ListAct
from eservices_core.words.email_address import EmailAddress
from eservices_core.words.identifiers import (
    BookingId,
    ClinicId,
    ContentId,
    MailId,
    PractitionerId,
    UserId,
)
from eservices_core.words.interval import Interval
from eservices_core.worklist import holding, watched

S = TypeVar("S")
E = TypeVar("E")
A = TypeVar("A", bound=attrs.AttrsInstance)


WATCHED: Final = frozenset(
    {
        MailKind.ACTIVATION,
        MailKind.CHILD_CREATED,
        MailKind.TEMPORARY_PASSWORD,
        MailKind.TURNED_FIFTEEN,
    }
)
"""Mails whose loss nobody else notices, and without which a patient waits in vain (faults: 100)."""


class Unit:
    """One unit of work in the making.

    Attributes:
        at: when it began; every part of it has that time.
        about: the user it concerns, once that is known.
        stream: the machine whose history it tells of: so its audit entry and mails can be found.
        rule: the rule that decided it, for the audit log.
        because: why it came to an unhappy end that is itself recorded (a register's no).
        clinic: the clinic whose audit log it is told in: that of the staff who acts, or the one
            that the command names; None for the service's own.
        purpose: what a patient's data was looked at or changed for, as a code (D-LOG-1).
    """

    def __init__(self, services: Services, command: Command, step: str = "") -> None:
        self.services = services
        self.at: Final[datetime] = services.clock.now()
        self.about: UserId | None = None
        self.stream: StreamId | None = None
        self.rule: str | None = None
        self.because: str | None = None
        self.clinic: ClinicId | None = _clinic_of(command)
        self.purpose: str | None = None
        self._command = command
        self._key = f"{command.key}{step}"
        self._recorded: dict[StreamId, tuple[Recorded, ...]] = {}
        self._versions: dict[StreamId, int] = {}
        self._states: dict[StreamId, Any] = {}
        self._texts: dict[ContentId, str | None] = {}
        self._mail_states: dict[MailId, MailState | None] = {}
        self._events: dict[StreamId, list[DomainEvent]] = {}
        self._names: list[TakeName | ReleaseName] = []
        self._contents: list[PutContent | PutFile | EraseContent] = []
        self._mails: list[OutgoingMail] = []
        self._claims: list[ClaimTime | MoveClaim | ReleaseClaim] = []
        self._taken: dict[TimeIsTaken, Refusal] = {}
        self._withdrawals: list[WithdrawMails] = []
        self._lists: list[PutOnList | TakeOffList] = []

    # -- who acts --

    def barred(self) -> Refusal | None:
        """Say why whoever acts for a clinic may not do this now; None if they may (D-STAFF-1).

        `perform` asks before it begins. A use case of staff that only reads asks by itself.
        """
        staff = who_may.staff_of(self._command)
        record = None if staff is None else self.staff_record(staff)
        return who_may.why_not(self._command, record, self.at)

    def staff_record(self, staff: StaffMember) -> StaffRecord | None:
        """Look a member of staff up, in the clinic's own directory or in the ledger."""
        directory = self.services.staff_directory
        if directory is not None:
            return directory.member(staff)
        return record_of(self.state(events.STAFF, who_may.staff_key(staff)))

    # -- reading --

    def state(self, kind: Kind[S, E], key: object) -> S:
        """Fold a stream, with what this unit has added to it."""
        stream = kind.stream(key)
        if stream not in self._states:
            state = kind.initial
            for one in self.recorded(stream):
                state = kind.evolve(state, cast("E", one.event))
            self._states[stream] = state
        return cast("S", self._states[stream])

    def recorded(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Read a stream of whatever kind as it was recorded; it must still hold at the commit."""
        if stream not in self._recorded:
            self._recorded[stream] = self.services.ledger.history(stream)
            self._versions[stream] = len(self._recorded[stream])
        return self._recorded[stream]

    def read_ahead(self, kind: Kind[S, E], keys: Iterable[object]) -> None:
        """Read many streams at once, so that asking for each costs no query of its own.

        They must all still hold at the commit: for what is asked of each, and for looks.
        """
        named = (kind.stream(key) for key in keys)
        streams = [stream for stream in dict.fromkeys(named) if stream not in self._recorded]
        if streams:
            for stream, recorded in self.services.ledger.histories(streams).items():
                self._recorded[stream] = recorded
                self._versions[stream] = len(recorded)

    def read_texts_ahead(self, records: Iterable[ContentId | None]) -> None:
        """Read many erasable records of text at once; `content` gives them as they were then."""
        asked = [each for each in dict.fromkeys(records) if each and each not in self._texts]
        if asked:
            found = self.services.records.contents(asked)
            self._texts |= {each: found.get(each) for each in asked}

    def read_mail_states_ahead(self, mails: Iterable[MailId | None]) -> None:
        """Ask at once what became of many mails; `mail_state` tells it as it was then."""
        asked = [each for each in dict.fromkeys(mails) if each and each not in self._mail_states]
        if asked:
            found = self.services.archive.mail_states(asked)
            self._mail_states |= {each: found.get(each) for each in asked}

    def mail_state(self, mail: MailId) -> MailState | None:
        """Say what became of a mail."""
        self.read_mail_states_ahead((mail,))
        return self._mail_states[mail]

    def position(self, kind: Kind[S, E], key: object, event: type[E]) -> int:
        """Say where in the ledger a stream's newest event of a type lies; 0 if there is none.

        What came first is asked of the ledger, and not of a clock, which may be set back.
        """
        _ = self.state(kind, key)
        recorded = self._recorded[kind.stream(key)]
        return max((one.position for one in recorded if isinstance(one.event, event)), default=0)

    def find_clinic(self, clinic: ClinicId) -> ClinicSettings | None:
        """Give a clinic's settings as they stand; None for a clinic that is not here.

        This unit is refused as stale if they change before it is stored (S-SET-1).
        """
        start = self.services.clinics.get(clinic)
        if start is None:
            return None
        state = self.state(SETTINGS, clinic)
        if not isinstance(state, Chosen):
            return start
        self.read_texts_ahead((state.record,))  # asked for by every row of a page
        text = self.content(state.record)
        assert text is not None, "the settings of a clinic are never erased"
        return read_settings(text)

    def settings(self, clinic: ClinicId) -> ClinicSettings:
        """Give the settings of a clinic that is here, as `find_clinic` does."""
        found = self.find_clinic(clinic)
        assert found is not None, "whoever acts for a clinic, or asks for it, found it first"
        return found

    def happened_at(self, kind: Kind[S, E], key: object, event: type[E]) -> datetime | None:
        """Say when a stream's newest event of a type was recorded; None if there is none."""
        _ = self.state(kind, key)
        recorded = self._recorded[kind.stream(key)]
        times = [one.at for one in recorded if isinstance(one.event, event)]
        return times[-1] if times else None

    def holder(self, name: Name) -> UserId | None:
        """Say who holds a unique name in the ledger now."""
        return self.services.records.holder(name)

    def content(self, record: ContentId) -> str | None:
        """Read an erasable record of text, as this unit has written it."""
        for change in reversed(self._contents):
            if change.record == record:
                return change.text if isinstance(change, PutContent) else None
        if record in self._texts:
            return self._texts[record]
        return self.services.records.content(record)

    def file(self, record: ContentId) -> bytes | None:
        """Read an erasable record of bytes, as this unit has written it."""
        for change in reversed(self._contents):
            if change.record == record:
                return change.data if isinstance(change, PutFile) else None
        return self.services.records.file(record)

    # -- writing --

    def add(self, kind: Kind[S, E], key: object, added: Sequence[E]) -> None:
        """Append events to a stream, with what each puts on lists and takes off them (`views`)."""
        state = self.state(kind, key)
        stream = kind.stream(key)
        for one in added:
            before, state = state, kind.evolve(state, one)
            event = cast("DomainEvent", one)
            self._events.setdefault(stream, []).append(event)
            self._states[stream] = state
            for act in what_lies(Happened(stream, event, self.at, before, state), self):
                self._carry_out(act)

    def _carry_out(self, act: ListAct) -> None:
        """Do what a view says; whoever is at an item that is answered is done (D-MAIL-4)."""
        match act:
            case PutOnList(name, listed):
                self.put_on(name, listed)
            case TakeOffList(ListName(ListKind.WORKLIST) as name, item):
                if self.lying(name, item) is None:
                    return
                self.take_off(name, item)
                key = f"{name.key}/{item}"
                ended = holding.decide(self.state(events.WORKLIST_ITEM, key), holding.End())
                self.add(events.WORKLIST_ITEM, key, ended.unwrap())
            case TakeOffList(name, item):
                self.take_off(name, item)

    def take(self, name: Name, holder: UserId) -> None:
        """Give a unique name to a user."""
        self._names.append(TakeName(name, holder))

    def release(self, name: Name, holder: UserId) -> None:
        """Take a unique name from a user."""
        self._names.append(ReleaseName(name, holder))

    def put(self, text: str, record: ContentId | None = None) -> ContentId:
        """Write an erasable record, a new one where none is named."""
        record = record or self.services.new_content()
        self._contents.append(PutContent(record, self.about, text))
        return record

    def put_file(self, data: bytes, record: ContentId | None = None) -> ContentId:
        """Write an erasable record of bytes, a new one where none is named."""
        record = record or self.services.new_content()
        self._contents.append(PutFile(record, self.about, data))
        return record

    def erase(self, record: ContentId) -> None:
        """Erase a record for good."""
        self._contents.append(EraseContent(record))

    def mail(
        self,
        message: Message,
        to: EmailAddress,
        until: datetime | None = None,
        *,
        mail: MailId | None = None,
        stream: StreamId | None = None,
    ) -> None:
        """Freeze a mail; not sent from `until` on.

        It is about the user that this unit is about, if there is one; `mail` is its id where an
        event names it, and `stream` the machine whose history it tells of, where not this unit's.
        """
        services = self.services
        frozen_mail = render(
            message,
            services.service,
            mail=mail or services.new_mail(),
            about=self.about,
            stream=stream or self.stream,
            to=to,
            at=self.at,
        )
        ends = [end for end in (frozen_mail.expires_at, until) if end is not None]
        self._mails.append(attrs.evolve(frozen_mail, expires_at=min(ends, default=None)))
        if frozen_mail.kind in WATCHED and self.about is not None:
            begin = watched.decide(watched.NotWatched(), watched.Begin(self.about)).unwrap()
            self.add(events.WATCHED_MAIL, frozen_mail.mail, begin)

    def withdraw_mails(
        self,
        *,
        about: UserId | None = None,
        stream: StreamId | None = None,
        kinds: frozenset[MailKind] | None = None,
    ) -> None:
        """Stop earlier mails that have not ended; this unit's own are not among them."""
        self._withdrawals.append(WithdrawMails(about, stream, kinds))

    def put_on(self, name: ListName, listed: Listed) -> None:
        """Lay an item on a list, or give it another place there."""
        self._lists.append(PutOnList(name, listed))

    def take_off(self, name: ListName, item: str) -> None:
        """Take an item off a list, if it lies there."""
        self._lists.append(TakeOffList(name, item))

    # -- what views ask (`views.happened.Around`) --

    def lying(self, name: ListName, item: str) -> Listed | None:
        """Give an item of a list, as this unit leaves it."""
        for act in reversed(self._lists):
            match act:
                case PutOnList(of, listed) if (of, listed.item) == (name, item):
                    return listed
                case TakeOffList(of, taken) if (of, taken) == (name, item):
                    return None
                case _:
                    pass
        return self.services.lists.find(name, item)

    def clinics_of(self, user: UserId) -> tuple[ClinicId, ...]:
        """Give the clinics that a user has ever had to do with."""
        return self.state(events.CLINICS, user)

    def is_with(self, clinic: ClinicId, user: UserId) -> bool:
        """Whether a user is associated with a clinic."""
        return association.is_associated(self.state(events.ASSOCIATION, f"{clinic}/{user}"))

    def claim_time(
        self,
        booking: BookingId,
        clinic: ClinicId,
        practitioner: PractitionerId,
        interval: Interval,
        taken: Refusal,
    ) -> None:
        """Claim a time for a booking; `taken` is the answer if another booking has some of it."""
        self._claims.append(ClaimTime(booking, clinic, practitioner, interval))
        self._taken[TimeIsTaken(clinic, practitioner, interval)] = taken

    def move_claim(
        self,
        booking: BookingId,
        clinic: ClinicId,
        practitioner: PractitionerId,
        interval: Interval,
        taken: Refusal,
    ) -> None:
        """Exchange a booking's time; `taken` is the answer if another has some of the new one."""
        self._claims.append(MoveClaim(booking, clinic, practitioner, interval))
        self._taken[TimeIsTaken(clinic, practitioner, interval)] = taken

    def release_claim(self, booking: BookingId) -> None:
        """Free a booking's time."""
        self._claims.append(ReleaseClaim(booking))

    # -- the end --

    def change(self, act: str, fingerprint: str, answer: str) -> Change:
        """Make the one change of all that this unit holds; what it has only read must hold too."""
        appends = tuple(
            Append(stream, version, tuple(self._events.get(stream, ())), self.about)
            for stream, version in self._versions.items()
        )
        return Change(
            key=self._key,
            fingerprint=fingerprint,
            at=self.at,
            by=self._command.by,
            answer=answer,
            appends=appends,
            names=tuple(self._names),
            contents=tuple(self._contents),
            mails=tuple(self._mails),
            audit=(self._entry(act, self.rule, self.because),),
            claims=tuple(self._claims),
            withdrawals=tuple(self._withdrawals),
            lists=tuple(self._lists),
        )

    def taken(self, time: TimeIsTaken) -> Refusal:
        """Give the answer to a time's being taken."""
        return self._taken[time]

    def refused(self, act: str, fingerprint: str, answer: str, refusal: Refusal) -> Change:
        """Make the change of a refusal: its audit entry, and the answer."""
        return Change(
            key=self._key,
            fingerprint=fingerprint,
            at=self.at,
            by=self._command.by,
            answer=answer,
            audit=(self._entry(act, refusal.rule, refusal.reason),),
        )

    def _entry(self, act: str, rule: str | None, because: str | None) -> AuditEntry:
        return AuditEntry(act, self.about, rule, because, self.stream, self.clinic, self.purpose)


def _clinic_of(command: Command) -> ClinicId | None:
    if isinstance(command.by, ByStaff):
        return command.by.staff.clinic
    named = getattr(command, "clinic", None)
    return named if isinstance(named, ClinicId) else None
