"""The mirror: what the CRMs hold, kept locally, with how far and how completely it was read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from connectors.connector import Chunk, Field, ObjectSchema
from connectors.tasks import WrittenTask
from sync.engine.duckdb_engine import DuckDbEngine, quoted
from sync.mirror.marks import Mark, mark_steps, read_mark
from sync.mirror.stage import Stage

FORMAT = 1
"""Of the tables below; a mirror of another format is read anew."""

_TABLES = """
create schema if not exists meta;
create table if not exists meta.format (format integer);
create table if not exists meta.org (connection varchar, org_id varchar);
create table if not exists meta.schema (connection varchar, object varchar, schema varchar);
create table if not exists meta.mark (
    connection varchar, object varchar, fields varchar[], links varchar[], read_at timestamp, complete boolean,
    row_count bigint, left_out_count bigint, reason varchar
);
create table if not exists meta.own_task (connection varchar, id varchar, key varchar, is_open boolean, task varchar);
"""

OWN_TASKS = "own tasks"
"""The mark's object name for the read of our own tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Fields of one object whose changes are noted."""

    fields: Sequence[str]
    tell: Callable[[Mapping[str, pa.Table], Sequence[str]], None]
    """Takes, by field, record_id with old and new as text; and the fields with nothing to compare them with."""


