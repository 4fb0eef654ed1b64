"""Rows of a query whose values become Python's when somebody asks for them: of thousands of findings most are never told."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


class Rows:
    """A query's answer, column by column."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._columns: dict[str, list[Any]] = {}

    def column(self, name: str) -> list[Any]:
        """All values of a column; raises KeyError where there is none of that name."""
        if name not in self._columns:
            self._columns[name] = self._table[name].to_pylist()
        return self._columns[name]

    def places(self, name: str) -> list[int]:
        """The rows where a column of booleans is true."""
        places: list[int] = pc.indices_nonzero(pc.fill_null(self._table[name], False)).to_pylist()
        return places


class Row(Mapping[str, Any]):
    """One of the rows, with the columns `names`."""

    __slots__ = ("_names", "_place", "_rows")

    def __init__(self, rows: Rows, place: int, names: frozenset[str]) -> None:
        self._rows, self._place, self._names = rows, place, names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._rows.column(name)[self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
