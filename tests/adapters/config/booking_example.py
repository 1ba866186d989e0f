"""A clinic's file of settings that says nearly everything a file can say."""

EXAMPLE = """\
place = "Storegade 1, 8000 Aarhus C"
earliest_notice = "4 hours"
remind_patient_before = "never"

[text]
da = "Ring ved akut sygdom."
en = "Call if it is urgent."

[[opening]]
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:00"
to = "16:00"

[[closed]]
from = 2026-12-24
until = 2027-01-02
text = { da = "Jul", en = "Christmas" }

[[closed]]
from = "2027-06-04"
from_time = "12:00"
until = 2027-06-05

[[type]]
id = "consultation"
name = { da = "Konsultation", en = "Consultation" }
length = 15

[[type]]
id = "vaccination"
name = { da = "Vaccination", en = "Vaccination" }
length = 10
pause = 5
without_user = "on"

[[practitioner]]
id = "anna"
name = "Anna Holm"
staff = "anna.holm"
types = ["consultation", "vaccination"]
comment = "required"

[[practitioner.length]]
type = "consultation"
length = 20

[[practitioner.template]]
first_week = 2026-08-31
weeks = 2

[[practitioner.template.period]]
days = ["monday", "thursday"]
from = "08:00"
to = "11:30"

[[practitioner.template.period]]
week = 2
days = ["tuesday"]
from = "13:00"
to = "24:00"
types = ["vaccination"]

[[practitioner.exception]]
day = 2026-09-14

[[practitioner.exception]]
day = 2026-09-15

[[practitioner.exception.period]]
from = "10:00"
to = "12:00"
"""