class Mirror:
    """One DuckDB file; a schema for each connection, a table for each object and each pair of linked objects."""

    def __init__(self, path: Path | None = None) -> None:
        self.engine = DuckDbEngine(path)
        self.engine.execute(_TABLES)
        held = self._column("select max(format) from meta.format", [])[0]
        if held is not None and held != FORMAT:
            self._start_over()
        if held != FORMAT:
            self.engine.execute(f"insert into meta.format values ({FORMAT})")

    def close(self) -> None:
        """Lets go of the file."""
        self.engine.close()

    def table(self, connection: str, object_name: str) -> str:
        """The quoted name of an object's table."""
        return f"{_room(connection)}.{quoted(object_name)}"

    def link_table(self, connection: str, from_object: str, to_object: str) -> str:
        """The quoted name of the table of links from one object to another."""
        return f"{_room(connection)}.{quoted(f'{from_object}>{to_object}')}"

    def enter_org(self, connection: str, org_id: str) -> None:
        """Makes room for a connection; what it held of another org is dropped."""
        held = self._column("select org_id from meta.org where connection = ?", [connection])
        if held and held[0] != org_id:
            for table in ("org", "schema", "mark", "own_task"):
                self.engine.execute(f"delete from meta.{table} where connection = ?", [connection])
            self.engine.execute(f"drop schema if exists {_room(connection)} cascade")
        if held != [org_id]:
            self.engine.execute("insert into meta.org values (?, ?)", [connection, org_id])
        self.engine.execute(f"create schema if not exists {_room(connection)}")

    def org_id(self, connection: str) -> str | None:
        """The org that the connection's tables are of; None before the first pull."""
        return next(
            iter(self._column("select org_id from meta.org where connection = ?", [connection])), None
        )

    def keep_schemas(self, connection: str, schemas: Mapping[str, ObjectSchema | None]) -> None:
        """Remembers how the CRM described its objects, so that judging needs no connection."""
        rows = [
            (connection, name, orjson.dumps(asdict(schema)).decode() if schema else None)
            for name, schema in schemas.items()
        ]
        self._transaction(
            [("delete from meta.schema where connection = ?", [connection])],
            [("meta.schema", pa.table({k: list(v) for k, v in zip(("connection", "object", "schema"), zip(*rows, strict=True), strict=True)}))]
            if rows else [],
        )  # fmt: skip

    def schemas(self, connection: str) -> dict[str, ObjectSchema | None]:
        """The same, as remembered."""
        found = self.engine.query("select object, schema from meta.schema where connection = ?", [connection])
        return {row["object"]: _schema(row["schema"]) for row in found.to_pylist()}

    def mark(self, connection: str, object_name: str) -> Mark:
        """How far the object was read; an empty mark when it never was."""
        sql = "select * exclude (connection) from meta.mark where connection = ? and object = ?"
        rows = self.engine.query(sql, [connection, object_name]).to_pylist()
        return read_mark(rows[0]) if rows else Mark(object=object_name)

    def marks(self, connection: str) -> list[Mark]:
        """Every object that a pull has tried to read."""
        sql = "select * exclude (connection) from meta.mark where connection = ? order by object"
        return [read_mark(row) for row in self.engine.query(sql, [connection]).to_pylist()]

    def keep_mark(self, connection: str, mark: Mark) -> None:
        """Replaces the object's mark, by itself: for reads that brought nothing or failed."""
        self._transaction(*mark_steps(connection, mark))

    def own_tasks(self, connection: str) -> list[WrittenTask]:
        """Our tasks as last read, by id."""
        sql = "select task from meta.own_task where connection = ? order by id"
        return [_task(orjson.loads(text)) for text in self._column(sql, [connection])]

    def keep_own_tasks(
        self, connection: str, tasks: Iterable[WrittenTask], mark: Mark, *, full: bool
    ) -> None:
        """Replaces these tasks (all of them after a full read) together with the mark."""
        by_id = {task.id: task for task in tasks}
        rows = pa.table(
            {
                "connection": pa.array([connection] * len(by_id), pa.string()),
                "id": pa.array(list(by_id), pa.string()),
                "key": pa.array([task.key for task in by_id.values()], pa.string()),
                "is_open": pa.array(
                    [task.status == "open" and not task.deleted for task in by_id.values()], pa.bool_()
                ),
                "task": pa.array(
                    [orjson.dumps(asdict(task)).decode() for task in by_id.values()], pa.string()
                ),
            }
        )
        only = "" if full else " and id in (select unnest(?))"
        deletion = (
            f"delete from meta.own_task where connection = ?{only}",
            [connection] if full else [connection, list(by_id)],
        )
        statements, appends = mark_steps(connection, mark)
        self._transaction([deletion, *statements], [("meta.own_task", rows), *appends])

    def write_object(
        self,
        connection: str,
        schema: ObjectSchema,
        chunks: Iterable[Chunk],
        mark: Mark,
        *,
        full: bool,
        also: Sequence[str] = (),
        watch: Watch | None = None,
    ) -> int:
        """Stages all chunks, then puts rows, links and mark into the mirror in one transaction; says how many rows.

        `full`: what was not read is no longer there. `also`: text columns that the org lacks and a mapping
        knows, kept empty. `watch` is told how its fields change before they do. A record that comes twice counts
        as it came last.
        """
        stage = Stage(self.engine, schema, mark, also)
        try:
            for chunk in chunks:
                stage.add(chunk)
            stage.settle()
            if watch is not None:
                self._tell(connection, stage, mark, watch)
            return self._commit(connection, stage, mark, full=full)
        finally:
            stage.drop()

    def _tell(self, connection: str, stage: Stage, mark: Mark, watch: Watch) -> None:
        table = self.table(connection, mark.object)
        held, before = set(stage.fields_of_table(table)), self.mark(connection, mark.object).fields
        known = [field for field in watch.fields if field in held and field in before]
        changed = {
            field: self.engine.query(
                f"select s._id as record_id, cast(t.{quoted(field)} as varchar) as old, "
                f"cast(s.{quoted(field)} as varchar) as new from {stage.rows} s join {table} t on t._id = s._id "
                f"where t.{quoted(field)} is distinct from s.{quoted(field)} and not s._deleted and not t._deleted "
                "order by s._id, s._batch"
            )
            for field in known
        }
        watch.tell(changed, [field for field in watch.fields if field not in known])

    def _commit(self, connection: str, stage: Stage, mark: Mark, *, full: bool) -> int:
        table = self.table(connection, mark.object)
        statements: list[tuple[str, list[Any]]] = []
        pairs = [(stage.rows, table, "_id")]
        pairs += [
            (stage.links[to], self.link_table(connection, mark.object, to), "from_id") for to in stage.links
        ]
        fields = stage.fields_of_table(table)
        for staged, target, key in pairs:
            last = f"select * exclude (_batch) from {staged}"
            if key == "_id":
                last = f"select * exclude (_batch) from {staged} qualify row_number() over (partition by _id order by _batch desc) = 1"
            else:
                # The links of a record that came twice are those of its last coming.
                last = (
                    f"select distinct l.* exclude (_batch) from {staged} l join (select _id, max(_batch) as _batch from {stage.rows} "
                    "group by _id) r on r._id = l.from_id and r._batch = l._batch"
                )
            if full or not stage.exists(target) or (key == "_id" and not fields):
                statements.append((f"create or replace table {target} as {last}", []))
            else:
                statements.append((f"delete from {target} where {key} in (select _id from {stage.rows})", []))
                statements.append((f"insert into {target} by name {last}", []))
        marked, appends = mark_steps(connection, mark)
        count = int(self.engine.query(f"select count(distinct _id) as n from {stage.rows}")["n"][0].as_py())
        total = f"update meta.mark set row_count = (select count(*) from {table}) where connection = ? and object = ?"
        self._transaction([*statements, *marked], appends, after=[(total, [connection, mark.object])])
        return count

    def _start_over(self) -> None:
        """Drops what another version of Keptword kept: it is a cache."""
        for connection in self._column("select distinct connection from meta.org", []):
            self.engine.execute(f"drop schema if exists {_room(connection)} cascade")
        self.engine.execute("drop schema meta cascade")
        self.engine.execute(_TABLES)

    def _transaction(
        self,
        statements: Sequence[tuple[str, list[Any]]],
        appends: Sequence[tuple[str, pa.Table]],
        *,
        after: Sequence[tuple[str, list[Any]]] = (),
    ) -> None:
        self.engine.execute("begin")
        try:
            for sql, parameters in statements:
                self.engine.execute(sql, parameters)
            for table, rows in appends:
                self.engine.append(table, rows)
            for sql, parameters in after:
                self.engine.execute(sql, parameters)
        except BaseException:
            with suppress(duckdb.Error):
                self.engine.execute("rollback")
            raise
        self.engine.execute("commit")

    def _column(self, sql: str, parameters: list[Any]) -> list[Any]:
        values: list[Any] = self.engine.query(sql, parameters).column(0).to_pylist()
        return values


def _room(connection: str) -> str:
    """The schema of a connection's tables; prefixed, so that no name of a person's meets one of ours."""
    return quoted(f"crm_{connection}")


def _schema(text: str | None) -> ObjectSchema | None:
    if text is None:
        return None
    raw = orjson.loads(text)
    fields = {
        name: Field(**{**field, "values": tuple(field["values"])}) for name, field in raw["fields"].items()
    }
    return ObjectSchema(name=raw["name"], fields=fields, closed_values=tuple(raw["closed_values"]))


def _task(raw: Mapping[str, Any]) -> WrittenTask:
    instants = {
        name: datetime.fromisoformat(raw[name]) if raw[name] else None
        for name in ("created_at", "modified_at", "closed_at")
    }
    return WrittenTask(**{**raw, **instants, "account_ids": tuple(raw["account_ids"])})
