"""Keeps the portal's users, as owners of records."""

from typing import Any

from sandbox.world import Store

_TABLE = "hubspot__owners"
_COLUMNS = {
    "id": "INTEGER PRIMARY KEY", "email": "TEXT", "firstName": "TEXT", "lastName": "TEXT", "userId": "INTEGER",
    "archived": "INTEGER NOT NULL DEFAULT 0", "createdAt": "TEXT", "updatedAt": "TEXT", "teams": "TEXT",
    "legacy_id": "TEXT",
}  # fmt: skip


class Owners:
    """Reads and writes owners."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._active: dict[str, None] | None = None
        store.define(_TABLE, _COLUMNS)

    def put(self, rows: list[dict[str, Any]]) -> None:
        """Inserts rows that have every column; raises sqlite3.IntegrityError for an id that is there already."""
        self._store.insert_many(_TABLE, list(_COLUMNS), ([row[name] for name in _COLUMNS] for row in rows))
        self._active = None

    def active(self) -> dict[str, None]:
        """The ids that a record may be given to."""
        if self._active is None:
            rows = self._store.query(f"SELECT id FROM {_TABLE} WHERE archived = 0 ORDER BY id")
            self._active = {str(row["id"]): None for row in rows}
        return self._active

    def page(self, *, archived: bool, email: str | None, after: int, limit: int) -> list[dict[str, Any]]:
        """Owners in order of id, after an id."""
        sql = f"SELECT * FROM {_TABLE} WHERE archived = ? AND id > ?"
        values: list[Any] = [int(archived), after]
        if email is not None:
            sql, values = f"{sql} AND lower(email) = ?", [*values, email.lower()]
        return [dict(row) for row in self._store.query(f"{sql} ORDER BY id LIMIT {limit}", values)]

    def find(self, *, by: str, value: int, archived: bool) -> dict[str, Any] | None:
        """One owner by `id` or `userId`."""
        column = "userId" if by == "userId" else "id"
        rows = self._store.query(
            f"SELECT * FROM {_TABLE} WHERE {column} = ? AND archived = ?", (value, int(archived))
        )
        return dict(rows[0]) if rows else None

    def set_active(self, owner: int, *, active: bool, at: str) -> bool:
        """Deactivates a user or brings one back; says whether there is one of that id."""
        sql = f"UPDATE {_TABLE} SET archived = ?, updatedAt = ? WHERE id = ?"
        self._active = None
        return self._store.execute(sql, (int(not active), at, owner)) > 0

    def dump(self) -> list[dict[str, Any]]:
        """Every owner."""
        return [dict(row) for row in self._store.query(f"SELECT * FROM {_TABLE} ORDER BY id")]
