"""What a read has brought so far: kept beside the mirror's own tables, so that a read that dies can go on."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import Chunk, ObjectSchema
from sync.engine.duckdb_engine import DuckDbEngine
from sync.mirror.tables import COLUMN_TYPES, link_table, object_table
from sync.mirror.unfinished import Unfinished, UnfinishedReads

MOST_ODDITIES = 100
"""Of one object; further ones are only counted."""

_ROWS_AT_ONCE, _BYTES_AT_ONCE, _SECONDS = 122_880, 64_000_000, 5.0
"""So many rows DuckDB writes as one; others are written anew with those that follow. Long texts must not pile up in
memory for it, nor a slow read lose much with a process that is killed, and never get on where each soon is."""

_MOST_OF_A_CHUNK = 1 << 32

_MERGES = "meta.merge"
_LINK = {"from_id": "VARCHAR", "to_id": "VARCHAR", "type_id": "VARCHAR"}
_BATCH = {"_batch": "BIGINT"}


class Stage:
    """Rows and links of one object in tables of their own, numbered in the order in which they came, links by chunks."""

    def __init__(
        self,
        engine: DuckDbEngine,
        connection: str,
        schema: ObjectSchema,
        read: Unfinished,
        *,
        also: Sequence[str] = (),
        under_way: UnfinishedReads,
    ) -> None:
        self.schema, self.read = schema, read
        self.rows = object_table(connection, f"{schema.name} staged")
        self.links = {to: link_table(connection, schema.name, f"{to} staged") for to in read.links}
        self._engine, self._connection = engine, connection
        self._waiting: dict[str, list[pa.Table]] = {}
        self._waiting_rows = self._waiting_bytes = 0
        self._settled_at = time.monotonic()
        self._is_made, self._under_way = read.batch > 0, under_way
        self._columns = _columns(schema, read.fields, also)

    @property
    def is_empty(self) -> bool:
        """Whether the read has brought no record at all."""
        return not self._is_made and self._waiting_rows == 0

    def add(self, chunk: Chunk) -> None:
        """Takes one chunk; what comes later counts."""
        before, batch = self.read, self.read.batch + 1
        if self.links:
            self._hold(self.rows, _numbered(_last_of_each(chunk.rows), batch))
        else:
            self._hold(self.rows, _numbered_each(chunk.rows, batch))
        for to in chunk.links:
            self._hold(self.links[to], _numbered(chunk.links[to], batch))
        if chunk.merges is not None and len(chunk.merges):
            self._hold(_MERGES, self._merged(chunk.merges))
        self._note(chunk, batch)
        is_late = time.monotonic() - self._settled_at > _SECONDS
        if chunk.keep_now or is_late or self._waiting_bytes >= _BYTES_AT_ONCE:
            self.settle()
        elif self._waiting_rows >= _ROWS_AT_ONCE:
            self._settle_full(before)

    def settle(self) -> None:
        """Puts what add() still holds back into the tables, and how far the read has come with it."""
        self._settle(self.read)

    def _settle_full(self, before: Unfinished) -> None:
        """The same with as many rows as DuckDB writes as one. The last chunk, of which some are left, is not done by it: a read
        that is gone on with brings it again, as a later coming.
        """
        parts, left = self._waiting[self.rows], self._waiting_rows % _ROWS_AT_ONCE
        last, end = parts[-1], len(parts[-1]) - left
        parts[-1] = last.slice(0, end)
        self._settle(replace(before, batch=self.read.batch) if left else self.read)
        if left:
            self._hold(self.rows, last.slice(end))

    def _settle(self, come: Unfinished) -> None:
        with self._engine.transaction():
            self.finish()
            self._under_way.note(self._connection, come)
        self._engine.let_go()

    def make_empty(self, table: str, links: Mapping[str, str]) -> None:
        """Tables as those of the stage would be, without rows: there is nothing to stage for them."""
        self._engine.make_table(table, self._columns)
        for target in links.values():
            self._engine.make_table(target, _LINK)

    def finish(self) -> None:
        """The same without a word on how far: inside of a transaction in which the rows go where they belong."""
        if not self._is_made:
            self._engine.make_table(self.rows, self._columns | _BATCH)
            for table in self.links.values():
                self._engine.make_table(table, _LINK | _BATCH)
            self._is_made = True
        if merged := self._waiting.pop(_MERGES, None):
            self._put_merges(pa.concat_tables(merged))
        for table, parts in self._waiting.items():
            self._engine.append(table, _used_up(parts))
        self._waiting.clear()
        self._waiting_rows = self._waiting_bytes = 0
        self._settled_at = time.monotonic()

    def forget(self) -> None:
        """Nothing is under way any more; inside of a transaction that says what became of the rows."""
        self._under_way.forget(self._connection, self.read.object)

    def drop(self) -> None:
        """Throws away what was staged, by an earlier read too."""
        for table in (self.rows, *self.links.values()):
            self._engine.execute(f"drop table if exists {table}")

    def _hold(self, table: str, rows: pa.Table) -> None:
        self._waiting.setdefault(table, []).append(rows)
        if table == self.rows:
            self._waiting_rows += len(rows)
            self._waiting_bytes += rows.nbytes

    def _note(self, chunk: Chunk, batch: int) -> None:
        read, room = self.read, MOST_ODDITIES - len(self.read.oddities)
        self.read = replace(
            read,
            batch=batch,
            resume=chunk.resume,
            rows=read.rows + len(chunk.rows),
            left_out=read.left_out + sum(not oddity.kept for oddity in chunk.oddities),
            mended=read.mended + sum(oddity.kept for oddity in chunk.oddities),
            oddities=(*read.oddities, *chunk.oddities[: max(room, 0)]),
        )

    def _put_merges(self, merged: pa.Table) -> None:
        """In place of what was known of the same losers: a winner tells of them each time that it is read."""
        self._engine.keep("merged_now", merged)
        self._engine.execute(
            f"delete from {_MERGES} where connection = ? and object = ? and loser_id in (select loser_id from merged_now)",
            [self._connection, self.read.object],
        )
        self._engine.execute(f"insert into {_MERGES} by name select distinct * from merged_now")

    def _merged(self, merges: pa.Table) -> pa.Table:
        count = len(merges)
        return pa.table(
            {
                "connection": pa.array([self._connection] * count, pa.string()),
                "object": pa.array([self.read.object] * count, pa.string()),
                "loser_id": merges["loser_id"],
                "winner_id": merges["winner_id"],
            }
        )


def _columns(schema: ObjectSchema, fields: Sequence[str], also: Sequence[str]) -> dict[str, str]:
    return {
        "_id": "VARCHAR",
        "_deleted": "BOOLEAN",
        "_changed_at": "TIMESTAMP",
        **{name: COLUMN_TYPES[schema.fields[name].type] for name in fields},
        **{name: "VARCHAR" for name in also if name not in fields},
    }


def _numbered(rows: pa.Table, batch: int) -> pa.Table:
    return rows.append_column("_batch", pa.repeat(pa.scalar(batch, pa.int64()), len(rows)))


def _numbered_each(rows: pa.Table, batch: int) -> pa.Table:
    """The same where no links are to find their rows by the number: of a record that comes twice in a chunk the last is then
    known by it, and nobody need look for twins.
    """
    ones = pa.repeat(pa.scalar(1, pa.int64()), len(rows))
    return rows.append_column("_batch", pc.cumulative_sum(ones, start=batch * _MOST_OF_A_CHUNK))


def _used_up(parts: list[pa.Table]) -> pa.RecordBatchReader:
    """The parts' rows, of which none is kept that has been read: memory holds them once, here or in the database."""

    def batches() -> Iterator[pa.RecordBatch]:
        parts.reverse()
        while parts:
            yield from parts.pop().to_batches()
            pa.default_memory_pool().release_unused()

    return pa.RecordBatchReader.from_batches(parts[0].schema, batches())


def _last_of_each(rows: pa.Table) -> pa.Table:
    """A record that comes twice in one chunk, on two of its pages, counts as it came last."""
    if _ascend(rows["_id"]) or pc.count_distinct(rows["_id"]).as_py() == len(rows):
        return rows
    places = pa.table({"_id": rows["_id"], "place": pa.array(range(len(rows)), pa.int64())})
    last = places.group_by("_id").aggregate([("place", "max")])["place_max"]
    return rows.take(last.combine_chunks().sort())


def _ascend(ids: pa.ChunkedArray) -> bool:
    """Whether each id is greater than the one before: what comes in order is told from repeats at a tenth of the cost."""
    return bool(pc.all(pc.less(ids[:-1], ids[1:]), skip_nulls=False).as_py())
