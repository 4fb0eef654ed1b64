"""Runs the migrations that a ledger lacks; imported only when there are some, since Alembic takes long to load."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's settings without an alembic.ini; migrations/env.py takes the open connection from them."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: sa.Connection) -> None:
    """Brings the tables up to the newest version, within the connection's transaction."""
    command.upgrade(alembic_config(connection), "head")
