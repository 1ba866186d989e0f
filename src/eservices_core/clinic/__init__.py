"""What the rules ask of a clinic: its settings, its staff and its master cards. No rules here."""
