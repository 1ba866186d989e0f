"""What Alembic runs: the revisions, on the connection that `schema` hands over.

The transaction is the caller's, so Alembic begins and ends none.
"""

from typing import Any

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=False,
    version_table="schema_version",
)
_run: Any = context.run_migrations
_run()
