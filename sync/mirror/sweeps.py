"""Rounds over all live ids of an object, which find what no stamp tells: how far each has come, and what it missed."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from connectors.connector import Swept
from sync.engine.duckdb_engine import DuckDbEngine
from sync.mirror.tables import object_table, swept_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Where the round over one object stands."""

    token: str | None = None
    began_at: datetime | None = None
    """When the present round began, naive UTC."""
    swept_at: datetime | None = None
    """When requests were last spent on it."""


_KEPT = ("token", "began_at", "swept_at")


class Sweeps:
    """The rounds of all objects, each with the ids that it has brought."""

    def __init__(self, engine: DuckDbEngine) -> None:
        self._engine = engine
        self._held: dict[tuple[str, str], Sweep] | None = None
        self._as_of = 0

    def of(self, connection: str, object_name: str) -> Sweep:
        """How far the object's round has come; an empty one before the first."""
        return self._known().get((connection, object_name), Sweep())

    def ask_again(self) -> None:
        """Somebody else has changed the table."""
        self._held = None

    def take(self, connection: str, object_name: str, part: Swept, *, at: datetime) -> None:
        """Keeps the ids of a part with how far the round has come."""
        before, table = self.of(connection, object_name), swept_table(connection, object_name)
        began_at = before.began_at if before.token is not None and before.began_at else at
        with self._engine.transaction():
            if before.began_at is None or not self._engine.columns(table):
                self._engine.make_table(table, {"_id": "VARCHAR"})
            self._engine.append(table, pa.table({"_id": part.live.cast(pa.string())}))
            self._keep(connection, object_name, Sweep(token=part.token, began_at=began_at, swept_at=at))

    def note(self, connection: str, object_name: str, *, at: datetime) -> None:
        """A whole read was as good as a round: the next may begin later. Inside of that read's transaction."""
        self._keep(connection, object_name, Sweep(swept_at=at))

    def missed(self, connection: str, object_name: str) -> tuple[list[str], list[str]]:
        """Of a round that has ended: live ids of the mirror that it did not bring, and ids that it brought and the
        mirror does not hold as live.
        """
        table, swept = object_table(connection, object_name), swept_table(connection, object_name)
        gone = f"select _id from {table} where not _deleted and _id not in (select _id from {swept})"
        new = (
            f"select distinct _id from {swept} where _id not in (select _id from {table} where not _deleted)"
        )
        return (
            self._engine.query(f"{gone} order by _id")["_id"].to_pylist(),
            self._engine.query(f"{new} order by _id")["_id"].to_pylist(),
        )

    def end(self, connection: str, object_name: str, *, token: str, at: datetime) -> None:
        """The round is done: its ids are thrown away, and the next begins at the token."""
        with self._engine.transaction():
            self._engine.execute(f"drop table if exists {swept_table(connection, object_name)}")
            self._keep(connection, object_name, Sweep(token=token, swept_at=at))

    def _known(self) -> dict[tuple[str, str], Sweep]:
        """Asked of the database once, as this process alone changes it."""
        if self._held is None or self._as_of != self._engine.rolled_back:
            rows = self._engine.rows(f"select connection, object, {', '.join(_KEPT)} from meta.sweep")
            self._held = {
                (connection, name): Sweep(**dict(zip(_KEPT, kept, strict=True)))
                for connection, name, *kept in rows
            }
            self._as_of = self._engine.rolled_back
        return self._held

    def _keep(self, connection: str, object_name: str, sweep: Sweep) -> None:
        known = self._known()
        if (connection, object_name) in known:
            self._engine.execute(
                "delete from meta.sweep where connection = ? and object = ?", [connection, object_name]
            )
        self._engine.execute(
            "insert into meta.sweep values (?, ?, ?, ?, ?)",
            [connection, object_name, sweep.token, sweep.began_at, sweep.swept_at],
        )
        known[connection, object_name] = sweep
