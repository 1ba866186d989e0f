"""The worklist (Kommunikationsstatus): who holds what, and until when (S-MAIL-4, D-MAIL-4)."""
