"""MAIL: conversations between patients and a clinic, and what may be written in them."""
