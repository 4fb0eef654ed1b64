"""Alembic's way in: runs the missing steps on the connection, and in the transaction, that migrate() opened."""

from alembic import context

from sync.ledger.schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
context.run_migrations()
