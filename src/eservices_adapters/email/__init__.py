"""Handing mails over to the world.

Here: one module for each way out (`maildir`). Not here: what a mail says, which is frozen before
it gets here (`eservices_core.correspondence`), and when one is tried again (the outbox's worker).
"""
