"""Brings a ledger's tables up to what this version of Keptword knows, and refuses a newer ledger."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sync.errors import UserError
from sync.ledger.schema import VERSION_TABLE

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, so long as every Keptword takes the same: PostgreSQL's advisory locks are named by numbers.
_ADVISORY_LOCK = 4_204_211_122


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's settings without an alembic.ini; migrations/env.py takes the open connection from them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: sa.Engine) -> None:
    """Runs what is missing in one transaction; a second process waits for the first. Raises UserError."""
    config = alembic_config()
    script = ScriptDirectory.from_config(config)
    newest = script.get_current_head()
    with engine.connect() as connection:
        if _version(connection.execution_options(keptword_reads=True)) == newest:
            return
    # On SQLite every writing transaction takes the file's one write lock at its start.
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        version = _version(connection)
        known = {revision.revision for revision in script.walk_revisions()}
        if version is not None and version not in known:
            problem = (
                f"a newer Keptword wrote this ledger (schema {version}; this one knows {newest} at most)"
            )
            raise UserError("ledger.url", problem, "Install that version again, or name another ledger")
        command.upgrade(alembic_config(connection), "head")


def _version(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()
