"""MAIL, POST: what is written to patients. So far: the mails of access."""
