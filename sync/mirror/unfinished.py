"""A read that is under way: what it asks for, how far it has come, and what it has met so far."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from connectors.connector import FieldType, Oddity, ReadRequest
from sync.engine.duckdb_engine import DuckDbEngine

Kind = Literal["whole", "delta", "calculated", "these"]
"""All records; what changed; the calculated fields of all records; records by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """Kept with the rows that it has brought, so that a later process goes on where this one stopped."""

    object: str
    kind: Kind
    fields: tuple[str, ...]
    types: tuple[FieldType, ...] = ()
    """Of the fields, as the CRM described them when it was begun: what it has brought is of these."""
    links: tuple[str, ...]
    since: datetime | None
    started_at: datetime
    """By the CRM's clock, naive UTC: what changed later is the next read's."""
    expected: int | None = None
    resume: str | None = None
    batch: int = 0
    """The number of the last chunk that is kept."""
    rows: int = 0
    left_out: int = 0
    mended: int = 0
    oddities: tuple[Oddity, ...] = ()

    def answers(self, kind: Kind, request: ReadRequest) -> bool:
        """Whether it was begun for the same question."""
        asked = (kind, request.fields, types_of(request), request.links, request.since)
        return asked == (self.kind, self.fields, self.types, self.links, self.since)


def types_of(request: ReadRequest) -> tuple[FieldType, ...]:
    """Of the fields that it asks for, in their order."""
    return tuple(request.schema.fields[name].type for name in request.fields)


class UnfinishedReads:
    """The reads that are under way, at most one of each object; asked of the database once, as this process alone changes it."""

    def __init__(self, engine: DuckDbEngine) -> None:
        self._engine = engine
        self._held: dict[tuple[str, str], str] | None = None
        self._as_of = 0

    def of(self, connection: str, object_name: str) -> Unfinished | None:
        """The read of the object that was begun and did not end."""
        text = self._known().get((connection, object_name))
        return _from_text(text) if text is not None else None

    def note(self, connection: str, read: Unfinished) -> None:
        """Keeps how far it has come; inside of the transaction of what it has brought."""
        self.forget(connection, read.object)
        text = orjson.dumps(asdict(read)).decode()
        self._engine.execute("insert into meta.unfinished values (?, ?, ?)", [connection, read.object, text])
        self._known()[connection, read.object] = text

    def forget(self, connection: str, object_name: str) -> None:
        """Nothing is under way any more; inside of a transaction that says what became of the rows."""
        if self._known().pop((connection, object_name), None) is not None:
            sql = "delete from meta.unfinished where connection = ? and object = ?"
            self._engine.execute(sql, [connection, object_name])

    def ask_again(self) -> None:
        """Somebody else has changed the table."""
        self._held = None

    def _known(self) -> dict[tuple[str, str], str]:
        if self._held is None or self._as_of != self._engine.rolled_back:
            rows = self._engine.rows("select connection, object, read from meta.unfinished")
            self._held = {(connection, name): read for connection, name, read in rows}
            self._as_of = self._engine.rolled_back
        return self._held


def _from_text(text: str) -> Unfinished:
    raw: dict[str, Any] = orjson.loads(text)
    return Unfinished(
        **{
            **raw,
            "fields": tuple(raw["fields"]),
            "types": tuple(raw.get("types", ())),
            "links": tuple(raw["links"]),
            "since": datetime.fromisoformat(raw["since"]) if raw["since"] else None,
            "started_at": datetime.fromisoformat(raw["started_at"]),
            "oddities": tuple(Oddity(**each) for each in raw["oddities"]),
        }
    )
