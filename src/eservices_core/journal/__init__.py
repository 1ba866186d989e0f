"""The clinic's journal of a patient, as far as correspondence goes into it (S-MAIL-3, D-MAIL-3)."""
