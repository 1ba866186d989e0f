"""Hashing passwords slowly.

Here: one module for each hasher (`argon2`). Not here: what a password must be
(`eservices_core.words.secret`), and how often anybody may guess (`eservices_core.access.guesses`).
"""
