"""Appointment calendars, as the world has them.

Here: a calendar that is an iCalendar file of any calendar program (`ics_file`), and what it takes
to read one: its lines (`lines`), their values (`values`, `zones`), events (`events`), the instances
of a rule (`recurrence`) and what comes of all that (`busy`); and how ours are put in (`edit`).
And a calendar on a CalDAV server (`caldav`): what is asked (`dav`, `multistatus`), a look
(`looking`, `collection`), a change (`changing`), and trying again (`patience`). `trying` tries any
of them out. Not here: which times are offered, and what a conflict comes to
(`eservices_core.booking`).

Only this folder knows the library icalendar. It reads rules, durations and quoted parameters, and
writes our events; what is bounded before anything is expanded is done here.
"""
