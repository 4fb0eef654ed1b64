"""Makes the tables and views of a judging session, in place of what an earlier judging may have left under their names."""

from typing import Literal

from rules.engine import Engine

Kind = Literal["table", "view"]


class Session:
    """The tables and views that last as long as the engine's connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        found = engine.query(
            "select table_name, table_type from information_schema.tables where table_catalog = 'temp'"
        )
        self._kinds: dict[str, Kind] = {
            row["table_name"]: "view" if row["table_type"] == "VIEW" else "table" for row in found.to_pylist()
        }

    def make(self, kind: Kind, name: str, sql: str) -> None:
        """A table or view of the rows of a SELECT."""
        before = self._kinds.get(name, kind)
        if before != kind:
            self._engine.execute(f"drop {before} {name}")
        self._engine.execute(f"create or replace temp {kind} {name} as {sql}")
        self._kinds[name] = kind
