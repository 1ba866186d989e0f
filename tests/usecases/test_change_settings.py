"""S-SET-1: a clinic's settings are one value, in versions; what stands is asked in every unit."""

from attrs import evolve as with_changes
from hypothesis import given, settings

from eservices_core import events
from eservices_core.clinic.booking_settings import Switch
from eservices_core.clinic.settings import ClinicSettings
from eservices_core.clinic.settings_life import SettingsChanged, differences
from eservices_core.outcome import Failure, Outcome, Success
from eservices_core.ports.ledger import ByStaff
from eservices_core.staffing.member import Role, StaffRecord
from eservices_core.testing.strategies import clinic_settings
from eservices_core.testing.world import CLINIC, OTHER_CLINIC
from eservices_core.texts import Text
from eservices_core.usecases.change_settings import ChangeSettings, SettingsStand, change_settings
from eservices_core.usecases.refusal import UNKNOWN_CLINIC, Refusal
from eservices_core.usecases.settings_now import settings_now
from eservices_core.usecases.settings_record import read_settings, write_settings
from eservices_core.words.identifiers import ClinicId
from tests.usecases.book_day import BookDay, wall
from tests.usecases.day import Day
from tests.usecases.people import ANNA
from tests.usecases.settings_cases import renamed


def _change(day: Day, chosen: ClinicSettings, seen: int = 0) -> Outcome[SettingsStand, Refusal]:
    command = ChangeSettings(
        key=day.key(), by=day.by_staff, staff=day.staff, seen=seen, settings=chosen
    )
    return change_settings(day.services, command)


@settings(max_examples=25)
@given(clinic_settings())
def test_what_was_chosen_stands(chosen: ClinicSettings) -> None:
    """S-SET-1: the whole value is read back, and the fields that differ are named as codes."""
    day = Day()
    fields = differences(day.services.clinics[CLINIC], chosen)
    assert _change(day, chosen) == Success(SettingsStand(1 if fields else 0, fields))
    standing = settings_now(day.services, CLINIC)
    assert standing is not None
    assert (standing.version, standing.settings) == (1 if fields else 0, chosen)
    other = settings_now(day.services, OTHER_CLINIC)
    assert other is not None
    assert other.version == 0
    assert read_settings(write_settings(chosen)) == chosen


def test_a_version_that_was_not_seen_is_refused() -> None:
    """S-SET-1: of two who change the same version, the second is told, and nothing is lost."""
    day = Day()
    assert _change(day, renamed(day, "One")).unwrap() == SettingsStand(1, ("name",))
    refused = _change(day, renamed(day, "Two"))
    assert (refused.failure().rule, refused.failure().reason) == ("S-SET-1", "stale")
    assert _change(day, renamed(day, "Two"), 1).unwrap() == SettingsStand(2, ("name",))
    assert _change(day, renamed(day, "Two"), 7).unwrap() == SettingsStand(2, ())


def test_events_and_audit_hold_codes_alone() -> None:
    """D-KEEP-1, D-LOG-1: what a clinic chose lies in a record, and the history names fields."""
    day = Day()
    _ = _change(day, renamed(day, "Canary Clinic")).unwrap()
    (event,) = (one.event for one in day.ledger.events() if one.stream.kind == "settings")
    assert isinstance(event, SettingsChanged)
    assert (event.version, event.fields) == (1, ("name",))
    assert "Canary" not in repr(day.ledger.events()) + repr(day.ledger.audit())
    entry = day.ledger.audit()[-1].entry
    assert (entry.act, entry.rule) == ("change_settings", "S-SET-1")
    assert entry.stream is not None
    assert (entry.stream.kind, entry.stream.key) == (events.SETTINGS.name, str(CLINIC))


def test_a_text_with_the_clinics_address_is_refused_and_the_field_named() -> None:
    """D-MAIL-2: patients read the holiday's text, so the clinic's address is none of it."""
    day = Day()
    text = Text("Skriv til post snabel-a klinik.example", "Write to us.")
    start = day.services.clinics[CLINIC]
    address = day.address("post@klinik.example")
    chosen = with_changes(
        start,
        consultation=with_changes(start.consultation, addresses=(address,)),
        booking=with_changes(start.booking, text=text),
    )
    refused = _change(day, chosen).failure()
    assert (refused.rule, refused.reason) == ("D-MAIL-2", "setting_holds_address")
    assert "booking.text.da" in refused.says.staff.en
    assert "klinik.example" not in refused.says.staff.en
    standing = settings_now(day.services, CLINIC)
    assert standing is not None
    assert standing.version == 0


def test_a_clinic_that_is_not_here_has_none() -> None:
    """D-LOG-2: nobody's settings are changed or read."""
    day = Day()
    staff = with_changes(day.staff, clinic=ClinicId("nowhere"))
    day.directory.put(staff, StaffRecord(Role.MANAGER, day.clock.now()))
    command = ChangeSettings(
        key="key", by=ByStaff(staff), staff=staff, seen=0, settings=renamed(day, "x")
    )
    assert change_settings(day.services, command) == Failure(UNKNOWN_CLINIC)
    assert settings_now(day.services, ClinicId("nowhere")) is None


def test_closing_the_book_stops_new_requests_only() -> None:
    """D-BOOK-10: what was asked for before the book closed is approved, told and cancelled."""
    day = BookDay()
    anna = day.comes(ANNA.reveal(), "anna")
    booking = day.requested(anna, wall(9, 20))
    start = day.services.clinics[CLINIC]
    closed = with_changes(start, booking=with_changes(start.booking, booking=Switch.OFF))
    assert _change(day, closed).unwrap().fields == ("booking.booking",)
    assert isinstance(day.asks(anna, wall(10, 20)), Failure)
    assert isinstance(day.approves(booking), Success)


def test_what_rests_on_settings_is_decided_anew_when_they_change() -> None:
    """S-SET-1: a unit of work that read them is stale if they changed before it was stored."""
    day = BookDay()
    anna = day.comes(ANNA.reveal(), "anna")
    start = day.services.clinics[CLINIC]
    closed = with_changes(start, booking=with_changes(start.booking, booking=Switch.OFF))
    day.ledger.meanwhile(lambda: _change(day, closed).unwrap())
    asked = day.asks(anna, wall(9, 20))
    assert isinstance(asked, Failure)
    assert not any(one.stream.kind == "booking" for one in day.ledger.events())
