"""DuckDB: the database that the mirror is kept in and judged by unless the config names another."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from sync.errors import Failed, FileHeld

_AT_HAND = "8MB"
"""Blocks of the file that stay in memory between the transactions of a pull; DuckDB itself lets go of none before it
has 80 % of the machine's memory."""
_WORKING_ROOM = "64MB"
"""For what a statement of a pull sorts, joins or counts; what needs more goes to disk."""


def quoted(*names: str) -> str:
    """An identifier, or a path of them: `"sf"."Account"`."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


class DuckDbEngine:
    """One session on one file, or in memory when there is no path. Only one process can hold a file."""

    dialect = "duckdb"

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.rolled_back = 0
        """Transactions that came to nothing: who remembers what tables hold asks them again then."""
        try:
            self._connection = duckdb.connect()
            if path is not None:
                escaped = str(path).replace("'", "''")
                # Attached under a name of ours: a file's own name could be that of a schema.
                self._connection.execute(f"attach '{escaped}' as kept; use kept")
                # Beside the file, as where DuckDB opens it by itself, and not wherever the command was called from.
                self._connection.execute(f"SET temp_directory = '{escaped}.tmp'")
        except duckdb.IOException as error:
            raise _cannot_open(path, error) from error
        self._connection.execute("SET TimeZone = 'UTC'")
        # It is drawn on stdout as soon as a query takes two seconds, into the middle of a document.
        self._connection.execute("SET enable_progress_bar = false")
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute("SET autoinstall_known_extensions = false")

    def __enter__(self) -> "DuckDbEngine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def query(self, sql: str, parameters: list[Any] | None = None) -> pa.Table:
        """The whole answer as one Arrow table."""
        return self._connection.sql(sql, params=parameters or []).to_arrow_table()

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """The whole answer as Python's values: for a few rows, of which an Arrow table would cost more than they do."""
        return self._connection.execute(sql, parameters or []).fetchall()

    def execute(self, sql: str, parameters: list[Any] | None = None) -> None:
        """Runs a statement that answers nothing."""
        self._connection.execute(sql, parameters or [])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what the block does to tables, or nothing of it."""
        self.execute("begin")
        try:
            yield
            self.execute("commit")
        except BaseException:
            self.rolled_back += 1
            with suppress(duckdb.Error):
                self.execute("rollback")
            raise

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """While much is put in and little asked: one thread, as others fetch and parse beside it, and little memory."""
        self.execute("SET threads = 1")
        self.execute(f"SET operator_memory_limit = '{_WORKING_ROOM}'")
        try:
            yield
        finally:
            self.execute("RESET threads")
            self.execute("RESET operator_memory_limit")

    def let_go(self) -> None:
        """Gives back the memory that blocks of the file take, which are only kept at hand."""
        # A lower limit puts out what nobody holds; a lasting one would make large statements fail.
        with suppress(duckdb.OutOfMemoryException):
            self.execute(f"SET memory_limit = '{_AT_HAND}'")
        self.execute("RESET memory_limit")

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table, whose quoted name is given, with their types; none where there is no such table."""
        try:
            found = self.rows(f"describe {table}")
        except duckdb.CatalogException:
            return {}
        return {name: kind for name, kind, *_ in found}

    def keep(self, name: str, rows: pa.Table) -> None:
        """Makes a temporary table of the rows, or replaces the one of that name."""
        self._with(rows, f"create or replace temp table {quoted(name)} as select * from given_rows")

    def make_table(self, table: str, columns: Mapping[str, str]) -> None:
        """An empty table of these columns, by their types, in place of one of that quoted name."""
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
        self.execute(f"create or replace table {table} ({listed})")

    def append(self, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Adds rows to a table, whose quoted name is given, by column name; from a reader they are taken as they come."""
        self._with(rows, f"insert into {table} by name select * from given_rows")

    def close(self) -> None:
        """Writes the log into the file and lets go of it."""
        self._connection.close()

    def _with(self, rows: pa.Table | pa.RecordBatchReader, sql: str) -> None:
        self._connection.register("given_rows", rows)
        try:
            self._connection.execute(sql)
        finally:
            self._connection.unregister("given_rows")


def _cannot_open(path: Path | None, error: Exception) -> Failed:
    if "lock" in str(error).lower():
        return FileHeld(
            f"mirror {path}",
            "another process holds the file",
            "Wait until it ends, or give each run a mirror of its own",
        )
    problem = f"cannot be opened ({str(error).splitlines()[0]})"
    if path is not None and not path.exists():
        return Failed(f"mirror {path}", problem, "Name a place in mirror.url where this user may write")
    if path is not None and path.is_dir():
        return Failed(f"mirror {path}", "is a folder", "Name a file in mirror.url")
    return Failed(f"mirror {path}", problem, "Delete it: it is a cache and will be read anew")
