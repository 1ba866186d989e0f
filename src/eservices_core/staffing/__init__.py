"""Staff: who works at a clinic, in which role, and why they open a patient (STAFF)."""
