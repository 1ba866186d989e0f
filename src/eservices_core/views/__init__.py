"""Views: what lies on which list, said once, and kept in the same transaction as the events."""
