"""MitID, as the world has it.

Here: one module for each broker (`simulated`). Not here: whether an identity is acceptable, and
whose account it opens (`eservices_core.access`).
"""
