"""A clinic's file of settings that says nearly everything a file can say."""

EXAMPLE = """\
[clinic]
name = "Lægerne Storegade"
phone = "+45 00 00 00 01"
self_sign_up = "open"

[booking]
place = "Storegade 1, 8000 Aarhus C"
earliest_notice = "4 hours"
remind_patient_before = "never"

[booking.text]
da = "Ring ved akut sygdom."
en = "Call if it is urgent."

[[booking.opening]]
days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
from = "08:00"
to = "16:00"

[[booking.closed]]
from = 2026-12-24
until = 2027-01-02
text = { da = "Jul", en = "Christmas" }

[[booking.closed]]
from = "2027-06-04"
from_time = "12:00"
until = 2027-06-05

[[booking.type]]
id = "consultation"
name = { da = "Konsultation", en = "Consultation" }
length = 15

[[booking.type]]
id = "vaccination"
name = { da = "Vaccination", en = "Vaccination" }
length = 10
pause = 5
without_user = "on"

[[booking.practitioner]]
id = "anna"
name = "Anna Holm"
staff = "anna.holm"
types = ["consultation", "vaccination"]
comment = "required"

[[booking.practitioner.length]]
type = "consultation"
length = 20

[[booking.practitioner.template]]
first_week = 2026-08-31
weeks = 2

[[booking.practitioner.template.period]]
days = ["monday", "thursday"]
from = "08:00"
to = "11:30"

[[booking.practitioner.template.period]]
week = 2
days = ["tuesday"]
from = "13:00"
to = "24:00"
types = ["vaccination"]

[[booking.practitioner.exception]]
day = 2026-09-14

[[booking.practitioner.exception]]
day = 2026-09-15

[[booking.practitioner.exception.period]]
from = "10:00"
to = "12:00"

[consultation]
consultations = "on"
renewals = "on"
length = 600
patient_files = 2
clinic_files = 4
file_bytes = 5000000
out_of_hours = "1813"
urgent_words = ["brystsmerter", "blod"]
addresses = ["post@klinik.example"]

[[consultation.holiday]]
from = 2026-12-24
until = 2027-01-02
takes_messages = "off"
text = { da = "Vi holder jul.", en = "We are closed for Christmas." }

[[consultation.blocked]]
name = "Morfin"
why = { da = "Ring til os.", en = "Call us." }

[[consultation.blocked]]
name = "Zopiclon"

[post]
bought = "on"
cvr = "00000000"
label = "Lægerne Storegade"
letter_bytes = 2000000
files = 5

[keeping]
journal = "3652 days"
conversations = "1826 days"
bookings = "1826 days"
letters = "1826 days"
audit = "1826 days"
users = "3652 days"
attempts = "36 hours"
mails = "365 days"

[desk]
registration_days = 1
consultation_days = 2
renewal_days = 4
trouble_days = 2
sample = 0
alarm_lookups = 5
"""
