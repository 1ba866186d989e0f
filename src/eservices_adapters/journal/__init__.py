"""Journals that another system keeps (S-MAIL-3, D-MAIL-3).

Here: one module for each. Not here: the embedded journal, which is the ledger's own.
"""
