"""Brings a ledger's tables up to what this version of Keptword knows, and refuses a newer ledger."""

from importlib.resources import files

import sqlalchemy as sa

from sync.errors import UserError
from sync.ledger.schema import VERSION_TABLE, metadata

# Any number will do, so long as every Keptword takes the same: PostgreSQL's advisory locks are named by numbers.
_ADVISORY_LOCK = 4_204_211_122


def known_versions() -> list[str]:
    """The versions that a ledger may have, the newest last, by the names of the migration files."""
    names = (entry.name for entry in files("sync.ledger").joinpath("migrations", "versions").iterdir())
    return sorted(name[1:5] for name in names if name.startswith("v") and name.endswith(".py"))


def migrate(engine: sa.Engine) -> None:
    """Makes or brings up to date in one transaction; a second process waits for the first. Raises UserError."""
    known = known_versions()
    with engine.connect() as connection:
        if _version(connection.execution_options(keptword_reads=True)) == known[-1]:
            return
    # On SQLite every writing transaction takes the file's one write lock at its start.
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        version = _version(connection)
        if version is not None and version not in known:
            problem = (
                f"a newer Keptword wrote this ledger (schema {version}; this one knows {known[-1]} at most)"
            )
            raise UserError("ledger.url", problem, "Install that version again, or name another ledger")
        if version is None:
            _make_new(connection, known[-1])
            return
        from sync.ledger.upgrade import upgrade  # Alembic takes a third of a second to load

        upgrade(connection)


def _make_new(connection: sa.Connection, version: str) -> None:
    """The tables as the newest version has them, at once: a new ledger has nothing that steps would have to carry over."""
    metadata.create_all(connection, checkfirst=False)
    number = sa.Column("version_num", sa.String(32), nullable=False)
    key = sa.PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc")
    noted = sa.Table(VERSION_TABLE, sa.MetaData(), number, key)
    noted.create(connection, checkfirst=False)
    connection.execute(sa.insert(noted).values(version_num=version))


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    table = sa.table(VERSION_TABLE, sa.column("version_num"))
    return connection.execute(sa.select(table.c.version_num)).scalar()
