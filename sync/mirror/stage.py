"""What a read has brought so far, outside of the mirror's own tables."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import ARROW_TYPES, Chunk, ObjectSchema
from sync.engine.duckdb_engine import DuckDbEngine, quoted
from sync.mirror.marks import Mark

_ROWS_AT_ONCE, _BYTES_AT_ONCE = 10_000, 64_000_000
"""Few large inserts cost half of many small ones; long texts must not pile up in memory for it."""


class Stage:
    """Rows and links of one object in temporary tables, numbered by the chunk that brought them."""

    rows = quoted("stage_rows")

    def __init__(self, engine: DuckDbEngine, schema: ObjectSchema, mark: Mark, also: Sequence[str]) -> None:
        self._engine, self._batch = engine, 0
        self._waiting: dict[str, list[pa.Table]] = {}
        self._waiting_rows = self._waiting_bytes = 0
        names = sorted(mark.fields)
        types = [schema.fields[name].type for name in names]
        columns = [
            pa.field("_id", pa.string()),
            pa.field("_deleted", pa.bool_()),
            pa.field("_changed_at", pa.timestamp("us")),
        ]
        columns += [pa.field(name, ARROW_TYPES[kind]) for name, kind in zip(names, types, strict=True)]
        columns += [pa.field(name, pa.string()) for name in also if name not in mark.fields]
        columns += [pa.field("_batch", pa.int64())]
        engine.keep("stage_rows", pa.schema(columns).empty_table())
        self.links = {to: quoted(f"stage_links_{number}") for number, to in enumerate(sorted(mark.links))}
        kept = pa.schema(
            [
                ("from_id", pa.string()),
                ("to_id", pa.string()),
                ("type_id", pa.string()),
                ("_batch", pa.int64()),
            ]
        )
        for number in range(len(self.links)):
            engine.keep(f"stage_links_{number}", kept.empty_table())

    def add(self, chunk: Chunk) -> None:
        """Takes one chunk; what comes later counts."""
        self._batch += 1
        for table, rows in (
            (self.rows, _last_of_each(chunk.rows)),
            *((self.links[to], chunk.links[to]) for to in chunk.links),
        ):
            self._waiting.setdefault(table, []).append(self._numbered(rows))
        self._waiting_rows += len(chunk.rows)
        self._waiting_bytes += chunk.rows.nbytes
        if self._waiting_rows >= _ROWS_AT_ONCE or self._waiting_bytes >= _BYTES_AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Puts what add() still holds back into the tables."""
        for table, parts in self._waiting.items():
            self._engine.append(table, pa.concat_tables(parts))
        self._waiting.clear()
        self._waiting_rows = self._waiting_bytes = 0

    def exists(self, table: str) -> bool:
        """Whether the mirror has this table."""
        return bool(self.fields_of_table(table))

    def fields_of_table(self, table: str) -> list[str]:
        """The columns of one of the mirror's tables; none where there is no such table."""
        try:
            names: list[str] = self._engine.query(f"select * from {table} limit 0").column_names
        except duckdb.CatalogException:
            return []
        return names

    def drop(self) -> None:
        """Throws the staged rows away."""
        for table in (self.rows, *self.links.values()):
            self._engine.execute(f"drop table if exists {table}")

    def _numbered(self, rows: pa.Table) -> pa.Table:
        return rows.append_column("_batch", pa.array([self._batch] * len(rows), pa.int64()))


def _last_of_each(rows: pa.Table) -> pa.Table:
    """A record that comes twice in one chunk, on two of its pages, counts as it came last."""
    if pc.count_distinct(rows["_id"]).as_py() == len(rows):
        return rows
    places = pa.table({"_id": rows["_id"], "place": pa.array(range(len(rows)), pa.int64())})
    last = places.group_by("_id").aggregate([("place", "max")])["place_max"]
    return rows.take(last.combine_chunks().sort())
