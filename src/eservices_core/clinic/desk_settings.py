"""What a clinic chooses about its own work: deadlines of the worklist, and the eye on look-ups.

Here: values, and what of them cannot be (D-MAIL-4, D-STAFF-1). Not here: what follows from them
(`worklist`, `staffing`).
"""

from attrs import frozen


@frozen(kw_only=True)
class DeskSettings:
    """What one clinic chooses about its desk.

    Attributes:
        registration_days: working days in which a registration is answered.
        consultation_days: working days in which a consultation is answered.
        renewal_days: working days in which a renewal is answered.
        trouble_days: working days in which anything else on the worklist is looked at.
        sample: how many look-ups the manager is given each month, drawn by chance.
        alarm_lookups: how many different patients one member of staff can open in an hour without
            an item, a call or a booking in hand before the manager is told.
    """

    registration_days: int = 2
    consultation_days: int = 3
    renewal_days: int = 3
    trouble_days: int = 1
    sample: int = 20
    alarm_lookups: int = 20

    def __attrs_post_init__(self) -> None:
        for days in (
            self.registration_days,
            self.consultation_days,
            self.renewal_days,
            self.trouble_days,
        ):
            assert 1 <= days <= 30, "a deadline is one to thirty working days"  # noqa: PLR2004  a month is the longest that anybody waits
        assert 0 <= self.sample <= 1000  # noqa: PLR2004  more is no sample
        assert self.alarm_lookups >= 1
