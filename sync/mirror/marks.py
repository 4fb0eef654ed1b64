"""Marks: how far, how completely and with which fields each object of a connection was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far one object of one connection has been read."""

    object: str
    fields: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    read_at: datetime | None = None
    """When the last complete read began, by the CRM's clock, naive UTC."""
    complete: bool = False
    row_count: int = 0
    left_out_count: int = 0
    reason: str = ""


def mark_steps(connection: str, mark: Mark) -> tuple[list[tuple[str, list[Any]]], list[tuple[str, pa.Table]]]:
    """The deletion and the row that replace an object's mark, to run in the transaction of its rows."""
    row = {
        "connection": connection, "object": mark.object, "fields": sorted(mark.fields), "links": sorted(mark.links),
        "read_at": mark.read_at, "complete": mark.complete, "row_count": mark.row_count,
        "left_out_count": mark.left_out_count, "reason": mark.reason,
    }  # fmt: skip
    schema = pa.schema(
        [
            ("connection", pa.string()), ("object", pa.string()), ("fields", pa.list_(pa.string())), ("links", pa.list_(pa.string())),
            ("read_at", pa.timestamp("us")), ("complete", pa.bool_()), ("row_count", pa.int64()), ("left_out_count", pa.int64()),
            ("reason", pa.string()),
        ]
    )  # fmt: skip
    deletion = ("delete from meta.mark where connection = ? and object = ?", [connection, mark.object])
    return [deletion], [("meta.mark", pa.Table.from_pylist([row], schema=schema))]


def read_mark(row: Mapping[str, Any]) -> Mark:
    """A row of the mirror's mark table."""
    return Mark(**{**row, "fields": frozenset(row["fields"] or ()), "links": frozenset(row["links"] or ())})
