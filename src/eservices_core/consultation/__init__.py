"""Mail consultation: conversations between a patient and a clinic (MAIL)."""
