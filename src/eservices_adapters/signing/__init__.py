"""Signatures of the installation: under seals of the audit log.

Behind the extra `store`, as there is no ledger without it.
"""
