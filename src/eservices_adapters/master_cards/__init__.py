"""Master cards: what the clinic's own system knows about a person.

Here: one module for each place that they come from (`toml_file`, for a clinic that has no such
system). Not here: what a rule makes of a card (`eservices_core.access`).
"""
