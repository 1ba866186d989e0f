"""The steps from nothing to today's tables: Alembic revisions, the one definition of the schema.

A revision is carried out whole or not at all, and is never edited once it was released. To make the
next one, copy the newest file of `versions`, name its predecessor, and set `HEAD` in `schema`; the
tests compare a store that was migrated with one that was begun.
"""
