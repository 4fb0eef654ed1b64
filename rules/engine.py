"""What judging needs of a database: run SQL, keep tables, hand results over as Arrow."""

from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """A database session; `dialect` is sqlglot's name for its SQL."""

    dialect: str

    def query(self, sql: str) -> pa.Table:
        """The whole answer."""

    def execute(self, sql: str) -> None:
        """Runs a statement that answers nothing."""

    def keep(self, name: str, rows: pa.Table) -> None:
        """Makes a table that lasts as long as the connection, or replaces the one of that name."""
