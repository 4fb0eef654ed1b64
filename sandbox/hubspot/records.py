"""Keeps the records of one portal: one table for each object type, one text column for each property."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.lag import Lags
from sandbox.hubspot.record_json import on_the_wire, select_list
from sandbox.hubspot.schema import ObjectType, Property
from sandbox.world import World, quoted

FIRST_ID = 40_000_000_000
RECYCLE_BIN_DAYS = 90
_OWN_COLUMNS = {"archived": "INTEGER NOT NULL DEFAULT 0", "archivedAt": "TEXT", "mergedInto": "INTEGER"}
LIVE, ARCHIVED, CONCEALED = 0, 1, 2
"""What `archived` holds; a concealed record is there, but not for the portal's apps."""
_IN_BIN = f"archived = {ARCHIVED} AND mergedInto IS NULL AND archivedAt > ?"
RESERVED = frozenset({"id", "rowid", "archived", "archivedat", "mergedinto", "replaced_at", "existed"})
"""Names that no custom property may have, as they are columns of every table here."""


class Records:
    """Reads and writes records; every method belongs to the one transaction of a request."""

    def __init__(self, world: World, kinds: Iterable[ObjectType]) -> None:
        self.world = world
        self.version = 0
        """Grows with every write, for those who remember answers."""
        self.lags = Lags(switches=world.switches)
        for kind in kinds:
            self.define(kind)

    @property
    def now(self) -> str:
        """The clock in stored form."""
        return stamps.stored(self.world.clock.now())

    def define(self, kind: ObjectType) -> None:
        """Makes the tables of an object type."""
        store = self.world.store
        columns = dict.fromkeys(columns_of(kind), "TEXT")
        store.define(table(kind), {"id": "INTEGER PRIMARY KEY AUTOINCREMENT", **_OWN_COLUMNS, **columns})
        store.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table(kind), FIRST_ID))
        before = {"replaced_at": "INTEGER", "existed": "INTEGER", "id": "INTEGER", **_OWN_COLUMNS, **columns}
        store.define(before_table(kind), before)
        # With the state in it, the index alone answers how many live records changed in a window.
        columns_at = f"{quoted(kind.modified)}, archived"
        store.execute(f"CREATE INDEX {quoted(table(kind) + '_at')} ON {quoted(table(kind))} ({columns_at})")
        merged = f"ON {quoted(table(kind))} (mergedInto) WHERE mergedInto IS NOT NULL"
        store.execute(f"CREATE INDEX {quoted(table(kind) + '_merged')} {merged}")
        for one in kind.properties.values():
            if one.unique:
                self._index_unique(kind, one.name)

    def undefine(self, kind: ObjectType) -> None:
        """Takes the tables of an object type away, with what they hold."""
        for name in (table(kind), before_table(kind)):
            self.world.store.execute(f"DROP TABLE {quoted(name)}")
        self.version += 1

    def define_property(self, kind: ObjectType, added: Property) -> None:
        """Adds the column of a new property, or brings back the one of an archived property with its values."""
        self.world.store.define(table(kind), {added.name: "TEXT"})
        self.world.store.define(before_table(kind), {added.name: "TEXT"})
        self.world.store.execute(f"DROP INDEX IF EXISTS {quoted(_unique_index(kind, added.name))}")
        if added.unique:
            self._index_unique(kind, added.name)

    def _index_unique(self, kind: ObjectType, name: str) -> None:
        # Only live records stand in each other's way: an archived one gives its value free.
        self.world.store.execute(
            f"CREATE UNIQUE INDEX {quoted(_unique_index(kind, name))} ON {quoted(table(kind))} ({quoted(name)}) WHERE archived = 0"
        )

    def insert(self, kind: ObjectType, values: Mapping[str, str | None]) -> int:
        """Puts a new record in and gives its id; `values` hold both stamps."""
        names = ", ".join(map(quoted, values))
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {quoted(table(kind))} ({names}) VALUES ({marks}) RETURNING id"
        record_id = int(self.world.store.query(sql, list(values.values()))[0]["id"])
        if self.lags.of(kind).created_s:
            sql = f"INSERT INTO {quoted(before_table(kind))} (replaced_at, existed, id) VALUES (?, 0, ?)"
            self.world.store.execute(sql, (stamps.epoch_ms(self.world.clock.now()), record_id))
        self.version += 1
        return record_id

    def change(self, kind: ObjectType, ids: Collection[int], changes: Mapping[str, Any]) -> None:
        """Sets columns of records, keeping what search and history still need of the old values."""
        self._remember(kind, ids)
        marks = ", ".join("?" * len(ids))
        sets = ", ".join(f"{quoted(name)} = ?" for name in changes)
        sql = f"UPDATE {quoted(table(kind))} SET {sets} WHERE id IN ({marks})"
        self.world.store.execute(sql, [*changes.values(), *ids])
        self.version += 1

    def archive(self, kind: ObjectType, ids: Collection[int]) -> None:
        """Moves records to the recycle bin."""
        self.change(kind, ids, {"archived": 1, "archivedAt": self.now})

    def in_bin(self, kind: ObjectType, ids: Collection[int]) -> set[int]:
        """Those of `ids` that the recycle bin holds still: not merged, and not there for longer than it keeps them."""
        sql = f"SELECT id FROM {quoted(table(kind))} WHERE id IN ({', '.join('?' * len(ids))}) AND {_IN_BIN}"
        return {int(row["id"]) for row in self.world.store.query(sql, [*ids, self._kept_since()])}

    def remove(self, kind: ObjectType, record_id: int) -> bool:
        """Takes a record away altogether, whatever its state; says whether it was there."""
        gone = self.world.store.execute(f"DELETE FROM {quoted(table(kind))} WHERE id = ?", (record_id,))
        self.world.store.execute(f"DELETE FROM {quoted(before_table(kind))} WHERE id = ?", (record_id,))
        self.version += 1
        return gone > 0

    def _kept_since(self) -> str:
        return stamps.stored(self.world.clock.now() - timedelta(days=RECYCLE_BIN_DAYS))

    def change_all(self, kind: ObjectType, ids: Iterable[int], changes: Mapping[str, Any]) -> None:
        """The same for any number of records."""
        for part in in_parts(ids):
            self.change(kind, part, changes)

    def first(self, kind: ObjectType, count: int) -> list[int]:
        """The ids of so many live records, the lowest ones."""
        sql = f"SELECT id FROM {quoted(table(kind))} WHERE archived = {LIVE} ORDER BY id LIMIT ?"
        return [row["id"] for row in self.world.store.query(sql, (count,))]

    def _remember(self, kind: ObjectType, ids: Collection[int]) -> None:
        if not self.lags.of(kind).changed_s:
            return
        columns = ", ".join(map(quoted, ["id", *_OWN_COLUMNS, *columns_of(kind)]))
        marks = ", ".join("?" * len(ids))
        sql = (
            f"INSERT INTO {quoted(before_table(kind))} (replaced_at, existed, {columns}) "
            f"SELECT ?, 1, {columns} FROM {quoted(table(kind))} WHERE id IN ({marks})"
        )
        self.world.store.execute(sql, [stamps.epoch_ms(self.world.clock.now()), *ids])

    def stored(self, kind: ObjectType, record_id: int) -> dict[str, Any] | None:
        """Every column of a live record."""
        rows = self.world.store.query(
            f"SELECT * FROM {quoted(table(kind))} WHERE id = ? AND archived = 0", (record_id,)
        )
        return dict(rows[0]) if rows else None

    def id_of(self, kind: ObjectType, name: str, value: str) -> int | None:
        """The live record that holds a value of a unique property."""
        sql = f"SELECT id FROM {quoted(table(kind))} WHERE {quoted(name)} = ? AND archived = 0"
        rows = self.world.store.query(sql, (value.lower() if name == "email" else value,))
        return int(rows[0]["id"]) if rows else None

    def living(self, kind: ObjectType, ids: Collection[int]) -> set[int]:
        """Those of `ids` that are live records."""
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT id FROM {quoted(table(kind))} WHERE archived = 0 AND id IN ({marks})"
        return {int(row["id"]) for row in self.world.store.query(sql, list(ids))}

    def count(self, kind: ObjectType) -> int:
        """How many live records there are."""
        return int(
            self.world.store.query(f"SELECT count(*) FROM {quoted(table(kind))} WHERE archived = 0")[0][0]
        )

    def winners(self, kind: ObjectType, ids: Collection[int]) -> dict[int, int]:
        """The records that merged ones of `ids` went into; the others are not in it."""
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT id, mergedInto FROM {quoted(table(kind))} WHERE id IN ({marks}) AND mergedInto IS NOT NULL"
        return {row["id"]: row["mergedInto"] for row in self.world.store.query(sql, list(ids))}

    def swallowed(self, kind: ObjectType, record_id: int) -> list[int]:
        """The ids of records that were merged into this one."""
        rows = self.world.store.query(
            f"SELECT id FROM {quoted(table(kind))} WHERE mergedInto = ?", (record_id,)
        )
        return [row["id"] for row in rows]

    def concealed(self, kind: ObjectType) -> list[int]:
        """The ids of records that are hidden from the portal's apps."""
        sql = f"SELECT id FROM {quoted(table(kind))} WHERE archived = {CONCEALED}"
        return [row["id"] for row in self.world.store.query(sql)]

    def read(
        self, kind: ObjectType, ids: Collection[int], names: Sequence[str], *, archived: bool = False
    ) -> list[dict[str, Any]]:
        """Records by id as they go over the wire, in order of id; absent ones are left out."""
        marks = ", ".join("?" * len(ids))
        return self._select(kind, names, f"id IN ({marks})", list(ids), archived=archived)

    def written(self, kind: ObjectType, record_id: int) -> dict[str, Any]:
        """A live record as it comes back from a create: with every property that has a value."""
        columns = select_list(kind, kind.known(kind.properties), only_set=True)
        sql = f"SELECT {columns} FROM {quoted(table(kind))} WHERE id = ?"
        return on_the_wire(self.world.store.query(sql, (record_id,))[0])

    def page(
        self, kind: ObjectType, names: Sequence[str], *, after: int, limit: int, archived: bool
    ) -> list[dict[str, Any]]:
        """The next `limit` records after an id, in order of id, as they go over the wire."""
        return self._select(kind, names, "id > ?", [after], archived=archived, tail=f"LIMIT {limit}")

    def _select(
        self,
        kind: ObjectType,
        names: Sequence[str],
        where: str,
        values: list[Any],
        *,
        archived: bool,
        tail: str = "",
    ) -> list[dict[str, Any]]:
        state = "archived = 0"
        if archived:
            state = _IN_BIN
            values = [*values, self._kept_since()]
        sql = f"SELECT {select_list(kind, names)} FROM {quoted(table(kind))} WHERE {where} AND {state} ORDER BY id {tail}"
        return [on_the_wire(row) for row in self.world.store.query(sql, values)]


def in_parts(ids: Iterable[int]) -> Iterator[list[int]]:
    """As many at a time as one statement takes easily."""
    flow = iter(ids)
    while part := list(islice(flow, 500)):
        yield part


def table(kind: ObjectType) -> str:
    """The table of an object type."""
    return f"hubspot__{kind.name}"


def before_table(kind: ObjectType) -> str:
    """Where replaced versions wait until search has caught up."""
    return f"hubspot__{kind.name}__before"


def _unique_index(kind: ObjectType, name: str) -> str:
    return f"{table(kind)}_one_{name}"


def columns_of(kind: ObjectType) -> list[str]:
    """Properties that have a column of their own."""
    return [name for name in kind.properties if name != "hs_object_id"]
