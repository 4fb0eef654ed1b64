"""Marks: how far, how completely and with which fields each object of a connection was read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far one object of one connection has been read."""

    object: str
    fields: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    """Fields that were read before and that the org does not show any more."""
    read_at: datetime | None = None
    """When the last complete read began, by the CRM's clock, naive UTC."""
    calculated_at: datetime | None = None
    """When the calculated fields were last read of every record: they change without moving a stamp."""
    complete: bool = False
    row_count: int = 0
    """Rows of the table, deleted records among them."""
    counted: int | None = None
    """How many live records the CRM itself counted when it was last asked."""
    counted_at: datetime | None = None
    """When that was, by the CRM's clock."""
    off_count: int = 0
    """By how much the CRM's count was above the mirror's then; below, where it is negative."""
    vanished: int = 0
    """How many records left this login's sight at once, more than deletions explain; they still stand in the table."""
    left_out_count: int = 0
    reason: str = ""


_SETS = ("fields", "links", "lost")


def mark_steps(connection: str, mark: Mark, *, is_new: bool) -> list[tuple[str, list[Any]]]:
    """The statements that replace an object's mark, to run in the transaction of its rows; `is_new`: there is none."""
    row = asdict(mark) | {name: sorted(getattr(mark, name)) for name in _SETS} | {"connection": connection}
    names, places = ", ".join(row), ", ".join("?" * len(row))
    insert = (f"insert into meta.mark ({names}) values ({places})", list[Any](row.values()))
    if is_new:
        return [insert]
    return [("delete from meta.mark where connection = ? and object = ?", [connection, mark.object]), insert]


def read_mark(row: Mapping[str, Any]) -> Mark:
    """A row of the mirror's mark table."""
    return Mark(**{**row, **{name: frozenset(row[name] or ()) for name in _SETS}})
