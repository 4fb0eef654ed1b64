"""Keeps the values that properties had before, for `propertiesWithHistory`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.record_json import column
from sandbox.hubspot.schema import ObjectType
from sandbox.world import Store, quoted

_TABLE = "hubspot__history"
_COLUMNS = {"object": "TEXT", "id": "INTEGER", "property": "TEXT", "value": "TEXT", "at": "TEXT"}


class History:
    """A property that was never changed has no row here: its history is its one value since creation."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.define(_TABLE, _COLUMNS)
        store.execute(f"CREATE INDEX hubspot_history_of ON {_TABLE} (object, id, property)")

    def keep(
        self,
        kind: ObjectType,
        record_id: int,
        *,
        held: Mapping[str, Any],
        changes: Mapping[str, Any],
        at: str,
    ) -> None:
        """Writes down that a record which held `held` now has `changes`."""
        seen = self._rows(kind, [record_id], list(changes))
        rows = []
        for name, value in changes.items():
            if (record_id, name) not in seen and held.get(name) is not None:
                rows.append((kind.name, record_id, name, held[name], held[kind.created]))
            rows.append((kind.name, record_id, name, value, at))
        self._store.insert_many(_TABLE, list(_COLUMNS), rows)

    def forget(self, kind: ObjectType, record_id: int) -> None:
        """A record that is gone for good has no past."""
        self._store.execute(f"DELETE FROM {_TABLE} WHERE object = ? AND id = ?", (kind.name, record_id))

    def add_to(self, kind: ObjectType, records: Sequence[dict[str, Any]], names: Sequence[str]) -> None:
        """Adds `propertiesWithHistory`, newest value first, to records as they go over the wire."""
        if not names or not records:
            return
        ids = [int(record["id"]) for record in records]
        seen = self._first_values(kind, ids, names) | self._rows(kind, ids, names)
        for record in records:
            record["propertiesWithHistory"] = {
                name: [
                    {"value": value or "", "timestamp": stamps.shown(at), "sourceType": "INTEGRATION"}
                    for value, at in _readable(kind, seen, int(record["id"]), name)
                ]
                for name in names
            }

    def _first_values(
        self, kind: ObjectType, ids: Collection[int], names: Sequence[str]
    ) -> dict[tuple[int, str], list[tuple[str | None, str]]]:
        """What is held now, as if it had been so since the creation."""
        columns = ", ".join(column(kind, name) for name in names)
        sql = (
            f"SELECT id, {quoted(kind.created)}, {columns} FROM {quoted(f'hubspot__{kind.name}')} "
            f"WHERE id IN ({', '.join('?' * len(ids))})"
        )
        return {
            (record_id, name): [(value, at)]
            for record_id, at, *values in self._store.query(sql, list(ids))
            for name, value in zip(names, values, strict=True)
            if value is not None
        }

    def _rows(
        self, kind: ObjectType, ids: Collection[int], names: Collection[str]
    ) -> dict[tuple[int, str], list[tuple[str | None, str]]]:
        sql = (
            f"SELECT id, property, value, at FROM {_TABLE} WHERE object = ? AND id IN ({', '.join('?' * len(ids))}) "
            f"AND property IN ({', '.join('?' * len(names))}) ORDER BY rowid"
        )
        found: dict[tuple[int, str], list[tuple[str | None, str]]] = {}
        for row in self._store.query(sql, [kind.name, *ids, *names]):
            found.setdefault((row["id"], row["property"]), []).append((row["value"], row["at"]))
        return found


def _readable(
    kind: ObjectType, seen: Mapping[tuple[int, str], list[tuple[str | None, str]]], record_id: int, name: str
) -> list[tuple[str | None, str]]:
    return [] if kind.properties[name].unreadable else seen.get((record_id, name), [])[::-1]
