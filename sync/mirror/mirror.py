"""The mirror: what the CRMs hold, kept locally, with how far and how completely it was read."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from connectors.connector import Field, ObjectSchema
from connectors.tasks import WrittenTask
from sync.engine.duckdb_engine import DuckDbEngine, quoted
from sync.mirror.marks import Mark, mark_steps, read_mark
from sync.mirror.merges import Merges
from sync.mirror.moving_in import Statement, move_in
from sync.mirror.stage import Stage
from sync.mirror.sweeps import Sweeps
from sync.mirror.tables import COLUMN_TYPES, FORMAT, OF_A_CONNECTION, TABLES, link_table, object_table, room
from sync.mirror.unfinished import Unfinished, UnfinishedReads
from sync.mirror.waiting import WaitingMarks

OWN_TASKS = "own tasks"
"""The mark's object name for the read of our own tasks."""

_IDS_AT_ONCE, _MOST_PARTS = 200_000, 16
"""Ids are counted in parts of so many; each part is another look at all of them."""


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
        self.engine.execute(TABLES)
        self.merges, self.sweeps = Merges(self.engine), Sweeps(self.engine)
        self._under_way, self._waiting = UnfinishedReads(self.engine), WaitingMarks(self.engine)
        self._marks: dict[str, dict[str, Mark]] = {}
        """By connection: this process alone changes the file, so they are read once."""
        held = self._column("select max(format) from meta.format", [])[0]
        if held is not None and held != FORMAT:
            self._start_over()
        if held != FORMAT:
            self.engine.execute(f"insert into meta.format values ({FORMAT})")

    def close(self) -> None:
        """Lets go of the file, with everything written."""
        try:
            self.write_waiting()
        finally:
            self.engine.close()

    def write_waiting(self) -> None:
        """Writes the marks of reads that brought nothing, if any wait; else the next change of a mark does."""
        if not self._waiting.is_empty:
            with self._change():
                pass

    def table(self, connection: str, object_name: str) -> str:
        """The quoted name of an object's table."""
        return object_table(connection, object_name)

    def link_table(self, connection: str, from_object: str, to_object: str) -> str:
        """The quoted name of the table of links from one object to another."""
        return link_table(connection, from_object, to_object)

    def enter_org(self, connection: str, org_id: str) -> None:
        """Makes room for a connection; what it held of another org is dropped."""
        held = self._column("select org_id from meta.org where connection = ?", [connection])
        if held and held[0] != org_id:
            self.write_waiting()
            for table in OF_A_CONNECTION:
                self.engine.execute(f"delete from meta.{table} where connection = ?", [connection])
            self.engine.execute(f"drop schema if exists {room(connection)} cascade")
            self._marks.pop(connection, None)
            self._under_way.ask_again()
            self.sweeps.ask_again()
        if held != [org_id]:
            self.engine.execute("insert into meta.org values (?, ?)", [connection, org_id])
        self.engine.execute(f"create schema if not exists {room(connection)}")

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
        texts = pa.array([text for _, _, text in rows], pa.string())
        with self.engine.transaction():
            self.engine.execute("delete from meta.schema where connection = ?", [connection])
            self.engine.append(
                "meta.schema",
                pa.table(
                    {
                        "connection": pa.array([connection] * len(rows), pa.string()),
                        "object": pa.array([name for _, name, _ in rows], pa.string()),
                        "schema": texts,
                    }
                ),
            )

    def schemas(self, connection: str) -> dict[str, ObjectSchema | None]:
        """The same, as remembered."""
        sql = "select object, schema from meta.schema where connection = ?"
        return {name: _schema(text) for name, text in self.engine.rows(sql, [connection])}

    def note_described(self, connection: str, mapping: str, at: datetime) -> None:
        """The whole of a mapping, named by a digest, was described without trouble."""
        with self.engine.transaction():
            self.engine.execute("delete from meta.described where connection = ?", [connection])
            self.engine.execute("insert into meta.described values (?, ?, ?)", [connection, mapping, at])

    def doubt_described(self, connection: str) -> None:
        """What the CRM said of its objects is asked again next time."""
        self.engine.execute("delete from meta.described where connection = ?", [connection])

    def described_at(self, connection: str, mapping: str) -> datetime | None:
        """When that was last so; None where it was another mapping."""
        sql = "select described_at from meta.described where connection = ? and mapping = ?"
        return next(iter(self._column(sql, [connection, mapping])), None)

    def mark(self, connection: str, object_name: str) -> Mark:
        """How far the object was read; an empty mark when it never was."""
        return self._marks_of(connection).get(object_name, Mark(object=object_name))

    def marks(self, connection: str) -> list[Mark]:
        """Every object that a pull has tried to read."""
        return sorted(self._marks_of(connection).values(), key=lambda mark: mark.object)

    def keep_mark(self, connection: str, mark: Mark) -> None:
        """Replaces the object's mark, by itself: for reads that brought nothing or failed. Of a failure the file knows at
        once, of the others with the next change or write_waiting().
        """
        if mark.complete:
            self._wait(connection, mark)
            return
        with self._change():
            self._mark(connection, mark)

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
        with self._change():
            self.engine.execute(
                f"delete from meta.own_task where connection = ?{only}",
                [connection] if full else [connection, list(by_id)],
            )
            self._mark(connection, mark)
            if by_id:
                self.engine.append("meta.own_task", rows)

    def unfinished(self, connection: str, object_name: str) -> Unfinished | None:
        """The read of the object that an earlier pull began and did not end."""
        return self._under_way.of(connection, object_name)

    def stage(
        self, connection: str, schema: ObjectSchema, read: Unfinished, *, also: Sequence[str] = ()
    ) -> Stage:
        """Room for what a read brings, with what it has brought already. `also`: text columns that the org lacks
        and a mapping knows, kept empty.
        """
        stage = Stage(self.engine, connection, schema, read, also=also, under_way=self._under_way)
        if read.batch == 0 and self._under_way.of(connection, schema.name) is not None:
            with self.engine.transaction():
                stage.forget()
                stage.drop()
        return stage

    def keep(self, connection: str, stage: Stage, mark: Mark, *, watch: Watch | None = None) -> int:
        """Puts a stage's rows, its links and the mark into the mirror in one transaction; says how many records came.

        A whole read takes the table's place: what it did not bring is no longer there. A record that came twice counts
        as it came last. `watch` is told how its fields change before they do.
        """
        is_whole = stage.read.kind == "whole"
        if stage.is_empty:
            self._keep_nothing(connection, stage, mark, watch)
            return 0
        if self._waiting.of(connection, mark.object):
            self.write_waiting()
        # Asked before: a table that is not there would end the transaction.
        targets = [self.table(connection, mark.object)]
        targets += [self.link_table(connection, mark.object, to) for to in stage.links]
        there = {
            table: columns
            for table in targets
            if (columns := self._columns_of(connection, mark.object, table))
        }
        with self._change():
            stage.finish()
            if watch is not None:
                self._tell(connection, stage, watch, held=there.get(targets[0], {}))
            came, count = self._counts(stage.rows)
            self._execute([self.merges.undone(connection, mark.object, stage.rows)])
            self._execute(move_in(connection, stage, there=there, twice=came != count))
            self._execute(self.merges.repointing(connection, stage.schema))
            rows = self._number(f"select count(*) from {self.table(connection, mark.object)}")
            self._mark(connection, replace(mark, row_count=rows))
            if is_whole:
                self.sweeps.note(connection, mark.object, at=stage.read.started_at)
            stage.forget()
            stage.drop()
        self.engine.let_go()
        return count

    def _keep_nothing(self, connection: str, stage: Stage, mark: Mark, watch: Watch | None) -> None:
        """The mark alone, and for a whole read that the object has no records."""
        if stage.read.kind != "whole":
            self.keep_mark(connection, replace(mark, row_count=self.mark(connection, mark.object).row_count))
            return
        links = {to: self.link_table(connection, mark.object, to) for to in stage.links}
        if watch is not None:
            known = self.mark(connection, mark.object).fields
            watch.tell({}, [field for field in watch.fields if field not in known])
        held = self.mark(connection, mark.object).row_count

        def empty() -> None:
            stage.make_empty(self.table(connection, mark.object), links)
            self.sweeps.note(connection, mark.object, at=stage.read.started_at)

        self._wait(connection, mark, first=empty)
        if held:
            self.write_waiting()

    def take_out(self, connection: str, object_name: str, ids: pa.Array) -> int:
        """Marks live records as deleted that the CRM has no more; says how many there were."""
        table = self.table(connection, object_name)
        self.engine.keep("ids_gone", pa.table({"_id": ids.cast(pa.string())}))
        where = "not _deleted and _id in (select _id from ids_gone)"
        count = self._number(f"select count(*) from {table} where {where}")
        if count:
            self.engine.execute(f"update {table} set _deleted = true where {where}")
        return count

    def live_count(self, connection: str, object_name: str) -> int:
        """Records of the object that are not deleted; 0 where it was never read."""
        if self.mark(connection, object_name).row_count == 0:
            return 0
        return self._number(f"select count(*) from {self.table(connection, object_name)} where not _deleted")

    def change_mark(self, connection: str, object_name: str, **changes: Any) -> None:
        """The object's mark with some of its members changed."""
        self.keep_mark(connection, replace(self.mark(connection, object_name), **changes))

    def fit(
        self, connection: str, schema: ObjectSchema, fields: Iterable[str], links: Iterable[str]
    ) -> frozenset[str]:
        """Gives the object's table an empty column for each field that it lacks or holds as another type, and room for links;
        returns those fields, which are to be read of every record. Nothing where the object was never read.
        """
        if self._waiting.of(connection, schema.name):
            self.write_waiting()
        table = self.table(connection, schema.name)
        held = self._columns_of(connection, schema.name, table)
        if not held:
            return frozenset()
        wanted = {name: COLUMN_TYPES[schema.fields[name].type] for name in sorted(fields)}
        other = {name: kind for name, kind in wanted.items() if held.get(name) != kind}
        for name, kind in other.items():
            if name in held:
                self.engine.execute(f"alter table {table} drop column {quoted(name)}")
            self.engine.execute(f"alter table {table} add column {quoted(name)} {kind}")
        for to in links:
            table = self.link_table(connection, schema.name, to)
            if not self.engine.columns(table):
                self.engine.execute(f"create table {table} (from_id varchar, to_id varchar, type_id varchar)")
        return frozenset(other)

    def _tell(self, connection: str, stage: Stage, watch: Watch, *, held: Collection[str]) -> None:
        name = stage.read.object
        table, before = self.table(connection, name), self.mark(connection, name).fields
        known = [
            field
            for field in watch.fields
            if field in held and field in before and field in stage.read.fields
        ]
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

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One transaction, in which marks may change; those that wait are written in it first."""
        try:
            with self.engine.transaction():
                self._waiting.write()
                yield
        except BaseException:
            self._marks.clear()
            self._waiting.drop()
            raise

    def _marks_of(self, connection: str) -> dict[str, Mark]:
        if connection not in self._marks:
            sql = "select * exclude (connection) from meta.mark where connection = ?"
            found = map(read_mark, self.engine.query(sql, [connection]).to_pylist())
            self._marks[connection] = {mark.object: mark for mark in found}
        return self._marks[connection]

    def _wait(self, connection: str, mark: Mark, *, first: Callable[[], None] | None = None) -> None:
        known = self._marks_of(connection)
        self._waiting.put(connection, mark, is_new=mark.object not in known, first=first)
        known[mark.object] = mark

    def _mark(self, connection: str, mark: Mark) -> None:
        known = self._marks_of(connection)
        self._execute(mark_steps(connection, mark, is_new=mark.object not in known))
        known[mark.object] = mark

    def _counts(self, rows: str) -> tuple[int, int]:
        """How many rows came, and of how many records; in parts, as DuckDB holds all ids of a part in memory."""
        came = self._number(f"select count(*) from {rows}")
        parts = min(_MOST_PARTS, 1 + came // _IDS_AT_ONCE)
        some = [""] if parts == 1 else [f" where hash(_id) % {parts} = {part}" for part in range(parts)]
        return came, sum(self._number(f"select count(distinct _id) from {rows}{which}") for which in some)

    def _columns_of(self, connection: str, object_name: str, table: str) -> Mapping[str, str]:
        """Of one of the object's tables; DuckDB is not asked where there can be none: it looks long for one that is like it."""
        return self.engine.columns(table) if self.mark(connection, object_name).read_at else {}

    def _number(self, sql: str) -> int:
        return int(self.engine.rows(sql)[0][0])

    def _execute(self, statements: Iterable[Statement]) -> None:
        for sql, parameters in statements:
            self.engine.execute(sql, parameters)

    def _start_over(self) -> None:
        """Drops what another version of Keptword kept: it is a cache."""
        for connection in self._column("select distinct connection from meta.org", []):
            self.engine.execute(f"drop schema if exists {room(connection)} cascade")
        self.engine.execute("drop schema meta cascade")
        self.engine.execute(TABLES)

    def _column(self, sql: str, parameters: list[Any]) -> list[Any]:
        return [row[0] for row in self.engine.rows(sql, parameters)]


def _schema(text: str | None) -> ObjectSchema | None:
    if text is None:
        return None
    raw = orjson.loads(text)
    fields = {
        name: Field(**{**field, "values": tuple(field["values"]), "refers_to": tuple(field["refers_to"])})
        for name, field in raw["fields"].items()
    }
    return ObjectSchema(name=raw["name"], fields=fields, closed_values=tuple(raw["closed_values"]))


def _task(raw: Mapping[str, Any]) -> WrittenTask:
    instants = {
        name: datetime.fromisoformat(raw[name]) if raw[name] else None
        for name in ("created_at", "modified_at", "closed_at")
    }
    return WrittenTask(**{**raw, **instants, "account_ids": tuple(raw["account_ids"])})
