"""Opens the ledger's database, SQLite or PostgreSQL, so that what is committed stays committed."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from sync.errors import Failed, UserError

_BUSY_TIMEOUT_MS = 10_000
_POSTGRESQL_TIMEOUTS = {"connect_timeout": 10, "keepalives_idle": 30, "tcp_user_timeout": 30_000}
"""libpq's names: seconds, seconds, milliseconds. Without the last a dead network hangs a commit for hours."""
_ROWS_PER_STATEMENT = 500
_INSERTS: Mapping[str, Callable[[sa.Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_PRAGMAS = (
    # Another Keptword process may be writing, as `keptword mute` does during a run: wait for it.
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    # In WAL mode only FULL syncs at every commit, and a lost "sent" mark would be a duplicate task.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def open_engine(url: str) -> sa.Engine:
    """An engine for `sqlite:///PATH` or `postgresql://...`; connects once and raises UserError or Failed."""
    parsed = sa.make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = (
            _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql_engine(parsed)
        )
    except (ImportError, NoSuchModuleError) as error:
        remedy = "Install it with: pip install 'keptword[postgres]'"
        raise UserError("ledger.url", "this database needs a driver that is not installed", remedy) from error
    try:
        engine.connect().close()
    except OperationalError as error:
        engine.dispose()
        # Of a failed connection the drivers name host and user, never the password.
        problem = f"cannot open {parsed.render_as_string(hide_password=True)}: {_first_line(error)}"
        remedy = "Make sure that the folder or server is there and lets this user write"
        raise Failed("ledger.url", problem, remedy) from error
    except DatabaseError as error:
        engine.dispose()
        problem = f"{parsed.database} is not a ledger: {_first_line(error)}"
        raise UserError(
            "ledger.url", problem, "Name another file, or restore this one from a backup"
        ) from error
    return engine


def _first_line(error: DatabaseError) -> str:
    return str(error.orig).strip().partition("\n")[0]


def _postgresql_engine(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, connect_args=_POSTGRESQL_TIMEOUTS, pool_pre_ping=True)


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        # Python's driver would begin transactions on its own, too late for a lock and never around DDL.
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("keptword_reads", False)
        # A write lock from the start: one taken half-way through fails at once instead of waiting.
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def sqlite_path(engine: sa.Engine) -> Path | None:
    """The database file itself, whatever links lead to it; None on other databases."""
    is_file = engine.dialect.name == "sqlite" and engine.url.database
    return Path(str(engine.url.database)).resolve() if is_file else None


@contextmanager
def _blamed_on_the_ledger() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise
    except DatabaseError as error:
        remedy = "Look at the disk or the server, then run again: what was noted before is safe"
        raise Failed("ledger", f"the database failed: {_first_line(error)}", remedy) from error


class Database:
    """Short transactions on the ledger; each is durable when its call returns."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """One that writes. A twin is the caller's to judge; everything else the disk or the server has to answer for."""
        with _blamed_on_the_ledger(), self._engine.begin() as connection:
            yield connection

    def read(self, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        """Every row of the answer; raises Failed, as every method does, when the database does not work."""
        with _blamed_on_the_ledger(), self._engine.connect() as connection:
            return connection.execution_options(keptword_reads=True).execute(query).mappings().all()

    def write(self, *statements: sa.Executable) -> int:
        """Runs the statements in one transaction and says how many rows the last one, an update or delete, touched."""
        touched = 0
        with self._transaction() as connection:
            for statement in statements:
                touched = connection.execute(statement).rowcount
        return touched

    def write_returning(self, statement: sa.Executable) -> Sequence[sa.RowMapping]:
        """Runs one statement with a RETURNING; of inserts the drivers count no rows, so ask for them."""
        with self._transaction() as connection:
            return connection.execute(statement).mappings().all()

    def write_each(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Runs the statement once for each row of parameters, all of them or none."""
        if rows:
            with self._transaction() as connection:
                connection.execute(statement, rows)

    def insert(self, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Inserts all rows or none."""
        listed = [dict(row) for row in rows]
        if listed:
            with self._transaction() as connection:
                connection.execute(sa.insert(table), listed)

    def upsert(self, table: sa.Table, rows: Iterable[Mapping[str, Any]], *, keep: bool = False) -> None:
        """Inserts all rows or none; of a row whose primary key is there, the new values count, or the old with `keep`."""
        # One statement may not touch a row twice on PostgreSQL, so the last of twins is taken here.
        key = [column.name for column in table.primary_key]
        unique = list({tuple(row[name] for name in key): dict(row) for row in rows}.values())
        insert = _INSERTS[self._engine.dialect.name](table)
        others = {
            column.name: insert.excluded[column.name] for column in table.columns if column.name not in key
        }
        statement = (
            insert.on_conflict_do_nothing(index_elements=key)
            if keep
            else insert.on_conflict_do_update(index_elements=key, set_=others)
        )
        with self._transaction() as connection:
            for start in range(0, len(unique), _ROWS_PER_STATEMENT):
                connection.execute(statement, unique[start : start + _ROWS_PER_STATEMENT])


def utc_now() -> datetime:
    """The machine's clock as naive UTC, as the ledger keeps instants."""
    return datetime.now(UTC).replace(tzinfo=None)
